/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys to characters: USB "HID Usage Tables", page 7; the sequences of keys without a
 * character are those of a VT220.
 */
#include "keys.h"

#include <string.h>

#define USAGE_A 4u
#define USAGE_Z 29u
#define USAGE_1 30u
#define USAGE_SLASH 56u
#define USAGE_CAPS 57u
#define USAGE_LEFT_CTRL 224u
#define MODIFIER_CTRL 0x11
#define MODIFIER_SHIFT 0x22
#define MODIFIER_ALT 0x44

/* From USAGE_1 on: plain and with shift. */
static const char keys_plain[] = "1234567890\r\033\177\t -=[]\\#;'`,./";
static const char keys_shifted[] = "!@#$%^&*()\r\033\177\t _+{}|~:\"~<>?";

static const struct {
	uint8_t usage;
	char text[5];
} keys_sequence[] = {
	{ 73, "\033[2~" }, { 74, "\033[1~" }, { 75, "\033[5~" }, { 76, "\033[3~" },
	{ 77, "\033[4~" }, { 78, "\033[6~" }, { 79, "\033[C" },  { 80, "\033[D" },
	{ 81, "\033[B" },  { 82, "\033[A" },  { 58, "\033OP" },  { 59, "\033OQ" },
	{ 60, "\033OR" },  { 61, "\033OS" },
};

/* The keypad, from usage 84 on, as with Num Lock. */
#define USAGE_KEYPAD 84u
static const char keys_keypad[] = "/*-+\r1234567890.";

static char keys_character(const struct keys *k, unsigned usage)
{
	bool shift = k->modifiers & MODIFIER_SHIFT;

	if (usage >= USAGE_A && usage <= USAGE_Z)
		return (char)((shift != k->caps ? 'A' : 'a') + usage - USAGE_A);
	if (usage >= USAGE_1 && usage <= USAGE_SLASH)
		return (shift ? keys_shifted : keys_plain)[usage - USAGE_1];
	if (usage >= USAGE_KEYPAD && usage < USAGE_KEYPAD + sizeof keys_keypad - 1)
		return keys_keypad[usage - USAGE_KEYPAD];
	return 0;
}

/* Ctrl and a character: @ to _, ? and what shares a key with them. */
static char keys_control(char c)
{
	if (c >= 'a' && c <= 'z')
		return (char)(c - 'a' + 1);
	if (c >= '@' && c <= '_')
		return (char)(c - '@');
	if (c == ' ' || c == '2')
		return 0;
	return c == '/' ? 0x1f : c == '?' ? 0x7f : c;
}

static size_t keys_sequence_of(unsigned usage, uint8_t text[KEYS_TEXT_BYTES])
{
	for (unsigned i = 0; i < sizeof keys_sequence / sizeof keys_sequence[0]; i++)
		if (keys_sequence[i].usage == usage) {
			size_t length = strlen(keys_sequence[i].text);

			memcpy(text, keys_sequence[i].text, length);
			return length;
		}
	return 0;
}

size_t keys_text(struct keys *k, unsigned usage, bool down, uint8_t text[KEYS_TEXT_BYTES])
{
	size_t length = 0;
	char c;

	if (usage >= USAGE_LEFT_CTRL && usage < USAGE_LEFT_CTRL + 8) {
		uint8_t bit = (uint8_t)(1u << (usage - USAGE_LEFT_CTRL));

		k->modifiers = (uint8_t)(down ? k->modifiers | bit : k->modifiers & ~bit);
		return 0;
	}
	if (!down)
		return 0;
	if (usage == USAGE_CAPS)
		k->caps = !k->caps;
	c = keys_character(k, usage);
	if (!c)
		return keys_sequence_of(usage, text);
	if (k->modifiers & MODIFIER_ALT)
		text[length++] = 0x1b;
	text[length++] = (uint8_t)(k->modifiers & MODIFIER_CTRL ? keys_control(c) : c);
	return length;
}
