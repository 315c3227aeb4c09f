/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Walks over BootInfo (manual appendix "Generic BootInfo"), which the kernel
 * interface page points to.  BootInfo and modules lie in memory that only root
 * gets from sigma0, page by page as it is touched.
 */
#include "boot.h"

#include <l4/thread.h>
#include <stdio.h>
#include <string.h>

static struct module modules[BOOT_MAX_MODULES];
static unsigned modules_used;
static const struct l4_boot_framebuffer *framebuffer;

/* The file name in a command line: its first word without folders. */
static void boot_module_name(const char *cmdline, char name[ROOT_NAME_SIZE])
{
	const char *start = cmdline, *p;
	size_t length;

	for (p = cmdline; *p && *p != ' '; p++)
		if (*p == '/')
			start = p + 1;
	length = (size_t)(p - start);
	if (length > ROOT_NAME_SIZE - 1)
		length = ROOT_NAME_SIZE - 1;
	memset(name, 0, ROOT_NAME_SIZE);
	memcpy(name, start, length);
}

static void boot_add_module(const struct l4_boot_module *record, unsigned n)
{
	const char *cmdline = record->cmdline ? (const char *)record + record->cmdline : "";
	struct module *module = &modules[modules_used];

	if (modules_used == BOOT_MAX_MODULES) {
		printf("root: module %u is one too many, skipped\n", n);
		return;
	}
	boot_module_name(cmdline, module->name);
	if (!module->name[0])
		snprintf(module->name, sizeof(module->name), "module %u", n);
	module->start = record->start;
	module->bytes = record->size;
	modules_used++;
}

static void boot_set_framebuffer(const struct l4_boot_framebuffer *f)
{
	if (f->type == L4_FRAMEBUFFER_RGB && f->width > 0 && f->height > 0 && f->pitch > 0)
		framebuffer = f;
}

void boot_read(void)
{
	const struct l4_boot_info *info = (const struct l4_boot_info *)l4_kip()->boot_info;
	const struct l4_boot_record *record;

	if (!info || info->magic != L4_BOOT_INFO_MAGIC) {
		printf("root: the kernel gives no BootInfo\n");
		return;
	}
	record = l4_boot_first(info);
	for (unsigned i = 0; i < info->num_entries; i++) {
		if (record->type == L4_BOOT_MODULE)
			boot_add_module((const struct l4_boot_module *)record, i);
		else if (record->type == L4_BOOT_FRAMEBUFFER)
			boot_set_framebuffer((const struct l4_boot_framebuffer *)record);
		record = l4_boot_next(record);
	}
}

unsigned boot_module_count(void)
{
	return modules_used;
}

const struct module *boot_module_at(unsigned i)
{
	return &modules[i];
}

const struct module *boot_module(const char *name)
{
	for (unsigned i = 0; i < modules_used; i++)
		if (strcmp(modules[i].name, name) == 0)
			return &modules[i];
	return NULL;
}

const struct l4_boot_framebuffer *boot_framebuffer(void)
{
	return framebuffer;
}

l4_word_t boot_module_bytes(void)
{
	l4_word_t bytes = 0;

	for (unsigned i = 0; i < modules_used; i++)
		bytes += modules[i].bytes;
	return bytes;
}
