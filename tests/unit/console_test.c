/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console server without L4: what is drawn on a frame buffer and on a display with a
 * text mode, switching, banner, blinking, when it wants to be woken, and the protocol.
 */
#include "tap.h"

#include "console_stand.h"
#include "servers/console/font.h"

#include <stdlib.h>

#define CLIENTS 3

static struct server server;
static struct stand_framebuffer screen;
static struct stand_vga vga;
static struct console_channel *channel[CLIENTS];
static uint64_t now_us;

static void start(struct display *display)
{
	static const char *const name[CLIENTS] = { "root", "sun", "mac" };

	now_us = 1000000;
	server_init(&server, display);
	for (unsigned i = 0; i < CLIENTS; i++) {
		free(channel[i]);
		channel[i] = stand_channel();
		server_add(&server, channel[i], name[i], i, i == 0);
	}
	server_start(&server, NULL);
}

static void start_framebuffer(uint32_t width, uint32_t height, uint32_t bits)
{
	free(screen.memory);
	screen = (struct stand_framebuffer){ .info = { .width = 0 } };
	ok(stand_framebuffer(&screen, width, height, bits), "%u x %u, %u bits", width, height,
	   bits);
	start(&screen.framebuffer.display);
}

static uint64_t update(void)
{
	return server_update(&server, now_us);
}

static uint64_t wait_us(uint64_t us)
{
	now_us += us;
	return update();
}

static void open_client(unsigned n, uint32_t epoch)
{
	channel_store(&channel[n]->events_read.value, 0);
	channel_open(&channel[n]->head, epoch);
	server_signalled(&server, n);
}

static void draw_text(unsigned n, uint32_t columns, uint32_t rows)
{
	struct console_channel *c = channel[n];

	c->client.width = c->client.stride = columns;
	c->client.height = rows;
	c->client.mode = CONSOLE_TEXT;
}

static void stamp(unsigned n, uint32_t row)
{
	struct console_channel *c = channel[n];

	c->row_frame[row] = c->client.frame + 1;
	channel_store(&c->client.frame, c->client.frame + 1);
	server_signalled(&server, n);
}

static void write_text(unsigned n, uint32_t row, const char *text, uint8_t attribute)
{
	struct console_channel *c = channel[n];
	uint16_t *cell = console_cells(c) + row * c->client.stride;

	for (uint32_t i = 0; text[i]; i++)
		cell[i] = (uint16_t)((uint8_t)text[i] | attribute << 8);
	stamp(n, row);
}

/* What the font says is at a cell of the frame buffer; 0: nothing known. */
static char read_cell(uint32_t left, uint32_t top, uint32_t scale, uint32_t background)
{
	for (unsigned c = 32; c < 127; c++) {
		bool same = true;

		for (uint32_t y = 0; y < FONT_HEIGHT * scale && same; y++)
			for (uint32_t x = 0; x < 8 * scale && same; x++)
				same = (stand_pixel(&screen, left + x, top + y) != background) ==
				       (font_cp437[c][y / scale] >> (7 - x / scale) & 1);
		if (same)
			return (char)c;
	}
	return 0;
}

static const char *read_row(uint32_t left, uint32_t top, uint32_t length, uint32_t background)
{
	static char text[161];

	for (uint32_t i = 0; i < length; i++)
		text[i] = read_cell(left + i * 8, top, 1, background);
	text[length] = 0;
	return text;
}

static void press(uint8_t usage, bool down)
{
	server_key(&server, (struct key_event){ down ? KEY_DOWN : KEY_UP, usage });
}

static void hot_key(uint8_t usage)
{
	static const uint8_t sequence[] = { USAGE_LEFT_CONTROL, USAGE_LEFT_ALT };

	press(sequence[0], true);
	press(sequence[1], true);
	press(usage, true);
	press(usage, false);
	press(sequence[1], false);
	press(sequence[0], false);
}

/* Takes a client's events: "+04 -04 up (1,2,0,0)". */
static const char *events(unsigned n)
{
	static char text[4096];
	struct console_channel *c = channel[n];
	size_t length = 0;

	text[0] = 0;
	while (c->events_read.value != c->events_written.value) {
		struct console_event e = c->event[c->events_read.value++ % CONSOLE_EVENTS];
		const char *space = length ? " " : "";

		if (e.type == CONSOLE_ALL_UP)
			length += (size_t)snprintf(text + length, 8, "%sup", space);
		else if (e.type == CONSOLE_MOUSE)
			length += (size_t)snprintf(text + length, 40, "%s(%d,%d,%d,%u)", space,
						   e.dx, e.dy, e.wheel, e.code);
		else
			length += (size_t)snprintf(text + length, 8, "%s%s%02x", space,
						   e.type == CONSOLE_KEY_DOWN ? "+" : "-", e.code);
	}
	return text;
}

static void test_start_screen(void)
{
	uint32_t left = (800 - 640) / 2, top = (600 - 400) / 2;

	start_framebuffer(800, 600, 32);
	update();
	is(wait_us(SERVER_POLL_US), SCREEN_NEVER, "the start-up screen needs no wake-ups");
	is_string(read_row(left + 38 * 8, top + 8 * 16, 4, 0), "L4VM", "its title");
	ok(strstr(read_row(left, top + 11 * 16, 80, 0), "console of sun"), "the console's name");
	is(channel[1]->server.visible, 1, "the first console but the log is visible");
	is(channel[0]->server.visible, 0, "the log isn't");
	is(channel[1]->server.screen_width, 800, "its width");
	is(channel[1]->server.screen_height, 600, "and height are told");
}

static void test_text(void)
{
	start_framebuffer(640, 400, 32);
	open_client(1, 5);
	is(channel[1]->head.server_epoch, 5, "the channel is open");
	draw_text(1, 80, 25);
	write_text(1, 0, "hello", 0x1e);
	is(update(), now_us + SERVER_POLL_US, "a changed frame is followed up");
	is_string(read_row(0, 0, 5, 0x0000aa), "hello", "text in the top left corner");
	is(stand_pixel(&screen, 0, 0), 0x0000aa, "its background");
	is(wait_us(SERVER_POLL_US), SCREEN_NEVER, "and no more when it doesn't change");
	write_text(1, 5, "again", 0x1e);
	wait_us(SERVER_POLL_US);
	console_cells(channel[1])[5 * 80] = 'A' | 0x1e00;
	stamp(1, 6);
	wait_us(SERVER_POLL_US);
	is_string(read_row(0, 80, 5, 0x0000aa), "again", "a row without a new stamp isn't drawn");
	write_text(1, 24, "end", 0x07);
	wait_us(SERVER_POLL_US);
	is_string(read_row(0, 24 * 16, 3, 0), "end", "the last row");
	write_text(1, 7, "soon", 0x07);
	update();
	is_string(read_row(0, 7 * 16, 4, 0), "    ", "frames aren't drawn in a row");
	is(update(), now_us + SERVER_FRAME_US, "but soon");
	wait_us(SERVER_FRAME_US);
	is_string(read_row(0, 7 * 16, 4, 0), "soon", "namely now");
}

static void test_large_screen(void)
{
	start_framebuffer(1920, 1080, 32);
	open_client(1, 1);
	draw_text(1, 80, 25);
	write_text(1, 3, "x", 0x07);
	update();
	is(read_cell((1920 - 1280) / 2, (1080 - 800) / 2 + 3 * 32, 2, 0), 'x',
	   "text is enlarged on a large screen");
	for (uint32_t y = 0; y < 16; y++)
		console_cells(channel[1])[y] = 0xffdb;
	draw_text(1, 160, 100);
	stamp(1, 0);
	wait_us(SERVER_FRAME_US);
	is(stand_pixel(&screen, (1920 - 1280) / 2, 1080 % 16 / 2), 0xffffff,
	   "rows that don't fit are left out, the rest is centred");
}

static void test_cursor(void)
{
	start_framebuffer(640, 400, 32);
	open_client(1, 1);
	draw_text(1, 80, 25);
	channel[1]->client.look_flags = CONSOLE_LOOK_CURSOR;
	channel[1]->client.cursor_first = 14;
	channel[1]->client.cursor_last = 15;
	write_text(1, 0, "ab", 0x07);
	update();
	is(wait_us(SERVER_POLL_US), 1000000 + SCREEN_BLINK_US, "a cursor wants to blink");
	is(stand_pixel(&screen, 0, 14), 0xaaaaaa, "it is there");
	is(stand_pixel(&screen, 0, 13), 0, "with its lines");
	is(wait_us(SCREEN_BLINK_US), 1040000 + 2 * SCREEN_BLINK_US, "it blinks");
	is(stand_pixel(&screen, 0, 14), 0, "it isn't there");
	wait_us(SCREEN_BLINK_US);
	is(stand_pixel(&screen, 0, 14), 0xaaaaaa, "it is there again");
	channel[1]->client.cursor_column = 79;
	channel[1]->client.cursor_row = 24;
	console_cells(channel[1])[24 * 80 + 79] = 0x0700;
	stamp(1, 24);
	wait_us(SERVER_FRAME_US);
	is(stand_pixel(&screen, 0, 14), 0, "it has left");
	is(stand_pixel(&screen, 639, 399), 0xaaaaaa, "for the last corner");
	channel[1]->client.look_flags = 0;
	stamp(1, 1);
	wait_us(SERVER_FRAME_US);
	is(wait_us(SERVER_POLL_US), SCREEN_NEVER, "without a cursor nothing blinks");
	is(stand_pixel(&screen, 639, 399), 0, "and it has gone");
}

static void test_blink(void)
{
	start_framebuffer(640, 400, 32);
	open_client(1, 1);
	draw_text(1, 80, 25);
	write_text(1, 2, "x", 0x9f);
	update();
	is_string(read_row(0, 32, 1, 0x5555ff), "x", "bit 7 is a bright background");
	channel[1]->client.look_flags = CONSOLE_LOOK_BLINK;
	channel[1]->client.look++;
	stamp(1, 0);
	wait_us(SERVER_FRAME_US);
	is_string(read_row(0, 32, 1, 0x0000aa), "x", "or makes it blink");
	wait_us(SERVER_POLL_US);
	wait_us(SCREEN_BLINK_US);
	is_string(read_row(0, 32, 1, 0x0000aa), " ", "which it does");
	wait_us(SCREEN_BLINK_US);
	is_string(read_row(0, 32, 1, 0x0000aa), "x", "and back");
}

static void test_font_and_palette(void)
{
	start_framebuffer(640, 400, 32);
	open_client(1, 1);
	draw_text(1, 80, 50);
	channel[1]->client.look_flags = CONSOLE_LOOK_FONT | CONSOLE_LOOK_PALETTE;
	channel[1]->client.font_height = 8;
	channel[1]->client.palette[1] = 0x123456;
	channel[1]->client.palette[2] = 0xff654321; /* the upper bits mean nothing */
	console_font(channel[1])['x' * 32 + 7] = 0x01;
	write_text(1, 49, "x", 0x12);
	update();
	is(stand_pixel(&screen, 7, 399) & 0xffffff, 0x654321, "the client's glyph and palette");
	is(stand_pixel(&screen, 6, 399), 0x123456, "and background");
	channel[1]->client.palette[1] = 0xabcdef;
	channel[1]->client.look++;
	stamp(1, 0);
	wait_us(SERVER_FRAME_US);
	is(stand_pixel(&screen, 6, 399), 0xabcdef, "a new look is drawn wholly");
}

static uint32_t pattern(uint32_t x, uint32_t y)
{
	return (x * 7 + y * 131 + 1) * 0x10307 & 0xffffff;
}

static void draw_pixels(unsigned n, uint32_t width, uint32_t height)
{
	struct console_channel *c = channel[n];
	uint32_t *pixel = console_pixels(c);

	c->client.width = width;
	c->client.height = height;
	c->client.stride = width + 3;
	c->client.mode = CONSOLE_PIXELS32;
	for (uint32_t y = 0; y < height; y++)
		for (uint32_t x = 0; x < width; x++)
			pixel[y * c->client.stride + x] = pattern(x, y);
	stamp(n, 0);
}

static unsigned wrong_pixels(uint32_t left, uint32_t top, uint32_t zoom)
{
	const struct console_channel *c = channel[1];
	unsigned wrong = 0;

	for (uint32_t y = 0; y < screen.info.height; y++)
		for (uint32_t x = 0; x < screen.info.width; x++) {
			bool inside = x >= left && y >= top &&
				      (x - left) / zoom < c->client.width &&
				      (y - top) / zoom < c->client.height;
			uint32_t wanted = inside ? pattern((x - left) / zoom, (y - top) / zoom) : 0;

			wrong += stand_pixel(&screen, x, y) != wanted;
		}
	return wrong;
}

static void test_pixels(void)
{
	start_framebuffer(800, 600, 32);
	open_client(1, 1);
	draw_pixels(1, 640, 480);
	update();
	is(wrong_pixels(80, 60, 1), 0, "a picture is centred, exact to the pixel");
	draw_pixels(1, 320, 200);
	wait_us(SERVER_FRAME_US);
	is(wrong_pixels(80, 100, 2), 0, "enlarged if it fits twice");
	((uint32_t *)console_pixels(channel[1]))[0] = 0x00ff00;
	((uint32_t *)console_pixels(channel[1]))[channel[1]->client.stride] = 0x0000ff;
	stamp(1, 1);
	wait_us(SERVER_FRAME_US);
	is(stand_pixel(&screen, 80, 100), pattern(0, 0), "a row without a new stamp isn't copied");
	is(stand_pixel(&screen, 80, 102), 0x0000ff, "one with it is");
	draw_pixels(1, 1600, 1200);
	wait_us(SERVER_FRAME_US);
	is(stand_pixel(&screen, 799, 599), pattern(1598, 1198), "reduced if it doesn't fit");
	draw_pixels(1, 1, 1);
	wait_us(SERVER_FRAME_US);
	is(stand_pixel(&screen, 400, 599), pattern(0, 0), "one pixel fills the screen's height");
}

static void test_pixels8(void)
{
	struct console_channel *c;
	uint8_t *pixel;

	start_framebuffer(640, 480, 32);
	c = channel[1];
	pixel = console_pixels(c);
	open_client(1, 1);
	c->client.mode = CONSOLE_PIXELS8;
	c->client.width = c->client.stride = 640;
	c->client.height = 480;
	c->client.palette[255] = 0x987654;
	pixel[479 * 640 + 639] = 255;
	stamp(1, 479);
	update();
	is(stand_pixel(&screen, 639, 479), 0x987654, "pixels by the palette");
	is(stand_pixel(&screen, 638, 479), 0, "of which 0 is black");
}

static void test_formats(void)
{
	static const struct {
		uint32_t bits;
		uint8_t red, green, blue;
		uint32_t wanted;
	} format[] = {
		{ 32, 0, 8, 16, 0x80ff10 },
		{ 24, 16, 8, 0, 0x10ff80 },
		{ 16, 11, 5, 0, 2 << 11 | 63 << 5 | 16 },
		{ 15, 10, 5, 0, 2 << 10 | 31 << 5 | 16 },
		{ 32, 24, 16, 8, 0x10ff8000 },
	};

	for (unsigned i = 0; i < sizeof(format) / sizeof(format[0]); i++) {
		free(screen.memory);
		screen = (struct stand_framebuffer){ .info = { .red_shift = format[i].red,
							       .green_shift = format[i].green,
							       .blue_shift = format[i].blue } };
		ok(stand_framebuffer(&screen, 640, 480, format[i].bits), "%u bits", format[i].bits);
		start(&screen.framebuffer.display);
		open_client(1, 1);
		draw_pixels(1, 640, 480);
		((uint32_t *)console_pixels(channel[1]))[0] = 0x10ff80;
		update();
		is(stand_pixel(&screen, 0, 0), format[i].wanted, "its pixels");
	}
	free(screen.memory);
	screen = (struct stand_framebuffer){ .info = { .red_shift = 28 } };
	ok(!stand_framebuffer(&screen, 640, 480, 32), "colours outside a pixel are refused");
	free(screen.memory);
	screen = (struct stand_framebuffer){ .info = { .red_shift = 0 } };
	ok(!stand_framebuffer(&screen, 640, 480, 8), "8 bits are refused");
}

static void test_banner(void)
{
	start_framebuffer(640, 480, 32);
	open_client(1, 1);
	open_client(2, 1);
	draw_text(1, 80, 25);
	write_text(1, 0, "first", 0x07);
	draw_pixels(2, 640, 480);
	update();
	hot_key(USAGE_F1 + 1);
	is(channel[1]->server.visible, 0, "after Ctrl+Alt+F2 the first isn't visible");
	is(channel[2]->server.visible, 1, "but the second");
	is(update(), now_us + SERVER_POLL_US, "it is drawn at once");
	is_string(read_row(0, 0, 10, 0xaaaaaa), " F2  mac  ", "the banner over pixels");
	is(stand_pixel(&screen, 639, 16), pattern(639, 16), "and below it the picture");
	is(wait_us(SERVER_POLL_US), 1000000 + SCREEN_BANNER_US, "it wants to be removed");
	draw_pixels(2, 640, 480);
	wait_us(SERVER_POLL_US);
	is(stand_pixel(&screen, 639, 0), 0xaaaaaa, "new frames don't overwrite it");
	wait_us(SCREEN_BANNER_US);
	is(stand_pixel(&screen, 0, 0), pattern(0, 0), "after two seconds the row is restored");
	is(stand_pixel(&screen, 639, 15), pattern(639, 15), "wholly");
	is(wait_us(SERVER_POLL_US), SCREEN_NEVER, "and nothing is left to do");
	hot_key(USAGE_LEFT);
	update();
	is_string(read_row(0, 40, 10, 0xaaaaaa), " F1  sun  ", "the banner over text");
	wait_us(SCREEN_BANNER_US);
	is_string(read_row(0, 40, 10, 0), "first     ", "and the text again");
	hot_key(USAGE_F12);
	update();
	is_string(read_row(0, 40, 11, 0xaaaaaa), " F12  root ", "F12 is the log");
	hot_key(USAGE_RIGHT);
	is(channel[1]->server.visible, 1, "after the last comes the first");
	hot_key(USAGE_F1 + 6);
	is(channel[1]->server.visible, 1, "a number that is nobody's does nothing");
}

static void test_keys(void)
{
	start_framebuffer(640, 480, 32);
	for (unsigned i = 0; i < CLIENTS; i++)
		open_client(i, 1);
	press(4, true);
	press(4, true);
	press(4, false);
	is_string(events(1), "+04 +04 -04", "keys reach the client that has the focus");
	press(5, true);
	hot_key(USAGE_F1 + 1);
	is_string(events(1), "+05 +e0 +e2 up", "one that loses it is told that all are up");
	is_string(events(2), "", "the other hears nothing of the keys that switched");
	press(5, false);
	press(6, true);
	is_string(events(2), "+06", "nor of what was held");
	is_string(events(1), "", "nor does the first of what came later");
	is_string(events(0), "", "or anyone else");
	server_mouse(&server, 3, -4, 1, 1);
	is_string(events(2), "(3,-4,1,1)", "the mouse");
	hot_key(USAGE_F1);
	is_string(events(2), "+e0 +e2 up (0,0,0,0)", "its buttons are up after a switch");
	press(USAGE_CAPS_LOCK, true);
	press(USAGE_CAPS_LOCK, true);
	is(server.lights, 4, "Caps Lock lights up");
	hot_key(USAGE_F1 + 1);
	is(server.lights, 0, "on this console only");
	hot_key(USAGE_F1);
	is(server.lights, 4, "where it stays");
	server_key(&server, (struct key_event){ KEY_LOST, 0 });
	server_key(&server, (struct key_event){ KEY_TAP, USAGE_PAUSE });
	is_string(events(1), "+39 +39 +e0 +e2 up up +48 -48", "lost codes, Pause");
}

static void test_full_ring(void)
{
	start_framebuffer(640, 480, 32);
	open_client(1, 1);
	press(4, true);
	for (unsigned i = 0; i < 300; i++)
		press(5, true);
	press(4, false);
	press(6, true);
	for (unsigned i = 0; i < 10; i++)
		server_mouse(&server, 100, 1, 0, 0);
	is(channel[1]->events_written.value, CONSOLE_EVENTS, "the ring is full");
	events(1);
	server_signalled(&server, 1);
	is_string(events(1), "up (1000,10,0,0)", "what can't be lost comes later");
	press(6, false);
	is_string(events(1), "", "a key that didn't go down doesn't go up");
	press(6, true);
	is_string(events(1), "+06", "all goes on");
	channel[1]->events_read.value = 77777;
	press(7, true);
	ok(channel[1]->events_written.value > CONSOLE_EVENTS, "a senseless counter is no obstacle");
}

static void test_open(void)
{
	struct console_channel *c;

	start_framebuffer(640, 480, 32);
	c = channel[1];
	press(4, true);
	is(c->events_written.value, 0, "no events before the channel is open");
	open_client(1, 7);
	press(4, true);
	press(4, false);
	is_string(events(1), "", "a key held since before isn't the client's");
	press(5, true);
	is_string(events(1), "+05", "the next is");
	open_client(1, 8);
	is(c->events_written.value, 0, "opening again starts the ring anew");
	is(c->head.server_epoch, 8, "with the new number");
	channel_open(&c->head, 0);
	server_signalled(&server, 1);
	is(c->head.server_epoch, 0, "closed");

	/* Another server on the same channels. */
	open_client(1, 9);
	open_client(2, 4);
	press(6, true);
	events(1);
	channel_open(&channel[0]->head, 3);
	server_init(&server, &screen.framebuffer.display);
	for (unsigned i = 0; i < CLIENTS; i++)
		server_add(&server, channel[i], "x", i, false);
	server_start(&server, NULL);
	is(channel[0]->head.server_epoch, 3, "a restarted server lets in who waits");
	is(c->head.server_epoch, 0, "and makes who was in open again");
	ok(server.client[1].signal, "of which it tells it");
	server_signalled(&server, 1);
	is(c->head.server_epoch, 0, "with the old number it doesn't");
	open_client(1, 10);
	is(c->head.server_epoch, 10, "with another it does");
}

static void test_text_mode(void)
{
	stand_vga(&vga);
	start(&vga.display);
	update();
	ok(vga.text_mode, "a text mode is used");
	is(vga.cell[8][38], 'L' | 0x0f00, "for the start-up screen");
	open_client(1, 1);
	draw_text(1, 80, 25);
	channel[1]->client.look_flags = CONSOLE_LOOK_CURSOR | CONSOLE_LOOK_BLINK;
	channel[1]->client.cursor_row = 3;
	channel[1]->client.cursor_first = 2;
	channel[1]->client.cursor_last = 40;
	write_text(1, 3, "abc", 0x97);
	wait_us(SERVER_FRAME_US);
	is(vga.cell[3][2], 'c' | 0x9700, "cells are the client's");
	is(vga.cursor_row, 3, "so is the cursor,");
	is(vga.cursor_last, 15, "whose lines are inside the cell");
	is(wait_us(SERVER_POLL_US), SCREEN_NEVER, "the hardware blinks");
	vga.cells_put = vga.begun = 0;
	write_text(1, 3, "abd", 0x97);
	wait_us(SERVER_POLL_US);
	is(vga.cells_put, 1, "one changed cell is one cell");
	is(vga.begun, 0, "without a new mode");
	hot_key(USAGE_F1 + 1);
	update();
	is(vga.cell[0][1], 'F' | 0x7000, "the banner is text");
	draw_text(1, 100, 30);
	hot_key(USAGE_F1);
	wait_us(SERVER_FRAME_US);
	ok(!vga.text_mode, "text too large for the mode is drawn");
}

static void test_sixteen_colours(void)
{
	uint32_t *pixel;
	unsigned wrong = 0;

	stand_vga(&vga);
	start(&vga.display);
	open_client(1, 1);
	draw_pixels(1, 640, 480);
	pixel = console_pixels(channel[1]);
	for (uint32_t y = 0; y < 480; y++)
		for (uint32_t x = 0; x < 640; x++)
			pixel[y * channel[1]->client.stride + x] = 0x0f0d0b * ((x / 8 + y) % 16);
	update();
	for (uint32_t y = 0; y < 480; y++)
		for (uint32_t x = 0; x < 640; x++)
			wrong += vga.pixel[y][x] != 0x0f0d0b * ((x / 8 + y) % 16);
	is(wrong, 0, "a picture of 16 colours is exact");
	ok(!vga.quantizer.rich, "with a palette of just these");
	is(vga.lines_put, 480, "drawn once");
	hot_key(USAGE_F12);
	update();
	hot_key(USAGE_F1);
	update();
	ok(!vga.quantizer.rich, "of which the banner takes none");
	draw_pixels(1, 640, 480);
	for (uint32_t y = 0; y < 480; y++)
		for (uint32_t x = 0; x < 640; x++) {
			pixel[y * channel[1]->client.stride + x] = x * 255 / 639 * 0x010101;
			channel[1]->row_frame[y] = channel[1]->client.frame;
		}
	wait_us(SERVER_FRAME_US);
	wrong = 0;
	for (uint32_t x = 0; x < 640; x++) {
		int difference = (int)(vga.pixel[100][x] & 255) - (int)(x * 255 / 639);

		wrong += difference > 24 || difference < -24;
	}
	ok(vga.quantizer.rich, "more colours: a choice of them");
	is(wrong, 0, "each shade of grey is near");
}

/* What makes no sense shows nothing, and no harm is done. */
static void test_nonsense(void)
{
	static const uint32_t size[][4] = {
		{ CONSOLE_TEXT, 161, 25, 161 },
		{ CONSOLE_TEXT, 80, 101, 80 },
		{ CONSOLE_TEXT, 0, 25, 80 },
		{ CONSOLE_TEXT, 80, 25, 79 },
		{ CONSOLE_TEXT, 80, 25, 0xffffffff },
		{ CONSOLE_PIXELS32, 1601, 1200, 1601 },
		{ CONSOLE_PIXELS32, 1600, 1200, 1800 },
		{ CONSOLE_PIXELS8, 16, 0, 16 },
		{ CONSOLE_PIXELS8, 16, 1200, 0x80000000 },
		{ 4, 80, 25, 80 },
		{ 0xffffffff, 80, 25, 80 },
	};

	start_framebuffer(640, 480, 32);
	open_client(1, 1);
	draw_pixels(1, 640, 480);
	update();
	for (unsigned i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		channel[1]->client.mode = size[i][0];
		channel[1]->client.width = size[i][1];
		channel[1]->client.height = size[i][2];
		channel[1]->client.stride = size[i][3];
		stamp(1, 0);
		wait_us(SERVER_FRAME_US);
		is(stand_pixel(&screen, 320, 240), 0, "mode %u, %u x %u, stride %u: dark",
		   size[i][0], size[i][1], size[i][2], size[i][3]);
	}
}

int main(void)
{
	test_start_screen();
	test_text();
	test_large_screen();
	test_cursor();
	test_blink();
	test_font_and_palette();
	test_pixels();
	test_pixels8();
	test_formats();
	test_banner();
	test_keys();
	test_full_ring();
	test_open();
	test_text_mode();
	test_sixteen_colours();
	test_nonsense();
	for (unsigned i = 0; i < CLIENTS; i++)
		free(channel[i]);
	free(screen.memory);
	return done();
}
