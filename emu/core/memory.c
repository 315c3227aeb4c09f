/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Guest accesses that translated code doesn't do by itself (core/memory.h): the first
 * to a page, those that cross pages or are misaligned, chips, pages with code or under
 * watch, and all accesses of the interpreter and of helpers.
 *
 * Within, a value is the bytes in memory, byte 0 lowest; the byte order of the access
 * is applied last (loads) or first (stores).
 */
#include "core/memory.h"

#include <assert.h>
#include <emu/log.h>
#include <emu/port.h>
#include <string.h>

#include "core/code.h"
#include "core/memory_core.h"
#include "guest/guest.h"

/* An access on its way: where, with which rights. */
struct mem_way {
	struct cpu *cpu;
	gva address;
	unsigned space;
	enum mem_access access;
};

static _Noreturn void mem_abort(const struct mem_way *way, const struct mem_walk *walk)
{
	way->cpu->guest->abort(way->cpu, way->address, way->space, way->access, walk);
	port_panic("a guest's abort returned");
}

static void mem_check_alignment(struct cpu *cpu, gva address, struct ir_mem how,
				enum mem_access access)
{
	struct mem_way way = { cpu, address, how.space, access };

	if (address & ((1u << how.align) - 1))
		mem_abort(&way, NULL);
}

/* Nothing answers.  The walk is made anew: what is known of it isn't a struct mem_walk,
 * and may be out of date. */
static _Noreturn void mem_bus_error(const struct mem_way *way)
{
	struct mem_walk walk = { 0 };

	if (way->cpu->guest->walk(way->cpu, way->address, way->space, way->access, false, &walk))
		walk.fault = GUEST_BUS_ERROR;
	mem_abort(way, &walk);
}

void mem_find_target(struct mem *m, gva address, const struct mem_walk *walk, struct mem_target *t)
{
	gpa page = walk->page & ~(gpa)PAGE_MASK;
	const struct region *r = bus_find(m->bus, page);

	*t = (struct mem_target){ .address = page };
	if ((r->kind != REGION_RAM && r->kind != REGION_ROM) ||
	    r->bytes - (page - r->base) < PAGE_BYTES)
		return;
	t->host = r->memory + (page - r->base);
	t->address = page - r->base + r->original;
	t->code = &r->code[(page >> PAGE_SHIFT) - (r->base >> PAGE_SHIFT)];
	t->rom = r->kind == REGION_ROM;
	t->shadow = r->shadow ? r->shadow + (page - r->base) : NULL;
	t->plain = !walk->not_plain && !mem_page_watched(m, address);
}

/* Finds where a page is, by what is known or by a walk, and whether the access is
 * allowed; aborts if not. */
static void mem_reach(const struct mem_way *way, struct mem_target *t)
{
	struct cpu *cpu = way->cpu;
	struct mem *m = cpu->mem;
	struct mem_entry *e = mem_known(m, way->address, way->space);
	struct mem_walk walk = { 0 };

	if (e && e->allowed & way->access && mem_has_room(m)) {
		mem_enter(m, e); /* a page whose code has gone */
		*t = *mem_entry_target(m, e);
		return;
	}
	if (!cpu->guest->walk(cpu, way->address, way->space, way->access, false, &walk))
		mem_abort(way, &walk);
	mem_find_target(m, way->address, &walk, t);
	/* Such pages needn't be known for long. */
	if (!t->host &&
	    bus_find(m->bus, t->address | (way->address & PAGE_MASK))->kind == REGION_NONE)
		return;
	mem_note(m, way->address, way->space, &walk, t);
}

/* How an access is cut by a page's end. */
struct mem_parts {
	unsigned here, there; /* bytes in the first page, in the next */
	struct mem_target at[2];
};

static struct mem_way mem_next_page(const struct mem_way *way, unsigned here)
{
	struct mem_way next = *way;

	next.address += here;
	return next;
}

/* Both pages' rights are checked before anything is read or written. */
static void mem_reach_all(const struct mem_way *way, unsigned bytes, struct mem_parts *parts)
{
	unsigned room = PAGE_BYTES - (way->address & PAGE_MASK);

	parts->here = bytes < room ? bytes : room;
	parts->there = bytes - parts->here;
	mem_reach(way, &parts->at[0]);
	if (parts->there) {
		struct mem_way next = mem_next_page(way, parts->here);

		mem_reach(&next, &parts->at[1]);
	}
}

/* Chips are accessed in units, the rest in bytes. */
static void mem_read_chip(const struct mem_way *way, const struct mem_target *t, uint8_t *bytes,
			  unsigned count, unsigned unit)
{
	gpa from = t->address | (way->address & PAGE_MASK);

	for (unsigned done = 0; done < count;) {
		unsigned size = count - done < unit ? 1 : unit;
		bool found;
		uint64_t v = bus_io_read(way->cpu->bus, from + done, size, false, &found);

		if (!found)
			mem_bus_error(way);
		way->cpu->mem->io_accesses++;
		memcpy(bytes + done, &v, size);
		done += size;
	}
}

static void mem_write_chip(const struct mem_way *way, const struct mem_target *t,
			   const uint8_t *bytes, unsigned count, unsigned unit)
{
	gpa to = t->address | (way->address & PAGE_MASK);

	for (unsigned done = 0; done < count;) {
		unsigned size = count - done < unit ? 1 : unit;
		uint64_t v = 0;
		bool found;

		memcpy(&v, bytes + done, size);
		bus_io_write(way->cpu->bus, to + done, size, v, false, &found);
		if (!found)
			mem_bus_error(way);
		way->cpu->mem->io_accesses++;
		done += size;
	}
}

/* Accesses within a page. */
static void mem_read_page(const struct mem_way *way, const struct mem_target *t, uint8_t *bytes,
			  unsigned count, unsigned unit)
{
	if (t->host)
		memcpy(bytes, t->host + (way->address & PAGE_MASK), count);
	else
		mem_read_chip(way, t, bytes, count, unit);
}

/* Before any byte of a store is written: it may be abandoned here, to be made again. */
static void mem_announce(const struct mem_way *way, const struct mem_target *t, unsigned count)
{
	unsigned offset = way->address & PAGE_MASK;

	if (t->host && !t->rom && *t->code & mem_parts_of_page(offset, count))
		code_store(way->cpu->code, t->address | offset, count);
}

static void mem_announce_all(const struct mem_way *way, const struct mem_parts *parts)
{
	struct mem_way next = mem_next_page(way, parts->here);

	mem_announce(way, &parts->at[0], parts->here);
	if (parts->there)
		mem_announce(&next, &parts->at[1], parts->there);
}

static void mem_write_page(const struct mem_way *way, const struct mem_target *t,
			   const uint8_t *bytes, unsigned count, unsigned unit)
{
	unsigned offset = way->address & PAGE_MASK;

	if (!t->host) {
		mem_write_chip(way, t, bytes, count, unit);
		return;
	}
	if (t->shadow) {
		memcpy(t->shadow + offset, bytes, count);
		return;
	}
	if (t->rom) {
		LOG(LOG_GUEST, "write to ROM at %#llx", (unsigned long long)t->address | offset);
		return;
	}
	memcpy(t->host + offset, bytes, count);
}

static void mem_read_bytes(const struct mem_way *way, uint8_t *bytes, unsigned count, unsigned unit)
{
	struct mem_parts parts;

	mem_reach_all(way, count, &parts);
	if (parts.there)
		unit = 1;
	mem_read_page(way, &parts.at[0], bytes, parts.here, unit);
	if (parts.there) {
		struct mem_way next = mem_next_page(way, parts.here);

		mem_read_page(&next, &parts.at[1], bytes + parts.here, parts.there, unit);
	}
	if (way->cpu->mem->watch_count)
		mem_watch_check(way->cpu->mem, way->address, count, MEM_READ);
}

static void mem_write_bytes(const struct mem_way *way, const uint8_t *bytes, unsigned count,
			    unsigned unit)
{
	struct mem_parts parts;
	struct mem_way next;

	mem_reach_all(way, count, &parts);
	if (parts.there)
		unit = 1;
	next = mem_next_page(way, parts.here);
	mem_announce_all(way, &parts);
	mem_write_page(way, &parts.at[0], bytes, parts.here, unit);
	if (parts.there)
		mem_write_page(&next, &parts.at[1], bytes + parts.here, parts.there, unit);
	if (way->cpu->mem->watch_count)
		mem_watch_check(way->cpu->mem, way->address, count, MEM_WRITE);
}

/* The host address of an access that its table allows to be made directly, or NULL. */
static inline uint8_t *mem_direct(const uint64_t *table, gva address, unsigned bytes,
				  unsigned align)
{
	uint64_t entry = table[address >> PAGE_SHIFT];

	if (!entry || (address & PAGE_MASK) + bytes > PAGE_BYTES || address & ((1u << align) - 1))
		return NULL;
	return (uint8_t *)(uintptr_t)(entry - 1 + address);
}

static inline uint64_t mem_get(const uint8_t *at, unsigned bytes)
{
	uint64_t v = 0;

	switch (bytes) {
	case 1:
		return *at;
	case 2:
		memcpy(&v, at, 2);
		return v;
	case 4:
		memcpy(&v, at, 4);
		return v;
	default:
		memcpy(&v, at, 8);
		return v;
	}
}

static inline void mem_put(uint8_t *at, unsigned bytes, uint64_t v)
{
	switch (bytes) {
	case 1:
		*at = (uint8_t)v;
		break;
	case 2:
		memcpy(at, &v, 2);
		break;
	case 4:
		memcpy(at, &v, 4);
		break;
	default:
		memcpy(at, &v, 8);
	}
}

uint64_t mem_load(struct cpu *cpu, gva address, struct ir_mem how)
{
	unsigned bytes = 1u << how.size, spare = 64 - 8 * bytes;
	const uint8_t *at = mem_direct(cpu->mem->read[how.space], address, bytes, how.align);
	uint64_t v = 0;

	assert(bytes <= 8);
	if (at) {
		v = mem_get(at, bytes);
	} else {
		struct mem_way way = { cpu, address, how.space, how.write ? MEM_WRITE : MEM_READ };

		mem_check_alignment(cpu, address, how, way.access);
		mem_read_bytes(&way, (uint8_t *)&v, bytes, bytes);
	}
	v = how.big ? __builtin_bswap64(v) : v << spare;
	return how.sign ? (uint64_t)((int64_t)v >> spare) : v >> spare;
}

void mem_store(struct cpu *cpu, gva address, struct ir_mem how, uint64_t value)
{
	unsigned bytes = 1u << how.size;
	uint8_t *at = mem_direct(cpu->mem->write[how.space], address, bytes, how.align);

	assert(bytes <= 8);
	if (how.big)
		value = __builtin_bswap64(value) >> (64 - 8 * bytes);
	if (at) {
		mem_put(at, bytes, value);
	} else {
		struct mem_way way = { cpu, address, how.space, MEM_WRITE };

		mem_check_alignment(cpu, address, how, MEM_WRITE);
		mem_write_bytes(&way, (const uint8_t *)&value, bytes, bytes);
	}
}

void mem_load_vector(struct cpu *cpu, gva address, struct ir_mem how, uint64_t value[2])
{
	const uint8_t *at = mem_direct(cpu->mem->read[how.space], address, 16, how.align);
	uint64_t v[2];

	if (at) {
		memcpy(v, at, 16);
	} else {
		struct mem_way way = { cpu, address, how.space, MEM_READ };

		mem_check_alignment(cpu, address, how, MEM_READ);
		mem_read_bytes(&way, (uint8_t *)v, 16, 8);
	}
	value[0] = how.big ? __builtin_bswap64(v[1]) : v[0];
	value[1] = how.big ? __builtin_bswap64(v[0]) : v[1];
}

void mem_store_vector(struct cpu *cpu, gva address, struct ir_mem how, const uint64_t value[2])
{
	uint8_t *at = mem_direct(cpu->mem->write[how.space], address, 16, how.align);
	uint64_t v[2] = { value[0], value[1] };

	if (how.big) {
		v[0] = __builtin_bswap64(value[1]);
		v[1] = __builtin_bswap64(value[0]);
	}
	if (at) {
		memcpy(at, v, 16);
	} else {
		struct mem_way way = { cpu, address, how.space, MEM_WRITE };

		mem_check_alignment(cpu, address, how, MEM_WRITE);
		mem_write_bytes(&way, (const uint8_t *)v, 16, 8);
	}
}

/* Spans. */

/* The host address of a range that is plain memory in one piece, or NULL. */
static hva mem_direct_span(const uint64_t *table, gva address, unsigned bytes)
{
	uint64_t entry = table[address >> PAGE_SHIFT];

	/* Equal entries of adjacent pages: adjacent in host memory, too. */
	if (!entry || table[(gva)(address + bytes - 1) >> PAGE_SHIFT] != entry ||
	    address + bytes < address)
		return NULL;
	return (hva)(uintptr_t)(entry - 1 + address);
}

static unsigned mem_span_unit(gva address)
{
	return address & 3 ? 1 : 4;
}

hva mem_span(struct cpu *cpu, gva address, struct ir_mem how, unsigned bytes, bool write)
{
	enum mem_access access = write ? MEM_WRITE : MEM_READ;
	uint64_t *table = (write ? cpu->mem->write : cpu->mem->read)[how.space];
	struct mem_way way = { cpu, address, how.space, access };
	struct mem_parts parts;
	hva at;

	assert(bytes > 0 && bytes <= CPU_BOUNCE_BYTES);
	mem_check_alignment(cpu, address, how, access);
	cpu->mem->span_bounced = false;
	at = mem_direct_span(table, address, bytes);
	if (at)
		return at;
	if (!write) {
		mem_read_bytes(&way, cpu->bounce, bytes, mem_span_unit(address));
		return cpu->bounce;
	}
	mem_reach_all(&way, bytes, &parts);
	at = mem_direct_span(table, address, bytes);
	if (at)
		return at;
	mem_announce_all(&way, &parts);
	cpu->mem->span_bounced = true;
	return cpu->bounce;
}

void mem_span_end(struct cpu *cpu, gva address, struct ir_mem how, unsigned bytes)
{
	struct mem_way way = { cpu, address, how.space, MEM_WRITE };

	if (!cpu->mem->span_bounced)
		return;
	cpu->mem->span_bounced = false;
	mem_write_bytes(&way, cpu->bounce, bytes, mem_span_unit(address));
}

/* Instructions. */
const uint8_t *mem_fetch(struct cpu *cpu, gva address, unsigned space, gpa *physical)
{
	struct mem_way way = { cpu, address, space, MEM_FETCH };
	struct mem *m = cpu->mem;
	struct mem_target t;
	struct mem_entry *e;

	mem_reach(&way, &t);
	if (!t.host)
		return NULL;
	e = mem_known(m, address, space);
	if (!e)
		m->unlogged_fetch = true;
	else if (!(e->entered & MEM_FETCH)) {
		e->entered |= MEM_FETCH;
		m->fetch_count++;
	}
	*physical = t.address | (address & PAGE_MASK);
	return t.host + (address & PAGE_MASK);
}
