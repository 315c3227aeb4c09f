/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Intel 82077AA floppy disk controller (data sheet 290166) in PC/AT mode with two drives.
 * Eight byte registers, at 3F0:
 *
 *	2  DOR		4  MSR read, DSR written	7  DIR read, CCR written
 *	3  TDR		5  data (FIFO)
 *
 * 0 and 1 aren't there in this mode and read as FF, and 6 is an IDE channel's: map that
 * after this one.
 *
 * What a disk is like follows from its size: 160, 180, 320, 360, 720 Kbyte, 1.2, 1.44,
 * 1.68 or 2.88 Mbyte; images in between are the next larger kind without an end.
 */
#ifndef EMU_DEV_BLOCK_I82077_H
#define EMU_DEV_BLOCK_I82077_H

#include <emu/backend.h>
#include <emu/chip.h>
#include <emu/irq.h>

#define I82077_BYTES 8
#define I82077_DRIVES 2

/* The controller's side of a DMA channel: moves up to `count` bytes, returns how many
 * the channel took or gave, and says whether that was the last one programmed. */
struct i82077_dma {
	unsigned (*transfer)(void *sink, unsigned channel, void *bytes, unsigned count,
			     bool to_memory, bool *terminal_count);
	void *sink;
	unsigned channel;
};

struct i82077_drive {
	bool there;
	struct disk *disk; /* NULL: no medium */
};

struct i82077_config {
	struct i82077_drive drive[I82077_DRIVES];
	struct i82077_dma dma; /* may be unconnected */
	struct irq irq;        /* INT */
};

struct i82077;

extern const struct chip_ops i82077_ops;

struct i82077 *i82077_create(const struct i82077_config *config);

/* Another medium, or none, at any time. */
void i82077_change_medium(struct i82077 *f, unsigned drive, struct disk *disk);

/* The kind of drive a disk belongs in, as PCs note it in CMOS register 10: 1 360 Kbyte,
 * 2 1.2 Mbyte, 4 1.44 Mbyte, 5 2.88 Mbyte.  1.44 Mbyte if there is no disk. */
uint8_t i82077_drive_type(const struct disk *disk);

#endif
