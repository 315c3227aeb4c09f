/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The threads of the benchmark and the groups of measurements.  Runs as the
 * root task.  All threads share the program's image: the ones in the other
 * space get its pages, at the same addresses, from the pager thread.
 */
#ifndef BENCH_IPC_BENCH_H
#define BENCH_IPC_BENCH_H

#include <l4/syscall.h>

#define BENCH_ROUNDS 1000
#define BENCH_WARM_UP 20

/* Threads by number.  The first group lives in root's space; each BENCH_..._FIRST
 * has a space of its own, with those that follow it. */
enum bench_thread {
	BENCH_ROOT,
	BENCH_PAGER,
	BENCH_SERVER,
	BENCH_IRQ_HANDLER,
	BENCH_IRQ_TRIGGER,
	BENCH_VICTIM,    /* created, changed, deleted */
	BENCH_DISTURBER, /* these two: disturb.c */
	BENCH_SPINNER,
	BENCH_CHILD_FIRST,
	BENCH_CHILD_SERVER = BENCH_CHILD_FIRST,
	BENCH_CHILD_REMOTE, /* on the second processor */
	BENCH_CHILD_STAMP,
	BENCH_CHILD_FAULTER,
	BENCH_CHILD_AGENT,
	BENCH_SECOND_FIRST,
	BENCH_SECOND_AGENT = BENCH_SECOND_FIRST,
	BENCH_THIRD_FIRST,
	BENCH_THIRD_AGENT = BENCH_THIRD_FIRST,
	BENCH_DOOMED_FIRST, /* space and threads come and go */
	BENCH_DOOMED_AGENT = BENCH_DOOMED_FIRST,
	BENCH_DOOMED_SINK,
	BENCH_THREADS,
};

#define BENCH_PRIORITY 255 /* of client, servers and pager alike */
#define BENCH_LOW_PRIORITY 100

/* One result, printed as "bench name[.words] value unit"; ticks of `count`. */
void bench_report(const char *name, uint64_t ticks, uint64_t count);
void bench_report_words(const char *name, unsigned words, uint64_t ticks, uint64_t count);

/* Ends the run without success. */
_Noreturn void bench_fail(const char *what);

/* setup.c */
void bench_set_up(void);
struct l4_thread_id bench_id(enum bench_thread n);
void *bench_utcb_block(enum bench_thread n);
void bench_start(enum bench_thread n, void (*entry)(void), unsigned priority, unsigned processor);
void bench_delete(enum bench_thread n);
/* Ticks of two readings of the counter, to be subtracted from single events. */
extern uint64_t bench_overhead;

void bench_run_ipc(void);
void bench_run_memory(void);
void bench_run_irq(void);
void bench_run_calls(void);
void bench_run_latency(void);

#endif
