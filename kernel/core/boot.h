/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the boot loader handed over, in a form that knows no boot protocol.
 * Filled in by the platform before anything else runs; physical addresses.
 */
#ifndef CORE_BOOT_H
#define CORE_BOOT_H

#include <l4/bootinfo.h>
#include <l4/kip.h>
#include <stdint.h>

#define BOOT_MAX_RANGES 64
#define BOOT_MAX_MODULES 64

struct boot_range {
	uint64_t start, end; /* end is exclusive */
	enum l4_memory_type type;
};

struct boot_module {
	uint64_t start, end; /* end is exclusive */
	const char *cmdline; /* in the loader's memory */
};

struct boot_data {
	/* Memory as the firmware reports it; unsorted, may overlap. */
	unsigned range_count;
	struct boot_range range[BOOT_MAX_RANGES];
	/* In boot loader order: sigma0, root, others. */
	unsigned module_count;
	struct boot_module module[BOOT_MAX_MODULES];
	const char *cmdline;                    /* of the kernel */
	struct l4_boot_framebuffer framebuffer; /* head.type 0: none */
	uint64_t rsdp; /* ACPI root pointer if the loader gave one, else 0 */
};

#endif
