/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine's display, keyboard and mouse: a channel to the console server.
 *
 * While the machine's display is on, the console shows it, and keys are the machine's.
 * Otherwise it shows a terminal at the serial line, and keys send characters on that.
 *
 * Nothing is drawn while nobody looks, at most 30 times a second and for a fifth of the
 * time (pixels take long where the PC is emulated), and only if the guest has done
 * something since: a little waits for half a second, so that a guest that just
 * counts its ticks costs next to nothing.
 */
#include <l4/task.h>
#include <proto/client.h>
#include <stdio.h>
#include <string.h>

#include "frame.h"
#include "keys.h"
#include <emu/port.h>
#include <emu/port_l4.h>
#include "terminal.h"
#include "vmm.h"

#define FRAME_NS (NS_PER_SECOND / 30)
#define SLOW_FRAME_NS (NS_PER_SECOND / 2)
#define DRAWING_SHARE 5
#define NOTICEABLE 200000u /* instructions */
#define CURSOR_FIRST 14    /* line of a character */
#define CURSOR_LAST 15
#define USAGES 256u
#define CONSOLE_FONT_LEAST 8 /* lines */

static struct screen screen;
static struct input input;
static struct console_client console;
static int screen_channel = -1;
static struct terminal terminal;
static struct frame frame;
static struct keys keys;
static uint8_t keys_down[USAGES / 8];
static bool screen_visible, screen_touched, screen_appeared;
static uint64_t drawn_ns, drawn_instructions;
static uint64_t frame_ns = FRAME_NS;

/* Whether the machine's display is on. */
static bool screen_geometry(unsigned *width, unsigned *height)
{
	*width = *height = 0;
	if (screen.geometry)
		screen.geometry(screen.chip, width, height);
	return *width && *height;
}

static bool screen_is_on(void)
{
	unsigned width, height;

	return screen_geometry(&width, &height);
}

static void key_change(unsigned usage, bool down)
{
	uint8_t bit = (uint8_t)(1u << usage % 8), *byte = &keys_down[usage / 8];

	/* A key that isn't down for the machine doesn't go up. */
	if (!input.key || (!down && !(*byte & bit)))
		return;
	*byte = (uint8_t)(down ? *byte | bit : *byte & ~bit);
	input.key(input.keyboard, usage, down);
}

static void key_event(unsigned usage, bool down)
{
	uint8_t text[KEYS_TEXT_BYTES];
	size_t length;

	if (usage >= USAGES)
		return;
	length = keys_text(&keys, usage, down, text);
	if (!down || (input.key && screen_is_on()))
		key_change(usage, down);
	else
		line_type(text, length);
}

static void all_keys_up(void)
{
	keys.modifiers = 0;
	for (unsigned usage = 0; usage < USAGES; usage++)
		key_change(usage, false);
}

static void screen_event(const struct console_event *e)
{
	switch (e->type) {
	case CONSOLE_KEY_DOWN:
	case CONSOLE_KEY_UP:
		key_event(e->code, e->type == CONSOLE_KEY_DOWN);
		break;
	case CONSOLE_MOUSE:
		if (input.move)
			input.move(input.mouse, e->dx, e->dy, e->wheel, e->code & 7u);
		break;
	case CONSOLE_ALL_UP:
		all_keys_up();
		break;
	default:
		break;
	}
}

static void screen_events(void)
{
	struct console_event e;

	/* No more than a ring of them: a server that writes for ever mustn't stop the machine. */
	for (unsigned i = 0; i < CONSOLE_EVENTS && console_event_get(&console, &e); i++) {
		screen_event(&e);
		screen_touched = true;
	}
}

static bool terminal_is_new(void)
{
	const struct console_channel *c = console.channel;

	return terminal.changed || c->client.cursor_row != terminal.row ||
	       c->client.cursor_column != terminal.column;
}

/* The rows it was in and is in count as new. */
static void place_cursor(uint32_t column, uint32_t row, uint32_t first, uint32_t last)
{
	struct console_channel *c = console.channel;

	if (c->client.cursor_column == column && c->client.cursor_row == row &&
	    c->client.cursor_first == first && c->client.cursor_last == last)
		return;
	frame_touch(&frame, c->client.cursor_row);
	frame_touch(&frame, row);
	c->client.cursor_column = column;
	c->client.cursor_row = row;
	c->client.cursor_first = first;
	c->client.cursor_last = last;
}

static void draw_terminal(void)
{
	struct console_channel *c = console.channel;

	if (!frame_set(&frame, c, CONSOLE_TEXT, TERMINAL_COLUMNS, TERMINAL_ROWS))
		return;
	frame_look(c, NULL);
	memcpy(console_cells(c), terminal.cell, sizeof terminal.cell);
	terminal.changed = 0;
	place_cursor(terminal.column, terminal.row, CURSOR_FIRST, CURSOR_LAST);
	frame_stamp(&frame, c);
	console_show(&console);
}

/* False if the picture is none of text.  The console takes fonts of 8 lines and more. */
static bool draw_text(void)
{
	static struct screen_text t;
	struct console_channel *c = console.channel;
	bool looks_new;

	t.cells = console_cells(c);
	t.room = (CONSOLE_PIXELS_OFFSET - CONSOLE_CELLS_OFFSET) / sizeof *t.cells;
	if (!screen.text || !screen.text(screen.chip, &t) || t.font_height < CONSOLE_FONT_LEAST ||
	    t.columns > CONSOLE_MAX_COLUMNS || t.rows > CONSOLE_MAX_ROWS)
		return false;
	frame_set(&frame, c, CONSOLE_TEXT, t.columns, t.rows);
	looks_new = frame_look(c, &t);
	place_cursor(t.cursor_column, t.cursor_row, t.cursor_first, t.cursor_last);
	if (frame_stamp(&frame, c) || looks_new || screen_appeared)
		console_show(&console);
	return true;
}

static void draw_picture(unsigned width, unsigned height)
{
	struct console_channel *c = console.channel;

	if (frame_set(&frame, c, CONSOLE_PIXELS32, width, height)) {
		screen.draw(screen.chip, console_pixels(c), width);
		/* One that has just become visible says so even if nothing is new. */
		if (frame_stamp(&frame, c) == 0 && !screen_appeared)
			return;
	}
	console_show(&console);
}

static void screen_draw(void)
{
	unsigned width, height;

	if (!screen_geometry(&width, &height))
		draw_terminal();
	else if (!draw_text())
		draw_picture(width, height);
	screen_appeared = false;
}

/* When the next frame is to be drawn. */
static uint64_t screen_due(uint64_t instructions)
{
	uint64_t executed = instructions - drawn_instructions;

	if (screen_touched)
		return drawn_ns + frame_ns;
	if (!screen_is_on())
		return terminal_is_new() || frame.mode != CONSOLE_TEXT ? drawn_ns + frame_ns :
									 UINT64_MAX;
	if (executed >= NOTICEABLE)
		return drawn_ns + frame_ns;
	return executed ? drawn_ns + (frame_ns > SLOW_FRAME_NS ? frame_ns : SLOW_FRAME_NS) :
			  UINT64_MAX;
}

void screen_poll(uint64_t now_ns, uint64_t instructions)
{
	bool visible;
	uint64_t due;

	port_l4_wake_at(UINT64_MAX);
	if (screen_channel < 0)
		return;
	if (!console_is_open(&console)) {
		frame_forget(&frame);
		return;
	}
	screen_events();
	visible = channel_load(&console.channel->server.visible);
	screen_appeared |= visible && !screen_visible;
	screen_touched |= screen_appeared;
	screen_visible = visible;
	if (!visible)
		return;
	due = screen_due(instructions);
	if (now_ns < due) {
		port_l4_wake_at(due);
		return;
	}
	screen_touched = false;
	drawn_ns = now_ns;
	drawn_instructions = instructions;
	screen_draw();
	frame_ns = DRAWING_SHARE * (port_now_ns() - now_ns);
	if (frame_ns < FRAME_NS)
		frame_ns = FRAME_NS;
}

void screen_show_serial(const uint8_t *bytes, size_t count)
{
	if (screen_channel >= 0)
		terminal_write(&terminal, bytes, count);
}

void screen_detach(void)
{
	memset(&screen, 0, sizeof screen);
	memset(&input, 0, sizeof input);
	memset(keys_down, 0, sizeof keys_down);
	screen_touched = true;
}

bool screen_press(const uint8_t *usages)
{
	if (!input.key)
		return false;
	for (const uint8_t *u = usages; *u; u++)
		if (!input.has_key(input.keyboard, *u))
			return false;
	for (const uint8_t *u = usages; *u; u++)
		input.key(input.keyboard, *u, true);
	for (const uint8_t *u = usages; *u; u++)
		input.key(input.keyboard, *u, false);
	return true;
}

void screen_open(struct machine_config *config)
{
	char title[80];

	config->screen = &screen;
	config->input = &input;
	screen_channel = task_find_channel(CHANNEL_CONSOLE);
	if (screen_channel < 0)
		return;
	console_open(&console, (unsigned)screen_channel,
		     task_channel_memory((unsigned)screen_channel));
	terminal_init(&terminal);
	snprintf(title, sizeof title, "%s: %s, serial line\r\n\n", task_info()->name,
		 config->board);
	terminal_write(&terminal, (const uint8_t *)title, strlen(title));
}
