/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Inside guest memory (core/memory.h): the log of what is known and the tables made
 * from it (memory_log.c), accesses (memory.c), and what debuggers do (memory_debug.c).
 *
 * An entry of the log says where a guest page is in one space, what the space may do
 * with it, and what page table words that follows from.  Slow accesses use it too, so
 * that a chip's register or a page with code costs no page walk each time.
 *
 * Upper words of page tables are shared by many entries, so each is kept once, in
 * struct mem_upper; so are words addressed through a root.  The entry itself holds only
 * the last word, if that has an absolute address; such entries are at the bottom of the
 * log and every flush looks at each.  Entries without (sections, translation off) are
 * at the top, [log - flat_count, log): a flush looks at them only when an upper
 * word of theirs has changed.  So a kernel's linear map costs a flush next to nothing.
 */
#ifndef EMU_CORE_MEMORY_CORE_H
#define EMU_CORE_MEMORY_CORE_H

#include "core/memory.h"

#define MEM_PAGES (1u << (32 - PAGE_SHIFT))
#define MEM_LOG 32768u   /* entries, at most */
#define MEM_UPPERS 8192u /* at most; 0 stands for none */
#define MEM_HASH 4096u   /* chains of entries by host page, and of uppers */
#define MEM_ROOTS 4      /* 1..3 are used */
#define MEM_WATCHES 16   /* a debugger's */
#define MEM_GUEST_WATCHES 4
#define MEM_TABLES (2 * MEM_SPACES + 1) /* read, write, index */
#define MEM_TABLE_WORDS (MEM_PAGES * sizeof(uint64_t) / PAGE_BYTES / 64)
#define MEM_BIG_LOG2 21 /* see struct mem: big */
#define MEM_LARGE_LOG2 24

/* Where a guest page is. */
struct mem_target {
	hva host;       /* of the page; NULL: not whole memory, goes through the bus */
	gpa address;    /* the page's; in an alias, the original's */
	uint64_t *code; /* host != NULL: translated parts of the page */
	hva shadow;     /* rom: of the page that takes the writes, or NULL */
	bool rom;
	bool plain; /* may be in the tables */
};

/* What a flush reads of an entry: 32 bytes.  *leaf & mask == value while it holds. */
struct mem_entry {
	const uint64_t *leaf;
	uint64_t mask, value;
	uint32_t where; /* page | space << 20 */
	uint16_t upper;
	uint8_t allowed; /* enum mem_access */
	uint8_t entered; /* read table, write table, known to the code cache */
};

/* The rest of it.  Links are index + 1, in a chain of entries with equal hash of the
 * host page. */
struct mem_detail {
	struct mem_target target;
	uint16_t next, previous;
	uint8_t span_log2;
};

struct mem_upper {
	const uint8_t *host; /* NULL: relative to a root */
	uint64_t value;      /* as in memory */
	gpa address;
	uint16_t parent, next; /* next: in its hash chain, or of the free ones */
	uint16_t flats;        /* entries without a leaf that depend on it */
	uint8_t root, bytes;
	bool live;
};

struct mem_watch {
	gva address;
	unsigned bytes, accesses;
	bool guest; /* the guest's, not a debugger's */
};

struct mem {
	struct cpu *cpu;
	struct bus *bus;
	uint64_t *read[MEM_SPACES], *write[MEM_SPACES];
	uint16_t (*index)[MEM_SPACES]; /* by page: 1 + log index, 0: not known */
	unsigned log, uppers;          /* how much of entry[] and upper[] is used */
	/* Pages of the tables that have been written to, and how many may be. */
	unsigned table_pages, table_limit;
	uint64_t table_written[MEM_TABLES][MEM_TABLE_WORDS];
	bool span_bounced;   /* the open writing span is in cpu->bounce */
	bool unlogged_fetch; /* the code cache relies on more than the log has */
	unsigned watch_count;
	struct mem_watch watch[MEM_WATCHES + MEM_GUEST_WATCHES];
	unsigned leaf_count, flat_count, fetch_count;
	unsigned upper_top, upper_free, upper_live;
	/* Live entries whose mapping is larger than a page, by what flushing one address must
	 * look through: at most 2 MiB, at most 16 MiB, more than that. */
	uint16_t big[MEM_PAGES >> (MEM_BIG_LOG2 - PAGE_SHIFT)];
	uint16_t large[MEM_PAGES >> (MEM_LARGE_LOG2 - PAGE_SHIFT)];
	unsigned huge;
	struct {
		bool used;
		const uint8_t *host; /* during validation */
		uint64_t bytes;
	} root[MEM_ROOTS];
	uint64_t flushes, validated, dropped, fills, io_accesses, table_drops;
	uint16_t by_host[MEM_HASH], by_upper[MEM_HASH];
	struct mem_upper upper[MEM_UPPERS];
	uint8_t upper_bad[MEM_UPPERS];
	struct mem_entry entry[MEM_LOG];
	struct mem_detail detail[MEM_LOG];
};

/* The parts of 64 bytes that a range within a page touches, as struct region's code. */
static inline uint64_t mem_parts_of_page(unsigned offset, unsigned bytes)
{
	unsigned first = offset / 64, last = (offset + bytes - 1) / 64;

	return ~0ull << first & ~0ull >> (63 - last);
}

/* memory_log.c */
/* The entry of a page, or NULL. */
static inline struct mem_entry *mem_known(struct mem *m, gva address, unsigned space)
{
	unsigned i = m->index[address >> PAGE_SHIFT][space];

	return i ? &m->entry[i - 1] : NULL;
}

static inline struct mem_target *mem_entry_target(struct mem *m, const struct mem_entry *e)
{
	return &m->detail[e - m->entry].target;
}

/* Whether an entry more can be put into the tables. */
static inline bool mem_has_room(const struct mem *m)
{
	return m->table_pages + 3 <= m->table_limit;
}

/* Notes a walk's result, unless it can't be validated later. */
void mem_note(struct mem *m, gva address, unsigned space, const struct mem_walk *walk,
	      const struct mem_target *target);
/* Puts it into the tables as far as it may be there. */
void mem_enter(struct mem *m, struct mem_entry *e);
/* `bytes` of RAM or ROM at a physical address, and how many more there are; or NULL. */
const uint8_t *mem_memory_at(struct mem *m, gpa address, uint64_t bytes, uint64_t *left);

/* memory.c */
void mem_find_target(struct mem *m, gva address, const struct mem_walk *walk,
		     struct mem_target *target);

/* memory_debug.c */
bool mem_page_watched(const struct mem *m, gva address);
void mem_watch_check(struct mem *m, gva address, unsigned bytes, enum mem_access access);

#endif
