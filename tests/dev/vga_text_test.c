/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The VGA's picture as text, for ports that show it so: cells, font, colours, cursor; and
 * when it can't be told that way.
 */
#include "vga_stand.h"

static uint16_t cell(unsigned n)
{
	return (uint16_t)(n * 7 + 3 + n * 11 / 8);
}

static uint8_t font_row(unsigned font, unsigned character, unsigned row)
{
	return (uint8_t)(character * 37 + row * 85 + font * 129 + (character >> 3));
}

/* Two fonts, of which the second is for attributes with bit 3. */
static void load_fonts(void)
{
	set(0x3C4, 2, 4);
	set(0x3C4, 4, 7);
	set(0x3CE, 5, 0);
	set(0x3CE, 6, 5);
	for (unsigned at = 0; at < 0x4000; at++)
		poke(0xA0000 + at, font_row(at >> 13, at >> 5 & 0xFF, at & 31));
	set(0x3C4, 2, 3);
	set(0x3C4, 4, 2);
	set(0x3CE, 5, 0x10);
	set(0x3CE, 6, 0x0E);
	set(0x3C4, 3, 0x20);
}

static void load_cells(unsigned count)
{
	for (unsigned n = 0; n < count; n++)
		rig_write_sized(rig, WINDOW_AT + 0x18000 + 2 * n, 2, cell(n));
}

static bool text_is_told(struct screen_text *t, unsigned w, unsigned h)
{
	static uint16_t cells[80 * 50 + 1];

	*t = (struct screen_text){ .cells = cells, .room = COUNT_OF(cells) - 1 };
	cells[w * h] = 0x1234;
	if (!screen.text(screen.chip, t) || t->columns != w || t->rows != h)
		return false;
	for (unsigned n = 0; n < w * h; n++)
		if (cells[n] != cell(n))
			return false;
	return cells[w * h] == 0x1234;
}

static bool font_is_told(const struct screen_text *t, unsigned font)
{
	for (unsigned c = 0; c < 256; c++)
		for (unsigned row = 0; row < 32; row++)
			if (t->font[c * 32 + row] !=
			    (row < t->font_height ? font_row(font, c, row) : 0))
				return false;
	return true;
}

static bool colours_are_told(const struct screen_text *t)
{
	static const uint8_t colours[] = { EGA_COLOURS };

	for (unsigned i = 0; i < 16; i++)
		if (t->palette[i] != colour_rgb(colours[i]))
			return false;
	return true;
}

static void test_text_told(void)
{
	static struct screen_text t;

	vga_open(0);
	ok(!screen.text(screen.chip, &t), "no text while the display is off");
	set_mode(&mode_03);
	load_fonts();
	load_cells(80 * 25);
	ok(!text_is_told(&t, 80, 25), "two fonts can't be told");
	set(0x3C4, 3, 0x30);
	ok(text_is_told(&t, 80, 25), "80 x 25 cells");
	ok(t.font_height == 16 && font_is_told(&t, 1), "their font");
	ok(colours_are_told(&t) && t.blinks, "their colours");
	ok(t.cursor_row == 0 && t.cursor_column == 0 && t.cursor_first == 13 && t.cursor_last == 14,
	   "the cursor");
	rig_pass(rig, 8 * FRAME_70_NS);
	set(0x3D4, 0x0E, 1999 >> 8);
	set(0x3D4, 0x0F, 1999 & 0xFF);
	ok(text_is_told(&t, 80, 25) && t.cursor_row == 24 && t.cursor_column == 79 &&
		   t.cursor_first == 13,
	   "in the last cell, also while it is dark");
	set(0x3D4, 0x0E, 0x10);
	ok(text_is_told(&t, 80, 25) && t.cursor_row >= 25, "outside");
	set(0x3D4, 0x0A, 0x2D);
	ok(text_is_told(&t, 80, 25) && t.cursor_first > t.cursor_last, "or off");
	set_attribute(0x10, 0x04);
	ok(text_is_told(&t, 80, 25) && !t.blinks, "16 backgrounds");
	t.room = 80 * 25 - 1;
	ok(!screen.text(screen.chip, &t), "not without room");
	set(0x3D4, 0x14, 0x0D);
	ok(!text_is_told(&t, 80, 25), "nor with underlines");
	set(0x3D4, 0x14, 0x1F);
	set(0x3D4, 0x08, 0x01);
	ok(!text_is_told(&t, 80, 25), "nor scrolled by lines");
	set(0x3D4, 0x08, 0x00);
	set(0x3D4, 0x18, 0x8F);
	set(0x3D4, 0x07, 0x0F);
	set(0x3D4, 0x09, 0x0F);
	ok(!text_is_told(&t, 80, 25), "nor split");
	set(0x3C4, 1, 0x20);
	ok(!text_is_told(&t, 80, 25), "nor dark");
	set_mode(&mode_12);
	ok(!text_is_told(&t, 80, 25), "nor pixels");
	vga_close();
}

static void test_text_told_of_other_sizes(void)
{
	static struct screen_text t;

	vga_open(0);
	set_mode(&mode_03);
	load_fonts();
	set(0x3C4, 3, 0x00);
	set(0x3D4, 0x09, 0x47);
	load_cells(80 * 50);
	ok(text_is_told(&t, 80, 50) && t.font_height == 8 && font_is_told(&t, 0), "80 x 50");
	set(0x3D4, 0x09, 0x48);
	ok(!text_is_told(&t, 80, 44), "a row that isn't whole");
	set_mode(&mode_01);
	set(0x3C4, 3, 0x00);
	ok(text_is_told(&t, 40, 25), "40 x 25");
	set_dispi(4, 1);
	ok(!text_is_told(&t, 40, 25), "no text while the extension is on");
	vga_close();
}

int main(void)
{
	test_text_told();
	test_text_told_of_other_sizes();
	return done();
}
