/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A chip on a table: bus, a clock that only moves when told, lines that can be watched.
 * For register scripts; everything in one header, as each test is one file.
 */
#ifndef TESTS_DEV_RIG_H
#define TESTS_DEV_RIG_H

#include <emu/archive.h>
#include <emu/bus.h>
#include <emu/clock.h>
#include <emu/irq.h>

#include <stdlib.h>

#include "core/clock_core.h"
#include "tap.h"

#define RIG_BASE 0x10000000u
#define RIG_LINES 16
#define RIG_SAVED_BYTES (2u << 20)

struct rig {
	struct bus *bus;
	struct clock *clock;
	bool line[RIG_LINES];      /* levels of rig_line's outputs */
	unsigned rises[RIG_LINES]; /* how often each went up */
	uint8_t *saved;
	size_t saved_count, saved_at;
};

static inline uint64_t rig_executed(void *context)
{
	(void)context;
	return 0;
}

static inline struct rig *rig_open(void)
{
	struct rig *r = calloc(1, sizeof *r);

	r->bus = bus_create();
	r->clock = clock_create(true, rig_executed, NULL);
	r->saved = malloc(RIG_SAVED_BYTES);
	return r;
}

static inline void rig_close(struct rig *r)
{
	bus_destroy(r->bus);
	clock_destroy(r->clock);
	free(r->saved);
	free(r);
}

static inline void rig_changed(void *rig, unsigned n, bool level)
{
	struct rig *r = rig;

	r->line[n] = level;
	r->rises[n] += level;
}

static inline struct irq rig_line(struct rig *r, unsigned n)
{
	return (struct irq){ .set = rig_changed, .sink = r, .input = n };
}

static inline void rig_place(struct rig *r, gpa offset, uint64_t bytes, const struct chip_ops *ops,
			     void *chip)
{
	if (!chip || !bus_add_chip(r->bus, RIG_BASE + offset, bytes, ops, chip))
		bail_out("the chip can't be had");
}

static inline uint64_t rig_read_sized(struct rig *r, gpa offset, unsigned size)
{
	bool found;

	return bus_io_read(r->bus, RIG_BASE + offset, size, false, &found);
}

static inline void rig_write_sized(struct rig *r, gpa offset, unsigned size, uint64_t value)
{
	bool found;

	bus_io_write(r->bus, RIG_BASE + offset, size, value, false, &found);
}

static inline uint32_t rig_read(struct rig *r, gpa offset)
{
	return (uint32_t)rig_read_sized(r, offset, 4);
}

static inline void rig_write(struct rig *r, gpa offset, uint32_t value)
{
	rig_write_sized(r, offset, 4, value);
}

/* Lets time pass, alarm by alarm. */
static inline void rig_pass(struct rig *r, uint64_t ns)
{
	uint64_t until = clock_now(r->clock) + ns;

	while (clock_next(r->clock) <= until) {
		clock_skip_to(r->clock, clock_next(r->clock));
		clock_run_due(r->clock);
	}
	clock_skip_to(r->clock, until);
	clock_run_due(r->clock);
}

/* The eight identification registers as two numbers. */
static inline bool rig_is_primecell(struct rig *r, uint32_t peripheral)
{
	uint32_t id = 0, cell = 0;

	for (unsigned i = 0; i < 4; i++) {
		id |= rig_read(r, 0xfe0 + i * 4) << i * 8;
		cell |= rig_read(r, 0xff0 + i * 4) << i * 8;
	}
	return id == peripheral && cell == 0xb105f00d;
}

static inline bool rig_put_bytes(void *rig, void *bytes, size_t count)
{
	struct rig *r = rig;

	if (count > RIG_SAVED_BYTES - r->saved_count)
		return false;
	memcpy(r->saved + r->saved_count, bytes, count);
	r->saved_count += count;
	return true;
}

static inline bool rig_get_bytes(void *rig, void *bytes, size_t count)
{
	struct rig *r = rig;

	if (count > r->saved_count - r->saved_at)
		return false;
	memcpy(bytes, r->saved + r->saved_at, count);
	r->saved_at += count;
	return true;
}

/* Saves everything, and takes it back in this or another rig that is built alike. */
static inline bool rig_save(struct rig *r)
{
	struct archive *a;

	r->saved_count = 0;
	a = archive_begin_save(rig_put_bytes, r);
	archive_section(a, "clock");
	clock_state(r->clock, a);
	bus_state(r->bus, a);
	return archive_end(a, NULL, 0);
}

static inline bool rig_load(struct rig *r, struct rig *from)
{
	struct archive *a;

	from->saved_at = 0;
	a = archive_begin_load(rig_get_bytes, from);
	archive_section(a, "clock");
	clock_state(r->clock, a);
	bus_state(r->bus, a);
	return archive_end(a, NULL, 0);
}

#endif
