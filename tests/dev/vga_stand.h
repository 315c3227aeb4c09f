/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A VGA on a table: all its blocks on one bus, the register values of IBM's modes, and
 * pictures compared with what a test says each pixel is.
 */
#ifndef TESTS_DEV_VGA_STAND_H
#define TESTS_DEV_VGA_STAND_H

#include "rig.h"

#include "dev/display/vga.h"

/* Where the blocks are, from RIG_BASE; the linear frame buffer at LFB. */
#define DISPI_AT 0x40
#define MMIO_AT 0x1000
#define WINDOW_AT 0x100000
#define LFB 0x40000000u
#define FRAME_70_NS 14268000ull /* 449 lines of 800 or 900 dots */

static struct rig *rig;
static struct vga *vga;
static struct screen screen;
static unsigned window_changes;
static uint32_t pixels[2560 * 1600];
static unsigned width, height;

static inline void vga_window_changed(void *context)
{
	++*(unsigned *)context;
}

static inline void vga_open(uint32_t memory_bytes)
{
	const struct vga_config config = { .memory_bytes = memory_bytes,
					   .screen = &screen,
					   .window_changed = vga_window_changed,
					   .context = &window_changes };
	struct vga_config c = config;
	uint64_t bytes;
	hva memory;

	rig = rig_open();
	c.clock = rig->clock;
	vga = vga_create(&c);
	rig_place(rig, 0, VGA_PORTS_BYTES, &vga_ops, vga);
	rig_place(rig, DISPI_AT, VGA_DISPI_BYTES, &vga_dispi_ops, vga_dispi(vga));
	rig_place(rig, MMIO_AT, VGA_MMIO_BYTES, &vga_mmio_ops, vga_mmio(vga));
	rig_place(rig, WINDOW_AT, VGA_WINDOW_BYTES, &vga_window_ops, vga_window(vga));
	memory = vga_memory(vga, &bytes);
	if (!bus_add_ram(rig->bus, LFB, bytes, memory))
		bail_out("the frame buffer can't be mapped");
	bus_reset(rig->bus);
}

static inline void vga_close(void)
{
	rig_close(rig);
}

static inline void out(unsigned port, uint8_t value)
{
	rig_write_sized(rig, port - 0x3B0, 1, value);
}

static inline uint8_t in(unsigned port)
{
	return (uint8_t)rig_read_sized(rig, port - 0x3B0, 1);
}

/* An index and a data register, in one word as programs like to. */
static inline void set(unsigned port, unsigned index, uint8_t value)
{
	rig_write_sized(rig, port - 0x3B0, 2, index | (unsigned)value << 8);
}

static inline uint8_t get(unsigned port, unsigned index)
{
	out(port, (uint8_t)index);
	return in(port + 1);
}

static inline void set_attribute(unsigned index, uint8_t value)
{
	in(0x3DA);
	out(0x3C0, (uint8_t)index);
	out(0x3C0, value);
	out(0x3C0, 0x20);
}

static inline void poke(uint32_t address, uint8_t value)
{
	rig_write_sized(rig, WINDOW_AT + address - 0xA0000, 1, value);
}

static inline uint8_t peek(uint32_t address)
{
	return (uint8_t)rig_read_sized(rig, WINDOW_AT + address - 0xA0000, 1);
}

static inline void set_dispi(unsigned index, uint16_t value)
{
	rig_write_sized(rig, DISPI_AT, 2, index);
	rig_write_sized(rig, DISPI_AT + 1, 2, value);
}

static inline uint16_t get_dispi(unsigned index)
{
	rig_write_sized(rig, DISPI_AT, 2, index);
	return (uint16_t)rig_read_sized(rig, DISPI_AT + 1, 2);
}

static inline void lfb_store(uint32_t at, uint32_t value, unsigned bytes)
{
	bus_write(rig->bus, LFB + at, &value, bytes);
}

/* Modes, as IBM's BIOS sets them. */
struct mode {
	uint8_t misc, sequencer[5], crtc[25], graphics[9], attribute[21];
};

#define EGA_COLOURS                                                                                \
	0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14, 0x07, 0x38, 0x39, 0x3A, 0x3B, 0x3C, 0x3D, 0x3E,  \
		0x3F
#define MODE_80_CRTC(scan, start, end, display, offset, underline, blank, blank_end, mode)         \
	{                                                                                          \
		0x5F, 0x4F, 0x50, 0x82, 0x54, 0x80, 0xBF, 0x1F, 0, scan, 0, 0, 0, 0, 0, 0, start,  \
			end, display, offset, underline, blank, blank_end, mode, 0xFF              \
	}

static const struct mode mode_03 = {
	0x67,
	{ 0x03, 0x00, 0x03, 0x00, 0x02 },
	{ 0x5F, 0x4F, 0x50, 0x82, 0x55, 0x81, 0xBF, 0x1F, 0x00, 0x4F, 0x0D, 0x0E, 0x00,
	  0x00, 0x00, 0x00, 0x9C, 0x8E, 0x8F, 0x28, 0x1F, 0x96, 0xB9, 0xA3, 0xFF },
	{ 0, 0, 0, 0, 0, 0x10, 0x0E, 0, 0xFF },
	{ EGA_COLOURS, 0x0C, 0x00, 0x0F, 0x08, 0x00 },
};

static const struct mode mode_01 = {
	0x67,
	{ 0x03, 0x08, 0x03, 0x00, 0x02 },
	{ 0x2D, 0x27, 0x28, 0x90, 0x2B, 0xA0, 0xBF, 0x1F, 0x00, 0x4F, 0x0D, 0x0E, 0x00,
	  0x00, 0x00, 0x00, 0x9C, 0x8E, 0x8F, 0x14, 0x1F, 0x96, 0xB9, 0xA3, 0xFF },
	{ 0, 0, 0, 0, 0, 0x10, 0x0E, 0, 0xFF },
	{ EGA_COLOURS, 0x0C, 0x00, 0x0F, 0x08, 0x00 },
};

static const struct mode mode_07 = {
	0x66,
	{ 0x03, 0x00, 0x03, 0x00, 0x02 },
	{ 0x5F, 0x4F, 0x50, 0x82, 0x55, 0x81, 0xBF, 0x1F, 0x00, 0x4F, 0x0D, 0x0E, 0x00,
	  0x00, 0x00, 0x00, 0x9C, 0x8E, 0x8F, 0x28, 0x0D, 0x96, 0xB9, 0xA3, 0xFF },
	{ 0, 0, 0, 0, 0, 0x10, 0x0A, 0, 0xFF },
	{ 0x00, 0x08, 0x08, 0x08, 0x08, 0x08, 0x08, 0x08, 0x10, 0x18, 0x18,
	  0x18, 0x18, 0x18, 0x18, 0x18, 0x0E, 0x00, 0x0F, 0x08, 0x00 },
};

static const struct mode mode_04 = {
	0x63,
	{ 0x03, 0x09, 0x03, 0x00, 0x02 },
	{ 0x2D, 0x27, 0x28, 0x90, 0x2B, 0x80, 0xBF, 0x1F, 0x00, 0xC1, 0x00, 0x00, 0x00,
	  0x00, 0x00, 0x00, 0x9C, 0x8E, 0x8F, 0x14, 0x00, 0x96, 0xB9, 0xA2, 0xFF },
	{ 0, 0, 0, 0, 0, 0x30, 0x0F, 0, 0xFF },
	{ 0x00, 0x13, 0x15, 0x17, 0x02, 0x04, 0x06, 0x07, 0x10, 0x11, 0x12,
	  0x13, 0x14, 0x15, 0x16, 0x17, 0x01, 0x00, 0x03, 0x00, 0x00 },
};

static const struct mode mode_06 = {
	0x63,
	{ 0x03, 0x01, 0x01, 0x00, 0x06 },
	MODE_80_CRTC(0xC1, 0x9C, 0x8E, 0x8F, 0x28, 0x00, 0x96, 0xB9, 0xC2),
	{ 0, 0, 0, 0, 0, 0, 0x0D, 0, 0xFF },
	{ 0x00, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17,
	  0x17, 0x17, 0x17, 0x17, 0x17, 0x01, 0x00, 0x01, 0x00, 0x00 },
};

static const struct mode mode_0d = {
	0x63,
	{ 0x03, 0x09, 0x0F, 0x00, 0x06 },
	{ 0x2D, 0x27, 0x28, 0x90, 0x2B, 0x80, 0xBF, 0x1F, 0x00, 0xC0, 0x00, 0x00, 0x00,
	  0x00, 0x00, 0x00, 0x9C, 0x8E, 0x8F, 0x14, 0x00, 0x96, 0xB9, 0xE3, 0xFF },
	{ 0, 0, 0, 0, 0, 0, 0x05, 0x0F, 0xFF },
	{ EGA_COLOURS, 0x01, 0x00, 0x0F, 0x00, 0x00 },
};

static const struct mode mode_10 = {
	0xA3,
	{ 0x03, 0x01, 0x0F, 0x00, 0x06 },
	MODE_80_CRTC(0x40, 0x83, 0x85, 0x5D, 0x28, 0x0F, 0x63, 0xBA, 0xE3),
	{ 0, 0, 0, 0, 0, 0, 0x05, 0x0F, 0xFF },
	{ EGA_COLOURS, 0x01, 0x00, 0x0F, 0x00, 0x00 },
};

static const struct mode mode_12 = {
	0xE3,
	{ 0x03, 0x01, 0x0F, 0x00, 0x06 },
	{ 0x5F, 0x4F, 0x50, 0x82, 0x54, 0x80, 0x0B, 0x3E, 0x00, 0x40, 0x00, 0x00, 0x00,
	  0x00, 0x00, 0x00, 0xEA, 0x8C, 0xDF, 0x28, 0x00, 0xE7, 0x04, 0xE3, 0xFF },
	{ 0, 0, 0, 0, 0, 0, 0x05, 0x0F, 0xFF },
	{ EGA_COLOURS, 0x01, 0x00, 0x0F, 0x00, 0x00 },
};

static const struct mode mode_13 = {
	0x63,
	{ 0x03, 0x01, 0x0F, 0x00, 0x0E },
	MODE_80_CRTC(0x41, 0x9C, 0x8E, 0x8F, 0x28, 0x40, 0x96, 0xB9, 0xA3),
	{ 0, 0, 0, 0, 0, 0x40, 0x05, 0x0F, 0xFF },
	{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0x41, 0x00, 0x0F, 0x00, 0x00 },
};

/* 320 x 240 in planes. */
static const struct mode mode_x = {
	0xE3,
	{ 0x03, 0x01, 0x0F, 0x00, 0x06 },
	{ 0x5F, 0x4F, 0x50, 0x82, 0x54, 0x80, 0x0D, 0x3E, 0x00, 0x41, 0x00, 0x00, 0x00,
	  0x00, 0x00, 0x00, 0xEA, 0x8C, 0xDF, 0x28, 0x00, 0xE7, 0x06, 0xE3, 0xFF },
	{ 0, 0, 0, 0, 0, 0x40, 0x05, 0x0F, 0xFF },
	{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0x41, 0x00, 0x0F, 0x00, 0x00 },
};

/* What the test puts into the DAC: all 256 colours differ. */
static inline uint8_t dac_value(unsigned colour, unsigned part)
{
	static const uint8_t factor[] = { 1, 13, 29 };

	return (uint8_t)((colour >> 6) * 5 * part + colour * factor[part]) & 63;
}

static inline uint32_t colour_rgb(unsigned colour)
{
	uint32_t rgb = 0;

	for (unsigned part = 0; part < 3; part++) {
		unsigned six = dac_value(colour, part);

		rgb = rgb << 8 | (six << 2 | (six & 1) * 3);
	}
	return rgb;
}

static inline void load_dac(void)
{
	out(0x3C8, 0);
	for (unsigned i = 0; i < 256; i++)
		for (unsigned part = 0; part < 3; part++)
			out(0x3C9, dac_value(i, part));
}

static inline void set_mode(const struct mode *m)
{
	unsigned crtc = m->misc & 1 ? 0x3D4 : 0x3B4;

	out(0x3C2, m->misc);
	for (unsigned i = 0; i < 5; i++)
		set(0x3C4, i, m->sequencer[i]);
	set(crtc, 0x11, 0);
	for (unsigned i = 0; i < 25; i++)
		set(crtc, i, m->crtc[i]);
	for (unsigned i = 0; i < 9; i++)
		set(0x3CE, i, m->graphics[i]);
	in(crtc + 6);
	for (unsigned i = 0; i < 21; i++) {
		out(0x3C0, (uint8_t)i);
		out(0x3C0, m->attribute[i]);
	}
	out(0x3C0, 0x20);
	load_dac();
}

static inline void draw(void)
{
	width = height = 0;
	screen.geometry(screen.chip, &width, &height);
	if ((size_t)width * height > sizeof pixels / sizeof *pixels)
		bail_out("the picture is too large");
	memset(pixels, 0xEE, sizeof pixels);
	screen.draw(screen.chip, pixels, width);
}

/* Draws and compares all pixels. */
static inline bool shows(unsigned w, unsigned h, uint32_t (*expected)(unsigned x, unsigned y))
{
	unsigned wrong = 0;

	draw();
	if (width != w || height != h) {
		diag("%u x %u instead of %u x %u", width, height, w, h);
		return false;
	}
	for (unsigned y = 0; y < h; y++)
		for (unsigned x = 0; x < w; x++)
			if (pixels[y * w + x] != expected(x, y) && !wrong++)
				diag("%#x instead of %#x at %u, %u", pixels[y * w + x],
				     expected(x, y), x, y);
	if (wrong)
		diag("%u pixels are wrong", wrong);
	return wrong == 0;
}

#endif
