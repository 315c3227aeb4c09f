/* SPDX-License-Identifier: BSD-2-Clause
 *
 * An IDE channel of a PC: two devices behind two register blocks.
 *
 *	ide_command_ops  8 bytes, at 1F0 or 170: data (8, 16 or 32 bits wide), error and
 *	                 features, sector count, LBA low, mid and high, device, status and
 *	                 command.  Map it first: it is reset, saved and destroyed through it.
 *	ide_control_ops  from 3F6 or 376 on: alternate status and device control.  Further
 *	                 bytes read as FF (3F7 is the floppy disk controller's, too).
 *
 * DMA is a bus master's, ide_busmaster.h.
 */
#ifndef EMU_DEV_BLOCK_IDE_H
#define EMU_DEV_BLOCK_IDE_H

#include <emu/backend.h>
#include <emu/chip.h>
#include <emu/irq.h>

#define IDE_COMMAND_BYTES 8
#define IDE_CONTROL_BYTES 1

struct ata_channel;
struct ide;

struct ide_drive {
	bool cdrom;        /* a CD-ROM drive, with or without a medium */
	struct disk *disk; /* without one there is no disk drive */
};

struct ide_config {
	struct ide_drive drive[2]; /* device 0 and 1 */
	bool dma;                  /* a bus master will be connected */
	struct irq irq;            /* INTRQ */
};

/* What a bus master hears: INTRQ rises; a device wants DMA. */
struct ide_listener {
	void *context;
	void (*interrupt)(void *context);
	void (*dma)(void *context);
};

extern const struct chip_ops ide_command_ops, ide_control_ops;

struct ide *ide_create(const struct ide_config *config);

void ide_listen(struct ide *ide, const struct ide_listener *listener);

/* The channel, for its ata_dma functions. */
struct ata_channel *ide_channel(struct ide *ide);

/* Another medium in a CD-ROM drive, or none. */
void ide_change_medium(struct ide *ide, unsigned drive, struct disk *disk);

#endif
