/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console server's keyboard and mouse: scan codes to keys, the mouse's packets, and
 * which keys are for the client.
 */
#include "tap.h"

#include "servers/console/focus.h"
#include "servers/console/ps2.h"
#include "servers/console/ps2_port.h"

#include <stdlib.h>

static char heard[512];
static uint8_t sent[16];
static unsigned sent_count;

void ps2_keyboard_send(uint8_t byte)
{
	if (sent_count < sizeof(sent))
		sent[sent_count++] = byte;
}

static void hear(const char *format, ...)
{
	size_t length = strlen(heard);
	va_list args;

	va_start(args, format);
	vsnprintf(heard + length, sizeof(heard) - length, format, args);
	va_end(args);
}

static void on_key(void *owner, struct key_event e)
{
	static const char *const kind[] = { "?", "+", "-", "!", "lost" };

	(void)owner;
	hear("%s%s%02x", *heard ? " " : "", kind[e.kind], e.usage);
}

static void on_mouse(void *owner, int dx, int dy, int wheel, unsigned buttons)
{
	(void)owner;
	hear("%s(%d,%d,%d,%u)", *heard ? " " : "", dx, dy, wheel, buttons);
}

static const struct ps2_sink sink = { NULL, on_key, on_mouse };

static struct ps2 new_ps2(bool set2)
{
	heard[0] = 0;
	sent_count = 0;
	return (struct ps2){
		.sink = &sink, .has_keyboard = true, .scancode.set2 = set2, .packet_size = 3
	};
}

/* Bytes in hexadecimal. */
static const char *type(bool set2, const char *bytes)
{
	struct ps2 p = new_ps2(set2);
	char *end;

	for (unsigned long byte = strtoul(bytes, &end, 16); end != bytes;
	     bytes = end, byte = strtoul(bytes, &end, 16))
		ps2_keyboard_byte(&p, (uint8_t)byte);
	return heard;
}

static void test_set1(void)
{
	is_string(type(false, "1e 9e"), "+04 -04", "A");
	is_string(type(false, "1e 1e 1e 9e"), "+04 +04 +04 -04", "A repeats");
	is_string(type(false, "1d 38 3b bb b8 9d"), "+e0 +e2 +3a -3a -e2 -e0", "Ctrl+Alt+F1");
	is_string(type(false, "57 58 d8 d7"), "+44 +45 -45 -44", "F11, F12");
	is_string(type(false, "e0 1d e0 9d e0 38 e0 b8"), "+e4 -e4 +e6 -e6", "right Ctrl and Alt");
	is_string(type(false, "e0 4b e0 cb e0 4d e0 cd"), "+50 -50 +4f -4f", "Left, Right");
	is_string(type(false, "e0 2a e0 4b e0 cb e0 aa"), "+50 -50",
		  "Left with the prefixed shift of Num Lock");
	is_string(type(false, "4b cb"), "+5c -5c", "keypad 4");
	is_string(type(false, "e0 1c e0 9c 1c 9c"), "+58 -58 +28 -28", "both Enter keys");
	is_string(type(false, "e1 1d 45 e1 9d c5"), "!48", "Pause");
	is_string(type(false, "e1 1d 45 e1 9d c5 1e"), "!48 +04", "and what follows");
	is_string(type(false, "e0 46 e0 c6"), "!48", "Ctrl+Pause");
	is_string(type(false, "e0 2a e0 37 e0 b7 e0 aa"), "+46 -46", "Print Screen");
	is_string(type(false, "54 d4"), "+46 -46", "Alt+Print Screen");
	is_string(type(false, "1e 00 30"), "+04 lost00 +05", "the keyboard lost codes");
	is_string(type(false, "e0 ff 1e"), "lost00 +04", "also after a prefix");
	is_string(type(false, "56 d6 73 f3"), "+64 -64 +87 -87",
		  "keys that not all keyboards have");
	is_string(type(false, "7f ff"), "lost00", "a code that is no key");
}

static void test_set2(void)
{
	is_string(type(true, "1c f0 1c"), "+04 -04", "set 2: A");
	is_string(type(true, "14 11 05 f0 05 f0 11 f0 14"), "+e0 +e2 +3a -3a -e2 -e0",
		  "set 2: Ctrl+Alt+F1");
	is_string(type(true, "83 f0 83"), "+40 -40", "set 2: F7");
	is_string(type(true, "e0 6b e0 f0 6b"), "+50 -50", "set 2: Left");
	is_string(type(true, "e1 14 77 e1 f0 14 f0 77"), "!48", "set 2: Pause");
	is_string(type(true, "e0 12 e0 7c e0 f0 7c e0 f0 12"), "+46 -46", "set 2: Print Screen");
	is_string(type(true, "78 07 f0 07"), "+44 +45 -45", "set 2: F11, F12");
	is_string(type(true, "f7 fb"), "", "set 2: bytes that are no keys");
}

/* Every key of a set is one usage of its own, but for those that have two codes. */
static void test_sets_agree(void)
{
	static bool seen[256];
	unsigned keys = 0, doubled = 0;

	for (unsigned code = 1; code < 0x80; code++) {
		struct scancode s = { .set2 = false };
		struct key_event e = scancode_byte(&s, (uint8_t)code);

		if (e.kind != KEY_DOWN)
			continue;
		doubled += seen[e.usage];
		seen[e.usage] = true;
		keys++;
	}
	ok(keys > 100, "set 1 has %u keys without a prefix", keys);
	is(doubled, 0, "all different");
}

static void test_lights(void)
{
	struct ps2 p = new_ps2(false);

	ps2_set_lights(&p, 4);
	is(sent_count, 1, "lights: the command is sent");
	is(sent[0], PS2_KEYBOARD_LIGHTS, "it is the one for lights");
	ps2_keyboard_byte(&p, 0x1e);
	is_string(heard, "+04", "keys that come before the acknowledgement aren't lost");
	ps2_keyboard_byte(&p, PS2_ACKNOWLEDGE);
	is(sent[1], 4, "then their value");
	ps2_set_lights(&p, 2);
	is(sent_count, 2, "another wish waits");
	ps2_keyboard_byte(&p, PS2_ACKNOWLEDGE);
	is(sent_count, 3, "until it is its turn");
	ps2_keyboard_byte(&p, PS2_ACKNOWLEDGE);
	is(sent[3], 2, "and is carried out");
	ps2_keyboard_byte(&p, PS2_ACKNOWLEDGE);
	ps2_set_lights(&p, 2);
	is(sent_count, 4, "what is as wanted isn't told again");
}

static const char *move(unsigned size, const uint8_t *bytes, unsigned count)
{
	struct ps2 p = new_ps2(false);

	p.packet_size = (uint8_t)size;
	for (unsigned i = 0; i < count; i++)
		ps2_mouse_byte(&p, bytes[i]);
	return heard;
}

#define MOVE(size, ...)                                                                            \
	move(size, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

static void test_mouse(void)
{
	is_string(MOVE(3, 0x08, 5, 3), "(5,-3,0,0)", "y is upwards in the packet");
	is_string(MOVE(3, 0x39, 0xff, 0xfe), "(-1,2,0,1)", "negative, left button");
	is_string(MOVE(3, 0x4e, 1, 0), "(255,0,0,6)", "overflow; right and middle button");
	is_string(MOVE(3, 0x5a, 1, 0), "(-256,0,0,2)", "overflow to the left");
	is_string(MOVE(4, 0x08, 0, 0, 0xff), "(0,0,-1,0)", "the wheel");
	is_string(MOVE(3, 0x00, 0x01, 0x08, 1, 1), "(1,-1,0,0)", "the packet's start is found");
	is_string(MOVE(3, 0x08, 1), "", "half a packet is none");
}

static struct focus_keys keys;

static const char *press(uint8_t usage, bool down)
{
	static char text[32];
	static const char *const kind[] = { "-", "key", "number", "previous", "next" };
	struct focus_action a = focus_key(&keys, usage, down);

	snprintf(text, sizeof(text), "%s%s", kind[a.kind], a.repeated ? " again" : "");
	return text;
}

static void test_focus(void)
{
	is_string(press(4, true), "key", "a key is the client's");
	is_string(press(4, true), "key again", "also when it repeats");
	is_string(press(USAGE_F1, true), "key", "F1 alone");
	is_string(press(USAGE_F1, false), "key", "and let go");
	is_string(press(USAGE_LEFT_CONTROL, true), "key", "Ctrl");
	is_string(press(USAGE_LEFT, true), "key", "Ctrl+Left");
	is_string(press(USAGE_RIGHT_ALT, true), "key", "Ctrl+Left+Alt");
	is_string(press(USAGE_LEFT, true), "key again",
		  "a key that was down before doesn't switch by repeating");
	is_string(press(USAGE_LEFT, false), "key", "and is let go");
	is_string(press(USAGE_F1 + 1, true), "number", "Ctrl+Alt+F2 switches");
	is_string(press(USAGE_F1 + 1, true), "-", "but not when it repeats");
	focus_changed(&keys);
	is_string(press(4, true), "-", "a key held over a switch isn't the new client's");
	is_string(press(4, false), "-", "nor that it is let go");
	is_string(press(4, true), "key", "only when it is pressed again");
	is_string(press(USAGE_F1 + 1, false), "-", "F2 let go is nobody's");
	is_string(press(USAGE_F12, true), "number", "Ctrl+Alt are still down: F12");
	is_string(press(USAGE_F12, false), "-", "let go");
	is_string(press(USAGE_RIGHT, true), "next", "Right");
	is_string(press(USAGE_RIGHT, false), "-", "let go");
	is_string(press(USAGE_LEFT, true), "previous", "Left");
	is_string(press(USAGE_LEFT_CONTROL, false), "-", "Ctrl let go is nobody's");
	is_string(press(USAGE_F1, true), "key", "Alt+F1 is the client's");
	focus_lost_keys(&keys);
	is_string(press(USAGE_RIGHT_ALT, false), "key", "after lost codes nothing is known");
}

int main(void)
{
	test_set1();
	test_set2();
	test_sets_agree();
	test_lights();
	test_mouse();
	test_focus();
	return done();
}
