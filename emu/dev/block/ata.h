/* SPDX-License-Identifier: BSD-2-Clause
 *
 * An ATA channel: two devices' task files, commands and PIO data, ATA/ATAPI-6
 * (T13/1410D).  A controller embeds a struct ata_channel, maps registers to the
 * functions below and connects INTRQ.  Devices are disks or CD-ROM drives (ATAPI).
 *
 * A controller that does DMA says so at ata_init and moves the buffer's contents with
 * ata_dma_*; otherwise DMA commands are aborted and IDENTIFY doesn't offer them.
 */
#ifndef EMU_DEV_BLOCK_ATA_H
#define EMU_DEV_BLOCK_ATA_H

#include <emu/backend.h>
#include <emu/irq.h>
#include <emu/types.h>

struct archive;

enum ata_register {
	ATA_DATA,
	ATA_ERROR, /* read; features when written */
	ATA_COUNT,
	ATA_LBA_LOW,
	ATA_LBA_MID,
	ATA_LBA_HIGH,
	ATA_DEVICE,
	ATA_STATUS,  /* read; command when written */
	ATA_CONTROL, /* device control when written, alternate status when read */
};

#define ATA_BSY 0x80
#define ATA_DRDY 0x40
#define ATA_DF 0x20
#define ATA_DSC 0x10
#define ATA_DRQ 0x08
#define ATA_ERR 0x01

#define ATA_ABRT 0x04
#define ATA_IDNF 0x10
#define ATA_UNC 0x40

/* Sectors buffered for one DRQ block, or for one piece of DMA. */
#define ATA_MULTIPLE_MAX 16

struct ata_device {
	struct disk *disk; /* NULL: not there; of a CD-ROM drive: no medium */
	bool packet;       /* a CD-ROM drive */
	/* The task file; [1] is what was written before, for 48-bit commands. */
	uint8_t feature[2], count[2], low[2], mid[2], high[2];
	uint8_t device, error, status;
	bool interrupting; /* INTRQ, but for nIEN and while selected */

	uint8_t multiple;      /* sectors per block of READ/WRITE MULTIPLE; 0: not set */
	uint8_t transfer_mode; /* of SET FEATURES */
	uint8_t power;         /* as CHECK POWER MODE tells it */
	uint8_t heads, sectors;
	bool write_cache, look_ahead, smart;

	/* CD-ROM drives. */
	bool open;         /* the tray; what is in it can't be read */
	bool locked;       /* the medium can't be removed */
	uint8_t attention; /* ASC of a pending UNIT ATTENTION; 0: none */
	uint8_t event;     /* media event not yet told */
	uint8_t sense[3];  /* key, ASC, ASCQ of the last packet */
};

enum ata_phase { ATA_IDLE, ATA_PIO_IN, ATA_PIO_OUT, ATA_DMA_IN, ATA_DMA_OUT, ATA_PACKET };

struct ata_channel {
	struct ata_device device[2];
	struct irq irq;
	bool dma;         /* the controller does DMA */
	uint8_t selected; /* device 0 or 1 */
	uint8_t control;  /* device control: nIEN, SRST, HOB */

	/* The data command under way, and whose it is. */
	uint8_t phase, owner;
	uint8_t block;      /* sectors per DRQ block */
	bool on_disk;       /* sectors, not only the buffer */
	uint64_t lba;       /* of the next sector to be read or written */
	uint32_t remaining; /* sectors not yet in the buffer, or for which it wasn't ready */
	uint32_t at, length;

	/* Of PACKET: sectors are of 2048 bytes, the buffer is sent in DRQ blocks. */
	bool packet, packet_dma;
	uint16_t limit;  /* bytes of a DRQ block, as the host said */
	uint32_t filled; /* of the buffer; `length` is the end of the DRQ block */

	uint8_t buffer[ATA_MULTIPLE_MAX * SECTOR_BYTES];
};

/* `disk0`, `disk1` may be NULL. */
void ata_init(struct ata_channel *c, struct disk *disk0, struct disk *disk1, struct irq irq,
	      bool dma);
void ata_reset(struct ata_channel *c);

/* After ata_init: device `n` is a CD-ROM drive.  `medium` may be NULL. */
void ata_attach_cdrom(struct ata_channel *c, unsigned n, struct disk *medium);

/* Another medium, or none, in a CD-ROM drive, at any time. */
void ata_change_medium(struct ata_channel *c, unsigned n, struct disk *medium);

/* The 8-bit registers, all but ATA_DATA. */
uint8_t ata_read(struct ata_channel *c, enum ata_register r);
void ata_write(struct ata_channel *c, enum ata_register r, uint8_t value);

/* The data register, 16 bits wide. */
uint16_t ata_read_data(struct ata_channel *c);
void ata_write_data(struct ata_channel *c, uint16_t value);

/* DMA: a device that asserts DMARQ has bytes in `*data` or room for them there.  After
 * the controller moved `count` of them it says so; the command goes on by itself.
 * Returns 0 bytes when no (more) DMA is wanted. */
bool ata_dma_wanted(const struct ata_channel *c);
size_t ata_dma_request(struct ata_channel *c, bool *to_memory, uint8_t **data);
void ata_dma_done(struct ata_channel *c, size_t count);

void ata_state(struct ata_channel *c, struct archive *a);

#endif
