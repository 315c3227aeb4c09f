/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A picture of text cells, see canvas.h.
 */
#include "canvas.h"

#include <string.h>

void canvas_clear(struct canvas *c, unsigned columns, unsigned rows)
{
	c->columns = columns < CONSOLE_MAX_COLUMNS ? columns : CONSOLE_MAX_COLUMNS;
	c->rows = rows < CONSOLE_MAX_ROWS ? rows : CONSOLE_MAX_ROWS;
	for (unsigned row = 0; row < c->rows; row++)
		canvas_bar(c, row, TEXT_PLAIN);
}

void canvas_bar(struct canvas *c, unsigned row, uint8_t attribute)
{
	if (row >= c->rows)
		return;
	for (unsigned column = 0; column < c->columns; column++)
		c->cell[row * c->columns + column] = (uint16_t)(' ' | attribute << 8);
}

static void canvas_char(struct canvas *c, unsigned row, unsigned column, uint8_t colour, char ch)
{
	unsigned background;
	uint16_t *cell;

	if (row >= c->rows || column >= c->columns)
		return;
	cell = &c->cell[row * c->columns + column];
	background = *cell >> 8 & 0xf0;
	/* On the grey of a selection and the blue of bars the bar's own colour is legible. */
	if (background)
		colour = *cell >> 8 & 0x0f;
	*cell = (uint16_t)((uint8_t)ch | (background | (colour & 0x0f)) << 8);
}

void canvas_put(struct canvas *c, unsigned row, unsigned column, uint8_t colour, const char *text)
{
	canvas_field(c, row, column, c->columns, false, colour, text);
}

void canvas_field(struct canvas *c, unsigned row, unsigned column, unsigned width, bool right,
		  uint8_t colour, const char *text)
{
	unsigned length = (unsigned)strnlen(text, width);

	if (right)
		column += width - length;
	for (unsigned i = 0; i < length; i++)
		canvas_char(c, row, column + i, colour, text[i]);
}
