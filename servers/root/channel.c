/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Channels, see channel.h.
 */
#include "channel.h"

#include "memory.h"

#include <stdio.h>

#define PREPAID_MAX_BYTES 0x80000ull

static struct channel channels[CHANNEL_MAX];
static unsigned channels_used;

/* The tables that a channel's pages can need, beside the pages. */
static l4_word_t channel_table_bytes(l4_word_t bytes)
{
	return (1 + (bytes + PAGES_SUPER_SIZE - 1) / PAGES_SUPER_SIZE) * L4_PAGE_SIZE;
}

/* Puts one block under the first pages, so that root can use them itself. */
static bool channel_root_memory(struct channel *c)
{
	l4_word_t bytes = c->bytes < CHANNEL_ROOT_BYTES ? c->bytes : CHANNEL_ROOT_BYTES;
	l4_word_t base;

	while (bytes & (bytes - 1))
		bytes &= bytes - 1;
	if (!pages_get_block(&c->pages, bytes, &base))
		return false;
	c->memory = (void *)base;
	return true;
}

bool channel_make(const struct manifest_channel *wanted, unsigned client, unsigned server)
{
	struct channel *c = &channels[channels_used];
	l4_word_t bound = wanted->bytes + channel_table_bytes(wanted->bytes);
	bool prepaid = wanted->bytes <= PREPAID_MAX_BYTES;

	if (client == server) {
		printf("root: channel %s connects a task with itself, left out\n", wanted->name);
		return false;
	}
	if (channels_used == CHANNEL_MAX || channel_count_of(client) == TASK_MAX_CHANNELS ||
	    channel_count_of(server) == TASK_MAX_CHANNELS) {
		printf("root: channel %s is one too many, left out\n", wanted->name);
		return false;
	}
	*c = (struct channel){
		.kind = wanted->kind,
		.bytes = wanted->bytes,
		.client = { client, channel_count_of(client) },
		.server = { server, channel_count_of(server) },
		.pages = { .bound = bound, .prepaid = prepaid },
	};
	if ((prepaid && !memory_set_aside(bound)) ||
	    ((client == CHANNEL_ROOT || server == CHANNEL_ROOT) && !channel_root_memory(c))) {
		printf("root: no memory is left for channel %s, left out\n", wanted->name);
		return false;
	}
	channels_used++;
	return true;
}

unsigned channel_count(void)
{
	return channels_used;
}

struct channel *channel_at(unsigned i)
{
	return &channels[i];
}

struct channel *channel_of(unsigned task, unsigned number)
{
	for (unsigned i = 0; i < channels_used; i++) {
		struct channel *c = &channels[i];

		if ((c->client.task == task && c->client.number == number) ||
		    (c->server.task == task && c->server.number == number))
			return c;
	}
	return NULL;
}

unsigned channel_count_of(unsigned task)
{
	unsigned count = 0;

	for (unsigned i = 0; i < channels_used; i++)
		count += channels[i].client.task == task || channels[i].server.task == task;
	return count;
}

l4_word_t channel_bytes(void)
{
	l4_word_t bytes = 0;

	for (unsigned i = 0; i < channels_used; i++)
		bytes += channels[i].pages.held;
	return bytes;
}
