/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random ARM instructions: classes of instructions as patterns.
 *
 * A row's pattern shows the bits in groups of four: 0 and 1 are fixed, x is random, and
 * bits with the same letter make one field, the leftmost the highest:
 *
 *	c	condition, mostly AL		d e	destinations, e another than d
 *	n m a	sources				N M	sources, also sp and pc
 *	y	source of r8 and up		q	source other than d
 *	g f h	destinations below and above r6	p	even destination with its neighbour
 *	b w	base, w one to be written back	k	index
 *	r l	list of destinations, sources	s i ...	random
 *
 * Bases and the index aren't destinations, and have small ranges, so that nearly all
 * accesses go to the window.  What patterns can't say (UNPREDICTABLE combinations) is
 * done by `fix`, which changes the instruction.
 */
#ifndef TESTS_GUEST_ARM_RANDOM_PATTERN_H
#define TESTS_GUEST_ARM_RANDOM_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pattern_flag {
	ROW_NOT_IN_IT = 1,
	ROW_EVEN_D = 4, /* Advanced SIMD: even registers */
	ROW_EVEN_N = 8,
	ROW_EVEN_M = 16,
	ROW_Q_DNM = 32, /* even if bit 6 */
	ROW_Q_DM = 64,
	ROW_Q24_DN = 128,  /* even if bit 24 */
	ROW_SIZE_3 = 256,  /* bits 21..20 not 3 */
	ROW_SIZE_12 = 512, /* bits 21..20 1 or 2 */
	ROW_D_NOT_M = 1024,
};

struct pattern_row {
	uint8_t weight;
	const char *pattern;
	uint16_t flags;
	uint32_t (*fix)(uint32_t instruction, uint32_t random);
};

/* The last four: load- and store-exclusive of one size, whose log2 is added.  A case has
 * one size only, as a pair of different sizes is UNPREDICTABLE. */
enum pattern_set {
	SET_A32,
	SET_T16,
	SET_T32,
	SET_VFP,
	SET_NEON,
	SET_A32_SYSTEM,
	SET_T16_SYSTEM,
	SET_T32_SYSTEM,
	SET_EXCLUSIVE,
};

struct pattern_table {
	const struct pattern_row *rows;
	size_t count;
};

extern const struct pattern_table pattern_a32, pattern_t16, pattern_t32, pattern_vfp, pattern_neon;
extern const struct pattern_table pattern_a32_system, pattern_t16_system, pattern_t32_system;
extern const struct pattern_table pattern_a32_exclusive[4], pattern_t32_exclusive[4];

bool pattern_harmless_a32(uint32_t i);
bool pattern_harmless_t32(uint32_t i);
bool pattern_harmless_t16(uint32_t i);

#define ROWS(rows)                                                                                 \
	{                                                                                          \
		rows, sizeof(rows) / sizeof *(rows)                                                \
	}

#endif
