/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel memory: a space that takes mappings without end gets errors at its
 * limit, all spaces together at the kernel's; the others run on, and everything
 * comes back.
 */
#include "ktest.h"
#include "tests.h"

#define STRIDE (2ull << 20) /* each mapping needs a page table of its own */
#define MAX_MAPPINGS 20000
#define GREEDY_SPACES 12
#define NODE_LIMIT 60

static volatile bool taker_stop;
static volatile l4_word_t taker_failed, taker_error;

/* Takes whatever main maps to it. */
static void exhaust_take(void *unused)
{
	(void)unused;
	while (!taker_stop) {
		l4_accept(l4_acceptor(L4_COMPLETE_SPACE, false));
		if (l4_tag_failed(l4_receive(main_id))) {
			taker_error = l4_error_code();
			taker_failed++;
		}
	}
}

/* Maps one page ever further up until that fails; returns how often it went. */
static unsigned exhaust_map(struct thread *taker, l4_word_t stride)
{
	unsigned count = 0;

	taker_stop = false;
	for (; count < MAX_MAPPINGS; count++) {
		struct l4_map_item item =
			l4_map_item(pool_page(0, 12, L4_RIGHT_R), TEST_VA + count * stride);
		struct l4_time soon = l4_period_us(500000);

		l4_set_mr(1, item.base);
		l4_set_mr(2, item.fpage.raw);
		l4_set_tag(l4_tag(0, 0, 2));
		if (l4_tag_failed(l4_ipc(taker->id, L4_NILTHREAD, l4_timeouts(soon, soon), NULL)))
			break;
	}
	return count;
}

/* `limit` in pages, 0: the default. */
static void exhaust_check_once(l4_word_t stride, unsigned limit, const char *name)
{
	struct space *s = space_new();
	struct thread *taker = thread_new(s, exhaust_take, NULL);
	struct agent other = agent_new(space_new());
	unsigned count, used;
	l4_word_t value = 0;

	taker_failed = 0;
	if (limit)
		space_set_limit(s, limit);
	count = exhaust_map(taker, stride);
	used = space_kernel_pages(s);
	note("%s: %u mappings, %u pages of %u", name, count, used, space_kernel_limit(s));
	check_range(count, 10, MAX_MAPPINGS - 1, "%s: mapping without end comes to an end", name);
	check_eq(l4_error_code() & 0xf, l4_ipc_error(false, L4_IPC_OVERFLOW, 0),
		 "%s: error 4 for the sender", name);
	check(wait_for(&taker_failed, 1, 500000), "%s: the receiver is told", name);
	check_eq(taker_error & 0xf, l4_ipc_error(true, L4_IPC_OVERFLOW, 0),
		 "%s: error 4 for the receiver", name);
	check_range(used, 1, space_kernel_limit(s), "%s: it stays within its limit", name);
	agent_map(NULL, &other, l4_map_item(pool_page(1, 12, L4_RIGHT_R), TEST_VA),
		  L4_COMPLETE_SPACE);
	check(agent_peek(&other, TEST_VA, &value) && value == memory_mark(1),
	      "%s: another space still gets mappings", name);
	check_eq(thread_state(taker), L4_SCHEDULE_WAITING, "%s: the thread lives", name);
	l4_unmap_fpage(pool_page(0, 12, L4_RIGHTS_ALL));
	check(exhaust_map(taker, stride) * 2 > count, "%s: after unmap there is room again", name);
}

void test_exhaust_tables(void)
{
	exhaust_check_once(STRIDE, 0, "page tables");
}

void test_exhaust_nodes(void)
{
	exhaust_check_once(L4_PAGE_SIZE, NODE_LIMIT, "mapping nodes");
}

/* All comes back with the space, and the same can be done again. */
void test_exhaust_gives_back(void)
{
	unsigned before = space_kernel_pages(NULL), first = 0, different = 0;

	for (unsigned i = 0; i < 5; i++) {
		struct space *s = space_new();
		struct thread *taker = thread_new(s, exhaust_take, NULL);
		unsigned count = exhaust_map(taker, STRIDE);

		first = i ? first : count;
		different += count != first;
		thread_delete(taker);
		space_delete(s);
	}
	check_eq(different, 0, "five spaces, one after the other, take the same to their limit");
	check_eq(space_kernel_pages(NULL), before, "deleting them gives all back");
}

/* Together they want more than the kernel has. */
void test_exhaust_kernel(void)
{
	struct thread *takers[GREEDY_SPACES];
	unsigned before = space_kernel_pages(NULL), failed = 0;
	struct agent other = agent_new(space_new());

	agent_peek(&other, (l4_word_t)l4_kip(), NULL);
	for (unsigned i = 0; i < GREEDY_SPACES; i++) {
		takers[i] = thread_new(space_new(), exhaust_take, NULL);
		thread_reaches(takers[i], L4_SCHEDULE_WAITING);
	}
	for (unsigned i = 0; i < GREEDY_SPACES; i++)
		failed += exhaust_map(takers[i], STRIDE) < MAX_MAPPINGS;
	check_eq(failed, GREEDY_SPACES, "%u spaces take all there is: each gets an error",
		 GREEDY_SPACES);
	check(agent_peek(&other, (l4_word_t)l4_kip(), NULL),
	      "a space that asks for nothing runs on");
	thread_cleanup();
	exhaust_check_once(STRIDE, 0, "afterwards");
	thread_cleanup();
	check_eq(space_kernel_pages(NULL), before, "nothing is lost");
}

/* A child that maps to itself without end: it can only hurt its own account. */
static l4_word_t exhaust_self_map(l4_word_t partner, l4_word_t unused)
{
	struct l4_time soon = l4_period_us(100000);
	l4_word_t count = 0;
	static l4_word_t page[512] __attribute__((aligned(4096)));

	(void)unused;
	for (; count < MAX_MAPPINGS; count++) {
		struct l4_map_item item = l4_map_item(l4_fpage((l4_word_t)page, 12, L4_RIGHT_R),
						      TEST_VA + count * STRIDE);

		l4_set_mr(1, item.base);
		l4_set_mr(2, item.fpage.raw);
		l4_set_tag(l4_tag(0, 0, 2));
		if (l4_tag_failed(l4_ipc(l4_thread_id(partner), L4_NILTHREAD,
					 l4_timeouts(soon, soon), NULL)))
			break;
	}
	return count;
}

static void exhaust_take_any(void *unused)
{
	struct l4_thread_id from;

	(void)unused;
	for (;;) {
		l4_accept(l4_acceptor(L4_COMPLETE_SPACE, false));
		l4_wait(&from);
	}
}

void test_exhaust_by_oneself(void)
{
	struct space *s = space_new();
	struct agent a = agent_new(s);
	struct thread *taker = thread_new(s, exhaust_take_any, NULL);
	unsigned before = space_kernel_pages(NULL);
	l4_word_t count = 0;

	agent_call(&a, exhaust_self_map, taker->id.raw, 0, &count);
	check_range(count, 10, MAX_MAPPINGS - 1, "a space that maps to itself without end: ends");
	check_range(space_kernel_pages(s), 1, space_kernel_limit(s), "within its limit");
	check_eq(space_kernel_pages(NULL), before, "not on others' account");
}
