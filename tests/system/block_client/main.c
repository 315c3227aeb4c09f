/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client of the block server: changes its copy-on-write unit 0 at random, again and
 * again reading it back, as others do with the same image at the same time; tries what it
 * may not; and fills unit 7 until there is no memory left.  Reports in the log.
 *
 * The disk has in each sector the sector's number, in 64 words.
 */
#include <l4/syscall.h>
#include <l4/task.h>
#include <proto/client.h>
#include <proto/root.h>
#include <stdio.h>
#include <string.h>

#define ROUNDS 300u
#define PART 96u /* sectors of a request, at most */
#define WORDS (BLOCK_SECTOR_BYTES / sizeof(uint64_t))
#define DISK_MAX 8192u

static struct block_client block;
static uint64_t buffer[PART * WORDS];
static uint32_t version[DISK_MAX]; /* of each sector; 0: as it was */
static uint32_t random_state;
static unsigned failures;

static uint32_t client_random(void)
{
	random_state = random_state * 1664525 + 1013904223;
	return random_state >> 8;
}

static void client_check(bool good, const char *what)
{
	failures += !good;
	printf("%s: %s\n", good ? "ok" : "FAILED", what);
}

/* What a sector has to contain: other clients' words are others. */
static uint64_t client_word(uint64_t sector, unsigned word)
{
	if (!version[sector])
		return sector;
	return (uint64_t)version[sector] << 32 | (uint32_t)task_info()->name[0] << 16 | word;
}

static bool client_read_back(uint64_t sector, unsigned sectors)
{
	if (block_transfer(&block, BLOCK_READ, 0, sector, sectors, buffer) != BLOCK_OK)
		return false;
	for (unsigned i = 0; i < sectors * WORDS; i++)
		if (buffer[i] != client_word(sector + i / WORDS, i % WORDS))
			return false;
	return true;
}

static bool client_change(uint64_t sector, unsigned sectors)
{
	for (unsigned i = 0; i < sectors * WORDS; i++) {
		if (i % WORDS == 0)
			version[sector + i / WORDS]++;
		buffer[i] = client_word(sector + i / WORDS, i % WORDS);
	}
	return block_transfer(&block, BLOCK_WRITE, 0, sector, sectors, buffer) == BLOCK_OK;
}

static void client_hammer(uint64_t disk)
{
	uint64_t start_us = l4_system_clock(), sectors = 0;
	bool good = true;

	for (unsigned i = 0; i < ROUNDS && good; i++) {
		unsigned count = 1 + client_random() % PART;
		uint64_t sector = client_random() % (disk - count);

		good = client_random() % 2 ? client_change(sector, count) :
					     client_read_back(sector, count);
		sectors += count;
	}
	client_check(good, "what was written is read");
	for (uint64_t at = 0; at + PART <= disk && good; at += PART)
		good = client_read_back(at, PART);
	client_check(good, "the whole disk is mine alone");
	printf("%llu sectors in %llu us\n", (unsigned long long)sectors,
	       (unsigned long long)(l4_system_clock() - start_us));
}

static void client_fill(void)
{
	enum block_status status = BLOCK_OK;
	uint64_t at = 0, all = block_unit_get(&block, BLOCK_STATE_UNIT).sectors;

	memset(buffer, 0, sizeof(buffer));
	while (at + PART <= all && status == BLOCK_OK) {
		status = block_transfer(&block, BLOCK_WRITE, BLOCK_STATE_UNIT, at, PART, buffer);
		at += PART;
	}
	client_check(status == BLOCK_OK, "zeros need no memory");
	memset(buffer, 0x5a, sizeof(buffer));
	for (at = 0; at + PART <= all && status == BLOCK_OK; at += PART)
		status = block_transfer(&block, BLOCK_WRITE, BLOCK_STATE_UNIT, at, PART, buffer);
	client_check(status == BLOCK_FULL, "memory has an end");
	memset(buffer, 0, sizeof(buffer));
	status = BLOCK_OK;
	for (at = 0; at + PART <= all && status == BLOCK_OK; at += PART)
		status = block_transfer(&block, BLOCK_WRITE, BLOCK_STATE_UNIT, at, PART, buffer);
	client_check(status == BLOCK_OK, "and comes back");
}

/* Whether the unit is there at all is the configuration's business. */
static void client_refusals(void)
{
	client_check(block_transfer(&block, BLOCK_WRITE, 1, 0, 1, buffer) == BLOCK_READ_ONLY,
		     "a read-only unit stays what it is");
	client_check(block_transfer(&block, BLOCK_READ, 5, 0, 1, buffer) == BLOCK_BAD_REQUEST,
		     "a unit that isn't there");
}

int main(void)
{
	int n = task_find_channel(CHANNEL_BLOCK);
	uint64_t disk;

	stdio_set_putc(root_putc);
	if (n < 0)
		return 1;
	random_state = (uint32_t)task_info()->name[0];
	block_open(&block, (unsigned)n, task_channel_memory((unsigned)n));
	client_check(block_wait_open(&block), "open");
	disk = block_unit_get(&block, 0).sectors;
	client_check(disk > PART && disk <= DISK_MAX, "the disk's size");
	if (failures == 0) {
		client_hammer(disk);
		client_refusals();
	}
	if (block_unit_get(&block, BLOCK_STATE_UNIT).sectors)
		client_fill();
	printf("done, %u failed\n", failures);
	root_exit(failures);
}
