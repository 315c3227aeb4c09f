/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Root as a client of the console and the serial server, see log.h.  Both may be slow,
 * broken or gone, so root never waits for them: what finds no room is lost, and the next
 * line that has some says how much that was.
 */
#include "log.h"

#include "channel.h"
#include "signal.h"

#include <l4/serial.h>
#include <proto/console.h>
#include <proto/serial.h>
#include <stdio.h>
#include <string.h>

#define COLUMNS 80u
#define ROWS 25u
#define ATTRIBUTE 0x0700 /* light grey on black */
#define LOST_ROOM 64u    /* for the line that tells what was lost */

/* Root's end of a channel. */
struct log_end {
	struct channel *channel; /* NULL: there is none */
	void (*forget)(void);    /* sets root's counters to 0 */
	uint32_t epoch;
	bool is_open;
};

static bool line_is_given;
static uint32_t out_written, lost_bytes;
static unsigned column;

/* What waits for the serial channel to be opened, or to have room. */
static char backlog[2048];
static unsigned backlog_used;

static void log_forget_serial(void);
static void log_forget_console(void);
static struct log_end serial_end = { .forget = log_forget_serial };
static struct log_end console_end = { .forget = log_forget_console };

/* True if the channel is open; opens it at first, and again when its server has been
 * restarted. */
static bool log_is_open(struct log_end *end)
{
	struct channel_head *head = end->channel->memory;

	if (end->epoch && channel_load(&head->server_epoch) == end->epoch) {
		end->is_open = true;
	} else if (!end->epoch || end->is_open) {
		end->is_open = false;
		if (++end->epoch == 0)
			end->epoch = 1;
		end->forget();
		channel_open(head, end->epoch);
		signal_peer(end->channel, CHANNEL_ROOT);
	}
	return end->is_open;
}

/* ---- serial ---------------------------------------------------------------------- */

static struct serial_channel *log_serial(void)
{
	return serial_end.channel->memory;
}

static void log_forget_serial(void)
{
	out_written = 0;
	channel_store(&log_serial()->out_written.value, 0);
	channel_store(&log_serial()->in_read.value, 0);
}

static void log_put_ring(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		log_serial()->out[out_written++ % SERIAL_OUT_BYTES] = (uint8_t)text[i];
	channel_store(&log_serial()->out_written.value, out_written);
}

static void log_tell_lost(void)
{
	char line[LOST_ROOM];
	int length =
		snprintf(line, sizeof(line), "root: %u bytes of the log are lost\n", lost_bytes);

	lost_bytes = 0;
	log_put_ring(line, (size_t)length);
}

static void log_flush_serial(void)
{
	uint32_t used;

	if (!log_is_open(&serial_end))
		return;
	/* Root takes no input. */
	channel_store(&log_serial()->in_read.value, channel_load(&log_serial()->in_written.value));
	used = channel_used(out_written, channel_load(&log_serial()->out_read.value),
			    SERIAL_OUT_BYTES);
	if (backlog_used == 0 || SERIAL_OUT_BYTES - used < backlog_used + LOST_ROOM)
		return;
	log_put_ring(backlog, backlog_used);
	backlog_used = 0;
	if (lost_bytes)
		log_tell_lost();
	signal_peer(serial_end.channel, CHANNEL_ROOT);
}

static void log_serial_putc(char c)
{
	if (backlog_used < sizeof(backlog))
		backlog[backlog_used++] = c;
	else
		lost_bytes++;
	if (c == '\n' || backlog_used == sizeof(backlog))
		log_flush_serial();
}

/* ---- console --------------------------------------------------------------------- */

static struct console_channel *log_console(void)
{
	return console_end.channel->memory;
}

static void log_forget_console(void)
{
	channel_store(&log_console()->events_read.value, 0);
}

static void log_console_start(void)
{
	struct console_channel *c = log_console();
	uint16_t *cells = console_cells(c);

	for (unsigned i = 0; i < COLUMNS * ROWS; i++)
		cells[i] = ATTRIBUTE | ' ';
	c->client.width = c->client.stride = COLUMNS;
	c->client.height = ROWS;
	c->client.mode = CONSOLE_TEXT;
	c->client.look++;
	log_is_open(&console_end);
}

static void log_console_show(void)
{
	struct console_channel *c = log_console();
	uint32_t frame = c->client.frame + 1;

	channel_store(&c->client.frame, frame);
	for (unsigned row = 0; row < ROWS; row++)
		channel_store(&c->row_frame[row], frame);
	if (__atomic_load_n(&c->server.visible, __ATOMIC_RELAXED))
		signal_peer(console_end.channel, CHANNEL_ROOT);
}

static void log_console_scroll(void)
{
	uint16_t *cells = console_cells(log_console());

	memmove(cells, cells + COLUMNS, (ROWS - 1) * COLUMNS * sizeof(*cells));
	for (unsigned i = 0; i < COLUMNS; i++)
		cells[(ROWS - 1) * COLUMNS + i] = ATTRIBUTE | ' ';
	column = 0;
}

static void log_console_putc(char c)
{
	if (c == '\n') {
		log_console_show();
		log_console_scroll();
		return;
	}
	if (column == COLUMNS)
		log_console_scroll();
	console_cells(log_console())[(ROWS - 1) * COLUMNS + column++] =
		(uint16_t)(ATTRIBUTE | (uint8_t)c);
}

/* ---- both ------------------------------------------------------------------------ */

static void log_putc(char c)
{
	if (console_end.channel)
		log_console_putc(c);
	if (line_is_given)
		log_serial_putc(c);
	else
		l4_serial_putc(c);
}

static struct channel *log_find(enum task_channel_kind kind, size_t bytes)
{
	for (unsigned n = 0; n < channel_count_of(CHANNEL_ROOT); n++) {
		struct channel *c = channel_of(CHANNEL_ROOT, n);

		if (c->kind == kind && c->bytes >= bytes)
			return c;
	}
	return NULL;
}

void log_start(void)
{
	serial_end.channel = log_find(CHANNEL_SERIAL, sizeof(struct serial_channel));
	console_end.channel = log_find(CHANNEL_CONSOLE, CHANNEL_ROOT_BYTES);
	if (console_end.channel)
		log_console_start();
	stdio_set_putc(log_putc);
}

static bool log_is_server(const struct task *task)
{
	return serial_end.channel && serial_end.channel->server.task == task_index(task);
}

void log_give_line(const struct task *task)
{
	if (!log_is_server(task) || line_is_given)
		return;
	line_is_given = true;
	log_is_open(&serial_end);
}

void log_take_line(const struct task *task)
{
	if (!log_is_server(task) || !line_is_given)
		return;
	line_is_given = false;
	for (unsigned i = 0; i < backlog_used; i++)
		l4_serial_putc(backlog[i]);
	backlog_used = 0;
}

void log_continue(void)
{
	if (console_end.channel) {
		struct console_channel *c = log_console();

		/* Root has no use for keys. */
		if (log_is_open(&console_end))
			channel_store(&c->events_read.value,
				      channel_load(&c->events_written.value));
	}
	if (line_is_given)
		log_flush_serial();
}
