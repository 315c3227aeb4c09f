/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The options of `l4vm emu`: parsing, checking, help.
 */
#define _GNU_SOURCE
#include "emu_options.h"

#include <emu/log.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "text.h"

enum option_id {
	OPT_APPEND = 256,
	OPT_CODE_CACHE,
	OPT_CONFIG,
	OPT_CPU,
	OPT_DETERMINISTIC,
	OPT_DISK,
	OPT_DISPLAY,
	OPT_BOOT,
	OPT_CDROM,
	OPT_FLOPPY,
	OPT_DTB,
	OPT_FIRMWARE,
	OPT_GDB,
	OPT_HASH,
	OPT_HELP,
	OPT_INITRD,
	OPT_INTERPRET,
	OPT_KERNEL,
	OPT_LOG,
	OPT_LOG_FILE,
	OPT_MAX_BLOCK,
	OPT_MEMORY,
	OPT_NO_REBOOT,
	OPT_READ_ONLY,
	OPT_RESTORE,
	OPT_SAVE,
	OPT_SCREENSHOT,
	OPT_SERIAL,
	OPT_SNAPSHOT,
	OPT_STATS,
	OPT_STOP_AFTER,
	OPT_TABLES,
};

static const struct {
	struct option option;
	const char *argument, *text;
} table[] = {
	{ { "config", 1, 0, OPT_CONFIG }, "FILE", "a configuration that has the machine" },
	{ { "kernel", 1, 0, OPT_KERNEL }, "FILE", "Linux or multiboot kernel, ELF, raw image" },
	{ { "initrd", 1, 0, OPT_INITRD }, "FILE", "initial RAM disk" },
	{ { "dtb", 1, 0, OPT_DTB }, "FILE", "device tree, instead of the machine's own" },
	{ { "append", 1, 0, OPT_APPEND }, "TEXT", "kernel command line" },
	{ { "firmware", 1, 0, OPT_FIRMWARE }, "FILE", "firmware, started instead of a kernel" },
	{ { "memory", 1, 0, OPT_MEMORY }, "SIZE", "RAM, for instance 256M" },
	{ { "cpu", 1, 0, OPT_CPU }, "NAME", "another CPU than the machine's usual one" },
	{ { "disk", 1, 0, OPT_DISK }, "FILE", "disk image, raw or qcow2; up to 4 times" },
	{ { "cdrom", 1, 0, OPT_CDROM }, "FILE", "CD image" },
	{ { "floppy", 1, 0, OPT_FLOPPY }, "FILE", "floppy image; up to 2 times" },
	{ { "boot", 1, 0, OPT_BOOT }, "ORDER", "letters: a floppy, c disk, d CD; m: a menu" },
	{ { "snapshot", 0, 0, OPT_SNAPSHOT },
	  NULL,
	  "keep what is written to disks in memory only" },
	{ { "read-only", 0, 0, OPT_READ_ONLY }, NULL, "disks can't be written" },
	{ { "serial", 1, 0, OPT_SERIAL }, "N:FILE", "output of serial line N (1..3) to a file" },
	{ { "display", 2, 0, OPT_DISPLAY },
	  "[=KIND]",
	  "show the screen: window, full-screen or none" },
	{ { "screenshot", 1, 0, OPT_SCREENSHOT },
	  "FILE",
	  "save the screen as PNG at the end, or on Ctrl-A p" },
	{ { "no-reboot", 0, 0, OPT_NO_REBOOT }, NULL, "leave when the guest resets the machine" },
	{ { "gdb", 1, 0, OPT_GDB }, "[HOST:]PORT", "wait for gdb and let it control the machine" },
	{ { "save", 1, 0, OPT_SAVE }, "FILE", "save the machine at the end, or on Ctrl-A s" },
	{ { "restore", 1, 0, OPT_RESTORE }, "FILE", "go on with a saved machine" },
	{ { "deterministic", 0, 0, OPT_DETERMINISTIC },
	  NULL,
	  "time by instructions: every run is the same" },
	{ { "stop-after", 1, 0, OPT_STOP_AFTER }, "N", "leave after N guest instructions" },
	{ { "stats", 0, 0, OPT_STATS }, NULL, "print figures at the end" },
	{ { "hash", 0, 0, OPT_HASH }, NULL, "print a hash of the machine's state at the end" },
	{ { "log", 1, 0, OPT_LOG }, "LIST", "categories, see below" },
	{ { "log-file", 1, 0, OPT_LOG_FILE }, "FILE", "log to a file instead of stderr" },
	{ { "code-cache", 1, 0, OPT_CODE_CACHE }, "SIZE", "of translated code, for instance 8M" },
	{ { "tables", 1, 0, OPT_TABLES },
	  "SIZE",
	  "bound of the tables of guest memory, such as 2M" },
	{ { "max-block", 1, 0, OPT_MAX_BLOCK }, "N", "guest instructions a block, 1..64" },
	{ { "interpret", 0, 0, OPT_INTERPRET }, NULL, "interpret instead of translating" },
	{ { "help", 0, 0, OPT_HELP }, NULL, "this text" },
};

static void print_usage(void)
{
	puts("usage: l4vm emu MACHINE [OPTION...]\n"
	     "       l4vm emu FILE NAME [OPTION...]\n\n"
	     "Runs one machine here, a bare one or [vm NAME] of a configuration; FILE has a\n"
	     "dot or slash in its name.  Options override the configuration.  The first\n"
	     "serial line is the terminal.  Ctrl-A x leaves, Ctrl-A h helps.  `l4vm machines`\n"
	     "lists the machines.\n");
	for (unsigned i = 0; i < COUNT_OF(table); i++) {
		char left[40];

		snprintf(left, sizeof left, "--%s%s%s", table[i].option.name,
			 table[i].option.has_arg == 1 ? " " : "",
			 table[i].argument ? table[i].argument : "");
		printf("  %-22s %s\n", left, table[i].text);
	}
	printf("\nlog categories: %s\n", log_names());
}

static int wrong_argument(const char *option, const char *argument, const char *expected)
{
	complain("--%s: '%s' is not %s", option, argument, expected);
	return 2;
}

static int parse_serial(struct emu_options *o, const char *argument)
{
	if (argument[0] < '1' || argument[0] >= '0' + MACHINE_SERIAL_LINES || argument[1] != ':')
		return wrong_argument("serial", argument, "a line 1..3, a colon and a file name");
	o->serial_file[argument[0] - '0'] = argument + 2;
	return -1;
}

static int parse_display(struct emu_options *o, const char *argument)
{
	static const char *const kinds[] = { [EMU_DISPLAY_WINDOW] = "window",
					     [EMU_DISPLAY_FULL] = "full-screen",
					     [EMU_DISPLAY_NONE] = "none" };

	if (!argument)
		argument = kinds[EMU_DISPLAY_WINDOW];
	for (unsigned i = EMU_DISPLAY_WINDOW; i < COUNT_OF(kinds); i++)
		if (!strcmp(kinds[i], argument)) {
			o->display = (enum emu_display)i;
			return -1;
		}
	return wrong_argument("display", argument, "window, full-screen or none");
}

static int parse_log(const char *argument)
{
	const char *bad;
	unsigned mask = log_parse(argument, &bad);

	if (bad) {
		complain("--log: there is no category '%.*s'; there are: %s",
			 (int)strcspn(bad, ","), bad, log_names());
		return 2;
	}
	log_mask = mask;
	return -1;
}

static int parse_number(struct emu_options *o, int id)
{
	uint64_t value;

	if (!size_parse(optarg, &value))
		value = 0;
	switch (id) {
	case OPT_MEMORY:
		o->config.memory_bytes = value;
		return value ? -1 : wrong_argument("memory", optarg, "a size such as 256M");
	case OPT_CODE_CACHE:
		o->config.code_cache_bytes = (uint32_t)value;
		return value && value <= 1u << 30 ?
			       -1 :
			       wrong_argument("code-cache", optarg, "a size up to 1G");
	case OPT_TABLES:
		o->config.table_bytes = (uint32_t)value;
		return value && value <= 1u << 30 ?
			       -1 :
			       wrong_argument("tables", optarg, "a size up to 1G");
	case OPT_MAX_BLOCK:
		o->config.max_block = (unsigned)value;
		return value && value <= 64 ? -1 :
					      wrong_argument("max-block", optarg, "within 1..64");
	default:
		o->stop_after = value;
		return value ? -1 : wrong_argument("stop-after", optarg, "a number above 0");
	}
}

static int parse_option(struct emu_options *o, int id)
{
	switch (id) {
	case OPT_APPEND:
		o->config.append = optarg;
		break;
	case OPT_CONFIG:
		o->file = optarg;
		break;
	case OPT_CPU:
		o->config.cpu = optarg;
		break;
	case OPT_DETERMINISTIC:
		o->config.deterministic = true;
		break;
	case OPT_DISPLAY:
		return parse_display(o, optarg);
	case OPT_DTB:
		o->dtb = optarg;
		break;
	case OPT_FIRMWARE:
		o->firmware = optarg;
		break;
	case OPT_GDB:
		o->gdb = optarg;
		break;
	case OPT_HASH:
		o->hash = true;
		break;
	case OPT_INITRD:
		o->initrd = optarg;
		break;
	case OPT_INTERPRET:
		o->config.interpret = true;
		break;
	case OPT_KERNEL:
		o->kernel = optarg;
		break;
	case OPT_LOG:
		return parse_log(optarg);
	case OPT_LOG_FILE:
		o->log_file = optarg;
		break;
	case OPT_NO_REBOOT:
		o->no_reboot = true;
		break;
	case OPT_READ_ONLY:
		o->read_only = true;
		break;
	case OPT_RESTORE:
		o->restore = optarg;
		break;
	case OPT_SAVE:
		o->save = optarg;
		break;
	case OPT_SCREENSHOT:
		o->screenshot = optarg;
		break;
	case OPT_SERIAL:
		return parse_serial(o, optarg);
	case OPT_SNAPSHOT:
		o->snapshot = true;
		break;
	case OPT_STATS:
		o->stats = true;
		break;
	case OPT_BOOT:
		if (!*optarg || strspn(optarg, "acdm") != strlen(optarg))
			return wrong_argument("boot", optarg, "made of the letters a, c, d and m");
		o->config.boot = optarg;
		break;
	case OPT_CDROM:
		if (o->cdrom)
			return complain("--cdrom: at most one CD"), 2;
		o->cdrom = optarg;
		break;
	case OPT_FLOPPY:
		if (o->floppies == MACHINE_FLOPPIES)
			return complain("--floppy: at most %d floppies", MACHINE_FLOPPIES), 2;
		o->floppy[o->floppies++].path = optarg;
		break;
	case OPT_DISK:
		if (o->disks == MACHINE_DISKS)
			return complain("--disk: at most %d disks", MACHINE_DISKS), 2;
		o->disk[o->disks++].path = optarg;
		break;
	default:
		return parse_number(o, id);
	}
	return -1;
}

int emu_parse(struct emu_options *o, int argc, char **argv)
{
	struct option options[COUNT_OF(table) + 1] = { { 0 } };
	int id, status;

	for (unsigned i = 0; i < COUNT_OF(table); i++)
		options[i] = table[i].option;
	while ((id = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (id == OPT_HELP || id == 'h') {
			print_usage();
			return 0;
		}
		if (id == '?') {
			fputs("l4vm help emu lists the options.\n", stderr);
			return 2;
		}
		status = parse_option(o, id);
		if (status >= 0)
			return status;
	}
	if (!o->file && optind + 2 == argc && strpbrk(argv[optind], "./"))
		o->file = argv[optind++];
	if (optind + 1 != argc) {
		complain(optind == argc ? "emu: which machine? see l4vm machines" :
					  "emu: one machine, please; see l4vm help emu");
		return 2;
	}
	if (o->gdb && o->stop_after) {
		complain("--gdb and --stop-after exclude each other");
		return 2;
	}
	o->config.board = o->name = argv[optind];
	return -1;
}

static const char *option_of_kernel(const struct emu_options *o)
{
	return o->initrd ? "initrd" : o->config.append ? "append" : NULL;
}

bool emu_check(const struct emu_options *o)
{
	const struct machine_board *board = machine_board_named(o->config.board);

	if (!o->kernel && option_of_kernel(o)) {
		complain("--%s goes with a kernel, but there is none; add --kernel FILE",
			 option_of_kernel(o));
		return false;
	}
	for (unsigned i = 1; board && i < MACHINE_SERIAL_LINES; i++)
		if (o->serial_file[i] && i >= board->serial_lines) {
			complain("--serial: %s has only %u serial lines, 0 to %u", board->name,
				 board->serial_lines, board->serial_lines - 1);
			return false;
		}
	return true;
}
