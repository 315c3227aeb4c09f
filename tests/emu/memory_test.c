/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * emu/core/memory*.c with a guest whose page tables have two levels, like ARM's short
 * descriptors: a root of 4,096 words for 1 MiB (or 16 MiB) each, tables of 256 pages.
 *
 *	root word: bit 0 section, bit 1 table, bit 2 supersection
 *	page and section word: bit 4 read, 5 write, 6 fetch by space 0; 8, 9, 10 by others
 *
 * At the end a random test changes tables, roots, code and data and compares what the
 * memory system does with what a walk by the test itself says.
 */
#include "tap.h"

#include <emu/port.h>
#include <setjmp.h>
#include <stdlib.h>
#include <time.h>

#include "core/code.h"
#include "core/debug.h"
#include "core/memory_core.h"
#include "guest/guest.h"

#define RAM 0x40000000ull
#define RAM_BYTES 0x800000u
#define ALIAS 0x50000000ull
#define ROM 0x60000000ull
#define CHIP 0x70000000ull
#define HOLE 0x80000000ull

#define ROOT_A (RAM + 0x10000)
#define ROOT_B (RAM + 0x20000)
#define TABLE_A (RAM + 0x30000)
#define TABLE_B (RAM + 0x31000)
#define DATA (RAM + 0x100000)

#define SECTION 1u
#define TABLE 2u
#define SUPER 4u
#define R 0x110u
#define W 0x220u
#define X 0x440u
#define RWX (R | W | X)

#define WORD(space_) ((struct ir_mem){ .size = 2, .space = (space_) })

static struct cpu cpu;
static struct bus *bus;
static struct mem *mem;
static hva ram, rom;
static bool translation, plain_pages;
static gpa root_base;
static unsigned walks;

/* What the memory system called. */
static struct {
	gva address, unmapped;
	unsigned space, walks, invalidations, unmaps, unmap_alls, hits;
	enum mem_access access, hit_access;
	const struct mem_walk *walk;
	uint32_t fault;
	gpa invalidated;
	uint64_t invalidated_bytes;
} seen;
static jmp_buf escape;

void code_store(struct code *c, gpa address, uint64_t count)
{
	code_invalidate(c, address, count);
}

void code_invalidate(struct code *c, gpa address, uint64_t count)
{
	(void)c;
	seen.invalidations++;
	seen.invalidated = address;
	seen.invalidated_bytes = count;
	mem_unprotect_code(mem, address & ~(gpa)PAGE_MASK,
			   mem_parts_of_page((unsigned)address & PAGE_MASK, (unsigned)count));
}

void code_unmap(struct code *c, gva page)
{
	(void)c;
	seen.unmaps++;
	seen.unmapped = page;
}

void code_unmap_all(struct code *c)
{
	(void)c;
	seen.unmap_alls++;
}

void debug_watch_hit(struct cpu *of, gva address, enum mem_access access)
{
	(void)of;
	(void)address;
	seen.hits++;
	seen.hit_access = access;
}

/* The guest. */
static uint32_t word_at(gpa address)
{
	uint32_t v = 0;

	bus_read(bus, address, &v, 4);
	return v;
}

static void set_word(gpa address, uint32_t v)
{
	bus_load(bus, address, &v, 4);
}

static void walk_note(struct mem_walk *walk, gpa address, uint32_t value, unsigned root)
{
	walk->pte[walk->pte_count++] = (struct mem_pte){
		.address = address, .value = value, .bytes = 4, .root = (uint8_t)root
	};
}

static bool fake_walk(struct cpu *of, gva address, unsigned space, enum mem_access access,
		      bool quiet, struct mem_walk *walk)
{
	uint32_t word = RWX, at = address >> 20 << 2;

	(void)of;
	walks += !quiet;
	*walk = (struct mem_walk){ .page = address & ~PAGE_MASK, .span_log2 = 12 };
	if (translation) {
		word = word_at(root_base + at);
		walk_note(walk, at, word, 1);
		if (word & SECTION) {
			unsigned log2 = word & SUPER ? 24 : 20;

			walk->span_log2 = (uint8_t)log2;
			walk->page = (word >> log2 << log2 | (address & ((1u << log2) - 1))) &
				     ~PAGE_MASK;
		} else if (word & TABLE) {
			gpa leaf = (word & ~1023u) + (address >> 12 & 255) * 4;

			word = word_at(leaf);
			walk_note(walk, leaf, word, 0);
			walk->page = word & ~PAGE_MASK;
		} else {
			word = 0;
		}
	}
	walk->rights = word >> (space ? 8 : 4) & 7;
	walk->not_plain = !plain_pages;
	walk->fault = 7;
	return walk->rights & access;
}

static void fake_abort(struct cpu *of, gva address, unsigned space, enum mem_access access,
		       const struct mem_walk *walk)
{
	(void)of;
	seen.address = address;
	seen.space = space;
	seen.access = access;
	seen.walk = walk;
	seen.fault = walk ? walk->fault : 0;
	longjmp(escape, 1);
}

static gpa fake_root(const struct cpu *of, unsigned n)
{
	(void)of;
	return n == 1 ? root_base : 0;
}

static uint32_t fake_modes(const struct cpu *of)
{
	(void)of;
	return 0;
}

static unsigned fake_fetch_space(uint32_t modes)
{
	(void)modes;
	return 0;
}

static const struct guest fake_guest = { .name = "fake",
					 .walk = fake_walk,
					 .abort = fake_abort,
					 .root = fake_root,
					 .modes = fake_modes,
					 .fetch_space = fake_fetch_space };

/* A chip of 16 words that notes how it was accessed. */
static uint32_t chip_word[16];
static unsigned chip_accesses;

static uint64_t fake_read(void *chip, gpa offset, unsigned size)
{
	(void)chip;
	chip_accesses++;
	return chip_word[offset / 4 % 16] >> offset % 4 * 8 &
	       (size == 4 ? ~0u : (1u << 8 * size) - 1);
}

static void fake_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	(void)chip;
	chip_accesses++;
	memcpy((uint8_t *)&chip_word[offset / 4 % 16] + offset % 4, &value, size);
}

static const struct chip_ops fake_chip = { .name = "fake", .read = fake_read, .write = fake_write };

/* Accesses that may fault: 1 << 32 if so. */
#define FAULTED (1ull << 32)

static uint64_t load(gva address, struct ir_mem how)
{
	memset(&seen, 0, sizeof seen);
	if (setjmp(escape))
		return FAULTED;
	return mem_load(&cpu, address, how);
}

static bool store(gva address, struct ir_mem how, uint64_t value)
{
	memset(&seen, 0, sizeof seen);
	if (setjmp(escape))
		return false;
	mem_store(&cpu, address, how, value);
	return true;
}

static const uint8_t *fetch(gva address, unsigned space, gpa *physical)
{
	memset(&seen, 0, sizeof seen);
	*physical = 1;
	if (setjmp(escape))
		return NULL;
	return mem_fetch(&cpu, address, space, physical);
}

static void map_page(gpa table, gva address, uint32_t word)
{
	set_word(table + (address >> 12 & 255) * 4, word);
}

/* Root A: 0x00100000 by TABLE_A, 0x00200000 section of DATA's MiB, 0x00300000 ROM,
 * 0x00400000 chip, 0x00500000 hole, 0x01000000 supersection of RAM's first 8 MiB. */
static void make_tables(gpa root)
{
	for (unsigned i = 0; i < 4096; i++)
		set_word(root + i * 4, 0);
	set_word(root + 1 * 4, (uint32_t)TABLE_A | TABLE);
	set_word(root + 2 * 4, (uint32_t)DATA | SECTION | RWX);
	set_word(root + 3 * 4, (uint32_t)ROM | SECTION | RWX);
	set_word(root + 4 * 4, (uint32_t)CHIP | SECTION | R | W);
	set_word(root + 5 * 4, (uint32_t)HOLE | SECTION | RWX);
	for (unsigned i = 16; i < 32; i++)
		set_word(root + i * 4, (uint32_t)RAM | SECTION | SUPER | RWX);
}

static void set_up(void)
{
	cpu.guest = &fake_guest;
	bus = bus_create();
	ram = bus_add_ram(bus, RAM, RAM_BYTES, NULL);
	rom = bus_add_rom(bus, ROM, 0x100000, NULL);
	bus_add_alias(bus, ALIAS, RAM_BYTES, RAM);
	bus_add_chip(bus, CHIP, 64, &fake_chip, chip_word);
	cpu.bus = bus;
	cpu.mem = mem = mem_create(&cpu, bus);
	cpu.code = (struct code *)ram; /* never looked into */
	root_base = ROOT_A;
	translation = plain_pages = true;
	make_tables(ROOT_A);
	make_tables(ROOT_B);
	set_word(ROOT_B + 1 * 4, (uint32_t)TABLE_B | TABLE);
	for (unsigned i = 0; i < 256; i++) {
		set_word(DATA + i * 4096, 0x1000 + i);
		set_word(TABLE_A + i * 4, (uint32_t)DATA + i * 4096 + RWX);
		set_word(TABLE_B + i * 4, (uint32_t)DATA + (255 - i) * 4096 + RWX);
	}
}

static void test_plain(void)
{
	struct ir_mem byte = { .size = 0, .sign = 1 }, half = { .size = 1, .sign = 1 };
	struct ir_mem big = { .size = 2, .big = 1 }, big_half = { .size = 1, .big = 1, .sign = 1 };
	struct ir_mem wide = { .size = 3 };
	uint64_t v[2] = { 0x1122334455667788, 0x99aabbccddeeff00 }, w[2];

	is(load(0x100000, WORD(0)), 0x1000, "a load through tables");
	ok(mem_read_table(mem, 0)[0x100] == ((uint64_t)(ram + 0x100000) - 0x100000 + 1),
	   "it is in the read table");
	ok(mem_write_table(mem, 0)[0x100] == mem_read_table(mem, 0)[0x100],
	   "and in that for writes");
	is(mem_read_table(mem, 1)[0x100], 0, "another space knows nothing");
	walks = 0;
	is(load(0x100000, WORD(0)), 0x1000, "again");
	is(walks, 0, "without a walk");
	ok(store(0x101004, wide, 0x8182838485868788), "a store");
	is(load(0x101004, byte), ~0ull << 8 | 0x88, "signed byte");
	is(load(0x101004, half), ~0ull << 16 | 0x8788, "signed half-word");
	is(load(0x101004, big), 0x88878685, "big-endian word");
	is(load(0x101004, big_half), ~0ull << 16 | 0x8887, "signed big-endian half-word");
	ok(store(0x101006, big, 0xa1a2a3a4), "big-endian store");
	is(load(0x101004, wide), 0x8182a4a3a2a18788, "came out right");
	mem_store_vector(&cpu, 0x102ff8, (struct ir_mem){ .size = 4 }, v);
	mem_load_vector(&cpu, 0x102ff8, (struct ir_mem){ .size = 4 }, w);
	ok(memcmp(v, w, 16) == 0, "a vector across pages");
	mem_load_vector(&cpu, 0x102ff8, (struct ir_mem){ .size = 4, .big = 1 }, w);
	ok(w[0] == 0x00ffeeddccbbaa99 && w[1] == 0x8877665544332211, "and swapped");
	translation = false;
	mem_drop(mem);
	is(load((gva)DATA + 0x5000, WORD(0)), 0x1005, "without translation");
	mem_flush(mem);
	ok(mem_read_table(mem, 0)[(DATA + 0x5000) >> 12], "which no flush takes away");
	translation = true;
	mem_drop(mem);
	is(mem_read_table(mem, 0)[(DATA + 0x5000) >> 12], 0, "but mem_drop");
}

static void test_faults(void)
{
	map_page(TABLE_A, 0x110000, (uint32_t)DATA | R);
	map_page(TABLE_A, 0x111000, 0);
	mem_flush_address(mem, 0x110000);
	mem_flush_address(mem, 0x111000);
	is(load(0x110000, WORD(0)), 0x1000, "a read-only page is read");
	ok(!store(0x110000, WORD(0), 1) && seen.access == MEM_WRITE && seen.fault == 7,
	   "and not written");
	is(load(0x111000, (struct ir_mem){ .size = 2, .write = 1 }), FAULTED, "a load to write");
	is(seen.access, MEM_WRITE, "faults as for writing");
	is(load(0x110fff, WORD(0)), FAULTED, "a crossing load faults");
	is(seen.address, 0x111000, "in the second page");
	ok(!store(0x10fffe, WORD(0), 0xffffffff) && seen.address == 0x110000,
	   "a crossing store too");
	is(load(0x10fffc, WORD(0)), 0, "nothing was written to the first page");
	is(load(0x111ffe, WORD(0)), FAULTED, "faults in both pages");
	is(seen.address, 0x111ffe, "the first counts");
	is(load(0x110002, (struct ir_mem){ .size = 2, .align = 2 }), FAULTED, "misaligned");
	ok(!seen.walk && seen.access == MEM_READ, "an alignment abort has no walk");
	is(load(0x110004, (struct ir_mem){ .size = 3, .align = 2 }), 0, "aligned enough");
	is(load(0x500000, WORD(0)), FAULTED, "where nothing is");
	is(seen.fault, GUEST_BUS_ERROR, "a bus error");
	ok(!store(0x400040, WORD(0), 0) && seen.fault == GUEST_BUS_ERROR, "behind a chip as well");
	map_page(TABLE_A, 0x111000, (uint32_t)DATA | RWX);
	is(load(0x111000, WORD(0)), 0x1000, "absence isn't remembered");
	ok(store(0x300000, WORD(0), 1) && rom[0] == 0, "ROM isn't written");
	is(load(0xfffffffe, WORD(0)), FAULTED, "at the end of the address space");
}

static void test_chip(void)
{
	struct ir_mem wide = { .size = 3 }, big = { .size = 2, .big = 1 };

	chip_word[0] = 0x11223344;
	chip_word[1] = 0x55667788;
	is(load(0x400000, WORD(0)), 0x11223344, "a chip's register");
	is(chip_accesses, 1, "one access");
	walks = 0;
	is(load(0x400004, big), 0x88776655, "big-endian");
	is(walks, 0, "no walk");
	is(load(0x400000, wide), 0x5566778811223344, "64 bits in two");
	is(chip_accesses, 4, "accesses");
	is(load(0x400002, WORD(0)), 0x77881122, "misaligned");
	ok(store(0x400007, (struct ir_mem){ .size = 0 }, 0xab) && chip_word[1] == 0xab667788,
	   "a byte");
	is(mem_read_table(mem, 0)[0x400], 0, "no chip in the tables");
	plain_pages = false;
	is(load(0x200000, WORD(2)), 0x1000, "memory that isn't plain");
	plain_pages = true;
	is(mem_read_table(mem, 2)[0x200], 0, "isn't in the tables either");
	mem_drop(mem);
}

static void test_flush(void)
{
	struct machine_stats before, after;

	mem_drop(mem);
	for (unsigned i = 0; i < 8; i++)
		load(0x100000 + i * 4096, WORD(i & 1));
	load(0x200000, WORD(0));
	load(0x1000000, WORD(0));
	load(0x17bc000, WORD(1));
	mem_statistics(mem, &before);
	mem_flush(mem);
	mem_statistics(mem, &after);
	is(after.entries_dropped, before.entries_dropped, "a flush without changes drops nothing");
	is(after.entries_validated - before.entries_validated, 8, "and looks at leaves only");
	map_page(TABLE_A, 0x103000, (uint32_t)DATA + 0x9000 + RWX);
	mem_flush(mem);
	mem_statistics(mem, &before);
	is(before.entries_dropped - after.entries_dropped, 1, "one changed page is dropped");
	is(load(0x103000, WORD(1)), 0x1009, "and read anew");
	root_base = ROOT_B;
	mem_flush(mem);
	is(mem_read_table(mem, 0)[0x100], 0, "another root: other tables go");
	ok(mem_read_table(mem, 0)[0x200] && mem_read_table(mem, 1)[0x17bc], "equal sections stay");
	is(load(0x100000, WORD(0)), 0x10ff, "the other root's page");
	set_word(ROOT_B + 1 * 4, (uint32_t)TABLE_A | TABLE);
	mem_flush(mem);
	load(0x100000, WORD(0));
	root_base = ROOT_A;
	mem_flush(mem);
	ok(mem_read_table(mem, 0)[0x100], "the same table under two roots stays");
	set_word(ROOT_B + 1 * 4, (uint32_t)TABLE_B | TABLE);
	set_word(ROOT_A + 20 * 4, (uint32_t)DATA | SECTION | RWX);
	load(0x1400000, WORD(0));
	set_word(ROOT_A + 20 * 4, 0);
	mem_flush_address(mem, 0x1234000);
	is(mem_read_table(mem, 0)[0x1400], 0, "an address's flush covers its 16 MiB");
	load(0x2ff000, WORD(3));
	load(0x280000, WORD(3));
	set_word(ROOT_A + 2 * 4, (uint32_t)DATA | SECTION | R);
	mem_flush_address(mem, 0x200000);
	ok(!mem_read_table(mem, 3)[0x2ff] && !mem_read_table(mem, 3)[0x280], "or its MiB");
	set_word(ROOT_A + 2 * 4, (uint32_t)DATA | SECTION | RWX);
	load(0x104000, WORD(0));
	load(0x105000, WORD(1));
	load(0x104000, WORD(1));
	mem_drop_space(mem, 1);
	ok(mem_read_table(mem, 0)[0x104] && !mem_read_table(mem, 1)[0x105] &&
		   !mem_read_table(mem, 1)[0x104],
	   "a space is dropped");
	make_tables(ROOT_A);
	mem_drop(mem);
}

static void test_code(void)
{
	gpa physical;

	ok(fetch(0x106010, 0, &physical) == ram + 0x106010, "instructions");
	is(physical, DATA + 0x6010, "where they are");
	load(0x206000, WORD(1));
	ok(store(0x206100, WORD(1), 5) && mem_write_table(mem, 1)[0x206], "the page is written to");
	mem_protect_code(mem, DATA + 0x6010, 0x80);
	ok(!mem_write_table(mem, 1)[0x206] && !mem_write_table(mem, 0)[0x106],
	   "code takes it from the tables for writes");
	ok(mem_read_table(mem, 1)[0x206], "not from those for reads");
	ok(store(0x2060c0, WORD(1), 6) && !seen.invalidations, "data beside code");
	is(load(0x2060c0, WORD(1)), 6, "was stored");
	ok(store(0x20608c, WORD(1), 7) && seen.invalidations == 1, "code is written");
	ok(seen.invalidated == DATA + 0x608c && seen.invalidated_bytes == 4,
	   "the cache hears where");
	ok(store(0x206000, WORD(1), 7) && seen.invalidations == 1, "its other part");
	ok(store(0x206040, WORD(1), 7) && seen.invalidations == 1, "and the last");
	ok(store(0x206040, WORD(1), 7) && mem_write_table(mem, 1)[0x206], "then it is plain again");
	mem_protect_code(mem, DATA + 0x6ffc, 8);
	ok(store(0x206ffe, WORD(1), 0) && seen.invalidations == 2, "a store across two code pages");
	mem_protect_code(mem, DATA + 0x7000, 4);
	set_word(ROOT_A + 6 * 4, (uint32_t)ALIAS + 0x100000 + (SECTION | RWX));
	ok(store(0x607000, WORD(0), 9) && seen.invalidated == DATA + 0x7000,
	   "a store by an alias of RAM: the original's address");
	ok(fetch(0x608000, 0, &physical) && physical == DATA + 0x8000, "likewise a fetch");
	map_page(TABLE_A, 0x106000, 0);
	memset(&seen, 0, sizeof seen);
	mem_flush_address(mem, 0x106000);
	ok(seen.unmaps == 1 && seen.unmapped == 0x106000, "an unmapped code page");
	ok(!fetch(0x106000, 0, &physical) && seen.access == MEM_FETCH, "can't be fetched");
	ok(!fetch(0x500000, 0, &physical) && !seen.access,
	   "where no memory is there are no instructions");
	map_page(TABLE_A, 0x106000, (uint32_t)DATA + 0x6000 + R + X);
	fetch(0x106000, 0, &physical);
	map_page(TABLE_A, 0x106000, (uint32_t)DATA + 0x6000 + RWX);
	ok(store(0x106000, WORD(0), 1) && seen.unmaps == 0,
	   "a page that becomes writable stays code");
	map_page(TABLE_A, 0x106000, (uint32_t)DATA + 0x6000 + R + W);
	memset(&seen, 0, sizeof seen);
	mem_flush(mem);
	is(seen.unmaps, 1, "until it can't be executed");
	mem_drop(mem);
	is(seen.unmap_alls, 1, "dropping all: so does the cache");
}

static void test_spans(void)
{
	struct ir_mem how = { .size = 2 };
	hva at;

	at = mem_span(&cpu, 0x200010, how, 64, true);
	ok(at == ram + 0x100010, "a plain span");
	mem_span_end(&cpu, 0x200010, how, 64);
	load(0x201000, WORD(0)), store(0x201000, WORD(0), 0x1001), store(0x200000, WORD(0), 0x1000);
	ok(mem_span(&cpu, 0x200ff0, how, 64, true) == ram + 0x100ff0, "pages that are adjacent");
	mem_span_end(&cpu, 0x200ff0, how, 64);
	map_page(TABLE_A, 0x121000, (uint32_t)DATA + 0x50000 + RWX);
	mem_flush(mem);
	at = mem_span(&cpu, 0x120fe0, how, 64, true);
	ok(at == cpu.bounce, "pages that aren't");
	for (unsigned i = 0; i < 64; i++)
		at[i] = (uint8_t)(i + 1);
	mem_span_end(&cpu, 0x120fe0, how, 64);
	ok(ram[0x120fe0] == 1 && ram[0x120fff] == 32 && ram[0x150000] == 33 && ram[0x15001f] == 64,
	   "are written at the end");
	at = mem_span(&cpu, 0x120fe0, how, 64, false);
	ok(at[0] == 1 && at[63] == 64, "and read");
	map_page(TABLE_A, 0x121000, 0);
	mem_flush(mem);
	memset(&seen, 0, sizeof seen);
	if (!setjmp(escape))
		mem_span(&cpu, 0x120fe0, how, 64, true);
	ok(seen.address == 0x121000 && seen.access == MEM_WRITE, "a fault in the second page");
	chip_accesses = 0;
	at = mem_span(&cpu, 0x400000, how, 16, true);
	for (unsigned i = 0; i < 4; i++)
		memcpy(at + 4 * i, &(uint32_t){ 0x100 + i }, 4);
	is(chip_accesses, 0, "nothing reaches a chip early");
	mem_span_end(&cpu, 0x400000, how, 16);
	ok(chip_accesses == 4 && chip_word[3] == 0x103, "a chip is written in words");
	at = mem_span(&cpu, 0x400000, how, 16, false);
	ok(chip_accesses == 8 && at[12] == 3, "and read in words");
}

static void test_watch(void)
{
	uint8_t bytes[8] = { 0 };

	load(0x202000, WORD(0));
	ok(mem_watch(mem, 0x202010, 4, MEM_WRITE), "a watchpoint");
	load(0x202010, WORD(0));
	is(seen.hits, 0, "a read isn't watched");
	store(0x202014, WORD(0), 1);
	is(seen.hits, 0, "nor what is beside");
	store(0x20200f, WORD(0), 1);
	ok(seen.hits == 1 && seen.hit_access == MEM_WRITE, "a hit");
	store(0x202013, (struct ir_mem){ .size = 0 }, 1);
	is(seen.hits, 1, "the last byte");
	mem_unwatch(mem, 0x202010, 4, MEM_WRITE);
	store(0x202010, WORD(0), 2);
	is(seen.hits, 0, "no longer");
	ok(mem_write_table(mem, 0)[0x202], "and plain again");
	set_word(DATA + 0x3000, 0x1003);
	walks = 0;
	ok(mem_peek(&cpu, 0x202ffc, bytes, 8) && bytes[4] == 3 && bytes[5] == 0x10, "peek");
	ok(mem_poke(&cpu, 0x202ffc, "abcdefgh", 8) && ram[0x103003] == 'h', "poke");
	ok(!mem_peek(&cpu, 0x400000, bytes, 4) && !mem_peek(&cpu, 0x900000, bytes, 4) && !walks,
	   "nothing but memory, without effects");
}

/* Random: what is in use must always be what a walk says, provided that each change of
 * the tables was followed by a flush. */
static uint64_t random_state;

static uint32_t random_below(uint32_t n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((random_state >> 32) * n >> 32);
}

static gva random_address(void)
{
	static const gva base[] = { 0x100000, 0x200000, 0x700000, 0x1000000, 0x1700000 };

	return base[random_below(5)] + random_below(12) * 4096 + random_below(8) * 64;
}

static uint32_t random_rights(void)
{
	return RWX & ~(random_below(4) ? 0 : 1u << (4 + random_below(7)));
}

static void random_change(void)
{
	gpa root = random_below(2) ? ROOT_A : ROOT_B;
	gva address = random_address();
	uint32_t page =
		(uint32_t)(random_below(4) ? DATA : ALIAS + 0x100000) + random_below(32) * 4096;

	switch (random_below(8)) {
	case 0:
		set_word(root + 4 * (1 + 6 * random_below(2)),
			 (uint32_t)(random_below(2) ? TABLE_A : TABLE_B) | TABLE);
		mem_flush(mem);
		break;
	case 1:
		set_word(root + 4 * 2, (uint32_t)DATA | SECTION | random_rights());
		mem_flush_address(mem, 0x200000 + random_below(0x100000));
		break;
	case 2:
		set_word(root + 4 * (16 + 7 * random_below(2)),
			 (uint32_t)RAM | SECTION | SUPER | random_rights());
		mem_flush_address(mem, 0x1000000 + random_below(0x1000000));
		break;
	case 3:
		root_base = root;
		mem_flush(mem);
		break;
	case 4:
		mem_drop_space(mem, random_below(4));
		break;
	default:
		map_page(random_below(2) ? TABLE_A : TABLE_B, address, page | random_rights());
		mem_flush_address(mem, (address & 0xff000) | 0x100000);
		mem_flush_address(mem, (address & 0xff000) | 0x700000);
	}
}

/* One access against the walk. */
static bool random_access_agrees(void)
{
	gva address = random_address();
	unsigned space = random_below(4);
	enum mem_access access = 1u << random_below(3);
	struct mem_walk walk;
	uint32_t value = random_below(~0u);
	bool allowed = fake_walk(&cpu, address, space, access, true, &walk);
	gpa physical = (walk.page & 0xfffffff) | RAM | (address & PAGE_MASK), got;
	hva host = ram + (physical - RAM);
	uint64_t *code;

	if (access == MEM_READ)
		return load(address, WORD(space)) == (allowed ? word_at(physical) : FAULTED);
	if (access == MEM_FETCH)
		return (fetch(address, space, &got) == host && got == physical) == allowed &&
		       (allowed || seen.access == MEM_FETCH);
	code = &bus_find(bus, physical)->code[(physical - RAM) >> 12];
	bool coded = *code >> (physical / 64 % 64) & 1;
	if (physical < DATA)
		return true; /* would destroy the tables */
	if (store(address, WORD(space), value) != allowed)
		return false;
	return !allowed || (word_at(physical) == value && seen.invalidations == coded &&
			    !(*code >> (physical / 64 % 64) & 1));
}

/* Whether everything in the tables is right. */
static bool tables_agree(void)
{
	struct mem_walk walk;

	for (unsigned space = 0; space < 4; space++)
		for (gva page = 0x100; page < 0x2000; page++)
			for (unsigned access = 1; access <= 2; access++) {
				uint64_t entry = (access == 1 ? mem_read_table(mem, space) :
								mem_write_table(mem, space))[page];
				gva address = page << 12;

				if (!entry)
					continue;
				if (!fake_walk(&cpu, address, space, access, true, &walk))
					return false;
				hva host = ram + (walk.page & 0xfffffff);
				if ((hva)(uintptr_t)(entry - 1 + address) != host)
					return false;
				if (access == 2 &&
				    bus_find(bus, walk.page)->code[(walk.page & 0xfffffff) >> 12])
					return false;
			}
	return true;
}

/* Whether index, chains and counts fit the log's entries. */
static bool log_is_consistent(void)
{
	unsigned hosted = 0, chained = 0, fetched = 0;

	for (unsigned i = 0; i < mem->log; i++) {
		const struct mem_entry *e = &mem->entry[i];

		if (i >= mem->leaf_count && i < mem->log - mem->flat_count)
			continue;
		if (mem->index[e->where & 0xfffff][e->where >> 20] != i + 1 ||
		    !e->mask != (i >= mem->leaf_count))
			return false;
		hosted += mem->detail[i].target.host != NULL;
		fetched += (e->entered & MEM_FETCH) != 0;
	}
	for (unsigned h = 0; h < MEM_HASH; h++)
		for (unsigned i = mem->by_host[h], before = 0; i && chained <= hosted; chained++) {
			if (mem->detail[i - 1].previous != before ||
			    !(i <= mem->leaf_count || i > mem->log - mem->flat_count))
				return false;
			before = i;
			i = mem->detail[i - 1].next;
		}
	return hosted == chained && fetched == mem->fetch_count;
}

static void test_random(uint64_t seed, unsigned rounds)
{
	unsigned round;

	diag("seed %llu", (unsigned long long)seed);
	random_state = seed;
	for (unsigned i = 0; i < 2; i++)
		for (unsigned r = 0; r < 2; r++)
			set_word((r ? ROOT_A : ROOT_B) + 7 * 4,
				 (uint32_t)(i ? TABLE_A : TABLE_B) | TABLE);
	mem_drop(mem);
	for (round = 0; round < rounds; round++) {
		if (random_below(8) == 0)
			random_change();
		if (random_below(16) == 0)
			mem_protect_code(mem, DATA + random_below(32) * 4096 + random_below(512),
					 1 + random_below(200));
		if (!random_access_agrees())
			break;
		if (round % 1024 == 0 && !(tables_agree() && log_is_consistent()))
			break;
	}
	is(round, rounds, "random accesses and changes agree with the walk");
	ok(tables_agree(), "and the tables do");
	ok(log_is_consistent(), "the log is consistent");
}

/* More pages than the log has entries. */
static void test_many(void)
{
	unsigned wrong = 0;

	for (unsigned i = 256; i < 4096; i++)
		set_word(ROOT_A + i * 4, (uint32_t)RAM | SECTION | RWX);
	root_base = ROOT_A;
	mem_drop(mem);
	for (gva page = 0; page < 0x18000; page++)
		wrong += load(0x10000000 + page * 4096, WORD(page & 3)) !=
			 word_at(RAM + (page & 255) * 4096);
	is(wrong, 0, "a full log");
	ok(tables_agree(), "agrees");
	mem_drop(mem);
}

/* Table pages that hold something, in all tables. */
static unsigned pages_in_use(void)
{
	static const uint8_t empty[PAGE_BYTES];
	unsigned used = 0;

	for (unsigned n = 0; n < MEM_TABLES; n++) {
		const uint8_t *table = n < MEM_SPACES     ? (uint8_t *)mem->read[n] :
				       n < 2 * MEM_SPACES ? (uint8_t *)mem->write[n - MEM_SPACES] :
							    (uint8_t *)mem->index;

		for (unsigned page = 0; page < 64 * MEM_TABLE_WORDS; page++)
			used += memcmp(table + page * PAGE_BYTES, empty, PAGE_BYTES) != 0;
	}
	return used;
}

/* A guest that uses all of its addresses in all spaces. */
static void test_limit(void)
{
	unsigned wrong = 0, most = 0;
	uint64_t drops = mem->table_drops;

	root_base = ROOT_A;
	mem_drop(mem);
	mem_limit(mem, 256 << 10);
	for (unsigned i = 0; i < 4 * 2048; i++) {
		struct ir_mem how = WORD(i & 3);
		gva address = (i / 4 % 1920 + 128) * 0x200000u;

		wrong += load(address, how) != word_at(RAM) || !store(address, how, i) ||
			 word_at(RAM) != i;
		if (mem->table_pages > most)
			most = mem->table_pages;
	}
	is(wrong, 0, "tables with a bound");
	ok(most <= 64 && most > 60, "keep to it");
	ok(mem->table_drops > drops + 100, "by being dropped");
	ok(pages_in_use() <= mem->table_pages, "no page is missed");
	test_random(1, 30000);
	mem_drop(mem);
	mem_limit(mem, 0);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* How long flushes take; printed, not judged. */
static void measure(void)
{
	uint64_t before;

	for (unsigned i = 0; i < 16; i++) {
		set_word(ROOT_A + (256 + i) * 4, (uint32_t)(RAM + 0x400000 + i * 1024) | TABLE);
		for (unsigned k = 0; k < 256; k++)
			set_word(RAM + 0x400000 + i * 1024 + k * 4,
				 (uint32_t)(DATA + k * 4096) | RWX);
	}
	mem_drop(mem);
	for (gva page = 0; page < 4096; page++)
		load(0x10000000 + page * 4096, WORD(0));
	before = now_ns();
	for (unsigned i = 0; i < 1000; i++)
		mem_flush(mem);
	diag("flush of 4,096 pages: %llu ns", (unsigned long long)(now_ns() - before) / 1000);
	before = now_ns();
	for (unsigned i = 0; i < 4096000; i++)
		mem_flush_address(mem, 0x10000000 + (i << 12 & 0xfff000));
	diag("flush of one page: %llu ns", (unsigned long long)(now_ns() - before) / 4096000);
	before = now_ns();
	for (unsigned i = 0; i < 50; i++) {
		mem_drop(mem);
		for (gva page = 0; page < 4096; page++)
			load(0x10000000 + page * 4096, WORD(0));
	}
	diag("walk, fill and drop: %llu ns", (unsigned long long)(now_ns() - before) / 4096 / 50);
}

int main(int count, char **argument)
{
	set_up();
	test_plain();
	test_faults();
	test_chip();
	test_flush();
	test_code();
	test_spans();
	test_watch();
	test_random(count > 1 ? strtoull(argument[1], NULL, 0) : (uint64_t)time(NULL), 300000);
	test_many();
	test_limit();
	measure();
	mem_destroy(mem);
	bus_destroy(bus);
	return done();
}
