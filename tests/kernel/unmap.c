/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unmap: partial rights, flush, several fpages, access bits (manual 4.2), and
 * superpages in all of it.
 */
#include "ktest.h"
#include "tests.h"

#define SUPER_SIZE (2ull << 20)
#define SUPER_PAGE_LOG2 21
#define GIGABYTE_LOG2 30
#define FAR_DEVICE 0x4000000000ull /* beyond any memory, below AMD's hole */

static void unmap_map_page(struct agent *a, unsigned page, unsigned rights)
{
	agent_map(NULL, a, l4_map_item(pool_page(page, 12, rights), TEST_VA + page * L4_PAGE_SIZE),
		  L4_COMPLETE_SPACE);
}

static bool unmap_reads(struct agent *a, l4_word_t page)
{
	return agent_peek(a, TEST_VA + page * L4_PAGE_SIZE, NULL);
}

static bool unmap_writes(struct agent *a, l4_word_t page)
{
	return agent_poke(a, TEST_VA + page * L4_PAGE_SIZE + 64, 1);
}

void test_unmap_rights(void)
{
	struct agent a = agent_new(space_new());

	unmap_map_page(&a, 0, L4_RIGHTS_RW);
	check(unmap_writes(&a, 0), "a writable page");
	agent_unmap(NULL, pool_page(0, 12, 0), false);
	check(unmap_writes(&a, 0), "unmap of no rights takes none");
	agent_unmap(NULL, pool_page(0, 12, L4_RIGHT_W), false);
	check(!unmap_writes(&a, 0), "unmap of w: no more writing");
	check(unmap_reads(&a, 0), "but reading");
	*(volatile l4_word_t *)(pool + 64) = 2;
	check_eq(*(volatile l4_word_t *)(pool + 64), 2, "the unmapper still writes");
	agent_unmap(NULL, pool_page(0, 12, L4_RIGHT_R), false);
	check(!unmap_reads(&a, 0), "unmap of r: nothing is left");
}

void test_unmap_execute(void)
{
	struct agent a = agent_new(space_new());

	*(volatile uint8_t *)pool = 0xc3; /* ret */
	unmap_map_page(&a, 0, L4_RIGHTS_ALL);
	check(agent_execute(&a, TEST_VA), "an executable page");
	agent_unmap(NULL, pool_page(0, 12, L4_RIGHT_X), false);
	check(!agent_execute(&a, TEST_VA), "unmap of x: no more executing");
	check(unmap_writes(&a, 0), "but writing");
}

void test_unmap_flush(void)
{
	struct agent a = agent_new(space_new()), b = agent_new(space_new());

	unmap_map_page(&a, 1, L4_RIGHTS_RW);
	agent_map(&a, &b,
		  l4_map_item(l4_fpage(TEST_VA + 0x1000, 12, L4_RIGHTS_RW), TEST_VA + 0x1000),
		  L4_COMPLETE_SPACE);
	agent_unmap(&a, l4_fpage(TEST_VA + 0x1000, 12, L4_RIGHT_W), true);
	check(!unmap_writes(&a, 1) && !unmap_writes(&b, 1), "flush of w: its own and derived");
	check(unmap_reads(&a, 1) && unmap_reads(&b, 1), "both still read");
	agent_unmap(&a, l4_fpage(TEST_VA + 0x1000, 12, L4_RIGHTS_ALL), true);
	check(!unmap_reads(&a, 1) && !unmap_reads(&b, 1), "flush of all: both lose it");
	check_eq(*(volatile l4_word_t *)(pool + 0x1000), memory_mark(1),
		 "who mapped it to them doesn't");
}

/* Several fpages in one call, of several sizes. */
void test_unmap_many(void)
{
	struct agent a = agent_new(space_new());
	unsigned left = 0, kept = 0;

	for (unsigned i = 0; i < 40; i++)
		unmap_map_page(&a, i, L4_RIGHT_R);
	l4_set_mr(0, pool_page(0, 14, L4_RIGHTS_ALL).raw);
	for (unsigned i = 1; i < 20; i++)
		l4_set_mr(i, pool_page(4 + i, 12, L4_RIGHTS_ALL).raw);
	l4_unmap(19);
	for (unsigned i = 0; i < 40; i++)
		if (i < 4 || (i > 4 && i < 24))
			left += unmap_reads(&a, i);
		else
			kept += unmap_reads(&a, i);
	check_eq(left, 0, "20 fpages in one call");
	check_eq(kept, 17, "and only those");
}

void test_unmap_all_registers(void)
{
	struct agent a = agent_new(space_new());
	unsigned left = 0;

	for (unsigned i = 0; i < POOL_PAGES; i++)
		unmap_map_page(&a, i, L4_RIGHT_R);
	for (unsigned i = 0; i < POOL_PAGES; i++)
		l4_set_mr(i, pool_page(i, 12, L4_RIGHTS_ALL).raw);
	l4_unmap(63);
	for (unsigned i = 0; i < POOL_PAGES; i++)
		left += unmap_reads(&a, i);
	check_eq(left, 0, "all 64 message registers");
}

/* An fpage of the complete space takes everything there is. */
void test_unmap_complete(void)
{
	struct agent a = agent_new(space_new()), b = agent_new(space_new());

	unmap_map_page(&a, 0, L4_RIGHT_R);
	unmap_map_page(&a, 9, L4_RIGHT_R);
	for (unsigned i = 0; i < 10; i += 9) {
		struct l4_fpage f = l4_fpage(TEST_VA + i * L4_PAGE_SIZE, 12, L4_RIGHT_R);

		agent_map(&a, &b, l4_map_item(f, TEST_VA + i * L4_PAGE_SIZE), L4_COMPLETE_SPACE);
	}
	agent_unmap(&a, (struct l4_fpage){ L4_COMPLETE_SPACE.raw | L4_RIGHTS_ALL }, false);
	check(!unmap_reads(&b, 0) && !unmap_reads(&b, 9), "the complete space: all derived goes");
	check(unmap_reads(&a, 0) && unmap_reads(&a, 9), "one's own stays");
}

/* ---- access bits ---- */

static unsigned unmap_status(struct agent *a, unsigned page)
{
	struct l4_fpage f =
		a ? l4_fpage(TEST_VA + page * L4_PAGE_SIZE, 12, 0) : pool_page(page, 12, 0);

	return l4_fpage_rights(agent_unmap(a, f, false));
}

void test_unmap_access_bits(void)
{
	struct agent a = agent_new(space_new()), b = agent_new(space_new());

	unmap_map_page(&a, 3, L4_RIGHTS_RW);
	unmap_status(NULL, 3);
	check_eq(unmap_status(NULL, 3), 0, "untouched: no access bits");
	unmap_reads(&a, 3);
	check_eq(unmap_status(NULL, 3) & L4_RIGHTS_RW, L4_RIGHT_R, "read by a child: r");
	check_eq(unmap_status(NULL, 3), 0, "asking resets them");
	unmap_writes(&a, 3);
	check_eq(unmap_status(NULL, 3) & L4_RIGHTS_RW, L4_RIGHTS_RW, "written by a child: r and w");
	check_eq(unmap_status(NULL, 3), 0, "asking resets them");
	unmap_writes(&a, 3);
	check_eq(unmap_status(NULL, 3) & L4_RIGHT_W, L4_RIGHT_W,
		 "written again: w again (no stale TLB entry)");

	agent_map(&a, &b,
		  l4_map_item(l4_fpage(TEST_VA + 0x3000, 12, L4_RIGHTS_RW), TEST_VA + 0x3000),
		  L4_COMPLETE_SPACE);
	unmap_status(NULL, 3);
	unmap_writes(&b, 3);
	check_eq(unmap_status(NULL, 3) & L4_RIGHT_W, L4_RIGHT_W, "written by a grandchild: w");
	unmap_writes(&b, 3);
	check_eq(l4_fpage_rights(agent_unmap(NULL, pool_page(3, 12, L4_RIGHTS_ALL), false)) &
			 L4_RIGHT_W,
		 L4_RIGHT_W, "bits are also told when the page is taken away");
}

/* What the child asks must not be lost for the parent. */
void test_unmap_access_bits_of_parent(void)
{
	struct agent a = agent_new(space_new()), b = agent_new(space_new());

	unmap_map_page(&a, 3, L4_RIGHTS_RW);
	agent_map(&a, &b,
		  l4_map_item(l4_fpage(TEST_VA + 0x3000, 12, L4_RIGHTS_RW), TEST_VA + 0x3000),
		  L4_COMPLETE_SPACE);
	unmap_status(NULL, 3);
	unmap_writes(&b, 3);
	check_eq(unmap_status(&a, 3) & L4_RIGHT_W, L4_RIGHT_W, "the child's view: written");
	check_eq(unmap_status(NULL, 3) & L4_RIGHT_W, L4_RIGHT_W, "the parent's view: also");
}

/* ---- superpages ---- */

static l4_word_t super_mark(l4_word_t offset)
{
	return 0x5000000000000000 | offset;
}

static bool super_begin(void)
{
	if (!super_pool) {
		skip(1, "sigma0 has no 4 MiB");
		return false;
	}
	for (l4_word_t i = 0; i < 2 * SUPER_SIZE; i += L4_PAGE_SIZE)
		*(volatile l4_word_t *)(super_pool + i) = super_mark(i);
	return true;
}

static struct l4_fpage super_fpage(unsigned rights)
{
	return l4_fpage((l4_word_t)super_pool, SUPER_PAGE_LOG2, rights);
}

static bool super_sees(struct agent *a, l4_word_t offset)
{
	l4_word_t value = 0;

	return agent_peek(a, TEST_VA + offset, &value) && value == super_mark(offset);
}

void test_superpage(void)
{
	struct agent a = agent_new(space_new());
	struct l4_fpage got;
	unsigned before, used;

	if (!super_begin())
		return;
	agent_peek(&a, (l4_word_t)l4_kip(), NULL); /* gets the image */
	before = space_kernel_pages(a.thread->space);
	got = agent_map(NULL, &a, l4_map_item(super_fpage(L4_RIGHTS_RW), TEST_VA),
			L4_COMPLETE_SPACE);
	used = space_kernel_pages(a.thread->space) - before;
	check_eq(l4_fpage_log2_size(got), SUPER_PAGE_LOG2, "2 MiB are mapped");
	check(super_sees(&a, 0) && super_sees(&a, 0x1ff000) && super_sees(&a, 0x80000),
	      "from end to end");
	check(!agent_peek(&a, TEST_VA + SUPER_SIZE, NULL), "and no further");
	/* Upper levels and a node; 512 small pages would need a table and 512 nodes. */
	check_range(used, 0, 3, "as one page");
}

void test_superpage_misaligned(void)
{
	struct agent a = agent_new(space_new());

	if (!super_begin())
		return;
	/* Sink and source don't agree in the bits below 2 MiB: window of 1 MiB. */
	agent_map(NULL, &a, l4_map_item(super_fpage(L4_RIGHT_R), 0x100000),
		  l4_fpage(TEST_VA, 20, 0));
	check(agent_peek(&a, TEST_VA, NULL), "the upper half of a superpage");
	a.mr[1] = 0;
	agent_peek(&a, TEST_VA + 0x3000, &a.mr[1]);
	check_eq(a.mr[1], super_mark(0x103000), "in a window of 1 MiB");
	check(!agent_peek(&a, TEST_VA + 0x100000, NULL), "and no more");
}

void test_superpage_partial_unmap(void)
{
	struct agent a = agent_new(space_new()), b = agent_new(space_new());
	l4_word_t hole = (l4_word_t)super_pool + 0x5000;

	if (!super_begin())
		return;
	agent_map(NULL, &a, l4_map_item(super_fpage(L4_RIGHTS_RW), TEST_VA), L4_COMPLETE_SPACE);
	agent_map(&a, &b, l4_map_item(l4_fpage(TEST_VA, SUPER_PAGE_LOG2, L4_RIGHTS_RW), TEST_VA),
		  L4_COMPLETE_SPACE);
	agent_unmap(NULL, l4_fpage(hole, 12, L4_RIGHTS_ALL), false);
	check(!agent_peek(&a, TEST_VA + 0x5000, NULL), "4 KiB out of the middle: gone");
	check(!agent_peek(&b, TEST_VA + 0x5000, NULL), "also for who had it from there");
	check(super_sees(&a, 0x4000) && super_sees(&a, 0x6000) && super_sees(&a, 0x1ff000),
	      "the rest stays");
	check(super_sees(&b, 0x4000) && super_sees(&b, 0x6000) && super_sees(&b, 0),
	      "there as well");
	agent_unmap(NULL, l4_fpage((l4_word_t)super_pool + 0x10000, 16, L4_RIGHT_W), false);
	check(!agent_poke(&a, TEST_VA + 0x11008, 1), "w taken from 64 KiB");
	check(super_sees(&a, 0x11000), "which can be read");
	check(agent_poke(&a, TEST_VA + 0x20008, 1), "the next page can be written");
	check_eq(*(volatile l4_word_t *)hole, super_mark(0x5000), "the unmapper keeps all");
	agent_unmap(NULL, super_fpage(L4_RIGHTS_ALL), false);
	check(!agent_peek(&a, TEST_VA, NULL) && !agent_peek(&a, TEST_VA + 0x6000, NULL) &&
		      !agent_peek(&b, TEST_VA + 0x1ff000, NULL),
	      "unmapping all of it ends every piece");
}

/* Small pages out of a superpage, and the superpage over small pages. */
void test_superpage_pieces(void)
{
	struct agent a = agent_new(space_new()), b = agent_new(space_new());

	if (!super_begin())
		return;
	agent_map(NULL, &a, l4_map_item(super_fpage(L4_RIGHTS_RW), TEST_VA), L4_COMPLETE_SPACE);
	agent_map(&a, &b, l4_map_item(l4_fpage(TEST_VA + 0x7000, 12, L4_RIGHT_R), TEST_VA + 0x7000),
		  L4_COMPLETE_SPACE);
	check(super_sees(&b, 0x7000), "4 KiB out of a mapped superpage");
	check(!agent_peek(&b, TEST_VA + 0x8000, NULL), "and no more");
	agent_unmap(&a, l4_fpage(TEST_VA + 0x7000, 12, L4_RIGHTS_ALL), false);
	check(!agent_peek(&b, TEST_VA + 0x7000, NULL), "unmapped again");
	check(super_sees(&a, 0x7000), "the superpage stays");

	agent_map(NULL, &b, l4_map_item(pool_page(0, 12, L4_RIGHT_R), TEST_VA + 0x9000),
		  L4_COMPLETE_SPACE);
	agent_map(&a, &b, l4_map_item(l4_fpage(TEST_VA, SUPER_PAGE_LOG2, L4_RIGHT_R), TEST_VA),
		  L4_COMPLETE_SPACE);
	check(super_sees(&b, 0x9000) && super_sees(&b, 0) && super_sees(&b, 0x1ff000),
	      "a superpage over a small page replaces it");
	agent_map(NULL, &b, l4_map_item(pool_page(2, 12, L4_RIGHT_R), TEST_VA + 0x3000),
		  L4_COMPLETE_SPACE);
	agent_peek(&b, TEST_VA + 0x3000, &b.mr[1]);
	check_eq(b.mr[1], memory_mark(2), "a small page over a superpage replaces its piece");
	check(super_sees(&b, 0x2000) && super_sees(&b, 0x4000), "the pieces around it stay");
}

void test_superpage_grant(void)
{
	struct agent a = agent_new(space_new()), b = agent_new(space_new());

	if (!super_begin())
		return;
	agent_map(NULL, &a, l4_map_item(super_fpage(L4_RIGHTS_RW), TEST_VA), L4_COMPLETE_SPACE);
	agent_map(&a, &b,
		  l4_grant_item(l4_fpage(TEST_VA + 0x3000, 12, L4_RIGHTS_RW), TEST_VA + 0x3000),
		  L4_COMPLETE_SPACE);
	check(super_sees(&b, 0x3000), "4 KiB granted out of a superpage");
	check(!agent_peek(&a, TEST_VA + 0x3000, NULL), "the granter loses them");
	check(super_sees(&a, 0x2000) && super_sees(&a, 0x4000), "and keeps the rest");
	agent_unmap(NULL, super_fpage(L4_RIGHTS_ALL), false);
	check(!agent_peek(&b, TEST_VA + 0x3000, NULL) && !agent_peek(&a, TEST_VA, NULL),
	      "the mapper takes all back");
}

/* Device memory far up, so that it is nobody's; it is mapped but not used. */
void test_superpage_gigabyte(void)
{
	struct agent a = agent_new(space_new());
	struct l4_fpage f, got;
	unsigned before;

	if (!(((const l4_word_t *)l4_kip())[50] >> GIGABYTE_LOG2 & 1)) {
		skip(1, "no 1 GiB pages");
		return;
	}
	f = memory_request(l4_fpage(FAR_DEVICE, GIGABYTE_LOG2, L4_RIGHTS_RW), 0);
	check_eq(l4_fpage_log2_size(f), GIGABYTE_LOG2, "sigma0 gives 1 GiB of device memory");
	agent_peek(&a, (l4_word_t)l4_kip(), NULL); /* gets the image */
	before = space_kernel_pages(a.thread->space);
	got = agent_map(NULL, &a,
			l4_map_item(l4_fpage(FAR_DEVICE, GIGABYTE_LOG2, L4_RIGHTS_RW), TEST_VA),
			L4_COMPLETE_SPACE);
	check_eq(l4_fpage_log2_size(got), GIGABYTE_LOG2, "1 GiB is mapped on");
	check_range(space_kernel_pages(a.thread->space) - before, 0, 3, "as one page");
	check(agent_peek(&a, TEST_VA + 0x3ffff000, NULL), "it can be read to its end");
	check(!agent_peek(&a, TEST_VA + 0x40000000, NULL), "and no further");
	agent_unmap(NULL, l4_fpage(FAR_DEVICE + 0x10000000, 12, L4_RIGHTS_ALL), false);
	check(!agent_peek(&a, TEST_VA + 0x10000000, NULL), "4 KiB taken out of it");
	check(agent_peek(&a, TEST_VA + 0x10001000, NULL) && agent_peek(&a, TEST_VA, NULL),
	      "the rest stays");
	agent_unmap(NULL, l4_fpage(FAR_DEVICE, GIGABYTE_LOG2, L4_RIGHTS_ALL), false);
	check(!agent_peek(&a, TEST_VA, NULL) && !agent_peek(&a, TEST_VA + 0x20000000, NULL),
	      "all is unmapped");
}
