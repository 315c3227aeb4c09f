/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PL110 and PL111: register scripts, and pictures in all formats.
 */
#include "tap.h"

#include "dev/display/pl11x.h"
#include "stand.h"

#define FRAME_NS (1000000000ull / 60)
#define FRAME 0x1000u

static struct stand stand;
static struct screen screen;
static uint32_t pixels[128 * 80];

static void start(enum pl11x_model model)
{
	const struct pl11x_config config = { model, stand.bus, stand.clock, stand_line(&stand, 0),
					     &screen };

	stand_add(&stand, model == PL110 ? &pl110_ops : &pl111_ops, pl11x_create(&config),
		  PL11X_BYTES);
	stand_write(&stand, 0x00, 4, 0); /* 16 pixels */
	stand_write(&stand, 0x04, 4, 3); /* 4 lines */
	stand_write(&stand, 0x10, 4, FRAME);
}

static void set_control(uint32_t value)
{
	stand_write(&stand, 0x18, 4, value);
}

/* The first pixels of a frame whose memory begins with these bytes. */
static void draw(uint32_t control, const uint8_t *bytes, unsigned count)
{
	unsigned width, height;

	memset(stand.ram + FRAME, 0, 0x4000);
	memcpy(stand.ram + FRAME, bytes, count);
	set_control(control | 0x801);
	screen.geometry(screen.chip, &width, &height);
	memset(pixels, 0xEE, sizeof pixels);
	screen.draw(screen.chip, pixels, width);
}

#define TFT 0x20
#define BPP(n) ((n) << 1)
#define BGR 0x100
#define BEBO 0x200
#define BEPO 0x400

static void test_registers(void)
{
	unsigned width = 1, height = 1;

	stand_open(&stand, 0);
	start(PL111);
	is(stand_read(&stand, 0xFE0, 4), 0x11, "PL111's id");
	is(stand_read(&stand, 0xFE4, 4), 0x11, "and more of it");
	screen.geometry(screen.chip, &width, &height);
	ok(!width && !height, "no picture while off");
	set_control(0x801);
	screen.geometry(screen.chip, &width, &height);
	ok(width == 16 && height == 4, "16 x 4");
	is(stand_read(&stand, 0x18, 4), 0x801, "control is at 18");
	stand_write(&stand, 0x200 + 4 * 127, 4, 0x12345678);
	is(stand_read(&stand, 0x200 + 4 * 127, 4), 0x12345678, "last palette entries");
	stand_write(&stand, 0xBFC, 4, 0xCAFE);
	is(stand_read(&stand, 0xBFC, 4), 0xCAFE, "last cursor word");
	stand_close(&stand);
	stand_open(&stand, 0);
	start(PL110);
	is(stand_read(&stand, 0xFE0, 4), 0x10, "PL110's id");
	stand_write(&stand, 0x1C, 4, 0x801);
	is(stand_read(&stand, 0x1C, 4), 0x801, "there control is at 1C");
	stand_close(&stand);
}

static void test_formats(void)
{
	static const uint8_t bits[] = { 0xB1, 0x02, 0x40, 0x08 };
	static const uint8_t half[] = { 0x1F, 0x00, 0xE0, 0x03 };
	static const uint8_t word[] = { 0x11, 0x22, 0x33, 0x44 };

	stand_open(&stand, 0);
	start(PL111);
	/* Entry 0 black, 1 red (low bits), 2 green, B blue, 8 white. */
	stand_write(&stand, 0x200, 4, 0x001F0000);
	stand_write(&stand, 0x204, 4, 0x000003E0);
	stand_write(&stand, 0x200 + 4 * 5, 4, 0x7C000000);
	stand_write(&stand, 0x200 + 4 * 4, 4, 0x00007FFF);
	stand_write(&stand, 0x200 + 4 * 0x58, 4, 0x7C1F0000);

	draw(TFT | BPP(0), bits, 4);
	ok(pixels[0] == 0xFF0000 && !pixels[1] && !pixels[3] && pixels[4] == 0xFF0000 &&
		   pixels[9] == 0xFF0000,
	   "1 bit a pixel");
	draw(TFT | BPP(0) | BEPO, bits, 4);
	ok(pixels[0] == 0xFF0000 && !pixels[1] && pixels[2] == 0xFF0000 && pixels[14] == 0xFF0000,
	   "big-endian pixels in a byte");
	draw(TFT | BPP(0) | BEBO, bits, 4);
	ok(pixels[3] == 0xFF0000 && pixels[14] == 0xFF0000, "big-endian bytes");
	draw(TFT | BPP(2), bits, 4);
	ok(pixels[0] == 0xFF0000 && pixels[1] == 0x0000FF && pixels[2] == 0x00FF00 && !pixels[3] &&
		   pixels[6] == 0xFFFFFF,
	   "4 bits a pixel");
	draw(TFT | BPP(3), bits, 4);
	ok(pixels[0] == 0xFF00FF && pixels[1] == 0x00FF00 && pixels[3] == 0xFFFFFF,
	   "8 bits a pixel");
	draw(TFT | BPP(4), half, 4);
	ok(pixels[0] == 0xFF0000 && pixels[1] == 0x00FF00, "5:5:5");
	draw(TFT | BPP(6) | BGR, half, 4);
	ok(pixels[0] == 0x0000FF && pixels[1] == 0x007D00, "5:6:5, blue in the low bits");
	draw(TFT | BPP(4) | BEBO, half, 4);
	ok(pixels[0] == 0x00FF00 && pixels[1] == 0xFF0000, "half-words the other way round");
	draw(TFT | BPP(7), word, 4);
	ok(pixels[0] == 0x111122, "4:4:4");
	draw(TFT | BPP(5), word, 4);
	is(pixels[0], 0x112233, "8:8:8, red in the low bits");
	draw(TFT | BPP(5) | BGR, word, 4);
	is(pixels[0], 0x332211, "8:8:8, blue in the low bits");
	stand_write(&stand, 0x10, 4, STAND_RAM_BYTES - 64);
	draw(TFT | BPP(5), word, 4);
	ok(!pixels[16] && !pixels[63], "black where there is no RAM");
	stand_write(&stand, 0x10, 4, 0xFFFFFFF0);
	draw(TFT | BPP(5), word, 4);
	ok(!pixels[0], "nor at the end of the address space");
	stand_close(&stand);
}

static void test_dual(void)
{
	static const uint8_t bytes[] = { 0 };
	unsigned width, height;

	stand_open(&stand, 0);
	start(PL111);
	stand_write(&stand, 0x14, 4, 0x8000);
	memset(stand.ram + 0x8000, 0xFF, 1024);
	draw(BPP(5) | 0x80, bytes, 1);
	screen.geometry(screen.chip, &width, &height);
	is(height, 8, "two panels");
	ok(!pixels[63] && pixels[64] == 0xFFFFFF, "the lower one from LPBASE");
	stand_close(&stand);
}

static void test_cursor(void)
{
	static const uint8_t bytes[] = { 0 };

	stand_open(&stand, 0);
	start(PL111);
	stand_write(&stand, 0x800, 4, 0x0000001B); /* 0, 1, transparent, inverted */
	for (unsigned i = 1; i < 256; i++)
		stand_write(&stand, 0x800 + 4 * i, 4, 0xAAAAAAAA);
	stand_write(&stand, 0x804, 4, 0xAAAAAAAA);
	stand_write(&stand, 0xC08, 4, 0x0000FF);
	stand_write(&stand, 0xC0C, 4, 0xFF0000);
	stand_write(&stand, 0xC10, 4, 1 << 16 | 12);
	stand_write(&stand, 0xC00, 4, 1);
	draw(TFT | BPP(5), bytes, 1);
	ok(pixels[28] == 0xFF0000 && pixels[29] == 0x0000FF && pixels[30] == 0 &&
		   pixels[31] == 0xFFFFFF,
	   "cursor colours, transparent, inverted");
	ok(!pixels[12] && !pixels[32], "and not elsewhere");
	stand_write(&stand, 0xC14, 4, 1);
	draw(TFT | BPP(5), bytes, 1);
	is(pixels[28], 0x0000FF, "clipped on the left");
	stand_close(&stand);
}

static void test_interrupts(void)
{
	stand_open(&stand, 0);
	start(PL111);
	set_control(0x821);
	ok(clock_next(stand.clock) == ALARM_NEVER, "no alarm while masked");
	stand_pass(&stand, FRAME_NS + 1);
	is(stand_read(&stand, 0x20, 4), 0xC, "but the raw status shows frames");
	stand_write(&stand, 0x28, 4, 0x8);
	stand_write(&stand, 0x1C, 4, 0x8);
	ok(!stand.line[0] && clock_next(stand.clock) != ALARM_NEVER, "enabled: an alarm");
	stand_pass(&stand, FRAME_NS);
	ok(stand.line[0], "the next frame interrupts");
	ok(clock_next(stand.clock) == ALARM_NEVER, "once");
	is(stand_read(&stand, 0x24, 4), 8, "masked status");
	stand_write(&stand, 0x28, 4, 8);
	ok(!stand.line[0], "cleared");
	stand_write(&stand, 0x10, 4, 0x2000);
	is(stand_read(&stand, 0x2C, 4) & ~0xFFu, FRAME, "a new base waits");
	stand_pass(&stand, FRAME_NS);
	is(stand_read(&stand, 0x2C, 4) & ~0xFFu, 0x2000, "for the next frame");
	set_control(0);
	ok(clock_next(stand.clock) == ALARM_NEVER, "no alarm while off");
	stand_close(&stand);
}

int main(void)
{
	test_registers();
	test_formats();
	test_dual();
	test_cursor();
	test_interrupts();
	return done();
}
