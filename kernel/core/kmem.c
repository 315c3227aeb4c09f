/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's memory: a pool of pages with a free list, a descriptor per page,
 * and caches of small objects, each a list of partly used pages.
 *
 * Accounts count bytes: PAGE_SIZE for a page, the object's size for an object.
 */
#include <core/kmem.h>

#include <arch/kernel_map.h>
#include <arch/paging.h>
#include <core/klib.h>
#include <core/mapdb.h>
#include <core/space.h>

struct cache {
	size_t size;
	struct page_info *partial;
};

static struct {
	uint64_t start, end;
	struct page_info *info;
	struct page_info *free;
	struct page_info *deferred;
	size_t total, used;
} pool;

static struct cache caches[KMEM_CACHES];

size_t io_node_size(void);

static void *info_page(const struct page_info *info)
{
	return phys_to_virt(pool.start + (uint64_t)(info - pool.info) * PAGE_SIZE);
}

struct page_info *kmem_info(const void *address)
{
	return &pool.info[(virt_to_phys(address) - pool.start) / PAGE_SIZE];
}

bool kmem_contains(uint64_t pa)
{
	return pa >= pool.start && pa < pool.end;
}

size_t kmem_pages_total(void)
{
	return pool.total;
}

size_t kmem_pages_used(void)
{
	return pool.used;
}

void kmem_init(uint64_t start, uint64_t end)
{
	size_t info_pages;

	pool.start = start;
	pool.end = end;
	pool.total = (end - start) / PAGE_SIZE;
	pool.info = phys_to_virt(start);
	info_pages = (pool.total * sizeof(struct page_info) + PAGE_SIZE - 1) / PAGE_SIZE;
	memset(pool.info, 0, info_pages * PAGE_SIZE);
	pool.used = info_pages;
	for (size_t i = pool.total; i-- > info_pages;) {
		pool.info[i].next_free = pool.free;
		pool.free = &pool.info[i];
	}
	caches[KMEM_MAPNODE].size = sizeof(struct mapnode);
	caches[KMEM_IONODE].size = io_node_size();
	caches[KMEM_SPACE].size = sizeof(struct space);
}

static void *page_get(void)
{
	struct page_info *info;
	void *page;

	if (!pool.free)
		kernel_map_reclaim_tcbs();
	info = pool.free;
	if (!info)
		return NULL;
	pool.free = info->next_free;
	pool.used++;
	memset(info, 0, sizeof(*info));
	page = info_page(info);
	memset(page, 0, PAGE_SIZE);
	return page;
}

static void page_put(struct page_info *info)
{
	info->next_free = pool.free;
	pool.free = info;
	pool.used--;
}

void *kmem_page(struct space *space)
{
	void *page;

	if (space && !space_charge(space, PAGE_SIZE))
		return NULL;
	page = page_get();
	if (!page && space)
		space_uncharge(space, PAGE_SIZE);
	return page;
}

void kmem_free_page(struct space *space, void *page)
{
	page_put(kmem_info(page));
	if (space)
		space_uncharge(space, PAGE_SIZE);
}

void kmem_free_page_later(struct space *space, void *page)
{
	struct page_info *info = kmem_info(page);

	info->next_free = pool.deferred;
	pool.deferred = info;
	if (space)
		space_uncharge(space, PAGE_SIZE);
}

void kmem_free_deferred(void)
{
	while (pool.deferred) {
		struct page_info *info = pool.deferred;

		pool.deferred = info->next_free;
		page_put(info);
	}
}

void *kmem_boot_pages(size_t pages)
{
	struct page_info *first = pool.free;

	/* The free list is still in order of addresses. */
	for (size_t i = 0; i < pages; i++) {
		if (pool.free != first + i)
			panic("out of kernel memory at boot");
		pool.free = pool.free->next_free;
	}
	pool.used += pages;
	memset(info_page(first), 0, pages * PAGE_SIZE);
	return info_page(first);
}

static void partial_add(struct cache *cache, struct page_info *info)
{
	info->prev = NULL;
	info->next = cache->partial;
	if (info->next)
		info->next->prev = info;
	cache->partial = info;
}

static void partial_remove(struct cache *cache, struct page_info *info)
{
	if (info->prev)
		info->prev->next = info->next;
	else
		cache->partial = info->next;
	if (info->next)
		info->next->prev = info->prev;
}

static bool cache_grow(struct cache *cache)
{
	char *page = page_get();
	struct page_info *info;

	if (!page)
		return false;
	info = kmem_info(page);
	for (size_t at = 0; at + cache->size <= PAGE_SIZE; at += cache->size) {
		*(void **)(page + at) = info->free;
		info->free = page + at;
	}
	partial_add(cache, info);
	return true;
}

void *kmem_alloc(struct space *space, enum kmem_cache which)
{
	struct cache *cache = &caches[which];
	struct page_info *info;
	void *object;

	if (space && !space_charge(space, cache->size))
		return NULL;
	if (!cache->partial && !cache_grow(cache)) {
		if (space)
			space_uncharge(space, cache->size);
		return NULL;
	}
	info = cache->partial;
	object = info->free;
	info->free = *(void **)object;
	info->live++;
	if (!info->free)
		partial_remove(cache, info);
	memset(object, 0, cache->size);
	return object;
}

void kmem_free(struct space *space, enum kmem_cache which, void *object)
{
	struct cache *cache = &caches[which];
	struct page_info *info = kmem_info(object);

	if (!info->free)
		partial_add(cache, info);
	*(void **)object = info->free;
	info->free = object;
	if (--info->live == 0) {
		partial_remove(cache, info);
		page_put(info);
	}
	if (space)
		space_uncharge(space, cache->size);
}
