/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Walks over BootInfo (manual appendix "Generic BootInfo"), which the kernel
 * interface page points to.  BootInfo and modules lie in memory that only root
 * gets from sigma0, page by page as it is touched.
 */
#include "boot.h"

#include "task.h"

#include <l4/bootinfo.h>
#include <l4/thread.h>
#include <stdio.h>
#include <string.h>

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

static void boot_load_module(const struct l4_boot_module *module, unsigned n)
{
	const char *cmdline = module->cmdline ? (const char *)module + module->cmdline : "";
	char name[ROOT_NAME_SIZE];

	boot_module_name(cmdline, name);
	if (!name[0])
		snprintf(name, sizeof(name), "module %u", n);
	task_load(name, (const void *)module->start, module->size);
}

void boot_load_modules(void)
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
			boot_load_module((const struct l4_boot_module *)record, i);
		record = l4_boot_next(record);
	}
}
