/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server's end of one client's channel, <proto/serial.h>.  The server's counters are
 * kept here; whatever the client writes into the shared memory harms only itself.
 */
#ifndef SERIAL_LINK_H
#define SERIAL_LINK_H

#include <proto/serial.h>

struct link {
	struct serial_channel *channel;
	unsigned number; /* of the channel, for signals */
	uint32_t epoch;  /* the client's last one that was taken, or mustn't be taken */
	bool is_open;
	uint32_t out_read, in_written, breaks;
	bool has_news; /* the client is to be signalled by link_finish */
};

/* At the server's start. */
void link_start(struct link *l, unsigned number, void *memory);

/* Looks whether the client opens; true if it has just done so. */
bool link_refresh(struct link *l);

/* The next bytes the client sends; returns how many.  More may follow. */
size_t link_take(struct link *l, uint8_t *bytes, size_t size);

/* How much can be sent to the client. */
size_t link_room(const struct link *l);
void link_send(struct link *l, uint8_t byte);
void link_break(struct link *l);

/* Signals the client if there is something it may wait for. */
void link_finish(struct link *l);

#endif
