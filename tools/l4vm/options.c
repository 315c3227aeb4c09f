/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Options by table, with getopt_long.
 */
#define _GNU_SOURCE
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "text.h"

#define MOST_OPTIONS 32
#define FIRST_ID 256

static void options_help(const struct command_usage *usage)
{
	printf("usage: l4vm %s %s\n\n%s\n", usage->command, usage->arguments, usage->text);
	for (unsigned i = 0; i < usage->count; i++) {
		const struct command_option *o = &usage->options[i];
		char left[40];

		snprintf(left, sizeof left, "--%s%s%s", o->name,
			 o->argument && *o->argument != '[' ? " " : "",
			 o->argument ? o->argument : "");
		printf("  %-22s %s\n", left, o->text);
	}
	printf("  %-22s %s\n", "--help", "this text");
}

static void options_fill(const struct command_usage *usage, struct option *options)
{
	for (unsigned i = 0; i < usage->count; i++) {
		const char *argument = usage->options[i].argument;

		options[i].name = usage->options[i].name;
		options[i].has_arg = !argument        ? no_argument :
				     *argument == '[' ? optional_argument :
							required_argument;
		options[i].val = FIRST_ID + (int)i;
	}
	options[usage->count] = (struct option){ "help", no_argument, NULL, 'h' };
}

int options_next(const struct command_usage *usage, int argc, char **argv)
{
	struct option options[MOST_OPTIONS] = { { 0 } };
	int id;

	options_fill(usage, options);
	/* -o is what every program calls its output. */
	id = getopt_long(argc, argv, "ho:", options, NULL);
	for (unsigned i = 0; id == 'o' && i < usage->count; i++)
		if (!strcmp(usage->options[i].name, "output"))
			return (int)i;
	if (id == 'o')
		fprintf(stderr, "l4vm: %s has no option -o\n", usage->command);
	if (id == 'h') {
		options_help(usage);
		return OPTIONS_HELP;
	}
	if (id == '?' || id == 'o') {
		fprintf(stderr, "l4vm help %s lists the options.\n", usage->command);
		return OPTIONS_WRONG;
	}
	return id < 0 ? OPTIONS_END : id - FIRST_ID;
}

int options_status(int end)
{
	return end == OPTIONS_HELP ? 0 : 2;
}

int options_wrong(const struct command_usage *usage, const char *what)
{
	complain("%s: %s; see l4vm help %s", usage->command, what, usage->command);
	return 2;
}

bool options_size(const char *option, uint64_t *bytes)
{
	if (size_parse(optarg, bytes) && *bytes)
		return true;
	complain("--%s: '%s' is not a size such as 512M", option, optarg);
	return false;
}

bool options_number(const char *option, uint64_t *number, uint64_t most)
{
	if (number_parse(optarg, number) && *number && *number <= most)
		return true;
	complain("--%s: '%s' is not a number from 1 to %u", option, optarg, (unsigned)most);
	return false;
}
