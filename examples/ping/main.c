/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The asking half of the ping-pong demo: calls pong, which is another program in
 * another address space and, if there is one, on another CPU, as fast as it can,
 * and says once a second how that goes.
 */
#include <l4/thread.h>
#include <proto/pong.h>
#include <proto/root.h>
#include <stdio.h>

#define SECOND_US 1000000ull
#define CALLS_PER_LOOK 16 /* round trips between two looks at the clock */
#define COUNT_SIZE 28     /* of a number in writing */

extern char __text_start[];

/* A number with commas, right-aligned in a field of `width`. */
static const char *ping_count(uint64_t n, int width, char text[COUNT_SIZE])
{
	char *p = &text[COUNT_SIZE - 1];
	int length = 0;

	*p = 0;
	do {
		if (length % 4 == 3) {
			*--p = ',';
			length++;
		}
		*--p = (char)('0' + n % 10);
		n /= 10;
		length++;
	} while (n > 0);
	for (; length < width; length++)
		*--p = ' ';
	return p;
}

/* One round trip; false if the answer is missing or wrong. */
static bool ping_once(struct l4_thread_id pong, l4_word_t number, struct l4_tag *answer)
{
	l4_set_mr(1, number);
	l4_set_tag(l4_tag(PONG_LABEL, 1, 0));
	*answer = l4_call(pong);
	return l4_tag_succeeded(*answer) && l4_mr(1) == number + 1;
}

static _Noreturn void ping_fail(uint64_t round_trips)
{
	printf("Wrong or no answer after %llu round trips!\n", (unsigned long long)round_trips);
	root_exit(1);
}

static void ping_introduce(struct l4_thread_id pong)
{
	struct l4_tag answer;
	l4_word_t number, cpu;

	if (!ping_once(pong, 41, &answer))
		ping_fail(0);
	number = l4_mr(1);
	cpu = l4_mr(2);
	printf("I am ping, on CPU %u, in another address space, also loaded at %p.\n",
	       (unsigned)l4_tcr(L4_TCR_PROCESSOR_NO), __text_start);
	printf("I sent 41 to pong, and %llu came back, from %s CPU %u.\n",
	       (unsigned long long)number, l4_tag_xcpu(answer) ? "the other" : "the same",
	       (unsigned)cpu);
	printf("Now I go on with that as fast as I can. q leaves the demo.\n");
}

/* Calls for a second; returns how many round trips that were. */
static uint64_t ping_for_a_second(struct l4_thread_id pong, uint64_t *us)
{
	uint64_t start = l4_system_clock(), count = 0;
	struct l4_tag answer;

	do {
		for (unsigned i = 0; i < CALLS_PER_LOOK; i++)
			if (!ping_once(pong, count++, &answer))
				ping_fail(count);
		*us = l4_system_clock() - start;
	} while (*us < SECOND_US);
	return count;
}

int main(void)
{
	char total_text[COUNT_SIZE], rate_text[COUNT_SIZE];
	uint64_t count, us, total = 0;
	struct l4_thread_id pong;

	stdio_set_putc(root_putc);
	pong = root_lookup("pong");
	if (l4_is_nil(pong)) {
		printf("There is no pong.\n");
		root_exit(1);
	}
	ping_introduce(pong);
	for (unsigned second = 1;; second++) {
		count = ping_for_a_second(pong, &us);
		total += count;
		printf("%3u s: %s round trips, all right; %s per second, %llu.%02llu us each\n",
		       second, ping_count(total, 9, total_text),
		       ping_count(count * SECOND_US / us, 7, rate_text),
		       (unsigned long long)(us / count),
		       (unsigned long long)(us % count * 100 / count));
	}
}
