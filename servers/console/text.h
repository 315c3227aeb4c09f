/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shows a picture of text, in the display's text mode or drawn in pixels, centred.  It
 * remembers what each cell looks like, so that only what has changed is drawn; blinking
 * and the cursor are part of a cell's look, unless the hardware does them.
 *
 * The banner covers the top row while it is set.
 */
#ifndef CONSOLE_TEXT_H
#define CONSOLE_TEXT_H

#include "display.h"
#include "picture.h"

struct text {
	struct display *display;
	bool hardware;
	bool fresh;             /* nothing has been drawn yet */
	bool phase;             /* what blinks is dark now */
	bool blinking;          /* something blinks: only then text_update is needed for `phase` */
	uint32_t columns, rows; /* that fit on the display */
	uint32_t left, top, scale; /* pixels; cells and 1 in the text mode */
	uint32_t cursor_row;       /* of the last update */
	uint64_t hardware_cursor;  /* last told to the display */
	uint32_t banner_length;    /* 0: there is none */
	uint8_t banner[CONSOLE_MAX_COLUMNS], banner_attribute;
	uint32_t palette[16];
	uint8_t font[FONT_BYTES];
	uint32_t stamp[CONSOLE_MAX_ROWS];
	bool row_blinks[CONSOLE_MAX_ROWS];
	uint32_t look[CONSOLE_MAX_ROWS][CONSOLE_MAX_COLUMNS];
};

/* A dark display, on which nothing of `p` is shown yet. */
void text_begin(struct text *t, struct display *display, const struct picture *p);

/* Draws what has changed.  `phase`: what blinks is dark. */
void text_update(struct text *t, const struct picture *p, bool phase);

/* NULL or "" removes it.  To be seen after text_update. */
void text_set_banner(struct text *t, const char *text);

/* The colours of a VGA. */
extern const uint32_t text_vga_palette[16];

#endif
