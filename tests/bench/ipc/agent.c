/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Agents: threads in other spaces that take mappings and strings and, told to, pass
 * them on, take mappings back, or use them.  See disturb.h.
 */
#include "disturb.h"
#include <l4/message.h>

/* Sends the typed words in the message registers; true if `to` took them. */
static bool agent_deliver(struct l4_thread_id to, unsigned words)
{
	struct l4_tag tag;

	l4_set_tag(l4_tag(AGENT_TAKE, 0, words));
	tag = l4_call(to);
	return l4_tag_succeeded(tag) && l4_tag_label(tag) == 0;
}

static bool agent_pass(struct l4_thread_id to, l4_word_t item0, l4_word_t item1)
{
	l4_set_mr(1, item0);
	l4_set_mr(2, item1);
	return agent_deliver(to, 2);
}

static bool agent_grant(struct l4_thread_id to, l4_word_t address)
{
	for (unsigned i = 0; i < AGENT_GRANTS; i++) {
		l4_word_t at = address + i * AGENT_SUPER_SIZE;
		struct l4_map_item item =
			l4_grant_item(l4_fpage(at, L4_PAGE_BITS, L4_RIGHTS_ALL), at);

		l4_set_mr(1 + 2 * i, item.base);
		l4_set_mr(2 + 2 * i, item.fpage.raw);
	}
	return agent_deliver(to, 2 * AGENT_GRANTS);
}

static void agent_unmap(l4_word_t fpage, l4_word_t control)
{
	l4_set_mr(0, fpage);
	l4_unmap(control);
}

static void agent_touch(l4_word_t address, l4_word_t pages)
{
	for (; pages > 0; pages--, address += L4_PAGE_SIZE)
		(void)*(const volatile char *)address;
}

/* Does what the message says; false if it can't. */
static bool agent_serve(struct l4_tag tag)
{
	l4_word_t a = l4_mr(1), b = l4_mr(2), c = l4_mr(3);

	switch ((enum agent_command)l4_tag_label(tag)) {
	case AGENT_TAKE:
		return true;
	case AGENT_SEND:
		return agent_pass(l4_thread_id(a), b, c);
	case AGENT_UNMAP:
		agent_unmap(a, b);
		return true;
	case AGENT_GRANT:
		return agent_grant(l4_thread_id(a), b);
	case AGENT_TOUCH:
		agent_touch(a, b);
		return true;
	}
	return false;
}

_Noreturn void agent_main(void)
{
	struct l4_thread_id from = L4_NILTHREAD;

	l4_accept(l4_acceptor(L4_COMPLETE_SPACE, true));
	l4_set_br(1, l4_string_head(1 << AGENT_STRING_BITS, 1));
	l4_set_br(2, AGENT_STRING_SINK);
	for (;;) {
		struct l4_tag tag = l4_reply_wait(from, &from);

		if (l4_tag_failed(tag)) {
			from = L4_NILTHREAD;
			continue;
		}
		l4_set_tag(l4_tag(agent_serve(tag) ? 0 : 1, 0, 0));
	}
}

void agent_do(enum bench_thread agent, enum agent_command command, l4_word_t a, l4_word_t b,
	      l4_word_t c)
{
	struct l4_tag tag;

	l4_set_mr(1, a);
	l4_set_mr(2, b);
	l4_set_mr(3, c);
	l4_set_tag(l4_tag(command, 3, 0));
	tag = l4_call(bench_id(agent));
	if (l4_tag_failed(tag) || l4_tag_label(tag) != 0)
		bench_fail("an agent could not do what it was told");
}

void agent_give(enum bench_thread agent, l4_word_t item0, l4_word_t item1)
{
	if (!agent_pass(bench_id(agent), item0, item1))
		bench_fail("an agent did not take an item");
}
