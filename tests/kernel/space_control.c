/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SpaceControl (manual 3.1): areas, limits, every error code, and the calls only
 * root and sigma0 may make: ProcessorControl and MemoryControl.
 */
#include "ktest.h"
#include "tests.h"

#define FREE_KIP 0x3000000000ull

static struct l4_thread_id sc_space(void)
{
	struct l4_thread_id id = thread_fresh_id();

	if (!l4_thread_control(id, id, main_id, L4_NILTHREAD, L4_UTCB_UNCHANGED))
		check(false, "create a space");
	return id;
}

static void sc_delete(struct l4_thread_id id)
{
	if (!l4_thread_control(id, L4_NILTHREAD, L4_NILTHREAD, L4_NILTHREAD, L4_UTCB_UNCHANGED))
		check(false, "delete a space");
}

/* SpaceControl with these areas on a new space: its error code, 0 for success. */
static l4_word_t sc_try(struct l4_fpage kip, struct l4_fpage utcbs)
{
	struct l4_thread_id id = sc_space();
	bool done = l4_space_control(id, 0, kip, utcbs, L4_ANYTHREAD, NULL);
	l4_word_t error = done ? 0 : l4_error_code();

	sc_delete(id);
	return error;
}

void test_space_areas(void)
{
	struct l4_fpage kip = l4_fpage(FREE_KIP, 12, 0);
	struct l4_fpage utcbs = l4_fpage(CHILD_UTCBS, CHILD_UTCBS_LOG2, 0);

	check_eq(sc_try(kip, utcbs), 0, "good areas");
	check_eq(sc_try(kip, l4_fpage(CHILD_UTCBS, 12, 0)), 0, "the smallest UTCB area");
	check_eq(sc_try(kip, l4_fpage(CHILD_UTCBS, 20, 0)), 0, "a larger one");

	check_eq(sc_try(kip, l4_fpage(CHILD_UTCBS, 11, 0)), L4_ERROR_UTCB_AREA,
		 "UTCB area below the minimum: error 6");
	check_eq(sc_try(kip, l4_fpage(0xffff800000000000, 16, 0)), L4_ERROR_UTCB_AREA,
		 "UTCB area in the kernel: error 6");
	check_eq(sc_try(kip, l4_fpage(0x0000800000000000, 16, 0)), L4_ERROR_UTCB_AREA,
		 "UTCB area beyond user addresses: error 6");
	check_eq(sc_try(kip, L4_COMPLETE_SPACE), L4_ERROR_UTCB_AREA,
		 "UTCB area of all space: error 6");
	check_eq(sc_try(l4_fpage(CHILD_UTCBS + 0x3000, 12, 0), utcbs) != 0, true,
		 "areas that overlap: error 6 or 7");

	check_eq(sc_try(l4_fpage(FREE_KIP, 11, 0), utcbs), L4_ERROR_KIP_AREA,
		 "KIP area too small: error 7");
	check_eq(sc_try(l4_fpage(0xffffffff80000000, 12, 0), utcbs), L4_ERROR_KIP_AREA,
		 "KIP area in the kernel: error 7");
}

static l4_word_t sc_call(l4_word_t id, l4_word_t unused)
{
	(void)unused;
	if (l4_space_control(l4_thread_id(id), 0, l4_fpage(FREE_KIP, 12, 0),
			     l4_fpage(CHILD_UTCBS, 16, 0), L4_ANYTHREAD, NULL))
		return 0;
	return l4_error_code();
}

void test_space_errors(void)
{
	struct space *s = space_new();
	struct agent a = agent_new(s);
	l4_word_t error = 0;

	agent_call(&a, sc_call, s->id.raw, 0, &error);
	check_eq(error, L4_ERROR_PRIVILEGE, "from a child space: error 1");
	check_eq(sc_call(thread_fresh_id().raw, 0), L4_ERROR_SPACE, "space of nobody: error 3");
	check_eq(sc_call(0, 0), L4_ERROR_SPACE, "nil: error 3");
	check_eq(sc_call(L4_ANYTHREAD.raw, 0), L4_ERROR_SPACE, "any: error 3");
	check_eq(sc_call(l4_global_id(l4_thread_no(s->id), 9).raw, 0), L4_ERROR_SPACE,
		 "another version: error 3");
}

/* Once a thread is active the areas stay. */
void test_space_areas_fixed(void)
{
	struct space *s = space_new();
	struct agent a = agent_new(s);
	l4_word_t value = 0;

	agent_peek(&a, (l4_word_t)l4_kip(), &value);
	l4_space_control(s->id, 0, l4_fpage(FREE_KIP, 12, 0), l4_fpage(CHILD_UTCBS << 1, 16, 0),
			 L4_NILTHREAD, NULL);
	check(agent_peek(&a, (l4_word_t)l4_kip(), &value) && value == L4_KIP_MAGIC,
	      "the kernel interface page stays where it was");
	check(!agent_peek(&a, FREE_KIP, &value), "and isn't elsewhere");
	check(agent_peek(&a, CHILD_UTCBS, &value), "so do the UTCBs");
}

/* A space has its page where it was told, also another place than others. */
void test_space_kip_place(void)
{
	struct l4_thread_id id = sc_space(), worker = thread_fresh_id();
	struct job send = job_send(worker);

	check(l4_space_control(id, 0, l4_fpage(FREE_KIP, 12, 0),
			       l4_fpage(CHILD_UTCBS + 0x10000, 12, 0), L4_ANYTHREAD, NULL),
	      "areas of one's choice");
	check(l4_thread_control(worker, id, main_id, main_id, (void *)(CHILD_UTCBS + 0x10c00)),
	      "a thread in the last UTCB of a small area");
	send.timeouts = l4_timeouts(L4_ZERO_TIME, L4_NEVER);
	job_add_word(&send, (l4_word_t)asm_kernel_interface_report);
	job_add_word(&send, 0);
	job_run(&send);
	check(l4_tag_succeeded(send.tag), "starts");
	/* Its first instruction isn't mapped: the fault tells that it lives. */
	check_eq(l4_tag_label(l4_receive_timeout(worker, l4_period_us(500000))),
		 L4_LABEL_PAGE_FAULT | L4_RIGHT_X, "and faults");
	l4_set_tag(pager_image_items(L4_RIGHTS_ALL));
	l4_reply(worker);
	check_eq(l4_tag_label(l4_receive_timeout(worker, l4_period_us(500000))),
		 L4_LABEL_PAGE_FAULT | L4_RIGHT_R, "runs until it reads where we see it");
	check_eq(l4_mr(1), FREE_KIP + 0x100000, "the trap gave the page's place in this space");
	check(l4_thread_control(worker, L4_NILTHREAD, L4_NILTHREAD, L4_NILTHREAD,
				L4_UTCB_UNCHANGED),
	      "delete it");
	sc_delete(id);
}

void test_space_limit(void)
{
	struct space *s = space_new();

	check_range(space_kernel_limit(s), 16, 65536, "the default limit");
	check_range(space_kernel_pages(s), 1, 16, "pages in use by an empty space");
	check(space_set_limit(s, 77), "set the limit of kernel memory");
	check_eq(space_kernel_limit(s), 77, "the new limit");
}

/* A space at its limit: the caller gets error 8, and no thread. */
void test_space_limit_reached(void)
{
	struct space *s = space_new();
	struct l4_thread_id id = thread_fresh_id();

	check(space_set_limit(s, space_kernel_pages(s)), "a limit of what is used");
	check(!l4_thread_control(id, s->id, main_id, main_id, child_utcb(0)),
	      "an active thread needs more");
	check_eq(l4_error_code(), L4_ERROR_NO_MEMORY, "error 8");
	check_eq(l4_schedule(id, L4_SCHEDULE_UNCHANGED, L4_SCHEDULE_UNCHANGED,
			     L4_SCHEDULE_UNCHANGED, L4_SCHEDULE_UNCHANGED, NULL),
		 L4_SCHEDULE_ERROR, "no thread is left behind");
	check(space_set_limit(s, space_kernel_pages(s) + 16), "a higher limit");
	check(l4_thread_control(id, s->id, main_id, main_id, child_utcb(0)), "is enough for it");
	check(l4_thread_control(id, L4_NILTHREAD, L4_NILTHREAD, L4_NILTHREAD, L4_UTCB_UNCHANGED),
	      "delete it");
}

/* ---- the other privileged calls ---- */

static l4_word_t sc_processor_control(l4_word_t processor, l4_word_t unused)
{
	(void)unused;
	return l4_processor_control(processor, 1000000, 100000, 1000) ? 0 : l4_error_code();
}

void test_processor_control(void)
{
	struct agent a = agent_new(space_new());
	l4_word_t error = 0;

	agent_call(&a, sc_processor_control, 0, 0, &error);
	check_eq(error, L4_ERROR_PRIVILEGE, "from a child space: error 1");
	check_eq(sc_processor_control(0, 0), 0, "processor 0");
	check(sc_processor_control(cpu_count, 0) != 0, "a processor that isn't there: an error");
	check(sc_processor_control(~0ull, 0) != 0, "nor processor -1");
}

static l4_word_t sc_memory_control(l4_word_t fpage, l4_word_t attribute)
{
	l4_word_t attributes[4] = { attribute, attribute, attribute, attribute };

	l4_set_mr(0, fpage);
	return l4_memory_control(0, attributes) ? 0 : l4_error_code();
}

void test_memory_control(void)
{
	static const enum l4_memory_attribute attributes[] = {
		L4_MEMORY_UNCACHED,        L4_MEMORY_WRITE_COMBINING, L4_MEMORY_WRITE_THROUGH,
		L4_MEMORY_WRITE_PROTECTED, L4_MEMORY_WRITE_BACK,      L4_MEMORY_DEFAULT,
	};
	struct agent a = agent_new(space_new());
	l4_word_t error = 0, page = pool_page(0, 12, 0).raw, value = 0;

	agent_map(NULL, &a, l4_map_item(pool_page(0, 12, L4_RIGHTS_RW), TEST_VA),
		  L4_COMPLETE_SPACE);
	agent_call(&a, sc_memory_control, l4_fpage(TEST_VA, 12, 0).raw, L4_MEMORY_UNCACHED, &error);
	check_eq(error, L4_ERROR_PRIVILEGE, "from a child space: error 1");
	for (unsigned i = 0; i < COUNT(attributes); i++) {
		check_eq(sc_memory_control(page, attributes[i]), 0, "attribute %u", attributes[i]);
		check(agent_peek(&a, TEST_VA, &value) && value == memory_mark(0),
		      "attribute %u: the page is readable", attributes[i]);
	}
	check_eq(sc_memory_control(page, 3), L4_ERROR_PARAM, "attribute 3: error 5");
	check_eq(sc_memory_control(page, 8), L4_ERROR_PARAM, "attribute 8: error 5");
	check_eq(sc_memory_control(page, ~0ull), L4_ERROR_PARAM, "attribute -1: error 5");
	check_eq(*(volatile l4_word_t *)pool, memory_mark(0), "the page is what it was");
}
