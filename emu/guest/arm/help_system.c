/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Helpers that translated code calls for ARM system instructions (ARM DDI 0406C,
 * B9.3): exceptions on purpose, status registers, exception return, hints.
 * state.h says what their arguments are.
 */
#include "guest/arm/system.h"

#include <emu/log.h>

#define MASK_FLAGS 0xf80f0000u /* N Z C V Q GE: user mode may write them */
#define MASK_USER (MASK_FLAGS | ARM_PSR_E)
#define MASK_MSR (MASK_USER | ARM_PSR_A | ARM_PSR_I | ARM_PSR_F | ARM_PSR_MODE)
#define MASK_SPSR (0xff0fffffu & ~ARM_PSR_J)

uint64_t arm_help_undefined(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	arm_raise_undefined(cpu);
}

uint64_t arm_help_svc(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	arm_raise_svc(cpu);
}

/* Without a debugger a breakpoint instruction is a prefetch abort (C3.3.3). */
uint64_t arm_help_bkpt(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;

	(void)a, (void)b, (void)c, (void)d;
	arm_raise_prefetch_abort(arm, arm_long_format(arm) ? LONG_FAULT_DEBUG : FAULT_DEBUG,
				 arm->cpu.pc & ~1u);
}

/* HVC and SMC: privileged only; without a firmware they don't exist. */
uint64_t arm_help_service(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;

	(void)a, (void)b, (void)c, (void)d;
	if (!arm->service || !arm_privileged(arm))
		arm_raise_undefined(arm);
	arm->service(arm, arm->service_context);
	return 0;
}

uint64_t arm_help_wfi(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	if (!arm_wakes(cpu))
		cpu_halt(cpu);
	return 0;
}

/* WFE may always end at once (B1.8.13).  With nobody else to send an event it would
 * sleep until an interrupt, but an event that isn't modelled might be meant; so it only
 * gives up the slice. */
uint64_t arm_help_wfe(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;

	(void)a, (void)b, (void)c, (void)d;
	if (!arm->waiting_event)
		cpu_end_slice(&arm->cpu);
	arm->waiting_event = false;
	return 0;
}

uint64_t arm_help_sev(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;

	(void)a, (void)b, (void)c, (void)d;
	arm->waiting_event = true;
	return 0;
}

uint64_t arm_help_yield(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)cpu, (void)a, (void)b, (void)c, (void)d;
	return 0;
}

uint64_t arm_help_cpsr_write(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;

	(void)c, (void)d;
	arm_cpsr_write(arm, (uint32_t)a,
		       (uint32_t)b & (arm_privileged(arm) ? MASK_MSR : MASK_USER));
	return 0;
}

uint64_t arm_help_spsr_write(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;
	uint32_t mask = (uint32_t)b & MASK_SPSR;

	(void)c, (void)d;
	if (arm_bank(arm->psr) != BANK_USR) /* else UNPREDICTABLE */
		arm->spsr = (arm->spsr & ~mask) | ((uint32_t)a & mask);
	return 0;
}

/* The execution state bits read as 0: IT, J, T (B9.3.8). */
uint64_t arm_help_cpsr_read(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;

	(void)a, (void)b, (void)c, (void)d;
	return arm_cpsr_read(arm) & MASK_MSR; /* in user mode, too: the manual leaves it open */
}

static uint32_t return_from_exception(struct arm *arm, uint32_t pc, uint32_t cpsr)
{
	arm->exclusive_address = 1;
	if (!arm_mode_is_legal(cpsr & ARM_PSR_MODE))
		LOG(LOG_GUEST, "arm: exception return to illegal mode %#x", cpsr);
	arm_cpsr_write(arm, cpsr & ~ARM_PSR_J, ~0u);
	if (!(cpsr & ARM_PSR_T))
		arm->it = 0;
	arm_set_pc(arm, pc);
	return arm->cpu.pc;
}

/* In user and system mode, which have no SPSR, it is UNPREDICTABLE: a mere branch. */
uint64_t arm_help_exception_return(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;
	bool has_spsr = arm_bank(arm->psr) != BANK_USR;

	(void)b, (void)c, (void)d;
	return return_from_exception(arm, (uint32_t)a, has_spsr ? arm->spsr : arm_cpsr_read(arm));
}

uint64_t arm_help_rfe(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;

	(void)c, (void)d;
	if (!arm_privileged(arm))
		arm_raise_undefined(arm);
	return return_from_exception(arm, (uint32_t)a, (uint32_t)b);
}

uint64_t arm_help_cps(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;
	const uint32_t may = ARM_PSR_A | ARM_PSR_I | ARM_PSR_F | ARM_PSR_MODE;

	(void)c, (void)d;
	if (arm_privileged(arm))
		arm_cpsr_write(arm, (uint32_t)a, (uint32_t)b & may);
	return 0;
}

uint64_t arm_help_setend(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;

	(void)b, (void)c, (void)d;
	arm->psr = (arm->psr & ~ARM_PSR_E) | (a ? ARM_PSR_E : 0);
	return 0;
}

uint64_t arm_help_user_read(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)b, (void)c, (void)d;
	return *arm_banked_register(cpu, ARM_USR, (unsigned)a & 15);
}

uint64_t arm_help_user_write(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)c, (void)d;
	*arm_banked_register(cpu, ARM_USR, (unsigned)a & 15) = (uint32_t)b;
	return 0;
}

/* SRS to an illegal mode is UNPREDICTABLE: that of user mode (arm_bank). */
uint64_t arm_help_srs_sp(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)b, (void)c, (void)d;
	return *arm_banked_register(cpu, (uint32_t)a, 13);
}

uint64_t arm_help_srs_set_sp(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)c, (void)d;
	*arm_banked_register(cpu, (uint32_t)a, 13) = (uint32_t)b;
	return 0;
}
