/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A counter that counts down at a fixed rate, without an event a tick: its value is
 * computed when somebody looks.  Times are ticks of the undivided input clock since
 * the machine's start, see ticks_now.
 *
 * From `value` it counts to 0, which is the event; then on from `reload` -- in the
 * same tick if `shared_zero`, so that the period is `reload`, otherwise in the next
 * one, so that the period is reload + 1 -- or, with `once`, it stays 0.
 */
#ifndef EMU_DEV_TIMER_DOWNCOUNT_H
#define EMU_DEV_TIMER_DOWNCOUNT_H

#include <emu/archive.h>
#include <emu/clock.h>

struct downcount {
	uint64_t origin; /* tick at which it had `value` */
	uint32_t value, reload;
	uint32_t divisor; /* input ticks a count, not 0 */
	bool shared_zero, once, running;
};

#define TICK_NEVER UINT64_MAX

uint64_t ticks_now(struct clock *clock, uint32_t hz);

/* The first moment at which that tick has come. */
uint64_t ticks_to_ns(uint64_t tick, uint32_t hz);

/* Brings origin and value up to `now`.  Returns whether it has become 0 on the way. */
bool downcount_sync(struct downcount *d, uint64_t now);

/* When it becomes 0 next, TICK_NEVER if it won't; after a sync. */
uint64_t downcount_next(const struct downcount *d);

/* Starts, stops or changes the rate, after a sync. */
void downcount_start(struct downcount *d, uint64_t now, bool running, uint32_t divisor);

/* Sets the alarm for the next 0, or cancels it unless `wanted`. */
void downcount_alarm(const struct downcount *d, struct alarm *alarm, uint32_t hz, bool wanted);

void downcount_state(struct downcount *d, struct archive *a);

#endif
