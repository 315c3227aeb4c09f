/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server's end of one client's channel, <proto/block.h>: takes requests, checks them,
 * has them carried out by the units' images, and answers.  A client can write anything
 * at any time into the shared memory; that harms only itself.
 */
#ifndef BLOCK_CLIENT_H
#define BLOCK_CLIENT_H

#include "image.h"

/* One turn of one client. */
#define CLIENT_TURN_REQUESTS 4u

struct unit {
	struct image *image; /* NULL: there is none */
	bool is_read_only;
};

struct client_statistics {
	uint64_t requests, sectors_read, sectors_written, errors;
};

struct client {
	const char *name;
	struct block_channel *channel;
	unsigned number; /* of the channel, for signals */
	uint32_t epoch;  /* the client's last one that was taken, or mustn't be taken */
	bool is_open;
	bool has_news; /* it is to be signalled */
	uint32_t requests_read, answers_written;
	struct unit unit[BLOCK_UNITS];
	struct client_statistics statistics;
	uint32_t reported; /* bit n: status n was logged */
};

/* At the server's start, after the units were set. */
void client_start(struct client *c, const char *name, unsigned number, void *memory);

/* Serves a few requests; true if there may be more. */
bool client_turn(struct client *c);

/* The status that was not yet logged for the client, BLOCK_OK: none. */
enum block_status client_report(struct client *c);

#endif
