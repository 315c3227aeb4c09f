/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Map and grant items: every relation of send fpage, receive window and hot spot,
 * access rights, several items, chains over spaces, remapping (manual 4.1, 5.2).
 *
 * Pool page i holds memory_mark(i), which tells what is mapped where.
 */
#include "ktest.h"
#include "tests.h"

#define WINDOW_VA (TEST_VA + 0x40000)
#define DEPTH 200
#define MAX_LOG2 16 /* largest fpage and window of the combinations */

/* ---- windows and hot spots ---- */

struct placement {
	l4_word_t from, to; /* offsets in send fpage and window */
	unsigned log2_size;
};

/* What the manual says: the larger is cut down to the smaller at the hot spot. */
static struct placement map_expect(unsigned send_log2, unsigned window_log2, l4_word_t hot_spot)
{
	l4_word_t send_mask = (1ull << send_log2) - 1, window_mask = (1ull << window_log2) - 1;

	if (send_log2 <= window_log2)
		return (struct placement){ 0, hot_spot & window_mask & ~send_mask, send_log2 };
	return (struct placement){ hot_spot & send_mask & ~window_mask, 0, window_log2 };
}

/* Compares every page of the window, and one on either side, with expectation. */
static unsigned map_count_wrong(struct agent *a, const struct placement *p, unsigned window_log2)
{
	l4_word_t first = WINDOW_VA - L4_PAGE_SIZE;
	l4_word_t last = WINDOW_VA + (1ull << window_log2);
	unsigned wrong = 0;

	for (l4_word_t va = first; va <= last; va += L4_PAGE_SIZE) {
		l4_word_t in_window = va - WINDOW_VA;
		bool expected = in_window - p->to < 1ull << p->log2_size && va >= WINDOW_VA;
		l4_word_t page = (in_window - p->to + p->from) / L4_PAGE_SIZE, value = 0;
		bool present = agent_peek(a, va, &value);

		wrong += present != expected || (present && value != memory_mark((unsigned)page));
	}
	return wrong;
}

static void map_check_combination(struct agent *a, unsigned send_log2, unsigned window_log2,
				  l4_word_t hot_spot)
{
	struct placement p = map_expect(send_log2, window_log2, hot_spot);
	struct l4_fpage f = pool_page(0, send_log2, L4_RIGHTS_ALL);
	struct l4_fpage got =
		agent_map(NULL, a, l4_map_item(f, hot_spot), l4_fpage(WINDOW_VA, window_log2, 0));
	unsigned wrong = map_count_wrong(a, &p, window_log2);

	check(!wrong && l4_fpage_base(got) == WINDOW_VA + p.to &&
		      l4_fpage_log2_size(got) == p.log2_size,
	      "fpage 2^%u, window 2^%u, hot spot %#llx: 2^%u at %#llx", send_log2, window_log2,
	      (unsigned long long)hot_spot, p.log2_size, (unsigned long long)p.to);
	if (wrong)
		note("%u pages wrong, item says %#llx", wrong, (unsigned long long)got.raw);
	agent_unmap(NULL, f, false);
}

static void map_check_windows(unsigned send_log2)
{
	static const l4_word_t hot_spots[] = { 0, 0x1000, 0x3000, 0xb000, 0xfffff000 };
	struct agent a = agent_new(space_new());

	for (unsigned window_log2 = 12; window_log2 <= MAX_LOG2; window_log2 += 2)
		for (unsigned i = 0; i < COUNT(hot_spots); i++)
			map_check_combination(&a, send_log2, window_log2, hot_spots[i]);
}

void test_map_windows_4k(void)
{
	map_check_windows(12);
}

void test_map_windows_8k(void)
{
	map_check_windows(13);
}

void test_map_windows_64k(void)
{
	map_check_windows(16);
}

void test_map_complete_window(void)
{
	struct agent a = agent_new(space_new());
	struct l4_fpage got;
	l4_word_t value = 0;

	got = agent_map(NULL, &a, l4_map_item(pool_page(2, 13, L4_RIGHT_R), TEST_VA + 0x5000),
			L4_COMPLETE_SPACE);
	check_eq(l4_fpage_base(got), TEST_VA + 0x4000, "complete space: at the hot spot, aligned");
	check(agent_peek(&a, TEST_VA + 0x4000, &value) && value == memory_mark(2), "first page");
	check(agent_peek(&a, TEST_VA + 0x5000, &value) && value == memory_mark(3), "second page");
	check(!agent_peek(&a, TEST_VA + 0x6000, &value), "no third one");
}

void test_map_no_window(void)
{
	struct agent a = agent_new(space_new());
	struct l4_map_item item = l4_map_item(pool_page(0, 12, L4_RIGHT_R), TEST_VA);
	static struct job receive;
	struct job send = job_send(a.thread->id);
	l4_word_t value;

	receive = job_receive(main_id);
	job_add_map(&send, item);
	agent_begin_job(&a, &receive);
	job_run(&send);
	agent_finish(&a, NULL);
	check(l4_tag_succeeded(send.tag) && l4_tag_succeeded(receive.tag),
	      "no receive window: the message is delivered");
	check(!agent_peek(&a, TEST_VA, &value), "but nothing is mapped");
	check_eq(l4_tag_typed(receive.tag), 2, "the item is there");
}

/* ---- rights ---- */

static void map_write_code(unsigned page)
{
	/* mov $1, %eax; ret */
	static const uint8_t code[] = { 0xb8, 1, 0, 0, 0, 0xc3 };
	volatile uint8_t *p = pool + page * L4_PAGE_SIZE;

	for (unsigned i = 0; i < sizeof(code); i++)
		p[i] = code[i];
}

static void map_check_rights(struct agent *a, unsigned rights, unsigned expected)
{
	struct l4_fpage f = pool_page(0, 12, rights), got;
	l4_word_t value;
	bool r, w, x;

	map_write_code(0);
	got = agent_map(NULL, a, l4_map_item(f, TEST_VA), L4_COMPLETE_SPACE);
	r = agent_peek(a, TEST_VA, &value);
	x = agent_execute(a, TEST_VA);
	w = agent_poke(a, TEST_VA + 8, 1);
	check(r == !!(expected & L4_RIGHT_R) && w == !!(expected & L4_RIGHT_W) &&
		      x == !!(expected & L4_RIGHT_X),
	      "rights %u: page is %c%c%c", rights, r ? 'r' : '-', w ? 'w' : '-', x ? 'x' : '-');
	check_eq(l4_fpage_rights(got), expected, "rights %u: the item says so", rights);
	agent_unmap(NULL, pool_page(0, 12, L4_RIGHTS_ALL), false);
	check(!agent_peek(a, TEST_VA, &value), "rights %u: all gone after unmap", rights);
}

void test_map_rights(void)
{
	struct agent a = agent_new(space_new());

	map_check_rights(&a, L4_RIGHT_R, L4_RIGHT_R);
	map_check_rights(&a, L4_RIGHTS_RW, L4_RIGHTS_RW);
	map_check_rights(&a, L4_RIGHTS_RX, L4_RIGHTS_RX);
	map_check_rights(&a, L4_RIGHTS_ALL, L4_RIGHTS_ALL);
	/* The hardware can't withhold reading. */
	map_check_rights(&a, L4_RIGHT_W, L4_RIGHTS_RW);
	map_check_rights(&a, L4_RIGHT_X, L4_RIGHTS_RX);
}

/* Nobody can pass on more than it has. */
void test_map_rights_reduced(void)
{
	struct agent a = agent_new(space_new()), b = agent_new(space_new());
	struct l4_fpage got;
	l4_word_t value = 0;

	agent_map(NULL, &a, l4_map_item(pool_page(0, 12, L4_RIGHT_R), TEST_VA), L4_COMPLETE_SPACE);
	got = agent_map(&a, &b, l4_map_item(l4_fpage(TEST_VA, 12, L4_RIGHTS_ALL), TEST_VA),
			L4_COMPLETE_SPACE);
	check_eq(l4_fpage_rights(got), L4_RIGHT_R, "a reader passes on reading only");
	check(agent_peek(&b, TEST_VA, &value) && value == memory_mark(0), "which works");
	check(!agent_poke(&b, TEST_VA, 1), "writing doesn't");
	check(!agent_execute(&b, TEST_VA), "nor does executing");
}

void test_map_rights_extended(void)
{
	struct agent a = agent_new(space_new());
	l4_word_t value = 0;

	agent_map(NULL, &a, l4_map_item(pool_page(0, 12, L4_RIGHT_R), TEST_VA), L4_COMPLETE_SPACE);
	check(!agent_poke(&a, TEST_VA, 5), "read-only at first");
	agent_map(NULL, &a, l4_map_item(pool_page(0, 12, L4_RIGHTS_RW), TEST_VA),
		  L4_COMPLETE_SPACE);
	check(agent_poke(&a, TEST_VA, 5), "mapped again with more rights: writable");
	agent_map(NULL, &a, l4_map_item(pool_page(0, 12, L4_RIGHT_R), TEST_VA), L4_COMPLETE_SPACE);
	check(agent_poke(&a, TEST_VA, 6), "mapped again with fewer: none is lost");
	check(agent_peek(&a, TEST_VA, &value) && value == 6, "the page is the same");
}

/* ---- items ---- */

void test_map_several_items(void)
{
	static struct job receive;
	struct agent a = agent_new(space_new());
	struct job send = job_send(a.thread->id);
	unsigned good = 0;
	l4_word_t value;

	job_add_word(&send, 0xaaaa);
	for (unsigned i = 0; i < 30; i++)
		job_add_map(&send, l4_map_item(pool_page(i, 12, L4_RIGHT_R),
					       TEST_VA + (30 - i) * L4_PAGE_SIZE));
	for (unsigned i = 0; i < 29; i++)
		send.mr[2 + 2 * i] |= L4_ITEM_CONTINUES;
	receive = job_receive(main_id);
	receive.br[0] = l4_acceptor(L4_COMPLETE_SPACE, false).raw;
	receive.brs = 1;
	agent_begin_job(&a, &receive);
	job_run(&send);
	agent_finish(&a, NULL);
	check(l4_tag_succeeded(send.tag), "30 map items in a message");
	check_eq(l4_tag_typed(receive.tag), 60, "arrive");
	check_eq(receive.got[1], 0xaaaa, "with the untyped word");
	for (unsigned i = 0; i < 30; i++)
		good += agent_peek(&a, TEST_VA + (30 - i) * L4_PAGE_SIZE, &value) &&
			value == memory_mark(i);
	check_eq(good, 30, "and all take effect");
}

void test_map_with_string(void)
{
	static struct job receive;
	static const char text[] = "strings and pages";
	static char buffer[64];
	struct agent a = agent_new(space_new());
	struct job send = job_send(a.thread->id);
	l4_word_t value = 0;

	job_add_item(&send, l4_string_head(sizeof(text), 1) | L4_ITEM_CONTINUES, (l4_word_t)text);
	job_add_map(&send, l4_map_item(pool_page(4, 12, L4_RIGHT_R), TEST_VA));
	receive = job_receive(main_id);
	receive.br[0] = l4_acceptor(l4_fpage(TEST_VA, 12, 0), true).raw;
	receive.br[1] = l4_string_head(sizeof(buffer), 1);
	receive.br[2] = (l4_word_t)buffer;
	receive.brs = 3;
	agent_begin_job(&a, &receive);
	job_run(&send);
	agent_finish(&a, NULL);
	check(l4_tag_succeeded(receive.tag), "a string and a map item in a message");
	check(memcmp(buffer, text, sizeof(text)) == 0, "the string");
	check(agent_peek(&a, TEST_VA, &value) && value == memory_mark(4), "the page");
}

/* ---- chains, grants, replacement ---- */

static struct l4_fpage map_at(l4_word_t page, unsigned rights)
{
	return l4_fpage(TEST_VA + page * L4_PAGE_SIZE, 12, rights);
}

static bool map_sees(struct agent *a, l4_word_t page, unsigned mark)
{
	l4_word_t value = 0;

	return agent_peek(a, TEST_VA + page * L4_PAGE_SIZE, &value) && value == memory_mark(mark);
}

static bool map_sees_nothing(struct agent *a, l4_word_t page)
{
	return !agent_peek(a, TEST_VA + page * L4_PAGE_SIZE, NULL);
}

void test_map_chain(void)
{
	struct agent a[4];

	for (unsigned i = 0; i < 4; i++)
		a[i] = agent_new(space_new());
	agent_map(NULL, &a[0], l4_map_item(pool_page(7, 12, L4_RIGHTS_RW), TEST_VA),
		  L4_COMPLETE_SPACE);
	for (unsigned i = 0; i < 3; i++)
		agent_map(&a[i], &a[i + 1],
			  l4_map_item(map_at(i, L4_RIGHTS_RW), TEST_VA + (i + 1) * L4_PAGE_SIZE),
			  L4_COMPLETE_SPACE);
	check(map_sees(&a[3], 3, 7), "a page handed on through four spaces");
	check(agent_poke(&a[3], TEST_VA + 3 * L4_PAGE_SIZE + 8, 0x4444), "is written at the end");
	check_eq(*(volatile l4_word_t *)(pool + 7 * L4_PAGE_SIZE + 8), 0x4444,
		 "and is the same page at the start");
	agent_unmap(&a[1], map_at(1, L4_RIGHTS_ALL), false);
	check(map_sees(&a[0], 0, 7) && map_sees(&a[1], 1, 7), "unmap by the second: it keeps it");
	check(map_sees_nothing(&a[2], 2) && map_sees_nothing(&a[3], 3), "those after it lose it");
	agent_unmap(NULL, pool_page(7, 12, L4_RIGHTS_ALL), false);
	check(map_sees_nothing(&a[0], 0) && map_sees_nothing(&a[1], 1),
	      "unmap by the first: all lose it");
	check_eq(*(volatile l4_word_t *)(pool + 7 * L4_PAGE_SIZE), memory_mark(7), "but itself");
}

/* The chain survives the death of its end and breaks at the death of a link. */
void test_map_chain_deletion(void)
{
	struct space *middle = space_new();
	struct agent a = agent_new(space_new()), b = agent_new(middle), c = agent_new(space_new());

	agent_map(NULL, &a, l4_map_item(pool_page(3, 12, L4_RIGHT_R), TEST_VA), L4_COMPLETE_SPACE);
	agent_map(&a, &b, l4_map_item(map_at(0, L4_RIGHT_R), TEST_VA), L4_COMPLETE_SPACE);
	agent_map(&b, &c, l4_map_item(map_at(0, L4_RIGHT_R), TEST_VA), L4_COMPLETE_SPACE);
	check(map_sees(&c, 0, 3), "a chain of three");
	thread_delete(b.thread);
	space_delete(middle);
	check(map_sees(&a, 0, 3), "its middle deleted: the one before keeps the page");
	check(map_sees_nothing(&c, 0), "the one after loses it");
}

void test_grant(void)
{
	struct agent a = agent_new(space_new()), b = agent_new(space_new());
	struct agent c = agent_new(space_new());
	struct l4_fpage got;

	agent_map(NULL, &a, l4_map_item(pool_page(5, 12, L4_RIGHTS_RW), TEST_VA),
		  L4_COMPLETE_SPACE);
	agent_map(&a, &c, l4_map_item(map_at(0, L4_RIGHT_R), TEST_VA), L4_COMPLETE_SPACE);
	got = agent_map(&a, &b, l4_grant_item(map_at(0, L4_RIGHTS_RW), TEST_VA + L4_PAGE_SIZE),
			L4_COMPLETE_SPACE);
	check_eq(l4_fpage_rights(got), L4_RIGHTS_RW, "grant: the rights arrive");
	check(map_sees_nothing(&a, 0), "the granter loses the page");
	check(map_sees(&b, 1, 5), "the other has it");
	check(map_sees(&c, 0, 5), "who had it from the granter keeps it");
	agent_unmap(&b, map_at(1, L4_RIGHTS_ALL), false);
	check(map_sees_nothing(&c, 0), "and now has it from the other");
	agent_unmap(NULL, pool_page(5, 12, L4_RIGHTS_ALL), false);
	check(map_sees_nothing(&b, 1), "which has it from the granter's mapper");
}

/* Grant of a larger fpage to a smaller window: only what is granted goes. */
void test_grant_window(void)
{
	struct agent a = agent_new(space_new()), b = agent_new(space_new());

	agent_map(NULL, &a, l4_map_item(pool_page(8, 14, L4_RIGHT_R), TEST_VA), L4_COMPLETE_SPACE);
	agent_map(&a, &b, l4_grant_item(l4_fpage(TEST_VA, 14, L4_RIGHT_R), TEST_VA + 0x2000),
		  l4_fpage(TEST_VA, 12, 0));
	check(map_sees(&b, 0, 10), "one page of four, by the hot spot");
	check(map_sees(&a, 0, 8) && map_sees(&a, 1, 9) && map_sees(&a, 3, 11),
	      "the others stay with the granter");
	check(map_sees_nothing(&a, 2), "the granted one doesn't");
}

/* Another frame mapped to a place in use: the old mapping ends, with what came of it. */
void test_map_replaces(void)
{
	struct agent a = agent_new(space_new()), b = agent_new(space_new());

	agent_map(NULL, &a, l4_map_item(pool_page(1, 12, L4_RIGHT_R), TEST_VA), L4_COMPLETE_SPACE);
	agent_map(&a, &b, l4_map_item(map_at(0, L4_RIGHT_R), TEST_VA), L4_COMPLETE_SPACE);
	check(map_sees(&a, 0, 1) && map_sees(&b, 0, 1), "a page mapped and passed on");
	agent_map(NULL, &a, l4_map_item(pool_page(2, 12, L4_RIGHT_R), TEST_VA), L4_COMPLETE_SPACE);
	check(map_sees(&a, 0, 2), "another mapped over it");
	check(map_sees_nothing(&b, 0), "what derived from the old one is gone");
	agent_unmap(NULL, pool_page(1, 12, L4_RIGHTS_ALL), false);
	check(map_sees(&a, 0, 2), "unmapping the old frame doesn't touch the new one");
	agent_unmap(NULL, pool_page(2, 12, L4_RIGHTS_ALL), false);
	check(map_sees_nothing(&a, 0), "unmapping the new frame does");
}

/* One frame at many places: unmap finds them all. */
void test_map_aliases(void)
{
	struct agent a = agent_new(space_new());
	unsigned seen = 0, left = 0;

	for (unsigned i = 0; i < 16; i++)
		agent_map(NULL, &a,
			  l4_map_item(pool_page(6, 12, L4_RIGHT_R), TEST_VA + i * 0x201000),
			  L4_COMPLETE_SPACE);
	for (unsigned i = 0; i < 16; i++)
		seen += agent_peek(&a, TEST_VA + i * 0x201000, NULL);
	check_eq(seen, 16, "one frame at 16 places");
	agent_unmap(NULL, pool_page(6, 12, L4_RIGHTS_ALL), false);
	for (unsigned i = 0; i < 16; i++)
		left += agent_peek(&a, TEST_VA + i * 0x201000, NULL);
	check_eq(left, 0, "one unmap ends all");
}

/* What the sender doesn't have isn't mapped; what it has in the range is. */
void test_map_holes(void)
{
	struct agent a = agent_new(space_new()), b = agent_new(space_new());

	agent_map(NULL, &a, l4_map_item(pool_page(0, 12, L4_RIGHT_R), TEST_VA), L4_COMPLETE_SPACE);
	agent_map(NULL, &a, l4_map_item(pool_page(2, 12, L4_RIGHT_R), TEST_VA + 0x2000),
		  L4_COMPLETE_SPACE);
	agent_map(&a, &b, l4_map_item(l4_fpage(TEST_VA, 14, L4_RIGHT_R), TEST_VA),
		  L4_COMPLETE_SPACE);
	check(map_sees(&b, 0, 0) && map_sees(&b, 2, 2), "an fpage with holes: what is there");
	check(map_sees_nothing(&b, 1) && map_sees_nothing(&b, 3), "and no more");
}

/* The kernel's own areas can't be given, taken or covered. */
void test_map_kernel_areas(void)
{
	struct agent a = agent_new(space_new());
	l4_word_t kip = (l4_word_t)l4_kip(), value = 0, utcb = 0;

	agent_map(NULL, &a, l4_map_item(pool_page(0, 12, L4_RIGHTS_RW), kip), L4_COMPLETE_SPACE);
	check(agent_peek(&a, kip, &value) && (value & 0xffffffff) == 0x4be6344c,
	      "nothing is mapped over the kernel interface page");
	agent_map(NULL, &a, l4_map_item(pool_page(0, 12, L4_RIGHTS_RW), CHILD_UTCBS),
		  L4_COMPLETE_SPACE);
	agent_peek(&a, CHILD_UTCBS, &utcb);
	check(utcb != memory_mark(0), "nor over the UTCB area");
	agent_map(NULL, &a, l4_map_item(l4_fpage(kip, 12, L4_RIGHTS_ALL), TEST_VA),
		  L4_COMPLETE_SPACE);
	check(!agent_peek(&a, TEST_VA, &value), "the kernel interface page isn't passed on");
	agent_map(NULL, &a, l4_map_item(l4_fpage((l4_word_t)l4_utcb(), 12, L4_RIGHTS_ALL), TEST_VA),
		  L4_COMPLETE_SPACE);
	check(!agent_peek(&a, TEST_VA, &value), "nor are UTCBs");
	agent_map(NULL, &a, l4_map_item(l4_fpage(0xffffffff80100000, 12, L4_RIGHTS_ALL), TEST_VA),
		  L4_COMPLETE_SPACE);
	check(!agent_peek(&a, TEST_VA, &value), "nor is kernel memory");
	agent_map(NULL, &a, l4_map_item(pool_page(0, 12, L4_RIGHTS_ALL), 0xffffffff80100000),
		  L4_COMPLETE_SPACE);
	check(!agent_peek(&a, 0xffffffff80100000, &value), "nothing is mapped to kernel addresses");
	agent_map(NULL, &a, l4_map_item(pool_page(0, 12, L4_RIGHTS_ALL), 0x0000900000000000),
		  L4_COMPLETE_SPACE);
	check(map_sees_nothing(&a, 0), "nor to impossible ones");
}

/* Two threads of one space map a page on and on, each time one page further. */
void test_map_deep(void)
{
	struct space *s = space_new();
	struct agent a[2] = { agent_new(s), agent_new(s) };
	unsigned depth = 0, left = 0;

	agent_map(NULL, &a[0], l4_map_item(pool_page(7, 12, L4_RIGHTS_RW), TEST_VA),
		  L4_COMPLETE_SPACE);
	for (; depth < DEPTH; depth++) {
		struct l4_fpage f = map_at(depth, L4_RIGHTS_RW);
		l4_word_t to = TEST_VA + (depth + 1) * L4_PAGE_SIZE;

		agent_map(&a[depth & 1], &a[~depth & 1], l4_map_item(f, to), L4_COMPLETE_SPACE);
	}
	check(map_sees(&a[0], DEPTH, 7), "a page is handed on %u times within a space", DEPTH);
	check(agent_poke(&a[0], TEST_VA + DEPTH * L4_PAGE_SIZE, 0x1111), "and can be written");
	agent_unmap(&a[0], map_at(DEPTH / 2, L4_RIGHTS_ALL), false);
	check(agent_peek(&a[0], TEST_VA + DEPTH / 2 * L4_PAGE_SIZE, NULL) &&
		      !agent_peek(&a[0], TEST_VA + (DEPTH / 2 + 1) * L4_PAGE_SIZE, NULL),
	      "unmapped in the middle, the first half stays");
	agent_unmap(NULL, pool_page(7, 12, L4_RIGHTS_ALL), false);
	for (unsigned i = 0; i <= DEPTH; i += DEPTH / 8)
		left += agent_peek(&a[0], TEST_VA + i * L4_PAGE_SIZE, NULL);
	check_eq(left, 0, "unmapped at the root, all is gone");
}

static l4_word_t map_flush_all(l4_word_t unused, l4_word_t unused2)
{
	(void)unused;
	(void)unused2;
	l4_flush((struct l4_fpage){ L4_COMPLETE_SPACE.raw | L4_RIGHTS_ALL });
	return *(const volatile l4_word_t *)l4_kip();
}

/* A space throws away all it has: its code comes back by page fault. */
void test_map_flush_oneself(void)
{
	struct agent a = agent_new(space_new());
	l4_word_t value = 0;

	agent_map(NULL, &a, l4_map_item(pool_page(0, 12, L4_RIGHTS_RW), TEST_VA),
		  L4_COMPLETE_SPACE);
	check(!agent_call(&a, map_flush_all, 0, 0, NULL), "flush of the complete space");
	for (unsigned faults = 0; faults < 4; faults++) {
		check_eq(l4_tag_label(a.tag) & ~7ull, L4_LABEL_PAGE_FAULT,
			 "the thread faults on its image");
		l4_set_tag(pager_image_items(L4_RIGHTS_ALL));
		l4_reply(a.thread->id);
		if (agent_finish(&a, &value))
			break;
	}
	check_eq(value & 0xffffffff, 0x4be6344c, "the kernel interface page stays");
	check(map_sees_nothing(&a, 0), "other pages don't");
	check(agent_peek(&a, CHILD_UTCBS, NULL), "UTCBs do");
}
