/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Builds the kernel's half of the address space, see arch/layout.h.
 *
 * The image is mapped page by page: text read-only and executable, everything
 * else not executable; the direct map, which shows the image a second time, leaves
 * its text read-only, too.  The TCB area starts out with every page showing one
 * page of zeros.
 */
#include <arch/kernel_map.h>

#include <arch/cpu.h>
#include <arch/entry.h>
#include <arch/io.h>
#include <core/cpu.h>
#include <core/klib.h>
#include <core/kmem.h>
#include <core/tcb.h>

#define LARGE_PAGE 0x200000ull
#define GIGABYTE 0x40000000ull
#define TCB_TABLES (MAX_THREADS * TCB_SIZE / LARGE_PAGE)
#define THREADS_PER_PAGE (PAGE_SIZE / TCB_SIZE)
#define KERNEL_PTE (PTE_PRESENT | PTE_GLOBAL)
#define KERNEL_RW (KERNEL_PTE | PTE_WRITE | PTE_NX | PTE_ACCESSED | PTE_DIRTY)
#define KERNEL_RO (KERNEL_PTE | PTE_NX | PTE_ACCESSED)
#define KERNEL_RX (KERNEL_PTE | PTE_ACCESSED)
#define USER_RX (KERNEL_RX | PTE_USER)
#define TABLE (PTE_PRESENT | PTE_WRITE)
#define WINDOW_PAGES 2
#define DEVICE_PAGES (PT_ENTRIES - MAX_CPUS * WINDOW_PAGES)

/* WB, WT, UC-, UC, WC, WP, UC-, UC; paging_attribute_bits() has the indices. */
#define PAT_VALUE 0x0007050100070406ull

extern char __text_start[], __text_end[], __rodata_start[], __rodata_end[];
extern pte_t boot_pdpt_direct[];

struct kernel_map kernel_map;

static pte_t *device_table;
static unsigned device_pages;
static pte_t *tcb_directory; /* the page directory's entries for the TCB area */
static pte_t *dummy_table;   /* 512 times the page of zeros */
static uint64_t tcb_backed[MAX_THREADS / THREADS_PER_PAGE / 64];

static uint64_t image_phys(const void *symbol)
{
	return (uint64_t)(uintptr_t)symbol - KERNEL_BASE;
}

static unsigned slot(uint64_t va, unsigned level)
{
	return (unsigned)(va >> level_bits(level)) & (PT_ENTRIES - 1);
}

/* The protection the image's page at `va` needs. */
static pte_t image_bits(const char *va)
{
	if (va >= (char *)ALIGN_DOWN((uintptr_t)__text_start, (uintptr_t)PAGE_SIZE) &&
	    va < __text_end)
		return KERNEL_RX;
	if (va >= __rodata_start && va < __rodata_end)
		return KERNEL_RO;
	return KERNEL_RW;
}

/* The direct map's 2 MiB page that holds the image's start becomes 4 KiB pages. */
static void protect_direct_map(uint64_t block)
{
	pte_t *directory = phys_to_virt(boot_pdpt_direct[slot(block, 2)] & PTE_ADDRESS);
	pte_t *table = kmem_page(NULL);

	for (unsigned i = 0; i < PT_ENTRIES; i++) {
		uint64_t pa = block + i * PAGE_SIZE;
		pte_t bits = image_bits((const char *)(pa + KERNEL_BASE));

		table[i] = pa | (bits & PTE_WRITE ? KERNEL_RW : KERNEL_RO);
	}
	directory[slot(block, 1)] = virt_to_phys(table) | TABLE;
}

static void map_image(pte_t *pdpt)
{
	pte_t *directory = kmem_page(NULL);

	for (uint64_t block = 0; block < image_phys(__kernel_end); block += LARGE_PAGE) {
		pte_t *table = kmem_page(NULL);

		for (unsigned i = 0; i < PT_ENTRIES; i++) {
			uint64_t pa = block + i * PAGE_SIZE;

			if (pa >= KERNEL_PHYS && pa < image_phys(__kernel_end))
				table[i] = pa | image_bits((const char *)(pa + KERNEL_BASE));
		}
		directory[slot(block, 1)] = virt_to_phys(table) | TABLE;
		protect_direct_map(block);
	}
	pdpt[slot(KERNEL_BASE, 2)] = virt_to_phys(directory) | TABLE;
}

static void map_top_gigabyte(pte_t *pdpt)
{
	pte_t *directory = kmem_page(NULL), *table = kmem_page(NULL);
	void *zeros = kmem_page(NULL), *stubs = kmem_page(NULL);

	dummy_table = kmem_page(NULL);
	for (unsigned i = 0; i < PT_ENTRIES; i++)
		dummy_table[i] = virt_to_phys(zeros) | KERNEL_RO;
	tcb_directory = &directory[slot(TCB_AREA, 1)];
	for (unsigned i = 0; i < TCB_TABLES; i++)
		tcb_directory[i] = virt_to_phys(dummy_table) | TABLE;
	device_table = kmem_page(NULL);
	directory[slot(DEVICE_AREA, 1)] = virt_to_phys(device_table) | TABLE;
	memcpy(stubs, user_stubs, (size_t)(user_stubs_end - user_stubs));
	table[slot(USER_STUBS, 0)] = virt_to_phys(stubs) | USER_RX;
	directory[slot(USER_STUBS, 1)] = virt_to_phys(table) | TABLE | PTE_USER;
	pdpt[slot(TCB_AREA, 2)] = virt_to_phys(directory) | TABLE | PTE_USER;
}

static void extend_direct_map(uint64_t ram_end)
{
	uint64_t pa = BOOT_MAP_SIZE;

	for (; pa < ram_end && pa < 512 * GIGABYTE; pa += GIGABYTE) {
		pte_t *entry = &boot_pdpt_direct[slot(pa, 2)], *directory;

		if (kernel_map.gigabyte_pages) {
			*entry = pa | KERNEL_RW | PTE_LARGE;
			continue;
		}
		directory = kmem_page(NULL);
		for (unsigned i = 0; i < PT_ENTRIES; i++)
			directory[i] = (pa + i * LARGE_PAGE) | KERNEL_RW | PTE_LARGE;
		*entry = virt_to_phys(directory) | TABLE;
	}
	kernel_map.direct_end = pa;
}

void kernel_map_init(uint64_t ram_end)
{
	pte_t *pdpt = kmem_page(NULL);
	unsigned phys_bits = 36;

	if (cpuid(0x80000000, 0).eax >= 0x80000008)
		phys_bits = cpuid(0x80000008, 0).eax & 0xff;
	kernel_map.phys_end = 1ull << phys_bits;
	kernel_map.gigabyte_pages = cpuid(0x80000001, 0).edx >> 26 & 1;
	kernel_map.top = kmem_page(NULL);
	kernel_map.top[slot(DIRECT_MAP, 3)] = image_phys(boot_pdpt_direct) | TABLE | PTE_NX;
	kernel_map.top[slot(KERNEL_BASE, 3)] = virt_to_phys(pdpt) | TABLE | PTE_USER;
	map_image(pdpt);
	map_top_gigabyte(pdpt);
	extend_direct_map(ram_end);
	__asm__ volatile("mov %0, %%cr3" ::"r"(virt_to_phys(kernel_map.top)) : "memory");
}

const void *arch_phys(uint64_t pa, size_t size)
{
	uint64_t end = kernel_map.direct_end ? kernel_map.direct_end : BOOT_MAP_SIZE;

	return pa < end && size <= end - pa ? phys_to_virt(pa) : NULL;
}

volatile void *arch_map_device(uint64_t pa, size_t size)
{
	uint64_t first = ALIGN_DOWN(pa, PAGE_SIZE);
	unsigned pages = (unsigned)((ALIGN_UP(pa + size, PAGE_SIZE) - first) / PAGE_SIZE);
	unsigned at = device_pages;

	if (pages > DEVICE_PAGES - at)
		return NULL;
	device_pages += pages;
	for (unsigned i = 0; i < pages; i++)
		device_table[at + i] = (first + i * PAGE_SIZE) | KERNEL_RW | PTE_PCD | PTE_PWT;
	return (volatile void *)(DEVICE_AREA + at * PAGE_SIZE + (pa - first));
}

void *paging_page_window(uint64_t pa, unsigned which)
{
	unsigned at = DEVICE_PAGES + this_cpu()->id * WINDOW_PAGES + which;
	void *va = (void *)(DEVICE_AREA + at * PAGE_SIZE);

	if (pa < kernel_map.direct_end)
		return phys_to_virt(pa);
	device_table[at] = pa | KERNEL_RW | PTE_PCD | PTE_PWT;
	__asm__ volatile("invlpg (%0)" ::"r"(va) : "memory");
	return va;
}

static bool tcb_page_is_empty(unsigned page)
{
	for (unsigned i = 0; i < THREADS_PER_PAGE; i++)
		if (tcb_slot(page * THREADS_PER_PAGE + i)->peer)
			return false;
	return true;
}

void kernel_map_reclaim_tcbs(void)
{
	for (unsigned t = 0; (t = kernel_map_next_tcb(t)) < MAX_THREADS; t += THREADS_PER_PAGE) {
		unsigned page = t / THREADS_PER_PAGE;
		pte_t *table, *entry;

		if (!tcb_page_is_empty(page))
			continue;
		table = phys_to_virt(tcb_directory[page / PT_ENTRIES] & PTE_ADDRESS);
		entry = &table[page % PT_ENTRIES];
		tlb_invalidate(NULL);
		kmem_free_page_later(NULL, phys_to_virt(*entry & PTE_ADDRESS));
		*entry = dummy_table[0];
		tcb_backed[page / 64] &= ~(1ull << (page % 64));
	}
	tlb_sync_if_due();
}

unsigned kernel_map_next_tcb(unsigned thread_no)
{
	unsigned page = thread_no / THREADS_PER_PAGE;

	for (unsigned first = page; page < MAX_THREADS / THREADS_PER_PAGE;) {
		uint64_t rest = tcb_backed[page / 64] >> (page % 64);

		if (rest) {
			page += (unsigned)__builtin_ctzll(rest);
			return page == first ? thread_no : page * THREADS_PER_PAGE;
		}
		page = ALIGN_DOWN(page, 64u) + 64;
	}
	return MAX_THREADS;
}

bool kernel_map_tcb_page(unsigned thread_no)
{
	unsigned page = thread_no / THREADS_PER_PAGE;
	pte_t *entry = &tcb_directory[page / PT_ENTRIES];
	pte_t *table;
	void *slots;

	if (tcb_backed[page / 64] >> (page % 64) & 1)
		return true;
	slots = kmem_page(NULL);
	if (!slots)
		return false;
	table = phys_to_virt(*entry & PTE_ADDRESS);
	if (table == dummy_table) {
		table = kmem_page(NULL);
		if (!table) {
			kmem_free_page(NULL, slots);
			return false;
		}
		memcpy(table, dummy_table, PAGE_SIZE);
		*entry = virt_to_phys(table) | TABLE;
	}
	table[page % PT_ENTRIES] = virt_to_phys(slots) | KERNEL_RW;
	tcb_backed[page / 64] |= 1ull << (page % 64);
	tlb_invalidate(NULL);
	tlb_sync();
	return true;
}

void kernel_map_init_cpu(void)
{
	wrmsr(MSR_PAT, PAT_VALUE);
}
