/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The SD card: states, commands (chapter 4 of the Physical Layer Simplified
 * Specification 2.00), registers (chapter 5).
 *
 * A command that is illegal in the present state gets no response and sets
 * ILLEGAL_COMMAND for the next one.  Error bits are cleared by the response that
 * reports them.  Erasing proceeds a piece with each SEND_STATUS that asks whether it
 * is done, so that no command takes long.
 */
#include "dev/block/sd_card.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <string.h>

enum sd_state {
	SD_IDLE,
	SD_READY,
	SD_IDENT,
	SD_STBY,
	SD_TRAN,
	SD_DATA,
	SD_RCV,
	SD_PRG,
	SD_DIS,
	SD_INACTIVE,
};

#define IN(state) (1u << (state))

#define STATUS_OUT_OF_RANGE (1u << 31)
#define STATUS_ADDRESS_ERROR (1u << 30)
#define STATUS_BLOCK_LEN_ERROR (1u << 29)
#define STATUS_ERASE_SEQ_ERROR (1u << 28)
#define STATUS_ERASE_PARAM (1u << 27)
#define STATUS_WP_VIOLATION (1u << 26)
#define STATUS_ILLEGAL_COMMAND (1u << 22)
#define STATUS_ECC_FAILED (1u << 21)
#define STATUS_ERROR (1u << 19)
#define STATUS_CSD_OVERWRITE (1u << 16)
#define STATUS_READY_FOR_DATA (1u << 8)
#define STATUS_APP_CMD (1u << 5)

#define OCR_VOLTAGES 0x00FF8000u
#define OCR_CCS (1u << 30)
#define OCR_POWERED (1u << 31)

#define CSD_FLAGS 14      /* its byte with the flags */
#define CSD_WRITABLE 0x7C /* of them: COPY, protection, file format */
#define CSD_PROTECTED 0x30

#define SDSC_MAX_SECTORS (1u << 22) /* 2 GiB */
#define FIRST_RCA 0x4567
#define ERASE_PIECE 16384 /* sectors a poll */

static const uint8_t sd_zeros[64 * SECTOR_BYTES];

static bool sd_high_capacity(const struct sd_card *card)
{
	return card->disk->sectors > SDSC_MAX_SECTORS;
}

static bool sd_write_protected(const struct sd_card *card)
{
	return card->disk->read_only || (card->csd_flags & CSD_PROTECTED);
}

void sd_card_init(struct sd_card *card, struct disk *disk)
{
	*card = (struct sd_card){ .disk = disk && disk->sectors ? disk : NULL };
	sd_card_reset(card);
}

static void sd_go_idle(struct sd_card *card)
{
	card->state = SD_IDLE;
	card->bus_width = 1;
	card->app = false;
	card->rca = 0;
	card->status = 0;
	card->block_length = SECTOR_BYTES;
	card->erase_first_set = false;
	card->erase_end_set = false;
	card->direction = SD_NO_DATA;
	card->multiple = false;
	card->programs_csd = false;
	card->at = 0;
	card->length = 0;
}

void sd_card_reset(struct sd_card *card)
{
	sd_go_idle(card);
	card->csd_flags = 0;
	card->written = 0;
	card->address = 0;
	card->erase_first = 0;
	card->erase_end = 0;
}

/* Registers and responses. */

static void put32(uint8_t *bytes, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Bits high..low of a 128-bit register whose first byte has bits 127..120. */
static void put_bits(uint8_t bytes[16], unsigned high, unsigned low, uint32_t value)
{
	for (unsigned bit = low; bit <= high; bit++, value >>= 1)
		if (value & 1)
			bytes[15 - bit / 8] |= (uint8_t)(1u << bit % 8);
}

/* The last byte of CID and CSD: CRC7 of the others, and a one. */
static void seal_register(uint8_t bytes[16])
{
	unsigned crc = 0;

	for (unsigned bit = 0; bit < 120; bit++) {
		unsigned in = (bytes[bit / 8] >> (7 - bit % 8) & 1) ^ (crc >> 6 & 1);

		crc = (crc << 1 & 0x7F) ^ (in ? 0x09 : 0);
	}
	bytes[15] = (uint8_t)(crc << 1 | 1);
}

static void sd_cid(uint8_t bytes[16])
{
	static const uint8_t fields[15] = {
		0x00, 'L', '4', 'L', '4', 'V', 'M', ' ', 0x10, 0, 0, 0, 1, 0x01, 0x71,
	};

	memcpy(bytes, fields, sizeof fields);
	seal_register(bytes);
}

/* CSD version 1: (C_SIZE + 1) * 2^(C_SIZE_MULT + 2) blocks of 2^READ_BL_LEN bytes. */
static void csd_size_1(const struct sd_card *card, uint8_t bytes[16])
{
	uint64_t sectors = card->disk->sectors;
	unsigned block_log2 = sectors > 4096 * 512 ? 10 : 9, mult = 0;
	uint64_t blocks = block_log2 == 9 ? sectors : (sectors + 1) / 2;

	while (blocks > 4096ull << (mult + 2))
		mult++;
	put_bits(bytes, 83, 80, block_log2);
	put_bits(bytes, 79, 79, 1); /* READ_BL_PARTIAL */
	put_bits(bytes, 73, 62, (uint32_t)((blocks + (4u << mult) - 1) / (4u << mult) - 1));
	put_bits(bytes, 61, 50, 0xDB6); /* supply currents */
	put_bits(bytes, 49, 47, mult);
	put_bits(bytes, 25, 22, block_log2); /* WRITE_BL_LEN */
}

/* Version 2: (C_SIZE + 1) * 512 KiB. */
static void csd_size_2(const struct sd_card *card, uint8_t bytes[16])
{
	uint64_t units = (card->disk->sectors + 1023) / 1024;

	put_bits(bytes, 127, 126, 1);
	put_bits(bytes, 83, 80, 9);
	put_bits(bytes, 69, 48, (uint32_t)(units > 1u << 22 ? (1u << 22) - 1 : units - 1));
	put_bits(bytes, 25, 22, 9);
}

static void sd_csd(const struct sd_card *card, uint8_t bytes[16])
{
	memset(bytes, 0, 16);
	put_bits(bytes, 119, 112, 0x0E); /* TAAC: 1 ms */
	put_bits(bytes, 103, 96, 0x32);  /* TRAN_SPEED: 25 MHz */
	put_bits(bytes, 95, 84, 0x535);  /* CCC: 0, 2, 4, 5, 8, 10 */
	if (sd_high_capacity(card))
		csd_size_2(card, bytes);
	else
		csd_size_1(card, bytes);
	put_bits(bytes, 46, 46, 1);    /* ERASE_BLK_EN */
	put_bits(bytes, 45, 39, 0x7F); /* SECTOR_SIZE */
	put_bits(bytes, 28, 26, 2);    /* R2W_FACTOR */
	bytes[CSD_FLAGS] |= card->csd_flags;
	if (card->disk->read_only)
		bytes[CSD_FLAGS] |= 0x10; /* TMP_WRITE_PROTECT */
	seal_register(bytes);
}

static struct sd_response no_response(void)
{
	return (struct sd_response){ .count = 0 };
}

static struct sd_response response_of(uint32_t value)
{
	struct sd_response r = { .count = 4 };

	put32(r.bytes, value);
	return r;
}

/* R1: the status with the state in which the command came. */
static struct sd_response response_r1(struct sd_card *card, enum sd_state state)
{
	uint32_t value = card->status | (uint32_t)state << 9;

	if (state != SD_PRG)
		value |= STATUS_READY_FOR_DATA;
	if (card->app)
		value |= STATUS_APP_CMD;
	card->status = 0;
	return response_of(value);
}

static struct sd_response response_r2_cid(void)
{
	struct sd_response r = { .count = 16 };

	sd_cid(r.bytes);
	return r;
}

static struct sd_response response_r2_csd(const struct sd_card *card)
{
	struct sd_response r = { .count = 16 };

	sd_csd(card, r.bytes);
	return r;
}

static struct sd_response sd_illegal(struct sd_card *card, unsigned index)
{
	LOG(LOG_GUEST, "sd_card: command %u in state %u", index, card->state);
	card->status |= STATUS_ILLEGAL_COMMAND;
	return no_response();
}

/* Data. */

/* What the card has to say by itself: a register of `count` bytes in the buffer. */
static void sd_send_buffer(struct sd_card *card, unsigned count)
{
	card->state = SD_DATA;
	card->direction = SD_TO_HOST;
	card->multiple = false;
	card->at = 0;
	card->length = count;
}

static void sd_send_scr(struct sd_card *card)
{
	static const uint8_t scr[8] = { 0x02, 0x05 }; /* version 2.00; 1 and 4 bits */

	memcpy(card->buffer, scr, sizeof scr);
	sd_send_buffer(card, sizeof scr);
}

static void sd_send_status(struct sd_card *card)
{
	memset(card->buffer, 0, 64);
	card->buffer[0] = card->bus_width == 4 ? 0x80 : 0;
	sd_send_buffer(card, 64);
}

/* SWITCH_FUNC: each of six groups has but its function 0. */
static void sd_send_functions(struct sd_card *card, uint32_t argument)
{
	memset(card->buffer, 0, 64);
	card->buffer[1] = 1; /* mA */
	for (unsigned group = 0; group < 6; group++) {
		unsigned asked = argument >> 4 * group & 15;
		unsigned selected = asked == 0 || asked == 15 ? 0 : 15;

		card->buffer[13 - 2 * group] = 1;
		card->buffer[16 - group / 2] |= (uint8_t)(selected << group % 2 * 4);
	}
	sd_send_buffer(card, 64);
}

static uint64_t sd_byte_address(const struct sd_card *card, uint32_t argument)
{
	return sd_high_capacity(card) ? (uint64_t)argument * SECTOR_BYTES : argument;
}

static uint32_t sd_length(const struct sd_card *card)
{
	return sd_high_capacity(card) ? SECTOR_BYTES : card->block_length;
}

/* Does a data command's address do?  Blocks don't cross sectors. */
static bool sd_address_ok(struct sd_card *card, uint64_t address, uint32_t length)
{
	if (address / SECTOR_BYTES >= card->disk->sectors)
		card->status |= STATUS_OUT_OF_RANGE;
	else if (address % SECTOR_BYTES + length > SECTOR_BYTES)
		card->status |= STATUS_ADDRESS_ERROR;
	else
		return true;
	return false;
}

static struct sd_response sd_start_read(struct sd_card *card, uint32_t argument, bool multiple)
{
	uint64_t address = sd_byte_address(card, argument);

	if (!sd_address_ok(card, address, sd_length(card)))
		return response_r1(card, SD_TRAN);
	card->state = SD_DATA;
	card->direction = SD_TO_HOST;
	card->multiple = multiple;
	card->address = address;
	card->at = 0;
	card->length = 0; /* read when the first byte is wanted */
	return response_r1(card, SD_TRAN);
}

static struct sd_response sd_start_write(struct sd_card *card, uint32_t argument, bool multiple)
{
	uint64_t address = sd_byte_address(card, argument);

	if (sd_length(card) != SECTOR_BYTES)
		card->status |= STATUS_BLOCK_LEN_ERROR;
	else if (sd_write_protected(card))
		card->status |= STATUS_WP_VIOLATION;
	else if (sd_address_ok(card, address, SECTOR_BYTES)) {
		card->state = SD_RCV;
		card->direction = SD_TO_CARD;
		card->multiple = multiple;
		card->programs_csd = false;
		card->address = address;
		card->at = 0;
		card->length = SECTOR_BYTES;
		card->written = 0;
	}
	return response_r1(card, SD_TRAN);
}

static struct sd_response sd_start_csd(struct sd_card *card)
{
	card->state = SD_RCV;
	card->direction = SD_TO_CARD;
	card->multiple = false;
	card->programs_csd = true;
	card->at = 0;
	card->length = 16;
	return response_r1(card, SD_TRAN);
}

enum sd_data sd_card_data(const struct sd_card *card)
{
	return card->direction;
}

/* After a failure in the middle of many blocks the card waits for STOP. */
static bool sd_data_failed(struct sd_card *card, uint32_t status)
{
	card->status |= status;
	card->direction = SD_NO_DATA;
	if (!card->multiple)
		card->state = SD_TRAN;
	return false;
}

static bool sd_fill(struct sd_card *card)
{
	uint32_t offset = card->address % SECTOR_BYTES;

	card->length = sd_length(card);
	card->at = 0;
	if (!sd_address_ok(card, card->address, card->length))
		return sd_data_failed(card, 0);
	if (!disk_read(card->disk, card->address / SECTOR_BYTES, 1, card->buffer))
		return sd_data_failed(card, STATUS_ECC_FAILED);
	memmove(card->buffer, card->buffer + offset, card->length);
	card->address += card->length;
	return true;
}

bool sd_card_read(struct sd_card *card, uint8_t *byte)
{
	*byte = 0;
	if (card->direction != SD_TO_HOST)
		return true;
	if (card->at == card->length && !sd_fill(card))
		return false;
	*byte = card->buffer[card->at++];
	if (card->at == card->length && !card->multiple) {
		card->direction = SD_NO_DATA;
		card->state = SD_TRAN;
	}
	return true;
}

/* PROGRAM_CSD may change but some flags. */
static bool sd_store_csd(struct sd_card *card)
{
	uint8_t csd[16];

	sd_csd(card, csd);
	card->state = SD_TRAN;
	card->direction = SD_NO_DATA;
	if (memcmp(csd, card->buffer, CSD_FLAGS) ||
	    ((csd[CSD_FLAGS] ^ card->buffer[CSD_FLAGS]) & ~CSD_WRITABLE)) {
		card->status |= STATUS_CSD_OVERWRITE;
		return false;
	}
	card->csd_flags = card->buffer[CSD_FLAGS] & CSD_WRITABLE;
	return true;
}

static bool sd_store(struct sd_card *card)
{
	if (!sd_address_ok(card, card->address, SECTOR_BYTES))
		return sd_data_failed(card, 0);
	if (!disk_write(card->disk, card->address / SECTOR_BYTES, 1, card->buffer))
		return sd_data_failed(card, STATUS_ERROR);
	card->written++;
	card->address += SECTOR_BYTES;
	card->at = 0;
	if (!card->multiple) {
		card->direction = SD_NO_DATA;
		card->state = SD_TRAN;
	}
	return true;
}

bool sd_card_write(struct sd_card *card, uint8_t byte)
{
	if (card->direction != SD_TO_CARD)
		return true;
	card->buffer[card->at++] = byte;
	if (card->at < card->length)
		return true;
	return card->programs_csd ? sd_store_csd(card) : sd_store(card);
}

/* Erasing. */

static struct sd_response sd_erase_bound(struct sd_card *card, uint32_t argument, bool end)
{
	uint64_t sector = sd_byte_address(card, argument) / SECTOR_BYTES;

	if (sector >= card->disk->sectors)
		card->status |= STATUS_OUT_OF_RANGE;
	else if (end && !card->erase_first_set)
		card->status |= STATUS_ERASE_SEQ_ERROR;
	else if (end) {
		card->erase_end = sector + 1;
		card->erase_end_set = true;
	} else {
		card->erase_first = sector;
		card->erase_first_set = true;
		card->erase_end_set = false;
	}
	return response_r1(card, SD_TRAN);
}

static struct sd_response sd_start_erase(struct sd_card *card)
{
	if (!card->erase_first_set || !card->erase_end_set)
		card->status |= STATUS_ERASE_SEQ_ERROR;
	else if (card->erase_first >= card->erase_end)
		card->status |= STATUS_ERASE_PARAM;
	else if (sd_write_protected(card))
		card->status |= STATUS_WP_VIOLATION;
	else
		card->state = SD_PRG;
	card->erase_first_set = false;
	card->erase_end_set = false;
	return response_r1(card, SD_TRAN);
}

static void sd_erase_piece(struct sd_card *card)
{
	for (unsigned done = 0; done < ERASE_PIECE && card->erase_first < card->erase_end;) {
		uint64_t left = card->erase_end - card->erase_first;
		uint32_t count = sizeof sd_zeros / SECTOR_BYTES;

		if (count > left)
			count = (uint32_t)left;
		if (!disk_write(card->disk, card->erase_first, count, sd_zeros)) {
			card->status |= STATUS_ERROR;
			card->erase_first = card->erase_end;
			break;
		}
		card->erase_first += count;
		done += count;
	}
	if (card->erase_first >= card->erase_end)
		card->state = card->state == SD_DIS ? SD_STBY : SD_TRAN;
}

/* Commands. */

/* In which states a command is legal; 0: never. */
static const uint16_t command_states[64] = {
	[0] = UINT16_MAX & ~IN(SD_INACTIVE),
	[2] = IN(SD_READY),
	[3] = IN(SD_IDENT) | IN(SD_STBY),
	[6] = IN(SD_TRAN),
	[7] = IN(SD_STBY) | IN(SD_TRAN) | IN(SD_DATA) | IN(SD_PRG) | IN(SD_DIS),
	[8] = IN(SD_IDLE),
	[9] = IN(SD_STBY),
	[10] = IN(SD_STBY),
	[12] = IN(SD_DATA) | IN(SD_RCV),
	[13] = IN(SD_STBY) | IN(SD_TRAN) | IN(SD_DATA) | IN(SD_RCV) | IN(SD_PRG) | IN(SD_DIS),
	[15] = IN(SD_STBY) | IN(SD_TRAN) | IN(SD_DATA) | IN(SD_RCV) | IN(SD_PRG) | IN(SD_DIS),
	[16] = IN(SD_TRAN),
	[17] = IN(SD_TRAN),
	[18] = IN(SD_TRAN),
	[24] = IN(SD_TRAN),
	[25] = IN(SD_TRAN),
	[27] = IN(SD_TRAN),
	[32] = IN(SD_TRAN),
	[33] = IN(SD_TRAN),
	[38] = IN(SD_TRAN),
	[55] = IN(SD_IDLE) | IN(SD_STBY) | IN(SD_TRAN) | IN(SD_DATA) | IN(SD_RCV) | IN(SD_PRG) |
	       IN(SD_DIS),
};

static const uint16_t app_command_states[64] = {
	[6] = IN(SD_TRAN),  [13] = IN(SD_TRAN), [22] = IN(SD_TRAN), [23] = IN(SD_TRAN),
	[41] = IN(SD_IDLE), [42] = IN(SD_TRAN), [51] = IN(SD_TRAN),
};

/* Commands 7, 9, 10, 13, 15 and 55 are for the card with this address. */
static bool sd_addressed(const struct sd_card *card, uint32_t argument)
{
	return argument >> 16 == card->rca;
}

static struct sd_response sd_publish_address(struct sd_card *card)
{
	uint32_t state = card->state, status = card->status;

	card->rca = card->rca ? card->rca + 1 : FIRST_RCA;
	if (!card->rca)
		card->rca = FIRST_RCA;
	card->state = SD_STBY;
	card->status = 0;
	/* R6 has room for three of the error bits. */
	return response_of((uint32_t)card->rca << 16 | (status >> 8 & 0xC000) |
			   (status >> 6 & 0x2000) | state << 9 | STATUS_READY_FOR_DATA);
}

static struct sd_response sd_select(struct sd_card *card, uint32_t argument)
{
	enum sd_state state = card->state;

	if (!sd_addressed(card, argument) || !card->rca) {
		/* Another card, or none, is meant. */
		card->direction = SD_NO_DATA;
		if (state != SD_DIS)
			card->state = state == SD_PRG ? SD_DIS : SD_STBY;
		return no_response();
	}
	if (state != SD_STBY && state != SD_DIS)
		return sd_illegal(card, 7);
	card->state = state == SD_DIS ? SD_PRG : SD_TRAN;
	return response_r1(card, state);
}

static struct sd_response sd_stop(struct sd_card *card)
{
	enum sd_state state = card->state;

	card->direction = SD_NO_DATA;
	card->state = SD_TRAN;
	return response_r1(card, state);
}

static struct sd_response sd_report_status(struct sd_card *card)
{
	if (card->state == SD_PRG || card->state == SD_DIS)
		sd_erase_piece(card);
	return response_r1(card, card->state);
}

static struct sd_response sd_operating_condition(struct sd_card *card, uint32_t argument)
{
	uint32_t ocr = OCR_VOLTAGES;

	/* No voltages: a question only.  A high-capacity card isn't usable by a host that
	 * doesn't know of such and stays busy for ever. */
	if (!(argument & OCR_VOLTAGES))
		return response_of(ocr);
	if (!sd_high_capacity(card) || (argument & OCR_CCS)) {
		ocr |= OCR_POWERED;
		card->state = SD_READY;
	}
	if (sd_high_capacity(card) && (ocr & OCR_POWERED))
		ocr |= OCR_CCS;
	return response_of(ocr);
}

static struct sd_response sd_app_command(struct sd_card *card, unsigned index, uint32_t argument)
{
	switch (index) {
	case 6:
		card->bus_width = (argument & 3) == 2 ? 4 : 1;
		break;
	case 13:
		sd_send_status(card);
		break;
	case 22:
		put32(card->buffer, card->written);
		sd_send_buffer(card, 4);
		break;
	case 41:
		return sd_operating_condition(card, argument);
	case 51:
		sd_send_scr(card);
		break;
	default: /* 23: erase before writing; 42: card detect resistor */
		break;
	}
	card->app = true; /* R1 of an application command says so */
	return response_r1(card, SD_TRAN);
}

static struct sd_response sd_set_block_length(struct sd_card *card, uint32_t length)
{
	if (length == 0 || length > SECTOR_BYTES)
		card->status |= STATUS_BLOCK_LEN_ERROR;
	else
		card->block_length = length;
	return response_r1(card, SD_TRAN);
}

static struct sd_response sd_data_command(struct sd_card *card, unsigned index, uint32_t argument)
{
	switch (index) {
	case 6:
		sd_send_functions(card, argument);
		return response_r1(card, SD_TRAN);
	case 16:
		return sd_set_block_length(card, argument);
	case 17:
	case 18:
		return sd_start_read(card, argument, index == 18);
	case 24:
	case 25:
		return sd_start_write(card, argument, index == 25);
	case 27:
		return sd_start_csd(card);
	case 32:
	case 33:
		return sd_erase_bound(card, argument, index == 33);
	default:
		return sd_start_erase(card);
	}
}

static struct sd_response sd_basic_command(struct sd_card *card, unsigned index, uint32_t argument)
{
	switch (index) {
	case 0:
		sd_go_idle(card);
		return no_response();
	case 2:
		card->state = SD_IDENT;
		return response_r2_cid();
	case 3:
		return sd_publish_address(card);
	case 7:
		return sd_select(card, argument);
	case 8: /* voltages other than 2.7 to 3.6 V aren't accepted */
		return (argument >> 8 & 15) == 1 ? response_of(argument & 0xFFF) : no_response();
	case 9:
		return response_r2_csd(card);
	case 10:
		return response_r2_cid();
	case 12:
		return sd_stop(card);
	case 13:
		return sd_report_status(card);
	case 15:
		card->state = SD_INACTIVE;
		return no_response();
	case 55:
		card->app = true;
		return response_r1(card, card->state);
	default:
		return sd_data_command(card, index, argument);
	}
}

static bool sd_takes_address(unsigned index)
{
	return index == 9 || index == 10 || index == 13 || index == 15 || index == 55;
}

struct sd_response sd_card_command(struct sd_card *card, unsigned index, uint32_t argument)
{
	struct sd_response r;
	bool app = card->app;

	if (!card->disk || index > 63)
		return no_response();
	card->app = false;
	if (app && (app_command_states[index] & IN(card->state))) {
		r = sd_app_command(card, index, argument);
		card->app = false;
		return r;
	}
	if (!(command_states[index] & IN(card->state)))
		return sd_illegal(card, index);
	if (sd_takes_address(index) && !sd_addressed(card, argument))
		return no_response();
	return sd_basic_command(card, index, argument);
}

void sd_card_state(struct sd_card *card, struct archive *a)
{
	archive_u8(a, "card_state", &card->state);
	archive_u8(a, "bus_width", &card->bus_width);
	archive_bool(a, "app", &card->app);
	archive_u8(a, "csd_flags", &card->csd_flags);
	archive_u16(a, "rca", &card->rca);
	archive_u32(a, "card_status", &card->status);
	archive_u32(a, "block_length", &card->block_length);
	archive_u32(a, "written", &card->written);
	archive_u64(a, "erase_first", &card->erase_first);
	archive_u64(a, "erase_end", &card->erase_end);
	archive_bool(a, "erase_first_set", &card->erase_first_set);
	archive_bool(a, "erase_end_set", &card->erase_end_set);
	archive_u8(a, "card_direction", &card->direction);
	archive_bool(a, "multiple", &card->multiple);
	archive_bool(a, "programs_csd", &card->programs_csd);
	archive_u64(a, "address", &card->address);
	archive_u32(a, "at", &card->at);
	archive_u32(a, "length", &card->length);
	archive_bytes(a, "buffer", card->buffer, sizeof card->buffer);
	archive_require(a, card->state <= SD_INACTIVE && card->direction <= SD_TO_CARD);
	archive_require(a, card->block_length >= 1 && card->block_length <= SECTOR_BYTES);
	archive_require(a, card->length <= SECTOR_BYTES && card->at <= card->length);
	/* What is being sent or received has a byte left; only reading is put off. */
	archive_require(a, card->direction != SD_TO_CARD || card->at < card->length);
	archive_require(a, card->disk || card->direction == SD_NO_DATA);
}
