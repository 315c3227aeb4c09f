/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's end of a channel to the block server, see <proto/client.h>.
 */
#include "client.h"

#include <l4/task.h>
#include <string.h>

#define BLOCK_PATIENCE_US 20000000ull

static void block_begin(struct block_client *b)
{
	b->requests_written = b->answers_read = 0;
	channel_store(&b->channel->requests_written.value, 0);
	channel_store(&b->channel->answers_read.value, 0);
	client_begin(&b->common);
}

void block_open(struct block_client *b, unsigned channel, void *memory)
{
	*b = (struct block_client){ .channel = memory };
	b->common = (struct channel_client){ .head = &b->channel->head, .number = channel };
	block_begin(b);
}

bool block_is_open(struct block_client *b)
{
	enum client_state state = client_check(&b->common);

	if (state == CLIENT_LOST)
		block_begin(b);
	return state == CLIENT_OPEN;
}

struct block_unit block_unit_get(struct block_client *b, unsigned unit)
{
	struct block_unit copy = { 0 };

	if (unit < BLOCK_UNITS && block_is_open(b))
		memcpy(&copy, &b->channel->unit[unit], sizeof(copy));
	copy.name[sizeof(copy.name) - 1] = 0;
	return copy;
}

bool block_submit(struct block_client *b, const struct block_request *request)
{
	uint32_t before = b->requests_written;

	if (!block_is_open(b) ||
	    before - channel_load(&b->channel->requests_read.value) >= BLOCK_RING)
		return false;
	b->channel->request[before % BLOCK_RING] = *request;
	b->requests_written = before + 1;
	channel_store(&b->channel->requests_written.value, before + 1);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (channel_load(&b->channel->requests_read.value) == before)
		task_signal(b->common.number);
	return true;
}

bool block_collect(struct block_client *b, struct block_answer *answer)
{
	uint32_t read = b->answers_read, written;

	if (!block_is_open(b))
		return false;
	written = channel_load(&b->channel->answers_written.value);
	if (channel_used(written, read, BLOCK_RING) == 0)
		return false;
	*answer = b->channel->answer[read % BLOCK_RING];
	b->answers_read = read + 1;
	channel_store(&b->channel->answers_read.value, read + 1);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	/* The server stops when there is no room for answers. */
	if (channel_load(&b->channel->answers_written.value) - read >= BLOCK_RING)
		task_signal(b->common.number);
	return true;
}

/* Waits for the server's signal and adds what else was signalled to *others.  False if
 * nothing at all came. */
static bool block_wait(struct block_client *b, uint64_t *others)
{
	uint64_t own = 1ull << b->common.number, news;

	while ((news = task_wait(l4_period_us(BLOCK_PATIENCE_US), NULL)) != 0) {
		*others |= news & ~own;
		if (news & own)
			return true;
	}
	return false;
}

bool block_wait_open(struct block_client *b)
{
	uint64_t others = 0;
	bool open;

	while (!(open = block_is_open(b)))
		if (!block_wait(b, &others))
			break;
	task_signals_put_back(others);
	return open;
}

/* One request, by its tag.  Answers to others are none of a hostile server's business. */
static enum block_status block_perform(struct block_client *b, struct block_request *request)
{
	struct block_answer answer = { .status = BLOCK_NO_ANSWER };
	uint32_t epoch = b->common.epoch;
	uint64_t others = 0;
	bool done = false;

	request->tag = ++b->tag;
	if (!block_submit(b, request))
		return BLOCK_NO_ANSWER;
	while (!done) {
		while (!done && block_collect(b, &answer))
			done = answer.tag == request->tag;
		if (b->common.epoch != epoch || (!done && !block_wait(b, &others)))
			break;
	}
	task_signals_put_back(others);
	if (done)
		return (enum block_status)answer.status;
	/* What still comes must not be taken for something else. */
	if (b->common.epoch == epoch)
		block_begin(b);
	return BLOCK_NO_ANSWER;
}

enum block_status block_transfer(struct block_client *b, enum block_op op, unsigned unit,
				 uint64_t sector, uint64_t sectors, void *bytes)
{
	const uint64_t most = BLOCK_DATA_BYTES / BLOCK_SECTOR_BYTES;
	enum block_status status = BLOCK_OK;
	uint8_t *at = bytes;

	if (!block_wait_open(b))
		return BLOCK_NO_ANSWER;
	do {
		uint64_t part = sectors < most ? sectors : most;
		struct block_request request = { .op = (uint16_t)op,
						 .unit = (uint16_t)unit,
						 .sector = sector,
						 .sectors = (uint32_t)part };

		if (op == BLOCK_WRITE && part)
			memcpy(block_data(b), at, part * BLOCK_SECTOR_BYTES);
		status = block_perform(b, &request);
		if (op == BLOCK_READ && part && status == BLOCK_OK)
			memcpy(at, block_data(b), part * BLOCK_SECTOR_BYTES);
		at = part ? at + part * BLOCK_SECTOR_BYTES : at;
		sector += part;
		sectors -= part;
	} while (status == BLOCK_OK && sectors);
	return status;
}
