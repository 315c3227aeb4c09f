/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The VGA's pictures, every pixel of them: the test works out what each must be from what
 * it has put into cells and pixels, not from registers.
 */
#include "vga_stand.h"

/* Text.  A cell's character and attribute, and the rows of the test's two fonts. */
static unsigned columns, cell_dots, cell_rows;
static bool blinks, dark_phase;
static int cursor_cell, cursor_first, cursor_last;
static unsigned underline_row;

static unsigned cell_character(unsigned n)
{
	return (n * 7 + 3) & 0xFF;
}

static unsigned cell_attribute(unsigned n)
{
	return (n * 11 + n / 80) & 0xFF;
}

static unsigned font_row(unsigned font, unsigned character, unsigned row)
{
	return (character * 37 + row * 85 + font * 129 + (character >> 3)) & 0xFF;
}

static unsigned ega_colour(unsigned n)
{
	static const uint8_t colours[] = { EGA_COLOURS };

	return colours[n];
}

static void load_font(unsigned font, uint32_t at)
{
	set(0x3C4, 2, 4);
	set(0x3C4, 4, 7);
	set(0x3CE, 5, 0);
	set(0x3CE, 6, 5);
	for (unsigned c = 0; c < 256; c++)
		for (unsigned row = 0; row < 32; row++)
			poke(0xA0000 + at + c * 32 + row, (uint8_t)font_row(font, c, row));
	set(0x3C4, 2, 3);
	set(0x3C4, 4, 2);
	set(0x3CE, 5, 0x10);
	set(0x3CE, 6, 0x0E);
}

static void load_cells(uint32_t at, unsigned count)
{
	for (unsigned n = 0; n < count; n++)
		rig_write_sized(rig, WINDOW_AT + at - 0xA0000 + 2 * n, 2,
				cell_character(n) | cell_attribute(n) << 8);
}

static bool text_dot(unsigned n, unsigned column, unsigned row)
{
	unsigned character = cell_character(n), attribute = cell_attribute(n);
	unsigned bits = font_row(attribute & 8 ? 1 : 0, character, row);

	if ((int)n == cursor_cell && (int)row >= cursor_first && (int)row <= cursor_last)
		return true;
	if (blinks && (attribute & 0x80) && dark_phase)
		return false;
	if (row == underline_row && (attribute & 7) == 1)
		return true;
	if (column == 8)
		return character >= 0xC0 && character < 0xE0 && (bits & 1);
	return bits >> (7 - column) & 1;
}

static unsigned text_colour(unsigned x, unsigned y)
{
	unsigned n = y / cell_rows * columns + x / cell_dots;
	unsigned attribute = cell_attribute(n);
	bool on = text_dot(n, x % cell_dots, y % cell_rows);

	if (on)
		return attribute & 15;
	return attribute >> 4 & (blinks ? 7 : 15);
}

static uint32_t text_pixel(unsigned x, unsigned y)
{
	return colour_rgb(ega_colour(text_colour(x, y)));
}

static uint32_t wide_text_pixel(unsigned x, unsigned y)
{
	return text_pixel(x / 2, y);
}

static void set_text(unsigned w, unsigned dots, unsigned rows)
{
	columns = w;
	cell_dots = dots;
	cell_rows = rows;
	blinks = true;
	dark_phase = false;
	cursor_cell = -1;
	underline_row = 99;
	load_font(0, 0);
	load_font(1, 0x2000);
	/* Font 1 where bit 3 of the attribute is set. */
	set(0x3C4, 3, 0x20);
}

static void test_text_80x25(void)
{
	vga_open(0);
	set_mode(&mode_03);
	set_text(80, 9, 16);
	load_cells(0xB8000, 80 * 25);
	cursor_cell = 0;
	cursor_first = 13;
	cursor_last = 14;
	ok(shows(720, 400, text_pixel), "80 x 25 with two fonts and the cursor at 0");
	cursor_cell = 1999;
	set(0x3D4, 0x0E, 1999 >> 8);
	set(0x3D4, 0x0F, 1999 & 0xFF);
	ok(shows(720, 400, text_pixel), "the cursor in the last cell");
	set(0x3D4, 0x0F, (1999 & 0xFF) - 2);
	set(0x3D4, 0x0B, 0x4E);
	ok(shows(720, 400, text_pixel), "skewed by two characters");
	set(0x3D4, 0x0F, 1999 & 0xFF);
	set(0x3D4, 0x0B, 0x0E);
	rig_pass(rig, 8 * FRAME_70_NS);
	cursor_cell = -1;
	ok(shows(720, 400, text_pixel), "it is off after 8 frames");
	rig_pass(rig, 8 * FRAME_70_NS);
	dark_phase = true;
	cursor_cell = 1999;
	ok(shows(720, 400, text_pixel), "on again after 16, when characters blink");
	set(0x3D4, 0x0A, 0x2D);
	cursor_cell = -1;
	ok(shows(720, 400, text_pixel), "off by its bit");
	set_attribute(0x10, 0x04);
	blinks = false;
	ok(shows(720, 400, text_pixel), "16 backgrounds instead of blinking");
	set(0x3D4, 0x14, 0x0D);
	underline_row = 13;
	ok(shows(720, 400, text_pixel), "underlined");
	set(0x3C4, 1, 0x01);
	set_attribute(0x13, 0);
	cell_dots = 8;
	ok(shows(640, 400, text_pixel), "8 dots a character");
	vga_close();
}

static void test_text_sizes(void)
{
	vga_open(0);
	set_mode(&mode_03);
	set_text(80, 9, 8);
	set(0x3D4, 0x09, 0x47);
	set(0x3D4, 0x0A, 0x20);
	load_cells(0xB8000, 80 * 50);
	ok(shows(720, 400, text_pixel), "80 x 50");
	set_mode(&mode_01);
	set_text(40, 9, 16);
	set(0x3D4, 0x0A, 0x20);
	ok(shows(720, 400, wide_text_pixel), "40 x 25");
	vga_close();
}

static uint32_t mono_pixel(unsigned x, unsigned y)
{
	static const uint8_t colours[] = { 0x00, 0x08, 0x08, 0x08, 0x08, 0x08, 0x08, 0x08,
					   0x10, 0x18, 0x18, 0x18, 0x18, 0x18, 0x18, 0x18 };

	return colour_rgb(colours[text_colour(x, y)]);
}

static void test_text_mono(void)
{
	vga_open(0);
	set_mode(&mode_03);
	set_text(80, 9, 16);
	set_mode(&mode_07);
	set(0x3C4, 3, 0x20);
	set(0x3B4, 0x0A, 0x20);
	load_cells(0xB0000, 80 * 25);
	underline_row = 13;
	ok(shows(720, 400, mono_pixel), "monochrome text, underlined");
	vga_close();
}

/* 16 colours.  Pixels of a picture 80 bytes wide, from plane by plane or in colours. */
static unsigned planar_colour(unsigned x, unsigned y)
{
	return (x * 3 + y * 5 + (x * y >> 7)) & 15;
}

static void load_planar(unsigned line_bytes, unsigned lines)
{
	for (unsigned plane = 0; plane < 4; plane++) {
		set(0x3C4, 2, (uint8_t)(1 << plane));
		for (unsigned n = 0; n < line_bytes * lines; n++) {
			unsigned byte = 0;

			for (unsigned i = 0; i < 8; i++) {
				unsigned x = n % line_bytes * 8 + i;

				byte = byte << 1 | (planar_colour(x, n / line_bytes) >> plane & 1);
			}
			poke(0xA0000 + n, (uint8_t)byte);
		}
	}
	set(0x3C4, 2, 0x0F);
}

static uint32_t planar_pixel(unsigned x, unsigned y)
{
	return colour_rgb(ega_colour(planar_colour(x, y)));
}

static uint32_t half_planar_pixel(unsigned x, unsigned y)
{
	return planar_pixel(x / 2, y / 2);
}

static uint32_t two_planes_pixel(unsigned x, unsigned y)
{
	return colour_rgb(ega_colour(planar_colour(x, y) & 5));
}

static uint32_t selected_pixel(unsigned x, unsigned y)
{
	/* Bits 5 and 4 are 1 and 0, 7 and 6 are 0 and 1. */
	return colour_rgb(0x60 | (ega_colour(planar_colour(x, y)) & 15));
}

static uint32_t masked_pixel(unsigned x, unsigned y)
{
	return colour_rgb(ega_colour(planar_colour(x, y)) & 0x2B);
}

static void test_mode_12(void)
{
	vga_open(0);
	set_mode(&mode_12);
	load_planar(80, 480);
	ok(shows(640, 480, planar_pixel), "640 x 480 in 16 colours");
	set_attribute(0x12, 0x05);
	ok(shows(640, 480, two_planes_pixel), "two planes of it");
	set_attribute(0x12, 0x0F);
	set_attribute(0x14, 0x06);
	set_attribute(0x10, 0x81);
	ok(shows(640, 480, selected_pixel), "colour select");
	set_attribute(0x14, 0);
	set_attribute(0x10, 0x01);
	out(0x3C6, 0x2B);
	ok(shows(640, 480, masked_pixel), "PEL mask");
	vga_close();
}

static void test_ega_modes(void)
{
	vga_open(0);
	set_mode(&mode_10);
	load_planar(80, 350);
	ok(shows(640, 350, planar_pixel), "640 x 350");
	set_mode(&mode_0d);
	load_planar(40, 200);
	ok(shows(640, 400, half_planar_pixel), "320 x 200, doubled");
	vga_close();
}

static uint32_t overscan_pixel(unsigned x, unsigned y)
{
	(void)x, (void)y;
	return colour_rgb(0x2A);
}

static uint32_t black_pixel(unsigned x, unsigned y)
{
	(void)x, (void)y;
	return 0;
}

static void test_off(void)
{
	vga_open(0);
	draw();
	ok(!width && !height, "no picture after reset");
	set_mode(&mode_12);
	load_planar(80, 480);
	set_attribute(0x11, 0x2A);
	in(0x3DA);
	out(0x3C0, 0);
	ok(shows(640, 480, overscan_pixel), "border colour while the palette is the CPU's");
	in(0x3DA);
	out(0x3C0, 0x20);
	set(0x3C4, 1, 0x21);
	ok(shows(640, 480, black_pixel), "black while the screen is off");
	set(0x3C4, 1, 0x01);
	ok(shows(640, 480, planar_pixel), "and on again");
	set(0x3D4, 0x17, 0x63);
	draw();
	ok(!width && !height, "no picture without retraces");
	vga_close();
}

/* Scrolling, panning, split screen. */
static unsigned shift_x, shift_y, split_line;

static uint32_t shifted_pixel(unsigned x, unsigned y)
{
	return y < split_line ? planar_pixel(x + shift_x, y + shift_y) :
				planar_pixel(x, y - split_line);
}

static uint32_t panned_split_pixel(unsigned x, unsigned y)
{
	return y < split_line ? planar_pixel(x + shift_x, y + shift_y) :
				planar_pixel(x + shift_x % 8, y - split_line);
}

/* A picture 1024 pixels wide. */
static void open_wide(void)
{
	vga_open(0);
	set_mode(&mode_12);
	set(0x3D4, 0x13, 64);
	load_planar(128, 510);
	shift_x = shift_y = 0;
	split_line = 9999;
}

static void set_start(unsigned start)
{
	set(0x3D4, 0x0C, (uint8_t)(start >> 8));
	set(0x3D4, 0x0D, (uint8_t)start);
}

static void test_scrolling(void)
{
	open_wide();
	ok(shows(640, 480, shifted_pixel), "a line longer than the screen");
	set_start(3 * 128 + 2);
	ok(shows(640, 480, shifted_pixel), "a new start waits");
	rig_pass(rig, NS_PER_SECOND / 60);
	shift_x = 16;
	shift_y = 3;
	ok(shows(640, 480, shifted_pixel), "for the retrace");
	set_start(128);
	set_start(256 + 1);
	ok(shows(640, 480, shifted_pixel), "so do two of them");
	rig_pass(rig, NS_PER_SECOND / 60);
	shift_x = 8;
	shift_y = 2;
	ok(shows(640, 480, shifted_pixel), "the last one counts");
	for (unsigned pan = 1; pan < 8; pan += 3) {
		set_attribute(0x13, (uint8_t)pan);
		shift_x = 8 + pan;
		ok(shows(640, 480, shifted_pixel), "panned by %u", pan);
	}
	set(0x3D4, 8, 0x40);
	shift_x += 16;
	ok(shows(640, 480, shifted_pixel), "and by two bytes");
	vga_close();
}

static void test_split(void)
{
	open_wide();
	set_start(20 * 128);
	set_attribute(0x13, 5);
	rig_pass(rig, NS_PER_SECOND / 60);
	shift_x = 5;
	shift_y = 20;
	/* 299 is 12B: bits 7 to 0, 8 and 9 are in three registers. */
	set(0x3D4, 0x18, 0x2B);
	set(0x3D4, 0x09, 0x00);
	split_line = 300;
	ok(shows(640, 480, panned_split_pixel), "split, both parts panned");
	set_attribute(0x10, 0x21);
	ok(shows(640, 480, shifted_pixel), "only the upper part panned");
	set(0x3D4, 8, 0x20);
	shift_x += 8;
	ok(shows(640, 480, shifted_pixel), "nor by a byte");
	set(0x3D4, 0x07, 0x2E);
	split_line = 0x2C;
	ok(shows(640, 480, shifted_pixel), "bit 8 of line compare");
	set(0x3D4, 0x09, 0x40);
	split_line = 9999;
	ok(shows(640, 480, shifted_pixel), "bit 9");
	vga_close();
}

/* Unusual ways of counting. */
static unsigned count_shift;

static uint32_t counted_pixel(unsigned x, unsigned y)
{
	return planar_pixel((x >> count_shift & ~7u) | x % 8, y);
}

/* A byte of each plane for the even of 4 lines at 0 and 16 KiB, for the odd 8 KiB behind. */
static uint32_t four_banks_pixel(unsigned x, unsigned y)
{
	unsigned at = y / 4 * 80 + y % 2 * 0x2000 + y / 2 % 2 * 0x4000 + x / 8;

	return planar_pixel(at % 80 * 8 + x % 8, at / 80);
}

static uint32_t doubleword_pixel(unsigned x, unsigned y)
{
	unsigned count = y * 80 + x / 8, at = count % 0x4000 * 4 + count / 0x1000 % 4;

	/* The last line that was loaded is 818. */
	return at < 819 * 80 ? planar_pixel(at % 80 * 8 + x % 8, at / 80) : colour_rgb(0);
}

static uint32_t nine_dots_pixel(unsigned x, unsigned y)
{
	unsigned colour = x % 9 == 8 ? 0 : planar_colour(x / 9 * 8 + x % 9, y);

	return colour_rgb(colour ? ega_colour(colour) : 0x2A);
}

static void test_counting(void)
{
	vga_open(0);
	set_mode(&mode_12);
	load_planar(80, 819);
	set(0x3D4, 0x17, 0xEB);
	count_shift = 1;
	ok(shows(640, 480, counted_pixel), "count by 2");
	set(0x3D4, 0x17, 0xE3);
	set(0x3D4, 0x14, 0x20);
	count_shift = 2;
	ok(shows(640, 480, counted_pixel), "count by 4");
	set(0x3D4, 0x14, 0x40);
	ok(shows(640, 480, doubleword_pixel), "doublewords without chain 4");
	set(0x3D4, 0x14, 0x00);
	set(0x3D4, 0x17, 0xE7);
	set(0x3D4, 0x18, 150);
	set(0x3D4, 0x07, 0x2E);
	set(0x3D4, 0x09, 0x00);
	shift_x = shift_y = 0;
	split_line = 302;
	ok(shows(640, 960, shifted_pixel), "twice the lines, split after 151 pairs");
	set_mode(&mode_12);
	set(0x3C4, 1, 0x00);
	set_attribute(0, 0x2A);
	set_attribute(0x13, 8);
	ok(shows(720, 480, nine_dots_pixel), "9 dots a byte");
	set_mode(&mode_10);
	set(0x3D4, 0x09, 0x43);
	set(0x3D4, 0x17, 0xE0);
	ok(shows(640, 350, four_banks_pixel), "four banks of lines");
	vga_close();
}

/* In text, scrolling by rows of a character and panning with nine dots. */
static unsigned text_down, text_right;

static uint32_t smooth_text_pixel(unsigned x, unsigned y)
{
	return text_pixel(x + text_right, y + text_down);
}

static void test_smooth_text(void)
{
	vga_open(0);
	set_mode(&mode_03);
	set_text(90, 9, 16);
	set(0x3D4, 0x13, 45);
	set(0x3D4, 0x0A, 0x20);
	load_cells(0xB8000, 90 * 27);
	set(0x3D4, 8, 5);
	text_down = 5;
	text_right = 0;
	ok(shows(720, 400, smooth_text_pixel), "text from its sixth row on");
	set_attribute(0x13, 3);
	text_right = 4;
	ok(shows(720, 400, smooth_text_pixel), "panned by 4 dots");
	vga_close();
}

/* CGA's modes. */
static unsigned cga_colour(unsigned x, unsigned y)
{
	return (x + y * 3 + x * y / 97) & 3;
}

static uint32_t cga4_pixel(unsigned x, unsigned y)
{
	static const uint8_t colours[] = { 0x00, 0x13, 0x15, 0x17 };

	return colour_rgb(colours[cga_colour(x / 2, y / 2)]);
}

static uint32_t cga2_pixel(unsigned x, unsigned y)
{
	return colour_rgb(cga_colour(x, y / 2) & 1 ? 0x17 : 0x00);
}

/* Odd lines are 8 KiB behind the even ones. */
static void load_cga(unsigned bits)
{
	for (unsigned y = 0; y < 200; y++)
		for (unsigned n = 0; n < 80; n++) {
			unsigned byte = 0;

			for (unsigned i = 0; i < 8 / bits; i++)
				byte = byte << bits |
				       (cga_colour(n * 8 / bits + i, y) & ((1 << bits) - 1));
			poke(0xB8000 + y % 2 * 0x2000 + y / 2 * 80 + n, (uint8_t)byte);
		}
}

static void test_cga_modes(void)
{
	vga_open(0);
	set_mode(&mode_04);
	load_cga(2);
	ok(shows(640, 400, cga4_pixel), "320 x 200 in 4 colours");
	set_mode(&mode_06);
	load_cga(1);
	ok(shows(640, 400, cga2_pixel), "640 x 200 in 2");
	vga_close();
}

/* 256 colours. */
static unsigned split_256 = 9999, pan_256;

static unsigned byte_colour(unsigned x, unsigned y)
{
	return (x + y * 7 + x * y / 61) & 0xFF;
}

static uint32_t mode_13_pixel(unsigned x, unsigned y)
{
	return colour_rgb(byte_colour(x / 2 + pan_256, y / 2));
}

static uint32_t mode_x_pixel(unsigned x, unsigned y)
{
	if (y >= split_256)
		return colour_rgb(byte_colour(x / 2, (y - split_256) / 2) ^ 0x55);
	return colour_rgb(byte_colour(x / 2 + pan_256, y / 2));
}

static void test_mode_13(void)
{
	vga_open(0);
	set_mode(&mode_13);
	for (unsigned y = 0; y < 200; y++)
		for (unsigned x = 0; x < 320; x += 4) {
			uint32_t four = 0;

			for (unsigned i = 0; i < 4; i++)
				four |= byte_colour(x + i, y) << 8 * i;
			rig_write_sized(rig, WINDOW_AT + y * 320 + x, 4, four);
		}
	ok(shows(640, 400, mode_13_pixel), "320 x 200 in 256 colours");
	vga_close();
}

/* A page of `lines` lines of 336 pixels at `at` in each plane. */
static void load_mode_x(uint32_t at, unsigned lines, unsigned flip)
{
	for (unsigned plane = 0; plane < 4; plane++) {
		set(0x3C4, 2, (uint8_t)(1 << plane));
		for (unsigned n = 0; n < 84 * lines; n++)
			poke(0xA0000 + at + n,
			     (uint8_t)(byte_colour(n % 84 * 4 + plane, n / 84) ^ flip));
	}
}

static void test_mode_x(void)
{
	vga_open(0);
	set_mode(&mode_x);
	set(0x3D4, 0x13, 42);
	load_mode_x(0, 60, 0x55);
	load_mode_x(0x8000, 240, 0);
	set_start(0x8000);
	rig_pass(rig, NS_PER_SECOND / 60);
	ok(shows(640, 480, mode_x_pixel), "320 x 240 in planes, the second page");
	set_attribute(0x10, 0x61);
	set_attribute(0x13, 7);
	pan_256 = 3;
	ok(shows(640, 480, mode_x_pixel), "panned by 3 pixels");
	set(0x3D4, 0x18, 399 & 0xFF);
	set(0x3D4, 0x07, 0x3E);
	set(0x3D4, 0x09, 0x01);
	split_256 = 400;
	ok(shows(640, 480, mode_x_pixel), "and split");
	vga_close();
}

/* DISPI. */
static unsigned offset_x, offset_y, depth, virtual_width;

static uint32_t deep_value(unsigned x, unsigned y)
{
	uint32_t value = (x + offset_x) * 2654435761u + (y + offset_y) * 40503u * 65537u;

	value ^= value >> 15;
	return depth == 32 ? value : value & ((1u << depth) - 1);
}

static uint32_t scale(uint32_t value, unsigned at, unsigned bits)
{
	unsigned part = value >> at & ((1u << bits) - 1);

	return bits == 5 ? part << 3 | part >> 2 : bits == 6 ? part << 2 | part >> 4 : part;
}

static uint32_t deep_pixel(unsigned x, unsigned y)
{
	uint32_t v = deep_value(x, y);

	if (depth == 8)
		return colour_rgb(v);
	if (depth == 15)
		return scale(v, 10, 5) << 16 | scale(v, 5, 5) << 8 | scale(v, 0, 5);
	if (depth == 16)
		return scale(v, 11, 5) << 16 | scale(v, 5, 6) << 8 | scale(v, 0, 5);
	return v & 0xFFFFFF;
}

static void load_deep(unsigned w, unsigned h)
{
	unsigned bytes = (depth + 7) / 8;

	offset_x = offset_y = 0;
	for (unsigned y = 0; y < h; y++)
		for (unsigned x = 0; x < w; x++)
			lfb_store((y * virtual_width + x) * bytes, deep_value(x, y), bytes);
}

static void set_deep(unsigned w, unsigned h, unsigned bpp)
{
	set_dispi(4, 0);
	set_dispi(1, (uint16_t)w);
	set_dispi(2, (uint16_t)h);
	set_dispi(3, (uint16_t)bpp);
	set_dispi(4, 0x41);
	depth = bpp;
	virtual_width = w;
}

static void test_dispi_depths(void)
{
	static const uint8_t depths[] = { 8, 15, 16, 24, 32 };

	vga_open(0);
	set_mode(&mode_03);
	for (unsigned i = 0; i < sizeof depths; i++) {
		set_deep(800, 600, depths[i]);
		load_deep(800, 600);
		ok(shows(800, 600, deep_pixel), "800 x 600 x %u", depths[i]);
	}
	set_deep(1024, 768, 32);
	load_deep(1024, 768);
	ok(shows(1024, 768, deep_pixel), "1024 x 768 x 32");
	set_deep(1920, 1080, 32);
	load_deep(1920, 1080);
	ok(shows(1920, 1080, deep_pixel), "1920 x 1080 x 32");
	set_deep(2560, 1600, 24);
	load_deep(2560, 1600);
	ok(shows(2560, 1600, deep_pixel), "2560 x 1600 x 24");
	set_deep(333, 77, 16);
	load_deep(333, 77);
	ok(shows(333, 77, deep_pixel), "a size that is no multiple of anything");
	set_dispi(4, 0);
	draw();
	ok(width == 720 && height == 400, "text again");
	vga_close();
}

static void test_dispi_offsets(void)
{
	vga_open(0x100000);
	set_mode(&mode_03);
	set_deep(320, 240, 16);
	set_dispi(6, 512);
	virtual_width = 512;
	load_deep(512, 1024);
	ok(shows(320, 240, deep_pixel), "virtual width");
	set_dispi(8, 192);
	set_dispi(9, 784);
	offset_x = 192;
	offset_y = 784;
	ok(shows(320, 240, deep_pixel), "the lower right corner");
	set_dispi(9, 785);
	draw();
	ok(!pixels[239 * 320] && !pixels[239 * 320 + 319], "black beyond the memory");
	set_dispi(9, 0xFFFF);
	set_dispi(8, 0xFFFF);
	ok(shows(320, 240, black_pixel), "far beyond");
	set_deep(320, 240, 32);
	set_dispi(6, 400);
	virtual_width = 400;
	load_deep(400, 300);
	set_dispi(8, 77);
	set_dispi(9, 60);
	offset_x = 77;
	offset_y = 60;
	ok(shows(320, 240, deep_pixel), "pixels of four bytes");
	vga_close();
}

static uint32_t bright_pixel(unsigned x, unsigned y)
{
	(void)x, (void)y;
	return 0xFF7B03;
}

static void test_dispi_8_bit_dac(void)
{
	vga_open(0);
	set_mode(&mode_03);
	set_deep(320, 200, 8);
	set_dispi(4, 0x61);
	out(0x3C8, 0);
	out(0x3C9, 0xFF);
	out(0x3C9, 0x7B);
	out(0x3C9, 0x03);
	ok(shows(320, 200, bright_pixel), "eight bits a part");
	vga_close();
}

static unsigned planar_right, planar_down;

static uint32_t dispi_planar_pixel(unsigned x, unsigned y)
{
	return planar_pixel(x + planar_right, y + planar_down);
}

static void test_dispi_planar(void)
{
	vga_open(0x100000);
	set_mode(&mode_12);
	set_deep(800, 600, 4);
	planar_right = planar_down = 0;
	load_planar(100, 600);
	ok(shows(800, 600, dispi_planar_pixel), "800 x 600 x 4");
	set_deep(1000, 600, 4);
	/* The second bank begins in line 524. */
	load_planar(125, 524);
	for (unsigned plane = 0; plane < 4; plane++) {
		set(0x3C4, 2, (uint8_t)(1 << plane));
		for (unsigned n = 125 * 524; n < 125 * 600; n++) {
			unsigned byte = 0;

			for (unsigned i = 0; i < 8; i++)
				byte = byte << 1 |
				       (planar_colour(n % 125 * 8 + i, n / 125) >> plane & 1);
			set_dispi(5, (uint16_t)(n >> 16));
			poke(0xA0000 + (n & 0xFFFF), (uint8_t)byte);
		}
	}
	ok(shows(1000, 600, dispi_planar_pixel), "1000 x 600 x 4 in two banks");
	set_deep(640, 400, 4);
	set_dispi(6, 1000);
	load_planar(125, 500);
	set_dispi(8, 123);
	set_dispi(9, 55);
	planar_right = 123;
	planar_down = 55;
	ok(shows(640, 400, dispi_planar_pixel), "a part of 1000 x 600");
	set_deep(333, 200, 4);
	load_planar(42, 200);
	planar_right = planar_down = 0;
	ok(shows(333, 200, dispi_planar_pixel), "lines of whole bytes");
	vga_close();
}

int main(void)
{
	test_text_80x25();
	test_text_sizes();
	test_text_mono();
	test_mode_12();
	test_ega_modes();
	test_off();
	test_scrolling();
	test_split();
	test_counting();
	test_smooth_text();
	test_cga_modes();
	test_mode_13();
	test_mode_x();
	test_dispi_depths();
	test_dispi_offsets();
	test_dispi_8_bit_dac();
	test_dispi_planar();
	return done();
}
