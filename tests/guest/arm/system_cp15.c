/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The ARM guest's coprocessors 15 and 14 and its timer, without a core.
 */
#include "fake_core.h"
#include "guest/arm/gtimer.h"
#include "tap.h"

#define CP(cp, crn, opc1, crm, opc2)                                                               \
	((uint32_t)(crn) << 16 | (opc1) << 12 | (crm) << 8 | (opc2) << 4 | (cp))
#define CP15(crn, opc1, crm, opc2) CP(15, crn, opc1, crm, opc2)

static uint32_t mrc(struct arm *arm, uint32_t encoding)
{
	uint64_t value = 0;

	if (fake_raises(arm, arm_help_mrc, encoding, 0, &value))
		return 0xdead0000;
	return (uint32_t)value;
}

static bool mcr(struct arm *arm, uint32_t encoding, uint32_t value)
{
	return !fake_raises(arm, arm_help_mcr, encoding, value, NULL);
}

/* Whether an access is defined; the mode is put back. */
static bool may(struct arm *arm, uint32_t encoding, uint32_t mode, bool write)
{
	uint32_t before = arm->psr & ARM_PSR_MODE;
	bool raised;

	arm_cpsr_write(arm, mode, ARM_PSR_MODE);
	raised = fake_raises(arm, write ? arm_help_mcr : arm_help_mrc, encoding, 0, NULL);
	arm_cpsr_write(arm, before, ARM_PSR_MODE);
	return !raised;
}

static void test_identification(void)
{
	struct arm *arm = fake_arm("cortex-a9");

	is(mrc(arm, CP15(0, 0, 0, 0)), 0x410fc090, "MIDR of the A9");
	is(mrc(arm, CP15(0, 0, 0, 5)) >> 30, 3, "MPIDR: uniprocessor");
	is(mrc(arm, CP15(0, 0, 1, 4)) & 15, 3, "ID_MMFR0: VMSAv7");
	is(mrc(arm, CP15(0, 0, 2, 7)), 0, "reserved identification registers are 0");
	is(mrc(arm, CP15(0, 0, 7, 7)), 0, "to the last");
	ok(!may(arm, CP15(0, 0, 8, 0), ARM_SVC, false), "what follows is undefined");
	is(mrc(arm, CP(14, 0, 0, 0, 0)) >> 16 & 15, 4, "DBGDIDR: baseline");
	ok(!may(arm, CP15(14, 0, 0, 0), ARM_SVC, false), "the A9 has no generic timer");
	ok(may(arm, CP15(15, 0, 0, 1), ARM_SVC, true), "but a diagnostic register");
	arm = fake_arm("cortex-a7");
	is(mrc(arm, CP15(0, 0, 0, 0)), 0x410fc075, "MIDR of the A7");
	is(mrc(arm, CP15(0, 0, 1, 1)) >> 16 & 15, 1, "ID_PFR1: generic timer");
	is(mrc(arm, CP15(14, 0, 0, 0)), 62500000, "CNTFRQ");
	ok(!may(arm, CP15(15, 0, 0, 1), ARM_SVC, true), "no diagnostic register on the A7");
	mcr(arm, CP15(0, 2, 0, 0), 2);
	is(mrc(arm, CP15(0, 1, 0, 0)), arm->model->ccsidr_l2, "CCSIDR by CSSELR");
	ok(fake_arm("cortex-m0") == NULL, "an unknown model is refused");
}

static void test_rights(void)
{
	static const struct {
		const char *name;
		uint32_t encoding;
		bool user_read, user_write, read, write;
	} rows[] = {
		{ "MIDR", CP15(0, 0, 0, 0), false, false, true, false },
		{ "SCTLR", CP15(1, 0, 0, 0), false, false, true, true },
		{ "DFAR", CP15(6, 0, 0, 0), false, false, true, true },
		{ "ICIALLU", CP15(7, 0, 5, 0), false, false, false, true },
		{ "CP15ISB", CP15(7, 0, 5, 4), false, true, false, true },
		{ "TLBIALL", CP15(8, 0, 7, 0), false, false, false, true },
		{ "PMCR", CP15(9, 0, 12, 0), false, false, true, true },
		{ "PMUSERENR", CP15(9, 0, 14, 0), true, false, true, true },
		{ "TPIDRURW", CP15(13, 0, 0, 2), true, true, true, true },
		{ "TPIDRURO", CP15(13, 0, 0, 3), true, false, true, true },
		{ "TPIDRPRW", CP15(13, 0, 0, 4), false, false, true, true },
		{ "SCR", CP15(1, 0, 1, 0), false, false, false, false },
		{ "TEECR", CP(14, 0, 6, 0, 0), true, false, true, true },
		{ "nothing", CP15(4, 0, 0, 0), false, false, false, false },
	};
	struct arm *arm = fake_arm("cortex-a9");

	for (unsigned i = 0; i < COUNT_OF(rows); i++) {
		ok(may(arm, rows[i].encoding, ARM_USR, false) == rows[i].user_read &&
			   may(arm, rows[i].encoding, ARM_USR, true) == rows[i].user_write &&
			   may(arm, rows[i].encoding, ARM_SVC, false) == rows[i].read &&
			   may(arm, rows[i].encoding, ARM_SVC, true) == rows[i].write,
		   "rights for %s", rows[i].name);
	}
	mcr(arm, CP15(9, 0, 14, 0), 1);
	ok(may(arm, CP15(9, 0, 13, 0), ARM_USR, false), "PMUSERENR opens PMCCNTR");
	is(arm_cp15_slot(arm, CP15(13, 0, 0, 3), 0, false), offsetof(struct arm, tpidr[1]),
	   "TPIDRURO is a slot to read in user mode");
	is(arm_cp15_slot(arm, CP15(13, 0, 0, 3), 0, true), 0, "but not to write");
	is(arm_cp15_slot(arm, CP15(13, 0, 0, 3), ARM_MODE_PRIVILEGED, true),
	   offsetof(struct arm, tpidr[1]), "unless privileged");
	is(arm_cp15_slot(arm, CP15(1, 0, 0, 0), ARM_MODE_PRIVILEGED, false), 0, "SCTLR is none");
	ok(arm_cp15_ends_block(CP15(3, 0, 0, 0)) && !arm_cp15_ends_block(CP15(7, 0, 10, 1)),
	   "DACR ends blocks, DCCMVAC doesn't");
}

/* Every encoding there can be, in both directions and modes: nothing breaks. */
static void test_all_encodings(void)
{
	static const char *const models[] = { "cortex-a9", "cortex-a7", "cortex-a15" };
	unsigned defined = 0;

	for (unsigned m = 0; m < COUNT_OF(models); m++) {
		struct arm *arm = fake_arm(models[m]);

		for (uint32_t e = 0; e < 1u << 20; e += 16) {
			if (e & 0x8000 || e & 0x80)
				continue;
			for (unsigned how = 0; how < 8; how++)
				defined += may(arm, e | 14 | (how >> 2 & 1),
					       how & 1 ? ARM_USR : ARM_SVC, how & 2);
		}
	}
	ok(defined > 600, "all encodings tried, %u accesses defined", defined);
}

static void test_effects(void)
{
	struct arm *arm = fake_arm("cortex-a9");

	mcr(arm, CP15(2, 0, 0, 0), 0x4000);
	is(fake.flushes, 1, "a new TTBR0 flushes");
	mcr(arm, CP15(2, 0, 0, 0), 0x4000);
	is(fake.flushes, 1, "the same doesn't");
	mcr(arm, CP15(13, 0, 0, 1), 0x100);
	is(fake.flushes, 1, "a process number doesn't");
	mcr(arm, CP15(13, 0, 0, 1), 0x101);
	is(fake.flushes, 2, "an address space number does");
	mcr(arm, CP15(8, 0, 7, 2), 1);
	is(fake.flushes, 3, "TLBIASID");
	mcr(arm, CP15(8, 0, 3, 1), 0x12345678);
	ok(fake.address_flushes == 1 && fake.flushed_address == 0x12345000, "TLBIMVAIS");
	fake.drops = 0;
	mcr(arm, CP15(1, 0, 0, 0), mrc(arm, CP15(1, 0, 0, 0)) | SCTLR_I | SCTLR_C);
	is(fake.drops, 0, "enabling caches changes no mappings");
	mcr(arm, CP15(1, 0, 0, 0), mrc(arm, CP15(1, 0, 0, 0)) | SCTLR_M);
	is(fake.drops, 1, "enabling the MMU does");
	mcr(arm, CP15(1, 0, 0, 0), 0);
	is(mrc(arm, CP15(1, 0, 0, 0)), 0x00c50078, "bits that are set at reset stay");
	mcr(arm, CP15(1, 0, 0, 0), ~0u);
	is(mrc(arm, CP15(1, 0, 0, 0)) & (SCTLR_WXN | 1u << 17), 0, "what the A9 hasn't stays 0");
	mcr(arm, CP15(1, 0, 0, 2), ~0u);
	is(mrc(arm, CP15(1, 0, 0, 2)), 0x00f00000, "CPACR: VFP only");
	mcr(arm, CP15(12, 0, 0, 0), 0x1234567f);
	is(mrc(arm, CP15(12, 0, 0, 0)), 0x12345660, "VBAR is aligned");
	guest_arm.input(arm, ARM_INPUT_FIQ, true);
	is(mrc(arm, CP15(12, 0, 1, 0)), ARM_PSR_F, "ISR");
	arm->peripheral_base = 0x1e000000;
	is(mrc(arm, CP15(15, 4, 0, 0)), 0x1e000000, "CBAR");
}

static void test_monitor(void)
{
	struct arm *arm = fake_arm("cortex-a7");

	is(mrc(arm, CP15(9, 0, 12, 0)), 0x41072000, "PMCR: identification and 4 counters");
	fake.executed = 100;
	mcr(arm, CP15(9, 0, 12, 1), 1u << 31 | 3);
	mcr(arm, CP15(9, 0, 12, 5), 1);
	mcr(arm, CP15(9, 0, 13, 1), 0x11);
	mcr(arm, CP15(9, 0, 13, 2), 0xffffffff);
	mcr(arm, CP15(9, 0, 12, 0), 1);
	fake.executed = 300;
	is(mrc(arm, CP15(9, 0, 13, 0)), 200, "cycles since it was enabled");
	is(mrc(arm, CP15(9, 0, 13, 2)), 199, "an event counter wraps");
	is(mrc(arm, CP15(9, 0, 12, 3)), 2, "and says so");
	mcr(arm, CP15(9, 0, 12, 4), 3);
	mcr(arm, CP15(9, 0, 12, 5), 0);
	is(mrc(arm, CP15(9, 0, 13, 2)), 1, "a software increment");
	mcr(arm, CP15(9, 0, 12, 0), 1 | 4 | 8);
	fake.executed = 300 + 64 * 3 + 63;
	is(mrc(arm, CP15(9, 0, 13, 0)), 3, "divided by 64");
	fake.executed++;
	is(mrc(arm, CP15(9, 0, 13, 0)), 4, "with the remainder kept");
	mcr(arm, CP15(9, 0, 12, 5), 31);
	mcr(arm, CP15(9, 0, 13, 2), 5);
	is(mrc(arm, CP15(9, 0, 13, 2)), 0, "no such event counter");
}

void test_cp15(void)
{
	test_identification();
	test_rights();
	test_all_encodings();
	test_effects();
	test_monitor();
}

static bool line_level;

static void set_line(void *sink, unsigned input, bool level)
{
	(void)sink;
	if (input == 27)
		line_level = level;
}

#define MRRC(opc1) ((opc1) << 12 | 14 << 8 | 15)

void test_timer(void)
{
	struct arm *arm = fake_arm("cortex-a7");
	struct arm_timer *t = &arm->timer[ARM_TIMER_VIRTUAL];
	uint64_t value;

	line_level = false;
	arm_timer_connect(arm, ARM_TIMER_VIRTUAL, (struct irq){ .set = set_line, .input = 27 });
	fake.now_ns = 1600;
	ok(!fake_raises(arm, arm_help_mrrc, MRRC(1), 0, &value) && value == 100, "CNTVCT");
	mcr(arm, CP15(14, 0, 3, 0), 50);
	mcr(arm, CP15(14, 0, 3, 1), 1);
	fake_raises(arm, arm_help_mrrc, MRRC(3), 0, &value);
	is(value, 150, "CNTV_CVAL from CNTV_TVAL");
	is(t->alarm.at_ns, 2400, "the alarm is set");
	fake.now_ns = 2399;
	is(mrc(arm, CP15(14, 0, 3, 1)), 1, "not yet");
	fake.now_ns = 2400;
	t->alarm.fire(t->alarm.context);
	ok(line_level, "the line rises");
	is(mrc(arm, CP15(14, 0, 3, 1)), 5, "ISTATUS");
	mcr(arm, CP15(14, 0, 3, 1), 3);
	ok(!line_level, "IMASK lowers it");
	mcr(arm, CP15(14, 0, 3, 1), 1);
	ok(line_level, "and gives way");
	fake_raises(arm, arm_help_mcrr, MRRC(3), UINT64_MAX, NULL);
	ok(!line_level && t->alarm.at_ns == ALARM_NEVER, "a compare value beyond time");
	is(mrc(arm, CP15(14, 0, 3, 0)), 0xffffffff - 150, "CNTV_TVAL counts down");
	ok(fake_raises(arm, arm_help_mcrr, MRRC(1), 0, NULL), "CNTVCT can't be written");
	arm_cpsr_write(arm, ARM_USR, ARM_PSR_MODE);
	ok(fake_raises(arm, arm_help_mrrc, MRRC(1), 0, &value), "nor read by the user");
	mcr(arm, CP15(14, 0, 1, 0), 2);
	arm_cpsr_write(arm, ARM_USR, ARM_PSR_MODE);
	ok(!fake_raises(arm, arm_help_mrrc, MRRC(1), 0, &value), "unless CNTKCTL says so");
	ok(fake_raises(arm, arm_help_mrrc, MRRC(0), 0, &value), "for this counter only");
}
