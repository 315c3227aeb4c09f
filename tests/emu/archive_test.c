/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * emu/core/archive.c: what is saved comes back; what isn't exactly that is refused,
 * whatever was done to it.
 */
#include "tap.h"

#include <emu/archive.h>
#include <stdlib.h>
#include <time.h>

#define MEMORY_BYTES (64 * PAGE_BYTES + 100)

static struct {
	uint8_t a;
	uint16_t b;
	uint32_t c;
	uint64_t d;
	bool yes, no;
	uint8_t bytes[13];
	uint8_t memory[MEMORY_BYTES];
} saved, loaded;

static uint8_t stream[MEMORY_BYTES + 4096];
static size_t stream_bytes, stream_at, stream_limit;

static bool stream_write(void *context, void *bytes, size_t count)
{
	(void)context;
	if (stream_limit - stream_bytes < count)
		return false;
	memcpy(stream + stream_bytes, bytes, count);
	stream_bytes += count;
	return true;
}

static bool stream_read(void *context, void *bytes, size_t count)
{
	(void)context;
	if (stream_bytes - stream_at < count)
		return false;
	memcpy(bytes, stream + stream_at, count);
	stream_at += count;
	return true;
}

/* What may be different when loading. */
static const char *section = "chip@1000", *field = "b";
static size_t field_bytes = sizeof saved.bytes;
static uint64_t memory_bytes = MEMORY_BYTES;

static void visit(struct archive *a, void *of)
{
	__typeof__(&saved) s = of;

	archive_section(a, "machine");
	archive_u8(a, "a", &s->a);
	archive_section(a, section);
	archive_u16(a, field, &s->b);
	archive_u32(a, "c", &s->c);
	archive_require(a, s->c == 0xc0ffee);
	archive_u64(a, "d", &s->d);
	archive_bool(a, "yes", &s->yes);
	archive_bool(a, "no", &s->no);
	archive_bytes(a, "bytes", s->bytes, field_bytes);
	archive_memory(a, "memory", s->memory, memory_bytes);
}

static bool load(char *error, size_t room)
{
	struct archive *a;

	stream_at = 0;
	a = archive_begin_load(stream_read, NULL);
	visit(a, &loaded);
	return archive_end(a, error, room);
}

static bool check(uint64_t bytes, char *error, size_t room)
{
	stream_at = 0;
	return archive_check(stream_read, NULL, bytes, error, room);
}

static bool save(char *error, size_t room)
{
	struct archive *a;

	stream_bytes = 0;
	a = archive_begin_save(stream_write, NULL);
	visit(a, &saved);
	return archive_end(a, error, room);
}

static void fill(void)
{
	saved.a = 1;
	saved.b = 0x2345;
	saved.c = 0xc0ffee;
	saved.d = 0x123456789abcdef0;
	saved.yes = true;
	memcpy(saved.bytes, "thirteen byte", 13);
	memset(saved.memory + 3 * PAGE_BYTES, 7, 2 * PAGE_BYTES);
	saved.memory[20 * PAGE_BYTES + 4095] = 1;
	saved.memory[MEMORY_BYTES - 1] = 9;
}

static void test_round_trip(void)
{
	char error[200] = "x";

	stream_limit = sizeof stream;
	ok(save(error, sizeof error) && !*error, "saved");
	ok(stream_bytes < 5 * PAGE_BYTES, "pages of zeros are left out");
	memset(&loaded, 0xaa, sizeof loaded);
	ok(load(error, sizeof error), "loaded");
	ok(saved.a == loaded.a && saved.b == loaded.b && saved.c == loaded.c &&
		   saved.d == loaded.d && loaded.yes && !loaded.no,
	   "fields are the same");
	ok(memcmp(saved.bytes, loaded.bytes, 13) == 0, "bytes too");
	ok(memcmp(saved.memory, loaded.memory, MEMORY_BYTES) == 0, "memory too");
}

static uint32_t plain_crc(const uint8_t *bytes, size_t count)
{
	uint32_t crc = ~0u;

	while (count-- > 0) {
		crc ^= *bytes++;
		for (unsigned i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	}
	return ~crc;
}

static void test_checksum(void)
{
	uint32_t crc;

	is(plain_crc((const uint8_t *)"123456789", 9), 0xe3069283, "CRC-32C's check value");
	memcpy(&crc, stream + stream_bytes - 4, 4);
	is(crc, plain_crc(stream, stream_bytes - 4), "the file ends with its CRC");
}

static void refused(const char *word, const char *what)
{
	char error[200] = "";

	ok(!load(error, sizeof error) && strstr(error, word), "%s", what);
	diag("%s", error);
}

static void test_refusals(void)
{
	section = "chip@2000";
	refused("chip@2000", "another section");
	section = "chip@1000";
	field = "other";
	refused("\"other\"", "another field");
	ok(loaded.c == 0 && loaded.d == 0 && !loaded.yes && loaded.bytes[0] == 0 &&
		   loaded.memory[3 * PAGE_BYTES] == 0,
	   "after a failure there are zeros");
	field = "b";
	field_bytes = 12;
	refused("another size", "another size");
	field_bytes = 13;
	memory_bytes -= 100;
	refused("memory", "less memory");
	memory_bytes += 100;
	saved.c = 5;
	save(NULL, 0);
	refused("range", "a value that mustn't be");
	saved.c = 0xc0ffee;
	save(NULL, 0);
	stream_bytes -= 1;
	refused("ends early", "a file that is too short");
	stream_limit = stream_bytes / 2;
	ok(!save(NULL, 0), "no room to save");
	stream_limit = sizeof stream;
}

static void test_damage(unsigned seed)
{
	static uint8_t whole[sizeof stream];
	size_t bytes;
	unsigned accepted = 0;
	char error[200];

	diag("seed %u", seed);
	srand(seed);
	save(NULL, 0);
	bytes = stream_bytes;
	memcpy(whole, stream, bytes);
	for (unsigned n = 0; n < 3000; n++) {
		unsigned flips = 1 + (unsigned)rand() % 3;

		/* The head and small fields more often than memory's bytes. */
		for (unsigned i = 0; i < flips; i++)
			stream[(unsigned)rand() % (rand() % 2 ? 200 : bytes)] ^=
				(uint8_t)(1u << rand() % 8);
		if (memcmp(stream, whole, bytes) != 0)
			accepted += load(NULL, 0) + check(bytes, error, sizeof error);
		memcpy(stream, whole, bytes);
	}
	is(accepted, 0, "damaged files are refused");
	for (unsigned n = 0; n < 200; n++) {
		for (unsigned i = 14; i < bytes; i++)
			stream[i] = (uint8_t)rand();
		accepted += load(NULL, 0);
	}
	is(accepted, 0, "and noise");
	memcpy(stream, whole, bytes);
	for (uint64_t short_of = 1; short_of <= bytes; short_of += short_of < 30 ? 1 : 977)
		accepted += check(bytes - short_of, error, sizeof error);
	is(accepted, 0, "and the beginning of a file, by a check");
	ok(check(bytes, error, sizeof error), "the whole file passes a check");
	ok(!check(bytes + 1, error, sizeof error) && strstr(error, "ends early"),
	   "but not as a longer one");
	ok(load(NULL, 0), "the whole file is taken");
}

int main(int count, char **argument)
{
	fill();
	stream_limit = sizeof stream;
	test_round_trip();
	test_checksum();
	test_refusals();
	test_damage(count > 1 ? (unsigned)strtoul(argument[1], NULL, 0) : (unsigned)time(NULL));
	return done();
}
