/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random ARM instructions: what a case is, and what came of it.  Both programs, the
 * test on the host and the reference under qemu-arm, see these structures alike.
 *
 * A case's code runs in user mode at its slot, with two pages of data, the window, and
 * nothing mapped around them.  It ends with an exception: the permanently undefined
 * instruction that is always its last, or what one of its instructions raised.
 */
#ifndef TESTS_GUEST_ARM_RANDOM_CASE_H
#define TESTS_GUEST_ARM_RANDOM_CASE_H

#include <stdint.h>

#define CASE_CODE 0x48000000u
#define CASE_CODE_BYTES 0x9000u
#define CASE_SLOT_BYTES 128u
#define CASE_BATCH 256u /* that many slots; a batch's cases are run in this order */
#define CASE_WINDOW 0x48100000u
#define CASE_WINDOW_WORDS 2048u
#define CASE_WINDOW_BYTES (CASE_WINDOW_WORDS * 4)
#define CASE_INSNS 24u

struct random_case {
	uint32_t r[15];
	uint32_t pc; /* bit 0: Thumb */
	uint32_t cpsr;
	uint32_t fpscr;
	uint32_t system; /* 1: in cpsr's mode, with banked registers made from r */
	uint32_t reserved;
	uint64_t d[32];
	uint8_t code[CASE_SLOT_BYTES];
};

enum case_end { END_UNDEFINED = 1, END_DATA_ABORT, END_PREFETCH_ABORT, END_OTHER };

/* Where a slot is: every 32nd crosses a page. */
static inline uint32_t case_slot(unsigned n)
{
	return CASE_CODE + 0xfb4 + n * CASE_SLOT_BYTES;
}

#define CASE_CPSR_MASK 0xfe0ffe20u /* NZCVQ, IT, GE, E, T */

struct random_result {
	uint32_t r[15];
	uint32_t pc; /* of the instruction that raised the exception */
	uint32_t cpsr;
	uint32_t fpscr;
	uint64_t d[32];
	uint32_t end;
	uint32_t hash;  /* of the window */
	uint64_t state; /* hash of all state, if system */
};

/* What the window holds when a case starts. */
static inline void case_window_fill(uint32_t *window)
{
	uint32_t x = 0x2545f491;

	for (unsigned i = 0; i < CASE_WINDOW_WORDS; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		window[i] = i % 7 == 3 ? x & 0x3ff : x;
	}
}

static inline uint32_t case_window_hash(const uint32_t *window)
{
	uint32_t hash = 0;

	for (unsigned i = 0; i < CASE_WINDOW_WORDS; i++)
		hash = (hash ^ window[i]) * 0x01000193u + (hash >> 15);
	return hash;
}

#endif
