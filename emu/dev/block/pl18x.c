/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PL180 and PL181 multimedia card interfaces, ARM DDI 0172 and 0205, chapter 3.
 *
 * Commands and data take no time: a read fills the FIFO as far as it has room, a write
 * empties it.  The FIFO therefore never overruns or underruns.  A response without a
 * CRC (R3) sets CmdCrcFail, as on the chip.  The data timer doesn't run; a data path
 * that waits for a card which answers a command with no data times out there and then.
 * Not modelled: pending and interrupt-mode commands, DMA requests, CE-ATA.
 */
#include "dev/block/pl18x.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>
#include <string.h>

#include "dev/block/sd_card.h"

#define MCIPOWER 0x00
#define MCICLOCK 0x04
#define MCIARGUMENT 0x08
#define MCICOMMAND 0x0C
#define MCIRESPCMD 0x10
#define MCIRESPONSE0 0x14
#define MCIRESPONSE3 0x20
#define MCIDATATIMER 0x24
#define MCIDATALENGTH 0x28
#define MCIDATACTRL 0x2C
#define MCIDATACNT 0x30
#define MCISTATUS 0x34
#define MCICLEAR 0x38
#define MCIMASK0 0x3C
#define MCIMASK1 0x40
#define MCISELECT 0x44 /* PL180 */
#define MCIFIFOCNT 0x48
#define MCIFIFO 0x80 /* to 0xBC */
#define PERIPHERAL_ID 0xFE0

#define COMMAND_INDEX 0x03F
#define COMMAND_RESPONSE 0x040
#define COMMAND_LONG 0x080
#define COMMAND_ENABLE 0x400

#define DATA_ENABLE 0x01
#define DATA_READ 0x02 /* from the card */
#define DATA_STREAM 0x04

#define CMD_CRC_FAIL 0x0001u
#define CMD_TIME_OUT 0x0004u
#define DATA_CRC_FAIL 0x0002u
#define DATA_TIME_OUT 0x0008u
#define CMD_RESP_END 0x0040u
#define CMD_SENT 0x0080u
#define DATA_END 0x0100u
#define DATA_BLOCK_END 0x0400u
#define STATIC_FLAGS 0x07FFu
#define TX_ACTIVE 0x1000u
#define RX_ACTIVE 0x2000u
#define TX_HALF_EMPTY 0x4000u
#define RX_HALF_FULL 0x8000u
#define TX_FULL 0x10000u
#define RX_FULL 0x20000u
#define TX_EMPTY 0x40000u
#define RX_EMPTY 0x80000u
#define TX_AVAILABLE 0x100000u
#define RX_AVAILABLE 0x200000u
#define ALL_FLAGS 0x3FFFFFu

#define FIFO_WORDS 16

struct pl18x {
	enum pl18x_model model;
	struct sd_card card;
	struct irq irq[2];

	uint32_t power, clock, argument, command, response_command, response[4];
	uint32_t data_timer, data_length, data_control, data_count, flags, mask[2], select;
	bool active; /* the data path */
	uint32_t fifo[FIFO_WORDS];
	uint8_t fifo_first, fifo_count;
};

static bool pl18x_reads(const struct pl18x *k)
{
	return (k->data_control & DATA_READ) != 0;
}

static uint32_t pl18x_status(const struct pl18x *k)
{
	unsigned n = k->fifo_count;
	uint32_t s = k->flags;

	/* The path stays active until the last word is taken, though the card was done before:
	 * drivers read what is available only while it is. */
	if (pl18x_reads(k) && (k->active || n))
		return s | RX_ACTIVE | (n >= FIFO_WORDS / 2 ? RX_HALF_FULL : 0) |
		       (n == FIFO_WORDS ? RX_FULL : 0) | (n ? RX_AVAILABLE : RX_EMPTY);
	if (!pl18x_reads(k) && k->active)
		return s | TX_ACTIVE | (n <= FIFO_WORDS / 2 ? TX_HALF_EMPTY : 0) |
		       (n == FIFO_WORDS ? TX_FULL : 0) | (n ? TX_AVAILABLE : TX_EMPTY);
	return s;
}

static void pl18x_update(struct pl18x *k)
{
	uint32_t status = pl18x_status(k);

	irq_set(&k->irq[0], (status & k->mask[0]) != 0);
	irq_set(&k->irq[1], (status & k->mask[1]) != 0);
}

/* The FIFO. */

static void fifo_push(struct pl18x *k, uint32_t word)
{
	if (k->fifo_count < FIFO_WORDS)
		k->fifo[(k->fifo_first + k->fifo_count++) % FIFO_WORDS] = word;
}

static uint32_t fifo_pop(struct pl18x *k)
{
	uint32_t word = k->fifo[k->fifo_first];

	if (!k->fifo_count)
		return 0;
	k->fifo_first = (uint8_t)((k->fifo_first + 1) % FIFO_WORDS);
	k->fifo_count--;
	return word;
}

/* The data path. */

static void data_stop(struct pl18x *k, uint32_t flags)
{
	k->active = false;
	k->flags |= flags;
}

/* Counts a byte; false if the card refused its block. */
static bool data_count_byte(struct pl18x *k, bool good, uint32_t failure)
{
	uint32_t block = 1u << (k->data_control >> 4 & 15);

	if (!good) {
		data_stop(k, failure);
		return false;
	}
	k->data_count--;
	if (!(k->data_control & DATA_STREAM) && (k->data_length - k->data_count) % block == 0)
		k->flags |= DATA_BLOCK_END;
	if (!k->data_count)
		data_stop(k, DATA_END);
	return true;
}

static void data_receive_word(struct pl18x *k)
{
	uint32_t word = 0;

	for (unsigned i = 0; i < 4 && k->active; i++) {
		uint8_t byte = 0;
		bool good = sd_card_data(&k->card) == SD_TO_HOST && sd_card_read(&k->card, &byte);

		if (!data_count_byte(k, good, DATA_TIME_OUT))
			return;
		word |= (uint32_t)byte << 8 * i;
	}
	fifo_push(k, word);
}

static void data_send_word(struct pl18x *k)
{
	uint32_t word = fifo_pop(k);

	for (unsigned i = 0; i < 4 && k->active; i++, word >>= 8)
		if (!data_count_byte(k, sd_card_write(&k->card, (uint8_t)word), DATA_CRC_FAIL))
			return;
}

/* Moves what can be moved between FIFO and card. */
static void data_run(struct pl18x *k)
{
	enum sd_data direction = pl18x_reads(k) ? SD_TO_HOST : SD_TO_CARD;

	while (k->active && sd_card_data(&k->card) == direction &&
	       k->fifo_count != (direction == SD_TO_HOST ? FIFO_WORDS : 0)) {
		if (direction == SD_TO_HOST)
			data_receive_word(k);
		else
			data_send_word(k);
	}
	/* The card was done before the controller is. */
	if (k->active && k->data_count != k->data_length && sd_card_data(&k->card) != direction)
		data_stop(k, DATA_TIME_OUT);
}

static void data_control(struct pl18x *k, uint32_t value)
{
	k->data_control = value & 0xFF;
	k->active = false;
	if (!(value & DATA_ENABLE))
		return;
	k->fifo_first = 0;
	k->fifo_count = 0;
	k->data_count = k->data_length;
	if (!k->data_count) {
		k->flags |= DATA_END;
		return;
	}
	k->active = true;
	data_run(k);
}

/* The command path. */

static uint32_t response_word(const struct sd_response *r, unsigned n)
{
	const uint8_t *b = r->bytes + 4 * n;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static void command_response(struct pl18x *k, const struct sd_response *r, bool operating)
{
	bool is_long = k->command & COMMAND_LONG;

	if (!(k->command & COMMAND_RESPONSE)) {
		k->flags |= CMD_SENT;
		return;
	}
	if (!r->count) {
		k->flags |= CMD_TIME_OUT;
		return;
	}
	memset(k->response, 0, sizeof k->response);
	for (unsigned i = 0; i < r->count / 4u && (i == 0 || is_long); i++)
		k->response[i] = response_word(r, i);
	k->response[3] &= ~1u;
	/* R2 and R3 don't repeat the index. */
	k->response_command = r->count == 16 || operating ? 0x3F : k->command & COMMAND_INDEX;
	k->flags |= operating || is_long != (r->count == 16) ? CMD_CRC_FAIL : CMD_RESP_END;
}

static void command_run(struct pl18x *k)
{
	unsigned index = k->command & COMMAND_INDEX;
	bool operating = k->card.app && index == 41;
	struct sd_response r = sd_card_command(&k->card, index, k->argument);

	command_response(k, &r, operating);
	k->command &= ~COMMAND_ENABLE;
	data_run(k);
	/* APP_CMD only announces the command that counts. */
	if (k->active && pl18x_reads(k) && !k->card.app && sd_card_data(&k->card) != SD_TO_HOST)
		data_stop(k, DATA_TIME_OUT);
}

/* Registers. */

static uint64_t pl18x_read_data(struct pl18x *k, gpa offset)
{
	switch (offset) {
	case MCIDATATIMER:
		return k->data_timer;
	case MCIDATALENGTH:
		return k->data_length;
	case MCIDATACTRL:
		return k->data_control;
	case MCIDATACNT:
		return k->data_count;
	case MCISTATUS:
		return pl18x_status(k);
	case MCIMASK0:
	case MCIMASK1:
		return k->mask[offset == MCIMASK1];
	case MCISELECT:
		return k->select;
	case MCIFIFOCNT:
		return (k->data_count + 3) / 4;
	default:
		LOG(LOG_UNIMPLEMENTED, "pl18x: read at %#x", (unsigned)offset);
		return 0;
	}
}

static uint32_t pl18x_read_fifo(struct pl18x *k)
{
	uint32_t word;

	if (!pl18x_reads(k))
		return 0;
	word = fifo_pop(k);
	data_run(k);
	pl18x_update(k);
	return word;
}

static uint64_t pl18x_read(void *chip, gpa offset, unsigned size)
{
	struct pl18x *k = chip;
	const uint8_t id[8] = {
		k->model == PL180 ? 0x80 : 0x81, 0x11, 0x04, 0x00, 0x0D, 0xF0, 0x05, 0xB1
	};

	(void)size;
	if (offset >= PERIPHERAL_ID)
		return id[(offset - PERIPHERAL_ID) / 4];
	if (offset >= MCIFIFO && offset < MCIFIFO + 4 * FIFO_WORDS)
		return pl18x_read_fifo(k);
	if (offset >= MCIRESPONSE0 && offset <= MCIRESPONSE3)
		return k->response[(offset - MCIRESPONSE0) / 4];
	switch (offset) {
	case MCIPOWER:
		return k->power;
	case MCICLOCK:
		return k->clock;
	case MCIARGUMENT:
		return k->argument;
	case MCICOMMAND:
		return k->command;
	case MCIRESPCMD:
		return k->response_command;
	default:
		return pl18x_read_data(k, offset);
	}
}

static void pl18x_set_power(struct pl18x *k, uint32_t value)
{
	if ((k->power & 3) && !(value & 3))
		sd_card_reset(&k->card);
	k->power = value & 0xFF;
}

static void pl18x_write_data(struct pl18x *k, gpa offset, uint32_t value)
{
	switch (offset) {
	case MCIDATATIMER:
		k->data_timer = value;
		break;
	case MCIDATALENGTH:
		/* The length belongs to the transfer while one is under way. */
		if (!k->active)
			k->data_length = value & 0xFFFF;
		break;
	case MCIDATACTRL:
		data_control(k, value);
		break;
	case MCICLEAR:
		k->flags &= ~(value & STATIC_FLAGS);
		break;
	case MCIMASK0:
	case MCIMASK1:
		k->mask[offset == MCIMASK1] = value & ALL_FLAGS;
		break;
	case MCISELECT:
		k->select = k->model == PL180 ? value & 15 : 0;
		break;
	default:
		LOG(LOG_UNIMPLEMENTED, "pl18x: write %#x at %#x", value, (unsigned)offset);
	}
}

static void pl18x_write(void *chip, gpa offset, unsigned size, uint64_t number)
{
	struct pl18x *k = chip;
	uint32_t value = (uint32_t)number;

	(void)size;
	if (offset >= MCIFIFO && offset < MCIFIFO + 4 * FIFO_WORDS) {
		if (k->active && !pl18x_reads(k)) {
			fifo_push(k, value);
			data_run(k);
		}
	} else if (offset == MCIPOWER) {
		pl18x_set_power(k, value);
	} else if (offset == MCICLOCK) {
		k->clock = value & 0xFFF;
	} else if (offset == MCIARGUMENT) {
		k->argument = value;
	} else if (offset == MCICOMMAND) {
		k->command = value & 0x7FF;
		if (value & COMMAND_ENABLE)
			command_run(k);
	} else {
		pl18x_write_data(k, offset, value);
	}
	pl18x_update(k);
}

static void pl18x_reset(void *chip)
{
	struct pl18x *k = chip;

	sd_card_reset(&k->card);
	k->power = k->clock = k->argument = k->command = k->response_command = 0;
	memset(k->response, 0, sizeof k->response);
	k->data_timer = k->data_length = k->data_control = k->data_count = k->flags = 0;
	k->mask[0] = k->mask[1] = k->select = 0;
	k->active = false;
	memset(k->fifo, 0, sizeof k->fifo);
	k->fifo_first = k->fifo_count = 0;
	pl18x_update(k);
}

static void pl18x_state(void *chip, struct archive *a)
{
	struct pl18x *k = chip;

	archive_u32(a, "power", &k->power);
	archive_u32(a, "clock", &k->clock);
	archive_u32(a, "argument", &k->argument);
	archive_u32(a, "command", &k->command);
	archive_u32(a, "response_command", &k->response_command);
	for (unsigned i = 0; i < 4; i++)
		archive_u32(a, "response", &k->response[i]);
	archive_u32(a, "data_timer", &k->data_timer);
	archive_u32(a, "data_length", &k->data_length);
	archive_u32(a, "data_control", &k->data_control);
	archive_u32(a, "data_count", &k->data_count);
	archive_u32(a, "flags", &k->flags);
	archive_u32(a, "mask0", &k->mask[0]);
	archive_u32(a, "mask1", &k->mask[1]);
	archive_u32(a, "select", &k->select);
	archive_bool(a, "active", &k->active);
	for (unsigned i = 0; i < FIFO_WORDS; i++)
		archive_u32(a, "fifo", &k->fifo[i]);
	archive_u8(a, "fifo_first", &k->fifo_first);
	archive_u8(a, "fifo_count", &k->fifo_count);
	sd_card_state(&k->card, a);
	archive_require(a, k->fifo_first < FIFO_WORDS && k->fifo_count <= FIFO_WORDS);
	archive_require(a, k->data_length <= 0xFFFF && k->data_count <= 0xFFFF);
	archive_require(a, !k->active || (k->data_count && k->data_count <= k->data_length));
	archive_require(a, !(k->flags & ~STATIC_FLAGS));
	pl18x_update(k);
}

static void pl18x_destroy(void *chip)
{
	port_free(chip, sizeof(struct pl18x));
}

#define PL18X_OPS(model)                                                                           \
	{                                                                                          \
		.name = model, .read = pl18x_read, .write = pl18x_write, .reset = pl18x_reset,     \
		.state = pl18x_state, .destroy = pl18x_destroy, .min_bytes = 4,                    \
	}

const struct chip_ops pl180_ops = PL18X_OPS("pl180");
const struct chip_ops pl181_ops = PL18X_OPS("pl181");

struct pl18x *pl18x_create(const struct pl18x_config *config)
{
	struct pl18x *k = port_allocate(sizeof *k, PORT_PLAIN);

	if (!k)
		return NULL;
	k->model = config->model;
	k->irq[0] = config->irq[0];
	k->irq[1] = config->irq[1];
	sd_card_init(&k->card, config->disk);
	return k;
}
