/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random ARM instructions: makes cases.
 */
#ifndef TESTS_GUEST_ARM_RANDOM_GENERATE_H
#define TESTS_GUEST_ARM_RANDOM_GENERATE_H

#include <stdbool.h>
#include <stdint.h>

#include "case.h"

/* What most instructions of a case are; each as ARM or Thumb code, but for the first two.
 * The last, system and completely random instructions in any mode, isn't for QEMU. */
enum flavour {
	FLAVOUR_ARM,
	FLAVOUR_THUMB,
	FLAVOUR_VFP,
	FLAVOUR_NEON,
	FLAVOUR_SYSTEM,
	FLAVOURS,
};

struct random_source {
	uint64_t state;
};

static inline uint32_t random_next(struct random_source *r)
{
	r->state ^= r->state << 13;
	r->state ^= r->state >> 7;
	r->state ^= r->state << 17;
	return (uint32_t)(r->state * 0x2545f4914f6cdd1dull >> 32);
}

static inline uint32_t random_below(struct random_source *r, uint32_t limit)
{
	return (uint32_t)((uint64_t)random_next(r) * limit >> 32);
}

/* Starts a sequence that depends on both numbers only. */
void random_start(struct random_source *r, uint64_t seed, uint64_t number);

/* Where a case's instructions are, to print and to leave out. */
struct case_insn {
	uint8_t at, bytes;
	bool thumb;
};

struct case_layout {
	unsigned count;
	struct case_insn insn[CASE_SLOT_BYTES / 2];
};

/* Case `number` of a seed, to run in a slot. */
void generate_case(struct random_case *c, uint64_t seed, uint64_t number, enum flavour flavour,
		   unsigned slot, struct case_layout *layout);

/* pattern.c: one instruction; 16-bit ones in the low half.  Draws again until its row
 * has none of the flags. */
struct pattern_row;
uint32_t pattern_draw(struct random_source *r, unsigned set, bool thumb, unsigned without);

/* state.c */
void generate_state(struct random_source *r, struct random_case *c);

#endif
