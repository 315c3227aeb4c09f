/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A screen of text for programs with a channel to the console server: cells are put
 * anywhere, rows that have changed are shown together, keys are read as characters.
 * Built on <proto/client.h>; nothing here waits.
 *
 *	static struct textconsole screen;
 *	int n = task_find_channel(CHANNEL_CONSOLE);
 *
 *	textconsole_open(&screen, (unsigned)n, task_channel_memory((unsigned)n));
 *	for (;;) {
 *		if (textconsole_visible(&screen))
 *			textconsole_put(&screen, 0, 0, TEXT_PLAIN, "hello");
 *		textconsole_show(&screen);
 *		task_wait(L4_NEVER, NULL);
 *		while ((key = textconsole_key(&screen)) != 0)
 *			...
 *	}
 */
#ifndef PROTO_TEXTCONSOLE_H
#define PROTO_TEXTCONSOLE_H

#include <l4/keys.h>
#include <proto/client.h>

/* Attributes: foreground | background << 4, the VGA's usual colours. */
enum text_attribute {
	TEXT_PLAIN = 0x07,
	TEXT_BRIGHT = 0x0f,
	TEXT_DIM = 0x08,
	TEXT_RED = 0x0c,
	TEXT_GREEN = 0x0a,
	TEXT_YELLOW = 0x0e,
	TEXT_BAR = 0x1f,      /* white on blue */
	TEXT_SELECTED = 0x70, /* black on grey */
};

struct textconsole {
	struct console_client client;
	struct keys keys;
	unsigned columns, rows;
	uint32_t frame;
	bool changed[CONSOLE_MAX_ROWS]; /* since the last textconsole_show */
};

/* Opens the channel with 80 x 25 blank cells. */
void textconsole_open(struct textconsole *t, unsigned channel, void *memory);

/* Takes the size that fits the screen in cells of 8 x 16 pixels, at least 80 x 25.  True
 * if it is another than before: then all cells are blank. */
bool textconsole_fit(struct textconsole *t);

/* Whether the console is on the display. */
bool textconsole_visible(struct textconsole *t);

/* One cell; places outside the screen are ignored.  What is there already costs nothing. */
void textconsole_cell(struct textconsole *t, unsigned row, unsigned column, uint16_t cell);

/* Text, cut at the end of the row. */
void textconsole_put(struct textconsole *t, unsigned row, unsigned column, uint8_t attribute,
		     const char *text);

/* The same, padded with blanks to the end of the row. */
void textconsole_line(struct textconsole *t, unsigned row, uint8_t attribute, const char *text);

/* Shows what has changed. */
void textconsole_show(struct textconsole *t);

/* The next key that went down, as keys_down has it; 0 if there is none.  Other events are
 * dropped. */
int textconsole_key(struct textconsole *t);

#endif
