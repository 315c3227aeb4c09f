/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random ARM instructions: system instructions (ARM DDI 0406C, B9), and instructions
 * that are just random words.  These are run in all modes and compared only between the
 * emulator's own ways, for QEMU's user mode can't run them.
 *
 * Left out: what depends on time (generic timer, performance monitor), waits (WFI, WFE),
 * calls firmware (HVC, SMC), or takes away the mappings that a case needs (SCTLR, TTBR,
 * VBAR and so on are only read).
 */
#include "pattern.h"

static const struct pattern_row a32_system_rows[] = {
	{ 3, "cccc 0001 0100 1111 dddd 0000 0000 0000", 0, NULL },
	{ 3, "cccc 0001 0x10 xxxx 1111 0000 0000 nnnn", 0, NULL },
	{ 3, "cccc 0011 0x10 xxxx 1111 iiii iiii iiii", 0, NULL },
	{ 4, "1111 0001 0000 xxx0 0000 000x xx0x xxxx", 0, NULL },
	{ 4, "1111 0001 0000 0010 0000 0000 0001 xxxx", 0, NULL },
	{ 4, "1111 100x x1x0 1101 0000 0101 0001 xxxx", 0, NULL },
	{ 2, "1111 100x x0x1 bbbb 0000 1010 0000 0000", 0, NULL },
	{ 3, "cccc 100x x1x0 bbbb xxxx xxxx xxxx xxxx", 0, NULL },
	{ 3, "cccc 100x x101 bbbb 0xxx xxxx xxxx xxxx", 0, NULL },
	{ 1, "cccc 100x x1x1 bbbb 1xxx xxxx xxxx xxxx", 0, NULL },
	{ 1, "cccc 0010 0101 nnnn 1111 iiii iiii iiii", 0, NULL },
	{ 1, "cccc 0001 1011 0000 1111 0000 0000 nnnn", 0, NULL },
	{ 1, "cccc 1111 iiii iiii iiii iiii iiii iiii", 0, NULL },
	{ 1, "1110 0001 0010 iiii iiii iiii 0111 iiii", 0, NULL },
	{ 3, "cccc 1110 0000 1101 nnnn 1111 xxx1 0000", 0, NULL },
	{ 3, "cccc 1110 0000 0111 nnnn 1111 xxx1 1xxx", 0, NULL },
	{ 2, "cccc 1110 0000 1000 nnnn 1111 xxx1 0xxx", 0, NULL },
	{ 2, "cccc 1110 0000 01xx nnnn 1111 00x1 000x", 0, NULL },
	{ 4, "cccc 1110 xxx1 0xxx dddd 1111 xxx1 xxxx", 0, NULL },
	{ 2, "cccc 1110 0001 1101 dddd 1111 xxx1 0000", 0, NULL },
	{ 1, "cccc 1110 0001 1100 dddd 1111 xxx1 00xx", 0, NULL },
	{ 2, "cccc 1110 1111 xxxx dddd 1010 0001 0000", 0, NULL },
	{ 1, "cccc 1110 1110 0001 dddd 1010 0001 0000", 0, NULL },
};

static const struct pattern_row t16_system_rows[] = {
	{ 3, "1011 0110 011x 0xxx", 0, NULL }, { 1, "1011 0110 0101 xxxx", 0, NULL },
	{ 1, "1101 1111 iiii iiii", 0, NULL }, { 1, "1011 1110 iiii iiii", 0, NULL },
	{ 1, "1011 1111 iiii iiii", 0, NULL },
};

static const struct pattern_row t32_system_rows[] = {
	{ 3, "1111 0011 1111 1111 1000 dddd 0000 0000", 0, NULL },
	{ 4, "1111 0011 100x nnnn 1000 xxxx 0000 0000", 0, NULL },
	{ 4, "1111 0011 1010 1111 1000 0xx1 xxx1 xxxx", 0, NULL },
	{ 4, "1110 1000 00x0 1101 1100 0000 0001 xxxx", 0, NULL },
	{ 4, "1110 1001 10x0 1101 1100 0000 0001 xxxx", 0, NULL },
	{ 1, "1110 1000 00x1 bbbb 1100 0000 0000 0000", 0, NULL },
	{ 1, "1110 1001 10x1 bbbb 1100 0000 0000 0000", 0, NULL },
	{ 1, "1111 0011 1101 1110 1000 1111 iiii iiii", 0, NULL },
	{ 3, "1110 1110 0000 1101 nnnn 1111 xxx1 0000", 0, NULL },
	{ 3, "1110 1110 0000 0111 nnnn 1111 xxx1 1xxx", 0, NULL },
	{ 2, "1110 1110 0000 1000 nnnn 1111 xxx1 0xxx", 0, NULL },
	{ 4, "1110 1110 xxx1 0xxx dddd 1111 xxx1 xxxx", 0, NULL },
	{ 2, "1110 1110 0001 1101 dddd 1111 xxx1 0000", 0, NULL },
	{ 2, "1110 1110 1111 xxxx dddd 1010 0001 0000", 0, NULL },
};

const struct pattern_table pattern_a32_system = ROWS(a32_system_rows);
const struct pattern_table pattern_t16_system = ROWS(t16_system_rows);
const struct pattern_table pattern_t32_system = ROWS(t32_system_rows);

/* Whether a random word in the ARM form may be run: no coprocessors but 10 and 11, no
 * hints that wait, no calls of firmware. */
bool pattern_harmless_a32(uint32_t i)
{
	bool coprocessor = (i & 0x0e000000) == 0x0c000000 || (i & 0x0f000000) == 0x0e000000;

	if (coprocessor)
		return (i & 0x00000e00) == 0x00000a00;
	if ((i & 0x0fff0000) == 0x03200000)
		return (i & 0xff) < 2;
	return (i & 0x0fd000f0) != 0x01400070;
}

bool pattern_harmless_t32(uint32_t i)
{
	if ((i & 0xec000000) == 0xec000000)
		return (i & 0x00000e00) == 0x00000a00;
	if ((i & 0xfff0d000) == 0xf3a08000)
		return (i & 0x7ff) < 2 || i & 0x700;
	return (i & 0xffe0d000) != 0xf7e08000;
}

bool pattern_harmless_t16(uint32_t i)
{
	return i < 0xe800 && ((i & 0xff0f) != 0xbf00 || i < 0xbf20 || i > 0xbf40);
}
