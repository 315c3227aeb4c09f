/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Physical memory at boot.  The reserved list is short: kernel image, pool, local
 * APIC, I/O APICs.
 */
#include <core/boot_memory.h>

#include <arch/kernel_map.h>
#include <core/klib.h>

#define MAX_RESERVED 16

static struct {
	uint64_t start, end;
} reserved[MAX_RESERVED];
static unsigned reserved_count;

#define MAX_CLEAR 2

static struct {
	uint64_t start, end;
} clear[MAX_CLEAR];
static unsigned clear_count;

bool boot_memory_is_free(uint64_t pa, uint64_t size)
{
	if (size > kernel_map.phys_end || pa > kernel_map.phys_end - size)
		return false;
	for (unsigned i = 0; i < reserved_count; i++)
		if (pa < reserved[i].end && reserved[i].start < pa + size)
			return false;
	return true;
}

void boot_memory_reserve(uint64_t start, uint64_t end)
{
	if (reserved_count == MAX_RESERVED)
		panic("too many reserved memory ranges");
	reserved[reserved_count].start = start;
	reserved[reserved_count].end = end;
	reserved_count++;
}

void boot_memory_keep_clear(uint64_t start, uint64_t end)
{
	assert(clear_count < MAX_CLEAR);
	clear[clear_count].start = start;
	clear[clear_count].end = end;
	clear_count++;
}

unsigned boot_memory_reserved(unsigned i, uint64_t *start, uint64_t *end)
{
	if (i < reserved_count) {
		*start = reserved[i].start;
		*end = reserved[i].end;
	}
	return reserved_count;
}

uint64_t boot_memory_top(const struct boot_data *boot)
{
	uint64_t top = 0;

	for (unsigned i = 0; i < boot->range_count; i++) {
		const struct boot_range *r = &boot->range[i];

		if ((r->type == L4_MEMORY_CONVENTIONAL || r->type == L4_MEMORY_ARCH) &&
		    r->end > top)
			top = r->end;
	}
	return top;
}

/* If [at, at + size) meets something, returns where that starts, else 0. */
static uint64_t conflict(const struct boot_data *boot, uint64_t at, uint64_t size)
{
	for (unsigned i = 0; i < boot->module_count; i++)
		if (at < boot->module[i].end && boot->module[i].start < at + size)
			return boot->module[i].start;
	for (unsigned i = 0; i < reserved_count; i++)
		if (at < reserved[i].end && reserved[i].start < at + size)
			return reserved[i].start;
	for (unsigned i = 0; i < clear_count; i++)
		if (at < clear[i].end && clear[i].start < at + size)
			return clear[i].start;
	for (unsigned i = 0; i < boot->range_count; i++) {
		const struct boot_range *r = &boot->range[i];

		if (r->type != L4_MEMORY_CONVENTIONAL && at < r->end && r->start < at + size)
			return r->start ? r->start : 1;
	}
	return 0;
}

static uint64_t find_in_range(const struct boot_data *boot, const struct boot_range *range,
			      uint64_t size, uint64_t align, uint64_t limit)
{
	uint64_t end = range->end < limit ? range->end : limit;

	while (end > range->start && end - range->start >= size) {
		uint64_t at = ALIGN_DOWN(end - size, align), hit;

		if (at < range->start)
			break;
		hit = conflict(boot, at, size);
		if (!hit)
			return at;
		end = hit;
	}
	return 0;
}

uint64_t boot_memory_find(const struct boot_data *boot, uint64_t size, uint64_t align,
			  uint64_t limit)
{
	uint64_t best = 0;

	for (unsigned i = 0; i < boot->range_count; i++) {
		uint64_t at;

		if (boot->range[i].type != L4_MEMORY_CONVENTIONAL)
			continue;
		at = find_in_range(boot, &boot->range[i], size, align, limit);
		if (at > best)
			best = at;
	}
	return best;
}
