/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Two-wire serial bus: ARM DUI 0447, 4.14.  SB_CONTROL shows both wires, SB_CONTROLS
 * (the same address) releases and SB_CONTROLC pulls them down.  Both have pull-ups.
 *
 * The protocol of the devices is that of the I2C-bus specification (UM10204, 3.1) with
 * 7-bit addresses: the data wire is sampled when the clock rises and changes hands when
 * it has fallen.  Not modelled: devices that hold the clock, general calls.
 */
#include "sbcon_i2c.h"

#include <emu/archive.h>
#include <emu/port.h>

enum {
	SB_CONTROL = 0x0,
	SB_CONTROLC = 0x4,
};

#define SB_CLOCK 0x1u
#define SB_DATA 0x2u
#define SB_WIRES 0x3u
#define NO_DEVICE SBCON_I2C_DEVICES
#define ACKNOWLEDGE 9u /* the clock pulse for it */

enum i2c_phase {
	I2C_IDLE, /* or not for us */
	I2C_ADDRESS,
	I2C_WRITE, /* to a device */
	I2C_READ,
	I2C_PHASES,
};

struct sbcon_i2c {
	struct i2c_device device[SBCON_I2C_DEVICES];
	unsigned devices;
	uint32_t wires;  /* as the guest drives them; 1 is released */
	uint8_t pulled;  /* the selected device pulls the data wire down */
	uint8_t phase;   /* enum i2c_phase */
	uint8_t pulses;  /* of the clock, within this byte */
	uint8_t byte;    /* being shifted */
	uint8_t sampled; /* the data wire when the clock rose */
	uint32_t selected;
};

static bool i2c_data(const struct sbcon_i2c *s)
{
	return (s->wires & SB_DATA) && !s->pulled;
}

static struct i2c_device *i2c_selected(struct sbcon_i2c *s)
{
	return &s->device[s->selected];
}

/* The bit of the byte being read for the next pulse; the last one is the guest's. */
static void i2c_offer(struct sbcon_i2c *s)
{
	s->pulled = s->pulses < 8 && !(s->byte >> (7 - s->pulses) & 1);
}

static void i2c_next_byte(struct sbcon_i2c *s)
{
	s->pulses = 0;
	s->pulled = false;
	s->byte = 0;
	if (s->phase == I2C_READ) {
		s->byte = i2c_selected(s)->read(i2c_selected(s)->device);
		i2c_offer(s);
	}
}

static bool i2c_select(struct sbcon_i2c *s)
{
	for (s->selected = 0; s->selected < s->devices; s->selected++) {
		struct i2c_device *d = i2c_selected(s);

		if (d->address == s->byte >> 1) {
			d->start(d->device, s->byte & 1);
			return true;
		}
	}
	s->selected = NO_DEVICE;
	return false;
}

/* Eight bits came in: acknowledge them, or not. */
static void i2c_take_byte(struct sbcon_i2c *s)
{
	bool good;

	if (s->phase == I2C_ADDRESS)
		good = i2c_select(s);
	else
		good = i2c_selected(s)->write(i2c_selected(s)->device, s->byte);
	s->pulled = good;
	if (!good)
		s->phase = I2C_IDLE;
}

static void i2c_clock_rises(struct sbcon_i2c *s)
{
	if (s->phase == I2C_IDLE)
		return;
	s->sampled = i2c_data(s);
	s->pulses++;
	if (s->phase != I2C_READ && s->pulses <= 8)
		s->byte = (uint8_t)(s->byte << 1 | s->sampled);
}

static void i2c_clock_falls(struct sbcon_i2c *s)
{
	if (s->phase == I2C_IDLE) {
		s->pulled = false;
	} else if (s->pulses == ACKNOWLEDGE) {
		if (s->phase == I2C_ADDRESS)
			s->phase = s->byte & 1 ? I2C_READ : I2C_WRITE;
		else if (s->phase == I2C_READ && s->sampled)
			s->phase = I2C_IDLE; /* that was the last byte wanted */
		i2c_next_byte(s);
	} else if (s->phase == I2C_READ) {
		i2c_offer(s);
	} else if (s->pulses == 8) {
		i2c_take_byte(s);
	}
}

/* The data wire moves while the clock is high: start or stop. */
static void i2c_condition(struct sbcon_i2c *s, bool start)
{
	s->phase = start ? I2C_ADDRESS : I2C_IDLE;
	i2c_next_byte(s);
}

static void i2c_wires_change(struct sbcon_i2c *s, uint32_t wires)
{
	uint32_t changed = s->wires ^ wires;
	bool data = i2c_data(s);

	s->wires = wires;
	if (changed & SB_CLOCK) {
		if (wires & SB_CLOCK)
			i2c_clock_rises(s);
		else
			i2c_clock_falls(s);
	} else if ((wires & SB_CLOCK) && data != i2c_data(s)) {
		i2c_condition(s, data);
	}
}

static uint64_t sbcon_read(void *chip, gpa offset, unsigned size)
{
	struct sbcon_i2c *s = chip;

	(void)size;
	if (offset != SB_CONTROL)
		return 0;
	return (s->wires & SB_CLOCK) | (i2c_data(s) ? SB_DATA : 0);
}

static void sbcon_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct sbcon_i2c *s = chip;

	(void)size;
	if (offset == SB_CONTROL)
		i2c_wires_change(s, s->wires | (value & SB_WIRES));
	else if (offset == SB_CONTROLC)
		i2c_wires_change(s, s->wires & ~(uint32_t)value);
}

static void sbcon_reset(void *chip)
{
	struct sbcon_i2c *s = chip;

	s->wires = SB_WIRES;
	s->pulled = 0;
	s->phase = I2C_IDLE;
	s->pulses = 0;
	s->byte = 0;
	s->sampled = 0;
	s->selected = NO_DEVICE;
	for (unsigned i = 0; i < s->devices; i++)
		s->device[i].reset(s->device[i].device);
}

static void sbcon_state(void *chip, struct archive *a)
{
	struct sbcon_i2c *s = chip;

	archive_u32(a, "wires", &s->wires);
	archive_u8(a, "pulled", &s->pulled);
	archive_u8(a, "phase", &s->phase);
	archive_u8(a, "pulses", &s->pulses);
	archive_u8(a, "byte", &s->byte);
	archive_u8(a, "sampled", &s->sampled);
	archive_u32(a, "selected", &s->selected);
	archive_require(a, s->wires <= SB_WIRES && s->pulled <= 1 && s->sampled <= 1 &&
				   s->phase < I2C_PHASES && s->pulses <= ACKNOWLEDGE);
	archive_require(a, s->selected < s->devices ||
				   (s->phase != I2C_READ && s->phase != I2C_WRITE));
	for (unsigned i = 0; i < s->devices; i++)
		s->device[i].state(s->device[i].device, a);
	/* What was refused must not be acted upon. */
	if (archive_loading(a) && archive_failed(a))
		sbcon_reset(s);
}

static void sbcon_destroy(void *chip)
{
	struct sbcon_i2c *s = chip;

	for (unsigned i = 0; i < s->devices; i++)
		s->device[i].destroy(s->device[i].device);
	port_free(s, sizeof *s);
}

struct sbcon_i2c *sbcon_i2c_create(void)
{
	struct sbcon_i2c *s = port_allocate(sizeof *s, PORT_PLAIN);

	if (s)
		sbcon_reset(s);
	return s;
}

bool sbcon_i2c_attach(struct sbcon_i2c *s, const struct i2c_device *device)
{
	if (!s || !device->device || s->devices == SBCON_I2C_DEVICES)
		return false;
	s->device[s->devices++] = *device;
	return true;
}

const struct chip_ops sbcon_i2c_ops = {
	.name = "sbcon_i2c",
	.read = sbcon_read,
	.write = sbcon_write,
	.reset = sbcon_reset,
	.state = sbcon_state,
	.destroy = sbcon_destroy,
	.min_bytes = 4,
};
