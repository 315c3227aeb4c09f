/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The harness pager: a thread of ktest's space that sends start messages, maps
 * the whole image into a space on the first page fault there, and keeps every
 * other fault for the tests to see, with its thread blocked.
 */
#include "ktest.h"

#define LABEL_START 0x57
#define MAX_IMAGE_ITEMS 31

extern char __text_start[], __end[];

struct l4_thread_id pager_id;
volatile l4_word_t pager_fault_count;
struct fault pager_last_fault;
volatile bool pager_faults_expected;

/* The rights the thread's space has to the image; 0 if it isn't ours. */
unsigned thread_image_rights(struct l4_thread_id id);

/* The largest fpage that starts at `base` and ends before `end`. */
static unsigned pager_fitting_log2(l4_word_t base, l4_word_t end)
{
	unsigned log2_size = L4_PAGE_BITS;

	while (!(base & ((2ull << log2_size) - 1)) && base + (2ull << log2_size) <= end)
		log2_size++;
	return log2_size;
}

struct l4_tag pager_image_items(unsigned rights)
{
	l4_word_t end = ((l4_word_t)__end + L4_PAGE_SIZE - 1) & ~(L4_PAGE_SIZE - 1);
	l4_word_t base = (l4_word_t)__text_start;
	unsigned count = 0;

	for (; base < end && count < MAX_IMAGE_ITEMS; count++) {
		unsigned log2_size = pager_fitting_log2(base, end);
		struct l4_map_item item = l4_map_item(l4_fpage(base, log2_size, rights), base);

		base += 1ull << log2_size;
		l4_set_mr(1 + 2 * count, item.base | (base < end ? L4_ITEM_CONTINUES : 0));
		l4_set_mr(2 + 2 * count, item.fpage.raw);
	}
	return l4_tag(0, 0, 2 * count);
}

static bool pager_in_image(l4_word_t address)
{
	return (l4_word_t)__text_start <= address && address < (l4_word_t)__end;
}

static void pager_keep_fault(struct l4_tag tag, struct l4_thread_id from)
{
	bool exception = l4_tag_label(tag) == L4_LABEL_EXCEPTION;

	pager_last_fault.thread = from;
	pager_last_fault.label = l4_tag_label(tag);
	pager_last_fault.address = l4_mr(exception ? L4_EXC_NUMBER : 1);
	pager_last_fault.ip = l4_mr(exception ? L4_EXC_RIP : 2);
	pager_fault_count++;
}

/* The answer's label says whether it failed. */
static void pager_start_thread(void)
{
	struct l4_thread_id id = l4_thread_id(l4_mr(1));
	l4_word_t ip = l4_mr(2), sp = l4_mr(3);

	l4_set_mr(1, ip);
	l4_set_mr(2, sp);
	l4_set_tag(l4_tag(0, 2, 0));
	l4_set_tag(l4_tag(l4_tag_failed(l4_reply(id)), 0, 0));
}

/* True if the answer is loaded. */
static bool pager_handle(struct l4_tag tag, struct l4_thread_id from)
{
	l4_word_t label = l4_tag_label(tag);
	unsigned rights;

	if (label == LABEL_START && l4_is_local_id(from)) {
		pager_start_thread();
		return true;
	}
	if ((label & ~7ull) == L4_LABEL_PAGE_FAULT && pager_in_image(l4_mr(1))) {
		rights = thread_image_rights(from);
		if (!rights || (label & 7 & ~rights)) {
			pager_keep_fault(tag, from);
			return false;
		}
		l4_set_tag(pager_image_items(rights));
		return true;
	}
	if ((label & ~7ull) == L4_LABEL_PAGE_FAULT || label == L4_LABEL_EXCEPTION ||
	    (label & ~7ull) == L4_LABEL_IO_FAULT)
		pager_keep_fault(tag, from);
	return false;
}

static void pager_loop(void *unused)
{
	struct l4_thread_id from;
	struct l4_tag tag;

	(void)unused;
	tag = l4_wait(&from);
	for (;;) {
		if (l4_tag_succeeded(tag) && pager_handle(tag, from))
			tag = l4_reply_wait(from, &from);
		else
			tag = l4_wait(&from);
	}
}

void pager_send_start(struct l4_thread_id id, l4_word_t ip, l4_word_t sp)
{
	bool by_main = l4_is_nil(pager_id);
	struct l4_tag tag;

	l4_set_mr(1, by_main ? ip : id.raw);
	l4_set_mr(2, by_main ? sp : ip);
	l4_set_mr(3, sp);
	l4_set_tag(l4_tag(by_main ? 0 : LABEL_START, by_main ? 2 : 3, 0));
	tag = by_main ? l4_reply(id) : l4_call(pager_id);
	if (l4_tag_failed(tag))
		check(false, "harness: start message failed with %#llx",
		      (unsigned long long)l4_error_code());
	else if (!by_main && l4_tag_label(tag))
		check(false, "harness: thread isn't waiting for its start message");
}

void pager_start(void)
{
	struct thread *t = thread_new(NULL, pager_loop, NULL);

	if (!l4_set_priority(t->id, PAGER_PRIORITY))
		check(false, "harness: can't set the pager's priority");
	pager_id = t->id;
}
