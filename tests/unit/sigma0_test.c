/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sigma0's book-keeping: the list of claims against a plain array of owners, and
 * what memory descriptors that cut each other mean.
 */
#include "tap.h"

#include "servers/sigma0/claims.h"
#include "servers/sigma0/memory.h"

#include <stdlib.h>

#define SPACE 200 /* frames in the random test */

static struct claim list[SPACE];

static struct claims empty_claims(unsigned capacity)
{
	return (struct claims){ list, 0, capacity };
}

static bool add(struct claims *c, uint64_t first, uint64_t last, uint64_t owner)
{
	if (!claims_may_add(c, first, last, owner))
		return false;
	claims_add(c, first, last, owner);
	return true;
}

static void test_claims(void)
{
	struct claims c = empty_claims(4);

	ok(add(&c, 10, 19, 1), "a first range");
	ok(add(&c, 10, 19, 1), "again, for its owner");
	ok(add(&c, 12, 13, 1), "a part of it, for its owner");
	is(c.count, 1, "is one entry");
	ok(!add(&c, 19, 19, 2), "its last frame is not for another");
	ok(!add(&c, 5, 10, 2), "nor its first");
	ok(!add(&c, 0, 100, 2), "nor all of it");
	ok(add(&c, 20, 29, 2), "what follows is");
	ok(add(&c, 0, 9, 1), "more before it for its owner");
	is(c.count, 2, "joins the entry");
	ok(!add(&c, 5, 25, 1), "the owner can't have what another has");
	ok(add(&c, 40, 49, 1), "a range apart");
	ok(add(&c, 60, 69, 2), "a fourth");
	ok(!add(&c, 80, 80, 1), "a full list refuses");
	ok(add(&c, 30, 39, 2), "but not what joins an entry");
	ok(add(&c, 50, 59, 1), "on either side");
	is(c.count, 4, "still four entries");
	is(claims_find(&c, 0, 0)->last, 19, "find the first");
	is(claims_find(&c, 45, 1000)->first, 40, "find the one that begins before");
	is(claims_find(&c, 70, ~0ull), 0, "find nothing");
	ok(!add(&c, 0, ~0ull, 1), "everything is refused");
}

static void test_claims_swallow(void)
{
	struct claims c = empty_claims(8);

	for (uint64_t i = 0; i < 8; i++)
		add(&c, i * 10, i * 10 + 4, 1);
	is(c.count, 8, "eight entries");
	ok(add(&c, 12, 65, 1), "a range over many");
	is(c.count, 3, "leaves one for all it met");
	is(c.claim[1].first, 10, "from the start of the first");
	is(c.claim[1].last, 65, "to its own end");
	is(c.claim[2].first, 70, "the rest moved up");
	ok(add(&c, 66, ~0ull, 1), "up to the last number");
	is(c.count, 2, "joins");
}

/* Random claims on both sides must agree in every answer. */
static void test_claims_random(void)
{
	uint64_t owner_of[SPACE] = { 0 };
	struct claims c = empty_claims(SPACE);
	unsigned wrong = 0, given = 0;

	srand(2);
	for (unsigned round = 0; round < 20000; round++) {
		uint64_t first = (uint64_t)rand() % SPACE, owner = 1 + (uint64_t)rand() % 3;
		uint64_t last = first + (uint64_t)rand() % 6;
		bool free_for_owner = true, got;

		if (round % 500 == 0) {
			c.count = 0;
			memset(owner_of, 0, sizeof(owner_of));
		}
		if (last >= SPACE)
			last = SPACE - 1;
		for (uint64_t i = first; i <= last; i++)
			free_for_owner &= !owner_of[i] || owner_of[i] == owner;
		got = add(&c, first, last, owner);
		wrong += got != free_for_owner;
		given += got;
		for (uint64_t i = first; got && i <= last; i++)
			owner_of[i] = owner;
		for (unsigned i = 1; i < c.count; i++)
			wrong += c.claim[i].first <= c.claim[i - 1].last ||
				 (c.claim[i].first == c.claim[i - 1].last + 1 &&
				  c.claim[i].owner == c.claim[i - 1].owner);
	}
	is(wrong, 0, "random claims: right answers, and the list stays sorted and short");
	ok(given > 1000 && given < 19000, "some are given, some are not");
}

#define KIB 1024ull
#define MIB (1024 * KIB)
#define VIRTUAL 0x200

static struct l4_memory_descriptor describe(uint64_t start, uint64_t end, unsigned type)
{
	return (struct l4_memory_descriptor){ start | type, (end - 1) & ~0x3ffull };
}

static void test_memory(void)
{
	struct l4_memory_descriptor d[] = {
		describe(0, 1ull << 47, L4_MEMORY_CONVENTIONAL | VIRTUAL),
		describe(0, 640 * KIB - 1 * KIB, L4_MEMORY_CONVENTIONAL),
		describe(1 * MIB, 64 * MIB, L4_MEMORY_CONVENTIONAL),
		describe(62 * MIB, 64 * MIB, L4_MEMORY_ARCH),
		describe(8 * MIB, 9 * MIB, L4_MEMORY_BOOT),
		describe(1 * MIB, 2 * MIB, L4_MEMORY_RESERVED),
		describe(0xfee00000, 0xfee01000, L4_MEMORY_RESERVED),
		describe(0xfd00000000, 0x10000000000, L4_MEMORY_UNDEFINED),
	};
	struct memory_map map = { d, sizeof(d) / sizeof(d[0]) };
	l4_word_t found = 0;

	is(memory_policy(&map, 0, 4095), MEMORY_ANY, "RAM");
	is(memory_policy(&map, 0x9f000, 0x9ffff), MEMORY_ASKED, "a page that is RAM in part");
	is(memory_policy(&map, 0xb8000, 0xb8fff), MEMORY_ASKED, "what nobody describes");
	is(memory_policy(&map, 0xff000, 0x100fff), MEMORY_NOBODY, "a piece of the kernel");
	is(memory_policy(&map, 1 * MIB, 64 * MIB - 1), MEMORY_NOBODY, "all RAM above 1 MiB");
	is(memory_policy(&map, 2 * MIB, 4 * MIB - 1), MEMORY_ANY, "RAM behind the kernel");
	is(memory_policy(&map, 8 * MIB - 1, 8 * MIB), MEMORY_ROOT, "one byte of a module");
	is(memory_policy(&map, 9 * MIB, 9 * MIB + 4095), MEMORY_ANY, "RAM behind the module");
	is(memory_policy(&map, 62 * MIB, 62 * MIB + 4095), MEMORY_ASKED, "firmware tables");
	is(memory_policy(&map, 0xfee00000, 0xfee00fff), MEMORY_NOBODY, "the local APIC");
	is(memory_policy(&map, 0xfd00000000, 0xfd00000fff), MEMORY_NOBODY, "a hole above 4 GiB");
	is(memory_policy(&map, 0, ~0ull), MEMORY_NOBODY, "everything");
	ok(memory_next(&map, 0, &found) && found == 0, "RAM at once");
	ok(memory_next(&map, 0x9fc00, &found) && found == 2 * MIB, "the next RAM");
	ok(memory_next(&map, 8 * MIB + 5, &found) && found == 9 * MIB, "RAM behind a module");
	ok(!memory_next(&map, 62 * MIB, &found), "no more RAM");
}

int main(void)
{
	test_claims();
	test_claims_swallow();
	test_claims_random();
	test_memory();
	return done();
}
