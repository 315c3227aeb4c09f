/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The log of known mappings and the flat tables made from it; see core/memory_core.h.
 *
 * Dropping an entry moves the last of its half of the log into its place, so that both
 * halves stay dense; who holds a pointer to an entry must not note or drop others.
 */
#include "core/memory_core.h"

#include <emu/port.h>
#include <limits.h>
#include <string.h>

#include "core/code.h"
#include "guest/guest.h"

#define MEM_TABLE_BYTES (MEM_PAGES * sizeof(uint64_t))
#define MEM_LEAST (64u << 10) /* a limit of the tables */
#define MEM_LOG_OF_PAGE 16u   /* a limit's page of tables allows so many entries */
#define MEM_WHERE_PAGE (MEM_PAGES - 1)
#define MEM_WHERE_SPACE_SHIFT (32 - PAGE_SHIFT)

/* Numbers of tables: those of the spaces, then the index. */
#define MEM_TABLE_READ 0u
#define MEM_TABLE_WRITE MEM_SPACES
#define MEM_TABLE_INDEX (2u * MEM_SPACES)

static const uint64_t mem_no_leaf;

struct mem *mem_create(struct cpu *cpu, struct bus *bus)
{
	struct mem *m = port_allocate(sizeof *m, PORT_PLAIN);
	bool good;

	if (!m)
		return NULL;
	m->cpu = cpu;
	m->bus = bus;
	m->index = port_allocate(MEM_PAGES * sizeof *m->index, PORT_PLAIN);
	good = m->index != NULL;
	for (unsigned i = 0; i < MEM_SPACES; i++) {
		m->read[i] = port_allocate(MEM_TABLE_BYTES, PORT_LOW);
		m->write[i] = port_allocate(MEM_TABLE_BYTES, PORT_LOW);
		good = good && m->read[i] && m->write[i];
	}
	m->upper_top = 1;
	mem_limit(m, 0);
	if (good)
		return m;
	mem_destroy(m);
	return NULL;
}

void mem_limit(struct mem *m, uint32_t bytes)
{
	m->log = MEM_LOG;
	m->table_limit = UINT_MAX;
	if (bytes) {
		m->table_limit = bytes < MEM_LEAST ? MEM_LEAST / PAGE_BYTES : bytes / PAGE_BYTES;
		m->log = m->table_limit * MEM_LOG_OF_PAGE;
		if (m->log > MEM_LOG)
			m->log = MEM_LOG;
	}
	m->uppers = m->log / (MEM_LOG / MEM_UPPERS);
}

void mem_destroy(struct mem *m)
{
	if (!m)
		return;
	for (unsigned i = 0; i < MEM_SPACES; i++) {
		if (m->read[i])
			port_free(m->read[i], MEM_TABLE_BYTES);
		if (m->write[i])
			port_free(m->write[i], MEM_TABLE_BYTES);
	}
	if (m->index)
		port_free(m->index, MEM_PAGES * sizeof *m->index);
	port_free(m, sizeof *m);
}

const uint64_t *mem_read_table(const struct mem *m, unsigned space)
{
	return m->read[space];
}

const uint64_t *mem_write_table(const struct mem *m, unsigned space)
{
	return m->write[space];
}

const uint8_t *mem_memory_at(struct mem *m, gpa address, uint64_t bytes, uint64_t *left)
{
	const struct region *r = bus_find(m->bus, address);

	if (r->kind != REGION_RAM && r->kind != REGION_ROM)
		return NULL;
	*left = r->bytes - (address - r->base);
	return *left >= bytes ? r->memory + (address - r->base) : NULL;
}

/* Upper words. */
static uint64_t mem_word(const uint8_t *at, unsigned bytes)
{
	uint64_t v = 0;

	memcpy(&v, at, bytes == 8 ? 8 : 4);
	return v;
}

static uint64_t mem_pte_raw(const struct mem *m, const struct mem_pte *pte)
{
	if (!m->cpu->guest->big_tables)
		return pte->bytes == 8 ? pte->value : (uint32_t)pte->value;
	return pte->bytes == 8 ? __builtin_bswap64(pte->value) :
				 __builtin_bswap32((uint32_t)pte->value);
}

static void mem_find_root(struct mem *m, unsigned n)
{
	m->root[n].used = true;
	m->root[n].host = mem_memory_at(m, m->cpu->guest->root(m->cpu, n), 8, &m->root[n].bytes);
}

static void mem_find_roots(struct mem *m)
{
	for (unsigned n = 1; n < MEM_ROOTS; n++)
		if (m->root[n].used)
			mem_find_root(m, n);
}

/* Whether the word itself is as it was; not its parents.  Roots have been found. */
static bool mem_upper_holds(const struct mem *m, const struct mem_upper *u)
{
	const uint8_t *at = u->host;

	if (!at) { /* relative */
		if (!m->root[u->root].host || u->address > m->root[u->root].bytes - u->bytes)
			return false;
		at = m->root[u->root].host + u->address;
	}
	return mem_word(at, u->bytes) == u->value;
}

static uint16_t *mem_upper_chain(struct mem *m, const struct mem_pte *pte)
{
	uint32_t h = (uint32_t)(pte->address >> 2) * 0x9e3779b1u + pte->root;

	return &m->by_upper[h >> 20 & (MEM_HASH - 1)];
}

/* mem_note has seen to it that there is one. */
static unsigned mem_upper_allocate(struct mem *m)
{
	unsigned i = m->upper_free;

	m->upper_live++;
	if (!i)
		return m->upper_top++;
	m->upper_free = m->upper[i].next;
	return i;
}

/* The number of an upper word; 0: it isn't in memory. */
static unsigned mem_upper_number(struct mem *m, const struct mem_pte *pte, unsigned parent)
{
	uint16_t *chain = mem_upper_chain(m, pte);
	uint64_t raw = mem_pte_raw(m, pte), left;
	const uint8_t *host = NULL;
	unsigned i;

	for (i = *chain; i; i = m->upper[i].next) {
		const struct mem_upper *u = &m->upper[i];

		if (u->address == pte->address && u->value == raw && u->root == pte->root &&
		    u->parent == parent && u->bytes == pte->bytes)
			return i;
	}
	if (pte->root >= MEM_ROOTS || (pte->root && !m->cpu->guest->root))
		return 0;
	if (pte->root)
		m->root[pte->root].used = true;
	else if (!(host = mem_memory_at(m, pte->address, pte->bytes, &left)))
		return 0;
	i = mem_upper_allocate(m);
	m->upper[i] = (struct mem_upper){ .host = host,
					  .value = raw,
					  .address = pte->address,
					  .parent = (uint16_t)parent,
					  .next = *chain,
					  .root = pte->root,
					  .bytes = pte->bytes,
					  .live = true };
	*chain = (uint16_t)i;
	return i;
}

static void mem_upper_release(struct mem *m, unsigned i)
{
	struct mem_upper *u = &m->upper[i];
	struct mem_pte pte = { .address = u->address, .root = u->root };
	uint16_t *link = mem_upper_chain(m, &pte);

	while (*link != i)
		link = &m->upper[*link].next;
	*link = u->next;
	u->live = false;
	m->upper_live--;
	u->next = (uint16_t)m->upper_free;
	m->upper_free = i;
	m->upper_bad[i] = 0;
}

/* Marks upper words that changed, and those below them.  Returns how many. */
static unsigned mem_check_uppers(struct mem *m)
{
	unsigned bad = 0, before;

	mem_find_roots(m);
	for (unsigned i = 1; i < m->upper_top; i++)
		if (m->upper[i].live && !mem_upper_holds(m, &m->upper[i])) {
			m->upper_bad[i] = 1;
			bad++;
		}
	/* A word may have a lower number than its parent: again until nothing changes, which
	 * is as often as there are levels. */
	for (before = 0; bad != before;) {
		before = bad;
		for (unsigned i = 1; i < m->upper_top; i++)
			if (m->upper[i].live && !m->upper_bad[i] &&
			    m->upper_bad[m->upper[i].parent]) {
				m->upper_bad[i] = 1;
				bad++;
			}
	}
	return bad;
}

/* Whether entries without a leaf depend on words that changed. */
static bool mem_bad_uppers_have_flats(const struct mem *m)
{
	for (unsigned i = 1; i < m->upper_top; i++)
		if (m->upper_bad[i] && m->upper[i].flats)
			return true;
	return false;
}

static void mem_release_bad_uppers(struct mem *m)
{
	for (unsigned i = 1; i < m->upper_top; i++)
		if (m->upper_bad[i])
			mem_upper_release(m, i);
}

/* Chains of entries by host page. */
static uint16_t *mem_host_chain(struct mem *m, const uint8_t *host)
{
	uint32_t h = (uint32_t)((uintptr_t)host >> PAGE_SHIFT) * 0x9e3779b1u;

	return &m->by_host[h >> 20 & (MEM_HASH - 1)];
}

static void mem_chain_join(struct mem *m, unsigned i)
{
	struct mem_detail *d = &m->detail[i];
	uint16_t *chain = mem_host_chain(m, d->target.host);

	d->next = *chain;
	d->previous = 0;
	if (d->next)
		m->detail[d->next - 1].previous = (uint16_t)(i + 1);
	*chain = (uint16_t)(i + 1);
}

/* Makes the neighbours of an entry's detail, or the chain's head, point to `to`. */
static void mem_chain_point(struct mem *m, const struct mem_detail *d, uint16_t next,
			    uint16_t previous)
{
	if (d->previous)
		m->detail[d->previous - 1].next = next;
	else
		*mem_host_chain(m, d->target.host) = next;
	if (d->next)
		m->detail[d->next - 1].previous = previous;
}

static void mem_chain_leave(struct mem *m, const struct mem_detail *d)
{
	mem_chain_point(m, d, d->next, d->previous);
}

/* Entries. */
static gva mem_entry_page(const struct mem_entry *e)
{
	return e->where & MEM_WHERE_PAGE;
}

static unsigned mem_entry_space(const struct mem_entry *e)
{
	return e->where >> MEM_WHERE_SPACE_SHIFT;
}

static void mem_count_span(struct mem *m, gva page, unsigned span_log2, int change)
{
	if (span_log2 <= PAGE_SHIFT)
		return;
	if (span_log2 <= MEM_BIG_LOG2)
		m->big[page >> (MEM_BIG_LOG2 - PAGE_SHIFT)] += (uint16_t)change;
	else if (span_log2 <= MEM_LARGE_LOG2)
		m->large[page >> (MEM_LARGE_LOG2 - PAGE_SHIFT)] += (uint16_t)change;
	else
		m->huge += (unsigned)change;
}

/* A guest page's word in table n is about to be written. */
static void mem_count_table(struct mem *m, unsigned n, gva page)
{
	unsigned at = page / (PAGE_BYTES / sizeof(uint64_t));
	uint64_t bit = 1ull << at % 64;

	if (m->table_written[n][at / 64] & bit)
		return;
	m->table_written[n][at / 64] |= bit;
	m->table_pages++;
}

void mem_enter(struct mem *m, struct mem_entry *e)
{
	const struct mem_target *t = mem_entry_target(m, e);
	gva page = mem_entry_page(e);
	uint64_t value = ((uint64_t)(uintptr_t)t->host - ((uint64_t)page << PAGE_SHIFT)) | 1;

	if (!t->plain)
		return;
	if (e->allowed & MEM_READ) {
		mem_count_table(m, MEM_TABLE_READ + mem_entry_space(e), page);
		m->read[mem_entry_space(e)][page] = value;
		e->entered |= MEM_READ;
	}
	if (e->allowed & MEM_WRITE && !t->rom && !*t->code) {
		mem_count_table(m, MEM_TABLE_WRITE + mem_entry_space(e), page);
		m->write[mem_entry_space(e)][page] = value;
		e->entered |= MEM_WRITE;
	}
}

static void mem_leave_tables(struct mem *m, struct mem_entry *e)
{
	gva page = mem_entry_page(e);

	if (e->entered & MEM_READ)
		m->read[mem_entry_space(e)][page] = 0;
	if (e->entered & MEM_WRITE)
		m->write[mem_entry_space(e)][page] = 0;
}

/* A word's count of entries that depend on it and have no leaf. */
static void mem_count_flat(struct mem *m, const struct mem_entry *e, int change)
{
	if (!e->mask)
		m->upper[e->upper].flats += (uint16_t)change;
}

static void mem_entry_move(struct mem *m, unsigned from, unsigned to)
{
	const struct mem_entry *e = &m->entry[from];

	if (from == to)
		return;
	m->index[mem_entry_page(e)][mem_entry_space(e)] = (uint16_t)(to + 1);
	if (m->detail[from].target.host)
		mem_chain_point(m, &m->detail[from], (uint16_t)(to + 1), (uint16_t)(to + 1));
	m->entry[to] = m->entry[from];
	m->detail[to] = m->detail[from];
}

/* Drops entry i; another one has that index afterwards.  The code cache isn't told. */
static void mem_entry_remove(struct mem *m, unsigned i)
{
	struct mem_entry *e = &m->entry[i];
	struct mem_detail *d = &m->detail[i];

	mem_leave_tables(m, e);
	m->index[mem_entry_page(e)][mem_entry_space(e)] = 0;
	mem_count_span(m, mem_entry_page(e), d->span_log2, -1);
	mem_count_flat(m, e, -1);
	if (d->target.host)
		mem_chain_leave(m, d);
	if (e->entered & MEM_FETCH)
		m->fetch_count--;
	if (i < m->leaf_count)
		mem_entry_move(m, --m->leaf_count, i);
	else
		mem_entry_move(m, m->log - m->flat_count--, i);
}

static void mem_entry_drop(struct mem *m, unsigned i)
{
	gva page = mem_entry_page(&m->entry[i]);
	bool fetched = m->entry[i].entered & MEM_FETCH;

	mem_entry_remove(m, i);
	m->dropped++;
	if (fetched && m->cpu->code)
		code_unmap(m->cpu->code, page << PAGE_SHIFT);
}

static bool mem_depend_leaf(struct mem *m, struct mem_entry *e, const struct mem_pte *pte)
{
	uint64_t left;
	const uint8_t *at = mem_memory_at(m, pte->address, pte->bytes, &left);
	unsigned shift = 8 * ((uintptr_t)at & 4);

	if (!at || (pte->bytes != 4 && pte->bytes != 8) || pte->address % pte->bytes)
		return false;
	/* Memory is whole pages, so 8 bytes can be read. */
	e->leaf = (const uint64_t *)((uintptr_t)at & ~(uintptr_t)7);
	e->mask = pte->bytes == 8 ? ~0ull : 0xffffffffull << shift;
	e->value = mem_pte_raw(m, pte) << shift;
	return true;
}

/* What the entry's validity depends on.  False: on something that can't be watched. */
static bool mem_depend(struct mem *m, struct mem_entry *e, const struct mem_walk *walk)
{
	unsigned uppers = walk->pte_count, upper = 0;
	const struct mem_pte *last = NULL;

	if (uppers > MEM_PTES)
		return false;
	if (uppers > 0 && walk->pte[uppers - 1].root == 0)
		last = &walk->pte[--uppers];
	for (unsigned i = 0; i < uppers; i++) {
		upper = mem_upper_number(m, &walk->pte[i], upper);
		if (!upper)
			return false;
	}
	e->upper = (uint16_t)upper;
	e->leaf = &mem_no_leaf;
	return !last || mem_depend_leaf(m, e, last);
}

static void mem_entry_add(struct mem *m, const struct mem_entry *e, const struct mem_target *target,
			  unsigned span_log2)
{
	unsigned i = e->mask ? m->leaf_count++ : m->log - ++m->flat_count;
	struct mem_detail *d = &m->detail[i];

	m->entry[i] = *e;
	d->target = *target;
	d->span_log2 = (uint8_t)span_log2;
	mem_count_table(m, MEM_TABLE_INDEX, mem_entry_page(e));
	m->index[mem_entry_page(e)][mem_entry_space(e)] = (uint16_t)(i + 1);
	mem_count_span(m, mem_entry_page(e), span_log2, 1);
	mem_count_flat(m, e, 1);
	if (target->host)
		mem_chain_join(m, i);
	if (e->entered & MEM_FETCH)
		m->fetch_count++;
	mem_enter(m, &m->entry[i]);
}

/* Removes what is known of the page.  Returns MEM_FETCH if the code cache relies on it
 * and may go on doing so, because the new mapping is the same in that respect. */
static uint8_t mem_supersede(struct mem *m, gva address, unsigned space,
			     const struct mem_walk *walk, const struct mem_target *target)
{
	struct mem_entry *e = mem_known(m, address, space);

	if (!e)
		return 0;
	if (!(e->entered & MEM_FETCH) || !(walk->rights & MEM_FETCH) || !target->host ||
	    mem_entry_target(m, e)->host != target->host) {
		mem_entry_drop(m, (unsigned)(e - m->entry));
		return 0;
	}
	mem_entry_remove(m, (unsigned)(e - m->entry));
	return MEM_FETCH;
}

static uint8_t *mem_table(struct mem *m, unsigned n)
{
	if (n == MEM_TABLE_INDEX)
		return (uint8_t *)m->index;
	return (uint8_t *)(n < MEM_TABLE_WRITE ? m->read[n] : m->write[n - MEM_TABLE_WRITE]);
}

/* Gives back the pages of tables that hold nothing any more. */
static void mem_discard_tables(struct mem *m)
{
	for (unsigned n = 0; n < MEM_TABLES; n++)
		for (unsigned i = 0; i < MEM_TABLE_WORDS; i++) {
			if (!m->table_written[n][i])
				continue;
			port_discard(mem_table(m, n) + i * 64 * PAGE_BYTES, 64 * PAGE_BYTES);
			m->table_written[n][i] = 0;
		}
	m->table_pages = 0;
	m->table_drops++;
}

void mem_note(struct mem *m, gva address, unsigned space, const struct mem_walk *walk,
	      const struct mem_target *target)
{
	struct mem_entry e = { .where = address >> PAGE_SHIFT | space << MEM_WHERE_SPACE_SHIFT,
			       .allowed = walk->rights };
	uint8_t keep;

	m->fills++;
	if (!mem_has_room(m)) {
		mem_drop(m);
		mem_discard_tables(m);
		m->unlogged_fetch = true; /* that of the running block */
	}
	if (m->leaf_count + m->flat_count == m->log || m->upper_live + MEM_PTES >= m->uppers) {
		mem_drop(m);
		m->unlogged_fetch = true; /* that of the running block */
	}
	keep = mem_supersede(m, address, space, walk, target);
	if (!mem_depend(m, &e, walk)) {
		if (keep)
			code_unmap(m->cpu->code, address & ~PAGE_MASK);
		return;
	}
	e.entered = keep;
	mem_entry_add(m, &e, target, walk->span_log2);
}

/* Flushing. */
static bool mem_entry_holds(const struct mem *m, const struct mem_entry *e)
{
	if ((*e->leaf & e->mask) != e->value)
		return false;
	for (unsigned u = e->upper; u; u = m->upper[u].parent)
		if (!mem_upper_holds(m, &m->upper[u]))
			return false;
	return true;
}

/* Instructions were fetched by a mapping that can't be validated. */
static void mem_forget_unlogged(struct mem *m)
{
	if (!m->unlogged_fetch)
		return;
	m->unlogged_fetch = false;
	code_unmap_all(m->cpu->code);
}

static void mem_flush_leaves(struct mem *m)
{
	m->validated += m->leaf_count;
	for (unsigned i = 0; i < m->leaf_count;) {
		const struct mem_entry *e = &m->entry[i];

		if (((*e->leaf & e->mask) ^ e->value) | m->upper_bad[e->upper])
			mem_entry_drop(m, i);
		else
			i++;
	}
}

static void mem_flush_flat(struct mem *m)
{
	/* What fills a gap comes from the half's low end: downwards, looking again. */
	for (unsigned i = m->log; i-- > m->log - m->flat_count;)
		if (m->upper_bad[m->entry[i].upper])
			mem_entry_drop(m, i++);
}

void mem_flush(struct mem *m)
{
	unsigned bad = mem_check_uppers(m);

	m->flushes++;
	mem_forget_unlogged(m);
	mem_flush_leaves(m);
	if (!bad)
		return;
	if (mem_bad_uppers_have_flats(m))
		mem_flush_flat(m);
	mem_release_bad_uppers(m);
}

static void mem_flush_pages(struct mem *m, gva first, unsigned pages)
{
	static const uint16_t none[MEM_SPACES];

	for (gva page = first; page < first + pages; page++) {
		if (memcmp(m->index[page], none, sizeof none) == 0)
			continue;
		for (unsigned space = 0; space < MEM_SPACES; space++) {
			unsigned i = m->index[page][space];

			if (!i)
				continue;
			m->validated++;
			if (!mem_entry_holds(m, &m->entry[i - 1]))
				mem_entry_drop(m, i - 1);
		}
	}
}

void mem_flush_address(struct mem *m, gva address)
{
	gva page = address >> PAGE_SHIFT;
	unsigned log2 = PAGE_SHIFT;

	if (m->huge) {
		mem_flush(m);
		return;
	}
	m->flushes++;
	mem_forget_unlogged(m);
	mem_find_roots(m);
	if (m->large[address >> MEM_LARGE_LOG2])
		log2 = MEM_LARGE_LOG2;
	else if (m->big[address >> MEM_BIG_LOG2])
		log2 = MEM_BIG_LOG2;
	log2 -= PAGE_SHIFT;
	mem_flush_pages(m, page >> log2 << log2, 1u << log2);
}

void mem_drop_space(struct mem *m, unsigned space)
{
	for (unsigned i = 0; i < m->leaf_count;) {
		if (mem_entry_space(&m->entry[i]) == space)
			mem_entry_drop(m, i);
		else
			i++;
	}
	for (unsigned i = m->log; i-- > m->log - m->flat_count;)
		if (mem_entry_space(&m->entry[i]) == space)
			mem_entry_drop(m, i++);
}

static void mem_clear_entries(struct mem *m, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++) {
		struct mem_entry *e = &m->entry[i];

		mem_leave_tables(m, e);
		m->index[mem_entry_page(e)][mem_entry_space(e)] = 0;
	}
	m->dropped += to - from;
}

void mem_drop(struct mem *m)
{
	bool fetched = m->fetch_count > 0 || m->unlogged_fetch;

	m->flushes++;
	mem_clear_entries(m, 0, m->leaf_count);
	mem_clear_entries(m, m->log - m->flat_count, m->log);
	m->leaf_count = m->flat_count = m->fetch_count = 0;
	memset(m->upper, 0, m->upper_top * sizeof *m->upper);
	m->upper_top = 1;
	m->upper_free = m->upper_live = 0;
	m->huge = 0;
	m->unlogged_fetch = false;
	memset(m->big, 0, sizeof m->big);
	memset(m->large, 0, sizeof m->large);
	memset(m->root, 0, sizeof m->root);
	memset(m->by_host, 0, sizeof m->by_host);
	memset(m->by_upper, 0, sizeof m->by_upper);
	memset(m->upper_bad, 0, sizeof m->upper_bad);
	if (fetched && m->cpu->code)
		code_unmap_all(m->cpu->code);
}

/* Translated code. */

static uint64_t *mem_code_word(struct mem *m, gpa address, const uint8_t **host)
{
	const struct region *r = bus_find(m->bus, address);

	if (r->kind != REGION_RAM && r->kind != REGION_ROM)
		return NULL;
	*host = r->memory + (address - r->base) - (address & PAGE_MASK);
	return &r->code[(address >> PAGE_SHIFT) - (r->base >> PAGE_SHIFT)];
}

static void mem_leave_write_tables(struct mem *m, const uint8_t *host)
{
	for (unsigned i = *mem_host_chain(m, host); i; i = m->detail[i - 1].next) {
		struct mem_entry *e = &m->entry[i - 1];

		if (m->detail[i - 1].target.host != host || !(e->entered & MEM_WRITE))
			continue;
		m->write[mem_entry_space(e)][mem_entry_page(e)] = 0;
		e->entered &= (uint8_t)~MEM_WRITE;
	}
}

void mem_protect_code(struct mem *m, gpa address, unsigned bytes)
{
	while (bytes > 0) {
		unsigned offset = (unsigned)address & PAGE_MASK, part = PAGE_BYTES - offset;
		const uint8_t *host;
		uint64_t *word = mem_code_word(m, address, &host);

		if (part > bytes)
			part = bytes;
		if (word && !*word)
			mem_leave_write_tables(m, host);
		if (word)
			*word |= mem_parts_of_page(offset, part);
		address += part;
		bytes -= part;
	}
}

void mem_unprotect_code(struct mem *m, gpa page, uint64_t parts)
{
	const uint8_t *host;
	uint64_t *word = mem_code_word(m, page, &host);

	if (word)
		*word &= ~parts;
}
