/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PL180 and the SD card behind it: register scripts.
 */
#include "tap.h"

#include "dev/block/pl18x.h"
#include "stand.h"

#define RESPONSE 0x040
#define LONG 0x080
#define ENABLE 0x400

#define CRC_FAIL 0x001
#define TIME_OUT 0x004
#define DATA_CRC_FAIL 0x002
#define DATA_TIME_OUT 0x008
#define RESP_END 0x040
#define SENT 0x080
#define DATA_END 0x100
#define BLOCK_END 0x400

#define RCA 0x45670000u

static struct stand stand;

static void start(bool card)
{
	const struct pl18x_config config = { PL180,
					     card ? &stand.disk : NULL,
					     { stand_line(&stand, 0), stand_line(&stand, 1) } };

	stand_add(&stand, &pl180_ops, pl18x_create(&config), PL18X_BYTES);
	stand_write(&stand, 0x00, 4, 3);
	stand_write(&stand, 0x04, 4, 0x100);
}

/* Returns the status flags, and clears those that can be. */
static uint32_t status(void)
{
	uint32_t value = (uint32_t)stand_read(&stand, 0x34, 4);

	stand_write(&stand, 0x38, 4, 0x7FF);
	return value;
}

static uint32_t command(unsigned index, uint32_t argument, unsigned flags)
{
	stand_write(&stand, 0x08, 4, argument);
	stand_write(&stand, 0x0C, 4, ENABLE | flags | index);
	return (uint32_t)stand_read(&stand, 0x34, 4) & 0xFF;
}

static uint32_t response(unsigned n)
{
	return (uint32_t)stand_read(&stand, 0x14 + 4 * n, 4);
}

/* Brings the card to its transfer state. */
static bool identify(void)
{
	bool good = command(0, 0, 0) == SENT;

	status();
	good &= command(8, 0x1AA, RESPONSE) == RESP_END && response(0) == 0x1AA;
	status();
	command(55, 0, RESPONSE);
	status();
	good &= command(41, 0x40FF8000, RESPONSE) == CRC_FAIL && response(0) >> 31;
	status();
	good &= command(2, 0, RESPONSE | LONG) == RESP_END;
	status();
	good &= command(3, 0, RESPONSE) == RESP_END && (response(0) & 0xFFFF0000) == RCA;
	status();
	command(7, RCA, RESPONSE);
	status();
	command(13, RCA, RESPONSE);
	status();
	return good && response(0) == 0x900;
}

static void data_read(unsigned index, uint32_t argument, unsigned bytes, unsigned block_log2)
{
	stand_write(&stand, 0x28, 4, bytes);
	stand_write(&stand, 0x2C, 4, 3 | block_log2 << 4);
	command(index, argument, RESPONSE);
}

static void test_identification(void)
{
	uint64_t size;

	stand_open(&stand, 2048 * 100);
	start(true);
	is(stand_read(&stand, 0xFE0, 4) | stand_read(&stand, 0xFE4, 4) << 8 |
		   stand_read(&stand, 0xFE8, 4) << 16,
	   0x041180, "PL180's id");
	ok(identify(), "card identified and selected");
	is(command(17, 0x200, RESPONSE | LONG) & CRC_FAIL, CRC_FAIL, "wrong kind of response");
	status();
	command(12, 0, RESPONSE);
	command(7, 0, 0);
	status();
	is(command(9, RCA, RESPONSE | LONG), RESP_END, "CSD");
	size = ((response(1) & 0x3FF) << 2 | response(2) >> 30) + 1;
	size <<= (response(2) >> 15 & 7) + 2;
	size <<= response(1) >> 16 & 15;
	is(size, 100u << 20, "says 100 MiB");
	is(response(3) & 1, 0, "the lowest bit is never seen");
	status();
	is(command(17, 0, RESPONSE), TIME_OUT, "no reading when not selected");
	status();
	command(7, RCA, RESPONSE);
	is(response(0) >> 22 & 1, 1, "and the next status says so");
	command(13, RCA, RESPONSE);
	is(response(0), 0x900, "once");
	stand_close(&stand);
}

static void test_high_capacity(void)
{
	stand_open(&stand, 1u << 24);
	start(true);
	ok(identify(), "8 GiB card identified");
	command(7, 0, 0);
	command(9, RCA, RESPONSE | LONG);
	is(response(0) >> 30, 1, "CSD version 2");
	is((response(1) & 0x3F) << 16 | response(2) >> 16, 8 * 2048 - 1, "its size");
	command(0, 0, 0);
	command(55, 0, RESPONSE);
	command(41, 0x00FF8000, RESPONSE);
	is(response(0) >> 31, 0, "stays busy for a host without high capacity");
	stand_close(&stand);
}

static bool fifo_matches(unsigned sector, unsigned words)
{
	bool good = true;

	for (unsigned i = 0; i < words; i++)
		good &= stand_read(&stand, 0x80 + 4 * (i % 16), 4) == stand_word(sector * 128 + i);
	return good;
}

static void test_reading(void)
{
	stand_open(&stand, 2048);
	start(true);
	identify();
	stand_write(&stand, 0x40, 4, 0x8000); /* half full */
	data_read(17, 3 * 512, 512, 9);
	is(stand_read(&stand, 0x34, 4) & 0x3FF400, 0x22A000 & 0x3FF400,
	   "active, half full, full, available");
	ok(stand.line[1] && !stand.line[0], "the second line only");
	is(stand_read(&stand, 0x48, 4), 112, "words still to come");
	fifo_matches(3, 127);
	is(stand_read(&stand, 0x34, 4) & 0x202000, 0x202000,
	   "active while a word is left, though the card is done");
	is(stand_read(&stand, 0x80, 4), stand_word(3 * 128 + 127), "the last one");
	is(status() & 0x3FFFFF, RESP_END | DATA_END | BLOCK_END, "all over");
	ok(!stand.line[1], "line low");
	data_read(18, 4 * 512, 3 * 512, 9);
	ok(fifo_matches(4, 384), "three sectors");
	is(status() & DATA_END, DATA_END, "data end");
	is(command(12, 0, RESPONSE), RESP_END, "stop");
	is(response(0), 0xB00, "while sending data");
	status();
	data_read(17, 2048 * 512, 512, 9);
	is(response(0) >> 31, 1, "out of range");
	is(status() & DATA_TIME_OUT, DATA_TIME_OUT, "no data come");
	data_read(18, 2047 * 512, 1024, 9);
	ok(fifo_matches(2047, 112), "up to the last sector");
	fifo_matches(0, 16);
	is(status() & (DATA_TIME_OUT | DATA_END), DATA_TIME_OUT, "but no farther");
	command(12, 0, RESPONSE);
	is(response(0) >> 31, 1, "which the stop's response tells");
	status();
	stand.broken = true;
	data_read(17, 0, 512, 9);
	is(status() & DATA_TIME_OUT, DATA_TIME_OUT, "unreadable sector");
	stand.broken = false;
	command(16, 16, RESPONSE);
	status();
	data_read(17, 512 + 32, 16, 4);
	is(stand_read(&stand, 0x80, 4), stand_word(128 + 8), "part of a sector");
	stand_close(&stand);
}

static void test_app_commands(void)
{
	stand_open(&stand, 2048);
	start(true);
	identify();
	command(55, RCA, RESPONSE);
	is(response(0), 0x920, "application command next");
	status();
	data_read(51, 0, 8, 3);
	is(stand_read(&stand, 0x80, 4), 0x0502, "SCR");
	stand_read(&stand, 0x80, 4);
	status();
	command(55, RCA, RESPONSE);
	command(6, 2, RESPONSE);
	status();
	command(55, RCA, RESPONSE);
	status();
	data_read(13, 0, 64, 6);
	is(stand_read(&stand, 0x80, 4), 0x80, "SD status: four lines");
	for (unsigned i = 1; i < 16; i++)
		stand_read(&stand, 0x80, 4);
	status();
	data_read(6, 0x00FFFFF1, 64, 6);
	for (unsigned i = 0; i < 4; i++)
		stand_read(&stand, 0x80, 4);
	is(stand_read(&stand, 0x80, 4), 0x0F, "no high speed");
	stand_close(&stand);
}

static void data_write(unsigned index, uint32_t argument, unsigned bytes, uint32_t seed)
{
	command(index, argument, RESPONSE);
	stand_write(&stand, 0x28, 4, bytes);
	stand_write(&stand, 0x2C, 4, 1 | 9 << 4);
	for (unsigned i = 0; i < bytes / 4; i++)
		stand_write(&stand, 0x80 + 4 * (i % 16), 4, seed + i);
}

static void test_writing(void)
{
	stand_open(&stand, 2048);
	start(true);
	identify();
	data_write(24, 5 * 512, 512, 100);
	is(status() & (DATA_END | BLOCK_END), DATA_END | BLOCK_END, "a sector written");
	ok(stand_disk_word(&stand, 5, 0) == 100 && stand_disk_word(&stand, 5, 127) == 227,
	   "as it should be");
	data_write(25, 7 * 512, 1024, 300);
	is(status() & DATA_END, DATA_END, "two sectors written");
	is(stand_disk_word(&stand, 8, 127), 300 + 255, "as they should be");
	is(command(12, 0, RESPONSE), RESP_END, "stop");
	is(response(0), 0xD00, "while receiving data");
	status();
	stand.broken = true;
	data_write(24, 0, 512, 0);
	is(status() & (DATA_CRC_FAIL | DATA_END), DATA_CRC_FAIL, "unwritable sector");
	stand.broken = false;
	command(13, RCA, RESPONSE);
	is(response(0), 0x80900, "general error");
	status();
	stand.disk.read_only = true;
	data_write(24, 0, 512, 0);
	is(response(0) & 1u << 26, 1u << 26, "write protected");
	stand.disk.read_only = false;
	stand_write(&stand, 0x2C, 4, 0);
	stand_close(&stand);
}

static void test_erasing(void)
{
	unsigned polls = 0;

	stand_open(&stand, 1u << 20);
	start(true);
	identify();
	command(38, 0, RESPONSE);
	is(response(0) >> 28 & 1, 1, "erase without a range");
	command(32, 10 * 512, RESPONSE);
	command(33, 99999 * 512, RESPONSE);
	command(38, 0, RESPONSE);
	do
		command(13, RCA, RESPONSE);
	while (++polls < 100 && response(0) != 0x900);
	ok(polls > 1 && polls < 10, "a large range takes several polls: %u", polls);
	ok(stand_disk_word(&stand, 9, 5) && !stand_disk_word(&stand, 10, 0) &&
		   !stand_disk_word(&stand, 4000, 127),
	   "erased");
	stand_close(&stand);
}

static void test_empty_slot(void)
{
	stand_open(&stand, 0);
	start(false);
	is(command(0, 0, 0), SENT, "nobody hears");
	status();
	is(command(8, 0x1AA, RESPONSE), TIME_OUT, "nobody answers");
	stand_write(&stand, 0x3C, 4, TIME_OUT);
	ok(stand.line[0], "which interrupts");
	status();
	ok(!stand.line[0], "until cleared");
	stand_close(&stand);
}

int main(void)
{
	test_identification();
	test_high_capacity();
	test_reading();
	test_app_commands();
	test_writing();
	test_erasing();
	test_empty_slot();
	return done();
}
