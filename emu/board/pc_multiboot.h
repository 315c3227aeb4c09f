/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Starting a multiboot kernel on a PC from files (Multiboot Specification 0.6.96).  The
 * option ROM that starts Linux (pc_boot.h) finds in place of Linux's real-mode part code
 * of ours, which asks the firmware for the memory map, loads the rest from the firmware
 * configuration device and enters the kernel.
 *
 *	0x10000		boot information, that code, its tables, stack
 *	0x20000		command line
 *	elsewhere	kernel, where it wants to be
 *	next page	initial RAM disk, the only module; not below 1 MiB
 *
 * Absent: the video mode a kernel asks for (flag 2; it is refused, as a loader must that
 * can't tell about modes), and boot information but memory, command line, modules, memory
 * map and the loader's name.
 */
#ifndef EMU_BOARD_PC_MULTIBOOT_H
#define EMU_BOARD_PC_MULTIBOOT_H

#include "pc_boot.h"

/* Whether the file has a multiboot header. */
bool pc_multiboot_is(const struct blob *kernel);

/* As pc_boot_prepare. */
bool pc_multiboot_prepare(struct pc_boot *b, const struct machine_config *config,
			  struct fw_cfg *fw_cfg, char *error, size_t error_bytes);

#endif
