/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The command line of the programs that run random instructions.
 */
#ifndef TESTS_GUEST_RANDOM_OPTIONS_H
#define TESTS_GUEST_RANDOM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct random_options {
	uint64_t count, seed, first;
	int only; /* one kind of instructions; -1: all */
	unsigned failures;
};

static inline bool random_option(struct random_options *o, const char *const kinds[],
				 unsigned count, const char *word[2])
{
	const char *name = word[0], *value = word[1];

	if (!strcmp(name, "--count"))
		o->count = strtoull(value, NULL, 0);
	else if (!strcmp(name, "--seed"))
		o->seed = strtoull(value, NULL, 0);
	else if (!strcmp(name, "--first"))
		o->first = strtoull(value, NULL, 0);
	else if (!strcmp(name, "--failures"))
		o->failures = (unsigned)strtoul(value, NULL, 0);
	else if (!strcmp(name, "--only"))
		for (unsigned i = 0; i < count; i++)
			o->only = !strcmp(value, kinds[i]) ? (int)i : o->only;
	else
		return false;
	return true;
}

/* False: they are wrong, and that was said. */
static inline bool random_options_parse(struct random_options *o, const char *const kinds[],
					unsigned count, char **words)
{
	for (; words[0]; words += 2)
		if (!words[1] ||
		    !random_option(o, kinds, count, (const char *[2]){ words[0], words[1] })) {
			fprintf(stderr, "usage: see the head of random.c\n");
			return false;
		}
	return true;
}

#endif
