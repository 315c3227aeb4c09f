/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The answering half of the ping-pong demo: a server reduced to the system call
 * it consists of.  For a server with several operations see <l4/server.h>.
 */
#include <l4/thread.h>
#include <proto/pong.h>
#include <proto/root.h>
#include <stdio.h>

extern char __text_start[];

int main(void)
{
	struct l4_thread_id from = L4_NILTHREAD;
	struct l4_tag tag;

	stdio_set_putc(root_putc);
	printf("I am pong, on CPU %u, in an address space of my own, loaded at %p.\n",
	       (unsigned)l4_tcr(L4_TCR_PROCESSOR_NO), __text_start);
	printf("I answer every number I am sent with that number plus one.\n");
	tag = l4_wait(&from);
	for (;;) {
		if (l4_tag_failed(tag) || l4_tag_label(tag) != PONG_LABEL ||
		    l4_tag_untyped(tag) != 1) {
			tag = l4_wait(&from);
			continue;
		}
		l4_set_mr(1, l4_mr(1) + 1);
		l4_set_mr(2, l4_tcr(L4_TCR_PROCESSOR_NO));
		l4_set_tag(l4_tag(0, 2, 0));
		tag = l4_reply_wait(from, &from);
	}
}
