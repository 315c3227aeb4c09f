/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blocks of memory.  sigma0 takes nothing back, so what a task that could not be
 * loaded leaves behind is kept here as spare blocks, halved at need.
 */
#include "memory.h"

#include <l4/thread.h>

#define SPARE_MAX 64

static struct block spare[SPARE_MAX];
static unsigned spare_count;

void memory_put(struct block block)
{
	/* A block too many is lost, which only costs memory. */
	if (spare_count < SPARE_MAX)
		spare[spare_count++] = block;
}

/* The smallest spare block that is large enough; false if there is none. */
static bool memory_take_spare(unsigned log2_size, struct block *taken)
{
	struct block *best = NULL;

	for (unsigned i = 0; i < spare_count; i++)
		if (spare[i].log2_size >= log2_size &&
		    (!best || spare[i].log2_size < best->log2_size))
			best = &spare[i];
	if (!best)
		return false;
	*taken = *best;
	*best = spare[--spare_count];
	return true;
}

bool memory_get(unsigned log2_size, l4_word_t *base)
{
	struct l4_fpage any = { L4_ANY_BASE | (l4_word_t)log2_size << 4 | L4_RIGHTS_ALL }, given;
	struct block block;

	if (memory_take_spare(log2_size, &block)) {
		while (block.log2_size > log2_size) {
			block.log2_size--;
			memory_put((struct block){ block.base + (1ull << block.log2_size),
						   block.log2_size });
		}
		*base = block.base;
		return true;
	}
	given = l4_sigma0_request(any, L4_MEMORY_DEFAULT);
	*base = l4_fpage_base(given);
	return !l4_fpage_is_nil(given) && l4_fpage_log2_size(given) == log2_size;
}
