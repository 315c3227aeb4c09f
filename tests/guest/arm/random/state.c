/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random ARM instructions: the registers a case starts with.
 *
 * Values are chosen so that carries, saturation, NaNs, denormals, infinities and ties
 * happen often.  r7, r9, r11 and r13 point into the window, r6 and r10 are small.
 */
#include "generate.h"

#include <string.h>

#define ITEM(array, r) ((array)[random_below(r, sizeof(array) / sizeof *(array))])

static uint32_t word(struct random_source *r)
{
	static const uint32_t special[] = { 0,          1,          2,          0xffffffff,
					    0xfffffffe, 0x7fffffff, 0x80000000, 0x80000001,
					    0x7ffffffe, 0xffff,     0x8000,     0x7fff,
					    0xffff8000, 0x80008000, 0x7fff7fff, 0x7f7f7f7f,
					    0x80808080, 0xff,       0x00ff00ff, 31,
					    32,         33,         64,         0x55555555 };

	switch (random_below(r, 4)) {
	case 0:
		return ITEM(special, r);
	case 1:
		return random_below(r, 260);
	case 2:
		return 1u << random_below(r, 32);
	default:
		return random_next(r);
	}
}

static uint32_t base(struct random_source *r, unsigned n)
{
	const uint32_t middle = CASE_WINDOW + CASE_WINDOW_BYTES / 2;

	if (n != 11 && random_below(r, 16) == 0)
		return random_next(r) & 1 ? CASE_WINDOW + random_below(r, 64) :
					    CASE_WINDOW + CASE_WINDOW_BYTES - random_below(r, 64);
	if (n != 11 && random_below(r, 8) == 0)
		return middle - 32 + random_below(r, 64);
	return middle - 512 + 8 * random_below(r, 128);
}

static void general(struct random_source *r, struct random_case *c)
{
	for (unsigned i = 0; i < 15; i++)
		c->r[i] = word(r);
	for (unsigned i = 7; i <= 13; i += 2)
		c->r[i] = base(r, i);
	c->r[6] = random_below(r, 4) ? 4 * random_below(r, 16) : random_below(r, 256);
	c->r[10] = random_below(r, 8) ? random_below(r, 64) : -random_below(r, 64);
	c->cpsr = random_next(r) & 0xf80f0000;
}

static uint32_t single(struct random_source *r)
{
	static const uint32_t special[] = {
		0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x007fffff, 0x00800000, 0x00800001,
		0x80800000, 0x3f800000, 0xbf800000, 0x3fffffff, 0x40000000, 0x3effffff, 0x3f000000,
		0x4effffff, 0x4f000000, 0xcf000000, 0x4f7fffff, 0x4f800000, 0x7f7fffff, 0xff7fffff,
		0x7f800000, 0xff800000, 0x7fc00000, 0xffc12345, 0x7f800001, 0xffbfffff, 0x33800000,
		0x477fe000, 0x477ff000, 0x38800000, 0x337fffff
	};
	uint32_t sign = random_next(r) & 0x80000000;

	switch (random_below(r, 6)) {
	case 0:
	case 1:
		return ITEM(special, r);
	case 2: /* near one another, so that differences cancel */
		return sign | (0x3f800000 + random_below(r, 16) - 8);
	case 3: /* integers and halves of moderate size */
		return sign | (0x40000000 + (random_next(r) & 0x0f7f8000));
	case 4: /* small */
		return sign | (random_next(r) & 0x03ffffff);
	default:
		return random_next(r);
	}
}

static uint64_t twice(struct random_source *r)
{
	static const uint64_t special[] = {
		0,
		1,
		0x8000000000000000,
		0x000fffffffffffff,
		0x0010000000000000,
		0x0010000000000001,
		0x3ff0000000000000,
		0xbff0000000000000,
		0x3fe0000000000000,
		0x3fefffffffffffff,
		0x41dfffffffc00000,
		0x41dfffffffe00000,
		0x41e0000000000000,
		0xc1e0000000200000,
		0x41efffffffe00000,
		0x41f0000000000000,
		0x7fefffffffffffff,
		0x7ff0000000000000,
		0xfff0000000000000,
		0x7ff8000000000000,
		0x7ff0000000000001,
		0xfff7ffffffffffff,
		0x47efffffe0000000,
		0x47efffffefffffff,
		0x47effffff0000000,
		0x3810000000000000,
		0x380fffffffffffff,
		0x36a0000000000000,
		0x3690000000000000,
		0x3690000000000001,
		0x000fffffe0000000,
		0x7ff4000000000000,
	};
	uint64_t value = (uint64_t)random_next(r) << 32 | random_next(r);
	uint64_t sign = value & 1ull << 63;

	switch (random_below(r, 6)) {
	case 0:
	case 1:
		return ITEM(special, r);
	case 2:
		return sign | (0x3ff0000000000000 + random_below(r, 16) - 8);
	case 3:
		return sign | (0x4000000000000000 + (value & 0x01ffff0000000000));
	case 4:
		return sign | (value & 0x003fffffffffffff);
	default:
		return value;
	}
}

static uint64_t doubleword(struct random_source *r)
{
	switch (random_below(r, 8)) {
	case 0:
	case 1:
	case 2:
		return (uint64_t)single(r) << 32 | single(r);
	case 3:
	case 4:
	case 5:
		return twice(r);
	case 6: /* lanes of special integers, or half-precision numbers */
		return (uint64_t)word(r) << 32 | word(r);
	default:
		return (uint64_t)random_next(r) << 32 | random_next(r);
	}
}

static uint32_t fpscr(struct random_source *r)
{
	uint32_t value = random_next(r) & 0xf0000000;

	if (random_next(r) & 1)
		value |= random_below(r, 4) << 22; /* rounding */
	if (random_below(r, 5) == 0)
		value |= 1u << 24; /* FZ */
	if (random_below(r, 5) == 0)
		value |= 1u << 25; /* DN */
	if (random_below(r, 8) == 0)
		value |= 1u << 26; /* AHP */
	if (random_below(r, 8) == 0)
		value |= 1u << 27; /* QC */
	if (random_below(r, 8) == 0)
		value |= random_next(r) & 0x9f;
	return value;
}

void generate_state(struct random_source *r, struct random_case *c)
{
	general(r, c);
	c->fpscr = fpscr(r);
	for (unsigned i = 0; i < 32; i++)
		c->d[i] = doubleword(r);
}
