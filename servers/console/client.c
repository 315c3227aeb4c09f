/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server's side of a console channel.
 */
#include "client.h"

#include <string.h>

static uint32_t client_room(const struct client *c)
{
	uint32_t read = channel_load(&c->channel->events_read.value);

	return CONSOLE_EVENTS - channel_used(c->written, read, CONSOLE_EVENTS);
}

static bool client_put(struct client *c, struct console_event event)
{
	if (!c->epoch || client_room(c) == 0)
		return false;
	c->channel->event[c->written % CONSOLE_EVENTS] = event;
	c->written++;
	channel_store(&c->channel->events_written.value, c->written);
	c->signal = true;
	return true;
}

static int16_t client_clamp(int32_t *value)
{
	int32_t part = *value > INT16_MAX ? INT16_MAX : *value;

	part = part < INT16_MIN ? INT16_MIN : part;
	*value -= part;
	return (int16_t)part;
}

static void client_put_mouse(struct client *c)
{
	struct console_event event = { .type = CONSOLE_MOUSE, .code = c->buttons };

	if (!c->epoch || client_room(c) == 0)
		return;
	event.dx = client_clamp(&c->dx);
	event.dy = client_clamp(&c->dy);
	event.wheel = client_clamp(&c->wheel);
	c->mouse_pending = !client_put(c, event);
}

/* What there was no room for. */
static void client_put_owed(struct client *c)
{
	if (c->owed_all_up)
		c->owed_all_up = !client_put(c, (struct console_event){ .type = CONSOLE_ALL_UP });
	if (c->mouse_pending && !c->owed_all_up)
		client_put_mouse(c);
}

static void client_forget(struct client *c)
{
	c->written = 0;
	c->owed_all_up = c->mouse_pending = c->drawn = false;
	c->dx = c->dy = c->wheel = 0;
	c->buttons = 0;
	c->locks = 0;
	memset(c->down, 0, sizeof(c->down));
}

static void client_open(struct client *c, uint32_t epoch)
{
	client_forget(c);
	channel_store(&c->channel->events_written.value, 0);
	c->epoch = epoch;
	channel_store(&c->channel->head.server_epoch, epoch);
	c->signal = true;
}

void client_init(struct client *c, struct console_channel *channel, const char *name,
		 uint32_t number)
{
	uint32_t before = channel_load(&channel->head.server_epoch);
	uint32_t epoch = channel_load(&channel->head.client_epoch);

	*c = (struct client){ .channel = channel, .channel_number = number, .signal = true };
	memcpy(c->name, name, strnlen(name, sizeof(c->name) - 1));
	channel->server.visible = 0;
	channel_store(&channel->head.server_epoch, 0);
	c->seen_epoch = epoch;
	/* Who waits to be let in needn't ask again; who was in before has to. */
	if (epoch && epoch != before && channel_load(&channel->events_read.value) == 0)
		client_open(c, epoch);
}

void client_set_size(struct client *c, uint32_t width, uint32_t height)
{
	c->channel->server.screen_width = width;
	c->channel->server.screen_height = height;
}

bool client_attend(struct client *c)
{
	uint32_t epoch = channel_load(&c->channel->head.client_epoch);

	client_put_owed(c);
	if (epoch == c->seen_epoch)
		return false;
	c->seen_epoch = epoch;
	client_open(c, epoch);
	return true;
}

void client_set_visible(struct client *c, bool visible)
{
	c->visible = visible;
	__atomic_store_n(&c->channel->server.visible, visible, __ATOMIC_RELEASE);
	c->signal = true;
}

static bool client_has_down(const struct client *c, uint8_t usage)
{
	return c->down[usage / 8] >> usage % 8 & 1;
}

void client_key(struct client *c, uint8_t usage, bool down)
{
	struct console_event event = {
		.type = down ? CONSOLE_KEY_DOWN : CONSOLE_KEY_UP,
		.code = usage,
	};

	client_put_owed(c);
	if (!down && !client_has_down(c, usage))
		return;
	if (!c->owed_all_up && client_put(c, event)) {
		if (down)
			c->down[usage / 8] |= (uint8_t)(1u << usage % 8);
		else
			c->down[usage / 8] &= (uint8_t) ~(1u << usage % 8);
	} else if (!down) {
		/* Rather all of them up than one down for ever. */
		client_all_up(c);
	}
}

void client_mouse(struct client *c, int dx, int dy, int wheel, unsigned buttons)
{
	client_put_owed(c);
	if (!c->epoch)
		return;
	/* With nobody reading for long, the movement ends somewhere. */
	if (c->dx > -30000 && c->dx < 30000)
		c->dx += dx;
	if (c->dy > -30000 && c->dy < 30000)
		c->dy += dy;
	if (c->wheel > -30000 && c->wheel < 30000)
		c->wheel += wheel;
	c->buttons = (uint16_t)buttons;
	c->mouse_pending = true;
	if (!c->owed_all_up)
		client_put_mouse(c);
}

void client_all_up(struct client *c)
{
	memset(c->down, 0, sizeof(c->down));
	if (!c->epoch)
		return;
	c->owed_all_up = true;
	if (c->buttons) {
		c->buttons = 0;
		c->mouse_pending = true;
	}
	client_put_owed(c);
}
