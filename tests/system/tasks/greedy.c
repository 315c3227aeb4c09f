/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory by demand: zeros, what was written stays, discarded pages are zero again and can
 * be touched anew for ever; then touches more than its bound.
 */
#include <l4/task.h>
#include <proto/root.h>
#include <stdio.h>
#include <stdlib.h>

#define CHUNK 0x200000ull
#define ROUNDS 64

static void greedy_check(bool right, const char *what)
{
	if (right)
		return;
	printf("%s: wrong\n", what);
	root_exit(1);
}

/* Each page of the chunk has to be `old` and becomes `new`. */
static void greedy_go_over(uint64_t at, uint64_t bytes, uint64_t old, uint64_t new)
{
	for (uint64_t page = at; page < at + bytes; page += L4_PAGE_SIZE) {
		volatile uint64_t *word = (uint64_t *)page;

		greedy_check(*word == old, "what is in memory");
		*word = new;
		greedy_check(*word == new, "what was written");
	}
}

/* Reads far more than the bound, which holds no memory. */
static void greedy_read_wide(void)
{
	volatile const uint64_t *word = (const uint64_t *)(TASK_HEAP + 16 * CHUNK);

	for (unsigned i = 0; i < 16 * CHUNK / L4_PAGE_SIZE; i++)
		greedy_check(word[i * L4_PAGE_SIZE / sizeof(*word)] == 0, "a page read");
}

int main(void)
{
	stdio_set_putc(root_putc);
	greedy_read_wide();
	for (unsigned i = 0; i < ROUNDS; i++) {
		greedy_go_over(TASK_HEAP, CHUNK, 0, i + 1);
		greedy_go_over(TASK_RAM, CHUNK, 0, i + 1);
		greedy_go_over(TASK_RAM + CHUNK, L4_PAGE_SIZE, 0, i + 1);
		task_discard((void *)TASK_HEAP, CHUNK);
		task_discard((void *)TASK_RAM, CHUNK);
		task_discard((void *)(TASK_RAM + CHUNK), L4_PAGE_SIZE);
	}
	greedy_go_over(TASK_HEAP, 2 * L4_PAGE_SIZE, 0, 1);
	task_discard((void *)TASK_HEAP, L4_PAGE_SIZE);
	greedy_go_over(TASK_HEAP, L4_PAGE_SIZE, 0, 1);
	greedy_go_over(TASK_HEAP + L4_PAGE_SIZE, L4_PAGE_SIZE, 1, 1);
	printf("memory comes and goes\n");
	for (uint64_t at = TASK_RAM;; at += L4_PAGE_SIZE)
		*(volatile uint64_t *)at = 1;
}
