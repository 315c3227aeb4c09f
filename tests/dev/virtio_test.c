/* SPDX-License-Identifier: BSD-2-Clause
 *
 * virtio devices over memory-mapped registers, with a small driver: both versions of the
 * transport, block and console, and drivers that break the rules.
 */
#include "tap.h"

#include "dev/virtio/blk.h"
#include "dev/virtio/console.h"
#include "dev/virtio/mmio.h"
#include "stand.h"

#define QUEUE_SIZE 8
#define TABLE 0x1000u
#define AVAILABLE (TABLE + 16 * QUEUE_SIZE)
#define USED 0x2000u   /* where version 1 has it for pages of 4096 bytes */
#define SECOND 0x4000u /* the next queue's */
#define HEADER 0x8000u
#define STATUS 0x8100u
#define DATA 0x9000u

#define NEXT 1
#define WRITE 2
#define INDIRECT 4

static struct stand stand;
static uint16_t offered;

static uint32_t get(unsigned offset)
{
	return (uint32_t)stand_read(&stand, offset, 4);
}

static void put(unsigned offset, uint32_t value)
{
	stand_write(&stand, offset, 4, value);
}

static void store(gpa address, uint64_t value, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		stand.ram[address + i] = i < 8 ? (uint8_t)(value >> 8 * i) : 0;
}

static uint64_t load(gpa address, unsigned count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 8 | stand.ram[address + count];
	return value;
}

static void add(struct virtio *device, bool legacy)
{
	const struct virtio_mmio_config config = { stand.bus, stand_line(&stand, 0), device,
						   legacy };

	stand_add(&stand, &virtio_mmio_ops, virtio_mmio_create(&config), VIRTIO_MMIO_BYTES);
}

static void set_queue(unsigned n, bool legacy)
{
	put(0x030, n);
	put(0x038, QUEUE_SIZE);
	if (legacy) {
		put(0x03C, 4096);
		put(0x040, (TABLE + n * SECOND) >> 12);
		return;
	}
	put(0x080, TABLE + n * SECOND);
	put(0x090, AVAILABLE + n * SECOND);
	put(0x0A0, USED + n * SECOND);
	put(0x044, 1);
}

/* A driver's initialisation, section 3.1. */
static void drive(unsigned queues, uint32_t features, bool legacy)
{
	memset(stand.ram, 0, 0x10000);
	offered = 0;
	put(0x070, 0);
	put(0x070, 1);
	put(0x070, 3);
	put(0x024, 0);
	put(0x020, features);
	if (legacy) {
		put(0x028, 4096);
	} else {
		put(0x024, 1);
		put(0x020, 1);
		put(0x070, 11);
	}
	for (unsigned n = 0; n < queues; n++)
		set_queue(n, legacy);
	put(0x070, 15);
}

static void descriptor(gpa at, uint64_t address, uint32_t bytes, unsigned flags, unsigned next)
{
	store(at, address, 8);
	store(at + 8, bytes, 4);
	store(at + 12, flags, 2);
	store(at + 14, next, 2);
}

static void offer(unsigned queue, unsigned head)
{
	gpa ring = AVAILABLE + queue * SECOND;

	store(ring + 4 + 2 * (offered % QUEUE_SIZE), head, 2);
	store(ring + 2, ++offered, 2);
	put(0x050, queue);
}

/* One block request; returns its status. */
static uint8_t request(uint32_t type, uint64_t sector, uint32_t bytes)
{
	store(HEADER, type, 8);
	store(HEADER + 8, sector, 8);
	store(STATUS, 0xFF, 1);
	descriptor(TABLE, HEADER, 16, NEXT, 3);
	descriptor(TABLE + 48, DATA, bytes, NEXT | (type == 1 ? 0 : WRITE), 5);
	descriptor(TABLE + 80, STATUS, 1, WRITE, 0);
	offer(0, 0);
	return stand.ram[STATUS];
}

static void test_transport(void)
{
	stand_open(&stand, 1000);
	add(NULL, false);
	is(get(0x000), 0x74726976, "magic");
	is(get(0x008), 0, "nothing there");
	put(0x070, 1);
	is(get(0x070), 0, "really nothing");
	stand_close(&stand);
	stand_open(&stand, 1000);
	stand.disk.read_only = true;
	add(virtio_blk_create(&stand.disk), false);
	is(get(0x004), 2, "version 2");
	is(get(0x008), 2, "a block device");
	is(get(0x100), 1000, "of 1000 sectors");
	is(stand_read(&stand, 0x114, 1) | stand_read(&stand, 0x115, 1) << 8, 512, "of 512 bytes");
	is(get(0x010) >> 5 & 1, 1, "read-only");
	put(0x014, 1);
	is(get(0x010), 1, "version 1.0");
	is(get(0x034), 128, "queue 0's size");
	put(0x030, 1);
	is(get(0x034), 0, "there is no queue 1");
	put(0x030, 0);
	put(0x070, 3);
	put(0x070, 11);
	is(get(0x070), 3, "features without VERSION_1 are refused");
	put(0x024, 1);
	put(0x020, 3);
	put(0x070, 11);
	is(get(0x070), 3, "and those not offered");
	put(0x020, 1);
	put(0x070, 11);
	is(get(0x070), 11, "good ones aren't");
	put(0x070, 0);
	is(get(0x070), 0, "reset");
	stand_close(&stand);
}

static void test_block(bool legacy)
{
	const char *version = legacy ? "legacy" : "modern";

	stand_open(&stand, 1000);
	add(virtio_blk_create(&stand.disk), legacy);
	drive(1, 1u << 9, legacy);
	is(request(0, 7, 1024), 0, "%s: read", version);
	ok(!memcmp(stand.ram + DATA, stand.sectors + 7 * 512, 1024), "the data");
	is(load(USED + 2, 2), 1, "one is used");
	is(load(USED + 4, 8), 1025ull << 32, "with what was written");
	ok(stand.line[0] && get(0x060) == 1, "an interrupt");
	put(0x064, 1);
	ok(!stand.line[0], "acknowledged");
	store(AVAILABLE, 1, 2);
	memset(stand.ram + DATA, 0x5A, 512);
	is(request(1, 8, 512), 0, "write");
	is(stand_disk_word(&stand, 8, 127), 0x5A5A5A5A, "the data");
	ok(!stand.line[0], "no interrupt when unwanted");
	is(stand.flushes, 0, "not flushed");
	is(request(4, 0, 0), 0, "flush");
	is(stand.flushes, 1, "flushed");
	is(request(8, 0, 20), 0, "get id");
	ok(!memcmp(stand.ram + DATA, "SN42\0", 5), "the id");
	is(request(0, 999, 1024), 1, "beyond the end");
	is(request(0, UINT64_MAX, 512), 1, "far beyond the end");
	is(request(0, 0, 100), 1, "not whole sectors");
	is(request(77, 0, 0), 2, "no such request");
	stand.broken = true;
	is(request(0, 0, 512), 1, "a medium error");
	is(get(0x070), 15, "the device still works");
	is(load(USED + 2, 2), 9, "all are used");
	stand_close(&stand);
}

static void test_write_through(void)
{
	stand_open(&stand, 1000);
	add(virtio_blk_create(&stand.disk), false);
	drive(1, 0, false);
	request(1, 8, 512);
	is(stand.flushes, 1, "written through for a driver that can't flush");
	stand_close(&stand);
}

static void test_indirect(void)
{
	stand_open(&stand, 1000);
	add(virtio_blk_create(&stand.disk), false);
	drive(1, 1u << 28, false);
	store(HEADER + 8, 3, 8);
	descriptor(0x7000, HEADER, 16, NEXT, 2);
	descriptor(0x7020, DATA, 512, NEXT | WRITE, 1);
	descriptor(0x7010, STATUS, 1, WRITE, 0);
	descriptor(TABLE + 32, 0x7000, 48, INDIRECT, 0);
	store(STATUS, 0xFF, 1);
	offer(0, 2);
	ok(!stand.ram[STATUS] && !memcmp(stand.ram + DATA, stand.sectors + 3 * 512, 512),
	   "an indirect table");
	is(load(USED + 4, 4), 2, "its head");
	stand_close(&stand);
}

/* Each of these makes the device need a reset. */
static void broken(const char *what, uint32_t features, void (*prepare)(void))
{
	drive(1, features, false);
	store(HEADER, 0, 16);
	prepare();
	offer(0, 0);
	is(get(0x070), 15 | 64, "%s: needs a reset", what);
	ok(get(0x060) & 2, "and says so");
	drive(1, 0, false);
	is(request(0, 7, 512), 0, "works again after it");
}

static void make_loop(void)
{
	descriptor(TABLE, HEADER, 16, NEXT, 1);
	descriptor(TABLE + 16, DATA, 512, NEXT | WRITE, 1);
}

static void make_wild_next(void)
{
	descriptor(TABLE, HEADER, 16, NEXT, 999);
}

static void make_wrong_order(void)
{
	descriptor(TABLE, DATA, 512, NEXT | WRITE, 1);
	descriptor(TABLE + 16, HEADER, 16, 0, 0);
}

static void make_outside(void)
{
	descriptor(TABLE, HEADER, 16, NEXT, 1);
	descriptor(TABLE + 16, STAND_RAM_BYTES - 100, 512, NEXT | WRITE, 2);
	descriptor(TABLE + 32, STATUS, 1, WRITE, 0);
}

static void make_wrapping(void)
{
	descriptor(TABLE, UINT64_MAX - 4, 16, NEXT, 1);
	descriptor(TABLE + 16, STATUS, 1, WRITE, 0);
}

static void make_chip_buffer(void)
{
	descriptor(TABLE, STAND_CHIP, 16, NEXT, 1);
	descriptor(TABLE + 16, STATUS, 1, WRITE, 0);
}

static void make_no_status(void)
{
	descriptor(TABLE, HEADER, 16, 0, 0);
}

static void make_too_many(void)
{
	offered = 100;
}

static void make_nested(void)
{
	descriptor(TABLE, 0x7000, 16, INDIRECT, 0);
	descriptor(0x7000, 0x7000, 16, INDIRECT, 0);
}

static void make_ring_outside(void)
{
	put(0x044, 0);
	put(0x0A0, 0x7FFFFFF0);
	put(0x044, 1);
	descriptor(TABLE, HEADER, 16, NEXT, 1);
	descriptor(TABLE + 16, STATUS, 1, WRITE, 0);
}

static void test_rule_breakers(void)
{
	stand_open(&stand, 1000);
	add(virtio_blk_create(&stand.disk), false);
	broken("a loop", 0, make_loop);
	broken("a wild number", 0, make_wild_next);
	broken("wrong order", 0, make_wrong_order);
	broken("data outside RAM", 0, make_outside);
	broken("an address that wraps", 0, make_wrapping);
	broken("a chip as buffer", 0, make_chip_buffer);
	broken("no status", 0, make_no_status);
	broken("too many available", 0, make_too_many);
	broken("indirect without the feature", 0, make_nested);
	broken("indirect in indirect", 1u << 28, make_nested);
	broken("used ring outside RAM", 0, make_ring_outside);

	/* The used ring is the available ring: the device feeds itself, but not for ever. */
	drive(1, 0, false);
	put(0x044, 0);
	put(0x0A0, AVAILABLE);
	put(0x044, 1);
	request(0, 0, 512);
	ok(true, "a queue that feeds itself ends");

	/* As much as 32 bits can say, many times. */
	drive(1, 0, false);
	request(0, 0, 0xFFFFFE00);
	is(stand.ram[STATUS], 1, "too much at a time");
	stand_close(&stand);
}

static char sent[600];
static size_t sent_count;
static unsigned readies;

static void transmit(void *port, const uint8_t *bytes, size_t count)
{
	(void)port;
	memcpy(sent + sent_count, bytes, count);
	sent_count += count;
}

static void ready(void *port)
{
	(void)port;
	readies++;
}

static void test_console(void)
{
	struct serial_line line = { .transmit = transmit, .ready = ready };
	uint8_t many[256];

	memset(many, 'x', sizeof many);
	stand_open(&stand, 0);
	add(virtio_console_create(&line, 80, 25), false);
	is(get(0x008), 3, "a console");
	is(get(0x100), 25 << 16 | 80, "of 80 x 25");
	drive(2, 1, false);
	memcpy(stand.ram + DATA, "hello, ", 7);
	descriptor(TABLE + SECOND, DATA, 7, NEXT, 1);
	descriptor(TABLE + SECOND + 16, DATA, 5, 0, 0);
	offer(1, 0);
	is_string(sent, "hello, hello", "sent");
	offered = 0;
	line.receive(line.chip, (const uint8_t *)"abc", 3);
	is(line.room(line.chip), 253, "input waits");
	descriptor(TABLE, DATA, 2, WRITE, 0);
	descriptor(TABLE + 16, DATA + 2, 64, WRITE, 0);
	offer(0, 0);
	ok(!memcmp(stand.ram + DATA, "ab", 2) && load(USED + 8, 4) == 2, "for a buffer");
	offer(0, 1);
	ok(stand.ram[DATA + 2] == 'c' && load(USED + 16, 4) == 1, "and the next");
	offer(0, 1);
	line.receive(line.chip, (const uint8_t *)"d", 1);
	ok(stand.ram[DATA + 2] == 'd' && stand.line[0], "or it goes into one that waits");
	line.receive(line.chip, many, 256);
	is(line.room(line.chip), 0, "no room");
	offer(0, 1);
	is(readies, 1, "room again");
	line.receive(line.chip, many, line.room(line.chip));
	put(0x070, 0);
	is(line.room(line.chip), 256, "a reset makes room, too");
	is(readies, 2, "and says so");
	stand_close(&stand);
}

int main(void)
{
	test_transport();
	test_block(false);
	test_block(true);
	test_write_through();
	test_indirect();
	test_rule_breakers();
	test_console();
	return done();
}
