/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Between ata.c, registers and protocols, and ata_command.c, the commands.
 */
#ifndef EMU_DEV_BLOCK_ATA_COMMAND_H
#define EMU_DEV_BLOCK_ATA_COMMAND_H

#include "dev/block/ata.h"

/* Executes a command that the device `d`, which is there and the owner, was given. */
void ata_command(struct ata_channel *c, struct ata_device *d, uint8_t command);

/* A command is over, well or not: status, interrupt. */
void ata_done(struct ata_channel *c, struct ata_device *d);
void ata_fail(struct ata_channel *c, struct ata_device *d, uint8_t error);
void ata_interrupt(struct ata_channel *c, struct ata_device *d);

/* Begins the data phase; c's block, on_disk, lba and remaining say what. */
void ata_start(struct ata_channel *c, struct ata_device *d, enum ata_phase phase);

/* What a device without packets has in its registers after a reset. */
void ata_signature(struct ata_device *d);

#endif
