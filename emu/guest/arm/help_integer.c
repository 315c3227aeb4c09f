/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Helpers that translated integer code calls: conditional instructions of IT blocks, and
 * the rare operations that IR has no word for.  emit.h says what the arguments are.
 */
#include "guest/arm/emit.h"

#include <string.h>

/* The instruction counts as executed, as everything that raises does; but it is no
 * exception. */
uint64_t arm_help_it_skip(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;

	(void)d;
	if (a)
		return 0;
	arm->it = (uint32_t)c;
	arm->cpu.pc = (gva)b;
	arm->cpu.exceptions--;
	cpu_raise(cpu);
}

static struct ir_mem mem_unpack(uint64_t bits)
{
	struct ir_mem mem;
	uint32_t low = (uint32_t)bits;

	_Static_assert(sizeof(mem) <= sizeof(low), "struct ir_mem fits an argument");
	memcpy(&mem, &low, sizeof(mem));
	return mem;
}

uint64_t arm_help_load_if(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)d;
	return a ? mem_load(cpu, (gva)b, mem_unpack(c)) : 0;
}

uint64_t arm_help_store_if(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	if (a)
		mem_store(cpu, (gva)b, mem_unpack(c), d);
	return 0;
}

/* Shift_C of the manual (A2.2.1), the carry only; counts up to 255. */
uint64_t arm_help_shift_carry(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	uint32_t value = (uint32_t)a;

	(void)cpu;
	if (b == 0)
		return d;
	switch (c) {
	case 0:
		return b <= 32 ? value >> (32 - b) & 1 : 0;
	case 1:
		return b <= 32 ? value >> (b - 1) & 1 : 0;
	case 2:
		return b < 32 ? value >> (b - 1) & 1 : value >> 31;
	default:
		return value >> ((b - 1) & 31) & 1;
	}
}

uint64_t arm_help_rbit(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	uint32_t v = (uint32_t)a;

	(void)cpu, (void)b, (void)c, (void)d;
	v = (v >> 1 & 0x55555555) | (v & 0x55555555) << 1;
	v = (v >> 2 & 0x33333333) | (v & 0x33333333) << 2;
	v = (v >> 4 & 0x0f0f0f0f) | (v & 0x0f0f0f0f) << 4;
	return __builtin_bswap32(v);
}
