/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other system calls, by the functions of lib/l4, whose cost is in the
 * figures.
 */
#include "bench.h"
#include "loop.h"

static bool create(struct l4_thread_id id)
{
	return l4_thread_control(id, l4_myself(), l4_myself(), l4_myself(),
				 bench_utcb_block(BENCH_VICTIM));
}

static bool destroy(struct l4_thread_id id)
{
	return l4_thread_control(id, L4_NILTHREAD, L4_NILTHREAD, L4_NILTHREAD, L4_UTCB_UNCHANGED);
}

/* Creates and activates a thread with one ThreadControl, deletes it with another. */
static void measure_threads(void)
{
	struct l4_thread_id id = bench_id(BENCH_VICTIM);
	uint64_t creation = 0, deletion = 0, start, middle, end;
	int i;

	for (i = -BENCH_WARM_UP; i < BENCH_ROUNDS; i++) {
		bool done;

		start = loop_tsc();
		done = create(id);
		middle = loop_tsc();
		done &= destroy(id);
		end = loop_tsc();
		if (!done)
			bench_fail("can't create and delete a thread");
		creation += i < 0 ? 0 : middle - start - bench_overhead;
		deletion += i < 0 ? 0 : end - middle - bench_overhead;
	}
	bench_report("thread", creation, BENCH_ROUNDS);
	bench_report("thread.delete", deletion, BENCH_ROUNDS);
}

static void call_exchange_registers(struct l4_thread_id id)
{
	struct l4_exregs_words regs = { .control = L4_EXREGS_DELIVER };

	if (l4_is_nil(l4_exchange_registers(id, &regs)))
		bench_fail("ExchangeRegisters failed");
}

static void call_schedule(struct l4_thread_id id)
{
	if (!l4_set_priority(id, BENCH_PRIORITY))
		bench_fail("Schedule failed");
}

static void call_clock(struct l4_thread_id id)
{
	(void)id;
	l4_system_clock();
}

static void call_yield(struct l4_thread_id id)
{
	(void)id;
	l4_yield();
}

static void measure_call(const char *name, void (*call)(struct l4_thread_id id))
{
	struct l4_thread_id id = bench_id(BENCH_SERVER);
	uint64_t start;
	int i;

	for (i = 0; i < BENCH_WARM_UP; i++)
		call(id);
	start = loop_tsc();
	for (i = 0; i < BENCH_ROUNDS; i++)
		call(id);
	bench_report(name, loop_tsc() - start - bench_overhead, BENCH_ROUNDS);
}

#define IDLE_US 1000000

static _Noreturn void sleep_long(void)
{
	for (;;)
		l4_sleep_us(3600ull * 1000 * 1000);
}

static uint64_t idle_us(void)
{
	struct l4_processor_state state;
	uint64_t us = 0;

	for (unsigned i = 0; i < l4_kip_processors(l4_kip()); i++) {
		if (!l4_processor_query(i, &state))
			bench_fail("ProcessorControl failed");
		us += state.idle_us;
	}
	return us;
}

/* What all CPUs do while everybody sleeps, some threads with long timeouts. */
static void measure_idle(void)
{
	uint64_t start, idle;
	enum bench_thread n;

	for (n = BENCH_IRQ_HANDLER; n < BENCH_CHILD_FIRST; n++)
		bench_start(n, sleep_long, BENCH_LOW_PRIORITY, n % 2);
	l4_sleep_us(IDLE_US / 100);
	start = l4_system_clock();
	idle = idle_us();
	l4_sleep_us(IDLE_US);
	idle = idle_us() - idle;
	start = l4_system_clock() - start;
	bench_report("idle", (l4_kip_processors(l4_kip()) * start - idle) * 1000, 1);
	for (n = BENCH_IRQ_HANDLER; n < BENCH_CHILD_FIRST; n++)
		bench_delete(n);
}

void bench_run_calls(void)
{
	measure_idle();
	measure_threads();
	measure_call("exregs", call_exchange_registers);
	measure_call("schedule", call_schedule);
	measure_call("clock", call_clock);
	measure_call("yield", call_yield);
}
