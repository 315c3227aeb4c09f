/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Firmware configuration device with its DMA interface: QEMU, docs/specs/fw_cfg.
 * Items can't be written by the guest.  The registers are big-endian, which makes the
 * data register yield its bytes in order whatever the width.
 */
#include "fw_cfg.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>

#include <string.h>

#define FW_CFG_ITEMS 48
#define FW_CFG_FILES 16
#define FILE_NAME_BYTES 56
#define FILE_ENTRY_BYTES 64

#define REGISTER_DATA 0
#define REGISTER_SELECTOR 8
#define REGISTER_DMA 16

#define DMA_ERROR (1u << 0)
#define DMA_READ (1u << 1)
#define DMA_SKIP (1u << 2)
#define DMA_SELECT (1u << 3)
#define DMA_WRITE (1u << 4)
#define DMA_SIGNATURE 0x51454d5520434647ull /* "QEMU CFG" */

/* Beyond an item's end there are zeros, but no guest may have us write them for long. */
#define DMA_ZEROS_MAX (1u << 20)

struct fw_cfg_item {
	uint16_t key;
	uint32_t count;
	const uint8_t *bytes;
	uint8_t own[8];
};

struct fw_cfg {
	struct bus *bus;
	unsigned item_count, file_count;
	struct fw_cfg_item item[FW_CFG_ITEMS];
	uint8_t directory[4 + FW_CFG_FILES * FILE_ENTRY_BYTES];
	uint16_t selected;
	uint32_t at; /* in the selected item */
	uint64_t dma;
};

static const struct fw_cfg_item *fw_cfg_find(const struct fw_cfg *f, uint16_t key)
{
	for (unsigned i = 0; i < f->item_count; i++)
		if (f->item[i].key == key)
			return &f->item[i];
	return NULL;
}

/* Bytes of the selected item that are still to come. */
static uint32_t fw_cfg_rest(const struct fw_cfg *f, const uint8_t **bytes)
{
	const struct fw_cfg_item *item = fw_cfg_find(f, f->selected);

	if (!item || f->at >= item->count)
		return 0;
	*bytes = item->bytes + f->at;
	return item->count - f->at;
}

static void fw_cfg_skip(struct fw_cfg *f, uint32_t count)
{
	f->at = f->at + count < f->at ? ~0u : f->at + count;
}

static void fw_cfg_select(struct fw_cfg *f, uint16_t key)
{
	f->selected = key;
	f->at = 0;
}

static uint64_t fw_cfg_read_data(struct fw_cfg *f, unsigned size)
{
	const uint8_t *bytes = NULL;
	uint32_t rest = fw_cfg_rest(f, &bytes);
	uint64_t value = 0;

	for (unsigned i = 0; i < size; i++)
		value = value << 8 | (i < rest ? bytes[i] : 0);
	fw_cfg_skip(f, size);
	return value;
}

static uint64_t fw_cfg_load(const uint8_t *bytes, unsigned count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 8 | *bytes++;
	return value;
}

static void fw_cfg_store(uint8_t *bytes, uint64_t value, unsigned count)
{
	while (count--) {
		bytes[count] = (uint8_t)value;
		value >>= 8;
	}
}

static bool fw_cfg_dma_read(struct fw_cfg *f, gpa to, uint32_t count)
{
	static const uint8_t zeros[1024];
	const uint8_t *bytes = NULL;
	uint32_t rest = fw_cfg_rest(f, &bytes);
	uint32_t part = rest < count ? rest : count;

	if (count - part > DMA_ZEROS_MAX || (part && !bus_write(f->bus, to, bytes, part)))
		return false;
	fw_cfg_skip(f, count);
	for (to += part, count -= part; count; to += part, count -= part) {
		part = count < sizeof zeros ? count : sizeof zeros;
		if (!bus_write(f->bus, to, zeros, part))
			return false;
	}
	return true;
}

/* Carries out the request at f->dma: control, length, address, all big-endian. */
static void fw_cfg_dma_run(struct fw_cfg *f)
{
	uint8_t request[16], answer[4];
	uint32_t control, count;
	bool good = true;

	if (!bus_read(f->bus, f->dma, request, sizeof request)) {
		LOG(LOG_GUEST, "fw_cfg: request at %#llx isn't in memory",
		    (unsigned long long)f->dma);
		return;
	}
	control = (uint32_t)fw_cfg_load(request, 4);
	count = (uint32_t)fw_cfg_load(request + 4, 4);
	if (control & DMA_SELECT)
		fw_cfg_select(f, (uint16_t)(control >> 16));
	if (control & DMA_READ)
		good = fw_cfg_dma_read(f, fw_cfg_load(request + 8, 8), count);
	else if (control & DMA_WRITE)
		good = false;
	else if (control & DMA_SKIP)
		fw_cfg_skip(f, count);
	fw_cfg_store(answer, good ? 0 : DMA_ERROR, 4);
	bus_write(f->bus, f->dma, answer, sizeof answer);
}

static uint64_t fw_cfg_read(void *chip, gpa offset, unsigned size)
{
	struct fw_cfg *f = chip;

	if (offset < REGISTER_SELECTOR)
		return fw_cfg_read_data(f, size);
	if (offset < REGISTER_DMA)
		return 0;
	return DMA_SIGNATURE >> (8 - (offset - REGISTER_DMA) - size) * 8;
}

/* The DMA address register; its last four bytes start the transfer. */
static void fw_cfg_write_dma(struct fw_cfg *f, bool low, uint32_t value)
{
	if (!low) {
		f->dma = (f->dma & ~0u) | (uint64_t)value << 32;
		return;
	}
	f->dma = (f->dma & ~(uint64_t)~0u) | value;
	fw_cfg_dma_run(f);
	f->dma = 0;
}

static void fw_cfg_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct fw_cfg *f = chip;

	if (offset == REGISTER_SELECTOR && size == 2) {
		fw_cfg_select(f, (uint16_t)value);
	} else if (offset == REGISTER_DMA && size == 4) {
		fw_cfg_write_dma(f, false, (uint32_t)value);
	} else if (offset == REGISTER_DMA + 4 && size == 4) {
		fw_cfg_write_dma(f, true, (uint32_t)value);
	} else if (offset == REGISTER_DMA && size == 8) {
		fw_cfg_write_dma(f, false, (uint32_t)(value >> 32));
		fw_cfg_write_dma(f, true, (uint32_t)value);
	} else {
		LOG(LOG_GUEST, "fw_cfg: write of %u bytes at %u", size, (unsigned)offset);
	}
}

static uint64_t fw_cfg_read_port(void *chip, gpa offset, unsigned size)
{
	if (offset == 1 && size == 1)
		return fw_cfg_read_data(chip, 1);
	if (offset >= 4)
		return __builtin_bswap64(DMA_SIGNATURE) >> 8 * ((offset - 4) & 7) &
		       (size == 4 ? ~0u : (1u << 8 * size) - 1);
	return 0;
}

static void fw_cfg_write_port(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct fw_cfg *f = chip;

	if (offset == 0 && size == 2)
		fw_cfg_select(f, (uint16_t)value);
	else if (offset >= 4 && size == 4)
		fw_cfg_write_dma(f, offset == 8, __builtin_bswap32((uint32_t)value));
	else
		LOG(LOG_GUEST, "fw_cfg: write of %u bytes to port %u", size, (unsigned)offset);
}

static void fw_cfg_reset(void *chip)
{
	struct fw_cfg *f = chip;

	fw_cfg_select(f, FW_CFG_SIGNATURE);
	f->dma = 0;
}

/* The items are configuration. */
static void fw_cfg_state(void *chip, struct archive *a)
{
	struct fw_cfg *f = chip;

	archive_u16(a, "selected", &f->selected);
	archive_u32(a, "at", &f->at);
	archive_u64(a, "dma", &f->dma);
}

static void fw_cfg_destroy(void *chip)
{
	port_free(chip, sizeof(struct fw_cfg));
}

bool fw_cfg_add(struct fw_cfg *f, uint16_t key, const void *bytes, uint32_t count)
{
	if (f->item_count == FW_CFG_ITEMS || fw_cfg_find(f, key))
		return false;
	f->item[f->item_count++] = (struct fw_cfg_item){ key, count, bytes, { 0 } };
	return true;
}

bool fw_cfg_add_number(struct fw_cfg *f, uint16_t key, uint64_t value, unsigned size)
{
	struct fw_cfg_item *item = &f->item[f->item_count];

	if (size > sizeof item->own || !fw_cfg_add(f, key, item->own, size))
		return false;
	for (unsigned i = 0; i < size; i++)
		item->own[i] = (uint8_t)(value >> 8 * i);
	return true;
}

bool fw_cfg_add_file(struct fw_cfg *f, const char *name, const void *bytes, uint32_t count)
{
	uint8_t *entry = f->directory + 4 + f->file_count * FILE_ENTRY_BYTES;
	uint16_t key = (uint16_t)(FW_CFG_FILE + f->file_count);
	size_t length = strlen(name);

	if (f->file_count == FW_CFG_FILES || length >= FILE_NAME_BYTES ||
	    !fw_cfg_add(f, key, bytes, count))
		return false;
	fw_cfg_store(entry, count, 4);
	fw_cfg_store(entry + 4, key, 2);
	memcpy(entry + 8, name, length);
	fw_cfg_store(f->directory, ++f->file_count, 4);
	return true;
}

struct fw_cfg *fw_cfg_create(struct bus *bus)
{
	struct fw_cfg *f = port_allocate(sizeof *f, PORT_PLAIN);

	if (!f)
		return NULL;
	f->bus = bus;
	fw_cfg_add(f, FW_CFG_SIGNATURE, "QEMU", 4);
	fw_cfg_add_number(f, FW_CFG_ID, 3, 4); /* registers and DMA */
	fw_cfg_add(f, FW_CFG_DIRECTORY, f->directory, sizeof f->directory);
	return f;
}

const struct chip_ops fw_cfg_ops = {
	.name = "fw_cfg",
	.read = fw_cfg_read,
	.write = fw_cfg_write,
	.reset = fw_cfg_reset,
	.state = fw_cfg_state,
	.destroy = fw_cfg_destroy,
	.max_bytes = 8,
	.big_endian = true,
};

const struct chip_ops fw_cfg_port_ops = {
	.name = "fw_cfg",
	.read = fw_cfg_read_port,
	.write = fw_cfg_write_port,
	.reset = fw_cfg_reset,
	.state = fw_cfg_state,
	.destroy = fw_cfg_destroy,
	.max_bytes = 4,
};
