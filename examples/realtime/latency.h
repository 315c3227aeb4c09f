/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How late a periodic task wakes up: deadlines as time points of L4, deadlines in ticks of
 * the time stamp counter, and what is remembered of the latencies.  Pure C.
 */
#ifndef REALTIME_LATENCY_H
#define REALTIME_LATENCY_H

#include <l4/types.h>

/* A latency of n us is counted in bucket 0 if n is 0, else in 1 + log2 n. */
#define LATENCY_BUCKETS 16

struct latency {
	uint32_t period_us;
	uint64_t count, missed, sum_us;
	uint64_t min_us, max_us;
	uint64_t sum_ticks, max_ticks;
	uint64_t bucket[LATENCY_BUCKETS];
};

void latency_init(struct latency *l, uint32_t period_us);

/* One wake-up.  A deadline is missed if the next has passed, too. */
void latency_add(struct latency *l, uint64_t late_us, uint64_t late_ticks);

static inline uint64_t latency_mean_us(const struct latency *l)
{
	return l->count ? l->sum_us / l->count : 0;
}

static inline uint64_t latency_mean_ticks(const struct latency *l)
{
	return l->count ? l->sum_ticks / l->count : 0;
}

/* "realtime: period 1000 us, 12 wake-ups, ..." */
#define LATENCY_LINE_BYTES 160
void latency_line(const struct latency *l, char line[LATENCY_LINE_BYTES]);

/* The receive timeout for a task that wants to be awake at `at_us`.  A distant point can't
 * be said exactly: then it is one before, and the task sleeps again.  Never one after. */
struct l4_time latency_sleep(uint64_t now_us, uint64_t at_us);

/* An instant by both clocks, and the rate of one of them. */
struct latency_clock {
	uint64_t us, ticks;
	uint32_t khz;
};

/* The ticks at a later instant. */
uint64_t latency_ticks(const struct latency_clock *clock, uint64_t at_us);

#endif
