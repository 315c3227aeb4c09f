/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Redirection and confinement: what a space with a redirector sends outside goes
 * to the redirector, faults too, and nothing gets past it (manual 5.1, 3.1).
 *
 * Threads in confined spaces do jobs and don't answer: the results are in shared
 * memory.  The image is mapped there before the redirector is set.
 */
#include "ktest.h"
#include "pager_plan.h"
#include "tests.h"

#include <l4/thread.h>

#define WAIT_US 300000

static struct job from_confined, at_guard;

static void redirect_sleep(void *unused)
{
	(void)unused;
	thread_park();
}

static struct space *redirect_new_space(struct l4_thread_id redirector)
{
	struct space *s = space_new();
	struct thread *t = thread_new(s, redirect_sleep, NULL);

	thread_reaches(t, L4_SCHEDULE_WAITING);
	if (!space_set_redirector(s, redirector))
		check(false, "set a redirector, error %llu", (unsigned long long)l4_error_code());
	return s;
}

static l4_word_t redirect_timeouts(void)
{
	return l4_timeouts(l4_period_us(WAIT_US), l4_period_us(WAIT_US));
}

static void redirect_guard_receives(struct agent *guard)
{
	at_guard = job_receive(L4_ANYTHREAD);
	at_guard.timeouts = redirect_timeouts();
	agent_begin_job(guard, &at_guard);
}

static struct thread *redirect_send(struct space *confined, struct l4_thread_id to)
{
	from_confined = job_send(to);
	from_confined.timeouts = redirect_timeouts();
	job_add_word(&from_confined, 0x1234);
	return job_start(confined, &from_confined);
}

void test_redirection(void)
{
	struct agent guard = agent_new(space_new()), target = agent_new(space_new());
	struct space *confined = redirect_new_space(guard.thread->id);
	static struct job at_target;
	struct thread *t;

	redirect_guard_receives(&guard);
	t = redirect_send(confined, target.thread->id);
	agent_finish(&guard, NULL);
	job_wait(&from_confined);
	check(l4_tag_succeeded(at_guard.tag), "a confined thread's message gets to the redirector");
	check_eq(at_guard.sender.raw, t->id.raw, "from its sender");
	check(l4_tag_redirected(at_guard.tag), "with the r flag");
	check(!l4_tag_propagated(at_guard.tag), "without the p flag");
	check_eq(at_guard.intended_receiver, target.thread->id.raw, "telling the receiver meant");
	check_eq(at_guard.got[1], 0x1234, "and is whole");
	check(l4_tag_succeeded(from_confined.tag), "the sender knows nothing of it");

	check(space_set_redirector(confined, L4_ANYTHREAD), "the redirector is lifted");
	at_target = job_receive(L4_ANYTHREAD);
	at_target.timeouts = redirect_timeouts();
	agent_begin_job(&target, &at_target);
	redirect_send(confined, target.thread->id);
	agent_finish(&target, NULL);
	check(l4_tag_succeeded(at_target.tag), "then messages get where they are sent to");
	check(!l4_tag_redirected(at_target.tag), "without the r flag");
}

/* Not redirected: within the space, and to the redirector's space. */
void test_redirection_exempt(void)
{
	struct space *guard_space = space_new();
	struct agent guard = agent_new(guard_space), friend = agent_new(guard_space);
	struct space *confined = redirect_new_space(guard.thread->id);
	static struct job inside, at_friend;
	struct thread *t;

	inside = job_receive(L4_ANYTHREAD);
	inside.timeouts = redirect_timeouts();
	t = job_start(confined, &inside);
	thread_reaches(t, L4_SCHEDULE_WAITING);
	redirect_send(confined, t->id);
	job_wait(&inside);
	check(l4_tag_succeeded(inside.tag) && !l4_tag_redirected(inside.tag),
	      "a message within the space stays there");

	at_friend = job_receive(L4_ANYTHREAD);
	at_friend.timeouts = redirect_timeouts();
	agent_begin_job(&friend, &at_friend);
	redirect_send(confined, friend.thread->id);
	agent_finish(&friend, NULL);
	check(l4_tag_succeeded(at_friend.tag) && !l4_tag_redirected(at_friend.tag),
	      "one to another thread of the redirector's space goes there");
	redirect_guard_receives(&guard);
	redirect_send(confined, guard.thread->id);
	agent_finish(&guard, NULL);
	check(l4_tag_succeeded(at_guard.tag), "one to the redirector itself gets there");
}

/* Whatever a confined thread names, only the redirector hears of it. */
static void redirect_check_target(struct space *confined, struct agent *guard,
				  struct l4_thread_id to, const char *name)
{
	struct thread *t;

	redirect_guard_receives(guard);
	t = redirect_send(confined, to);
	agent_finish(guard, NULL);
	check(l4_tag_succeeded(at_guard.tag) && l4_tag_redirected(at_guard.tag) &&
		      at_guard.intended_receiver == to.raw,
	      "to %s: gets to the redirector", name);
	job_wait(&from_confined);
	thread_delete(t);
}

void test_confinement(void)
{
	struct agent guard = agent_new(space_new()), other = agent_new(space_new());
	struct space *confined = redirect_new_space(guard.thread->id);
	static struct job at_other;
	struct thread *t;

	redirect_check_target(confined, &guard, main_id, "root");
	redirect_check_target(confined, &guard, sigma0_id, "sigma0");
	redirect_check_target(confined, &guard, pager_id, "the pager");
	redirect_check_target(confined, &guard, other.thread->id, "another space");
	from_confined = job_send(l4_interrupt(4));
	from_confined.timeouts = redirect_timeouts();
	thread_wait_finished(job_start(confined, &from_confined));
	job_check_error(&from_confined, false, L4_IPC_NO_PARTNER, "an interrupt of nobody's");

	/* The guard doesn't listen: the message must not find another way. */
	at_other = job_receive(L4_ANYTHREAD);
	at_other.timeouts = l4_timeouts(L4_NEVER, l4_period_us(20000));
	agent_begin_job(&other, &at_other);
	from_confined = job_send(other.thread->id);
	from_confined.timeouts = l4_timeouts(l4_period_us(5000), L4_NEVER);
	t = job_start(confined, &from_confined);
	job_wait(&from_confined);
	job_check_error(&from_confined, false, L4_IPC_TIMEOUT, "a redirector that doesn't listen");
	agent_finish(&other, NULL);
	check(l4_tag_failed(at_other.tag), "the receiver meant hears nothing");
	thread_delete(t);

	thread_delete(guard.thread);
	at_other = job_receive(L4_ANYTHREAD);
	at_other.timeouts = l4_timeouts(L4_NEVER, l4_period_us(20000));
	agent_begin_job(&other, &at_other);
	redirect_send(confined, other.thread->id);
	job_wait(&from_confined);
	check(l4_tag_failed(from_confined.tag), "a redirector that is gone: the send fails");
	agent_finish(&other, NULL);
	check(l4_tag_failed(at_other.tag), "and nobody hears of it");
}

/* In the name of others there is no way out either. */
void test_confinement_propagation(void)
{
	struct agent guard = agent_new(space_new()), other = agent_new(space_new());
	struct space *confined = redirect_new_space(guard.thread->id);
	static struct job at_other;

	at_other = job_receive(L4_ANYTHREAD);
	at_other.timeouts = l4_timeouts(L4_NEVER, l4_period_us(20000));
	agent_begin_job(&other, &at_other);
	redirect_guard_receives(&guard);
	from_confined = job_send(other.thread->id);
	from_confined.virtual_sender = guard.thread->id;
	from_confined.mr[0] = L4_TAG_PROPAGATED;
	from_confined.timeouts = redirect_timeouts();
	job_start(confined, &from_confined);
	agent_finish(&guard, NULL);
	agent_finish(&other, NULL);
	check(l4_tag_succeeded(at_guard.tag), "propagating in the redirector's name: redirected");
	check(l4_tag_failed(at_other.tag), "the receiver meant hears nothing");
}

static volatile l4_word_t value_read;

static void redirect_read(void *address)
{
	value_read = *(volatile l4_word_t *)address;
	thread_park();
}

/* A page fault of a confined thread gets to its pager only if the redirector passes
 * it on; the pager answers the thread itself. */
void test_redirected_fault(void)
{
	struct agent guard = agent_new(space_new());
	struct space *confined = redirect_new_space(guard.thread->id);
	static struct pager_plan plan;
	static struct job forward;
	struct thread *t;

	value_read = 0;
	plan = (struct pager_plan){
		.base = TEST_VA, .first_page = 5, .rights = L4_RIGHT_R, .answers = ~0ull
	};
	pager_plan_start(&plan);
	redirect_guard_receives(&guard);
	t = thread_create(confined, redirect_read, (void *)TEST_VA);
	t->pager = plan.thread->id;
	thread_go(t);
	agent_finish(&guard, NULL);
	check_eq(l4_tag_label(at_guard.tag), L4_LABEL_PAGE_FAULT | L4_RIGHT_R,
		 "a confined thread's page fault gets to the redirector");
	check(l4_tag_redirected(at_guard.tag), "with the r flag");
	check_eq(at_guard.sender.raw, t->id.raw, "from the thread");
	check_eq(at_guard.intended_receiver, plan.thread->id.raw, "the pager was meant");
	check_eq(at_guard.got[1], TEST_VA, "the address");
	check_eq(plan.faults, 0, "the pager hears nothing");

	forward = job_send(plan.thread->id);
	forward.timeouts = redirect_timeouts();
	forward.virtual_sender = t->id;
	forward.mr[0] = l4_tag(l4_tag_label(at_guard.tag), 2, 0).raw | L4_TAG_PROPAGATED;
	forward.mr[1] = at_guard.got[1];
	forward.mr[2] = at_guard.got[2];
	agent_job(&guard, &forward);
	check(wait_for(&value_read, 1, WAIT_US), "passed on, the pager resolves it");
	check_eq(value_read, memory_mark(5), "with its page");
}

static void redirect_undefined(void *unused)
{
	(void)unused;
	__asm__ volatile("ud2");
}

void test_redirected_exception(void)
{
	struct agent guard = agent_new(space_new());
	struct space *confined = redirect_new_space(guard.thread->id);
	struct thread *t;

	redirect_guard_receives(&guard);
	t = thread_new(confined, redirect_undefined, NULL);
	agent_finish(&guard, NULL);
	check_eq(l4_tag_label(at_guard.tag), L4_LABEL_EXCEPTION,
		 "a confined thread's exception gets to the redirector");
	check(l4_tag_redirected(at_guard.tag), "with the r flag");
	check_eq(at_guard.got[L4_EXC_NUMBER], 6, "it is the invalid opcode");
	check_eq(at_guard.sender.raw, t->id.raw, "from the thread");
}

/* A redirector may pass messages on in their sender's name. */
void test_redirector_forwards(void)
{
	struct agent guard = agent_new(space_new());
	struct space *confined = redirect_new_space(guard.thread->id);
	static struct job forward;
	struct thread *t;
	struct job at_main = job_receive(L4_ANYTHREAD);

	redirect_guard_receives(&guard);
	t = redirect_send(confined, main_id);
	agent_finish(&guard, NULL);
	forward = job_send(main_id);
	forward.virtual_sender = t->id;
	job_add_word(&forward, 0x77);
	forward.mr[0] |= L4_TAG_PROPAGATED;
	forward.timeouts = at_main.timeouts = redirect_timeouts();
	agent_begin_job(&guard, &forward);
	at_main.from = t->id;
	job_run(&at_main);
	agent_finish(&guard, NULL);
	check(l4_tag_succeeded(at_main.tag), "in the name of a thread it guards");
	check(l4_tag_propagated(at_main.tag), "as propagated");
	check_eq(at_main.actual_sender, guard.thread->id.raw, "with the actual sender");
}

/* confined -> guard -> outer guard -> main, all in the confined thread's name. */
void test_redirectors_in_series(void)
{
	struct agent outer = agent_new(space_new());
	struct space *guard_space = redirect_new_space(outer.thread->id);
	struct space *confined;
	static struct job first, forward, at_outer, last;
	struct job at_main;
	struct thread *t, *guard;

	first = job_receive(L4_ANYTHREAD);
	first.timeouts = redirect_timeouts();
	guard = job_start(guard_space, &first);
	thread_reaches(guard, L4_SCHEDULE_WAITING);
	confined = redirect_new_space(guard->id);
	t = redirect_send(confined, main_id);
	job_wait(&first);
	check(l4_tag_redirected(first.tag), "the inner redirector gets the message");

	/* The same thread must forward: it is the redirector. */
	forward = job_send(main_id);
	forward.virtual_sender = t->id;
	forward.mr[0] = L4_TAG_PROPAGATED;
	forward.timeouts = redirect_timeouts();
	forward.done = 0;
	guard->arg = &forward;
	at_outer = job_receive(L4_ANYTHREAD);
	at_outer.timeouts = redirect_timeouts();
	agent_begin_job(&outer, &at_outer);
	thread_restart(guard);
	agent_finish(&outer, NULL);
	check(l4_tag_redirected(at_outer.tag) && l4_tag_propagated(at_outer.tag),
	      "the outer one gets it with both flags");
	check_eq(at_outer.sender.raw, t->id.raw, "from the confined thread");
	check_eq(at_outer.actual_sender, guard->id.raw, "actually from the inner redirector");
	check_eq(at_outer.intended_receiver, main_id.raw, "meant for main");

	last = job_send(main_id);
	last.virtual_sender = t->id;
	last.mr[0] = L4_TAG_PROPAGATED;
	last.timeouts = redirect_timeouts();
	agent_begin_job(&outer, &last);
	at_main = job_receive(t->id);
	at_main.timeouts = redirect_timeouts();
	job_run(&at_main);
	agent_finish(&outer, NULL);
	check(l4_tag_succeeded(at_main.tag) && l4_tag_propagated(at_main.tag),
	      "the outer redirector may speak for the confined thread, too");
}
