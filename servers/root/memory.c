/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Root's RAM, see memory.h.  It comes from sigma0 in superpages, not larger: the kernel
 * keeps one list of all mappings made of one page of root's and has to walk it to revoke
 * one of them, so that lists of at most 512 pages keep that short.
 */
#include "memory.h"

#include <l4/thread.h>
#include <string.h>

#define ADDRESS_BITS 52

static struct buddy ram;
static l4_word_t ram_bytes, ram_aside, head_bytes;
static bool ram_all_taken;

static bool memory_ask(l4_word_t base, unsigned log2_size, l4_word_t attribute, l4_word_t *given)
{
	struct l4_fpage wanted = { (base & ~0x3ffull) | (l4_word_t)log2_size << 4 | L4_RIGHTS_ALL };
	struct l4_fpage page = l4_sigma0_request(wanted, attribute);

	*given = l4_fpage_base(page);
	return !l4_fpage_is_nil(page) && l4_fpage_log2_size(page) == log2_size;
}

static l4_word_t memory_end(void)
{
	const struct l4_memory_descriptor *d = l4_kip_memory(l4_kip());
	l4_word_t end = 0;

	for (unsigned i = 0; i < l4_kip_memory_count(l4_kip()); i++)
		if (!l4_memory_is_virtual(&d[i]) &&
		    l4_memory_type(&d[i]) == L4_MEMORY_CONVENTIONAL && l4_memory_high(&d[i]) >= end)
			end = l4_memory_high(&d[i]) + 1;
	return end;
}

bool memory_start(void)
{
	l4_word_t pages = memory_end() / L4_PAGE_SIZE, head;
	unsigned log2_size = L4_PAGE_BITS;

	while (1ull << log2_size < buddy_head_bytes(pages))
		log2_size++;
	if (!memory_ask(L4_ANY_BASE, log2_size, L4_MEMORY_DEFAULT, &head))
		return false;
	head_bytes = 1ull << log2_size;
	memset((void *)head, 0, head_bytes);
	buddy_start(&ram, 0, pages, (l4_word_t *)head);
	return true;
}

/* The largest block that sigma0 still has. */
static bool memory_grow(void)
{
	l4_word_t base;

	for (unsigned log2_size = BUDDY_MAX_BITS; log2_size >= BUDDY_MIN_BITS; log2_size--)
		if (memory_ask(L4_ANY_BASE, log2_size, L4_MEMORY_DEFAULT, &base)) {
			buddy_put(&ram, base, log2_size);
			ram_bytes += 1ull << log2_size;
			return true;
		}
	ram_all_taken = true;
	return false;
}

void memory_take_all(void)
{
	while (!ram_all_taken)
		memory_grow();
}

bool memory_set_aside(l4_word_t bytes)
{
	while (ram.free_bytes - ram_aside < bytes)
		if (ram_all_taken || !memory_grow())
			return false;
	ram_aside += bytes;
	return true;
}

void memory_give_up(l4_word_t bytes)
{
	ram_aside -= bytes;
}

bool memory_take(unsigned log2_size, l4_word_t *base)
{
	if (ram_aside < 1ull << log2_size || !buddy_get(&ram, log2_size, base))
		return false;
	ram_aside -= 1ull << log2_size;
	memset((void *)*base, 0, 1ull << log2_size);
	return true;
}

void memory_put(l4_word_t base, unsigned log2_size)
{
	buddy_put(&ram, base, log2_size);
	ram_aside += 1ull << log2_size;
}

l4_word_t memory_bytes(void)
{
	return ram_bytes;
}

l4_word_t memory_free_bytes(void)
{
	return ram.free_bytes - ram_aside;
}

l4_word_t memory_overhead_bytes(void)
{
	return head_bytes;
}

bool memory_is_ram(l4_word_t first, l4_word_t last)
{
	const struct l4_memory_descriptor *d = l4_kip_memory(l4_kip());

	for (unsigned i = 0; i < l4_kip_memory_count(l4_kip()); i++) {
		enum l4_memory_type type = l4_memory_type(&d[i]);

		if (!l4_memory_is_virtual(&d[i]) && l4_memory_low(&d[i]) <= last &&
		    l4_memory_high(&d[i]) >= first &&
		    (type == L4_MEMORY_CONVENTIONAL || type == L4_MEMORY_BOOT))
			return true;
	}
	return false;
}

unsigned memory_largest_block(l4_word_t address, l4_word_t first, l4_word_t last)
{
	unsigned log2_size = L4_PAGE_BITS;

	for (; log2_size < 30; log2_size++) {
		l4_word_t mask = (2ull << log2_size) - 1;

		if ((address & ~mask) < first || (address | mask) > last)
			break;
	}
	return log2_size;
}

bool memory_claim(l4_word_t first, l4_word_t last, l4_word_t attribute)
{
	l4_word_t given;

	if (last < first || last >> ADDRESS_BITS)
		return false;
	first &= -L4_PAGE_SIZE;
	last |= L4_PAGE_SIZE - 1;
	while (first <= last) {
		unsigned log2_size = memory_largest_block(first, first, last);

		while (!memory_ask(first, log2_size, attribute, &given))
			if (log2_size-- == L4_PAGE_BITS)
				return false;
		first += 1ull << log2_size;
	}
	return true;
}
