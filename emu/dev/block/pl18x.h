/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ARM PrimeCell multimedia card interfaces PL180 (ARM DDI 0172) and PL181 (ARM DDI
 * 0205) with an SD card or an empty slot.  Whether there is a card is not told by
 * this chip but by the board's own registers.
 */
#ifndef EMU_DEV_BLOCK_PL18X_H
#define EMU_DEV_BLOCK_PL18X_H

#include <emu/backend.h>
#include <emu/chip.h>
#include <emu/irq.h>

#define PL18X_BYTES 0x1000

struct pl18x;

enum pl18x_model { PL180, PL181 };

struct pl18x_config {
	enum pl18x_model model;
	struct disk *disk; /* the card's; NULL: the slot is empty */
	struct irq irq[2]; /* MCIINTR0, MCIINTR1 */
};

extern const struct chip_ops pl180_ops, pl181_ops;

struct pl18x *pl18x_create(const struct pl18x_config *config);

#endif
