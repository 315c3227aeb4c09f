/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The start-up screen and the dark one, as text that belongs to nobody else.
 */
#include "splash.h"

#include <stdio.h>
#include <string.h>

#define SPLASH_COLUMNS 80u
#define SPLASH_ROWS 25u
#define SPLASH_NORMAL 0x07
#define SPLASH_BRIGHT 0x0f

static uint16_t splash_cells[SPLASH_ROWS][SPLASH_COLUMNS];
static const uint16_t splash_nothing[SPLASH_ROWS][SPLASH_COLUMNS];
static const uint32_t splash_stamps[SPLASH_ROWS];

static void splash_line(uint32_t row, const char *text, uint8_t attribute)
{
	size_t length = strnlen(text, SPLASH_COLUMNS);
	size_t column = (SPLASH_COLUMNS - length) / 2;

	for (size_t i = 0; i < SPLASH_COLUMNS; i++)
		splash_cells[row][i] = (uint16_t)(' ' | SPLASH_NORMAL << 8);
	for (size_t i = 0; i < length; i++)
		splash_cells[row][column + i] = (uint16_t)((uint8_t)text[i] | attribute << 8);
}

static void splash_text(struct picture *p, const void *cells)
{
	p->mode = CONSOLE_TEXT;
	p->width = p->stride = SPLASH_COLUMNS;
	p->height = SPLASH_ROWS;
	p->look_flags = 0;
	p->font_height = 16;
	p->cursor = false;
	p->data = cells;
	p->row_frame = splash_stamps;
	p->palette = NULL;
	p->font = NULL;
}

void splash_picture(struct picture *p, const char *name)
{
	static uint32_t look;
	char line[SPLASH_COLUMNS + 1];

	for (uint32_t row = 0; row < SPLASH_ROWS; row++)
		splash_line(row, "", SPLASH_NORMAL);
	splash_line(8, "L4VM", SPLASH_BRIGHT);
	snprintf(line, sizeof(line), "This is the console of %s, which shows nothing yet.", name);
	splash_line(11, line, SPLASH_NORMAL);
	splash_line(14, "Ctrl+Alt+F1, F2 ... switch to the other consoles,", SPLASH_NORMAL);
	splash_line(15, "Ctrl+Alt+Left and Right to the next ones,", SPLASH_NORMAL);
	splash_line(16, "Ctrl+Alt+F12 is the log of the system.", SPLASH_NORMAL);
	*p = (struct picture){ .look = ++look };
	splash_text(p, splash_cells);
}

void splash_dark(struct picture *p)
{
	splash_text(p, splash_nothing);
}
