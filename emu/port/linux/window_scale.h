/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A picture in a window of another size: enlarged by the largest whole number that fits,
 * so that all pixels stay squares of one size, or reduced to what fits, each pixel the mean
 * of those it stands for.  The shape stays, the picture is in the middle.
 */
#ifndef EMU_PORT_WINDOW_SCALE_H
#define EMU_PORT_WINDOW_SCALE_H

#include <emu/types.h>

/* Pixels 0x00RRGGBB, `width` of them a line; nothing if the screen is off. */
struct window_picture {
	uint32_t *pixels;
	unsigned width, height;
};

/* Where the picture is, in pixels of the window. */
struct window_place {
	unsigned x, y, width, height;
	unsigned factor; /* 0: reduced */
};

struct window_place window_place(unsigned width, unsigned height, unsigned window_width,
				 unsigned window_height);

/* Lines of the window, with the picture's rows `first` to `end` - 1 in them. */
struct window_lines {
	unsigned first, end;
};

struct window_lines window_lines(const struct window_place *place, unsigned height, unsigned first,
				 unsigned end);

/* Draws those lines of the window, whose pixels there are `stride` of a line. */
void window_scale(const struct window_place *place, const struct window_picture *picture,
		  struct window_lines lines, uint32_t *to, size_t stride);

#endif
