/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An image in memory: a read-only base, which may be missing or shorter than the image
 * (the rest then reads as zeros), and above it the chunks that were written.  Two images
 * above one base don't see each other's changes.
 *
 * Chunks are found by a table of two levels: one entry of `top` for 4 MiB, whose table
 * is a chunk itself and is there from the first write on.
 */
#ifndef BLOCK_MEMORY_IMAGE_H
#define BLOCK_MEMORY_IMAGE_H

#include "image.h"
#include "pool.h"

#define MEMORY_IMAGE_LEAF (POOL_CHUNK / sizeof(uint32_t))

struct memory_image {
	struct image image;
	struct pool *pool;
	const uint8_t *base;
	uint64_t base_bytes; /* whole sectors */
	uint32_t *top;
};

/* base may be NULL, with base_bytes 0.  False if there isn't the memory for `top`. */
bool memory_image_init(struct memory_image *m, struct pool *pool, const char *name,
		       const void *base, uint64_t base_bytes, uint64_t sectors);

#endif
