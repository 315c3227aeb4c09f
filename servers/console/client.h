/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One client: its channel, whether it has opened it, and the events on their way to it.
 * Nothing the client does to the shared memory matters to anything but its own console.
 *
 * Events that the ring has no room for: a key that goes down is lost as a whole; that keys
 * go up and the mouse's movement are kept and sent when there is room.
 */
#ifndef CONSOLE_CLIENT_H
#define CONSOLE_CLIENT_H

#include "picture.h"

#include <l4/task.h>

#define CLIENT_USAGES 256u

struct client {
	struct console_channel *channel;
	char name[TASK_NAME_BYTES];
	uint32_t channel_number;
	uint32_t epoch;      /* agreed on; 0: not open */
	uint32_t seen_epoch; /* the client's number last looked at */
	uint32_t written;    /* events_written */
	bool visible;
	bool signal; /* it is to be signalled; whoever does it clears this */
	bool drawn;  /* has shown something since it has opened */
	bool owed_all_up;
	bool mouse_pending;
	int32_t dx, dy, wheel;
	uint16_t buttons;
	uint8_t locks;                   /* its keyboard lights: bit 0 scroll, 1 num, 2 caps */
	uint8_t down[CLIENT_USAGES / 8]; /* keys it believes to be down */
};

/* At the server's start: closes what was open. */
void client_init(struct client *c, struct console_channel *channel, const char *name,
		 uint32_t number);

/* The screen's size, in pixels, which clients are told. */
void client_set_size(struct client *c, uint32_t width, uint32_t height);

/* The client has signalled.  True if it has opened (or closed) its console anew. */
bool client_attend(struct client *c);

void client_set_visible(struct client *c, bool visible);

void client_key(struct client *c, uint8_t usage, bool down);
void client_mouse(struct client *c, int dx, int dy, int wheel, unsigned buttons);

/* All keys and buttons are up. */
void client_all_up(struct client *c);

#endif
