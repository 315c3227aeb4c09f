/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A task whose results are known: it fills memory, sums it up, and takes it over a disk if
 * it has one, again and again.  Prints `worker: round N right` on its serial line if it
 * has one, else in root's log; and what was wrong.
 */
#include <l4/syscall.h>
#include <l4/task.h>
#include <proto/client.h>
#include <proto/root.h>
#include <stdio.h>
#include <string.h>

#define WORDS 0x20000u /* 1 MiB */
#define ROUND_US 200000
#define DISK_SECTORS 64u

static struct serial_client serial;
static struct block_client block;
static bool has_serial, has_block;

static void say(const char *line)
{
	if (!has_serial)
		root_log(line, strlen(line));
	else if (serial_write(&serial, line, strlen(line)) == strlen(line))
		serial_write(&serial, "\r\n", 2);
}

/* Fills the memory from a seed; the sum can be had without memory, too. */
static uint64_t fill(uint64_t *words, uint64_t seed)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < WORDS; i++) {
		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		if (words)
			words[i] = seed;
		sum += seed ^ i;
	}
	return sum;
}

static bool memory_is_right(uint64_t *words, unsigned round)
{
	uint64_t sum = 0;

	fill(words, round);
	for (unsigned i = 0; i < WORDS; i++)
		sum += words[i] ^ i;
	return sum == fill(NULL, round);
}

static bool disk_is_right(uint64_t *words, unsigned round)
{
	const size_t bytes = DISK_SECTORS * BLOCK_SECTOR_BYTES;
	uint64_t *back = words + WORDS, sector = round % 8 * DISK_SECTORS;

	if (!has_block || block_unit_get(&block, 0).sectors < 8 * DISK_SECTORS)
		return true;
	return block_transfer(&block, BLOCK_WRITE, 0, sector, DISK_SECTORS, words) == BLOCK_OK &&
	       block_transfer(&block, BLOCK_READ, 0, sector, DISK_SECTORS, back) == BLOCK_OK &&
	       memcmp(words, back, bytes) == 0;
}

static void open_channels(void)
{
	int n = task_find_channel(CHANNEL_SERIAL);

	if (n >= 0) {
		serial_open(&serial, (unsigned)n, task_channel_memory((unsigned)n));
		has_serial = true;
	}
	n = task_find_channel(CHANNEL_BLOCK);
	if (n >= 0) {
		block_open(&block, (unsigned)n, task_channel_memory((unsigned)n));
		has_block = block_wait_open(&block);
	}
}

int main(void)
{
	uint64_t *words = (uint64_t *)TASK_HEAP;
	char line[64];

	open_channels();
	for (unsigned round = 1;; round++) {
		bool memory = memory_is_right(words, round), disk = disk_is_right(words, round);

		snprintf(line, sizeof(line), "worker: round %u %s", round,
			 !memory ? "memory WRONG" :
			 !disk   ? "disk WRONG" :
				   "right");
		say(line);
		task_signals()->status.heartbeat++;
		/* Not for signals: the serial server sends one for each line it has taken. */
		l4_sleep_us(ROUND_US);
	}
}
