/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Disks that the block server offers a client: units 0 to 3 are the disks of a machine, then
 * come its CD and two floppies, and BLOCK_STATE_UNIT holds its saved state.
 *
 * Requests and answers are rings (<proto/channel.h>); the bytes go through `data`, in which
 * the client chooses places.  The server answers in any order, each request once, by its
 * tag; it copies a request before it looks at it, and answers whatever it can't do with an
 * error.
 */
#ifndef PROTO_BLOCK_H
#define PROTO_BLOCK_H

#include <proto/channel.h>

#define BLOCK_SECTOR_BYTES 512u
#define BLOCK_UNITS 8
#define BLOCK_CDROM_UNIT 4
#define BLOCK_FLOPPY_UNIT 5 /* the first of them */
#define BLOCK_STATE_UNIT 7
#define BLOCK_RING 16u
#define BLOCK_DATA_OFFSET 0x4000u
#define BLOCK_DATA_BYTES 0x40000u /* 256 KiB */
#define BLOCK_CHANNEL_BYTES (BLOCK_DATA_OFFSET + BLOCK_DATA_BYTES)

enum block_op { BLOCK_READ = 1, BLOCK_WRITE = 2, BLOCK_FLUSH = 3 };

enum block_status {
	BLOCK_OK = 0,
	BLOCK_BAD_REQUEST = 1, /* no such unit or operation, beyond the end, outside `data` */
	BLOCK_READ_ONLY = 2,
	BLOCK_FULL = 3,      /* no memory is left for what is written */
	BLOCK_NO_ANSWER = 4, /* said by the client's library: the server doesn't answer */
};

struct block_request {
	uint32_t tag; /* the client's */
	uint16_t op, unit;
	uint64_t sector;
	uint32_t sectors; /* at most BLOCK_DATA_BYTES / BLOCK_SECTOR_BYTES */
	uint32_t data;    /* offset in the data area, any multiple of 8 */
	uint64_t unused;
};

struct block_answer {
	uint32_t tag;
	uint32_t status; /* enum block_status */
};

#define BLOCK_UNIT_READ_ONLY 1u

struct block_unit {
	uint64_t sectors; /* 0: there is no such unit */
	uint32_t flags;
	uint32_t unused;
	char name[48]; /* of the image */
};

struct block_channel {
	struct channel_head head;
	struct channel_counter requests_written;  /* client */
	struct channel_counter requests_read;     /* server */
	struct channel_counter answers_written;   /* server */
	struct channel_counter answers_read;      /* client */
	struct block_unit unit[BLOCK_UNITS];      /* server, before it opens */
	struct block_request request[BLOCK_RING]; /* client */
	struct block_answer answer[BLOCK_RING];   /* server */
};

#endif
