/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Listens to everybody, answers, and says so; with more memory it carries out orders
 * instead.  With a config it crashes as soon as it runs, or loops if it has much memory.
 */
#include <l4/task.h>
#include <l4/thread.h>
#include <proto/root.h>
#include <stdio.h>
#include <stdlib.h>

#define NOWHERE 0xdead000ull
#define ROOM_BYTES 0x400000ull

static void victim_listen(void)
{
	struct l4_thread_id from;

	for (;;) {
		if (l4_tag_failed(l4_wait(&from)))
			continue;
		printf("somebody has reached me\n");
		l4_set_tag(l4_tag(0, 0, 0));
		l4_reply(from);
	}
}

static _Noreturn void victim_obey(void)
{
	struct task_signals *signals = task_signals();

	/* Something to give back when it is stopped. */
	for (uint64_t at = 0; at < ROOM_BYTES; at += L4_PAGE_SIZE)
		*(volatile uint64_t *)(TASK_RAM + at) = *(volatile uint64_t *)(TASK_HEAP + at) = 1;
	signals->status.heartbeat = 1;
	for (;;) {
		task_wait(L4_NEVER, NULL);
		if ((signals->order & 0xff) == TASK_ORDER_FAULT)
			*(volatile int *)NOWHERE = 1;
		signals->status.last_done = signals->order;
	}
}

int main(void)
{
	stdio_set_putc(root_putc);
	printf("number %u is up\n", task_info()->incarnation);
	while (task_config() && task_info()->memory_bytes >= 2 * ROOM_BYTES)
		;
	if (task_config())
		*(volatile int *)NOWHERE = 1;
	if (task_info()->memory_bytes < 2 * ROOM_BYTES)
		victim_listen();
	victim_obey();
}
