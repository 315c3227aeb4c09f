/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Guest memory as the CPU sees it.
 *
 * Flat tables.  For each *space* -- a set of rights the guest CPU may act with: kernel,
 * user, kernel without user access ... -- there are two tables of 2^20 entries, one
 * for reads and one for writes, indexed by guest page number.  An entry is
 *
 *	0			not known, or not plain memory: take the slow way
 *	(host - guest) | 1	plain memory: the byte at guest address a is at
 *				host address entry - 1 + a
 *
 * Only plain RAM (ROM for reads) without watchpoints has entries; pages that hold
 * translated code have none for writes.  Entries appear on demand, from the guest's
 * own page walk, and are noted in a log {page, space, what the walk read}.  A flush
 * re-reads what the walks read and drops only entries that changed, so that a context
 * switch keeps what both contexts map alike.  Absence is never noted, and a fault is
 * never injected without a fresh walk.  A word of a table whose base is in a register
 * (TTBR0, CR3) is noted relative to it, so that it is compared with what the new table
 * has in the same place.
 *
 * Translated code uses the tables directly (mem_read_table, mem_write_table); all
 * else comes here through mem_load and the like.  Another way to reach guest memory,
 * windows of host-mapped pages, can take the tables' place behind the same functions.
 *
 * vCPU thread only.  The log is bounded, and so are the tables if a limit is set: when
 * one is full everything is dropped.
 */
#ifndef EMU_CORE_MEMORY_H
#define EMU_CORE_MEMORY_H

#include <emu/bus.h>
#include <emu/machine.h>

#include "core/cpu.h"
#include "ir/ir.h"

#define MEM_SPACES 4

enum mem_access { MEM_READ = 1, MEM_WRITE = 2, MEM_FETCH = 4 };

/* One word of a page table that a walk depended on, as it is after the walk (which may
 * have set accessed and dirty bits).  What a walk read from registers isn't noted: the
 * guest drops what it knows when they change, but for roots. */
struct mem_pte {
	gpa address; /* a multiple of bytes; relative to guest->root(cpu, root), if any */
	uint64_t value;
	uint8_t bytes; /* 4 or 8; big-endian ones are read as such by guest->big_tables */
	uint8_t root;  /* 1..3, or 0: the address is absolute */
};

#define MEM_PTES 3

struct mem_walk {
	gpa page;          /* physical address of the 4 KiB page */
	uint8_t rights;    /* enum mem_access bits that this space has now, without a further
			   * update of the tables (dirty bit) being needed */
	bool not_plain;    /* never enter it into the tables: every access comes by
			   * mem_load (device memory with its own alignment rule) */
	uint8_t span_log2; /* of the mapping: 12, 16, 20, 21, 24 or 30; invalidating any address
			    * in it invalidates all of it */
	uint8_t pte_count; /* 0: valid until mem_drop (translation is off) */
	struct mem_pte pte[MEM_PTES]; /* in the order of reading, the last level last */
	uint32_t fault;               /* the guest's own code, if the access isn't allowed */
};

struct mem *mem_create(struct cpu *cpu, struct bus *bus);
void mem_destroy(struct mem *mem);

/* Bounds the memory that tables and log take, nearly: `bytes` of table pages, and a log
 * of at most a third of that.  0: no bound.  Before anything is known. */
void mem_limit(struct mem *mem, uint32_t bytes);

/* The tables' addresses, below 2 GiB. */
const uint64_t *mem_read_table(const struct mem *mem, unsigned space);
const uint64_t *mem_write_table(const struct mem *mem, unsigned space);

/* Guest accesses, from sites.  All sizes, alignments, page crossings, byte orders,
 * alignment traps, watchpoints, chips and faults; a fault goes to guest->abort and
 * doesn't return.  A store that crosses a page checks both pages first.  Loads of up
 * to 8 bytes yield the value extended as ir_mem says (to 64 bits; the consumer takes
 * its width); 16 bytes go through the vector functions. */
uint64_t mem_load(struct cpu *cpu, gva address, struct ir_mem how);
void mem_store(struct cpu *cpu, gva address, struct ir_mem how, uint64_t value);
void mem_load_vector(struct cpu *cpu, gva address, struct ir_mem how, uint64_t value[2]);
void mem_store_vector(struct cpu *cpu, gva address, struct ir_mem how, const uint64_t value[2]);

/* See SPAN in ir.h.  For reads the bytes are where it points, in guest order; chips
 * are read in words.  A writing span that isn't plain points to cpu->bounce, which
 * mem_span_end writes out; both pages' rights have been checked by then. */
hva mem_span(struct cpu *cpu, gva address, struct ir_mem how, unsigned bytes, bool write);
void mem_span_end(struct cpu *cpu, gva address, struct ir_mem how, unsigned bytes);

/* Where the instruction bytes at an address are: pointer to the byte, valid to the
 * page's end, and the physical address of it (of the original, if it is in an alias of
 * RAM).  Faults as MEM_FETCH at a site.
 * Without RAM or ROM there: returns NULL (the guest raises what it must). */
const uint8_t *mem_fetch(struct cpu *cpu, gva address, unsigned space, gpa *physical);

/* Notes that bytes were translated, so that writes to them are noticed. */
void mem_protect_code(struct mem *mem, gpa address, unsigned bytes);
/* No translated code is left in these 64-byte parts (bit 0: bytes 0..63) of a page. */
void mem_unprotect_code(struct mem *mem, gpa page, uint64_t parts);

/* The guest changed its mappings: re-read everything, what one address's mapping
 * covers, or throw away what one space, or all, know. */
void mem_flush(struct mem *mem);
void mem_flush_address(struct mem *mem, gva address);
void mem_drop_space(struct mem *mem, unsigned space);
void mem_drop(struct mem *mem);

/* For debuggers: no faults, no side effects on chips or tables, any length.  False
 * where nothing readable (writable) is mapped. */
bool mem_peek(struct cpu *cpu, gva address, void *bytes, size_t count);
bool mem_poke(struct cpu *cpu, gva address, const void *bytes, size_t count);

/* Watchpoints, by guest virtual address, in all spaces.  A hit calls
 * debug_watch_hit(cpu, address, access) (core/debug.h) after the access. */
bool mem_watch(struct mem *mem, gva address, unsigned bytes, unsigned accesses);
void mem_unwatch(struct mem *mem, gva address, unsigned bytes, unsigned accesses);
void mem_unwatch_all(struct mem *mem);
/* The same for data breakpoints of the guest's own, up to 4: guest->watched is called after
 * the access.  Setting them costs all the tables; while there are none they cost nothing. */
bool mem_guest_watch(struct mem *mem, gva address, unsigned bytes, unsigned accesses);
void mem_guest_unwatch_all(struct mem *mem);

void mem_statistics(const struct mem *mem, struct machine_stats *stats);

#endif
