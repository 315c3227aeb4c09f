/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's end of the channels to the serial, block and console servers
 * (in lib/l4): opening, again after the server has been restarted, and the rings.
 * The caller owns the structs and looks into none.
 *
 *	static struct serial_client serial;
 *	int n = task_find_channel(CHANNEL_SERIAL);
 *
 *	serial_open(&serial, (unsigned)n, task_channel_memory((unsigned)n));
 *	serial_write(&serial, "hello\n", 6);
 *	if (task_wait(L4_NEVER, NULL) & 1ull << n)
 *		length = serial_read(&serial, bytes, sizeof(bytes));
 *
 * *_open never waits.  Until the server has opened its side, reads and writes do nothing
 * and return 0; the server signals when it has.  Nothing here but block_transfer waits,
 * nothing trusts the server.
 */
#ifndef PROTO_CLIENT_H
#define PROTO_CLIENT_H

#include <proto/block.h>
#include <proto/console.h>
#include <proto/serial.h>

/* What all kinds have in common. */
struct channel_client {
	struct channel_head *head;
	unsigned number;
	uint32_t epoch;
	bool was_open;
};

struct serial_client {
	struct channel_client common;
	struct serial_channel *channel;
	uint32_t out_written, in_read, breaks;
};

void serial_open(struct serial_client *s, unsigned channel, void *memory);
bool serial_is_open(struct serial_client *s);

/* Returns how many bytes the ring took; the server signals when there is room again. */
size_t serial_write(struct serial_client *s, const void *bytes, size_t length);

/* Returns how many bytes there were. */
size_t serial_read(struct serial_client *s, void *bytes, size_t size);

/* Whether a break was sent since the last call. */
bool serial_break(struct serial_client *s);

struct block_client {
	struct channel_client common;
	struct block_channel *channel;
	uint32_t requests_written, answers_read, tag;
};

void block_open(struct block_client *b, unsigned channel, void *memory);
bool block_is_open(struct block_client *b);

/* Waits until it is open; false after 20 seconds.  Signals of other channels stay pending. */
bool block_wait_open(struct block_client *b);

/* What the server offers as a unit, checked; sectors is 0 if there is none.  Once open. */
struct block_unit block_unit_get(struct block_client *b, unsigned unit);

/* Single requests, for callers that have several at once: false if the ring is full (empty),
 * or the channel isn't open.  Places in block_data are theirs to hand out. */
bool block_submit(struct block_client *b, const struct block_request *request);
bool block_collect(struct block_client *b, struct block_answer *answer);

static inline uint8_t *block_data(struct block_client *b)
{
	return (uint8_t *)b->channel + BLOCK_DATA_OFFSET;
}

/* Any number of sectors, in parts, and waits for it.  bytes is not written to by
 * BLOCK_WRITE, and unused by BLOCK_FLUSH.  Signals of other channels, and orders, stay
 * pending meanwhile.  BLOCK_NO_ANSWER if the server doesn't answer for 20 seconds or was
 * restarted.  Not while requests of block_submit are on their way. */
enum block_status block_transfer(struct block_client *b, enum block_op op, unsigned unit,
				 uint64_t sector, uint64_t sectors, void *bytes);

struct console_client {
	struct channel_client common;
	struct console_channel *channel;
	uint32_t events_read;
};

void console_open(struct console_client *c, unsigned channel, void *memory);
bool console_is_open(struct console_client *c);

/* The next event; false if there is none. */
bool console_event_get(struct console_client *c, struct console_event *event);

/* Tells the server, if the console is visible, that there is something new to show. */
void console_show(struct console_client *c);

#endif
