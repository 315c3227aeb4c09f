/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Compact flash in true IDE mode on a memory bus: CompactFlash Specification 3.0,
 * chapter 6, and the Versatile Express motherboard's address decoding (ARM DUI 0447).
 * The sixteen data lines see a 32-bit access as two of the data register.
 */
#include "dev/block/ata_cf.h"

#include <emu/archive.h>
#include <emu/port.h>

#include "dev/block/ata.h"

#define CONTROL_BLOCK 0x100
#define REGISTER_SHIFT 2

struct ata_cf {
	struct ata_channel channel;
};

/* The control block has device control alone, at its beginning; the address decoder
 * leaves out the lines that would tell its repetitions apart. */
static enum ata_register cf_register(gpa offset)
{
	if (offset >= CONTROL_BLOCK)
		return ATA_CONTROL;
	return (enum ata_register)(offset >> REGISTER_SHIFT & 7);
}

static uint64_t ata_cf_read(void *chip, gpa offset, unsigned size)
{
	struct ata_cf *cf = chip;
	enum ata_register r = cf_register(offset);
	uint32_t value;

	if (r != ATA_DATA)
		return offset & 3 ? 0 : ata_read(&cf->channel, r);
	if (offset & 1)
		return 0;
	value = ata_read_data(&cf->channel);
	if (size == 4)
		value |= (uint32_t)ata_read_data(&cf->channel) << 16;
	return value;
}

static void ata_cf_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct ata_cf *cf = chip;
	enum ata_register r = cf_register(offset);

	if (r != ATA_DATA) {
		if (!(offset & 3))
			ata_write(&cf->channel, r, (uint8_t)value);
		return;
	}
	if (offset & 1)
		return;
	ata_write_data(&cf->channel, (uint16_t)value);
	if (size == 4)
		ata_write_data(&cf->channel, (uint16_t)(value >> 16));
}

static void ata_cf_reset(void *chip)
{
	struct ata_cf *cf = chip;

	ata_reset(&cf->channel);
}

static void ata_cf_state(void *chip, struct archive *a)
{
	struct ata_cf *cf = chip;

	ata_state(&cf->channel, a);
}

static void ata_cf_destroy(void *chip)
{
	port_free(chip, sizeof(struct ata_cf));
}

const struct chip_ops ata_cf_ops = {
	.name = "ata_cf",
	.read = ata_cf_read,
	.write = ata_cf_write,
	.reset = ata_cf_reset,
	.state = ata_cf_state,
	.destroy = ata_cf_destroy,
};

struct ata_cf *ata_cf_create(const struct ata_cf_config *config)
{
	struct ata_cf *cf = port_allocate(sizeof *cf, PORT_PLAIN);

	if (cf)
		ata_init(&cf->channel, config->disk, NULL, config->irq, false);
	return cf;
}
