/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a task asks of root while it runs, see <l4/task.h>.
 */
#include <l4/task.h>

#include <l4/thread.h>
#include <proto/root.h>
#include <string.h>

/* One turn of waiting: true if signals may be pending or an interrupt came. */
static bool task_wait_once(struct l4_time timeout, uint64_t *interrupts)
{
	struct l4_thread_id from = L4_NILTHREAD;
	struct l4_tag tag;

	l4_set_tag(l4_tag(ROOT_WAIT, 0, 0));
	tag = l4_ipc(l4_root(), interrupts ? L4_ANYTHREAD : l4_root(),
		     l4_timeouts(L4_NEVER, timeout), &from);
	if (l4_tag_failed(tag))
		return false;
	if (interrupts && l4_is_interrupt(from))
		*interrupts |= 1ull << (l4_thread_no(from) & 63);
	return true;
}

uint64_t task_wait(struct l4_time timeout, uint64_t *interrupts)
{
	uint64_t news;

	if (interrupts)
		*interrupts = 0;
	/* A wake-up may be from before; only a timeout or news end the wait. */
	while (!(news = task_signals_take()) && !(interrupts && *interrupts))
		if (!task_wait_once(timeout, interrupts))
			return task_signals_take();
	return news;
}

void task_signals_put_back(uint64_t signals)
{
	if (signals)
		__atomic_fetch_or(&task_signals()->pending, signals, __ATOMIC_SEQ_CST);
}

void task_interrupt_done(unsigned n)
{
	l4_set_tag(l4_tag(0, 0, 0));
	l4_send(l4_interrupt(n));
}

void task_signal(unsigned channel)
{
	l4_set_mr(1, channel);
	l4_set_tag(l4_tag(ROOT_SIGNAL, 1, 0));
	l4_send(l4_root());
}

void task_discard(const void *address, uint64_t bytes)
{
	l4_set_mr(1, (l4_word_t)address);
	l4_set_mr(2, bytes);
	l4_set_tag(l4_tag(ROOT_DISCARD, 2, 0));
	l4_call(l4_root());
}

int task_find_channel(enum task_channel_kind kind)
{
	const struct task_info *info = task_info();

	for (unsigned n = 0; n < info->channel_count; n++)
		if (info->channel[n].kind == kind && !info->channel[n].is_server)
			return (int)n;
	return -1;
}

const struct task_module *task_find_module(const char *name)
{
	const struct task_info *info = task_info();

	for (unsigned n = 0; n < info->module_count; n++)
		if (strcmp(info->module[n].name, name) == 0)
			return &info->module[n];
	return NULL;
}
