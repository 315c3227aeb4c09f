/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Code that raises an exception at a known place with known registers: each
 * function of probe.S loads probe_in, executes one instruction, and stores all
 * registers to probe_out.  One at a time.
 */
#ifndef KTEST_PROBE_H
#define KTEST_PROBE_H

#include "ktest.h"

extern struct registers probe_in;
extern volatile struct registers probe_out;
extern volatile l4_word_t probe_done; /* it came to its end */

struct probe {
	const char *name;
	void (*run)(void);
	const char *at;    /* the instruction */
	const char *after; /* what follows it */
	unsigned vector;
	l4_word_t error_code;
};

/* In probe.S: probe_X(), probe_X_at, probe_X_after for each X of probes.inc. */
#define PROBE(name, vector, error)                                                                 \
	void probe_##name(void);                                                                   \
	extern const char probe_##name##_at[], probe_##name##_after[];
#include "probes.inc"
#undef PROBE

/* Others: mov (%rsi), %rax; and RFLAGS from probe_in.rax, and back. */
void probe_read_word(void);
extern const char probe_read_word_at[];
void probe_load_flags(void);
extern const char probe_load_flags_at[]; /* where a trap after the nop before it is */

#endif
