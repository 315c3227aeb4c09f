/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Physical memory as found at boot: what is the kernel's and what sigma0 may
 * have.
 */
#ifndef CORE_BOOT_MEMORY_H
#define CORE_BOOT_MEMORY_H

#include <core/boot.h>
#include <stdbool.h>
#include <stdint.h>

/* True if nothing in [pa, pa + size) is the kernel's and the CPU can address it. */
bool boot_memory_is_free(uint64_t pa, uint64_t size);

/* Marks [start, end) as the kernel's own. */
void boot_memory_reserve(uint64_t start, uint64_t end);

/* boot_memory_find() leaves [start, end) alone, which isn't the kernel's. */
void boot_memory_keep_clear(uint64_t start, uint64_t end);

/* Reads the i-th reserved range if there is one; returns how many there are. */
unsigned boot_memory_reserved(unsigned i, uint64_t *start, uint64_t *end);

/* The end of the highest RAM or ACPI range. */
uint64_t boot_memory_top(const struct boot_data *boot);

/*
 * The highest place for `size` bytes: conventional memory below `limit` that meets no
 * module and nothing reserved.  0 if there is none.
 */
uint64_t boot_memory_find(const struct boot_data *boot, uint64_t size, uint64_t align,
			  uint64_t limit);

#endif
