/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A parallel port with nothing connected: inputs float high, and as ACK never changes
 * there is no interrupt.  Data and control can be read back; with the direction bit the
 * data lines are inputs.  Not modelled: EPP, ECP, printers.
 */
#include "parallel.h"

#include <emu/archive.h>
#include <emu/port.h>

enum { PORT_DATA, PORT_STATUS, PORT_CONTROL };

/* ACK, PE, SELECT, ERROR and the unused bits are high; BUSY too, which is inverted. */
#define STATUS_OPEN 0x7F

#define CONTROL_INPUT 0x20
#define CONTROL_MASK 0x3F

struct parallel {
	uint8_t data, control;
};

static uint64_t parallel_read(void *chip, gpa offset, unsigned size)
{
	const struct parallel *p = chip;

	(void)size;
	switch (offset) {
	case PORT_DATA:
		return p->control & CONTROL_INPUT ? 0xFF : p->data;
	case PORT_STATUS:
		return STATUS_OPEN;
	case PORT_CONTROL:
		return p->control | (uint8_t)~CONTROL_MASK;
	default:
		return 0xFF;
	}
}

static void parallel_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct parallel *p = chip;

	(void)size;
	if (offset == PORT_DATA)
		p->data = (uint8_t)value;
	else if (offset == PORT_CONTROL)
		p->control = value & CONTROL_MASK;
}

static void parallel_reset(void *chip)
{
	struct parallel *p = chip;

	p->data = 0;
	p->control = 0;
}

static void parallel_state(void *chip, struct archive *a)
{
	struct parallel *p = chip;

	archive_u8(a, "data", &p->data);
	archive_u8(a, "control", &p->control);
	archive_require(a, (p->control & ~CONTROL_MASK) == 0);
}

static void parallel_destroy(void *chip)
{
	port_free(chip, sizeof(struct parallel));
}

struct parallel *parallel_create(void)
{
	return port_allocate(sizeof(struct parallel), PORT_PLAIN);
}

const struct chip_ops parallel_ops = {
	.name = "parallel",
	.read = parallel_read,
	.write = parallel_write,
	.reset = parallel_reset,
	.state = parallel_state,
	.destroy = parallel_destroy,
	.max_bytes = 1,
};
