/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The ARM status registers: CPSR in its spread form, banked registers and mode
 * changes (ARM DDI 0406C, B1.3), and the mode flags that translated code depends on.
 *
 * Not modelled: Monitor and Hyp mode, Jazelle and ThumbEE state (the J bit stays 0).
 * Writing an illegal mode is UNPREDICTABLE and leaves the mode as it is.
 */
#include "guest/arm/system.h"

#include <string.h>

#define PSR_FLAGS (ARM_PSR_N | ARM_PSR_Z | ARM_PSR_C | ARM_PSR_V)
#define PSR_GE 0x000f0000u
#define PSR_IT_LOW 0x06000000u  /* IT[1:0] */
#define PSR_IT_HIGH 0x0000fc00u /* IT[7:2] */
#define PSR_MASKS (ARM_PSR_E | ARM_PSR_A | ARM_PSR_I | ARM_PSR_F)

#define FPSCR_SLOW 0x07000000u   /* AHP DN FZ */
#define FPSCR_VECTOR 0x00370000u /* STRIDE LEN */
#define FPEXC_EN (1u << 30)

bool arm_mode_is_legal(uint32_t mode)
{
	return mode == ARM_USR || mode == ARM_FIQ || mode == ARM_IRQ || mode == ARM_SVC ||
	       mode == ARM_ABT || mode == ARM_UND || mode == ARM_SYS;
}

unsigned arm_bank(uint32_t mode)
{
	switch (mode & ARM_PSR_MODE) {
	case ARM_FIQ:
		return BANK_FIQ;
	case ARM_IRQ:
		return BANK_IRQ;
	case ARM_SVC:
		return BANK_SVC;
	case ARM_ABT:
		return BANK_ABT;
	case ARM_UND:
		return BANK_UND;
	default:
		return BANK_USR;
	}
}

static void swap_fiq_registers(struct arm *arm, bool to_fiq)
{
	uint32_t *saved = to_fiq ? arm->usr_r : arm->fiq_r;
	const uint32_t *wanted = to_fiq ? arm->fiq_r : arm->usr_r;

	memcpy(saved, &arm->r[8], sizeof arm->usr_r);
	memcpy(&arm->r[8], wanted, sizeof arm->usr_r);
}

static void switch_mode(struct arm *arm, uint32_t mode)
{
	unsigned from = arm_bank(arm->psr), to = arm_bank(mode);
	bool was_privileged = arm_privileged(arm);

	arm->psr = (arm->psr & ~ARM_PSR_MODE) | mode;
	if (from != to) {
		arm->bank[from] = (struct arm_banked){ arm->r[13], arm->r[14], arm->spsr };
		arm->r[13] = arm->bank[to].sp;
		arm->r[14] = arm->bank[to].lr;
		arm->spsr = arm->bank[to].spsr;
		if (from == BANK_FIQ || to == BANK_FIQ)
			swap_fiq_registers(arm, to == BANK_FIQ);
	}
	if (arm_privileged(arm) != was_privileged)
		arm_spaces_update(arm);
}

uint32_t *arm_banked_register(struct arm *arm, uint32_t mode, unsigned n)
{
	unsigned bank = arm_bank(mode), current = arm_bank(arm->psr);

	if (n >= 8 && n <= 12 && (bank == BANK_FIQ) != (current == BANK_FIQ))
		return bank == BANK_FIQ ? &arm->fiq_r[n - 8] : &arm->usr_r[n - 8];
	if (n < 13 || bank == current)
		return &arm->r[n < 15 ? n : 14];
	return n == 13 ? &arm->bank[bank].sp : &arm->bank[bank].lr;
}

uint32_t arm_cpsr_read(const struct arm *arm)
{
	return (arm->nf & ARM_PSR_N) | (arm->zf == 0 ? ARM_PSR_Z : 0) | (arm->cf ? ARM_PSR_C : 0) |
	       (arm->vf ? ARM_PSR_V : 0) | (arm->qf ? ARM_PSR_Q : 0) | (arm->it & 3) << 25 |
	       (arm->it & 0xfc) << 8 | (arm->ge & 15) << 16 | (arm->cpu.pc & 1 ? ARM_PSR_T : 0) |
	       arm->psr;
}

static void write_flags(struct arm *arm, uint32_t value)
{
	arm->nf = value & ARM_PSR_N;
	arm->zf = value & ARM_PSR_Z ? 0 : 1;
	arm->cf = value & ARM_PSR_C ? 1 : 0;
	arm->vf = value & ARM_PSR_V ? 1 : 0;
}

void arm_check_interrupt(struct arm *arm)
{
	if ((arm->irq && !(arm->psr & ARM_PSR_I)) || (arm->fiq && !(arm->psr & ARM_PSR_F)))
		cpu_unmask(&arm->cpu);
}

void arm_cpsr_write(struct arm *arm, uint32_t value, uint32_t mask)
{
	uint32_t new = (arm_cpsr_read(arm) & ~mask) | (value & mask);

	if (mask & PSR_FLAGS)
		write_flags(arm, new);
	arm->qf = new &ARM_PSR_Q ? 1 : 0;
	arm->ge = (new &PSR_GE) >> 16;
	arm->it = (new &PSR_IT_LOW) >> 25 | (new &PSR_IT_HIGH) >> 8;
	arm->cpu.pc = (arm->cpu.pc & ~1u) | (new &ARM_PSR_T ? 1 : 0);
	arm->psr = (arm->psr & ~PSR_MASKS) | (new &PSR_MASKS);
	if ((new ^ arm->psr) & ARM_PSR_MODE && arm_mode_is_legal(new &ARM_PSR_MODE))
		switch_mode(arm, new &ARM_PSR_MODE);
	arm_check_interrupt(arm);
}

void arm_set_pc(struct arm *arm, uint32_t address)
{
	bool thumb = arm->cpu.pc & 1;

	arm->cpu.pc = thumb ? address | 1 : address & ~3u;
}

/* CPACR's two bits for VFP and NEON: 1 privileged only, 3 all.  FPEXC.EN as well. */
static bool vfp_enabled(const struct arm *arm)
{
	unsigned access = arm->c15.cpacr >> 20 & 3;

	return arm->fpexc & FPEXC_EN && (access == 3 || (access == 1 && arm_privileged(arm)));
}

uint32_t arm_modes(const struct cpu *cpu)
{
	const struct arm *arm = (const struct arm *)cpu;
	uint32_t modes = arm->space_current | (uint32_t)arm->space_user_current << 2 | arm->it << 8;
	uint32_t mode = arm->psr & ARM_PSR_MODE;

	if (mode != ARM_USR)
		modes |= ARM_MODE_PRIVILEGED;
	if (mode == ARM_USR || mode == ARM_SYS)
		modes |= ARM_MODE_FIQ_SYS;
	if (arm->psr & ARM_PSR_E)
		modes |= ARM_MODE_BIG;
	if (arm->c15.sctlr & SCTLR_A)
		modes |= ARM_MODE_ALIGN;
	if (vfp_enabled(arm))
		modes |= ARM_MODE_VFP;
	if (arm->fpscr & FPSCR_SLOW)
		modes |= ARM_MODE_FP_SLOW;
	if (arm->fpscr & FPSCR_VECTOR)
		modes |= ARM_MODE_VECTOR;
	return modes;
}

unsigned arm_fetch_space(uint32_t modes)
{
	return modes & ARM_MODE_SPACE;
}
