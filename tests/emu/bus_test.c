/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * emu/core/bus.c: regions over regions against a plain array, widths and byte orders
 * of chips, DMA, moving, and saving.
 */
#include "stream.h"
#include "tap.h"

#include <emu/archive.h>
#include <emu/bus.h>
#include <emu/port.h>
#include <stdlib.h>
#include <time.h>

/* A chip of 64 bytes.  `big`: most significant byte at the lowest address. */
struct bytes_chip {
	uint8_t byte[64];
	bool big;
	unsigned min, max, accesses, bad, resets, destroyed;
};

static void chip_note(struct bytes_chip *c, gpa offset, unsigned size)
{
	c->accesses++;
	c->bad += offset % size != 0 || offset + size > 64 || size < c->min || size > c->max;
}

static uint64_t bytes_read(void *chip, gpa offset, unsigned size)
{
	struct bytes_chip *c = chip;
	uint64_t v = 0;

	chip_note(c, offset, size);
	for (unsigned i = 0; i < size; i++)
		v |= (uint64_t)c->byte[(offset + i) % 64] << 8 * (c->big ? size - 1 - i : i);
	return v;
}

static void bytes_write(void *chip, gpa offset, unsigned size, uint64_t v)
{
	struct bytes_chip *c = chip;

	chip_note(c, offset, size);
	for (unsigned i = 0; i < size; i++)
		c->byte[(offset + i) % 64] = (uint8_t)(v >> 8 * (c->big ? size - 1 - i : i));
}

static void bytes_reset(void *chip)
{
	((struct bytes_chip *)chip)->resets++;
}

static void bytes_state(void *chip, struct archive *a)
{
	archive_bytes(a, "byte", ((struct bytes_chip *)chip)->byte, 64);
}

static void bytes_destroy(void *chip)
{
	((struct bytes_chip *)chip)->destroyed++;
}

static struct chip_ops bytes_ops(unsigned min, unsigned max, bool big)
{
	return (struct chip_ops){ .name = "bytes",
				  .read = bytes_read,
				  .write = bytes_write,
				  .reset = bytes_reset,
				  .state = bytes_state,
				  .destroy = bytes_destroy,
				  .min_bytes = (uint8_t)min,
				  .max_bytes = (uint8_t)max,
				  .big_endian = big };
}

/* Any size at any address gives the bytes that are there, in the order asked for. */
static void test_widths(unsigned min, unsigned max, bool chip_big)
{
	struct chip_ops ops = bytes_ops(min, max, chip_big);
	struct bytes_chip c = { .big = chip_big, .min = min, .max = max };
	struct bus *bus = bus_create();
	bool right = true, found, one = true;

	bus_add_chip(bus, 0x1000, 64, &ops, &c);
	for (unsigned i = 0; i < 64; i++)
		c.byte[i] = (uint8_t)(i * 37 + 1);
	for (unsigned at = 0; at < 56; at++)
		for (unsigned size = 1; size <= 8; size++)
			for (unsigned big = 0; big < 2; big++) {
				uint64_t expected = 0, got;

				for (unsigned i = 0; i < size; i++)
					expected |= (uint64_t)c.byte[at + i]
						    << 8 * (big ? size - 1 - i : i);
				c.accesses = 0;
				got = bus_io_read(bus, 0x1000 + at, size, big, &found);
				right = right && got == expected && found;
				if ((size & (size - 1)) == 0 && at % size == 0 && size <= max)
					one = one && c.accesses == 1;
			}
	ok(right && !c.bad, "reads of a chip of %u to %u bytes, %s-endian", min, max,
	   chip_big ? "big" : "little");
	ok(one, "in one access where that is possible");
	right = true;
	for (unsigned at = 0; at < 56; at += min)
		for (unsigned size = min; size <= 8; size += min)
			for (unsigned big = 0; big < 2; big++) {
				uint8_t before[64];

				memcpy(before, c.byte, 64);
				for (unsigned i = 0; i < size; i++)
					before[at + i] = (uint8_t)(big ? size - 1 - i : i) + 0x80;
				bus_io_write(bus, 0x1000 + at, size, 0x8786858483828180, big,
					     &found);
				right = right && memcmp(before, c.byte, 64) == 0 && found;
			}
	ok(right && !c.bad, "writes");
	bus_destroy(bus);
	is(c.destroyed, 1, "destroyed once");
}

/* Random regions against an array of what is in each quarter of a page. */
#define SPACE_BYTES 0x40000u
#define UNIT 0x400u

static unsigned random_unit(unsigned below)
{
	return (unsigned)rand() % below;
}

static void test_regions(unsigned seed)
{
	static int model[SPACE_BYTES / UNIT]; /* which mapping */
	static struct bytes_chip c[40];
	struct chip_ops ops = bytes_ops(1, 4, false);
	struct bus *bus = bus_create();
	gpa base[40] = { 0 };
	hva memory[40] = { 0 };
	bool right = true;

	diag("seed %u", seed);
	srand(seed);
	memset(model, -1, sizeof model);
	for (int n = 0; n < 40; n++) {
		bool chip = rand() % 2;
		unsigned step = chip ? 1 : PAGE_BYTES / UNIT;
		unsigned first = random_unit(SPACE_BYTES / UNIT - 64) / step * step;
		unsigned units = (1 + random_unit(chip ? 8 : 15)) * step;

		base[n] = first * UNIT;
		if (chip)
			right = right && bus_add_chip(bus, base[n], units * UNIT, &ops, &c[n]);
		else
			memory[n] = bus_add_ram(bus, base[n], units * UNIT, NULL);
		for (unsigned i = first; i < first + units; i++)
			model[i] = n;
		for (unsigned i = 0; i < SPACE_BYTES / UNIT; i++) {
			gpa address = i * UNIT + random_unit(UNIT);
			const struct region *r = bus_find(bus, address);
			gpa offset = address - r->base;

			if (model[i] < 0)
				right = right && r->kind == REGION_NONE;
			else if (memory[model[i]])
				right = right && r->kind == REGION_RAM &&
					r->memory + offset ==
						memory[model[i]] + (address - base[model[i]]) &&
					r->original + offset == address;
			else
				right = right && r->kind == REGION_CHIP &&
					r->chip == &c[model[i]] &&
					offset + r->offset == address - base[model[i]];
		}
	}
	ok(right, "later regions hide earlier ones, and nothing else");
	bus_reset(bus);
	right = true;
	for (int n = 0; n < 40; n++)
		right = right && c[n].resets == !memory[n];
	ok(right, "each chip was reset once");
	bus_destroy(bus);
}

static gpa written;
static uint64_t written_bytes;
static unsigned moves;

static void hear_written(void *context, gpa address, uint64_t count)
{
	(void)context;
	written = address;
	written_bytes = count;
}

static void hear_moved(void *context)
{
	(void)context;
	moves++;
}

static void test_memory(void)
{
	struct chip_ops ops = bytes_ops(1, 4, false);
	struct bytes_chip c = { .min = 1, .max = 4 };
	struct bus *bus = bus_create();
	uint8_t bytes[0x3000];
	bool found;
	hva ram, rom;

	bus_listen(bus, hear_written, hear_moved, NULL);
	is(bus_find(bus, 0)->kind, REGION_NONE, "an empty bus");
	ram = bus_add_ram(bus, 0x10000, 0x4000, NULL);
	rom = bus_add_rom(bus, 0x14000, 0x1000, NULL);
	ok(ram && rom && !bus_add_ram(bus, 0x10, 0x1000, NULL) && !bus_add_ram(bus, 0, 100, NULL) &&
		   !bus_add_ram(bus, ~0xfffull, 0x1000, NULL),
	   "memory is whole pages");
	ok(bus_add_alias(bus, 0x20000, 0x2000, 0x12000), "an alias");
	ok(!bus_add_alias(bus, 0x30000, 0x4000, 0x12000), "not beyond the original");
	ok(bus_load(bus, 0x13fff, "ab", 2) && ram[0x3fff] == 'a' && rom[0] == 'b', "ROM is loaded");
	ok(!bus_write(bus, 0x13fff, "xy", 2) && ram[0x3fff] == 'x' && rom[0] == 'b',
	   "but not written: the valid part is");
	ok(bus_read(bus, 0x21fff, bytes, 1) && bytes[0] == 'x', "the alias is the same memory");
	ok(!bus_read(bus, 0x21fff, bytes, 2), "and ends");
	is(written_bytes, 0, "no code was written");
	((struct region *)(uintptr_t)bus_find(bus, 0x12000))->code[2] = 4;
	ok(bus_write(bus, 0x21000, bytes, 4) && written_bytes == 0, "nor beside it");
	ok(bus_write(bus, 0x20ffe, bytes, 4) && written == 0x12ffe && written_bytes == 4,
	   "code written by an alias: where the original is");
	bus_io_write(bus, 0x10010, 4, 0x11223344, true, &found);
	ok(found && ram[0x10] == 0x11 && bus_io_read(bus, 0x10010, 4, false, &found) == 0x44332211,
	   "memory by the way for chips");
	bus_io_read(bus, 0x9000, 4, false, &found);
	ok(!found, "nothing there");
	ok(bus_view(bus, 0x10000, 0x4000) == ram && !bus_view(bus, 0x10000, 0x4001) &&
		   !bus_view(bus, 0x14000, 1),
	   "a view of RAM");
	ok(bus_add_chip(bus, 0x11000, 0x1000, &ops, &c) && bus_find(bus, 0x11800)->chip == &c,
	   "a chip over RAM");
	ok(!bus_view(bus, 0x10000, 0x2000) && bus_view(bus, 0x12000, 0x2000) == ram + 0x2000,
	   "cuts it");
	bus_move_chip(bus, &c, 0x40000, 0x100);
	ok(moves == 1 && bus_find(bus, 0x11800)->kind == REGION_RAM &&
		   bus_find(bus, 0x400ff)->chip == &c &&
		   bus_find(bus, 0x40100)->kind == REGION_NONE,
	   "it moves away");
	bus_move_chip(bus, &c, 0, 0);
	ok(moves == 2 && bus_find(bus, 0x40000)->kind == REGION_NONE, "it vanishes");
	ok(bus_attach(bus, "c", &ops, &c), "attached once more");
	bus_reset(bus);
	is(c.resets, 1, "but reset once");
	bus_destroy(bus);
	is(c.destroyed, 1, "and destroyed once");
}

static void test_state(void)
{
	struct chip_ops ops = bytes_ops(1, 4, false);
	struct bytes_chip c = { .byte = { 1, 2, 3 } };
	struct bus *bus = bus_create();
	hva ram = bus_add_ram(bus, 0, 0x4000, NULL);
	struct archive *a;

	bus_add_chip(bus, 0x8000, 64, &ops, &c);
	bus_listen(bus, hear_written, hear_moved, NULL);
	ram[0x1234] = 0x56;
	a = archive_begin_save(stream_write, NULL);
	bus_state(bus, a);
	ok(archive_end(a, NULL, 0), "saved");
	memset(ram, 0xff, 0x4000);
	memset(c.byte, 0, 64);
	moves = 0;
	stream_at = 0;
	a = archive_begin_load(stream_read, NULL);
	bus_state(bus, a);
	ok(archive_end(a, NULL, 0), "loaded");
	ok(ram[0x1234] == 0x56 && ram[0] == 0 && c.byte[2] == 3, "as it was");
	is(moves, 1, "listeners heard of it");
	bus_destroy(bus);
}

static uint8_t byte_at(struct bus *bus, gpa address)
{
	bool found;

	return (uint8_t)bus_io_read(bus, address, 1, false, &found);
}

static void write_at(struct bus *bus, gpa address, uint8_t value)
{
	bool found;

	bus_io_write(bus, address, 1, value, false, &found);
}

static void test_views(void)
{
	struct bus *bus = bus_create();
	hva ram = bus_add_ram(bus, 0, 0x10000, NULL), rom = bus_add_rom(bus, 0xf0000, 0x4000, NULL);
	int view = bus_add_view(bus, 0x4000, 0x2000);

	bus_listen(bus, hear_written, hear_moved, NULL);
	moves = 0;
	ram[0x5000] = 1;
	rom[0x3000] = 2;
	ok(view >= 0 && byte_at(bus, 0x5000) == 1, "a view shows what is below at first");
	bus_set_view(bus, view, VIEW_READ_ONLY, 0xf2000);
	write_at(bus, 0x5000, 7);
	ok(byte_at(bus, 0x5000) == 2 && ram[0x5000] == 1 && rom[0x3000] == 2,
	   "then ROM, and writes vanish");
	ok(bus_find(bus, 0x5000)->original == 0xf2000, "its code is the ROM's");
	bus_set_view(bus, view, VIEW_SHADOW, 0xf2000);
	write_at(bus, 0x5000, 7);
	ok(byte_at(bus, 0x5000) == 2 && ram[0x5000] == 7, "then writes go to the RAM");
	bus_set_view(bus, view, VIEW_READ_ONLY, 0x4000);
	write_at(bus, 0x5000, 8);
	ok(byte_at(bus, 0x5000) == 7 && ram[0x5000] == 7, "then the RAM is read only");
	is(moves, 3, "listeners heard of each");
	bus_set_view(bus, view, VIEW_READ_ONLY, 0x4000);
	is(moves, 3, "but not of nothing");
	bus_set_view(bus, view, VIEW_BELOW, 0);
	write_at(bus, 0x5000, 9);
	ok(byte_at(bus, 0x5000) == 9 && bus_find(bus, 0x5000)->kind == REGION_RAM, "and the RAM");
	bus_destroy(bus);
}

static void test_moving_ram(void)
{
	static uint8_t frame[0x4000] __attribute__((aligned(4096)));
	struct bus *bus = bus_create();

	bus_add_ram(bus, 0x100000, sizeof frame, frame);
	bus_move_memory(bus, frame, 0xe0000000, sizeof frame);
	frame[5] = 5;
	ok(byte_at(bus, 0xe0000005) == 5 && bus_find(bus, 0x100005)->kind == REGION_NONE,
	   "a frame buffer moves");
	bus_move_memory(bus, frame, 0, 0);
	ok(bus_find(bus, 0xe0000005)->kind == REGION_NONE, "it vanishes");
	bus_move_memory(bus, frame, 0x200000, sizeof frame);
	ok(byte_at(bus, 0x200005) == 5, "and is there again");
	bus_move_memory(bus, frame, 0x200800, sizeof frame);
	ok(bus_find(bus, 0x200805)->kind == REGION_NONE, "but not in the middle of a page");
	bus_destroy(bus);
}

int main(int count, char **argument)
{
	for (unsigned min = 1; min <= 4; min *= 2)
		for (unsigned max = min; max <= 8; max *= 2)
			for (unsigned big = 0; big < 2; big++)
				test_widths(min, max, big);
	test_regions(count > 1 ? (unsigned)strtoul(argument[1], NULL, 0) : (unsigned)time(NULL));
	test_memory();
	test_state();
	test_views();
	test_moving_ram();
	return done();
}
