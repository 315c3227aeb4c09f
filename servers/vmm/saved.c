/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A saved machine in the state unit: a sector with a header, then the archive's stream
 * (<emu/archive.h>).  The header is cleared before anything is written and comes last, so
 * that half a machine is never taken for one.
 */
#include <emu/archive.h>
#include <stdio.h>
#include <string.h>

#include "saved.h"
#include "vmm.h"

#define SAVED_BUFFER (32u << 10)

struct saved_header {
	char magic[16];
	uint64_t bytes; /* of the stream */
	uint8_t unused[SECTOR_BYTES - 24];
};

_Static_assert(sizeof(struct saved_header) == SECTOR_BYTES, "one sector");

static const char saved_magic[16] = "L4VM machine 1";

struct saved_stream {
	uint64_t sector; /* the buffer's place */
	uint64_t bytes;  /* saved so far, or left to be read */
	size_t at;       /* in the buffer */
	const char *trouble;
	uint8_t buffer[SAVED_BUFFER];
};

static struct saved_stream stream;

static bool saved_put_buffer(struct saved_stream *s)
{
	uint64_t sectors = (s->at + SECTOR_BYTES - 1) / SECTOR_BYTES;

	if (s->sector + sectors > disk_state_sectors()) {
		s->trouble = "the state image is too small";
		return false;
	}
	if (sectors && !disk_state_write(s->sector, sectors, s->buffer)) {
		s->trouble = "the state image can't be written";
		return false;
	}
	s->sector += sectors;
	s->at = 0;
	return true;
}

static bool saved_put(void *context, void *bytes, size_t count)
{
	struct saved_stream *s = context;
	const uint8_t *from = bytes;

	while (count > 0) {
		size_t part = SAVED_BUFFER - s->at < count ? SAVED_BUFFER - s->at : count;

		memcpy(s->buffer + s->at, from, part);
		s->at += part;
		s->bytes += part;
		from += part;
		count -= part;
		if (s->at == SAVED_BUFFER && !saved_put_buffer(s))
			return false;
	}
	return true;
}

static bool saved_get_buffer(struct saved_stream *s)
{
	uint64_t sectors = (s->bytes + SECTOR_BYTES - 1) / SECTOR_BYTES;

	if (sectors > SAVED_BUFFER / SECTOR_BYTES)
		sectors = SAVED_BUFFER / SECTOR_BYTES;
	if (sectors == 0)
		return false;
	if (!disk_state_read(s->sector, sectors, s->buffer)) {
		s->trouble = "the state image can't be read";
		return false;
	}
	s->sector += sectors;
	s->at = 0;
	return true;
}

static bool saved_get(void *context, void *bytes, size_t count)
{
	struct saved_stream *s = context;
	uint8_t *to = bytes;

	while (count > 0) {
		size_t part = SAVED_BUFFER - s->at < count ? SAVED_BUFFER - s->at : count;

		if (part == 0) {
			if (!saved_get_buffer(s))
				return false;
			continue;
		}
		if (part > s->bytes)
			return false;
		memcpy(to, s->buffer + s->at, part);
		s->at += part;
		s->bytes -= part;
		to += part;
		count -= part;
	}
	return true;
}

static bool saved_put_header(uint64_t bytes)
{
	static struct saved_header header;

	memset(&header, 0, sizeof header);
	if (bytes)
		memcpy(header.magic, saved_magic, sizeof saved_magic);
	header.bytes = bytes;
	return disk_state_write(0, 1, &header);
}

static bool saved_stream_begin(char *error, size_t room)
{
	stream.sector = 1;
	stream.bytes = 0;
	stream.at = 0;
	stream.trouble = NULL;
	if (disk_state_sectors() > 1)
		return true;
	snprintf(error, room, "there is no state image");
	return false;
}

bool saved_write(struct machine *m, char *error, size_t room)
{
	struct archive *a;
	bool good;

	if (!saved_stream_begin(error, room))
		return false;
	a = saved_put_header(0) ? archive_begin_save(saved_put, &stream) : NULL;
	if (!a) {
		snprintf(error, room, "the state image can't be written");
		return false;
	}
	machine_state(m, a);
	good = archive_end(a, error, room) && saved_put_buffer(&stream) &&
	       saved_put_header(stream.bytes);
	if (!good)
		snprintf(error, room, "can't save: %s",
			 stream.trouble ? stream.trouble : "the state image can't be written");
	return good;
}

static void saved_get_begin(uint64_t bytes)
{
	stream.sector = 1;
	stream.bytes = bytes;
	stream.at = SAVED_BUFFER;
}

enum saved_result saved_read(struct machine *m, char *error, size_t room)
{
	static struct saved_header header;
	struct archive *a;

	if (!saved_stream_begin(error, room))
		return SAVED_NOT;
	if (!disk_state_read(0, 1, &header) ||
	    memcmp(header.magic, saved_magic, sizeof saved_magic) != 0 ||
	    header.bytes > (disk_state_sectors() - 1) * SECTOR_BYTES) {
		snprintf(error, room, "there is no saved machine");
		return SAVED_NOT;
	}
	/* Twice, so that nothing is changed by what is damaged. */
	saved_get_begin(header.bytes);
	if (!archive_check(saved_get, &stream, header.bytes, error, room))
		return SAVED_NOT;
	saved_get_begin(header.bytes);
	a = archive_begin_load(saved_get, &stream);
	if (!a) {
		snprintf(error, room, "not enough memory");
		return SAVED_NOT;
	}
	machine_state(m, a);
	return archive_end(a, error, room) ? SAVED_DONE : SAVED_RUINED;
}
