/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mapping database: who got which page from whom.
 *
 * Every user page mapping has a node.  All mappings that go back to one page of
 * sigma0 are one list, in pre-order: a node is followed by the mappings
 * derived from it, which are one level deeper, and theirs.
 *
 *	sigma0 0    root 1    A 2    B 3 (from A)    C 2 (from root)
 *
 * So what derives from a node is the run of deeper nodes after it.  Pages
 * in one list may differ in size: a 4 KiB page can be mapped out of a 2 MiB one.
 *
 * Splitting a superpage keeps its node as a container without a page table
 * entry, followed by 512 pieces one level deeper.  What had been derived from the
 * superpage stays under the container; a piece's descendants are therefore all
 * nodes under the outermost container around it that overlap its physical range.
 *
 * Revoking visits the run and may stop after any node (preemption point).  Where
 * it stopped is a cursor that other operations keep valid: see struct revoke.  A
 * page that goes before what was derived from it stays as a container until then.
 */
#ifndef CORE_MAPDB_H
#define CORE_MAPDB_H

#include <arch/paging.h>
#include <l4/types.h>
#include <stdbool.h>

struct mapnode {
	struct mapnode *next, *prev;
	struct mapnode *parent; /* NULL: sigma0's */
	union {
		pte_t *entry; /* the leaf */
		uint64_t pa;  /* of a container */
	};
	struct space *space;
	uint16_t depth;
	uint8_t level;
	uint8_t used;      /* access bits here and below since the last look */
	bool container;    /* no entry of its own: split, or gone before its children */
	bool piece;        /* one of the 512 of `parent`, which was split */
	uint16_t revoking; /* revokes that start here: it can't be mapped from */
};

/* Bounds the steps that go up to the root; deeper mappings are refused. */
#define MAPNODE_MAX_DEPTH 256

/* An Unmap of one page, resumable. */
struct revoke {
	struct revoke *next_active;
	struct mapnode *self; /* the page; NULL once it is gone */
	struct mapnode *base; /* head of the run: self or a container; NULL: done */
	struct mapnode *next; /* the node to visit next */
	uint64_t pa, size;    /* physical range concerned */
	unsigned rights;      /* to take away */
	bool flush;           /* from self, too */
	bool sets_attribute;  /* besides, give the pages this memory attribute */
	uint8_t attribute;
	bool active;
	unsigned status; /* rights used, as access bits say */
};

/* Starts revoking from the page `node` within [pa, pa + size). */
void revoke_begin(struct revoke *r, struct mapnode *node, uint64_t pa, uint64_t size,
		  unsigned rights, bool flush);
/* Goes on for at most *budget nodes; true when finished. */
bool revoke_run(struct revoke *r, unsigned *budget);
/* Gives up an unfinished one. */
void revoke_cancel(struct revoke *r);

enum map_result {
	MAP_DONE,
	MAP_NO_MEMORY,
	MAP_AGAIN, /* budget used up; call again */
};

struct map_request {
	struct space *from, *to;
	uint64_t source, sink; /* virtual addresses */
	uint64_t size;
	unsigned rights;
	bool grant;
	unsigned mapped_rights; /* out: rights of the pages mapped */
};

/*
 * Maps or grants [source + *done, source + size) and advances *done.  `revoke`
 * is the caller's to use for mappings that stand in the way.
 */
enum map_result map_range(struct map_request *request, uint64_t *done, struct revoke *revoke,
			  unsigned *budget);

/* The leaf's node as a source for mappings; for sigma0 the page is made at need. */
pte_t *map_sigma0_leaf(uint64_t va, unsigned max_level);

/* Where a send fpage lands in a receive window (manual 5.4); false: nothing to map. */
bool map_window(struct l4_fpage send, struct l4_fpage window, uint64_t hot_spot, uint64_t *source,
		uint64_t *sink, unsigned *log2_size);

#endif
