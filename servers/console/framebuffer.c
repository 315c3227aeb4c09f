/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pixels in a linear frame buffer.  The loader says where the colours are in a pixel; each
 * has 8 bits, but in 16-bit pixels 5, 6 and 5, or 5 each.
 */
#include "framebuffer.h"

#include <string.h>

static uint32_t framebuffer_pixel(const struct framebuffer *f, uint32_t colour)
{
	if (f->native)
		return colour;
	return (colour >> 16 & 0xff) >> f->lost_bits[0] << f->shift[0] |
	       (colour >> 8 & 0xff) >> f->lost_bits[1] << f->shift[1] |
	       (colour & 0xff) >> f->lost_bits[2] << f->shift[2];
}

/* A row of equal pixels; returns what follows. */
static uint8_t *framebuffer_run(const struct framebuffer *f, uint8_t *to, uint32_t pixel,
				uint32_t count)
{
	if (f->bytes == 4) {
		for (; count > 0; count--, to += 4)
			memcpy(to, &pixel, 4);
		return to;
	}
	for (; count > 0; count--, to += f->bytes) {
		memcpy(to, &pixel, 2);
		if (f->bytes == 3)
			to[2] = (uint8_t)(pixel >> 16);
	}
	return to;
}

static uint8_t *framebuffer_at(const struct framebuffer *f, uint32_t x, uint32_t y)
{
	return f->memory + (size_t)y * f->pitch + (size_t)x * f->bytes;
}

static void framebuffer_begin_pixels(struct display *d)
{
	struct framebuffer *f = (struct framebuffer *)d;

	for (uint32_t y = 0; y < d->height; y++)
		memset(framebuffer_at(f, 0, y), 0, (size_t)d->width * f->bytes);
}

static void framebuffer_put_pixels(struct display *d, uint32_t x, uint32_t y,
				   const uint32_t *pixels, uint32_t count)
{
	struct framebuffer *f = (struct framebuffer *)d;
	uint8_t *to = framebuffer_at(f, x, y);

	if (f->native) {
		memcpy(to, pixels, (size_t)count * 4);
		return;
	}
	for (uint32_t i = 0; i < count; i++)
		to = framebuffer_run(f, to, framebuffer_pixel(f, pixels[i]), 1);
}

static void framebuffer_glyph_line(struct framebuffer *f, uint8_t *to, unsigned bits,
				   const struct display_glyph *g)
{
	uint32_t foreground = framebuffer_pixel(f, g->foreground);
	uint32_t background = framebuffer_pixel(f, g->background);

	for (unsigned i = 0; i < GLYPH_WIDTH; i++, bits <<= 1)
		to = framebuffer_run(f, to, bits & 0x80 ? foreground : background, g->scale);
}

static void framebuffer_put_glyph(struct display *d, uint32_t x, uint32_t y,
				  const struct display_glyph *g)
{
	struct framebuffer *f = (struct framebuffer *)d;

	for (uint32_t line = 0; line < g->height; line++) {
		bool cursor = line >= g->cursor_first && line <= g->cursor_last;

		for (uint32_t i = 0; i < g->scale; i++)
			framebuffer_glyph_line(f, framebuffer_at(f, x, y + line * g->scale + i),
					       cursor ? 0xff : g->lines[line], g);
	}
}

static bool framebuffer_set_format(struct framebuffer *f, const struct task_framebuffer *info)
{
	const uint8_t shift[3] = { info->red_shift, info->green_shift, info->blue_shift };

	f->bytes = (info->bits + 7) / 8;
	if (info->bits != 15 && info->bits != 16 && info->bits != 24 && info->bits != 32)
		return false;
	for (unsigned i = 0; i < 3; i++) {
		f->shift[i] = shift[i];
		f->lost_bits[i] = f->bytes == 2 ? 3 : 0;
		if (shift[i] + 8u - f->lost_bits[i] > info->bits)
			return false;
	}
	/* Green has 6 bits if red begins after them. */
	if (f->bytes == 2 && shift[1] == 5 && (shift[0] == 11 || shift[2] == 11))
		f->lost_bits[1] = 2;
	f->native = f->bytes == 4 && shift[0] == 16 && shift[1] == 8 && shift[2] == 0;
	return true;
}

bool framebuffer_init(struct framebuffer *f, const struct task_framebuffer *info, void *memory)
{
	*f = (struct framebuffer){ .memory = memory, .pitch = info->pitch_bytes };
	if (info->width < GLYPH_WIDTH || info->height < 32 || info->width > 16384 ||
	    info->height > 16384 || !framebuffer_set_format(f, info) ||
	    info->pitch_bytes < info->width * f->bytes)
		return false;
	f->display = (struct display){
		.width = info->width,
		.height = info->height,
		.any_x = true,
		.begin_pixels = framebuffer_begin_pixels,
		.put_pixels = framebuffer_put_pixels,
		.put_glyph = framebuffer_put_glyph,
	};
	return true;
}
