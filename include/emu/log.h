/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Log lines by category.  A category that is off costs one test of a word in
 * memory; translated code has no trace of it.
 *
 *	LOG(LOG_UNIMPLEMENTED, "pl011: write %#x to %#x", value, offset);
 *
 * Lines of LOG_UNIMPLEMENTED and of LOG_GUEST are limited: after 1,000 within one
 * second the rest is counted and reported, so that a guest cannot flood a disk.
 */
#ifndef EMU_LOG_H
#define EMU_LOG_H

#include <emu/types.h>

enum log_category {
	LOG_UNIMPLEMENTED = 1u << 0, /* a guest uses what isn't modelled */
	LOG_GUEST = 1u << 1,         /* a guest does what the manual forbids */
	LOG_INT = 1u << 2,           /* exceptions and interrupts taken */
	LOG_IN = 1u << 3,            /* guest instructions as they are translated */
	LOG_IR = 1u << 4,            /* intermediate code, before and after optimising */
	LOG_OUT = 1u << 5,           /* host code */
	LOG_MMU = 1u << 6,           /* page walks that fail */
	LOG_IO = 1u << 7,            /* every register access of every chip */
	LOG_EXEC = 1u << 8,          /* every block entered; disables linking */
	LOG_RESET = 1u << 9,         /* CPU state at reset */
};

/* The categories that are on; set before a machine runs. */
extern unsigned log_mask;

#define LOG(category, ...)                                                                         \
	do {                                                                                       \
		if (__builtin_expect((log_mask & (category)) != 0, 0))                             \
			log_line(category, __VA_ARGS__);                                           \
	} while (0)

void log_line(enum log_category category, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Whose seconds count for the limit; NULL (as at start): the host's. */
struct clock;
void log_clock(struct clock *clock);

/* Turns "int,unimp,in" into a mask; returns the first unknown name's position in
 * `*bad` and 0, or the mask and NULL.  log_names lists them for a help text. */
unsigned log_parse(const char *names, const char **bad);
const char *log_names(void);

#endif
