/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Log lines (emu/log.h): formatting, names of categories, and the limit for the two
 * categories that a guest can cause at will and that are on without being asked for.
 * Traces (in, ir, out, exec ...) are wanted in full by who turns them on.
 */
#include <emu/log.h>

#include <emu/clock.h>
#include <emu/port.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LOG_LIMITED (LOG_UNIMPLEMENTED | LOG_GUEST)
#define LOG_LIMIT 1000 /* lines a second of each */
#define LOG_LINE_BYTES 512

unsigned log_mask;

static const char *const log_category_names[] = { "unimp", "guest", "int", "in",   "ir",
						  "out",   "mmu",   "io",  "exec", "reset" };

static struct clock *log_time;
static struct {
	uint64_t second;
	unsigned lines;
} log_count[COUNT_OF(log_category_names)];

void log_clock(struct clock *clock)
{
	log_time = clock;
	memset(log_count, 0, sizeof log_count);
}

static void log_dropped(unsigned index)
{
	char line[80];

	if (log_count[index].lines <= LOG_LIMIT)
		return;
	snprintf(line, sizeof line, "%u more lines of %s within a second",
		 log_count[index].lines - LOG_LIMIT, log_category_names[index]);
	port_log(line);
}

/* Counts a line; false if it is one too many. */
static bool log_allowed(enum log_category category)
{
	unsigned index = (unsigned)__builtin_ctz(category);
	uint64_t second;

	if (!(category & LOG_LIMITED))
		return true;
	second = (log_time ? clock_now(log_time) : port_now_ns()) / NS_PER_SECOND;
	if (log_count[index].second != second) {
		log_dropped(index);
		log_count[index].second = second;
		log_count[index].lines = 0;
	}
	return log_count[index].lines++ < LOG_LIMIT;
}

void log_line(enum log_category category, const char *format, ...)
{
	char line[LOG_LINE_BYTES];
	va_list args;

	if (!log_allowed(category))
		return;
	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	port_log(line);
}

static unsigned log_category_named(const char *name, size_t length)
{
	for (unsigned i = 0; i < COUNT_OF(log_category_names); i++)
		if (strlen(log_category_names[i]) == length &&
		    memcmp(log_category_names[i], name, length) == 0)
			return 1u << i;
	return 0;
}

unsigned log_parse(const char *names, const char **bad)
{
	unsigned mask = 0;

	*bad = NULL;
	while (*names) {
		const char *comma = strchr(names, ',');
		size_t length = comma ? (size_t)(comma - names) : strlen(names);
		unsigned category = log_category_named(names, length);

		if (!category) {
			*bad = names;
			return 0;
		}
		mask |= category;
		names += length + (comma ? 1 : 0);
	}
	return mask;
}

const char *log_names(void)
{
	return "unimp,guest,int,in,ir,out,mmu,io,exec,reset";
}
