/* SPDX-License-Identifier: BSD-2-Clause
 *
 * `l4vm check` and `l4vm image`: a configuration, judged and packed.
 */
#define _GNU_SOURCE
#include <emu/types.h>
#include <getopt.h>
#include <stdlib.h>

#include "child.h"
#include "command.h"
#include "image.h"
#include "options.h"
#include "text.h"
#include "trial.h"

static const struct command_option check_options[] = {
	{ "memory", "SIZE", "also check that a PC with that much memory will do" },
};
static const struct command_usage check_usage = {
	"check", "FILE [OPTION...]",
	"Says what is wrong with a configuration, or how much memory the PC needs.\n",
	check_options, COUNT_OF(check_options)
};

static const struct command_option image_options[] = {
	{ "output", "FILE", "the CD or USB image to write; -o FILE is the same" },
	{ "directory", "DIR", "a new folder with the same contents instead" },
	{ "system", "DIR", "where L4VM's kernel and programs are" },
};
static const struct command_usage image_usage = {
	"image", "FILE -o OUT.iso [OPTION...]",
	"Makes a bootable image from a configuration, for a PC with a BIOS (GRUB).\n",
	image_options, COUNT_OF(image_options)
};

bool config_prepare(struct config *c, const char *path, uint64_t pc_memory)
{
	uint64_t needed;

	config_read(c, path, stderr);
	config_check(c);
	config_check_modules(c);
	needed = config_try(c) ? plan_pc_bytes(c) : 0;
	if (pc_memory && pc_memory < needed)
		config_error(c, 0,
			     "needs a PC with at least %llu MiB, not %llu MiB; give machines less "
			     "memory or the PC more",
			     (unsigned long long)(needed >> 20),
			     (unsigned long long)(pc_memory >> 20));
	config_report(c);
	return !c->errors;
}

static const char *plural(unsigned n)
{
	return n == 1 ? "" : "s";
}

static void check_report(const struct config *c)
{
	unsigned machines = 0;

	while (config_nth(c, SECTION_VM, machines))
		machines++;
	printf("%s: %u machine%s", c->path, machines, plural(machines));
	if (c->sections - 1 > machines)
		printf(", %u task%s", c->sections - 1 - machines,
		       plural(c->sections - 1 - machines));
	if (c->warnings)
		printf(", %u warning%s", c->warnings, plural(c->warnings));
	printf("; needs a PC with at least %llu MiB\n",
	       (unsigned long long)(plan_pc_bytes(c) >> 20));
}

int command_check(int argc, char **argv)
{
	struct config config;
	uint64_t memory = 0;
	bool good;
	int n;

	while ((n = options_next(&check_usage, argc, argv)) >= 0)
		if (!options_size("memory", &memory))
			return 2;
	if (n != OPTIONS_END)
		return options_status(n);
	if (optind + 1 != argc)
		return options_wrong(&check_usage, "name one configuration file");
	good = config_prepare(&config, argv[optind], memory);
	if (good)
		check_report(&config);
	config_free(&config);
	return good ? 0 : 1;
}

struct image_request {
	const char *config, *output, *directory, *system;
};

static bool output_is_free(const struct image_request *r, const struct plan *plan)
{
	if (!r->output || !plan_uses(plan, r->output))
		return true;
	complain("'%s' is a file that the image is made from; name another with -o", r->output);
	return false;
}

static bool image_request_do(const struct image_request *r, struct config *config)
{
	struct plan plan = { 0 };
	struct image image = { 0 };
	char *system = NULL;
	bool good = config_prepare(config, r->config, 0) && (system = system_find(r->system)) &&
		    plan_make(&plan, config, system) && output_is_free(r, &plan);

	if (good) {
		child_catch_signals();
		good = image_open(&image, &plan) &&
		       (r->output ? image_write_iso(&image, r->output) :
				    image_write_folder(&image, r->directory));
		image_close(&image);
	}
	plan_free(&plan);
	free(system);
	return good;
}

static int image_parse(struct image_request *r, int argc, char **argv)
{
	const char **const target[] = { &r->output, &r->directory, &r->system };
	int n;

	while ((n = options_next(&image_usage, argc, argv)) >= 0)
		*target[n] = optarg;
	if (n != OPTIONS_END)
		return options_status(n);
	if (optind + 1 != argc)
		return options_wrong(&image_usage, "name one configuration file");
	if (!r->output == !r->directory)
		return options_wrong(&image_usage, "say where to: -o FILE or --directory DIR");
	r->config = argv[optind];
	return -1;
}

int command_image(int argc, char **argv)
{
	struct image_request request = { 0 };
	struct config config;
	int status = image_parse(&request, argc, argv);

	if (status >= 0)
		return status;
	status = image_request_do(&request, &config) ? 0 : 1;
	config_free(&config);
	return child_signal() ? 128 + child_signal() : status;
}
