/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PL110 and PL111 LCD controllers, ARM DDI 0161 and 0293, chapter 3 of each.
 *
 * A frame takes 1/60 s whatever the timing registers and clocks say.  Interrupts are
 * worked out from the time when someone looks; an alarm runs only while one is enabled
 * that hasn't happened yet.  Dual panels show one above the other; STN dithering isn't
 * modelled, nor are FIFO underflow and bus error interrupts.
 */
#include "dev/display/pl11x.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>
#include <string.h>

#define LCDTIMING0 0x00 /* to LCDTIMING3 at 0x0C */
#define LCDUPBASE 0x10
#define LCDLPBASE 0x14
#define LCDPALETTE 0x200
#define CURSOR_IMAGE 0x800
#define PERIPHERAL_ID 0xFE0

#define CONTROL_EN 0x0001
#define CONTROL_BPP(control) ((control) >> 1 & 7)
#define CONTROL_BW 0x0010
#define CONTROL_TFT 0x0020
#define CONTROL_DUAL 0x0080
#define CONTROL_BGR 0x0100
#define CONTROL_BEBO 0x0200
#define CONTROL_BEPO 0x0400
#define CONTROL_PWR 0x0800

#define INT_NEXT_BASE 0x04
#define INT_VCOMP 0x08
#define INT_FRAME (INT_NEXT_BASE | INT_VCOMP)
#define INT_ALL 0x1E

#define FRAME_NS (NS_PER_SECOND / 60)
#define TIME_MAX_NS (1ull << 62)

/* Registers whose places the two models don't share. */
enum pl11x_register {
	REG_NONE,
	REG_CONTROL,
	REG_IMSC,
	REG_RIS,
	REG_MIS,
	REG_ICR,
	REG_UPCURR,
	REG_LPCURR,
};

static const uint8_t pl11x_registers[2][7] = {
	[PL110] = { REG_IMSC, REG_CONTROL, REG_RIS, REG_MIS, REG_UPCURR, REG_LPCURR, REG_NONE },
	[PL111] = { REG_CONTROL, REG_IMSC, REG_RIS, REG_MIS, REG_ICR, REG_UPCURR, REG_LPCURR },
};

enum pl11x_format { BPP1, BPP2, BPP4, BPP8, BPP16_555, BPP24, BPP16_565, BPP12 };

struct pl11x {
	enum pl11x_model model;
	struct bus *bus;
	struct clock *clock;
	struct irq irq;
	struct alarm alarm;

	uint32_t timing[4], base[2], current[2], control, enabled_ints, raw;
	uint16_t palette[256];
	uint64_t started_ns, frames; /* of the display; how many are accounted for */

	/* PL111: the cursor. */
	uint32_t image[256];
	uint32_t cursor_control, cursor_config, cursor_colour[2], cursor_xy, cursor_clip;
	uint32_t cursor_enabled_ints, cursor_raw;
};

static bool pl11x_on(const struct pl11x *p)
{
	return (p->control & CONTROL_EN) != 0;
}

static uint64_t pl11x_frame_time(struct pl11x *p, uint64_t frame)
{
	return p->started_ns + frame * FRAME_NS;
}

/* Accounts for the frames that began since the last look. */
static void pl11x_catch_up(struct pl11x *p)
{
	uint64_t now = clock_now(p->clock), frames;

	if (!pl11x_on(p) || now < p->started_ns)
		return;
	frames = (now - p->started_ns) / FRAME_NS;
	if (frames <= p->frames)
		return;
	p->frames = frames;
	p->raw |= INT_FRAME;
	p->cursor_raw |= 1;
	memcpy(p->current, p->base, sizeof p->current);
}

static void pl11x_drive(struct pl11x *p)
{
	irq_set(&p->irq, (p->raw & p->enabled_ints) || (p->cursor_raw & p->cursor_enabled_ints));
}

static void pl11x_update(struct pl11x *p)
{
	bool wanted = (p->enabled_ints & INT_FRAME & ~p->raw) ||
		      (p->cursor_enabled_ints & ~p->cursor_raw);

	pl11x_drive(p);
	if (pl11x_on(p) && wanted)
		alarm_set(&p->alarm, pl11x_frame_time(p, p->frames + 1));
	else
		alarm_cancel(&p->alarm);
}

static void pl11x_frame(void *chip)
{
	pl11x_catch_up(chip);
	pl11x_update(chip);
}

/* Geometry and drawing. */

static unsigned pl11x_bits(enum pl11x_format format)
{
	static const uint8_t bits[] = { 1, 2, 4, 8, 16, 32, 16, 16 };

	return bits[format];
}

static enum pl11x_format pl11x_format(const struct pl11x *p)
{
	enum pl11x_format format = CONTROL_BPP(p->control);

	/* PL110 has no 6 and 7. */
	return p->model == PL110 && format > BPP24 ? BPP16_555 : format;
}

static bool pl11x_dual(const struct pl11x *p)
{
	return (p->control & (CONTROL_DUAL | CONTROL_TFT)) == CONTROL_DUAL;
}

static unsigned pl11x_width(const struct pl11x *p)
{
	return 16 * ((p->timing[0] >> 2 & 0x3F) + 1);
}

static unsigned pl11x_lines(const struct pl11x *p)
{
	return (p->timing[1] & 0x3FF) + 1;
}

static void pl11x_geometry(void *chip, unsigned *width, unsigned *height)
{
	const struct pl11x *p = chip;
	bool on = pl11x_on(p) && (p->control & CONTROL_PWR);

	*width = on ? pl11x_width(p) : 0;
	*height = on ? pl11x_lines(p) << pl11x_dual(p) : 0;
}

/* Where pixel `n` of the word it lies in begins, for the two endianness bits. */
static unsigned pl11x_shift(const struct pl11x *p, unsigned n, unsigned bits)
{
	bool big_bytes = p->control & CONTROL_BEBO, big_pixels = p->control & CONTROL_BEPO;
	unsigned byte = n * bits / 8, within = n * bits % 8;

	if (bits == 32)
		return 0;
	if (bits == 16)
		return big_bytes ? 16 - 16 * n : 16 * n;
	if (big_pixels)
		within = 8 - bits - within;
	return (big_bytes ? 24 - 8 * byte : 8 * byte) + within;
}

static uint32_t pl11x_rgb(const struct pl11x *p, unsigned low, unsigned green, unsigned high)
{
	if (p->control & CONTROL_BGR)
		return high << 16 | green << 8 | low;
	return low << 16 | green << 8 | high;
}

static unsigned widen5(unsigned v)
{
	return (v & 31) << 3 | (v & 31) >> 2;
}

static uint32_t pl11x_rgb555(const struct pl11x *p, unsigned v)
{
	return pl11x_rgb(p, widen5(v), widen5(v >> 5), widen5(v >> 10));
}

static uint32_t pl11x_colour(const struct pl11x *p, enum pl11x_format format, uint32_t v)
{
	switch (format) {
	case BPP16_555:
		return pl11x_rgb555(p, v);
	case BPP16_565:
		return pl11x_rgb(p, widen5(v), (v >> 5 & 63) << 2 | (v >> 9 & 3), widen5(v >> 11));
	case BPP12:
		return pl11x_rgb(p, (v & 15) * 17, (v >> 4 & 15) * 17, (v >> 8 & 15) * 17);
	case BPP24:
		return pl11x_rgb(p, v & 0xFF, v >> 8 & 0xFF, v >> 16 & 0xFF);
	default:
		break;
	}
	/* Monochrome panels show four bits of the red part. */
	if ((p->control & (CONTROL_BW | CONTROL_TFT)) == CONTROL_BW)
		return (p->palette[v] >> 1 & 15) * 0x111111u;
	return pl11x_rgb555(p, p->palette[v]);
}

static uint32_t load_word(const uint8_t *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

/* Lines follow each other without a gap, not always at a word. */
static void pl11x_draw_line(const struct pl11x *p, uint32_t base, unsigned line, uint32_t *pixels)
{
	enum pl11x_format format = pl11x_format(p);
	unsigned bits = pl11x_bits(format), per_word = 32 / bits, width = pl11x_width(p);
	uint64_t first = (uint64_t)line * width, last = first + width - 1;
	gpa from = base + first / per_word * 4;
	const uint8_t *view = bus_view(p->bus, from, (last / per_word - first / per_word + 1) * 4);
	uint32_t mask = bits == 32 ? UINT32_MAX : (1u << bits) - 1;
	unsigned shift[32];

	if (!view) {
		memset(pixels, 0, width * sizeof *pixels);
		return;
	}
	for (unsigned n = 0; n < per_word; n++)
		shift[n] = pl11x_shift(p, n, bits);
	for (unsigned x = 0, n = first % per_word; x < width; x++) {
		pixels[x] = pl11x_colour(p, format, load_word(view) >> shift[n] & mask);
		if (++n == per_word) {
			n = 0;
			view += 4;
		}
	}
}

static uint32_t cursor_pixel(const struct pl11x *p, unsigned x, unsigned y, uint32_t under)
{
	bool large = p->cursor_config & 1;
	unsigned image = large ? 0 : (p->cursor_control >> 4 & 3) * 64;
	uint32_t word = p->image[image + (large ? y * 4 : y * 2) + x / 16];
	/* Four pixels a byte, the first one uppermost. */
	unsigned value = word >> (x % 16 / 4 * 8 + 6 - x % 4 * 2) & 3;
	uint32_t colour;

	if (value == 2)
		return under;
	if (value == 3)
		return under ^ 0xFFFFFF;
	colour = p->cursor_colour[value];
	return (colour & 0xFF) << 16 | (colour & 0xFF00) | (colour >> 16 & 0xFF);
}

static void pl11x_draw_cursor(const struct pl11x *p, uint32_t *pixels, size_t stride)
{
	unsigned size = p->cursor_config & 1 ? 64 : 32, width, height;
	unsigned left = p->cursor_xy & 0x3FF, top = p->cursor_xy >> 16 & 0x3FF;
	unsigned clip_x = p->cursor_clip & 0x3F, clip_y = p->cursor_clip >> 8 & 0x3F;

	pl11x_geometry((void *)p, &width, &height);
	for (unsigned y = clip_y; y < size && top + y - clip_y < height; y++) {
		uint32_t *line = pixels + (top + y - clip_y) * stride;

		for (unsigned x = clip_x; x < size && left + x - clip_x < width; x++) {
			uint32_t *at = &line[left + x - clip_x];

			*at = cursor_pixel(p, x, y, *at);
		}
	}
}

static void pl11x_draw(void *chip, uint32_t *pixels, size_t stride)
{
	const struct pl11x *p = chip;
	unsigned width, height, lines = pl11x_lines(p);

	pl11x_geometry(chip, &width, &height);
	for (unsigned y = 0; y < height; y++)
		pl11x_draw_line(p, p->base[y >= lines], y % lines, pixels + y * stride);
	if (height && p->model == PL111 && (p->cursor_control & 1))
		pl11x_draw_cursor(p, pixels, stride);
}

/* Registers. */

/* The address the DMA has come to, as far as one can say. */
static uint32_t pl11x_current(struct pl11x *p, unsigned panel)
{
	uint64_t frame_bytes =
		(uint64_t)pl11x_width(p) * pl11x_lines(p) * pl11x_bits(pl11x_format(p)) / 8;
	uint64_t into;

	if (!pl11x_on(p))
		return p->current[panel];
	into = clock_now(p->clock) - pl11x_frame_time(p, p->frames);
	if (into >= FRAME_NS)
		into = FRAME_NS - 1;
	return p->current[panel] + (uint32_t)(frame_bytes * into / FRAME_NS & ~3ull);
}

static enum pl11x_register pl11x_register(const struct pl11x *p, gpa offset)
{
	return offset >= 0x18 && offset < 0x34 ? pl11x_registers[p->model][(offset - 0x18) / 4] :
						 REG_NONE;
}

static uint32_t pl11x_read_register(struct pl11x *p, gpa offset)
{
	switch (pl11x_register(p, offset)) {
	case REG_CONTROL:
		return p->control;
	case REG_IMSC:
		return p->enabled_ints;
	case REG_RIS:
		return p->raw;
	case REG_MIS:
		return p->raw & p->enabled_ints;
	case REG_UPCURR:
		return pl11x_current(p, 0);
	case REG_LPCURR:
		return pl11x_current(p, 1);
	default:
		LOG(LOG_UNIMPLEMENTED, "pl11x: read at %#x", (unsigned)offset);
		return 0;
	}
}

static uint32_t *cursor_register(struct pl11x *p, gpa offset)
{
	switch (offset) {
	case 0xC00:
		return &p->cursor_control;
	case 0xC04:
		return &p->cursor_config;
	case 0xC08:
		return &p->cursor_colour[0];
	case 0xC0C:
		return &p->cursor_colour[1];
	case 0xC10:
		return &p->cursor_xy;
	case 0xC14:
		return &p->cursor_clip;
	case 0xC20:
		return &p->cursor_enabled_ints;
	default:
		return NULL;
	}
}

static uint32_t pl11x_read_cursor(struct pl11x *p, gpa offset)
{
	uint32_t *r = cursor_register(p, offset);

	if (offset < CURSOR_IMAGE + sizeof p->image)
		return p->image[(offset - CURSOR_IMAGE) / 4];
	if (offset == 0xC28)
		return p->cursor_raw;
	if (offset == 0xC2C)
		return p->cursor_raw & p->cursor_enabled_ints;
	return r ? *r : 0;
}

static uint64_t pl11x_read(void *chip, gpa offset, unsigned size)
{
	static const uint8_t id[2][8] = {
		[PL110] = { 0x10, 0x11, 0x04, 0x00, 0x0D, 0xF0, 0x05, 0xB1 },
		[PL111] = { 0x11, 0x11, 0x24, 0x00, 0x0D, 0xF0, 0x05, 0xB1 },
	};
	struct pl11x *p = chip;
	unsigned n = offset / 4;

	(void)size;
	pl11x_catch_up(p);
	pl11x_update(p);
	if (offset < LCDUPBASE)
		return p->timing[n];
	if (offset <= LCDLPBASE)
		return p->base[(offset - LCDUPBASE) / 4];
	if (offset >= LCDPALETTE && offset < LCDPALETTE + sizeof p->palette)
		return p->palette[2 * n % 256] | (uint32_t)p->palette[2 * n % 256 + 1] << 16;
	if (offset >= PERIPHERAL_ID)
		return id[p->model][(offset - PERIPHERAL_ID) / 4];
	if (p->model == PL111 && offset >= CURSOR_IMAGE)
		return pl11x_read_cursor(p, offset);
	return pl11x_read_register(p, offset);
}

static void pl11x_set_control(struct pl11x *p, uint32_t value)
{
	bool was_on = pl11x_on(p);

	p->control = value & 0x1FFFF;
	if (was_on || !pl11x_on(p))
		return;
	p->started_ns = clock_now(p->clock);
	p->frames = 0;
	memcpy(p->current, p->base, sizeof p->current);
}

static void pl11x_write_register(struct pl11x *p, gpa offset, uint32_t value)
{
	switch (pl11x_register(p, offset)) {
	case REG_CONTROL:
		pl11x_set_control(p, value);
		break;
	case REG_IMSC:
		p->enabled_ints = value & INT_ALL;
		break;
	case REG_RIS:
		/* PL110's status register is cleared by writing ones to it. */
		if (p->model == PL110)
			p->raw &= ~value;
		break;
	case REG_ICR:
		p->raw &= ~value;
		break;
	default:
		LOG(LOG_UNIMPLEMENTED, "pl11x: write %#x at %#x", value, (unsigned)offset);
	}
}

static void pl11x_write_cursor(struct pl11x *p, gpa offset, uint32_t value)
{
	static const uint32_t mask[] = { 0x31, 0x03, 0xFFFFFF, 0xFFFFFF, 0x03FF03FF, 0x3F3F };
	uint32_t *r = cursor_register(p, offset);

	if (offset < CURSOR_IMAGE + sizeof p->image)
		p->image[(offset - CURSOR_IMAGE) / 4] = value;
	else if (offset == 0xC24)
		p->cursor_raw &= ~value;
	else if (offset == 0xC20)
		p->cursor_enabled_ints = value & 1;
	else if (r)
		*r = value & mask[(offset - 0xC00) / 4];
}

static void pl11x_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct pl11x *p = chip;
	unsigned n = offset / 4;

	(void)size;
	pl11x_catch_up(p);
	if (offset < LCDUPBASE) {
		p->timing[n] = (uint32_t)value;
	} else if (offset <= LCDLPBASE) {
		p->base[(offset - LCDUPBASE) / 4] = (uint32_t)value & ~3u;
	} else if (offset >= LCDPALETTE && offset < LCDPALETTE + sizeof p->palette) {
		p->palette[2 * n % 256] = (uint16_t)value;
		p->palette[2 * n % 256 + 1] = (uint16_t)(value >> 16);
	} else if (p->model == PL111 && offset >= CURSOR_IMAGE) {
		pl11x_write_cursor(p, offset, (uint32_t)value);
	} else {
		pl11x_write_register(p, offset, (uint32_t)value);
	}
	pl11x_update(p);
}

static void pl11x_reset(void *chip)
{
	struct pl11x *p = chip;

	memset(p->timing, 0, sizeof p->timing);
	memset(p->base, 0, sizeof p->base);
	memset(p->current, 0, sizeof p->current);
	memset(p->palette, 0, sizeof p->palette);
	memset(p->image, 0, sizeof p->image);
	p->control = p->enabled_ints = p->raw = 0;
	p->started_ns = p->frames = 0;
	p->cursor_control = p->cursor_config = p->cursor_xy = p->cursor_clip = 0;
	p->cursor_colour[0] = p->cursor_colour[1] = 0;
	p->cursor_enabled_ints = p->cursor_raw = 0;
	pl11x_update(p);
}

static void archive_words(struct archive *a, const char *name, uint32_t *words, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		archive_u32(a, name, &words[i]);
}

static void pl11x_state(void *chip, struct archive *a)
{
	struct pl11x *p = chip;

	archive_words(a, "timing", p->timing, 4);
	archive_words(a, "base", p->base, 2);
	archive_words(a, "current", p->current, 2);
	archive_u32(a, "control", &p->control);
	archive_u32(a, "enabled_ints", &p->enabled_ints);
	archive_u32(a, "raw", &p->raw);
	for (unsigned i = 0; i < 256; i++)
		archive_u16(a, "palette", &p->palette[i]);
	archive_u64(a, "started_ns", &p->started_ns);
	archive_u64(a, "frames", &p->frames);
	archive_words(a, "image", p->image, COUNT_OF(p->image));
	archive_u32(a, "cursor_control", &p->cursor_control);
	archive_u32(a, "cursor_config", &p->cursor_config);
	archive_words(a, "cursor_colour", p->cursor_colour, 2);
	archive_u32(a, "cursor_xy", &p->cursor_xy);
	archive_u32(a, "cursor_clip", &p->cursor_clip);
	archive_u32(a, "cursor_enabled_ints", &p->cursor_enabled_ints);
	archive_u32(a, "cursor_raw", &p->cursor_raw);
	/* So that the next frame's time can't wrap round to the past. */
	archive_require(a, p->frames < TIME_MAX_NS / FRAME_NS && p->started_ns < TIME_MAX_NS);
	archive_require(a, !(p->control & ~0x1FFFFu) && !(p->enabled_ints & ~INT_ALL));
	alarm_state(&p->alarm, a, "alarm");
	pl11x_drive(p);
}

static void pl11x_destroy(void *chip)
{
	struct pl11x *p = chip;

	alarm_cancel(&p->alarm);
	port_free(p, sizeof *p);
}

#define PL11X_OPS(model)                                                                           \
	{                                                                                          \
		.name = model, .read = pl11x_read, .write = pl11x_write, .reset = pl11x_reset,     \
		.state = pl11x_state, .destroy = pl11x_destroy, .min_bytes = 4,                    \
	}

const struct chip_ops pl110_ops = PL11X_OPS("pl110");
const struct chip_ops pl111_ops = PL11X_OPS("pl111");

struct pl11x *pl11x_create(const struct pl11x_config *config)
{
	struct pl11x *p = port_allocate(sizeof *p, PORT_PLAIN);

	if (!p)
		return NULL;
	p->model = config->model;
	p->bus = config->bus;
	p->clock = config->clock;
	p->irq = config->irq;
	alarm_init(&p->alarm, config->clock, pl11x_frame, p);
	if (config->screen)
		*config->screen = (struct screen){ .chip = p,
						   .geometry = pl11x_geometry,
						   .draw = pl11x_draw };
	return p;
}
