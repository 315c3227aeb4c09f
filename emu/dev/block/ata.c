/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ATA registers and protocols, ATA/ATAPI-6 (T13/1410D) chapters 5, 7 and 9: reset,
 * device selection, interrupts, PIO blocks and DMA pieces.  The commands are in
 * ata_command.c, what packets add in atapi.c.
 *
 * Commands take no time: BSY is seen only while SRST is set.  What a guest mustn't
 * write while BSY or DRQ is set takes effect when the command is over, since commands
 * copy what they need.
 */
#include "dev/block/ata.h"

#include <emu/archive.h>
#include <string.h>

#include "dev/block/ata_command.h"
#include "dev/block/atapi.h"

#define CONTROL_NIEN 0x02
#define CONTROL_SRST 0x04
#define CONTROL_HOB 0x80

#define DEVICE_DEV 0x10
#define NOTHING_THERE 0x7F /* the bus floats but for a resistor that pulls BSY down */

static bool ata_there(const struct ata_device *d)
{
	return d->disk || d->packet;
}

static bool ata_empty(const struct ata_channel *c)
{
	return !ata_there(&c->device[0]) && !ata_there(&c->device[1]);
}

static void ata_update(struct ata_channel *c)
{
	irq_set(&c->irq, c->device[c->selected].interrupting && !(c->control & CONTROL_NIEN));
}

void ata_interrupt(struct ata_channel *c, struct ata_device *d)
{
	d->interrupting = true;
	ata_update(c);
}

void ata_signature(struct ata_device *d)
{
	memset(d->feature, 0, sizeof d->feature);
	d->mid[0] = d->packet ? 0x14 : 0;
	d->high[0] = d->packet ? 0xEB : 0;
	d->mid[1] = d->high[1] = 0;
	d->count[0] = d->low[0] = 1;
	d->count[1] = d->low[1] = 0;
	d->device = 0;
	d->error = 1; /* diagnostic passed */
}

/* Hardware reset also forgets what SET FEATURES and the like said. */
static void ata_device_reset(struct ata_device *d, bool hardware)
{
	ata_signature(d);
	d->status = d->disk && !d->packet ? ATA_DRDY | ATA_DSC : 0;
	d->interrupting = false;
	d->power = 0xFF;
	if (hardware) {
		d->multiple = 0;
		d->transfer_mode = 0;
		d->heads = 16;
		d->sectors = 63;
		d->write_cache = true;
		d->look_ahead = true;
		d->smart = true;
		atapi_reset(d);
	}
}

static void ata_abandon(struct ata_channel *c)
{
	c->phase = ATA_IDLE;
	c->packet = false;
	c->at = c->length = 0;
	c->device[c->owner].status &= (uint8_t)~ATA_DRQ;
}

static struct disk *disk_with_sectors(struct disk *disk)
{
	return disk && disk->sectors ? disk : NULL;
}

void ata_init(struct ata_channel *c, struct disk *disk0, struct disk *disk1, struct irq irq,
	      bool dma)
{
	memset(c, 0, sizeof *c);
	c->device[0].disk = disk_with_sectors(disk0);
	c->device[1].disk = disk_with_sectors(disk1);
	c->irq = irq;
	c->dma = dma;
	ata_reset(c);
}

void ata_reset(struct ata_channel *c)
{
	c->selected = 0;
	c->control = 0;
	ata_abandon(c);
	c->owner = 0;
	c->block = 1;
	c->on_disk = false;
	c->lba = 0;
	c->remaining = c->filled = 0;
	c->packet_dma = false;
	c->limit = 0;
	memset(c->buffer, 0, sizeof c->buffer);
	ata_device_reset(&c->device[0], true);
	ata_device_reset(&c->device[1], true);
	ata_update(c);
}

void ata_attach_cdrom(struct ata_channel *c, unsigned n, struct disk *medium)
{
	c->device[n].packet = true;
	c->device[n].disk = disk_with_sectors(medium);
	ata_device_reset(&c->device[n], true);
}

void ata_change_medium(struct ata_channel *c, unsigned n, struct disk *medium)
{
	c->device[n].disk = disk_with_sectors(medium);
	atapi_medium_changed(&c->device[n]);
}

static void ata_write_control(struct ata_channel *c, uint8_t value)
{
	bool was_reset = c->control & CONTROL_SRST;

	c->control = value & (CONTROL_NIEN | CONTROL_SRST | CONTROL_HOB);
	if (value & CONTROL_SRST) {
		ata_abandon(c);
		c->selected = 0;
		for (unsigned i = 0; i < 2; i++) {
			c->device[i].interrupting = false;
			c->device[i].status = ata_there(&c->device[i]) ? ATA_BSY : 0;
		}
	} else if (was_reset) {
		ata_device_reset(&c->device[0], false);
		ata_device_reset(&c->device[1], false);
	}
	ata_update(c);
}

/* The command block. */

static uint8_t ata_read_status(struct ata_channel *c, bool acknowledge)
{
	struct ata_device *d = &c->device[c->selected];

	if (acknowledge) {
		d->interrupting = false;
		ata_update(c);
	}
	return d->status;
}

uint8_t ata_read(struct ata_channel *c, enum ata_register r)
{
	const struct ata_device *d = &c->device[c->selected];
	unsigned hob = c->control & CONTROL_HOB ? 1 : 0;

	if (ata_empty(c))
		return NOTHING_THERE;
	switch (r) {
	case ATA_ERROR:
		return d->error;
	case ATA_COUNT:
		return d->count[hob];
	case ATA_LBA_LOW:
		return d->low[hob];
	case ATA_LBA_MID:
		return d->mid[hob];
	case ATA_LBA_HIGH:
		return d->high[hob];
	case ATA_DEVICE:
		return d->device | 0xA0;
	case ATA_STATUS:
		return ata_read_status(c, true);
	case ATA_CONTROL:
		return ata_read_status(c, false);
	default:
		return 0;
	}
}

static void push_byte(uint8_t pair[2], uint8_t value)
{
	pair[1] = pair[0];
	pair[0] = value;
}

static void ata_write_task_file(struct ata_device *d, enum ata_register r, uint8_t value)
{
	switch (r) {
	case ATA_ERROR:
		push_byte(d->feature, value);
		break;
	case ATA_COUNT:
		push_byte(d->count, value);
		break;
	case ATA_LBA_LOW:
		push_byte(d->low, value);
		break;
	case ATA_LBA_MID:
		push_byte(d->mid, value);
		break;
	case ATA_LBA_HIGH:
		push_byte(d->high, value);
		break;
	case ATA_DEVICE:
		d->device = value;
		break;
	default:
		break;
	}
}

static void ata_write_command(struct ata_channel *c, uint8_t command)
{
	struct ata_device *d = &c->device[c->selected];

	/* Device 0 takes EXECUTE DEVICE DIAGNOSTIC for both. */
	if (command == 0x90 && ata_there(&c->device[0]))
		c->selected = 0;
	else if (!ata_there(d) || (d->status & ATA_BSY))
		return;
	ata_abandon(c);
	c->owner = c->selected;
	d = &c->device[c->selected];
	d->interrupting = false;
	ata_command(c, d, command);
	ata_update(c);
}

void ata_write(struct ata_channel *c, enum ata_register r, uint8_t value)
{
	if (r == ATA_CONTROL) {
		ata_write_control(c, value);
		return;
	}
	if (c->control & CONTROL_SRST)
		return;
	c->control &= (uint8_t)~CONTROL_HOB;
	if (r == ATA_STATUS) {
		ata_write_command(c, value);
		return;
	}
	if (r == ATA_DEVICE)
		c->selected = value & DEVICE_DEV ? 1 : 0;
	/* Both devices listen. */
	ata_write_task_file(&c->device[0], r, value);
	ata_write_task_file(&c->device[1], r, value);
	ata_update(c);
}

/* Data commands. */

void ata_done(struct ata_channel *c, struct ata_device *d)
{
	c->phase = ATA_IDLE;
	d->status = ATA_DRDY | ATA_DSC;
	ata_interrupt(c, d);
}

void ata_fail(struct ata_channel *c, struct ata_device *d, uint8_t error)
{
	c->phase = ATA_IDLE;
	d->error = error;
	d->status = ATA_DRDY | ATA_DSC | ATA_ERR;
	ata_interrupt(c, d);
}

/* An error of the medium: the task file says where. */
static void ata_fail_at(struct ata_channel *c, struct ata_device *d, uint8_t error)
{
	d->low[0] = (uint8_t)c->lba;
	d->mid[0] = (uint8_t)(c->lba >> 8);
	d->high[0] = (uint8_t)(c->lba >> 16);
	d->low[1] = (uint8_t)(c->lba >> 24);
	d->mid[1] = (uint8_t)(c->lba >> 32);
	d->high[1] = (uint8_t)(c->lba >> 40);
	ata_fail(c, d, error);
}

static uint32_t ata_piece(const struct ata_channel *c)
{
	return c->remaining < c->block ? c->remaining : c->block;
}

/* The next sectors from the disk to the buffer; false: that was an error. */
static bool ata_fill(struct ata_channel *c, struct ata_device *d)
{
	uint32_t count = ata_piece(c);

	if (c->on_disk && !disk_read(d->disk, c->lba, count, c->buffer)) {
		ata_fail_at(c, d, ATA_UNC);
		return false;
	}
	c->lba += c->on_disk ? count : 0;
	c->remaining -= count;
	c->at = 0;
	c->length = count * SECTOR_BYTES;
	return true;
}

static void ata_expect(struct ata_channel *c)
{
	uint32_t count = ata_piece(c);

	c->remaining -= count;
	c->at = 0;
	c->length = count * SECTOR_BYTES;
}

/* The buffer to the disk. */
static bool ata_drain(struct ata_channel *c, struct ata_device *d)
{
	uint32_t count = c->length / SECTOR_BYTES;

	if (c->on_disk && !disk_write(d->disk, c->lba, count, c->buffer)) {
		ata_fail_at(c, d, ATA_ABRT);
		return false;
	}
	c->lba += c->on_disk ? count : 0;
	return true;
}

static void ata_written(struct ata_channel *c, struct ata_device *d)
{
	if (c->on_disk && !d->write_cache && !disk_flush(d->disk))
		ata_fail_at(c, d, ATA_ABRT);
	else
		ata_done(c, d);
}

void ata_start(struct ata_channel *c, struct ata_device *d, enum ata_phase phase)
{
	c->phase = phase;
	c->at = c->length = 0;
	d->status = ATA_DRDY | ATA_DSC | ATA_DRQ;
	if (phase == ATA_PIO_IN) {
		if (ata_fill(c, d))
			ata_interrupt(c, d);
	} else if (phase == ATA_PIO_OUT) {
		ata_expect(c);
	}
}

static bool ata_transferring(const struct ata_channel *c, enum ata_phase phase)
{
	return c->phase == phase && c->owner == c->selected;
}

uint16_t ata_read_data(struct ata_channel *c)
{
	struct ata_device *d = &c->device[c->owner];
	uint16_t value;

	if (ata_empty(c))
		return 0xFFFF;
	if (!ata_transferring(c, ATA_PIO_IN))
		return 0;
	value = (uint16_t)(c->buffer[c->at] | c->buffer[c->at + 1] << 8);
	c->at += 2;
	if (c->at < c->length)
		return value;
	if (c->packet) {
		atapi_next(c, d);
	} else if (!c->remaining) {
		/* The end of the last block isn't worth an interrupt. */
		c->phase = ATA_IDLE;
		d->status = ATA_DRDY | ATA_DSC;
	} else if (ata_fill(c, d)) {
		ata_interrupt(c, d);
	}
	return value;
}

void ata_write_data(struct ata_channel *c, uint16_t value)
{
	struct ata_device *d = &c->device[c->owner];

	if (!ata_transferring(c, ATA_PIO_OUT) && !ata_transferring(c, ATA_PACKET))
		return;
	c->buffer[c->at] = (uint8_t)value;
	c->buffer[c->at + 1] = (uint8_t)(value >> 8);
	c->at += 2;
	if (c->at < c->length)
		return;
	if (c->phase == ATA_PACKET) {
		atapi_packet(c, d);
	} else if (!ata_drain(c, d)) {
		return;
	} else if (c->remaining) {
		ata_expect(c);
		ata_interrupt(c, d);
	} else {
		ata_written(c, d);
	}
}

bool ata_dma_wanted(const struct ata_channel *c)
{
	return c->phase == ATA_DMA_IN || c->phase == ATA_DMA_OUT;
}

size_t ata_dma_request(struct ata_channel *c, bool *to_memory, uint8_t **data)
{
	struct ata_device *d = &c->device[c->owner];

	*to_memory = c->phase == ATA_DMA_IN;
	*data = c->buffer + c->at;
	if (!ata_dma_wanted(c))
		return 0;
	if (c->at == c->length) {
		if (c->phase == ATA_DMA_OUT)
			ata_expect(c);
		else if (!(c->packet ? atapi_fill(c, d) : ata_fill(c, d)))
			return 0;
		*data = c->buffer;
	}
	return c->length - c->at;
}

void ata_dma_done(struct ata_channel *c, size_t count)
{
	struct ata_device *d = &c->device[c->owner];

	if (!ata_dma_wanted(c) || !count || count > c->length - c->at)
		return;
	c->at += (uint32_t)count;
	if (c->at < c->length || !c->length)
		return;
	if (c->phase == ATA_DMA_OUT && !ata_drain(c, d))
		return;
	if (c->remaining)
		return;
	if (c->phase == ATA_DMA_OUT)
		ata_written(c, d);
	else if (c->packet)
		atapi_done(c, d);
	else
		ata_done(c, d);
}

static void ata_device_state(struct ata_device *d, struct archive *a)
{
	archive_bytes(a, "feature", d->feature, 2);
	archive_bytes(a, "count", d->count, 2);
	archive_bytes(a, "low", d->low, 2);
	archive_bytes(a, "mid", d->mid, 2);
	archive_bytes(a, "high", d->high, 2);
	archive_u8(a, "device", &d->device);
	archive_u8(a, "error", &d->error);
	archive_u8(a, "status", &d->status);
	archive_bool(a, "interrupting", &d->interrupting);
	archive_u8(a, "multiple", &d->multiple);
	archive_u8(a, "transfer_mode", &d->transfer_mode);
	archive_u8(a, "power", &d->power);
	archive_u8(a, "heads", &d->heads);
	archive_u8(a, "sectors", &d->sectors);
	archive_bool(a, "write_cache", &d->write_cache);
	archive_bool(a, "look_ahead", &d->look_ahead);
	archive_bool(a, "smart", &d->smart);
	archive_require(a, d->multiple <= ATA_MULTIPLE_MAX && d->heads <= 16 && d->heads);
	archive_require(a, d->sectors != 0);
	if (d->packet)
		atapi_device_state(d, a);
}

/* Only channels with a CD-ROM drive have this. */
static void ata_packet_state(struct ata_channel *c, struct archive *a)
{
	archive_bool(a, "packet", &c->packet);
	archive_bool(a, "packet_dma", &c->packet_dma);
	archive_u16(a, "limit", &c->limit);
	archive_u32(a, "filled", &c->filled);
	archive_require(a, !c->packet || c->device[c->owner & 1].packet);
	archive_require(a, c->filled <= sizeof c->buffer);
	archive_require(a, !c->packet || c->phase == ATA_PACKET || c->length <= c->filled);
}

/* What may be under way. */
static void ata_require_phase(const struct ata_channel *c, struct archive *a)
{
	const struct ata_device *d = &c->device[c->owner & 1];
	bool pio = c->phase == ATA_PIO_IN || c->phase == ATA_PIO_OUT || c->phase == ATA_PACKET;

	archive_require(a, c->phase == ATA_IDLE || ata_there(d));
	archive_require(a, c->phase != ATA_PACKET || (c->packet && c->length == ATAPI_BYTES));
	archive_require(a, c->packet || c->length % SECTOR_BYTES == 0);
	archive_require(a, c->packet || c->remaining <= 65536);
	/* Sectors without PACKET are those of a disk. */
	archive_require(a, c->phase == ATA_IDLE || c->packet || !c->on_disk || !d->packet);
	archive_require(a, !c->packet || (c->phase != ATA_PIO_OUT && c->phase != ATA_DMA_OUT));
	/* PIO transfers have something left in the buffer, DMA at least outside it. */
	archive_require(a, !pio || c->at < c->length);
	archive_require(a, !ata_dma_wanted(c) || c->at < c->length || c->remaining);
}

void ata_state(struct ata_channel *c, struct archive *a)
{
	ata_device_state(&c->device[0], a);
	ata_device_state(&c->device[1], a);
	archive_u8(a, "selected", &c->selected);
	archive_u8(a, "control", &c->control);
	archive_u8(a, "phase", &c->phase);
	archive_u8(a, "owner", &c->owner);
	archive_u8(a, "block", &c->block);
	archive_bool(a, "on_disk", &c->on_disk);
	archive_u64(a, "lba", &c->lba);
	archive_u32(a, "remaining", &c->remaining);
	archive_u32(a, "at", &c->at);
	archive_u32(a, "length", &c->length);
	archive_bytes(a, "buffer", c->buffer, sizeof c->buffer);
	if (c->device[0].packet || c->device[1].packet)
		ata_packet_state(c, a);
	archive_require(a, c->selected <= 1 && c->owner <= 1 && c->phase <= ATA_PACKET);
	archive_require(a, c->block >= 1 && c->block <= ATA_MULTIPLE_MAX);
	archive_require(a, c->lba < 1ull << 48);
	archive_require(a, c->length <= sizeof c->buffer);
	archive_require(a, c->at <= c->length && c->at % 2 == 0);
	ata_require_phase(c, a);
	if (archive_failed(a))
		return;
	ata_update(c);
}
