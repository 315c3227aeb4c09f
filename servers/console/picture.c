/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads what a client says of its picture.  Each field is read once.
 */
#include "picture.h"

#define READ(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)

/* Whether the rows lie within `bytes`. */
static bool picture_fits(const struct picture *p, uint64_t item_bytes, uint64_t bytes)
{
	uint64_t items = (uint64_t)(p->height - 1) * p->stride + p->width;

	return p->stride >= p->width && items <= bytes / item_bytes;
}

static bool picture_is_text(const struct picture *p)
{
	return p->width - 1 < CONSOLE_MAX_COLUMNS && p->height - 1 < CONSOLE_MAX_ROWS &&
	       picture_fits(p, sizeof(uint16_t), CONSOLE_PIXELS_OFFSET - CONSOLE_CELLS_OFFSET) &&
	       p->font_height >= 8 && p->font_height <= 32;
}

static bool picture_is_pixels(const struct picture *p, uint64_t item_bytes)
{
	return p->width - 1 < CONSOLE_MAX_WIDTH && p->height - 1 < CONSOLE_MAX_HEIGHT &&
	       picture_fits(p, item_bytes, CONSOLE_CHANNEL_BYTES - CONSOLE_PIXELS_OFFSET);
}

static bool picture_is_sound(const struct picture *p)
{
	switch (p->mode) {
	case CONSOLE_TEXT:
		return picture_is_text(p);
	case CONSOLE_PIXELS32:
		return picture_is_pixels(p, sizeof(uint32_t));
	case CONSOLE_PIXELS8:
		return picture_is_pixels(p, sizeof(uint8_t));
	default:
		return false;
	}
}

static void picture_read_cursor(struct picture *p, struct console_channel *channel)
{
	p->cursor_column = READ(channel->client.cursor_column);
	p->cursor_row = READ(channel->client.cursor_row);
	p->cursor_first = READ(channel->client.cursor_first);
	p->cursor_last = READ(channel->client.cursor_last);
	if (p->cursor_last >= p->font_height)
		p->cursor_last = p->font_height - 1;
	p->cursor = p->mode == CONSOLE_TEXT && p->look_flags & CONSOLE_LOOK_CURSOR &&
		    p->cursor_column < p->width && p->cursor_row < p->height &&
		    p->cursor_first <= p->cursor_last;
}

void picture_read(struct picture *p, struct console_channel *channel)
{
	/* The frame first: a change during the rest comes with a frame to follow. */
	*p = (struct picture){ .frame = channel_load(&channel->client.frame) };
	p->mode = (enum console_mode)READ(channel->client.mode);
	p->width = READ(channel->client.width);
	p->height = READ(channel->client.height);
	p->stride = READ(channel->client.stride);
	p->look = READ(channel->client.look);
	p->look_flags = READ(channel->client.look_flags);
	p->font_height = 16;
	if (p->look_flags & CONSOLE_LOOK_FONT)
		p->font_height = READ(channel->client.font_height);
	if (!picture_is_sound(p)) {
		*p = (struct picture){ .frame = p->frame, .font_height = 16 };
		return;
	}
	picture_read_cursor(p, channel);
	p->data = p->mode == CONSOLE_TEXT ? console_cells(channel) : console_pixels(channel);
	p->row_frame = channel->row_frame;
	p->palette = channel->client.palette;
	p->font = console_font(channel);
}

bool picture_differs(const struct picture *a, const struct picture *b)
{
	return a->mode != b->mode || a->width != b->width || a->height != b->height ||
	       a->stride != b->stride || a->look != b->look || a->data != b->data ||
	       ((a->look_flags ^ b->look_flags) & ~CONSOLE_LOOK_CURSOR) != 0 ||
	       a->font_height != b->font_height;
}
