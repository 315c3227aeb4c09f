/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The PS/2 mouse: stream, remote and wrap mode, and the wheel after Microsoft's knock
 * (sample rates 200, 100, 80).  IBM PS/2 Hardware Interface Technical Reference,
 * "Mouse".
 *
 * Motion that finds no room in the queue adds up until there is some; the sample rate
 * is stored and has no effect.
 */
#include <emu/log.h>

#include "dev/input/ps2_device.h"

static int32_t ps2_clamp(int64_t value, int32_t low, int32_t high)
{
	return value < low ? low : value > high ? high : (int32_t)value;
}

/* 2:1 scaling of one report's motion, only in stream mode. */
static int32_t mouse_scale(int32_t v)
{
	static const uint8_t table[] = { 0, 1, 1, 3, 6, 9 };
	int32_t size = v < 0 ? -v : v;

	size = size < (int32_t)sizeof table ? table[size] : 2 * size;
	size = ps2_clamp(size, 0, 255);
	return v < 0 ? -size : size;
}

/* Builds a report from what has added up, and takes it away.  PS/2's y goes up. */
static unsigned mouse_packet(struct ps2 *p, uint8_t packet[4], bool stream)
{
	int32_t dx = ps2_clamp(p->dx, -255, 255), dy = ps2_clamp(p->dy, -255, 255);
	int32_t wheel = ps2_clamp(p->wheel, -8, 7);
	int32_t x = dx, y = -dy;

	p->dx -= dx;
	p->dy -= dy;
	p->wheel = p->wheel_mode ? p->wheel - wheel : 0;
	p->buttons_sent = p->buttons;
	if (stream && p->scale2) {
		x = mouse_scale(x);
		y = mouse_scale(y);
	}
	packet[0] = (uint8_t)(8 | p->buttons | (x < 0 ? 0x10 : 0) | (y < 0 ? 0x20 : 0));
	packet[1] = (uint8_t)x;
	packet[2] = (uint8_t)y;
	packet[3] = (uint8_t)wheel;
	return p->wheel_mode ? 4 : 3;
}

static bool mouse_has_news(const struct ps2 *p)
{
	return p->dx || p->dy || (p->wheel_mode && p->wheel) || p->buttons != p->buttons_sent;
}

void ps2_mouse_drained(struct ps2 *p)
{
	uint8_t packet[4];

	while (p->enabled && !p->remote && !p->wrap && mouse_has_news(p) &&
	       p->queue_count + sizeof packet <= PS2_QUEUE) {
		unsigned count = mouse_packet(p, packet, true);

		ps2_report(p, packet, count);
	}
}

static void ps2_mouse_move(void *mouse, int dx, int dy, int wheel, unsigned buttons)
{
	struct ps2 *p = mouse;

	p->dx = ps2_clamp((int64_t)p->dx + dx, -PS2_MOTION_MAX, PS2_MOTION_MAX);
	p->dy = ps2_clamp((int64_t)p->dy + dy, -PS2_MOTION_MAX, PS2_MOTION_MAX);
	p->wheel = ps2_clamp((int64_t)p->wheel + wheel, -PS2_MOTION_MAX, PS2_MOTION_MAX);
	p->buttons = buttons & 7;
	/* A mouse that doesn't report in stream mode forgets what happens meanwhile. */
	if (!p->enabled && !p->remote)
		p->dx = p->dy = p->wheel = 0;
	ps2_mouse_drained(p);
}

void ps2_mouse_init(struct ps2 *p)
{
	p->set = 2;
	if (p->input) {
		p->input->mouse = p;
		p->input->move = ps2_mouse_move;
	}
}

void ps2_mouse_defaults(struct ps2 *p)
{
	p->enabled = false;
	p->remote = false;
	p->wrap = false;
	p->scale2 = false;
	p->resolution = 2; /* 4 counts a mm */
	p->sample_rate = 100;
	p->knock = 0;
	p->dx = p->dy = p->wheel = 0;
	p->buttons_sent = p->buttons;
}

static void mouse_sample_rate(struct ps2 *p, uint8_t rate)
{
	p->sample_rate = rate;
	if (p->knock == 2 && rate == 80)
		p->wheel_mode = true;
	p->knock = rate == 200 ? 1 : p->knock == 1 && rate == 100 ? 2 : 0;
}

static void mouse_parameter(struct ps2 *p, uint8_t byte)
{
	uint8_t command = p->command;

	p->command = 0;
	if (command == 0xF3) {
		mouse_sample_rate(p, byte);
	} else if (byte > 3) {
		ps2_answer_byte(p, PS2_RESEND);
		p->command = command;
		return;
	} else {
		p->resolution = byte;
	}
	ps2_answer_byte(p, PS2_ACK);
}

static void mouse_status(struct ps2 *p)
{
	/* Here the left button is the highest, in reports it is the lowest. */
	const uint8_t bytes[] = {
		PS2_ACK,
		(uint8_t)(p->remote << 6 | p->enabled << 5 | p->scale2 << 4 |
			  (p->buttons & 1) << 2 | (p->buttons & 4) >> 1 | (p->buttons & 2) >> 1),
		p->resolution,
		p->sample_rate,
	};

	ps2_answer(p, bytes, sizeof bytes);
}

/* Read data: acknowledge, then a report whether there is news or not. */
static void mouse_read_data(struct ps2 *p)
{
	uint8_t packet[4];
	unsigned count = mouse_packet(p, packet, false);

	ps2_answer_byte(p, PS2_ACK);
	ps2_report(p, packet, count);
}

static void mouse_reset_command(struct ps2 *p)
{
	static const uint8_t passed[] = { PS2_ACK, PS2_SELF_TEST_PASSED, 0 };

	ps2_mouse_defaults(p);
	p->wheel_mode = false;
	ps2_answer(p, passed, sizeof passed);
}

/* Commands that change settings and are answered by an acknowledgement only. */
static bool mouse_setting(struct ps2 *p, uint8_t byte)
{
	switch (byte) {
	case 0xE6:
	case 0xE7:
		p->scale2 = byte == 0xE7;
		return true;
	case 0xE8: /* resolution */
	case 0xF3: /* sample rate */
		p->command = byte;
		return true;
	case 0xEA: /* stream mode */
		p->remote = false;
		return true;
	case 0xEC: /* end of wrap mode; here it wasn't on */
		return true;
	case 0xEE:
		p->wrap = true;
		return true;
	case 0xF0:
		p->remote = true;
		return true;
	case 0xF4:
	case 0xF5:
		p->enabled = byte == 0xF4;
		p->dx = p->dy = p->wheel = 0;
		return true;
	case 0xF6:
		ps2_mouse_defaults(p);
		return true;
	default:
		return false;
	}
}

static void mouse_command(struct ps2 *p, uint8_t byte)
{
	const uint8_t id[] = { PS2_ACK, p->wheel_mode ? 3 : 0 };

	if (byte == 0xE9)
		mouse_status(p);
	else if (byte == 0xEB)
		mouse_read_data(p);
	else if (byte == 0xF2)
		ps2_answer(p, id, sizeof id);
	else if (byte == 0xFF)
		mouse_reset_command(p);
	else if (mouse_setting(p, byte))
		ps2_answer_byte(p, PS2_ACK);
	else {
		LOG(LOG_GUEST, "ps2 mouse: command %#x", byte);
		ps2_answer_byte(p, PS2_RESEND);
	}
}

void ps2_mouse_write(struct ps2 *p, uint8_t byte)
{
	if (byte == PS2_RESEND && !p->wrap) {
		ps2_answer_byte(p, p->last);
		return;
	}
	/* A command ends a report that is under way; the host wouldn't know where it
	 * goes on. */
	ps2_clear_reports(p);
	if (p->wrap && byte == 0xEC) {
		p->wrap = false;
		ps2_answer_byte(p, PS2_ACK);
	} else if (p->wrap && byte != 0xFF) {
		ps2_answer_byte(p, byte);
	} else if (p->command) {
		mouse_parameter(p, byte);
	} else {
		mouse_command(p, byte);
	}
}
