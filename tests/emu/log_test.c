/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * emu/core/log.c: names of categories, and that a guest can't write without end.
 */
#include "tap.h"

#include <emu/log.h>
#include <stdlib.h>

#include "core/clock_core.h"
#include "port/linux/port_linux.h"

static uint64_t executed;

static uint64_t count_executed(void *context)
{
	(void)context;
	return executed;
}

static unsigned lines_in(const char *text)
{
	unsigned n = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		n++;
	}
	return n;
}

static void test_names(void)
{
	const char *bad, *names = "int,xyz,in";

	is(log_parse("", &bad), 0, "no names");
	ok(!bad, "are fine");
	is(log_parse("in", &bad), LOG_IN, "a name");
	is(log_parse("unimp,reset,int", &bad), LOG_UNIMPLEMENTED | LOG_RESET | LOG_INT, "names");
	is(log_parse(log_names(), &bad), 2 * LOG_RESET - 1, "all of them");
	ok(log_parse(names, &bad) == 0 && bad == names + 4, "an unknown one");
	ok(log_parse("i", &bad) == 0 && bad, "part of one");
}

static void test_limit(void)
{
	struct clock *clock = clock_create(true, count_executed, NULL);
	char *text = NULL;
	size_t bytes;
	FILE *file = open_memstream(&text, &bytes);

	port_set_log(file);
	log_clock(clock);
	log_mask = LOG_GUEST | LOG_EXEC;
	for (unsigned i = 0; i < 5000; i++) {
		LOG(LOG_GUEST, "line %u", i);
		LOG(LOG_INT, "off");
	}
	fflush(file);
	is(lines_in(text), 1000, "1,000 lines within a second");
	executed += NS_PER_SECOND / CLOCK_NS_PER_INSTRUCTION;
	LOG(LOG_GUEST, "later");
	fflush(file);
	is(lines_in(text), 1002, "more in the next");
	ok(strstr(text, "4000 more lines of guest"), "and how many are missing");
	for (unsigned i = 0; i < 5000; i++)
		LOG(LOG_EXEC, "%0600u", i);
	fflush(file);
	is(lines_in(text), 6002, "what is asked for comes in full");
	port_set_log(NULL);
	fclose(file);
	free(text);
	log_clock(NULL);
	clock_destroy(clock);
}

int main(void)
{
	test_names();
	test_limit();
	return done();
}
