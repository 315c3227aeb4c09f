/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What typed keys mean as characters: USB HID usages of page 7, as consoles deliver them
 * (<proto/console.h>), to ASCII by the US layout (HID Usage Tables 1.12, section 10).
 *
 *	static struct keys keys;
 *
 *	case CONSOLE_KEY_DOWN:
 *		c = keys_down(&keys, event.code);	'A', '\r', KEYS_UP, 0 ...
 *	case CONSOLE_KEY_UP:
 *		keys_up(&keys, event.code);
 *	case CONSOLE_ALL_UP:
 *		keys_all_up(&keys);
 *
 * The key pad types digits whatever Num Lock says.  There is no repetition here.
 */
#ifndef L4_KEYS_H
#define L4_KEYS_H

#include <stdbool.h>

/* Modifiers: the keys that are down as in a boot keyboard's report, and Caps Lock. */
enum keys_modifier {
	KEYS_CTRL = 0x11,
	KEYS_SHIFT = 0x22,
	KEYS_ALT = 0x44,
	KEYS_GUI = 0x88,
	KEYS_CAPS_LOCK = 0x100,
};

/* Keys without a character are 0x100 + their usage. */
#define KEYS_PLAIN(usage) (0x100 + (usage))
enum keys_code {
	KEYS_F1 = KEYS_PLAIN(58), /* .. F12 */
	KEYS_INSERT = KEYS_PLAIN(73),
	KEYS_HOME = KEYS_PLAIN(74),
	KEYS_PAGE_UP = KEYS_PLAIN(75),
	KEYS_DELETE = KEYS_PLAIN(76),
	KEYS_END = KEYS_PLAIN(77),
	KEYS_PAGE_DOWN = KEYS_PLAIN(78),
	KEYS_RIGHT = KEYS_PLAIN(79),
	KEYS_LEFT = KEYS_PLAIN(80),
	KEYS_DOWN = KEYS_PLAIN(81),
	KEYS_UP = KEYS_PLAIN(82),
};

/* The character of a key: Enter is \r, Backspace \b, Ctrl with a letter 1..26.  0: the key
 * has none. */
int keys_ascii(unsigned usage, unsigned modifiers);

struct keys {
	unsigned modifiers;
};

/* A key goes down: its character, KEYS_PLAIN(usage) if it has none, or 0 if it is a
 * modifier or no key. */
int keys_down(struct keys *keys, unsigned usage);
void keys_up(struct keys *keys, unsigned usage);

/* The focus has gone; Caps Lock stays as it is. */
void keys_all_up(struct keys *keys);

#endif
