/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mapping a 4 KiB page to another space by IPC, taking it back, and a page fault
 * that a pager in another space resolves.
 */
#include "bench.h"
#include "loop.h"

static char page[L4_PAGE_SIZE] __attribute__((aligned(4096)));

static _Noreturn void stamp_main(void)
{
	l4_accept(l4_acceptor(L4_COMPLETE_SPACE, false));
	loop_stamp(l4_utcb());
}

/* Map, then unmap, by turns; the counts start after the warm-up. */
static void measure_map_unmap(void)
{
	struct l4_thread_id receiver = bench_id(BENCH_CHILD_STAMP);
	struct l4_fpage f = l4_fpage((l4_word_t)page, L4_PAGE_BITS, L4_RIGHTS_ALL);
	struct l4_map_item item = l4_map_item(f, (l4_word_t)page);
	uint64_t map = 0, unmap = 0, ticks, start;
	int i;

	page[0] = 1;
	for (i = -BENCH_WARM_UP; i < BENCH_ROUNDS; i++) {
		ticks = loop_map(receiver, l4_utcb(), item.base, f.raw);
		map += i < 0 ? 0 : ticks - bench_overhead;
		start = loop_tsc();
		l4_unmap_fpage(f);
		ticks = loop_tsc() - start;
		unmap += i < 0 ? 0 : ticks - bench_overhead;
	}
	bench_report("map", map, BENCH_ROUNDS);
	bench_report("unmap", unmap, BENCH_ROUNDS);
}

/*
 * Thread in the other space: waits for a request, loses the page by a flush and
 * faults it in again, and answers with the ticks of both.
 */
static _Noreturn void faulter_main(void)
{
	struct l4_fpage f = l4_fpage((l4_word_t)page, L4_PAGE_BITS, L4_RIGHTS_ALL);
	uint64_t fault, flush, start, ticks;
	struct l4_thread_id client;
	int i;

	for (;;) {
		l4_wait(&client);
		fault = flush = 0;
		for (i = -BENCH_WARM_UP; i < BENCH_ROUNDS; i++) {
			ticks = loop_touch(page);
			fault += i < 0 ? 0 : ticks - bench_overhead;
			start = loop_tsc();
			l4_flush(f);
			ticks = loop_tsc() - start;
			flush += i < 0 ? 0 : ticks - bench_overhead;
		}
		l4_set_mr(1, fault);
		l4_set_mr(2, flush);
		l4_set_tag(l4_tag(0, 2, 0));
		l4_reply(client);
	}
}

static void measure_fault(void)
{
	l4_set_tag(l4_tag(0, 0, 0));
	if (l4_tag_failed(l4_call(bench_id(BENCH_CHILD_FAULTER))))
		bench_fail("no answer from the faulting thread");
	bench_report("fault", l4_mr(1), BENCH_ROUNDS);
	bench_report("flush", l4_mr(2), BENCH_ROUNDS);
}

void bench_run_memory(void)
{
	bench_start(BENCH_CHILD_STAMP, stamp_main, BENCH_PRIORITY, 0);
	measure_map_unmap();
	bench_start(BENCH_CHILD_FAULTER, faulter_main, BENCH_PRIORITY, 0);
	measure_fault();
}
