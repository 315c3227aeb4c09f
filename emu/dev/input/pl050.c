/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PL050 keyboard/mouse interface, ARM DDI 0143, chapter 3.  A byte is transferred at
 * once: the transmitter is never busy, a received byte waits in the device until
 * KMIDATA is read.  Not modelled: parity errors, the clock divisor's effect, the test
 * registers, type 1 (no-line-control) devices.
 */
#include "dev/input/pl050.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>

#define KMICR 0x00
#define KMISTAT 0x04
#define KMIDATA 0x08
#define KMICLKDIV 0x0C
#define KMIIR 0x10

#define KMICR_FKMIC 0x01 /* clock forced low: the device may not send */
#define KMICR_KMIEN 0x04
#define KMICR_TXINTREN 0x08
#define KMICR_RXINTREN 0x10

#define KMISTAT_DATAIN 0x01
#define KMISTAT_CLKIN 0x02
#define KMISTAT_RXPARITY 0x04
#define KMISTAT_RXFULL 0x10
#define KMISTAT_TXEMPTY 0x40

struct pl050 {
	struct ps2 device;
	struct irq irq;
	uint8_t control, divisor, data;
};

static bool pl050_full(const struct pl050 *k)
{
	return (k->control & (KMICR_KMIEN | KMICR_FKMIC)) == KMICR_KMIEN && ps2_pending(&k->device);
}

static unsigned pl050_causes(const struct pl050 *k)
{
	bool receive = pl050_full(k) && (k->control & KMICR_RXINTREN);
	bool transmit = (k->control & KMICR_KMIEN) && (k->control & KMICR_TXINTREN);

	return receive | transmit << 1;
}

static void pl050_update(void *chip)
{
	struct pl050 *k = chip;

	irq_set(&k->irq, pl050_causes(k) != 0);
}

static unsigned pl050_status(const struct pl050 *k)
{
	unsigned status = KMISTAT_TXEMPTY | KMISTAT_DATAIN;

	if (!(k->control & KMICR_FKMIC))
		status |= KMISTAT_CLKIN;
	if (pl050_full(k))
		status |= KMISTAT_RXFULL;
	/* Odd parity: the bit that makes the number of ones odd. */
	if (!__builtin_parity(k->data))
		status |= KMISTAT_RXPARITY;
	return status;
}

static uint64_t pl050_read(void *chip, gpa offset, unsigned size)
{
	static const uint8_t id[] = { 0x50, 0x10, 0x04, 0x00, 0x0D, 0xF0, 0x05, 0xB1 };
	struct pl050 *k = chip;

	(void)size;
	if (offset >= 0xFE0)
		return offset % 4 ? 0 : id[(offset - 0xFE0) / 4];
	switch (offset) {
	case KMICR:
		return k->control;
	case KMISTAT:
		return pl050_status(k);
	case KMIDATA:
		if (pl050_full(k))
			k->data = ps2_read(&k->device);
		pl050_update(k);
		return k->data;
	case KMICLKDIV:
		return k->divisor;
	case KMIIR:
		return pl050_causes(k);
	default:
		LOG(LOG_UNIMPLEMENTED, "pl050: read at %#x", (unsigned)offset);
		return 0;
	}
}

static void pl050_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct pl050 *k = chip;

	(void)size;
	switch (offset) {
	case KMICR:
		k->control = value & 0x3F;
		break;
	case KMIDATA:
		if (k->control & KMICR_KMIEN)
			ps2_write(&k->device, (uint8_t)value);
		break;
	case KMICLKDIV:
		k->divisor = value & 0x0F;
		break;
	default:
		LOG(LOG_UNIMPLEMENTED, "pl050: write %#x at %#x", (unsigned)value,
		    (unsigned)offset);
	}
	pl050_update(k);
}

static void pl050_reset(void *chip)
{
	struct pl050 *k = chip;

	k->control = 0;
	k->divisor = 0;
	k->data = 0;
	ps2_reset(&k->device);
	pl050_update(k);
}

static void pl050_state(void *chip, struct archive *a)
{
	struct pl050 *k = chip;

	archive_u8(a, "control", &k->control);
	archive_u8(a, "divisor", &k->divisor);
	archive_u8(a, "data", &k->data);
	ps2_state(&k->device, a);
	pl050_update(k);
}

static void pl050_destroy(void *chip)
{
	port_free(chip, sizeof(struct pl050));
}

const struct chip_ops pl050_ops = {
	.name = "pl050",
	.read = pl050_read,
	.write = pl050_write,
	.reset = pl050_reset,
	.state = pl050_state,
	.destroy = pl050_destroy,
};

struct pl050 *pl050_create(const struct pl050_config *config)
{
	struct pl050 *k = port_allocate(sizeof *k, PORT_PLAIN);

	if (!k)
		return NULL;
	k->irq = config->irq;
	ps2_init(&k->device, config->device, config->input, pl050_update, k);
	return k;
}
