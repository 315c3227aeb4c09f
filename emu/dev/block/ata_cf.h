/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A compact flash socket in true IDE mode on a memory bus, as the Versatile Express
 * motherboard has it: the command block at offset 0 and the control block at 0x100,
 * registers 4 bytes apart, 16 data bits.  Device trees: "arm,vexpress-cf",
 * "ata-generic" with reg-shift 2.
 */
#ifndef EMU_DEV_BLOCK_ATA_CF_H
#define EMU_DEV_BLOCK_ATA_CF_H

#include <emu/backend.h>
#include <emu/chip.h>
#include <emu/irq.h>

/* One mapping covers both blocks. */
#define ATA_CF_BYTES 0x1000

struct ata_cf;

struct ata_cf_config {
	struct disk *disk; /* NULL: an empty socket */
	struct irq irq;    /* unconnected on Versatile Express */
};

extern const struct chip_ops ata_cf_ops;

struct ata_cf *ata_cf_create(const struct ata_cf_config *config);

#endif
