/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A serial line from a client to the serial server, which shows all lines on the PC's
 * one, tagged, and gives what is typed to the one that has the focus.  Two rings of bytes
 * (<proto/channel.h>).
 */
#ifndef PROTO_SERIAL_H
#define PROTO_SERIAL_H

#include <proto/channel.h>

#define SERIAL_OUT_BYTES 8192u
#define SERIAL_IN_BYTES 2048u
#define SERIAL_CHANNEL_BYTES 0x4000ull

struct serial_channel {
	struct channel_head head;
	struct channel_counter out_written; /* client */
	struct channel_counter out_read;    /* server */
	struct channel_counter in_written;  /* server */
	struct channel_counter in_read;     /* client */
	struct channel_counter breaks;      /* server: how many breaks were sent to the client */
	uint8_t out[SERIAL_OUT_BYTES];      /* client: what it sends */
	uint8_t in[SERIAL_IN_BYTES];        /* server: what was typed */
};

#endif
