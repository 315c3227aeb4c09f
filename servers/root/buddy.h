/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A buddy allocator: blocks of 2^n bytes, from a page to a superpage, each at a multiple of
 * its size.  What it knows of a free block is in the block, but for one bit for each
 * page: whether a free block begins there.  Makes no system calls.
 */
#ifndef ROOT_BUDDY_H
#define ROOT_BUDDY_H

#include <l4/types.h>

#define BUDDY_MIN_BITS L4_PAGE_BITS
#define BUDDY_MAX_BITS 21
#define BUDDY_SIZES (BUDDY_MAX_BITS - BUDDY_MIN_BITS + 1)

struct buddy_block;

struct buddy {
	l4_word_t origin; /* of the memory, a multiple of the largest size */
	l4_word_t pages;  /* from there on */
	l4_word_t *head;  /* a bit for each */
	l4_word_t free_bytes;
	struct buddy_block *list[BUDDY_SIZES];
};

static inline l4_word_t buddy_head_bytes(l4_word_t pages)
{
	return (pages + 63) / 64 * sizeof(l4_word_t);
}

/* `head` has buddy_head_bytes(pages), all zero.  No block is free yet. */
void buddy_start(struct buddy *buddy, l4_word_t origin, l4_word_t pages, l4_word_t *head);

/* Puts a block in or back, which must be within the pages. */
void buddy_put(struct buddy *buddy, l4_word_t base, unsigned log2_size);

/* Takes a block with unknown contents; false if there is none. */
bool buddy_get(struct buddy *buddy, unsigned log2_size, l4_word_t *base);

#endif
