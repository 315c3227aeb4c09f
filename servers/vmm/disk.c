/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine's disks, CD and floppies: units of a channel to the block server.  Transfers
 * are waited for, as the emulator's disks know no other; images are memory of the server,
 * so that is short.
 */
#include <l4/task.h>
#include <proto/client.h>
#include <stdio.h>

#include "vmm.h"

static struct block_client disk_client;
static struct disk disk[BLOCK_STATE_UNIT];
static uint64_t disk_state;

_Static_assert(SECTOR_BYTES == BLOCK_SECTOR_BYTES, "the same sectors");
_Static_assert(MACHINE_DISKS == BLOCK_CDROM_UNIT &&
		       BLOCK_FLOPPY_UNIT + MACHINE_FLOPPIES == BLOCK_STATE_UNIT,
	       "a unit for each medium");

static bool disk_transfer(enum block_op op, unsigned unit, uint64_t sector, uint64_t sectors,
			  void *bytes)
{
	vmm_heartbeat();
	return block_transfer(&disk_client, op, unit, sector, sectors, bytes) == BLOCK_OK;
}

static unsigned disk_unit(const struct disk *d)
{
	return (unsigned)(d - disk);
}

static bool disk_read_sectors(void *port, uint64_t sector, uint32_t count, void *bytes)
{
	return disk_transfer(BLOCK_READ, disk_unit(port), sector, count, bytes);
}

/* block_transfer takes bytes to read into, too; it doesn't write to these. */
static bool disk_write_sectors(void *port, uint64_t sector, uint32_t count, const void *bytes)
{
	return disk_transfer(BLOCK_WRITE, disk_unit(port), sector, count, (void *)(uintptr_t)bytes);
}

static bool disk_flush_cache(void *port)
{
	return disk_transfer(BLOCK_FLUSH, disk_unit(port), 0, 0, NULL);
}

/* The machine's connector for a unit. */
static struct disk **disk_connector(struct machine_config *config, unsigned unit)
{
	if (unit == BLOCK_CDROM_UNIT)
		return &config->cdrom;
	if (unit >= BLOCK_FLOPPY_UNIT)
		return &config->floppy[unit - BLOCK_FLOPPY_UNIT];
	return &config->disk[unit];
}

void disk_open(struct machine_config *config)
{
	int channel = task_find_channel(CHANNEL_BLOCK);

	if (channel < 0)
		return;
	block_open(&disk_client, (unsigned)channel, task_channel_memory((unsigned)channel));
	if (!block_wait_open(&disk_client)) {
		vmm_say("the block server doesn't answer; there are no disks");
		return;
	}
	for (unsigned i = 0; i < BLOCK_STATE_UNIT; i++) {
		struct block_unit unit = block_unit_get(&disk_client, i);
		struct disk *d = &disk[i];

		if (unit.sectors == 0)
			continue;
		*d = (struct disk){ .port = d,
				    .read = disk_read_sectors,
				    .write = disk_write_sectors,
				    .flush = disk_flush_cache,
				    .sectors = unit.sectors,
				    .read_only = unit.flags & BLOCK_UNIT_READ_ONLY };
		snprintf(d->serial, sizeof d->serial, "%.20s", unit.name);
		*disk_connector(config, i) = d;
	}
	disk_state = block_unit_get(&disk_client, BLOCK_STATE_UNIT).sectors;
}

uint64_t disk_state_sectors(void)
{
	return disk_state;
}

bool disk_state_read(uint64_t sector, uint64_t sectors, void *bytes)
{
	return disk_transfer(BLOCK_READ, BLOCK_STATE_UNIT, sector, sectors, bytes);
}

bool disk_state_write(uint64_t sector, uint64_t sectors, void *bytes)
{
	return disk_transfer(BLOCK_WRITE, BLOCK_STATE_UNIT, sector, sectors, bytes);
}
