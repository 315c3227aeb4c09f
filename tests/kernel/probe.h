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

/* In probe.S: probe_X(), probe_X_at, probe_X_after for each X. */
#define PROBES(probe)                                                                              \
	probe(divide, 0, 0)                                                                        \
	probe(breakpoint, 3, 0)                                                                    \
	probe(undefined, 6, 0)                                                                     \
	probe(cli, 13, 0)                                                                          \
	probe(sti, 13, 0)                                                                          \
	probe(hlt, 13, 0)                                                                          \
	probe(int_vector, 13, 0x82 * 8 + 2)                                                        \
	probe(int_page_fault, 13, 14 * 8 + 2)                                                      \
	probe(lidt, 13, 0)                                                                         \
	probe(lgdt, 13, 0)                                                                         \
	probe(ltr, 13, 0)                                                                          \
	probe(wrmsr, 13, 0)                                                                        \
	probe(rdmsr, 13, 0)                                                                        \
	probe(read_cr0, 13, 0)                                                                     \
	probe(write_cr3, 13, 0)                                                                    \
	probe(write_dr7, 13, 0)                                                                    \
	probe(clts, 13, 0)                                                                         \
	probe(invlpg, 13, 0)                                                                       \
	probe(wbinvd, 13, 0)                                                                       \
	probe(swapgs, 13, 0)                                                                       \
	probe(sysret, 13, 0)                                                                       \
	probe(noncanonical, 13, 0)                                                                 \
	probe(bad_selector, 13, 0x1230)                                                            \
	probe(kernel_selector, 13, 0x10)                                                           \
	probe(far_kernel, 13, 0x08)

#define PROBE_DECLARE(name, vector, error)                                                         \
	void probe_##name(void);                                                                   \
	extern const char probe_##name##_at[], probe_##name##_after[];
PROBES(PROBE_DECLARE)
#undef PROBE_DECLARE

/* Others: mov (%rsi), %rax; and RFLAGS from probe_in.rax, and back. */
void probe_read_word(void);
extern const char probe_read_word_at[];
void probe_load_flags(void);
extern const char probe_load_flags_at[]; /* where a trap after the nop before it is */

#endif
