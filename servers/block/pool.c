/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory in chunks, see pool.h.
 */
#include "pool.h"

#include <string.h>

void pool_init(struct pool *p, void *memory, uint64_t bytes)
{
	uint64_t chunks = bytes / POOL_CHUNK;

	*p = (struct pool){ .memory = memory };
	p->chunks = chunks < UINT32_MAX ? (uint32_t)chunks : UINT32_MAX - 1;
}

uint32_t pool_get(struct pool *p)
{
	uint32_t chunk = p->free;

	if (pool_left(p) == 0)
		return 0;
	p->used++;
	if (!chunk)
		return ++p->fresh;
	memcpy(&p->free, pool_at(p, chunk), sizeof(p->free));
	memset(pool_at(p, chunk), 0, POOL_CHUNK);
	return chunk;
}

void pool_put(struct pool *p, uint32_t chunk)
{
	memcpy(pool_at(p, chunk), &p->free, sizeof(p->free));
	p->free = chunk;
	p->used--;
}

void *pool_reserve(struct pool *p, uint64_t bytes)
{
	uint64_t chunks = bytes / POOL_CHUNK + (bytes % POOL_CHUNK != 0);
	uint8_t *memory = pool_at(p, p->fresh + 1);

	if (chunks > p->chunks - p->fresh)
		return NULL;
	p->fresh += (uint32_t)chunks;
	p->used += (uint32_t)chunks;
	return memory;
}
