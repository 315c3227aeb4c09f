/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server loop, see <l4/server.h>.
 */
#include <l4/server.h>

#include <l4/syscall.h>

static bool server_entry_takes(const struct l4_server_entry *e, struct l4_tag tag)
{
	unsigned untyped = l4_tag_untyped(tag);

	if ((l4_tag_label(tag) ^ e->label) & ~e->variable)
		return false;
	if (l4_tag_typed(tag) != 0)
		return false;
	return untyped == e->untyped || (e->more && untyped > e->untyped);
}

bool l4_server_dispatch(const struct l4_server *server, struct l4_thread_id from,
			struct l4_message *m)
{
	for (unsigned i = 0; i < server->entry_count; i++)
		if (server_entry_takes(&server->entry[i], m->tag))
			return server->entry[i].handler(from, m);
	if (server->refuse)
		return server->refuse(from, m);
	l4_message_empty(m, L4_LABEL_REFUSED);
	return true;
}

static unsigned message_words(struct l4_tag tag)
{
	unsigned words = l4_tag_untyped(tag) + l4_tag_typed(tag);

	return words < L4_MR_COUNT ? words : L4_MR_COUNT - 1;
}

static void message_load(const struct l4_message *m)
{
	for (unsigned i = 1; i <= message_words(m->tag); i++)
		l4_set_mr(i, m->mr[i]);
	l4_set_tag(m->tag);
}

static void message_store(struct l4_message *m, struct l4_tag tag)
{
	m->tag = tag;
	for (unsigned i = 1; i <= message_words(tag); i++)
		m->mr[i] = l4_mr(i);
}

/* Calls the tick if it is due; returns how long the next wait may take. */
static struct l4_time server_tick(const struct l4_server_tick *tick, uint64_t *next_us)
{
	uint64_t now_us;

	if (!tick)
		return L4_NEVER;
	now_us = l4_system_clock();
	if (now_us >= *next_us) {
		tick->handler(now_us);
		*next_us = now_us + tick->period_us;
	}
	return l4_period_us(*next_us - now_us);
}

_Noreturn void l4_server_run_ticking(const struct l4_server *server,
				     const struct l4_server_tick *tick)
{
	struct l4_thread_id from = L4_NILTHREAD, to = L4_NILTHREAD;
	struct l4_message m;
	struct l4_time patience;
	struct l4_tag tag;
	uint64_t tick_at_us = 0;
	l4_word_t error;

	for (;;) {
		patience = server_tick(tick, &tick_at_us);
		if (!l4_is_nil(to))
			message_load(&m);
		/* A handler's own calls may have changed it. */
		l4_accept((struct l4_acceptor){ 0 });
		tag = l4_reply_wait_timeout(to, patience, &from);
		if (l4_tag_failed(tag)) {
			error = l4_error_code();
			if (!l4_ipc_error_in_receive(error) && !l4_is_nil(to) && server->lost)
				server->lost(to, error);
			to = L4_NILTHREAD;
			continue;
		}
		message_store(&m, tag);
		to = l4_server_dispatch(server, from, &m) ? from : L4_NILTHREAD;
	}
}

_Noreturn void l4_server_run(const struct l4_server *server)
{
	l4_server_run_ticking(server, NULL);
}
