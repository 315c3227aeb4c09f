/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A PC's IDE channel with a disk and a CD-ROM drive, and its bus master.
 */
#include "tap.h"

#include <emu/archive.h>

#include "dev/block/ata.h"
#include "dev/block/ide.h"
#include "dev/block/ide_busmaster.h"
#include "emu/stream.h"
#include "stand.h"

#define READY (ATA_DRDY | ATA_DSC)
#define CONTROL 0x10
#define MASTER 0x20
#define TABLE 0x1000

enum { LINE_IDE };

static struct stand stand;
static struct disk medium;
static struct ide *ide;
static struct ide_busmaster *master;

static void start(void)
{
	struct ide_config config = { .drive = { { false, &stand.disk }, { true, &medium } },
				     .dma = true,
				     .irq = stand_line(&stand, LINE_IDE) };
	struct ide_busmaster_config bm;

	stand_open(&stand, 4096);
	medium = stand.disk;
	medium.sectors = 4001; /* 1000 of the CD's, and a part */
	medium.read_only = true;
	ide = ide_create(&config);
	bm = (struct ide_busmaster_config){ stand.bus, stand.clock, { ide, NULL } };
	master = ide_busmaster_create(&bm);
	bus_add_chip(stand.bus, STAND_CHIP, IDE_COMMAND_BYTES, &ide_command_ops, ide);
	bus_add_chip(stand.bus, STAND_CHIP + CONTROL, 4, &ide_control_ops, ide);
	bus_add_chip(stand.bus, STAND_CHIP + MASTER, IDE_BUSMASTER_BYTES, &ide_busmaster_ops,
		     master);
	bus_reset(stand.bus);
	ide_busmaster_enable(master, true);
}

static uint8_t get(enum ata_register r)
{
	return (uint8_t)stand_read(&stand, r == ATA_CONTROL ? CONTROL : r, 1);
}

static void put(enum ata_register r, uint8_t value)
{
	stand_write(&stand, r == ATA_CONTROL ? CONTROL : r, 1, value);
}

static unsigned signature(uint8_t device)
{
	put(ATA_DEVICE, device);
	return (unsigned)(get(ATA_COUNT) << 24 | get(ATA_LBA_LOW) << 16 | get(ATA_LBA_HIGH) << 8 |
			  get(ATA_LBA_MID));
}

static void take(void *bytes, unsigned count)
{
	uint8_t *to = bytes;

	for (unsigned i = 0; i < count; i += 2) {
		uint16_t word = (uint16_t)stand_read(&stand, ATA_DATA, 2);

		to[i] = (uint8_t)word;
		if (i + 1 < count)
			to[i + 1] = (uint8_t)(word >> 8);
	}
}

/* Sends a packet; returns the status. */
static uint8_t send(const uint8_t *packet, unsigned limit, bool dma)
{
	put(ATA_DEVICE, 0xB0);
	put(ATA_ERROR, dma);
	put(ATA_LBA_MID, (uint8_t)limit);
	put(ATA_LBA_HIGH, (uint8_t)(limit >> 8));
	put(ATA_STATUS, 0xA0);
	if (get(ATA_CONTROL) != (READY | ATA_DRQ) || get(ATA_COUNT) != 1)
		bail_out("PACKET isn't taken");
	for (unsigned i = 0; i < 12; i += 4)
		stand_write(&stand, ATA_DATA, 4,
			    packet[i] | packet[i + 1] << 8 | packet[i + 2] << 16 |
				    (uint32_t)packet[i + 3] << 24);
	return get(ATA_CONTROL);
}

static unsigned byte_count(void)
{
	return get(ATA_LBA_MID) | (unsigned)get(ATA_LBA_HIGH) << 8;
}

/* A packet with a short response; returns how many bytes that has. */
static unsigned ask(const uint8_t *packet, uint8_t *response)
{
	unsigned count = 0;

	if (send(packet, 0xFFFE, false) == (READY | ATA_DRQ)) {
		count = byte_count();
		take(response, count);
	}
	return count;
}

static unsigned sense(void)
{
	static const uint8_t request[12] = { 0x03, 0, 0, 0, 18 };
	uint8_t b[18] = { 0 };

	ask(request, b);
	return (unsigned)(b[2] << 16 | b[12] << 8 | b[13]);
}

static const uint8_t test_ready[12] = { 0x00 };

static void test_detection(void)
{
	uint16_t word[256];

	start();
	is(signature(0xA0), 0x01010000, "device 0 is a disk");
	is(signature(0xB0), 0x0101EB14, "device 1 takes packets");
	is(get(ATA_STATUS), 0, "and isn't ready before it is used");
	is(stand_read(&stand, CONTROL + 1, 1), 0xFF, "nothing beside device control");
	put(ATA_STATUS, 0xEC);
	is(get(ATA_STATUS), READY | ATA_ERR, "it refuses IDENTIFY DEVICE");
	is(get(ATA_LBA_MID) << 8 | get(ATA_LBA_HIGH), 0x14EB, "and says why");
	is(get(ATA_DEVICE) & 0x10, 0x10, "while it stays selected");
	put(ATA_STATUS, 0xA1);
	is(get(ATA_STATUS), READY | ATA_DRQ, "IDENTIFY PACKET DEVICE");
	take(word, 512);
	is(word[0], 0x85C0, "a removable CD-ROM, packets of 12 bytes");
	is(word[49] & 0x300, 0x300, "LBA and DMA");
	is(word[63], 7, "multiword DMA modes 0 to 2");
	put(ATA_ERROR, 3);
	put(ATA_COUNT, 0x22);
	put(ATA_STATUS, 0xEF);
	is(get(ATA_STATUS), READY, "multiword DMA 2");
	put(ATA_STATUS, 0xA1);
	take(word, 512);
	is(word[63], 0x407, "is chosen");
	put(ATA_ERROR, 0x82);
	put(ATA_STATUS, 0xEF);
	is(get(ATA_STATUS), READY | ATA_ERR, "it has no write cache");
	put(ATA_STATUS, 0xE7);
	is(get(ATA_STATUS), READY | ATA_ERR, "nor a flush");
	put(ATA_STATUS, 0xC8);
	is(get(ATA_STATUS), READY | ATA_ERR, "nor a disk's reads");
	put(ATA_STATUS, 0x08);
	ok(get(ATA_CONTROL) == 0 && !stand.line[LINE_IDE], "DEVICE RESET");
	put(ATA_CONTROL, 0x04);
	is(signature(0xB0) >> 31, 0, "software reset");
	put(ATA_CONTROL, 0x00);
	is(signature(0xB0), 0x0101EB14, "the signature again");
	put(ATA_DEVICE, 0xA0);
	is(get(ATA_STATUS), READY, "the disk is ready");
	put(ATA_STATUS, 0xEC);
	take(word, 512);
	ok(word[1] == 4 && word[3] == 16 && word[6] == 63, "its geometry");
	is(word[88] & 0x3F, 0x3F, "Ultra DMA");
	stand_close(&stand);
}

/* What a command that has no sectors leaves behind can be saved and restored. */
static void test_state_without_address(void)
{
	struct archive *a;
	char error[128] = "";
	bool good;

	start();
	put(ATA_DEVICE, 0xA0);
	put(ATA_LBA_LOW, 0); /* there is no sector 0 */
	put(ATA_STATUS, 0x20);
	is(get(ATA_ERROR), ATA_IDNF, "no such sector");
	put(ATA_STATUS, 0xEC);
	stream_at = 0;
	a = archive_begin_save(stream_write, NULL);
	ide_command_ops.state(ide, a);
	ok(archive_end(a, NULL, 0), "saved in the middle of IDENTIFY");
	stream_at = 0;
	a = archive_begin_load(stream_read, NULL);
	ide_command_ops.state(ide, a);
	good = archive_end(a, error, sizeof error);
	ok(good, "and restored %s", error);
	stand_close(&stand);
}

static void test_packets(void)
{
	static const uint8_t inquiry[12] = { 0x12, 0, 0, 0, 36 }, odd[12] = { 0x12, 0, 0, 0, 5 };
	static const uint8_t capacity[12] = { 0x25 }, unknown[12] = { 0xEE };
	static const uint8_t capabilities[12] = { 0x5A, 0, 0x2A, 0, 0, 0, 0, 0, 128 };
	static const uint8_t all_pages[12] = { 0x1A, 0, 0x3F, 0, 255 };
	static const uint8_t saved[12] = { 0x1A, 0, 0xEA, 0, 255 };
	uint8_t b[256];

	start();
	is(send(test_ready, 0, false), READY | ATA_ERR, "after power-on");
	is(get(ATA_ERROR), 0x64, "UNIT ATTENTION");
	is(get(ATA_COUNT), 3, "interrupt reason: over");
	is(sense(), 0x062900, "because of power-on");
	is(sense(), 0, "told once");
	is(send(test_ready, 0, false), READY, "now it is ready");
	is(ask(inquiry, b), 36, "INQUIRY");
	ok(b[0] == 5 && b[1] == 0x80 && !memcmp(b + 8, "L4VM    CD-ROM  ", 16), "its answer");
	is(get(ATA_COUNT) << 8 | get(ATA_STATUS), 0x300 | READY, "it is over");
	is(ask(odd, b), 5, "an odd number of bytes");
	is(get(ATA_STATUS), READY, "ends with its last word");
	is(ask(capacity, b), 8, "READ CAPACITY");
	is(b[2] << 8 | b[3], 1000, "its last sector");
	is(b[6] << 8 | b[7], 2048, "of 2048 bytes");
	is(ask(capabilities, b), 28, "MODE SENSE(10)");
	ok(b[1] == 26 && b[8] == 0x2A && b[14] == 0x29, "capabilities");
	is(ask(all_pages, b), 4 + 8 + 8 + 20, "MODE SENSE(6), all pages");
	is(b[0], 39, "their bytes");
	is(send(saved, 0xFFFE, false), READY | ATA_ERR, "no saved pages");
	is(sense(), 0x053900, "sense of that");
	is(send(unknown, 0, false), READY | ATA_ERR, "an unknown packet");
	is(sense(), 0x052000, "sense of that");
	stand_close(&stand);
}

static void test_toc(void)
{
	static const uint8_t lba[12] = { 0x43, 0, 0, 0, 0, 0, 0, 0, 200 };
	static const uint8_t msf[12] = { 0x43, 2, 0, 0, 0, 0, 0xAA, 0, 200 };
	static const uint8_t session[12] = { 0x43, 0, 1, 0, 0, 0, 0, 0, 200 };
	static const uint8_t full[12] = { 0x43, 2, 2, 0, 0, 0, 0, 0, 200 };
	static const uint8_t old_session[12] = { 0x43, 0, 0, 0, 0, 0, 0, 0, 12, 0x40 };
	static const uint8_t track2[12] = { 0x43, 0, 0, 0, 0, 0, 2, 0, 200 };
	static const uint8_t configuration[12] = { 0x46, 0, 0, 0, 0, 0, 0, 0, 200 };
	static const uint8_t one_feature[12] = { 0x46, 2, 0, 0x1E, 0, 0, 0, 0, 200 };
	static const uint8_t mechanism[12] = { 0xBD, 0, 0, 0, 0, 0, 0, 0, 0, 8 };
	static const uint8_t information[12] = { 0x51, 0, 0, 0, 0, 0, 0, 0, 64 };
	uint8_t b[256];

	start();
	sense();
	is(ask(lba, b), 20, "READ TOC");
	ok(b[1] == 18 && b[2] == 1 && b[3] == 1, "one track");
	ok(b[5] == 0x14 && b[6] == 1 && b[14] == 0xAA, "of data, and the lead-out");
	is(b[18] << 8 | b[19], 1001, "where the medium ends");
	is(ask(msf, b), 12, "the lead-out alone");
	ok(b[9] == 0 && b[10] == 15 && b[11] == 26, "as minutes, seconds, frames");
	is(ask(session, b), 12, "sessions");
	is(ask(old_session, b), 12, "as SFF-8020i has it");
	is(ask(full, b), 48, "the full TOC");
	ok(b[7] == 0xA0 && b[18] == 0xA1 && b[29] == 0xA2 && b[40] == 1, "its points");
	ok(b[34] == 0 && b[35] == 15 && b[36] == 26 && b[46] == 2, "its addresses");
	is(send(track2, 200, false), READY | ATA_ERR, "no second track");
	is(sense(), 0x052400, "sense of that");
	is(ask(configuration, b), 8 + 12 + 8 + 8 + 8 + 12 + 4 + 4, "GET CONFIGURATION");
	is(b[6] << 8 | b[7], 8, "a CD-ROM");
	is(ask(one_feature, b), 12, "one feature");
	is(b[8] << 16 | b[9] << 8 | b[10], 0x001E01, "which is current");
	is(ask(mechanism, b), 8, "MECHANISM STATUS");
	is(ask(information, b), 34, "READ DISC INFORMATION");
	stand_close(&stand);
}

static void test_tray(void)
{
	static const uint8_t lock[12] = { 0x1E, 0, 0, 0, 1 }, unlock[12] = { 0x1E };
	static const uint8_t eject[12] = { 0x1B, 0, 0, 0, 2 }, load[12] = { 0x1B, 0, 0, 0, 3 };
	static const uint8_t event[12] = { 0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8 };
	uint8_t b[16];

	start();
	sense();
	is(ask(event, b), 8, "GET EVENT STATUS NOTIFICATION");
	ok(b[2] == 4 && b[4] == 0 && b[5] == 2, "nothing new, a medium");
	send(lock, 0, false);
	is(send(eject, 0, false), READY | ATA_ERR, "a locked tray");
	is(sense(), 0x055302, "stays");
	send(unlock, 0, false);
	is(send(eject, 0, false), READY, "an unlocked one doesn't");
	ask(event, b);
	ok(b[4] == 3 && b[5] == 1, "removed, open");
	is(send(test_ready, 0, false), READY | ATA_ERR, "not ready");
	is(sense(), 0x023A02, "tray open");
	send(load, 0, false);
	ask(event, b);
	ok(b[4] == 2 && b[5] == 2, "a new medium");
	is(send(test_ready, 0, false), READY | ATA_ERR, "attention");
	is(sense(), 0x062800, "may have changed");
	ide_change_medium(ide, 1, NULL);
	send(test_ready, 0, false);
	is(sense(), 0x023A00, "no medium");
	ide_change_medium(ide, 1, &medium);
	send(test_ready, 0, false);
	is(sense(), 0x062800, "another one");
	is(send(test_ready, 0, false), READY, "ready");
	stand_close(&stand);
}

static bool cd_matches(const uint8_t *b, unsigned sector, unsigned count)
{
	return !memcmp(b, stand.sectors + (size_t)sector * 2048, (size_t)count * 2048);
}

static void test_cd_pio(void)
{
	static const uint8_t read10[12] = { 0x28, 0, 0, 0, 0, 100, 0, 0, 6 };
	static const uint8_t read12[12] = { 0xA8, 0, 0, 0, 0x03, 0xE7, 0, 0, 0, 2 };
	static const uint8_t read_cd[12] = { 0xBE, 0, 0, 0, 0, 3, 0, 0, 1, 0x10 };
	static const uint8_t beyond[12] = { 0x28, 0, 0, 0, 0x03, 0xE9, 0, 0, 1 };
	static const uint8_t none[12] = { 0x28 };
	static uint8_t b[6 * 2048], zeros[1536];
	bool good = true;

	start();
	sense();
	is(send(read10, 2048, false), READY | ATA_DRQ, "READ(10)");
	for (unsigned i = 0; i < 6; i++) {
		good &= stand.line[LINE_IDE] && byte_count() == 2048 && get(ATA_COUNT) == 2;
		good &= get(ATA_STATUS) == (READY | ATA_DRQ) && !stand.line[LINE_IDE];
		take(b + i * 2048, 2048);
	}
	ok(good, "an interrupt and a count for each block");
	ok(cd_matches(b, 100, 6), "its data");
	ok(stand.line[LINE_IDE] && get(ATA_STATUS) == READY, "an interrupt at the end");
	send(read10, 0x1803, false);
	is(byte_count(), 0x1802, "an odd limit is made even");
	take(b, 0x1802);
	is(byte_count(), 0x7FE, "the rest of what is buffered");
	is(send(read12, 0xFFFE, false), READY | ATA_DRQ, "a new packet ends it; READ(12)");
	take(b, 4096);
	ok(cd_matches(b, 999, 1), "its data");
	ok(!memcmp(b + 2048, stand.sectors + 4000 * 512, 512) && !memcmp(b + 2560, zeros, 1536),
	   "the end of the image");
	is(send(read_cd, 0xFFFE, false), READY | ATA_DRQ, "READ CD");
	take(b, 2048);
	ok(cd_matches(b, 3, 1), "its data");
	is(send(beyond, 0xFFFE, false), READY | ATA_ERR, "beyond the end");
	is(sense(), 0x052100, "sense of that");
	is(send(none, 0xFFFE, false), READY, "no sectors");
	stand.broken = true;
	is(send(read10, 2048, false), READY | ATA_ERR, "unreadable");
	is(sense(), 0x031100, "sense of that");
	stand_close(&stand);
}

/* The bus master. */

static void describe(unsigned n, uint32_t address, unsigned count, bool last)
{
	uint32_t d[2] = { address, count | (last ? 0x80000000u : 0) };

	memcpy(stand.ram + TABLE + n * 8, d, 8);
}

static uint8_t bm(unsigned offset)
{
	return (uint8_t)stand_read(&stand, MASTER + offset, 1);
}

static void prepare(bool to_memory)
{
	stand_write(&stand, MASTER + 0, 1, 0);
	stand_write(&stand, MASTER + 4, 4, TABLE);
	stand_write(&stand, MASTER + 2, 1, 0x66);
	stand_write(&stand, MASTER + 0, 1, to_memory ? 8 : 0);
}

static void disk_command(uint8_t number, unsigned lba, unsigned count)
{
	put(ATA_DEVICE, 0xE0);
	put(ATA_COUNT, (uint8_t)count);
	put(ATA_LBA_LOW, (uint8_t)lba);
	put(ATA_LBA_MID, (uint8_t)(lba >> 8));
	put(ATA_LBA_HIGH, 0);
	put(ATA_STATUS, number);
}

static void test_dma_read(void)
{
	start();
	describe(0, 0x10002, 1022, false);
	describe(1, 0x20000, 0, false); /* 64 Kbyte */
	describe(2, 0x30000, 512 * 256 - 1022 - 65536, true);
	prepare(true);
	disk_command(0xC8, 5, 0);
	is(get(ATA_CONTROL), READY | ATA_DRQ, "READ DMA waits");
	stand_write(&stand, MASTER, 1, 9);
	is(bm(2), 0x64, "done, and an interrupt");
	ok(stand.line[LINE_IDE], "the line, too");
	ok(!memcmp(stand.ram + 0x10002, stand.sectors + 5 * 512, 1022) &&
		   !memcmp(stand.ram + 0x20000, stand.sectors + 5 * 512 + 1022, 65536) &&
		   !memcmp(stand.ram + 0x30000, stand.sectors + 5 * 512 + 66558, 64514),
	   "the data, where descriptors say");
	is(get(ATA_STATUS), READY, "no error");
	is(stand_read(&stand, MASTER + 4, 4), TABLE, "the table is as it was");
	prepare(true);
	is(bm(2), 0x60, "interrupt acknowledged");
	describe(0, 0x10000, 1024, true);
	stand_write(&stand, MASTER, 1, 9);
	is(bm(2), 0x61, "active before the command");
	disk_command(0xC8, 7, 2);
	ok(bm(2) == 0x64 && !memcmp(stand.ram + 0x10000, stand.sectors + 7 * 512, 1024),
	   "which then does it");
	prepare(true);
	describe(0, 0x10000, 2048, true);
	disk_command(0xC8, 7, 2);
	stand_write(&stand, MASTER, 1, 9);
	is(bm(2), 0x65, "a descriptor that is too long stays active");
	stand_write(&stand, MASTER, 1, 8);
	is(bm(2), 0x64, "until it is stopped");
	get(ATA_STATUS);
	prepare(true);
	describe(0, 0x10000, 512, true);
	disk_command(0xC8, 7, 2);
	stand_write(&stand, MASTER, 1, 9);
	is(bm(2), 0x60, "one that is too short ends without an interrupt");
	is(get(ATA_CONTROL), READY | ATA_DRQ, "the disk waits");
	put(ATA_CONTROL, 4);
	put(ATA_CONTROL, 0);
	stand_close(&stand);
}

static void test_dma_write(void)
{
	start();
	describe(0, 0x10000, 5120, true);
	memset(stand.ram + 0x10000, 0x5A, 5120);
	prepare(false);
	put(ATA_COUNT, 0);
	put(ATA_LBA_LOW, 0);
	disk_command(0x35, 20, 10);
	stand_write(&stand, MASTER, 1, 1);
	is(bm(2), 0x64, "WRITE DMA EXT");
	ok(stand_disk_word(&stand, 20, 0) == 0x5A5A5A5A &&
		   stand_disk_word(&stand, 29, 127) == 0x5A5A5A5A &&
		   stand_disk_word(&stand, 30, 0) == stand_word(30 * 128),
	   "ten sectors are written");
	disk_command(0xEA, 0, 0);
	is(stand.flushes, 1, "FLUSH CACHE EXT");
	stand.broken = true;
	disk_command(0xE7, 0, 0);
	is(get(ATA_STATUS), READY | ATA_ERR, "a flush that fails is an error");
	stand.broken = false;
	prepare(true);
	disk_command(0xCA, 20, 10);
	stand_write(&stand, MASTER, 1, 9);
	is(bm(2), 0x61, "the wrong direction moves nothing");
	prepare(false);
	describe(0, 0xF0000000, 5120, true);
	disk_command(0xCA, 20, 10);
	stand_write(&stand, MASTER, 1, 1);
	is(bm(2), 0x62, "no memory there");
	prepare(false);
	stand_write(&stand, MASTER + 4, 4, 0xF0000000);
	disk_command(0xCA, 20, 10);
	stand_write(&stand, MASTER, 1, 1);
	is(bm(2), 0x62, "nor a table");
	describe(0, 0x10000, 5120, true);
	prepare(false);
	ide_busmaster_enable(master, false);
	disk_command(0xCA, 20, 10);
	stand_write(&stand, MASTER, 1, 1);
	is(bm(2), 0x61, "not enabled: it waits");
	ide_busmaster_enable(master, true);
	is(bm(2), 0x64, "enabled: it goes on");
	stand_close(&stand);
}

/* More than one slice. */
static void test_dma_long(void)
{
	start();
	for (unsigned i = 0; i < 8; i++)
		describe(i, 0x40000 + i * 0x10000, 0, i == 7);
	prepare(true);
	put(ATA_COUNT, 4);
	put(ATA_LBA_LOW, 0);
	put(ATA_LBA_MID, 0);
	put(ATA_LBA_HIGH, 0);
	disk_command(0x25, 0, 0);
	stand_write(&stand, MASTER, 1, 9);
	is(bm(2), 0x61, "half a megabyte has a pause");
	stand_pass(&stand, 1);
	is(bm(2), 0x64, "and an end");
	ok(!memcmp(stand.ram + 0x40000, stand.sectors, 0x80000), "its data");
	stand_close(&stand);
}

static void test_cd_dma(void)
{
	static const uint8_t read10[12] = { 0x28, 0, 0, 0, 0, 100, 0, 0, 6 };
	static const uint8_t inquiry[12] = { 0x12, 0, 0, 0, 36 };

	start();
	sense();
	describe(0, 0x10000, 6 * 2048, true);
	prepare(true);
	is(send(read10, 0, true), READY | ATA_DRQ, "READ(10) by DMA");
	stand_write(&stand, MASTER, 1, 9);
	is(bm(2), 0x64, "done");
	ok(cd_matches(stand.ram + 0x10000, 100, 6), "its data");
	is(get(ATA_COUNT) << 8 | get(ATA_STATUS), 0x300 | READY, "it is over");
	prepare(true);
	stand_write(&stand, MASTER, 1, 9);
	send(inquiry, 0, true);
	ok(bm(2) == 0x65 && !memcmp(stand.ram + 0x10008, "L4VM", 4), "INQUIRY by DMA");
	stand_close(&stand);
}

int main(void)
{
	test_detection();
	test_state_without_address();
	test_packets();
	test_toc();
	test_tray();
	test_cd_pio();
	test_dma_read();
	test_dma_write();
	test_dma_long();
	test_cd_dma();
	return done();
}
