/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines, see line.h.
 */
#include "line.h"

static void line_put(struct line *l, char c)
{
	if (l->cursor == LINE_MAX)
		return;
	l->text[l->cursor++] = c;
	if (l->length < l->cursor)
		l->length = l->cursor;
}

static void line_control(struct line *l, uint8_t byte)
{
	if (byte == '\r')
		l->cursor = 0;
	else if (byte == '\b' && l->cursor)
		l->cursor--;
	else if (byte == '\t')
		do
			line_put(l, ' ');
		while (l->cursor % 8 && l->cursor < LINE_MAX);
}

bool line_add(struct line *l, enum escape_kind kind, uint8_t byte)
{
	if (kind == ESCAPE_CONTROL && byte == '\n')
		return true;
	if (kind == ESCAPE_CONTROL)
		line_control(l, byte);
	/* A character in UTF-8 becomes one question mark. */
	else if (kind == ESCAPE_TEXT && (byte < 0x80 || byte >= 0xc0))
		line_put(l, byte < 0x80 ? (char)byte : '?');
	return l->cursor == LINE_MAX;
}
