/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of the vmm server that need no kernel: the terminal, keys as characters, and
 * which rows of a picture are new.
 */
#include "servers/vmm/terminal.h"

#include <stdlib.h>
#include <tap.h>

#include "servers/vmm/frame.h"
#include "servers/vmm/keys.h"

static struct terminal terminal;

static void type(const char *text)
{
	terminal_write(&terminal, (const uint8_t *)text, strlen(text));
}

/* A row's characters without the blanks at its end. */
static const char *row_text(unsigned row)
{
	static char text[TERMINAL_COLUMNS + 1];
	unsigned end = 0;

	for (unsigned i = 0; i < TERMINAL_COLUMNS; i++) {
		text[i] = (char)terminal.cell[row][i];
		if (text[i] != ' ')
			end = i + 1;
	}
	text[end] = 0;
	return text;
}

static unsigned attribute(unsigned row, unsigned column)
{
	return terminal.cell[row][column] >> 8;
}

static void test_text(void)
{
	terminal_init(&terminal);
	is(terminal.changed, (1u << TERMINAL_ROWS) - 1, "a new terminal has to be shown");
	terminal.changed = 0;
	type("hello\r\nworld\b\bLD\tx");
	is_string(row_text(0), "hello", "a line");
	is_string(row_text(1), "worLD   x", "backspace, tabulator");
	is(terminal.changed, 3, "two rows have changed");
	type("\r\xc3\xa4!");
	is_string(row_text(1), "?!rLD   x", "what isn't ASCII is one sign");
	terminal_init(&terminal);
	for (unsigned i = 0; i < TERMINAL_COLUMNS; i++)
		type("a");
	is(terminal.row, 0, "a full line doesn't wrap yet");
	type("b");
	is_string(row_text(1), "b", "but with the next character");
	type("\r\n");
	for (unsigned i = 0; i < TERMINAL_COLUMNS; i++)
		type("c");
	type("\r\nd");
	is_string(row_text(3), "d", "and not twice");
	terminal_init(&terminal);
	for (unsigned i = 0; i < 30; i++) {
		char line[16];

		snprintf(line, sizeof line, "line %u\r\n", i);
		type(line);
	}
	is_string(row_text(0), "line 6", "it scrolls");
	is_string(row_text(TERMINAL_ROWS - 2), "line 29", "at the end");
}

static void test_sequences(void)
{
	terminal_init(&terminal);
	type("\033[31;1mred\033[0m\033[44mblue\033[m.");
	is(attribute(0, 0), 0x0c, "bold red");
	is(attribute(0, 3), 0x17, "on blue");
	is(attribute(0, 7), 0x07, "as before");
	type("\033[5;10Hx\033[2Ay\033[3Bz\033[9Dw\033[Gv");
	is_string(row_text(4), "         x", "at a place");
	is_string(row_text(2), "          y", "up");
	is_string(row_text(5), "v  w       z", "down, left, first column");
	type("\033[999;999He\033[Hf");
	is_string(row_text(TERMINAL_ROWS - 1) + TERMINAL_COLUMNS - 1, "e", "the last place");
	is((char)terminal.cell[0][0], 'f', "the first");
	type("\033[5;12H\033[1J");
	is_string(row_text(2), "", "erased above");
	is_string(row_text(5), "v  w       z", "not below");
	type("\033[J");
	is_string(row_text(5), "", "erased below");
	type("\033[2J\033[Habcdef\033[3G\033[K");
	is_string(row_text(0), "ab", "the rest of a line");
	type("\rabcdef\033[3G\033[2P");
	is_string(row_text(0), "abef", "characters deleted");
	type("\033[2@");
	is_string(row_text(0), "ab  ef", "inserted");
	type("\033[2J\033[H1\r\n2\r\n3\033[2;1H\033[L");
	is_string(row_text(1), "", "a line inserted");
	is_string(row_text(2), "2", "moves others");
	type("\033[2M");
	is_string(row_text(1), "3", "lines deleted");
	type("\033[2;3r\033[2;1Ha\r\nb\r\nc");
	is_string(row_text(0), "1", "above the region nothing scrolls");
	is_string(row_text(1), "b", "in it");
	is_string(row_text(2), "c", "it does");
	type("\033[r\033[7;7H\0337\033[H\0338x");
	is_string(row_text(6), "      x", "a saved place");
	type("\033[8;1H\033[?25h\033[>c\033]0;title\a\033(Bok");
	is_string(row_text(7), "ok", "what isn't known is skipped");
}

/* Any bytes at all; the sanitizers look on. */
static void test_rubbish(void)
{
	static const char some[] = "\033\033[[[;;0123456789;HJKLMPXABCDEFGdfrsu@m\r\n\t\b?";
	unsigned wrong = 0;

	terminal_init(&terminal);
	srand(1);
	for (unsigned i = 0; i < 400000; i++) {
		uint8_t byte =
			(uint8_t)(rand() % 4 ? some[(unsigned)rand() % (sizeof some - 1)] : rand());

		terminal_write(&terminal, &byte, 1);
		wrong += terminal.row >= TERMINAL_ROWS || terminal.column >= TERMINAL_COLUMNS ||
			 terminal.top >= terminal.bottom || terminal.bottom >= TERMINAL_ROWS;
	}
	is(wrong, 0, "the cursor stays within");
}

static const char *pressed(struct keys *k, unsigned usage)
{
	static uint8_t text[KEYS_TEXT_BYTES + 1];

	memset(text, 0, sizeof text);
	keys_text(k, usage, true, text);
	keys_text(k, usage, false, text);
	return (const char *)text;
}

static void test_keys(void)
{
	struct keys k = { 0 };
	uint8_t text[KEYS_TEXT_BYTES];

	is_string(pressed(&k, 4), "a", "a letter");
	is_string(pressed(&k, 39), "0", "a figure");
	is_string(pressed(&k, 40), "\r", "Enter");
	is_string(pressed(&k, 42), "\177", "Backspace");
	is_string(pressed(&k, 56), "/", "the last of the main keys");
	is_string(pressed(&k, 82), "\033[A", "an arrow");
	is_string(pressed(&k, 99), ".", "the last of the keypad");
	is_string(pressed(&k, 0), "", "no key");
	is_string(pressed(&k, 255), "", "nor this");
	keys_text(&k, 225, true, text);
	is_string(pressed(&k, 4), "A", "with shift");
	is_string(pressed(&k, 31), "@", "2");
	is_string(pressed(&k, 52), "\"", "a quotation mark");
	is_string(pressed(&k, 56), "?", "?");
	keys_text(&k, 225, false, text);
	keys_text(&k, 228, true, text);
	is_string(pressed(&k, 6), "\003", "Ctrl-C");
	is_string(pressed(&k, 48), "\035", "Ctrl-]");
	is(keys_text(&k, 44, true, text), 1, "Ctrl-Space is a character");
	is(text[0], 0, "0");
	keys_text(&k, 228, false, text);
	keys_text(&k, 226, true, text);
	is_string(pressed(&k, 27), "\033x", "Alt-X");
	keys_text(&k, 226, false, text);
	pressed(&k, 57);
	is_string(pressed(&k, 4), "A", "Caps Lock");
	is_string(pressed(&k, 30), "1", "is for letters");
}

static void test_frame(void)
{
	static struct frame frame;
	struct console_channel *c = calloc(1, CONSOLE_CHANNEL_BYTES);
	uint32_t *pixels = console_pixels(c);

	ok(frame_set(&frame, c, CONSOLE_PIXELS32, 33, 20), "a picture");
	is(c->client.look, 1, "has a new look");
	is(frame_stamp(&frame, c), 20, "all of it is new");
	is(frame_stamp(&frame, c), 0, "nothing is");
	is(c->client.frame, 1, "one frame so far");
	pixels[7 * 33 + 32] ^= 1;
	pixels[9 * 33] ^= 0x800000;
	ok(frame_set(&frame, c, CONSOLE_PIXELS32, 33, 20), "the same again");
	is(frame_stamp(&frame, c), 2, "two rows");
	ok(c->row_frame[7] == 2 && c->row_frame[9] == 2 && c->row_frame[8] == 1, "those");
	is(c->client.look, 1, "look as before");
	frame_touch(&frame, 3);
	is(frame_stamp(&frame, c), 1, "one that is said to be new");
	ok(frame_set(&frame, c, CONSOLE_TEXT, 80, 25), "text");
	is(frame_stamp(&frame, c), 25, "is new");
	console_cells(c)[24 * 80 + 79] = 'x';
	is(frame_stamp(&frame, c), 1, "one row");
	is(c->row_frame[24], c->client.frame, "the last");
	ok(!frame_set(&frame, c, CONSOLE_PIXELS32, CONSOLE_MAX_WIDTH + 1, 20) &&
		   c->client.mode == CONSOLE_OFF,
	   "too wide");
	ok(!frame_set(&frame, c, CONSOLE_PIXELS32, 20, CONSOLE_MAX_HEIGHT + 1) &&
		   c->client.mode == CONSOLE_OFF,
	   "too high");
	free(c);
}

static void test_look(void)
{
	static struct screen_text t = { .font_height = 14, .blinks = true };
	static struct frame frame;
	struct console_channel *c = calloc(1, CONSOLE_CHANNEL_BYTES);
	const uint32_t own = CONSOLE_LOOK_CURSOR | CONSOLE_LOOK_PALETTE | CONSOLE_LOOK_FONT;

	frame_set(&frame, c, CONSOLE_TEXT, 80, 25);
	ok(!frame_look(c, NULL) && c->client.look_flags == CONSOLE_LOOK_CURSOR, "the usual look");
	t.palette[15] = 0x123456;
	t.font[SCREEN_FONT_BYTES - 1] = 0x42;
	ok(frame_look(c, &t) && c->client.look == 2, "another");
	ok(c->client.look_flags == (own | CONSOLE_LOOK_BLINK) && c->client.font_height == 14 &&
		   c->client.palette[15] == 0x123456 &&
		   console_font(c)[SCREEN_FONT_BYTES - 1] == 0x42,
	   "font, colours, blinking");
	ok(!frame_look(c, &t) && c->client.look == 2, "the same again");
	t.font[0] = 1;
	ok(frame_look(c, &t) && console_font(c)[0] == 1, "a glyph changes");
	t.palette[0] = 1;
	ok(frame_look(c, &t) && c->client.palette[0] == 1, "a colour");
	t.font_height = 15;
	ok(frame_look(c, &t) && c->client.font_height == 15, "the height");
	t.blinks = false;
	ok(frame_look(c, &t) && c->client.look_flags == own, "blinking");
	ok(frame_look(c, NULL) && c->client.look_flags == CONSOLE_LOOK_CURSOR &&
		   c->client.look == 7,
	   "as usual again");
	free(c);
}

int main(void)
{
	test_text();
	test_sequences();
	test_rubbish();
	test_keys();
	test_frame();
	test_look();
	return done();
}
