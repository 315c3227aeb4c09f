/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NOR flash with command set 1: read array, query, identity, status; program by word
 * and by buffer; block erase; locks are accepted and have no effect.  Both devices of
 * the bank get the same commands (drivers write them to both halves), so one state
 * machine stands for them.  Operations finish at once, so suspending isn't modelled.
 *
 * Contents are kept inverted: an erased flash is zeros, which cost no memory on the
 * host and nothing in a saved state.
 */
#include "cfi_flash.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>

#include <string.h>

enum cfi_command {
	CFI_PROGRAM_ALTERNATE = 0x10,
	CFI_ERASE = 0x20,
	CFI_PROGRAM = 0x40,
	CFI_CLEAR_STATUS = 0x50,
	CFI_LOCK = 0x60,
	CFI_READ_STATUS = 0x70,
	CFI_READ_ID = 0x90,
	CFI_QUERY = 0x98,
	CFI_CONFIRM = 0xd0,
	CFI_PROGRAM_BUFFER = 0xe8,
	CFI_READ_ARRAY = 0xff,
};

#define STATUS_READY 0x80u
#define STATUS_ERASE_ERROR 0x20u
#define STATUS_PROGRAM_ERROR 0x10u

/* What the next write is.  While not COMMAND the status can be read. */
enum cfi_phase {
	PHASE_COMMAND,
	PHASE_PROGRAM,
	PHASE_ERASE,
	PHASE_LOCK,
	PHASE_BUFFER_COUNT,
	PHASE_BUFFER_DATA,
	PHASE_BUFFER_CONFIRM,
	PHASES,
};

#define MANUFACTURER 0x0089u /* Intel */
#define DEVICE 0x0018u

#define FLASH_MOST_BYTES (64u << 20)
#define BUFFER_LOG2 5 /* bytes of a device's buffer */
#define BUFFER_WORDS (1u << (BUFFER_LOG2 - 1))

/* Byte n of the query table, from address 0x10 on, for each device. */
#define QUERY_FIRST 0x10
static const uint8_t cfi_query[] = {
	'Q',
	'R',
	'Y',
	0x01,
	0x00,
	0x31,
	0x00, /* command set, where its table is */
	0x00,
	0x00,
	0x00,
	0x00, /* no alternate */
	0x27,
	0x36,
	0x00,
	0x00, /* supply 2.7 V to 3.6 V, no Vpp */
	0x07,
	0x07,
	0x0a,
	0x00, /* typical times of word, buffer, erase */
	0x04,
	0x04,
	0x04,
	0x00, /* maximal ones, as multiples */
	0x00, /* size: filled in */
	0x01,
	0x00, /* 16 bits */
	BUFFER_LOG2,
	0x00,
	0x01, /* buffer; one region of equal blocks: */
	0x00,
	0x00, /* blocks - 1: filled in */
	CFI_FLASH_BLOCK_BYTES / 2 / 256 & 0xff,
	CFI_FLASH_BLOCK_BYTES / 2 / 256 >> 8,
	'P',
	'R',
	'I',
	'1',
	'0', /* command set 1's table */
	0x00,
	0x00,
	0x00,
	0x00, /* no optional feature */
	0x00,
	0x00,
	0x00,
	0x33,
	0x00, /* 3.3 V */
};
#define QUERY_SIZE 0x27
#define QUERY_BLOCKS 0x2d

struct cfi_flash {
	uint32_t bytes;
	uint8_t phase, mode; /* mode: CFI_READ_ARRAY, _READ_STATUS, _READ_ID or _QUERY */
	uint8_t status;
	uint32_t buffer_left, buffer_used;
	uint32_t buffer_offset[BUFFER_WORDS], buffer_value[BUFFER_WORDS];
	uint8_t *inverted;
	/* Pages of it that hold something, and how many may. */
	uint32_t used_pages, most_pages;
	uint64_t used[FLASH_MOST_BYTES / PAGE_BYTES / 64];
};

static uint32_t cfi_both(uint32_t half)
{
	return half << 16 | half;
}

static uint32_t cfi_array_word(const struct cfi_flash *f, uint32_t offset)
{
	uint32_t word;

	memcpy(&word, f->inverted + offset, sizeof word);
	return ~word;
}

/* Whether something may be kept in a page. */
static bool cfi_use_page(struct cfi_flash *f, uint32_t page)
{
	uint64_t bit = 1ull << page % 64;

	if (f->used[page / 64] & bit)
		return true;
	if (f->used_pages >= f->most_pages)
		return false;
	f->used[page / 64] |= bit;
	f->used_pages++;
	return true;
}

static void cfi_program(struct cfi_flash *f, uint32_t offset, uint32_t value)
{
	uint32_t word = ~(cfi_array_word(f, offset) & value);

	if (!cfi_use_page(f, offset / PAGE_BYTES)) {
		f->status |= STATUS_PROGRAM_ERROR;
		return;
	}
	memcpy(f->inverted + offset, &word, sizeof word);
}

static uint32_t cfi_query_byte(const struct cfi_flash *f, uint32_t n)
{
	uint32_t blocks = f->bytes / CFI_FLASH_BLOCK_BYTES - 1;

	if (n == QUERY_SIZE)
		return (uint32_t)__builtin_ctz(f->bytes / 2);
	if (n == QUERY_BLOCKS || n == QUERY_BLOCKS + 1)
		return blocks >> (n - QUERY_BLOCKS) * 8 & 0xff;
	if (n < QUERY_FIRST || n - QUERY_FIRST >= sizeof cfi_query)
		return 0;
	return cfi_query[n - QUERY_FIRST];
}

static uint32_t cfi_identity(uint32_t n)
{
	return n == 0 ? MANUFACTURER : n == 1 ? DEVICE : 0; /* 2 of a block: not locked */
}

static uint32_t cfi_read_word(const struct cfi_flash *f, uint32_t offset)
{
	switch (f->mode) {
	case CFI_READ_STATUS:
		return cfi_both(f->status);
	case CFI_READ_ID:
		return cfi_both(cfi_identity(offset % CFI_FLASH_BLOCK_BYTES / 4));
	case CFI_QUERY:
		return cfi_both(cfi_query_byte(f, offset % CFI_FLASH_BLOCK_BYTES / 4));
	}
	return cfi_array_word(f, offset);
}

static uint64_t cfi_read(void *chip, gpa offset, unsigned size)
{
	const struct cfi_flash *f = chip;

	(void)size;
	return cfi_read_word(f, (uint32_t)offset & ~3u & (f->bytes - 1)) >> (offset & 3) * 8;
}

static void cfi_command(struct cfi_flash *f, uint8_t command)
{
	static const uint8_t phases[][2] = {
		{ CFI_PROGRAM, PHASE_PROGRAM },
		{ CFI_PROGRAM_ALTERNATE, PHASE_PROGRAM },
		{ CFI_ERASE, PHASE_ERASE },
		{ CFI_LOCK, PHASE_LOCK },
		{ CFI_PROGRAM_BUFFER, PHASE_BUFFER_COUNT },
	};

	for (unsigned i = 0; i < COUNT_OF(phases); i++) {
		if (phases[i][0] == command) {
			f->phase = phases[i][1];
			f->mode = CFI_READ_STATUS;
			return;
		}
	}
	switch (command) {
	case CFI_CLEAR_STATUS:
		f->status = STATUS_READY;
		break;
	case CFI_READ_STATUS:
	case CFI_READ_ID:
	case CFI_QUERY:
		f->mode = command;
		break;
	case CFI_READ_ARRAY:
	case 0xf0: /* another command set's: harmless, so that it can be probed for */
		f->mode = CFI_READ_ARRAY;
		break;
	default:
		LOG(LOG_UNIMPLEMENTED, "cfi_flash: command %#x", command);
		f->mode = CFI_READ_ARRAY;
	}
}

static void cfi_erase(struct cfi_flash *f, uint32_t offset, uint8_t confirm)
{
	uint32_t block = offset / CFI_FLASH_BLOCK_BYTES * CFI_FLASH_BLOCK_BYTES;
	uint64_t *used = &f->used[block / PAGE_BYTES / 64];

	if (confirm != CFI_CONFIRM) {
		f->status |= STATUS_ERASE_ERROR | STATUS_PROGRAM_ERROR;
		return;
	}
	if (!*used)
		return;
	port_discard(f->inverted + block, CFI_FLASH_BLOCK_BYTES);
	f->used_pages -= (uint32_t)__builtin_popcountll(*used);
	*used = 0;
}

static void cfi_buffer_data(struct cfi_flash *f, uint32_t offset, uint32_t value)
{
	f->buffer_offset[f->buffer_used] = offset;
	f->buffer_value[f->buffer_used++] = value;
	f->phase = --f->buffer_left ? PHASE_BUFFER_DATA : PHASE_BUFFER_CONFIRM;
}

static void cfi_buffer_confirm(struct cfi_flash *f, uint8_t confirm)
{
	if (confirm != CFI_CONFIRM)
		f->status |= STATUS_ERASE_ERROR | STATUS_PROGRAM_ERROR;
	for (uint32_t i = 0; i < f->buffer_used && confirm == CFI_CONFIRM; i++)
		cfi_program(f, f->buffer_offset[i], f->buffer_value[i]);
}

static void cfi_buffer_count(struct cfi_flash *f, uint32_t count)
{
	if (count >= BUFFER_WORDS) {
		f->status |= STATUS_PROGRAM_ERROR | STATUS_ERASE_ERROR;
		return;
	}
	f->buffer_used = 0;
	f->buffer_left = count + 1;
	f->phase = PHASE_BUFFER_DATA;
}

static void cfi_write(void *chip, gpa at, unsigned size, uint64_t wide)
{
	struct cfi_flash *f = chip;
	unsigned shift = (at & 3) * 8;
	uint32_t offset = (uint32_t)at & ~3u & (f->bytes - 1);
	/* Bytes that aren't written are left as they are: 1 bits program nothing. */
	uint32_t written = (size < 4 ? (1u << size * 8) - 1 : ~0u) << shift;
	uint32_t value = ((uint32_t)wide << shift) | ~written;
	uint8_t phase = f->phase;

	f->phase = PHASE_COMMAND;
	switch (phase) {
	case PHASE_PROGRAM:
		cfi_program(f, offset, value);
		break;
	case PHASE_ERASE:
		cfi_erase(f, offset, (uint8_t)wide);
		break;
	case PHASE_LOCK:
		break;
	case PHASE_BUFFER_COUNT:
		cfi_buffer_count(f, (uint32_t)wide & 0xffff);
		break;
	case PHASE_BUFFER_DATA:
		cfi_buffer_data(f, offset, value);
		break;
	case PHASE_BUFFER_CONFIRM:
		cfi_buffer_confirm(f, (uint8_t)wide);
		break;
	default:
		cfi_command(f, (uint8_t)wide);
	}
}

/* The contents stay. */
static void cfi_reset(void *chip)
{
	struct cfi_flash *f = chip;

	f->phase = PHASE_COMMAND;
	f->mode = CFI_READ_ARRAY;
	f->status = STATUS_READY;
	f->buffer_left = f->buffer_used = 0;
}

/* A loaded state may hold more than the bound; then no page more can be used. */
static void cfi_count_pages(struct cfi_flash *f)
{
	static const uint8_t empty[PAGE_BYTES];

	memset(f->used, 0, sizeof f->used);
	f->used_pages = 0;
	for (uint32_t page = 0; page < f->bytes / PAGE_BYTES; page++)
		if (memcmp(f->inverted + page * PAGE_BYTES, empty, PAGE_BYTES) != 0) {
			f->used[page / 64] |= 1ull << page % 64;
			f->used_pages++;
		}
}

static void cfi_state(void *chip, struct archive *a)
{
	struct cfi_flash *f = chip;

	archive_u8(a, "phase", &f->phase);
	archive_u8(a, "mode", &f->mode);
	archive_u8(a, "status", &f->status);
	archive_u32(a, "buffer_left", &f->buffer_left);
	archive_u32(a, "buffer_used", &f->buffer_used);
	archive_require(a, f->phase < PHASES);
	archive_require(a, f->buffer_left <= BUFFER_WORDS &&
				   f->buffer_used <= BUFFER_WORDS - f->buffer_left);
	archive_require(a, f->phase != PHASE_BUFFER_DATA || f->buffer_left);
	for (unsigned i = 0; i < BUFFER_WORDS; i++) {
		archive_u32(a, "buffer_offset", &f->buffer_offset[i]);
		archive_u32(a, "buffer_value", &f->buffer_value[i]);
		archive_require(a, f->buffer_offset[i] < f->bytes && !(f->buffer_offset[i] & 3));
	}
	archive_memory(a, "inverted", f->inverted, f->bytes);
	if (archive_loading(a))
		cfi_count_pages(f);
}

static void cfi_destroy(void *chip)
{
	struct cfi_flash *f = chip;

	port_free(f->inverted, f->bytes);
	port_free(f, sizeof *f);
}

_Static_assert(CFI_FLASH_BLOCK_BYTES == 64 * PAGE_BYTES, "a block is a word of `used`");

struct cfi_flash *cfi_flash_create(uint32_t bytes, uint32_t most)
{
	struct cfi_flash *f =
		bytes <= FLASH_MOST_BYTES ? port_allocate(sizeof *f, PORT_PLAIN) : NULL;

	if (!f)
		return NULL;
	f->bytes = bytes;
	f->most_pages = (most && most < bytes ? most : bytes) / PAGE_BYTES;
	f->inverted = port_allocate(bytes, PORT_PLAIN);
	if (!f->inverted) {
		port_free(f, sizeof *f);
		return NULL;
	}
	cfi_reset(f);
	return f;
}

const struct chip_ops cfi_flash_ops = {
	.name = "cfi_flash",
	.read = cfi_read,
	.write = cfi_write,
	.reset = cfi_reset,
	.state = cfi_state,
	.destroy = cfi_destroy,
};
