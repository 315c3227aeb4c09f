/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The performance monitors of ARMv7 (ARM DDI 0406C, C12), CP15 c9: the cycle counter
 * and event counters for software increments, cycles and instructions.  An instruction
 * counts as one cycle; counters are brought up to date when they are looked at.
 *
 * Not modelled: other events (they stay 0), the overflow interrupt, event filtering by
 * mode.
 */
#include "guest/arm/system.h"

#define PMCR_E 1u
#define PMCR_P 2u
#define PMCR_C 4u
#define PMCR_D 8u
#define PMCR_WRITABLE 0x39u /* DP X D E */
#define CYCLE_COUNTER (1u << 31)
#define CYCLE_DIVISOR 64u

enum pmu_event {
	EVENT_SOFTWARE = 0x00,
	EVENT_INSTRUCTIONS = 0x08,
	EVENT_CYCLES = 0x11,
	EVENT_A9_INSTRUCTIONS = 0x68, /* passed the register rename stage */
};

static uint32_t pmu_counters(const struct arm *arm)
{
	return CYCLE_COUNTER | ((1u << arm->model->event_counters) - 1);
}

static void count_event(struct arm *arm, unsigned n, uint64_t by)
{
	uint64_t sum = arm->c15.pmxevcntr[n] + by;

	arm->c15.pmxevcntr[n] = (uint32_t)sum;
	if (sum >> 32)
		arm->c15.pmovsr |= 1u << n;
}

static void count_cycles(struct arm *arm, uint64_t by)
{
	struct arm_cp15 *c = &arm->c15;

	if (c->pmcr & PMCR_D) {
		by += c->pm_prescale;
		c->pm_prescale = by % CYCLE_DIVISOR;
		by /= CYCLE_DIVISOR;
	}
	by += c->pmccntr;
	c->pmccntr = (uint32_t)by;
	if (by >> 32)
		c->pmovsr |= CYCLE_COUNTER;
}

static void pmu_catch_up(struct arm *arm)
{
	struct arm_cp15 *c = &arm->c15;
	uint64_t now = cpu_executed(&arm->cpu), passed = now - c->pm_seen;

	c->pm_seen = now;
	if (!(c->pmcr & PMCR_E))
		return;
	if (c->pmcnten & CYCLE_COUNTER)
		count_cycles(arm, passed);
	for (unsigned i = 0; i < arm->model->event_counters; i++) {
		unsigned event = c->pmxevtyper[i] & 0xff;

		if (c->pmcnten >> i & 1 && (event == EVENT_CYCLES || event == EVENT_INSTRUCTIONS ||
					    event == EVENT_A9_INSTRUCTIONS))
			count_event(arm, i, passed);
	}
}

static uint32_t read_pmcr(const struct arm *arm)
{
	/* Implementer ARM; the code is the low byte of the part number. */
	return 0x41000000 | (arm->model->midr >> 4 & 0xff) << 16 |
	       (uint32_t)arm->model->event_counters << 11 | arm->c15.pmcr;
}

static void write_pmcr(struct arm *arm, uint32_t value)
{
	arm->c15.pmcr = value & PMCR_WRITABLE;
	if (value & PMCR_P) {
		for (unsigned i = 0; i < arm->model->event_counters; i++)
			arm->c15.pmxevcntr[i] = 0;
	}
	if (value & PMCR_C)
		arm->c15.pmccntr = arm->c15.pm_prescale = 0;
}

static void software_increment(struct arm *arm, uint32_t counters)
{
	const struct arm_cp15 *c = &arm->c15;

	if (!(c->pmcr & PMCR_E))
		return;
	for (unsigned i = 0; i < arm->model->event_counters; i++) {
		if (counters & c->pmcnten & 1u << i && (c->pmxevtyper[i] & 0xff) == EVENT_SOFTWARE)
			count_event(arm, i, 1);
	}
}

/* The selected counter's register, or NULL: there is no such counter. */
static uint32_t *selected_counter(struct arm *arm, unsigned opc2)
{
	unsigned n = arm->c15.pmselr & 31;

	if (n >= arm->model->event_counters)
		return NULL;
	return opc2 == 1 ? &arm->c15.pmxevtyper[n] : &arm->c15.pmxevcntr[n];
}

void arm_pmu_reset(struct arm *arm)
{
	arm->c15.pm_seen = cpu_executed(&arm->cpu);
}

uint32_t arm_pmu_read(struct arm *arm, unsigned crm, unsigned opc2)
{
	const struct arm_cp15 *c = &arm->c15;
	const uint32_t *selected;

	pmu_catch_up(arm);
	switch (crm << 4 | opc2) {
	case 0xc0:
		return read_pmcr(arm);
	case 0xc1: /* PMCNTENSET, PMCNTENCLR */
	case 0xc2:
		return c->pmcnten;
	case 0xc3: /* PMOVSR, PMOVSSET */
	case 0xe3:
		return c->pmovsr;
	case 0xc5:
		return c->pmselr;
	case 0xc6: /* PMCEID0 */
		return 1u << EVENT_SOFTWARE | 1u << EVENT_INSTRUCTIONS | 1u << EVENT_CYCLES;
	case 0xd0:
		return c->pmccntr;
	case 0xd1: /* PMXEVTYPER, PMXEVCNTR */
	case 0xd2:
		selected = selected_counter(arm, opc2);
		return selected ? *selected : 0;
	case 0xe0:
		return c->pmuseren;
	case 0xe1: /* PMINTENSET, PMINTENCLR */
	case 0xe2:
		return c->pminten;
	default: /* PMSWINC, PMCEID1 */
		return 0;
	}
}

void arm_pmu_write(struct arm *arm, unsigned crm, unsigned opc2, uint32_t value)
{
	struct arm_cp15 *c = &arm->c15;
	uint32_t counters = value & pmu_counters(arm), *selected;

	pmu_catch_up(arm);
	switch (crm << 4 | opc2) {
	case 0xc0:
		write_pmcr(arm, value);
		break;
	case 0xc1:
		c->pmcnten |= counters;
		break;
	case 0xc2:
		c->pmcnten &= ~counters;
		break;
	case 0xc3:
		c->pmovsr &= ~counters;
		break;
	case 0xc4:
		software_increment(arm, counters);
		break;
	case 0xc5:
		c->pmselr = value & 31;
		break;
	case 0xd0:
		c->pmccntr = value;
		break;
	case 0xd1:
	case 0xd2:
		selected = selected_counter(arm, opc2);
		if (selected)
			*selected = value;
		break;
	case 0xe0:
		c->pmuseren = value & 1;
		break;
	case 0xe1:
		c->pminten |= counters;
		break;
	case 0xe2:
		c->pminten &= ~counters;
		break;
	case 0xe3:
		c->pmovsr |= counters;
		break;
	default:
		break;
	}
}
