/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Schedule and ThreadSwitch (manual 3.2, 3.3): errors, states, priorities, time
 * slices and round robin, donation.  Main has a higher priority than all and
 * sleeps while the others compete, all on processor 0.
 */
#include "ktest.h"
#include "tests.h"

#define UNCHANGED L4_SCHEDULE_UNCHANGED

static volatile l4_word_t counters[4];
static unsigned sequence;

static void schedule_sleep(void *unused)
{
	(void)unused;
	thread_park();
}

static void schedule_count(void *counter)
{
	for (;;)
		++*(volatile l4_word_t *)counter;
}

static void schedule_note_turn(void *turn)
{
	*(volatile l4_word_t *)turn = __atomic_add_fetch(&sequence, 1, __ATOMIC_SEQ_CST);
}

static void schedule_check_error(struct l4_thread_id id, l4_word_t time, l4_word_t processor,
				 l4_word_t priority, enum l4_error error, const char *name)
{
	enum l4_schedule_state s = l4_schedule(id, time, processor, priority, UNCHANGED, NULL);

	check(s == L4_SCHEDULE_ERROR && l4_error_code() == error, "%s: error %u", name, error);
}

static l4_word_t schedule_from_child(l4_word_t id, l4_word_t unused)
{
	(void)unused;
	if (l4_schedule(l4_thread_id(id), UNCHANGED, UNCHANGED, 50, UNCHANGED, NULL))
		return 0;
	return l4_error_code();
}

void test_schedule_errors(void)
{
	struct agent a = agent_new(space_new());
	struct thread *t = thread_new(NULL, schedule_sleep, NULL);
	l4_word_t error = 0;

	agent_call(&a, schedule_from_child, t->id.raw, 0, &error);
	check_eq(error, L4_ERROR_PRIVILEGE, "not from the scheduler's space: error 1");
	agent_call(&a, schedule_from_child, main_id.raw, 0, &error);
	check_eq(error, L4_ERROR_PRIVILEGE, "main, from a child space: error 1");
	schedule_check_error(thread_fresh_id(), UNCHANGED, UNCHANGED, 1, L4_ERROR_THREAD, "nobody");
	schedule_check_error(L4_NILTHREAD, UNCHANGED, UNCHANGED, 1, L4_ERROR_THREAD, "nil");
	schedule_check_error(L4_ANYTHREAD, UNCHANGED, UNCHANGED, 1, L4_ERROR_THREAD, "any");
	schedule_check_error(t->id, UNCHANGED, UNCHANGED, MAIN_PRIORITY + 1, L4_ERROR_PARAM,
			     "a priority above one's own");
	schedule_check_error(t->id, UNCHANGED, UNCHANGED, 255, L4_ERROR_PARAM, "priority 255");
	schedule_check_error(t->id, UNCHANGED, cpu_count, UNCHANGED, L4_ERROR_PARAM,
			     "a processor that isn't there");
	schedule_check_error(t->id, UNCHANGED, 1000, UNCHANGED, L4_ERROR_PARAM, "processor 1000");
	schedule_check_error(t->id, l4_time_control(L4_ZERO_TIME, L4_NEVER), UNCHANGED, UNCHANGED,
			     L4_ERROR_PARAM, "a time slice of zero");
	check(l4_schedule(t->id, UNCHANGED, UNCHANGED, MAIN_PRIORITY, UNCHANGED, NULL) !=
		      L4_SCHEDULE_ERROR,
	      "one's own priority may be given");
	check(l4_schedule(t->local, UNCHANGED, UNCHANGED, 50, UNCHANGED, NULL) != L4_SCHEDULE_ERROR,
	      "a local id will do");
}

void test_schedule_states(void)
{
	static struct job send, receive;
	struct l4_thread_id inactive = thread_fresh_id();
	struct thread *t;

	l4_thread_control(inactive, main_id, main_id, L4_NILTHREAD, L4_UTCB_UNCHANGED);
	check_eq(l4_schedule(inactive, UNCHANGED, UNCHANGED, UNCHANGED, UNCHANGED, NULL),
		 L4_SCHEDULE_INACTIVE, "inactive");
	l4_thread_control(inactive, L4_NILTHREAD, L4_NILTHREAD, L4_NILTHREAD, L4_UTCB_UNCHANGED);
	counters[0] = 0;
	t = thread_new(NULL, schedule_count, (void *)&counters[0]);
	wait_for(&counters[0], 1, 500000);
	check_eq(thread_state(t), L4_SCHEDULE_RUNNING, "running");
	thread_delete(t);
	receive = job_receive(L4_ANYTHREAD);
	t = job_start(NULL, &receive);
	l4_sleep_us(2000);
	check_eq(thread_state(t), L4_SCHEDULE_WAITING, "waiting");
	thread_delete(t);
	send = job_send(main_id);
	t = job_start(NULL, &send);
	l4_sleep_us(2000);
	check_eq(thread_state(t), L4_SCHEDULE_PENDING_SEND, "pending send");
}

/* Threads that become ready together run in the order of their priorities. */
void test_priority_order(void)
{
	static const unsigned priorities[] = { 60, 90, 10, 75 };
	static volatile l4_word_t turns[4];
	struct thread *t[4];

	sequence = 0;
	for (unsigned i = 0; i < 4; i++) {
		t[i] = thread_create(NULL, schedule_note_turn, (void *)&turns[i]);
		check(l4_set_priority(t[i]->id, priorities[i]), "set priority %u", priorities[i]);
	}
	for (unsigned i = 0; i < 4; i++)
		thread_go(t[i]);
	for (unsigned i = 0; i < 4; i++)
		thread_wait_finished(t[i]);
	check(turns[1] == 1 && turns[3] == 2 && turns[0] == 3 && turns[2] == 4,
	      "the higher priority runs first");
}

void test_priority_starves(void)
{
	struct thread *low, *high;
	l4_word_t before;

	counters[0] = counters[1] = 0;
	low = thread_new(NULL, schedule_count, (void *)&counters[0]);
	high = thread_create(NULL, schedule_count, (void *)&counters[1]);
	l4_set_priority(low->id, 50);
	l4_set_priority(high->id, 51);
	check(wait_for(&counters[0], 1, 500000), "a thread runs");
	thread_go(high);
	wait_for(&counters[1], 1, 500000);
	before = counters[0];
	l4_sleep_us(30000);
	check_eq(counters[0], before, "not while one of higher priority does");
	check(counters[1] > 1, "which does");
	l4_set_priority(high->id, 49);
	before = counters[1];
	l4_sleep_us(10000);
	check(counters[0] > 1 && counters[1] == before, "until priorities change");
}

/* A thread that wakes up preempts a lower one at once. */
static volatile uint64_t woke_late_us;

static void schedule_wake(void *unused)
{
	(void)unused;
	woke_late_us = ~0ull;
	for (unsigned i = 0; i < 10; i++) {
		uint64_t begin = l4_system_clock(), late;

		l4_receive_timeout(l4_myself(), l4_period_us(1000));
		late = l4_system_clock() - begin - 1000;
		if (late < woke_late_us)
			woke_late_us = late;
	}
}

void test_priority_preempts(void)
{
	struct thread *low = thread_new(NULL, schedule_count, (void *)&counters[0]);
	struct thread *high = thread_create(NULL, schedule_wake, NULL);

	l4_set_priority(low->id, 50);
	l4_set_priority(high->id, 60);
	thread_go(high);
	thread_wait_finished(high);
	check_range(woke_late_us, 0, 3000, "a thread that wakes preempts a lower one at once");
}

/* Threads of one priority that count, with these slices (0: infinite). */
static void schedule_begin(const unsigned *slices_us, unsigned count, struct thread **t)
{
	for (unsigned i = 0; i < count; i++) {
		struct l4_time slice = slices_us[i] ? l4_period_us(slices_us[i]) : L4_NEVER;

		counters[i] = 0;
		t[i] = thread_create(NULL, schedule_count, (void *)&counters[i]);
		if (l4_schedule(t[i]->id, l4_time_control(slice, L4_NEVER), UNCHANGED, 50,
				UNCHANGED, NULL) == L4_SCHEDULE_ERROR)
			check(false, "set a time slice of %u us", slices_us[i]);
	}
	for (unsigned i = 0; i < count; i++)
		thread_go(t[i]);
}

static void schedule_compete(const unsigned *slices_us, unsigned count, unsigned us)
{
	struct thread *t[4];

	schedule_begin(slices_us, count, t);
	l4_sleep_us(us);
	for (unsigned i = 0; i < count; i++)
		l4_stop(t[i]->id);
}

void test_round_robin(void)
{
	static const unsigned equal[] = { 2000, 2000, 2000 }, unequal[] = { 1000, 5000 };
	static const unsigned endless[] = { 0, 2000 };
	struct thread *t[2];
	l4_word_t before;

	schedule_compete(equal, 3, 60000);
	note("equal slices: %llu %llu %llu", (unsigned long long)counters[0],
	     (unsigned long long)counters[1], (unsigned long long)counters[2]);
	check(counters[0] && counters[1] && counters[2], "three threads of one priority all run");
	check(counters[0] < 2 * counters[1] && counters[1] < 2 * counters[0] &&
		      counters[1] < 2 * counters[2] && counters[2] < 2 * counters[1],
	      "in equal shares");
	schedule_compete(unequal, 2, 60000);
	note("slices 1:5: %llu %llu", (unsigned long long)counters[0],
	     (unsigned long long)counters[1]);
	check(counters[1] > 2 * counters[0] && counters[1] < 12 * counters[0],
	      "a slice five times as long makes about five times the share");
	schedule_begin(endless, 2, t);
	l4_sleep_us(10000);
	before = counters[1];
	l4_sleep_us(20000);
	check(counters[0] && counters[1] == before, "an infinite slice doesn't end by itself");
}

static uint64_t schedule_us(l4_word_t raw)
{
	return (raw & 0x3ff) << (raw >> 10 & 0x1f);
}

void test_schedule_time_control(void)
{
	struct thread *t = thread_create(NULL, schedule_sleep, NULL);
	l4_word_t old = ~0ull;

	l4_schedule(t->id, l4_time_control(l4_period_us(3000), l4_period_us(655360)), UNCHANGED,
		    UNCHANGED, UNCHANGED, &old);
	check_range(schedule_us(old >> 16 & 0xffff), 9000, 10000,
		    "the default time slice is 10 ms");
	check_eq(old & 0xffff, L4_NEVER.raw, "the default quantum is infinite");
	l4_schedule(t->id, UNCHANGED, UNCHANGED, UNCHANGED, UNCHANGED, &old);
	check_range(schedule_us(old >> 16 & 0xffff), 2900, 3000, "the slice set");
	check_range(schedule_us(old & 0xffff), 650000, 655360, "the quantum set");
	l4_schedule(t->id, l4_time_control(L4_NEVER, L4_NEVER), UNCHANGED, UNCHANGED, UNCHANGED,
		    NULL);
	l4_schedule(t->id, UNCHANGED, UNCHANGED, UNCHANGED, UNCHANGED, &old);
	check_eq(old & 0xffffffff, 0, "both infinite");
}

/* ---- ThreadSwitch ---- */

void test_thread_switch(void)
{
	struct thread *low = thread_create(NULL, schedule_count, (void *)&counters[0]);
	struct thread *middle = thread_create(NULL, schedule_count, (void *)&counters[1]);
	l4_word_t before;

	counters[0] = counters[1] = 0;
	l4_set_priority(low->id, 20);
	l4_set_priority(middle->id, 40);
	thread_go(low);
	thread_go(middle);
	wait_for(&counters[1], 1, 500000);
	check_eq(counters[0], 0, "a low thread doesn't run by itself");
	before = counters[1];
	/* On a busy host a time slice may pass without an instruction. */
	for (unsigned i = 0; i < 100 && !counters[0]; i++)
		l4_thread_switch(low->id);
	check(counters[0] > 0, "ThreadSwitch gives it our time slice");
	check_eq(counters[1], before, "over the head of a higher one");
	before = counters[0];
	l4_sleep_us(3000);
	check_eq(counters[0], before, "not for longer");
}

static void schedule_yield(void *counter)
{
	for (;;) {
		++*(volatile l4_word_t *)counter;
		l4_yield();
	}
}

void test_yield(void)
{
	struct thread *a = thread_create(NULL, schedule_yield, (void *)&counters[0]);
	struct thread *b = thread_create(NULL, schedule_yield, (void *)&counters[1]);
	l4_word_t x, y;

	counters[0] = counters[1] = 0;
	thread_go(a);
	thread_go(b);
	l4_sleep_us(5000);
	l4_stop(a->id);
	l4_stop(b->id);
	x = counters[0];
	y = counters[1];
	note("two yielding threads: %llu and %llu turns", (unsigned long long)x,
	     (unsigned long long)y);
	check(x > 10 && y > 10, "two threads that yield run in turn");
	check(x <= y + 2 && y <= x + 2, "exactly");
}

void test_thread_switch_nowhere(void)
{
	struct thread *waiting = thread_new(NULL, schedule_sleep, NULL);
	struct thread *foreign = thread_new(space_new(), schedule_sleep, NULL);
	uint64_t begin;

	thread_reaches(waiting, L4_SCHEDULE_WAITING);
	thread_reaches(foreign, L4_SCHEDULE_WAITING);
	begin = l4_system_clock();
	l4_thread_switch(waiting->id);
	l4_thread_switch(foreign->id);
	l4_thread_switch(thread_fresh_id());
	l4_thread_switch(main_id);
	l4_thread_switch(L4_ANYTHREAD);
	l4_thread_switch(l4_thread_id(0x123456789abcdef0));
	check_range(l4_system_clock() - begin, 0, 200000, "ThreadSwitch to whom it can't: returns");
	check_eq(thread_state(waiting), L4_SCHEDULE_WAITING, "a waiting thread isn't disturbed");
}
