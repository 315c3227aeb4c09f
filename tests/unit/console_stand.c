/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Displays and channels for the console server's tests.
 */
#include "console_stand.h"

#include <stdlib.h>
#include <string.h>

bool stand_framebuffer(struct stand_framebuffer *f, uint32_t width, uint32_t height, uint32_t bits)
{
	uint32_t bytes = (bits + 7) / 8;

	f->info.width = width;
	f->info.height = height;
	f->info.bits = bits;
	f->info.pitch_bytes = width * bytes;
	if (!f->info.red_shift && !f->info.blue_shift) {
		f->info.red_shift = bits == 16 ? 11 : bits == 15 ? 10 : 16;
		f->info.green_shift = bits < 24 ? 5 : 8;
	}
	f->memory = calloc((size_t)height, f->info.pitch_bytes ? f->info.pitch_bytes : 1);
	return framebuffer_init(&f->framebuffer, &f->info, f->memory);
}

uint32_t stand_pixel(const struct stand_framebuffer *f, uint32_t x, uint32_t y)
{
	uint32_t bytes = (f->info.bits + 7) / 8, pixel = 0;

	memcpy(&pixel, f->memory + (size_t)y * f->info.pitch_bytes + (size_t)x * bytes, bytes);
	return pixel;
}

static void stand_check(bool condition)
{
	if (!condition)
		abort();
}

static struct stand_vga *stand_vga_of(struct display *d)
{
	return (struct stand_vga *)d;
}

static void stand_begin_pixels(struct display *d)
{
	struct stand_vga *v = stand_vga_of(d);

	v->begun++;
	v->text_mode = false;
	memset(v->pixel, 0, sizeof(v->pixel));
}

static void stand_put_pixels(struct display *d, uint32_t x, uint32_t y, const uint32_t *pixels,
			     uint32_t count)
{
	struct stand_vga *v = stand_vga_of(d);

	stand_check(!v->text_mode && x % 8 == 0 && count % 8 == 0 && y < 480);
	stand_check(x <= 640 && count <= 640 - x);
	v->lines_put++;
	for (uint32_t i = 0; i < count; i++) {
		uint8_t index = quantizer_map(&v->quantizer, pixels[i]);

		stand_check(index < v->quantizer.used);
		v->pixel[y][x + i] = v->quantizer.colour[index];
	}
}

static void stand_put_glyph(struct display *d, uint32_t x, uint32_t y,
			    const struct display_glyph *g)
{
	struct stand_vga *v = stand_vga_of(d);

	stand_check(!v->text_mode && x % 8 == 0 && g->scale == 1 && g->height <= 32);
	stand_check(x <= 640 - 8 && y <= 480 - g->height);
	for (uint32_t line = 0; line < g->height; line++)
		for (uint32_t i = 0; i < 8; i++) {
			bool set = g->lines[line] << i & 0x80 ||
				   (line >= g->cursor_first && line <= g->cursor_last);

			v->pixel[y + line][x + i] = set ? g->foreground : g->background;
		}
}

static bool stand_begin_text(struct display *d, const struct display_text *t)
{
	struct stand_vga *v = stand_vga_of(d);

	if (t->columns > 80 || t->rows > 400 / t->font_height)
		return false;
	v->begun++;
	v->text_mode = true;
	v->columns = t->columns;
	v->rows = t->rows;
	memset(v->cell, 0, sizeof(v->cell));
	return true;
}

static void stand_put_cell(struct display *d, uint32_t column, uint32_t row, uint16_t cell)
{
	struct stand_vga *v = stand_vga_of(d);

	stand_check(v->text_mode && column < v->columns && row < v->rows);
	v->cells_put++;
	v->cell[row][column] = cell;
}

static void stand_put_cursor(struct display *d, uint32_t column, uint32_t row, uint32_t first,
			     uint32_t last)
{
	struct stand_vga *v = stand_vga_of(d);

	stand_check(v->text_mode && column < v->columns && row < v->rows);
	v->cursor_column = column;
	v->cursor_row = row;
	v->cursor_first = first;
	v->cursor_last = last;
}

void stand_vga(struct stand_vga *v)
{
	memset(v, 0, sizeof(*v));
	quantizer_reset(&v->quantizer);
	v->display = (struct display){
		.width = 640,
		.height = 480,
		.quantizer = &v->quantizer,
		.begin_pixels = stand_begin_pixels,
		.put_pixels = stand_put_pixels,
		.put_glyph = stand_put_glyph,
		.begin_text = stand_begin_text,
		.put_cell = stand_put_cell,
		.put_cursor = stand_put_cursor,
	};
}

struct console_channel *stand_channel(void)
{
	return calloc(1, CONSOLE_CHANNEL_BYTES);
}
