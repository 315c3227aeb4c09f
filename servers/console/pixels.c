/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows of pixels from a client to the display.  What a pixel holds is never more than a
 * colour, so it doesn't matter that the client may change it at any time.
 */
#include "pixels.h"

#include "quantizer.h"

#include <string.h>

/* Colours are chosen anew, which draws the picture twice, at most so often. */
#define PIXELS_CHOICE_US 500000ull

static uint32_t pixels_min(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t pixels_padded(const struct pixels *l)
{
	return l->display->any_x ? l->width : (l->width + 7) & ~7u;
}

/* The largest size of the same proportions that fits. */
static void pixels_reduce(struct pixels *l, const struct picture *p, uint32_t width,
			  uint32_t height)
{
	l->zoom = 0;
	l->width = width;
	l->height = (uint32_t)((uint64_t)p->height * width / p->width);
	if (l->height > height) {
		l->height = height;
		l->width = (uint32_t)((uint64_t)p->width * height / p->height);
	}
	l->width += l->width == 0;
	l->height += l->height == 0;
}

static void pixels_place(struct pixels *l, const struct picture *p)
{
	uint32_t width = pixels_min(l->display->width, PIXELS_MAX_WIDTH);
	uint32_t height = l->display->height;

	l->zoom = pixels_min(width / p->width, height / p->height);
	l->width = p->width * l->zoom;
	l->height = p->height * l->zoom;
	if (l->zoom == 0)
		pixels_reduce(l, p, width, height);
	l->left = (width - pixels_padded(l)) / 2;
	if (!l->display->any_x)
		l->left &= ~7u;
	l->top = (height - l->height) / 2;
}

static bool pixels_cover_all(const struct pixels *l)
{
	return l->width == l->display->width && l->height == l->display->height;
}

void pixels_begin(struct pixels *l, struct display *display, const struct picture *p)
{
	struct quantizer *q = display->quantizer;

	l->display = display;
	l->fresh = true;
	l->hidden = 0;
	l->chosen_us = 0;
	memcpy(l->palette, p->palette, sizeof(l->palette));
	pixels_place(l, p);
	if (q) {
		quantizer_reset(q);
		if (!pixels_cover_all(l))
			quantizer_map(q, 0);
	}
	display->begin_pixels(display);
}

static uint32_t pixels_source_row(const struct pixels *l, const struct picture *p, uint32_t y)
{
	return l->zoom ? y / l->zoom : (uint32_t)((uint64_t)y * p->height / l->height);
}

/* One pixel of the client's. */
static inline uint32_t pixels_get(const struct pixels *l, const struct picture *p, size_t at)
{
	if (p->mode == CONSOLE_PIXELS8)
		return l->palette[((const uint8_t *)p->data)[at]];
	return ((const uint32_t *)p->data)[at];
}

static void pixels_enlarge_row(struct pixels *l, const struct picture *p, size_t start)
{
	uint32_t *to = l->line;

	for (uint32_t x = 0; x < p->width; x++) {
		uint32_t colour = pixels_get(l, p, start + x);

		for (uint32_t i = 0; i < l->zoom; i++)
			*to++ = colour;
	}
}

static void pixels_reduce_row(struct pixels *l, const struct picture *p, size_t start)
{
	for (uint32_t x = 0; x < l->width; x++)
		l->line[x] = pixels_get(l, p, start + (uint64_t)x * p->width / l->width);
}

/* The display's pixels for a row of the picture. */
static const uint32_t *pixels_row(struct pixels *l, const struct picture *p, uint32_t row)
{
	size_t start = (size_t)row * p->stride;

	if (l->zoom == 1 && p->mode == CONSOLE_PIXELS32 && pixels_padded(l) == l->width)
		return (const uint32_t *)p->data + start;
	if (l->zoom)
		pixels_enlarge_row(l, p, start);
	else
		pixels_reduce_row(l, p, start);
	for (uint32_t x = l->width; x < pixels_padded(l); x++)
		l->line[x] = 0;
	return l->line;
}

/* Copies the lines y of the picture on the display whose rows are marked as changed.  With
 * `choose` it stops as soon as the display's colours aren't enough. */
static void pixels_copy(struct pixels *l, const struct picture *p, bool choose)
{
	const struct quantizer *q = l->display->quantizer;
	const uint32_t *line = NULL;
	uint32_t line_row = 0;

	for (uint32_t y = 0; y < l->height && !(choose && q->poor); y++) {
		uint32_t row = pixels_source_row(l, p, y);

		if (!l->changed[row] || l->top + y < l->hidden)
			continue;
		if (!line || line_row != row)
			line = pixels_row(l, p, row);
		line_row = row;
		l->display->put_pixels(l->display, l->left, l->top + y, line, pixels_padded(l));
	}
}

static void pixels_choose_colours(struct pixels *l, const struct picture *p, uint64_t now_us)
{
	struct quantizer *q = l->display->quantizer;

	quantizer_begin(q);
	/* A line for each row that is shown. */
	for (uint32_t y = 0; y < l->height; y += l->zoom ? l->zoom : 1)
		quantizer_learn(q, pixels_row(l, p, pixels_source_row(l, p, y)), l->width);
	quantizer_finish(q);
	l->chosen_us = now_us;
	if (!pixels_cover_all(l))
		l->display->begin_pixels(l->display);
	memset(l->changed, true, sizeof(l->changed));
	pixels_copy(l, p, false);
}

bool pixels_update(struct pixels *l, const struct picture *p, uint64_t now_us)
{
	const struct quantizer *q = l->display->quantizer;
	bool choose = q && (!l->chosen_us || now_us - l->chosen_us >= PIXELS_CHOICE_US);

	for (uint32_t row = 0; row < p->height; row++) {
		uint32_t stamp = picture_stamp(p, row);

		l->changed[row] = l->fresh || stamp != l->stamp[row];
		l->stamp[row] = stamp;
	}
	l->fresh = false;
	pixels_copy(l, p, choose);
	if (!choose || !q->poor)
		return false;
	pixels_choose_colours(l, p, now_us);
	return true;
}

/* A dark line across the display. */
static void pixels_clear_line(struct pixels *l, uint32_t y)
{
	uint32_t width = pixels_min(l->display->width, PIXELS_MAX_WIDTH);

	memset(l->line, 0, sizeof(l->line));
	l->display->put_pixels(l->display, 0, y, l->line, width);
}

void pixels_hide(struct pixels *l, const struct picture *p, uint32_t lines)
{
	uint32_t before = pixels_min(l->hidden, l->display->height);

	l->hidden = lines;
	if (lines)
		return;
	for (uint32_t y = 0; y < before; y++) {
		bool inside = y >= l->top && y - l->top < l->height;

		/* Most pictures cover the line: then it isn't cleared first. */
		if (!inside || l->width < l->display->width)
			pixels_clear_line(l, y);
		if (inside)
			l->display->put_pixels(
				l->display, l->left, y,
				pixels_row(l, p, pixels_source_row(l, p, y - l->top)),
				pixels_padded(l));
	}
}
