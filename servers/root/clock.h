/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The time of day when the system clock was 0, as the PC's CMOS clock has it.
 */
#ifndef ROOT_CLOCK_H
#define ROOT_CLOCK_H

#include <stdint.h>

/* Reads the clock, once.  Uses its ports only now. */
void clock_read(void);

/* Seconds since 1970, taking the clock for UTC; 0 if there is no clock that makes sense. */
uint64_t clock_boot_wall_seconds(void);

/* A date of the Gregorian calendar in seconds since 1970; month and day count from 1. */
struct clock_date {
	unsigned year, month, day, hour, minute, second;
};
uint64_t clock_seconds(const struct clock_date *date);

#endif
