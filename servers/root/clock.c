/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The CMOS clock (data sheet of the MC146818), see clock.h.  The century isn't in the chip
 * everywhere: years are taken to be from 2000 to 2099.
 */
#include "clock.h"

#include <l4/thread.h>
#include <l4/x86_64/port.h>
#include <stdbool.h>

#define CMOS_INDEX 0x70
#define CMOS_DATA 0x71

enum { SECONDS = 0, MINUTES = 2, HOURS = 4, DAY = 7, MONTH = 8, YEAR = 9, A = 10, B = 11 };
#define A_UPDATE 0x80
#define B_24_HOURS 0x02
#define B_BINARY 0x04
#define HOURS_PM 0x80

#define READS 10000 /* port reads of about 1 us; an update takes 2 ms */

static uint64_t boot_wall_seconds;

static unsigned clock_register(unsigned index)
{
	port_out8(CMOS_INDEX, (uint8_t)index);
	return port_in8(CMOS_DATA);
}

static unsigned clock_number(unsigned value, unsigned mode)
{
	return mode & B_BINARY ? value : (value >> 4) * 10 + (value & 15);
}

static void clock_read_date(struct clock_date *date)
{
	unsigned mode = clock_register(B), hours;

	date->second = clock_number(clock_register(SECONDS), mode);
	date->minute = clock_number(clock_register(MINUTES), mode);
	hours = clock_register(HOURS);
	date->hour = clock_number(mode & B_24_HOURS ? hours : hours & ~HOURS_PM, mode);
	if (!(mode & B_24_HOURS))
		date->hour = date->hour % 12 + (hours & HOURS_PM ? 12 : 0);
	date->day = clock_number(clock_register(DAY), mode);
	date->month = clock_number(clock_register(MONTH), mode);
	date->year = 2000 + clock_number(clock_register(YEAR), mode);
}

static bool clock_date_is_sound(const struct clock_date *d)
{
	return d->year < 2100 && d->month - 1 < 12 && d->day - 1 < 31 && d->hour < 24 &&
	       d->minute < 60 && d->second < 60;
}

uint64_t clock_seconds(const struct clock_date *date)
{
	/* Counted in years that begin with March, so that a leap day is the last one. */
	uint64_t year = date->month > 2 ? date->year : date->year - 1;
	uint64_t month = date->month > 2 ? date->month - 3 : date->month + 9;
	uint64_t days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 +
			date->day - 1 - 719468;

	return ((days * 24 + date->hour) * 60 + date->minute) * 60 + date->second;
}

static bool clock_same(const struct clock_date *a, const struct clock_date *b)
{
	return clock_seconds(a) == clock_seconds(b);
}

void clock_read(void)
{
	struct clock_date date = { 0 }, again = { 0 };
	uint64_t now_seconds;

	if (l4_fpage_is_nil(
		    l4_sigma0_request(l4_io_fpage(CMOS_INDEX, 1, L4_RIGHTS_RW), L4_MEMORY_DEFAULT)))
		return;
	/* An update may begin at any time: two equal readings are none of two halves. */
	for (unsigned i = 0; i < READS; i++) {
		if (clock_register(A) & A_UPDATE)
			continue;
		clock_read_date(&date);
		clock_read_date(&again);
		if (clock_same(&date, &again))
			break;
	}
	if (!clock_date_is_sound(&date) || !clock_same(&date, &again))
		return;
	now_seconds = l4_system_clock() / 1000000;
	boot_wall_seconds = clock_seconds(&date) - now_seconds;
}

uint64_t clock_boot_wall_seconds(void)
{
	return boot_wall_seconds;
}
