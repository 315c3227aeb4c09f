/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The usual combinations of send and receive phase around l4_ipc(); see
 * <l4/syscall.h>.
 */
#include <l4/thread.h>

struct l4_tag l4_call(struct l4_thread_id to)
{
	return l4_ipc(to, to, L4_TIMEOUTS_NEVER, NULL);
}

struct l4_tag l4_send(struct l4_thread_id to)
{
	return l4_ipc(to, L4_NILTHREAD, L4_TIMEOUTS_NEVER, NULL);
}

struct l4_tag l4_reply(struct l4_thread_id to)
{
	return l4_ipc(to, L4_NILTHREAD, l4_timeouts(L4_ZERO_TIME, L4_NEVER), NULL);
}

struct l4_tag l4_receive(struct l4_thread_id from)
{
	return l4_ipc(L4_NILTHREAD, from, L4_TIMEOUTS_NEVER, NULL);
}

struct l4_tag l4_receive_timeout(struct l4_thread_id from, struct l4_time timeout)
{
	return l4_ipc(L4_NILTHREAD, from, l4_timeouts(L4_NEVER, timeout), NULL);
}

struct l4_tag l4_wait(struct l4_thread_id *from)
{
	return l4_ipc(L4_NILTHREAD, L4_ANYTHREAD, L4_TIMEOUTS_NEVER, from);
}

struct l4_tag l4_wait_timeout(struct l4_time timeout, struct l4_thread_id *from)
{
	return l4_ipc(L4_NILTHREAD, L4_ANYTHREAD, l4_timeouts(L4_NEVER, timeout), from);
}

struct l4_tag l4_reply_wait(struct l4_thread_id to, struct l4_thread_id *from)
{
	return l4_ipc(to, L4_ANYTHREAD, l4_timeouts(L4_ZERO_TIME, L4_NEVER), from);
}

struct l4_tag l4_reply_wait_timeout(struct l4_thread_id to, struct l4_time timeout,
				    struct l4_thread_id *from)
{
	return l4_ipc(to, L4_ANYTHREAD, l4_timeouts(L4_ZERO_TIME, timeout), from);
}

void l4_sleep_us(uint64_t us)
{
	/* Nobody sends as the thread itself, so this ends by its timeout. */
	l4_receive_timeout(l4_my_local_id(), l4_period_us(us));
}

struct l4_fpage l4_sigma0_request(struct l4_fpage wanted, l4_word_t attribute)
{
	struct l4_tag tag;

	l4_accept(l4_acceptor(L4_COMPLETE_SPACE, false));
	l4_set_mr(1, wanted.raw);
	l4_set_mr(2, attribute);
	l4_set_tag(l4_tag(L4_LABEL_SIGMA0, 2, 0));
	tag = l4_call(l4_sigma0());
	l4_accept((struct l4_acceptor){ 0 });
	if (l4_tag_failed(tag) || l4_tag_untyped(tag) != 0 || l4_tag_typed(tag) != 2)
		return L4_NILPAGE;
	return (struct l4_fpage){ l4_mr(2) };
}
