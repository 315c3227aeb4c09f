/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Packet commands of a CD-ROM or DVD-ROM drive: MMC-3 (T10/1363D), SFF-8020i.
 * The medium has one session with one data track of 2048-byte sectors.
 * Not modelled: audio, sub-channels, sectors with headers and error correction (READ CD
 * yields user data only), MODE SELECT, DVD structures and keys.
 */
#include "dev/block/atapi.h"

#include <emu/log.h>
#include <string.h>

#define ASC_OUT_OF_RANGE 0x21
#define ASC_INVALID_COMMAND 0x20
#define ASC_INVALID_FIELD 0x24
#define ASC_CANNOT_SAVE 0x39
#define ASC_NO_MEDIUM 0x3A
#define ASC_REMOVAL 0x53

#define NO_MEDIUM_OPEN 0x02
#define REMOVAL_PREVENTED 0x02

#define EVENT_REMOVED 3

#define CD_SECTORS_MAX 450000 /* 100 minutes: what is larger is a DVD */
#define MSF_OFFSET 150        /* of sector 0: 00:02:00 */
#define TRACK_DATA 0x14       /* ADR 1, a data track */
#define LEAD_OUT 0xAA

#define PROFILE_CD_ROM 0x0008
#define PROFILE_DVD_ROM 0x0010

typedef void mmc_fn(struct ata_channel *c, struct ata_device *d, const uint8_t *packet);

static uint32_t get_be(const uint8_t *bytes, unsigned count)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < count; i++)
		value = value << 8 | bytes[i];
	return value;
}

static void put_be(uint8_t *bytes, uint32_t value, unsigned count)
{
	for (unsigned i = count; i-- > 0; value >>= 8)
		bytes[i] = (uint8_t)value;
}

static bool mmc_has_medium(const struct ata_device *d)
{
	return d->disk && !d->open;
}

uint32_t mmc_capacity(const struct ata_device *d)
{
	uint64_t sectors;

	if (!mmc_has_medium(d))
		return 0;
	sectors = (d->disk->sectors + 3) / (CD_SECTOR_BYTES / SECTOR_BYTES);
	return sectors < UINT32_MAX ? (uint32_t)sectors : UINT32_MAX;
}

static void mmc_invalid_field(struct ata_channel *c, struct ata_device *d)
{
	atapi_fail(c, d, SENSE_ILLEGAL_REQUEST, ASC_INVALID_FIELD, 0);
}

/* A response of `count` bytes, of which the host wants no more than `allocation`. */
static void mmc_respond(struct ata_channel *c, struct ata_device *d, uint32_t count,
			uint32_t allocation)
{
	atapi_send(c, d, count < allocation ? count : allocation);
}

/* A zeroed buffer for responses; they are shorter than this. */
#define RESPONSE_BYTES 256

static uint8_t *mmc_response(struct ata_channel *c)
{
	memset(c->buffer, 0, RESPONSE_BYTES);
	return c->buffer;
}

/* The drive. */

static void mmc_test_unit_ready(struct ata_channel *c, struct ata_device *d, const uint8_t *packet)
{
	(void)packet;
	atapi_done(c, d);
}

static void mmc_request_sense(struct ata_channel *c, struct ata_device *d, const uint8_t *packet)
{
	uint8_t *b = mmc_response(c);

	if (!d->sense[0] && d->attention) {
		d->sense[0] = SENSE_UNIT_ATTENTION;
		d->sense[1] = d->attention;
		d->sense[2] = 0;
		d->attention = 0;
	}
	b[0] = 0x70;
	b[2] = d->sense[0];
	b[7] = 10;
	b[12] = d->sense[1];
	b[13] = d->sense[2];
	mmc_respond(c, d, 18, packet[4]);
	memset(d->sense, 0, sizeof d->sense);
}

static void mmc_inquiry(struct ata_channel *c, struct ata_device *d, const uint8_t *packet)
{
	uint8_t *b = mmc_response(c);

	if (packet[1] & 3 || packet[2]) { /* vital product data */
		mmc_invalid_field(c, d);
		return;
	}
	b[0] = 0x05; /* CD-ROM */
	b[1] = 0x80; /* removable */
	b[3] = 0x21; /* ATAPI */
	b[4] = 31;
	memcpy(b + 8, "L4VM    CD-ROM          1.0 ", 28);
	mmc_respond(c, d, 36, get_be(packet + 3, 2));
}

static void mmc_start_stop(struct ata_channel *c, struct ata_device *d, const uint8_t *packet)
{
	bool start = packet[4] & 1, tray = packet[4] & 2;

	if (tray && !start && d->locked) {
		atapi_fail(c, d, SENSE_ILLEGAL_REQUEST, ASC_REMOVAL, REMOVAL_PREVENTED);
		return;
	}
	if (tray && start && d->open) {
		atapi_medium_changed(d);
	} else if (tray && !start && !d->open) {
		d->open = true;
		d->event = EVENT_REMOVED;
	}
	atapi_done(c, d);
}

static void mmc_prevent(struct ata_channel *c, struct ata_device *d, const uint8_t *packet)
{
	d->locked = packet[4] & 1;
	atapi_done(c, d);
}

static void mmc_set_speed(struct ata_channel *c, struct ata_device *d, const uint8_t *packet)
{
	(void)packet;
	atapi_done(c, d);
}

static void mmc_mechanism_status(struct ata_channel *c, struct ata_device *d, const uint8_t *packet)
{
	uint8_t *b = mmc_response(c);

	b[1] = d->open ? 0x10 : 0;
	b[5] = 1; /* slot */
	mmc_respond(c, d, 8, get_be(packet + 8, 2));
}

/* Polled only, and of media only. */
static void mmc_event_status(struct ata_channel *c, struct ata_device *d, const uint8_t *packet)
{
	uint8_t *b = mmc_response(c);
	bool media = packet[4] & 0x10;

	if (!(packet[1] & 1)) {
		mmc_invalid_field(c, d);
		return;
	}
	b[1] = media ? 6 : 2;
	b[2] = media ? 4 : 0x80;
	b[3] = 0x10;
	if (media) {
		b[4] = d->event;
		b[5] = (uint8_t)((mmc_has_medium(d) ? 2 : 0) | (d->open ? 1 : 0));
		d->event = 0;
	}
	mmc_respond(c, d, media ? 8 : 4, get_be(packet + 7, 2));
}

/* Mode pages. */

static const uint8_t page_recovery[] = { 0x01, 6, 0, 0, 0, 0, 0, 0 };
static const uint8_t page_cdrom[] = { 0x0D, 6, 0, 0, 0, 60, 0, 75 };
static const uint8_t page_capabilities[] = {
	0x2A, 18,   0x0B, 0x00, /* reads CD-R, CD-RW, DVD-ROM; writes nothing */
	0x70, 0x00,             /* mode 2 forms 1 and 2, sessions; no audio */
	0x29, 0x00,             /* a tray that can be locked and ejected */
	0x10, 0x89, 0,    0,    /* 24 times 176.4 kbyte/s */
	0,    128,  0x10, 0x89, /* kbytes of buffer; the speed chosen */
	0,    0,    0,    0,
};

static uint32_t mode_page(uint8_t *to, const uint8_t *page, uint32_t bytes, bool changeable)
{
	memset(to, 0, bytes);
	memcpy(to, page, changeable ? 2 : bytes); /* nothing is */
	return bytes;
}

/* Appends the pages that are asked for; returns their bytes, 0: there are none. */
static uint32_t mmc_mode_pages(const struct ata_device *d, uint8_t code, bool changeable,
			       uint8_t *to)
{
	uint32_t count = 0;

	if (code == 0x01 || code == 0x3F)
		count += mode_page(to + count, page_recovery, sizeof page_recovery, changeable);
	if (code == 0x0D || code == 0x3F)
		count += mode_page(to + count, page_cdrom, sizeof page_cdrom, changeable);
	if (code != 0x2A && code != 0x3F)
		return count;
	mode_page(to + count, page_capabilities, sizeof page_capabilities, changeable);
	if (d->locked && !changeable)
		to[count + 6] |= 2;
	return count + (uint32_t)sizeof page_capabilities;
}

static uint8_t mmc_medium_type(const struct ata_device *d)
{
	if (d->open)
		return 0x71;
	return d->disk ? 0x01 : 0x70;
}

static void mmc_mode_sense(struct ata_channel *c, struct ata_device *d, const uint8_t *packet)
{
	bool six = packet[0] == 0x1A;
	uint32_t header = six ? 4 : 8, count, control = packet[2] >> 6;
	uint8_t *b = mmc_response(c);

	if (control == 3) {
		atapi_fail(c, d, SENSE_ILLEGAL_REQUEST, ASC_CANNOT_SAVE, 0);
		return;
	}
	count = mmc_mode_pages(d, packet[2] & 0x3F, control == 1, b + header);
	if (!count) {
		mmc_invalid_field(c, d);
		return;
	}
	count += header;
	if (six) {
		b[0] = (uint8_t)(count - 1);
		b[1] = mmc_medium_type(d);
	} else {
		put_be(b, count - 2, 2);
		b[2] = mmc_medium_type(d);
	}
	mmc_respond(c, d, count, six ? packet[4] : get_be(packet + 7, 2));
}

/* Features. */

static uint16_t mmc_profile(const struct ata_device *d)
{
	uint32_t capacity = mmc_capacity(d);

	if (!capacity)
		return 0;
	return capacity > CD_SECTORS_MAX ? PROFILE_DVD_ROM : PROFILE_CD_ROM;
}

#define FEATURE_PERSISTENT 0x02
#define FEATURE_CURRENT 0x01

static const struct mmc_feature {
	uint16_t code;
	uint8_t version;  /* as in byte 2, with persistence */
	uint16_t profile; /* it is current with this one only; 0: always; 1: with any */
	uint8_t bytes, data[8];
} mmc_features[] = {
	{ 0x0000, 0x02, 0, 8, { 0, PROFILE_DVD_ROM, 0, 0, 0, PROFILE_CD_ROM, 0, 0 } },
	{ 0x0001, 0x06, 0, 4, { 0, 0, 0, 2 } },              /* core, ATAPI */
	{ 0x0002, 0x02, 0, 4, { 0 } },                       /* morphing */
	{ 0x0003, 0x02, 0, 4, { 0x29 } },                    /* removable medium */
	{ 0x0010, 0x00, 1, 8, { 0, 0, 8, 0, 0, 16, 0, 0 } }, /* random readable */
	{ 0x001E, 0x00, PROFILE_CD_ROM, 0, { 0 } },          /* CD read */
	{ 0x001F, 0x00, PROFILE_DVD_ROM, 0, { 0 } },         /* DVD read */
};

static bool feature_is_current(const struct mmc_feature *f, uint16_t profile)
{
	return f->profile == 0 || (f->profile == 1 && profile) || f->profile == profile;
}

static uint32_t put_feature(uint8_t *b, const struct mmc_feature *f, uint16_t profile)
{
	put_be(b, f->code, 2);
	b[2] = (uint8_t)(f->version | (feature_is_current(f, profile) ? FEATURE_CURRENT : 0));
	b[3] = f->bytes;
	memcpy(b + 4, f->data, f->bytes);
	if (f->code == 0x0000) { /* which profile is current */
		b[6] = profile == PROFILE_DVD_ROM;
		b[10] = profile == PROFILE_CD_ROM;
	}
	return 4u + f->bytes;
}

static void mmc_get_configuration(struct ata_channel *c, struct ata_device *d,
				  const uint8_t *packet)
{
	uint8_t *b = mmc_response(c), wanted = packet[1] & 3;
	uint32_t first = get_be(packet + 2, 2), count = 8;
	uint16_t profile = mmc_profile(d);

	for (unsigned i = 0; i < COUNT_OF(mmc_features); i++) {
		const struct mmc_feature *f = &mmc_features[i];

		if (f->code < first || (wanted == 2 && f->code != first) ||
		    (wanted == 1 && !feature_is_current(f, profile)))
			continue;
		count += put_feature(b + count, f, profile);
	}
	put_be(b, count - 4, 4);
	put_be(b + 6, profile, 2);
	if (wanted == 3)
		mmc_invalid_field(c, d);
	else
		mmc_respond(c, d, count, get_be(packet + 7, 2));
}

/* The medium. */

static void put_msf(uint8_t *b, uint32_t lba)
{
	uint32_t frames = lba + MSF_OFFSET, minutes = frames / (75 * 60);

	b[0] = minutes < 255 ? (uint8_t)minutes : 255;
	b[1] = (uint8_t)(frames / 75 % 60);
	b[2] = (uint8_t)(frames % 75);
}

/* An address of four bytes. */
static void put_address(uint8_t *b, uint32_t lba, bool msf)
{
	b[0] = 0;
	if (msf)
		put_msf(b + 1, lba);
	else
		put_be(b, lba, 4);
}

static uint32_t put_track(uint8_t *b, uint8_t track, uint32_t lba, bool msf)
{
	b[0] = 0;
	b[1] = TRACK_DATA;
	b[2] = track;
	b[3] = 0;
	put_address(b + 4, lba, msf);
	return 8;
}

/* Format 0: tracks from `first` on, and the lead-out. */
static uint32_t mmc_toc_tracks(const struct ata_device *d, uint8_t *b, uint8_t first, bool msf)
{
	uint32_t count = 4;

	if (first > 1 && first != LEAD_OUT)
		return 0;
	if (first <= 1)
		count += put_track(b + count, 1, 0, msf);
	return count + put_track(b + count, LEAD_OUT, mmc_capacity(d), msf);
}

/* Format 2: points A0 (first track), A1 (last), A2 (lead-out) and the track. */
static uint32_t mmc_toc_full(const struct ata_device *d, uint8_t *b)
{
	static const uint8_t points[4] = { 0xA0, 0xA1, 0xA2, 0x01 };
	uint32_t count = 4;

	for (unsigned i = 0; i < COUNT_OF(points); i++, count += 11) {
		uint8_t *at = b + count;

		at[0] = 1;
		at[1] = TRACK_DATA;
		at[3] = points[i];
		if (i < 2)
			at[8] = 1;
		else
			put_msf(at + 8, i == 2 ? mmc_capacity(d) : 0);
	}
	return count;
}

static void mmc_read_toc(struct ata_channel *c, struct ata_device *d, const uint8_t *packet)
{
	uint8_t *b = mmc_response(c), format = packet[2] & 15;
	bool msf = packet[1] & 2;
	uint32_t count = 0;

	if (!format)
		format = packet[9] >> 6; /* SFF-8020i has it there */
	if (format == 0)
		count = mmc_toc_tracks(d, b, packet[6], msf);
	else if (format == 1) /* the first track of the last session */
		count = 4 + put_track(b + 4, 1, 0, msf);
	else if (format == 2 && packet[6] <= 1)
		count = mmc_toc_full(d, b);
	if (!count) {
		mmc_invalid_field(c, d);
		return;
	}
	put_be(b, count - 2, 2);
	b[2] = b[3] = 1;
	mmc_respond(c, d, count, get_be(packet + 7, 2));
}

static void mmc_disc_information(struct ata_channel *c, struct ata_device *d, const uint8_t *packet)
{
	uint8_t *b = mmc_response(c);

	if (packet[1] & 7) {
		mmc_invalid_field(c, d);
		return;
	}
	put_be(b, 32, 2);
	b[2] = 0x0E; /* disc and session complete */
	b[3] = b[4] = b[5] = b[6] = 1;
	b[7] = 0x20;
	memset(b + 16, 0xFF, 8); /* there can't be more */
	mmc_respond(c, d, 34, get_be(packet + 7, 2));
}

static void mmc_read_capacity(struct ata_channel *c, struct ata_device *d, const uint8_t *packet)
{
	uint8_t *b = mmc_response(c);

	(void)packet;
	put_be(b, mmc_capacity(d) - 1, 4);
	put_be(b + 4, CD_SECTOR_BYTES, 4);
	atapi_send(c, d, 8);
}

static bool mmc_range(struct ata_channel *c, struct ata_device *d, uint32_t lba, uint32_t count)
{
	uint32_t capacity = mmc_capacity(d);

	if (lba <= capacity && count <= capacity - lba)
		return true;
	atapi_fail(c, d, SENSE_ILLEGAL_REQUEST, ASC_OUT_OF_RANGE, 0);
	return false;
}

/* READ(10), READ(12). */
static void mmc_read(struct ata_channel *c, struct ata_device *d, const uint8_t *packet)
{
	uint32_t lba = get_be(packet + 2, 4);
	uint32_t count = packet[0] == 0x28 ? get_be(packet + 7, 2) : get_be(packet + 6, 4);

	if (mmc_range(c, d, lba, count))
		atapi_send_sectors(c, d, lba, count);
}

/* User data, or nothing, of any type of sector or of mode 1. */
static void mmc_read_cd(struct ata_channel *c, struct ata_device *d, const uint8_t *packet)
{
	uint8_t type = packet[1] >> 2 & 7, what = packet[9];
	uint32_t lba = get_be(packet + 2, 4), count = get_be(packet + 6, 3);

	if ((type != 0 && type != 2) || (what != 0x10 && what != 0) || packet[10] & 7)
		mmc_invalid_field(c, d);
	else if (mmc_range(c, d, lba, count))
		atapi_send_sectors(c, d, lba, what ? count : 0);
}

static void mmc_seek(struct ata_channel *c, struct ata_device *d, const uint8_t *packet)
{
	if (mmc_range(c, d, get_be(packet + 2, 4), 1))
		atapi_done(c, d);
}

/* What a command asks for before it is executed. */
#define NEEDS_MEDIUM 1
#define KEEPS_ATTENTION 2

static const struct mmc_entry {
	uint8_t code, flags;
	mmc_fn *execute;
} mmc_commands[] = {
	{ 0x00, NEEDS_MEDIUM, mmc_test_unit_ready },
	{ 0x03, KEEPS_ATTENTION, mmc_request_sense },
	{ 0x12, KEEPS_ATTENTION, mmc_inquiry },
	{ 0x1A, 0, mmc_mode_sense },
	{ 0x1B, 0, mmc_start_stop },
	{ 0x1E, 0, mmc_prevent },
	{ 0x25, NEEDS_MEDIUM, mmc_read_capacity },
	{ 0x28, NEEDS_MEDIUM, mmc_read },
	{ 0x2B, NEEDS_MEDIUM, mmc_seek },
	{ 0x43, NEEDS_MEDIUM, mmc_read_toc },
	{ 0x46, KEEPS_ATTENTION, mmc_get_configuration },
	{ 0x4A, KEEPS_ATTENTION, mmc_event_status },
	{ 0x51, NEEDS_MEDIUM, mmc_disc_information },
	{ 0x5A, 0, mmc_mode_sense },
	{ 0xA8, NEEDS_MEDIUM, mmc_read },
	{ 0xBB, 0, mmc_set_speed },
	{ 0xBD, 0, mmc_mechanism_status },
	{ 0xBE, NEEDS_MEDIUM, mmc_read_cd },
};

static const struct mmc_entry *mmc_find(uint8_t code)
{
	for (unsigned i = 0; i < COUNT_OF(mmc_commands); i++)
		if (mmc_commands[i].code == code)
			return &mmc_commands[i];
	return NULL;
}

void mmc_command(struct ata_channel *c, struct ata_device *d, const uint8_t packet[ATAPI_BYTES])
{
	const struct mmc_entry *e = mmc_find(packet[0]);
	uint8_t attention = d->attention;

	if (!e) {
		LOG(LOG_UNIMPLEMENTED, "atapi: packet %#x", packet[0]);
		atapi_fail(c, d, SENSE_ILLEGAL_REQUEST, ASC_INVALID_COMMAND, 0);
	} else if (attention && !(e->flags & KEEPS_ATTENTION)) {
		d->attention = 0;
		atapi_fail(c, d, SENSE_UNIT_ATTENTION, attention, 0);
	} else if ((e->flags & NEEDS_MEDIUM) && !mmc_has_medium(d)) {
		atapi_fail(c, d, SENSE_NOT_READY, ASC_NO_MEDIUM, d->open ? NO_MEDIUM_OPEN : 0);
	} else {
		e->execute(c, d, packet);
	}
}
