/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One x87 instruction on the host's x87.  Unmasked exceptions don't reach the host: after
 * the instruction only those follow that don't wait, up to FNCLEX.
 *
 * The host's x87 has an empty stack here, as between any two functions; it and the
 * control word are left as they were.  Exception flags may stay set, masked as they are.
 */
#ifndef EMU_GUEST_X86_X87_HOST_H
#define EMU_GUEST_X86_X87_HOST_H

#include "guest/x86/x87.h"

/* The instruction; `m`: its memory operand, if any. */
typedef void x87_host_fn(void *m);

struct x87_host {
	struct x87_value in[2]; /* ST(0), ST(1) */
	unsigned count;         /* of in */
	uint32_t control;
	uint32_t known; /* the guest's exception flags: these may be in `status` though the
			 * instruction didn't raise them */
	void *memory;
	/* Results. */
	struct x87_value out[3]; /* ST(0), ST(1) ... */
	unsigned depth;          /* of out */
	uint32_t status;         /* without TOP, ES, B */
};

void x87_host_run(struct x87_host *h, x87_host_fn *fn);

/* After one whose flags aren't the guest's. */
void x87_host_forget(void);

/* From in[0] to out[0] without a look at the status, in 64 bits of precision, to nearest;
 * false if the host isn't in that mode anyway. */
bool x87_host_plain(struct x87_host *h, x87_host_fn *fn);

/* x87_host_fn for each. */
#define X87_HOST(name, text)                                                                       \
	static void name(void *m)                                                                  \
	{                                                                                          \
		__asm__ volatile(text : : "r"(m) : "memory");                                      \
	}

#endif
