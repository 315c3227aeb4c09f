/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All consoles: who has the focus, what is drawn when, where keys go.  It needs no L4:
 * main.c tells it of signals, keys and time, and asks it whom to signal and when to come
 * back.
 *
 *	server_init; server_add for each channel; server_start
 *	for (;;) {
 *		wait_until = server_update(&s, now_us);
 *		signal all clients with `signal` set
 *		wait; server_signalled, server_key, server_mouse
 *	}
 */
#ifndef CONSOLE_SERVER_H
#define CONSOLE_SERVER_H

#include "client.h"
#include "focus.h"
#include "screen.h"

#define SERVER_CONSOLES TASK_MAX_CHANNELS
#define SERVER_FRAME_US 16000ull /* a client's picture is drawn at most so often, */
#define SERVER_POLL_US 40000ull  /* and looked at so often while it changes */
#define SERVER_LOG_NUMBER 12     /* Ctrl+Alt+F12 */

struct server {
	struct screen screen;
	struct client client[SERVER_CONSOLES];
	unsigned client_count;
	uint8_t order[SERVER_CONSOLES]; /* of the consoles, the log last */
	unsigned focus;                 /* index in `order` */
	bool has_log;
	struct focus_keys keys;
	uint8_t lights; /* the keyboard's, as client.locks: to be set by the caller */
	uint64_t now_us;
	uint64_t drawn_us; /* when the picture was drawn last */
	bool attention;    /* the visible client has signalled since */
	bool moving;       /* its frame had changed then */
	uint32_t frame;
	bool splash;       /* the start-up screen is shown */
	uint32_t switches; /* of the focus so far, */
	uint32_t signals;  /* and of those who had it, but for opening */
};

void server_init(struct server *s, struct display *display);

/* A channel of the task's, in their order.  `is_log`: root's. */
void server_add(struct server *s, struct console_channel *channel, const char *name,
		uint32_t channel_number, bool is_log);

/* `first`: the client to show, may be NULL or unknown. */
void server_start(struct server *s, const char *first);

/* Draws what there is to draw; when to call again at the latest, or SCREEN_NEVER. */
uint64_t server_update(struct server *s, uint64_t now_us);

void server_signalled(struct server *s, uint32_t channel_number);
void server_key(struct server *s, struct key_event event);
void server_mouse(struct server *s, int dx, int dy, int wheel, unsigned buttons);

static inline struct client *server_focused(struct server *s)
{
	return s->client_count ? &s->client[s->order[s->focus]] : NULL;
}

#endif
