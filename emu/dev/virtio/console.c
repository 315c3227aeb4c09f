/* SPDX-License-Identifier: BSD-2-Clause
 *
 * virtio console, OASIS virtio 1.0 section 5.3: queue 0 receives, queue 1 transmits.
 * What arrives before the driver has given a buffer waits in a small one here.
 */
#include "dev/virtio/console.h"

#include <emu/archive.h>
#include <emu/port.h>

#define F_SIZE 1ull

#define QUEUE_RECEIVE 0
#define QUEUE_TRANSMIT 1
#define CONFIG_BYTES 8
#define WAITING_MAX 256
#define TRANSMIT_MAX (1u << 20) /* bytes a buffer; drivers give pages */

struct virtio_console {
	struct virtio virtio;
	struct serial_line *line; /* or NULL */
	uint16_t columns, rows;
	struct virtio_chain chain;
	uint8_t waiting[WAITING_MAX];
	uint16_t first, count;
};

/* The oldest bytes that lie in one piece. */
static size_t console_run(const struct virtio_console *c)
{
	size_t to_end = WAITING_MAX - c->first;

	return c->count < to_end ? c->count : to_end;
}

static void console_fill_buffer(struct virtio_console *c)
{
	uint64_t done = 0;

	while (c->count && done < c->chain.writable_bytes) {
		size_t run = console_run(c);
		size_t put = virtio_put(&c->virtio, &c->chain, done, c->waiting + c->first, run);

		if (!put)
			break;
		c->first = (uint16_t)((c->first + put) % WAITING_MAX);
		c->count = (uint16_t)(c->count - put);
		done += put;
	}
	virtio_used(&c->virtio, QUEUE_RECEIVE, &c->chain, (uint32_t)done);
}

/* What waits goes to the driver as far as it has given buffers. */
static void console_deliver(struct virtio_console *c)
{
	for (unsigned i = 0;
	     i < VIRTIO_QUEUE_MAX && c->count && virtio_next(&c->virtio, QUEUE_RECEIVE, &c->chain);
	     i++)
		console_fill_buffer(c);
}

static size_t console_room(void *chip)
{
	struct virtio_console *c = chip;

	return WAITING_MAX - c->count;
}

static void console_receive(void *chip, const uint8_t *bytes, size_t count)
{
	struct virtio_console *c = chip;

	for (size_t i = 0; i < count && c->count < WAITING_MAX; i++)
		c->waiting[(c->first + c->count++) % WAITING_MAX] = bytes[i];
	console_deliver(c);
}

static void console_receive_break(void *chip)
{
	(void)chip;
}

static void console_transmit_buffer(struct virtio_console *c)
{
	uint8_t bytes[256];
	uint64_t done = 0;
	size_t got;

	if (c->chain.readable_bytes > TRANSMIT_MAX) {
		virtio_fail(&c->virtio, "a buffer to be sent is too long");
		return;
	}
	while ((got = virtio_get(&c->virtio, &c->chain, done, bytes, sizeof bytes)) > 0) {
		if (c->line && c->line->transmit)
			c->line->transmit(c->line->port, bytes, got);
		done += got;
	}
	virtio_used(&c->virtio, QUEUE_TRANSMIT, &c->chain, 0);
}

/* After room was made: what the port had to keep back can come now. */
static void console_feed(struct virtio_console *c, bool was_full)
{
	if (was_full && c->count < WAITING_MAX && c->line && c->line->ready)
		c->line->ready(c->line->port);
}

static void console_notify(void *device, unsigned n)
{
	struct virtio_console *c = device;

	if (n == QUEUE_RECEIVE) {
		bool full = c->count == WAITING_MAX;

		console_deliver(c);
		console_feed(c, full);
		return;
	}
	for (unsigned i = 0; i < VIRTIO_QUEUE_MAX && virtio_next(&c->virtio, n, &c->chain); i++)
		console_transmit_buffer(c);
}

/* cols, rows, max_nr_ports */
static uint8_t console_config_read(void *device, unsigned offset)
{
	struct virtio_console *c = device;

	if (offset < 2)
		return (uint8_t)(c->columns >> 8 * offset);
	if (offset < 4)
		return (uint8_t)(c->rows >> 8 * (offset - 2));
	return offset == 4;
}

static void console_reset(void *device)
{
	struct virtio_console *c = device;
	bool full = c->count == WAITING_MAX;

	c->first = c->count = 0;
	console_feed(c, full);
}

static void console_state(void *device, struct archive *a)
{
	struct virtio_console *c = device;

	archive_bytes(a, "waiting", c->waiting, sizeof c->waiting);
	archive_u16(a, "first", &c->first);
	archive_u16(a, "count", &c->count);
	archive_require(a, c->first < WAITING_MAX && c->count <= WAITING_MAX);
}

static void console_destroy(void *device)
{
	port_free(device, sizeof(struct virtio_console));
}

static const struct virtio_ops console_ops = {
	.name = "virtio_console",
	.id = 3,
	.features = VIRTIO_F_INDIRECT,
	.queues = 2,
	.queue_max = VIRTIO_QUEUE_MAX,
	.notify = console_notify,
	.config_bytes = CONFIG_BYTES,
	.config_read = console_config_read,
	.reset = console_reset,
	.state = console_state,
	.destroy = console_destroy,
};

struct virtio *virtio_console_create(struct serial_line *line, uint16_t columns, uint16_t rows)
{
	struct virtio_console *c = port_allocate(sizeof *c, PORT_PLAIN);

	if (!c)
		return NULL;
	c->line = line;
	c->columns = columns;
	c->rows = rows;
	virtio_init(&c->virtio, &console_ops, c);
	if (columns && rows)
		c->virtio.offered |= F_SIZE;
	if (line) {
		line->chip = c;
		line->room = console_room;
		line->receive = console_receive;
		line->receive_break = console_receive_break;
	}
	return &c->virtio;
}
