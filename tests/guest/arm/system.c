/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The ARM guest's modes, banked registers and exceptions, without a core.
 */
#include "fake_core.h"

#include <stdlib.h>

#include "tap.h"

static const uint32_t modes[] = { ARM_USR, ARM_FIQ, ARM_IRQ, ARM_SVC, ARM_ABT, ARM_UND, ARM_SYS };

static void set_mode(struct arm *arm, uint32_t mode)
{
	arm_cpsr_write(arm, mode, ARM_PSR_MODE);
}

static void test_banks(void)
{
	struct arm *arm = fake_arm("cortex-a9");
	bool right = true;

	for (unsigned i = 0; i < COUNT_OF(modes); i++) {
		set_mode(arm, modes[i]);
		arm->r[8] = modes[i] == ARM_FIQ ? 0xf08 : 0x108;
		arm->r[12] = modes[i] == ARM_FIQ ? 0xf12 : 0x112;
		arm->r[13] = 0x1300 + (arm_bank(modes[i]));
		arm->r[14] = 0x1400 + (arm_bank(modes[i]));
		arm->spsr = 0x1500 + (arm_bank(modes[i]));
	}
	for (unsigned i = 0; i < COUNT_OF(modes) * COUNT_OF(modes); i++) {
		uint32_t mode = modes[i % COUNT_OF(modes)], other = modes[i / COUNT_OF(modes)];
		unsigned bank = arm_bank(mode), other_bank = arm_bank(other);

		set_mode(arm, other);
		set_mode(arm, mode);
		right = right && arm->r[8] == (mode == ARM_FIQ ? 0xf08 : 0x108) &&
			arm->r[12] == (mode == ARM_FIQ ? 0xf12 : 0x112) &&
			arm->r[13] == 0x1300 + bank && arm->r[14] == 0x1400 + bank &&
			arm->spsr == 0x1500 + bank;
		right = right && *arm_banked_register(arm, other, 13) == 0x1300 + other_bank &&
			*arm_banked_register(arm, other, 14) == 0x1400 + other_bank &&
			*arm_banked_register(arm, other, 8) == (other == ARM_FIQ ? 0xf08 : 0x108);
	}
	ok(right, "each mode finds its registers after any other");
	arm->r[3] = 33;
	is(*arm_banked_register(arm, ARM_USR, 3), 33, "r3 is not banked");
}

static void test_cpsr(void)
{
	struct arm *arm = fake_arm("cortex-a9");
	uint64_t value;

	is(arm_cpsr_read(arm), 0x1d3, "cpsr after reset");
	is(arm->cpu.pc, 0, "pc after reset");
	arm_cpsr_write(arm, 0xfeff07fb, ~0u);
	is(arm_cpsr_read(arm), 0xfe0f07fb, "all bits there are but J are kept");
	is(arm->it, 0x07, "IT is put together");
	is(arm->cpu.pc, 1, "T is in the pc");
	arm_cpsr_write(arm, 0, ARM_PSR_N);
	is(arm_cpsr_read(arm), 0x7e0f07fb, "N alone goes, Z stays");
	arm_cpsr_write(arm, 0x15, ARM_PSR_MODE);
	is(arm->psr & ARM_PSR_MODE, ARM_UND, "an illegal mode is not entered");
	arm->it = 0;
	set_mode(arm, ARM_USR);
	fake_raises(arm, arm_help_cpsr_write, 0xf80f03df, ~0u, NULL);
	is(arm_cpsr_read(arm), 0xf80f03f0, "MSR in user mode: flags, GE and E only");
	fake_raises(arm, arm_help_cps, ARM_SVC, ARM_PSR_MODE | ARM_PSR_I, NULL);
	is(arm->psr & ARM_PSR_MODE, ARM_USR, "CPS does nothing in user mode");
	fake_raises(arm, arm_help_spsr_write, 0x12345678, ~0u, NULL);
	is(arm->spsr, 0, "user mode has no SPSR");
	set_mode(arm, ARM_SVC);
	fake_raises(arm, arm_help_cps, ARM_PSR_F | ARM_IRQ, ARM_PSR_MODE | ARM_PSR_I | ARM_PSR_F,
		    NULL);
	is(arm->psr & 0xff, ARM_PSR_F | ARM_IRQ, "CPS clears I and changes the mode");
	fake_raises(arm, arm_help_cpsr_read, 0, 0, &value);
	is(value, 0xf80f0352, "MRS shows no execution state");
	fake_raises(arm, arm_help_setend, 0, 0, NULL);
	is(arm->psr & ARM_PSR_E, 0, "SETEND LE");
	fake_raises(arm, arm_help_setend, 1, 0, NULL);
	is(arm->psr & ARM_PSR_E, ARM_PSR_E, "SETEND BE");
}

static void test_mode_flags(void)
{
	struct arm *arm = fake_arm("cortex-a9");
	uint32_t flags = guest_arm.modes(&arm->cpu);

	ok(flags & ARM_MODE_PRIVILEGED && !(flags & (ARM_MODE_VFP | ARM_MODE_BIG | ARM_MODE_IT)),
	   "flags after reset");
	arm->fpexc = 1u << 30;
	arm->c15.cpacr = 1u << 20;
	ok(guest_arm.modes(&arm->cpu) & ARM_MODE_VFP, "VFP for privileged modes");
	set_mode(arm, ARM_USR);
	ok(!(guest_arm.modes(&arm->cpu) & ARM_MODE_VFP), "but not for user mode");
	arm->c15.cpacr = 3u << 20;
	ok(guest_arm.modes(&arm->cpu) & ARM_MODE_VFP, "full access");
	arm->fpexc = 0;
	ok(!(guest_arm.modes(&arm->cpu) & ARM_MODE_VFP), "FPEXC.EN off");
	arm->it = 0xa5;
	arm->fpscr = 1u << 24;
	flags = guest_arm.modes(&arm->cpu);
	is(flags & ARM_MODE_IT, 0xa500, "IT");
	ok(flags & ARM_MODE_FP_SLOW && flags & ARM_MODE_FIQ_SYS, "flush to zero, no SPSR");
}

void test_modes(void)
{
	test_banks();
	test_cpsr();
	test_mode_flags();
}

enum kind { UNDEFINED, SVC, PREFETCH, DATA, IRQ, FIQ };

static void provoke(struct arm *arm, enum kind kind)
{
	struct mem_walk walk = { .fault = FAULT_TRANSLATION | 3 << 4 };

	switch (kind) {
	case UNDEFINED:
		fake_raises(arm, arm_help_undefined, 0, 0, NULL);
		break;
	case SVC:
		fake_raises(arm, arm_help_svc, 0, 0, NULL);
		break;
	case PREFETCH:
		fake_raises(arm, arm_help_bkpt, 0, 0, NULL);
		break;
	case DATA:
		fake_abort_raises(arm, 0x5678, MEM_WRITE, &walk);
		break;
	default:
		guest_arm.input(arm, kind == IRQ ? ARM_INPUT_IRQ : ARM_INPUT_FIQ, true);
		guest_arm.interrupt(&arm->cpu);
		break;
	}
}

static const struct {
	const char *name;
	uint32_t vector, mode, lr_arm, lr_thumb, masks;
} expected[] = {
	[UNDEFINED] = { "undefined", 4, ARM_UND, 4, 2, ARM_PSR_I },
	[SVC] = { "svc", 8, ARM_SVC, 4, 2, ARM_PSR_I },
	[PREFETCH] = { "prefetch abort", 0xc, ARM_ABT, 4, 4, ARM_PSR_A | ARM_PSR_I },
	[DATA] = { "data abort", 0x10, ARM_ABT, 8, 8, ARM_PSR_A | ARM_PSR_I },
	[IRQ] = { "irq", 0x18, ARM_IRQ, 4, 4, ARM_PSR_A | ARM_PSR_I },
	[FIQ] = { "fiq", 0x1c, ARM_FIQ, 4, 4, ARM_PSR_A | ARM_PSR_I | ARM_PSR_F },
};

static void test_entry(enum kind kind, uint32_t mode, bool thumb)
{
	struct arm *arm = fake_arm("cortex-a9");
	uint32_t before = 0x60050000 | ARM_PSR_E | mode | (thumb ? ARM_PSR_T | 0x0400 : 0);
	uint32_t pc = 0x8124 | thumb;

	arm->c15.vbar = 0x40000;
	arm->cpu.pc = pc;
	arm->exclusive_address = 0x1000;
	arm_cpsr_write(arm, before, ~0u);
	arm->r[13] = 0x77;
	provoke(arm, kind);
	ok(arm->cpu.pc == 0x40000 + expected[kind].vector &&
		   arm_cpsr_read(arm) ==
			   (0x60050000 | expected[kind].mode | expected[kind].masks) &&
		   arm->spsr == before && arm->exclusive_address == 1 &&
		   arm->r[14] == 0x8124 + (thumb ? expected[kind].lr_thumb : expected[kind].lr_arm),
	   "%s from mode %#x, %s", expected[kind].name, mode, thumb ? "Thumb" : "ARM");
	fake_raises(arm, arm_help_exception_return, 0x8124, 0, NULL);
	ok(arm_cpsr_read(arm) == before && arm->cpu.pc == pc && arm->r[13] == 0x77,
	   "and back again");
}

static void test_vectors(void)
{
	struct arm *arm = fake_arm("cortex-a9");

	fake_raises(arm, arm_help_mcr, 0x1000f, arm->c15.sctlr | SCTLR_V | SCTLR_TE | SCTLR_EE,
		    NULL);
	fake_raises(arm, arm_help_svc, 0, 0, NULL);
	is(arm->cpu.pc, 0xffff0009, "high vectors, taken in Thumb state");
	ok(arm_cpsr_read(arm) & ARM_PSR_E, "and big-endian");
}

static void test_interrupt_masks(void)
{
	struct arm *arm = fake_arm("cortex-a9");

	guest_arm.input(arm, ARM_INPUT_IRQ, true);
	is(fake.notices, 1, "a rising input is noticed");
	ok(!guest_arm.interrupt(&arm->cpu), "a masked interrupt isn't taken");
	ok(guest_arm.wakes(&arm->cpu), "but ends WFI");
	fake_raises(arm, arm_help_wfi, 0, 0, NULL);
	ok(!arm->cpu.halted, "so that WFI doesn't sleep");
	fake_raises(arm, arm_help_cps, 0, ARM_PSR_I, NULL);
	is(fake.notices, 2, "unmasking it is noticed");
	guest_arm.input(arm, ARM_INPUT_FIQ, true);
	fake_raises(arm, arm_help_cps, 0, ARM_PSR_F, NULL);
	ok(guest_arm.interrupt(&arm->cpu), "both pending and unmasked");
	is(arm->psr & ARM_PSR_MODE, ARM_FIQ, "FIQ goes first");
	guest_arm.input(arm, ARM_INPUT_FIQ, false);
	guest_arm.input(arm, ARM_INPUT_IRQ, false);
	ok(!guest_arm.wakes(&arm->cpu), "nothing pending any more");
	fake_raises(arm, arm_help_wfi, 0, 0, NULL);
	ok(arm->cpu.halted, "now WFI sleeps");
}

static void count_service(struct arm *arm, void *context)
{
	++*(unsigned *)context;
	arm->r[0] = 42;
}

static void test_other_helpers(void)
{
	struct arm *arm = fake_arm("cortex-a7");
	uint64_t value;
	unsigned served = 0;

	ok(fake_raises(arm, arm_help_service, 0, 0, NULL), "HVC without firmware is undefined");
	set_mode(arm, ARM_SVC);
	arm->service = count_service;
	arm->service_context = &served;
	ok(!fake_raises(arm, arm_help_service, 0, 0, NULL) && served == 1 && arm->r[0] == 42,
	   "HVC calls the firmware");
	set_mode(arm, ARM_USR);
	ok(fake_raises(arm, arm_help_service, 0, 0, NULL) && served == 1,
	   "HVC is undefined in user mode");
	set_mode(arm, ARM_USR);
	ok(fake_raises(arm, arm_help_rfe, 0, 0, NULL), "RFE is undefined in user mode");
	set_mode(arm, ARM_SVC);
	arm->cpu.pc = 0x100;
	fake_raises(arm, arm_help_rfe, 0x2003, ARM_USR | ARM_PSR_T, &value);
	is(value, 0x2003, "RFE to Thumb");
	set_mode(arm, ARM_SVC);
	fake_raises(arm, arm_help_rfe, 0x2003, ARM_SYS, &value);
	is(value, 0x2000, "RFE to ARM");
	fake_raises(arm, arm_help_srs_set_sp, ARM_ABT, 0x9000, NULL);
	fake_raises(arm, arm_help_srs_sp, ARM_ABT, 0, &value);
	is(value, 0x9000, "SRS: another mode's sp");
	set_mode(arm, ARM_FIQ);
	fake_raises(arm, arm_help_user_write, 9, 0x99, NULL);
	ok(arm->r[9] != 0x99, "LDM of user registers leaves FIQ's alone");
	set_mode(arm, ARM_SVC);
	is(arm->r[9], 0x99, "and has reached the user's");
	fake_raises(arm, arm_help_user_write, 13, 0x13, NULL);
	fake_raises(arm, arm_help_user_read, 13, 0, &value);
	ok(value == 0x13 && arm->r[13] != 0x13, "the user's sp");
	fake_raises(arm, arm_help_wfe, 0, 0, NULL);
	is(fake.slice_ends, 1, "WFE without an event gives up the slice");
	fake_raises(arm, arm_help_sev, 0, 0, NULL);
	fake_raises(arm, arm_help_wfe, 0, 0, NULL);
	is(fake.slice_ends, 1, "WFE takes the event");
}

static void test_state(void)
{
	struct arm *arm = fake_arm("cortex-a7");
	size_t count;
	uint8_t *saved;

	arm->r[5] = 5;
	arm->v.d[31] = 31;
	arm->c15.dacr = 0x55;
	set_mode(arm, ARM_FIQ);
	ok(fake_save(arm), "saved");
	arm->r[5] = 0;
	arm->v.d[31] = 0;
	arm->c15.dacr = 0;
	set_mode(arm, ARM_USR);
	fake.drops = 0;
	ok(fake_load(arm) && arm->r[5] == 5 && arm->v.d[31] == 31 && arm->c15.dacr == 0x55 &&
		   (arm->psr & ARM_PSR_MODE) == ARM_FIQ,
	   "loaded");
	ok(fake.drops >= 1, "mappings are forgotten");
	saved = fake_saved(&count);
	for (size_t i = 0; i + 4 < count; i++) {
		if (saved[i] == (ARM_FIQ | 0xc0) && saved[i + 1] == 1 && !saved[i + 2])
			saved[i] = 0x15;
	}
	ok(!fake_load(arm), "an illegal mode is refused");
	ok(arm_bank(arm->psr) < BANKS, "but does no harm");
}

static void test_gdb(void)
{
	struct arm *arm = fake_arm("cortex-a9");
	uint32_t value = 0x8001, cpsr = 0x600001f3;
	uint64_t d;

	guest_arm.write_register(&arm->cpu, 16, &cpsr);
	guest_arm.write_register(&arm->cpu, 15, &value);
	is(arm->cpu.pc, 0x8001, "gdb sets the pc and keeps T");
	guest_arm.read_register(&arm->cpu, 15, &value);
	is(value, 0x8000, "gdb reads it without T");
	guest_arm.read_register(&arm->cpu, 16, &value);
	is(value, cpsr, "gdb's cpsr");
	d = 0x123456789abcdef0;
	guest_arm.write_register(&arm->cpu, 48, &d);
	is(arm->v.d[31], d, "gdb's d31");
	is_string(guest_arm.registers[48].name, "d31", "which has its name");
	is_string(guest_arm.registers[guest_arm.register_count - 1].name, "fpscr", "the last");
}

void test_exceptions(void)
{
	for (unsigned kind = 0; kind < COUNT_OF(expected); kind++) {
		for (unsigned m = 0; m < COUNT_OF(modes); m++) {
			/* Returning to the mode itself would need another SPSR. */
			if (modes[m] == expected[kind].mode)
				continue;
			test_entry((enum kind)kind, modes[m], false);
			test_entry((enum kind)kind, modes[m], true);
		}
	}
	test_vectors();
	test_interrupt_masks();
	test_other_helpers();
	test_state();
	test_gdb();
}

/* The seed of the random test may be given. */
int main(int argc, char **argv)
{
	test_modes();
	test_exceptions();
	test_cp15();
	test_mmu();
	test_lpae();
	test_timer();
	test_random(argc > 1 ? strtoull(argv[1], NULL, 0) : 1);
	return done();
}
