/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The physical address space (emu/bus.h).
 *
 * What boards add is kept as a list of mappings, in order.  From it a sorted array of
 * regions without overlaps is made whenever something changes: each mapping cuts what
 * was there before.  So a chip that moves uncovers what it hid.  Look-ups are by
 * bisection, behind a small cache of guesses that are checked against the region.
 */
#include <emu/bus.h>

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>
#include <stdio.h>
#include <string.h>

#define BUS_MAPPINGS 192
#define BUS_REGIONS (2 * BUS_MAPPINGS + 1) /* each mapping cuts at most one in two */
#define BUS_CHIPS 128
#define BUS_GUESSES 64
#define BUS_ADDRESS_BITS 52

struct bus_mapping {
	struct region region;
	bool alias;     /* or a view: not the owner of its memory */
	uint64_t bytes; /* when it was added; its region may have 0 while it is hidden */
};

struct bus_chip {
	char name[48]; /* "pl011@10009000" */
	const struct chip_ops *ops;
	void *chip;
};

struct bus {
	struct region region[BUS_REGIONS];
	unsigned region_count;
	uint16_t guess[BUS_GUESSES]; /* by low bits of the page number: index of a region */
	struct region nothing;
	struct region cut[BUS_REGIONS]; /* bus_cover's */
	struct bus_mapping mapping[BUS_MAPPINGS];
	unsigned mapping_count;
	struct bus_chip chip[BUS_CHIPS];
	unsigned chip_count;
	void (*code_written)(void *context, gpa address, uint64_t count);
	void (*moved)(void *context);
	void *listener;

	bool floats; /* bus_float */

	/* The last read of a chip, and how often it has yielded the same. */
	gpa polled_address;
	uint64_t polled_value, polls;
};

struct bus *bus_create(void)
{
	return port_allocate(sizeof(struct bus), PORT_PLAIN);
}

static uint64_t bus_code_bytes(const struct region *r)
{
	return (r->bytes >> PAGE_SHIFT) * sizeof *r->code;
}

void bus_destroy(struct bus *bus)
{
	if (!bus)
		return;
	for (unsigned i = 0; i < bus->chip_count; i++)
		if (bus->chip[i].ops->destroy)
			bus->chip[i].ops->destroy(bus->chip[i].chip);
	for (unsigned i = 0; i < bus->mapping_count; i++) {
		const struct region *r = &bus->mapping[i].region;

		if (r->kind == REGION_CHIP || bus->mapping[i].alias)
			continue;
		port_free(r->code, (bus->mapping[i].bytes >> PAGE_SHIFT) * sizeof *r->code);
		if (!r->fixed)
			port_free(r->memory, bus->mapping[i].bytes);
	}
	port_free(bus, sizeof *bus);
}

void bus_listen(struct bus *bus, void (*code_written)(void *context, gpa address, uint64_t count),
		void (*moved)(void *context), void *context)
{
	bus->code_written = code_written;
	bus->moved = moved;
	bus->listener = context;
}

/* Regions from mappings. */

/* The piece of a region from `from` to `to`, which lie in it. */
static struct region region_piece(const struct region *r, gpa from, gpa to)
{
	struct region piece = *r;
	uint64_t skip = from - r->base;

	piece.base = from;
	piece.bytes = to - from;
	piece.offset += skip;
	piece.original += skip;
	if (r->memory)
		piece.memory += skip;
	if (r->shadow)
		piece.shadow += skip;
	if (r->code)
		piece.code += (from >> PAGE_SHIFT) - (r->base >> PAGE_SHIFT);
	return piece;
}

/* Copies the parts of regions in [from, to) to the end of the list `out`. */
static unsigned bus_copy_regions(const struct bus *bus, gpa from, gpa to, struct region *out)
{
	unsigned n = 0;

	for (unsigned i = 0; i < bus->region_count; i++) {
		const struct region *r = &bus->region[i];
		gpa low = r->base > from ? r->base : from;
		gpa end = r->base + r->bytes, high = end < to ? end : to;

		if (low < high)
			out[n++] = region_piece(r, low, high);
	}
	return n;
}

/* Puts a region over what is there. */
static void bus_cover(struct bus *bus, const struct region *r)
{
	unsigned n = bus_copy_regions(bus, 0, r->base, bus->cut);

	bus->cut[n++] = *r;
	n += bus_copy_regions(bus, r->base + r->bytes, UINT64_MAX, bus->cut + n);
	memcpy(bus->region, bus->cut, n * sizeof *bus->cut);
	bus->region_count = n;
}

static void bus_rebuild(struct bus *bus)
{
	bus->region_count = 0;
	bus->region[0].bytes = 0;
	memset(bus->guess, 0, sizeof bus->guess);
	for (unsigned i = 0; i < bus->mapping_count; i++)
		if (bus->mapping[i].region.bytes > 0)
			bus_cover(bus, &bus->mapping[i].region);
}

static bool bus_range_is_valid(gpa base, uint64_t bytes, uint64_t multiple)
{
	return base < 1ull << BUS_ADDRESS_BITS && bytes <= 1ull << BUS_ADDRESS_BITS &&
	       base % multiple == 0 && bytes % multiple == 0;
}

static bool bus_map(struct bus *bus, const struct region *r, bool alias)
{
	if (bus->mapping_count == BUS_MAPPINGS)
		return false;
	bus->mapping[bus->mapping_count++] = (struct bus_mapping){ *r, alias, r->bytes };
	bus_rebuild(bus);
	return true;
}

static hva bus_add_memory(struct bus *bus, enum region_kind kind, gpa base, uint64_t bytes,
			  hva memory)
{
	struct region r = { .kind = kind,
			    .fixed = memory != NULL,
			    .base = base,
			    .bytes = bytes,
			    .memory = memory,
			    .original = base };

	if (bytes == 0 || !bus_range_is_valid(base, bytes, PAGE_BYTES))
		return NULL;
	if (!memory)
		r.memory = port_allocate(bytes, kind == REGION_RAM ? PORT_DENSE : PORT_PLAIN);
	if (!r.memory)
		return NULL;
	r.code = port_allocate(bus_code_bytes(&r), PORT_PLAIN);
	if (r.code && bus_map(bus, &r, false))
		return r.memory;
	if (r.code)
		port_free(r.code, bus_code_bytes(&r));
	if (!memory)
		port_free(r.memory, bytes);
	return NULL;
}

hva bus_add_ram(struct bus *bus, gpa base, uint64_t bytes, hva memory)
{
	return bus_add_memory(bus, REGION_RAM, base, bytes, memory);
}

hva bus_add_rom(struct bus *bus, gpa base, uint64_t bytes, hva memory)
{
	return bus_add_memory(bus, REGION_ROM, base, bytes, memory);
}

bool bus_add_alias(struct bus *bus, gpa base, uint64_t bytes, gpa from)
{
	const struct region *of = bus_find(bus, from);
	struct region r;

	if (!bus_range_is_valid(base, bytes, PAGE_BYTES) || from & PAGE_MASK || !of->memory ||
	    bytes == 0 || bytes > of->bytes - (from - of->base))
		return false;
	r = region_piece(of, from, from + bytes);
	r.base = base;
	return bus_map(bus, &r, true);
}

/* Regions that change. */
static void bus_changed(struct bus *bus)
{
	bus_rebuild(bus);
	if (bus->moved)
		bus->moved(bus->listener);
}

void bus_move_memory(struct bus *bus, hva memory, gpa base, uint64_t bytes)
{
	for (unsigned i = 0; i < bus->mapping_count; i++) {
		struct bus_mapping *m = &bus->mapping[i];
		struct region *r = &m->region;

		if (r->kind == REGION_CHIP || r->memory != memory || m->alias)
			continue;
		if (!bus_range_is_valid(base, bytes, PAGE_BYTES) || bytes > m->bytes)
			bytes = 0;
		if (r->base == base && r->bytes == bytes)
			return;
		/* What was translated from it goes: its addresses are no more. */
		if (bus->moved)
			bus->moved(bus->listener);
		r->base = r->original = base;
		r->bytes = bytes;
		bus_changed(bus);
		return;
	}
}

int bus_add_view(struct bus *bus, gpa base, uint64_t bytes)
{
	struct region r = { .kind = REGION_ROM, .base = base, .bytes = bytes };

	if (bytes == 0 || !bus_range_is_valid(base, bytes, PAGE_BYTES))
		return -1;
	if (bus->mapping_count == BUS_MAPPINGS)
		return -1;
	r.bytes = 0;
	bus->mapping[bus->mapping_count] = (struct bus_mapping){ r, true, bytes };
	return (int)bus->mapping_count++;
}

/* The memory that was added at an address, whatever hides it. */
static const struct region *bus_memory_added(const struct bus *bus, gpa address, uint64_t bytes)
{
	for (unsigned i = 0; i < bus->mapping_count; i++) {
		const struct region *r = &bus->mapping[i].region;

		if (r->kind != REGION_CHIP && !bus->mapping[i].alias &&
		    address - r->base < r->bytes && bytes <= r->bytes - (address - r->base))
			return r;
	}
	return NULL;
}

void bus_set_view(struct bus *bus, int view, enum bus_view how, gpa from)
{
	struct bus_mapping *m = &bus->mapping[view];
	const struct region *of = bus_memory_added(bus, from, m->bytes);
	const struct region *below = bus_memory_added(bus, m->region.base, m->bytes);
	gpa base = m->region.base;
	struct region shown = { .kind = REGION_ROM, .base = base };

	if (how != VIEW_BELOW && of) {
		shown = region_piece(of, from, from + m->bytes);
		shown.kind = REGION_ROM;
		shown.base = base;
		if (how == VIEW_SHADOW && below && below->kind == REGION_RAM)
			shown.shadow = below->memory + (base - below->base);
	}
	if (shown.bytes == m->region.bytes && shown.memory == m->region.memory &&
	    shown.shadow == m->region.shadow)
		return;
	m->region = shown;
	bus_changed(bus);
}

static struct bus_chip *bus_chip_known(struct bus *bus, const struct chip_ops *ops, void *chip)
{
	for (unsigned i = 0; i < bus->chip_count; i++)
		if (chip ? bus->chip[i].chip == chip : bus->chip[i].ops == ops)
			return &bus->chip[i];
	return NULL;
}

bool bus_attach(struct bus *bus, const char *name, const struct chip_ops *ops, void *chip)
{
	struct bus_chip *c;

	if (bus_chip_known(bus, ops, chip))
		return true;
	if (bus->chip_count == BUS_CHIPS)
		return false;
	c = &bus->chip[bus->chip_count++];
	c->ops = ops;
	c->chip = chip;
	snprintf(c->name, sizeof c->name, "%s", name);
	return true;
}

bool bus_add_chip(struct bus *bus, gpa base, uint64_t bytes, const struct chip_ops *ops, void *chip)
{
	struct region r = {
		.kind = REGION_CHIP, .base = base, .bytes = bytes, .ops = ops, .chip = chip
	};
	char name[48];

	snprintf(name, sizeof name, "%s@%llx", ops->name, (unsigned long long)base);
	return bus_range_is_valid(base, bytes, 1) && bytes > 0 &&
	       bus->mapping_count < BUS_MAPPINGS && bus_attach(bus, name, ops, chip) &&
	       bus_map(bus, &r, false);
}

void bus_move_chip(struct bus *bus, void *chip, gpa base, uint64_t bytes)
{
	for (unsigned i = 0; i < bus->mapping_count; i++) {
		struct region *r = &bus->mapping[i].region;

		if (r->kind != REGION_CHIP || r->chip != chip)
			continue;
		if (!bus_range_is_valid(base, bytes, 1))
			bytes = 0;
		if (r->base == base && r->bytes == bytes)
			return;
		r->base = base;
		r->bytes = bytes;
		bus_changed(bus);
		return;
	}
}

/* Look-up. */
static inline bool region_has(const struct region *r, gpa address)
{
	return address - r->base < r->bytes;
}

const struct region *bus_find(struct bus *bus, gpa address)
{
	uint16_t *guess = &bus->guess[address >> PAGE_SHIFT & (BUS_GUESSES - 1)];
	unsigned low = 0, high = bus->region_count;

	/* Without any region the guess is an empty one, which has no address. */
	if (region_has(&bus->region[*guess], address))
		return &bus->region[*guess];
	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (region_has(&bus->region[middle], address)) {
			*guess = (uint16_t)middle;
			return &bus->region[middle];
		}
		if (address < bus->region[middle].base)
			high = middle;
		else
			low = middle + 1;
	}
	return &bus->nothing;
}

/* Register accesses.  In between, values are byte strings: byte i of the number `v` is
 * what is at address + i. */
static uint64_t bus_swap(uint64_t v, unsigned size)
{
	return __builtin_bswap64(v) >> (64 - 8 * size);
}

static uint64_t bus_low_bytes(uint64_t v, unsigned size)
{
	return size < 8 ? v & ((1ull << 8 * size) - 1) : v;
}

/* How wide the access to a chip is that begins with the byte at `offset`. */
static unsigned chip_width(const struct chip_ops *ops, gpa offset, unsigned size)
{
	unsigned min = ops->min_bytes ? ops->min_bytes : 1;
	unsigned width = ops->max_bytes ? ops->max_bytes : 4;

	while (width > min && (width > size || offset % width != 0))
		width /= 2;
	return width;
}

/* One access of the chip; narrower ones than it can do are part of a wider one. */
static unsigned chip_read_part(const struct region *r, gpa offset, unsigned size, uint64_t *v)
{
	unsigned width = chip_width(r->ops, offset, size), skip = (unsigned)(offset % width);
	uint64_t value = r->ops->read ? r->ops->read(r->chip, offset - skip, width) : 0;

	LOG(LOG_IO, "%s: read %u at %#llx: %#llx", r->ops->name, width,
	    (unsigned long long)(offset - skip), (unsigned long long)value);
	if (r->ops->big_endian)
		value = bus_swap(value, width);
	if (size > width - skip)
		size = width - skip;
	*v = bus_low_bytes(value >> 8 * skip, size);
	return size;
}

static unsigned chip_write_part(const struct region *r, gpa offset, unsigned size, uint64_t v)
{
	unsigned width = chip_width(r->ops, offset, size), skip = (unsigned)(offset % width);

	if (size > width - skip)
		size = width - skip;
	v = bus_low_bytes(v, size) << 8 * skip;
	if (r->ops->big_endian)
		v = bus_swap(v, width);
	LOG(LOG_IO, "%s: write %u at %#llx: %#llx", r->ops->name, width,
	    (unsigned long long)(offset - skip), (unsigned long long)v);
	if (r->ops->write)
		r->ops->write(r->chip, offset - skip, width, v);
	return size;
}

static void bus_missed(const char *what, gpa address, unsigned size)
{
	LOG(LOG_UNIMPLEMENTED, "bus: %s of %u bytes at %#llx, where nothing is", what, size,
	    (unsigned long long)address);
}

/* Reads as many of `size` bytes as one access yields; 0: nothing is there. */
static unsigned bus_read_part(struct bus *bus, gpa address, unsigned size, uint64_t *v)
{
	const struct region *r = bus_find(bus, address);
	uint64_t left = r->bytes - (address - r->base);

	*v = 0;
	if (r->kind == REGION_NONE)
		return 0;
	if (size > left)
		size = (unsigned)left;
	if (r->kind == REGION_CHIP)
		return chip_read_part(r, address - r->base + r->offset, size, v);
	memcpy(v, r->memory + (address - r->base), size);
	return size;
}

static unsigned bus_write_part(struct bus *bus, gpa address, unsigned size, uint64_t v)
{
	const struct region *r = bus_find(bus, address);
	uint64_t left = r->bytes - (address - r->base);

	if (r->kind == REGION_NONE)
		return 0;
	if (size > left)
		size = (unsigned)left;
	if (r->kind == REGION_CHIP)
		return chip_write_part(r, address - r->base + r->offset, size, v);
	if (r->kind == REGION_RAM)
		bus_write(bus, address, &v, size);
	else if (r->shadow)
		memcpy(r->shadow + (address - r->base), &v, size);
	else
		LOG(LOG_GUEST, "bus: write to ROM at %#llx", (unsigned long long)address);
	return size;
}

static void bus_note_read(struct bus *bus, gpa address, uint64_t value)
{
	bus->polls =
		address == bus->polled_address && value == bus->polled_value ? bus->polls + 1 : 0;
	bus->polled_address = address;
	bus->polled_value = value;
}

void bus_float(struct bus *bus)
{
	bus->floats = true;
}

uint64_t bus_polls(const struct bus *bus)
{
	return bus->polls;
}

uint64_t bus_io_read(struct bus *bus, gpa address, unsigned size, bool big, bool *found)
{
	uint64_t value = 0, part;

	*found = true;
	for (unsigned done = 0; done < size;) {
		unsigned n = bus_read_part(bus, address + done, size - done, &part);

		if (n == 0) {
			bus_missed("read", address + done, size - done);
			*found = bus->floats;
			if (!bus->floats)
				return 0;
			part = 0xff;
			n = 1;
		}
		value |= part << 8 * done;
		done += n;
	}
	bus_note_read(bus, address, value);
	return big ? bus_swap(value, size) : value;
}

void bus_io_write(struct bus *bus, gpa address, unsigned size, uint64_t value, bool big,
		  bool *found)
{
	value = bus_low_bytes(value, size);
	if (big)
		value = bus_swap(value, size);
	bus->polls = 0;
	*found = true;
	for (unsigned done = 0; done < size;) {
		unsigned n = bus_write_part(bus, address + done, size - done, value >> 8 * done);

		if (n == 0) {
			bus_missed("write", address + done, size - done);
			*found = bus->floats;
			if (!bus->floats)
				return;
			n = 1;
		}
		done += n;
	}
}

/* Bulk accesses. */
static bool region_has_code(const struct region *r, gpa address, uint64_t count)
{
	uint64_t first = (address >> PAGE_SHIFT) - (r->base >> PAGE_SHIFT);
	uint64_t last = ((address + count - 1) >> PAGE_SHIFT) - (r->base >> PAGE_SHIFT);

	while (first <= last)
		if (r->code[first++])
			return true;
	return false;
}

/* Writes to one region. */
static void bus_write_region(struct bus *bus, const struct region *r, gpa address,
			     const void *bytes, uint64_t count)
{
	if (bus->code_written && region_has_code(r, address, count))
		bus->code_written(bus->listener, address - r->base + r->original, count);
	memcpy(r->memory + (address - r->base), bytes, count);
}

static bool bus_write_kinds(struct bus *bus, gpa address, const void *bytes, uint64_t count,
			    bool rom)
{
	const uint8_t *from = bytes;

	while (count > 0) {
		const struct region *r = bus_find(bus, address);
		uint64_t part = r->bytes - (address - r->base);

		if (r->kind != REGION_RAM && !(rom && r->kind == REGION_ROM))
			return false;
		if (part > count)
			part = count;
		bus_write_region(bus, r, address, from, part);
		address += part;
		from += part;
		count -= part;
	}
	return true;
}

bool bus_write(struct bus *bus, gpa address, const void *bytes, uint64_t count)
{
	return bus_write_kinds(bus, address, bytes, count, false);
}

bool bus_load(struct bus *bus, gpa address, const void *bytes, uint64_t count)
{
	return bus_write_kinds(bus, address, bytes, count, true);
}

bool bus_read(struct bus *bus, gpa address, void *bytes, uint64_t count)
{
	uint8_t *to = bytes;

	while (count > 0) {
		const struct region *r = bus_find(bus, address);
		uint64_t part = r->bytes - (address - r->base);

		if (r->kind != REGION_RAM && r->kind != REGION_ROM)
			return false;
		if (part > count)
			part = count;
		memcpy(to, r->memory + (address - r->base), part);
		address += part;
		to += part;
		count -= part;
	}
	return true;
}

const uint8_t *bus_view(struct bus *bus, gpa address, uint64_t count)
{
	const struct region *r = bus_find(bus, address);

	if (r->kind != REGION_RAM || count > r->bytes - (address - r->base))
		return NULL;
	return r->memory + (address - r->base);
}

/* All chips. */
void bus_reset(struct bus *bus)
{
	for (unsigned i = 0; i < bus->chip_count; i++)
		if (bus->chip[i].ops->reset)
			bus->chip[i].ops->reset(bus->chip[i].chip);
}

void bus_state(struct bus *bus, struct archive *a)
{
	for (unsigned i = 0; i < bus->mapping_count; i++) {
		const struct region *r = &bus->mapping[i].region;
		char name[32];

		if (r->kind == REGION_CHIP || bus->mapping[i].alias || r->fixed)
			continue;
		snprintf(name, sizeof name, "memory %u", i); /* it may have moved */
		archive_section(a, name);
		archive_memory(a, "bytes", r->memory, bus->mapping[i].bytes);
	}
	for (unsigned i = 0; i < bus->chip_count; i++) {
		archive_section(a, bus->chip[i].name);
		if (bus->chip[i].ops->state)
			bus->chip[i].ops->state(bus->chip[i].chip, a);
	}
	if (archive_loading(a) && bus->moved)
		bus->moved(bus->listener);
}
