/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What register tests of chips with disks, screens or DMA stand on: a bus with RAM at 0
 * and one chip, a clock the test moves, a disk in memory, lines that remember their
 * level.
 */
#ifndef TESTS_DEV_STAND_H
#define TESTS_DEV_STAND_H

#include <emu/backend.h>
#include <emu/bus.h>
#include <emu/irq.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock_core.h"

#define STAND_RAM_BYTES (1u << 20)
#define STAND_CHIP 0x10000000u

struct stand {
	struct bus *bus;
	struct clock *clock;
	uint64_t now;
	hva ram;
	bool line[4];
	struct disk disk;
	uint8_t *sectors;
	uint64_t held; /* sectors that `sectors` has; others read as zeros */
	bool broken;   /* every access of the disk fails */
	unsigned flushes;
};

static inline uint64_t stand_executed(void *stand)
{
	return ((struct stand *)stand)->now;
}

static inline void stand_line_set(void *stand, unsigned input, bool level)
{
	((struct stand *)stand)->line[input] = level;
}

static inline struct irq stand_line(struct stand *s, unsigned n)
{
	return (struct irq){ .set = stand_line_set, .sink = s, .input = n };
}

static inline bool stand_disk_read(void *port, uint64_t sector, uint32_t count, void *bytes)
{
	struct stand *s = port;

	memset(bytes, 0, (size_t)count * SECTOR_BYTES);
	if (sector + count <= s->held)
		memcpy(bytes, s->sectors + sector * SECTOR_BYTES, (size_t)count * SECTOR_BYTES);
	return !s->broken;
}

static inline bool stand_disk_write(void *port, uint64_t sector, uint32_t count, const void *bytes)
{
	struct stand *s = port;

	if (!s->broken && sector + count <= s->held)
		memcpy(s->sectors + sector * SECTOR_BYTES, bytes, (size_t)count * SECTOR_BYTES);
	return !s->broken;
}

static inline bool stand_disk_flush(void *port)
{
	struct stand *s = port;

	s->flushes++;
	return !s->broken;
}

/* What word `n` of the disk says at first. */
static inline uint32_t stand_word(uint64_t n)
{
	return (uint32_t)n * 0x01000193u;
}

/* A disk of `sectors`, of which the first 4096 are kept. */
static inline void stand_open(struct stand *s, uint64_t sectors)
{
	memset(s, 0, sizeof *s);
	s->bus = bus_create();
	s->clock = clock_create(true, stand_executed, s);
	s->ram = bus_add_ram(s->bus, 0, STAND_RAM_BYTES, NULL);
	s->held = sectors < 4096 ? sectors : 4096;
	s->sectors = calloc(s->held ? s->held : 1, SECTOR_BYTES);
	for (uint64_t i = 0; i < s->held * SECTOR_BYTES / 4; i++)
		for (unsigned b = 0; b < 4; b++)
			s->sectors[4 * i + b] = (uint8_t)(stand_word(i) >> 8 * b);
	s->disk = (struct disk){ .port = s,
				 .read = stand_disk_read,
				 .write = stand_disk_write,
				 .flush = stand_disk_flush,
				 .sectors = sectors,
				 .serial = "SN42" };
}

static inline void stand_add(struct stand *s, const struct chip_ops *ops, void *chip,
			     uint64_t bytes)
{
	bus_add_chip(s->bus, STAND_CHIP, bytes, ops, chip);
	bus_reset(s->bus);
}

static inline void stand_close(struct stand *s)
{
	bus_destroy(s->bus);
	clock_destroy(s->clock);
	free(s->sectors);
}

static inline uint64_t stand_read(struct stand *s, unsigned offset, unsigned size)
{
	bool found;

	return bus_io_read(s->bus, STAND_CHIP + offset, size, false, &found);
}

static inline void stand_write(struct stand *s, unsigned offset, unsigned size, uint64_t value)
{
	bool found;

	bus_io_write(s->bus, STAND_CHIP + offset, size, value, false, &found);
}

static inline void stand_pass(struct stand *s, uint64_t ns)
{
	s->now += ns;
	clock_run_due(s->clock);
}

/* A word of the disk as it is now. */
static inline uint32_t stand_disk_word(const struct stand *s, unsigned sector, unsigned n)
{
	uint32_t value;

	memcpy(&value, s->sectors + (size_t)sector * SECTOR_BYTES + n * 4, 4);
	return value;
}

#endif
