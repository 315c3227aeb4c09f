/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The firmware configuration device of QEMU's machines (QEMU, docs/specs/fw_cfg): items of
 * bytes that firmware and guests select by number and read.  Registers in memory: 0 data,
 * 8 selector, 16 DMA address, big-endian.  As a PC has it, in ports: 0 selector, little-
 * endian, 1 data, 4 DMA address, big-endian.
 */
#ifndef EMU_DEV_MISC_FW_CFG_H
#define EMU_DEV_MISC_FW_CFG_H

#include <emu/bus.h>
#include <emu/chip.h>

#define FW_CFG_BYTES 0x18
#define FW_CFG_PORTS 12

/* Items with fixed numbers. */
enum {
	FW_CFG_SIGNATURE = 0x00,
	FW_CFG_ID = 0x01,
	FW_CFG_RAM_SIZE = 0x03,
	FW_CFG_CPUS = 0x05,
	FW_CFG_KERNEL_ADDRESS = 0x07,
	FW_CFG_KERNEL_SIZE = 0x08,
	FW_CFG_INITRD_ADDRESS = 0x0a,
	FW_CFG_INITRD_SIZE = 0x0b,
	FW_CFG_BOOT_MENU = 0x0e,
	FW_CFG_CPUS_MAX = 0x0f,
	FW_CFG_KERNEL_ENTRY = 0x10,
	FW_CFG_KERNEL_DATA = 0x11,
	FW_CFG_INITRD_DATA = 0x12,
	FW_CFG_COMMAND_LINE_ADDRESS = 0x13,
	FW_CFG_COMMAND_LINE_SIZE = 0x14,
	FW_CFG_COMMAND_LINE_DATA = 0x15,
	FW_CFG_SETUP_ADDRESS = 0x16,
	FW_CFG_SETUP_SIZE = 0x17,
	FW_CFG_SETUP_DATA = 0x18,
	FW_CFG_DIRECTORY = 0x19,
	FW_CFG_FILE = 0x20, /* the first item with a name */
};

struct fw_cfg;

/* One or the other. */
extern const struct chip_ops fw_cfg_ops, fw_cfg_port_ops;

struct fw_cfg *fw_cfg_create(struct bus *bus);

/* Adds an item; its bytes stay the caller's and must last.  For the second function they
 * are copied (up to 8).  False if it is full or the number exists.  While building. */
bool fw_cfg_add(struct fw_cfg *f, uint16_t key, const void *bytes, uint32_t count);
bool fw_cfg_add_number(struct fw_cfg *f, uint16_t key, uint64_t value, unsigned size);

/* An item with a name, found through the directory. */
bool fw_cfg_add_file(struct fw_cfg *f, const char *name, const void *bytes, uint32_t count);

#endif
