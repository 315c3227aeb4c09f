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

/* Up to where memory is for the guest to use: firmware keeps some at the top. */
uint64_t pc_boot_usable(uint64_t memory);

/* Whether the file is a Linux kernel for the PC. */
bool pc_boot_is(const struct blob *kernel);

/* Adds the items of `setup` and of the command line, by their addresses.  The option ROM
 * jumps to the former plus 0x200, with the stack below the latter. */
bool pc_boot_offer(const struct pc_boot *b, struct fw_cfg *fw_cfg, uint32_t setup_at,
		   uint32_t command_line_at);

/* Recognizes the kernel and adds the items.  The configuration must last, and so must
 * `b`.  False and one sentence otherwise. */
bool pc_boot_prepare(struct pc_boot *b, const struct machine_config *config, struct fw_cfg *fw_cfg,
		     char *error, size_t error_bytes);

#endif
