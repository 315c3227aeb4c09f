/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A periodic real-time task beside virtual machines: it wakes at absolute deadlines and
 * measures how late it is.  What a control loop or a sampler would do at each deadline goes
 * where realtime_wake() is.
 *
 *	[task clock]
 *	program  = realtime
 *	priority = 250			above everything but the kernel
 *	config   { period-us = <1000>; report-s = <10>; }
 *
 * period-us is 100 to 1,000,000 (default 1000), report-s the seconds between two reports
 * (default 10).  The report is one line, on its serial line if it has one, else in root's
 * log; `ticks` are those of the time stamp counter, instructions under QEMU's -icount:
 *
 *	realtime: period 1000 us, 9990 wake-ups, latency min/mean/max 2/3/19 us, mean/max
 *	3120/19210 ticks, missed 0
 *
 * On its console, while that is visible, it draws a histogram once a second.
 *
 * What makes it real-time: its memory is touched before it starts; between two deadlines
 * it asks nobody for anything and waits for nobody, only for the time; deadlines are
 * absolute, so that being late once doesn't shift the next.  Reports do need others (root
 * carries signals): they are made right after a wake-up, and the deadlines that pass
 * meanwhile are left out and not counted, neither as wake-ups nor as missed.
 */
#include "latency.h"

#include <l4/task.h>
#include <l4/thread.h>
#include <libfdt.h>
#include <proto/root.h>
#include <proto/textconsole.h>
#include <stdio.h>
#include <string.h>

#define LEAST_PERIOD_US 100u
#define MOST_PERIOD_US 1000000u
#define MOST_REPORT_S 3600u
#define SECOND_US 1000000ull
#define CLOCK_TRIES 16
#define HISTOGRAM_ROW 4
#define HISTOGRAM_WIDTH 50u

extern char __text_start[], __end[], __data_start[];

static struct latency latency;
static struct latency_clock realtime_clock;
static struct textconsole console;
static struct serial_client serial;
static bool has_console, has_serial;
static uint64_t report_us, display_us, report_period_us;

static uint64_t realtime_ticks(void)
{
	uint32_t low, high;

	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

/* ---- before it starts ---------------------------------------------------- */

static uint32_t config_number(const char *name, uint32_t usual, uint32_t least, uint32_t most)
{
	const void *tree = task_config();
	const fdt32_t *cell;
	uint32_t number = usual;
	int length;

	if (tree && fdt_check_header(tree) == 0) {
		cell = fdt_getprop(tree, 0, name, &length);
		if (cell && length == sizeof(*cell))
			number = fdt32_to_cpu(*cell);
	}
	return number < least ? least : number > most ? most : number;
}

static void touch_range(const char *from, const char *to, bool written)
{
	for (volatile char *page = (volatile char *)from; page < to; page += L4_PAGE_SIZE) {
		char byte = *page;

		if (written)
			*page = byte;
	}
}

/* No page fault is to happen later. */
static void touch_memory(void)
{
	touch_range(__text_start, __data_start, false);
	touch_range(__data_start, __end, true);
}

static uint32_t processor_khz(void)
{
	const struct l4_kip *kip = l4_kip();
	size_t bytes = 1ull << (kip->processor_info >> 60);
	const char *descriptor = (const char *)kip + kip->processor_descriptors +
				 l4_tcr(L4_TCR_PROCESSOR_NO) * bytes;

	return (uint32_t)((const struct l4_processor_descriptor *)descriptor)->internal_khz;
}

/* Looks at the clock until a new microsecond begins, several times: the shortest look is
 * the most exact.  Its beginning is taken, so that latencies aren't understated. */
static void clock_find_edge(void)
{
	uint64_t best = ~0ull;

	for (unsigned i = 0; i < CLOCK_TRIES; i++) {
		uint64_t us = l4_system_clock(), now_us, before;

		do {
			before = realtime_ticks();
			now_us = l4_system_clock();
		} while (now_us == us);
		if (realtime_ticks() - before >= best)
			continue;
		best = realtime_ticks() - before;
		realtime_clock = (struct latency_clock){ now_us, before, processor_khz() };
	}
}

static void open_channels(void)
{
	int n = task_find_channel(CHANNEL_CONSOLE);

	if (n >= 0) {
		textconsole_open(&console, (unsigned)n, task_channel_memory((unsigned)n));
		has_console = true;
	}
	n = task_find_channel(CHANNEL_SERIAL);
	if (n >= 0) {
		serial_open(&serial, (unsigned)n, task_channel_memory((unsigned)n));
		has_serial = true;
	}
}

/* ---- in real time -------------------------------------------------------- */

/* Nobody sends to the thread in its own name, so this ends by its timeout. */
static void sleep_until(uint64_t at_us)
{
	uint64_t now_us;

	while ((now_us = l4_system_clock()) < at_us)
		l4_receive_timeout(l4_my_local_id(), latency_sleep(now_us, at_us));
}

/* The work at each deadline: here, to see how late it is. */
static void realtime_wake(uint64_t deadline_us)
{
	uint64_t ticks = realtime_ticks(), us = l4_system_clock();
	uint64_t deadline_ticks = latency_ticks(&realtime_clock, deadline_us);

	latency_add(&latency, us - deadline_us,
		    ticks > deadline_ticks ? ticks - deadline_ticks : 0);
}

/* ---- reports ------------------------------------------------------------- */

static void report_line(void)
{
	char line[LATENCY_LINE_BYTES + 2];
	size_t length;

	latency_line(&latency, line);
	length = strlen(line);
	if (!has_serial) {
		root_log(line, length);
		return;
	}
	memcpy(line + length, "\r\n", 2);
	serial_write(&serial, line, length + 2);
}

static void draw_bucket(unsigned i, uint64_t most)
{
	char bar[HISTOGRAM_WIDTH + 1] = "", line[96];
	uint64_t n = latency.bucket[i];
	/* What happened at all is seen. */
	unsigned length = n ? (unsigned)((n * HISTOGRAM_WIDTH + most - 1) / most) : 0;

	memset(bar, '=', length);
	snprintf(line, sizeof(line), " %5u us %s %10llu  %s", i ? 1u << (i - 1) : 0,
		 i == LATENCY_BUCKETS - 1 ? "up" : "  ", (unsigned long long)n, bar);
	textconsole_line(&console, HISTOGRAM_ROW + i, TEXT_PLAIN, line);
}

static void draw(void)
{
	char line[LATENCY_LINE_BYTES];
	uint64_t most = 1;

	for (unsigned i = 0; i < LATENCY_BUCKETS; i++)
		most = latency.bucket[i] > most ? latency.bucket[i] : most;
	snprintf(line, sizeof(line), " %s: every %u us, latency of %llu wake-ups",
		 task_info()->name, latency.period_us, (unsigned long long)latency.count);
	textconsole_line(&console, 0, TEXT_BAR, line);
	snprintf(line, sizeof(line), " min %llu us, mean %llu us, max %llu us, missed %llu",
		 (unsigned long long)latency.min_us, (unsigned long long)latency_mean_us(&latency),
		 (unsigned long long)latency.max_us, (unsigned long long)latency.missed);
	textconsole_line(&console, 2, latency.missed ? TEXT_RED : TEXT_BRIGHT, line);
	for (unsigned i = 0; i < LATENCY_BUCKETS; i++)
		draw_bucket(i, most);
	textconsole_show(&console);
}

/* True if it took time: deadlines may have passed. */
static bool report(uint64_t now_us)
{
	bool line = now_us >= report_us, picture = has_console && now_us >= display_us;

	if (line) {
		report_line();
		report_us = now_us + report_period_us;
	}
	if (picture) {
		display_us = now_us + SECOND_US;
		/* Keys mean nothing here, but must not fill the ring. */
		while (textconsole_key(&console) != 0)
			;
		if (textconsole_visible(&console))
			draw();
	}
	return line || picture;
}

int main(void)
{
	uint64_t deadline_us;

	stdio_set_putc(root_putc);
	latency_init(&latency, config_number("period-us", 1000, LEAST_PERIOD_US, MOST_PERIOD_US));
	report_period_us = config_number("report-s", 10, 1, MOST_REPORT_S) * SECOND_US;
	open_channels();
	touch_memory();
	clock_find_edge();
	deadline_us = l4_system_clock() + latency.period_us;
	report_us = deadline_us + report_period_us;
	for (;;) {
		sleep_until(deadline_us);
		realtime_wake(deadline_us);
		task_signals()->status.heartbeat++;
		deadline_us += latency.period_us;
		if (report(l4_system_clock()))
			while (deadline_us <= l4_system_clock())
				deadline_us += latency.period_us;
	}
}
