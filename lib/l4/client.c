/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opening a channel, the same for all kinds, see client.h and <proto/channel.h>.
 */
#include "client.h"

#include <l4/task.h>

void client_begin(struct channel_client *c)
{
	c->epoch = channel_load(&c->head->client_epoch) + 1;
	if (c->epoch == 0)
		c->epoch = 1;
	c->was_open = false;
	channel_open(c->head, c->epoch);
	task_signal(c->number);
}

enum client_state client_check(struct channel_client *c)
{
	if (channel_load(&c->head->server_epoch) == c->epoch) {
		c->was_open = true;
		return CLIENT_OPEN;
	}
	return c->was_open ? CLIENT_LOST : CLIENT_OPENING;
}
