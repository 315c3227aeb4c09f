/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Long operations of the kernel have preemption points: while a low thread unmaps
 * or deletes thousands of mappings, a high one still wakes up in time.
 */
#include "ktest.h"
#include "tests.h"

#define MAPPINGS 2500
#define WAKE_US 200
#define LOW_PRIORITY 50
#define MAX_LATE_US 50

static struct agent mapper;
static volatile bool waker_stop;
static volatile l4_word_t wakes, latest_us;

/* Wakes up every now and then, above the thread that works. */
static void latency_wake(void *unused)
{
	(void)unused;
	while (!waker_stop) {
		uint64_t begin = l4_system_clock(), late;

		l4_receive_timeout(l4_myself(), l4_period_us(WAKE_US));
		late = l4_system_clock() - begin - WAKE_US;
		wakes++;
		if (late > latest_us)
			latest_us = late;
	}
}

/* One page of the pool, at thousands of places of a space. */
static bool latency_prepare(struct space *s)
{
	unsigned mapped = 0;

	mapper = agent_new(s);
	for (; mapped < MAPPINGS; mapped++) {
		l4_word_t to = TEST_VA + mapped * L4_PAGE_SIZE;

		if (l4_fpage_is_nil(agent_map(NULL, &mapper,
					      l4_map_item(pool_page(0, 12, L4_RIGHT_R), to),
					      L4_COMPLETE_SPACE)))
			break;
	}
	return check_eq(mapped, MAPPINGS, "one page is mapped %u times", MAPPINGS);
}

static void latency_unmap(void *unused)
{
	(void)unused;
	l4_unmap_fpage(pool_page(0, 12, L4_RIGHTS_ALL));
}

static struct l4_thread_id latency_victims[2];

/* The space's threads; the last one takes the mappings with it. */
static void latency_delete(void *unused)
{
	(void)unused;
	for (unsigned i = 0; i < COUNT(latency_victims); i++)
		l4_thread_control(latency_victims[i], L4_NILTHREAD, L4_NILTHREAD, L4_NILTHREAD,
				  L4_UTCB_UNCHANGED);
}

/* `work` in a low thread, with the waker above it. */
static void latency_measure(void (*work)(void *), const char *name)
{
	struct thread *low = thread_create(NULL, work, NULL);
	struct thread *waker = thread_new(NULL, latency_wake, NULL);
	uint64_t begin, took;
	l4_word_t before;

	waker_stop = false;
	l4_set_priority(low->id, LOW_PRIORITY);
	wakes = 0;
	wait_for(&wakes, 3, 500000);
	latest_us = 0;
	before = wakes;
	begin = l4_system_clock();
	thread_go(low);
	while (!low->finished && l4_system_clock() - begin < 5000000)
		l4_sleep_us(WAKE_US);
	took = l4_system_clock() - begin;
	waker_stop = true;
	note("%s takes %llu us; waking is late by %llu us at most", name, (unsigned long long)took,
	     (unsigned long long)latest_us);
	check(low->finished, "%s comes to an end", name);
	thread_wait_finished(waker);
	/* An emulator that runs on the host's time is late by more than that. */
	if (time_is_exact()) {
		check(took < 4 * WAKE_US || wakes - before > 2, "%s lets a higher thread in", name);
		check_range(latest_us, 0, MAX_LATE_US, "%s doesn't hold up others", name);
	} else {
		skip(2, "needs exact time");
	}
	thread_delete(waker);
	thread_delete(low);
}

void test_long_unmap(void)
{
	if (latency_prepare(space_new()))
		latency_measure(latency_unmap, "unmap");
	check(!agent_peek(&mapper, TEST_VA + MAPPINGS / 2 * L4_PAGE_SIZE, NULL), "all is unmapped");
}

void test_long_deletion(void)
{
	struct space *s = space_new();
	unsigned before = space_kernel_pages(NULL);

	if (!latency_prepare(s))
		return;
	latency_victims[0] = mapper.thread->id;
	latency_victims[1] = s->id;
	thread_forget(mapper.thread);
	space_forget(s);
	latency_measure(latency_delete, "deletion");
	check_eq(space_kernel_pages(NULL), before, "no kernel memory is lost");
}
