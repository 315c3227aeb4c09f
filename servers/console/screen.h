/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is on the display: one picture at a time, as text or pixels, with a banner over its
 * top row for a while.  It knows when it has to be looked at again: while something blinks
 * or the banner is to go, never otherwise.
 *
 *	screen_update(&screen, &picture, now_us);
 *	wait until screen_deadline(&screen), or until there is a new picture
 */
#ifndef CONSOLE_SCREEN_H
#define CONSOLE_SCREEN_H

#include "pixels.h"
#include "text.h"

#define SCREEN_BANNER_US 2000000ull
#define SCREEN_BLINK_US 500000ull /* how long what blinks is seen, and isn't */
#define SCREEN_NEVER ~0ull

struct screen {
	struct display *display;
	bool valid;               /* `shown` is on the display */
	struct picture shown;     /* of the last update */
	uint64_t banner_until_us; /* 0: there is no banner */
	bool banner_changed;
	char banner[CONSOLE_MAX_COLUMNS + 1];
	uint64_t blink_at_us; /* when the phase changes next */
	bool phase;
	struct text text;
	struct pixels pixels;
};

void screen_init(struct screen *s, struct display *display);

/* Shows the picture; only what has changed is drawn. */
void screen_update(struct screen *s, const struct picture *p, uint64_t now_us);

/* Makes the next update draw everything. */
void screen_invalidate(struct screen *s);

/* A line for SCREEN_BANNER_US, from the next update on. */
void screen_set_banner(struct screen *s, const char *text, uint64_t now_us);

/* When to update next even if nothing happens. */
uint64_t screen_deadline(const struct screen *s);

#endif
