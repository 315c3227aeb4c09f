/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PL050 with keyboard and mouse: register scripts.
 */
#include "tap.h"

#include "dev/input/pl050.h"
#include "stand.h"

#define KMICR 0x00
#define KMISTAT 0x04
#define KMIDATA 0x08
#define KMIIR 0x10

static struct stand stand;
static struct input input;

static void start(enum ps2_kind kind)
{
	const struct pl050_config config = { kind, &input, stand_line(&stand, 0) };

	stand_open(&stand, 0);
	stand_add(&stand, &pl050_ops, pl050_create(&config), PL050_BYTES);
	stand_write(&stand, KMICR, 1, 0x14);
}

/* All bytes that wait, as hexadecimal text. */
static const char *drain(void)
{
	static char text[512];
	size_t at = 0;

	text[0] = 0;
	while ((stand_read(&stand, KMISTAT, 1) & 0x10) && at < sizeof text - 4)
		at += (size_t)snprintf(text + at, sizeof text - at, at ? " %02X" : "%02X",
				       (unsigned)stand_read(&stand, KMIDATA, 1));
	return text;
}

static const char *talk(uint8_t byte)
{
	stand_write(&stand, KMIDATA, 1, byte);
	return drain();
}

static const char *press(unsigned usage, bool down)
{
	input.key(input.keyboard, usage, down);
	return drain();
}

static void test_keyboard_lines(void)
{
	start(PS2_KEYBOARD);
	is(stand_read(&stand, 0xFE0, 4), 0x50, "PL050's id");
	is(stand_read(&stand, 0xFFC, 4), 0xB1, "PrimeCell id");
	ok(stand.line[0], "the self test's result interrupts");
	is(stand_read(&stand, KMIIR, 1), 1, "as received data");
	is(stand_read(&stand, KMISTAT, 1) & 0x53, 0x53,
	   "status: full, transmitter empty, lines high");
	is_string(drain(), "AA", "self test passed");
	ok(!stand.line[0], "line low when all is read");
	is(stand_read(&stand, KMISTAT, 1) & 4, 4, "parity of AA");
	stand_write(&stand, KMICR, 1, 0x0C);
	ok(stand.line[0] && stand_read(&stand, KMIIR, 1) == 2, "transmit interrupt while empty");
	stand_write(&stand, KMICR, 1, 0x15);
	input.key(input.keyboard, 4, true);
	ok(!stand.line[0] && !(stand_read(&stand, KMISTAT, 1) & 0x12),
	   "clock held low: nothing comes");
	stand_write(&stand, KMICR, 1, 0x14);
	ok(stand.line[0], "released: it does");
	ok(input.has_key(input.keyboard, 4), "it has the key A");
	ok(!input.has_key(input.keyboard, 120), "and no Stop");
	ok(!input.has_key(input.keyboard, 0x1004), "nor keys beyond the page");
	stand_close(&stand);
}

static void test_keyboard_commands(void)
{
	start(PS2_KEYBOARD);
	is_string(talk(0xF2), "FA AB 83", "id");
	is_string(talk(0xEE), "EE", "echo");
	is_string(talk(0xED), "FA", "LEDs");
	is_string(talk(0x07), "FA", "their value");
	is_string(talk(0xF3), "FA", "rate");
	is_string(talk(0xF4), "FA", "a command instead of its value");
	is_string(talk(0xFE), "FA", "resend");
	is_string(talk(0xE0), "FE", "no such command");
	is_string(talk(0xF5), "FA", "disable");
	is_string(press(4, true), "", "no keys while disabled");
	is_string(talk(0xF4), "FA", "enable");
	is_string(talk(0xFF), "FA AA", "reset");
	is_string(talk(0xF0), "FA", "scan code set");
	is_string(talk(0x00), "FA 02", "which is 2");
	stand_close(&stand);
}

static void test_keys(void)
{
	start(PS2_KEYBOARD);
	drain();
	is_string(press(4, true), "1C", "A");
	is_string(press(4, true), "1C", "A repeated");
	is_string(press(4, false), "F0 1C", "A released");
	is_string(press(4, false), "", "released again");
	is_string(press(0x52, true), "E0 75", "up");
	is_string(press(0x52, false), "E0 F0 75", "up released");
	is_string(press(0x48, true), "E1 14 77 E1 F0 14 F0 77", "pause");
	is_string(press(0x48, false), "", "pause released");
	is_string(press(0x46, true), "E0 12 E0 7C", "print screen");
	is_string(press(0x46, false), "E0 F0 7C E0 F0 12", "print screen released");
	is_string(press(0xE2, true), "11", "alt");
	is_string(press(0x46, true), "84", "sysrq");
	is_string(press(0x46, false), "F0 84", "sysrq released");
	is_string(press(0xE2, false), "F0 11", "alt released");
	is_string(press(0xE4, true), "E0 14", "right control");
	is_string(press(0x48, true), "E0 7E E0 F0 7E", "break");
	is_string(press(0xE4, false), "E0 F0 14", "right control released");
	is_string(press(0x200, true), "", "no such key");
	is_string(press(0xFF, true), "", "nor this");
	talk(0xF0);
	talk(1);
	is_string(press(0x52, true), "E0 48", "up in set 1");
	is_string(press(0x52, false), "E0 C8", "released");
	talk(0xF0);
	talk(3);
	is_string(press(4, true), "1C", "A in set 3");
	is_string(press(4, false), "", "has no break code");
	is_string(press(0xE1, true), "12", "shift in set 3");
	is_string(press(0xE1, false), "F0 12", "has one");
	talk(0xFC);
	talk(0x1C);
	press(4, true);
	is_string(press(4, false), "F0 1C", "A, made make-and-break");
	stand_close(&stand);
}

static void test_keyboard_full(void)
{
	const char *all;

	start(PS2_KEYBOARD);
	drain();
	for (unsigned i = 0; i < 100; i++)
		input.key(input.keyboard, 4 + i % 20, true);
	all = drain();
	is(strlen(all), 64 * 3 - 1, "as much as there is room for");
	is_string(all + strlen(all) - 2, "00", "and then overrun");
	is_string(press(0x1E, true), "16", "which is over when it was read");
	stand_close(&stand);
}

static const char *moved(int dx, int dy, int wheel, unsigned buttons)
{
	input.move(input.mouse, dx, dy, wheel, buttons);
	return drain();
}

static void test_mouse(void)
{
	start(PS2_MOUSE);
	is_string(drain(), "AA 00", "self test and id");
	is_string(moved(1, 1, 0, 0), "", "no reports before enabled");
	is_string(talk(0xF4), "FA", "enable");
	is_string(moved(5, -3, 0, 0), "08 05 03", "right and up");
	is_string(moved(-5, 3, 0, 1), "39 FB FD", "left and down, left button");
	is_string(moved(300, 0, 0, 1), "09 FF 00 09 2D 00", "far, in two reports");
	is_string(talk(0xE9), "FA 24 02 64", "status");
	is_string(moved(0, 0, 0, 0), "08 00 00", "button released");
	is_string(moved(0, 0, 1, 0), "", "no wheel yet");
	for (unsigned i = 0; i < 3; i++) {
		talk(0xF3);
		talk((uint8_t[]){ 200, 100, 80 }[i]);
	}
	is_string(talk(0xF2), "FA 03", "wheel mouse now");
	is_string(moved(0, 0, -1, 2), "0A 00 00 FF", "wheel and right button");
	is_string(talk(0xF0), "FA", "remote mode");
	is_string(moved(1, 0, 0, 2), "", "silent");
	is_string(talk(0xEB), "FA 0A 01 00 00", "until asked");
	is_string(talk(0xEE), "FA", "wrap mode");
	is_string(talk(0xF4), "F4", "echoes");
	is_string(talk(0xEC), "FA", "but its end");
	is_string(talk(0xE8), "FA", "resolution");
	is_string(talk(9), "FE", "there is no 9");
	is_string(talk(3), "FA", "but 3");
	is_string(talk(0xFF), "FA AA 00", "reset");
	is_string(talk(0xF2), "FA 00", "no wheel any more");
	stand_close(&stand);
}

static void test_mouse_adds_up(void)
{
	int total = 0;

	start(PS2_MOUSE);
	talk(0xF4);
	for (unsigned i = 0; i < 1000; i++)
		input.move(input.mouse, 7, 0, 0, 0);
	while (stand_read(&stand, KMISTAT, 1) & 0x10) {
		stand_read(&stand, KMIDATA, 1);
		total += (int)stand_read(&stand, KMIDATA, 1);
		stand_read(&stand, KMIDATA, 1);
	}
	is(total, 7000, "no motion is lost when there is no room for reports");
	stand_close(&stand);
}

int main(void)
{
	test_keyboard_lines();
	test_keyboard_commands();
	test_keys();
	test_keyboard_full();
	test_mouse();
	test_mouse_adds_up();
	return done();
}
