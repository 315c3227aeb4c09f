/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ipcbench, started as the root task: what kernel operations cost, in
 * instructions.  That needs a machine whose time stamp counter counts them, such
 * as QEMU with -icount shift=0; elsewhere the unit is ticks.  docs/bench.md says
 * what each figure means.
 */
#include "bench.h"
#include "loop.h"
#include <l4/serial.h>
#include <l4/thread.h>
#include <stdio.h>
#include <string.h>

#define DEBUG_EXIT_PORT 0xf4
#define EXIT_FINISHED 0x10
#define EXIT_FAILED 0x11

#define MAX_RESULTS 64
#define NO_WORDS (~0u)

static struct result {
	const char *name;
	unsigned words;
	unsigned long value;
} results[MAX_RESULTS];
static unsigned result_count;

static const unsigned table_words[] = { 0, 4, 8, 16, 32, 63 };
#define TABLE_COLUMNS (sizeof(table_words) / sizeof(table_words[0]))

/* The reference kernel, amd64, between spaces, measured the same way. */
static const struct {
	const char *name;
	unsigned values[TABLE_COLUMNS];
} references[] = {
	{ "reference, fast path", { 100, 100, 112, 120, 136, 167 } },
	{ "reference, no fast path", { 245, 256, 260, 268, 284, 315 } },
};

static _Noreturn void end_machine(uint8_t code)
{
	__asm__ volatile("outb %0, %1" : : "a"(code), "Nd"((uint16_t)DEBUG_EXIT_PORT));
	for (;;)
		__asm__ volatile("pause");
}

_Noreturn void bench_fail(const char *what)
{
	printf("Bail out! %s (ErrorCode %lu)\n", what, (unsigned long)l4_error_code());
	end_machine(EXIT_FAILED);
}

void bench_report_words(const char *name, unsigned words, uint64_t ticks, uint64_t count)
{
	if (result_count == MAX_RESULTS)
		bench_fail("too many results");
	results[result_count++] = (struct result){ name, words, (ticks + count / 2) / count };
}

void bench_report(const char *name, uint64_t ticks, uint64_t count)
{
	bench_report_words(name, NO_WORDS, ticks, count);
}

/* One line of the table; nothing if it was not measured. */
static void print_row(const char *title, const char *name)
{
	unsigned i, columns = 0;

	for (i = 0; i < result_count; i++) {
		if (strcmp(results[i].name, name) != 0)
			continue;
		if (columns++ == 0)
			printf("  %-26s", title);
		printf(" %5lu", results[i].value);
	}
	if (columns)
		printf("\n");
}

static void print_table(const char *unit)
{
	unsigned i, j;

	printf("IPC one way, %s\n  %-26s", unit, "words");
	for (i = 0; i < TABLE_COLUMNS; i++)
		printf(" %5u", table_words[i]);
	printf("\n");
	print_row("in one space", "ipc.intra");
	print_row("between spaces", "ipc.inter");
	for (i = 0; i < sizeof(references) / sizeof(references[0]); i++) {
		printf("  %-26s", references[i].name);
		for (j = 0; j < TABLE_COLUMNS; j++)
			printf(" %5u", references[i].values[j]);
		printf("\n");
	}
	print_row("between spaces and CPUs", "ipc.cross");
	printf("\n");
}

static void print_lines(const char *unit)
{
	unsigned i;

	for (i = 0; i < result_count; i++) {
		printf("bench %s", results[i].name);
		if (results[i].words != NO_WORDS)
			printf(".%u", results[i].words);
		printf(" %lu %s\n", results[i].value, unit);
	}
}

/* Before other threads need them to say what failed: their pager may not answer. */
static void request_ports(void)
{
	l4_sigma0_request(l4_io_fpage(L4_SERIAL_PORT, 3, L4_RIGHTS_ALL), L4_MEMORY_DEFAULT);
	l4_sigma0_request(l4_io_fpage(DEBUG_EXIT_PORT, 0, L4_RIGHTS_ALL), L4_MEMORY_DEFAULT);
}

int main(void)
{
	bool counts_instructions;
	const char *unit;

	request_ports();
	stdio_set_putc(l4_serial_putc);
	bench_set_up();
	counts_instructions = loop_thousand() - bench_overhead == 1000;
	unit = counts_instructions ? "instructions" : "ticks";
	bench_run_ipc();
	bench_run_memory();
	bench_run_calls();
	bench_run_irq();
	if (counts_instructions)
		bench_run_latency();
	print_table(unit);
	print_lines(unit);
	end_machine(EXIT_FINISHED);
}
