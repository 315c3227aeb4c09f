/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random ARM instructions: classes of the Thumb instruction set (ARM DDI 0406C, A6).
 *
 * Branches, IT and other writes of pc are not here: block.c makes them.  What is left out
 * of the ARM instruction set is left out here, too; and ThumbEE.
 */
#include "pattern.h"

static const struct pattern_row t16_rows[] = {
	{ 4, "0001 10xm mmnn nddd", 0, NULL },
	{ 4, "0001 11xi iinn nddd", 0, NULL },
	{ 4, "0000 xiii iimm mddd", 0, NULL },
	{ 2, "0001 0iii iimm mddd", 0, NULL },
	{ 2, "0010 0ddd iiii iiii", 0, NULL },
	{ 2, "0010 1nnn iiii iiii", 0, NULL },
	{ 4, "0011 xddd iiii iiii", 0, NULL },
	{ 16, "0100 00xx xxmm mddd", 0, NULL },
	{ 2, "0100 0100 dMMM Mddd", 0, NULL },
	{ 2, "0100 0101 nyyy ynnn", 0, NULL },
	{ 2, "0100 0110 dMMM Mddd", 0, NULL },
	{ 1, "0100 1ddd 0000 0iii", 0, NULL },
	{ 6, "0101 xxxk kkbb bddd", 0, NULL },
	{ 6, "011x xiii iibb bddd", 0, NULL },
	{ 3, "1000 xiii iibb bddd", 0, NULL },
	{ 2, "1001 xddd 00ii iiii", 0, NULL },
	{ 2, "1010 xddd iiii iiii", 0, NULL },
	{ 1, "1011 0000 x00i iiii", 0, NULL },
	{ 3, "1011 0010 xxmm mddd", 0, NULL },
	{ 1, "1011 0101 llll llll", 0, NULL },
	{ 1, "1011 0100 llll lll1", 0, NULL },
	{ 1, "1011 1100 00rr rrr1", 0, NULL },
	{ 1, "1011 1010 0xmm mddd", 0, NULL },
	{ 1, "1011 1010 11mm mddd", 0, NULL },
	{ 1, "1011 0110 0101 x000", ROW_NOT_IN_IT, NULL },
	{ 1, "1011 0110 011x 01xx", ROW_NOT_IN_IT, NULL },
	{ 1, "1011 1111 000x 0000", 0, NULL },
	{ 1, "1100 0bbb llll lll1", 0, NULL },
	{ 1, "1100 1bbb 00rr rr1r", 0, NULL },
};

const struct pattern_table pattern_t16 = ROWS(t16_rows);

/* ThumbExpandImm: an imm8 of 0 that would be replicated is UNPREDICTABLE. */
static uint32_t fix_t32_immediate(uint32_t i, uint32_t random)
{
	bool replicated = !(i & 1u << 26) && !(i & 1u << 14) && i & 3u << 12;

	(void)random;
	return replicated && !(i & 0xff) ? i | 1 : i;
}

/* SSAT and USAT with ASR #0 are SSAT16 and USAT16, whose bit 4 is 0. */
static uint32_t fix_t32_saturate(uint32_t i, uint32_t random)
{
	bool zero = !(i & (7u << 12 | 3u << 6));

	(void)random;
	return i & 1u << 21 && zero ? i & ~(1u << 4) : i;
}

static uint32_t lsb_of(uint32_t i)
{
	return (i >> 12 & 7) << 2 | (i >> 6 & 3);
}

static uint32_t fix_t32_extract(uint32_t i, uint32_t random)
{
	(void)random;
	if (lsb_of(i) + (i & 31) > 31)
		i = (i & ~31u) | (31 - lsb_of(i));
	return i;
}

static uint32_t fix_t32_insert(uint32_t i, uint32_t random)
{
	(void)random;
	return (i & 31) < lsb_of(i) ? (i & ~31u) | lsb_of(i) : i;
}

/* Two registers at least. */
static uint32_t fix_t32_list(uint32_t i, uint32_t random)
{
	uint32_t list = i & 0xffff;

	if (!(list & (list - 1)))
		i |= 3u << (random & 3);
	return i;
}

/* The source stands in two places. */
static uint32_t fix_t32_twice(uint32_t i, uint32_t random)
{
	(void)random;
	return (i & ~0x000f0000u) | (i & 15) << 16;
}

#define T32_OPERATION(o4)                                                                          \
	{ 4, "1110 101" o4 "s nnnn 0iii dddd iixx mmmm", 0, NULL },                                \
	{                                                                                          \
		3, "1111 0i0" o4 "s nnnn 0iii dddd iiii iiii", 0, fix_t32_immediate                \
	}
#define T32_COMPARISON(o4)                                                                         \
	{ 2, "1110 101" o4 "1 nnnn 0iii 1111 iixx mmmm", 0, NULL },                                \
	{                                                                                          \
		2, "1111 0i0" o4 "1 nnnn 0iii 1111 iiii iiii", 0, fix_t32_immediate                \
	}

static const struct pattern_row t32_rows[] = {
	T32_OPERATION("0 000"),
	T32_OPERATION("0 001"),
	T32_OPERATION("0 010"),
	T32_OPERATION("0 011"),
	T32_OPERATION("0 100"),
	T32_OPERATION("1 000"),
	T32_OPERATION("1 010"),
	T32_OPERATION("1 011"),
	T32_OPERATION("1 101"),
	T32_OPERATION("1 110"),
	T32_COMPARISON("0 000"),
	T32_COMPARISON("0 100"),
	T32_COMPARISON("1 000"),
	T32_COMPARISON("1 101"),
	{ 4, "1110 1010 01xs 1111 0iii dddd iixx mmmm", 0, NULL },
	{ 4, "1111 0i00 01xs 1111 0iii dddd iiii iiii", 0, fix_t32_immediate },
	{ 1, "1110 1011 000s 1101 0iii dddd iixx mmmm", 0, NULL },
	{ 1, "1110 1011 101s 1101 0iii dddd iixx mmmm", 0, NULL },
	{ 1, "1111 0i01 000s 1101 0iii dddd iiii iiii", 0, fix_t32_immediate },
	{ 1, "1111 0i01 101s 1101 0iii dddd iiii iiii", 0, fix_t32_immediate },
	{ 3, "1110 1010 1100 nnnn 0iii dddd iix0 mmmm", 0, NULL },
	{ 2, "1111 0i10 0000 nnnn 0iii dddd iiii iiii", 0, NULL },
	{ 2, "1111 0i10 1010 nnnn 0iii dddd iiii iiii", 0, NULL },
	{ 1, "1111 0i10 x0x0 11x1 0iii dddd iiii iiii", 0, NULL },
	{ 4, "1111 0i10 x100 iiii 0iii dddd iiii iiii", 0, NULL },
	{ 5, "1111 0011 x0x0 nnnn 0iii dddd ii0j jjjj", 0, fix_t32_saturate },
	{ 2, "1111 0011 x010 nnnn 0000 dddd 0000 jjjj", 0, NULL },
	{ 5, "1111 0011 x100 nnnn 0iii dddd ii0w wwww", 0, fix_t32_extract },
	{ 3, "1111 0011 0110 nnnn 0iii dddd ii0w wwww", 0, fix_t32_insert },
	{ 2, "1111 0011 0110 1111 0iii dddd ii0w wwww", 0, fix_t32_insert },
	{ 2, "1111 0011 1110 1111 1000 dddd 0000 0000", 0, NULL },
	{ 2, "1111 0011 1000 nnnn 1000 1x00 0000 0000", 0, NULL },
	{ 2, "1111 0011 1000 nnnn 1000 0100 0000 0000", 0, NULL },
	{ 1, "1111 0011 1010 1111 1000 0000 0000 000x", 0, NULL },
	{ 1, "1111 0011 1011 1111 1000 1111 010x 1111", 0, NULL },
	{ 1, "1111 0011 1011 1111 1000 1111 0110 1111", 0, NULL },
	{ 1, "1111 0011 1011 1111 1000 1111 0010 1111", 0, NULL },

	{ 5, "1111 1000 10x1 bbbb dddd 0000 iiii iiii", 0, NULL },
	{ 4, "1111 1000 1101 bbbb dddd 0000 iiii iiii", 0, NULL },
	{ 4, "1111 1001 10x1 bbbb dddd 0000 iiii iiii", 0, NULL },
	{ 5, "1111 1000 10x0 bbbb nnnn 0000 iiii iiii", 0, NULL },
	{ 4, "1111 1000 1100 bbbb nnnn 0000 iiii iiii", 0, NULL },
	{ 3, "1111 1000 00xx bbbb dddd 11x0 iiii iiii", 0, NULL },
	{ 2, "1111 1000 010x bbbb dddd 11x0 iiii iiii", 0, NULL },
	{ 2, "1111 1001 00x1 bbbb dddd 11x0 iiii iiii", 0, NULL },
	{ 3, "1111 1000 00xx wwww dddd 11x1 iiii iiii", 0, NULL },
	{ 3, "1111 1000 00xx wwww dddd 10x1 iiii iiii", 0, NULL },
	{ 2, "1111 1000 010x wwww dddd 1xx1 iiii iiii", 0, NULL },
	{ 2, "1111 1001 00x1 wwww dddd 1xx1 iiii iiii", 0, NULL },
	{ 3, "1111 1000 00xx bbbb dddd 0000 00ii kkkk", 0, NULL },
	{ 2, "1111 1000 010x bbbb dddd 0000 00ii kkkk", 0, NULL },
	{ 2, "1111 1001 00x1 bbbb dddd 0000 00ii kkkk", 0, NULL },
	{ 1, "1111 100x x0x1 1111 dddd 0000 000i iiii", 0, NULL },
	{ 1, "1111 1000 x101 1111 dddd 0000 000i iiii", 0, NULL },
	{ 1, "1111 1000 1001 bbbb 1111 0000 iiii iiii", 0, NULL },
	{ 3, "1110 1001 x101 bbbb dddd eeee 00ii iiii", 0, NULL },
	{ 2, "1110 1001 x111 wwww dddd eeee 00ii iiii", 0, NULL },
	{ 2, "1110 1000 x111 wwww dddd eeee 00ii iiii", 0, NULL },
	{ 3, "1110 1001 x100 bbbb nnnn mmmm 00ii iiii", 0, NULL },
	{ 2, "1110 1001 x110 wwww dddd eeee 00ii iiii", 0, NULL },
	{ 2, "1110 1000 x110 wwww dddd eeee 00ii iiii", 0, NULL },
	{ 2, "1110 1000 1001 bbbb rrrr rrrr rrrr rrrr", 0, fix_t32_list },
	{ 2, "1110 1000 1011 wwww rrrr rrrr rrrr rrrr", 0, fix_t32_list },
	{ 2, "1110 1000 1000 bbbb llll llll llll llll", 0, fix_t32_list },
	{ 2, "1110 1000 1010 wwww llll llll llll llll", 0, fix_t32_list },
	{ 2, "1110 1001 0001 bbbb rrrr rrrr rrrr rrrr", 0, fix_t32_list },
	{ 2, "1110 1001 0011 wwww rrrr rrrr rrrr rrrr", 0, fix_t32_list },
	{ 2, "1110 1001 0000 bbbb llll llll llll llll", 0, fix_t32_list },
	{ 2, "1110 1001 0010 wwww llll llll llll llll", 0, fix_t32_list },

	{ 8, "1111 1010 0xxs nnnn 1111 dddd 0000 mmmm", 0, NULL },
	{ 4, "1111 1010 00xx nnnn 1111 dddd 10ii mmmm", 0, NULL },
	{ 2, "1111 1010 010x nnnn 1111 dddd 10ii mmmm", 0, NULL },
	{ 3, "1111 1010 00xx 1111 1111 dddd 10ii mmmm", 0, NULL },
	{ 2, "1111 1010 010x 1111 1111 dddd 10ii mmmm", 0, NULL },
	{ 5, "1111 1010 1x0x nnnn 1111 dddd 0x0x mmmm", 0, NULL },
	{ 3, "1111 1010 1x10 nnnn 1111 dddd 0x0x mmmm", 0, NULL },
	{ 3, "1111 1010 1x0x nnnn 1111 dddd 0x10 mmmm", 0, NULL },
	{ 2, "1111 1010 1x10 nnnn 1111 dddd 0x10 mmmm", 0, NULL },
	{ 4, "1111 1010 1000 nnnn 1111 dddd 10xx mmmm", 0, NULL },
	{ 4, "1111 1010 1001 0000 1111 dddd 10xx mmmm", 0, fix_t32_twice },
	{ 4, "1111 1010 1010 nnnn 1111 dddd 1000 mmmm", 0, NULL },
	{ 2, "1111 1010 1011 0000 1111 dddd 1000 mmmm", 0, fix_t32_twice },

	{ 3, "1111 1011 0000 nnnn 1111 dddd 0000 mmmm", 0, NULL },
	{ 4, "1111 1011 0000 nnnn aaaa dddd 000x mmmm", 0, NULL },
	{ 3, "1111 1011 0001 nnnn aaaa dddd 00xx mmmm", 0, NULL },
	{ 3, "1111 1011 0001 nnnn 1111 dddd 00xx mmmm", 0, NULL },
	{ 4, "1111 1011 001x nnnn aaaa dddd 000x mmmm", 0, NULL },
	{ 3, "1111 1011 001x nnnn 1111 dddd 000x mmmm", 0, NULL },
	{ 4, "1111 1011 010x nnnn aaaa dddd 000x mmmm", 0, NULL },
	{ 3, "1111 1011 010x nnnn 1111 dddd 000x mmmm", 0, NULL },
	{ 2, "1111 1011 0110 nnnn aaaa dddd 000x mmmm", 0, NULL },
	{ 2, "1111 1011 0111 nnnn aaaa dddd 0000 mmmm", 0, NULL },
	{ 1, "1111 1011 0111 nnnn 1111 dddd 0000 mmmm", 0, NULL },
	{ 4, "1111 1011 1xx0 nnnn eeee dddd 0000 mmmm", 0, NULL },
	{ 2, "1111 1011 1110 nnnn eeee dddd 0110 mmmm", 0, NULL },
	{ 3, "1111 1011 1100 nnnn eeee dddd 10xx mmmm", 0, NULL },
	{ 3, "1111 1011 110x nnnn eeee dddd 110x mmmm", 0, NULL },
	{ 4, "1111 1011 10x1 nnnn 1111 dddd 1111 mmmm", 0, NULL },
};

const struct pattern_table pattern_t32 = ROWS(t32_rows);

static const struct pattern_row t32_exclusive_rows[4][2] = {
	{ { 1, "1110 1000 1101 bbbb dddd 1111 0100 1111", 0, NULL },
	  { 1, "1110 1000 1100 bbbb qqqq 1111 0100 dddd", 0, NULL } },
	{ { 1, "1110 1000 1101 bbbb dddd 1111 0101 1111", 0, NULL },
	  { 1, "1110 1000 1100 bbbb qqqq 1111 0101 dddd", 0, NULL } },
	{ { 1, "1110 1000 0101 bbbb dddd 1111 0000 00ii", 0, NULL },
	  { 1, "1110 1000 0100 bbbb qqqq dddd 0000 00ii", 0, NULL } },
	{ { 1, "1110 1000 1101 bbbb dddd eeee 0111 1111", 0, NULL },
	  { 1, "1110 1000 1100 bbbb gggg ffff 0111 hhhh", 0, NULL } },
};

const struct pattern_table pattern_t32_exclusive[4] = { ROWS(t32_exclusive_rows[0]),
							ROWS(t32_exclusive_rows[1]),
							ROWS(t32_exclusive_rows[2]),
							ROWS(t32_exclusive_rows[3]) };
