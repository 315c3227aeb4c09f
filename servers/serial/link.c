/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server's end of a channel, see link.h.
 */
#include "link.h"

#include <l4/task.h>

void link_start(struct link *l, unsigned number, void *memory)
{
	const struct serial_channel *c = memory;

	*l = (struct link){ .channel = memory, .number = number };
	l->epoch = channel_restart(&l->channel->head);
	l->breaks = channel_load(&c->breaks.value);
	/* A client that has written or read nothing yet fits to any server. */
	if (channel_load(&c->out_written.value) == 0 && channel_load(&c->in_read.value) == 0)
		l->epoch = 0;
	task_signal(number);
}

bool link_refresh(struct link *l)
{
	uint32_t wish = channel_wish(&l->channel->head, l->epoch);

	if (!wish)
		return false;
	l->out_read = l->in_written = 0;
	channel_store(&l->channel->out_read.value, 0);
	channel_store(&l->channel->in_written.value, 0);
	channel_store(&l->channel->head.server_epoch, wish);
	l->epoch = wish;
	l->is_open = true;
	l->has_news = true;
	return true;
}

size_t link_take(struct link *l, uint8_t *bytes, size_t size)
{
	uint32_t before = l->out_read, used;

	if (!l->is_open)
		return 0;
	used = channel_used(channel_load(&l->channel->out_written.value), before, SERIAL_OUT_BYTES);
	if (size > used)
		size = used;
	if (size == 0)
		return 0;
	for (size_t i = 0; i < size; i++)
		bytes[i] = l->channel->out[l->out_read++ % SERIAL_OUT_BYTES];
	channel_store(&l->channel->out_read.value, l->out_read);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	/* A client that has filled the ring waits for room. */
	if (channel_load(&l->channel->out_written.value) - before >= SERIAL_OUT_BYTES)
		l->has_news = true;
	return size;
}

size_t link_room(const struct link *l)
{
	uint32_t read = channel_load(&l->channel->in_read.value);

	return l->is_open ? SERIAL_IN_BYTES - channel_used(l->in_written, read, SERIAL_IN_BYTES) :
			    0;
}

void link_send(struct link *l, uint8_t byte)
{
	if (!l->is_open)
		return;
	l->channel->in[l->in_written++ % SERIAL_IN_BYTES] = byte;
	channel_store(&l->channel->in_written.value, l->in_written);
	l->has_news = true;
}

void link_break(struct link *l)
{
	channel_store(&l->channel->breaks.value, ++l->breaks);
	l->has_news = true;
}

void link_finish(struct link *l)
{
	if (l->has_news)
		task_signal(l->number);
	l->has_news = false;
}
