/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The arithmetic of the real-time example: sleeping never too long, ticks, statistics.
 */
#include "tap.h"

#include "examples/realtime/latency.h"

#include <stdlib.h>

/* The kernel's reading of a time point: the nearest to now that fits. */
static uint64_t point_at(struct l4_time time, uint64_t now_us)
{
	unsigned exponent = time.raw >> 11 & 15;
	uint64_t wrap = 1ull << (exponent + 11), value = (uint64_t)(time.raw & 0x7ff) << exponent;
	uint64_t at = (now_us & ~(wrap - 1)) + value;

	if (time.raw == L4_ZERO_TIME.raw)
		return now_us;
	if (at + wrap / 2 <= now_us)
		return at + wrap;
	return at > now_us + wrap / 2 && at >= wrap ? at - wrap : at;
}

/* Sleeps until the deadline; returns how often, 0 if it slept too long. */
static unsigned sleeps(uint64_t now_us, uint64_t at_us)
{
	unsigned count = 0;

	while (now_us < at_us) {
		uint64_t end_us = point_at(latency_sleep(now_us, at_us), now_us);

		if (end_us > at_us || end_us <= now_us)
			return 0;
		now_us = end_us;
		count++;
	}
	return count;
}

static void test_sleep(void)
{
	unsigned wrong = 0, most = 0;

	srandom(1);
	for (uint64_t period = 1; period <= 1000000; period += 1 + period / 50)
		for (unsigned i = 0; i < 200; i++) {
			uint64_t now_us = (uint64_t)random() << (i % 20);
			unsigned count = sleeps(now_us, now_us + period);

			wrong += count == 0;
			most = count > most ? count : most;
		}
	is(wrong, 0, "no sleep ends after its deadline, or doesn't end");
	ok(most <= 3, "at most 3 sleeps for a second (%u)", most);
	is(sleeps(12345, 12345 + 1000), 1, "one for a millisecond");
	is(sleeps(12345, 12345 + 10000), 2, "two for ten");
	is(latency_sleep(100, 100).raw, L4_ZERO_TIME.raw, "none if it is too late");
	is(latency_sleep(100, 99).raw, L4_ZERO_TIME.raw, "nor afterwards");
}

static void test_ticks(void)
{
	struct latency_clock clock = { .us = 1000, .ticks = 500, .khz = 2999999 };

	is(latency_ticks(&clock, 1000), 500, "the instant itself");
	is(latency_ticks(&clock, 1001), 500 + 2999, "a microsecond later");
	is(latency_ticks(&clock, 1000 + 1000000), 500 + 2999999000ull, "a second later");
	is(latency_ticks(&clock, 1000 + (1ull << 52)),
	   500 + (1ull << 52) * 3000 - (1ull << 52) / 1000 - 1, "in 140 years");
}

static void test_statistics(void)
{
	char line[LATENCY_LINE_BYTES];
	struct latency l;

	latency_init(&l, 1000);
	latency_line(&l, line);
	is_string(line,
		  "realtime: period 1000 us, 0 wake-ups, latency min/mean/max 0/0/0 us, "
		  "mean/max 0/0 ticks, missed 0",
		  "nothing yet");
	latency_add(&l, 3, 3100);
	latency_add(&l, 0, 70);
	latency_add(&l, 999, 999999);
	is(l.missed, 0, "late");
	latency_add(&l, 1000, 1000001);
	is(l.missed, 1, "too late");
	latency_add(&l, ~0ull >> 8, 5);
	latency_line(&l, line);
	is(l.bucket[0], 1, "bucket of 0");
	is(l.bucket[2], 1, "bucket of 2 and 3");
	is(l.bucket[10], 2, "bucket of 512 to 1023");
	is(l.bucket[LATENCY_BUCKETS - 1], 1, "the last bucket has all the rest");
	latency_init(&l, 100);
	latency_add(&l, 2, 10);
	latency_add(&l, 5, 20);
	latency_line(&l, line);
	is_string(line,
		  "realtime: period 100 us, 2 wake-ups, latency min/mean/max 2/3/5 us, "
		  "mean/max 15/20 ticks, missed 0",
		  "the line");
}

int main(void)
{
	test_sleep();
	test_ticks();
	test_statistics();
	return done();
}
