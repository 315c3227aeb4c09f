/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A confined task that tries to reach threads it has nothing to do with.
 */
#include <l4/server.h>
#include <l4/task.h>
#include <l4/thread.h>
#include <proto/root.h>
#include <stdio.h>

#define TRIES 100
#define PATIENCE_US 20000

int main(void)
{
	struct l4_time patience = l4_period_us(PATIENCE_US);
	unsigned reached = 0;

	stdio_set_putc(root_putc);
	for (unsigned i = 0; i < TRIES; i++) {
		/* Once sigma0, once the next task, which listens to everybody. */
		struct l4_thread_id to =
			i % 2 ? l4_sigma0() : l4_global_id(l4_thread_no(l4_myself()) + 1, 1);

		l4_set_mr(1, 0xbad);
		l4_set_tag(l4_tag(0x123, 1, 0));
		if (l4_tag_succeeded(l4_ipc(to, to, l4_timeouts(patience, patience), NULL)))
			reached++;
	}
	printf("%u answers from others\n", reached);
	l4_set_mr(1, 0);
	l4_set_tag(l4_tag(0x123, 1, 0));
	l4_call(l4_root());
	printf("root answers what it does not know with %llx\n",
	       (unsigned long long)l4_tag_label((struct l4_tag){ l4_mr(0) }));
	printf("a supervisor's question is %s\n",
	       root_system_get(&(struct root_system){ 0 }) ? "answered" : "refused");
	root_exit(0);
}
