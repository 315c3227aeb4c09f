/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A picture of text cells in memory of its own: drawn anew each time, then compared with
 * what is on the console.  Cells are those of <proto/console.h>.  Whatever lies outside is
 * cut.
 */
#ifndef MANAGER_CANVAS_H
#define MANAGER_CANVAS_H

#include <proto/textconsole.h>

struct canvas {
	unsigned columns, rows;
	uint16_t cell[CONSOLE_MAX_ROWS * CONSOLE_MAX_COLUMNS]; /* row * columns + column */
};

void canvas_clear(struct canvas *c, unsigned columns, unsigned rows);

/* Gives a row an attribute and blanks. */
void canvas_bar(struct canvas *c, unsigned row, uint8_t attribute);

/* Text at a place; the cells keep their background, only the text's colour counts. */
void canvas_put(struct canvas *c, unsigned row, unsigned column, uint8_t colour, const char *text);

/* The same in a field of `width` columns, cut there; at its right end if `right`. */
void canvas_field(struct canvas *c, unsigned row, unsigned column, unsigned width, bool right,
		  uint8_t colour, const char *text);

#endif
