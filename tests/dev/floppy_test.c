/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The 82077AA floppy disk controller, as a driver would use it.
 */
#include "tap.h"

#include "dev/block/i82077.h"
#include "rig.h"

enum { DOR = 2, MSR = 4, FIFO = 5, DIR = 7 };

#define LINE 0

static struct rig *rig;
static struct i82077 *chip;
static uint8_t image[2880][SECTOR_BYTES];
static struct disk disk;
static unsigned flushes, unflushed;
static bool broken;

static bool image_read(void *port, uint64_t sector, uint32_t count, void *bytes)
{
	(void)port;
	memcpy(bytes, image[sector], (size_t)count * SECTOR_BYTES);
	return !broken;
}

static bool image_write(void *port, uint64_t sector, uint32_t count, const void *bytes)
{
	(void)port;
	memcpy(image[sector], bytes, (size_t)count * SECTOR_BYTES);
	unflushed++;
	return !broken;
}

static bool image_flush(void *port)
{
	(void)port;
	flushes++;
	unflushed = 0;
	return true;
}

/* A DMA channel of `left` bytes. */
static struct {
	uint8_t memory[65536];
	unsigned at, left;
} dma;

static unsigned dma_transfer(void *sink, unsigned channel, void *bytes, unsigned count,
			     bool to_memory, bool *terminal_count)
{
	(void)sink;
	if (channel != 2)
		return 0;
	*terminal_count = dma.left && count >= dma.left;
	if (count > dma.left)
		count = dma.left;
	if (to_memory)
		memcpy(dma.memory + dma.at, bytes, count);
	else
		memcpy(bytes, dma.memory + dma.at, count);
	dma.at += count;
	dma.left -= count;
	return count;
}

static void dma_set(unsigned count)
{
	dma.at = 0;
	dma.left = count;
}

static uint8_t get(unsigned offset)
{
	return (uint8_t)rig_read_sized(rig, offset, 1);
}

static void put(unsigned offset, uint8_t value)
{
	rig_write_sized(rig, offset, 1, value);
}

static void send(const uint8_t *bytes, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if ((get(MSR) & 0xC0) != 0x80)
			bail_out("no command byte is wanted");
		put(FIFO, bytes[i]);
	}
}

#define SEND(...) send((const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

static uint8_t result[16];

/* Takes the result; returns how many bytes that were. */
static unsigned take(void)
{
	unsigned n = 0;

	while (n < sizeof result && (get(MSR) & 0xD0) == 0xD0)
		result[n++] = get(FIFO);
	return n;
}

static unsigned sense(void)
{
	SEND(8);
	return take() == 2 ? (unsigned)(result[0] << 8 | result[1]) : result[0];
}

static void open_rig(uint32_t sectors)
{
	struct i82077_config config = { .drive = { { true, &disk }, { false, NULL } },
					.dma = { dma_transfer, NULL, 2 } };

	rig = rig_open();
	config.irq = rig_line(rig, LINE);
	disk = (struct disk){
		.read = image_read, .write = image_write, .flush = image_flush, .sectors = sectors
	};
	for (unsigned i = 0; i < 2880; i++)
		memset(image[i], (int)(i * 7 + 1), SECTOR_BYTES);
	broken = false;
	flushes = unflushed = 0;
	chip = i82077_create(&config);
	rig_place(rig, 0, I82077_BYTES, &i82077_ops, chip);
}

/* Out of reset, 500 kbit/s, recalibrated, the signal of a change gone. */
static void start(uint32_t sectors)
{
	open_rig(sectors);
	put(DOR, 0x1C);
	for (unsigned i = 0; i < 4; i++)
		sense();
	put(DIR, sectors == 2880 || sectors == 2400 ? 0 : 2);
	SEND(0x03, 0xDF, 0x02);
	SEND(0x07, 0);
	sense();
}

static void test_reset(void)
{
	open_rig(2880);
	is(get(MSR), 0, "in reset after power-on");
	put(DOR, 0x0C);
	is(get(MSR), 0x80, "ready out of reset");
	ok(rig->line[LINE], "with an interrupt");
	for (unsigned i = 0; i < 4; i++)
		is(sense(), 0xC000 | i << 8, "polling of drive %u", i);
	ok(!rig->line[LINE], "the interrupt is over");
	is(sense(), 0x80, "nothing more to say");
	is(get(0) & get(1), 0xFF, "no status registers A and B");
	is(get(DIR) & 0x80, 0x80, "the disk was changed");
	SEND(7, 0);
	is(get(DIR) & 0x80, 0, "until it is noticed");
	put(DOR, 0x04);
	ok(!rig->line[LINE], "the gate is closed");
	put(DOR, 0x0C);
	ok(rig->line[LINE], "and open");
	is(sense(), 0x2000, "recalibrated");
	put(MSR, 0x80);
	is(sense(), 0xC000, "reset by DSR");
	rig_close(rig);
}

static void test_identification(void)
{
	start(2880);
	SEND(0x10);
	is(take() << 8 | result[0], 0x190, "VERSION");
	SEND(0x18);
	is(take() << 8 | result[0], 0x180, "PART ID is invalid on this one");
	SEND(0x14);
	is(take() << 8 | result[0], 0x100, "UNLOCK");
	SEND(0x13, 0, 0x1A, 5);
	SEND(0x12, 0x84);
	SEND(0x94);
	is(take() << 8 | result[0], 0x110, "LOCK");
	SEND(0x0E);
	is(take(), 10, "DUMPREG");
	ok(result[4] == 0xDF && result[5] == 0x02, "SPECIFY");
	ok(result[7] == 0x84 && result[8] == 0x1A && result[9] == 5, "LOCK and CONFIGURE");
	put(DOR, 0x08);
	put(DOR, 0x0C);
	ok(!rig->line[LINE], "locked: polling stays off");
	SEND(0x14);
	take();
	put(DOR, 0x08);
	put(DOR, 0x0C);
	SEND(0x0E);
	take();
	is(result[8], 0x20, "unlocked: a reset undoes CONFIGURE");
	SEND(0x04, 0);
	is(take() << 8 | result[0], 0x138, "SENSE DRIVE STATUS: track 0");
	disk.read_only = true;
	SEND(0x04, 4);
	take();
	is(result[0], 0x7C, "write protected, head 1");
	rig_close(rig);
}

static void test_seeks(void)
{
	start(2880);
	SEND(0x0F, 4, 40);
	ok(rig->line[LINE], "SEEK interrupts");
	is(sense(), 0x2400 | 40, "at its cylinder");
	SEND(0x4A, 4);
	ok(take() == 7 && result[0] == 4 && result[3] == 40 && result[4] == 1 && result[6] == 2,
	   "READ ID finds it");
	SEND(0xCF, 0, 5);
	is(sense(), 0x2000 | 45, "RELATIVE SEEK inwards");
	SEND(0x8F, 0, 15);
	is(sense(), 0x2000 | 30, "and outwards");
	SEND(0x07, 1);
	is(sense(), 0x7100, "no drive 1: RECALIBRATE fails");
	SEND(0x0F, 0, 3);
	SEND(0x0F, 1, 9);
	is(sense(), 0x2003, "two seeks: the first");
	ok(rig->line[LINE], "the second interrupts, too");
	is(sense(), 0x2109, "and is told");
	rig_close(rig);
}

static bool has(const uint8_t *bytes, unsigned sector, unsigned count)
{
	return !memcmp(bytes, image[sector], (size_t)count * SECTOR_BYTES);
}

static bool results_are(uint8_t st0, uint8_t st1, uint8_t st2, const uint8_t id[4])
{
	bool good = take() == 7 && result[0] == st0 && result[1] == st1 && result[2] == st2 &&
		    !memcmp(result + 3, id, 4);

	if (!good)
		diag("%02x %02x %02x %u %u %u %u", result[0], result[1], result[2], result[3],
		     result[4], result[5], result[6]);
	return good;
}

#define RESULTS(st0, st1, st2, ...) results_are(st0, st1, st2, (const uint8_t[4]){ __VA_ARGS__ })

static void test_reading(void)
{
	start(2880);
	dma_set(3 * 512);
	SEND(0xE6, 0, 0, 0, 2, 2, 18, 0x1B, 0xFF);
	ok(rig->line[LINE], "READ DATA interrupts");
	ok(has(dma.memory, 1, 3), "its data");
	ok(RESULTS(0, 0, 0, 0, 0, 5, 2), "its result: the next sector");
	ok(!rig->line[LINE], "the interrupt is over");
	dma_set(36 * 512);
	SEND(0xE6, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
	ok(has(dma.memory, 0, 36), "a whole cylinder");
	ok(RESULTS(4, 0, 0, 1, 0, 1, 2), "its result: the next cylinder");
	dma_set(18 * 512);
	SEND(0xE6, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
	ok(RESULTS(4, 0, 0, 0, 1, 1, 2), "one track: the other head");
	dma_set(18 * 512);
	SEND(0x66, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
	ok(RESULTS(0, 0, 0, 1, 0, 1, 2), "without MT: the next cylinder");
	dma_set(40 * 512);
	SEND(0x66, 0, 0, 0, 17, 2, 18, 0x1B, 0xFF);
	ok(RESULTS(0x40, 0x80, 0, 1, 0, 1, 2), "no terminal count: the end of the cylinder");
	dma_set(0);
	SEND(0xE6, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
	ok(RESULTS(0x40, 0x10, 0, 0, 0, 1, 2), "no DMA: overrun");
	dma_set(512);
	SEND(0xE6, 0, 5, 0, 1, 2, 18, 0x1B, 0xFF);
	ok(RESULTS(0x40, 0x04, 0x10, 5, 0, 1, 2), "the wrong cylinder");
	SEND(0xE6, 0, 0, 0, 19, 2, 20, 0x1B, 0xFF);
	ok(RESULTS(0x40, 0x04, 0, 0, 0, 19, 2), "no such sector");
	SEND(0xE6, 0, 0, 0, 1, 3, 18, 0x1B, 0xFF);
	ok(RESULTS(0x40, 0x04, 0, 0, 0, 1, 3), "no such size");
	SEND(0x13, 0, 0x60, 0);
	SEND(0xE6, 4, 79, 1, 18, 2, 18, 0x1B, 0xFF);
	ok(has(dma.memory, 2879, 1), "implied seek: the last sector");
	take();
	dma_set(512);
	SEND(0x4C, 4, 79, 1, 3, 2, 18, 0x1B, 0xFF);
	ok(RESULTS(4, 0, 0x40, 79, 1, 4, 2), "READ DELETED DATA finds data that aren't");
	broken = true;
	dma_set(512);
	SEND(0xE6, 4, 79, 1, 3, 2, 18, 0x1B, 0xFF);
	ok(RESULTS(0x44, 0x20, 0x20, 79, 1, 3, 2), "an error of the medium");
	broken = false;
	SEND(0x56, 4, 79, 1, 3, 2, 18, 0x1B, 0xFF);
	ok(RESULTS(4, 0, 0, 80, 1, 1, 2), "VERIFY");
	rig_close(rig);
}

static void test_writing(void)
{
	start(2880);
	memset(dma.memory, 0xA5, 2 * 512);
	dma_set(2 * 512);
	SEND(0xC5, 0, 0, 0, 18, 2, 18, 0x1B, 0xFF);
	ok(has(dma.memory, 17, 2), "WRITE DATA across heads");
	ok(RESULTS(4, 0, 0, 0, 1, 2, 2), "its result");
	ok(flushes == 1 && unflushed == 0, "flushed at the end");
	dma_set(100);
	SEND(0xC5, 0, 0, 0, 3, 2, 18, 0x1B, 0xFF);
	ok(image[2][99] == 0xA5 && image[2][100] == 0 && image[3][0] == 22,
	   "a part of a sector is filled up with zeros");
	take();
	for (unsigned i = 0; i < 18; i++)
		memcpy(dma.memory + 4 * i, (const uint8_t[]){ 0, 0, (uint8_t)(18 - i), 2 }, 4);
	dma_set(72);
	SEND(0x4D, 0, 2, 18, 0x54, 0xF6);
	is(take(), 7, "FORMAT TRACK");
	ok(result[0] == 0 && image[0][0] == 0xF6 && image[17][511] == 0xF6 && image[18][0] == 0xA5,
	   "fills the track");
	dma.memory[2] = 19;
	dma_set(72);
	SEND(0x4D, 0, 2, 18, 0x54, 0xF6);
	take();
	is(result[0], 0x40, "but not another format's");
	disk.read_only = true;
	dma_set(512);
	SEND(0xC5, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
	ok(RESULTS(0x40, 0x02, 0, 0, 0, 1, 2), "write protected");
	is(dma.left, 512, "which takes no data");
	i82077_change_medium(chip, 0, NULL);
	is(get(DIR) & 0x80, 0x80, "no disk");
	SEND(0x07, 0);
	sense();
	is(get(DIR) & 0x80, 0x80, "which a seek doesn't help");
	SEND(0x4A, 0);
	take();
	ok(result[0] == 0x40 && result[1] == 0x01, "no address marks");
	rig_close(rig);
}

/* Without DMA, byte by byte. */
static void test_pio(void)
{
	bool good = true;

	start(2880);
	SEND(0x03, 0xDF, 0x03);
	SEND(0x46, 0, 0, 0, 17, 2, 18, 0x1B, 0xFF);
	is(get(MSR), 0xF0, "PIO: bytes for the host");
	ok(rig->line[LINE], "PIO: an interrupt");
	for (unsigned i = 0; i < 1024; i++)
		good &= get(FIFO) == image[16 + i / 512][i % 512];
	ok(good, "PIO: two sectors");
	ok(RESULTS(0x40, 0x80, 0, 1, 0, 1, 2), "PIO: the end of the cylinder");
	SEND(0x45, 0, 0, 0, 5, 2, 5, 0x1B, 0xFF);
	is(get(MSR), 0xB0, "PIO: bytes from the host");
	for (unsigned i = 0; i < 511; i++)
		put(FIFO, (uint8_t)i);
	is(image[4][0], 29, "PIO: nothing written yet");
	ok(rig_save(rig) && rig_load(rig, rig), "PIO: saved and loaded");
	put(FIFO, 0xEE);
	ok(image[4][0] == 0 && image[4][511] == 0xEE, "PIO: written");
	take();
	rig_close(rig);
}

static void test_formats(void)
{
	start(1440);
	dma_set(512);
	SEND(0xE6, 4, 0, 1, 9, 2, 9, 0x2A, 0xFF);
	ok(has(dma.memory, 17, 1), "720 Kbyte: 9 sectors");
	take();
	put(DIR, 0);
	SEND(0x4A, 0);
	take();
	is(result[1], 0x01, "720 Kbyte: nothing at 500 kbit/s");
	is(i82077_drive_type(&disk), 4, "720 Kbyte: goes into a 1.44 Mbyte drive");
	rig_close(rig);
	start(2400);
	dma_set(512);
	SEND(0xE6, 4, 0, 1, 15, 2, 15, 0x1B, 0xFF);
	ok(has(dma.memory, 29, 1), "1.2 Mbyte: 15 sectors");
	is(i82077_drive_type(&disk), 2, "1.2 Mbyte: has a drive of its own");
	rig_close(rig);
	start(720);
	SEND(0x0F, 0, 40);
	sense();
	SEND(0x4A, 0);
	take();
	is(result[1], 0x01, "360 Kbyte: 40 cylinders");
	is(i82077_drive_type(&disk), 1, "360 Kbyte: has a drive of its own");
	is(i82077_drive_type(NULL), 4, "no disk: a 1.44 Mbyte drive");
	rig_close(rig);
}

int main(void)
{
	test_reset();
	test_identification();
	test_seeks();
	test_reading();
	test_writing();
	test_pio();
	test_formats();
	return done();
}
