/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The screen of text of lib/l4 on a channel whose server is this test.
 */
#include "tap.h"

#include <proto/textconsole.h>
#include <stdlib.h>

static struct console_channel *channel;
static struct textconsole screen;
static unsigned signals;

void task_signal(unsigned n);
void task_signal(unsigned n)
{
	is(n, 5, "the signal is for the channel");
	signals++;
}

static uint16_t cell(unsigned row, unsigned column)
{
	return console_cells(channel)[row * channel->client.stride + column];
}

static unsigned stamped(uint32_t frame)
{
	unsigned count = 0;

	for (unsigned row = 0; row < CONSOLE_MAX_HEIGHT; row++)
		count += channel->row_frame[row] == frame;
	return count;
}

static void event(uint16_t type, uint16_t code)
{
	uint32_t written = channel->events_written.value;

	channel->event[written % CONSOLE_EVENTS] =
		(struct console_event){ .type = type, .code = code };
	channel_store(&channel->events_written.value, written + 1);
}

static void test_open(void)
{
	textconsole_open(&screen, 5, channel);
	is(signals, 1, "opening signals");
	is(channel->client.mode, CONSOLE_TEXT, "text");
	is(channel->client.width * 100 + channel->client.height, 8025, "80 x 25");
	is(cell(24, 79), 0x0720, "blank");
	ok(!textconsole_visible(&screen), "not visible before it is open");
	is(textconsole_key(&screen), 0, "nor are there keys");
	channel->server.visible = 1;
	channel_store(&channel->head.server_epoch, channel->head.client_epoch);
	ok(textconsole_visible(&screen), "visible");
}

static void test_drawing(void)
{
	uint32_t frame = channel->client.frame;

	textconsole_show(&screen);
	is(channel->client.frame, frame + 1, "a frame");
	is(stamped(frame + 1), 25, "with all rows");
	is(signals, 2, "is signalled");
	textconsole_put(&screen, 3, 78, TEXT_RED, "cut");
	textconsole_put(&screen, 25, 0, TEXT_RED, "below");
	textconsole_put(&screen, 0, ~0u, TEXT_RED, "\xdb");
	textconsole_line(&screen, 9, TEXT_BAR, "bar");
	is(cell(3, 78), 'c' | TEXT_RED << 8, "text");
	is(cell(4, 0), 0x0720, "which is cut at the end of its row");
	is(cell(9, 79), ' ' | TEXT_BAR << 8, "a line is padded");
	is(channel->client.frame, frame + 1, "and not shown yet");
	textconsole_show(&screen);
	is(stamped(frame + 2), 2, "two rows have changed");
	textconsole_put(&screen, 3, 78, TEXT_RED, "cu");
	textconsole_show(&screen);
	is(channel->client.frame, frame + 2, "the same again is no frame");
	is(signals, 3, "and no signal");
	channel->server.visible = 0;
	textconsole_put(&screen, 3, 0, TEXT_RED, "x");
	textconsole_show(&screen);
	is(channel->client.frame, frame + 3, "invisible: a frame");
	is(signals, 3, "without a signal");
}

static void test_size(void)
{
	uint32_t look = channel->client.look;

	ok(!textconsole_fit(&screen), "no size, no change");
	channel->server.screen_width = 720;
	channel->server.screen_height = 400;
	ok(!textconsole_fit(&screen), "a VGA in text mode has 80 columns");
	channel->server.screen_width = 1024;
	channel->server.screen_height = 768;
	ok(textconsole_fit(&screen), "a larger screen");
	is(channel->client.width * 100 + channel->client.height, 12848, "128 x 48");
	ok(channel->client.look != look, "the server is told");
	is(cell(9, 0), 0x0720, "all is blank");
	textconsole_show(&screen);
	is(stamped(channel->client.frame), 48, "and shown");
	channel->server.screen_width = channel->server.screen_height = ~0u;
	ok(textconsole_fit(&screen), "a hostile size");
	is(channel->client.width * 1000 + channel->client.height, 160100, "has bounds");
	textconsole_put(&screen, 99, 159, TEXT_RED, "x");
	channel->server.screen_width = channel->server.screen_height = 1;
	textconsole_fit(&screen);
	is(channel->client.width * 100 + channel->client.height, 8025, "both ways");
}

static void test_keys(void)
{
	event(CONSOLE_KEY_DOWN, 225);
	event(CONSOLE_MOUSE, 1);
	event(CONSOLE_KEY_DOWN, 4);
	event(CONSOLE_KEY_UP, 225);
	event(CONSOLE_KEY_DOWN, 4);
	event(CONSOLE_KEY_DOWN, 225);
	event(CONSOLE_ALL_UP, 0);
	event(CONSOLE_KEY_DOWN, 81);
	event(77, 4);
	is(textconsole_key(&screen), 'A', "Shift+A");
	is(textconsole_key(&screen), 'a', "A");
	is(textconsole_key(&screen), KEYS_DOWN, "an arrow");
	is(textconsole_key(&screen), 0, "no more");
	is(channel->events_read.value, 9, "all events are taken");
	channel->events_written.value += 100000;
	is(textconsole_key(&screen), 0, "a broken ring is empty");
}

int main(void)
{
	channel = calloc(1, CONSOLE_CHANNEL_BYTES);
	test_open();
	test_drawing();
	test_size();
	test_keys();
	free(channel);
	return done();
}
