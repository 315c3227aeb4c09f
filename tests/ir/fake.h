/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A small fake guest for tests of intermediate code and of back ends: its state, random
 * contents for it, and functions for blocks to call.
 *
 * The host is x86_64: the exact floating-point functions use its SSE, in the rounding
 * mode of cpu.fp_rounding, which is also a legal way to do it for a back end.
 */
#ifndef TESTS_IR_FAKE_H
#define TESTS_IR_FAKE_H

#include "core/cpu.h"
#include "guest/guest.h"
#include "ir/ir.h"

#define FAKE_RAM 0x40000000u
#define FAKE_RAM_BYTES 0x10000u
#define FAKE_CHIP (FAKE_RAM + 0x8000)           /* one page within: not plain memory */
#define FAKE_ABSENT (FAKE_RAM + FAKE_RAM_BYTES) /* another 64 KiB: raise */

struct fake {
	struct cpu cpu;
	uint32_t r[16]; /* r[0..7] are pinned */
	uint64_t x[4];
	uint32_t flag[4]; /* always 0 or 1 */
	union {
		uint32_t s[16];
		uint64_t d[8];
		uint64_t q[4][2];
	} v __attribute__((aligned(16)));
	uint64_t trace; /* no slot: what functions with CALL_SITE saw */
};

extern const struct guest fake_guest; /* name, slots, pinned, state_bytes; nothing else */

/* The next of a sequence of random numbers. */
uint64_t fake_random(uint64_t *seed);

/* Interesting values in all registers; fp_rounding too.  All else becomes 0. */
void fake_fill(struct fake *f, uint64_t seed);

/* Whether slots, trace, pc, budget or fp_sticky differ; which, as text. */
bool fake_difference(const struct fake *a, const struct fake *b, char *text, size_t room);

/* Values that make a difference, more often than chance would have it. */
uint64_t fake_value(uint64_t *seed, enum ir_type type);

/* For CHECK: like fake_call_site, but writes no slots. */
ir_fn fake_check;

/* Functions for CALL_PURE, READS, WRITES, READS | WRITES and SITE.  The last adds to
 * f->trace the pc, the count of instructions and all slots, and raises at times. */
ir_fn fake_call_pure, fake_call_reads, fake_call_writes, fake_call_both, fake_call_site;

/* Exact functions, for hand-made blocks. */
fp_fn fake_fadd32, fake_fadd64, fake_fsub32, fake_fsub64, fake_fmul32, fake_fmul64;
fp_fn fake_fdiv32, fake_fdiv64, fake_fsqrt32, fake_fsqrt64;
/* For ir_packed: PAVGW, PSHUFD, PSRLW by an immediate, PUNPCKLDQ, with their codes. */
struct fake_packed {
	ir_fn *fn;
	unsigned code;
};
extern const struct fake_packed fake_packed[4];
/* By enum ir_fcvt and whether the type of the float is f64. */
fp_fn *fake_fcvt(enum ir_fcvt kind, bool wide);

#endif
