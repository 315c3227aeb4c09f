/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server loop: waits for a message, finds its handler in a table, sends the
 * answer to whoever asked and waits again, in one system call.
 *
 * No client can block the loop: answers go out with a send timeout of zero, so
 * a client that does not wait for its answer loses it.  A message is checked
 * against the table before its handler sees it, and is copied from the message
 * registers, so that a handler may make calls itself.
 *
 *	static bool on_add(struct l4_thread_id from, struct l4_message *m)
 *	{
 *		l4_message_answer(m, 0, m->mr[1] + m->mr[2]);
 *		return true;
 *	}
 *	static const struct l4_server_entry table[] = {
 *		{ .label = LABEL_ADD, .untyped = 2, .handler = on_add },
 *	};
 *	l4_server_run(&(struct l4_server){ table, ARRAY_SIZE(table) });
 */
#ifndef L4_SERVER_H
#define L4_SERVER_H

#include <l4/message.h>
#include <l4/types.h>

/* Label of the answer to a message that no table entry takes. */
#define L4_LABEL_REFUSED 0xffffull

struct l4_message {
	struct l4_tag tag;
	l4_word_t mr[L4_MR_COUNT]; /* 1..; mr[0] is unused, the tag is above */
};

/*
 * Handles one message.  Answers by filling `m` and returning true, or returns
 * false to leave the sender without an answer.
 */
typedef bool l4_server_handler(struct l4_thread_id from, struct l4_message *m);

struct l4_server_entry {
	l4_word_t label;    /* matches if label and message agree outside `variable` */
	l4_word_t variable; /* e.g. 7 for the access rights in a fault's label */
	unsigned untyped;   /* words the message has to have, exactly or at least */
	bool more;          /* more words than `untyped` are fine */
	l4_server_handler *handler;
};

struct l4_server {
	const struct l4_server_entry *entry;
	unsigned entry_count;
	/* What no entry takes; NULL answers L4_LABEL_REFUSED.  A message with
	 * typed items comes here too: the loop accepts neither maps nor strings. */
	l4_server_handler *refuse;
	/* Told of an answer that could not be delivered; may be NULL. */
	void (*lost)(struct l4_thread_id to, l4_word_t error_code);
};

/* Serves for ever. */
_Noreturn void l4_server_run(const struct l4_server *server);

/* What a server does from time to time: `handler` is called between messages, about
 * every period_us, however many messages there are. */
struct l4_server_tick {
	void (*handler)(uint64_t now_us);
	uint64_t period_us;
};

/* The same with a tick (which may be NULL). */
_Noreturn void l4_server_run_ticking(const struct l4_server *server,
				     const struct l4_server_tick *tick);

/* One message, without any system call: true if `m` now holds an answer. */
bool l4_server_dispatch(const struct l4_server *server, struct l4_thread_id from,
			struct l4_message *m);

/* An answer without words, and one of one word. */
static inline void l4_message_empty(struct l4_message *m, l4_word_t label)
{
	m->tag = l4_tag(label, 0, 0);
}

static inline void l4_message_answer(struct l4_message *m, l4_word_t label, l4_word_t word)
{
	m->tag = l4_tag(label, 1, 0);
	m->mr[1] = word;
}

/* An answer that maps an fpage, as faults and sigma0 have it. */
static inline void l4_message_map(struct l4_message *m, struct l4_map_item item)
{
	m->tag = l4_tag(0, 0, 2);
	m->mr[1] = item.base;
	m->mr[2] = item.fpage.raw;
}

#endif
