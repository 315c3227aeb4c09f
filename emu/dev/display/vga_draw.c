/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The VGA's picture.
 *
 * A scan line is made in two steps, as the chip does it: the memory's bytes become dots,
 * which are indices into the DAC's 256 colours; then panning, the dot clock's half speed
 * and the DAC make pixels of them.  DISPI's packed modes go from memory to pixels.
 *
 * All of a picture is drawn with the registers as they are now: changes within a frame
 * show only as what remains of them.  Not modelled: blanking and border registers, skew of
 * the display, interlace, shift registers that load every second or fourth character, and
 * blinking in graphics modes.
 */
#include <string.h>

#include "dev/display/vga_core.h"

#define WIDTH_MAX 4096u
/* Of a line, with two characters more than are shown. */
#define DOTS_MAX (VGA_DISPI_WIDTH + 16)
_Static_assert(DOTS_MAX >= (256 + 2) * 9, "the CRT controller's longest line has room");
#define GLYPH_BYTES 32

/* What all lines have in common. */
struct vga_picture {
	const struct vga *v;
	void (*dots_of)(const struct vga_picture *p, uint32_t counter, unsigned row, uint8_t *dots);
	unsigned width, height;
	unsigned characters, character_dots;
	unsigned doubled;  /* dots shown twice */
	unsigned counting; /* characters for each step of the counter, log 2 */
	unsigned panning;  /* dots that are missing on the left */
	unsigned byte_panning;
	uint32_t rgb[256];
	uint8_t index[16]; /* of the DAC, for each attribute */
	/* Text. */
	bool blinks, blink_off, cursor_off;
	unsigned cursor, cursor_first, cursor_last;
	uint16_t font[2]; /* by bit 3 of the attribute */
};

static unsigned vga_characters(const struct vga *v)
{
	return v->crtc[CR_HORIZONTAL_DISPLAY_END] + 1u;
}

static unsigned vga_character_dots(const struct vga *v)
{
	return v->sequencer[SEQ_CLOCKING_MODE] & CLOCKING_8_DOTS ? 8 : 9;
}

static unsigned vga_doubled(const struct vga *v)
{
	return v->sequencer[SEQ_CLOCKING_MODE] & CLOCKING_HALF_DOT_CLOCK ? 1 : 0;
}

static bool vga_is_graphics(const struct vga *v)
{
	return v->graphics[GR_MISCELLANEOUS] & MISCELLANEOUS_GRAPHICS;
}

void vga_geometry(void *chip, unsigned *width, unsigned *height)
{
	const struct vga *v = chip;

	*width = *height = 0;
	if (dispi_on(v)) {
		*width = v->dispi_register[DISPI_XRES];
		*height = v->dispi_register[DISPI_YRES];
	} else if (v->crtc[CR_MODE_CONTROL] & MODE_RUN) {
		*width = vga_characters(v) * vga_character_dots(v) << vga_doubled(v);
		*height = v->timing.display_lines;
	}
	if (*width > WIDTH_MAX)
		*width = WIDTH_MAX;
}

/* Colours. */

/* Of six bits the last one is there three times, so that pictures can be compared with QEMU's. */
static uint32_t dac_part(const struct vga *v, uint8_t part)
{
	if (v->dispi_register[DISPI_ENABLE] & ENABLE_8_BIT_DAC)
		return part;
	return part & 4 ? part | 3u : part & 0xFCu;
}

static void picture_colours(struct vga_picture *p)
{
	const struct vga *v = p->v;
	unsigned select = v->attribute[AR_COLOUR_SELECT];

	for (unsigned i = 0; i < 256; i++) {
		const uint8_t *c = v->dac[i & v->pel_mask];

		p->rgb[i] = dac_part(v, c[0]) << 16 | dac_part(v, c[1]) << 8 | dac_part(v, c[2]);
	}
	for (unsigned i = 0; i < 16; i++) {
		unsigned colour = v->attribute[i & v->attribute[AR_PLANE_ENABLE]];

		if (v->attribute[AR_MODE_CONTROL] & ATTRIBUTE_SELECT_54)
			colour = (colour & 15) | (select & 3) << 4;
		p->index[i] = (uint8_t)((colour & 0x3F) | (select & 12) << 4);
	}
}

/* Where a value of the address counter leads in the planes. */
static uint32_t crtc_address(const struct vga *v, uint32_t counter, unsigned row)
{
	unsigned mode = v->crtc[CR_MODE_CONTROL];
	uint32_t c = counter & 0xFFFF;

	if (v->crtc[CR_UNDERLINE] & UNDERLINE_DOUBLEWORD) {
		/* The packed bytes of chain 4 are where bytes are counted. */
		if (!(v->sequencer[SEQ_MEMORY_MODE] & MEMORY_CHAIN_4))
			c = (c << 2 & 0xFFFC) | (c >> 12 & 3);
	} else if (!(mode & MODE_BYTE)) {
		c = (c << 1 & 0xFFFE) | (c >> (mode & MODE_WRAP_15 ? 15 : 13) & 1);
	}
	if (!(mode & MODE_NOT_ROW_TO_13))
		c = (c & ~0x2000u) | (row & 1) << 13;
	if (!(mode & MODE_NOT_ROW_TO_14))
		c = (c & ~0x4000u) | (row >> 1 & 1) << 14;
	return c;
}

/* Text: eight dots of a glyph and sometimes a ninth. */

static void put_glyph(const struct vga_picture *p, unsigned glyph, unsigned colours, uint8_t *dots)
{
	uint8_t fore = p->index[colours & 15], back = p->index[colours >> 4];

	for (unsigned i = 0; i < p->character_dots; i++)
		dots[i] = glyph >> (8 - i) & 1 ? fore : back;
}

/* Bits 8 to 1 are the glyph's row, bit 0 the ninth dot. */
static unsigned text_glyph(const struct vga_picture *p, uint32_t planes, unsigned row)
{
	const struct vga *v = p->v;
	unsigned code = planes & 0xFF, attribute = planes >> 8 & 0xFF;
	uint32_t at = p->font[attribute >> 3 & 1] + code * GLYPH_BYTES + row;
	unsigned glyph = (vga_load(v, at) >> 16 & 0xFF) << 1;

	if ((v->attribute[AR_MODE_CONTROL] & ATTRIBUTE_LINE_GRAPHICS) && code >= 0xC0 &&
	    code <= 0xDF)
		glyph |= glyph >> 1 & 1;
	if ((attribute & 7) == 1 && row == (v->crtc[CR_UNDERLINE] & 0x1Fu))
		glyph = 0x1FF;
	return p->blinks && (attribute & 0x80) && p->blink_off ? 0 : glyph;
}

static void text_dots(const struct vga_picture *p, uint32_t counter, unsigned row, uint8_t *dots)
{
	bool cursor_row = row >= p->cursor_first && row <= p->cursor_last && !p->cursor_off;

	for (unsigned i = 0; i <= p->characters; i++) {
		uint32_t c = (counter + (i >> p->counting)) & 0xFFFF;
		uint32_t planes = vga_load(p->v, crtc_address(p->v, c, row));
		unsigned glyph = text_glyph(p, planes, row);

		if (cursor_row && c == p->cursor)
			glyph = 0x1FF;
		put_glyph(p, glyph, planes >> 8 & (p->blinks ? 0x7F : 0xFF), dots);
		dots += p->character_dots;
	}
}

/* Graphics: eight times four bits out of the shift registers. */

static void shift_planar(uint32_t planes, uint8_t *nibbles)
{
	for (unsigned i = 0; i < 8; i++) {
		uint32_t bits = planes >> (7 - i) & 0x01010101;

		nibbles[i] = (bits | bits >> 7 | bits >> 14 | bits >> 21) & 15;
	}
}

/* Pairs of bits, first of planes 0 and 2, then of 1 and 3. */
static void shift_interleaved(uint32_t planes, uint8_t *nibbles)
{
	for (unsigned i = 0; i < 8; i++) {
		uint32_t pair = planes >> (i / 4 * 8 + 6 - i % 4 * 2);

		nibbles[i] = (uint8_t)((pair & 3) | (pair >> 16 & 3) << 2);
	}
}

static void shift_256(uint32_t planes, uint8_t *nibbles)
{
	for (unsigned i = 0; i < 8; i++)
		nibbles[i] = planes >> (i / 2 * 8 + (i % 2 ? 0 : 4)) & 15;
}

/* Eight bits a pixel last two dots. */
static void join_nibbles(const struct vga_picture *p, const uint8_t *nibbles, uint8_t *dots)
{
	unsigned enabled = p->v->attribute[AR_PLANE_ENABLE] & 15;

	for (unsigned i = 0; i < 8; i += 2)
		dots[i] = dots[i + 1] =
			(uint8_t)((nibbles[i] & enabled) << 4 | (nibbles[i + 1] & enabled));
}

static void put_planes(const struct vga_picture *p, uint32_t planes, uint8_t *dots)
{
	unsigned mode = p->v->graphics[GR_MODE];
	uint8_t nibbles[8];

	if (mode & GRAPHICS_SHIFT_256)
		shift_256(planes, nibbles);
	else if (mode & GRAPHICS_SHIFT_INTERLEAVE)
		shift_interleaved(planes, nibbles);
	else
		shift_planar(planes, nibbles);
	if (p->v->attribute[AR_MODE_CONTROL] & ATTRIBUTE_8_BITS) {
		join_nibbles(p, nibbles, dots);
		return;
	}
	for (unsigned i = 0; i < 8; i++)
		dots[i] = p->index[nibbles[i]];
}

static void graphics_dots(const struct vga_picture *p, uint32_t counter, unsigned row,
			  uint8_t *dots)
{
	for (unsigned i = 0; i <= p->characters; i++) {
		uint32_t c = counter + (i >> p->counting);

		put_planes(p, vga_load(p->v, crtc_address(p->v, c, row)), dots);
		if (p->character_dots == 9)
			dots[8] = p->index[0];
		dots += p->character_dots;
	}
}

static void dispi_planar_dots(const struct vga_picture *p, uint32_t address, unsigned row,
			      uint8_t *dots)
{
	uint8_t nibbles[8];

	(void)row;
	for (unsigned i = 0; i <= p->characters; i++, dots += 8) {
		shift_planar(vga_load(p->v, address + i), nibbles);
		for (unsigned n = 0; n < 8; n++)
			dots[n] = p->index[nibbles[n]];
	}
}

/* Pictures. */

static void draw_line(const struct vga_picture *p, uint32_t counter, unsigned row, uint32_t *pixels)
{
	/* Panning shows some of one more character. */
	uint8_t dots[DOTS_MAX];

	p->dots_of(p, counter, row, dots);
	for (unsigned x = 0; x < p->width; x++)
		pixels[x] = p->rgb[dots[p->panning + (x >> p->doubled)]];
}

static void draw_blank(const struct vga_picture *p, uint32_t colour, uint32_t *pixels,
		       size_t stride)
{
	for (unsigned y = 0; y < p->height; y++)
		for (unsigned x = 0; x < p->width; x++)
			pixels[y * stride + x] = colour;
}

/* Panning goes from 0 to 7 for eight dots, and 8, 0 to 7 for nine. */
static unsigned vga_panning(const struct vga *v)
{
	unsigned value = v->attribute[AR_PANNING];

	if (vga_character_dots(v) == 9)
		return value & 8 ? 0 : value + 1;
	return value & (v->attribute[AR_MODE_CONTROL] & ATTRIBUTE_8_BITS ? 6 : 7);
}

/* Where the font of a character map select value is. */
static uint16_t font_address(unsigned select)
{
	return (uint16_t)((select & 3) << 14 | (select & 4) << 11);
}

static void picture_text(struct vga_picture *p)
{
	const struct vga *v = p->v;
	unsigned maps = v->sequencer[SEQ_CHARACTER_MAP];
	uint64_t frames = vga_retraces(v);

	p->font[0] = font_address((maps & 3) | (maps >> 2 & 4));
	p->font[1] = font_address((maps >> 2 & 3) | (maps >> 3 & 4));
	p->blinks = v->attribute[AR_MODE_CONTROL] & ATTRIBUTE_BLINK;
	p->blink_off = frames & 16;
	p->cursor = (vga_crtc16(v, CR_CURSOR_HIGH) + (v->crtc[CR_CURSOR_END] >> 5 & 3u)) & 0xFFFF;
	p->cursor_first = v->crtc[CR_CURSOR_START] & 0x1F;
	p->cursor_last = v->crtc[CR_CURSOR_END] & 0x1F;
	p->cursor_off = frames & 8;
	if (v->crtc[CR_CURSOR_START] & CURSOR_OFF) {
		p->cursor_first = 1;
		p->cursor_last = 0;
	}
}

static void picture_crtc(struct vga_picture *p)
{
	const struct vga *v = p->v;

	p->dots_of = vga_is_graphics(v) ? graphics_dots : text_dots;
	p->characters = vga_characters(v);
	p->character_dots = vga_character_dots(v);
	p->doubled = vga_doubled(v);
	p->panning = vga_panning(v);
	p->byte_panning = v->crtc[CR_PRESET_ROW_SCAN] >> 5 & 3;
	if (v->crtc[CR_UNDERLINE] & UNDERLINE_COUNT_BY_4)
		p->counting = 2;
	else if (v->crtc[CR_MODE_CONTROL] & MODE_COUNT_BY_2)
		p->counting = 1;
	picture_text(p);
}

/* What the CRT controller counts from line to line. */
struct vga_scan {
	uint32_t line; /* of the picture */
	uint32_t counter;
	unsigned row;
	bool repeated;
};

static uint32_t vga_line_compare(const struct vga *v)
{
	uint32_t lines = v->crtc[CR_LINE_COMPARE] | (v->crtc[CR_OVERFLOW] >> 4 & 1u) << 8;

	return lines | (v->crtc[CR_MAXIMUM_SCAN_LINE] & SCAN_LINE_COMPARE_9 ? 0x200 : 0);
}

/* True where the upper part of a split screen ends. */
static bool scan_splits(const struct vga *v, const struct vga_scan *s)
{
	uint32_t compare = vga_line_compare(v);

	if (v->crtc[CR_MODE_CONTROL] & MODE_HALF_LINES)
		compare = 2 * compare + 1;
	return s->line == compare;
}

static void scan_next(const struct vga *v, struct vga_scan *s)
{
	unsigned last_row = v->crtc[CR_MAXIMUM_SCAN_LINE] & 0x1F;

	if (scan_splits(v, s)) {
		*s = (struct vga_scan){ .line = s->line + 1 };
		return;
	}
	s->line++;
	s->repeated = (v->crtc[CR_MAXIMUM_SCAN_LINE] & SCAN_LINE_DOUBLE) && !s->repeated;
	if (s->repeated)
		return;
	if (s->row == last_row) {
		s->row = 0;
		s->counter += 2u * v->crtc[CR_OFFSET];
	} else {
		s->row = (s->row + 1) & 0x1F;
	}
}

static void draw_crtc(struct vga_picture *p, uint32_t *pixels, size_t stride)
{
	const struct vga *v = p->v;
	struct vga_scan s = { .counter = vga_start_address(v),
			      .row = v->crtc[CR_PRESET_ROW_SCAN] & 0x1F };
	bool unpan = v->attribute[AR_MODE_CONTROL] & ATTRIBUTE_SPLIT_UNPANNED;

	picture_crtc(p);
	while (s.line < p->height) {
		draw_line(p, s.counter + p->byte_panning, s.row, pixels + s.line * stride);
		if (unpan && scan_splits(v, &s))
			p->panning = p->byte_panning = 0;
		scan_next(v, &s);
	}
}

static void draw_dispi_planar(struct vga_picture *p, uint32_t *pixels, size_t stride)
{
	const uint16_t *r = p->v->dispi_register;
	uint32_t line = dispi_line_bytes(p->v) / 4, at = r[DISPI_Y_OFFSET] * line;

	p->dots_of = dispi_planar_dots;
	p->characters = (p->width + 7) / 8;
	p->character_dots = 8;
	p->panning = r[DISPI_X_OFFSET] & 7;
	at += r[DISPI_X_OFFSET] / 8;
	for (unsigned y = 0; y < p->height; y++, at += line)
		draw_line(p, at, 0, pixels + y * stride);
}

static uint32_t expand(unsigned value, unsigned bits)
{
	value &= (1u << bits) - 1;
	return value << (8 - bits) | value >> (2 * bits - 8);
}

static uint32_t rgb_555(unsigned v)
{
	return expand(v >> 10, 5) << 16 | expand(v >> 5, 5) << 8 | expand(v, 5);
}

static uint32_t rgb_565(unsigned v)
{
	return expand(v >> 11, 5) << 16 | expand(v >> 5, 6) << 8 | expand(v, 5);
}

static void packed_line(const struct vga_picture *p, const uint8_t *from, uint32_t *pixels)
{
	unsigned bpp = p->v->dispi_register[DISPI_BPP];
	unsigned bytes = (bpp + 7) / 8;

	for (unsigned x = 0; x < p->width; x++, from += bytes) {
		if (bpp == 8)
			pixels[x] = p->rgb[from[0]];
		else if (bpp == 15)
			pixels[x] = rgb_555(from[0] | (unsigned)from[1] << 8);
		else if (bpp == 16)
			pixels[x] = rgb_565(from[0] | (unsigned)from[1] << 8);
		else
			pixels[x] = from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16;
	}
}

/* Lines beyond the memory are black. */
static void draw_dispi_packed(const struct vga_picture *p, uint32_t *pixels, size_t stride)
{
	const struct vga *v = p->v;
	const uint16_t *r = v->dispi_register;
	uint64_t line = dispi_line_bytes(v), bytes = (r[DISPI_BPP] + 7u) / 8;
	uint64_t at = r[DISPI_Y_OFFSET] * line + r[DISPI_X_OFFSET] * bytes;

	for (unsigned y = 0; y < p->height; y++, at += line, pixels += stride) {
		if (at + p->width * bytes <= v->memory_bytes)
			packed_line(p, v->memory + at, pixels);
		else
			memset(pixels, 0, p->width * sizeof *pixels);
	}
}

void vga_draw(void *chip, uint32_t *pixels, size_t stride)
{
	const struct vga *v = chip;
	struct vga_picture p = { .v = v };

	vga_geometry(chip, &p.width, &p.height);
	picture_colours(&p);
	if (v->sequencer[SEQ_CLOCKING_MODE] & CLOCKING_SCREEN_OFF)
		draw_blank(&p, 0, pixels, stride);
	else if (!(v->attribute_index & ATTRIBUTE_SHOW))
		draw_blank(&p, p.rgb[v->attribute[AR_OVERSCAN]], pixels, stride);
	else if (dispi_is_packed(v))
		draw_dispi_packed(&p, pixels, stride);
	else if (dispi_on(v))
		draw_dispi_planar(&p, pixels, stride);
	else
		draw_crtc(&p, pixels, stride);
}

/* The picture as text. */

/* Whether cells, a font and colours are all there is to it: no scrolling by dots, no second
 * font, no underlines, no lines shown twice, and all rows whole. */
static bool text_is_plain(const struct vga_picture *p)
{
	const struct vga *v = p->v;
	unsigned font_height = (v->crtc[CR_MAXIMUM_SCAN_LINE] & 0x1Fu) + 1;
	unsigned rows_move = MODE_NOT_ROW_TO_13 | MODE_NOT_ROW_TO_14;

	return !p->panning && !p->byte_panning && p->font[0] == p->font[1] &&
	       !(v->crtc[CR_PRESET_ROW_SCAN] & 0x1F) &&
	       (v->crtc[CR_UNDERLINE] & 0x1Fu) >= font_height &&
	       !(v->crtc[CR_MAXIMUM_SCAN_LINE] & SCAN_LINE_DOUBLE) &&
	       (v->crtc[CR_MODE_CONTROL] & rows_move) == rows_move &&
	       p->height % font_height == 0 && vga_line_compare(v) >= p->height - 1;
}

static void text_cells(const struct vga_picture *p, struct screen_text *t)
{
	const struct vga *v = p->v;
	uint32_t counter = vga_start_address(v);
	uint16_t *cell = t->cells;

	t->cursor_row = t->rows;
	for (unsigned row = 0; row < t->rows; row++, counter += 2u * v->crtc[CR_OFFSET])
		for (unsigned i = 0; i < t->columns; i++) {
			uint32_t c = (counter + (i >> p->counting)) & 0xFFFF;

			*cell++ = (uint16_t)vga_load(v, crtc_address(v, c, 0));
			if (c == p->cursor) {
				t->cursor_row = row;
				t->cursor_column = i;
			}
		}
}

static void text_font(const struct vga_picture *p, struct screen_text *t)
{
	for (unsigned i = 0; i < SCREEN_FONT_BYTES; i++)
		t->font[i] = i % GLYPH_BYTES < t->font_height ?
				     (uint8_t)(vga_load(p->v, p->font[0] + i) >> 16) :
				     0;
}

bool vga_text(void *chip, struct screen_text *t)
{
	const struct vga *v = chip;
	struct vga_picture p = { .v = v };

	vga_geometry(chip, &p.width, &p.height);
	if (!p.width || !p.height || dispi_on(v) || vga_is_graphics(v) ||
	    (v->sequencer[SEQ_CLOCKING_MODE] & CLOCKING_SCREEN_OFF) ||
	    !(v->attribute_index & ATTRIBUTE_SHOW))
		return false;
	picture_crtc(&p);
	t->columns = p.characters;
	t->font_height = (v->crtc[CR_MAXIMUM_SCAN_LINE] & 0x1Fu) + 1;
	t->rows = p.height / t->font_height;
	if (!text_is_plain(&p) || (size_t)t->columns * t->rows > t->room)
		return false;
	picture_colours(&p);
	for (unsigned i = 0; i < 16; i++)
		t->palette[i] = p.rgb[p.index[i]];
	t->blinks = p.blinks;
	t->cursor_first = p.cursor_first;
	t->cursor_last = p.cursor_last;
	text_cells(&p, t);
	text_font(&p, t);
	return true;
}
