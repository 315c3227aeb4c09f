/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Starting ARM kernels the way a boot loader does (Linux, Documentation/arm/booting):
 * kernel, initial RAM disk and device tree in memory, r0 = 0, r1 = machine type,
 * r2 = device tree or tag list.
 *
 *	RAM + 0x100			tag list, if there is no device tree
 *	RAM + 0x10000			zImage or raw binary
 *	RAM + min(128 MiB, half)	initrd, then the device tree
 */
#ifndef EMU_BOARD_ARM_BOOT_H
#define EMU_BOARD_ARM_BOOT_H

#include <emu/board.h>
#include "elf.h"

enum arm_kernel { ARM_KERNEL_NONE, ARM_KERNEL_FLAT, ARM_KERNEL_ELF };

struct arm_boot {
	/* The board's, before arm_boot_prepare. */
	gpa ram;
	uint64_t ram_bytes;
	uint32_t machine_type; /* ~0 if the board has none */
	const void *tree;      /* device tree the board made, for want of one given */
	size_t tree_bytes;

	/* arm_boot_prepare's. */
	enum arm_kernel kind;
	struct elf elf;
	struct blob flat;
	gpa flat_at, entry;
	gpa initrd_at, tree_at;
	void *patched; /* the device tree with memory, command line and initrd */
	size_t patched_bytes;
	const struct machine_config *config;
};

/* Recognizes the kernel, decides where everything goes and makes the device tree.  The
 * bus has RAM already.  The configuration must last.  False and one sentence otherwise. */
bool arm_boot_prepare(struct arm_boot *b, struct bus *bus, const struct machine_config *config,
		      char *error, size_t error_bytes);

/* At every reset: copies all to memory and sets the registers. */
void arm_boot_start(const struct arm_boot *b, struct machine *m);

/* Only the device tree, at the start of RAM where firmware looks for it. */
void arm_boot_firmware(const struct arm_boot *b, struct machine *m);

void arm_boot_finish(struct arm_boot *b);

#endif
