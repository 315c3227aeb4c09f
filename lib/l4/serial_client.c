/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's end of a channel to the serial server, see <proto/client.h>.
 */
#include "client.h"

#include <l4/task.h>

static void serial_begin(struct serial_client *s)
{
	s->out_written = s->in_read = 0;
	channel_store(&s->channel->out_written.value, 0);
	channel_store(&s->channel->in_read.value, 0);
	client_begin(&s->common);
}

void serial_open(struct serial_client *s, unsigned channel, void *memory)
{
	*s = (struct serial_client){ .channel = memory };
	s->common = (struct channel_client){ .head = &s->channel->head, .number = channel };
	s->breaks = channel_load(&s->channel->breaks.value);
	serial_begin(s);
}

bool serial_is_open(struct serial_client *s)
{
	enum client_state state = client_check(&s->common);

	if (state == CLIENT_LOST)
		serial_begin(s);
	return state == CLIENT_OPEN;
}

size_t serial_write(struct serial_client *s, const void *bytes, size_t length)
{
	uint32_t before = s->out_written, read, room;

	if (!serial_is_open(s))
		return 0;
	read = channel_load(&s->channel->out_read.value);
	room = SERIAL_OUT_BYTES - channel_used(before, read, SERIAL_OUT_BYTES);
	if (length > room)
		length = room;
	for (size_t i = 0; i < length; i++)
		s->channel->out[s->out_written++ % SERIAL_OUT_BYTES] = ((const uint8_t *)bytes)[i];
	channel_store(&s->channel->out_written.value, s->out_written);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (length && channel_load(&s->channel->out_read.value) == before)
		task_signal(s->common.number);
	return length;
}

size_t serial_read(struct serial_client *s, void *bytes, size_t size)
{
	uint32_t used;

	if (!serial_is_open(s))
		return 0;
	used = channel_used(channel_load(&s->channel->in_written.value), s->in_read,
			    SERIAL_IN_BYTES);
	if (size > used)
		size = used;
	for (size_t i = 0; i < size; i++)
		((uint8_t *)bytes)[i] = s->channel->in[s->in_read++ % SERIAL_IN_BYTES];
	channel_store(&s->channel->in_read.value, s->in_read);
	return size;
}

bool serial_break(struct serial_client *s)
{
	uint32_t breaks = channel_load(&s->channel->breaks.value);
	bool news = breaks != s->breaks;

	s->breaks = breaks;
	return news;
}
