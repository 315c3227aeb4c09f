/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TAP on the first serial port; see tap.h.  8250 registers as in the data
 * sheet: transmitter at +0, line status at +5 with bit 5 = holding register
 * empty.
 */
#include "tap.h"
#include "abi.h"

#define COM1 0x3f8
#define LINE_STATUS (COM1 + 5)
#define TRANSMITTER_EMPTY 0x20
#define DEBUG_EXIT 0xf4
#define EXIT_FINISHED 0x10
#define EXIT_BAILED_OUT 0x11

static unsigned checks_done;

static void put_char(char c)
{
	while (!(port_in(LINE_STATUS) & TRANSMITTER_EMPTY))
		;
	port_out(COM1, (unsigned char)c);
}

static void put_string(const char *s)
{
	while (*s)
		put_char(*s++);
}

static void put_hex(uint64_t value)
{
	int shift;

	put_string("0x");
	for (shift = 60; shift >= 0; shift -= 4)
		put_char("0123456789abcdef"[value >> shift & 15]);
}

static void put_decimal(unsigned value)
{
	if (value >= 10)
		put_decimal(value / 10);
	put_char((char)('0' + value % 10));
}

static bool check_begin(bool passed, const char *name)
{
	put_string(passed ? "ok " : "not ok ");
	put_decimal(++checks_done);
	put_string(" - ");
	put_string(name);
	return passed;
}

bool check(bool passed, const char *name)
{
	check_begin(passed, name);
	put_char('\n');
	return passed;
}

bool check_numbered(bool passed, const char *name, unsigned n)
{
	check_begin(passed, name);
	put_char(' ');
	put_decimal(n);
	put_char('\n');
	return passed;
}

void diag(const char *name, uint64_t value)
{
	put_string("# ");
	put_string(name);
	put_char(' ');
	put_hex(value);
	put_char('\n');
}

bool check_word(uint64_t got, uint64_t expected, const char *name)
{
	if (!check(got == expected, name)) {
		diag("got     ", got);
		diag("expected", expected);
	}
	return got == expected;
}

static _Noreturn void end_machine(unsigned char code)
{
	port_out(DEBUG_EXIT, code);
	for (;;)
		__asm__ volatile("pause");
}

_Noreturn void tap_finish(void)
{
	put_string("1..");
	put_decimal(checks_done);
	put_char('\n');
	end_machine(EXIT_FINISHED);
}

_Noreturn void tap_bail_out(const char *why)
{
	put_string("Bail out! ");
	put_string(why);
	put_char('\n');
	end_machine(EXIT_BAILED_OUT);
}
