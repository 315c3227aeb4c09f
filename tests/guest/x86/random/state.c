/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random x86 instructions: numbers, and the state a program begins with.
 */
#include <string.h>

#include "guest/x86/flags.h"
#include "program.h"

uint64_t dice_64(struct dice *d)
{
	uint64_t z = d->state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

uint32_t dice_32(struct dice *d)
{
	return (uint32_t)(dice_64(d) >> 32);
}

uint32_t dice_below(struct dice *d, uint32_t n)
{
	return (uint32_t)((uint64_t)dice_32(d) * n >> 32);
}

bool dice_one_in(struct dice *d, uint32_t n)
{
	return dice_below(d, n) == 0;
}

static uint64_t lane_of_singles(struct dice *d, bool edges)
{
	static const uint32_t some[] = { 0,          0x3f800000, 0x7f800000, 0x7fc00000,
					 0x7f800001, 0x00800000, 0x007fffff, 0x7f7fffff };
	uint64_t v = 0;

	for (unsigned i = 0; i < 64; i += 32) {
		uint32_t single = edges ? some[dice_below(d, 8)] :
					  dice_32(d) >> 9 | (107 + dice_below(d, 40)) << 23;

		v |= (uint64_t)(single | (dice_32(d) & 1u << 31)) << i;
	}
	return v;
}

uint64_t dice_lane(struct dice *d)
{
	static const uint64_t some[] = { 0,
					 0x3ff0000000000000,
					 0x7ff0000000000000,
					 0x7ff8000000000000,
					 0x7ff0000000000001,
					 0x0010000000000000,
					 0x000fffffffffffff,
					 0x7fefffffffffffff };
	uint64_t v;

	switch (dice_below(d, 8)) {
	case 0:
		return some[dice_below(d, 8)] | (dice_64(d) & 1ull << 63);
	case 1:
		return lane_of_singles(d, true);
	case 2:
	case 3:
		v = dice_64(d) << (dice_one_in(d, 2) ? 30 : 0) >> 12;
		return v | (uint64_t)(983 + dice_below(d, 80)) << 52 | (dice_64(d) & 1ull << 63);
	case 4:
	case 5:
		return lane_of_singles(d, false);
	case 6:
		return dice_64(d) >> dice_below(d, 64);
	default:
		return dice_64(d);
	}
}

static uint64_t make_significand(struct dice *d)
{
	switch (dice_below(d, 5)) {
	case 0:
		return dice_64(d) << 11;
	case 1:
		return dice_64(d) << 40;
	case 2:
		return dice_64(d) << dice_below(d, 64);
	default:
		return dice_64(d);
	}
}

static void make_register(struct case_fpu *f, unsigned n, struct dice *d)
{
	uint32_t exponent;

	f->st[n].significand = make_significand(d) | 1ull << 63;
	switch (dice_below(d, 14)) {
	case 0: /* zero, denormal, pseudo-denormal */
		exponent = 0;
		f->st[n].significand = dice_one_in(d, 2) ? 0 : make_significand(d);
		break;
	case 1: /* infinity, NaN */
		exponent = 0x7fff;
		if (dice_one_in(d, 3))
			f->st[n].significand = 1ull << 63;
		break;
	case 2: /* unsupported */
		exponent = dice_32(d) & 0x7fff;
		f->st[n].significand &= ~(1ull << 63);
		break;
	case 3:
		exponent = dice_32(d) & 0x7fff;
		break;
	case 4:
		exponent = dice_one_in(d, 2) ? dice_below(d, 70) : 0x7ffe - dice_below(d, 70);
		break;
	default:
		exponent = 16383 + dice_below(d, 70) - 35;
		break;
	}
	f->st[n].exponent = (uint16_t)((dice_32(d) & 0x8000) | exponent);
}

/* Unmasked exceptions are rare: they end a program. */
static void make_fpu(struct case_fpu *f, bool masked, struct dice *d)
{
	unsigned top = dice_below(d, 8);

	memset(f, 0, sizeof *f);
	f->control = 0x7f;
	if (!masked && dice_one_in(d, 4))
		f->control &= (uint16_t)dice_32(d) | 0x40;
	f->control |= dice_one_in(d, 3) ? dice_32(d) & 0xf00 : 0x300;
	f->status =
		(uint16_t)(top << 11 | (dice_32(d) & 0x4700) | (dice_32(d) & 0x7f & f->control));
	f->valid = dice_one_in(d, 4) ? (uint8_t)dice_32(d) : (uint8_t) ~(1u << ((top + 7) & 7));
	f->mxcsr = 0x1f80;
	if (dice_one_in(d, 4))
		f->mxcsr |= dice_32(d) & 0xe040;
	if (dice_one_in(d, 20))
		f->mxcsr &= dice_32(d) | 0xe040;
	f->mxcsr |= dice_32(d) & f->mxcsr >> 7 & 0x3f;
	for (unsigned n = 0; n < 8; n++) {
		make_register(f, n, d);
		f->xmm[n][0] = dice_lane(d);
		f->xmm[n][1] = dice_lane(d);
	}
}

static uint32_t make_value(struct dice *d)
{
	static const uint32_t edges[] = { 0,      1,      0x7f,    0x80,       0xff,       0x7fff,
					  0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, ~0u };

	switch (dice_below(d, 4)) {
	case 0:
		return edges[dice_below(d, sizeof edges / sizeof *edges)];
	case 1:
		return dice_32(d) & 0xff;
	case 2:
		return CASE_WINDOW + dice_below(d, CASE_WINDOW_BYTES);
	default:
		return dice_32(d);
	}
}

void state_make(struct program *p, enum flavour flavour, struct dice *d)
{
	make_fpu(&p->fpu, p->compares, d);
	for (unsigned n = 0; n < 8; n++)
		p->r[n] = make_value(d);
	p->r[X86_ESP] = CASE_WINDOW + 0x800 + (dice_below(d, 0x1000) & ~3u);
	p->r[X86_EBP] = CASE_WINDOW + CASE_WINDOW_BYTES / 2;
	p->eflags = 0x202 | (dice_32(d) & X86_ARITHMETIC);
	if (dice_one_in(d, flavour == FLAVOUR_STRING ? 3 : 8))
		p->eflags |= X86_DF;
}
