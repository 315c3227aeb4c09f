/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel memory: a pool of pages fixed at boot, and caches of small objects in
 * it.  What a space causes to be allocated is charged to it, up to its limit.
 * Allocation fails with NULL, never waits.  All functions need the kernel lock.
 */
#ifndef CORE_KMEM_H
#define CORE_KMEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct space;
struct mapnode;

enum kmem_cache {
	KMEM_MAPNODE,
	KMEM_IONODE,
	KMEM_SPACE,
	KMEM_CACHES,
};

/* One per page of the pool. */
struct page_info {
	union {
		struct mapnode **shadow; /* page table: nodes of its leaves, or NULL */
		void *free;              /* object cache: free objects */
		struct page_info *next_free;
	};
	union {
		uint64_t va;         /* page table: first address it maps */
		uint16_t threads[4]; /* UTCB page: thread numbers of its blocks, 0: none */
		struct {
			struct page_info *next, *prev;
		}; /* cache: partly used pages */
	};
	uint16_t live; /* entries or objects in use */
	uint8_t level; /* page table: of its entries */
	uint8_t cache; /* object cache */
};

/* Gives the pool [start, end), physical, page-aligned, in the direct map. */
void kmem_init(uint64_t start, uint64_t end);

/* A zeroed page; space NULL: charged to nobody. */
void *kmem_page(struct space *space);
void kmem_free_page(struct space *space, void *page);
/* Frees at the next tlb_sync(): page tables that CPUs may still walk. */
void kmem_free_page_later(struct space *space, void *page);
void kmem_free_deferred(void);

/* A zeroed object. */
void *kmem_alloc(struct space *space, enum kmem_cache cache);
void kmem_free(struct space *space, enum kmem_cache cache, void *object);

/* `pages` zeroed, physically consecutive pages; at boot only, never freed. */
void *kmem_boot_pages(size_t pages);

struct page_info *kmem_info(const void *address);
bool kmem_contains(uint64_t pa);
size_t kmem_pages_total(void);
size_t kmem_pages_used(void);

#endif
