/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a PC's keyboard sends, byte by byte, as keys: USB HID usages of page 7 ("HID Usage
 * Tables", chapter 10).  Scan code set 1, as the keyboard controller translates to, or set
 * 2 untranslated ("PS/2 Technical Reference", keyboard).
 *
 *	struct scancode decoder = { .set2 = false };
 *	struct key_event e = scancode_byte(&decoder, byte);
 */
#ifndef CONSOLE_SCANCODE_H
#define CONSOLE_SCANCODE_H

#include <stdbool.h>
#include <stdint.h>

enum key_kind {
	KEY_NONE, /* the byte completes nothing */
	KEY_DOWN, /* also when the keyboard repeats it */
	KEY_UP,
	KEY_TAP,  /* down and up at once: Pause says nothing when it is let go */
	KEY_LOST, /* the keyboard has lost codes: any key may be up */
};

struct key_event {
	uint8_t kind, usage;
};

struct scancode {
	bool set2;
	bool release;   /* set 2: 0xF0 was the last byte */
	uint8_t prefix; /* 0, 0xE0 or 0xE1 */
	uint8_t count;  /* codes since 0xE1 */
};

/* Usages that the console itself looks at. */
enum {
	USAGE_CAPS_LOCK = 0x39,
	USAGE_F1 = 0x3a,
	USAGE_F12 = 0x45,
	USAGE_SCROLL_LOCK = 0x47,
	USAGE_PAUSE = 0x48,
	USAGE_RIGHT = 0x4f,
	USAGE_LEFT = 0x50,
	USAGE_NUM_LOCK = 0x53,
	USAGE_LEFT_CONTROL = 0xe0,
	USAGE_LEFT_ALT = 0xe2,
	USAGE_RIGHT_CONTROL = 0xe4,
	USAGE_RIGHT_ALT = 0xe6,
};

struct key_event scancode_byte(struct scancode *s, uint8_t byte);

#endif
