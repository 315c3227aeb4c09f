/* SPDX-License-Identifier: BSD-2-Clause
 *
 * `l4vm show` and `l4vm machines`: what a configuration means, and what there is to
 * configure.  What show prints is a configuration again; comments say where each value is
 * from.
 */
#define _GNU_SOURCE
#include <emu/machine.h>
#include <getopt.h>
#include <string.h>

#include "command.h"
#include "config.h"
#include "options.h"
#include "text.h"

static const struct command_usage show_usage = {
	"show", "FILE [NAME]",
	"Prints every setting of a configuration, or of one machine or task, and where it\n"
	"comes from: a line of the file or a default.\n",
	NULL, 0
};

static const struct command_option machines_options[] = {
	{ "verbose", NULL, "CPUs, chips and defaults of all" },
};
static const struct command_usage machines_usage = {
	"machines", "[NAME...]",
	"Lists the machines that can be emulated; those that are named in detail.\n",
	machines_options, COUNT_OF(machines_options)
};

static void show_setting(const struct config *c, const struct section *s, unsigned id)
{
	const struct value *v = &s->value[id];

	if (!v->text) {
		printf(";%-12s =%*s; %s\n", settings[id].key, 30, "", settings[id].help);
		return;
	}
	printf("%-13s = %-28s ", settings[id].key, v->text);
	if (v->line)
		printf("; %s:%u\n", c->path, v->line);
	else if (v->origin)
		printf("; default of %s\n", v->origin);
	else
		printf("; default\n");
}

static void show_section(const struct config *c, const struct section *s)
{
	const char *kind = section_names[s->kind];

	printf(*s->name ? "[%s %s]" : "[%s]", kind, s->name);
	if (s->line)
		printf(" ; %s:%u", c->path, s->line);
	putchar('\n');
	for (unsigned i = 0; i < SETTINGS; i++)
		if (settings[i].section == s->kind)
			show_setting(c, s, i);
}

static bool show(const struct config *c, const char *name)
{
	const struct section *one = name ? config_find(c, name) : NULL;

	if (name && !one && strcmp(name, "system")) {
		complain("%s has no [vm %s] or [task %s]", c->path, name, name);
		return false;
	}
	if (name) {
		show_section(c, one ? one : &c->section[0]);
		return true;
	}
	for (unsigned i = 0; i < c->sections; i++) {
		if (i)
			putchar('\n');
		show_section(c, &c->section[i]);
	}
	return true;
}

int command_show(int argc, char **argv)
{
	struct config config;
	bool good;
	int n = options_next(&show_usage, argc, argv);

	if (n != OPTIONS_END)
		return options_status(n);
	if (optind + 1 != argc && optind + 2 != argc)
		return options_wrong(&show_usage,
				     "name a configuration file and perhaps a machine");
	good = config_load(&config, argv[optind], stderr) && show(&config, argv[optind + 1]);
	config_free(&config);
	return good ? 0 : 1;
}

static void machine_line(const struct machine_board *b)
{
	char memory[40];

	snprintf(memory, sizeof memory, "%u-%u MiB (%u)", (unsigned)(b->memory_min >> 20),
		 (unsigned)(b->memory_max >> 20), (unsigned)(b->memory_default >> 20));
	printf("%-14s %-12s %-24s %s\n", b->name, b->cpu, memory, b->summary);
}

static void machine_details(const struct machine_board *b)
{
	printf("%s: %s\n", b->name, b->summary);
	printf("  CPU       %s; can be: %s\n", b->cpu, b->cpus);
	printf("  memory    %u MiB; can be %u to %u MiB\n", (unsigned)(b->memory_default >> 20),
	       (unsigned)(b->memory_min >> 20), (unsigned)(b->memory_max >> 20));
	printf("  disks     up to %u\n", b->disks);
	printf("  starts    a kernel or firmware%s\n",
	       b->firmware_and_kernel ? ", or firmware that starts the kernel" : "");
	for (const char *line = b->chips; *line; line += strcspn(line, "\n") + 1)
		printf("  %-9s %.*s\n", line == b->chips ? "chips" : "", (int)strcspn(line, "\n"),
		       line);
}

static bool machine_named(const char *name)
{
	struct nearest nearest = { .word = name };

	for (const struct machine_board *b = machine_boards(); b->name; b++) {
		if (!strcmp(b->name, name)) {
			machine_details(b);
			return true;
		}
		nearest_offer(&nearest, b->name);
	}
	if (nearest.best)
		complain("there is no machine '%s'; did you mean '%s'?", name, nearest.best);
	else
		complain("there is no machine '%s'; l4vm machines lists them", name);
	return false;
}

static void machines_all(bool details)
{
	if (!details)
		printf("%-14s %-12s %-24s %s\n", "MACHINE", "CPU", "MEMORY (DEFAULT)", "");
	for (const struct machine_board *b = machine_boards(); b->name; b++)
		(details ? machine_details : machine_line)(b);
}

int command_machines(int argc, char **argv)
{
	bool details = false, good = true;
	int n;

	while ((n = options_next(&machines_usage, argc, argv)) >= 0)
		details = true;
	if (n != OPTIONS_END)
		return options_status(n);
	if (optind == argc)
		machines_all(details);
	for (int i = optind; i < argc; i++)
		good = machine_named(argv[i]) && good;
	return good ? 0 : 1;
}
