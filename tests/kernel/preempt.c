/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Preemption: the total quantum, preemption messages to the scheduler and to the
 * exception handler (s flag), delayed preemption (d and I flags, sensitive
 * priority); manual 3.3 and 2.4 ("PreemptFlags").
 */
#include "ktest.h"
#include "tests.h"

#define UNCHANGED L4_SCHEDULE_UNCHANGED
#define QUANTUM_US 5000
#define FLAGS_MASK 0xffull

static volatile l4_word_t counter;

static void preempt_count(void *flags)
{
	l4_set_tcr(L4_TCR_FLAGS, (l4_word_t)flags);
	for (;;)
		counter++;
}

static struct l4_tag preempt_receive(struct thread *t, unsigned us)
{
	return l4_receive_timeout(t->id, l4_period_us(us));
}

static bool preempt_stands(void)
{
	l4_word_t before = counter;

	l4_sleep_us(5000);
	return counter == before;
}

static bool preempt_set_quantum(struct thread *t, unsigned us)
{
	return l4_schedule(t->id, l4_time_control(l4_period_us(10000), l4_period_us(us)), UNCHANGED,
			   UNCHANGED, UNCHANGED, NULL) != L4_SCHEDULE_ERROR;
}

void test_total_quantum(void)
{
	struct thread *t = thread_create(NULL, preempt_count, NULL);
	uint64_t begin, now;
	struct l4_tag tag;
	l4_word_t old = 0;

	counter = 0;
	check(preempt_set_quantum(t, QUANTUM_US), "a quantum of 5 ms");
	thread_go(t);
	begin = l4_system_clock();
	tag = preempt_receive(t, 500000);
	now = l4_system_clock();
	check_eq(l4_tag_label(tag), L4_LABEL_PREEMPTION, "used up: its scheduler gets a message");
	check(now - begin >= QUANTUM_US - 200, "not before");
	check(counter > 0, "the thread has run");
	check_range(l4_mr(1), begin, now, "the message tells the time");
	check(preempt_stands(), "it runs no more");
	l4_schedule(t->id, UNCHANGED, UNCHANGED, UNCHANGED, UNCHANGED, &old);
	check(preempt_set_quantum(t, QUANTUM_US), "a new quantum");
	tag = preempt_receive(t, 500000);
	check_eq(l4_tag_label(tag), L4_LABEL_PREEMPTION, "it runs on, until that is used up");
	check(preempt_stands(), "again");
	l4_schedule(t->id, l4_time_control(l4_period_us(10000), L4_NEVER), UNCHANGED, UNCHANGED,
		    UNCHANGED, NULL);
	check(!preempt_stands(), "an infinite quantum sets it free");
}

/* The scheduler doesn't wait: the message does. */
void test_total_quantum_queued(void)
{
	struct thread *t = thread_create(NULL, preempt_count, NULL);

	counter = 0;
	preempt_set_quantum(t, QUANTUM_US);
	thread_go(t);
	l4_sleep_us(4 * QUANTUM_US);
	check(preempt_stands(), "quantum used up, scheduler busy: it stands");
	check_eq(l4_tag_label(preempt_receive(t, 1000)), L4_LABEL_PREEMPTION,
		 "the message is there when asked for");
}

/* Sleeping uses up none of the quantum. */
static void preempt_sleep(void *unused)
{
	(void)unused;
	for (;;) {
		l4_receive_timeout(l4_myself(), l4_period_us(5000));
		counter++;
	}
}

void test_total_quantum_idle(void)
{
	struct thread *t = thread_create(NULL, preempt_sleep, NULL);

	counter = 0;
	preempt_set_quantum(t, 100000);
	thread_go(t);
	check(wait_for(&counter, 40, 3000000), "200 ms of sleep in a quantum of 100 ms");
}

static void preempt_wake_often(void *unused)
{
	(void)unused;
	for (;;)
		l4_receive_timeout(l4_myself(), l4_period_us(1000));
}

static struct thread *preempt_disturber(unsigned priority)
{
	struct thread *t = thread_create(NULL, preempt_wake_often, NULL);

	l4_set_priority(t->id, priority);
	thread_go(t);
	return t;
}

void test_preemption_signal(void)
{
	struct thread *t = thread_create(NULL, preempt_count, (void *)L4_PREEMPT_SIGNAL);
	unsigned messages = 0;
	l4_word_t before;

	counter = 0;
	t->handler = main_id;
	preempt_disturber(150);
	before = counter;
	thread_go(t);
	for (unsigned i = 0; i < 5; i++)
		messages += l4_tag_label(preempt_receive(t, 200000)) == L4_LABEL_PREEMPTION;
	check_eq(messages, 5, "s flag: the exception handler is told of preemptions");
	check(counter > before, "the thread goes on without an answer");
	/* Nobody listens: it waits. */
	thread_reaches(t, L4_SCHEDULE_PENDING_SEND);
	check(preempt_stands(), "nobody listens: it doesn't run");
	check_eq(l4_tag_label(preempt_receive(t, 1000)), L4_LABEL_PREEMPTION,
		 "until somebody does");
}

void test_preemption_no_signal(void)
{
	struct thread *t = thread_create(NULL, preempt_count, NULL);

	counter = 0;
	t->handler = main_id;
	preempt_disturber(150);
	thread_go(t);
	check(l4_tag_failed(preempt_receive(t, 10000)), "no s flag: no message");
	check(counter > 0, "the thread runs");
}

/* ---- delayed preemption ---- */

struct delay_case {
	const char *name;
	unsigned sensitive, max_us;
	bool gives_way;             /* the thread looks at the I flag and yields */
	bool delayed;               /* it is told of a delay at all */
	unsigned least_us, most_us; /* how late the other runs */
};

#define WAKE_US 3000

static volatile uint64_t due_us, woke_us, seen_us;
static volatile bool give_way, delay_stop;

static void preempt_sensitive(void *unused)
{
	(void)unused;
	l4_set_tcr(L4_TCR_FLAGS, L4_PREEMPT_DELAY);
	while (!delay_stop) {
		counter++;
		if (!(l4_tcr(L4_TCR_FLAGS) & L4_PREEMPT_PENDING))
			continue;
		if (!seen_us)
			seen_us = l4_system_clock();
		if (give_way) {
			l4_set_tcr(L4_TCR_FLAGS, L4_PREEMPT_DELAY);
			l4_yield();
		}
	}
}

static void preempt_waker(void *unused)
{
	(void)unused;
	due_us = l4_system_clock() + WAKE_US;
	l4_receive_timeout(l4_myself(), l4_period_us(WAKE_US));
	woke_us = l4_system_clock();
}

/* Runs the two once; the results are in due_us, woke_us and seen_us.  Main sleeps
 * meanwhile, as its waking would be another preemption. */
static void preempt_run_delay_once(const struct delay_case *c)
{
	struct thread *sensitive = thread_create(NULL, preempt_sensitive, NULL);
	struct thread *waker = thread_create(NULL, preempt_waker, NULL);

	seen_us = woke_us = due_us = 0;
	delay_stop = false;
	give_way = c->gives_way;
	l4_set_priority(waker->id, 120);
	/* A slice that doesn't end meanwhile. */
	if (l4_schedule(sensitive->id, l4_time_control(l4_period_us(200000), L4_NEVER), UNCHANGED,
			UNCHANGED, l4_preemption_control(c->sensitive, c->max_us),
			NULL) == L4_SCHEDULE_ERROR)
		check(false, "%s: preemption control", c->name);
	thread_go(waker);
	l4_sleep_us(500);
	thread_go(sensitive);
	l4_sleep_us(80000);
	delay_stop = true;
	thread_wait_finished(waker);
	thread_wait_finished(sensitive);
	thread_delete(waker);
	thread_delete(sensitive);
}

/* As it should be: put off for so long, and the thread was told. */
static bool preempt_delay_is_right(const struct delay_case *c)
{
	uint64_t late_us = woke_us - due_us;
	bool told = seen_us >= due_us && seen_us <= woke_us;

	return c->least_us <= late_us && late_us <= c->most_us && told == c->delayed;
}

/* The watchdog may preempt in between, and an emulator stand still: try again. */
static void preempt_run_delay(const struct delay_case *c)
{
	for (unsigned tries = 0; tries < 8; tries++) {
		preempt_run_delay_once(c);
		if (preempt_delay_is_right(c))
			break;
	}
	check_range(woke_us - due_us, c->least_us, c->most_us, "%s: how long it is put off",
		    c->name);
	check_eq(seen_us != 0, c->delayed, "%s: the I flag", c->name);
	if (c->delayed)
		check(seen_us >= due_us && seen_us <= woke_us, "%s: is set in between", c->name);
}

void test_preemption_delay(void)
{
	static const struct delay_case above = { .name = "priority above the sensitive one",
						 .sensitive = 110,
						 .max_us = 30000,
						 .most_us = 5000 };
	static const struct delay_case yields = { .name = "thread gives way",
						  .sensitive = 150,
						  .max_us = 60000,
						  .gives_way = true,
						  .delayed = true,
						  .most_us = 30000 };
	static const struct delay_case stays = { .name = "thread doesn't give way",
						 .sensitive = 150,
						 .max_us = 20000,
						 .delayed = true,
						 .least_us = 18000,
						 .most_us = 40000 };

	preempt_run_delay(&above);
	preempt_run_delay(&yields);
	preempt_run_delay(&stays);
}
