/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clients and their requests, see client.h.
 */
#include "client.h"

#include <l4/task.h>
#include <string.h>

void client_start(struct client *c, const char *name, unsigned number, void *memory)
{
	c->name = name;
	c->channel = memory;
	c->number = number;
	c->epoch = channel_restart(&c->channel->head);
	/* A client that has asked for nothing yet fits to any server. */
	if (channel_load(&c->channel->requests_written.value) == 0 &&
	    channel_load(&c->channel->answers_read.value) == 0)
		c->epoch = 0;
	task_signal(number);
}

static void client_describe_units(struct client *c)
{
	for (unsigned i = 0; i < BLOCK_UNITS; i++) {
		const struct unit *u = &c->unit[i];
		struct block_unit unit = { 0 };

		if (u->image) {
			unit.sectors = u->image->sectors;
			unit.flags = u->is_read_only ? BLOCK_UNIT_READ_ONLY : 0;
			memcpy(unit.name, u->image->name,
			       strnlen(u->image->name, sizeof(unit.name) - 1));
		}
		memcpy(&c->channel->unit[i], &unit, sizeof(unit));
	}
}

static void client_refresh(struct client *c)
{
	uint32_t wish = channel_wish(&c->channel->head, c->epoch);

	if (!wish)
		return;
	c->requests_read = c->answers_written = 0;
	channel_store(&c->channel->requests_read.value, 0);
	channel_store(&c->channel->answers_written.value, 0);
	client_describe_units(c);
	channel_store(&c->channel->head.server_epoch, wish);
	c->epoch = wish;
	c->is_open = true;
	c->has_news = true;
}

/* Whether the request names sectors of a unit and a place in the data area. */
static bool client_is_valid(const struct client *c, const struct block_request *r)
{
	const struct image *image = r->unit < BLOCK_UNITS ? c->unit[r->unit].image : NULL;

	if (!image)
		return false;
	if (r->op == BLOCK_FLUSH)
		return true;
	if (r->op != BLOCK_READ && r->op != BLOCK_WRITE)
		return false;
	if (r->sector > image->sectors || r->sectors > image->sectors - r->sector)
		return false;
	return r->sectors <= BLOCK_DATA_BYTES / BLOCK_SECTOR_BYTES && r->data % 8 == 0 &&
	       r->data <= BLOCK_DATA_BYTES - r->sectors * BLOCK_SECTOR_BYTES;
}

static enum block_status client_perform(struct client *c, const struct block_request *r)
{
	uint8_t *data = (uint8_t *)c->channel + BLOCK_DATA_OFFSET + r->data;
	const struct unit *u = &c->unit[r->unit];
	const struct image_operations *operations = u->image->operations;

	switch (r->op) {
	case BLOCK_READ:
		c->statistics.sectors_read += r->sectors;
		return operations->read(u->image, r->sector, r->sectors, data);
	case BLOCK_WRITE:
		if (u->is_read_only)
			return BLOCK_READ_ONLY;
		c->statistics.sectors_written += r->sectors;
		return operations->write(u->image, r->sector, r->sectors, data);
	default:
		return operations->flush(u->image);
	}
}

static void client_answer(struct client *c, uint32_t tag, enum block_status status)
{
	struct block_answer answer = { tag, status };

	c->statistics.requests++;
	if (status != BLOCK_OK)
		c->statistics.errors++;
	memcpy(&c->channel->answer[c->answers_written % BLOCK_RING], &answer, sizeof(answer));
	channel_store(&c->channel->answers_written.value, ++c->answers_written);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	c->has_news = true;
}

/* The next request, copied; false if there is none, or no room for its answer. */
static bool client_next(struct client *c, struct block_request *r)
{
	uint32_t written = channel_load(&c->channel->requests_written.value);
	uint32_t read = channel_load(&c->channel->answers_read.value);

	if (channel_used(written, c->requests_read, BLOCK_RING) == 0 ||
	    channel_used(c->answers_written, read, BLOCK_RING) == BLOCK_RING)
		return false;
	memcpy(r, &c->channel->request[c->requests_read % BLOCK_RING], sizeof(*r));
	/* From here on `r` is ours; the compiler must not look again. */
	__asm__ volatile("" : : "r"(r) : "memory");
	channel_store(&c->channel->requests_read.value, ++c->requests_read);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return true;
}

static void client_note(struct client *c, enum block_status status)
{
	if (status != BLOCK_OK && !(c->reported & 1u << status))
		c->reported |= 1u << (status + 16);
}

bool client_turn(struct client *c)
{
	struct block_request r;
	unsigned served = 0;

	client_refresh(c);
	while (c->is_open && served < CLIENT_TURN_REQUESTS && client_next(c, &r)) {
		enum block_status status =
			client_is_valid(c, &r) ? client_perform(c, &r) : BLOCK_BAD_REQUEST;

		client_note(c, status);
		client_answer(c, r.tag, status);
		served++;
	}
	if (c->has_news)
		task_signal(c->number);
	c->has_news = false;
	return served != 0;
}

enum block_status client_report(struct client *c)
{
	uint32_t fresh = c->reported >> 16;
	unsigned status = fresh ? (unsigned)__builtin_ctz(fresh) : BLOCK_OK;

	if (fresh)
		c->reported = (c->reported | 1u << status) & ~(1u << (status + 16));
	return (enum block_status)status;
}
