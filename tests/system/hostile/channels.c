/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bad clients of servers: values at random places of channels, and such that get far
 * before they turn out to be wrong: open channels, counters that fit, requests that are
 * almost right.
 */
#include "hostile.h"

#include <l4/task.h>
#include <proto/block.h>
#include <proto/console.h>
#include <proto/serial.h>

#define POKES 64

static void hostile_poke(const struct task_channel *c, uint64_t area)
{
	uint64_t bytes = area < c->bytes ? area : c->bytes;
	volatile uint32_t *word = (volatile uint32_t *)c->address;

	if (bytes >= sizeof(*word))
		word[hostile_random() % (bytes / sizeof(*word))] = (uint32_t)hostile_number();
}

/* Opens with any number, and every counter of the client's at once. */
static void hostile_open(struct channel_head *head, uint32_t *counter)
{
	uint32_t value = hostile_below(2) ? 0 : (uint32_t)hostile_number();

	channel_store(counter, value);
	channel_open(head, hostile_below(4) ? head->client_epoch + 1 : (uint32_t)hostile_number());
}

static void hostile_console(struct console_channel *c)
{
	if (hostile_below(8) == 0)
		hostile_open(&c->head, &c->events_read.value);
	c->client.mode = hostile_below(5);
	c->client.width = hostile_below(2) ? hostile_below(200) : (uint32_t)hostile_number();
	c->client.height = hostile_below(2) ? hostile_below(120) : (uint32_t)hostile_number();
	c->client.stride = hostile_below(2) ? c->client.width : (uint32_t)hostile_number();
	c->client.font_height = (uint32_t)hostile_number();
	c->client.cursor_column = (uint32_t)hostile_number();
	c->client.cursor_row = (uint32_t)hostile_number();
	c->client.look_flags = (uint32_t)hostile_number();
	c->client.look++;
	channel_store(&c->client.frame, c->client.frame + 1);
	for (unsigned i = 0; i < 16; i++)
		c->row_frame[hostile_below(CONSOLE_MAX_HEIGHT)] =
			hostile_below(2) ? c->client.frame : (uint32_t)hostile_number();
}

static void hostile_serial(struct serial_channel *c)
{
	uint32_t read = channel_load(&c->out_read.value);
	uint32_t count = hostile_below(8) ? hostile_below(64) : (uint32_t)hostile_number();

	if (hostile_below(8) == 0)
		hostile_open(&c->head, &c->out_written.value);
	for (unsigned i = 0; i < 64; i++)
		c->out[(read + i) % SERIAL_OUT_BYTES] = (uint8_t)hostile_random();
	channel_store(&c->in_read.value, (uint32_t)hostile_number());
	channel_store(&c->out_written.value, read + count);
}

static void hostile_block(struct block_channel *c)
{
	uint32_t read = channel_load(&c->requests_read.value);
	uint32_t count =
		hostile_below(8) ? hostile_below(BLOCK_RING + 1) : (uint32_t)hostile_number();

	if (hostile_below(8) == 0)
		hostile_open(&c->head, &c->requests_written.value);
	for (unsigned i = 0; i < BLOCK_RING; i++)
		c->request[i] = (struct block_request){
			.tag = (uint32_t)hostile_random(),
			.op = (uint16_t)(hostile_below(4) ? hostile_below(5) : hostile_number()),
			.unit = (uint16_t)(hostile_below(4) ? hostile_below(9) : hostile_number()),
			.sector = hostile_below(2) ? hostile_below(4096) : hostile_number(),
			.sectors =
				hostile_below(2) ? hostile_below(520) : (uint32_t)hostile_number(),
			.data = hostile_below(2) ? hostile_below(BLOCK_DATA_BYTES) & ~7u :
						   (uint32_t)hostile_number(),
		};
	channel_store(&c->answers_read.value, hostile_below(2) ?
						      channel_load(&c->answers_written.value) :
						      (uint32_t)hostile_number());
	channel_store(&c->requests_written.value, read + count);
}

void hostile_channel(void)
{
	const struct task_info *info = task_info();
	unsigned n = info->channel_count ? hostile_below(info->channel_count) : 0;
	const struct task_channel *c = &info->channel[n];

	if (info->channel_count == 0 || hostile_below(16) == 0) {
		task_signal((unsigned)hostile_number());
		return;
	}
	if (hostile_below(4) == 0)
		for (unsigned i = 0; i < POKES; i++)
			hostile_poke(c, hostile_below(2) ? 0x800 : c->bytes);
	else if (c->kind == CHANNEL_CONSOLE)
		hostile_console((struct console_channel *)c->address);
	else if (c->kind == CHANNEL_SERIAL)
		hostile_serial((struct serial_channel *)c->address);
	else if (c->kind == CHANNEL_BLOCK)
		hostile_block((struct block_channel *)c->address);
	/* Not each time: servers would do nothing else, and little would be tried. */
	if (hostile_below(8) == 0)
		task_signal(n);
}
