/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The asking half of the ping-pong demo: calls pong, which is another program in
 * another address space and, if there is one, on another CPU, as fast as it can,
 * and says once a second how that goes.
 */
#include "../pong/pong.h"

#include <l4/thread.h>
#include <proto/root.h>
#include <stdio.h>

#define SECOND_US 1000000ull
#define CALLS_PER_LOOK 256 /* round trips between two looks at the clock */

extern char __text_start[];

/* One round trip; false if the answer is missing or wrong. */
static bool ping_once(struct l4_thread_id pong, l4_word_t number, struct l4_tag *answer)
{
	l4_set_mr(1, number);
	l4_set_tag(l4_tag(PONG_LABEL, 1, 0));
	*answer = l4_call(pong);
	return l4_tag_succeeded(*answer) && l4_mr(1) == number + 1;
}

static void ping_introduce(struct l4_thread_id pong)
{
	struct l4_tag answer;

	printf("I am ping, on CPU %u, loaded at address %p, too: my address space is another one.\n",
	       (unsigned)l4_tcr(L4_TCR_PROCESSOR_NO), __text_start);
	if (!ping_once(pong, 41, &answer)) {
		printf("pong does not answer.\n");
		root_exit(1);
	}
	printf("I sent pong 41 and it answered %llu, from %s CPU %u.\n",
	       (unsigned long long)l4_mr(1), l4_tag_xcpu(answer) ? "the other" : "the same",
	       (unsigned)l4_mr(2));
	printf("Now I do that as fast as we can. A round trip is two messages.\n");
}

/* Calls for a second; returns how many round trips that were. */
static uint64_t ping_for_a_second(struct l4_thread_id pong, uint64_t *us)
{
	uint64_t start = l4_system_clock(), count = 0;
	struct l4_tag answer;

	do {
		for (unsigned i = 0; i < CALLS_PER_LOOK; i++)
			if (!ping_once(pong, count++, &answer)) {
				printf("Wrong answer after %llu round trips!\n",
				       (unsigned long long)count);
				root_exit(1);
			}
		*us = l4_system_clock() - start;
	} while (*us < SECOND_US);
	return count;
}

int main(void)
{
	struct l4_thread_id pong;
	uint64_t count, us, total = 0;

	stdio_set_putc(root_putc);
	pong = root_lookup("pong");
	if (l4_is_nil(pong)) {
		printf("There is no pong.\n");
		root_exit(1);
	}
	ping_introduce(pong);
	for (;;) {
		count = ping_for_a_second(pong, &us);
		total += count;
		printf("%8llu round trips per second, %llu.%02llu us each, %llu so far, all "
		       "answers right. (q: quit)\n",
		       (unsigned long long)(count * SECOND_US / us), (unsigned long long)(us / count),
		       (unsigned long long)(us % count * 100 / count), (unsigned long long)total);
	}
}
