/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ATA commands, ATA/ATAPI-6 (T13/1410D) chapter 8: the general feature set, LBA with
 * 28 and 48 bits and cylinders, READ/WRITE MULTIPLE, power management, a SMART that
 * has nothing to report.  Others are aborted.  CD-ROM drives have the commands of 5.2
 * that devices with packets must have.
 */
#include "dev/block/ata_command.h"

#include <emu/log.h>
#include <string.h>

#include "dev/block/atapi.h"

#define DEVICE_LBA 0x40
#define DEVICE_DEV 0x10
#define DEVICE_HEAD 0x0F

#define LBA28_SECTORS 0x0FFFFFFF
#define LBA48_SECTORS ((1ull << 48) - 1)
#define CYLINDERS_MAX 16383

#define POWER_STANDBY 0x00
#define POWER_IDLE 0x80
#define POWER_ACTIVE 0xFF

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t ata_capacity(const struct ata_device *d)
{
	return smaller(d->disk->sectors, LBA48_SECTORS);
}

static unsigned ata_cylinders(const struct ata_device *d)
{
	return (unsigned)smaller(ata_capacity(d) / (d->heads * d->sectors), CYLINDERS_MAX);
}

/* Of the translation with 16 heads and 63 sectors, which firmware goes by; none is no
 * geometry. */
static unsigned ata_default_cylinders(const struct ata_device *d)
{
	uint64_t cylinders = smaller(ata_capacity(d) / (16 * 63), CYLINDERS_MAX);

	return cylinders ? (unsigned)cylinders : 1;
}

/* IDENTIFY DEVICE. */

static void put_word(struct ata_channel *c, unsigned word, unsigned value)
{
	c->buffer[2 * word] = (uint8_t)value;
	c->buffer[2 * word + 1] = (uint8_t)(value >> 8);
}

static void put_number(struct ata_channel *c, unsigned word, uint64_t value, unsigned words)
{
	for (unsigned i = 0; i < words; i++)
		put_word(c, word + i, value >> 16 * i & 0xFFFF);
}

/* Text has the first character of a pair in the high byte. */
static void put_text(struct ata_channel *c, unsigned word, const char *text, unsigned bytes)
{
	size_t length = strnlen(text, bytes);

	for (unsigned i = 0; i < bytes; i++)
		c->buffer[2 * word + (i ^ 1)] = (uint8_t)(i < length ? text[i] : ' ');
}

static void identify_features(struct ata_channel *c, const struct ata_device *d)
{
	/* Write and read buffer, look-ahead, write cache, power management, SMART. */
	unsigned supported = 0x3069;
	unsigned enabled = 0x3008 | d->look_ahead << 6 | d->write_cache << 5 | d->smart;

	put_word(c, 80, 0x007E); /* ATA-1 to ATA/ATAPI-6 */
	put_word(c, 82, supported);
	put_word(c, 83, 0x7400); /* both flushes, 48 bits */
	put_word(c, 84, 0x4000);
	put_word(c, 85, enabled);
	put_word(c, 86, 0x3400);
	put_word(c, 87, 0x4000);
}

static unsigned ata_mode_bit(const struct ata_device *d, unsigned kind)
{
	return d->transfer_mode >> 4 == kind ? 1u << (d->transfer_mode & 7) : 0;
}

static void identify_modes(struct ata_channel *c, const struct ata_device *d)
{
	put_word(c, 49, c->dma ? 0x0F00 : 0x0E00); /* IORDY, LBA, DMA */
	put_word(c, 50, 0x4000);
	put_word(c, 51, 0x0200);
	put_word(c, 53, c->dma ? 7 : 3); /* which words hold */
	put_word(c, 64, 3);              /* PIO modes 3, 4 */
	put_word(c, 67, 120);
	put_word(c, 68, 120);
	if (!c->dma)
		return;
	put_word(c, 63, 7 | ata_mode_bit(d, 2) << 8);
	put_word(c, 65, 120);
	put_word(c, 66, 120);
	put_word(c, 88, 0x3F | ata_mode_bit(d, 4) << 8);
	put_word(c, 93, c->owner ? 0x6B00 : 0x600B); /* 80 wires, passed */
}

static void identify_size(struct ata_channel *c, const struct ata_device *d)
{
	unsigned cylinders = ata_cylinders(d);

	put_word(c, 1, ata_default_cylinders(d));
	put_word(c, 3, 16);
	put_word(c, 6, 63);
	put_word(c, 54, cylinders);
	put_word(c, 55, d->heads);
	put_word(c, 56, d->sectors);
	put_number(c, 57, (uint64_t)cylinders * d->heads * d->sectors, 2);
	put_number(c, 60, smaller(ata_capacity(d), LBA28_SECTORS), 2);
	put_number(c, 100, ata_capacity(d), 4);
}

static void ata_send_buffer(struct ata_channel *c, struct ata_device *d, enum ata_phase phase)
{
	c->on_disk = false;
	c->block = 1;
	c->remaining = 1;
	ata_start(c, d, phase);
}

/* The checksum, and off it goes. */
static void identify_send(struct ata_channel *c, struct ata_device *d)
{
	uint8_t sum = 0xA5;

	c->buffer[510] = 0xA5;
	for (unsigned i = 0; i < 510; i++)
		sum = (uint8_t)(sum + c->buffer[i]);
	c->buffer[511] = (uint8_t)-sum;
	ata_send_buffer(c, d, ATA_PIO_IN);
}

static void identify_names(struct ata_channel *c, const char *serial, const char *model)
{
	memset(c->buffer, 0, SECTOR_BYTES);
	put_text(c, 10, serial, 20);
	put_text(c, 23, "1.0", 8);
	put_text(c, 27, model, 40);
}

static void ata_identify(struct ata_channel *c, struct ata_device *d)
{
	identify_names(c, d->disk->serial[0] ? d->disk->serial : "1", "L4VM disk");
	put_word(c, 0, 0x0040); /* not removable */
	put_word(c, 47, 0x8000 | ATA_MULTIPLE_MAX);
	put_word(c, 59, d->multiple ? 0x100u | d->multiple : 0);
	identify_size(c, d);
	identify_modes(c, d);
	identify_features(c, d);
	identify_send(c, d);
}

static void ata_identify_packet(struct ata_channel *c, struct ata_device *d)
{
	identify_names(c, "1", "L4VM CD-ROM");
	put_word(c, 0, 0x85C0); /* CD-ROM, removable, DRQ within 50 us, packets of 12 */
	identify_modes(c, d);
	put_word(c, 80, 0x007E);
	put_word(c, 82, 0x0218); /* DEVICE RESET, PACKET, power management */
	put_word(c, 83, 0x4000);
	put_word(c, 84, 0x4000);
	put_word(c, 85, 0x0218);
	put_word(c, 87, 0x4000);
	identify_send(c, d);
}

/* Addresses. */

static uint64_t ata_lba48(const struct ata_device *d)
{
	return d->low[0] | (uint64_t)d->mid[0] << 8 | (uint64_t)d->high[0] << 16 |
	       (uint64_t)d->low[1] << 24 | (uint64_t)d->mid[1] << 32 | (uint64_t)d->high[1] << 40;
}

static uint64_t ata_lba28(const struct ata_device *d)
{
	unsigned head = d->device & DEVICE_HEAD, cylinder = d->mid[0] | d->high[0] << 8;

	if (d->device & DEVICE_LBA)
		return d->low[0] | (uint32_t)cylinder << 8 | (uint32_t)head << 24;
	if (d->low[0] == 0 || d->low[0] > d->sectors || head >= d->heads)
		return LBA48_SECTORS;
	return ((uint64_t)cylinder * d->heads + head) * d->sectors + d->low[0] - 1;
}

/* Takes address and count from the registers; false: there are no such sectors. */
static bool ata_range(struct ata_channel *c, const struct ata_device *d, bool extended)
{
	uint32_t count = extended ? d->count[0] | (uint32_t)d->count[1] << 8 : d->count[0];

	c->lba = extended ? ata_lba48(d) : ata_lba28(d);
	c->remaining = count ? count : extended ? 65536 : 256;
	c->on_disk = true;
	return c->lba < ata_capacity(d) && c->remaining <= ata_capacity(d) - c->lba;
}

static void ata_transfer(struct ata_channel *c, struct ata_device *d, enum ata_phase phase,
			 unsigned block, bool extended)
{
	bool out = phase == ATA_PIO_OUT || phase == ATA_DMA_OUT;
	bool dma = phase == ATA_DMA_IN || phase == ATA_DMA_OUT;

	if (!block || (dma && !c->dma) || (out && d->disk->read_only)) {
		ata_fail(c, d, ATA_ABRT);
		return;
	}
	if (!ata_range(c, d, extended)) {
		ata_fail(c, d, ATA_IDNF);
		return;
	}
	d->power = POWER_ACTIVE;
	c->block = (uint8_t)block;
	ata_start(c, d, phase);
}

/* All commands that move sectors. */
static bool ata_data_command(struct ata_channel *c, struct ata_device *d, uint8_t command)
{
	static const struct {
		uint8_t command, phase, block; /* block 0: as set by SET MULTIPLE */
		bool extended;
	} commands[] = {
		{ 0x20, ATA_PIO_IN, 1, false },
		{ 0x21, ATA_PIO_IN, 1, false },
		{ 0x24, ATA_PIO_IN, 1, true },
		{ 0x25, ATA_DMA_IN, ATA_MULTIPLE_MAX, true },
		{ 0x29, ATA_PIO_IN, 0, true },
		{ 0x30, ATA_PIO_OUT, 1, false },
		{ 0x31, ATA_PIO_OUT, 1, false },
		{ 0x34, ATA_PIO_OUT, 1, true },
		{ 0x35, ATA_DMA_OUT, ATA_MULTIPLE_MAX, true },
		{ 0x39, ATA_PIO_OUT, 0, true },
		{ 0xC4, ATA_PIO_IN, 0, false },
		{ 0xC5, ATA_PIO_OUT, 0, false },
		{ 0xC8, ATA_DMA_IN, ATA_MULTIPLE_MAX, false },
		{ 0xC9, ATA_DMA_IN, ATA_MULTIPLE_MAX, false },
		{ 0xCA, ATA_DMA_OUT, ATA_MULTIPLE_MAX, false },
		{ 0xCB, ATA_DMA_OUT, ATA_MULTIPLE_MAX, false },
	};

	for (unsigned i = 0; i < COUNT_OF(commands); i++) {
		if (commands[i].command != command)
			continue;
		ata_transfer(c, d, commands[i].phase,
			     commands[i].block ? commands[i].block : d->multiple,
			     commands[i].extended);
		return true;
	}
	return false;
}

/* Commands without sectors. */

static void ata_finish(struct ata_channel *c, struct ata_device *d, bool good, uint8_t error)
{
	if (good)
		ata_done(c, d);
	else
		ata_fail(c, d, error);
}

static bool ata_set_transfer_mode(const struct ata_channel *c, struct ata_device *d)
{
	uint8_t mode = d->count[0], number = mode & 7;

	switch (mode >> 3) {
	case 0: /* PIO, the default mode */
		if (number > 1)
			return false;
		break;
	case 1: /* PIO with IORDY */
		if (number > 4)
			return false;
		break;
	case 4: /* multiword DMA */
		if (number > 2 || !c->dma)
			return false;
		break;
	case 8: /* Ultra DMA */
		if (number > 5 || !c->dma)
			return false;
		break;
	default:
		return false;
	}
	/* Choosing a PIO mode doesn't unchoose the DMA mode. */
	if (mode >> 3 > 1)
		d->transfer_mode = mode;
	return true;
}

static bool ata_set_features(const struct ata_channel *c, struct ata_device *d)
{
	switch (d->feature[0]) {
	case 0x02:
	case 0x82:
		if (d->packet)
			return false;
		d->write_cache = d->feature[0] == 0x02;
		return d->write_cache || disk_flush(d->disk);
	case 0x03:
		return ata_set_transfer_mode(c, d);
	case 0x55:
	case 0xAA:
		d->look_ahead = d->feature[0] == 0xAA;
		return true;
	case 0x66: /* settings survive a software reset: they always do */
	case 0xCC:
		return true;
	default:
		return false;
	}
}

/* SMART READ DATA and READ THRESHOLDS: no attributes, version 16, a checksum. */
static void smart_send(struct ata_channel *c, struct ata_device *d)
{
	memset(c->buffer, 0, SECTOR_BYTES);
	c->buffer[0] = 0x10;
	c->buffer[511] = (uint8_t)-0x10;
	ata_send_buffer(c, d, ATA_PIO_IN);
}

static void ata_smart(struct ata_channel *c, struct ata_device *d)
{
	uint8_t what = d->feature[0];

	if (d->mid[0] != 0x4F || d->high[0] != 0xC2 || (!d->smart && what != 0xD8)) {
		ata_fail(c, d, ATA_ABRT);
		return;
	}
	switch (what) {
	case 0xD0: /* read data */
	case 0xD1: /* read thresholds */
		smart_send(c, d);
		break;
	case 0xD8: /* enable */
	case 0xD9: /* disable */
		d->smart = what == 0xD8;
		ata_done(c, d);
		break;
	case 0xD2: /* autosave */
	case 0xDA: /* return status: the registers stay as they are, all is well */
		ata_done(c, d);
		break;
	default:
		ata_fail(c, d, ATA_ABRT);
	}
}

static bool ata_set_multiple(struct ata_device *d)
{
	unsigned n = d->count[0];

	if (n > ATA_MULTIPLE_MAX || n & (n - 1))
		return false;
	d->multiple = (uint8_t)n;
	return true;
}

static bool ata_set_geometry(struct ata_device *d)
{
	if (!d->count[0])
		return false;
	d->sectors = d->count[0];
	d->heads = (uint8_t)((d->device & DEVICE_HEAD) + 1);
	return true;
}

static void ata_native_max(struct ata_channel *c, struct ata_device *d, bool extended)
{
	uint64_t last = ata_capacity(d) - 1;

	if (!extended && last >= LBA28_SECTORS)
		last = LBA28_SECTORS - 1;
	d->low[0] = (uint8_t)last;
	d->mid[0] = (uint8_t)(last >> 8);
	d->high[0] = (uint8_t)(last >> 16);
	if (extended) {
		d->low[1] = (uint8_t)(last >> 24);
		d->mid[1] = (uint8_t)(last >> 32);
		d->high[1] = (uint8_t)(last >> 40);
	} else {
		d->device = (uint8_t)((d->device & ~DEVICE_HEAD) | (last >> 24 & DEVICE_HEAD));
	}
	ata_done(c, d);
}

static void ata_diagnose(struct ata_channel *c)
{
	ata_signature(&c->device[0]);
	ata_signature(&c->device[1]);
	ata_done(c, &c->device[0]);
}

/* READ VERIFY and SEEK: nothing to do but for the address to exist. */
static bool ata_verify(struct ata_channel *c, struct ata_device *d, uint8_t command)
{
	d->power = POWER_ACTIVE;
	return ata_range(c, d, command == 0x42);
}

static bool ata_power_command(struct ata_device *d, uint8_t command)
{
	switch (command) {
	case 0x94: /* STANDBY IMMEDIATE, once upon a time, and so on */
	case 0x96:
	case 0x99:
	case 0xE0:
	case 0xE2:
	case 0xE6: /* SLEEP; any command wakes this device */
		d->power = POWER_STANDBY;
		return true;
	case 0x95:
	case 0x97:
	case 0xE1:
	case 0xE3:
		d->power = POWER_IDLE;
		return true;
	case 0x98:
	case 0xE5:
		d->count[0] = d->power;
		return true;
	default:
		return false;
	}
}

static void ata_other_command(struct ata_channel *c, struct ata_device *d, uint8_t command)
{
	switch (command) {
	case 0x27:
	case 0xF8:
		ata_native_max(c, d, command == 0x27);
		break;
	case 0x40:
	case 0x41:
	case 0x42:
	case 0x70:
		ata_finish(c, d, ata_verify(c, d, command), ATA_IDNF);
		break;
	case 0x90:
		ata_diagnose(c);
		break;
	case 0x91:
		ata_finish(c, d, ata_set_geometry(d), ATA_ABRT);
		break;
	case 0xB0:
		ata_smart(c, d);
		break;
	case 0xC6:
		ata_finish(c, d, ata_set_multiple(d), ATA_ABRT);
		break;
	case 0xE4: /* READ BUFFER, WRITE BUFFER */
	case 0xE8:
		ata_send_buffer(c, d, command == 0xE4 ? ATA_PIO_IN : ATA_PIO_OUT);
		break;
	case 0xE7:
	case 0xEA:
		ata_finish(c, d, disk_flush(d->disk), ATA_ABRT);
		break;
	case 0xEC:
		ata_identify(c, d);
		break;
	case 0xEF:
		ata_finish(c, d, ata_set_features(c, d), ATA_ABRT);
		break;
	default:
		LOG(LOG_UNIMPLEMENTED, "ata: command %#x", command);
		ata_fail(c, d, ATA_ABRT);
	}
}

/* The signature, while the device stays selected. */
static void packet_signature(struct ata_device *d)
{
	uint8_t device = d->device;

	ata_signature(d);
	d->device = device & DEVICE_DEV;
}

/* What CD-ROM drives do otherwise than disks; false: nothing. */
static bool ata_packet_command(struct ata_channel *c, struct ata_device *d, uint8_t command)
{
	switch (command) {
	case 0x08:
		packet_signature(d);
		d->status = 0;
		return true;
	case 0x20: /* these two show that it is no disk */
	case 0xEC:
		packet_signature(d);
		ata_fail(c, d, ATA_ABRT);
		return true;
	case 0xA0:
		atapi_begin(c, d);
		return true;
	case 0xA1:
		ata_identify_packet(c, d);
		return true;
	case 0x90:
	case 0xEF:
		return false;
	default:
		if (ata_power_command(d, command))
			ata_done(c, d);
		else
			ata_fail(c, d, ATA_ABRT);
		return true;
	}
}

void ata_command(struct ata_channel *c, struct ata_device *d, uint8_t command)
{
	d->error = 0;
	if (d->packet && ata_packet_command(c, d, command))
		return;
	if (!d->packet && ata_data_command(c, d, command))
		return;
	if ((command & 0xF0) == 0x10 || ata_power_command(d, command)) /* 10: RECALIBRATE */
		ata_done(c, d);
	else
		ata_other_command(c, d, command);
}
