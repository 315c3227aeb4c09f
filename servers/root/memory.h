/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Root's RAM: blocks of 2^n bytes, from a page to a superpage, mapped one to one into
 * root.  Part of what is free can be set aside; only what has been set aside can be
 * taken, so that who has set aside something gets it in any case (in pages; a larger
 * block may not exist).
 */
#ifndef ROOT_MEMORY_H
#define ROOT_MEMORY_H

#include "buddy.h"

/* Must be called first.  False if there is no memory for the book-keeping. */
bool memory_start(void);

/* Takes all RAM that sigma0 has; without this it is taken as it is needed. */
void memory_take_all(void);

/* Sets bytes aside, a multiple of a page; false if fewer are left. */
bool memory_set_aside(l4_word_t bytes);
void memory_give_up(l4_word_t bytes);

/* Takes a block, all zero, of what was set aside, and puts it back to that. */
bool memory_take(unsigned log2_size, l4_word_t *base);
void memory_put(l4_word_t base, unsigned log2_size);

/* All that was taken from sigma0, and what of it is neither used nor set aside. */
l4_word_t memory_bytes(void);
l4_word_t memory_free_bytes(void);

/* What the book-keeping takes beside root's image. */
l4_word_t memory_overhead_bytes(void);

/* True if any of the bytes is RAM or a boot module, as the kernel describes them. */
bool memory_is_ram(l4_word_t first, l4_word_t last);

/* Gets the pages of first..last from sigma0 in blocks as large as possible, also what
 * isn't RAM; false if any is refused.  The attribute is an enum l4_memory_attribute. */
bool memory_claim(l4_word_t first, l4_word_t last, l4_word_t attribute);

/* The largest log2 of a size such that the block of that size around `address` lies
 * within first..last; at least a page. */
unsigned memory_largest_block(l4_word_t address, l4_word_t first, l4_word_t last);

#endif
