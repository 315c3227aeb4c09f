/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The ARM guest's registers as gdb numbers them (features org.gnu.gdb.arm.core and
 * org.gnu.gdb.arm.vfp): r0..r12 sp lr pc are 0..15, cpsr 16, d0..d31 17..48, fpscr 49.
 * And all of them as text.
 */
#include "guest/arm/system.h"

#include <stdio.h>
#include <string.h>

#define GDB_PC 15u
#define GDB_CPSR 16u
#define GDB_D0 17u
#define GDB_FPSCR 49u

#define CORE "org.gnu.gdb.arm.core"
#define VFP "org.gnu.gdb.arm.vfp"
#define R(n)                                                                                       \
	{                                                                                          \
		"r" #n, CORE, 32, NULL                                                             \
	}
#define D(n)                                                                                       \
	{                                                                                          \
		"d" #n, VFP, 64, "ieee_double"                                                     \
	}

const struct guest_register arm_gdb_registers[ARM_GDB_REGISTERS] = {
	EIGHT(R, 0, 1, 2, 3, 4, 5, 6, 7),
	R(8),
	R(9),
	R(10),
	R(11),
	R(12),
	{ "sp", CORE, 32, "data_ptr" },
	{ "lr", CORE, 32, NULL },
	{ "pc", CORE, 32, "code_ptr" },
	{ "cpsr", CORE, 32, NULL },
	EIGHT(D, 0, 1, 2, 3, 4, 5, 6, 7),
	EIGHT(D, 8, 9, 10, 11, 12, 13, 14, 15),
	EIGHT(D, 16, 17, 18, 19, 20, 21, 22, 23),
	EIGHT(D, 24, 25, 26, 27, 28, 29, 30, 31),
	{ "fpscr", VFP, 32, NULL },
};

void arm_read_register(struct cpu *cpu, unsigned number, void *value)
{
	struct arm *arm = arm_of(cpu);
	uint32_t word;

	if (number >= GDB_D0 && number < GDB_FPSCR) {
		memcpy(value, &arm->v.d[number - GDB_D0], 8);
		return;
	}
	if (number < GDB_PC)
		word = arm->r[number];
	else if (number == GDB_PC)
		word = cpu->pc & ~1u;
	else if (number == GDB_CPSR)
		word = arm_cpsr_read(arm);
	else if (number == GDB_FPSCR)
		word = arm_fpscr_read(arm);
	else
		return;
	memcpy(value, &word, sizeof word);
}

void arm_write_register(struct cpu *cpu, unsigned number, const void *value)
{
	struct arm *arm = arm_of(cpu);
	uint32_t word;

	if (number >= GDB_D0 && number < GDB_FPSCR) {
		memcpy(&arm->v.d[number - GDB_D0], value, 8);
		return;
	}
	memcpy(&word, value, sizeof word);
	if (number < GDB_PC)
		arm->r[number] = word;
	else if (number == GDB_PC)
		arm_set_pc(arm, word);
	else if (number == GDB_CPSR)
		arm_cpsr_write(arm, word, ~ARM_PSR_J);
	else if (number == GDB_FPSCR)
		arm_fpscr_write(arm, word);
}

static void dump_core(const struct arm *arm, void (*line)(const char *text))
{
	char text[100];

	for (unsigned i = 0; i < 12; i += 4) {
		snprintf(text, sizeof text, "r%-2u %08x r%-2u %08x r%-2u %08x r%-2u %08x", i,
			 arm->r[i], i + 1, arm->r[i + 1], i + 2, arm->r[i + 2], i + 3,
			 arm->r[i + 3]);
		line(text);
	}
	snprintf(text, sizeof text, "r12 %08x sp  %08x lr  %08x pc  %08x", arm->r[12], arm->r[13],
		 arm->r[14], arm->cpu.pc & ~1u);
	line(text);
	snprintf(text, sizeof text, "cpsr %08x spsr %08x fpexc %08x fpscr %08x irq %u fiq %u",
		 arm_cpsr_read(arm), arm->spsr, arm->fpexc, arm->fpscr, arm->irq, arm->fiq);
	line(text);
}

static void dump_system(const struct arm *arm, void (*line)(const char *text))
{
	const struct arm_cp15 *c = &arm->c15;
	char text[100];

	snprintf(text, sizeof text, "sctlr %08x ttbr0 %02x%08x ttbr1 %02x%08x ttbcr %x dacr %08x",
		 c->sctlr, c->ttbr0_high, c->ttbr0, c->ttbr1_high, c->ttbr1, c->ttbcr, c->dacr);
	line(text);
	snprintf(text, sizeof text, "dfsr %08x dfar %08x ifsr %08x ifar %08x contextidr %08x",
		 c->dfsr, c->dfar, c->ifsr, c->ifar, c->contextidr);
	line(text);
}

void arm_dump(struct cpu *cpu, void (*line)(const char *text))
{
	dump_core(arm_of(cpu), line);
	dump_system(arm_of(cpu), line);
}
