/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The driver of the chip fuzzers, see fuzz.h.  A step is an operation byte and what it
 * needs; reads of bytes beyond the string give 0 and end the run.
 *
 *	0 write {offset, size, value}		3 let time pass {how long}
 *	1 read {offset, size}			4 input {selector, value}
 *	2 write the last offset again		5 save, load into a new chip, compare
 *
 * Offsets are taken modulo the chip's size, half of them from the first 256 bytes, where
 * most chips have their registers.
 */
#include "fuzz.h"

#include <emu/archive.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock_core.h"

#define FUZZ_SAVED_BYTES (1u << 20)
#define FUZZ_STEPS 2000
#define FUZZ_RELOADS 4 /* of a run; they take longer than all else */

struct fuzz_input {
	const uint8_t *bytes;
	size_t left;
};

struct fuzz_world {
	const struct fuzz_chip *kind;
	struct fuzz_env env;
	void *chip;
	unsigned disk_accesses;
	bool open;
	uint8_t sectors[FUZZ_DISK_SECTORS][SECTOR_BYTES];
	uint8_t ram[FUZZ_RAM_BYTES] __attribute__((aligned(PAGE_BYTES)));
};

static struct fuzz_world worlds[2]; /* the second is what a state is loaded into */

struct fuzz_saved {
	size_t count, at;
	uint8_t bytes[FUZZ_SAVED_BYTES];
};

static uint64_t fuzz_take(struct fuzz_input *in, unsigned count)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < count && in->left; i++, in->left--)
		value |= (uint64_t)*in->bytes++ << 8 * i;
	return value;
}

static void fuzz_line_changed(void *env, unsigned input, bool level)
{
	(void)input, (void)level;
	((struct fuzz_env *)env)->changes++;
}

struct irq fuzz_line(struct fuzz_env *env)
{
	return (struct irq){ .set = fuzz_line_changed, .sink = env };
}

static void fuzz_transmit(void *port, const uint8_t *bytes, size_t count)
{
	(void)port;
	for (size_t i = 0; i < count; i++)
		assert(bytes[i] <= 0xff); /* all of them can be read */
}

static bool fuzz_disk(struct fuzz_world *w, uint64_t sector, uint32_t count, void *bytes,
		      const void *from)
{
	assert(sector <= FUZZ_DISK_SECTORS && count <= FUZZ_DISK_SECTORS - sector);
	if (++w->disk_accesses % 16 == 0)
		return false;
	if (from)
		memcpy(w->sectors[sector], from, (size_t)count * SECTOR_BYTES);
	else if (bytes)
		memcpy(bytes, w->sectors[sector], (size_t)count * SECTOR_BYTES);
	return true;
}

static bool fuzz_disk_read(void *port, uint64_t sector, uint32_t count, void *bytes)
{
	return fuzz_disk(port, sector, count, bytes, NULL);
}

static bool fuzz_disk_write(void *port, uint64_t sector, uint32_t count, const void *bytes)
{
	return fuzz_disk(port, sector, count, NULL, bytes);
}

static uint64_t fuzz_executed(void *context)
{
	(void)context;
	return 0;
}

static struct fuzz_world *fuzz_open(const struct fuzz_chip *kind)
{
	struct fuzz_world *w = &worlds[worlds[0].open];

	assert(!w->open);
	memset(w, 0, sizeof *w);
	w->open = true;
	w->kind = kind;
	w->env.bus = bus_create();
	w->env.clock = clock_create(true, fuzz_executed, NULL);
	assert(w->env.bus && w->env.clock);
	assert(bus_add_ram(w->env.bus, 0, sizeof w->ram, w->ram));
	w->env.serial.transmit = fuzz_transmit;
	w->env.disk = (struct disk){ .port = w,
				     .read = fuzz_disk_read,
				     .write = fuzz_disk_write,
				     .sectors = FUZZ_DISK_SECTORS };
	w->chip = kind->create(&w->env);
	assert(w->chip);
	assert(bus_add_chip(w->env.bus, FUZZ_BASE, kind->bytes, kind->ops, w->chip));
	bus_reset(w->env.bus);
	return w;
}

static void fuzz_close(struct fuzz_world *w)
{
	void (*finish)(void *chip) = w->kind->finish;
	void *chip = w->chip;

	bus_destroy(w->env.bus);
	if (finish)
		finish(chip);
	assert(clock_next(w->env.clock) == ALARM_NEVER); /* no alarm of a chip that is gone */
	clock_destroy(w->env.clock);
	w->open = false;
}

/* Saving. */

static bool fuzz_save_bytes(void *context, void *bytes, size_t count)
{
	struct fuzz_saved *s = context;

	if (count > sizeof s->bytes - s->count)
		return false;
	memcpy(s->bytes + s->count, bytes, count);
	s->count += count;
	return true;
}

static bool fuzz_load_bytes(void *context, void *bytes, size_t count)
{
	struct fuzz_saved *s = context;

	if (count > s->count - s->at)
		return false;
	memcpy(bytes, s->bytes + s->at, count);
	s->at += count;
	return true;
}

static void fuzz_save(struct fuzz_world *w, struct fuzz_saved *s)
{
	struct archive *a;

	s->count = s->at = 0;
	a = archive_begin_save(fuzz_save_bytes, s);
	assert(a);
	archive_section(a, "clock");
	clock_state(w->env.clock, a);
	bus_state(w->env.bus, a);
	assert(archive_end(a, NULL, 0));
}

static void fuzz_load(struct fuzz_world *w, struct fuzz_saved *s)
{
	struct archive *a = archive_begin_load(fuzz_load_bytes, s);
	char error[128] = "";

	assert(a);
	archive_section(a, "clock");
	clock_state(w->env.clock, a);
	bus_state(w->env.bus, a);
	if (!archive_end(a, error, sizeof error)) {
		fprintf(stderr, "%s: its own state is refused: %s\n", w->kind->name, error);
		abort();
	}
}

/* The field's name stands before its value. */
static void fuzz_report_difference(const char *name, const struct fuzz_saved *a,
				   const struct fuzz_saved *b)
{
	size_t at = 0;

	while (at < a->count && at < b->count && a->bytes[at] == b->bytes[at])
		at++;
	fprintf(stderr, "%s: loading its state changes it, at byte %zu behind '", name, at);
	for (size_t i = at > 40 ? at - 40 : 0; i < at; i++)
		putc(a->bytes[i] >= ' ' && a->bytes[i] < 127 ? a->bytes[i] : '.', stderr);
	fprintf(stderr, "'\n");
}

/* What was saved must load into a new machine, and be saved there as the same bytes.
 * The run goes on with the new one. */
static struct fuzz_world *fuzz_reload(struct fuzz_world *w)
{
	static struct fuzz_saved first, second;
	struct fuzz_world *fresh = fuzz_open(w->kind);

	fuzz_save(w, &first);
	fuzz_load(fresh, &first);
	fuzz_save(fresh, &second);
	if (first.count != second.count || memcmp(first.bytes, second.bytes, first.count)) {
		fuzz_report_difference(w->kind->name, &first, &second);
		abort();
	}
	memcpy(fresh->sectors, w->sectors, sizeof w->sectors);
	fuzz_close(w);
	return fresh;
}

/* Steps. */

static gpa fuzz_offset(const struct fuzz_chip *kind, struct fuzz_input *in)
{
	uint32_t raw = (uint32_t)fuzz_take(in, 2);
	gpa offset = raw & 0x8000 ? (gpa)(raw & 0x7fff) << 2 : raw & 0xff;

	return FUZZ_BASE + offset % (kind->span ? kind->span : kind->bytes);
}

static void fuzz_time(struct fuzz_world *w, uint64_t amount)
{
	struct clock *clock = w->env.clock;
	/* From nanoseconds to hours. */
	uint64_t until = clock_now(clock) + ((amount >> 4) << (amount & 15) * 2);

	for (unsigned i = 0; i < 100 && clock_next(clock) <= until; i++) {
		clock_skip_to(clock, clock_next(clock));
		clock_run_due(clock);
	}
	clock_skip_to(clock, until);
	clock_run_due(clock);
}

static void fuzz_serial(struct serial_line *line, uint32_t value)
{
	uint8_t bytes[4];
	size_t room = line->room(line->chip);

	if ((value & 0xf) == 0xf && line->receive_break) {
		line->receive_break(line->chip);
		return;
	}
	memcpy(bytes, &value, sizeof bytes);
	line->receive(line->chip, bytes, room < sizeof bytes ? room : sizeof bytes);
}

static void fuzz_draw(struct screen *screen)
{
	unsigned width = 0, height = 0;
	uint32_t *pixels;

	screen->geometry(screen->chip, &width, &height);
	assert(width <= 4096 && height <= 4096);
	if (!width || !height)
		return;
	pixels = calloc((size_t)width * height, sizeof *pixels);
	assert(pixels);
	screen->draw(screen->chip, pixels, width);
	free(pixels);
}

static void fuzz_outside(struct fuzz_world *w, unsigned selector, uint32_t value)
{
	struct fuzz_env *e = &w->env;

	if (selector % 4 == 0 && e->serial.receive)
		fuzz_serial(&e->serial, value);
	else if (selector % 4 == 1 && e->screen.draw)
		fuzz_draw(&e->screen);
	else if (selector % 4 == 2 && e->input.key)
		e->input.key(e->input.keyboard, value & 0xff, value >> 8 & 1);
	else if (selector % 4 == 3 && e->input.move)
		e->input.move(e->input.mouse, (int8_t)value, (int8_t)(value >> 8),
			      (int8_t)(value >> 16), value >> 24);
	else if (w->kind->input)
		w->kind->input(w->chip, e, selector, value);
}

void fuzz_run(const struct fuzz_chip *kind, const uint8_t *bytes, size_t count)
{
	struct fuzz_input in = { bytes, count };
	struct fuzz_world *w = fuzz_open(kind);
	gpa address = FUZZ_BASE;
	unsigned size = 4, reloads = 0;
	bool found;

	bus_write(w->env.bus, 0, bytes, count < FUZZ_RAM_BYTES ? count : FUZZ_RAM_BYTES);
	for (unsigned step = 0; in.left && step < FUZZ_STEPS; step++) {
		unsigned operation = (unsigned)fuzz_take(&in, 1);

		if ((operation & 7) < 2) {
			address = fuzz_offset(kind, &in);
			size = 1u << (operation >> 3 & 3);
		}
		switch (operation & 7) {
		case 1:
			bus_io_read(w->env.bus, address, size, operation & 0x80, &found);
			break;
		case 3:
			fuzz_time(w, fuzz_take(&in, 2));
			break;
		case 4:
			fuzz_outside(w, operation >> 3, (uint32_t)fuzz_take(&in, 4));
			break;
		case 5:
			if (reloads++ < FUZZ_RELOADS)
				w = fuzz_reload(w);
			break;
		case 7:
			if (operation == 0xff)
				bus_reset(w->env.bus);
			break;
		default:
			bus_io_write(w->env.bus, address, size, fuzz_take(&in, size),
				     operation & 0x80, &found);
		}
	}
	fuzz_close(w);
}

#ifdef FUZZ_CHIP
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	for (const struct fuzz_chip *const *c = fuzz_list; *c; c++)
		if (!strcmp((*c)->name, FUZZ_CHIP))
			fuzz_run(*c, bytes, count);
	return 0;
}
#endif
