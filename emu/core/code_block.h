/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Inside the code cache: blocks and what ties them together (code.c, links.c), and
 * the run loop that uses them (run.c).
 *
 * A segment holds host code from its start upwards and block records from its end
 * downwards, so that records are freed along with their code:
 *
 *	start [code][code][code] ...free... [block+links][block+links] end
 */
#ifndef EMU_CORE_CODE_BLOCK_H
#define EMU_CORE_CODE_BLOCK_H

#include "core/code.h"
#include "core/machine_core.h"
#include "host/host.h"

struct block;

/* A member of a list that can be left from the middle. */
struct chain {
	struct block *block;
	struct chain *next, **at;
};

/* A direct exit, or a return point.  Its number is its place in the cache, see
 * link_number. */
struct link {
	uint32_t at; /* offset in the cache of what host_link patches; 0: never made */
	gva pc;
	struct block *from, *to;   /* to: NULL while not linked */
	struct link *next, **back; /* among those with the same `to` */
};

struct block {
	gva pc;
	uint32_t modes;
	gpa physical;   /* of the first byte */
	gpa physical2;  /* of the second page's start, if the block crosses into one */
	uint16_t bytes; /* of guest code from `physical` on */
	bool crosses;
	bool dead;
	uint32_t entry; /* offset in the cache */
	uint32_t link_count;
	struct block *older; /* in its segment */
	struct block *same_hash, **hash_at;
	struct chain by_virtual[2], by_physical[2]; /* [1]: second page */
	struct link *incoming;
	struct link link[];
};

#define CODE_SEGMENTS 16

struct segment {
	uint32_t start, end; /* offsets in the cache */
	struct block *newest;
};

struct code {
	struct cpu *cpu;
	struct host *host;
	uint8_t *base; /* of the cache */
	uint32_t size;
	unsigned max_block;
	bool interpret;
	struct segment segment[CODE_SEGMENTS];
	unsigned current;                 /* segment being filled */
	uint32_t code_top, record_bottom; /* free: between these */
	unsigned hash_log2;
	struct block **hash; /* by physical address, pc, modes */
	struct chain **virtual_page, **physical_page;
	struct cpu_jump *jumps;
	size_t tables_bytes;
	struct machine_stats stats;
	struct ir_block ir;      /* being translated */
	struct ir_block limited; /* being interpreted up to an exact count, ... */
	gpa limited_at[2];       /* ... the physical addresses of its page, and of the next; */
	bool in_limited;         /* ... it runs */
	bool alone;              /* the next block has one instruction */
};

/* code.c */
struct block *code_find(struct code *c, gva pc, uint32_t modes, gpa physical);
/* NULL: its code is larger than a segment. */
struct block *code_add(struct code *c, const struct ir_block *ir, gpa physical, gpa physical2,
		       bool crosses);
void code_remember_jump(struct code *c, struct block *b);

/* Translates at most `limit` instructions at a pc into `ir`; may raise. */
void code_translate(struct code *c, struct ir_block *ir, struct fetch *f, gva pc, uint32_t modes,
		    unsigned limit);

/* run.c: cpu->next. */
const void *code_next(struct cpu *cpu);

/* links.c */
unsigned link_number(const struct code *c, const struct link *l);
struct link *link_of(struct code *c, unsigned number);
void link_make(struct code *c, struct link *l, struct block *to);
void link_cut(struct code *c, struct link *l);
void link_cut_incoming(struct code *c, struct block *b, bool other_pages_only);
void code_forget_returns(struct code *c);

#endif
