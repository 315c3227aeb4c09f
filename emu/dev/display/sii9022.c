/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SiI9022 (SiI-PR-1032, Transmitter Programming Interface): identification, power and
 * interrupt registers, and the hand-over of the monitor's own wires, as far as drivers
 * look at them.  The first byte written is a register's number, which counts on.
 *
 * Pictures don't pass through here: the display controller's frame is what is seen.  Not
 * modelled: audio, HDCP, the interrupt line; the monitor has no EDID to be read.
 */
#include "sii9022.h"

#include <emu/archive.h>
#include <emu/port.h>

enum {
	TPI_SYSTEM_CONTROL = 0x1a,
	TPI_DEVICE_ID = 0x1b,
	TPI_DEVICE_REVISION = 0x1c,
	TPI_REVISION = 0x1d,
	TPI_INTERRUPT_STATUS = 0x3d,
};

#define SII9022_ID 0xb0
#define CONTROL_WIRES_GRANTED 0x02
#define CONTROL_WIRES_REQUEST 0x04
#define STATUS_EVENTS 0xf3 /* cleared by writing ones */
#define STATUS_HOT_PLUG 0x04
#define STATUS_RECEIVER 0x08

struct sii9022 {
	uint8_t registers[256];
	uint8_t at;
	bool at_set; /* the register's number has come */
	bool monitor;
};

static void sii9022_start(void *device, bool read)
{
	struct sii9022 *s = device;

	s->at_set = read;
}

static uint8_t sii9022_read(void *device)
{
	struct sii9022 *s = device;
	uint8_t at = s->at++, value = s->registers[at];

	switch (at) {
	case TPI_DEVICE_ID:
		return SII9022_ID;
	case TPI_DEVICE_REVISION:
	case TPI_REVISION:
		return 0;
	case TPI_SYSTEM_CONTROL:
		return (uint8_t)(value |
				 (value & CONTROL_WIRES_REQUEST ? CONTROL_WIRES_GRANTED : 0));
	case TPI_INTERRUPT_STATUS:
		return (uint8_t)(value | (s->monitor ? STATUS_HOT_PLUG | STATUS_RECEIVER : 0));
	default:
		return value;
	}
}

static bool sii9022_write(void *device, uint8_t byte)
{
	struct sii9022 *s = device;
	uint8_t at = s->at;

	if (!s->at_set) {
		s->at = byte;
		s->at_set = true;
		return true;
	}
	s->at++;
	if (at == TPI_INTERRUPT_STATUS)
		s->registers[at] &= (uint8_t) ~(byte & STATUS_EVENTS);
	else if (at == TPI_SYSTEM_CONTROL)
		s->registers[at] = (uint8_t)(byte & ~CONTROL_WIRES_GRANTED);
	else
		s->registers[at] = byte;
	return true;
}

static void sii9022_reset(void *device)
{
	struct sii9022 *s = device;

	for (unsigned i = 0; i < sizeof s->registers; i++)
		s->registers[i] = 0;
	s->at = 0;
	s->at_set = false;
}

static void sii9022_state(void *device, struct archive *a)
{
	struct sii9022 *s = device;

	archive_bytes(a, "sii9022 registers", s->registers, sizeof s->registers);
	archive_u8(a, "sii9022 at", &s->at);
	archive_bool(a, "sii9022 at_set", &s->at_set);
}

static void sii9022_destroy(void *device)
{
	port_free(device, sizeof(struct sii9022));
}

struct i2c_device sii9022_create(uint8_t address, bool monitor)
{
	struct sii9022 *s = port_allocate(sizeof *s, PORT_PLAIN);

	if (s) {
		sii9022_reset(s);
		s->monitor = monitor;
	}
	return (struct i2c_device){ .address = address,
				    .device = s,
				    .start = sii9022_start,
				    .write = sii9022_write,
				    .read = sii9022_read,
				    .reset = sii9022_reset,
				    .state = sii9022_state,
				    .destroy = sii9022_destroy };
}
