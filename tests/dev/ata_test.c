/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ATA devices: register scripts through the compact flash socket, and the channel's own
 * interface for DMA and for two devices.
 */
#include "tap.h"

#include "dev/block/ata.h"
#include "dev/block/ata_cf.h"
#include "stand.h"

#define READY (ATA_DRDY | ATA_DSC)

static struct stand stand;

static void start(bool there)
{
	const struct ata_cf_config config = { there ? &stand.disk : NULL, stand_line(&stand, 0) };

	stand_add(&stand, &ata_cf_ops, ata_cf_create(&config), ATA_CF_BYTES);
}

static uint8_t get(enum ata_register r)
{
	return (uint8_t)stand_read(&stand, r == ATA_CONTROL ? 0x100 : r * 4u, 1);
}

static void put(enum ata_register r, uint8_t value)
{
	stand_write(&stand, r == ATA_CONTROL ? 0x100 : r * 4u, 1, value);
}

static void address(uint64_t lba, unsigned count, bool extended)
{
	if (extended) {
		put(ATA_COUNT, (uint8_t)(count >> 8));
		put(ATA_LBA_LOW, (uint8_t)(lba >> 24));
		put(ATA_LBA_MID, (uint8_t)(lba >> 32));
		put(ATA_LBA_HIGH, (uint8_t)(lba >> 40));
	}
	put(ATA_COUNT, (uint8_t)count);
	put(ATA_LBA_LOW, (uint8_t)lba);
	put(ATA_LBA_MID, (uint8_t)(lba >> 8));
	put(ATA_LBA_HIGH, (uint8_t)(lba >> 16));
	put(ATA_DEVICE, (uint8_t)(0xE0 | (extended ? 0 : lba >> 24 & 15)));
}

static uint8_t command(uint8_t number)
{
	put(ATA_STATUS, number);
	return get(ATA_CONTROL);
}

static uint32_t data32(void)
{
	return (uint32_t)stand_read(&stand, 0, 4);
}

static bool data_matches(unsigned sector, unsigned words)
{
	bool good = true;

	for (unsigned i = 0; i < words; i++)
		good &= data32() == stand_word(sector * 128 + i);
	return good;
}

static void test_identify(void)
{
	uint16_t word[256];
	uint8_t sum = 0;

	stand_open(&stand, 100000);
	start(true);
	is(get(ATA_STATUS), READY, "ready after reset");
	is(get(ATA_COUNT) << 8 | get(ATA_LBA_LOW), 0x101, "signature");
	is(command(0xEC), READY | ATA_DRQ, "IDENTIFY has data");
	ok(stand.line[0], "and interrupts");
	get(ATA_STATUS);
	ok(!stand.line[0], "until the status is read");
	for (unsigned i = 0; i < 256; i++) {
		word[i] = (uint16_t)stand_read(&stand, 0, 2);
		sum = (uint8_t)(sum + word[i] + (word[i] >> 8));
	}
	is(get(ATA_STATUS), READY, "all read");
	is(sum, 0, "the checksum is right");
	is(word[60] | word[61] << 16, 100000, "its sectors");
	is(word[100] | word[101] << 16, 100000, "with 48 bits, too");
	is(word[49] & 0x300, 0x200, "LBA, no DMA");
	is(word[10] << 16 | word[11], 'S' << 24 | 'N' << 16 | '4' << 8 | '2', "serial number");
	is(stand_read(&stand, 0, 2), 0, "no more data");
	stand_close(&stand);
}

static void test_reading(void)
{
	stand_open(&stand, 2048);
	start(true);
	address(5, 3, false);
	is(command(0x20), READY | ATA_DRQ, "READ SECTORS");
	ok(data_matches(5, 384), "three sectors");
	is(get(ATA_STATUS), READY, "and no more");
	address(1000, 2, true);
	command(0x24);
	ok(data_matches(1000, 256), "READ SECTORS EXT");
	put(ATA_DEVICE, 0xA1);
	put(ATA_COUNT, 1);
	put(ATA_LBA_LOW, 2);
	put(ATA_LBA_MID, 1);
	put(ATA_LBA_HIGH, 0);
	command(0x20);
	ok(data_matches((16 + 1) * 63 + 1, 128), "cylinder 1, head 1, sector 2");
	address(2047, 2, false);
	is(command(0x20), READY | ATA_ERR, "beyond the end");
	is(get(ATA_ERROR), ATA_IDNF, "isn't found");
	address(0, 1, false);
	stand.broken = true;
	is(command(0x20), READY | ATA_ERR, "unreadable");
	is(get(ATA_ERROR), ATA_UNC, "is said to be so");
	stand.broken = false;
	is(command(0xC8), READY | ATA_ERR, "no DMA here");
	is(get(ATA_ERROR), ATA_ABRT, "aborted");
	is(command(0xC4), READY | ATA_ERR, "READ MULTIPLE before SET MULTIPLE");
	put(ATA_COUNT, 8);
	is(command(0xC6), READY, "SET MULTIPLE");
	put(ATA_COUNT, 3);
	is(command(0xC6), READY | ATA_ERR, "not to 3");
	address(10, 20, false);
	command(0xC4);
	get(ATA_STATUS);
	ok(data_matches(10, 8 * 128 - 1) && !stand.line[0], "a block of 8");
	ok(data_matches(18 - 1, 0) && data32() == stand_word(18 * 128 - 1) && stand.line[0],
	   "an interrupt for the next one");
	ok(data_matches(18, 12 * 128), "the others");
	is(get(ATA_STATUS), READY, "all read");
	stand_close(&stand);
}

static void write_words(unsigned words, uint32_t seed)
{
	for (unsigned i = 0; i < words; i++)
		stand_write(&stand, 0, 4, seed + i);
}

static void test_writing(void)
{
	stand_open(&stand, 2048);
	start(true);
	address(7, 2, false);
	is(command(0x30), READY | ATA_DRQ, "WRITE SECTORS wants data");
	ok(!stand.line[0], "without an interrupt");
	write_words(128, 1000);
	ok(stand.line[0] && get(ATA_STATUS) == (READY | ATA_DRQ), "then more, with one");
	write_words(128, 2000);
	ok(stand.line[0] && get(ATA_STATUS) == READY, "done, with another");
	ok(stand_disk_word(&stand, 7, 127) == 1127 && stand_disk_word(&stand, 8, 0) == 2000,
	   "written");
	is(command(0xE7), READY, "FLUSH CACHE");
	is(stand.flushes, 1, "reaches the disk");
	put(ATA_ERROR, 0x82);
	command(0xEF);
	address(0xFF, 1, true);
	command(0x34);
	write_words(128, 3000);
	is(stand.flushes, 3, "without write cache every write does");
	is(stand_disk_word(&stand, 255, 0), 3000, "WRITE SECTORS EXT");
	stand.broken = true;
	command(0x30);
	write_words(128, 0);
	is(get(ATA_STATUS), READY | ATA_ERR, "unwritable");
	stand.broken = false;
	stand.disk.read_only = true;
	is(command(0x30), READY | ATA_ERR, "write protected");
	stand_close(&stand);
}

static void test_others(void)
{
	stand_open(&stand, 2048);
	start(true);
	is(command(0x00), READY | ATA_ERR, "NOP is aborted");
	is(command(0xE0), READY, "STANDBY IMMEDIATE");
	command(0xE5);
	is(get(ATA_COUNT), 0, "CHECK POWER MODE knows");
	put(ATA_ERROR, 3);
	put(ATA_COUNT, 0x0C);
	is(command(0xEF), READY, "PIO mode 4");
	put(ATA_COUNT, 0x45);
	is(command(0xEF), READY | ATA_ERR, "no Ultra DMA here");
	put(ATA_ERROR, 0xDA);
	put(ATA_LBA_MID, 0x4F);
	put(ATA_LBA_HIGH, 0xC2);
	is(command(0xB0), READY, "SMART RETURN STATUS");
	is(get(ATA_LBA_MID) << 8 | get(ATA_LBA_HIGH), 0x4FC2, "all is well");
	command(0xF8);
	is(get(ATA_LBA_LOW) | get(ATA_LBA_MID) << 8, 2047, "READ NATIVE MAX");
	put(ATA_COUNT, 0x12);
	put(ATA_COUNT, 0x34);
	put(ATA_CONTROL, 0x80);
	is(get(ATA_COUNT), 0x12, "the previous count");
	put(ATA_LBA_LOW, 0);
	is(get(ATA_COUNT), 0x34, "the present one again");
	put(ATA_CONTROL, 0x02);
	command(0xE7);
	ok(!stand.line[0], "no interrupt when it is disabled");
	put(ATA_CONTROL, 0x00);
	ok(stand.line[0], "it was only held back");
	put(ATA_CONTROL, 0x04);
	is(get(ATA_STATUS), ATA_BSY, "busy during software reset");
	put(ATA_CONTROL, 0x00);
	is(get(ATA_STATUS), READY, "ready afterwards");
	put(ATA_DEVICE, 0xB0);
	is(get(ATA_STATUS), 0, "there is no device 1");
	is(command(0xEC), 0, "and it does nothing");
	put(ATA_DEVICE, 0xA0);
	is(get(ATA_ERROR), 1, "diagnostics passed");
	stand_close(&stand);
}

static void test_empty(void)
{
	stand_open(&stand, 0);
	start(false);
	is(get(ATA_STATUS), 0x7F, "an empty socket floats, but isn't busy");
	command(0xEC);
	is(get(ATA_STATUS), 0x7F, "whatever one says");
	stand_close(&stand);
}

/* DMA as a controller will do it, by hand, 100 bytes at a time. */
static size_t dma(struct ata_channel *c, uint8_t *bytes, bool *in)
{
	size_t done = 0, count;
	uint8_t *data;
	bool now;

	while ((count = ata_dma_request(c, &now, &data)) > 0) {
		*in = now;
		count = count < 100 ? count : 100;
		if (*in)
			memcpy(bytes + done, data, count);
		else
			memcpy(data, bytes + done, count);
		ata_dma_done(c, count);
		done += count;
	}
	return done;
}

static void test_dma(void)
{
	static struct ata_channel c;
	static uint8_t bytes[40 * SECTOR_BYTES];
	bool in;

	stand_open(&stand, 2048);
	ata_init(&c, NULL, &stand.disk, stand_line(&stand, 1), true);
	ata_write(&c, ATA_DEVICE, 0xF0);
	ata_write(&c, ATA_COUNT, 40);
	ata_write(&c, ATA_LBA_LOW, 9);
	ata_write(&c, ATA_STATUS, 0xC8);
	is(dma(&c, bytes, &in), sizeof bytes, "READ DMA of device 1");
	ok(in && !memcmp(bytes, stand.sectors + 9 * SECTOR_BYTES, sizeof bytes), "its data");
	ok(stand.line[1] && ata_read(&c, ATA_STATUS) == READY && !stand.line[1], "one interrupt");
	ata_write(&c, ATA_STATUS, 0xCA);
	memset(bytes, 0x55, sizeof bytes);
	is(dma(&c, bytes, &in), sizeof bytes, "WRITE DMA");
	ok(!in && stand_disk_word(&stand, 48, 127) == 0x55555555, "its data");
	ata_write(&c, ATA_STATUS, 0xC8);
	stand.broken = true;
	is(dma(&c, bytes, &in), 0, "an unreadable sector");
	is(ata_read(&c, ATA_STATUS), READY | ATA_ERR, "is an error");
	stand_close(&stand);
}

int main(void)
{
	test_identify();
	test_reading();
	test_writing();
	test_others();
	test_empty();
	test_dma();
	return done();
}
