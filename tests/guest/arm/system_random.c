/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random system instructions with random operands in any order, and saved states with
 * random damage: whatever a guest does, the ARM guest's system part keeps its
 * invariants, and no banked stack pointer gets lost.
 */
#include "fake_core.h"
#include "tap.h"

#define STEPS 200000
#define LOADS 2000

static uint64_t random_state;

static uint32_t random_word(void)
{
	random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(random_state >> 32);
}

static ir_fn *const helpers[] = {
	arm_help_undefined,  arm_help_svc,        arm_help_bkpt,      arm_help_service,
	arm_help_wfi,        arm_help_wfe,        arm_help_sev,       arm_help_yield,
	arm_help_cpsr_write, arm_help_spsr_write, arm_help_cpsr_read, arm_help_exception_return,
	arm_help_rfe,        arm_help_cps,        arm_help_setend,    arm_help_user_read,
	arm_help_srs_sp,     arm_help_mrc,        arm_help_mcr,       arm_help_mrrc,
	arm_help_mcrr,       arm_help_cpsr_write, arm_help_cps,
};

static bool holds_together(const struct arm *arm)
{
	return arm_mode_is_legal(arm->psr & ARM_PSR_MODE) && !(arm->psr & ~0x3dfu) &&
	       arm->cf <= 1 && arm->vf <= 1 && arm->qf <= 1 && arm->ge <= 15 && arm->it <= 255 &&
	       (arm->cpu.pc & 1 || !(arm->cpu.pc & 2)) && arm->space_current < MEM_SPACES &&
	       arm->space_user_current < MEM_SPACES && arm->space_user[arm->space_user_current] &&
	       arm->space_user[arm->space_current] == !arm_privileged(arm);
}

/* Encodings near those that exist, and operands with few bits. */
static uint32_t random_encoding(void)
{
	uint32_t e = random_word() & 0xfff7f;

	return (e & ~0xfu) | (random_word() & 7 ? 15 : 14);
}

static uint32_t random_operand(void)
{
	static const uint32_t interesting[] = { 0, ~0u, ARM_USR, ARM_FIQ, ARM_SVC, ARM_ABT, 1 };
	uint32_t w = random_word();

	return w & 1 ? interesting[w % COUNT_OF(interesting)] : random_word();
}

static bool banked_sps_are(struct arm *arm, const uint32_t sp[BANKS])
{
	static const uint32_t mode[BANKS] = {
		ARM_USR, ARM_FIQ, ARM_IRQ, ARM_SVC, ARM_ABT, ARM_UND
	};

	for (unsigned i = 0; i < BANKS; i++) {
		if (*arm_banked_register(arm, mode[i], 13) != sp[i])
			return false;
	}
	return true;
}

static void random_step(struct arm *arm, uint32_t sp[BANKS])
{
	ir_fn *helper = helpers[random_word() % COUNT_OF(helpers)];
	bool coprocessor = helper == arm_help_mrc || helper == arm_help_mcr ||
			   helper == arm_help_mrrc || helper == arm_help_mcrr;
	struct mem_walk walk;

	switch (random_word() & 15) {
	case 0:
		arm->r[13] = sp[arm_bank(arm->psr)] = random_word();
		break;
	case 1:
		guest_arm.input(arm, random_word() & 1, random_word() & 1);
		guest_arm.interrupt(&arm->cpu);
		break;
	case 2:
		guest_arm.walk(&arm->cpu, random_word(), random_word() & 3, MEM_WRITE, false,
			       &walk);
		break;
	case 3:
		fake.now_ns += random_word();
		fake.executed += random_word() & 0xffff;
		break;
	default:
		fake_raises(arm, helper, coprocessor ? random_encoding() : random_operand(),
			    random_operand(), NULL);
		break;
	}
}

static void test_random_steps(void)
{
	struct arm *arm = fake_arm("cortex-a7");
	uint32_t sp[BANKS] = { 0 };

	for (uint32_t i = 0; i < FAKE_RAM_BYTES; i += 4)
		fake_poke(i, random_word());
	for (unsigned i = 0; i < STEPS; i++) {
		uint32_t before = arm->psr;

		random_step(arm, sp);
		if (!holds_together(arm) || !banked_sps_are(arm, sp)) {
			ok(false, "step %u, psr %#x before, %#x after", i, before, arm->psr);
			return;
		}
	}
	ok(true, "%u random steps", STEPS);
}

static void test_random_loads(void)
{
	struct arm *arm = fake_arm("cortex-a7");
	unsigned loaded = 0, broken = 0;
	size_t count;

	fake_save(arm);
	for (unsigned i = 0; i < LOADS; i++) {
		uint8_t *saved = fake_saved(&count), *byte = &saved[random_word() % count];
		uint8_t was = *byte;

		*byte ^= (uint8_t)(1u << (random_word() & 7));
		if (fake_load(arm)) {
			loaded++;
			broken += !holds_together(arm);
		}
		*byte = was;
	}
	is(broken, 0, "%u of %u damaged states were loaded, all consistent", loaded, LOADS);
	ok(loaded > 0 && loaded < LOADS, "and some were not");
}

void test_random(uint64_t seed)
{
	random_state = seed;
	diag("seed %llu", (unsigned long long)seed);
	test_random_steps();
	test_random_loads();
}
