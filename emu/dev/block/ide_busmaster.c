/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PIIX3 bus master IDE: 82371SB data sheet, 2.7; SFF-8038i.
 * A transfer goes on as soon as both sides are ready, whichever is last, and takes no
 * time; after SLICE_BYTES other work of the machine gets its turn.  Descriptors are read
 * when they are needed, each once.  A table may have as many as a 64 Kbyte table has.
 */
#include "dev/block/ide_busmaster.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>

#include "dev/block/ata.h"
#include "dev/block/ide.h"

enum { BUSMASTER_COMMAND = 0, BUSMASTER_STATUS = 2, BUSMASTER_TABLE = 4 };

#define COMMAND_START 0x01
#define COMMAND_TO_MEMORY 0x08

#define STATUS_ACTIVE 0x01
#define STATUS_ERROR 0x02
#define STATUS_INTERRUPT 0x04
#define STATUS_FREE 0x60
#define STATUS_MASK 0x67

#define DESCRIPTOR_BYTES 8
#define DESCRIPTORS_MAX (0x10000 / DESCRIPTOR_BYTES)
#define DESCRIPTOR_END 0x80

#define SLICE_BYTES 0x40000

struct busmaster_channel {
	struct bus *bus;
	struct clock *clock;
	struct ata_channel *ata; /* may be NULL */
	const bool *enabled;
	struct alarm turn; /* when a long transfer goes on */
	uint8_t command, status;
	uint32_t table;
	/* The transfer: the next descriptor and how many there were, what the present one
	 * has left, and whether it is the last. */
	uint32_t next, used, address, left;
	bool last;
};

struct ide_busmaster {
	bool enabled;
	struct busmaster_channel channel[2];
};

static void busmaster_stop(struct busmaster_channel *m, uint8_t error)
{
	m->status = (uint8_t)((m->status & ~STATUS_ACTIVE) | error);
	alarm_cancel(&m->turn);
}

static bool busmaster_next_descriptor(struct busmaster_channel *m)
{
	uint8_t d[DESCRIPTOR_BYTES];

	if (m->last || m->used == DESCRIPTORS_MAX || !bus_read(m->bus, m->next, d, sizeof d))
		return false;
	m->address = (uint32_t)(d[0] & 0xFE) | (uint32_t)d[1] << 8 | (uint32_t)d[2] << 16 |
		     (uint32_t)d[3] << 24;
	m->left = (uint32_t)(d[4] & 0xFE) | (uint32_t)d[5] << 8;
	if (!m->left)
		m->left = 0x10000;
	m->last = d[7] & DESCRIPTOR_END;
	m->next += DESCRIPTOR_BYTES;
	m->used++;
	return true;
}

/* Moves what device, descriptor and budget allow in one piece; returns how much that
 * was, 0 if the transfer can't go on. */
static uint32_t busmaster_move(struct busmaster_channel *m, uint32_t budget)
{
	uint8_t *data;
	bool to_memory;
	size_t count = ata_dma_request(m->ata, &to_memory, &data);

	if (!count)
		return 0;
	if (to_memory != !!(m->command & COMMAND_TO_MEMORY)) {
		LOG(LOG_GUEST, "ide_busmaster: the direction isn't the device's");
		return 0;
	}
	if (!m->left && !busmaster_next_descriptor(m)) {
		busmaster_stop(m, STATUS_ERROR);
		return 0;
	}
	count = count < m->left ? count : m->left;
	count = count < budget ? count : budget;
	if (!(to_memory ? bus_write(m->bus, m->address, data, count) :
			  bus_read(m->bus, m->address, data, count))) {
		LOG(LOG_GUEST, "ide_busmaster: no memory at %#x", m->address);
		busmaster_stop(m, STATUS_ERROR);
		return 0;
	}
	m->address += (uint32_t)count;
	m->left -= (uint32_t)count;
	if (!m->left && m->last)
		busmaster_stop(m, 0);
	ata_dma_done(m->ata, count);
	return (uint32_t)count;
}

static void busmaster_run(void *context)
{
	struct busmaster_channel *m = context;
	uint32_t budget = SLICE_BYTES, moved;

	while (*m->enabled && m->ata && (m->status & STATUS_ACTIVE)) {
		moved = busmaster_move(m, budget);
		if (!moved)
			return;
		budget -= moved;
		if (!budget) {
			alarm_set(&m->turn, clock_now(m->clock));
			return;
		}
	}
}

/* A device wants DMA: again and again while it is under way. */
static void busmaster_wanted(void *context)
{
	struct busmaster_channel *m = context;

	if (m->turn.at_ns == ALARM_NEVER)
		busmaster_run(m);
}

static void busmaster_interrupt(void *context)
{
	((struct busmaster_channel *)context)->status |= STATUS_INTERRUPT;
}

static void busmaster_write_command(struct busmaster_channel *m, uint8_t value)
{
	uint8_t before = m->command;

	m->command = value & (COMMAND_START | COMMAND_TO_MEMORY);
	if (before & ~value & COMMAND_START) {
		busmaster_stop(m, 0);
	} else if (value & ~before & COMMAND_START) {
		m->next = m->table;
		m->used = m->left = m->address = 0;
		m->last = false;
		m->status |= STATUS_ACTIVE;
		busmaster_run(m);
	}
}

static void busmaster_write_table(struct busmaster_channel *m, unsigned byte, uint8_t value)
{
	m->table = (m->table & ~(0xFFu << 8 * byte)) | (uint32_t)value << 8 * byte;
	m->table &= ~3u;
}

static uint64_t busmaster_read(void *chip, gpa offset, unsigned size)
{
	struct ide_busmaster *b = chip;
	const struct busmaster_channel *m = &b->channel[offset >> 3 & 1];

	(void)size;
	offset &= 7;
	if (offset >= BUSMASTER_TABLE)
		return m->table >> 8 * (offset - BUSMASTER_TABLE) & 0xFF;
	if (offset == BUSMASTER_COMMAND)
		return m->command;
	return offset == BUSMASTER_STATUS ? m->status : 0;
}

static void busmaster_write(void *chip, gpa offset, unsigned size, uint64_t wide)
{
	struct ide_busmaster *b = chip;
	struct busmaster_channel *m = &b->channel[offset >> 3 & 1];
	uint8_t value = (uint8_t)wide;

	(void)size;
	offset &= 7;
	if (offset >= BUSMASTER_TABLE)
		busmaster_write_table(m, (unsigned)offset - BUSMASTER_TABLE, value);
	else if (offset == BUSMASTER_COMMAND)
		busmaster_write_command(m, value);
	else if (offset == BUSMASTER_STATUS)
		m->status = (uint8_t)((value & STATUS_FREE) | (m->status & STATUS_ACTIVE) |
				      (m->status & ~value & (STATUS_ERROR | STATUS_INTERRUPT)));
}

void ide_busmaster_enable(struct ide_busmaster *b, bool enabled)
{
	b->enabled = enabled;
	for (unsigned i = 0; i < 2; i++)
		busmaster_wanted(&b->channel[i]);
}

static void busmaster_reset(void *chip)
{
	struct ide_busmaster *b = chip;

	b->enabled = false;
	for (unsigned i = 0; i < 2; i++) {
		struct busmaster_channel *m = &b->channel[i];

		m->command = m->status = 0;
		m->table = m->next = m->used = m->address = m->left = 0;
		m->last = false;
		alarm_cancel(&m->turn);
	}
}

static void busmaster_channel_state(struct busmaster_channel *m, struct archive *a)
{
	archive_u8(a, "command", &m->command);
	archive_u8(a, "status", &m->status);
	archive_u32(a, "table", &m->table);
	archive_u32(a, "next", &m->next);
	archive_u32(a, "used", &m->used);
	archive_u32(a, "address", &m->address);
	archive_u32(a, "left", &m->left);
	archive_bool(a, "last", &m->last);
	alarm_state(&m->turn, a, "turn");
	archive_require(a, (m->status & ~STATUS_MASK) == 0 && m->used <= DESCRIPTORS_MAX);
	archive_require(a, m->left <= 0x10000);
}

static void busmaster_state(void *chip, struct archive *a)
{
	struct ide_busmaster *b = chip;

	archive_bool(a, "enabled", &b->enabled);
	busmaster_channel_state(&b->channel[0], a);
	busmaster_channel_state(&b->channel[1], a);
}

static void busmaster_destroy(void *chip)
{
	struct ide_busmaster *b = chip;

	alarm_cancel(&b->channel[0].turn);
	alarm_cancel(&b->channel[1].turn);
	port_free(b, sizeof *b);
}

struct ide_busmaster *ide_busmaster_create(const struct ide_busmaster_config *config)
{
	struct ide_busmaster *b = port_allocate(sizeof *b, PORT_PLAIN);

	if (!b)
		return NULL;
	for (unsigned i = 0; i < 2; i++) {
		struct busmaster_channel *m = &b->channel[i];
		const struct ide_listener listener = { .context = m,
						       .interrupt = busmaster_interrupt,
						       .dma = busmaster_wanted };

		m->bus = config->bus;
		m->clock = config->clock;
		m->enabled = &b->enabled;
		alarm_init(&m->turn, config->clock, busmaster_run, m);
		if (!config->channel[i])
			continue;
		m->ata = ide_channel(config->channel[i]);
		ide_listen(config->channel[i], &listener);
	}
	return b;
}

const struct chip_ops ide_busmaster_ops = {
	.name = "ide_busmaster",
	.read = busmaster_read,
	.write = busmaster_write,
	.reset = busmaster_reset,
	.state = busmaster_state,
	.destroy = busmaster_destroy,
	.max_bytes = 1,
};
