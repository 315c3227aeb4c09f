/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The terminal; see terminal.h.  ECMA-48 "Control Functions for Coded Character Sets" and
 * what xterm's "Control Sequences" adds.
 */
#include "terminal.h"

#include <string.h>

enum terminal_state { STATE_TEXT, STATE_ESCAPE, STATE_SKIP_ONE, STATE_CONTROL, STATE_STRING };

#define ESCAPE 0x1b
#define COLOUR_DEFAULT_FOREGROUND 7
#define COLOUR_DEFAULT_BACKGROUND 0
#define PARAMETER_MOST 9999u

/* ECMA's colours, red first, to the VGA's, blue first. */
static const uint8_t terminal_colour[8] = { 0, 4, 2, 6, 1, 5, 3, 7 };

static uint8_t terminal_attribute(const struct terminal *t)
{
	uint8_t front = (uint8_t)(t->foreground | (t->bold ? 8 : 0)), back = t->background;

	return t->reverse ? (uint8_t)(back | (front & 7) << 4) : (uint8_t)(front | back << 4);
}

/* Erased cells have the background colour. */
static uint16_t terminal_blank(const struct terminal *t)
{
	return (uint16_t)(' ' | (COLOUR_DEFAULT_FOREGROUND | t->background << 4) << 8);
}

static void terminal_fill(struct terminal *t, unsigned row, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to && i < TERMINAL_COLUMNS; i++)
		t->cell[row][i] = terminal_blank(t);
	t->changed |= 1u << row;
}

static void terminal_clear_rows(struct terminal *t, unsigned from, unsigned to)
{
	for (unsigned row = from; row < to; row++)
		terminal_fill(t, row, 0, TERMINAL_COLUMNS);
}

static void terminal_reset_colours(struct terminal *t)
{
	t->foreground = COLOUR_DEFAULT_FOREGROUND;
	t->background = COLOUR_DEFAULT_BACKGROUND;
	t->bold = t->reverse = false;
}

void terminal_init(struct terminal *t)
{
	memset(t, 0, sizeof *t);
	t->bottom = TERMINAL_ROWS - 1;
	terminal_reset_colours(t);
	terminal_clear_rows(t, 0, TERMINAL_ROWS);
}

/* Moves rows first..last up by `count`; blank ones appear at the end. */
static void terminal_rows_up(struct terminal *t, unsigned first, unsigned last, unsigned count)
{
	if (count > last - first + 1)
		count = last - first + 1;
	memmove(t->cell[first], t->cell[first + count],
		(last - first + 1 - count) * sizeof t->cell[0]);
	terminal_clear_rows(t, last + 1 - count, last + 1);
	for (unsigned row = first; row <= last; row++)
		t->changed |= 1u << row;
}

static void terminal_rows_down(struct terminal *t, unsigned first, unsigned last, unsigned count)
{
	if (count > last - first + 1)
		count = last - first + 1;
	memmove(t->cell[first + count], t->cell[first],
		(last - first + 1 - count) * sizeof t->cell[0]);
	terminal_clear_rows(t, first, first + count);
	for (unsigned row = first; row <= last; row++)
		t->changed |= 1u << row;
}

static void terminal_line_feed(struct terminal *t)
{
	if (t->row == t->bottom)
		terminal_rows_up(t, t->top, t->bottom, 1);
	else if (t->row < TERMINAL_ROWS - 1)
		t->row++;
}

static void terminal_line_back(struct terminal *t)
{
	if (t->row == t->top)
		terminal_rows_down(t, t->top, t->bottom, 1);
	else if (t->row > 0)
		t->row--;
}

static void terminal_put(struct terminal *t, uint8_t character)
{
	if (t->wrap) {
		t->column = 0;
		terminal_line_feed(t);
		t->wrap = false;
	}
	t->cell[t->row][t->column] = (uint16_t)(character | terminal_attribute(t) << 8);
	t->changed |= 1u << t->row;
	if (t->column == TERMINAL_COLUMNS - 1)
		t->wrap = true;
	else
		t->column++;
}

static void terminal_move(struct terminal *t, int row, int column)
{
	t->row = row < 0 ? 0 : row >= TERMINAL_ROWS ? TERMINAL_ROWS - 1 : (unsigned)row;
	t->column = column < 0                 ? 0 :
		    column >= TERMINAL_COLUMNS ? TERMINAL_COLUMNS - 1 :
						 (unsigned)column;
	t->wrap = false;
}

/* Parameter n, or what it means if it isn't there or 0. */
static unsigned terminal_parameter(const struct terminal *t, unsigned n, unsigned otherwise)
{
	return n < t->parameters && t->parameter[n] ? t->parameter[n] : otherwise;
}

static void terminal_erase_display(struct terminal *t)
{
	switch (terminal_parameter(t, 0, 0)) {
	case 0:
		terminal_fill(t, t->row, t->column, TERMINAL_COLUMNS);
		terminal_clear_rows(t, t->row + 1, TERMINAL_ROWS);
		break;
	case 1:
		terminal_clear_rows(t, 0, t->row);
		terminal_fill(t, t->row, 0, t->column + 1);
		break;
	default:
		terminal_clear_rows(t, 0, TERMINAL_ROWS);
	}
}

static void terminal_erase_line(struct terminal *t)
{
	unsigned what = terminal_parameter(t, 0, 0);

	terminal_fill(t, t->row, what == 0 ? t->column : 0,
		      what == 1 ? t->column + 1 : TERMINAL_COLUMNS);
}

/* Characters from the cursor on move left, or right. */
static void terminal_delete_characters(struct terminal *t, unsigned count)
{
	unsigned room = TERMINAL_COLUMNS - t->column;

	if (count > room)
		count = room;
	memmove(&t->cell[t->row][t->column], &t->cell[t->row][t->column + count],
		(room - count) * sizeof t->cell[0][0]);
	terminal_fill(t, t->row, TERMINAL_COLUMNS - count, TERMINAL_COLUMNS);
}

static void terminal_insert_characters(struct terminal *t, unsigned count)
{
	unsigned room = TERMINAL_COLUMNS - t->column;

	if (count > room)
		count = room;
	memmove(&t->cell[t->row][t->column + count], &t->cell[t->row][t->column],
		(room - count) * sizeof t->cell[0][0]);
	terminal_fill(t, t->row, t->column, t->column + count);
}

static void terminal_rendition(struct terminal *t, unsigned code)
{
	if (code == 0)
		terminal_reset_colours(t);
	else if (code == 1)
		t->bold = true;
	else if (code == 7)
		t->reverse = true;
	else if (code == 22)
		t->bold = false;
	else if (code == 27)
		t->reverse = false;
	else if (code >= 30 && code <= 37)
		t->foreground = terminal_colour[code - 30];
	else if (code == 39)
		t->foreground = COLOUR_DEFAULT_FOREGROUND;
	else if (code >= 40 && code <= 47)
		t->background = terminal_colour[code - 40];
	else if (code == 49)
		t->background = COLOUR_DEFAULT_BACKGROUND;
	else if (code >= 90 && code <= 97)
		t->foreground = terminal_colour[code - 90] | 8;
}

static void terminal_renditions(struct terminal *t)
{
	if (t->parameters == 0)
		terminal_rendition(t, 0);
	for (unsigned i = 0; i < t->parameters; i++)
		terminal_rendition(t, t->parameter[i]);
}

static void terminal_scroll_region(struct terminal *t)
{
	unsigned top = terminal_parameter(t, 0, 1) - 1;
	unsigned bottom = terminal_parameter(t, 1, TERMINAL_ROWS) - 1;

	if (bottom >= TERMINAL_ROWS)
		bottom = TERMINAL_ROWS - 1;
	if (top >= bottom)
		return;
	t->top = top;
	t->bottom = bottom;
	terminal_move(t, 0, 0);
}

static void terminal_save_cursor(struct terminal *t)
{
	t->saved_row = t->row;
	t->saved_column = t->column;
}

static void terminal_restore_cursor(struct terminal *t)
{
	terminal_move(t, (int)t->saved_row, (int)t->saved_column);
}

static bool terminal_row_scrolls(const struct terminal *t)
{
	return t->row >= t->top && t->row <= t->bottom;
}

/* What moves the cursor; false if the sequence is another one. */
static bool terminal_motion(struct terminal *t, uint8_t final)
{
	int n = (int)terminal_parameter(t, 0, 1), row = (int)t->row, column = (int)t->column;

	switch (final) {
	case 'A':
		terminal_move(t, row - n, column);
		return true;
	case 'B':
		terminal_move(t, row + n, column);
		return true;
	case 'C':
		terminal_move(t, row, column + n);
		return true;
	case 'D':
		terminal_move(t, row, column - n);
		return true;
	case 'E':
		terminal_move(t, row + n, 0);
		return true;
	case 'F':
		terminal_move(t, row - n, 0);
		return true;
	case 'G':
		terminal_move(t, row, n - 1);
		return true;
	case 'd':
		terminal_move(t, n - 1, column);
		return true;
	case 'H':
	case 'f':
		terminal_move(t, n - 1, (int)terminal_parameter(t, 1, 1) - 1);
		return true;
	default:
		return false;
	}
}

static void terminal_edit(struct terminal *t, uint8_t final)
{
	unsigned n = terminal_parameter(t, 0, 1);

	switch (final) {
	case 'J':
		terminal_erase_display(t);
		break;
	case 'K':
		terminal_erase_line(t);
		break;
	case 'X':
		terminal_fill(t, t->row, t->column, t->column + n);
		break;
	case 'L':
		if (terminal_row_scrolls(t))
			terminal_rows_down(t, t->row, t->bottom, n);
		break;
	case 'M':
		if (terminal_row_scrolls(t))
			terminal_rows_up(t, t->row, t->bottom, n);
		break;
	case 'P':
		terminal_delete_characters(t, n);
		break;
	case '@':
		terminal_insert_characters(t, n);
		break;
	case 'm':
		terminal_renditions(t);
		break;
	case 'r':
		terminal_scroll_region(t);
		break;
	case 's':
		terminal_save_cursor(t);
		break;
	case 'u':
		terminal_restore_cursor(t);
		break;
	default:
		break;
	}
}

/* A byte of CSI ... */
static void terminal_control(struct terminal *t, uint8_t byte)
{
	unsigned *last = &t->parameter[t->parameters ? t->parameters - 1 : 0];

	if (byte >= '0' && byte <= '9') {
		if (t->parameters == 0)
			t->parameters = 1;
		if (*last < PARAMETER_MOST)
			*last = *last * 10 + byte - '0';
	} else if (byte == ';') {
		t->parameters += t->parameters == 0;
		if (t->parameters < TERMINAL_PARAMETERS)
			t->parameters++;
	} else if (byte >= 0x40 && byte <= 0x7e) {
		t->state = STATE_TEXT;
		if (!t->private && !terminal_motion(t, byte))
			terminal_edit(t, byte);
	} else {
		t->private = byte;
	}
}

static void terminal_escape(struct terminal *t, uint8_t byte)
{
	t->state = STATE_TEXT;
	switch (byte) {
	case '[':
		t->state = STATE_CONTROL;
		t->parameters = t->private = 0;
		memset(t->parameter, 0, sizeof t->parameter);
		break;
	case ']':
	case 'P':
	case '^':
	case '_':
		t->state = STATE_STRING;
		break;
	case '(':
	case ')':
	case '#':
		t->state = STATE_SKIP_ONE;
		break;
	case 'c':
		terminal_init(t);
		break;
	case 'D':
		terminal_line_feed(t);
		break;
	case 'E':
		t->column = 0;
		terminal_line_feed(t);
		break;
	case 'M':
		terminal_line_back(t);
		break;
	case '7':
		terminal_save_cursor(t);
		break;
	case '8':
		terminal_restore_cursor(t);
		break;
	default:
		break;
	}
}

static void terminal_text(struct terminal *t, uint8_t byte)
{
	switch (byte) {
	case '\r':
		terminal_move(t, (int)t->row, 0);
		break;
	case '\n':
	case '\v':
	case '\f':
		t->wrap = false;
		terminal_line_feed(t);
		break;
	case '\b':
		terminal_move(t, (int)t->row, (int)t->column - 1);
		break;
	case '\t':
		terminal_move(t, (int)t->row, (int)(t->column | 7) + 1);
		break;
	default:
		/* Of a character in UTF-8 the first byte stands for all. */
		if (byte >= 0xc0)
			terminal_put(t, '?');
		else if (byte >= ' ' && byte < 0x7f)
			terminal_put(t, byte);
	}
}

static void terminal_byte(struct terminal *t, uint8_t byte)
{
	if (byte == ESCAPE) {
		/* Also the end of a string, ESC \. */
		t->state = STATE_ESCAPE;
		return;
	}
	switch (t->state) {
	case STATE_ESCAPE:
		terminal_escape(t, byte);
		break;
	case STATE_SKIP_ONE:
		t->state = STATE_TEXT;
		break;
	case STATE_CONTROL:
		if (byte < ' ')
			terminal_text(t, byte);
		else
			terminal_control(t, byte);
		break;
	case STATE_STRING:
		if (byte == '\a')
			t->state = STATE_TEXT;
		break;
	default:
		terminal_text(t, byte);
	}
}

void terminal_write(struct terminal *t, const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		terminal_byte(t, bytes[i]);
}
