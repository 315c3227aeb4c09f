/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Test results as TAP on COM1, and the end of the run: a byte to QEMU's
 * isa-debug-exit device tells whoever started it that ktest came to its end.
 * Only main prints, but for tap_give_up().
 */
#include "io.h"
#include "ktest.h"

#define COM1 0x3f8
#define COM1_LINE_STATUS (COM1 + 5)
#define TRANSMITTER_EMPTY 0x20
#define DEBUG_EXIT 0xf4
#define EXIT_FINISHED 0x10
#define EXIT_GAVE_UP 0x11

const char *tap_test_name = "start";

static void tap_put(char c)
{
	/* Bounded: a port that isn't there reads as anything. */
	for (unsigned i = 0; i < 1000000; i++)
		if (io_in8(COM1_LINE_STATUS) & TRANSMITTER_EMPTY)
			break;
	io_out8(COM1, (uint8_t)c);
}

void tap_open(void)
{
	stdio_set_putc(tap_put);
}

bool tap_range(l4_word_t got, l4_word_t low, l4_word_t high, const char *file, int line,
	       const char *format, ...)
{
	bool good = low <= got && got <= high;
	va_list args;

	va_start(args, format);
	tap_report(good, file, line, format, args);
	va_end(args);
	if (!good)
		diag("     got %llu, expected %llu to %llu", (unsigned long long)got,
		     (unsigned long long)low, (unsigned long long)high);
	return good;
}

static _Noreturn void tap_exit(uint32_t value)
{
	io_out32(DEBUG_EXIT, value);
	for (;;)
		l4_sleep_us(1000000);
}

void tap_finish(void)
{
	done();
	tap_exit(EXIT_FINISHED);
}

void tap_give_up(const char *why)
{
	printf("\n");
	diag("in the test %s", tap_test_name);
	bail_out(why);
	tap_exit(EXIT_GAVE_UP);
}
