/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A screen of text on a console channel, see <proto/textconsole.h>.
 */
#include <proto/textconsole.h>

#include <string.h>

#define TEXT_COLUMNS 80u
#define TEXT_ROWS 25u
#define TEXT_CELL_WIDTH 8u
#define TEXT_CELL_HEIGHT 16u
#define TEXT_BLANK ((uint16_t)(' ' | TEXT_PLAIN << 8))

static unsigned text_clamp(unsigned n, unsigned least, unsigned most)
{
	return n < least ? least : n > most ? most : n;
}

static void textconsole_size(struct textconsole *t, unsigned columns, unsigned rows)
{
	struct console_channel *c = t->client.channel;
	uint16_t *cells = console_cells(c);

	t->columns = columns;
	t->rows = rows;
	for (unsigned i = 0; i < columns * rows; i++)
		cells[i] = TEXT_BLANK;
	memset(t->changed, true, sizeof(t->changed));
	c->client.width = c->client.stride = columns;
	c->client.height = rows;
	c->client.look_flags = 0;
	c->client.mode = CONSOLE_TEXT;
	channel_store(&c->client.look, c->client.look + 1);
}

void textconsole_open(struct textconsole *t, unsigned channel, void *memory)
{
	struct console_channel *c = memory;

	*t = (struct textconsole){ .client.channel = c, .frame = c->client.frame };
	textconsole_size(t, TEXT_COLUMNS, TEXT_ROWS);
	console_open(&t->client, channel, memory);
}

bool textconsole_fit(struct textconsole *t)
{
	uint32_t width = channel_load(&t->client.channel->server.screen_width);
	uint32_t height = channel_load(&t->client.channel->server.screen_height);
	unsigned columns = text_clamp(width / TEXT_CELL_WIDTH, TEXT_COLUMNS, CONSOLE_MAX_COLUMNS);
	unsigned rows = text_clamp(height / TEXT_CELL_HEIGHT, TEXT_ROWS, CONSOLE_MAX_ROWS);

	/* A VGA in text mode has 25 rows of 80 cells, each 9 pixels wide. */
	if (height <= TEXT_ROWS * TEXT_CELL_HEIGHT)
		columns = TEXT_COLUMNS;
	if (columns == t->columns && rows == t->rows)
		return false;
	textconsole_size(t, columns, rows);
	return true;
}

bool textconsole_visible(struct textconsole *t)
{
	return console_is_open(&t->client) && channel_load(&t->client.channel->server.visible);
}

void textconsole_cell(struct textconsole *t, unsigned row, unsigned column, uint16_t cell)
{
	uint16_t *cells = console_cells(t->client.channel);

	if (row >= t->rows || column >= t->columns || cells[row * t->columns + column] == cell)
		return;
	cells[row * t->columns + column] = cell;
	t->changed[row] = true;
}

void textconsole_put(struct textconsole *t, unsigned row, unsigned column, uint8_t attribute,
		     const char *text)
{
	for (; *text; text++, column++)
		textconsole_cell(t, row, column, (uint16_t)((uint8_t)*text | attribute << 8));
}

void textconsole_line(struct textconsole *t, unsigned row, uint8_t attribute, const char *text)
{
	size_t length = strnlen(text, t->columns);

	textconsole_put(t, row, 0, attribute, text);
	for (unsigned column = (unsigned)length; column < t->columns; column++)
		textconsole_cell(t, row, column, (uint16_t)(' ' | attribute << 8));
}

void textconsole_show(struct textconsole *t)
{
	struct console_channel *c = t->client.channel;
	bool any = false;

	for (unsigned row = 0; row < t->rows && !any; row++)
		any = t->changed[row];
	if (!any)
		return;
	channel_store(&c->client.frame, ++t->frame);
	for (unsigned row = 0; row < t->rows; row++)
		if (t->changed[row])
			channel_store(&c->row_frame[row], t->frame);
	memset(t->changed, false, sizeof(t->changed));
	console_show(&t->client);
}

int textconsole_key(struct textconsole *t)
{
	struct console_event event;
	int key = 0;

	while (!key && console_event_get(&t->client, &event)) {
		if (event.type == CONSOLE_KEY_DOWN)
			key = keys_down(&t->keys, event.code);
		else if (event.type == CONSOLE_KEY_UP)
			keys_up(&t->keys, event.code);
		else if (event.type == CONSOLE_ALL_UP)
			keys_all_up(&t->keys);
	}
	return key;
}
