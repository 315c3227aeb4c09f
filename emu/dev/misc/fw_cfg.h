/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The firmware configuration device of QEMU's machines, memory-mapped (QEMU,
 * docs/specs/fw_cfg): items of bytes that firmware and guests select by number and
 * read.  Registers: 0 data, 8 selector, 16 DMA address.
 */
#ifndef EMU_DEV_MISC_FW_CFG_H
#define EMU_DEV_MISC_FW_CFG_H

#include <emu/bus.h>
#include <emu/chip.h>

#define FW_CFG_BYTES 0x18

/* Items with fixed numbers. */
enum {
	FW_CFG_SIGNATURE = 0x00,
	FW_CFG_ID = 0x01,
	FW_CFG_RAM_SIZE = 0x03,
	FW_CFG_CPUS = 0x05,
	FW_CFG_KERNEL_SIZE = 0x08,
	FW_CFG_INITRD_SIZE = 0x0b,
	FW_CFG_KERNEL_DATA = 0x11,
	FW_CFG_INITRD_DATA = 0x12,
	FW_CFG_COMMAND_LINE_SIZE = 0x14,
	FW_CFG_COMMAND_LINE_DATA = 0x15,
	FW_CFG_DIRECTORY = 0x19,
	FW_CFG_FILE = 0x20, /* the first item with a name */
};

struct fw_cfg;

extern const struct chip_ops fw_cfg_ops;

struct fw_cfg *fw_cfg_create(struct bus *bus);

/* Adds an item; its bytes stay the caller's and must last.  For the second function they
 * are copied (up to 8).  False if it is full or the number exists.  While building. */
bool fw_cfg_add(struct fw_cfg *f, uint16_t key, const void *bytes, uint32_t count);
bool fw_cfg_add_number(struct fw_cfg *f, uint16_t key, uint64_t value, unsigned size);

/* An item with a name, found through the directory. */
bool fw_cfg_add_file(struct fw_cfg *f, const char *name, const void *bytes, uint32_t count);

#endif
