/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A machine's time: virtual nanoseconds since it was made, and alarms on it.
 * Two policies: real time follows the host's clock and catches up after stalls;
 * deterministic time advances with executed guest instructions and jumps to the
 * next alarm when the CPU is idle, so that two runs are identical.
 *
 * vCPU thread only.  Alarms run between guest instructions, in order of time and,
 * for equal times, of setting; a callback may set or cancel any alarm.
 */
#ifndef EMU_CLOCK_H
#define EMU_CLOCK_H

#include <emu/types.h>

struct archive;
struct clock;

typedef void alarm_fn(void *context);

#define ALARM_NEVER UINT64_MAX

struct alarm {
	struct clock *clock;
	alarm_fn *fire;
	void *context;
	uint64_t at_ns;   /* ALARM_NEVER while not set */
	uint64_t order;   /* the clock's */
	unsigned heap_at; /* the clock's */
};

/* A chip creates its alarms once, when it is created. */
void alarm_init(struct alarm *alarm, struct clock *clock, alarm_fn *fire, void *context);
void alarm_set(struct alarm *alarm, uint64_t at_ns);
void alarm_cancel(struct alarm *alarm);

/* Saves or restores whether it is set, and for when. */
void alarm_state(struct alarm *alarm, struct archive *a, const char *name);

uint64_t clock_now(struct clock *clock);

/* Seconds since 1970 as the guest's calendar clock should show them: the host's
 * at start plus virtual time; deterministic: a fixed date plus virtual time. */
uint64_t clock_calendar(struct clock *clock);

/* value * numerator / denominator without overflow of the product. */
uint64_t clock_scale(uint64_t value, uint32_t numerator, uint32_t denominator);

#endif
