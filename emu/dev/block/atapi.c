/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The PACKET protocol: ATA/ATAPI-6 chapters 9.8 and 9.9.
 * Data go to the host only, by PIO in DRQ blocks of at most the byte count that the host
 * gave, or by DMA.  Not modelled: overlap and queueing, packets with data from the host.
 */
#include "dev/block/atapi.h"

#include <emu/archive.h>
#include <string.h>

#include "dev/block/ata_command.h"

#define FEATURE_DMA 0x01

/* Interrupt reason, in the sector count register. */
#define REASON_COMMAND 0x01
#define REASON_IN 0x02
#define REASON_OVER 0x03

#define ASC_RESET 0x29
#define ASC_CHANGED 0x28

#define EVENT_NEW 2
#define EVENT_REMOVED 3

#define CD_SECTORS_BUFFERED (ATA_MULTIPLE_MAX * SECTOR_BYTES / CD_SECTOR_BYTES)

void atapi_reset(struct ata_device *d)
{
	d->open = d->locked = false;
	d->attention = d->packet ? ASC_RESET : 0;
	d->event = 0;
	memset(d->sense, 0, sizeof d->sense);
}

void atapi_medium_changed(struct ata_device *d)
{
	d->open = false;
	d->attention = d->disk ? ASC_CHANGED : d->attention;
	d->event = d->disk ? EVENT_NEW : EVENT_REMOVED;
}

void atapi_device_state(struct ata_device *d, struct archive *a)
{
	archive_bool(a, "open", &d->open);
	archive_bool(a, "locked", &d->locked);
	archive_u8(a, "attention", &d->attention);
	archive_u8(a, "event", &d->event);
	archive_bytes(a, "sense", d->sense, sizeof d->sense);
	archive_require(a, d->event <= EVENT_REMOVED);
}

void atapi_begin(struct ata_channel *c, struct ata_device *d)
{
	c->packet_dma = d->feature[0] & FEATURE_DMA;
	if (c->packet_dma && !c->dma) {
		ata_fail(c, d, ATA_ABRT);
		return;
	}
	c->packet = true;
	c->limit = (uint16_t)(d->mid[0] | d->high[0] << 8);
	c->phase = ATA_PACKET;
	c->remaining = 0;
	c->at = 0;
	c->length = ATAPI_BYTES;
	d->count[0] = REASON_COMMAND;
	d->status = ATA_DRDY | ATA_DSC | ATA_DRQ;
}

void atapi_packet(struct ata_channel *c, struct ata_device *d)
{
	uint8_t packet[ATAPI_BYTES];

	memcpy(packet, c->buffer, sizeof packet);
	mmc_command(c, d, packet);
}

static void atapi_end(struct ata_channel *c, struct ata_device *d)
{
	c->at = c->length = c->filled = 0;
	c->remaining = 0;
	d->count[0] = REASON_OVER;
}

void atapi_done(struct ata_channel *c, struct ata_device *d)
{
	atapi_end(c, d);
	memset(d->sense, 0, sizeof d->sense);
	ata_done(c, d);
}

void atapi_fail(struct ata_channel *c, struct ata_device *d, uint8_t key, uint8_t asc, uint8_t ascq)
{
	atapi_end(c, d);
	d->sense[0] = key;
	d->sense[1] = asc;
	d->sense[2] = ascq;
	ata_fail(c, d, (uint8_t)(key << 4 | ATA_ABRT));
}

/* Shows the host the next DRQ block; the last one alone may be odd. */
static void atapi_block(struct ata_channel *c, struct ata_device *d)
{
	uint32_t limit = c->limit & 0xFFFEu, count = c->filled - c->at;

	if (!limit)
		limit = 0xFFFE;
	if (count > limit)
		count = limit;
	c->length = c->at + count;
	c->phase = ATA_PIO_IN;
	d->mid[0] = (uint8_t)count;
	d->high[0] = (uint8_t)(count >> 8);
	d->count[0] = REASON_IN;
	d->status = ATA_DRDY | ATA_DSC | ATA_DRQ;
	ata_interrupt(c, d);
}

void atapi_next(struct ata_channel *c, struct ata_device *d)
{
	if (c->length < c->filled)
		atapi_block(c, d);
	else if (!c->remaining)
		atapi_done(c, d);
	else if (atapi_fill(c, d))
		atapi_block(c, d);
}

/* An image needn't end with a whole sector. */
static bool atapi_read_medium(struct disk *disk, uint64_t lba, uint32_t count, uint8_t *bytes)
{
	uint64_t first = lba * (CD_SECTOR_BYTES / SECTOR_BYTES);
	uint64_t wanted = (uint64_t)count * (CD_SECTOR_BYTES / SECTOR_BYTES);

	if (first >= disk->sectors)
		return false;
	if (wanted > disk->sectors - first)
		wanted = disk->sectors - first;
	memset(bytes, 0, (size_t)count * CD_SECTOR_BYTES);
	return disk_read(disk, first, (uint32_t)wanted, bytes);
}

bool atapi_fill(struct ata_channel *c, struct ata_device *d)
{
	uint32_t count = c->remaining < CD_SECTORS_BUFFERED ? c->remaining : CD_SECTORS_BUFFERED;

	if (!d->disk || d->open) {
		atapi_fail(c, d, SENSE_NOT_READY, 0x3A, 0);
		return false;
	}
	if (!atapi_read_medium(d->disk, c->lba, count, c->buffer)) {
		atapi_fail(c, d, SENSE_MEDIUM_ERROR, 0x11, 0);
		return false;
	}
	c->lba += count;
	c->remaining -= count;
	c->at = 0;
	c->filled = c->length = count * CD_SECTOR_BYTES;
	return true;
}

static void atapi_start(struct ata_channel *c, struct ata_device *d)
{
	if (!c->packet_dma) {
		atapi_block(c, d);
		return;
	}
	c->phase = ATA_DMA_IN;
	d->count[0] = REASON_IN;
	d->status = ATA_DRDY | ATA_DSC | ATA_DRQ;
}

void atapi_send(struct ata_channel *c, struct ata_device *d, uint32_t count)
{
	if (!count) {
		atapi_done(c, d);
		return;
	}
	c->on_disk = false;
	c->at = 0;
	c->filled = c->length = count;
	c->remaining = 0;
	atapi_start(c, d);
}

void atapi_send_sectors(struct ata_channel *c, struct ata_device *d, uint32_t lba, uint32_t count)
{
	c->on_disk = true;
	c->lba = lba;
	c->remaining = count;
	if (!count)
		atapi_done(c, d);
	else if (atapi_fill(c, d))
		atapi_start(c, d);
}
