/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Usages of keys to ASCII, US layout, see <l4/keys.h>.  Pure C, also for tests on Linux.
 */
#include <l4/keys.h>

#include <stddef.h>

#define KEYS_CAPS_LOCK_USAGE 57u
#define KEYS_FIRST_MODIFIER 224u
#define KEYS_LAST_USAGE 231u

/* From usage 4 on: plain and with Shift. */
static const char keys_plain[] = "abcdefghijklmnopqrstuvwxyz1234567890\r\033\b\t -=[]\\\\;'`,./";
static const char keys_shifted[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ!@#$%^&*()\r\033\b\t _+{}||:\"~<>?";

/* From usage 84 on, the key pad. */
static const char keys_pad[] = "/*-+\r1234567890.\\";

static bool keys_is_letter(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int keys_ascii(unsigned usage, unsigned modifiers)
{
	bool shift = modifiers & KEYS_SHIFT;
	int c;

	if (usage >= 84 && usage - 84 < sizeof(keys_pad) - 1)
		return keys_pad[usage - 84];
	if (usage < 4 || usage - 4 >= sizeof(keys_plain) - 1)
		return 0;
	if ((modifiers & KEYS_CAPS_LOCK) && keys_is_letter(keys_plain[usage - 4]))
		shift = !shift;
	c = shift ? keys_shifted[usage - 4] : keys_plain[usage - 4];
	/* Ctrl makes what has one a control character: letters and @ [ \ ] ^ _ */
	if ((modifiers & KEYS_CTRL) && (keys_is_letter(c) || (c >= '@' && c <= '_')))
		c &= 0x1f;
	return c;
}

int keys_down(struct keys *keys, unsigned usage)
{
	int c;

	if (usage >= KEYS_FIRST_MODIFIER && usage <= KEYS_LAST_USAGE) {
		keys->modifiers |= 1u << (usage - KEYS_FIRST_MODIFIER);
		return 0;
	}
	if (usage == KEYS_CAPS_LOCK_USAGE) {
		keys->modifiers ^= KEYS_CAPS_LOCK;
		return 0;
	}
	if (usage < 4 || usage > KEYS_LAST_USAGE)
		return 0;
	c = keys_ascii(usage, keys->modifiers);
	return c ? c : KEYS_PLAIN((int)usage);
}

void keys_up(struct keys *keys, unsigned usage)
{
	if (usage >= KEYS_FIRST_MODIFIER && usage <= KEYS_LAST_USAGE)
		keys->modifiers &= ~(1u << (usage - KEYS_FIRST_MODIFIER));
}

void keys_all_up(struct keys *keys)
{
	keys->modifiers &= KEYS_CAPS_LOCK;
}
