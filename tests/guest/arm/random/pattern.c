/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random ARM instructions: from a pattern (pattern.h) to an instruction.
 */
#include "pattern.h"

#include "generate.h"

#include <string.h>

static const struct pattern_table *const tables[] = {
	[SET_A32] = &pattern_a32,
	[SET_T16] = &pattern_t16,
	[SET_T32] = &pattern_t32,
	[SET_VFP] = &pattern_vfp,
	[SET_NEON] = &pattern_neon,
	[SET_A32_SYSTEM] = &pattern_a32_system,
	[SET_T16_SYSTEM] = &pattern_t16_system,
	[SET_T32_SYSTEM] = &pattern_t32_system,
};

struct drawing {
	struct random_source *random;
	bool thumb;
	uint32_t d, e; /* destinations chosen so far, 16: none */
};

#define PICK(r, ...)                                                                               \
	((const uint8_t[]){                                                                        \
		__VA_ARGS__ }[random_below(r, sizeof((const uint8_t[]){ __VA_ARGS__ }))])

static uint32_t pick_destination(struct random_source *r, unsigned bits)
{
	if (bits == 3)
		return random_below(r, 6);
	return PICK(r, 0, 1, 2, 3, 4, 5, 8, 12, 14);
}

static uint32_t pick_source(struct drawing *g, unsigned bits)
{
	if (bits == 3)
		return random_below(g->random, 8);
	if (g->thumb)
		return PICK(g->random, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14);
	return random_below(g->random, 15);
}

/* Four in ten registers of the list that may be there. */
static uint32_t pick_list(struct random_source *r, uint32_t may, unsigned bits)
{
	uint32_t few = random_next(r) & random_next(r);

	if (bits < 16)
		may &= 0x3f;
	return (random_next(r) & 3 ? few : random_next(r)) & may & ((1u << bits) - 1);
}

static uint32_t pick_other_destination(struct drawing *g)
{
	uint32_t n;

	do
		n = pick_destination(g->random, 4);
	while (n == g->d);
	return n;
}

static uint32_t pick_other_source(struct drawing *g)
{
	uint32_t n;

	do
		n = pick_source(g, 4);
	while (n == g->d);
	return n;
}

/* A letter's value; `d` is known before the others are chosen. */
static uint32_t pick(struct drawing *g, char letter, unsigned bits)
{
	struct random_source *r = g->random;

	switch (letter) {
	case 'c':
		return random_below(r, 4) ? 14 : random_below(r, 14);
	case 'd':
		return g->d;
	case 'e':
		return pick_other_destination(g);
	case 'n':
	case 'm':
	case 'a':
		return pick_source(g, bits);
	case 'N':
	case 'M':
		return random_below(r, 16);
	case 'y':
		return 8 + random_below(r, 7);
	case 'q':
		return pick_other_source(g);
	case 'g':
		return random_below(r, 3);
	case 'f':
		return 3 + random_below(r, 3);
	case 'h':
		return PICK(r, 8, 12, 14);
	case 'p':
		return 2 * random_below(r, 3);
	case 'b':
		return bits == 3 ? 7 : PICK(r, 7, 9, 11, 11, 13);
	case 'w':
		return bits == 3 ? 7 : bits == 4 ? PICK(r, 7, 9, 9, 13) : random_next(r);
	case 'k':
		return bits == 3 ? 6 : PICK(r, 6, 10);
	case 'r':
		return pick_list(r, 0x513f, bits);
	case 'l':
		return pick_list(r, 0x5d7f, bits);
	default:
		return random_next(r);
	}
}

/* Puts a value's bits where the mask has bits, lowest first. */
static uint32_t deposit(uint32_t value, uint32_t mask)
{
	uint32_t result = 0;

	for (; mask; mask &= mask - 1, value >>= 1)
		if (value & 1)
			result |= mask & -mask;
	return result;
}

static uint32_t expand(struct drawing *g, const char *pattern)
{
	uint32_t masks[128] = { 0 }, word = 0, random = random_next(g->random);
	char letters[32];
	unsigned count = 0;

	for (const char *p = pattern; *p; p++) {
		if (*p == ' ')
			continue;
		for (unsigned i = 0; i < count; i++)
			masks[(unsigned char)letters[i]] <<= 1;
		word <<= 1;
		if (*p == '1' || (*p == 'x' && (random = random << 1 | random >> 31) & 1))
			word |= 1;
		if (*p == '0' || *p == '1' || *p == 'x')
			continue;
		if (!masks[(unsigned char)*p])
			letters[count++] = *p;
		masks[(unsigned char)*p] |= 1;
	}
	g->d = pick_destination(g->random, masks['d'] ? __builtin_popcount(masks['d']) : 4);
	for (unsigned i = 0; i < count; i++) {
		uint32_t mask = masks[(unsigned char)letters[i]];

		word |= deposit(pick(g, letters[i], __builtin_popcount(mask)), mask);
	}
	return word;
}

static uint32_t make_even(uint32_t i, unsigned flags)
{
	if (flags & ROW_EVEN_D || (flags & (ROW_Q_DNM | ROW_Q_DM) && i & 1u << 6) ||
	    (flags & ROW_Q24_DN && i & 1u << 24))
		i &= ~(1u << 12);
	if (flags & ROW_EVEN_N || (flags & ROW_Q_DNM && i & 1u << 6) ||
	    (flags & ROW_Q24_DN && i & 1u << 24))
		i &= ~(1u << 16);
	if (flags & ROW_EVEN_M || (flags & (ROW_Q_DNM | ROW_Q_DM) && i & 1u << 6))
		i &= ~1u;
	return i;
}

static uint32_t apply_flags(uint32_t i, unsigned flags, uint32_t random)
{
	const uint32_t size = 3u << 20;

	if (flags & ROW_SIZE_3 && (i & size) == size)
		i ^= random & 1 ? 1u << 20 : 1u << 21;
	if (flags & ROW_SIZE_12 && ((i & size) == size || !(i & size)))
		i = (i & ~size) | (random & 1 ? 1u << 20 : 1u << 21);
	i = make_even(i, flags);
	if (flags & ROW_D_NOT_M && (i >> 13 & 7) == (i >> 1 & 7) && !((i >> 22 ^ i >> 5) & 1))
		i ^= 2;
	return i;
}

static const struct pattern_row *draw_row(struct random_source *r, const struct pattern_table *t)
{
	uint32_t sum = 0, at;
	const struct pattern_row *row = t->rows;

	for (size_t i = 0; i < t->count; i++)
		sum += t->rows[i].weight;
	for (at = random_below(r, sum); at >= row->weight; row++)
		at -= row->weight;
	return row;
}

/* The Thumb form of a VFP or Advanced SIMD instruction. */
static uint32_t to_thumb(uint32_t i, unsigned set)
{
	if (set == SET_VFP)
		return (i & 0x0fffffff) | 0xe0000000;
	if ((i & 0xff000000) == 0xf4000000)
		return (i & 0x00ffffff) | 0xf9000000;
	return (i & 0x00ffffff) | 0xef000000 | (i & 1u << 24) << 4; /* U moves to bit 28 */
}

static const struct pattern_table *table_of(unsigned set, bool thumb)
{
	if (set < SET_EXCLUSIVE)
		return tables[set];
	return thumb ? &pattern_t32_exclusive[set - SET_EXCLUSIVE] :
		       &pattern_a32_exclusive[set - SET_EXCLUSIVE];
}

uint32_t pattern_draw(struct random_source *r, unsigned set, bool thumb, unsigned without)
{
	struct drawing g = { .random = r, .thumb = thumb };
	const struct pattern_row *row;
	uint32_t i;

	do
		row = draw_row(r, table_of(set, thumb));
	while (row->flags & without);
	i = expand(&g, row->pattern);
	if (row->fix)
		i = row->fix(i, random_next(r));
	i = apply_flags(i, row->flags, random_next(r));
	return thumb && (set == SET_VFP || set == SET_NEON) ? to_thumb(i, set) : i;
}
