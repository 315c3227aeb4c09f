/* SPDX-License-Identifier: BSD-2-Clause
 *
 * See gtimer.h.  A timer's condition holds while the counter is not below the compare
 * value, both unsigned (B8.1.5); its alarm is set for the moment when that begins.
 *
 * Not modelled: the event stream (CNTKCTL.EVNTEN only reads back), CNTVOFF.
 */
#include "guest/arm/gtimer.h"

#include <emu/archive.h>

#include "guest/arm/system.h"

#define CTL_ENABLE 1u
#define CTL_IMASK 2u
#define CTL_ISTATUS 4u

uint64_t arm_timer_count(const struct arm *arm)
{
	return clock_now(arm->cpu.clock) / ARM_TIMER_TICK_NS;
}

static bool timer_expired(const struct arm *arm, const struct arm_timer *t)
{
	return arm_timer_count(arm) >= t->compare;
}

static void timer_update(struct arm *arm, struct arm_timer *t)
{
	bool running = t->control & CTL_ENABLE, expired = timer_expired(arm, t);

	irq_set(&t->line, running && expired && !(t->control & CTL_IMASK));
	if (running && !expired && t->compare < ALARM_NEVER / ARM_TIMER_TICK_NS)
		alarm_set(&t->alarm, t->compare * ARM_TIMER_TICK_NS);
	else
		alarm_cancel(&t->alarm);
}

static void virtual_timer_fires(void *context)
{
	struct arm *arm = context;

	timer_update(arm, &arm->timer[ARM_TIMER_VIRTUAL]);
}

static void physical_timer_fires(void *context)
{
	struct arm *arm = context;

	timer_update(arm, &arm->timer[ARM_TIMER_PHYSICAL]);
}

void arm_timer_create(struct arm *arm)
{
	alarm_init(&arm->timer[ARM_TIMER_VIRTUAL].alarm, arm->cpu.clock, virtual_timer_fires, arm);
	alarm_init(&arm->timer[ARM_TIMER_PHYSICAL].alarm, arm->cpu.clock, physical_timer_fires,
		   arm);
}

void arm_timer_connect(struct arm *arm, enum arm_timer_which which, struct irq line)
{
	arm->timer[which].line = line;
}

void arm_timer_reset(struct arm *arm)
{
	arm->c15.cntfrq = ARM_TIMER_HZ;
	arm->c15.cntkctl = 0;
	for (unsigned i = 0; i < ARM_TIMERS; i++) {
		arm->timer[i].compare = 0;
		arm->timer[i].control = 0;
		timer_update(arm, &arm->timer[i]);
	}
}

void arm_timer_state(struct arm *arm, struct archive *a)
{
	archive_u32(a, "cntfrq", &arm->c15.cntfrq);
	archive_u32(a, "cntkctl", &arm->c15.cntkctl);
	for (unsigned i = 0; i < ARM_TIMERS; i++) {
		archive_u64(a, "timer_compare", &arm->timer[i].compare);
		archive_u32(a, "timer_control", &arm->timer[i].control);
		archive_bool(a, "timer_line", &arm->timer[i].line.level);
		archive_require(a, arm->timer[i].control <= (CTL_ENABLE | CTL_IMASK));
		alarm_state(&arm->timer[i].alarm, a, "timer_alarm");
	}
}

uint32_t arm_timer_read_value(const struct arm *arm, enum arm_timer_which which)
{
	return (uint32_t)(arm->timer[which].compare - arm_timer_count(arm));
}

void arm_timer_write_value(struct arm *arm, enum arm_timer_which which, uint32_t value)
{
	uint64_t extended = (uint64_t)(int64_t)(int32_t)value;

	arm_timer_write_compare(arm, which, arm_timer_count(arm) + extended);
}

uint32_t arm_timer_read_control(const struct arm *arm, enum arm_timer_which which)
{
	const struct arm_timer *t = &arm->timer[which];
	bool status = t->control & CTL_ENABLE && timer_expired(arm, t);

	return t->control | (status ? CTL_ISTATUS : 0);
}

void arm_timer_write_control(struct arm *arm, enum arm_timer_which which, uint32_t value)
{
	arm->timer[which].control = value & (CTL_ENABLE | CTL_IMASK);
	timer_update(arm, &arm->timer[which]);
}

void arm_timer_write_compare(struct arm *arm, enum arm_timer_which which, uint64_t value)
{
	arm->timer[which].compare = value;
	timer_update(arm, &arm->timer[which]);
}
