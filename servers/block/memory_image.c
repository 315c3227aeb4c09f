/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Images in memory, see memory_image.h.  A chunk of zeros that nothing lies under isn't
 * kept: saved states and sparse disks cost what they contain.
 */
#include "memory_image.h"

#include <string.h>

#define SECTOR BLOCK_SECTOR_BYTES

static uint64_t least_of(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static bool memory_is_zero(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (bytes[i])
			return false;
	return true;
}

/* The number in the pool of the chunk that has a byte of the image; 0: the base has it. */
static uint32_t memory_image_chunk(const struct memory_image *m, uint64_t chunk)
{
	uint32_t leaf = m->top[chunk / MEMORY_IMAGE_LEAF], number;

	if (!leaf)
		return 0;
	memcpy(&number, pool_at(m->pool, leaf) + chunk % MEMORY_IMAGE_LEAF * sizeof(number),
	       sizeof(number));
	return number;
}

static void memory_image_enter(struct memory_image *m, uint64_t chunk, uint32_t number)
{
	uint32_t leaf = m->top[chunk / MEMORY_IMAGE_LEAF];

	memcpy(pool_at(m->pool, leaf) + chunk % MEMORY_IMAGE_LEAF * sizeof(number), &number,
	       sizeof(number));
}

/* What the base has at an offset, and zeros behind it. */
static void memory_image_base(const struct memory_image *m, uint64_t offset, uint8_t *to,
			      size_t length)
{
	size_t has = offset < m->base_bytes ? least_of(length, m->base_bytes - offset) : 0;

	if (has)
		memcpy(to, m->base + offset, has);
	memset(to + has, 0, length - has);
}

static bool memory_image_has_base(const struct memory_image *m, uint64_t chunk)
{
	return chunk * POOL_CHUNK < m->base_bytes;
}

/* How much of the range at `offset` lies in one chunk. */
static size_t memory_image_part(uint64_t offset, uint64_t bytes)
{
	return least_of(bytes, POOL_CHUNK - offset % POOL_CHUNK);
}

static enum block_status memory_image_read(struct image *i, uint64_t sector, uint32_t sectors,
					   void *to)
{
	const struct memory_image *m = (const struct memory_image *)i;
	uint64_t offset = sector * SECTOR, bytes = (uint64_t)sectors * SECTOR;
	uint8_t *at = to;

	while (bytes) {
		size_t part = memory_image_part(offset, bytes);
		uint32_t number = memory_image_chunk(m, offset / POOL_CHUNK);

		if (number)
			memcpy(at, pool_at(m->pool, number) + offset % POOL_CHUNK, part);
		else
			memory_image_base(m, offset, at, part);
		at += part;
		offset += part;
		bytes -= part;
	}
	return BLOCK_OK;
}

/* A write of zeros where there are zeros anyway. */
static bool memory_image_stays_zero(const struct memory_image *m, uint64_t chunk,
				    const uint8_t *from, size_t length)
{
	return !memory_image_has_base(m, chunk) && !memory_image_chunk(m, chunk) &&
	       memory_is_zero(from, length);
}

/* How many chunks of the pool a write takes at most. */
static uint64_t memory_image_needs(const struct memory_image *m, uint64_t offset, uint64_t bytes,
				   const uint8_t *from)
{
	uint64_t needs = 0, last_leaf = UINT64_MAX;

	while (bytes) {
		uint64_t chunk = offset / POOL_CHUNK, leaf = chunk / MEMORY_IMAGE_LEAF;
		size_t part = memory_image_part(offset, bytes);

		if (!memory_image_chunk(m, chunk) &&
		    !memory_image_stays_zero(m, chunk, from, part)) {
			needs += 1 + (!m->top[leaf] && leaf != last_leaf);
			last_leaf = leaf;
		}
		from += part;
		offset += part;
		bytes -= part;
	}
	return needs;
}

/* The chunk to be written to, made if necessary; 0 if there is no memory. */
static uint32_t memory_image_own(struct memory_image *m, uint64_t chunk, bool whole)
{
	uint32_t number = memory_image_chunk(m, chunk), *leaf;

	if (number)
		return number;
	leaf = &m->top[chunk / MEMORY_IMAGE_LEAF];
	if (!*leaf)
		*leaf = pool_get(m->pool);
	if (!*leaf)
		return 0;
	number = pool_get(m->pool);
	if (!number)
		return 0;
	if (!whole)
		memory_image_base(m, chunk * POOL_CHUNK, pool_at(m->pool, number), POOL_CHUNK);
	memory_image_enter(m, chunk, number);
	return number;
}

static bool memory_image_write_part(struct memory_image *m, uint64_t offset, size_t part,
				    const uint8_t *from)
{
	uint64_t chunk = offset / POOL_CHUNK;
	uint32_t number;
	uint8_t *at;

	if (memory_image_stays_zero(m, chunk, from, part))
		return true;
	number = memory_image_own(m, chunk, part == POOL_CHUNK);
	if (!number)
		return false;
	at = pool_at(m->pool, number);
	memcpy(at + offset % POOL_CHUNK, from, part);
	if (!memory_image_has_base(m, chunk) && memory_is_zero(at, POOL_CHUNK)) {
		memory_image_enter(m, chunk, 0);
		pool_put(m->pool, number);
	}
	return true;
}

/* All or nothing, unless the client changes what it writes meanwhile. */
static enum block_status memory_image_write(struct image *i, uint64_t sector, uint32_t sectors,
					    const void *from)
{
	struct memory_image *m = (struct memory_image *)i;
	uint64_t offset = sector * SECTOR, bytes = (uint64_t)sectors * SECTOR;
	const uint8_t *at = from;

	if (memory_image_needs(m, offset, bytes, at) > pool_left(m->pool))
		return BLOCK_FULL;
	while (bytes) {
		size_t part = memory_image_part(offset, bytes);

		if (!memory_image_write_part(m, offset, part, at))
			return BLOCK_FULL;
		at += part;
		offset += part;
		bytes -= part;
	}
	return BLOCK_OK;
}

static enum block_status memory_image_flush(struct image *i)
{
	(void)i;
	return BLOCK_OK;
}

static const struct image_operations memory_image_operations = {
	.read = memory_image_read,
	.write = memory_image_write,
	.flush = memory_image_flush,
};

bool memory_image_init(struct memory_image *m, struct pool *pool, const char *name,
		       const void *base, uint64_t base_bytes, uint64_t sectors)
{
	uint64_t chunks = sectors / (POOL_CHUNK / SECTOR) + 1;

	*m = (struct memory_image){ .pool = pool, .base = base };
	m->image = (struct image){ &memory_image_operations, name, sectors };
	m->base_bytes = base_bytes / SECTOR * SECTOR;
	m->top = pool_reserve(pool, (chunks / MEMORY_IMAGE_LEAF + 1) * sizeof(uint32_t));
	return m->top != NULL;
}
