/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The config tree of a machine (docs/manifest.md) as a machine_config.  Files are boot
 * modules, which are mapped where the machine reads them.
 */
#include <l4/task.h>
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "vmm.h"

/* A property that is a single text; NULL: it is missing or isn't one. */
static const char *config_text(const void *tree, const char *name)
{
	int length;
	const char *text = fdt_getprop(tree, 0, name, &length);

	return text && length > 0 && strnlen(text, (size_t)length) == (size_t)length - 1 ? text :
											   NULL;
}

/* One or two cells; 0 if it is missing. */
static bool config_number(const void *tree, const char *name, uint64_t *value)
{
	int length;
	const uint8_t *bytes = fdt_getprop(tree, 0, name, &length);

	*value = 0;
	if (!bytes)
		return true;
	if (length != 4 && length != 8)
		return false;
	for (int i = 0; i < length; i++)
		*value = *value << 8 | bytes[i];
	return true;
}

static bool config_file(const void *tree, const char *name, struct blob *blob, char *error,
			size_t room)
{
	const char *file = config_text(tree, name);
	const struct task_module *module = file ? task_find_module(file) : NULL;

	if (!file)
		return true;
	if (!module) {
		snprintf(error, room, "%s: there is no module '%s'", name, file);
		return false;
	}
	blob->bytes = (const uint8_t *)module->address;
	blob->count = module->bytes;
	return true;
}

static bool config_figures(const void *tree, struct machine_config *config, char *error,
			   size_t room)
{
	uint64_t cache;

	if (!config_number(tree, "memory", &config->memory_bytes) ||
	    !config_number(tree, "code-cache", &cache)) {
		snprintf(error, room, "memory and code-cache are numbers of one or two cells");
		return false;
	}
	if (cache > 1u << 30) {
		snprintf(error, room, "code-cache: at most 1 GiB");
		return false;
	}
	config->code_cache_bytes = cache ? (uint32_t)cache : VMM_CODE_CACHE_BYTES;
	config->table_bytes = VMM_TABLE_BYTES;
	config->side_bytes = VMM_SIDE_BYTES;
	return true;
}

bool config_read(struct machine_config *config, char *error, size_t room)
{
	const void *tree = task_config();

	if (!tree || fdt_check_header(tree)) {
		snprintf(error, room, "the manifest has no config for it");
		return false;
	}
	config->board = config_text(tree, "machine");
	config->cpu = config_text(tree, "cpu");
	config->append = config_text(tree, "append");
	config->boot = config_text(tree, "boot");
	if (!config->board) {
		snprintf(error, room, "the config doesn't say which machine");
		return false;
	}
	return config_figures(tree, config, error, room) &&
	       config_file(tree, "firmware", &config->firmware, error, room) &&
	       config_file(tree, "video-bios", &config->video_bios, error, room) &&
	       config_file(tree, "boot-rom", &config->boot_rom, error, room) &&
	       config_file(tree, "kernel", &config->kernel, error, room) &&
	       config_file(tree, "initrd", &config->initrd, error, room) &&
	       config_file(tree, "dtb", &config->dtb, error, room);
}
