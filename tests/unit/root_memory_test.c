/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Root's buddy allocator against a plain array of owners, and its maps from pages to
 * frames on top of it, with memory.c and revoke.c played by this file.
 */
#include "tap.h"

#include "servers/root/buddy.h"
#include "servers/root/memory.h"
#include "servers/root/pages.h"

#include <stdlib.h>

#define ARENA_PAGES 2048ull /* four superpages */
#define ARENA_BYTES (ARENA_PAGES * L4_PAGE_SIZE)
#define STEPS 200000

static char *arena;
static l4_word_t head[ARENA_PAGES / 64];
static struct buddy buddy;
static l4_word_t aside;
static unsigned revoked_pages, revoked_supers;

/* ---- memory.c and revoke.c ----------------------------------------------------------- */

bool memory_set_aside(l4_word_t bytes)
{
	if (buddy.free_bytes - aside < bytes)
		return false;
	aside += bytes;
	return true;
}

void memory_give_up(l4_word_t bytes)
{
	aside -= bytes;
}

bool memory_take(unsigned log2_size, l4_word_t *base)
{
	if (aside < 1ull << log2_size || !buddy_get(&buddy, log2_size, base))
		return false;
	aside -= 1ull << log2_size;
	memset((void *)*base, 0, 1ull << log2_size);
	return true;
}

void memory_put(l4_word_t base, unsigned log2_size)
{
	buddy_put(&buddy, base, log2_size);
	aside += 1ull << log2_size;
}

void revoke_add(struct place place)
{
	if (place.log2_size == L4_PAGE_BITS)
		revoked_pages++;
	else
		revoked_supers++;
}

void revoke_finish(void)
{
}

/* ---- the allocator -------------------------------------------------------------------- */

static void start_arena(void)
{
	memset(head, 0, sizeof(head));
	memset(arena, 0xee, ARENA_BYTES);
	aside = 0;
	buddy_start(&buddy, (l4_word_t)arena, ARENA_PAGES, head);
	for (l4_word_t at = 0; at < ARENA_BYTES; at += L4_PAGE_SIZE)
		buddy_put(&buddy, (l4_word_t)arena + at, L4_PAGE_BITS);
}

static void test_buddies(void)
{
	l4_word_t base[5];

	start_arena();
	is(buddy.free_bytes, ARENA_BYTES, "all pages are free");
	for (unsigned i = 0; i < 4; i++)
		ok(buddy_get(&buddy, BUDDY_MAX_BITS, &base[i]), "they have become superpage %u", i);
	ok(!buddy_get(&buddy, L4_PAGE_BITS, &base[4]), "then nothing is left");
	is(buddy.free_bytes, 0, "which it knows");
	buddy_put(&buddy, base[2], BUDDY_MAX_BITS);
	ok(buddy_get(&buddy, 13, &base[4]), "a part of one that is back");
	is(buddy.free_bytes, (1ull << BUDDY_MAX_BITS) - 0x2000, "leaves the rest of it");
	ok(!buddy_get(&buddy, BUDDY_MAX_BITS, &base[2]), "which isn't a superpage");
	buddy_put(&buddy, base[4], 13);
	ok(buddy_get(&buddy, BUDDY_MAX_BITS, &base[2]), "until the part is back");
}

struct owned {
	l4_word_t base;
	unsigned log2_size;
};

/* Blocks are aligned, inside the arena and free when given: nobody's bytes change. */
static bool block_is_sound(const struct owned *o, unsigned char *owner)
{
	l4_word_t offset = o->base - (l4_word_t)arena,
		  pages = 1ull << (o->log2_size - L4_PAGE_BITS);

	if (offset % (1ull << o->log2_size) || offset + (1ull << o->log2_size) > ARENA_BYTES)
		return false;
	for (l4_word_t i = 0; i < pages; i++)
		if (owner[offset / L4_PAGE_SIZE + i]++)
			return false;
	return true;
}

static void test_buddies_at_random(void)
{
	static struct owned owned[ARENA_PAGES];
	static unsigned char owner[ARENA_PAGES];
	l4_word_t held = 0;
	unsigned count = 0, bad = 0;

	start_arena();
	srandom(1);
	for (unsigned i = 0; i < STEPS; i++) {
		struct owned o = { .log2_size = BUDDY_MIN_BITS + (unsigned)random() % BUDDY_SIZES };

		if (random() % 2 && buddy_get(&buddy, o.log2_size, &o.base)) {
			bad += !block_is_sound(&o, owner);
			memset((void *)o.base, 0x55, 64);
			held += 1ull << o.log2_size;
			owned[count++] = o;
		} else if (count > 0) {
			unsigned victim = (unsigned)random() % count;

			o = owned[victim];
			owned[victim] = owned[--count];
			memset(&owner[(o.base - (l4_word_t)arena) / L4_PAGE_SIZE], 0,
			       1ull << (o.log2_size - L4_PAGE_BITS));
			held -= 1ull << o.log2_size;
			buddy_put(&buddy, o.base, o.log2_size);
		}
		bad += buddy.free_bytes != ARENA_BYTES - held;
	}
	is(bad, 0, "%u steps at random are sound", STEPS);
}

/* ---- pages ----------------------------------------------------------------------------- */

static void test_pages(void)
{
	struct pages p = { .bound = 0x205000, .prepaid = true };
	struct place place, again;

	start_arena();
	ok(memory_set_aside(p.bound), "set the bound aside");
	ok(!pages_find(&p, 0x5000, &place), "nothing is there at first");
	is(pages_get(&p, 0x5123, false, &place), PAGES_OK, "a page is put there");
	is(place.log2_size, L4_PAGE_BITS, "not more");
	is(*(l4_word_t *)place.frame, 0, "it is zero");
	is(p.held, 3 * L4_PAGE_SIZE, "it needs two tables");
	ok(pages_find(&p, 0x5fff, &again) && again.frame == place.frame, "it is found again");
	ok(!pages_find(&p, 0x6000, &again), "its neighbour isn't");
	is(pages_get(&p, 3ull << 30, false, &place), PAGES_OK, "another far away");
	is(pages_held_in(&p, 0, 1ull << 30), L4_PAGE_SIZE, "which isn't held in the first GiB");
	is(pages_held_in(&p, 0, PAGES_END), 2 * L4_PAGE_SIZE, "but in all");
	is(p.held, 6 * L4_PAGE_SIZE, "needs as many again");
	is(pages_get(&p, 1ull << 32, true, &place), PAGES_OK, "and a third");
	is(place.log2_size, L4_PAGE_BITS, "no superpage, as that exceeds the bound");
	pages_release(&p);
	is(p.held, 0, "all is released");
	is(pages_get(&p, 1ull << 32, true, &place), PAGES_OK, "elsewhere again");
	is(place.log2_size, PAGES_SUPER_BITS, "a superpage within the bound");
	is(pages_get(&p, PAGES_END - 1, false, &place), PAGES_OK, "the last page of all");
	is(pages_get(&p, 0, false, &place), PAGES_BOUND, "is as far as the bound goes");
	is(pages_get(&p, (1ull << 32) + 0x1ff000, false, &again), PAGES_OK,
	   "what is there is found");
	pages_release(&p);
	memory_give_up(p.bound);
	is(aside, 0, "nothing is set aside any more");
	is(buddy.free_bytes, ARENA_BYTES, "all is free");
}

static void test_discard(void)
{
	struct pages p = { .bound = 0x700000, .prepaid = true };
	struct place place;

	start_arena();
	memory_set_aside(p.bound);
	for (l4_word_t at = 0; at < 0x400000; at += L4_PAGE_SIZE)
		pages_get(&p, at, at >= PAGES_SUPER_SIZE, &place);
	is(p.held, 0x402000, "a table of pages, a superpage, two tables");
	revoked_pages = revoked_supers = 0;
	pages_discard(&p, 0x1000, 0x2000);
	is(revoked_pages, 2, "two pages are taken away");
	is(p.held, 0x400000, "and free");
	pages_discard(&p, 0x1000, 0x2000);
	is(revoked_pages, 2, "once");
	pages_find(&p, 0x200000, &place);
	memset((void *)place.frame, 1, PAGES_SUPER_SIZE);
	pages_discard(&p, 0x1ff000, 0x2000);
	is(revoked_pages, 3, "across a border: the page");
	is(revoked_supers, 0, "not the superpage");
	is(((char *)place.frame)[0], 0, "of which a part is zero");
	is(((char *)place.frame)[0x1000], 1, "and the rest isn't");
	pages_discard(&p, 0, PAGES_END);
	is(revoked_supers, 1, "then everything");
	is(p.held, L4_PAGE_SIZE, "but the directory");
	pages_release(&p);
	memory_give_up(p.bound);
	is(buddy.free_bytes - aside, ARENA_BYTES, "all is free");
}

static void test_unpaid(void)
{
	struct pages p = { .bound = ~0ull };
	struct place place;
	l4_word_t base, at = 0;

	start_arena();
	ok(pages_get_block(&p, 0x10000, &base), "a block");
	ok(pages_find(&p, 0xf000, &place) && place.frame == base + 0xf000, "lies there in a row");
	ok(memory_set_aside(0x100000), "others have set something aside");
	while (pages_get(&p, at, false, &place) == PAGES_OK)
		at += L4_PAGE_SIZE;
	is(buddy.free_bytes, 0x100000, "all but that can be had");
	is(aside, 0x100000, "and it stays aside");
	pages_release(&p);
	is(buddy.free_bytes, ARENA_BYTES, "all is free");
}

int main(void)
{
	arena = aligned_alloc(1ull << BUDDY_MAX_BITS, ARENA_BYTES);
	test_buddies();
	test_buddies_at_random();
	test_pages();
	test_discard();
	test_unpaid();
	free(arena);
	return done();
}
