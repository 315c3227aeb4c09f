/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What debuggers want of guest memory (core/memory.h): looking without effects,
 * changing, watchpoints; and statistics.
 */
#include "core/memory_core.h"

#include <string.h>

#include "core/code.h"
#include "core/debug.h"
#include "guest/guest.h"

/* A page as instructions see it.  False: not mapped, or not memory. */
static bool mem_peek_page(struct cpu *cpu, gva address, enum mem_access access,
			  struct mem_target *t)
{
	const struct guest *guest = cpu->guest;
	unsigned space = guest->fetch_space(guest->modes(cpu) | 1u << 31);
	struct mem_walk walk = { 0 };

	if (!guest->walk(cpu, address, space, access, true, &walk))
		return false;
	mem_find_target(cpu->mem, address, &walk, t);
	return t->host != NULL;
}

static unsigned mem_peek_part(gva address, size_t count)
{
	unsigned room = PAGE_BYTES - (address & PAGE_MASK);

	return count < room ? (unsigned)count : room;
}

bool mem_peek(struct cpu *cpu, gva address, void *bytes, size_t count)
{
	uint8_t *to = bytes;

	while (count > 0) {
		unsigned part = mem_peek_part(address, count);
		struct mem_target t;

		if (!mem_peek_page(cpu, address, MEM_READ, &t) &&
		    !mem_peek_page(cpu, address, MEM_FETCH, &t))
			return false;
		memcpy(to, t.host + (address & PAGE_MASK), part);
		address += part;
		to += part;
		count -= part;
	}
	return true;
}

/* Also what the guest may only read: breakpoints are written into text. */
bool mem_poke(struct cpu *cpu, gva address, const void *bytes, size_t count)
{
	const uint8_t *from = bytes;

	while (count > 0) {
		unsigned part = mem_peek_part(address, count), offset = address & PAGE_MASK;
		struct mem_target t;

		if ((!mem_peek_page(cpu, address, MEM_WRITE, &t) &&
		     !mem_peek_page(cpu, address, MEM_READ, &t)) ||
		    t.rom)
			return false;
		if (*t.code & mem_parts_of_page(offset, part))
			code_invalidate(cpu->code, t.address | offset, part);
		memcpy(t.host + offset, from, part);
		address += part;
		from += part;
		count -= part;
	}
	return true;
}

/* Watchpoints.  Pages under watch aren't in the tables, whatever is watched of them. */
static bool mem_ranges_meet(gva a, unsigned a_bytes, gva b, unsigned b_bytes)
{
	return b - a < a_bytes || a - b < b_bytes;
}

bool mem_page_watched(const struct mem *m, gva address)
{
	for (unsigned i = 0; i < m->watch_count; i++)
		if (mem_ranges_meet(address & ~PAGE_MASK, PAGE_BYTES, m->watch[i].address,
				    m->watch[i].bytes))
			return true;
	return false;
}

void mem_watch_check(struct mem *m, gva address, unsigned bytes, enum mem_access access)
{
	bool guest = false, debugger = false;

	for (unsigned i = 0; i < m->watch_count; i++) {
		const struct mem_watch *w = &m->watch[i];

		if (!(w->accesses & access) ||
		    !mem_ranges_meet(address, bytes, w->address, w->bytes))
			continue;
		guest |= w->guest;
		debugger |= !w->guest;
	}
	if (guest)
		m->cpu->guest->watched(m->cpu, address, bytes, access);
	if (debugger)
		debug_watch_hit(m->cpu, address, access);
}

static bool watch_add(struct mem *m, const struct mem_watch *watch, unsigned most)
{
	unsigned count = 0;

	for (unsigned i = 0; i < m->watch_count; i++)
		count += m->watch[i].guest == watch->guest;
	if (count == most || watch->bytes == 0)
		return false;
	m->watch[m->watch_count++] = *watch;
	mem_drop(m);
	return true;
}

static void watch_remove_all(struct mem *m, bool guest)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < m->watch_count; i++)
		if (m->watch[i].guest != guest)
			m->watch[kept++] = m->watch[i];
	if (kept != m->watch_count)
		mem_drop(m);
	m->watch_count = kept;
}

bool mem_watch(struct mem *m, gva address, unsigned bytes, unsigned accesses)
{
	const struct mem_watch w = { .address = address, .bytes = bytes, .accesses = accesses };

	return watch_add(m, &w, MEM_WATCHES);
}

void mem_unwatch(struct mem *m, gva address, unsigned bytes, unsigned accesses)
{
	for (unsigned i = 0; i < m->watch_count; i++) {
		const struct mem_watch *w = &m->watch[i];

		if (w->guest || w->address != address || w->bytes != bytes ||
		    w->accesses != accesses)
			continue;
		m->watch[i] = m->watch[--m->watch_count];
		mem_drop(m);
		return;
	}
}

void mem_unwatch_all(struct mem *m)
{
	watch_remove_all(m, false);
}

bool mem_guest_watch(struct mem *m, gva address, unsigned bytes, unsigned accesses)
{
	const struct mem_watch w = {
		.address = address, .bytes = bytes, .accesses = accesses, .guest = true
	};

	return watch_add(m, &w, MEM_GUEST_WATCHES);
}

void mem_guest_unwatch_all(struct mem *m)
{
	watch_remove_all(m, true);
}

void mem_statistics(const struct mem *m, struct machine_stats *stats)
{
	stats->flushes = m->flushes;
	stats->entries_validated = m->validated;
	stats->entries_dropped = m->dropped;
	stats->fills = m->fills;
	stats->io_accesses = m->io_accesses;
	stats->table_bytes = (uint64_t)m->table_pages * PAGE_BYTES;
	stats->table_drops = m->table_drops;
}
