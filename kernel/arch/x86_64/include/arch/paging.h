/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables: four levels of 512 entries.  A leaf is at level 0 (4 KiB), 1
 * (2 MiB) or 2 (1 GiB).  See the AMD64 manual, volume 2, chapter 5.
 *
 * Leaves made for map items have a mapping node (core/mapdb.h) in the table's
 * shadow; leaves marked PTE_KERNEL (KIP, UTCB) have none and can't be unmapped.
 * All functions need the kernel lock.
 */
#ifndef ARCH_PAGING_H
#define ARCH_PAGING_H

#include <arch/layout.h>
#include <l4/types.h>
#include <stdbool.h>
#include <stdint.h>

struct space;
struct mapnode;

typedef uint64_t pte_t;

#define PTE_PRESENT 0x1ull
#define PTE_WRITE 0x2ull
#define PTE_USER 0x4ull
#define PTE_PWT 0x8ull
#define PTE_PCD 0x10ull
#define PTE_ACCESSED 0x20ull
#define PTE_DIRTY 0x40ull
#define PTE_LARGE 0x80ull
#define PTE_PAT 0x80ull /* level 0 */
#define PTE_GLOBAL 0x100ull
#define PTE_KERNEL 0x200ull     /* software: leaf owned by the kernel */
#define PTE_PAT_LARGE 0x1000ull /* levels 1 and 2 */
#define PTE_NX (1ull << 63)
#define PTE_ADDRESS 0x000ffffffffff000ull

#define PAGE_BITS 12
#define PAGE_SIZE 4096ull
#define PT_ENTRIES 512
#define MAX_LEAF_LEVEL 2
#define USER_BITS 47

/* log2 of the bytes a leaf at `level` maps. */
static inline unsigned level_bits(unsigned level)
{
	return PAGE_BITS + 9 * level;
}

static inline uint64_t level_size(unsigned level)
{
	return 1ull << level_bits(level);
}

/* Kernel address of physical memory within the direct map. */
static inline void *phys_to_virt(uint64_t pa)
{
	return (void *)(uintptr_t)(pa + DIRECT_MAP);
}

static inline uint64_t virt_to_phys(const void *va)
{
	return (uint64_t)(uintptr_t)va - DIRECT_MAP;
}

static inline uint64_t pte_phys(pte_t pte, unsigned level)
{
	return pte & PTE_ADDRESS & ~(level_size(level) - 1);
}

/* The rights of a leaf as rwx. */
static inline unsigned pte_rights(pte_t pte)
{
	return L4_RIGHT_R | (pte & PTE_WRITE ? L4_RIGHT_W : 0) | (pte & PTE_NX ? 0 : L4_RIGHT_X);
}

static inline pte_t pte_rights_bits(unsigned rights)
{
	return (rights & L4_RIGHT_W ? PTE_WRITE : 0) | (rights & L4_RIGHT_X ? 0 : PTE_NX);
}

/* True if the CPU has 1 GiB pages; then the highest leaf level is 2, else 1. */
unsigned paging_max_leaf_level(void);

/* A page table for a new space with the kernel's half; NULL: no memory. */
pte_t *paging_create(struct space *space);
void paging_destroy(struct space *space);

/*
 * The leaf that maps va, with its level; NULL if none.  In that case *level is
 * the level at which the walk ended: nothing is mapped in that whole entry.
 */
pte_t *paging_lookup(const struct space *space, uint64_t va, unsigned *level);

/*
 * The entry for va at `level`, with tables above it made as needed (charged to
 * the space).  NULL if there is no memory.  The entry may hold a table
 * (see paging_is_table) or a leaf; a larger leaf above must not exist.
 */
pte_t *paging_entry(struct space *space, uint64_t va, unsigned level);

static inline bool paging_is_table(pte_t pte, unsigned level)
{
	return (pte & PTE_PRESENT) && level > 0 && !(pte & PTE_LARGE);
}

/* Prepares the entry to hold a node-carrying leaf; false: no memory. */
bool paging_prepare_node(struct space *space, pte_t *entry);
struct mapnode *paging_node(const pte_t *entry);

/* Installs a leaf (entry empty before); node may be NULL for kernel leaves. */
void paging_install(pte_t *entry, unsigned level, uint64_t pa, pte_t bits, struct mapnode *node);

/* Replaces the node of a leaf. */
void paging_set_node(pte_t *entry, struct mapnode *node);

/* Clears a leaf and frees tables that became empty.  Returns the old entry. */
pte_t paging_clear(struct space *space, pte_t *entry);

/* Keeps the table of `entry` while another of its leaves goes; and lets go, with a leaf
 * installed at `entry` right after. */
void paging_hold(pte_t *entry);
void paging_release(pte_t *entry);

/* The virtual address that `entry` maps (for tables with leaves). */
uint64_t paging_entry_va(const pte_t *entry);

/*
 * Turns the leaf at `entry` of `level` > 0 into a table of 512 leaves of the
 * next level; returns the table's first entry or NULL (no memory, unchanged).
 */
pte_t *paging_split(struct space *space, pte_t *entry, unsigned level);

/* Memory attribute (enum l4_memory_attribute) as page table bits; false: unknown. */
bool paging_attribute_bits(unsigned attribute, unsigned level, pte_t *bits);
#define PTE_ATTRIBUTE_BITS(level) (PTE_PWT | PTE_PCD | ((level) ? PTE_PAT_LARGE : PTE_PAT))

/*
 * A kernel pointer to the physical page `pa` for copying; RAM through the
 * direct map, anything else through this CPU's window `slot` (0 or 1), which
 * the next call for that slot reuses.
 */
void *paging_page_window(uint64_t pa, unsigned slot);

#endif
