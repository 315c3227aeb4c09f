/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The options of a command as a table, from which they are parsed and its help is made.
 *
 *	while ((n = options_next(&usage, argc, argv)) >= 0)
 *		switch (n) ...			// n is the index in the table, optarg as usual
 *	if (n != OPTIONS_END)
 *		return options_status(n);
 *	// argv[optind] and so on are what isn't an option
 */
#ifndef L4VM_OPTIONS_H
#define L4VM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct command_option {
	const char *name;
	const char *argument; /* NULL: it has none; "[=X]": optional */
	const char *text;
};

struct command_usage {
	const char *command, *arguments;
	const char *text; /* lines on what it does */
	const struct command_option *options;
	unsigned count;
};

enum { OPTIONS_END = -1, OPTIONS_HELP = -2, OPTIONS_WRONG = -3 };

/* Prints the help, or a hint at it behind what getopt said of a wrong option. */
int options_next(const struct command_usage *usage, int argc, char **argv);

/* The exit status after anything but OPTIONS_END. */
int options_status(int end);

/* Complains that the arguments aren't as they should be; returns 2. */
int options_wrong(const struct command_usage *usage, const char *what);

/* optarg as a size or a number from 1 to `most`; false after a complaint. */
bool options_size(const char *option, uint64_t *bytes);
bool options_number(const char *option, uint64_t *number, uint64_t most);

#endif
