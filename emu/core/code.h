/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The code cache: translated blocks, how they are found, linked and thrown away.
 *
 * A block is identified by the physical address of its first byte, its pc and its mode
 * flags (block_tag).  Direct exits are patched to jump to their target once that
 * exists, also across pages; a link holds as long as both blocks live and the target's
 * guest page is mapped as it was.  Indirect exits look in the CPU's jump cache:
 *
 *	entry = &cpu->jumps[code_jump_hash(pc)]; if (entry->tag == tag) goto entry->code
 *
 * and calls push {tag of the return pc, host address of the exit that goes there} on
 * the ring cpu->returns, which exit_return pops and compares.  Both are cleared of what
 * becomes stale.
 *
 * Memory is bounded: the cache is cut into segments, filled in a ring.  The segment
 * after the one being filled is condemned: its blocks are unlinked and leave the
 * tables, so that hot ones come back soon and are translated anew at the front; cold
 * ones are gone when the segment is needed.
 */
#ifndef EMU_CORE_CODE_H
#define EMU_CORE_CODE_H

#include "core/cpu.h"
#include "core/memory.h"
#include "ir/ir.h"

#define CODE_DEFAULT_BYTES (32u << 20)
#define CODE_MINIMUM_BYTES (256u << 10)

struct code *code_create(struct cpu *cpu, uint32_t bytes, unsigned max_block);
void code_destroy(struct code *c);

/* Runs the guest from cpu->pc until the budget is used up or something wants the run
 * loop's attention.  May leave by cpu_raise. */
void code_run(struct code *c);

/* The mapping of a guest page for instructions has gone. */
void code_unmap(struct code *c, gva page);
void code_unmap_all(struct code *c);

/* Bytes of physical memory are about to change: blocks made from them go. */
void code_invalidate(struct code *c, gpa address, uint64_t count);

/* The same for a store of the instruction that runs, at a site.  If it would change what
 * follows in the same block, and the guest CPU sees that (guest->sees_own_stores), it
 * isn't made: the instruction is abandoned and run again in a block of its own. */
void code_store(struct code *c, gpa address, uint64_t count);

/* Throws everything away (a load, new breakpoints). */
void code_flush(struct code *c);

void code_statistics(const struct code *c, struct machine_stats *stats);

static inline unsigned code_jump_hash(gva pc)
{
	return (pc >> 1 ^ pc >> 13) & (CPU_JUMPS - 1);
}

static inline block_tag code_tag(gva pc, uint32_t modes)
{
	return (block_tag)modes << 32 | pc;
}

#endif
