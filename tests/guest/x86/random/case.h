/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random x86 instructions: what a case is, and what came of it.  Both programs, the test and
 * the one that runs cases on this CPU (native.c), see these structures alike, in memory that
 * they share.
 *
 * The host may not have 32-bit code segments, so a case has its instructions twice: as the
 * guest executes them, and as 64-bit code that does the same, instruction by instruction:
 * addresses of 32 bits by prefix 67, and sequences in place of what 64-bit mode hasn't or
 * does differently (pushes, calls, one-byte INC).
 *
 * A case runs at CPL 3 with flat segments and has the window's pages and its own code, and
 * nothing else.  It ends with an exception, or after its last instruction.
 */
#ifndef TESTS_GUEST_X86_RANDOM_CASE_H
#define TESTS_GUEST_X86_RANDOM_CASE_H

#include <stdint.h>

#define CASE_BATCH 64u
#define CASE_OPS 32u
#define CASE_GUEST_BYTES 512u
#define CASE_NATIVE_BYTES 3584u

#define CASE_CODE 0x48000000u /* readable, not writable */
#define CASE_CODE_BYTES (CASE_BATCH * CASE_GUEST_BYTES + 0x1000u)
#define CASE_WINDOW 0x48100000u
#define CASE_WINDOW_BYTES 0x2000u /* writable; a page follows that isn't, then none */
#define CASE_CONSTANT (CASE_WINDOW + CASE_WINDOW_BYTES)
#define CASE_COUNTER 0x48200000u /* a page for loops' counts */
#define CASE_SCRATCH 2048u       /* offset in struct native_frame */

/* What FXSAVE writes, as far as 32-bit mode knows it. */
struct case_fpu {
	uint16_t control, status;
	uint8_t valid, unused;
	uint16_t opcode;
	uint32_t ip, cs, data, ds;
	uint32_t mxcsr, mask;
	struct {
		uint64_t significand;
		uint16_t exponent, reserved[3];
	} st[8];
	uint64_t xmm[8][2];
} __attribute__((aligned(16)));

struct random_case {
	struct case_fpu fpu;
	uint32_t r[8];
	uint32_t eflags;
	uint32_t ops;
	/* Where each instruction begins; the last: the end. */
	uint16_t guest_at[CASE_OPS + 1], native_at[CASE_OPS + 1];
	uint32_t undefined[CASE_OPS + 1]; /* flags before it; CASE_C1, CASE_EMPTY */
	uint8_t guest[CASE_GUEST_BYTES], native[CASE_NATIVE_BYTES];
};

#define CASE_C1 (1u << 31)    /* in `undefined`: the x87's C1, */
#define CASE_EMPTY (1u << 30) /* and the contents of its empty registers */
#define CASE_END 0xffu        /* in `vector`: it ran to its end */

struct random_result {
	struct case_fpu fpu;
	uint32_t r[8];
	uint32_t eflags;
	uint32_t vector, error, address; /* address: CR2 */
	uint32_t eip;
	uint32_t native_ip; /* the x87's, before it is made the guest's: it may be a number
			     * that was loaded */
	uint32_t reserved[2];
	uint8_t window[CASE_WINDOW_BYTES];
};

/* Shared.  The parent fills in cases and template, writes a byte, and reads one when the
 * results are there. */
struct case_exchange {
	uint8_t window[CASE_WINDOW_BYTES], constant[4096]; /* as every case finds them */
	struct random_case cases[CASE_BATCH];
	struct random_result results[CASE_BATCH];
};

/* Where a case's guest code is: some cross a page. */
static inline uint32_t case_slot(unsigned n)
{
	return CASE_CODE + 0xfc0 + n * CASE_GUEST_BYTES;
}

#endif
