/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TAP on the first serial port, polled, without anybody's library.  The port
 * is not asked for: the first access faults, and sigma0 answers the fault.
 */
#ifndef RAWABI_TAP_H
#define RAWABI_TAP_H

#include <stdbool.h>
#include <stdint.h>

/* One numbered check; returns `passed`. */
bool check(bool passed, const char *name);

/* A check of equality that shows both words when they differ. */
bool check_word(uint64_t got, uint64_t expected, const char *name);

/* The check "name n". */
bool check_numbered(bool passed, const char *name, unsigned n);

/* A comment line "# name 0xvalue". */
void diag(const char *name, uint64_t value);

/* Prints the plan and ends the machine through the debug exit port. */
_Noreturn void tap_finish(void);
_Noreturn void tap_bail_out(const char *why);

#endif
