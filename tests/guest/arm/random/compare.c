/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random ARM instructions: whether two results agree.  All ways of the emulator must
 * agree in everything.  With QEMU this isn't compared:
 *
 * - After a data abort: registers that the instruction loads, and the memory that one of
 *   several stores: UNKNOWN (ARM DDI 0406C, B1.9.8).
 * - A store-exclusive to a misaligned address when there was no load-exclusive of it: the
 *   manual (ExclusiveMonitorsPass, A8.6) demands an alignment fault, QEMU lets it fail.
 * - Alignment of 256 bits demanded by an Advanced SIMD access: QEMU checks 128.
 */
#include "compare.h"

#include <string.h>

#include "tap.h"

/* The instruction at a pc of the case, in the ARM instruction set's form for loads and
 * stores of VFP and Advanced SIMD; 0 if it is elsewhere. */
static uint32_t instruction_at(const struct random_case *c, uint32_t pc, bool thumb)
{
	uint32_t at = pc - (c->pc & ~1u), i;

	if (at > CASE_SLOT_BYTES - 4)
		return 0;
	memcpy(&i, c->code + at, 4);
	if (!thumb)
		return i;
	if ((i & 0xffff) < 0xe800)
		return i & 0xffff;
	i = i << 16 | i >> 16;
	return (i & 0xff000000) == 0xf9000000 ? (i & 0x00ffffff) | 0xf4000000 : i;
}

static bool is_store_exclusive(uint32_t i, bool thumb)
{
	if (thumb)
		return (i & 0xfff00000) == 0xe8400000 ||
		       ((i & 0xfff00000) == 0xe8c00000 && (i & 0xc0) == 0x40);
	return (i & 0x0f900ff0) == 0x01800f90;
}

static bool demands_256_bits(uint32_t i)
{
	return (i & 0xff800030) == 0xf4000030;
}

/* Loads or stores of VFP and Advanced SIMD registers. */
static bool is_simd_access(uint32_t i)
{
	return (i & 0xff000000) == 0xf4000000 || (i & 0x0e000e00) == 0x0c000a00;
}

/* The general registers that a load of several changes. */
static uint32_t loaded_registers(uint32_t i, bool thumb)
{
	uint32_t t = i >> 12 & 15;

	if (!thumb)
		return (i & 0x0e100000) == 0x08100000 ? i & 0xffff :
		       (i & 0x0e1000f0) == 0x000000d0 ? 3u << t :
							0;
	if (i < 0x10000)
		return (i & 0xf800) == 0xc800 || (i & 0xfe00) == 0xbc00 ? i & 0xff : 0;
	if ((i & 0xfe500000) == 0xe8100000)
		return i & 0xffff;
	return (i & 0xfe500000) == 0xe8500000 ? 1u << t | 1u << (i >> 8 & 15) : 0;
}

static bool stores_several(uint32_t i, bool thumb)
{
	if (is_simd_access(i))
		return true;
	if (!thumb)
		return (i & 0x0e100000) == 0x08000000 || (i & 0x0e1000f0) == 0x000000f0;
	if (i < 0x10000)
		return (i & 0xf800) == 0xc000 || (i & 0xfe00) == 0xb400;
	return (i & 0xfe100000) == 0xe8000000;
}

/* Makes equal in `b` what needn't be the same as in `a` after a data abort of both. */
static void forget_unknown(const struct random_case *c, const struct random_result *a,
			   struct random_result *b)
{
	bool thumb = a->cpsr & 0x20;
	uint32_t i = instruction_at(c, a->pc, thumb), registers;

	registers = loaded_registers(i, thumb);
	for (unsigned n = 0; n < 15; n++)
		if (registers >> n & 1)
			b->r[n] = a->r[n];
	if (is_simd_access(i))
		memcpy(b->d, a->d, sizeof b->d);
	if (stores_several(i, thumb))
		b->hash = a->hash;
}

bool results_agree(const struct random_case *c, const struct random_result *a,
		   const struct random_result *b, bool reference)
{
	struct random_result known = *b;
	bool thumb = a->cpsr & 0x20;
	uint32_t i;

	if (!memcmp(a, b, sizeof *a))
		return true;
	if (!reference || a->end != END_DATA_ABORT)
		return false;
	i = instruction_at(c, a->pc, thumb);
	if (a->pc != b->pc)
		return is_store_exclusive(i, thumb) || demands_256_bits(i);
	if (a->end != b->end)
		return false;
	forget_unknown(c, a, &known);
	return !memcmp(a, &known, sizeof *a);
}

static void print_word(const char *name, uint32_t a, const char *a_name, uint32_t b,
		       const char *b_name)
{
	if (a != b)
		diag("  %-5s %s %08x, %s %08x", name, a_name, a, b_name, b);
}

void print_differences(const struct random_result *a, const char *a_name,
		       const struct random_result *b, const char *b_name)
{
	char name[8];

	for (unsigned i = 0; i < 15; i++) {
		snprintf(name, sizeof name, "r%u", i);
		print_word(name, a->r[i], a_name, b->r[i], b_name);
	}
	print_word("pc", a->pc, a_name, b->pc, b_name);
	print_word("cpsr", a->cpsr, a_name, b->cpsr, b_name);
	print_word("fpscr", a->fpscr, a_name, b->fpscr, b_name);
	print_word("end", a->end, a_name, b->end, b_name);
	if (a->state != b->state)
		diag("  other state, %s and %s", a_name, b_name);
	print_word("hash", a->hash, a_name, b->hash, b_name);
	for (unsigned i = 0; i < 32; i++)
		if (a->d[i] != b->d[i])
			diag("  d%-4u %s %016llx, %s %016llx", i, a_name,
			     (unsigned long long)a->d[i], b_name, (unsigned long long)b->d[i]);
}
