/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's half of every address space: image with write protection, direct
 * map, TCB area, device registers, system call stubs.
 */
#ifndef ARCH_KERNEL_MAP_H
#define ARCH_KERNEL_MAP_H

#include <arch/paging.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kernel_map {
	pte_t *top;          /* the kernel's own PML4; entries 256.. are everybody's */
	uint64_t direct_end; /* physical end of the direct map */
	uint64_t phys_end;   /* what the CPU can address */
	bool gigabyte_pages;
};

extern struct kernel_map kernel_map;

extern char __kernel_end[];

static inline uint64_t kernel_image_size(void)
{
	return (uint64_t)(uintptr_t)__kernel_end - KERNEL_BASE - KERNEL_PHYS;
}

/* Extends the boot page tables' direct map to `ram_end`.  At boot, with kmem
 * ready; then switches to the final tables. */
void kernel_map_init(uint64_t ram_end);

/* Physical memory as a pointer; NULL outside the direct map. */
const void *arch_phys(uint64_t pa, size_t size);

/* Maps device registers, uncached; NULL: no space left. */
volatile void *arch_map_device(uint64_t pa, size_t size);

/* Backs the page of the TCB area that holds thread_no; false: no memory. */
bool kernel_map_tcb_page(unsigned thread_no);

/* Frees the pages of the TCB area that hold no thread. */
void kernel_map_reclaim_tcbs(void);

/* The first thread number from thread_no on whose page is backed (others read as zeros);
 * MAX_THREADS: none. */
unsigned kernel_map_next_tcb(unsigned thread_no);

/* Programs the page attribute table; on every CPU. */
void kernel_map_init_cpu(void);

#endif
