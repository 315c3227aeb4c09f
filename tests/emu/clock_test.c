/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * emu/core/clock.c: order of alarms against a plain list, deterministic and real time,
 * saving, and timers that would never let go.
 */
#include "stream.h"
#include "tap.h"

#include <emu/archive.h>
#include <emu/port.h>
#include <stdlib.h>
#include <time.h>

#include "core/clock_core.h"

#define ALARMS 40

static uint64_t executed;
static struct clock *clk;
static unsigned earlier;

static uint64_t count_executed(void *context)
{
	(void)context;
	return executed;
}

static void hear_earlier(void *context)
{
	(void)context;
	earlier++;
}

/* Alarms and what should happen to them. */
static struct tested {
	struct alarm alarm;
	uint64_t at, set;
	unsigned fired;
} tested[ALARMS];
static uint64_t sets, last_at, last_set;
static bool in_order;

static void fire(void *context)
{
	struct tested *t = context;

	if (t->at == ALARM_NEVER || t->at > clock_now(clk) || t->at < last_at ||
	    (t->at == last_at && t->set < last_set) || t->alarm.at_ns != ALARM_NEVER)
		in_order = false;
	last_at = t->at;
	last_set = t->set;
	t->at = ALARM_NEVER;
	t->fired++;
}

static uint64_t earliest(void)
{
	uint64_t at = ALARM_NEVER;

	for (unsigned i = 0; i < ALARMS; i++)
		if (tested[i].at < at)
			at = tested[i].at;
	return at;
}

static void test_order(unsigned seed)
{
	bool good = true;

	diag("seed %u", seed);
	srand(seed);
	clk = clock_create(true, count_executed, NULL);
	for (unsigned i = 0; i < ALARMS; i++) {
		alarm_init(&tested[i].alarm, clk, fire, &tested[i]);
		tested[i].at = ALARM_NEVER;
	}
	in_order = true;
	for (unsigned n = 0; n < 100000 && good && in_order; n++) {
		struct tested *t = &tested[rand() % ALARMS];

		if (rand() % 8 == 0) {
			t->at = ALARM_NEVER;
			alarm_cancel(&t->alarm);
		} else {
			t->at = clock_now(clk) + (unsigned)rand() % 50;
			t->set = sets++;
			alarm_set(&t->alarm, t->at);
		}
		good = clock_next(clk) == earliest();
		if (rand() % 4)
			continue;
		executed += (unsigned)rand() % 20;
		last_at = last_set = 0;
		clock_run_due(clk);
		good = good && earliest() > clock_now(clk);
	}
	ok(good, "the earliest alarm is known, what is due has fired");
	ok(in_order, "in order");
	clock_destroy(clk);
}

/* Sets itself again, at once or in the past. */
static unsigned greedy_fired;

static void greedy(void *context)
{
	greedy_fired++;
	alarm_set(context, 1);
}

static void nothing(void *context)
{
	(void)context;
}

static void test_deterministic(void)
{
	struct alarm a, b;

	executed = 0;
	clk = clock_create(true, count_executed, NULL);
	alarm_init(&a, clk, nothing, NULL);
	alarm_init(&b, clk, greedy, &b);
	clock_on_earlier(clk, hear_earlier, NULL);
	is(clock_now(clk), 0, "time begins at 0");
	is(clock_next(clk), ALARM_NEVER, "nothing is set");
	executed = 1000;
	is(clock_now(clk), 1000 * CLOCK_NS_PER_INSTRUCTION, "instructions make it pass");
	alarm_set(&a, 500000);
	is(earlier, 1, "an alarm is heard of");
	alarm_set(&b, 600000);
	is(earlier, 1, "a later one isn't");
	is(clock_instructions_until(clk, 500000), 499000 / CLOCK_NS_PER_INSTRUCTION, "far away");
	is(clock_instructions_until(clk, 5), 0, "past");
	clock_skip_to(clk, 600000);
	is(clock_now(clk), 600000, "idle time is skipped");
	clock_skip_to(clk, 5);
	is(clock_now(clk), 600000, "never back");
	clock_run_due(clk);
	is(greedy_fired, CLOCK_RUN_LIMIT - 1, "an endless alarm doesn't stop the machine");
	is(clock_next(clk), 1, "it is still due");
	alarm_set(&a, ALARM_NEVER);
	alarm_cancel(&b);
	alarm_cancel(&b);
	is(clock_next(clk), ALARM_NEVER, "cancelled");
	clock_skip_to(clk, 3 * NS_PER_SECOND);
	is(clock_calendar(clk), 1672531203, "the calendar");
	clock_destroy(clk);
}

static void test_real(void)
{
	uint64_t before = port_now_ns(), now, deadline;

	clk = clock_create(false, count_executed, NULL);
	now = clock_now(clk);
	ok(now <= port_now_ns() - before, "real time begins at 0");
	while (clock_now(clk) == now)
		;
	ok(clock_now(clk) > now, "and passes");
	deadline = clock_real_deadline(clk, clock_now(clk) + NS_PER_SECOND);
	ok(deadline > port_now_ns() + NS_PER_SECOND / 2 &&
		   deadline <= port_now_ns() + NS_PER_SECOND,
	   "a deadline");
	is(clock_real_deadline(clk, ALARM_NEVER), UINT64_MAX, "none");
	clock_pause(clk);
	now = clock_now(clk);
	before = port_now_ns();
	while (port_now_ns() - before < 1000000)
		;
	is(clock_now(clk), now, "it stands while paused");
	clock_resume(clk);
	ok(clock_now(clk) >= now && clock_now(clk) - now < 1000000, "and goes on from there");
	now = port_wall_seconds() - clock_calendar(clk);
	ok(now <= 2, "the calendar is the host's");
	clock_destroy(clk);
}

static void both_state(struct alarm alarm[3], struct archive *a)
{
	archive_u64(a, "executed", &executed);
	alarm_state(&alarm[0], a, "first");
	clock_state(clk, a);
	alarm_state(&alarm[1], a, "second");
	alarm_state(&alarm[2], a, "third");
}

static unsigned fired_order;

static void note_order(void *context)
{
	fired_order = fired_order * 10 + (unsigned)(uintptr_t)context;
}

static void make_alarms(struct alarm alarm[3], bool deterministic)
{
	clk = clock_create(deterministic, count_executed, NULL);
	for (unsigned i = 0; i < 3; i++)
		alarm_init(&alarm[i], clk, note_order, (void *)(uintptr_t)(i + 1));
}

static void test_state(bool deterministic)
{
	struct alarm alarm[3];
	struct archive *a;
	uint64_t now;

	make_alarms(alarm, deterministic);
	executed = 5000;
	clock_skip_to(clk, 77777);
	alarm_set(&alarm[1], 3600 * NS_PER_SECOND);
	alarm_set(&alarm[0], 3600 * NS_PER_SECOND);
	clock_pause(clk);
	now = clock_now(clk);
	stream_at = 0;
	a = archive_begin_save(stream_write, NULL);
	both_state(alarm, a);
	ok(archive_end(a, NULL, 0), "saved");
	clock_destroy(clk);
	executed = 1;
	make_alarms(alarm, deterministic);
	clock_pause(clk);
	alarm_set(&alarm[2], 10);
	stream_at = 0;
	a = archive_begin_load(stream_read, NULL);
	both_state(alarm, a);
	ok(archive_end(a, NULL, 0), "loaded");
	is(clock_now(clk), now, "the time is the same");
	is(clock_next(clk), 3600 * NS_PER_SECOND, "the alarm too; another isn't set any more");
	clock_skip_to(clk, 3600 * NS_PER_SECOND);
	fired_order = 0;
	clock_run_due(clk);
	is(fired_order, deterministic ? 21 : 0, "in the order of their setting");
	clock_destroy(clk);
}

static void test_scale(void)
{
	is(clock_scale(1000000000, 24, 1000), 24000000, "24 MHz");
	is(clock_scale(UINT64_MAX, 1000, 1000), UINT64_MAX, "no overflow within");
	is(clock_scale(UINT64_MAX, 2, 1), UINT64_MAX, "a result too large");
	is(clock_scale(7, 3, 2), 10, "rounded down");
	is(clock_scale(7, 3, 0), UINT64_MAX, "no division by 0");
	is(clock_scale(0x123456789abcdef0, 0xffffffff, 0xffffffff), 0x123456789abcdef0, "1");
}

int main(int count, char **argument)
{
	test_order(count > 1 ? (unsigned)strtoul(argument[1], NULL, 0) : (unsigned)time(NULL));
	test_deterministic();
	test_real();
	test_state(true);
	test_state(false);
	test_scale();
	return done();
}
