/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Two-wire serial bus: ARM DUI 0447, 4.14.  SB_CONTROL shows both wires, SB_CONTROLS
 * (the same address) releases and SB_CONTROLC pulls them down.  Both have pull-ups and
 * no device ever pulls, so that every transfer ends with a missing acknowledge.
 */
#include "sbcon_i2c.h"

#include <emu/archive.h>
#include <emu/port.h>

enum {
	SB_CONTROL = 0x0,
	SB_CONTROLC = 0x4,
};

#define SB_WIRES 0x3u /* bit 0 clock, bit 1 data */

struct sbcon_i2c {
	uint32_t wires;
};

static uint64_t sbcon_read(void *chip, gpa offset, unsigned size)
{
	struct sbcon_i2c *s = chip;

	(void)size;
	return offset == SB_CONTROL ? s->wires : 0;
}

static void sbcon_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct sbcon_i2c *s = chip;

	(void)size;
	if (offset == SB_CONTROL)
		s->wires |= value & SB_WIRES;
	else if (offset == SB_CONTROLC)
		s->wires &= ~(uint32_t)value;
}

static void sbcon_reset(void *chip)
{
	struct sbcon_i2c *s = chip;

	s->wires = SB_WIRES;
}

static void sbcon_state(void *chip, struct archive *a)
{
	struct sbcon_i2c *s = chip;

	archive_u32(a, "wires", &s->wires);
	archive_require(a, s->wires <= SB_WIRES);
}

static void sbcon_destroy(void *chip)
{
	port_free(chip, sizeof(struct sbcon_i2c));
}

struct sbcon_i2c *sbcon_i2c_create(void)
{
	struct sbcon_i2c *s = port_allocate(sizeof *s, PORT_PLAIN);

	if (s)
		sbcon_reset(s);
	return s;
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
