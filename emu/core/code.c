/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The code cache's memory and tables; see code.h.  Finding, adding and removing
 * blocks; what happens when guest pages are remapped or written.
 */
#include "core/code.h"

#include <emu/log.h>
#include <emu/port.h>
#include <string.h>

#include "core/code_block.h"

static unsigned block_hash(const struct code *c, gva pc, uint32_t modes, gpa physical)
{
	uint32_t h = (uint32_t)(physical >> 1) ^ pc * 0x9e3779b1u ^ modes * 0x85ebca6bu;

	return (h ^ h >> 15) & ((1u << c->hash_log2) - 1);
}

static struct chain **page_chain(struct code *c, struct chain **table, gpa page)
{
	uint32_t h = (uint32_t)(page >> PAGE_SHIFT) * 0x9e3779b1u;

	return &table[h >> (32 - c->hash_log2)];
}

static void chain_join(struct chain *link, struct chain **head, struct block *b)
{
	link->block = b;
	link->next = *head;
	link->at = head;
	if (link->next)
		link->next->at = &link->next;
	*head = link;
}

static void chain_leave(struct chain *link)
{
	if (!link->at)
		return;
	*link->at = link->next;
	if (link->next)
		link->next->at = link->at;
	link->at = NULL;
}

struct block *code_find(struct code *c, gva pc, uint32_t modes, gpa physical)
{
	struct block *b = c->hash[block_hash(c, pc, modes, physical)];

	while (b && (b->physical != physical || b->pc != pc || b->modes != modes))
		b = b->same_hash;
	return b;
}

void code_remember_jump(struct code *c, struct block *b)
{
	struct cpu_jump *j = &c->jumps[code_jump_hash(b->pc)];

	j->tag = code_tag(b->pc, b->modes);
	j->code = c->base + b->entry;
}

static void forget_jump(struct code *c, const struct block *b)
{
	struct cpu_jump *j = &c->jumps[code_jump_hash(b->pc)];

	if (j->tag == code_tag(b->pc, b->modes))
		j->tag = 0;
}

/* Takes a block out of everything.  Its memory stays as it is, for it may be running;
 * but all its exits lead to the run loop. */
static void block_remove(struct code *c, struct block *b)
{
	if (b->dead)
		return;
	b->dead = true;
	link_cut_incoming(c, b, false);
	for (unsigned i = 0; i < b->link_count; i++)
		link_cut(c, &b->link[i]);
	forget_jump(c, b);
	*b->hash_at = b->same_hash;
	if (b->same_hash)
		b->same_hash->hash_at = b->hash_at;
	for (unsigned i = 0; i < 2; i++) {
		chain_leave(&b->by_virtual[i]);
		chain_leave(&b->by_physical[i]);
	}
	c->stats.blocks_live--;
}

/* Bit i stands for bytes 64 i..64 i + 63 of a page. */
static uint64_t subpage_mask(gpa first, unsigned count)
{
	unsigned low = (unsigned)first & PAGE_MASK, high = low + count - 1;

	if (!count)
		return 0;
	return ~0ull >> (63 - (high >> 6)) & ~0ull << (low >> 6);
}

/* The sub-pages of a physical page that a block uses. */
static uint64_t block_subpages(const struct block *b, gpa page)
{
	gpa first = b->physical, last = b->physical + b->bytes - 1;

	if (b->crosses) {
		uint32_t here = PAGE_BYTES - ((uint32_t)b->physical & PAGE_MASK);

		if (page == b->physical2) {
			first = page;
			last = page + b->bytes - here - 1;
		} else {
			last = first + here - 1;
		}
	}
	return subpage_mask(first, (unsigned)(last - first + 1));
}

static void page_unprotect(struct code *c, gpa page)
{
	uint64_t used = 0;

	for (struct chain *k = *page_chain(c, c->physical_page, page); k; k = k->next) {
		struct block *b = k->block;

		if (k == &b->by_physical[0] ? (b->physical & ~(gpa)PAGE_MASK) == page :
					      b->physical2 == page)
			used |= block_subpages(b, page);
	}
	mem_unprotect_code(c->cpu->mem, page, ~used);
}

static void invalidate_page(struct code *c, gpa page, uint64_t subpages)
{
	struct chain *next;
	bool any = false;

	for (struct chain *k = *page_chain(c, c->physical_page, page); k; k = next) {
		struct block *b = k->block;
		gpa own = k == &b->by_physical[0] ? b->physical & ~(gpa)PAGE_MASK : b->physical2;

		next = k->next;
		/* Removing a block takes both its links out of the chain. */
		while (next && next->block == b)
			next = next->next;
		if (own != page || !(block_subpages(b, page) & subpages))
			continue;
		block_remove(c, b);
		any = true;
	}
	if (any) {
		c->stats.invalidations++;
		code_forget_returns(c);
		/* One of them may be running, and a loop. */
		machine_shorten_slice(c->cpu->machine, 0);
	}
	page_unprotect(c, page);
}

void code_invalidate(struct code *c, gpa address, uint64_t count)
{
	while (count) {
		gpa page = address & ~(gpa)PAGE_MASK;
		uint64_t here = page + PAGE_BYTES - address;

		if (here > count)
			here = count;
		invalidate_page(c, page, subpage_mask(address, (unsigned)here));
		address += here;
		count -= here;
	}
}

/* Whether a block of the current pc and modes has a byte of what is to be written. */
static bool runs_in(const struct cpu *cpu, gva pc, unsigned bytes, uint32_t modes)
{
	return modes == cpu->modes && cpu->pc - pc < bytes;
}

static bool running_block_has(struct code *c, gpa address, uint64_t count)
{
	gpa page = address & ~(gpa)PAGE_MASK;
	uint64_t parts = subpage_mask(address, (unsigned)count);
	const struct cpu *cpu = c->cpu;

	if (c->in_limited)
		return page == c->limited_at[0] || page == c->limited_at[1];
	for (struct chain *k = *page_chain(c, c->physical_page, page); k; k = k->next) {
		const struct block *b = k->block;

		if (runs_in(cpu, b->pc, b->bytes, b->modes) && block_subpages(b, page) & parts)
			return true;
	}
	return false;
}

/* Within a page. */
void code_store(struct code *c, gpa address, uint64_t count)
{
	bool again = c->cpu->guest->sees_own_stores && c->cpu->refund > 1 &&
		     running_block_has(c, address, count);

	code_invalidate(c, address, count);
	if (!again)
		return;
	c->alone = true;
	cpu_retry(c->cpu);
}

void code_unmap(struct code *c, gva page)
{
	for (struct chain *k = *page_chain(c, c->virtual_page, page); k; k = k->next) {
		struct block *b = k->block;

		if ((b->pc ^ page) >> PAGE_SHIFT && !(b->crosses && k == &b->by_virtual[1]))
			continue;
		link_cut_incoming(c, b, true);
		forget_jump(c, b);
	}
	code_forget_returns(c);
}

void code_unmap_all(struct code *c)
{
	for (unsigned i = 0; i < CODE_SEGMENTS; i++)
		for (struct block *b = c->segment[i].newest; b; b = b->older)
			if (!b->dead)
				link_cut_incoming(c, b, true);
	memset(c->jumps, 0, CPU_JUMPS * sizeof *c->jumps);
	code_forget_returns(c);
}

static void segment_condemn(struct code *c, struct segment *s)
{
	for (struct block *b = s->newest; b; b = b->older) {
		if (b->dead)
			continue;
		gpa page = b->physical & ~(gpa)PAGE_MASK;

		block_remove(c, b);
		page_unprotect(c, page);
		if (b->crosses)
			page_unprotect(c, b->physical2);
		c->stats.evictions++;
	}
	s->newest = NULL;
	code_forget_returns(c);
}

static void segment_open(struct code *c, unsigned n)
{
	segment_condemn(c, &c->segment[n]);
	c->current = n;
	c->code_top = c->segment[n].start;
	c->record_bottom = c->segment[n].end;
}

/* The next segment has been empty since its predecessor was opened; the one after it
 * is emptied now, so that its hot blocks return in time. */
static void segment_next(struct code *c)
{
	unsigned n = (c->current + 1) % CODE_SEGMENTS;

	segment_open(c, n);
	segment_condemn(c, &c->segment[(n + 1) % CODE_SEGMENTS]);
}

void code_flush(struct code *c)
{
	bool unused = c->code_top == c->segment[c->current].start;

	for (unsigned i = 0; i < CODE_SEGMENTS; i++)
		segment_condemn(c, &c->segment[i]);
	/* A block that is running, and moves a chip, isn't in the next segment: that was
	 * empty when it was entered. */
	if (!unused)
		segment_open(c, (c->current + 1) % CODE_SEGMENTS);
	memset(c->jumps, 0, CPU_JUMPS * sizeof *c->jumps);
}

/* A record whose links have consecutive numbers: see link_number. */
static struct block *block_place(struct code *c, const struct ir_block *ir)
{
	uint32_t links = (uint32_t)(ir->exits * sizeof(struct link));
	uint32_t at, bytes = (uint32_t)sizeof(struct block) + links;

	/* The code's end has been rounded up, maybe beyond the records. */
	if (c->code_top + bytes + sizeof(struct link) + 64 > c->record_bottom)
		return NULL;
	at = c->record_bottom - links;
	at -= at % (uint32_t)sizeof(struct link) + (uint32_t)sizeof(struct block);
	return memset(c->base + at, 0, bytes);
}

/* The interpreter's "code" is the block itself. */
static bool keep_ir(const struct ir_block *ir, uint8_t *out, size_t room, struct host_code *code)
{
	size_t bytes = offsetof(struct ir_block, op) + ir->count * sizeof ir->op[0];

	if (bytes > room)
		return false;
	memcpy(out, ir, bytes);
	*code = (struct host_code){ .bytes = bytes };
	return true;
}

static bool block_compile(struct code *c, const struct ir_block *ir, struct block *b,
			  struct host_code *code)
{
	uint8_t *out = c->base + c->code_top;
	size_t room = (size_t)((uint8_t *)b - out);

	if (c->interpret)
		return keep_ir(ir, out, room, code);
	return host_compile(c->host, ir, out, room, link_number(c, b->link), code);
}

static void block_register(struct code *c, struct block *b)
{
	struct block **hash = &c->hash[block_hash(c, b->pc, b->modes, b->physical)];
	gva page = b->pc & ~PAGE_MASK;

	b->same_hash = *hash;
	b->hash_at = hash;
	if (b->same_hash)
		b->same_hash->hash_at = &b->same_hash;
	*hash = b;
	chain_join(&b->by_virtual[0], page_chain(c, c->virtual_page, page), b);
	chain_join(&b->by_physical[0],
		   page_chain(c, c->physical_page, b->physical & ~(gpa)PAGE_MASK), b);
	if (b->crosses) {
		chain_join(&b->by_virtual[1], page_chain(c, c->virtual_page, page + PAGE_BYTES), b);
		chain_join(&b->by_physical[1], page_chain(c, c->physical_page, b->physical2), b);
	}
}

static void protect(struct code *c, const struct block *b)
{
	unsigned here = b->bytes;

	if (b->crosses) {
		here = PAGE_BYTES - ((unsigned)b->physical & PAGE_MASK);
		mem_protect_code(c->cpu->mem, b->physical2, b->bytes - here);
	}
	mem_protect_code(c->cpu->mem, b->physical, here);
}

struct block *code_add(struct code *c, const struct ir_block *ir, gpa physical, gpa physical2,
		       bool crosses)
{
	struct host_code code;
	struct block *b = block_place(c, ir);

	if (!b || !block_compile(c, ir, b, &code)) {
		segment_next(c);
		b = block_place(c, ir);
		if (!b || !block_compile(c, ir, b, &code))
			return NULL;
	}
	b->pc = ir->pc;
	b->modes = ir->modes;
	b->physical = physical;
	b->physical2 = physical2;
	b->bytes = (uint16_t)ir->guest_bytes;
	b->crosses = crosses;
	b->entry = c->code_top + (uint32_t)code.entry;
	b->link_count = ir->exits;
	for (unsigned i = 0; i < ir->exits; i++) {
		b->link[i].from = b;
		if (i < code.link_count && code.link[i].at) {
			b->link[i].at = c->code_top + code.link[i].at;
			b->link[i].pc = code.link[i].pc;
		}
	}
	b->older = c->segment[c->current].newest;
	c->segment[c->current].newest = b;
	c->code_top += ((uint32_t)code.bytes + 15) & ~15u;
	c->record_bottom = (uint32_t)((uint8_t *)b - c->base);
	block_register(c, b);
	protect(c, b);
	c->stats.blocks_translated++;
	c->stats.blocks_live++;
	c->stats.guest_bytes_translated += ir->guest_bytes;
	return b;
}

static void segments_lay_out(struct code *c, uint32_t start)
{
	uint32_t each = (c->size - start) / CODE_SEGMENTS & ~(uint32_t)(64 - 1);

	for (unsigned i = 0; i < CODE_SEGMENTS; i++) {
		c->segment[i].start = start + i * each;
		c->segment[i].end = start + (i + 1) * each;
	}
}

static bool tables_create(struct code *c)
{
	size_t entries;
	uint8_t *tables;

	c->hash_log2 = 10;
	while (c->hash_log2 < 18 && (512u << c->hash_log2) < c->size)
		c->hash_log2++;
	entries = (size_t)1 << c->hash_log2;
	c->tables_bytes = 3 * entries * sizeof(void *) + CPU_JUMPS * sizeof(struct cpu_jump);
	tables = port_allocate(c->tables_bytes, PORT_PLAIN);
	if (!tables)
		return false;
	c->jumps = (struct cpu_jump *)tables;
	c->hash = (struct block **)(c->jumps + CPU_JUMPS);
	c->virtual_page = (struct chain **)(c->hash + entries);
	c->physical_page = c->virtual_page + entries;
	return true;
}

struct code *code_create(struct cpu *cpu, uint32_t bytes, unsigned max_block)
{
	struct code *c = port_allocate(sizeof *c, PORT_PLAIN);
	size_t used = 0;

	if (!c)
		return NULL;
	c->cpu = cpu;
	c->size = bytes ? bytes : CODE_DEFAULT_BYTES;
	if (c->size < CODE_MINIMUM_BYTES)
		c->size = CODE_MINIMUM_BYTES;
	c->size = (uint32_t)whole_pages(c->size);
	c->max_block = max_block && max_block < MACHINE_LATENCY ? max_block : MACHINE_LATENCY;
	c->interpret = cpu->machine->config.interpret;
	c->base = port_allocate(c->size, PORT_CODE);
	if (!c->base || !tables_create(c)) {
		code_destroy(c);
		return NULL;
	}
	cpu->jumps = c->jumps;
	cpu->next = code_next;
	c->host = host_create(cpu, c->base, c->size, &used);
	if (!c->host) {
		code_destroy(c);
		return NULL;
	}
	segments_lay_out(c, ((uint32_t)used + 4095) & ~4095u);
	segment_open(c, 0);
	return c;
}

void code_destroy(struct code *c)
{
	if (!c)
		return;
	if (c->host)
		host_destroy(c->host);
	if (c->base)
		port_free(c->base, c->size);
	if (c->jumps)
		port_free(c->jumps, c->tables_bytes);
	port_free(c, sizeof *c);
}

void code_statistics(const struct code *c, struct machine_stats *stats)
{
	uint64_t used = 0;

	for (unsigned i = 0; i < CODE_SEGMENTS; i++)
		if (c->segment[i].newest && i != c->current)
			used += c->segment[i].end - c->segment[i].start;
	used += c->code_top - c->segment[c->current].start + c->segment[c->current].end -
		c->record_bottom;
	stats->blocks_translated = c->stats.blocks_translated;
	stats->blocks_live = c->stats.blocks_live;
	stats->guest_bytes_translated = c->stats.guest_bytes_translated;
	stats->invalidations = c->stats.invalidations;
	stats->evictions = c->stats.evictions;
	stats->code_bytes_used = used;
	stats->code_bytes_size = c->size;
}
