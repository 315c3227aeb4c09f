/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One end of a channel, the client of `echo`: writes numbers, signals, waits for the
 * answers, and says how many round trips there were and what else it finds in its info.
 */
#include <l4/task.h>
#include <l4/thread.h>
#include <proto/root.h>
#include <stdio.h>

#define ROUNDS 1000

struct mailbox {
	volatile uint64_t question, answer;
};

static void chatter_talk(struct mailbox *box)
{
	unsigned waits = 0;

	for (uint64_t i = 1; i <= ROUNDS; i++) {
		box->question = i;
		task_signal(0);
		while (box->answer != 2 * i) {
			task_wait(L4_NEVER, NULL);
			waits++;
		}
	}
	printf("%d round trips, %s\n", ROUNDS, waits >= ROUNDS / 2 ? "by waiting" : "by luck");
}

static void chatter_time_out(void)
{
	uint64_t before, news;

	/* The last answer may have been seen before its signal came. */
	while (task_wait(l4_period_us(100000), NULL))
		;
	before = l4_system_clock();
	news = task_wait(l4_period_us(20000), NULL);
	printf("a wait without signals ends with %llu, %s\n", (unsigned long long)news,
	       l4_system_clock() - before >= 20000 ? "in time" : "too early");
}

int main(void)
{
	const struct task_info *info = task_info();

	stdio_set_putc(root_putc);
	printf("I am %s, number %u, with %u channel to %s of %llu bytes, %u module\n", info->name,
	       info->incarnation, info->channel_count, info->channel[0].peer,
	       (unsigned long long)info->channel[0].bytes, info->module_count);
	printf("module %s begins with %.5s\n", info->module[0].name,
	       (const char *)info->module[0].address);
	printf("booted in %llu\n", (unsigned long long)(1970 + info->boot_wall_seconds / 31556952));
	chatter_talk(task_channel_memory(0));
	chatter_time_out();
	root_exit(0);
}
