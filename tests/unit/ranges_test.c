/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The address ranges of the emulator's port to L4.
 */
#include "emu/port/l4/ranges.h"

#include <stdlib.h>
#include <tap.h>

#define BASE 0x10000000u
#define PAGES 512u

static struct ranges ranges;
static uint8_t owner[PAGES]; /* 0: free */

static void test_order(void)
{
	uint64_t a, b, c;

	ranges_init(&ranges, BASE, PAGES * PAGE_BYTES);
	a = ranges_take(&ranges, PAGE_BYTES, PAGE_BYTES);
	b = ranges_take(&ranges, 3 * PAGE_BYTES, 16 * PAGE_BYTES);
	c = ranges_take(&ranges, 15 * PAGE_BYTES, PAGE_BYTES);
	is(a, BASE, "the first range");
	is(b, BASE + 16 * PAGE_BYTES, "an aligned one");
	is(c, BASE + PAGE_BYTES, "what is between is used");
	is(ranges_take(&ranges, PAGES * PAGE_BYTES, PAGE_BYTES), 0, "no room");
	is(ranges_take(&ranges, ~0ull, PAGE_BYTES), 0, "nor for all there is");
	is(ranges_take(&ranges, 0, PAGE_BYTES), 0, "nothing can't be had");
	ranges_give(&ranges, b, 3 * PAGE_BYTES);
	ranges_give(&ranges, a, PAGE_BYTES);
	ranges_give(&ranges, c, 15 * PAGE_BYTES);
	is(ranges.count, 1, "given back it is whole");
	is(ranges.free[0].bytes, PAGES * PAGE_BYTES, "again");
}

struct taken {
	uint64_t at;
	unsigned pages;
};

static bool mark(const struct taken *t, uint8_t from, uint8_t to)
{
	for (unsigned i = 0; i < t->pages; i++) {
		uint64_t page = (t->at - BASE) / PAGE_BYTES + i;

		if (page >= PAGES || owner[page] != from)
			return false;
		owner[page] = to;
	}
	return true;
}

/* Up to 40 ranges come and go; none may overlap, and in the end all is free. */
static void test_random(void)
{
	static struct taken taken[40];
	unsigned wrong = 0, refused = 0;

	srand(2);
	for (unsigned round = 0; round < 100000; round++) {
		struct taken *t = &taken[(unsigned)rand() % 40];
		unsigned align = 1u << (unsigned)rand() % 5;

		if (t->at) {
			wrong += !mark(t, 1, 0);
			ranges_give(&ranges, t->at, t->pages * PAGE_BYTES);
			t->at = 0;
			continue;
		}
		t->pages = 1 + (unsigned)rand() % 24;
		t->at = ranges_take(&ranges, t->pages * PAGE_BYTES, align * PAGE_BYTES);
		refused += !t->at;
		wrong += t->at && (t->at % (align * PAGE_BYTES) || !mark(t, 0, 1));
	}
	is(wrong, 0, "ranges are apart and aligned");
	ok(refused > 0, "sometimes there is no room");
	for (unsigned i = 0; i < 40; i++)
		if (taken[i].at)
			ranges_give(&ranges, taken[i].at, taken[i].pages * PAGE_BYTES);
	ok(ranges.count == 1 && ranges.free[0].at == BASE &&
		   ranges.free[0].bytes == PAGES * PAGE_BYTES,
	   "all of it comes back");
}

/* More holes than the table has room for. */
static void test_full(void)
{
	for (unsigned i = 0; i < PAGES; i++)
		ranges_take(&ranges, PAGE_BYTES, PAGE_BYTES);
	for (unsigned i = 0; i < PAGES; i += 2)
		ranges_give(&ranges, BASE + i * PAGE_BYTES, PAGE_BYTES);
	is(ranges.count, RANGES_FREE, "a full table");
	is(ranges_take(&ranges, PAGE_BYTES, PAGE_BYTES), BASE, "is still of use");
}

int main(void)
{
	test_order();
	test_random();
	test_full();
	return done();
}
