/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PC's keyboard controller (an 8042, "PS/2 Technical Reference", keyboard and auxiliary
 * device controller) with a keyboard and a mouse of three buttons and perhaps a wheel.
 * Interrupts 1 and 12 say that there is something to read.
 */
#ifndef CONSOLE_PS2_H
#define CONSOLE_PS2_H

#include "scancode.h"

#define PS2_KEYBOARD_INTERRUPT 1
#define PS2_MOUSE_INTERRUPT 12

struct ps2_sink {
	void *owner;
	void (*key)(void *owner, struct key_event event);
	void (*mouse)(void *owner, int dx, int dy, int wheel, unsigned buttons);
};

struct ps2 {
	const struct ps2_sink *sink;
	bool has_keyboard, has_mouse;
	struct scancode scancode;
	uint8_t lights, lights_wanted, lights_step;
	uint8_t packet[4], packet_have, packet_size;
};

/* Finds out what is there; takes some tenths of a second if something isn't. */
void ps2_init(struct ps2 *p, const struct ps2_sink *sink);

/* After an interrupt: passes on all there is. */
void ps2_poll(struct ps2 *p);

/* Bit 0 scroll, 1 num, 2 caps. */
void ps2_set_lights(struct ps2 *p, uint8_t lights);

/* Used by ps2_poll; for tests. */
void ps2_keyboard_byte(struct ps2 *p, uint8_t byte);
void ps2_mouse_byte(struct ps2 *p, uint8_t byte);

#endif
