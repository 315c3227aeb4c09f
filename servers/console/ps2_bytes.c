/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What keyboard and mouse send once they have been set up.  Needs no hardware but for the
 * keyboard's lights, of which it keeps the steps.
 */
#include "ps2.h"

#include "ps2_port.h"

enum { LIGHTS_IDLE, LIGHTS_COMMAND_SENT, LIGHTS_VALUE_SENT };

static void ps2_lights_next(struct ps2 *p)
{
	if (p->lights_step == LIGHTS_COMMAND_SENT) {
		p->lights = p->lights_wanted;
		p->lights_step = LIGHTS_VALUE_SENT;
		ps2_keyboard_send(p->lights);
		return;
	}
	p->lights_step = LIGHTS_IDLE;
	if (p->lights != p->lights_wanted)
		ps2_set_lights(p, p->lights_wanted);
}

void ps2_set_lights(struct ps2 *p, uint8_t lights)
{
	p->lights_wanted = lights;
	if (!p->has_keyboard || lights == p->lights || p->lights_step != LIGHTS_IDLE)
		return;
	p->lights_step = LIGHTS_COMMAND_SENT;
	ps2_keyboard_send(PS2_KEYBOARD_LIGHTS);
}

void ps2_keyboard_byte(struct ps2 *p, uint8_t byte)
{
	struct key_event event;

	if (p->lights_step != LIGHTS_IDLE && byte == PS2_ACKNOWLEDGE) {
		ps2_lights_next(p);
		return;
	}
	if (p->lights_step != LIGHTS_IDLE && byte == PS2_RESEND) {
		p->lights_step = LIGHTS_IDLE;
		return;
	}
	event = scancode_byte(&p->scancode, byte);
	if (event.kind != KEY_NONE)
		p->sink->key(p->sink->owner, event);
}

/* Nine bits, the sign among the flags; what overflows is as far as it goes. */
static int ps2_motion(uint8_t low, bool negative, bool overflow)
{
	if (overflow)
		return negative ? -256 : 255;
	return (int)low - (negative ? 256 : 0);
}

void ps2_mouse_byte(struct ps2 *p, uint8_t byte)
{
	uint8_t flags;

	/* Bit 3 is set in every first byte: by that the start is found again. */
	if (p->packet_have == 0 && !(byte & 0x08))
		return;
	p->packet[p->packet_have++] = byte;
	if (p->packet_have < p->packet_size)
		return;
	p->packet_have = 0;
	flags = p->packet[0];
	p->sink->mouse(p->sink->owner, ps2_motion(p->packet[1], flags & 0x10, flags & 0x40),
		       -ps2_motion(p->packet[2], flags & 0x20, flags & 0x80),
		       p->packet_size == 4 ? (int8_t)p->packet[3] : 0, flags & 7);
}
