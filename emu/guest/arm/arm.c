/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The ARM guest as the core sees it: creation, reset, saved state, names of slots, and
 * the table of all its functions.
 */
#include "guest/arm/system.h"

#include <emu/archive.h>

#include "guest/arm/gtimer.h"

#define SLOT(label, field, kind)                                                                   \
	{                                                                                          \
		label, offsetof(struct arm, field), kind                                           \
	}
#define SLOT_R(n) SLOT("r" #n, r[n], IR_I32)
#define SLOT_S(n) SLOT("s" #n, v.s[n], IR_F32)
#define SLOT_D(n) SLOT("d" #n, v.d[n], IR_F64)
#define SLOT_Q(n) SLOT("q" #n, v.q[n], IR_V128)

static const struct ir_slot arm_slots[] = {
	EIGHT(SLOT_R, 0, 1, 2, 3, 4, 5, 6, 7),
	SLOT_R(8),
	SLOT_R(9),
	SLOT_R(10),
	SLOT_R(11),
	SLOT_R(12),
	SLOT("sp", r[13], IR_I32),
	SLOT("lr", r[14], IR_I32),
	SLOT("nf", nf, IR_I32),
	SLOT("zf", zf, IR_I32),
	SLOT("cf", cf, IR_I32),
	SLOT("vf", vf, IR_I32),
	SLOT("qf", qf, IR_I32),
	SLOT("ge", ge, IR_I32),
	SLOT("it", it, IR_I32),
	SLOT("psr", psr, IR_I32),
	SLOT("spsr", spsr, IR_I32),
	SLOT("exclusive_address", exclusive_address, IR_I32),
	SLOT("exclusive_low", exclusive_low, IR_I32),
	SLOT("exclusive_high", exclusive_high, IR_I32),
	SLOT("fpscr", fpscr, IR_I32),
	SLOT("fpscr_nzcv", fpscr_nzcv, IR_I32),
	SLOT("fpexc", fpexc, IR_I32),
	SLOT("qc", qc, IR_I32),
	SLOT("tpidrurw", tpidr[0], IR_I32),
	SLOT("tpidruro", tpidr[1], IR_I32),
	SLOT("tpidrprw", tpidr[2], IR_I32),
	SLOT("fp_rounding", cpu.fp_rounding, IR_I32),
	SLOT("fp_sticky", cpu.fp_sticky, IR_I32),
	EIGHT(SLOT_S, 0, 1, 2, 3, 4, 5, 6, 7),
	EIGHT(SLOT_S, 8, 9, 10, 11, 12, 13, 14, 15),
	EIGHT(SLOT_S, 16, 17, 18, 19, 20, 21, 22, 23),
	EIGHT(SLOT_S, 24, 25, 26, 27, 28, 29, 30, 31),
	EIGHT(SLOT_D, 0, 1, 2, 3, 4, 5, 6, 7),
	EIGHT(SLOT_D, 8, 9, 10, 11, 12, 13, 14, 15),
	EIGHT(SLOT_D, 16, 17, 18, 19, 20, 21, 22, 23),
	EIGHT(SLOT_D, 24, 25, 26, 27, 28, 29, 30, 31),
	EIGHT(SLOT_Q, 0, 1, 2, 3, 4, 5, 6, 7),
	EIGHT(SLOT_Q, 8, 9, 10, 11, 12, 13, 14, 15),
	{ NULL, 0, 0 },
};

static bool arm_create(struct cpu *cpu, const char *model)
{
	struct arm *arm = arm_of(cpu);

	arm->model = arm_model_find(model);
	if (!arm->model)
		return false;
	arm_timer_create(arm);
	return true;
}

static void clear_spaces(struct arm *arm)
{
	for (unsigned i = 0; i < MEM_SPACES; i++)
		arm->space_valid[i] = 0;
	arm_mappings_changed(arm);
}

static void reset_registers(struct arm *arm)
{
	for (unsigned i = 0; i < COUNT_OF(arm->r); i++)
		arm->r[i] = 0;
	for (unsigned i = 0; i < COUNT_OF(arm->usr_r); i++)
		arm->usr_r[i] = arm->fiq_r[i] = 0;
	for (unsigned i = 0; i < BANKS; i++)
		arm->bank[i] = (struct arm_banked){ 0 };
	for (unsigned i = 0; i < COUNT_OF(arm->v.d); i++)
		arm->v.d[i] = 0;
	arm->nf = arm->cf = arm->vf = arm->qf = arm->ge = arm->it = 0;
	arm->zf = 1;
	arm->psr = ARM_SVC | ARM_PSR_A | ARM_PSR_I | ARM_PSR_F;
	arm->spsr = 0;
	arm->exclusive_address = 1;
	arm->exclusive_low = arm->exclusive_high = 0;
	arm->fpscr = arm->fpscr_nzcv = arm->fpexc = arm->qc = 0;
	arm->cpu.fp_rounding = arm->cpu.fp_sticky = 0;
	arm->cpu.pc = 0;
	arm->waiting_event = false;
}

/* B1.9.1.  Interrupt inputs keep their levels: whoever drives them is reset, too. */
static void arm_reset(struct cpu *cpu)
{
	struct arm *arm = arm_of(cpu);

	reset_registers(arm);
	arm_cp15_reset(arm);
	clear_spaces(arm);
}

static void state_registers(struct arm *arm, struct archive *a)
{
	archive_bytes(a, "r", arm->r, sizeof arm->r);
	archive_u32(a, "nf", &arm->nf);
	archive_u32(a, "zf", &arm->zf);
	archive_u32(a, "cf", &arm->cf);
	archive_u32(a, "vf", &arm->vf);
	archive_u32(a, "qf", &arm->qf);
	archive_u32(a, "ge", &arm->ge);
	archive_u32(a, "it", &arm->it);
	archive_u32(a, "psr", &arm->psr);
	archive_u32(a, "spsr", &arm->spsr);
	archive_bytes(a, "bank", arm->bank, sizeof arm->bank);
	archive_bytes(a, "usr_r", arm->usr_r, sizeof arm->usr_r);
	archive_bytes(a, "fiq_r", arm->fiq_r, sizeof arm->fiq_r);
	archive_u32(a, "exclusive_address", &arm->exclusive_address);
	archive_u32(a, "exclusive_low", &arm->exclusive_low);
	archive_u32(a, "exclusive_high", &arm->exclusive_high);
	archive_bool(a, "irq", &arm->irq);
	archive_bool(a, "fiq", &arm->fiq);
	archive_bool(a, "waiting_event", &arm->waiting_event);
	archive_require(a, arm->cf <= 1 && arm->vf <= 1 && arm->qf <= 1 && arm->ge <= 15);
	archive_require(a, arm->it <= 0xff && (arm->cpu.pc & 1 || !(arm->cpu.pc & 2)));
	archive_require(a, arm_mode_is_legal(arm->psr & ARM_PSR_MODE) &&
				   !(arm->psr & ~(ARM_PSR_E | ARM_PSR_A | ARM_PSR_I | ARM_PSR_F |
						  ARM_PSR_MODE)));
}

static void state_vfp(struct arm *arm, struct archive *a)
{
	archive_bytes(a, "d", arm->v.d, sizeof arm->v.d);
	archive_u32(a, "fpscr", &arm->fpscr);
	archive_u32(a, "fpscr_nzcv", &arm->fpscr_nzcv);
	archive_u32(a, "fpexc", &arm->fpexc);
	archive_u32(a, "qc", &arm->qc);
}

static void state_system(struct arm *arm, struct archive *a)
{
	struct arm_cp15 *c = &arm->c15;

	archive_bytes(a, "tpidr", arm->tpidr, sizeof arm->tpidr);
	archive_u32(a, "sctlr", &c->sctlr);
	archive_u32(a, "actlr", &c->actlr);
	archive_u32(a, "cpacr", &c->cpacr);
	archive_u32(a, "ttbr0", &c->ttbr0);
	archive_u32(a, "ttbr1", &c->ttbr1);
	archive_u32(a, "ttbcr", &c->ttbcr);
	archive_u32(a, "ttbr0_high", &c->ttbr0_high);
	archive_u32(a, "ttbr1_high", &c->ttbr1_high);
	archive_u32(a, "dacr", &c->dacr);
	archive_u32(a, "dfsr", &c->dfsr);
	archive_u32(a, "ifsr", &c->ifsr);
	archive_u32(a, "dfar", &c->dfar);
	archive_u32(a, "ifar", &c->ifar);
	archive_u32(a, "adfsr", &c->adfsr);
	archive_u32(a, "aifsr", &c->aifsr);
	archive_u32(a, "par", &c->par);
	archive_u32(a, "par_high", &c->par_high);
	archive_u32(a, "prrr", &c->prrr);
	archive_u32(a, "nmrr", &c->nmrr);
	archive_u32(a, "vbar", &c->vbar);
	archive_u32(a, "contextidr", &c->contextidr);
	archive_u32(a, "csselr", &c->csselr);
	archive_u32(a, "diagnostic", &c->diag);
	archive_u32(a, "power", &c->power);
	archive_u32(a, "teecr", &c->teecr);
	archive_u32(a, "teehbr", &c->teehbr);
	archive_require(a, arm->model->lpae || !arm_long_format(arm));
}

static void state_monitor(struct arm *arm, struct archive *a)
{
	struct arm_cp15 *c = &arm->c15;

	archive_u32(a, "pmcr", &c->pmcr);
	archive_u32(a, "pmcnten", &c->pmcnten);
	archive_u32(a, "pmovsr", &c->pmovsr);
	archive_u32(a, "pmselr", &c->pmselr);
	archive_u32(a, "pmuseren", &c->pmuseren);
	archive_u32(a, "pminten", &c->pminten);
	archive_bytes(a, "pmxevtyper", c->pmxevtyper, sizeof c->pmxevtyper);
	archive_bytes(a, "pmxevcntr", c->pmxevcntr, sizeof c->pmxevcntr);
	archive_u32(a, "pmccntr", &c->pmccntr);
	archive_u32(a, "pm_prescale", &c->pm_prescale);
	archive_u64(a, "pm_seen", &c->pm_seen);
}

static void arm_state(struct cpu *cpu, struct archive *a)
{
	struct arm *arm = arm_of(cpu);

	state_registers(arm, a);
	state_vfp(arm, a);
	state_system(arm, a);
	state_monitor(arm, a);
	arm_timer_state(arm, a);
	if (archive_loading(a))
		clear_spaces(arm);
}

const struct guest guest_arm = {
	.name = "arm",
	.state_bytes = sizeof(struct arm),
	.slots = arm_slots,
	.booleans = (const uint16_t[]){ offsetof(struct arm, cf), offsetof(struct arm, vf), 0 },
	.pinned = { offsetof(struct arm, r[0]), offsetof(struct arm, r[1]),
		    offsetof(struct arm, r[2]), offsetof(struct arm, r[3]),
		    offsetof(struct arm, r[4]), offsetof(struct arm, r[5]),
		    offsetof(struct arm, r[13]), offsetof(struct arm, r[14]),
		    offsetof(struct arm, r[7]), 0 },
	.pc_mask = ~1u,
	.create = arm_create,
	.reset = arm_reset,
	.state = arm_state,
	.modes = arm_modes,
	.fetch_space = arm_fetch_space,
	.translate = arm_translate,
	.walk = arm_walk,
	.root = arm_root,
	.abort = arm_abort,
	.interrupt = arm_interrupt,
	.wakes = arm_wakes,
	.input = arm_input,
	.disassemble = arm_disassemble,
	.registers = arm_gdb_registers,
	.register_count = ARM_GDB_REGISTERS,
	.gdb_architecture = "arm",
	.read_register = arm_read_register,
	.write_register = arm_write_register,
	.dump = arm_dump,
};
