/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keyboard controller: set-up by polling, with a time limit for every step, then
 * reading by interrupt.  Nothing is said of the controller's own test, which some answer
 * by losing their settings.
 */
#include "ps2.h"

#include "ps2_port.h"

#include <l4/syscall.h>
#include <l4/x86_64/port.h>

#define PS2_DATA 0x60
#define PS2_STATUS 0x64
#define PS2_COMMAND 0x64

#define PS2_LIMIT_US 30000
#define PS2_BATCH 64 /* bytes read at once, so that nothing that babbles holds us */

enum ps2_status { STATUS_OUTPUT = 0x01, STATUS_INPUT = 0x02, STATUS_MOUSE = 0x20 };

enum ps2_command {
	COMMAND_READ_MODE = 0x20,
	COMMAND_WRITE_MODE = 0x60,
	COMMAND_MOUSE_OFF = 0xa7,
	COMMAND_MOUSE_ON = 0xa8,
	COMMAND_KEYBOARD_OFF = 0xad,
	COMMAND_KEYBOARD_ON = 0xae,
	COMMAND_TO_MOUSE = 0xd4,
};

enum ps2_mode {
	MODE_KEYBOARD_INTERRUPT = 0x01,
	MODE_MOUSE_INTERRUPT = 0x02,
	MODE_KEYBOARD_OFF = 0x10,
	MODE_MOUSE_OFF = 0x20,
	MODE_TRANSLATE = 0x40,
};

enum ps2_device_command {
	DEVICE_IDENTIFY = 0xf2,
	DEVICE_SET_RATE = 0xf3,
	DEVICE_ENABLE = 0xf4,
	DEVICE_DEFAULTS = 0xf6,
};

/* Waits until the bits of the status are as wanted. */
static bool ps2_wait(uint8_t mask, uint8_t wanted)
{
	uint64_t end = l4_system_clock() + PS2_LIMIT_US;

	while ((port_in8(PS2_STATUS) & mask) != wanted)
		if (l4_system_clock() >= end)
			return false;
	return true;
}

static bool ps2_command(uint8_t command)
{
	if (!ps2_wait(STATUS_INPUT, 0))
		return false;
	port_out8(PS2_COMMAND, command);
	return true;
}

static bool ps2_write(uint8_t byte)
{
	if (!ps2_wait(STATUS_INPUT, 0))
		return false;
	port_out8(PS2_DATA, byte);
	return true;
}

/* -1 if nothing comes. */
static int ps2_read(void)
{
	return ps2_wait(STATUS_OUTPUT, STATUS_OUTPUT) ? port_in8(PS2_DATA) : -1;
}

static void ps2_drain(void)
{
	for (unsigned i = 0; i < PS2_BATCH && port_in8(PS2_STATUS) & STATUS_OUTPUT; i++)
		port_in8(PS2_DATA);
}

void ps2_keyboard_send(uint8_t byte)
{
	ps2_write(byte);
}

/* A byte to a device, which has to acknowledge it. */
static bool ps2_tell(bool mouse, uint8_t byte)
{
	if (mouse && !ps2_command(COMMAND_TO_MOUSE))
		return false;
	return ps2_write(byte) && ps2_read() == PS2_ACKNOWLEDGE;
}

static bool ps2_start_keyboard(void)
{
	return ps2_command(COMMAND_KEYBOARD_ON) && ps2_tell(false, DEVICE_DEFAULTS) &&
	       ps2_tell(false, PS2_KEYBOARD_LIGHTS) && ps2_tell(false, 0) &&
	       ps2_tell(false, DEVICE_ENABLE);
}

/* Three rates in a row turn the wheel on, if there is one: then the identity is 3. */
static bool ps2_knock(void)
{
	static const uint8_t rate[] = { 200, 100, 80 };

	for (unsigned i = 0; i < sizeof(rate); i++)
		if (!ps2_tell(true, DEVICE_SET_RATE) || !ps2_tell(true, rate[i]))
			return false;
	return ps2_tell(true, DEVICE_IDENTIFY) && ps2_read() == 3;
}

static bool ps2_start_mouse(struct ps2 *p)
{
	if (!ps2_command(COMMAND_MOUSE_ON) || !ps2_tell(true, DEVICE_DEFAULTS))
		return false;
	p->packet_size = ps2_knock() ? 4 : 3;
	return ps2_tell(true, DEVICE_ENABLE);
}

static bool ps2_set_mode(uint8_t mode)
{
	return ps2_command(COMMAND_WRITE_MODE) && ps2_write(mode);
}

void ps2_init(struct ps2 *p, const struct ps2_sink *sink)
{
	uint8_t mode = MODE_TRANSLATE;
	int got;

	*p = (struct ps2){ .sink = sink, .packet_size = 3 };
	/* Without a controller nothing answers, and all bits are read as set. */
	if (!ps2_command(COMMAND_KEYBOARD_OFF) || !ps2_command(COMMAND_MOUSE_OFF))
		return;
	ps2_drain();
	if (!ps2_set_mode(mode | MODE_KEYBOARD_OFF | MODE_MOUSE_OFF))
		return;
	if (ps2_command(COMMAND_READ_MODE) && (got = ps2_read()) >= 0)
		p->scancode.set2 = !(got & MODE_TRANSLATE);
	p->has_keyboard = ps2_start_keyboard();
	ps2_drain();
	p->has_mouse = ps2_start_mouse(p);
	ps2_drain();
	/* A keyboard that said nothing may be plugged in later. */
	mode |= MODE_KEYBOARD_INTERRUPT;
	mode |= p->has_mouse ? MODE_MOUSE_INTERRUPT : MODE_MOUSE_OFF;
	ps2_set_mode(mode);
	ps2_command(COMMAND_KEYBOARD_ON);
}

void ps2_poll(struct ps2 *p)
{
	for (unsigned i = 0; i < PS2_BATCH; i++) {
		uint8_t status = port_in8(PS2_STATUS), byte;

		if (!(status & STATUS_OUTPUT) || status == 0xff)
			return;
		byte = port_in8(PS2_DATA);
		if (status & STATUS_MOUSE)
			ps2_mouse_byte(p, byte);
		else
			ps2_keyboard_byte(p, byte);
	}
}
