/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all channels (<l4/task.h>) have in common: memory shared by one client and one
 * server, each of which may be hostile, restarted or gone at any time.
 *
 * Every field has one writer, which its struct names.  Who reads a field of the other
 * side reads it once, into a variable of its own, and checks it before use.  Rings are
 * counted by free-running 32-bit counters: `written` by the producer, `read` by the
 * consumer; written - read bytes or entries are in it.  A difference larger than the
 * ring's size means that the other side is broken: the ring then counts as empty.
 *
 * Opening.  The client sets its own counters to 0, writes its incarnation to
 * head.client_epoch and signals.  The server finds client_epoch != server_epoch, forgets
 * what it knew of the client, sets its own counters to 0, writes server_epoch =
 * client_epoch, and signals.  The client touches the rings only while the two are equal;
 * a server that has been restarted writes server_epoch = 0 and signals, whereupon the
 * client opens again with another number.  Numbers are never 0.
 *
 * A server that starts takes a number it finds only if the client's counters are all 0;
 * otherwise it is from before, and the rings don't fit any more: it waits for another.
 * A client which is opening, and whose counters are therefore 0, needs no second try.
 *
 * Producer: fill the entry; written++ (release); signal if the consumer may sleep.
 * Consumer: written (acquire); take entries; read += n (release); signal if the producer
 * may wait for room.  Each side may signal too often, never too seldom.
 */
#ifndef PROTO_CHANNEL_H
#define PROTO_CHANNEL_H

#include <l4/types.h>

struct channel_head {
	uint32_t client_epoch; /* client */
	uint32_t unused_client[15];
	uint32_t server_epoch; /* server */
	uint32_t unused_server[15];
};

/* A counter on a cache line of its own. */
struct channel_counter {
	uint32_t value;
	uint32_t unused[15];
};

static inline uint32_t channel_load(const uint32_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

static inline void channel_store(uint32_t *counter, uint32_t value)
{
	__atomic_store_n(counter, value, __ATOMIC_RELEASE);
}

/* How much the ring holds, 0 if the counters make no sense. */
static inline uint32_t channel_used(uint32_t written, uint32_t read, uint32_t size)
{
	return written - read <= size ? written - read : 0;
}

/* Client: begins to open; then wait for signals until channel_is_open. */
static inline void channel_open(struct channel_head *head, uint32_t epoch)
{
	channel_store(&head->client_epoch, epoch);
}

/* Server, at start, before it signals: returns the client's number, to be remembered if
 * the client's counters, which are to be read after this, aren't all 0. */
static inline uint32_t channel_restart(struct channel_head *head)
{
	channel_store(&head->server_epoch, 0);
	return channel_load(&head->client_epoch);
}

/* Server: the number with which the client wants to open, 0 if it doesn't.  `current` is
 * what the server has last written, or the number it must not take again. */
static inline uint32_t channel_wish(const struct channel_head *head, uint32_t current)
{
	uint32_t epoch = channel_load(&head->client_epoch);

	return epoch == current ? 0 : epoch;
}

static inline bool channel_is_open(const struct channel_head *head)
{
	uint32_t epoch = channel_load(&head->server_epoch);

	return epoch && epoch == head->client_epoch;
}

#endif
