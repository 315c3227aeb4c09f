/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Maps from pages to frames, see pages.h.  Words of directories have their low bit set
 * for a superpage.
 */
#include "pages.h"

#include "memory.h"

#include <string.h>

#define WORDS (L4_PAGE_SIZE / sizeof(l4_word_t))
#define SUPER 1ull

static unsigned pages_directory_of(l4_word_t address)
{
	return (unsigned)(address >> 30);
}

static unsigned pages_word_of(l4_word_t address)
{
	return address >> PAGES_SUPER_BITS & (WORDS - 1);
}

static unsigned pages_leaf_of(l4_word_t address)
{
	return address >> L4_PAGE_BITS & (WORDS - 1);
}

static enum pages_status pages_take(struct pages *p, unsigned log2_size, l4_word_t *base)
{
	l4_word_t size = 1ull << log2_size;

	if (size > p->bound - p->held)
		return PAGES_BOUND;
	if (!p->prepaid && !memory_set_aside(size))
		return PAGES_NO_MEMORY;
	if (!memory_take(log2_size, base)) {
		if (!p->prepaid)
			memory_give_up(size);
		return PAGES_NO_MEMORY;
	}
	p->held += size;
	return PAGES_OK;
}

static void pages_put(struct pages *p, l4_word_t base, unsigned log2_size)
{
	memory_put(base, log2_size);
	if (!p->prepaid)
		memory_give_up(1ull << log2_size);
	p->held -= 1ull << log2_size;
}

/* The word for the 2 MiB around the address, NULL if there is no table. */
static l4_word_t *pages_word(const struct pages *p, l4_word_t address)
{
	l4_word_t *directory = p->directory[pages_directory_of(address)];

	return directory ? &directory[pages_word_of(address)] : NULL;
}

bool pages_find(const struct pages *p, l4_word_t address, struct place *place)
{
	const l4_word_t *word = pages_word(p, address);

	if (!word || !*word)
		return false;
	if (*word & SUPER)
		*place = (struct place){ *word & ~SUPER, PAGES_SUPER_BITS };
	else
		*place = (struct place){ ((l4_word_t *)*word)[pages_leaf_of(address)],
					 L4_PAGE_BITS };
	return place->frame;
}

static enum pages_status pages_get_page(struct pages *p, l4_word_t *word, l4_word_t address,
					struct place *place)
{
	enum pages_status status = PAGES_OK;
	l4_word_t frame;

	if (!*word)
		status = pages_take(p, L4_PAGE_BITS, word);
	if (status == PAGES_OK)
		status = pages_take(p, L4_PAGE_BITS, &frame);
	if (status != PAGES_OK)
		return status;
	((l4_word_t *)*word)[pages_leaf_of(address)] = frame;
	*place = (struct place){ frame, L4_PAGE_BITS };
	return PAGES_OK;
}

enum pages_status pages_get(struct pages *p, l4_word_t address, bool super, struct place *place)
{
	l4_word_t **directory = &p->directory[pages_directory_of(address)], *word;
	enum pages_status status = PAGES_OK;

	if (pages_find(p, address, place))
		return PAGES_OK;
	if (!*directory)
		status = pages_take(p, L4_PAGE_BITS, (l4_word_t *)directory);
	if (status != PAGES_OK)
		return status;
	word = pages_word(p, address);
	if (super && !*word && pages_take(p, PAGES_SUPER_BITS, &place->frame) == PAGES_OK) {
		place->log2_size = PAGES_SUPER_BITS;
		*word = place->frame | SUPER;
		return PAGES_OK;
	}
	return pages_get_page(p, word, address, place);
}

bool pages_get_block(struct pages *p, l4_word_t bytes, l4_word_t *base)
{
	unsigned log2_size = (unsigned)__builtin_ctzll(bytes);
	struct place first;

	/* The first page brings the tables along, and then makes room for the block. */
	if (pages_get(p, 0, false, &first) != PAGES_OK)
		return false;
	pages_put(p, first.frame, L4_PAGE_BITS);
	if (pages_take(p, log2_size, base) != PAGES_OK)
		return false;
	for (l4_word_t at = 0; at < bytes; at += L4_PAGE_SIZE)
		((l4_word_t *)*pages_word(p, 0))[pages_leaf_of(at)] = *base + at;
	return true;
}

static l4_word_t pages_min(l4_word_t a, l4_word_t b)
{
	return a < b ? a : b;
}

/* Frees the pages from..end-1 of one leaf, and the leaf if it is empty then. */
static void pages_free_leaf(struct pages *p, l4_word_t *word, unsigned from, unsigned end)
{
	l4_word_t *leaf = (l4_word_t *)*word;
	bool empty = true;

	for (unsigned i = from; i < end; i++)
		if (leaf[i]) {
			pages_put(p, leaf[i], L4_PAGE_BITS);
			leaf[i] = 0;
		}
	for (unsigned i = 0; i < WORDS && empty; i++)
		empty = !leaf[i];
	if (empty) {
		pages_put(p, *word, L4_PAGE_BITS);
		*word = 0;
	}
}

static void pages_revoke(const struct pages *p, l4_word_t address, l4_word_t end)
{
	struct place place;

	while (address < end) {
		bool found = pages_find(p, address, &place);

		if (!found && (!pages_word(p, address) || !*pages_word(p, address)))
			place.log2_size = PAGES_SUPER_BITS;
		if (found &&
		    (place.log2_size == L4_PAGE_BITS ||
		     (address % PAGES_SUPER_SIZE == 0 && end - address >= PAGES_SUPER_SIZE)))
			revoke_add(place);
		address = ((address >> place.log2_size) + 1) << place.log2_size;
	}
	revoke_finish();
}

void pages_discard(struct pages *p, l4_word_t address, l4_word_t bytes)
{
	l4_word_t end = address + bytes, next;

	pages_revoke(p, address, end);
	for (; address < end; address = next) {
		l4_word_t *word = pages_word(p, address);

		next = pages_min(end, (address | (PAGES_SUPER_SIZE - 1)) + 1);
		if (!word || !*word)
			continue;
		if (!(*word & SUPER)) {
			pages_free_leaf(p, word, pages_leaf_of(address),
					pages_leaf_of(next - 1) + 1);
		} else if (next - address == PAGES_SUPER_SIZE) {
			pages_put(p, *word & ~SUPER, PAGES_SUPER_BITS);
			*word = 0;
		} else {
			memset((char *)(*word & ~SUPER) + address % PAGES_SUPER_SIZE, 0,
			       next - address);
		}
	}
}

static l4_word_t pages_held_under(l4_word_t word)
{
	const l4_word_t *leaf = (const l4_word_t *)word;
	l4_word_t held = 0;

	if (word & SUPER || !word)
		return word ? PAGES_SUPER_SIZE : 0;
	for (unsigned i = 0; i < WORDS; i++)
		held += leaf[i] ? L4_PAGE_SIZE : 0;
	return held;
}

l4_word_t pages_held_in(const struct pages *p, l4_word_t address, l4_word_t bytes)
{
	l4_word_t held = 0;

	for (l4_word_t end = address + bytes; address < end; address += PAGES_SUPER_SIZE) {
		const l4_word_t *word = pages_word(p, address);

		held += word ? pages_held_under(*word) : 0;
	}
	return held;
}

static void pages_release_directory(struct pages *p, l4_word_t *directory)
{
	for (unsigned i = 0; i < WORDS; i++) {
		if (directory[i] & SUPER)
			pages_put(p, directory[i] & ~SUPER, PAGES_SUPER_BITS);
		else if (directory[i])
			pages_free_leaf(p, &directory[i], 0, WORDS);
	}
	pages_put(p, (l4_word_t)directory, L4_PAGE_BITS);
}

void pages_release(struct pages *p)
{
	for (unsigned i = 0; i < PAGES_DIRECTORIES; i++) {
		if (p->directory[i])
			pages_release_directory(p, p->directory[i]);
		p->directory[i] = NULL;
	}
}
