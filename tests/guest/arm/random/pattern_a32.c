/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random ARM instructions: classes of the ARM instruction set (ARM DDI 0406C, A5).
 *
 * Branches and other writes of pc are not here: block.c makes them.  Left out: calls of
 * a system (SVC, BKPT, HVC, SMC), waiting (WFI, WFE), coprocessors 14 and 15 but for the
 * barriers, SPSR, user registers of other modes, all of which a user program can't do
 * or qemu-arm does for it.
 */
#include "pattern.h"

/* Bit fields: bits 11..7 lsb, 20..16 width - 1 or msb. */
static uint32_t fix_a32_extract(uint32_t i, uint32_t random)
{
	uint32_t lsb = i >> 7 & 31, width = i >> 16 & 31;

	(void)random;
	if (lsb + width > 31)
		i = (i & ~(31u << 16)) | (31 - lsb) << 16;
	return i;
}

static uint32_t fix_a32_insert(uint32_t i, uint32_t random)
{
	uint32_t lsb = i >> 7 & 31, msb = i >> 16 & 31;

	(void)random;
	if (msb < lsb)
		i = (i & ~(31u << 16 | 31u << 7)) | lsb << 16 | msb << 7;
	return i;
}

/* An index that stays small: shifted left by at most 1, r6 (which isn't negative) right,
 * either right with its sign, r6 rotated by 28 at least or with the carry. */
static uint32_t fix_a32_index(uint32_t i, uint32_t random)
{
	if (random & 3)
		i &= ~(3u << 5);
	switch (i >> 5 & 3) {
	case 0:
		return i & ~(0x1eu << 7);
	case 1:
		return (i & ~15u) | 6;
	case 2:
		return i;
	default:
		i = (i & ~15u) | 6;
		return random & 4 ? i & ~(31u << 7) : i | 28u << 7;
	}
}

static uint32_t fix_list(uint32_t i, uint32_t random)
{
	return i & 0xffff ? i : i | 1u << (random & 3);
}

/* MSR only of flags and GE: user programs may write the E bit on ARMv7, says the manual,
 * QEMU doesn't let them. */
static const struct pattern_row a32_rows[] = {
	{ 20, "cccc 0010 xxxs NNNN dddd iiii iiii iiii", 0, NULL },
	{ 10, "cccc 0011 1x0s NNNN dddd iiii iiii iiii", 0, NULL },
	{ 5, "cccc 0011 1x1s 0000 dddd iiii iiii iiii", 0, NULL },
	{ 8, "cccc 0011 0xx1 NNNN 0000 iiii iiii iiii", 0, NULL },
	{ 40, "cccc 0000 xxxs NNNN dddd iiii ixx0 MMMM", 0, NULL },
	{ 16, "cccc 0001 1x0s NNNN dddd iiii ixx0 MMMM", 0, NULL },
	{ 10, "cccc 0001 1x1s 0000 dddd iiii ixx0 MMMM", 0, NULL },
	{ 16, "cccc 0001 0xx1 NNNN 0000 iiii ixx0 MMMM", 0, NULL },
	{ 30, "cccc 0000 xxxs nnnn dddd aaaa 0xx1 mmmm", 0, NULL },
	{ 12, "cccc 0001 1x0s nnnn dddd aaaa 0xx1 mmmm", 0, NULL },
	{ 8, "cccc 0001 1x1s 0000 dddd aaaa 0xx1 mmmm", 0, NULL },
	{ 10, "cccc 0001 0xx1 nnnn 0000 aaaa 0xx1 mmmm", 0, NULL },
	{ 6, "cccc 0011 0x00 iiii dddd iiii iiii iiii", 0, NULL },

	{ 4, "cccc 0000 000s dddd 0000 mmmm 1001 nnnn", 0, NULL },
	{ 4, "cccc 0000 001s dddd aaaa mmmm 1001 nnnn", 0, NULL },
	{ 3, "cccc 0000 0100 eeee dddd mmmm 1001 nnnn", 0, NULL },
	{ 3, "cccc 0000 0110 dddd aaaa mmmm 1001 nnnn", 0, NULL },
	{ 12, "cccc 0000 1xxs eeee dddd mmmm 1001 nnnn", 0, NULL },
	{ 8, "cccc 0001 0xx0 nnnn dddd 0000 0101 mmmm", 0, NULL },
	{ 5, "cccc 0001 0000 dddd aaaa mmmm 1xx0 nnnn", 0, NULL },
	{ 3, "cccc 0001 0010 dddd aaaa mmmm 1x00 nnnn", 0, NULL },
	{ 3, "cccc 0001 0010 dddd 0000 mmmm 1x10 nnnn", 0, NULL },
	{ 3, "cccc 0001 0100 eeee dddd mmmm 1xx0 nnnn", 0, NULL },
	{ 3, "cccc 0001 0110 dddd 0000 mmmm 1xx0 nnnn", 0, NULL },
	{ 3, "cccc 0001 0110 1111 dddd 1111 0001 mmmm", 0, NULL },

	{ 8, "cccc 0110 0xx1 nnnn dddd 1111 0xx1 mmmm", 0, NULL },
	{ 3, "cccc 0110 0xx1 nnnn dddd 1111 1001 mmmm", 0, NULL },
	{ 3, "cccc 0110 0xx1 nnnn dddd 1111 1111 mmmm", 0, NULL },
	{ 4, "cccc 0110 0x10 nnnn dddd 1111 0xx1 mmmm", 0, NULL },
	{ 2, "cccc 0110 0x10 nnnn dddd 1111 1001 mmmm", 0, NULL },
	{ 2, "cccc 0110 0x10 nnnn dddd 1111 1111 mmmm", 0, NULL },
	{ 3, "cccc 0110 1000 nnnn dddd iiii ix01 mmmm", 0, NULL },
	{ 5, "cccc 0110 1000 nnnn dddd 1111 1011 mmmm", 0, NULL },
	{ 6, "cccc 0110 1x1i iiii dddd iiii ix01 nnnn", 0, NULL },
	{ 3, "cccc 0110 1x10 iiii dddd 1111 0011 nnnn", 0, NULL },
	{ 3, "cccc 0110 1x00 NNNN dddd ii00 0111 mmmm", 0, NULL },
	{ 6, "cccc 0110 1x1x NNNN dddd ii00 0111 mmmm", 0, NULL },
	{ 3, "cccc 0110 1011 1111 dddd 1111 x011 mmmm", 0, NULL },
	{ 3, "cccc 0110 1111 1111 dddd 1111 x011 mmmm", 0, NULL },
	{ 6, "cccc 0111 0000 dddd NNNN mmmm 0xx1 nnnn", 0, NULL },
	{ 4, "cccc 0111 0100 eeee dddd mmmm 0xx1 nnnn", 0, NULL },
	{ 4, "cccc 0111 0101 dddd NNNN mmmm 00x1 nnnn", 0, NULL },
	{ 3, "cccc 0111 0101 dddd aaaa mmmm 11x1 nnnn", 0, NULL },
	{ 3, "cccc 0111 1000 dddd NNNN mmmm 0001 nnnn", 0, NULL },
	{ 5, "cccc 0111 00x1 dddd 1111 mmmm 0001 nnnn", 0, NULL },
	{ 6, "cccc 0111 1x1w wwww dddd llll l101 nnnn", 0, fix_a32_extract },
	{ 4, "cccc 0111 110w wwww dddd llll l001 nnnn", 0, fix_a32_insert },
	{ 2, "cccc 0111 110w wwww dddd llll l001 1111", 0, fix_a32_insert },

	{ 3, "cccc 0001 0000 1111 dddd 0000 0000 0000", 0, NULL },
	{ 3, "cccc 0001 0010 1x00 1111 0000 0000 nnnn", 0, NULL },
	{ 2, "cccc 0001 0010 0100 1111 0000 0000 nnnn", 0, NULL },
	{ 2, "cccc 0011 0010 1x00 1111 iiii iiii iiii", 0, NULL },
	{ 1, "cccc 0011 0010 0000 1111 0000 0000 000x", 0, NULL },
	{ 1, "1111 0001 0000 0001 0000 00x0 0000 0000", 0, NULL },
	{ 1, "1111 0101 0111 1111 1111 0000 010x 1111", 0, NULL },
	{ 1, "1111 0101 0111 1111 1111 0000 0110 1111", 0, NULL },
	{ 1, "1111 0101 0111 1111 1111 0000 0001 1111", 0, NULL },
	{ 1, "1111 0101 x101 bbbb 1111 0000 iiii iiii", 0, NULL },
	{ 1, "1111 0111 x101 bbbb 1111 0000 0000 kkkk", 0, NULL },
	{ 1, "1111 0001 0000 10x0 0000 000x x100 0000", 0, NULL },

	{ 8, "cccc 0101 xx01 bbbb dddd 0000 iiii iiii", 0, NULL },
	{ 1, "cccc 0001 0x00 bbbb dddd 0000 1001 qqqq", 0, NULL },
	{ 2, "cccc 0101 x001 1111 dddd 0000 000i iiii", 0, NULL },
	{ 8, "cccc 0101 xx00 bbbb nnnn 0000 iiii iiii", 0, NULL },
	{ 5, "cccc 0101 xx11 wwww dddd 0000 iiii iiii", 0, NULL },
	{ 5, "cccc 0101 xx10 wwww dddd 0000 iiii iiii", 0, NULL },
	{ 5, "cccc 0100 xx0x wwww dddd 0000 iiii iiii", 0, NULL },
	{ 2, "cccc 0100 xx1x wwww dddd 0000 iiii iiii", 0, NULL },
	{ 6, "cccc 0111 xx01 bbbb dddd iiii itt0 kkkk", 0, fix_a32_index },
	{ 6, "cccc 0111 xx00 bbbb nnnn iiii itt0 kkkk", 0, fix_a32_index },
	{ 5, "cccc 0111 xx1x wwww dddd iiii itt0 kkkk", 0, fix_a32_index },
	{ 5, "cccc 0110 xx0x wwww dddd iiii itt0 kkkk", 0, fix_a32_index },
	{ 2, "cccc 0110 xx1x wwww dddd iiii itt0 kkkk", 0, fix_a32_index },
	{ 5, "cccc 0001 x101 bbbb dddd iiii 1011 iiii", 0, NULL },
	{ 5, "cccc 0001 x101 bbbb dddd iiii 11x1 iiii", 0, NULL },
	{ 5, "cccc 0001 x100 bbbb nnnn iiii 1011 iiii", 0, NULL },
	{ 3, "cccc 0001 x11x wwww dddd iiii 1011 iiii", 0, NULL },
	{ 3, "cccc 0001 x111 wwww dddd iiii 11x1 iiii", 0, NULL },
	{ 3, "cccc 0000 x10x wwww dddd iiii 1011 iiii", 0, NULL },
	{ 3, "cccc 0000 x101 wwww dddd iiii 11x1 iiii", 0, NULL },
	{ 1, "cccc 0000 x11x wwww dddd iiii 1011 iiii", 0, NULL },
	{ 1, "cccc 0000 x111 wwww dddd iiii 11x1 iiii", 0, NULL },
	{ 3, "cccc 0001 x001 bbbb dddd 0000 1011 kkkk", 0, NULL },
	{ 3, "cccc 0001 x001 bbbb dddd 0000 11x1 kkkk", 0, NULL },
	{ 3, "cccc 0001 x000 bbbb nnnn 0000 1011 kkkk", 0, NULL },
	{ 2, "cccc 0001 x01x wwww dddd 0000 1011 kkkk", 0, NULL },
	{ 2, "cccc 0000 x00x wwww dddd 0000 1011 kkkk", 0, NULL },
	{ 2, "cccc 0000 x001 wwww dddd 0000 11x1 kkkk", 0, NULL },
	{ 3, "cccc 0001 x100 bbbb pppp ii00 11x1 ii00", 0, NULL },
	{ 1, "cccc 0001 x100 bbbb pppp iiii 11x1 iiii", 0, NULL },
	{ 2, "cccc 0001 x110 wwww pppp ii00 11x1 ii00", 0, NULL },
	{ 2, "cccc 0000 x100 wwww pppp ii00 11x1 ii00", 0, NULL },
	{ 2, "cccc 0001 x000 bbbb pppp 0000 11x1 kkkk", 0, NULL },
	{ 1, "cccc 0000 x000 wwww pppp 0000 11x1 kkkk", 0, NULL },
	{ 4, "cccc 100x x001 bbbb rrrr rrrr rrrr rrrr", 0, fix_list },
	{ 4, "cccc 100x x011 wwww rrrr rrrr rrrr rrrr", 0, fix_list },
	{ 4, "cccc 100x x000 bbbb llll llll llll llll", 0, fix_list },
	{ 4, "cccc 100x x010 wwww llll llll llll llll", 0, fix_list },
};

const struct pattern_table pattern_a32 = ROWS(a32_rows);

#define LOAD_STORE_EXCLUSIVE(op, d, e, s)                                                          \
	{ 1, "cccc 0001 1" op "1 bbbb " d " 1111 1001 1111", 0, NULL },                            \
	{                                                                                          \
		1, "cccc 0001 1" op "0 bbbb " e " 1111 1001 " s, 0, NULL                           \
	}

static const struct pattern_row a32_exclusive_rows[4][2] = {
	{ LOAD_STORE_EXCLUSIVE("10", "dddd", "dddd", "qqqq") },
	{ LOAD_STORE_EXCLUSIVE("11", "dddd", "dddd", "qqqq") },
	{ LOAD_STORE_EXCLUSIVE("00", "dddd", "dddd", "qqqq") },
	{ LOAD_STORE_EXCLUSIVE("01", "pppp", "hhhh", "pppp") },
};

const struct pattern_table pattern_a32_exclusive[4] = { ROWS(a32_exclusive_rows[0]),
							ROWS(a32_exclusive_rows[1]),
							ROWS(a32_exclusive_rows[2]),
							ROWS(a32_exclusive_rows[3]) };
