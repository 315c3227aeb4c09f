/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clock and the accuracy of timeouts: none fires early, and on an idle
 * machine the best of several is at most 50 us late.  An emulator whose time is
 * the host's has the host's lateness, too; then the bound is a loose one, and the
 * strict one is for real machines and for QEMU with -icount, whose time is exact.
 */
#include "io.h"
#include "ktest.h"
#include "tests.h"

#define TRIES 20
#define MAX_LATE_US 50
#define MAX_LATE_EMULATED_US 3000
#define SLEEPERS 12

bool time_is_exact(void)
{
	uint64_t first = 0;

	for (unsigned i = 0; i < 9; i++) {
		uint64_t begin = rdtsc(), took;

		for (volatile unsigned k = 0; k < 500; k++)
			;
		took = rdtsc() - begin;
		if (i == 1)
			first = took;
		if (i > 1 && took != first)
			return false;
	}
	return true;
}

static bool time_under_hypervisor(void)
{
	uint32_t a, b, c, d;

	cpuid(1, &a, &b, &c, &d);
	return c >> 31;
}

static unsigned time_max_late_us(void)
{
	return time_under_hypervisor() && !time_is_exact() ? MAX_LATE_EMULATED_US : MAX_LATE_US;
}

struct lateness {
	uint64_t best, worst;
	unsigned early;
};

/* Waits us microseconds many times, by a period or a time point. */
static struct lateness time_measure(unsigned us, bool point)
{
	struct lateness l = { .best = ~0ull };

	for (unsigned i = 0; i < TRIES; i++) {
		uint64_t begin = l4_system_clock(), late;
		struct l4_time t = point ? l4_point_us(begin, begin + us) : l4_period_us(us);

		l4_ipc(L4_NILTHREAD, main_id, l4_timeouts(L4_NEVER, t), NULL);
		late = l4_system_clock() - begin - us;
		if (late > ~0ull / 2) {
			l.early++;
			continue;
		}
		l.best = late < l.best ? late : l.best;
		l.worst = late > l.worst ? late : l.worst;
	}
	return l;
}

/* `coarse_us`: how exactly the time can be said. */
static void time_check(const char *name, unsigned us, bool point, unsigned coarse_us)
{
	struct lateness l = time_measure(us, point);

	check_eq(l.early, 0, "%s of %u us: none fires early", name, us);
	check_range(l.best, 0, time_max_late_us() + coarse_us, "%s of %u us: fires in time", name,
		    us);
	note("%s of %u us: late by %llu to %llu us", name, us, (unsigned long long)l.best,
	     (unsigned long long)l.worst);
}

void test_timeout_accuracy(void)
{
	note("bound is %u us", time_max_late_us());
	time_check("period", 100, false, 0);
	time_check("period", 1000, false, 0);
	time_check("period", 4000, false, 0);
	time_check("period", 16000, false, 0);
	time_check("point", 200, true, 0);
	time_check("point", 1000, true, 0);
	time_check("point", 3000, true, 4);
	time_check("point", 30000, true, 64);
}

/* A point whose parity is the clock's and whose bits are below it has passed. */
void test_timeout_past_point(void)
{
	uint64_t now, best = ~0ull;

	for (unsigned i = 0; i < 5; i++) {
		do
			now = l4_system_clock();
		while ((now & 0x3ff) < 200 || (now & 0x3ff) > 800);
		l4_ipc(L4_NILTHREAD, main_id,
		       l4_timeouts(L4_NEVER, (struct l4_time){ 0x8000 | ((now - 100) & 0x7ff) }),
		       NULL);
		if (l4_system_clock() - now < best)
			best = l4_system_clock() - now;
	}
	check_range(best, 0, 1000, "a time point in the past fires at once");
	check_eq(l4_error_code(), l4_ipc_error(true, L4_IPC_TIMEOUT, 0), "as a timeout");
}

static void time_sleep(void *unused)
{
	(void)unused;
	thread_park();
}

void test_timeout_send(void)
{
	struct thread *t = thread_new(NULL, time_sleep, NULL);
	uint64_t best = ~0ull;
	unsigned early = 0;

	thread_reaches(t, L4_SCHEDULE_WAITING);
	for (unsigned i = 0; i < TRIES; i++) {
		struct job j = job_send(t->id);

		j.timeouts = l4_timeouts(l4_period_us(1000), L4_NEVER);
		job_run(&j);
		if (j.end_us < j.begin_us + 1000)
			early++;
		else if (j.end_us - j.begin_us - 1000 < best)
			best = j.end_us - j.begin_us - 1000;
	}
	check_eq(early, 0, "send timeout: none fires early");
	check_range(best, 0, time_max_late_us(), "send timeout: fires in time");
}

/* A message ends a timeout for good: it doesn't hit the next IPC. */
void test_timeout_is_forgotten(void)
{
	static struct job receive, again;
	struct thread *t;
	struct job send;
	struct agent a = agent_new(NULL);

	receive = job_receive(main_id);
	receive.timeouts = l4_timeouts(L4_NEVER, l4_period_us(4000));
	agent_begin_job(&a, &receive);
	send = job_send(a.thread->id);
	job_run(&send);
	agent_finish(&a, NULL);
	check(l4_tag_succeeded(receive.tag), "a message in time");
	again = job_receive(main_id);
	agent_begin_job(&a, &again);
	t = a.thread;
	l4_sleep_us(8000);
	check_eq(thread_state(t), L4_SCHEDULE_WAITING, "the old timeout doesn't end a new receive");
	job_run(&send);
	agent_finish(&a, NULL);
	check(l4_tag_succeeded(again.tag), "which gets its message");
}

void test_timeout_long(void)
{
	static struct job receive;
	struct thread *t;

	receive = job_receive(main_id);
	/* The longest period: 1023 * 2^31 us. */
	receive.timeouts = l4_timeouts(L4_NEVER, (struct l4_time){ 31 << 10 | 1023 });
	t = job_start(NULL, &receive);
	thread_reaches(t, L4_SCHEDULE_WAITING);
	l4_sleep_us(5000);
	check_eq(receive.done, 0, "the longest period doesn't overflow");
	check_eq(thread_state(t), L4_SCHEDULE_WAITING, "it still waits");
}

struct sleeper {
	uint64_t us, woke_us;
	unsigned order;
};
static struct sleeper sleepers[SLEEPERS];
static uint64_t sleepers_start_us;
static unsigned sleepers_done;

static void time_sleeper(void *arg)
{
	struct sleeper *s = arg;
	uint64_t at = sleepers_start_us + s->us, now = l4_system_clock();

	if (now < at)
		l4_ipc(L4_NILTHREAD, l4_myself(), l4_timeouts(L4_NEVER, l4_period_us(at - now)),
		       NULL);
	s->woke_us = l4_system_clock();
	s->order = __atomic_fetch_add(&sleepers_done, 1, __ATOMIC_SEQ_CST);
}

/* Many at once, in another order than that of their ends; returns how many wake out of
 * order. */
static unsigned time_sleep_many(unsigned *early)
{
	struct thread *threads[SLEEPERS];
	unsigned disorder = 0;

	sleepers_done = 0;
	sleepers_start_us = l4_system_clock() + 20000;
	for (unsigned i = 0; i < SLEEPERS; i++) {
		unsigned rank = i * 5 % SLEEPERS;

		sleepers[i] = (struct sleeper){ .us = 2000 * rank, .order = rank };
		threads[i] = thread_new(NULL, time_sleeper, &sleepers[i]);
	}
	for (unsigned i = 0; i < SLEEPERS; i++) {
		thread_wait_finished(threads[i]);
		thread_delete(threads[i]);
		*early += sleepers[i].woke_us < sleepers_start_us + sleepers[i].us;
		disorder += sleepers[i].order != i * 5 % SLEEPERS;
	}
	return disorder;
}

void test_timeout_many(void)
{
	unsigned early = 0, disorder = SLEEPERS;

	/* A host that stops the PC for a while lets a sleeper begin too late. */
	for (unsigned i = 0; i < 5 && disorder > 2; i++)
		disorder = time_sleep_many(&early);
	check_eq(early, 0, "%u sleepers: none wakes early", SLEEPERS);
	check(disorder <= 2, "and they wake in the order of their times");
}

void test_clock(void)
{
	uint64_t last = l4_system_clock(), first = last;
	unsigned backward = 0;

	for (unsigned i = 0; i < 20000; i++) {
		uint64_t now = l4_system_clock();

		backward += now < last;
		last = now;
	}
	check_eq(backward, 0, "the clock never goes back");
	check(last > first, "and advances");
	check(first > 1000, "it counts from boot");
}
