/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine's first serial line: a channel to the serial server, and the terminal on
 * the console (screen.c).
 *
 * A serial port can't be told to wait, but the machine can: when the channel's ring is
 * full, what transmits waits for the server, as long as that takes anything at all within
 * LINE_PATIENCE_US; then output is lost until the server goes on.
 *
 * What is transmitted within a slice goes out at once: a signal costs more than a byte.
 */
#include <l4/task.h>
#include <proto/client.h>

#include "vmm.h"

#define LINE_PATIENCE_US 200000u
#define LINE_SENT 256u
#define LINE_TYPED 256u /* a power of two */

static struct serial_line line;
static struct serial_client line_client;
static int line_channel = -1;
static bool line_stuck;              /* the server took nothing for too long */
static uint8_t line_sent[LINE_SENT]; /* and not yet written to the channel */
static size_t line_sent_count;
static uint8_t line_typed[LINE_TYPED];
static unsigned line_typed_in, line_typed_out;

/* Waits for the server.  False if it doesn't do anything. */
static bool line_wait(void)
{
	uint64_t others = 0, own = 1ull << line_channel, news;

	do {
		news = task_wait(l4_period_us(LINE_PATIENCE_US), NULL);
		others |= news & ~own;
		vmm_heartbeat();
	} while (news && !(news & own));
	task_signals_put_back(others);
	return news & own;
}

static void line_send(const uint8_t *bytes, size_t count)
{
	while (count > 0) {
		size_t sent = serial_write(&line_client, bytes, count);

		if (sent > 0)
			line_stuck = false;
		bytes += sent;
		count -= sent;
		if (count > 0 && (line_stuck || !line_wait())) {
			line_stuck = true;
			return;
		}
	}
}

static void line_transmit(void *port, const uint8_t *bytes, size_t count)
{
	(void)port;
	screen_show_serial(bytes, count);
	for (size_t i = 0; i < count && line_channel >= 0; i++) {
		line_sent[line_sent_count++] = bytes[i];
		if (line_sent_count == LINE_SENT)
			line_flush();
	}
}

void line_flush(void)
{
	size_t count = line_sent_count;

	line_sent_count = 0;
	if (count > 0)
		line_send(line_sent, count);
}

static size_t line_take_typed(uint8_t *bytes, size_t room)
{
	size_t n = 0;

	while (n < room && line_typed_out != line_typed_in)
		bytes[n++] = line_typed[line_typed_out++ % LINE_TYPED];
	return n;
}

void line_poll(void)
{
	uint8_t bytes[64];
	size_t n, room;

	line_flush();
	while (line.room && (room = line.room(line.chip)) > 0) {
		if (room > sizeof bytes)
			room = sizeof bytes;
		n = line_take_typed(bytes, room);
		if (n == 0 && line_channel >= 0)
			n = serial_read(&line_client, bytes, room);
		if (n == 0)
			break;
		line.receive(line.chip, bytes, n);
	}
	if (line_channel >= 0 && serial_break(&line_client))
		line_break();
}

static void line_ready(void *port)
{
	(void)port;
	line_poll();
}

void line_type(const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count && line_typed_in - line_typed_out < LINE_TYPED; i++)
		line_typed[line_typed_in++ % LINE_TYPED] = bytes[i];
}

bool line_break(void)
{
	if (!line.receive_break)
		return false;
	line.receive_break(line.chip);
	return true;
}

struct serial_line *line_open(void)
{
	line.transmit = line_transmit;
	line.ready = line_ready;
	line_channel = task_find_channel(CHANNEL_SERIAL);
	if (line_channel >= 0)
		serial_open(&line_client, (unsigned)line_channel,
			    task_channel_memory((unsigned)line_channel));
	return &line;
}
