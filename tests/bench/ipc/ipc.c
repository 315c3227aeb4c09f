/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One-way IPC: a client that calls a server which replies and waits, with the
 * same number of untyped words there and back; half of the round trip.
 */
#include "bench.h"
#include "loop.h"

l4_word_t bench_reply_tag;

static const unsigned word_counts[] = { 0, 4, 8, 16, 32, 63 };

static _Noreturn void server_main(void)
{
	loop_serve(l4_utcb());
}

static void measure(const char *name, struct l4_thread_id server)
{
	unsigned i, words;
	l4_word_t tag;
	uint64_t ticks;

	for (i = 0; i < sizeof(word_counts) / sizeof(word_counts[0]); i++) {
		words = word_counts[i];
		bench_reply_tag = tag = l4_tag(0, words, 0).raw;
		loop_call(server, l4_utcb(), &tag, BENCH_WARM_UP);
		tag = bench_reply_tag;
		ticks = loop_call(server, l4_utcb(), &tag, BENCH_ROUNDS);
		if ((tag & ~(l4_word_t)L4_TAG_XCPU) != bench_reply_tag)
			bench_fail("wrong answer to an IPC");
		bench_report_words(name, words, ticks - bench_overhead, 2 * BENCH_ROUNDS);
	}
}

void bench_run_ipc(void)
{
	bench_start(BENCH_SERVER, server_main, BENCH_PRIORITY, 0);
	measure("ipc.intra", l4_local_id_of(bench_id(BENCH_SERVER)));

	bench_start(BENCH_CHILD_SERVER, server_main, BENCH_PRIORITY, 0);
	measure("ipc.inter", bench_id(BENCH_CHILD_SERVER));

	if (l4_kip_processors(l4_kip()) < 2)
		return;
	bench_start(BENCH_CHILD_REMOTE, server_main, BENCH_PRIORITY, 1);
	measure("ipc.cross", bench_id(BENCH_CHILD_REMOTE));
}
