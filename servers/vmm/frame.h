/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A picture in a console's channel: which rows of it are new.  The picture is drawn into
 * the channel as a whole; a row is new if its hash isn't that of the time before, so no
 * second copy of it is kept.
 */
#ifndef VMM_FRAME_H
#define VMM_FRAME_H

#include <emu/backend.h>
#include <proto/console.h>

struct frame {
	uint32_t mode, width, height;
	uint64_t hash[CONSOLE_MAX_HEIGHT];
};

/* The mode and geometry that follow; all rows are new if they have changed.  False: the
 * console can't show such a picture, and is dark. */
bool frame_set(struct frame *f, struct console_channel *c, enum console_mode mode, uint32_t width,
	       uint32_t height);

/* How text looks that follows: by the client's font and palette, or (NULL) as usual.  The server
 * draws all anew if that has changed, which is what it returns. */
bool frame_look(struct console_channel *c, const struct screen_text *t);

/* A row counts as new, whatever is in it. */
void frame_touch(struct frame *f, unsigned row);

/* All rows count as new, as for a server that has been restarted. */
void frame_forget(struct frame *f);

/* Stamps the rows that have changed since the last call.  Returns how many. */
unsigned frame_stamp(struct frame *f, struct console_channel *c);

#endif
