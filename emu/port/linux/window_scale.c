/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Enlarging and reducing pictures; see window_scale.h.
 */
#include "port/linux/window_scale.h"

#include <string.h>

static unsigned lesser(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

struct window_place window_place(unsigned width, unsigned height, unsigned window_width,
				 unsigned window_height)
{
	struct window_place p = { 0 };

	if (!width || !height || !window_width || !window_height)
		return p;
	p.factor = lesser(window_width / width, window_height / height);
	if (p.factor) {
		p.width = width * p.factor;
		p.height = height * p.factor;
	} else if ((uint64_t)window_width * height < (uint64_t)window_height * width) {
		p.width = window_width;
		p.height = (unsigned)((uint64_t)height * window_width / width);
	} else {
		p.width = (unsigned)((uint64_t)width * window_height / height);
		p.height = window_height;
	}
	p.width += !p.width;
	p.height += !p.height;
	p.x = (window_width - p.width) / 2;
	p.y = (window_height - p.height) / 2;
	return p;
}

/* The first pixel of the picture that pixel `n` of `count` stands for, of `size`. */
static unsigned source_of(unsigned n, unsigned count, unsigned size)
{
	return (unsigned)((uint64_t)n * size / count);
}

struct window_lines window_lines(const struct window_place *place, unsigned height, unsigned first,
				 unsigned end)
{
	struct window_lines l = { place->height, 0 };

	if (place->factor)
		return (struct window_lines){ first * place->factor, end * place->factor };
	if (!height || first >= end)
		return (struct window_lines){ 0, 0 };
	/* One more on each side, as lines share rows. */
	l.first = (unsigned)((uint64_t)first * place->height / height);
	l.first -= l.first > 0;
	l.end = lesser((unsigned)((uint64_t)end * place->height / height) + 2, place->height);
	return l;
}

static void enlarge_line(const uint32_t *from, unsigned width, unsigned factor, uint32_t *to)
{
	for (unsigned x = 0; x < width; x++)
		for (unsigned i = 0; i < factor; i++)
			*to++ = from[x];
}

static void enlarge(const struct window_place *p, const struct window_picture *from,
		    struct window_lines lines, uint32_t *to, size_t stride)
{
	for (unsigned y = lines.first; y < lines.end; y++) {
		const uint32_t *row = from->pixels + (size_t)(y / p->factor) * from->width;
		uint32_t *line = to + (size_t)(p->y + y) * stride + p->x;

		if (y % p->factor && y > lines.first)
			memcpy(line, line - stride, p->width * sizeof *line);
		else
			enlarge_line(row, from->width, p->factor, line);
	}
}

/* The mean of a rectangle, at least one pixel. */
static uint32_t mean_of(const uint32_t *from, size_t stride, unsigned width, unsigned height)
{
	uint32_t red = 0, green = 0, blue = 0, count = width * height;

	for (unsigned y = 0; y < height; y++)
		for (unsigned x = 0; x < width; x++) {
			uint32_t pixel = from[y * stride + x];

			red += pixel >> 16 & 255;
			green += pixel >> 8 & 255;
			blue += pixel & 255;
		}
	return red / count << 16 | green / count << 8 | blue / count;
}

static void reduce_line(const struct window_place *p, const uint32_t *from, unsigned width,
			unsigned rows, uint32_t *to)
{
	for (unsigned x = 0; x < p->width; x++) {
		unsigned first = source_of(x, p->width, width);
		unsigned end = source_of(x + 1, p->width, width);

		to[x] = mean_of(from + first, width, end > first ? end - first : 1, rows);
	}
}

static void reduce(const struct window_place *p, const struct window_picture *from,
		   struct window_lines lines, uint32_t *to, size_t stride)
{
	for (unsigned y = lines.first; y < lines.end; y++) {
		unsigned first = source_of(y, p->height, from->height);
		unsigned end = source_of(y + 1, p->height, from->height);

		reduce_line(p, from->pixels + (size_t)first * from->width, from->width,
			    end > first ? end - first : 1, to + (size_t)(p->y + y) * stride + p->x);
	}
}

void window_scale(const struct window_place *place, const struct window_picture *picture,
		  struct window_lines lines, uint32_t *to, size_t stride)
{
	if (place->factor)
		enlarge(place, picture, lines, to, stride);
	else
		reduce(place, picture, lines, to, stride);
}
