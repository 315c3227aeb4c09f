/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shows a picture of pixels, centred: enlarged by a whole number if it fits at least twice,
 * reduced (by leaving out pixels) if it doesn't fit.  Only rows whose stamps have changed
 * are copied.
 */
#ifndef CONSOLE_PIXELS_H
#define CONSOLE_PIXELS_H

#include "display.h"
#include "picture.h"

#define PIXELS_MAX_WIDTH 4096u /* of a display; what is wider stays dark at the right */

struct pixels {
	struct display *display;
	bool fresh;             /* nothing has been drawn yet */
	uint32_t zoom;          /* whole number; 0: reduced */
	uint32_t left, top;     /* on the display */
	uint32_t width, height; /* there, without what makes it a multiple of 8 */
	uint32_t hidden;        /* lines at the display's top that aren't drawn */
	uint64_t chosen_us;     /* when the quantizer chose its colours last */
	uint32_t palette[256];
	uint32_t stamp[CONSOLE_MAX_HEIGHT];
	bool changed[CONSOLE_MAX_HEIGHT];
	uint32_t line[PIXELS_MAX_WIDTH + GLYPH_WIDTH];
};

void pixels_begin(struct pixels *l, struct display *display, const struct picture *p);
/* True if the display's colours have changed: what isn't the picture is to be drawn again. */
bool pixels_update(struct pixels *l, const struct picture *p, uint64_t now_us);

/* Keeps the display's upper lines for something else; 0 draws them again. */
void pixels_hide(struct pixels *l, const struct picture *p, uint32_t lines);

#endif
