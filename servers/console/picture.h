/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A picture to be shown: what a client says it draws (<proto/console.h>), read once from
 * the shared memory and checked, so that whatever uses it stays inside the channel.  The
 * cells, pixels and stamps it points to still belong to the client and may hold and become
 * anything.
 */
#ifndef CONSOLE_PICTURE_H
#define CONSOLE_PICTURE_H

#include <proto/console.h>

struct picture {
	enum console_mode mode;
	uint32_t width, height, stride; /* all 0 if the mode is CONSOLE_OFF */
	uint32_t look, look_flags;
	uint32_t font_height;
	bool cursor; /* shown, and inside the picture */
	uint32_t cursor_column, cursor_row, cursor_first, cursor_last;
	uint32_t frame;
	/* Cells or pixels, and a stamp for each row. */
	const void *data;
	const uint32_t *row_frame;
	const uint32_t *palette; /* 256 */
	const uint8_t *font;     /* 256 glyphs of 32 bytes */
};

/* What makes no sense becomes CONSOLE_OFF. */
void picture_read(struct picture *p, struct console_channel *channel);

/* Whether showing `b` after `a` needs more than the rows that changed. */
bool picture_differs(const struct picture *a, const struct picture *b);

/* The stamp of a row that is in the picture. */
static inline uint32_t picture_stamp(const struct picture *p, uint32_t row)
{
	return __atomic_load_n(&p->row_frame[row], __ATOMIC_ACQUIRE);
}

#endif
