/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The bus master of the PIIX3's IDE interface: 82371SB data sheet (Intel 290550), 2.7
 * "PCI/IDE bus master registers", and SFF-8038i.  Sixteen bytes where BAR 4 of the PCI
 * function says, eight for each channel:
 *
 *	0  command: bit 0 start, bit 3 to memory
 *	2  status: bit 0 active, 1 error, 2 interrupt, 5 and 6 free for drivers
 *	4  descriptor table: four bytes, a multiple of 4
 *
 * PCI configuration is not here; it says by ide_busmaster_enable what bit 2 of the PCI
 * command register is.
 */
#ifndef EMU_DEV_BLOCK_IDE_BUSMASTER_H
#define EMU_DEV_BLOCK_IDE_BUSMASTER_H

#include <emu/bus.h>
#include <emu/chip.h>
#include <emu/clock.h>

#define IDE_BUSMASTER_BYTES 16

struct ide;
struct ide_busmaster;

struct ide_busmaster_config {
	struct bus *bus; /* memory */
	struct clock *clock;
	struct ide *channel[2]; /* primary, secondary; may be NULL */
};

extern const struct chip_ops ide_busmaster_ops;

/* Listens to the channels, which must have been told of DMA. */
struct ide_busmaster *ide_busmaster_create(const struct ide_busmaster_config *config);

/* Off at first and after a reset; while it is off transfers wait. */
void ide_busmaster_enable(struct ide_busmaster *b, bool enabled);

#endif
