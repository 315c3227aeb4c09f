/* SPDX-License-Identifier: BSD-2-Clause
 *
 * An SD memory card in SD mode, as a host controller sees it: commands with
 * responses, and bytes on the data lines.  SD Specifications Part 1, Physical Layer
 * Simplified Specification 2.00: SDSC up to 2 GiB, SDHC above; bus clock and width
 * have no effect.  A card's size is its disk's rounded up to what a CSD can say; what
 * lies beyond the disk's end is out of range.
 *
 * Not modelled: SPI mode, passwords, UHS; CMD6 says that there is no high speed.
 */
#ifndef EMU_DEV_BLOCK_SD_CARD_H
#define EMU_DEV_BLOCK_SD_CARD_H

#include <emu/backend.h>
#include <emu/types.h>

struct archive;

enum sd_data { SD_NO_DATA, SD_TO_HOST, SD_TO_CARD };

struct sd_card {
	struct disk *disk; /* NULL: the slot is empty */
	uint8_t state;     /* CURRENT_STATE of the card status */
	uint8_t bus_width;
	bool app;          /* the last command was APP_CMD */
	uint8_t csd_flags; /* the CSD byte with write protection */
	uint16_t rca;
	uint32_t status; /* error bits not yet reported */
	uint32_t block_length;
	uint32_t written;                /* blocks of the last write, for ACMD22 */
	uint64_t erase_first, erase_end; /* sectors; what is left while erasing */
	bool erase_first_set, erase_end_set;

	/* The data transfer under way: one block is buffered. */
	uint8_t direction; /* enum sd_data */
	bool multiple, programs_csd;
	uint64_t address; /* bytes, of the next block */
	uint32_t at, length;
	uint8_t buffer[SECTOR_BYTES];
};

/* A response as it goes over the line, first byte first, without start, index and
 * CRC bits. */
struct sd_response {
	uint8_t count; /* 0: none came; 4 or 16 (the last with the CRC) */
	uint8_t bytes[16];
};

void sd_card_init(struct sd_card *card, struct disk *disk);
void sd_card_reset(struct sd_card *card);

struct sd_response sd_card_command(struct sd_card *card, unsigned index, uint32_t argument);

/* What the card would do with the data lines now. */
enum sd_data sd_card_data(const struct sd_card *card);

/* A byte over the data lines; reading when nothing is sent gives 0 and writing when
 * nothing is awaited is ignored.  False: the block failed and the transfer is over
 * (no data token, or the CRC status said no). */
bool sd_card_read(struct sd_card *card, uint8_t *byte);
bool sd_card_write(struct sd_card *card, uint8_t byte);

void sd_card_state(struct sd_card *card, struct archive *a);

#endif
