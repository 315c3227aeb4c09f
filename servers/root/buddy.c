/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The buddy allocator, see buddy.h.  A block's buddy is the other half of the block of
 * twice the size; two free buddies become one block.
 */
#include "buddy.h"

struct buddy_block {
	struct buddy_block *next, **link;
	unsigned log2_size;
};

void buddy_start(struct buddy *buddy, l4_word_t origin, l4_word_t pages, l4_word_t *head)
{
	*buddy = (struct buddy){ .origin = origin, .pages = pages, .head = head };
}

static l4_word_t buddy_page(const struct buddy *buddy, l4_word_t base)
{
	return (base - buddy->origin) / L4_PAGE_SIZE;
}

static void buddy_flip_head(struct buddy *buddy, l4_word_t base)
{
	l4_word_t page = buddy_page(buddy, base);

	buddy->head[page / 64] ^= 1ull << page % 64;
}

static void buddy_insert(struct buddy *buddy, l4_word_t base, unsigned log2_size)
{
	struct buddy_block *block = (struct buddy_block *)base;
	struct buddy_block **list = &buddy->list[log2_size - BUDDY_MIN_BITS];

	*block = (struct buddy_block){ *list, list, log2_size };
	if (*list)
		(*list)->link = &block->next;
	*list = block;
	buddy_flip_head(buddy, base);
	buddy->free_bytes += 1ull << log2_size;
}

static void buddy_remove(struct buddy *buddy, struct buddy_block *block)
{
	*block->link = block->next;
	if (block->next)
		block->next->link = block->link;
	buddy_flip_head(buddy, (l4_word_t)block);
	buddy->free_bytes -= 1ull << block->log2_size;
}

/* The free block of that size at `base`, if there is one. */
static struct buddy_block *buddy_find(const struct buddy *buddy, l4_word_t base, unsigned log2_size)
{
	struct buddy_block *block = (struct buddy_block *)base;
	l4_word_t page = buddy_page(buddy, base);

	/* Only what is free may be looked at, the rest may not even be memory. */
	if (page >= buddy->pages || !(buddy->head[page / 64] >> page % 64 & 1))
		return NULL;
	return block->log2_size == log2_size ? block : NULL;
}

void buddy_put(struct buddy *buddy, l4_word_t base, unsigned log2_size)
{
	for (; log2_size < BUDDY_MAX_BITS; log2_size++) {
		l4_word_t size = 1ull << log2_size;
		l4_word_t other = ((base - buddy->origin) ^ size) + buddy->origin;
		struct buddy_block *block = buddy_find(buddy, other, log2_size);

		if (!block)
			break;
		buddy_remove(buddy, block);
		if (other < base)
			base = other;
	}
	buddy_insert(buddy, base, log2_size);
}

bool buddy_get(struct buddy *buddy, unsigned log2_size, l4_word_t *base)
{
	unsigned found = log2_size;
	struct buddy_block *block;

	while (found <= BUDDY_MAX_BITS && !buddy->list[found - BUDDY_MIN_BITS])
		found++;
	if (found > BUDDY_MAX_BITS)
		return false;
	block = buddy->list[found - BUDDY_MIN_BITS];
	buddy_remove(buddy, block);
	*base = (l4_word_t)block;
	while (found > log2_size) {
		found--;
		buddy_insert(buddy, *base + (1ull << found), found);
	}
	return true;
}
