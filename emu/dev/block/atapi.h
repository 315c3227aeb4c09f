/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CD-ROM drives on an ATA channel: the PACKET protocol (ATA/ATAPI-6 chapter 9.8 and 9.9,
 * SFF-8020i), which is between ata.c and the commands of mmc.c.
 */
#ifndef EMU_DEV_BLOCK_ATAPI_H
#define EMU_DEV_BLOCK_ATAPI_H

#include "dev/block/ata.h"

#define ATAPI_BYTES 12 /* of a packet */
#define CD_SECTOR_BYTES 2048

/* Sense keys. */
#define SENSE_NOT_READY 2
#define SENSE_MEDIUM_ERROR 3
#define SENSE_ILLEGAL_REQUEST 5
#define SENSE_UNIT_ATTENTION 6

/* Power-on. */
void atapi_reset(struct ata_device *d);
void atapi_medium_changed(struct ata_device *d);
void atapi_device_state(struct ata_device *d, struct archive *a);

/* For ata.c: PACKET was written; the packet has come; the DRQ block was read; the buffer
 * gets the next sectors (false: that was an error); all data are over. */
void atapi_begin(struct ata_channel *c, struct ata_device *d);
void atapi_packet(struct ata_channel *c, struct ata_device *d);
void atapi_next(struct ata_channel *c, struct ata_device *d);
bool atapi_fill(struct ata_channel *c, struct ata_device *d);
void atapi_done(struct ata_channel *c, struct ata_device *d);

/* For mmc.c: the packet sends `count` bytes of the buffer, or sectors (both may be 0),
 * or ends in an error. */
void atapi_send(struct ata_channel *c, struct ata_device *d, uint32_t count);
void atapi_send_sectors(struct ata_channel *c, struct ata_device *d, uint32_t lba, uint32_t count);
void atapi_fail(struct ata_channel *c, struct ata_device *d, uint8_t key, uint8_t asc,
		uint8_t ascq);

/* mmc.c: executes a packet. */
void mmc_command(struct ata_channel *c, struct ata_device *d, const uint8_t packet[ATAPI_BYTES]);

/* Sectors of the medium, 0 without one. */
uint32_t mmc_capacity(const struct ata_device *d);

#endif
