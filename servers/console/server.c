/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The consoles together.
 */
#include "server.h"

#include "splash.h"

#include <stdio.h>
#include <string.h>

void server_init(struct server *s, struct display *display)
{
	memset(s, 0, sizeof(*s));
	screen_init(&s->screen, display);
}

void server_add(struct server *s, struct console_channel *channel, const char *name,
		uint32_t channel_number, bool is_log)
{
	const struct display *d = s->screen.display;
	struct client *c = &s->client[s->client_count];

	if (s->client_count == SERVER_CONSOLES)
		return;
	client_init(c, channel, name, channel_number);
	client_set_size(c, d->width, d->height);
	s->order[s->client_count] = (uint8_t)s->client_count;
	/* The log stays behind all others. */
	if (s->has_log) {
		s->order[s->client_count] = s->order[s->client_count - 1];
		s->order[s->client_count - 1] = (uint8_t)s->client_count;
	}
	s->has_log |= is_log;
	s->client_count++;
}

static bool server_is_log(const struct server *s, unsigned position)
{
	return s->has_log && position == s->client_count - 1;
}

/* Which key switches to it: 0 if none does. */
static unsigned server_key_number(const struct server *s, unsigned position)
{
	if (server_is_log(s, position) && position < SERVER_LOG_NUMBER)
		return SERVER_LOG_NUMBER;
	return position < SERVER_LOG_NUMBER ? position + 1 : 0;
}

static void server_set_banner(struct server *s)
{
	unsigned number = server_key_number(s, s->focus);
	char line[80];

	if (number)
		snprintf(line, sizeof(line), " F%u  %s", number, server_focused(s)->name);
	else
		snprintf(line, sizeof(line), "     %s", server_focused(s)->name);
	screen_set_banner(&s->screen, line, s->now_us);
}

/* The focused client or what is to be seen of it is a new one. */
static void server_refocus(struct server *s)
{
	focus_changed(&s->keys);
	s->lights = server_focused(s)->locks;
	s->attention = true;
	s->splash = false;
	screen_invalidate(&s->screen);
}

static void server_switch(struct server *s, unsigned position)
{
	if (position == s->focus)
		return;
	client_all_up(server_focused(s));
	client_set_visible(server_focused(s), false);
	s->focus = position;
	client_set_visible(server_focused(s), true);
	server_refocus(s);
	server_set_banner(s);
	s->drawn_us = 0;
	s->switches++;
}

void server_start(struct server *s, const char *first)
{
	if (!s->client_count)
		return;
	for (unsigned i = 0; first && i < s->client_count; i++)
		if (strcmp(s->client[s->order[i]].name, first) == 0)
			s->focus = i;
	client_set_visible(server_focused(s), true);
	server_refocus(s);
}

/* Whether the client has shown nothing since it has opened, or is not there. */
static bool server_shows_nothing(struct client *c, const struct picture *p)
{
	c->drawn |= c->epoch && p->mode != CONSOLE_OFF;
	return !c->epoch || !c->drawn;
}

static void server_draw(struct server *s)
{
	struct client *c = server_focused(s);
	struct picture p = { .mode = CONSOLE_OFF };
	const char *name = c ? c->name : "nobody";

	if (c)
		picture_read(&p, c->channel);
	/* A client that has just become visible may not have known it at its last frame. */
	s->moving = c && (p.frame != s->frame || !s->screen.valid);
	s->frame = p.frame;
	s->attention = false;
	s->drawn_us = s->now_us;
	if (!c || server_shows_nothing(c, &p)) {
		if (s->splash && s->screen.valid)
			p = s->screen.shown;
		else
			splash_picture(&p, name);
		s->splash = true;
	} else {
		s->splash = false;
	}
	screen_update(&s->screen, &p, s->now_us);
}

static uint64_t server_earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* When the client's picture is to be looked at next. */
static uint64_t server_next_look(const struct server *s)
{
	if (s->attention)
		return s->drawn_us ? s->drawn_us + SERVER_FRAME_US : 0;
	return s->moving ? s->drawn_us + SERVER_POLL_US : SCREEN_NEVER;
}

static uint64_t server_deadline(const struct server *s)
{
	return server_earlier(server_next_look(s), screen_deadline(&s->screen));
}

uint64_t server_update(struct server *s, uint64_t now_us)
{
	s->now_us = now_us;
	if (server_deadline(s) <= now_us)
		server_draw(s);
	return server_deadline(s);
}

static void server_attend(struct server *s, struct client *c)
{
	bool opened = client_attend(c);

	if (c != server_focused(s))
		return;
	s->attention = true;
	if (opened)
		server_refocus(s);
	else
		s->signals++;
}

void server_signalled(struct server *s, uint32_t channel_number)
{
	for (unsigned i = 0; i < s->client_count; i++)
		if (s->client[i].channel_number == channel_number)
			server_attend(s, &s->client[i]);
}

static uint8_t server_lock_bit(uint8_t usage)
{
	switch (usage) {
	case USAGE_SCROLL_LOCK:
		return 1;
	case USAGE_NUM_LOCK:
		return 2;
	case USAGE_CAPS_LOCK:
		return 4;
	default:
		return 0;
	}
}

static void server_deliver(struct server *s, const struct focus_action *a)
{
	struct client *c = server_focused(s);

	if (a->down && !a->repeated)
		c->locks ^= server_lock_bit(a->usage);
	s->lights = c->locks;
	client_key(c, a->usage, a->down);
}

/* Switches to the console of a function key, if it is anyone's. */
static void server_switch_number(struct server *s, unsigned number)
{
	for (unsigned i = 0; i < s->client_count; i++) {
		if (server_key_number(s, i) == number) {
			server_switch(s, i);
			return;
		}
	}
}

static void server_one_key(struct server *s, uint8_t usage, bool down)
{
	struct focus_action action = focus_key(&s->keys, usage, down);
	unsigned count = s->client_count;

	switch (action.kind) {
	case FOCUS_KEY:
		server_deliver(s, &action);
		break;
	case FOCUS_NUMBER:
		server_switch_number(s, action.number);
		break;
	case FOCUS_PREVIOUS:
		server_switch(s, (s->focus + count - 1) % count);
		break;
	case FOCUS_NEXT:
		server_switch(s, (s->focus + 1) % count);
		break;
	default:
		break;
	}
}

void server_key(struct server *s, struct key_event event)
{
	if (!s->client_count || event.kind == KEY_NONE)
		return;
	if (event.kind == KEY_LOST) {
		focus_lost_keys(&s->keys);
		client_all_up(server_focused(s));
		return;
	}
	if (event.kind != KEY_UP)
		server_one_key(s, event.usage, true);
	if (event.kind != KEY_DOWN)
		server_one_key(s, event.usage, false);
}

void server_mouse(struct server *s, int dx, int dy, int wheel, unsigned buttons)
{
	if (s->client_count)
		client_mouse(server_focused(s), dx, dy, wheel, buttons);
}
