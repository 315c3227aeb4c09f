/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bits of C11 section 7.22 that L4 programs use.
 */
#ifndef STDLIB_H
#define STDLIB_H

#include <stddef.h>

/* Base 0 or 2..36.  A number too large gives ULONG_MAX; there is no errno. */
unsigned long strtoul(const char *s, char **end, int base);

/* Ends the thread by an undefined instruction, which its exception handler sees. */
_Noreturn void abort(void);

#endif
