/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The 8237A pair and its page registers: register scripts with a device at each of two
 * channels.
 */
#include "rig.h"

#include "dev/misc/i8237.h"

/* Offsets in the rig. */
#define LOW 0
#define HIGH 0x20
#define PAGE 0x40

#define RAM_BYTES 0x100000

static struct rig *rig;
static struct i8237 *dma;
static hva ram;
static unsigned readied[I8237_CHANNELS];

static void put(gpa offset, uint8_t value)
{
	rig_write_sized(rig, offset, 1, value);
}

static uint8_t get(gpa offset)
{
	return (uint8_t)rig_read_sized(rig, offset, 1);
}

static void note_ready(void *count)
{
	++*(unsigned *)count;
}

static void start(void)
{
	struct i8237_config config;

	rig = rig_open();
	ram = bus_add_ram(rig->bus, 0, RAM_BYTES, NULL);
	config.bus = rig->bus;
	dma = i8237_create(&config);
	rig_place(rig, LOW, I8237_LOW_PORTS, &i8237_low_ops, dma);
	rig_place(rig, HIGH, I8237_HIGH_PORTS, &i8237_high_ops, dma);
	rig_place(rig, PAGE, I8237_PAGE_PORTS, &i8237_page_ops, dma);
	memset(readied, 0, sizeof readied);
	for (unsigned i = 0; i < I8237_CHANNELS; i++)
		i8237_connect(dma, i, note_ready, &readied[i]);
}

/* As firmware does: channel 4 cascades. */
static void cascade(void)
{
	put(HIGH + 2 * 11, 0xc0);
	put(HIGH + 2 * 10, 0x00);
}

/* Channel 2, as for a floppy disk. */
static void program(uint8_t mode, uint32_t address, uint16_t count)
{
	put(LOW + 10, 6);
	put(LOW + 12, 0);
	put(LOW + 4, (uint8_t)address);
	put(LOW + 4, (uint8_t)(address >> 8));
	put(LOW + 5, (uint8_t)count);
	put(LOW + 5, (uint8_t)(count >> 8));
	put(LOW + 11, mode | 2);
	put(PAGE + 1, (uint8_t)(address >> 16));
	put(LOW + 10, 2);
}

static uint16_t two(gpa offset)
{
	uint16_t low;

	put(offset < HIGH ? LOW + 12 : HIGH + 24, 0);
	low = get(offset);
	return (uint16_t)(low | get(offset) << 8);
}

static void test_registers(void)
{
	start();
	is(get(LOW + 15), 0x0f, "i8237: all masked");
	is(two(LOW), 0, "i8237: address 0");
	for (uint8_t i = 0; i < 8; i++) {
		put(LOW + i, (uint8_t)(0x10 + i));
		put(LOW + i, (uint8_t)(0x20 + i));
		put(HIGH + 2 * i, (uint8_t)(0x30 + i));
		put(HIGH + 2 * i, (uint8_t)(0x40 + i));
	}
	is(two(LOW + 0) | (uint32_t)two(LOW + 7) << 16, 0x27172010, "i8237: addresses, counts");
	is(two(HIGH + 2) | (uint32_t)two(HIGH + 8) << 16, 0x44344131, "i8237: of the second too");
	put(LOW + 12, 0);
	get(LOW);
	put(LOW + 12, 0);
	is(get(LOW), 0x10, "i8237: low byte first");
	is(get(LOW + 2), 0x22, "i8237: one flip-flop for all");
	put(LOW + 10, 1);
	is(get(LOW + 15), 0x0d, "i8237: one unmasked");
	put(LOW + 14, 0);
	is(get(LOW + 15), 0, "i8237: all unmasked");
	put(LOW + 10, 7);
	is(get(LOW + 15), 0x08, "i8237: one masked");
	put(LOW + 15, 5);
	is(get(LOW + 15), 0x05, "i8237: masks at once");
	i8237_request(dma, 3, true);
	is(get(LOW + 8), 0x80, "i8237: DREQ in the status");
	i8237_request(dma, 3, false);
	put(LOW + 13, 0);
	is(get(LOW + 8) << 8 | get(LOW + 15), 0x0f, "i8237: master clear");
	is(get(LOW + 13), 0, "i8237: temporary register");
	put(PAGE, 0xaa);
	put(PAGE + 7, 0x55);
	is(get(PAGE) << 8 | get(PAGE + 7), 0xaa55, "i8237: pages");
	rig_close(rig);
}

static void test_transfer(void)
{
	uint8_t bytes[600], back[600];
	bool terminal;

	for (unsigned i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 7 + 1);
	start();
	program(0x44, 0x21000, 511);
	is(i8237_to_memory(dma, 2, bytes, 512, &terminal), 0, "i8237: nothing without cascade");
	cascade();
	i8237_request(dma, 2, true);
	is(i8237_to_memory(dma, 2, bytes, 100, &terminal), 100, "i8237: a part");
	ok(!terminal, "i8237: which isn't all");
	is(two(LOW + 4), 0x1064, "i8237: address");
	is(two(LOW + 5), 411, "i8237: count");
	is(i8237_to_memory(dma, 2, bytes + 100, 500, &terminal), 412, "i8237: the rest");
	ok(terminal, "i8237: terminal count");
	ok(!memcmp(ram + 0x21000, bytes, 512) && !ram[0x21200], "i8237: it is in memory");
	is(two(LOW + 5), 0xffff, "i8237: count is below 0");
	is(get(LOW + 15) & 4, 4, "i8237: masked again");
	is(get(LOW + 8), 0x44, "i8237: reached, still requesting");
	is(get(LOW + 8), 0x40, "i8237: reading clears that");
	is(i8237_to_memory(dma, 2, bytes, 10, &terminal), 0, "i8237: no more");
	ok(!terminal, "i8237: and no end of it");

	program(0x48, 0x21000, 511);
	memset(back, 0, sizeof back);
	is(i8237_from_memory(dma, 2, back, 600, &terminal), 512, "i8237: out of memory");
	ok(terminal && !memcmp(back, bytes, 512) && !back[512], "i8237: the same bytes");

	program(0x48, 0xff0000, 3);
	i8237_from_memory(dma, 2, back, 4, &terminal);
	is(back[0] & back[3], 0xff, "i8237: where there is no memory");
	rig_close(rig);
}

static void test_modes(void)
{
	uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8 }, back[8];
	bool terminal;

	start();
	cascade();
	program(0x64, 0x30002, 4); /* downwards */
	is(i8237_to_memory(dma, 2, bytes, 8, &terminal), 5, "i8237: downwards");
	ok(!memcmp(ram + 0x30000, (uint8_t[]){ 3, 2, 1 }, 3), "i8237: in reverse");
	ok(!memcmp(ram + 0x3fffe, (uint8_t[]){ 5, 4 }, 2), "i8237: below 0 in its page");
	program(0x44, 0x3fffe, 3);
	i8237_to_memory(dma, 2, bytes, 4, &terminal);
	ok(!memcmp(ram + 0x3fffe, bytes, 2) && !memcmp(ram + 0x30000, bytes + 2, 2) &&
		   !ram[0x40000],
	   "i8237: upwards over the page's end, too");
	program(0x54, 0x50000, 2); /* autoinitialising */
	is(i8237_to_memory(dma, 2, bytes, 8, &terminal), 3, "i8237: autoinitialise: to the end");
	ok(terminal && !(get(LOW + 15) & 4), "i8237: and not masked");
	is(two(LOW + 4) | (uint32_t)two(LOW + 5) << 16, 0x20000, "i8237: loaded again");
	is(i8237_to_memory(dma, 2, bytes + 4, 2, &terminal), 2, "i8237: goes on");
	ok(!memcmp(ram + 0x50000, (uint8_t[]){ 5, 6, 3 }, 3), "i8237: at the beginning");
	program(0x40, 0x50000, 3); /* verify */
	is(i8237_to_memory(dma, 2, bytes, 8, &terminal), 4, "i8237: verify counts");
	ok(terminal && ram[0x50000] == 5, "i8237: and moves nothing");
	program(0x48, 0x50000, 3);
	i8237_to_memory(dma, 2, bytes, 4, &terminal);
	is(ram[0x50000], 5, "i8237: the wrong direction moves nothing");
	program(0x44, 0x50000, 3);
	is(i8237_from_memory(dma, 2, back, 4, &terminal), 4, "i8237: nor the other one");
	is(ram[0x50000], 5, "i8237: nothing indeed");
	program(0x04, 0x50000, 0xffff); /* demand */
	is(i8237_to_memory(dma, 2, bytes, 8, &terminal), 8, "i8237: demand");
	program(0x84, 0x50000, 7); /* block */
	is(i8237_to_memory(dma, 2, bytes, 8, &terminal), 8, "i8237: block");
	program(0xc4, 0x50000, 7); /* cascade */
	is(i8237_to_memory(dma, 2, bytes, 8, &terminal), 0, "i8237: cascade is a bus master's");
	rig_close(rig);
}

static void test_words(void)
{
	uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7 };
	bool terminal;

	start();
	put(HIGH + 2 * 2, 0x00); /* channel 5: words from 0x80000 on */
	put(HIGH + 2 * 2, 0x80);
	put(HIGH + 2 * 3, 0x04);
	put(HIGH + 2 * 3, 0x00);
	put(PAGE + 11, 0x07); /* whose lowest bit doesn't count */
	put(HIGH + 2 * 11, 0x45);
	put(HIGH + 2 * 10, 1);
	is(i8237_to_memory(dma, 5, bytes, 7, &terminal), 6, "i8237: whole words");
	ok(!memcmp(ram + 0x70000, bytes, 6) && !ram[0x70006], "i8237: at twice the address");
	is(two(HIGH + 2 * 2) | (uint32_t)two(HIGH + 2 * 3) << 16, 0x18003, "i8237: counted so");
	i8237_to_memory(dma, 5, bytes, 7, &terminal);
	ok(terminal, "i8237: five words");
	is(get(HIGH + 16), 0x02, "i8237: status of the second");
	rig_close(rig);
}

static void test_ready(void)
{
	start();
	cascade();
	i8237_request(dma, 2, true);
	program(0x44, 0x1000, 9);
	is(readied[2], 1, "i8237: a waiting device is told");
	put(LOW + 10, 2);
	is(readied[2], 1, "i8237: once");
	put(LOW + 8, 0x04);
	put(LOW + 8, 0x00);
	is(readied[2], 2, "i8237: after the controller was off");
	put(HIGH + 20, 4);
	put(HIGH + 20, 0);
	is(readied[2], 3, "i8237: or the cascade masked");
	i8237_request(dma, 2, false);
	put(LOW + 10, 6);
	put(LOW + 10, 2);
	is(readied[2], 3, "i8237: but not if it doesn't want");
	rig_close(rig);
}

static void test_saved(void)
{
	struct rig *first;
	uint8_t bytes[] = { 1, 2, 3, 4 };
	bool terminal;

	start();
	cascade();
	program(0x54, 0x1000, 3);
	i8237_to_memory(dma, 2, bytes, 3, &terminal);
	put(LOW + 12, 0);
	get(LOW + 4);
	ok(rig_save(rig), "i8237: saved");
	first = rig;
	start();
	ok(rig_load(rig, first), "i8237: loaded");
	is(get(LOW + 4), 0x10, "i8237: the other byte");
	is(i8237_to_memory(dma, 2, bytes + 3, 1, &terminal), 1, "i8237: goes on");
	ok(terminal && !memcmp(ram + 0x1000, bytes, 4), "i8237: to its end");
	bus_reset(rig->bus);
	is(get(LOW + 15) << 8 | get(PAGE + 1), 0x0f00, "i8237: reset");
	rig_close(rig);
	rig_close(first);
}

int main(void)
{
	test_registers();
	test_transfer();
	test_modes();
	test_words();
	test_ready();
	test_saved();
	return done();
}
