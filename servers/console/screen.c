/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The display's picture, banner and blinking.
 */
#include "screen.h"

#include "font.h"
#include "splash.h"

#include <string.h>

void screen_init(struct screen *s, struct display *display)
{
	s->display = display;
	s->valid = false;
	s->banner_until_us = 0;
	s->phase = false;
}

void screen_invalidate(struct screen *s)
{
	s->valid = false;
}

void screen_set_banner(struct screen *s, const char *text, uint64_t now_us)
{
	size_t length = strnlen(text, sizeof(s->banner) - 1);

	memset(s->banner, ' ', sizeof(s->banner) - 1);
	memcpy(s->banner, text, length);
	s->banner[sizeof(s->banner) - 1] = 0;
	s->banner_until_us = now_us + SCREEN_BANNER_US;
	s->banner_changed = true;
}

static bool screen_is_text(const struct screen *s)
{
	return s->shown.mode == CONSOLE_TEXT;
}

/* Over a picture of pixels, across the display. */
static void screen_draw_banner(struct screen *s)
{
	struct display *d = s->display;
	uint32_t columns = d->width / GLYPH_WIDTH;

	for (uint32_t i = 0; i < columns; i++) {
		uint8_t c = i < sizeof(s->banner) - 1 ? (uint8_t)s->banner[i] : ' ';
		struct display_glyph g = {
			.lines = font_cp437[c],
			.height = FONT_HEIGHT,
			.scale = 1,
			.foreground = 0x000000,
			.background = 0xaaaaaa,
			.cursor_first = 1,
		};

		d->put_glyph(d, i * GLYPH_WIDTH, 0, &g);
	}
}

/* Makes room for the banner, or gives it back.  True if it is to be drawn. */
static bool screen_update_banner(struct screen *s, uint64_t now_us)
{
	bool changed = s->banner_changed, wanted;

	if (s->banner_until_us && now_us >= s->banner_until_us) {
		s->banner_until_us = 0;
		changed = true;
	}
	s->banner_changed = false;
	wanted = s->banner_until_us != 0;
	if (!changed)
		return false;
	if (screen_is_text(s))
		text_set_banner(&s->text, wanted ? s->banner : NULL);
	else
		pixels_hide(&s->pixels, &s->shown, wanted ? FONT_HEIGHT : 0);
	return wanted;
}

static void screen_update_phase(struct screen *s, uint64_t now_us)
{
	/* The cursor is seen at once after a pause in which nothing blinked. */
	if (!s->text.blinking) {
		s->phase = false;
		s->blink_at_us = now_us + SCREEN_BLINK_US;
	} else if (now_us >= s->blink_at_us) {
		s->phase = !s->phase;
		s->blink_at_us = now_us + SCREEN_BLINK_US;
	}
}

static void screen_begin(struct screen *s)
{
	if (screen_is_text(s))
		text_begin(&s->text, s->display, &s->shown);
	else
		pixels_begin(&s->pixels, s->display, &s->shown);
	s->text.blinking = false;
	s->banner_changed = s->banner_until_us != 0;
	s->valid = true;
}

void screen_update(struct screen *s, const struct picture *p, uint64_t now_us)
{
	struct picture next = *p;
	bool begin, banner;

	if (next.mode == CONSOLE_OFF)
		splash_dark(&next);
	begin = !s->valid || picture_differs(&next, &s->shown);
	s->shown = next;
	if (begin)
		screen_begin(s);
	banner = screen_update_banner(s, now_us);
	screen_update_phase(s, now_us);
	if (screen_is_text(s)) {
		text_update(&s->text, &s->shown, s->phase);
		return;
	}
	/* After the picture, which is to have the display's colours. */
	if ((pixels_update(&s->pixels, &s->shown, now_us) || banner) && s->banner_until_us)
		screen_draw_banner(s);
}

uint64_t screen_deadline(const struct screen *s)
{
	uint64_t deadline = SCREEN_NEVER;

	if (!s->valid)
		return 0;
	if (s->banner_until_us)
		deadline = s->banner_until_us;
	if (screen_is_text(s) && s->text.blinking && s->blink_at_us < deadline)
		deadline = s->blink_at_us;
	return deadline;
}
