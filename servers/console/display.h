/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a display has to be able to do: pixels, in which everything can be drawn, and
 * perhaps a text mode, in which the hardware draws characters and a cursor.  Two
 * implement it: framebuffer.c and vga.c.
 *
 * Callers stay inside the geometry they have asked for.  x and the number of pixels are
 * multiples of 8 for displays that don't say any_x.
 */
#ifndef CONSOLE_DISPLAY_H
#define CONSOLE_DISPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GLYPH_WIDTH 8u
#define FONT_GLYPHS 256u
#define FONT_GLYPH_BYTES 32u /* from a glyph to the next, whatever the height */
#define FONT_BYTES (FONT_GLYPHS * FONT_GLYPH_BYTES)

struct quantizer;

struct display_glyph {
	const uint8_t *lines; /* a byte each, bit 7 is the leftmost pixel */
	uint32_t height;
	uint32_t scale; /* pixels for each bit, in both directions; 1 without any_x */
	uint32_t foreground, background;    /* 0x00RRGGBB */
	uint32_t cursor_first, cursor_last; /* lines shown in the foreground; first > last: none */
};

struct display_text {
	uint32_t columns, rows;
	uint32_t font_height;
	const uint8_t *font;     /* FONT_BYTES */
	const uint32_t *palette; /* 16 */
	bool blink;              /* attribute bit 7 blinks */
};

struct display {
	uint32_t width, height; /* pixels that can be shown */
	bool any_x;
	struct quantizer *quantizer; /* NULL if every colour can be shown */

	/* A dark screen of pixels, and from then on the functions for pixels.  Before this
	 * the quantizer, if there is one, has been set or reset. */
	void (*begin_pixels)(struct display *d);
	void (*put_pixels)(struct display *d, uint32_t x, uint32_t y, const uint32_t *pixels,
			   uint32_t count);
	void (*put_glyph)(struct display *d, uint32_t x, uint32_t y, const struct display_glyph *g);

	/* The same for text: empty cells; false if the display can't do this one.  The
	 * pointer is NULL if it has no text mode at all. */
	bool (*begin_text)(struct display *d, const struct display_text *t);
	void (*put_cell)(struct display *d, uint32_t column, uint32_t row, uint16_t cell);
	/* Lines first > last: none. */
	void (*put_cursor)(struct display *d, uint32_t column, uint32_t row, uint32_t first,
			   uint32_t last);
};

#endif
