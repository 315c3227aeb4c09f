/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for tasks: blocks of 2^n bytes from sigma0, mapped one to one into root.
 */
#ifndef ROOT_MEMORY_H
#define ROOT_MEMORY_H

#include <l4/types.h>

struct block {
	l4_word_t base;
	unsigned log2_size;
};

/* A block of 2^log2_size bytes, at least a page, with unknown contents. */
bool memory_get(unsigned log2_size, l4_word_t *base);

/* Takes a block back, for later memory_get(). */
void memory_put(struct block block);

#endif
