/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random ARM instructions: classes of VFP and Advanced SIMD (ARM DDI 0406C, A7), in the
 * ARM instruction set's form; those of Thumb are made of them.
 *
 * Left out: FLDMX and FSTMX (deprecated), VMSR with any value (block.c does it with
 * careful ones: short vectors exist neither here nor in QEMU's Cortex-A15), registers
 * other than FPSCR.
 */
#include "pattern.h"

/* VCVT with fixed point: no negative number of fraction bits. */
static uint32_t fix_vfp_fixed(uint32_t i, uint32_t random)
{
	uint32_t bits = (i & 15) << 1 | (i >> 5 & 1);

	(void)random;
	return !(i & 1u << 7) && bits > 16 ? i & ~8u : i;
}

/* Two single registers: s31 has no successor. */
static uint32_t fix_vfp_two(uint32_t i, uint32_t random)
{
	(void)random;
	return !(i & 1u << 8) && (i & 0x2f) == 0x2f ? i & ~1u : i;
}

/* A list within the registers, of at most 16. */
static uint32_t fix_vfp_list(uint32_t i, uint32_t random)
{
	bool is_double = i & 1u << 8;
	uint32_t first =
		is_double ? (i >> 12 & 15) | (i >> 18 & 16) : (i >> 11 & 30) | (i >> 22 & 1);
	uint32_t most = 32 - first < 16 ? 32 - first : 16, count = 1 + random % most;

	if (random >> 16 & 3 && count > 4)
		count = 4;
	return (i & ~0xffu) | (is_double ? 2 * count : count);
}

static const struct pattern_row vfp_rows[] = {
	{ 24, "cccc 1110 0xxx xxxx xxxx 101x xxx0 xxxx", 0, NULL },
	{ 5, "cccc 1110 1x00 xxxx xxxx 101x x0x0 xxxx", 0, NULL },
	{ 6, "cccc 1110 1x01 xxxx xxxx 101x xxx0 xxxx", 0, NULL },
	{ 6, "cccc 1110 1x10 xxxx xxxx 101x xxx0 xxxx", 0, NULL },
	{ 2, "cccc 1110 1x11 xxxx xxxx 101x 0000 xxxx", 0, NULL },
	{ 4, "cccc 1110 1x11 000x xxxx 101x x1x0 xxxx", 0, NULL },
	{ 3, "cccc 1110 1x11 001x xxxx 1010 x1x0 xxxx", 0, NULL },
	{ 4, "cccc 1110 1x11 0100 xxxx 101x x1x0 xxxx", 0, NULL },
	{ 2, "cccc 1110 1x11 0101 xxxx 101x x100 0000", 0, NULL },
	{ 4, "cccc 1110 1x11 0111 xxxx 101x 11x0 xxxx", 0, NULL },
	{ 3, "cccc 1110 1x11 1000 xxxx 101x x1x0 xxxx", 0, NULL },
	{ 4, "cccc 1110 1x11 1x1x xxxx 101x x1x0 xxxx", 0, fix_vfp_fixed },
	{ 5, "cccc 1110 1x11 110x xxxx 101x x1x0 xxxx", 0, NULL },
	{ 3, "cccc 1110 000x xxxx dddd 1010 x001 0000", 0, NULL },
	{ 3, "cccc 1110 0xx0 xxxx nnnn 1011 xx11 0000", 0, NULL },
	{ 1, "cccc 1110 0x00 xxxx nnnn 1011 x001 0000", 0, NULL },
	{ 3, "cccc 1110 xxx1 xxxx dddd 1011 xx11 0000", 0, NULL },
	{ 1, "cccc 1110 0x01 xxxx dddd 1011 x001 0000", 0, NULL },
	{ 2, "cccc 1110 1x00 xxxx nnnn 1011 x0x1 0000", 0, NULL },
	{ 2, "cccc 1110 1x10 xxx0 nnnn 1011 x001 0000", 0, NULL },
	{ 3, "cccc 1110 1111 0001 dddd 1010 0001 0000", 0, NULL },
	{ 2, "cccc 1110 1111 0001 1111 1010 0001 0000", 0, NULL },
	/* undefined in user mode: other registers */
	{ 1, "cccc 1110 111x xxx0 dddd 1010 0001 0000", 0, NULL },
	{ 3, "cccc 1100 010x eeee dddd 101x 00x1 xxxx", 0, fix_vfp_two },
	{ 5, "cccc 1101 xx0x bbbb xxxx 101x 00ii iiii", 0, NULL },
	{ 1, "cccc 1101 1x01 1111 xxxx 101x 0000 0iii", 0, NULL },
	{ 2, "cccc 1100 1x0x bbbb xxxx 101x iiii iiii", 0, fix_vfp_list },
	{ 2, "cccc 1100 1x1x wwww xxxx 101x iiii iiii", 0, fix_vfp_list },
	{ 2, "cccc 1101 0x1x wwww xxxx 101x iiii iiii", 0, fix_vfp_list },
};

const struct pattern_table pattern_vfp = ROWS(vfp_rows);

/* Shifts: L:imm6 of 0..7 is another class. */
static uint32_t fix_neon_shift(uint32_t i, uint32_t random)
{
	return i & (1u << 7 | 7u << 19) ? i : i | 1u << (19 + random % 3);
}

static uint32_t fix_neon_bit23_q0(uint32_t i, uint32_t random)
{
	/* VEXT of doublewords: an index below 8 */
	(void)random;
	return i & 1u << 6 ? i : i & ~(1u << 11);
}

static uint32_t register_d(uint32_t i)
{
	return (i >> 12 & 15) | (i >> 18 & 16);
}

/* d is moved down so that `span` registers after it exist. */
static uint32_t move_d_down(uint32_t i, uint32_t span)
{
	uint32_t d = register_d(i);

	if (d + span > 31)
		d -= span;
	return (i & ~(1u << 22 | 15u << 12)) | (d & 15) << 12 | (d & 16) << 18;
}

static uint32_t fix_neon_table(uint32_t i, uint32_t random)
{
	uint32_t n = (i >> 16 & 15) | (i >> 3 & 16), span = i >> 8 & 3;

	(void)random;
	if (n + span > 31)
		n -= span;
	return (i & ~(1u << 7 | 15u << 16)) | (n & 15) << 16 | (n & 16) << 3;
}

/* One register imm: op = 1 with cmode = 1111 is undefined. */
static uint32_t fix_neon_immediate(uint32_t i, uint32_t random)
{
	(void)random;
	return (i & 0xf20) == 0xf20 ? i & ~0x20u : i;
}

/* Address register: none, written back by the size or by the index. */
static uint32_t post_index(uint32_t i, uint32_t random)
{
	static const uint32_t m[4] = { 15, 15, 13, 10 };

	return (i & ~15u) | m[random & 3];
}

static uint32_t fix_neon_several(uint32_t i, uint32_t random)
{
	static const uint8_t spans[11] = { 3, 6, 3, 3, 2, 4, 2, 0, 1, 2, 1 };
	uint32_t type = (i >> 8 & 15) % 11;
	bool single = type == 2 || type == 6 || type == 7 || type == 10;

	i = post_index((i & ~0xf00u) | type << 8, random);
	if (random >> 4 & 3)
		i &= ~0x30u;
	if (!single && (i >> 6 & 3) == 3)
		i &= ~0x40u;
	return move_d_down(i, spans[type]);
}

static uint32_t fix_neon_lane(uint32_t i, uint32_t random)
{
	uint32_t size = (i >> 10 & 3) % 3, count = (i >> 8 & 3) + 1;
	bool apart = size == 1 ? i & 0x20 : size == 2 && i & 0x40;

	i = post_index((i & ~0xc00u) | size << 10, random);
	if (random >> 4 & 7)
		i &= size == 0 ? ~0x10u :
		     size == 1 ? ~(count == 1 ? 0x30u : 0x10u) :
				 ~(count == 1 ? 0x70u : 0x30u);
	return move_d_down(i, (count - 1) * (apart ? 2 : 1));
}

static uint32_t fix_neon_all_lanes(uint32_t i, uint32_t random)
{
	uint32_t count = (i >> 8 & 3) + 1;
	bool second = i & 0x20;

	i = post_index(i, random);
	if (random >> 4 & 7)
		i &= ~0x10u;
	if ((i >> 6 & 3) == 3 && random >> 7 & 7)
		i &= ~0x80u;
	return move_d_down(i, count == 1 ? second : (count - 1) * (second ? 2 : 1));
}

/* Three registers of the same length: bits 11..8 and 4. */
#define SAME(weight, a4, b, flags)                                                                 \
	{                                                                                          \
		weight, "1111 001x 0xxx xxxx xxxx " a4 " xxx" b " xxxx", ROW_Q_DNM | (flags), NULL \
	}
#define SAME_FLOAT(u, o, q, a4, b)                                                                 \
	{                                                                                          \
		2, "1111 001" u " 0x" o "0 xxxx xxxx " a4 " x" q "x" b " xxxx", ROW_Q_DNM, NULL    \
	}
/* Of different lengths: bits 11..8. */
#define DIFFERENT(weight, u, a4, flags)                                                            \
	{                                                                                          \
		weight, "1111 001" u " 1xxx xxxx xxxx " a4 " x0x0 xxxx", (flags), NULL             \
	}
#define SCALAR(weight, u, a4, flags)                                                               \
	{                                                                                          \
		weight, "1111 001" u " 1xxx xxxx xxxx " a4 " x1x0 xxxx", ROW_SIZE_12 | (flags),    \
			NULL                                                                       \
	}
#define SHIFT(weight, u, a4, l, q, flags)                                                          \
	{                                                                                          \
		weight, "1111 001" u " 1xii iiii xxxx " a4 " " l q "x1 xxxx", (flags),             \
			fix_neon_shift                                                             \
	}
/* Two registers: size, bits 17..16, bits 10..7 and 6. */
#define MISC(size, a2, b4, q, flags)                                                               \
	{                                                                                          \
		2, "1111 0011 1x11 " size a2 " xxxx 0" b4 q "x0 xxxx", (flags), NULL               \
	}

static const struct pattern_row neon_rows[] = {
	SAME(2, "0000", "0", ROW_SIZE_3),
	SAME(2, "0001", "0", ROW_SIZE_3),
	SAME(2, "0010", "0", ROW_SIZE_3),
	SAME(3, "0011", "x", ROW_SIZE_3),
	SAME(3, "011x", "x", ROW_SIZE_3),
	SAME(3, "0000", "1", 0),
	SAME(3, "0010", "1", 0),
	SAME(3, "0100", "0", 0),
	SAME(4, "0100", "1", 0),
	SAME(3, "0101", "0", 0),
	SAME(4, "0101", "1", 0),
	SAME(4, "0001", "1", 0),
	SAME(4, "1000", "0", 0),
	SAME(3, "1000", "1", ROW_SIZE_3),
	SAME(3, "1001", "0", ROW_SIZE_3),
	{ 2, "1111 0010 0xxx xxxx xxxx 1001 xxx1 xxxx", ROW_Q_DNM | ROW_SIZE_3, NULL },
	{ 2, "1111 0011 0x00 xxxx xxxx 1001 xxx1 xxxx", ROW_Q_DNM, NULL },
	{ 2, "1111 001x 0xxx xxxx xxxx 1010 x0xx xxxx", ROW_SIZE_3, NULL },
	SAME(4, "1011", "0", ROW_SIZE_12),
	{ 2, "1111 0010 0xxx xxxx xxxx 1011 x0x1 xxxx", ROW_SIZE_3, NULL },
	SAME_FLOAT("0", "x", "x", "1100", "1"),
	SAME_FLOAT("0", "x", "x", "1101", "0"),
	SAME_FLOAT("1", "0", "0", "1101", "0"),
	SAME_FLOAT("1", "1", "x", "1101", "0"),
	SAME_FLOAT("0", "x", "x", "1101", "1"),
	SAME_FLOAT("1", "0", "x", "1101", "1"),
	SAME_FLOAT("0", "0", "x", "1110", "0"),
	SAME_FLOAT("1", "x", "x", "1110", "0"),
	SAME_FLOAT("1", "x", "x", "1110", "1"),
	SAME_FLOAT("0", "x", "x", "1111", "0"),
	SAME_FLOAT("1", "x", "0", "1111", "0"),
	SAME_FLOAT("0", "x", "x", "1111", "1"),

	DIFFERENT(3, "x", "00x0", ROW_SIZE_3 | ROW_EVEN_D),
	DIFFERENT(3, "x", "00x1", ROW_SIZE_3 | ROW_EVEN_D | ROW_EVEN_N),
	DIFFERENT(3, "x", "01x0", ROW_SIZE_3 | ROW_EVEN_N | ROW_EVEN_M),
	DIFFERENT(3, "x", "01x1", ROW_SIZE_3 | ROW_EVEN_D),
	DIFFERENT(4, "x", "10x0", ROW_SIZE_3 | ROW_EVEN_D),
	DIFFERENT(3, "0", "10x1", ROW_SIZE_12 | ROW_EVEN_D),
	DIFFERENT(2, "x", "1100", ROW_SIZE_3 | ROW_EVEN_D),
	DIFFERENT(2, "0", "1101", ROW_SIZE_12 | ROW_EVEN_D),
	{ 2, "1111 0010 1x00 xxxx xxxx 1110 x0x0 xxxx", ROW_EVEN_D, NULL },

	SCALAR(3, "x", "0x00", ROW_Q24_DN),
	SCALAR(3, "x", "0x10", ROW_EVEN_D),
	SCALAR(2, "0", "0x11", ROW_EVEN_D),
	SCALAR(2, "x", "1000", ROW_Q24_DN),
	SCALAR(2, "x", "1010", ROW_EVEN_D),
	SCALAR(2, "0", "1011", ROW_EVEN_D),
	SCALAR(3, "x", "110x", ROW_Q24_DN),
	{ 2, "1111 001x 1x10 xxxx xxxx 0x01 x1x0 xxxx", ROW_Q24_DN, NULL },
	{ 2, "1111 001x 1x10 xxxx xxxx 1001 x1x0 xxxx", ROW_Q24_DN, NULL },

	SHIFT(8, "x", "00xx", "x", "x", ROW_Q_DM),
	SHIFT(2, "1", "0100", "x", "x", ROW_Q_DM),
	SHIFT(4, "x", "0101", "x", "x", ROW_Q_DM),
	SHIFT(2, "1", "0110", "x", "x", ROW_Q_DM),
	SHIFT(4, "x", "0111", "x", "x", ROW_Q_DM),
	SHIFT(6, "x", "100x", "0", "x", ROW_EVEN_M),
	SHIFT(3, "x", "1010", "0", "0", ROW_EVEN_D),
	{ 3, "1111 001x 1x1i iiii xxxx 111x 0xx1 xxxx", ROW_Q_DM, NULL },
	{ 4, "1111 001i 1x00 0iii xxx0 xxxx 0xx1 iiii", 0, fix_neon_immediate },
	{ 3, "1111 0010 1x11 xxxx xxxx iiii xxx0 xxxx", ROW_Q_DNM, fix_neon_bit23_q0 },

	MISC("0x", "00", "0000", "x", ROW_Q_DM),
	MISC("10", "00", "0000", "x", ROW_Q_DM),
	MISC("0x", "00", "0001", "x", ROW_Q_DM),
	MISC("00", "00", "0010", "x", ROW_Q_DM),
	MISC("0x", "00", "x10x", "x", ROW_Q_DM),
	MISC("10", "00", "x10x", "x", ROW_Q_DM),
	MISC("0x", "00", "100x", "x", ROW_Q_DM),
	MISC("10", "00", "100x", "x", ROW_Q_DM),
	MISC("00", "00", "101x", "x", ROW_Q_DM),
	MISC("0x", "00", "111x", "x", ROW_Q_DM),
	MISC("10", "00", "111x", "x", ROW_Q_DM),
	MISC("0x", "01", "00xx", "x", ROW_Q_DM),
	MISC("10", "01", "x0xx", "x", ROW_Q_DM),
	MISC("0x", "01", "0100", "x", ROW_Q_DM),
	MISC("10", "01", "x100", "x", ROW_Q_DM),
	MISC("0x", "01", "011x", "x", ROW_Q_DM),
	MISC("10", "01", "x11x", "x", ROW_Q_DM),
	MISC("00", "10", "0000", "x", ROW_Q_DM | ROW_D_NOT_M),
	MISC("0x", "10", "0001", "x", ROW_Q_DM | ROW_D_NOT_M),
	MISC("10", "10", "0001", "x", ROW_Q_DM | ROW_D_NOT_M),
	MISC("0x", "10", "001x", "x", ROW_Q_DM | ROW_D_NOT_M),
	MISC("10", "10", "001x", "1", ROW_Q_DM | ROW_D_NOT_M),
	MISC("0x", "10", "010x", "x", ROW_EVEN_M),
	MISC("10", "10", "010x", "x", ROW_EVEN_M),
	MISC("0x", "10", "0110", "0", ROW_EVEN_D),
	MISC("10", "10", "0110", "0", ROW_EVEN_D),
	MISC("01", "10", "1100", "0", ROW_EVEN_M),
	MISC("01", "10", "1110", "0", ROW_EVEN_D),
	MISC("10", "11", "10xx", "x", ROW_Q_DM),
	MISC("10", "11", "11xx", "x", ROW_Q_DM),
	{ 3, "1111 0011 1x11 xxxx xxxx 10xx xxx0 xxxx", 0, fix_neon_table },
	{ 2, "1111 0011 1x11 xxx1 xxxx 1100 0xx0 xxxx", ROW_EVEN_D, NULL },
	{ 2, "1111 0011 1x11 xx10 xxxx 1100 0xx0 xxxx", ROW_EVEN_D, NULL },

	{ 12, "1111 0100 0xx0 wwww xxxx xxxx xxxx xxxx", 0, fix_neon_several },
	{ 10, "1111 0100 1xx0 wwww xxxx xxxx xxxx xxxx", 0, fix_neon_lane },
	{ 6, "1111 0100 1x10 wwww xxxx 11xx xxxx xxxx", 0, fix_neon_all_lanes },
	/* anything, most of it undefined */
	{ 1, "1111 001x xxxx xxxx xxxx xxxx xxxx xxxx", 0, NULL },
};

const struct pattern_table pattern_neon = ROWS(neon_rows);
