/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads and the other address spaces.  Root touches its whole image first,
 * so that it has every page the pager may be asked for.  The other spaces have their
 * KIP where root has it, as lib/l4 remembers only one address, and no limit of
 * kernel memory.
 */
#include "bench.h"
#include "loop.h"
#include <l4/thread.h>

#define STACK_SIZE 4096
#define CHILD_UTCB_AREA 0x7f00000000ull
#define LOG2_CHILD_UTCB_AREA 15
#define NO_LIMIT_PAGES 0x7fffffff

l4_word_t bench_ipc;
uint64_t bench_overhead;

static char stacks[BENCH_THREADS][STACK_SIZE] __attribute__((aligned(4096)));

/* mk/user.ld */
extern const char __text_start[], __end[];

static l4_word_t root_utcb_area;

struct l4_thread_id bench_id(enum bench_thread n)
{
	return l4_global_id(l4_thread_no(l4_root()) + n, 1);
}

/* The first thread of the space that n lives in. */
static enum bench_thread first_of_space(enum bench_thread n)
{
	static const enum bench_thread first[] = { BENCH_DOOMED_FIRST, BENCH_THIRD_FIRST,
						   BENCH_SECOND_FIRST, BENCH_CHILD_FIRST };

	for (unsigned i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		if (n >= first[i])
			return first[i];
	return BENCH_ROOT;
}

/* Location of a thread's UTCB block; root's own threads follow the first one. */
void *bench_utcb_block(enum bench_thread n)
{
	l4_word_t area = n < BENCH_CHILD_FIRST ? root_utcb_area : CHILD_UTCB_AREA;

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

static void create_space(struct l4_thread_id id)
{
	struct l4_fpage kip_area = l4_fpage((l4_word_t)l4_kip(), L4_KIP_LOG2_SIZE, 0);
	struct l4_fpage utcb_area = l4_fpage(CHILD_UTCB_AREA, LOG2_CHILD_UTCB_AREA, 0);

	if (!l4_thread_control(id, id, l4_root(), L4_NILTHREAD, L4_UTCB_UNCHANGED) ||
	    !l4_space_control(id, L4_SPACE_SET_LIMIT | NO_LIMIT_PAGES, kip_area, utcb_area,
			      L4_ANYTHREAD, NULL))
		bench_fail("can't create a space");
}

void bench_start(enum bench_thread n, void (*entry)(void), unsigned priority, unsigned processor)
{
	struct l4_thread_id id = bench_id(n), space = bench_id(first_of_space(n));
	struct l4_thread_id pager = n < BENCH_CHILD_FIRST ? l4_root() : bench_id(BENCH_PAGER);

	if (l4_same_thread(id, space))
		create_space(id);
	if (!l4_thread_control(id, space, l4_root(), pager, bench_utcb_block(n)))
		bench_fail("can't create a thread");
	if (!l4_set_processor(id, processor) || !l4_set_priority(id, priority))
		bench_fail("can't schedule a thread");
	send_start(n, entry);
}

void bench_delete(enum bench_thread n)
{
	if (!l4_thread_control(bench_id(n), L4_NILTHREAD, L4_NILTHREAD, L4_NILTHREAD,
			       L4_UTCB_UNCHANGED))
		bench_fail("can't delete a thread");
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
	root_utcb_area = (l4_word_t)l4_utcb() - L4_UTCB_OFFSET;
	touch_image();
	loop_overhead(); /* once before, so that translation is not in the figure */
	bench_overhead = loop_overhead();
	bench_start(BENCH_PAGER, pager_main, BENCH_PRIORITY, 0);
}
