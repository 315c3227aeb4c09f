/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line of text as it would stand on a terminal: sequences are left out, a carriage
 * return or backspace followed by text writes over what was there, and only printable
 * ASCII remains.  For the lines of clients that don't have the focus, and for scroll-back.
 */
#ifndef SERIAL_LINE_H
#define SERIAL_LINE_H

#include "escape.h"

#define LINE_MAX 240u

struct line {
	uint16_t length, cursor;
	char text[LINE_MAX];
};

/* Takes a byte that escape_step has called `kind`.  True: the line is complete, by a
 * line feed or because it is full; the caller uses it and calls line_clear. */
bool line_add(struct line *l, enum escape_kind kind, uint8_t byte);

static inline void line_clear(struct line *l)
{
	l->length = l->cursor = 0;
}

#endif
