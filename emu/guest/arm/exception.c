/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Taking exceptions on ARMv7-A (ARM DDI 0406C, B1.8 and B1.9): vectors, the mode, LR
 * and SPSR of each kind, and the interrupt inputs.
 *
 * Not modelled: asynchronous aborts (CPSR.A only is kept), vectored interrupts
 * (SCTLR.VE is 0), Monitor and Hyp mode routing.
 */
#include "guest/arm/system.h"

#include <emu/log.h>

struct exception {
	const char *name;
	uint8_t vector; /* offset */
	uint8_t mode;   /* enum arm_mode */
	uint8_t arm_lr; /* LR is cpu.pc plus this, in ARM state */
	uint8_t thumb_lr;
	uint32_t masks; /* CPSR bits set besides I */
};

/* pc is the instruction's own for all but interrupts, where it is the next one's. */
static const struct exception take_undefined = { "undefined", 0x04, ARM_UND, 4, 2, 0 };
static const struct exception take_svc = { "svc", 0x08, ARM_SVC, 4, 2, 0 };
static const struct exception take_prefetch = { "prefetch abort", 0x0c, ARM_ABT, 4, 4, ARM_PSR_A };
static const struct exception take_data = { "data abort", 0x10, ARM_ABT, 8, 8, ARM_PSR_A };
static const struct exception take_irq = { "irq", 0x18, ARM_IRQ, 4, 4, ARM_PSR_A };
static const struct exception take_fiq = { "fiq", 0x1c, ARM_FIQ, 4, 4, ARM_PSR_A | ARM_PSR_F };

static void enter_exception(struct arm *arm, const struct exception *e)
{
	uint32_t spsr = arm_cpsr_read(arm), sctlr = arm->c15.sctlr;
	uint32_t pc = arm->cpu.pc & ~1u;
	uint32_t lr = pc + (spsr & ARM_PSR_T ? e->thumb_lr : e->arm_lr);
	uint32_t base = sctlr & SCTLR_V ? 0xffff0000 : arm->c15.vbar;
	uint32_t cpsr = e->mode | e->masks | ARM_PSR_I;
	const uint32_t all_but_flags =
		~(ARM_PSR_N | ARM_PSR_Z | ARM_PSR_C | ARM_PSR_V | ARM_PSR_Q | 0x000f0000u /* GE */);

	cpsr |= spsr & (ARM_PSR_A | ARM_PSR_F);
	if (sctlr & SCTLR_EE)
		cpsr |= ARM_PSR_E;
	if (sctlr & SCTLR_TE)
		cpsr |= ARM_PSR_T;
	LOG(LOG_INT, "arm: %s at %#x, cpsr %#x, dfsr %#x dfar %#x ifsr %#x ifar %#x", e->name, pc,
	    spsr, arm->c15.dfsr, arm->c15.dfar, arm->c15.ifsr, arm->c15.ifar);
	arm->exclusive_address = 1;
	arm_cpsr_write(arm, cpsr, all_but_flags);
	arm->spsr = spsr;
	arm->r[14] = lr;
	arm_set_pc(arm, base + e->vector);
}

void arm_raise_undefined(struct arm *arm)
{
	enter_exception(arm, &take_undefined);
	cpu_raise(&arm->cpu);
}

/* The front end has moved CPSR.IT on already. */
void arm_raise_svc(struct arm *arm)
{
	enter_exception(arm, &take_svc);
	cpu_raise(&arm->cpu);
}

void arm_raise_prefetch_abort(struct arm *arm, uint32_t ifsr, uint32_t address)
{
	arm->c15.ifsr = ifsr;
	arm->c15.ifar = address;
	enter_exception(arm, &take_prefetch);
	cpu_raise(&arm->cpu);
}

void arm_raise_data_abort(struct arm *arm, uint32_t dfsr, uint32_t address)
{
	arm->c15.dfsr = dfsr;
	arm->c15.dfar = address;
	enter_exception(arm, &take_data);
	cpu_raise(&arm->cpu);
}

bool arm_interrupt(struct cpu *cpu)
{
	struct arm *arm = arm_of(cpu);

	if (arm->fiq && !(arm->psr & ARM_PSR_F))
		enter_exception(arm, &take_fiq);
	else if (arm->irq && !(arm->psr & ARM_PSR_I))
		enter_exception(arm, &take_irq);
	else
		return false;
	return true;
}

/* WFI ends also by an interrupt that CPSR masks. */
bool arm_wakes(const struct cpu *cpu)
{
	const struct arm *arm = (const struct arm *)cpu;

	return arm->irq || arm->fiq;
}

void arm_input(void *cpu, unsigned input, bool level)
{
	struct arm *arm = cpu;

	if (input == ARM_INPUT_FIQ)
		arm->fiq = level;
	else
		arm->irq = level;
	if (level)
		cpu_notice(&arm->cpu);
}
