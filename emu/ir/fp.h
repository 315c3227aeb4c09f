/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How guest floating point meets the host's.
 *
 * An operation's exact meaning is its fp_fn: operands as bits, guest's rounding mode
 * and rules taken from the guest's state, exceptions accumulated in cpu->fp_sticky.
 * It uses emu/softfp, never the host's arithmetic.
 *
 * A back end may instead compute with the host's instruction, in the rounding mode of
 * cpu->fp_rounding (x86_64: in MXCSR, all exceptions masked, no FZ or DAZ), if it
 * calls the fp_fn whenever the host's result is a NaN or, in magnitude, exactly the
 * smallest normal number (some guests detect tininess before rounding, SSE after it)
 * and takes the fp_fn's result.  Flags then gather in the host's register;
 * fp_collect brings them to cpu->fp_sticky.  The interpreter always calls the fp_fn,
 * which makes it the reference for the others.  Operations made by
 * ir_fp_sse have SSE's rules in everything: there a back end on SSE never calls the fp_fn.
 *
 * Front ends emit IR floating point only in modes where this is right (no flush to
 * zero); in others they emit calls.  C code in emu/ never uses host floating point.
 */
#ifndef EMU_IR_FP_H
#define EMU_IR_FP_H

#include "ir/ir.h"

/* Bits of cpu->fp_sticky, in x86's order. */
enum fp_sticky {
	FP_INVALID = 1,
	FP_DENORMAL = 2, /* an input was flushed to zero; x86: one is denormal, then
			  * cpu->fp_denormal lets it be taken from the host */
	FP_DIVIDE = 4,
	FP_OVERFLOW = 8,
	FP_UNDERFLOW = 16,
	FP_INEXACT = 32,
};

/* cpu->fp_rounding, in x86's order.  A function that changes it is called with
 * CALL_SITE and followed by exit_run. */
enum fp_rounding { FP_NEAREST = 0, FP_DOWN = 1, FP_UP = 2, FP_ZERO = 3 };

struct cpu;

/* All flags raised so far; to be called before
 * cpu->fp_sticky is read or cleared. */
void fp_collect(struct cpu *cpu);

/* cpu->x87_control or the guest's x87 flags have changed: within translated code the host's
 * x87 follows. */
void fp_x87_changed(struct cpu *cpu);

#endif
