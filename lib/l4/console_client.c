/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's end of a channel to the console server, see <proto/client.h>.
 */
#include "client.h"

#include <l4/task.h>

static void console_begin(struct console_client *c)
{
	c->events_read = 0;
	channel_store(&c->channel->events_read.value, 0);
	client_begin(&c->common);
}

void console_open(struct console_client *c, unsigned channel, void *memory)
{
	*c = (struct console_client){ .channel = memory };
	c->common = (struct channel_client){ .head = &c->channel->head, .number = channel };
	console_begin(c);
}

bool console_is_open(struct console_client *c)
{
	enum client_state state = client_check(&c->common);

	if (state == CLIENT_LOST)
		console_begin(c);
	return state == CLIENT_OPEN;
}

bool console_event_get(struct console_client *c, struct console_event *event)
{
	uint32_t written;

	if (!console_is_open(c))
		return false;
	written = channel_load(&c->channel->events_written.value);
	if (channel_used(written, c->events_read, CONSOLE_EVENTS) == 0)
		return false;
	*event = c->channel->event[c->events_read % CONSOLE_EVENTS];
	channel_store(&c->channel->events_read.value, ++c->events_read);
	return true;
}

void console_show(struct console_client *c)
{
	if (console_is_open(c) && channel_load(&c->channel->server.visible))
		task_signal(c->common.number);
}
