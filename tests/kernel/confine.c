/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Confinement when the redirector is silent: nothing a confined thread does reaches
 * anybody else, it can be deleted at any time, and a redirector may answer in the
 * name of the receiver meant.
 *
 * The results of confined threads are in shared memory; the image is mapped there
 * before the redirector is set.
 */
#include "ktest.h"
#include "tests.h"

#include <l4/thread.h>

#define SOON_US 1000
#define LONG_US 1000000

static struct job confined_job, guard_job, other_job;
static volatile l4_word_t confine_counter;

static void confine_sleep(void *unused)
{
	(void)unused;
	thread_park();
}

static struct space *confine_space(struct l4_thread_id redirector)
{
	struct space *s = space_new();

	thread_reaches(thread_new(s, confine_sleep, NULL), L4_SCHEDULE_WAITING);
	if (!space_set_redirector(s, redirector))
		check(false, "set a redirector, error %llu", (unsigned long long)l4_error_code());
	return s;
}

static l4_word_t confine_timeouts(uint64_t us)
{
	return l4_timeouts(us ? l4_period_us(us) : L4_ZERO_TIME,
			   us ? l4_period_us(us) : L4_ZERO_TIME);
}

/* Somebody else, who would take any message. */
static void confine_other_listens(struct agent *other)
{
	other_job = job_receive(L4_ANYTHREAD);
	other_job.timeouts = confine_timeouts(LONG_US);
	agent_begin_job(other, &other_job);
}

/* What it hears at last is main's, and nobody's before. */
static void confine_other_heard_nothing(struct agent *other)
{
	check_eq(thread_state(other->thread), L4_SCHEDULE_WAITING, "nobody else heard of it");
	l4_set_tag(l4_tag(0x77, 0, 0));
	l4_send(other->thread->id);
	agent_finish(other, NULL);
	check(l4_tag_label(other_job.tag) == 0x77 && other_job.sender.raw == main_id.raw,
	      "the first message comes from outside");
}

/* One IPC of a confined thread, which must fail in its send phase. */
static void confine_try(struct space *s, const struct job *job, const char *name)
{
	struct thread *t;

	confined_job = *job;
	t = job_start(s, &confined_job);
	job_wait(&confined_job);
	job_check_error(&confined_job, false, L4_IPC_TIMEOUT, name);
	thread_delete(t);
}

void test_confine_silent_redirector(void)
{
	struct thread *guard = thread_new(space_new(), confine_sleep, NULL);
	struct agent other = agent_new(space_new());
	struct space *s = confine_space(guard->id);
	struct thread *fellow = thread_new(s, confine_sleep, NULL);
	const struct l4_thread_id virtual[] = { L4_NILTHREAD,     fellow->id, guard->id,
						other.thread->id, main_id,    sigma0_id,
						l4_interrupt(4) };
	static const char text[] = "a string";

	confine_other_listens(&other);
	for (unsigned i = 0; i < 4 * COUNT(virtual); i++) {
		struct l4_thread_id v = virtual[i / 4];
		struct job j = job_send(other.thread->id);

		j.lipc = i % 2;
		j.timeouts = confine_timeouts(i & 2 ? SOON_US : 0);
		job_add_word(&j, i);
		j.virtual_sender = v;
		j.mr[0] |= l4_is_nil(v) ? 0 : L4_TAG_PROPAGATED;
		confine_try(s, &j, "a message, plain or in another's name");
	}
	for (unsigned i = 0; i < 2; i++) {
		struct job j = job_send(other.thread->id);

		j.timeouts = confine_timeouts(i * SOON_US);
		job_add_item(&j, l4_string_head(sizeof(text), 1), (l4_word_t)text);
		confine_try(s, &j, "a string");
		j = job_send(other.thread->id);
		j.timeouts = confine_timeouts(i * SOON_US);
		job_add_map(&j,
			    l4_map_item(l4_fpage((l4_word_t)text & -4096ull, 12, L4_RIGHT_R), 0));
		confine_try(s, &j, "a page");
	}
	confine_other_heard_nothing(&other);
}

/* ---- what isn't a message ---- */

static volatile l4_word_t call_failures;
static struct l4_thread_id call_target;

static void confine_calls(void *unused)
{
	struct l4_exregs_words regs = { .control = L4_EXREGS_SET_HALT | L4_EXREGS_HALT |
						   L4_EXREGS_ABORT_RECEIVE };
	l4_word_t attributes[4] = { 0 };
	uint64_t us;

	(void)unused;
	call_failures = 0;
	call_failures += l4_is_nil(l4_exchange_registers(call_target, &regs));
	call_failures += !l4_thread_control(call_target, L4_NILTHREAD, L4_NILTHREAD, L4_NILTHREAD,
					    L4_UTCB_UNCHANGED);
	call_failures += !l4_thread_control(l4_interrupt(4), l4_interrupt(4), L4_NILTHREAD,
					    l4_myself(), L4_UTCB_UNCHANGED);
	call_failures +=
		!l4_space_control(l4_myself(), 0, L4_NILPAGE, L4_NILPAGE, L4_ANYTHREAD, NULL);
	call_failures += !l4_set_priority(call_target, 1);
	call_failures += !l4_thread_cpu_time(call_target, &us);
	call_failures += !l4_processor_control(0, 1, 1, 1);
	l4_set_mr(0, 0);
	call_failures += !l4_memory_control(0, attributes);
}

void test_confine_other_calls(void)
{
	struct thread *guard = thread_new(space_new(), confine_sleep, NULL);
	struct agent other = agent_new(space_new());
	struct space *s = confine_space(guard->id);

	confine_other_listens(&other);
	call_target = other.thread->id;
	thread_wait_finished(thread_new(s, confine_calls, NULL));
	check_eq(call_failures, 8, "no call does anything to others or to oneself's space");
	confine_other_heard_nothing(&other);
}

static void confine_count(void *unused)
{
	(void)unused;
	for (;;)
		confine_counter++;
}

static void confine_switch(void *unused)
{
	(void)unused;
	for (;;)
		l4_thread_switch(call_target);
}

/* Time isn't given away either: a lower thread elsewhere doesn't run. */
void test_confine_thread_switch(void)
{
	struct thread *guard = thread_new(space_new(), confine_sleep, NULL);
	struct space *s = confine_space(guard->id);
	struct thread *low = thread_create(space_new(), confine_count, NULL);
	struct thread *t = thread_create(s, confine_switch, NULL);

	confine_counter = 0;
	l4_set_priority(low->id, THREAD_PRIORITY - 50);
	call_target = low->id;
	thread_go(t);
	thread_go(low);
	l4_sleep_us(10000);
	check_eq(confine_counter, 0, "ThreadSwitch to another space");
	thread_delete(t);
	check(wait_for(&confine_counter, 1, 500000), "which runs once the thread is gone");
}

/* ---- ends while waiting ---- */

static struct thread *confine_send(struct space *s, struct l4_thread_id to)
{
	struct thread *t;

	confined_job = job_send(to);
	confined_job.from = to;
	job_add_word(&confined_job, 0x1234);
	t = job_start(s, &confined_job);
	thread_reaches(t, L4_SCHEDULE_PENDING_SEND);
	return t;
}

void test_confine_deletion(void)
{
	struct agent guard = agent_new(space_new()), other = agent_new(space_new());
	struct space *s = confine_space(guard.thread->id);
	struct thread *t;

	/* Pending at the redirector. */
	thread_delete(confine_send(s, other.thread->id));
	t = confine_send(s, other.thread->id);
	/* The second is still there: the queue is whole. */
	guard_job = job_receive(L4_ANYTHREAD);
	guard_job.timeouts = confine_timeouts(LONG_US);
	agent_job(&guard, &guard_job);
	check_eq(guard_job.sender.raw, t->id.raw, "the deleted sender is gone, the next is heard");
	/* Waiting for the answer. */
	thread_reaches(t, L4_SCHEDULE_WAITING);
	thread_delete(t);
	/* With its space; and with several in the queue. */
	for (unsigned i = 0; i < 3; i++)
		confine_send(s, i ? other.thread->id : main_id);
	thread_cleanup();
	check(true, "threads, spaces and redirector go in any order");
}

void test_confine_redirector_deleted(void)
{
	struct thread *guard = thread_new(space_new(), confine_sleep, NULL);
	struct agent other = agent_new(space_new());
	struct space *s = confine_space(guard->id);

	confine_other_listens(&other);
	confine_send(s, other.thread->id);
	thread_delete(guard);
	job_wait(&confined_job);
	job_check_error(&confined_job, false, L4_IPC_NO_PARTNER, "the redirector goes meanwhile");
	confine_other_heard_nothing(&other);
}

/* ---- answers ---- */

static void confine_guard_hears(struct agent *guard)
{
	guard_job = job_receive(L4_ANYTHREAD);
	guard_job.timeouts = confine_timeouts(LONG_US);
	agent_job(guard, &guard_job);
}

/* Answers the confined thread in the name of `as`. */
static void confine_answer(struct agent *from, struct l4_thread_id to, struct l4_thread_id as)
{
	guard_job = job_send(to);
	guard_job.timeouts = confine_timeouts(0);
	guard_job.virtual_sender = as;
	job_add_word(&guard_job, 0x99);
	guard_job.mr[0] |= L4_TAG_PROPAGATED;
	agent_job(from, &guard_job);
}

void test_confine_answer(void)
{
	struct agent guard = agent_new(space_new()), other = agent_new(space_new());
	struct agent stranger = agent_new(space_new());
	struct space *s = confine_space(guard.thread->id);
	struct thread *t;

	/* The receiver meant waits for the redirector, and is to go on waiting. */
	other_job = job_receive(guard.thread->id);
	other_job.timeouts = confine_timeouts(LONG_US);
	agent_begin_job(&other, &other_job);
	t = confine_send(s, other.thread->id);
	confine_guard_hears(&guard);
	check_eq(guard_job.intended_receiver, other.thread->id.raw, "the redirector hears of it");
	thread_reaches(t, L4_SCHEDULE_WAITING);
	confine_answer(&stranger, t->id, other.thread->id);
	check(l4_tag_failed(guard_job.tag) && !confined_job.done,
	      "a stranger can't answer in the name of the receiver meant");
	confine_answer(&guard, t->id, main_id);
	check(l4_tag_failed(guard_job.tag) && !confined_job.done, "nor anyone in a wrong name");
	confine_answer(&guard, t->id, other.thread->id);
	check(l4_tag_succeeded(guard_job.tag), "the redirector can");
	job_wait(&confined_job);
	check(l4_tag_succeeded(confined_job.tag) && confined_job.got[1] == 0x99,
	      "the sender gets the answer");
	check(l4_tag_propagated(confined_job.tag), "as propagated");
	check_eq(confined_job.sender.raw, other.thread->id.raw, "from whom it had asked");
	check_eq(confined_job.actual_sender, guard.thread->id.raw, "actually the redirector");
	check(!other_job.done, "the receiver meant still waits");
	guard_job = job_send(other.thread->id);
	guard_job.timeouts = confine_timeouts(0);
	agent_job(&guard, &guard_job);
	check(l4_tag_succeeded(guard_job.tag), "for the redirector");
	agent_finish(&other, NULL);
}

/* The same with faults: the pager meant doesn't answer, the redirector does. */
static void confine_touch(void *unused)
{
	(void)unused;
	confine_counter = *(volatile l4_word_t *)TEST_VA;
}

void test_confine_answer_fault(void)
{
	struct agent guard = agent_new(space_new()), other = agent_new(space_new());
	struct space *s = confine_space(guard.thread->id);
	struct thread *t = thread_create(s, confine_touch, NULL);

	agent_map(NULL, &guard, l4_map_item(pool_page(3, 12, L4_RIGHT_R), TEST_VA),
		  L4_COMPLETE_SPACE);
	confine_counter = 0;
	t->pager = other.thread->id;
	thread_go(t);
	confine_guard_hears(&guard);
	check_eq(l4_tag_label(guard_job.tag), L4_LABEL_PAGE_FAULT | L4_RIGHT_R,
		 "a page fault comes to the redirector");
	guard_job = job_send(t->id);
	guard_job.timeouts = confine_timeouts(0);
	guard_job.virtual_sender = other.thread->id;
	job_add_map(&guard_job, l4_map_item(l4_fpage(TEST_VA, 12, L4_RIGHT_R), TEST_VA));
	guard_job.mr[0] |= L4_TAG_PROPAGATED;
	agent_job(&guard, &guard_job);
	thread_wait_finished(t);
	check_eq(confine_counter, memory_mark(3), "which may answer it for the pager");
}
