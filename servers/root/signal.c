/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals, see signal.h.  A bit is set before its task is woken, and a task is only parked
 * if none is set; both are done by this one thread, so no wake-up is lost.
 */
#include "signal.h"

#include <l4/thread.h>

static bool root_is_signalled;

static void signal_set(struct task *task, unsigned bit)
{
	if (!task_exists(task) || !task->signals)
		return;
	__atomic_fetch_or(&task->signals->pending, 1ull << bit, __ATOMIC_SEQ_CST);
	if (!task->is_waiting)
		return;
	task->is_waiting = false;
	l4_set_tag(l4_tag(0, 0, 0));
	/* It fails if its wait has timed out; then it finds the bit before the next. */
	l4_reply(task->thread);
}

void signal_peer(const struct channel *c, unsigned from)
{
	bool to_server = c->client.task == from;
	unsigned task = to_server ? c->server.task : c->client.task;
	unsigned number = to_server ? c->server.number : c->client.number;

	if (task == CHANNEL_ROOT)
		root_is_signalled = true;
	else
		signal_set(task_at(task), number);
}

void signal_order(struct task *task, l4_word_t order_and_argument)
{
	l4_word_t order = (order_and_argument & 0xffffffff) | (l4_word_t)++task->orders << 32;

	__atomic_store_n(&task->signals->order, order, __ATOMIC_RELEASE);
	signal_set(task, TASK_SIGNAL_ORDER);
}

bool signal_wait(struct task *task)
{
	task->is_waiting = !__atomic_load_n(&task->signals->pending, __ATOMIC_SEQ_CST);
	return !task->is_waiting;
}

bool signal_take_roots(void)
{
	bool signalled = root_is_signalled;

	root_is_signalled = false;
	return signalled;
}
