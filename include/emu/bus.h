/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A machine's physical address space: RAM, ROM and chips, and DMA to RAM.
 * Regions are added while the machine is built and don't overlap, except that a
 * later region hides an earlier one where they do (flash over an alias of RAM).
 * vCPU thread only.
 */
#ifndef EMU_BUS_H
#define EMU_BUS_H

#include <emu/chip.h>
#include <emu/types.h>

struct bus;

enum region_kind { REGION_NONE, REGION_RAM, REGION_ROM, REGION_CHIP };

struct region {
	enum region_kind kind;
	bool fixed; /* memory belongs to the caller of bus_add_ram */
	gpa base;
	uint64_t bytes;
	hva memory;     /* RAM, ROM */
	uint64_t *code; /* RAM, ROM: per page that begins in it or that its first byte is
			 * in, one bit per 64 bytes that are translated */
	gpa original;   /* RAM, ROM: of its first byte; differs from base in an alias */
	hva shadow;     /* ROM: where writes go; NULL: nowhere */
	const struct chip_ops *ops; /* chips */
	void *chip;
	gpa offset; /* of its first byte within the chip */
};

struct bus *bus_create(void);
void bus_destroy(struct bus *bus);

/* RAM of the bus's own (memory == NULL) or the caller's; zeroed, page-aligned,
 * whole pages.  Returns its memory or NULL. */
hva bus_add_ram(struct bus *bus, gpa base, uint64_t bytes, hva memory);
hva bus_add_rom(struct bus *bus, gpa base, uint64_t bytes, hva memory);

/* The same RAM once more at `base`, as address decoders that leave out lines do.
 * `from` lies in RAM or ROM. */
bool bus_add_alias(struct bus *bus, gpa base, uint64_t bytes, gpa from);

/* Moves (or hides, bytes 0, or shows again) RAM or ROM that was added with memory of the
 * caller's: a frame buffer behind a PCI bridge. */
void bus_move_memory(struct bus *bus, hva memory, gpa base, uint64_t bytes);

/* A range of whole pages that can show other memory than what was added there before:
 * shadow RAM of a PC's host bridge.  Returns its number, negative if there is no room;
 * at first it is VIEW_BELOW. */
enum bus_view {
	VIEW_BELOW,     /* what is there anyway, for reads and writes */
	VIEW_READ_ONLY, /* what is at `from`; writes vanish */
	VIEW_SHADOW,    /* what is at `from`; writes go to the RAM below */
};
int bus_add_view(struct bus *bus, gpa base, uint64_t bytes);
/* `from` lies in RAM or ROM that was added by bus_add_*, whether it is hidden or not. */
void bus_set_view(struct bus *bus, int view, enum bus_view how, gpa from);

/* A chip's registers.  Chips smaller than a page may share
 * it.  The bus resets, saves (as "name@base") and destroys each chip once, however
 * often it is mapped. */
bool bus_add_chip(struct bus *bus, gpa base, uint64_t bytes, const struct chip_ops *ops,
		  void *chip);

/* A chip without registers, so that it is reset, saved and destroyed too. */
bool bus_attach(struct bus *bus, const char *name, const struct chip_ops *ops, void *chip);

/* Moves or hides (size 0) a chip's region at run time, as PCI bridges do. */
void bus_move_chip(struct bus *bus, void *chip, gpa base, uint64_t bytes);

/* The region at an address, or one of kind REGION_NONE. */
const struct region *bus_find(struct bus *bus, gpa address);

/* Register access by a CPU: any size 1..8 at any address inside a chip; splits it
 * to what the chip can do.  `big` is the byte order of the CPU access.  Where
 * nothing is: reads yield 0, writes vanish, *found is false and one line is logged;
 * the guest CPU decides whether that is a bus error. */
uint64_t bus_io_read(struct bus *bus, gpa address, unsigned size, bool big, bool *found);
void bus_io_write(struct bus *bus, gpa address, unsigned size, uint64_t value, bool big,
		  bool *found);

/* From now on reads yield ones where nothing is, and nothing is missed: *found is true. */
void bus_float(struct bus *bus);

/* How many reads in a row, without a write between, have read the same of the same place:
 * many, if the guest waits for something by asking for it again and again. */
uint64_t bus_polls(const struct bus *bus);

/* DMA and firmware hand-over: byte arrays, RAM (and for reads ROM) only, any length.
 * False, with the valid part transferred, if a byte lies elsewhere.  Translated code
 * is invalidated where bytes are written.  bus_load also writes ROM. */
bool bus_read(struct bus *bus, gpa address, void *bytes, uint64_t count);
bool bus_write(struct bus *bus, gpa address, const void *bytes, uint64_t count);
bool bus_load(struct bus *bus, gpa address, const void *bytes, uint64_t count);

/* The memory at an address if `count` bytes of RAM are there in one piece, else
 * NULL; to look at only (a display scanning its frame). */
const uint8_t *bus_view(struct bus *bus, gpa address, uint64_t count);

/* Resets or visits all chips in the order of their adding.  bus_state includes the
 * contents of RAM and ROM, but not of the caller's memory, which its owner saves. */
void bus_reset(struct bus *bus);
struct archive;
void bus_state(struct bus *bus, struct archive *a);

/* The memory system hears of writes to translated bytes and of regions that move. */
void bus_listen(struct bus *bus, void (*code_written)(void *context, gpa address, uint64_t count),
		void (*moved)(void *context), void *context);

#endif
