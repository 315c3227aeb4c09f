/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows and stamps; see frame.h.  The hash is FNV's with words of 64 bits for bytes and a
 * last mixing, which is enough for pictures; nobody gains by a collision but a picture
 * that is wrong until the row's next change.
 */
#include "frame.h"

#include <string.h>

#define HASH_START 0xcbf29ce484222325ull
#define HASH_PRIME 0x100000001b3ull

/* Two at a time: one multiplication needn't wait for the other. */
static uint64_t frame_hash(const uint8_t *bytes, size_t count)
{
	uint64_t a = HASH_START, b = ~HASH_START, v[2];

	for (; count >= sizeof v; count -= sizeof v, bytes += sizeof v) {
		memcpy(v, bytes, sizeof v);
		a = (a ^ v[0]) * HASH_PRIME;
		b = (b ^ v[1]) * HASH_PRIME;
		a ^= a >> 29;
		b ^= b >> 31;
	}
	for (; count > 0; count--)
		a = (a ^ *bytes++) * HASH_PRIME;
	a ^= b * HASH_PRIME;
	return a ^ a >> 32;
}

static bool frame_fits(enum console_mode mode, uint32_t width, uint32_t height)
{
	if (mode == CONSOLE_TEXT)
		return width <= CONSOLE_MAX_COLUMNS && height <= CONSOLE_MAX_ROWS;
	return width <= CONSOLE_MAX_WIDTH && height <= CONSOLE_MAX_HEIGHT;
}

void frame_touch(struct frame *f, unsigned row)
{
	if (row < CONSOLE_MAX_HEIGHT)
		f->hash[row] = 0;
}

void frame_forget(struct frame *f)
{
	f->mode = CONSOLE_OFF;
	f->width = f->height = 0;
	memset(f->hash, 0, sizeof f->hash);
}

bool frame_set(struct frame *f, struct console_channel *c, enum console_mode mode, uint32_t width,
	       uint32_t height)
{
	if (!frame_fits(mode, width, height))
		mode = CONSOLE_OFF;
	if (f->mode == mode && f->width == width && f->height == height)
		return mode != CONSOLE_OFF;
	frame_forget(f);
	f->mode = mode;
	f->width = width;
	f->height = height;
	c->client.mode = CONSOLE_OFF;
	c->client.width = c->client.stride = width;
	c->client.height = height;
	c->client.look_flags = mode == CONSOLE_TEXT ? CONSOLE_LOOK_CURSOR : 0;
	__atomic_store_n(&c->client.mode, mode, __ATOMIC_RELEASE);
	channel_store(&c->client.look, c->client.look + 1);
	return mode != CONSOLE_OFF;
}

bool frame_look(struct console_channel *c, const struct screen_text *t)
{
	uint32_t flags = CONSOLE_LOOK_CURSOR;

	if (t)
		flags |= CONSOLE_LOOK_PALETTE | CONSOLE_LOOK_FONT |
			 (t->blinks ? CONSOLE_LOOK_BLINK : 0);
	if (c->client.look_flags == flags &&
	    (!t || (c->client.font_height == t->font_height &&
		    memcmp(c->client.palette, t->palette, sizeof t->palette) == 0 &&
		    memcmp(console_font(c), t->font, sizeof t->font) == 0)))
		return false;
	if (t) {
		c->client.font_height = t->font_height;
		memcpy(c->client.palette, t->palette, sizeof t->palette);
		memcpy(console_font(c), t->font, sizeof t->font);
	}
	c->client.look_flags = flags;
	channel_store(&c->client.look, c->client.look + 1);
	return true;
}

unsigned frame_stamp(struct frame *f, struct console_channel *c)
{
	size_t bytes = f->width * (f->mode == CONSOLE_TEXT ? sizeof(uint16_t) : sizeof(uint32_t));
	const uint8_t *row =
		f->mode == CONSOLE_TEXT ? (const uint8_t *)console_cells(c) : console_pixels(c);
	uint32_t stamp = c->client.frame + 1;
	unsigned changed = 0;

	for (unsigned y = 0; y < f->height; y++, row += bytes) {
		uint64_t hash = frame_hash(row, bytes);

		if (hash == f->hash[y])
			continue;
		f->hash[y] = hash;
		channel_store(&c->row_frame[y], stamp);
		changed++;
	}
	if (changed)
		channel_store(&c->client.frame, stamp);
	return changed;
}
