/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What PS/2 keyboards and mice have in common: bytes waiting for the host, power on,
 * saved state.  IBM PS/2 Hardware Interface Technical Reference.
 */
#include "dev/input/ps2.h"

#include <emu/archive.h>
#include <string.h>

#include "dev/input/ps2_device.h"

void ps2_init(struct ps2 *p, enum ps2_kind kind, struct input *input,
	      void (*ready)(void *controller), void *controller)
{
	*p = (struct ps2){ .kind = kind, .input = input, .ready = ready, .controller = controller };
	if (kind == PS2_KEYBOARD)
		ps2_keyboard_init(p);
	else
		ps2_mouse_init(p);
}

void ps2_reset(struct ps2 *p)
{
	static const uint8_t passed[] = { PS2_SELF_TEST_PASSED, 0 };

	ps2_clear_reports(p);
	p->command = 0;
	p->answer_count = 0;
	memset(p->down, 0, sizeof p->down);
	if (p->kind == PS2_KEYBOARD)
		ps2_keyboard_defaults(p);
	else
		ps2_mouse_defaults(p);
	p->enabled = p->kind == PS2_KEYBOARD;
	ps2_answer(p, passed, p->kind == PS2_KEYBOARD ? 1 : 2);
}

void ps2_write(struct ps2 *p, uint8_t byte)
{
	if (p->kind == PS2_KEYBOARD)
		ps2_keyboard_write(p, byte);
	else
		ps2_mouse_write(p, byte);
}

bool ps2_pending(const struct ps2 *p)
{
	return p->answer_count || p->queue_count;
}

static uint8_t ps2_take(struct ps2 *p)
{
	uint8_t byte;

	if (p->answer_count) {
		p->answer_count--;
		return p->answer[p->answer_first++];
	}
	byte = p->queue[p->queue_first];
	p->queue_first = (uint8_t)((p->queue_first + 1) % PS2_QUEUE);
	p->queue_count--;
	return byte;
}

uint8_t ps2_read(struct ps2 *p)
{
	if (!ps2_pending(p))
		return 0;
	p->last = ps2_take(p);
	if (p->kind == PS2_MOUSE)
		ps2_mouse_drained(p);
	return p->last;
}

void ps2_answer(struct ps2 *p, const uint8_t *bytes, unsigned count)
{
	memcpy(p->answer, bytes, count);
	p->answer_first = 0;
	p->answer_count = (uint8_t)count;
	p->ready(p->controller);
}

void ps2_answer_byte(struct ps2 *p, uint8_t byte)
{
	ps2_answer(p, &byte, 1);
}

bool ps2_report(struct ps2 *p, const uint8_t *bytes, unsigned count)
{
	bool waiting = ps2_pending(p);

	if (count > (unsigned)(PS2_QUEUE - p->queue_count))
		return false;
	for (unsigned i = 0; i < count; i++)
		p->queue[(p->queue_first + p->queue_count++) % PS2_QUEUE] = bytes[i];
	if (!waiting)
		p->ready(p->controller);
	return true;
}

void ps2_clear_reports(struct ps2 *p)
{
	p->queue_first = 0;
	p->queue_count = 0;
}

void ps2_state(struct ps2 *p, struct archive *a)
{
	uint32_t dx = (uint32_t)p->dx, dy = (uint32_t)p->dy, wheel = (uint32_t)p->wheel;

	archive_bytes(a, "queue", p->queue, sizeof p->queue);
	archive_bytes(a, "answer", p->answer, sizeof p->answer);
	archive_u8(a, "queue_first", &p->queue_first);
	archive_u8(a, "queue_count", &p->queue_count);
	archive_u8(a, "answer_first", &p->answer_first);
	archive_u8(a, "answer_count", &p->answer_count);
	archive_u8(a, "last", &p->last);
	archive_u8(a, "command", &p->command);
	archive_bool(a, "enabled", &p->enabled);
	archive_u8(a, "set", &p->set);
	archive_u8(a, "leds", &p->leds);
	archive_u8(a, "rate", &p->rate);
	archive_bytes(a, "down", p->down, sizeof p->down);
	archive_bytes(a, "silent", p->silent, sizeof p->silent);
	archive_bool(a, "remote", &p->remote);
	archive_bool(a, "wrap", &p->wrap);
	archive_bool(a, "scale2", &p->scale2);
	archive_bool(a, "wheel_mode", &p->wheel_mode);
	archive_u8(a, "resolution", &p->resolution);
	archive_u8(a, "sample_rate", &p->sample_rate);
	archive_u8(a, "knock", &p->knock);
	archive_u8(a, "buttons", &p->buttons);
	archive_u8(a, "buttons_sent", &p->buttons_sent);
	archive_u32(a, "dx", &dx);
	archive_u32(a, "dy", &dy);
	archive_u32(a, "wheel", &wheel);
	p->dx = (int32_t)dx;
	p->dy = (int32_t)dy;
	p->wheel = (int32_t)wheel;
	archive_require(a, p->queue_first < PS2_QUEUE && p->queue_count <= PS2_QUEUE);
	archive_require(a, p->answer_first + p->answer_count <= PS2_ANSWER);
	archive_require(a, p->set >= 1 && p->set <= 3);
	archive_require(a, p->knock <= 2 && p->resolution <= 3);
	archive_require(a, p->dx >= -PS2_MOTION_MAX && p->dx <= PS2_MOTION_MAX &&
				   p->dy >= -PS2_MOTION_MAX && p->dy <= PS2_MOTION_MAX &&
				   p->wheel >= -PS2_MOTION_MAX && p->wheel <= PS2_MOTION_MAX);
}
