/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Starting Linux on a PC from files (Linux, Documentation/x86/boot): real-mode part,
 * kernel, initial RAM disk and command line become items of the firmware configuration
 * device, from which an option ROM takes them once the firmware boots it.
 *
 *	0x10000		real-mode part, stack and heap up to
 *	0x20000		command line
 *	0x100000	kernel
 *	end of memory	initrd, or as far up as the kernel permits
 */
#ifndef EMU_BOARD_PC_BOOT_H
#define EMU_BOARD_PC_BOOT_H

#include <emu/board.h>

#include "dev/misc/fw_cfg.h"

#define PC_SETUP_MAX (65 * 512)

struct pc_boot {
	uint32_t setup_bytes;
	uint8_t setup[PC_SETUP_MAX]; /* the real-mode part with what a loader writes into it */
	const char *command_line;
};

/* Recognizes the kernel and adds the items.  The configuration must last, and so must
 * `b`.  False and one sentence otherwise. */
bool pc_boot_prepare(struct pc_boot *b, const struct machine_config *config, struct fw_cfg *fw_cfg,
		     char *error, size_t error_bytes);

#endif
