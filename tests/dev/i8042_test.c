/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The keyboard controller with keyboard and mouse, and port 92h: register scripts.
 */
#include "rig.h"

#include <emu/backend.h>

#include "dev/input/i8042.h"
#include "dev/misc/port92.h"

/* Offsets in the rig. */
#define DATA 0
#define COMMAND 4
#define PORT92 8

#define BYTE_NS 700000

enum { LINE_KEYBOARD, LINE_MOUSE, LINE_A20, LINE_RESET };

static struct rig *rig;
static struct input input;

static void put(gpa offset, uint8_t value)
{
	rig_write_sized(rig, offset, 1, value);
}

static uint8_t get(gpa offset)
{
	return (uint8_t)rig_read_sized(rig, offset, 1);
}

static void open_pc(void)
{
	struct port92_config config92;
	struct i8042_config config = { .input = &input };
	struct port92 *port92;
	struct i8042 *controller;

	rig = rig_open();
	config92.a20 = rig_line(rig, LINE_A20);
	config92.reset = rig_line(rig, LINE_RESET);
	port92 = port92_create(&config92);
	config.clock = rig->clock;
	config.keyboard = rig_line(rig, LINE_KEYBOARD);
	config.mouse = rig_line(rig, LINE_MOUSE);
	config.a20 = port92_a20_input(port92);
	config.reset = port92_reset_input(port92);
	controller = i8042_create(&config);
	rig_place(rig, DATA, 4, &i8042_data_ops, controller);
	rig_place(rig, COMMAND, 4, &i8042_command_ops, controller);
	rig_place(rig, PORT92, 4, &port92_ops, port92);
}

/* All bytes that come, as hexadecimal text; the mouse's are marked. */
static const char *drain(void)
{
	static char text[1024];
	size_t at = 0;

	text[0] = 0;
	while (at < sizeof text - 8) {
		uint8_t status;

		rig_pass(rig, BYTE_NS);
		status = get(COMMAND);
		if (!(status & 1))
			break;
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%s%02X", at ? " " : "",
				       status & 0x20 ? "m" : "", get(DATA));
	}
	return text;
}

static const char *command(uint8_t byte)
{
	put(COMMAND, byte);
	return drain();
}

static const char *command_with(uint8_t byte, uint8_t parameter)
{
	put(COMMAND, byte);
	put(DATA, parameter);
	return drain();
}

static const char *to_keyboard(uint8_t byte)
{
	put(DATA, byte);
	return drain();
}

static const char *to_mouse(uint8_t byte)
{
	return command_with(0xd4, byte);
}

/* As firmware leaves it: both on, with interrupts, translating. */
static void start(void)
{
	open_pc();
	command_with(0x60, 0x47);
}

static void test_commands(void)
{
	open_pc();
	is(get(COMMAND), 0x10, "i8042: empty, not locked");
	is_string(command(0x20), "30", "i8042: devices are off at first");
	is_string(command(0xaa), "55", "i8042: self test");
	is(get(COMMAND), 0x1c, "i8042: system flag, and a command was last");
	is_string(command(0x20), "34", "i8042: system flag");
	is_string(command(0xab), "00", "i8042: keyboard's lines");
	is_string(command(0xa9), "00", "i8042: mouse's lines");
	is_string(command(0xc0), "B0", "i8042: input port");
	is_string(command(0xe0), "02", "i8042: test inputs, clock low");
	is_string(command(0xa4), "F1", "i8042: no password");
	is_string(command(0xae), "AA", "i8042: the keyboard's self test");
	is_string(command(0xa8), "mAA m00", "i8042: the mouse's");
	is_string(command(0xe0), "03", "i8042: test inputs");
	is_string(command(0x20), "04", "i8042: both are on");
	command(0xad);
	command(0xa7);
	is_string(command(0x20), "34", "i8042: both are off");
	command_with(0x65, 0x99);
	is_string(command(0x25), "99", "i8042: memory");
	is_string(command(0xdb), "", "i8042: no such command");
	is_string(command_with(0xd2, 0x5a), "5A", "i8042: as if from the keyboard");
	is_string(command_with(0xd3, 0xa5), "mA5", "i8042: as if from the mouse");
	put(COMMAND, 0x60);
	put(COMMAND, 0x20);
	is_string(drain(), "34", "i8042: a command instead of a parameter");
	is(get(DATA), 0x34, "i8042: the last byte stays to be read");
	rig_close(rig);
}

static void test_lines(void)
{
	start();
	is_string(drain(), "", "i8042: nothing waits");
	input.key(input.keyboard, 4, true);
	ok(rig->line[LINE_KEYBOARD] && !rig->line[LINE_MOUSE], "i8042: a key interrupts");
	is(get(COMMAND) & 0x21, 0x01, "i8042: as the keyboard's");
	is(get(DATA), 0x1e, "i8042: translated");
	ok(!rig->line[LINE_KEYBOARD], "i8042: line low when read");
	input.key(input.keyboard, 4, false);
	ok(!(get(COMMAND) & 1) && get(DATA) == 0x1e, "i8042: a byte takes its time");
	rig_pass(rig, BYTE_NS);
	ok(rig->line[LINE_KEYBOARD] && get(DATA) == 0x9e, "i8042: then it is there");
	is(rig->rises[LINE_KEYBOARD], 3, "i8042: each byte is an edge, the self test's too");
	rig_pass(rig, BYTE_NS);
	to_mouse(0xf4);
	input.move(input.mouse, 1, 0, 0, 0);
	ok(rig->line[LINE_MOUSE] && !rig->line[LINE_KEYBOARD], "i8042: the mouse's line");
	is(get(COMMAND) & 0x21, 0x21, "i8042: and status");
	input.key(input.keyboard, 5, true);
	is_string(drain(), "m08 30 m01 m00", "i8042: the keyboard goes first");
	command_with(0x60, 0x44);
	input.key(input.keyboard, 5, false);
	input.move(input.mouse, 1, 0, 0, 0);
	ok(!rig->line[LINE_KEYBOARD] && !rig->line[LINE_MOUSE], "i8042: no interrupts");
	is(get(COMMAND) & 1, 1, "i8042: but a byte");
	put(COMMAND, 0x20);
	is_string(drain(), "B0 44 m08 m01 m00", "i8042: an answer waits for the buffer");
	command_with(0x60, 0x47);
	put(COMMAND, 0xaa);
	ok(rig->line[LINE_KEYBOARD], "i8042: an answer interrupts");
	is_string(command(0xd0), "55 DF", "i8042: output port, with that interrupt in it");
	is_string(command(0xd0), "CF", "i8042: output port");
	input.key(input.keyboard, 5, true);
	put(COMMAND, 0xd0);
	is_string(drain(), "30 DF", "i8042: with the keyboard's in it");
	rig_close(rig);
}

/* The sum of what the mouse's reports say, as long as there are some. */
static unsigned motion(void)
{
	unsigned sum = 0;

	for (unsigned i = 0;; i++) {
		uint8_t byte;

		rig_pass(rig, BYTE_NS);
		if (!(get(COMMAND) & 1))
			return sum;
		byte = get(DATA);
		sum += i % 3 == 1 ? byte : 0;
	}
}

static void test_devices(void)
{
	start();
	is_string(to_keyboard(0xf2), "FA AB 41", "i8042: the keyboard's id, translated");
	is_string(to_keyboard(0xff), "FA AA", "i8042: its reset");
	is_string(to_mouse(0xf2), "mFA m00", "i8042: the mouse's id");
	is_string(to_mouse(0xff), "mFA mAA m00", "i8042: its reset");
	command(0xad);
	is_string(command(0x20), "57", "i8042: the keyboard is off");
	input.key(input.keyboard, 4, true);
	is_string(drain(), "", "i8042: and keeps its keys");
	is_string(command(0xae), "1E", "i8042: until it is on");
	command(0xad);
	is_string(to_keyboard(0xee), "EE", "i8042: a byte to it turns it on");
	is_string(command(0x20), "47", "i8042: for good");
	command(0xa7);
	is_string(to_mouse(0xf4), "mFA", "i8042: so with the mouse");
	for (int i = 0; i < 40; i++)
		input.move(input.mouse, 300, 0, 0, 0);
	is(motion(), 12000, "i8042: no motion is lost");
	rig_close(rig);
}

/* Who waits while the keyboard doesn't take keys loses none; who doesn't wait does. */
static void test_typing_ahead(void)
{
	unsigned keys = 0;
	const char *bytes;

	start();
	while (keys < 1000 && input.takes_key(input.keyboard)) {
		input.key(input.keyboard, 4 + keys % 4, true);
		input.key(input.keyboard, 4 + keys++ % 4, false);
	}
	ok(keys > 5 && keys < 40, "i8042: %u keys are taken", keys);
	bytes = drain();
	ok(!strstr(bytes, "FF") && input.takes_key(input.keyboard), "i8042: and come");
	for (unsigned i = 0; i < 40; i++) {
		input.key(input.keyboard, 4, true);
		input.key(input.keyboard, 4, false);
	}
	ok(!input.takes_key(input.keyboard) && strstr(drain(), "FF"), "i8042: more are too many");
	rig_close(rig);
}

/* Set 2, translated, is what the keyboard says itself in set 1. */
static void test_translation(void)
{
	static char translated[256][64];
	unsigned different = 0, keys = 0;

	start();
	for (unsigned usage = 0; usage < 256; usage++) {
		input.key(input.keyboard, usage, true);
		input.key(input.keyboard, usage, false);
		snprintf(translated[usage], sizeof translated[usage], "%s", drain());
	}
	command_with(0x60, 0x07);
	to_keyboard(0xf0);
	to_keyboard(0x01);
	for (unsigned usage = 0; usage < 256; usage++) {
		const char *own;

		input.key(input.keyboard, usage, true);
		input.key(input.keyboard, usage, false);
		own = drain();
		keys += own[0] != 0;
		if (strcmp(own, translated[usage])) {
			diag("usage %#x: '%s', translated '%s'", usage, own, translated[usage]);
			different++;
		}
	}
	is(different, 0, "i8042: set 2 translated is set 1");
	ok(keys > 120, "i8042: for all keys");
	command_with(0x60, 0x07);
	to_keyboard(0xf0);
	to_keyboard(0x02);
	input.key(input.keyboard, 4, true);
	input.key(input.keyboard, 4, false);
	is_string(drain(), "1C F0 1C", "i8042: set 2 itself");
	rig_close(rig);
}

static void test_outputs(void)
{
	start();
	ok(rig->line[LINE_A20] && !rig->line[LINE_RESET], "i8042: A20 gets through at first");
	command_with(0xd1, 0xdd);
	ok(!rig->line[LINE_A20], "i8042: not any more");
	is_string(command(0xd0), "CD", "i8042: as the output port says");
	command_with(0xd1, 0xdf);
	ok(rig->line[LINE_A20], "i8042: again");
	command(0xdd);
	ok(!rig->line[LINE_A20], "i8042: off by a command of its own");
	is(get(PORT92), 0, "port92: off after a reset");
	put(PORT92, 0xfe);
	ok(rig->line[LINE_A20], "port92: either of them is enough");
	is(get(PORT92), 0x02, "port92: bits that there are");
	command(0xdf);
	put(PORT92, 0);
	ok(rig->line[LINE_A20], "port92: so with the other one");
	put(COMMAND, 0xff);
	is(rig->rises[LINE_RESET], 0, "i8042: a pulse of nothing");
	put(COMMAND, 0xfe);
	ok(rig->rises[LINE_RESET] == 1 && !rig->line[LINE_RESET], "i8042: a pulse of reset");
	put(PORT92, 1);
	is(rig->rises[LINE_RESET], 2, "port92: reset");
	put(PORT92, 1);
	is(rig->rises[LINE_RESET], 2, "port92: once");
	put(PORT92, 0);
	put(PORT92, 1);
	is(rig->rises[LINE_RESET], 3, "port92: until it was 0");
	command_with(0xd1, 0x00);
	ok(rig->line[LINE_RESET] && !rig->line[LINE_A20], "i8042: reset held by the output port");
	bus_reset(rig->bus);
	ok(!rig->line[LINE_RESET] && rig->line[LINE_A20], "i8042: which a reset ends");
	is_string(command(0x20), "30", "i8042: as at first");
	rig_close(rig);
}

static void test_saved(void)
{
	struct rig *first;

	start();
	to_mouse(0xf4);
	command_with(0xd1, 0xdd);
	input.key(input.keyboard, 4, true);
	input.key(input.keyboard, 4, false);
	input.move(input.mouse, 1, 2, 0, 1);
	put(COMMAND, 0xd0);
	put(COMMAND, 0x60);
	ok(rig_save(rig), "i8042: saved");
	first = rig;
	open_pc();
	ok(rig_load(rig, first), "i8042: loaded");
	ok(rig->line[LINE_KEYBOARD] && !rig->line[LINE_A20], "i8042: lines as they were");
	is(get(DATA), 0x1e, "i8042: the byte too");
	put(DATA, 0x44);
	is_string(drain(), "DD 9E m29 m01 mFE", "i8042: and what waited");
	is_string(command(0x20), "44", "i8042: the parameter came after the load");
	rig_close(rig);
	rig_close(first);
}

int main(void)
{
	test_commands();
	test_lines();
	test_devices();
	test_typing_ahead();
	test_translation();
	test_outputs();
	test_saved();
	return done();
}
