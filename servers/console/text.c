/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text cells.  A cell's look is a word: the cell, whether it is hidden by blinking, and the
 * lines of the cursor if that is on it.
 */
#include "text.h"

#include "font.h"
#include "quantizer.h"

#include <string.h>

#define LOOK_UNKNOWN ~0u
#define LOOK_HIDDEN (1u << 16)
#define LOOK_CURSOR (1u << 17)
#define LOOK_FIRST_SHIFT 18
#define LOOK_LAST_SHIFT 23
#define LOOK_LINE 31u

#define CURSOR_UNKNOWN ~0ull

const uint32_t text_vga_palette[16] = {
	0x000000, 0x0000aa, 0x00aa00, 0x00aaaa, 0xaa0000, 0xaa00aa, 0xaa5500, 0xaaaaaa,
	0x555555, 0x5555ff, 0x55ff55, 0x55ffff, 0xff5555, 0xff55ff, 0xffff55, 0xffffff,
};

static uint32_t text_min(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static void text_take_look(struct text *t, const struct picture *p)
{
	if (p->look_flags & CONSOLE_LOOK_PALETTE && p->palette)
		memcpy(t->palette, p->palette, sizeof(t->palette));
	else
		memcpy(t->palette, text_vga_palette, sizeof(t->palette));
	if (p->look_flags & CONSOLE_LOOK_FONT && p->font) {
		memcpy(t->font, p->font, sizeof(t->font));
		return;
	}
	memset(t->font, 0, sizeof(t->font));
	for (unsigned i = 0; i < FONT_GLYPHS; i++)
		memcpy(t->font + i * FONT_GLYPH_BYTES, font_cp437[i], FONT_HEIGHT);
}

/* Centres the text on a screen of pixels. */
static void text_place(struct text *t, const struct picture *p)
{
	const struct display *d = t->display;
	uint32_t width = p->width * GLYPH_WIDTH, height = p->height * p->font_height;

	t->scale = d->any_x ? text_min(d->width / width, d->height / height) : 1;
	if (t->scale == 0)
		t->scale = 1;
	t->columns = text_min(p->width, d->width / (GLYPH_WIDTH * t->scale));
	t->rows = text_min(p->height, d->height / (p->font_height * t->scale));
	t->left = (d->width - t->columns * GLYPH_WIDTH * t->scale) / 2 / GLYPH_WIDTH * GLYPH_WIDTH;
	t->top = (d->height - t->rows * p->font_height * t->scale) / 2;
}

static void text_begin_pixels(struct text *t, const struct picture *p)
{
	struct display *d = t->display;

	if (d->quantizer)
		quantizer_set(d->quantizer, t->palette, 16);
	d->begin_pixels(d);
	text_place(t, p);
}

void text_begin(struct text *t, struct display *display, const struct picture *p)
{
	struct display_text mode = {
		.columns = p->width,
		.rows = p->height,
		.font_height = p->font_height,
		.font = t->font,
		.palette = t->palette,
		.blink = p->look_flags & CONSOLE_LOOK_BLINK,
	};

	t->display = display;
	text_take_look(t, p);
	t->hardware = display->begin_text && display->begin_text(display, &mode);
	if (t->hardware) {
		t->left = t->top = 0;
		t->scale = 1;
		t->columns = p->width;
		t->rows = p->height;
	} else {
		text_begin_pixels(t, p);
	}
	t->cursor_row = 0;
	t->hardware_cursor = CURSOR_UNKNOWN;
	memset(t->look, 0xff, sizeof(t->look));
	t->fresh = true;
	t->banner_length = 0;
}

static unsigned text_brightness(uint32_t colour)
{
	return (colour >> 16 & 0xff) * 3 + (colour >> 8 & 0xff) * 6 + (colour & 0xff);
}

/* Bright behind dark, with the colours that there are; backgrounds that might blink are no
 * use. */
static uint8_t text_banner_attribute(const struct text *t)
{
	unsigned dark = 0, bright = 0;

	for (unsigned i = 1; i < 16; i++) {
		unsigned b = text_brightness(t->palette[i]);

		if (b < text_brightness(t->palette[dark]))
			dark = i;
		if (i < 8 && b > text_brightness(t->palette[bright]))
			bright = i;
	}
	return (uint8_t)(bright << 4 | dark);
}

void text_set_banner(struct text *t, const char *text)
{
	t->banner_length = text ? (uint32_t)strnlen(text, sizeof(t->banner)) : 0;
	if (text)
		memcpy(t->banner, text, t->banner_length);
	t->banner_attribute = text_banner_attribute(t);
}

static uint32_t text_cell(const struct text *t, const struct picture *p, uint32_t column,
			  uint32_t row)
{
	const uint16_t *cells = p->data;

	if (row == 0 && t->banner_length) {
		uint8_t c = column < t->banner_length ? t->banner[column] : ' ';

		return (uint32_t)(c | t->banner_attribute << 8);
	}
	return __atomic_load_n(&cells[(size_t)row * p->stride + column], __ATOMIC_RELAXED);
}

static void text_draw(const struct text *t, const struct picture *p, uint32_t column, uint32_t row,
		      uint32_t look)
{
	struct display *d = t->display;
	uint32_t attribute = look >> 8 & 0xff, background = attribute >> 4;
	struct display_glyph g = {
		.lines = t->font + (look & 0xff) * FONT_GLYPH_BYTES,
		.height = p->font_height,
		.scale = t->scale,
		.cursor_first = 1,
	};

	if (p->look_flags & CONSOLE_LOOK_BLINK)
		background &= 7;
	g.background = t->palette[background];
	g.foreground = t->palette[look & LOOK_HIDDEN ? background : attribute & 15];
	if (look & LOOK_CURSOR) {
		g.foreground = t->palette[attribute & 15];
		g.cursor_first = look >> LOOK_FIRST_SHIFT & LOOK_LINE;
		g.cursor_last = look >> LOOK_LAST_SHIFT & LOOK_LINE;
	}
	d->put_glyph(d, t->left + column * GLYPH_WIDTH * t->scale,
		     t->top + row * p->font_height * t->scale, &g);
}

static uint32_t text_cursor_look(const struct text *t, const struct picture *p, uint32_t column,
				 uint32_t row)
{
	if (!p->cursor || t->phase || column != p->cursor_column || row != p->cursor_row ||
	    (row == 0 && t->banner_length))
		return 0;
	return LOOK_CURSOR | p->cursor_first << LOOK_FIRST_SHIFT |
	       p->cursor_last << LOOK_LAST_SHIFT;
}

static void text_row(struct text *t, const struct picture *p, uint32_t row)
{
	struct display *d = t->display;
	bool blink = p->look_flags & CONSOLE_LOOK_BLINK && !t->hardware;

	t->row_blinks[row] = false;
	for (uint32_t column = 0; column < t->columns; column++) {
		uint32_t look = text_cell(t, p, column, row);

		if (blink && look & 0x8000) {
			t->row_blinks[row] = true;
			look |= t->phase ? LOOK_HIDDEN : 0;
		}
		if (!t->hardware)
			look |= text_cursor_look(t, p, column, row);
		if (look == t->look[row][column])
			continue;
		t->look[row][column] = look;
		if (t->hardware)
			d->put_cell(d, column, row, (uint16_t)look);
		else
			text_draw(t, p, column, row, look);
	}
}

static void text_hardware_cursor(struct text *t, const struct picture *p)
{
	struct display *d = t->display;
	uint64_t cursor = (uint64_t)p->cursor_column << 48 | (uint64_t)p->cursor_row << 32 |
			  p->cursor_first << 8 | p->cursor_last;

	if (!p->cursor || (t->banner_length && p->cursor_row == 0))
		cursor = 1 << 8;
	if (cursor == t->hardware_cursor)
		return;
	t->hardware_cursor = cursor;
	d->put_cursor(d, (uint32_t)(cursor >> 48), cursor >> 32 & 0xffff, cursor >> 8 & 0xff,
		      cursor & 0xff);
}

void text_update(struct text *t, const struct picture *p, bool phase)
{
	bool turned = t->phase != phase;

	t->phase = phase;
	t->blinking = p->cursor && !t->hardware;
	for (uint32_t row = 0; row < t->rows; row++) {
		uint32_t stamp = picture_stamp(p, row);

		/* The top row may have changed by the banner; the cursor's by the cursor. */
		if (t->fresh || stamp != t->stamp[row] || row == 0 || row == p->cursor_row ||
		    row == t->cursor_row || (turned && t->row_blinks[row])) {
			t->stamp[row] = stamp;
			text_row(t, p, row);
		}
		t->blinking |= t->row_blinks[row];
	}
	t->fresh = false;
	t->cursor_row = p->cursor_row;
	if (t->hardware)
		text_hardware_cursor(t, p);
}
