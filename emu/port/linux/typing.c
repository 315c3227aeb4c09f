/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Terminal input as keys; see typing.h.  Usages are those of USB's "HID Usage Tables",
 * page 7; sequences those of ECMA-48 and of xterm's "Control Sequences".
 */
#include "port/linux/typing.h"

#include <string.h>

#define KEY_A 0x04
#define KEY_1 0x1e
#define KEY_0 0x27
#define KEY_ENTER 0x28
#define KEY_ESCAPE 0x29
#define KEY_BACKSPACE 0x2a
#define KEY_TAB 0x2b
#define KEY_SPACE 0x2c
#define KEY_F1 0x3a
#define KEY_INSERT 0x49
#define KEY_HOME 0x4a
#define KEY_PAGE_UP 0x4b
#define KEY_DELETE 0x4c
#define KEY_END 0x4d
#define KEY_PAGE_DOWN 0x4e
#define KEY_RIGHT 0x4f
#define KEY_LEFT 0x50
#define KEY_DOWN 0x51
#define KEY_UP 0x52
#define KEY_CTRL 0xe0
#define KEY_SHIFT 0xe1
#define KEY_ALT 0xe2

#define WITH_CTRL 1u
#define WITH_SHIFT 2u
#define WITH_ALT 4u

#define ESC 0x1b

static void put_event(struct typing *t, unsigned usage, bool down)
{
	t->event[t->head++ % TYPING_EVENTS] = (struct key_event){ (uint16_t)usage, down };
}

static void put_modifiers(struct typing *t, unsigned with, bool down)
{
	static const uint8_t usage[] = { KEY_CTRL, KEY_SHIFT, KEY_ALT };

	for (unsigned i = 0; i < COUNT_OF(usage); i++)
		if (with >> i & 1)
			put_event(t, usage[i], down);
}

static void put_stroke(struct typing *t, unsigned usage, unsigned with)
{
	/* All or nothing, so that no key stays down. */
	if (!usage || TYPING_EVENTS - (t->head - t->tail) < 8)
		return;
	put_modifiers(t, with, true);
	put_event(t, usage, true);
	put_event(t, usage, false);
	put_modifiers(t, with, false);
}

void typing_ctrl_alt_delete(struct typing *t)
{
	put_stroke(t, KEY_DELETE, WITH_CTRL | WITH_ALT);
}

struct key_event typing_next(struct typing *t)
{
	return t->event[t->tail++ % TYPING_EVENTS];
}

static unsigned punctuation(uint8_t byte, unsigned *with)
{
	/* From usage 2D on, but for 32, which other keyboards have. */
	static const char plain[] = "-=[]\\\0;'`,./", shifted[] = "_+{}|\0:\"~<>?";
	const char *at = memchr(plain, byte, sizeof plain - 1);

	if (!at) {
		at = memchr(shifted, byte, sizeof shifted - 1);
		*with |= WITH_SHIFT;
		return at ? 0x2d + (unsigned)(at - shifted) : 0;
	}
	return 0x2d + (unsigned)(at - plain);
}

static unsigned digit(uint8_t byte, unsigned *with)
{
	static const char shifted[] = "!@#$%^&*()";
	const char *at = memchr(shifted, byte, sizeof shifted - 1);

	if (at) {
		*with |= WITH_SHIFT;
		return KEY_1 + (unsigned)(at - shifted);
	}
	return byte == '0' ? KEY_0 : byte >= '1' && byte <= '9' ? KEY_1 + byte - '1' : 0;
}

static unsigned letter(uint8_t byte, unsigned *with)
{
	if (byte >= 1 && byte <= 26)
		*with |= WITH_CTRL;
	else if (byte >= 'A' && byte <= 'Z')
		*with |= WITH_SHIFT;
	else if (byte < 'a' || byte > 'z')
		return 0;
	return KEY_A + (byte & 31u) - 1;
}

static void put_character(struct typing *t, uint8_t byte, unsigned with)
{
	unsigned usage;

	if (byte == '\r' || byte == '\n')
		usage = KEY_ENTER;
	else if (byte == '\t')
		usage = KEY_TAB;
	else if (byte == 0x7f || byte == '\b')
		usage = KEY_BACKSPACE;
	else if (byte == ESC)
		usage = KEY_ESCAPE;
	else if (byte == ' ')
		usage = KEY_SPACE;
	else if (!byte || byte >= 0x80)
		usage = 0;
	else if (!(usage = letter(byte, &with)) && !(usage = digit(byte, &with)))
		usage = punctuation(byte, &with);
	put_stroke(t, usage, with);
}

/* CSI number ~ */
static unsigned numbered_key(unsigned number)
{
	static const uint8_t usage[] = { 0,       KEY_HOME,    KEY_INSERT,    KEY_DELETE,
					 KEY_END, KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_HOME,
					 KEY_END };
	/* F1 to F12 have gaps among their numbers. */
	static const uint8_t function[] = { 11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24 };
	const uint8_t *at = number < 256 ? memchr(function, (int)number, sizeof function) : NULL;

	if (at)
		return KEY_F1 + (unsigned)(at - function);
	return number < COUNT_OF(usage) ? usage[number] : 0;
}

static unsigned lettered_key(uint8_t final)
{
	static const char letters[] = "ABCDHFPQRS";
	static const uint8_t usage[] = { KEY_UP,  KEY_DOWN, KEY_RIGHT,  KEY_LEFT,   KEY_HOME,
					 KEY_END, KEY_F1,   KEY_F1 + 1, KEY_F1 + 2, KEY_F1 + 3 };
	const char *at = memchr(letters, final, sizeof letters - 1);

	return at ? usage[at - letters] : 0;
}

/* 1 and the sum of 1 for Shift, 2 for Alt, 4 for Control. */
static unsigned modifiers_of(unsigned parameter)
{
	unsigned sum = parameter ? parameter - 1 : 0;

	return (sum & 1 ? WITH_SHIFT : 0) | (sum & 2 ? WITH_ALT : 0) | (sum & 4 ? WITH_CTRL : 0);
}

/* Behind CSI or SS3.  Returns how many bytes it took. */
static size_t put_sequence(struct typing *t, const uint8_t *bytes, size_t count)
{
	unsigned parameter[2] = { 0 }, n = 0;
	size_t i;

	for (i = 0; i < count && bytes[i] < 0x40; i++) {
		if (bytes[i] == ';')
			n++;
		else if (bytes[i] >= '0' && bytes[i] <= '9' && n < 2 && parameter[n] < 1000)
			parameter[n] = parameter[n] * 10 + bytes[i] - '0';
	}
	if (i == count)
		return i;
	put_stroke(t, bytes[i] == '~' ? numbered_key(parameter[0]) : lettered_key(bytes[i]),
		   modifiers_of(parameter[1]));
	return i + 1;
}

void typing_bytes(struct typing *t, const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count;) {
		bool more = bytes[i] == ESC && i + 1 < count;

		if (more && (bytes[i + 1] == '[' || bytes[i + 1] == 'O') && i + 2 < count) {
			i += 2 + put_sequence(t, bytes + i + 2, count - i - 2);
		} else if (more) {
			put_character(t, bytes[i + 1], WITH_ALT);
			i += 2;
		} else {
			put_character(t, bytes[i++], 0);
		}
	}
}
