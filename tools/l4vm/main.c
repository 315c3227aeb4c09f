/* SPDX-License-Identifier: BSD-2-Clause
 *
 * l4vm: what runs on the administrator's machine.  Chooses the subcommand.
 */
#include "command.h"

#include <emu/types.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{ "check", command_check, "say what is wrong with a configuration" },
	{ "image", command_image, "make a bootable image from a configuration" },
	{ "run", command_run, "boot a configuration in QEMU" },
	{ "emu", command_emu, "one machine, hosted on this system" },
	{ "machines", command_machines, "the machines, their CPUs, memory and chips" },
	{ "show", command_show, "every setting of a configuration" },
	{ "help", command_help, "this text, or a command's" },
};

static void print_help(FILE *file)
{
	fputs("usage: l4vm COMMAND [ARGUMENT...]\n\ncommands:\n", file);
	for (unsigned i = 0; i < COUNT_OF(commands); i++)
		fprintf(file, "  %-10s %s\n", commands[i].name, commands[i].summary);
	fputs("\nl4vm help COMMAND tells more.\n", file);
}

int command_help(int argc, char **argv)
{
	char *help[] = { argc > 1 ? argv[1] : NULL, "--help", NULL };

	for (unsigned i = 0; argc > 1 && i < COUNT_OF(commands); i++)
		if (!strcmp(argv[1], commands[i].name) && commands[i].run != command_help)
			return commands[i].run(2, help);
	if (argc > 1 && strcmp(argv[1], "help") && strcmp(argv[1], "--help")) {
		complain("there is no command '%s'", argv[1]);
		return 2;
	}
	print_help(stdout);
	return 0;
}

/* No other file may get the number of a standard stream that was closed: output would go
 * to it. */
static bool open_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			return false;
	return true;
}

int main(int argc, char **argv)
{
	struct nearest nearest = { .word = argc > 1 ? argv[1] : "" };

	if (!open_standard_streams())
		return 1;
	if (argc < 2) {
		print_help(stderr);
		return 2;
	}
	if (!strcmp(argv[1], "--version")) {
		puts("l4vm 0.2");
		return 0;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return command_help(1, argv + 1);
	for (unsigned i = 0; i < COUNT_OF(commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	for (unsigned i = 0; i < COUNT_OF(commands); i++)
		nearest_offer(&nearest, commands[i].name);
	if (nearest.best)
		complain("there is no command '%s'; did you mean '%s'?", argv[1], nearest.best);
	else
		complain("there is no command '%s'; see l4vm help", argv[1]);
	return 2;
}
