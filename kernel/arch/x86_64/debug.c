/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looking at memory without risking a fault: by the page tables in use, boot's or
 * the final ones, which all lie in the direct map.
 */
#include <arch/debug.h>

#include <arch/kernel_map.h>
#include <arch/paging.h>
#include <core/klib.h>

#define TABLE_LEVELS 4
#define DEVICE_END USER_STUBS

static bool page_is_mapped(uint64_t va)
{
	uint64_t pa;

	if (va < DIRECT_MAP || (va >= DEVICE_AREA && va < DEVICE_END))
		return false;
	__asm__ volatile("mov %%cr3, %0" : "=r"(pa));
	for (unsigned level = TABLE_LEVELS; level-- > 0;) {
		const pte_t *table = arch_phys(pa & PTE_ADDRESS, PAGE_SIZE);
		pte_t entry;

		if (!table)
			return false;
		entry = table[(va >> level_bits(level)) % PT_ENTRIES];
		if (!(entry & PTE_PRESENT))
			return false;
		if (!paging_is_table(entry, level))
			return true;
		pa = entry;
	}
	return false;
}

bool arch_is_mapped(const void *address, size_t size)
{
	uintptr_t first = (uintptr_t)address, last = first + size - 1;

	if (last < first)
		return false;
	for (uintptr_t page = ALIGN_DOWN(first, (uintptr_t)PAGE_SIZE);; page += PAGE_SIZE) {
		if (!page_is_mapped(page))
			return false;
		if (last - page < PAGE_SIZE)
			return true;
	}
}
