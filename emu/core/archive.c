/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Saved state as a stream of records (emu/archive.h), little-endian:
 *
 *	"L4VM-state" u32 version
 *	{ u8 kind, u8 length of name, name, u64 bytes of data, data } ...
 *	u8 RECORD_END, u32 CRC-32C of everything before it
 *
 * Kinds: a section (no data), a field, memory.  Memory's data are runs { u64 offset,
 * u64 bytes, bytes } of pages that aren't all zero, ended by an offset of UINT64_MAX;
 * its size is that of the memory.  Nothing is believed that comes from a file: names
 * and sizes must be those the loader expects, so no length in it is ever used but for
 * the runs', which are checked.
 */
#include <emu/archive.h>

#include <assert.h>
#include <emu/port.h>
#include <stdio.h>
#include <string.h>

#define ARCHIVE_MAGIC "L4VM-state"
#define ARCHIVE_BEGIN_BYTES (sizeof ARCHIVE_MAGIC - 1 + sizeof(uint32_t))
#define ARCHIVE_LEAST_BYTES (ARCHIVE_BEGIN_BYTES + sizeof(uint32_t))
#define ARCHIVE_NAME_BYTES 64
#define ARCHIVE_ERROR_BYTES 320
#define ARCHIVE_NO_RUN UINT64_MAX

enum { RECORD_SECTION = 'S', RECORD_FIELD = 'F', RECORD_MEMORY = 'M', RECORD_END = 'E' };

struct archive {
	archive_io *io;
	void *context;
	bool loading, failed;
	uint32_t crc; /* inverted */
	char section[ARCHIVE_NAME_BYTES];
	char error[ARCHIVE_ERROR_BYTES];
	uint32_t crc_table[8][256];
};

/* CRC-32C (RFC 3720, section 12.1): polynomial 0x1EDC6F41, reflected.  Table k holds
 * the effect of a byte that k further bytes follow, so that 8 are done at once. */
#define CRC_POLYNOMIAL 0x82f63b78u

static void crc_make_tables(struct archive *a)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t crc = i;

		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? CRC_POLYNOMIAL : 0);
		a->crc_table[0][i] = crc;
	}
	for (unsigned k = 1; k < 8; k++)
		for (unsigned i = 0; i < 256; i++) {
			uint32_t crc = a->crc_table[k - 1][i];

			a->crc_table[k][i] = crc >> 8 ^ a->crc_table[0][crc & 0xff];
		}
}

static void crc_add(struct archive *a, const uint8_t *bytes, size_t count)
{
	uint32_t crc = a->crc;

	for (; count >= 8; count -= 8, bytes += 8) {
		uint64_t next;

		memcpy(&next, bytes, 8);
		next ^= crc;
		crc = 0;
		for (unsigned k = 0; k < 8; k++)
			crc ^= a->crc_table[7 - k][next >> 8 * k & 0xff];
	}
	while (count-- > 0)
		crc = crc >> 8 ^ a->crc_table[0][(crc ^ *bytes++) & 0xff];
	a->crc = crc;
}

/* Beginning. */
static struct archive *archive_begin(archive_io *io, void *context, bool loading)
{
	struct archive *a = port_allocate(sizeof *a, PORT_PLAIN);

	if (!a)
		return NULL;
	a->io = io;
	a->context = context;
	a->loading = loading;
	a->crc = ~0u;
	crc_make_tables(a);
	return a;
}

static void archive_put(struct archive *a, const void *bytes, size_t count)
{
	if (a->failed || count == 0)
		return;
	crc_add(a, bytes, count);
	if (!a->io(a->context, (void *)(uintptr_t)bytes, count))
		archive_fail(a, "cannot be written");
}

/* After a failure there are only zeros. */
static bool archive_get(struct archive *a, void *bytes, size_t count)
{
	if (!a->failed && count > 0 && !a->io(a->context, bytes, count))
		archive_fail(a, "the file ends early or cannot be read");
	if (a->failed) {
		memset(bytes, 0, count);
		return false;
	}
	crc_add(a, bytes, count);
	return true;
}

struct archive *archive_begin_save(archive_io *write, void *context)
{
	struct archive *a = archive_begin(write, context, false);
	uint32_t version = ARCHIVE_VERSION;

	if (a) {
		archive_put(a, ARCHIVE_MAGIC, strlen(ARCHIVE_MAGIC));
		archive_put(a, &version, sizeof version);
	}
	return a;
}

struct archive *archive_begin_load(archive_io *read, void *context)
{
	struct archive *a = archive_begin(read, context, true);
	char magic[sizeof ARCHIVE_MAGIC] = "";
	uint32_t version;

	if (!a)
		return NULL;
	archive_get(a, magic, strlen(ARCHIVE_MAGIC));
	archive_get(a, &version, sizeof version);
	if (!a->failed && strcmp(magic, ARCHIVE_MAGIC) != 0)
		archive_fail(a, "not a saved state of L4VM");
	else if (!a->failed && version != ARCHIVE_VERSION)
		archive_fail(a, "saved by another version");
	return a;
}

static void archive_finish(struct archive *a)
{
	uint8_t end = RECORD_END;
	uint32_t crc, saved;

	if (!a->loading) {
		archive_put(a, &end, 1);
		crc = ~a->crc;
		archive_put(a, &crc, sizeof crc);
		return;
	}
	if (!archive_get(a, &end, 1))
		return;
	crc = ~a->crc;
	if (end != RECORD_END)
		archive_fail(a, "holds more than this machine has");
	else if (archive_get(a, &saved, sizeof saved) && saved != crc)
		archive_fail(a, "damaged: wrong checksum");
}

bool archive_end(struct archive *a, char *error, size_t error_bytes)
{
	bool good;

	if (!a->failed)
		archive_finish(a);
	good = !a->failed;
	if (error && error_bytes > 0)
		snprintf(error, error_bytes, "%s", a->error);
	port_free(a, sizeof *a);
	return good;
}

static bool archive_check_sum(struct archive *a, uint64_t bytes)
{
	uint8_t part[512];
	uint32_t crc, saved;

	/* The beginning has been read already; the checksum isn't part of what it sums up. */
	for (bytes -= sizeof saved; bytes > 0;) {
		size_t count = bytes < sizeof part ? (size_t)bytes : sizeof part;

		if (!archive_get(a, part, count))
			return false;
		bytes -= count;
	}
	crc = ~a->crc;
	if (archive_get(a, &saved, sizeof saved) && saved != crc)
		archive_fail(a, "damaged: wrong checksum");
	return !a->failed;
}

bool archive_check(archive_io *read, void *context, uint64_t bytes, char *error, size_t error_bytes)
{
	struct archive *a = archive_begin_load(read, context);
	bool good;

	if (!a) {
		snprintf(error, error_bytes, "not enough memory");
		return false;
	}
	if (!a->failed && bytes < ARCHIVE_LEAST_BYTES)
		archive_fail(a, "the file ends early or cannot be read");
	good = !a->failed && archive_check_sum(a, bytes - ARCHIVE_BEGIN_BYTES);
	if (!good)
		snprintf(error, error_bytes, "%s", a->error);
	port_free(a, sizeof *a);
	return good;
}

bool archive_loading(const struct archive *a)
{
	return a->loading;
}

bool archive_failed(const struct archive *a)
{
	return a->failed;
}

void archive_fail(struct archive *a, const char *reason)
{
	if (a->failed)
		return;
	a->failed = true;
	snprintf(a->error, sizeof a->error, "saved state%s%s: %s", *a->section ? ", " : "",
		 a->section, reason);
}

void archive_require(struct archive *a, bool holds)
{
	if (a->loading && !holds)
		archive_fail(a, "a value is out of its range");
}

/* Records. */
static bool archive_name_matches(struct archive *a, const char *name, uint8_t length, char *found)
{
	if (length >= ARCHIVE_NAME_BYTES || !archive_get(a, found, length))
		return false;
	found[length] = '\0';
	for (unsigned i = 0; i < length; i++)
		if (found[i] < ' ' || found[i] > '~')
			found[i] = '?'; /* it gets into a message */
	return strcmp(found, name) == 0;
}

/* Writes a record's head, or reads it and fails unless it is the same. */
static bool archive_record(struct archive *a, uint8_t kind, const char *name, uint64_t bytes)
{
	char found[ARCHIVE_NAME_BYTES] = "", reason[2 * ARCHIVE_NAME_BYTES + 40];
	uint8_t head[2] = { kind, (uint8_t)strlen(name) };
	uint64_t found_bytes;
	bool same;

	assert(strlen(name) < ARCHIVE_NAME_BYTES);
	if (!a->loading) {
		archive_put(a, head, sizeof head);
		archive_put(a, name, head[1]);
		archive_put(a, &bytes, sizeof bytes);
		return !a->failed;
	}
	if (!archive_get(a, head, sizeof head))
		return false;
	same = head[0] == kind && archive_name_matches(a, name, head[1], found);
	if (same && archive_get(a, &found_bytes, sizeof found_bytes) && found_bytes == bytes)
		return true;
	snprintf(reason, sizeof reason, "\"%s\" was expected, there is \"%s\"%s", name, found,
		 same ? " of another size" : "");
	archive_fail(a, reason);
	return false;
}

void archive_section(struct archive *a, const char *name)
{
	if (!a->failed)
		snprintf(a->section, sizeof a->section, "%s", name);
	archive_record(a, RECORD_SECTION, name, 0);
}

void archive_bytes(struct archive *a, const char *name, void *bytes, size_t count)
{
	bool good = archive_record(a, RECORD_FIELD, name, count);

	if (!a->loading)
		archive_put(a, bytes, count);
	else if (good)
		archive_get(a, bytes, count);
	else
		memset(bytes, 0, count);
}

void archive_u8(struct archive *a, const char *name, uint8_t *value)
{
	archive_bytes(a, name, value, sizeof *value);
}

void archive_u16(struct archive *a, const char *name, uint16_t *value)
{
	archive_bytes(a, name, value, sizeof *value);
}

void archive_u32(struct archive *a, const char *name, uint32_t *value)
{
	archive_bytes(a, name, value, sizeof *value);
}

void archive_u64(struct archive *a, const char *name, uint64_t *value)
{
	archive_bytes(a, name, value, sizeof *value);
}

void archive_bool(struct archive *a, const char *name, bool *value)
{
	uint8_t byte = a->loading ? 0 : *value;

	archive_u8(a, name, &byte);
	archive_require(a, byte <= 1);
	*value = byte == 1;
}

/* Memory. */
static bool archive_page_is_zero(const uint8_t *page, uint64_t bytes)
{
	/* Equal to itself one byte on, and the first byte is 0. */
	return bytes == 0 || (page[0] == 0 && memcmp(page, page + 1, bytes - 1) == 0);
}

/* Bytes of the page at an offset: whole but for the last. */
static uint64_t archive_page_bytes(uint64_t at, uint64_t bytes)
{
	return bytes - at < PAGE_BYTES ? bytes - at : PAGE_BYTES;
}

/* Where pages that are zero, or that aren't, end. */
static uint64_t archive_run_end(const uint8_t *memory, uint64_t at, uint64_t bytes, bool zero)
{
	while (at < bytes) {
		uint64_t size = archive_page_bytes(at, bytes);

		if (archive_page_is_zero(memory + at, size) != zero)
			break;
		at += size;
	}
	return at;
}

static void archive_save_memory(struct archive *a, hva memory, uint64_t bytes)
{
	uint64_t at = 0, none = ARCHIVE_NO_RUN;

	while (!a->failed && (at = archive_run_end(memory, at, bytes, true)) < bytes) {
		uint64_t end = archive_run_end(memory, at, bytes, false), size = end - at;

		archive_put(a, &at, sizeof at);
		archive_put(a, &size, sizeof size);
		archive_put(a, memory + at, size);
		at = end;
	}
	archive_put(a, &none, sizeof none);
}

/* Clears without touching pages that have never been used. */
static void archive_clear(hva memory, uint64_t from, uint64_t to)
{
	while (from < to) {
		uint64_t size = archive_page_bytes(from, to);

		if (!archive_page_is_zero(memory + from, size))
			memset(memory + from, 0, size);
		from += size;
	}
}

static void archive_load_memory(struct archive *a, hva memory, uint64_t bytes)
{
	uint64_t done = 0, at, size;

	while (archive_get(a, &at, sizeof at) && at != ARCHIVE_NO_RUN) {
		if (!archive_get(a, &size, sizeof size))
			break;
		if (at < done || at > bytes || size > bytes - at || size == 0) {
			archive_fail(a, "a piece of memory lies outside of it");
			break;
		}
		archive_clear(memory, done, at);
		archive_get(a, memory + at, size);
		done = at + size;
	}
	archive_clear(memory, done, bytes);
}

void archive_memory(struct archive *a, const char *name, hva memory, uint64_t bytes)
{
	bool good = archive_record(a, RECORD_MEMORY, name, bytes);

	if (!a->loading)
		archive_save_memory(a, memory, bytes);
	else if (good)
		archive_load_memory(a, memory, bytes);
	else
		archive_clear(memory, 0, bytes);
}
