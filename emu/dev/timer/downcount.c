/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Counting down lazily, for SP804, SP805 and the Cortex-A9's timers.  All divisions
 * are of unsigned numbers and rounded down; a tick that has begun has come.
 */
#include "downcount.h"

uint64_t ticks_now(struct clock *clock, uint32_t hz)
{
	return clock_scale(clock_now(clock), hz, (uint32_t)NS_PER_SECOND);
}

uint64_t ticks_to_ns(uint64_t tick, uint32_t hz)
{
	uint64_t ns = clock_scale(tick, (uint32_t)NS_PER_SECOND, hz);

	return ns + (clock_scale(ns, hz, (uint32_t)NS_PER_SECOND) < tick);
}

/* Counts from now to the next 0; 0 if there is none. */
static uint64_t downcount_first(const struct downcount *d)
{
	if (d->value)
		return d->value;
	if (d->once)
		return 0;
	return (uint64_t)d->reload + !d->shared_zero;
}

/* The value `counts` after it was 0. */
static uint32_t downcount_after_zero(const struct downcount *d, uint64_t counts)
{
	if (d->shared_zero)
		return (uint32_t)(d->reload - counts);
	return counts ? (uint32_t)(d->reload - (counts - 1)) : 0;
}

bool downcount_sync(struct downcount *d, uint64_t now)
{
	uint64_t first = downcount_first(d);
	uint64_t counts, period = (uint64_t)d->reload + !d->shared_zero;

	if (now < d->origin)
		return false;
	if (!d->running || !first) {
		d->origin = now;
		return false;
	}
	counts = (now - d->origin) / d->divisor;
	d->origin += counts * d->divisor;
	if (counts < first) {
		if (d->value)
			d->value -= (uint32_t)counts;
		else if (counts)
			d->value = downcount_after_zero(d, counts);
		return false;
	}
	if (d->once || !period)
		d->value = 0;
	else
		d->value = downcount_after_zero(d, (counts - first) % period);
	return true;
}

uint64_t downcount_next(const struct downcount *d)
{
	uint64_t first = downcount_first(d);

	return d->running && first ? d->origin + first * d->divisor : TICK_NEVER;
}

void downcount_start(struct downcount *d, uint64_t now, bool running, uint32_t divisor)
{
	if (d->running != running || d->divisor != divisor)
		d->origin = now;
	d->running = running;
	d->divisor = divisor;
}

void downcount_alarm(const struct downcount *d, struct alarm *alarm, uint32_t hz, bool wanted)
{
	uint64_t next = wanted ? downcount_next(d) : TICK_NEVER;

	if (next == TICK_NEVER)
		alarm_cancel(alarm);
	else
		alarm_set(alarm, ticks_to_ns(next, hz));
}

void downcount_state(struct downcount *d, struct archive *a)
{
	archive_u64(a, "origin", &d->origin);
	archive_u32(a, "value", &d->value);
	archive_u32(a, "reload", &d->reload);
	archive_u32(a, "divisor", &d->divisor);
	archive_bool(a, "shared_zero", &d->shared_zero);
	archive_bool(a, "once", &d->once);
	archive_bool(a, "running", &d->running);
	archive_require(a, d->divisor >= 1 && d->divisor <= 0x10000);
	archive_require(a, d->origin < (1ull << 62));
	if (archive_failed(a))
		*d = (struct downcount){ .divisor = 1 };
}
