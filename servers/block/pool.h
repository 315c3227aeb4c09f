/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for what is written to images: chunks of 4 KiB out of one range of addresses
 * that is zero when first touched, bounded by what the task may hold.  Nothing beyond the
 * bound is ever touched.
 */
#ifndef BLOCK_POOL_H
#define BLOCK_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POOL_CHUNK 4096u

struct pool {
	uint8_t *memory;
	uint32_t chunks; /* the bound */
	uint32_t fresh;  /* chunks from here on were never used */
	uint32_t free;   /* 1 + the number of the first one given back, which has the next */
	uint32_t used;
};

void pool_init(struct pool *p, void *memory, uint64_t bytes);

/* A zeroed chunk, by its number + 1; 0: there is none left. */
uint32_t pool_get(struct pool *p);
void pool_put(struct pool *p, uint32_t chunk);

/* Several chunks side by side, for good; NULL if there are too few. */
void *pool_reserve(struct pool *p, uint64_t bytes);

static inline uint32_t pool_left(const struct pool *p)
{
	return p->chunks - p->used;
}

static inline uint8_t *pool_at(const struct pool *p, uint32_t chunk)
{
	return p->memory + (uint64_t)(chunk - 1) * POOL_CHUNK;
}

#endif
