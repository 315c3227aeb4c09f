/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys to characters (lib/l4/keys.c).
 */
#include "tap.h"

#include <l4/keys.h>

#define A 4
#define ONE 30
#define ENTER 40
#define SLASH 56
#define CAPS 57
#define LEFT_CTRL 224
#define LEFT_SHIFT 225
#define RIGHT_SHIFT 229

/* What typing each usage from `first` on gives. */
static const char *typed(unsigned first, unsigned count, unsigned modifiers)
{
	static char text[80];

	for (unsigned i = 0; i < count; i++)
		text[i] = (char)keys_ascii(first + i, modifiers);
	text[count] = 0;
	return text;
}

static void test_table(void)
{
	is_string(typed(A, 26, 0), "abcdefghijklmnopqrstuvwxyz", "letters");
	is_string(typed(A, 26, 0x20), "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "with right Shift");
	is_string(typed(ONE, 10, 0), "1234567890", "digits");
	is_string(typed(ONE, 10, 0x02), "!@#$%^&*()", "with left Shift");
	is_string(typed(ENTER, 5, 0), "\r\033\b\t ", "Enter to space");
	is_string(typed(45, 12, 0), "-=[]\\\\;'`,./", "punctuation");
	is_string(typed(45, 12, 0x22), "_+{}||:\"~<>?", "with Shift");
	is_string(typed(84, 17, 0), "/*-+\r1234567890.\\", "key pad");
	is(keys_ascii(A + 2, 0x01), 3, "Ctrl+C");
	is(keys_ascii(A + 2, 0x12), 3, "Ctrl+Shift+C");
	is(keys_ascii(48, KEYS_CTRL), 29, "Ctrl+]");
	is(keys_ascii(ONE, KEYS_CTRL), '1', "Ctrl+1 is 1");
	is(keys_ascii(A, KEYS_CAPS_LOCK), 'A', "Caps Lock");
	is(keys_ascii(A, KEYS_CAPS_LOCK | 2), 'a', "Caps Lock and Shift");
	is(keys_ascii(ONE, KEYS_CAPS_LOCK), '1', "Caps Lock leaves digits alone");
}

static void test_no_character(void)
{
	unsigned none = 0;

	for (unsigned usage = 0; usage < 0x20000; usage++)
		none += keys_ascii(usage, KEYS_SHIFT) == 0;
	is(none, 0x20000 - 53 - 17, "all other usages have none");
	is(keys_ascii(~0u, 0), 0, "nor has the largest");
}

static void test_events(void)
{
	struct keys keys = { 0 };

	is(keys_down(&keys, LEFT_SHIFT), 0, "a modifier gives nothing");
	is(keys_down(&keys, A), 'A', "but counts");
	keys_down(&keys, RIGHT_SHIFT);
	keys_up(&keys, LEFT_SHIFT);
	is(keys_down(&keys, A), 'A', "as long as one of two is down");
	keys_up(&keys, RIGHT_SHIFT);
	is(keys_down(&keys, A), 'a', "then no more");
	keys_down(&keys, LEFT_CTRL);
	keys_all_up(&keys);
	is(keys_down(&keys, A), 'a', "lost focus: nothing is down");
	keys_down(&keys, CAPS);
	keys_up(&keys, CAPS);
	keys_all_up(&keys);
	is(keys_down(&keys, A), 'A', "Caps Lock stays");
	keys_down(&keys, CAPS);
	is(keys_down(&keys, SLASH), '/', "and goes");
	is(keys_down(&keys, 82), KEYS_UP, "a key without a character");
	is(keys_down(&keys, 3), 0, "no key");
	is(keys_down(&keys, 0xffff), 0, "nonsense");
	keys_up(&keys, 0xffff);
	is(keys.modifiers, 0, "and up again");
}

int main(void)
{
	test_table();
	test_no_character();
	test_events();
	return done();
}
