/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Debug port: Bochs's "port E9 hack", SeaBIOS's CONFIG_DEBUG_IO.  What firmware says about
 * itself goes to the log as lines of category "guest", or byte by byte to a serial line.
 * Nothing can be sent to the guest.
 */
#include "dev/misc/debug_port.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>

#define DEBUG_PORT_SIGNATURE 0xe9
#define DEBUG_PORT_LINE 120 /* characters; a longer line is more than one */

struct debug_port {
	struct serial_line *line;
	uint8_t count;
	char text[DEBUG_PORT_LINE + 1];
};

static void debug_port_flush(struct debug_port *p)
{
	p->text[p->count] = 0;
	if (p->count)
		LOG(LOG_GUEST, "debug port: %s", p->text);
	p->count = 0;
}

static void debug_port_collect(struct debug_port *p, uint8_t byte)
{
	if (byte == '\n') {
		debug_port_flush(p);
		return;
	}
	if (byte == '\r')
		return;
	if (p->count == DEBUG_PORT_LINE)
		debug_port_flush(p);
	if (byte == '\t')
		byte = ' ';
	p->text[p->count++] = (char)(byte < ' ' || byte > '~' ? '.' : byte);
}

static uint64_t debug_port_read(void *chip, gpa offset, unsigned size)
{
	(void)chip, (void)offset, (void)size;
	return DEBUG_PORT_SIGNATURE;
}

static void debug_port_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct debug_port *p = chip;
	uint8_t byte = (uint8_t)value;

	(void)offset, (void)size;
	if (!p->line)
		debug_port_collect(p, byte);
	else if (p->line->transmit)
		p->line->transmit(p->line->port, &byte, 1);
}

static void debug_port_reset(void *chip)
{
	debug_port_flush(chip);
}

static void debug_port_state(void *chip, struct archive *a)
{
	struct debug_port *p = chip;

	archive_u8(a, "count", &p->count);
	archive_require(a, p->count <= DEBUG_PORT_LINE);
	archive_bytes(a, "text", p->text, sizeof p->text);
	if (archive_failed(a))
		p->count = 0;
}

static void debug_port_destroy(void *chip)
{
	debug_port_flush(chip);
	port_free(chip, sizeof(struct debug_port));
}

static size_t debug_port_room(void *chip)
{
	(void)chip;
	return 0;
}

static void debug_port_receive(void *chip, const uint8_t *bytes, size_t count)
{
	(void)chip, (void)bytes, (void)count;
}

static void debug_port_receive_break(void *chip)
{
	(void)chip;
}

struct debug_port *debug_port_create(const struct debug_port_config *config)
{
	struct debug_port *p = port_allocate(sizeof *p, PORT_PLAIN);

	if (!p)
		return NULL;
	p->line = config->line;
	if (p->line) {
		p->line->chip = p;
		p->line->room = debug_port_room;
		p->line->receive = debug_port_receive;
		p->line->receive_break = debug_port_receive_break;
	}
	return p;
}

const struct chip_ops debug_port_ops = {
	.name = "debug_port",
	.read = debug_port_read,
	.write = debug_port_write,
	.reset = debug_port_reset,
	.state = debug_port_state,
	.destroy = debug_port_destroy,
	.max_bytes = 1,
};
