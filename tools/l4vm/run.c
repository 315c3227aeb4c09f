/* SPDX-License-Identifier: BSD-2-Clause
 *
 * `l4vm run`: a configuration in QEMU.  Without a display QEMU itself loads kernel and
 * modules, which is quick; its loader sets no graphics mode, so for a display, or when
 * asked, GRUB does it from a temporary CD image.  The PC's serial line is the terminal.
 */
#define _GNU_SOURCE
#include <emu/types.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "command.h"
#include "image.h"
#include "options.h"
#include "text.h"

#define MIB (1ull << 20)
#define SPARE_BYTES (64 * MIB)
#define QEMU "qemu-system-x86_64"

enum run_option {
	RUN_DISPLAY,
	RUN_MEMORY,
	RUN_CPUS,
	RUN_CDROM,
	RUN_ACCEL,
	RUN_QEMU_OPTION,
	RUN_SYSTEM,
};

static const struct command_option run_options[] = {
	[RUN_DISPLAY] = { "display", "[=KIND]",
			  "show the PC's display in a window, or as QEMU's KIND" },
	[RUN_MEMORY] = { "memory", "SIZE", "of the PC, instead of what is needed" },
	[RUN_CPUS] = { "cpus", "N", "of the PC, 1 to 16, instead of 2" },
	[RUN_CDROM] = { "cdrom", NULL, "boot by GRUB from a CD image, as --display does" },
	[RUN_ACCEL] = { "accel", "NAME", "QEMU's accelerator, instead of tcg" },
	[RUN_QEMU_OPTION] = { "qemu-option", "WORD", "a word for QEMU's command line; repeatable" },
	[RUN_SYSTEM] = { "system", "DIR", "where L4VM's kernel and programs are" },
};
static const struct command_usage run_usage = {
	"run", "FILE [OPTION...]",
	"Boots a configuration in QEMU.  The PC's serial line is this terminal: Ctrl-] and\n"
	"then ? helps, Ctrl-A x leaves.\n",
	run_options, COUNT_OF(run_options)
};

struct run_request {
	const char *config, *system, *accel, *display;
	bool window, cdrom;
	uint64_t memory, cpus;
	struct words extra;
};

/* Returns -1 to go on. */
static int run_option(struct run_request *r, int n)
{
	switch (n) {
	case RUN_DISPLAY:
		r->window = true;
		r->display = optarg;
		break;
	case RUN_MEMORY:
		return options_size("memory", &r->memory) ? -1 : 2;
	case RUN_CPUS:
		return options_number("cpus", &r->cpus, 16) ? -1 : 2;
	case RUN_CDROM:
		r->cdrom = true;
		break;
	case RUN_ACCEL:
		r->accel = optarg;
		break;
	case RUN_QEMU_OPTION:
		words_add(&r->extra, optarg);
		break;
	default:
		r->system = optarg;
	}
	return -1;
}

static int run_parse(struct run_request *r, int argc, char **argv)
{
	int n, status;

	while ((n = options_next(&run_usage, argc, argv)) >= 0) {
		status = run_option(r, n);
		if (status >= 0)
			return status;
	}
	if (n != OPTIONS_END)
		return options_status(n);
	if (optind + 1 != argc)
		return options_wrong(&run_usage, "name one configuration file");
	r->config = argv[optind];
	return -1;
}

static void words_add_all(struct words *w, const char *const *list)
{
	for (; *list; list++)
		words_add(w, *list);
}

static void words_add_pair(struct words *w, const char *option, char *allocated)
{
	words_add(w, option);
	words_add(w, allocated);
	free(allocated);
}

/* The names of the modules, which are links in the folder QEMU is started in. */
static char *initrd_list(const struct plan *p)
{
	char *list = text_copy(p->module[0].name);

	for (unsigned i = 1; i < p->modules; i++) {
		char *longer = text_format("%s,%s", list, p->module[i].name);

		free(list);
		list = longer;
	}
	return list;
}

static void qemu_command(const struct run_request *r, const struct plan *p, struct words *w)
{
	static const char *const fixed[] = { QEMU,   "-machine", "pc",      "-cpu",      "max",
					     "-nic", "none",     "-serial", "mon:stdio", NULL };
	uint64_t memory = r->memory ? r->memory : plan_pc_bytes(p->config) + SPARE_BYTES;

	words_add_all(w, fixed);
	words_add_pair(w, "-accel", text_copy(r->accel));
	words_add_pair(w, "-smp", text_format("%u", (unsigned)r->cpus));
	words_add_pair(w, "-m", text_format("%lluM", (unsigned long long)(memory / MIB)));
	if (!r->window)
		words_add_pair(w, "-display", text_copy("none"));
	else if (r->display)
		words_add_pair(w, "-display", text_copy(r->display));
	if (r->window || r->cdrom) {
		words_add_pair(w, "-cdrom", text_copy("l4vm.iso"));
	} else {
		words_add_pair(w, "-kernel", text_copy("l4vm-kernel"));
		words_add_pair(w, "-initrd", initrd_list(p));
	}
	if (r->extra.word)
		words_add_all(w, (const char *const *)r->extra.word);
}

static bool run_prepare(const struct run_request *r, const struct image *image)
{
	char *inside, *kernel;
	bool good;

	if (r->window || r->cdrom) {
		inside = text_format("%s/l4vm.iso", image->scratch.path);
		good = image_write_iso(image, inside);
	} else {
		inside = text_format("%s/l4vm-kernel", image->scratch.path);
		kernel = realpath(image->plan->kernel, NULL);
		good = kernel && !symlink(kernel, inside) && image_link(image);
		free(kernel);
	}
	free(inside);
	return good;
}

static void run_explain(const struct run_request *r)
{
	fputs("L4VM starts in QEMU; its serial line is this terminal.\n"
	      "  Ctrl-A x       leaves\n"
	      "  Ctrl-] ?       says how to switch between machines here\n",
	      stderr);
	if (r->window)
		fputs("  Ctrl+Alt+F1    the manager in the window, F2 and up the machines; where "
		      "the\n"
		      "                 desktop takes these keys, press Ctrl-A c here and type:\n"
		      "                 sendkey ctrl-alt-f2\n",
		      stderr);
}

static int run_qemu(const struct run_request *r, const struct image *image)
{
	struct words command = { 0 };
	pid_t child;
	int status = 1;

	qemu_command(r, image->plan, &command);
	run_explain(r);
	if (chdir(image->scratch.path)) {
		complain("can't use the folder '%s': %s", image->scratch.path, strerror(errno));
	} else {
		child = child_start(&command, NULL);
		status = child < 0 ? 1 : child_wait(child, NULL);
	}
	words_free(&command);
	return status;
}

static int run_plan(const struct run_request *r, const struct plan *plan)
{
	struct image image = { 0 };
	int status = 1;

	child_catch_signals();
	if (image_open(&image, plan) && run_prepare(r, &image) && !child_signal())
		status = run_qemu(r, &image);
	image_close(&image);
	return child_signal() ? 128 + child_signal() : status;
}

static bool variable_is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

static bool display_is_there(const struct run_request *r)
{
	if (!r->window || r->display || variable_is_set("DISPLAY") ||
	    variable_is_set("WAYLAND_DISPLAY"))
		return true;
	complain("there is no display here; leave --display out, or use for instance "
		 "--display=vnc=:1");
	return false;
}

int command_run(int argc, char **argv)
{
	struct run_request request = { .accel = "tcg", .cpus = 2 };
	struct config config;
	struct plan plan = { 0 };
	char *system = NULL;
	int status = run_parse(&request, argc, argv);

	if (status < 0) {
		status = 1;
		if (config_prepare(&config, request.config, request.memory) &&
		    (system = system_find(request.system)) && plan_make(&plan, &config, system) &&
		    display_is_there(&request) && child_have(QEMU, "qemu-system-x86"))
			status = run_plan(&request, &plan);
		plan_free(&plan);
		free(system);
		config_free(&config);
	}
	words_free(&request.extra);
	return status;
}
