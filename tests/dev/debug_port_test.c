/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The debug port: lines in the log, bytes on a serial line.
 */
#include "rig.h"

#include <emu/log.h>

#include "dev/misc/debug_port.h"
#include "port/linux/port_linux.h"

static char *logged;
static size_t logged_bytes;
static FILE *log_stream;
static char sent[256];
static size_t sent_count;

static void keep(void *port, const uint8_t *bytes, size_t count)
{
	(void)port;
	for (size_t i = 0; i < count && sent_count < sizeof sent - 1; i++)
		sent[sent_count++] = (char)bytes[i];
}

static struct rig *rig_with_port(struct serial_line *line)
{
	const struct debug_port_config config = { .line = line };
	struct rig *r = rig_open();

	rig_place(r, 0, 4, &debug_port_ops, debug_port_create(&config));
	return r;
}

static void print(struct rig *r, const char *text)
{
	for (; *text; text++)
		rig_write_sized(r, 0, 1, (uint8_t)*text);
}

/* What has been logged since the last call. */
static const char *log_text(void)
{
	static size_t told;
	const char *text;

	fflush(log_stream);
	text = logged + told;
	told = logged_bytes;
	return text;
}

static void test_log(void)
{
	struct rig *r = rig_with_port(NULL), *other;
	char line[130];

	is(rig_read_sized(r, 0, 1), 0xe9, "debug_port: signature");
	print(r, "Hello, ");
	is_string(log_text(), "", "debug_port: no line yet");
	print(r, "\tworld\x1b\r\n\n");
	is_string(log_text(), "debug port: Hello,  world.\n", "debug_port: one line");
	memset(line, 'x', 121);
	line[121] = 0;
	print(r, line);
	line[120] = 0;
	ok(strstr(log_text(), line), "debug_port: a long line is cut");
	print(r, "y");
	ok(rig_save(r), "debug_port: saved");
	other = rig_with_port(NULL);
	ok(rig_load(other, r), "debug_port: loaded");
	print(other, "\n");
	is_string(log_text(), "debug port: xy\n", "debug_port: the line goes on");
	print(r, "z");
	bus_reset(r->bus);
	is_string(log_text(), "debug port: xyz\n", "debug_port: a reset ends a line");
	rig_close(r);
	rig_close(other);
	is_string(log_text(), "", "debug_port: nothing is left");
}

static void test_line(void)
{
	struct serial_line line = { .transmit = keep };
	struct rig *r = rig_with_port(&line);

	print(r, "one\r\n\ttwo");
	is_string(sent, "one\r\n\ttwo", "debug_port: bytes as they are");
	is_string(log_text(), "", "debug_port: and not in the log");
	is(line.room(line.chip), 0, "debug_port: takes nothing");
	is(rig_read_sized(r, 0, 1), 0xe9, "debug_port: signature here too");
	rig_close(r);
}

int main(void)
{
	log_stream = open_memstream(&logged, &logged_bytes);
	port_set_log(log_stream);
	log_mask = LOG_GUEST;
	test_log();
	test_line();
	port_set_log(NULL);
	fclose(log_stream);
	free(logged);
	return done();
}
