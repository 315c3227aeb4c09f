/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Agents: threads that call functions in their space on main's behalf.  Main is
 * their pager and exception handler, so what they suffer comes to main as the
 * answer to the call:
 *
 *	struct agent a = agent_new(space_new());
 *	if (!agent_call(&a, read_word, address, 0, &value))
 *		check(agent_faulted(&a, L4_LABEL_PAGE_FAULT | L4_RIGHT_R, address), ...);
 */
#include "ktest.h"

#define AGENT_TIMEOUT_US 3000000

static void agent_loop(void *unused)
{
	(void)unused;
	l4_receive(main_id);
	for (;;) {
		agent_function f = (agent_function)l4_mr(1);
		l4_word_t result = f(l4_mr(2), l4_mr(3));

		l4_set_mr(1, result);
		l4_set_tag(l4_tag(0, 1, 0));
		l4_ipc(main_id, main_id, L4_TIMEOUTS_NEVER, NULL);
	}
}

struct agent agent_new(struct space *s)
{
	struct agent a = { .thread = thread_create(s, agent_loop, NULL) };

	a.thread->pager = a.thread->handler = main_id;
	thread_go(a.thread);
	return a;
}

void agent_begin(struct agent *a, agent_function f, l4_word_t x, l4_word_t y)
{
	struct l4_time soon = l4_period_us(AGENT_TIMEOUT_US);

	l4_set_mr(1, (l4_word_t)f);
	l4_set_mr(2, x);
	l4_set_mr(3, y);
	l4_set_tag(l4_tag(0, 3, 0));
	if (l4_tag_failed(l4_ipc(a->thread->id, L4_NILTHREAD, l4_timeouts(soon, soon), NULL)))
		check(false, "agent takes a command, error %#llx",
		      (unsigned long long)l4_error_code());
}

bool agent_finish(struct agent *a, l4_word_t *result)
{
	a->tag = l4_receive_timeout(a->thread->id, l4_period_us(AGENT_TIMEOUT_US));
	if (l4_tag_failed(a->tag))
		return check(false, "agent answers, error %#llx",
			     (unsigned long long)l4_error_code());
	for (unsigned i = 0; i < L4_MR_COUNT; i++)
		a->mr[i] = l4_mr(i);
	if (l4_tag_label(a->tag) != 0)
		return false;
	if (result)
		*result = a->mr[1];
	return true;
}

bool agent_call(struct agent *a, agent_function f, l4_word_t x, l4_word_t y, l4_word_t *result)
{
	agent_begin(a, f, x, y);
	return agent_finish(a, result);
}

void agent_reset(struct agent *a)
{
	thread_restart(a->thread);
}

bool agent_faulted(const struct agent *a, l4_word_t label_and_rights, l4_word_t address)
{
	return l4_tag_label(a->tag) == label_and_rights && a->mr[1] == address;
}

static l4_word_t agent_read_word(l4_word_t address, l4_word_t unused)
{
	(void)unused;
	return *(volatile l4_word_t *)address;
}

static l4_word_t agent_write_word(l4_word_t address, l4_word_t value)
{
	*(volatile l4_word_t *)address = value;
	return 0;
}

static l4_word_t agent_jump(l4_word_t address, l4_word_t unused)
{
	(void)unused;
	((void (*)(void))address)();
	return 0;
}

static bool agent_call_or_reset(struct agent *a, agent_function f, l4_word_t x, l4_word_t y,
				l4_word_t *result)
{
	if (agent_call(a, f, x, y, result))
		return true;
	agent_reset(a);
	return false;
}

bool agent_peek(struct agent *a, l4_word_t address, l4_word_t *value)
{
	return agent_call_or_reset(a, agent_read_word, address, 0, value);
}

bool agent_poke(struct agent *a, l4_word_t address, l4_word_t value)
{
	return agent_call_or_reset(a, agent_write_word, address, value, NULL);
}

bool agent_execute(struct agent *a, l4_word_t address)
{
	return agent_call_or_reset(a, agent_jump, address, 0, NULL);
}

static l4_word_t agent_do_job(l4_word_t job, l4_word_t unused)
{
	(void)unused;
	job_run((struct job *)job);
	return 0;
}

void agent_begin_job(struct agent *a, struct job *j)
{
	agent_begin(a, agent_do_job, (l4_word_t)j, 0);
}

void agent_job(struct agent *a, struct job *j)
{
	if (a)
		agent_call(a, agent_do_job, (l4_word_t)j, 0, NULL);
	else
		job_run(j);
}

struct l4_fpage agent_map(struct agent *from, struct agent *to, struct l4_map_item item,
			  struct l4_fpage window)
{
	static struct job send, receive;
	struct l4_time soon = l4_period_us(AGENT_TIMEOUT_US);

	send = job_send(to ? to->thread->id : main_id);
	receive = job_receive(from ? from->thread->id : main_id);
	send.timeouts = receive.timeouts = l4_timeouts(soon, soon);
	job_add_map(&send, item);
	receive.br[0] = l4_acceptor(window, false).raw;
	receive.brs = 1;
	/* The other party's agent goes first, main's own part last. */
	if (to) {
		agent_begin_job(to, &receive);
		agent_job(from, &send);
		agent_finish(to, NULL);
	} else {
		agent_begin_job(from, &send);
		job_run(&receive);
		agent_finish(from, NULL);
	}
	if (l4_tag_failed(receive.tag) || l4_tag_typed(receive.tag) != 2)
		return L4_NILPAGE;
	return (struct l4_fpage){ receive.got[2] };
}

static l4_word_t agent_do_unmap(l4_word_t fpage, l4_word_t flush)
{
	l4_set_mr(0, fpage);
	l4_unmap(flush ? L4_UNMAP_FLUSH : 0);
	return l4_mr(0);
}

struct l4_fpage agent_unmap(struct agent *a, struct l4_fpage f, bool flush)
{
	l4_word_t result = 0;

	if (a)
		agent_call(a, agent_do_unmap, f.raw, flush, &result);
	else
		result = agent_do_unmap(f.raw, flush);
	return (struct l4_fpage){ result };
}
