/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The VGA as a display.
 *
 * In its text mode characters and attributes lie in planes 0 and 1, which look like 16-bit
 * cells at 0xb8000, and the font in plane 2, 32 bytes a glyph.  In the mode for pixels all
 * four planes lie at 0xa0000, and a pixel's index has a bit in each of them.
 */
#include "vga.h"

#include "vga_registers.h"

#include <string.h>

#define VGA_WIDTH 640u
#define VGA_HEIGHT 480u
#define VGA_LINE_BYTES (VGA_WIDTH / 8)
#define VGA_PLANES 4
#define VGA_TEXT_COLUMNS 80u
#define VGA_TEXT_LINES 400u
#define VGA_TEXT_OFFSET 0x18000u /* 0xb8000 - 0xa0000 */
#define VGA_TEXT_BLANK 0x0020u   /* a space, black on black */
#define VGA_CURSOR_OFF 0x20

static struct vga *vga_of(struct display *d)
{
	return (struct vga *)d;
}

static void vga_load_font(struct vga *v, const struct display_text *t)
{
	/* Plane 2 by itself, at 0xa0000. */
	vga_set(VGA_SEQUENCER, VGA_MAP_MASK, 0x04);
	vga_set(VGA_SEQUENCER, VGA_MEMORY_MODE, 0x06);
	vga_set(VGA_GRAPHICS, VGA_READ_MAP, 0x02);
	vga_set(VGA_GRAPHICS, VGA_GRAPHICS_MODE, 0x00);
	vga_set(VGA_GRAPHICS, VGA_GRAPHICS_MISCELLANEOUS, 0x04);
	for (unsigned i = 0; i < FONT_BYTES; i++)
		if (i % FONT_GLYPH_BYTES < t->font_height)
			v->memory[i] = t->font[i];
	vga_set(VGA_SEQUENCER, VGA_MAP_MASK, vga_mode_text.sequencer[VGA_MAP_MASK]);
	vga_set(VGA_SEQUENCER, VGA_MEMORY_MODE, vga_mode_text.sequencer[VGA_MEMORY_MODE]);
	vga_set(VGA_GRAPHICS, VGA_READ_MAP, vga_mode_text.graphics[VGA_READ_MAP]);
	vga_set(VGA_GRAPHICS, VGA_GRAPHICS_MODE, vga_mode_text.graphics[VGA_GRAPHICS_MODE]);
	vga_set(VGA_GRAPHICS, VGA_GRAPHICS_MISCELLANEOUS,
		vga_mode_text.graphics[VGA_GRAPHICS_MISCELLANEOUS]);
}

static volatile uint16_t *vga_cells(const struct vga *v)
{
	return (volatile uint16_t *)(v->memory + VGA_TEXT_OFFSET);
}

static bool vga_begin_text(struct display *d, const struct display_text *t)
{
	struct vga *v = vga_of(d);
	uint32_t rows = VGA_TEXT_LINES / t->font_height;

	if (t->columns > VGA_TEXT_COLUMNS || t->rows > rows)
		return false;
	vga_set_mode(&vga_mode_text);
	vga_set(VGA_CRT, VGA_MAXIMUM_SCAN_LINE,
		(uint8_t)((vga_mode_text.crt[VGA_MAXIMUM_SCAN_LINE] & 0xe0) |
			  (t->font_height - 1)));
	/* Bit 8 of it, in another register, is 1 for 257 lines and more: always so here. */
	vga_set(VGA_CRT, VGA_VERTICAL_DISPLAY_END, (uint8_t)(rows * t->font_height - 1));
	vga_load_font(v, t);
	for (uint32_t i = 0; i < VGA_TEXT_COLUMNS * rows; i++)
		vga_cells(v)[i] = VGA_TEXT_BLANK;
	vga_set_colours(t->palette, 16);
	vga_set_attribute(VGA_ATTRIBUTE_MODE, t->blink ? 0x0c : 0x04);
	v->text_left = (VGA_TEXT_COLUMNS - t->columns) / 2;
	v->text_top = (rows - t->rows) / 2;
	vga_unblank();
	return true;
}

static uint32_t vga_cell_index(const struct vga *v, uint32_t column, uint32_t row)
{
	return (row + v->text_top) * VGA_TEXT_COLUMNS + column + v->text_left;
}

static void vga_put_cell(struct display *d, uint32_t column, uint32_t row, uint16_t cell)
{
	struct vga *v = vga_of(d);

	vga_cells(v)[vga_cell_index(v, column, row)] = cell;
}

static void vga_put_cursor(struct display *d, uint32_t column, uint32_t row, uint32_t first,
			   uint32_t last)
{
	uint32_t at = vga_cell_index(vga_of(d), column, row);

	vga_set(VGA_CRT, VGA_CURSOR_START, first > last ? VGA_CURSOR_OFF : (uint8_t)first);
	vga_set(VGA_CRT, VGA_CURSOR_END, (uint8_t)last);
	vga_set(VGA_CRT, VGA_CURSOR_HIGH, (uint8_t)(at >> 8));
	vga_set(VGA_CRT, VGA_CURSOR_LOW, (uint8_t)at);
}

/* A multiple of 8 bytes in one go: all planes get their bit of the colour, whatever is written. */
static void vga_fill(struct vga *v, size_t offset, size_t bytes, uint8_t index)
{
	volatile uint64_t *to = (volatile uint64_t *)(v->memory + offset);

	vga_set(VGA_SEQUENCER, VGA_MAP_MASK, 0x0f);
	vga_set(VGA_GRAPHICS, VGA_SET_RESET, index);
	vga_set(VGA_GRAPHICS, VGA_ENABLE_SET_RESET, 0x0f);
	for (size_t i = 0; i < bytes / sizeof(*to); i++)
		to[i] = 0;
	vga_set(VGA_GRAPHICS, VGA_ENABLE_SET_RESET, 0x00);
}

static void vga_begin_pixels(struct display *d)
{
	struct vga *v = vga_of(d);

	vga_set_mode(&vga_mode_pixels);
	vga_fill(v, 0, VGA_LINE_BYTES * VGA_HEIGHT,
		 v->quantizer.used ? quantizer_match(&v->quantizer, 0) : 0);
	v->quantizer.palette_changed = false;
	vga_set_colours(v->quantizer.colour, v->quantizer.used);
	vga_unblank();
}

static void vga_update_palette(struct vga *v)
{
	if (v->quantizer.palette_changed)
		vga_set_colours(v->quantizer.colour, v->quantizer.used);
	v->quantizer.palette_changed = false;
}

/* The bits of one plane of eight indices, the first of which is the lowest byte: the
 * product moves bit 8i to 63 - i, and no two of its terms meet. */
static uint8_t vga_plane_bits(uint64_t indices, unsigned plane)
{
	return (uint8_t)((indices >> plane & 0x0101010101010101) * 0x8040201008040201 >> 56);
}

static uint64_t vga_eight(struct quantizer *q, const uint32_t *pixels)
{
	uint64_t indices = 0;

	for (unsigned i = 0; i < 8; i++)
		indices |= (uint64_t)quantizer_map(q, pixels[i]) << (i * 8);
	return indices;
}

/* As few and as wide accesses as possible: each of them is slow. */
static void vga_copy(volatile uint8_t *to, const uint8_t *from, uint32_t bytes)
{
	for (; bytes > 0 && (uintptr_t)to % sizeof(uint64_t); bytes--)
		*to++ = *from++;
	for (; bytes >= sizeof(uint64_t); bytes -= (uint32_t)sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, from, sizeof(word));
		*(volatile uint64_t *)to = word;
		to += sizeof(word);
		from += sizeof(word);
	}
	for (; bytes > 0; bytes--)
		*to++ = *from++;
}

/* Planes with the same bits, as many have in a picture of few colours, are written at once. */
static void vga_write_planes(volatile uint8_t *to, uint8_t bits[VGA_PLANES][VGA_LINE_BYTES],
			     uint32_t bytes)
{
	unsigned done = 0;

	for (unsigned plane = 0; plane < VGA_PLANES; plane++) {
		unsigned same = 1u << plane;

		if (done & same)
			continue;
		for (unsigned other = plane + 1; other < VGA_PLANES; other++)
			if (memcmp(bits[plane], bits[other], bytes) == 0)
				same |= 1u << other;
		vga_set(VGA_SEQUENCER, VGA_MAP_MASK, (uint8_t)same);
		vga_copy(to, bits[plane], bytes);
		done |= same;
	}
}

static void vga_put_pixels(struct display *d, uint32_t x, uint32_t y, const uint32_t *pixels,
			   uint32_t count)
{
	struct vga *v = vga_of(d);
	uint8_t bits[VGA_PLANES][VGA_LINE_BYTES];
	uint32_t bytes = count / 8;

	for (uint32_t i = 0; i < bytes; i++) {
		uint64_t eight = vga_eight(&v->quantizer, pixels + i * 8);

		for (unsigned plane = 0; plane < VGA_PLANES; plane++)
			bits[plane][i] = vga_plane_bits(eight, plane);
	}
	vga_update_palette(v);
	vga_write_planes(v->memory + (size_t)y * VGA_LINE_BYTES + x / 8, bits, bytes);
}

static void vga_put_glyph(struct display *d, uint32_t x, uint32_t y, const struct display_glyph *g)
{
	struct vga *v = vga_of(d);
	uint8_t foreground = quantizer_match(&v->quantizer, g->foreground);
	uint8_t background = quantizer_match(&v->quantizer, g->background);

	vga_update_palette(v);
	for (unsigned plane = 0; plane < VGA_PLANES; plane++) {
		volatile uint8_t *to = v->memory + (size_t)y * VGA_LINE_BYTES + x / 8;
		uint8_t set = foreground >> plane & 1 ? 0xff : 0;
		uint8_t clear = background >> plane & 1 ? 0xff : 0;

		vga_set(VGA_SEQUENCER, VGA_MAP_MASK, (uint8_t)(1u << plane));
		for (uint32_t line = 0; line < g->height; line++, to += VGA_LINE_BYTES) {
			bool cursor = line >= g->cursor_first && line <= g->cursor_last;
			uint8_t bits = cursor ? 0xff : g->lines[line];

			*to = (bits & set) | (uint8_t)(~bits & clear);
		}
	}
}

void vga_init(struct vga *v, void *memory)
{
	v->memory = memory;
	quantizer_reset(&v->quantizer);
	v->display = (struct display){
		.width = VGA_WIDTH,
		.height = VGA_HEIGHT,
		.any_x = false,
		.quantizer = &v->quantizer,
		.begin_pixels = vga_begin_pixels,
		.put_pixels = vga_put_pixels,
		.put_glyph = vga_put_glyph,
		.begin_text = vga_begin_text,
		.put_cell = vga_put_cell,
		.put_cursor = vga_put_cursor,
	};
}
