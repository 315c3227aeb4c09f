/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads and the second address space.  Root touches its whole image first,
 * so that it has every page the pager may be asked for.  The other space has its
 * KIP where root has it, as lib/l4 remembers only one address.
 */
#include "bench.h"
#include "loop.h"

#define STACK_SIZE 4096
#define CHILD_UTCB_AREA 0x7f00000000ull
#define LOG2_CHILD_UTCB_AREA 14

l4_word_t bench_ipc;
uint64_t bench_overhead;

static char stacks[BENCH_THREADS][STACK_SIZE] __attribute__((aligned(4096)));

/* mk/user.ld */
extern const char __text_start[], __end[];

struct l4_thread_id bench_id(enum bench_thread n)
{
	return l4_global_id(l4_thread_no(l4_myself()) + n, 1);
}

static struct l4_thread_id space_of(enum bench_thread n)
{
	return n < BENCH_CHILD_FIRST ? l4_myself() : bench_id(BENCH_CHILD_FIRST);
}

/* Location of a thread's UTCB block; root's own threads follow the first one. */
void *bench_utcb_block(enum bench_thread n)
{
	l4_word_t area = (l4_word_t)l4_utcb() - L4_UTCB_OFFSET;

	if (n >= BENCH_CHILD_FIRST)
		area = CHILD_UTCB_AREA;
	return (void *)(area + n * L4_UTCB_SIZE);
}

/* A start message, from the thread's pager. */
static void send_start(enum bench_thread n, void (*entry)(void))
{
	l4_word_t ip = (l4_word_t)entry, sp = (l4_word_t)stacks[n] + STACK_SIZE - 8;

	if (n < BENCH_CHILD_FIRST) {
		l4_set_mr(1, ip);
		l4_set_mr(2, sp);
		l4_set_tag(l4_tag(0, 2, 0));
		if (l4_tag_failed(l4_send(bench_id(n))))
			bench_fail("a thread did not start");
	} else {
		l4_set_mr(1, bench_id(n).raw);
		l4_set_mr(2, ip);
		l4_set_mr(3, sp);
		l4_set_tag(l4_tag(0, 3, 0));
		if (l4_tag_failed(l4_send(bench_id(BENCH_PAGER))))
			bench_fail("the pager does not answer");
	}
}

void bench_start(enum bench_thread n, void (*entry)(void), unsigned priority, unsigned processor)
{
	struct l4_thread_id id = bench_id(n), space = space_of(n);
	struct l4_thread_id pager = n < BENCH_CHILD_FIRST ? l4_myself() : bench_id(BENCH_PAGER);
	bool is_new_space = n == BENCH_CHILD_FIRST;

	if (is_new_space &&
	    (!l4_thread_control(id, id, l4_myself(), L4_NILTHREAD, L4_UTCB_UNCHANGED) ||
	     !l4_space_control(id, 0, l4_fpage((l4_word_t)l4_kip(), L4_KIP_LOG2_SIZE, 0),
			       l4_fpage(CHILD_UTCB_AREA, LOG2_CHILD_UTCB_AREA, 0), L4_ANYTHREAD,
			       NULL)))
		bench_fail("can't create a space");
	if (!l4_thread_control(id, space, l4_myself(), pager, bench_utcb_block(n)))
		bench_fail("can't create a thread");
	if (!l4_set_processor(id, processor) || !l4_set_priority(id, priority))
		bench_fail("can't schedule a thread");
	send_start(n, entry);
}

static _Noreturn void pager_main(void)
{
	loop_pager(l4_utcb());
}

static void touch_image(void)
{
	const volatile char *p;

	for (p = __text_start; p < __end; p += L4_PAGE_SIZE)
		(void)*p;
}

void bench_set_up(void)
{
	bench_ipc = l4_kip()->ipc;
	touch_image();
	loop_overhead(); /* once before, so that translation is not in the figure */
	bench_overhead = loop_overhead();
	bench_start(BENCH_PAGER, pager_main, BENCH_PRIORITY, 0);
}
