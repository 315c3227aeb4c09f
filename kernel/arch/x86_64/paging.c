/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables of address spaces (AMD64 manual volume 2, chapter 5.3).
 *
 * Each table is a page of kernel memory whose struct page_info holds its level,
 * the first address it maps, how many entries are in use, and the shadow page with
 * the mapping node of each leaf.  Tables go when their last entry goes.
 */
#include <arch/paging.h>

#include <arch/cpu.h>
#include <arch/kernel_map.h>
#include <core/cpu.h>
#include <core/klib.h>
#include <core/kmem.h>
#include <core/space.h>

#define TOP_LEVEL 3
#define USER_TOP_ENTRIES 256
#define PTE_TABLE (PTE_PRESENT | PTE_WRITE | PTE_USER)

static unsigned index_of(uint64_t va, unsigned level)
{
	return (unsigned)(va >> level_bits(level)) & (PT_ENTRIES - 1);
}

static pte_t *table_of(pte_t pte)
{
	return phys_to_virt(pte & PTE_ADDRESS);
}

static pte_t *entry_table(const pte_t *entry)
{
	return (pte_t *)ALIGN_DOWN((uintptr_t)entry, (uintptr_t)PAGE_SIZE);
}

static unsigned entry_index(const pte_t *entry)
{
	return (unsigned)((uintptr_t)entry % PAGE_SIZE / sizeof(pte_t));
}

unsigned paging_max_leaf_level(void)
{
	return kernel_map.gigabyte_pages ? 2 : 1;
}

pte_t *paging_create(struct space *space)
{
	pte_t *top = kmem_page(space);

	if (!top)
		return NULL;
	memcpy(top + USER_TOP_ENTRIES, kernel_map.top + USER_TOP_ENTRIES,
	       (PT_ENTRIES - USER_TOP_ENTRIES) * sizeof(pte_t));
	kmem_info(top)->level = TOP_LEVEL;
	return top;
}

void paging_destroy(struct space *space)
{
	tlb_invalidate(space);
	kmem_free_page_later(space, space->page_table);
	space->page_table = NULL;
}

pte_t *paging_lookup(const struct space *space, uint64_t va, unsigned *level)
{
	pte_t *table = space->page_table;
	unsigned l = TOP_LEVEL;

	for (;;) {
		pte_t *entry = &table[index_of(va, l)];

		*level = l;
		if (va >= USER_END || !(*entry & PTE_PRESENT))
			return NULL;
		if (!paging_is_table(*entry, l))
			return entry;
		table = table_of(*entry);
		l--;
	}
}

static bool add_table(struct space *space, pte_t *entry, uint64_t va, unsigned level)
{
	pte_t *table = kmem_page(space);
	struct page_info *info;

	if (!table)
		return false;
	info = kmem_info(table);
	info->level = (uint8_t)level;
	info->va = ALIGN_DOWN(va, level_size(level + 1));
	*entry = virt_to_phys(table) | PTE_TABLE;
	kmem_info(entry)->live++;
	return true;
}

static void remove_empty_tables(struct space *space, pte_t *table)
{
	while (kmem_info(table)->live == 0 && table != space->page_table) {
		struct page_info *info = kmem_info(table);
		pte_t *parent = space->page_table;
		unsigned l = TOP_LEVEL;

		for (; l > info->level + 1u; l--)
			parent = table_of(parent[index_of(info->va, l)]);
		parent[index_of(info->va, l)] = 0;
		kmem_info(parent)->live--;
		if (info->shadow)
			kmem_free_page(space, info->shadow);
		tlb_invalidate(space);
		kmem_free_page_later(space, table);
		table = parent;
	}
}

pte_t *paging_entry(struct space *space, uint64_t va, unsigned level)
{
	pte_t *table = space->page_table;

	for (unsigned l = TOP_LEVEL; l > level; l--) {
		pte_t *entry = &table[index_of(va, l)];

		if (!(*entry & PTE_PRESENT) && !add_table(space, entry, va, l - 1)) {
			remove_empty_tables(space, table);
			return NULL;
		}
		table = table_of(*entry);
	}
	return &table[index_of(va, level)];
}

bool paging_prepare_node(struct space *space, pte_t *entry)
{
	struct page_info *info = kmem_info(entry);

	if (!info->shadow)
		info->shadow = kmem_page(space);
	if (!info->shadow)
		remove_empty_tables(space, entry_table(entry));
	return info->shadow;
}

struct mapnode *paging_node(const pte_t *entry)
{
	struct page_info *info = kmem_info(entry);

	return info->shadow ? info->shadow[entry_index(entry)] : NULL;
}

void paging_set_node(pte_t *entry, struct mapnode *node)
{
	kmem_info(entry)->shadow[entry_index(entry)] = node;
}

void paging_install(pte_t *entry, unsigned level, uint64_t pa, pte_t bits, struct mapnode *node)
{
	*entry = pa | bits | PTE_PRESENT | PTE_USER | (level ? PTE_LARGE : 0);
	kmem_info(entry)->live++;
	if (node)
		paging_set_node(entry, node);
}

pte_t paging_clear(struct space *space, pte_t *entry)
{
	pte_t old = __atomic_exchange_n(entry, 0, __ATOMIC_RELAXED);
	struct page_info *info = kmem_info(entry);

	if (info->shadow)
		info->shadow[entry_index(entry)] = NULL;
	info->live--;
	remove_empty_tables(space, entry_table(entry));
	return old;
}

void paging_hold(pte_t *entry)
{
	kmem_info(entry)->live++;
}

void paging_release(pte_t *entry)
{
	kmem_info(entry)->live--;
}

uint64_t paging_entry_va(const pte_t *entry)
{
	struct page_info *info = kmem_info(entry);

	return info->va + entry_index(entry) * level_size(info->level);
}

pte_t *paging_split(struct space *space, pte_t *entry, unsigned level)
{
	pte_t old = *entry, bits = old & ~(PTE_ADDRESS | PTE_LARGE);
	uint64_t pa = pte_phys(old, level);
	pte_t *table = kmem_page(space), **shadow = NULL;
	struct page_info *info;

	if (table)
		shadow = kmem_page(space);
	if (!shadow) {
		if (table)
			kmem_free_page(space, table);
		return NULL;
	}
	if (old & PTE_PAT_LARGE)
		bits |= level > 1 ? PTE_PAT_LARGE : PTE_PAT;
	if (level > 1)
		bits |= PTE_LARGE;
	for (unsigned i = 0; i < PT_ENTRIES; i++)
		table[i] = (pa + i * level_size(level - 1)) | bits;
	info = kmem_info(table);
	info->level = (uint8_t)(level - 1);
	info->va = paging_entry_va(entry);
	info->live = PT_ENTRIES;
	info->shadow = (struct mapnode **)shadow;
	kmem_info(entry)->shadow[entry_index(entry)] = NULL;
	/* What the CPU has set in the old entry meanwhile counts for all of it. */
	old = __atomic_exchange_n(entry, virt_to_phys(table) | PTE_TABLE, __ATOMIC_RELAXED);
	for (unsigned i = 0; i < PT_ENTRIES; i++)
		table[i] |= old & (PTE_ACCESSED | PTE_DIRTY);
	return table;
}

bool paging_attribute_bits(unsigned attribute, unsigned level, pte_t *bits)
{
	/* Indices into the PAT as kernel_map.c programs it. */
	static const struct {
		bool known;
		unsigned char index;
	} pat[8] = {
		[L4_MEMORY_DEFAULT] = { true, 0 },         [L4_MEMORY_UNCACHED] = { true, 3 },
		[L4_MEMORY_WRITE_COMBINING] = { true, 4 }, [L4_MEMORY_WRITE_THROUGH] = { true, 1 },
		[L4_MEMORY_WRITE_PROTECTED] = { true, 5 }, [L4_MEMORY_WRITE_BACK] = { true, 0 },
	};

	if (attribute >= ARRAY_SIZE(pat) || !pat[attribute].known)
		return false;
	*bits = (pat[attribute].index & 1 ? PTE_PWT : 0) | (pat[attribute].index & 2 ? PTE_PCD : 0);
	if (pat[attribute].index & 4)
		*bits |= level ? PTE_PAT_LARGE : PTE_PAT;
	return true;
}
