/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A PC's IDE channel: register addresses of ATA/ATAPI-6 chapter 7 as the PC/AT and the
 * 82371SB (PIIX3) decode them.  A 32-bit access of the data register is two of 16 bits.
 * Not modelled: timing, and so the PCI registers that set it.
 */
#include "dev/block/ide.h"

#include <emu/archive.h>
#include <emu/port.h>

#include "dev/block/ata.h"

struct ide {
	struct ata_channel ata;
	struct irq irq;
	struct ide_listener listener;
	bool loading; /* lines are set to what they were, not changed */
};

static void ide_intrq(void *sink, unsigned input, bool level)
{
	struct ide *ide = sink;

	(void)input;
	if (level && ide->listener.interrupt && !ide->loading)
		ide->listener.interrupt(ide->listener.context);
	irq_set(&ide->irq, level);
}

/* After an access: it may have started a command with DMA. */
static void ide_notify(struct ide *ide)
{
	if (ata_dma_wanted(&ide->ata) && ide->listener.dma)
		ide->listener.dma(ide->listener.context);
}

static uint64_t ide_command_read(void *chip, gpa offset, unsigned size)
{
	struct ide *ide = chip;
	uint64_t value = 0;

	if (offset == ATA_DATA) {
		value = ata_read_data(&ide->ata);
		if (size == 4)
			value |= (uint64_t)ata_read_data(&ide->ata) << 16;
		return value;
	}
	for (unsigned i = 0; i < size; i++)
		value |= (uint64_t)ata_read(&ide->ata, (enum ata_register)(offset + i)) << 8 * i;
	return value;
}

static void ide_command_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct ide *ide = chip;

	if (offset == ATA_DATA) {
		ata_write_data(&ide->ata, (uint16_t)value);
		if (size == 4)
			ata_write_data(&ide->ata, (uint16_t)(value >> 16));
		ide_notify(ide);
		return;
	}
	for (unsigned i = 0; i < size; i++)
		ata_write(&ide->ata, (enum ata_register)(offset + i), (uint8_t)(value >> 8 * i));
	ide_notify(ide);
}

static uint64_t ide_control_read(void *chip, gpa offset, unsigned size)
{
	struct ide *ide = chip;

	(void)size;
	return offset ? 0xFF : ata_read(&ide->ata, ATA_CONTROL);
}

static void ide_control_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct ide *ide = chip;

	(void)size;
	if (!offset)
		ata_write(&ide->ata, ATA_CONTROL, (uint8_t)value);
}

static void ide_reset(void *chip)
{
	struct ide *ide = chip;

	ata_reset(&ide->ata);
}

static void ide_state(void *chip, struct archive *a)
{
	struct ide *ide = chip;

	ide->loading = archive_loading(a);
	ata_state(&ide->ata, a);
	ide->loading = false;
}

static void ide_destroy(void *chip)
{
	port_free(chip, sizeof(struct ide));
}

void ide_listen(struct ide *ide, const struct ide_listener *listener)
{
	ide->listener = *listener;
}

struct ata_channel *ide_channel(struct ide *ide)
{
	return &ide->ata;
}

void ide_change_medium(struct ide *ide, unsigned drive, struct disk *disk)
{
	ata_change_medium(&ide->ata, drive, disk);
}

struct ide *ide_create(const struct ide_config *config)
{
	struct ide *ide = port_allocate(sizeof *ide, PORT_PLAIN);
	struct disk *disk[2] = { NULL, NULL };

	if (!ide)
		return NULL;
	ide->irq = config->irq;
	for (unsigned i = 0; i < 2; i++)
		if (!config->drive[i].cdrom)
			disk[i] = config->drive[i].disk;
	ata_init(&ide->ata, disk[0], disk[1], (struct irq){ .set = ide_intrq, .sink = ide },
		 config->dma);
	for (unsigned i = 0; i < 2; i++)
		if (config->drive[i].cdrom)
			ata_attach_cdrom(&ide->ata, i, config->drive[i].disk);
	return ide;
}

const struct chip_ops ide_command_ops = {
	.name = "ide",
	.read = ide_command_read,
	.write = ide_command_write,
	.reset = ide_reset,
	.state = ide_state,
	.destroy = ide_destroy,
};

const struct chip_ops ide_control_ops = {
	.name = "ide_control",
	.read = ide_control_read,
	.write = ide_control_write,
	.max_bytes = 1,
};
