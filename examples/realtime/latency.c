/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Latencies of a periodic task, see latency.h.
 */
#include "latency.h"

#include <stdio.h>

#define LATENCY_EXACT_US 1022 /* points so near are exact to the microsecond */

typedef unsigned long long ull;

void latency_init(struct latency *l, uint32_t period_us)
{
	*l = (struct latency){ .period_us = period_us, .min_us = ~0ull };
}

static unsigned latency_bucket(uint64_t us)
{
	unsigned bucket = us ? 64 - (unsigned)__builtin_clzll(us) : 0;

	return bucket < LATENCY_BUCKETS ? bucket : LATENCY_BUCKETS - 1;
}

void latency_add(struct latency *l, uint64_t late_us, uint64_t late_ticks)
{
	l->count++;
	l->sum_us += late_us;
	l->sum_ticks += late_ticks;
	l->missed += late_us >= l->period_us;
	l->bucket[latency_bucket(late_us)]++;
	if (late_us < l->min_us)
		l->min_us = late_us;
	if (late_us > l->max_us)
		l->max_us = late_us;
	if (late_ticks > l->max_ticks)
		l->max_ticks = late_ticks;
}

void latency_line(const struct latency *l, char line[LATENCY_LINE_BYTES])
{
	snprintf(line, LATENCY_LINE_BYTES,
		 "realtime: period %u us, %llu wake-ups, latency min/mean/max %llu/%llu/%llu us, "
		 "mean/max %llu/%llu ticks, missed %llu",
		 l->period_us, (ull)l->count, l->count ? (ull)l->min_us : 0,
		 (ull)latency_mean_us(l), (ull)l->max_us, (ull)latency_mean_ticks(l),
		 (ull)l->max_ticks, (ull)l->missed);
}

struct l4_time latency_sleep(uint64_t now_us, uint64_t at_us)
{
	/* l4_point_us rounds up by less than a 511th of the distance. */
	if (at_us > now_us + LATENCY_EXACT_US)
		at_us -= ((at_us - now_us) >> 8) + 1;
	return l4_point_us(now_us, at_us);
}

uint64_t latency_ticks(const struct latency_clock *clock, uint64_t at_us)
{
	uint64_t us = at_us - clock->us;

	return clock->ticks + us / 1000 * clock->khz + us % 1000 * clock->khz / 1000;
}
