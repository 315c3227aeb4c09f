/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The PS/2 keyboard: commands, and keys as scan codes of sets 1, 2 and 3.  IBM PS/2
 * Hardware Interface Technical Reference, "Keyboards (101- and 102-key)"; codes of
 * keys it didn't have are those of Microsoft's "Keyboard Scan Code Specification".
 *
 * Not modelled: typematic repetition (the port may repeat "down" instead), and the
 * shift codes that old 84-key programs want around the grey cursor keys.
 */
#include <emu/log.h>
#include <string.h>

#include "dev/input/ps2_device.h"

#define EXTENDED 1

/* One key: its codes in the three sets; set 3 has no prefix. */
struct ps2_key {
	uint8_t set1, set2, set3, flags;
};

#define USAGE_PRINT_SCREEN 0x46
#define USAGE_PAUSE 0x48

static const struct ps2_key ps2_keys[256] = {
	/* letters */
	[0x04] = { 0x1E, 0x1C, 0x1C, 0 },
	[0x05] = { 0x30, 0x32, 0x32, 0 },
	[0x06] = { 0x2E, 0x21, 0x21, 0 },
	[0x07] = { 0x20, 0x23, 0x23, 0 },
	[0x08] = { 0x12, 0x24, 0x24, 0 },
	[0x09] = { 0x21, 0x2B, 0x2B, 0 },
	[0x0A] = { 0x22, 0x34, 0x34, 0 },
	[0x0B] = { 0x23, 0x33, 0x33, 0 },
	[0x0C] = { 0x17, 0x43, 0x43, 0 },
	[0x0D] = { 0x24, 0x3B, 0x3B, 0 },
	[0x0E] = { 0x25, 0x42, 0x42, 0 },
	[0x0F] = { 0x26, 0x4B, 0x4B, 0 },
	[0x10] = { 0x32, 0x3A, 0x3A, 0 },
	[0x11] = { 0x31, 0x31, 0x31, 0 },
	[0x12] = { 0x18, 0x44, 0x44, 0 },
	[0x13] = { 0x19, 0x4D, 0x4D, 0 },
	[0x14] = { 0x10, 0x15, 0x15, 0 },
	[0x15] = { 0x13, 0x2D, 0x2D, 0 },
	[0x16] = { 0x1F, 0x1B, 0x1B, 0 },
	[0x17] = { 0x14, 0x2C, 0x2C, 0 },
	[0x18] = { 0x16, 0x3C, 0x3C, 0 },
	[0x19] = { 0x2F, 0x2A, 0x2A, 0 },
	[0x1A] = { 0x11, 0x1D, 0x1D, 0 },
	[0x1B] = { 0x2D, 0x22, 0x22, 0 },
	[0x1C] = { 0x15, 0x35, 0x35, 0 },
	[0x1D] = { 0x2C, 0x1A, 0x1A, 0 },
	/* 1 to 9, 0 */
	[0x1E] = { 0x02, 0x16, 0x16, 0 },
	[0x1F] = { 0x03, 0x1E, 0x1E, 0 },
	[0x20] = { 0x04, 0x26, 0x26, 0 },
	[0x21] = { 0x05, 0x25, 0x25, 0 },
	[0x22] = { 0x06, 0x2E, 0x2E, 0 },
	[0x23] = { 0x07, 0x36, 0x36, 0 },
	[0x24] = { 0x08, 0x3D, 0x3D, 0 },
	[0x25] = { 0x09, 0x3E, 0x3E, 0 },
	[0x26] = { 0x0A, 0x46, 0x46, 0 },
	[0x27] = { 0x0B, 0x45, 0x45, 0 },
	/* Enter, Escape, Backspace, Tab, Space */
	[0x28] = { 0x1C, 0x5A, 0x5A, 0 },
	[0x29] = { 0x01, 0x76, 0x08, 0 },
	[0x2A] = { 0x0E, 0x66, 0x66, 0 },
	[0x2B] = { 0x0F, 0x0D, 0x0D, 0 },
	[0x2C] = { 0x39, 0x29, 0x29, 0 },
	/* - = [ ] \ # ; ' ` , . / */
	[0x2D] = { 0x0C, 0x4E, 0x4E, 0 },
	[0x2E] = { 0x0D, 0x55, 0x55, 0 },
	[0x2F] = { 0x1A, 0x54, 0x54, 0 },
	[0x30] = { 0x1B, 0x5B, 0x5B, 0 },
	[0x31] = { 0x2B, 0x5D, 0x5C, 0 },
	[0x32] = { 0x2B, 0x5D, 0x53, 0 },
	[0x33] = { 0x27, 0x4C, 0x4C, 0 },
	[0x34] = { 0x28, 0x52, 0x52, 0 },
	[0x35] = { 0x29, 0x0E, 0x0E, 0 },
	[0x36] = { 0x33, 0x41, 0x41, 0 },
	[0x37] = { 0x34, 0x49, 0x49, 0 },
	[0x38] = { 0x35, 0x4A, 0x4A, 0 },
	/* Caps Lock, F1 to F12 */
	[0x39] = { 0x3A, 0x58, 0x14, 0 },
	[0x3A] = { 0x3B, 0x05, 0x07, 0 },
	[0x3B] = { 0x3C, 0x06, 0x0F, 0 },
	[0x3C] = { 0x3D, 0x04, 0x17, 0 },
	[0x3D] = { 0x3E, 0x0C, 0x1F, 0 },
	[0x3E] = { 0x3F, 0x03, 0x27, 0 },
	[0x3F] = { 0x40, 0x0B, 0x2F, 0 },
	[0x40] = { 0x41, 0x83, 0x37, 0 },
	[0x41] = { 0x42, 0x0A, 0x3F, 0 },
	[0x42] = { 0x43, 0x01, 0x47, 0 },
	[0x43] = { 0x44, 0x09, 0x4F, 0 },
	[0x44] = { 0x57, 0x78, 0x56, 0 },
	[0x45] = { 0x58, 0x07, 0x5E, 0 },
	/* Print Screen, Scroll Lock, Pause: the first and the last are special in 1 and 2 */
	[0x46] = { 0x37, 0x7C, 0x57, EXTENDED },
	[0x47] = { 0x46, 0x7E, 0x5F, 0 },
	[0x48] = { 0x45, 0x77, 0x62, 0 },
	/* Insert, Home, Page Up, Delete, End, Page Down, Right, Left, Down, Up */
	[0x49] = { 0x52, 0x70, 0x67, EXTENDED },
	[0x4A] = { 0x47, 0x6C, 0x6E, EXTENDED },
	[0x4B] = { 0x49, 0x7D, 0x6F, EXTENDED },
	[0x4C] = { 0x53, 0x71, 0x64, EXTENDED },
	[0x4D] = { 0x4F, 0x69, 0x65, EXTENDED },
	[0x4E] = { 0x51, 0x7A, 0x6D, EXTENDED },
	[0x4F] = { 0x4D, 0x74, 0x6A, EXTENDED },
	[0x50] = { 0x4B, 0x6B, 0x61, EXTENDED },
	[0x51] = { 0x50, 0x72, 0x60, EXTENDED },
	[0x52] = { 0x48, 0x75, 0x63, EXTENDED },
	/* key pad: Num Lock / * - + Enter 1 to 9 0 . */
	[0x53] = { 0x45, 0x77, 0x76, 0 },
	[0x54] = { 0x35, 0x4A, 0x77, EXTENDED },
	[0x55] = { 0x37, 0x7C, 0x7E, 0 },
	[0x56] = { 0x4A, 0x7B, 0x84, 0 },
	[0x57] = { 0x4E, 0x79, 0x7C, 0 },
	[0x58] = { 0x1C, 0x5A, 0x79, EXTENDED },
	[0x59] = { 0x4F, 0x69, 0x69, 0 },
	[0x5A] = { 0x50, 0x72, 0x72, 0 },
	[0x5B] = { 0x51, 0x7A, 0x7A, 0 },
	[0x5C] = { 0x4B, 0x6B, 0x6B, 0 },
	[0x5D] = { 0x4C, 0x73, 0x73, 0 },
	[0x5E] = { 0x4D, 0x74, 0x74, 0 },
	[0x5F] = { 0x47, 0x6C, 0x6C, 0 },
	[0x60] = { 0x48, 0x75, 0x75, 0 },
	[0x61] = { 0x49, 0x7D, 0x7D, 0 },
	[0x62] = { 0x52, 0x70, 0x70, 0 },
	[0x63] = { 0x53, 0x71, 0x71, 0 },
	/* the 102nd key, Menu, Power, key pad =, F13 to F24 */
	[0x64] = { 0x56, 0x61, 0x13, 0 },
	[0x65] = { 0x5D, 0x2F, 0x8D, EXTENDED },
	[0x66] = { 0x5E, 0x37, 0, EXTENDED },
	[0x67] = { 0x59, 0x0F, 0, 0 },
	[0x68] = { 0x64, 0x08, 0, 0 },
	[0x69] = { 0x65, 0x10, 0, 0 },
	[0x6A] = { 0x66, 0x18, 0, 0 },
	[0x6B] = { 0x67, 0x20, 0, 0 },
	[0x6C] = { 0x68, 0x28, 0, 0 },
	[0x6D] = { 0x69, 0x30, 0, 0 },
	[0x6E] = { 0x6A, 0x38, 0, 0 },
	[0x6F] = { 0x6B, 0x40, 0, 0 },
	[0x70] = { 0x6C, 0x48, 0, 0 },
	[0x71] = { 0x6D, 0x50, 0, 0 },
	[0x72] = { 0x6E, 0x57, 0, 0 },
	[0x73] = { 0x76, 0x5F, 0, 0 },
	/* Japanese: Ro, Katakana, Yen, Henkan, Muhenkan */
	[0x87] = { 0x73, 0x51, 0x51, 0 },
	[0x88] = { 0x70, 0x13, 0x87, 0 },
	[0x89] = { 0x7D, 0x6A, 0x5D, 0 },
	[0x8A] = { 0x79, 0x64, 0x86, 0 },
	[0x8B] = { 0x7B, 0x67, 0x85, 0 },
	/* left Control, Shift, Alt, GUI; right ones */
	[0xE0] = { 0x1D, 0x14, 0x11, 0 },
	[0xE1] = { 0x2A, 0x12, 0x12, 0 },
	[0xE2] = { 0x38, 0x11, 0x19, 0 },
	[0xE3] = { 0x5B, 0x1F, 0x8B, EXTENDED },
	[0xE4] = { 0x1D, 0x14, 0x58, EXTENDED },
	[0xE5] = { 0x36, 0x59, 0x59, 0 },
	[0xE6] = { 0x38, 0x11, 0x39, EXTENDED },
	[0xE7] = { 0x5C, 0x27, 0x8C, EXTENDED },
};

/* Set 3 keys that send breaks by default; all others are make-only or typematic. */
static const uint8_t set3_make_break[] = { 0x11, 0x12, 0x14, 0x19, 0x59 };

static bool ps2_is_down(const struct ps2 *p, unsigned usage)
{
	return p->down[usage / 8] >> usage % 8 & 1;
}

static bool ps2_either_down(const struct ps2 *p, unsigned left)
{
	return ps2_is_down(p, left) || ps2_is_down(p, left + 4);
}

struct ps2_codes {
	uint8_t byte[8];
	unsigned count;
};

static void codes_add(struct ps2_codes *c, uint8_t byte)
{
	c->byte[c->count++] = byte;
}

/* One code of set 1 or 2 with its prefixes. */
static void codes_add_key(struct ps2_codes *c, const struct ps2 *p, struct ps2_key key, bool down)
{
	if (key.flags & EXTENDED)
		codes_add(c, 0xE0);
	if (p->set == 1) {
		codes_add(c, down ? key.set1 : key.set1 | 0x80);
		return;
	}
	if (!down)
		codes_add(c, 0xF0);
	codes_add(c, key.set2);
}

/* Break key with Control; otherwise Pause: both send it all at once when pressed. */
static void codes_add_pause(struct ps2_codes *c, const struct ps2 *p)
{
	static const struct ps2_key with_control = { 0x46, 0x7E, 0, EXTENDED };
	static const uint8_t set1[] = { 0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5 };
	static const uint8_t set2[] = { 0xE1, 0x14, 0x77, 0xE1, 0xF0, 0x14, 0xF0, 0x77 };

	if (ps2_either_down(p, 0xE0)) {
		codes_add_key(c, p, with_control, true);
		codes_add_key(c, p, with_control, false);
	} else if (p->set == 1) {
		memcpy(c->byte, set1, sizeof set1);
		c->count = sizeof set1;
	} else {
		memcpy(c->byte, set2, sizeof set2);
		c->count = sizeof set2;
	}
}

/* Print Screen is a shifted key-pad star to programs for the 84-key keyboard, SysRq
 * with Alt. */
static void codes_add_print_screen(struct ps2_codes *c, const struct ps2 *p, bool down)
{
	static const struct ps2_key sysrq = { 0x54, 0x84, 0, 0 };
	static const struct ps2_key shift = { 0x2A, 0x12, 0, EXTENDED };
	const struct ps2_key star = ps2_keys[USAGE_PRINT_SCREEN];
	bool bare = ps2_either_down(p, 0xE0) || ps2_either_down(p, 0xE1);

	if (ps2_either_down(p, 0xE2)) {
		codes_add_key(c, p, sysrq, down);
		return;
	}
	if (!bare && down)
		codes_add_key(c, p, shift, true);
	codes_add_key(c, p, star, down);
	if (!bare && !down)
		codes_add_key(c, p, shift, false);
}

static void codes_add_set3(struct ps2_codes *c, const struct ps2 *p, uint8_t code, bool down)
{
	if (!code || (!down && p->silent[code / 8] >> code % 8 & 1))
		return;
	if (!down)
		codes_add(c, 0xF0);
	codes_add(c, code);
}

static bool ps2_keyboard_has_key(void *keyboard, unsigned usage)
{
	(void)keyboard;
	return usage <= 0xFF && ps2_keys[usage].set1;
}

static bool ps2_keyboard_takes_key(void *keyboard)
{
	const struct ps2 *p = keyboard;

	return !p->enabled || p->queue_count < PS2_QUEUE / 2;
}

static void ps2_keyboard_key(void *keyboard, unsigned usage, bool down)
{
	struct ps2 *p = keyboard;
	struct ps2_codes c = { .count = 0 };
	uint8_t overrun;

	if (!ps2_keyboard_has_key(p, usage) || (!down && !ps2_is_down(p, usage)))
		return;
	if (down)
		p->down[usage / 8] |= (uint8_t)(1u << usage % 8);
	else
		p->down[usage / 8] &= (uint8_t) ~(1u << usage % 8);
	if (!p->enabled)
		return;
	if (p->set == 3)
		codes_add_set3(&c, p, ps2_keys[usage].set3, down);
	else if (usage == USAGE_PRINT_SCREEN)
		codes_add_print_screen(&c, p, down);
	else if (usage == USAGE_PAUSE && down)
		codes_add_pause(&c, p);
	else if (usage != USAGE_PAUSE)
		codes_add_key(&c, p, ps2_keys[usage], down);
	/* The last place of the buffer is for saying that it is full. */
	if (p->queue_count + c.count < PS2_QUEUE) {
		ps2_report(p, c.byte, c.count);
		return;
	}
	overrun = p->set == 1 ? 0xFF : 0x00;
	if (p->queue[(p->queue_first + p->queue_count - 1u) % PS2_QUEUE] != overrun)
		ps2_report(p, &overrun, 1);
}

void ps2_keyboard_init(struct ps2 *p)
{
	p->set = 2;
	if (p->input) {
		p->input->keyboard = p;
		p->input->key = ps2_keyboard_key;
		p->input->has_key = ps2_keyboard_has_key;
		p->input->takes_key = ps2_keyboard_takes_key;
	}
}

void ps2_keyboard_defaults(struct ps2 *p)
{
	p->set = 2;
	p->leds = 0;
	p->rate = 0x2B; /* 10.9 a second after 500 ms */
	memset(p->silent, 0xFF, sizeof p->silent);
	for (unsigned i = 0; i < sizeof set3_make_break; i++)
		p->silent[set3_make_break[i] / 8] &= (uint8_t) ~(1u << set3_make_break[i] % 8);
}

/* The byte after ED, F0, F3, or one of the list after FB, FC, FD. */
static void keyboard_parameter(struct ps2 *p, uint8_t byte)
{
	const uint8_t set[] = { PS2_ACK, p->set };
	uint8_t command = p->command;
	uint8_t bit = (uint8_t)(1u << byte % 8);

	if (command < 0xFB)
		p->command = 0;
	if (command == 0xF0 && byte == 0) {
		ps2_answer(p, set, 2);
		return;
	}
	if (command == 0xF0 && byte > 3) {
		ps2_answer_byte(p, PS2_RESEND);
		p->command = command;
		return;
	}
	if (command == 0xED)
		p->leds = byte & 7;
	else if (command == 0xF0)
		p->set = byte;
	else if (command == 0xF3)
		p->rate = byte & 0x7F;
	else if (command == 0xFC)
		p->silent[byte / 8] &= (uint8_t)~bit;
	else
		p->silent[byte / 8] |= bit;
	ps2_answer_byte(p, PS2_ACK);
}

static void keyboard_acknowledge(struct ps2 *p, uint8_t second)
{
	const uint8_t bytes[] = { PS2_ACK, second };

	ps2_answer(p, bytes, 2);
}

static void keyboard_command(struct ps2 *p, uint8_t byte)
{
	static const uint8_t id[] = { PS2_ACK, 0xAB, 0x83 };

	switch (byte) {
	case 0xEE: /* echo */
		ps2_answer_byte(p, 0xEE);
		return;
	case 0xF2: /* read id */
		ps2_answer(p, id, sizeof id);
		return;
	case 0xED: /* LEDs */
	case 0xF0: /* scan code set */
	case 0xF3: /* typematic rate */
	case 0xFB: /* set 3: these keys typematic, ... */
	case 0xFC: /* make and break, ... */
	case 0xFD: /* make only */
		p->command = byte;
		break;
	case 0xF4: /* enable */
		ps2_clear_reports(p);
		p->enabled = true;
		break;
	case 0xF5: /* defaults and disable */
	case 0xF6: /* defaults */
		ps2_clear_reports(p);
		ps2_keyboard_defaults(p);
		p->enabled = byte == 0xF6;
		break;
	case 0xF7: /* set 3: all keys typematic */
	case 0xF9: /* make only */
		memset(p->silent, 0xFF, sizeof p->silent);
		break;
	case 0xF8: /* make and break */
	case 0xFA: /* all of it */
		memset(p->silent, 0, sizeof p->silent);
		break;
	case 0xFF: /* reset and self test */
		ps2_clear_reports(p);
		ps2_keyboard_defaults(p);
		p->enabled = true;
		keyboard_acknowledge(p, PS2_SELF_TEST_PASSED);
		return;
	default:
		LOG(LOG_GUEST, "ps2 keyboard: command %#x", byte);
		ps2_answer_byte(p, PS2_RESEND);
		return;
	}
	ps2_answer_byte(p, PS2_ACK);
}

void ps2_keyboard_write(struct ps2 *p, uint8_t byte)
{
	if (byte == PS2_RESEND) {
		ps2_answer_byte(p, p->last);
		return;
	}
	/* A command where a parameter is due takes its place. */
	if (p->command && byte < 0xED) {
		keyboard_parameter(p, byte);
		return;
	}
	p->command = 0;
	keyboard_command(p, byte);
}
