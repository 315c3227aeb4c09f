/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Terminal input as keys of a keyboard.
 */
#include "tap.h"

#include <string.h>

#include "port/linux/typing.h"

static struct typing typing;

/* The events as text: usages in hexadecimal, + down, - up. */
static const char *events(void)
{
	static char text[1024];
	size_t at = 0;

	text[0] = '\0';
	while (typing_pending(&typing) && at < sizeof text - 8) {
		struct key_event e = typing_next(&typing);

		at += (size_t)snprintf(text + at, sizeof text - at, "%s%c%02x", at ? " " : "",
				       e.down ? '+' : '-', e.usage);
	}
	return text;
}

static void types(const char *bytes, const char *expected, const char *what)
{
	const char *got;

	typing_bytes(&typing, (const uint8_t *)bytes, strlen(bytes));
	got = events();
	ok(!strcmp(got, expected), "%s: %s", what, got);
}

static void test_characters(void)
{
	types("az", "+04 -04 +1d -1d", "letters");
	types("A", "+e1 +04 -04 -e1", "a capital");
	types("109", "+1e -1e +27 -27 +26 -26", "digits");
	types("!)", "+e1 +1e -1e -e1 +e1 +27 -27 -e1", "their shifted ones");
	types("-\\;/", "+2d -2d +31 -31 +33 -33 +38 -38", "punctuation");
	types("_:\"?", "+e1 +2d -2d -e1 +e1 +33 -33 -e1 +e1 +34 -34 -e1 +e1 +38 -38 -e1",
	      "its shifted ones");
	types(" \r\t\x7f", "+2c -2c +28 -28 +2b -2b +2a -2a", "space, Enter, Tab, Backspace");
	types("\x03", "+e0 +06 -06 -e0", "Ctrl-C");
	types("\xc3\xa4", "", "what the keyboard hasn't");
}

static void test_sequences(void)
{
	types("\x1b", "+29 -29", "Escape");
	types("\x1b[A\x1bOB", "+52 -52 +51 -51", "arrows");
	types("\x1b[24~\x1bOP\x1b[17~", "+45 -45 +3a -3a +3f -3f", "F12, F1, F6");
	types("\x1b[3~\x1b[5~", "+4c -4c +4b -4b", "Delete, Page Up");
	types("\x1bx", "+e2 +1b -1b -e2", "Alt-X");
	types("\x1b[1;5C", "+e0 +4f -4f -e0", "Ctrl-Right");
	types("\x1b[1;2P", "+e1 +3a -3a -e1", "Shift-F1");
	types("\x1b[99999999999;;;7~x", "+1b -1b", "a sequence that is none, and what follows");
	types("\x1b[12", "", "one that is cut off");
	typing_ctrl_alt_delete(&typing);
	types("", "+e0 +e2 +4c -4c -e0 -e2", "Ctrl+Alt+Delete");
}

static void test_room(void)
{
	unsigned down = 0, up = 0;

	for (unsigned i = 0; i < TYPING_EVENTS; i++)
		typing_bytes(&typing, (const uint8_t *)"A", 1);
	while (typing_pending(&typing)) {
		if (typing_next(&typing).down)
			down++;
		else
			up++;
	}
	ok(down == up && down > TYPING_EVENTS / 4, "what has no room is lost, no key stays down");
}

int main(void)
{
	test_characters();
	test_sequences();
	test_room();
	return done();
}
