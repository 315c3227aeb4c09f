/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The vCPU thread's half of a window; see window.h.
 *
 * When to draw is decided here, from instructions executed since the last picture.  A guest
 * that sleeps is woken for it by the window's thread, which sleeps until `due_ns`.
 */
#define _GNU_SOURCE
#include "port/linux/window.h"

#include <emu/port.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port/linux/window_core.h"

#define FRAME_NS (NS_PER_SECOND / 60)
#define FRAME_SHARE 8u /* a picture's time is at most this part of the vCPU's */
#define IDLE_FRAME_NS (NS_PER_SECOND / 8)
#define ANSWER_NS (NS_PER_SECOND / 10) /* in which a guest is expected to react to a key */
#define NOTICEABLE 100000u             /* instructions */

static bool set_in_environment(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

bool window_possible(void)
{
	return set_in_environment("DISPLAY") || set_in_environment("WAYLAND_DISPLAY");
}

static void window_geometry(const struct window *w, unsigned *width, unsigned *height)
{
	const struct screen *s = w->config.screen;

	*width = *height = 0;
	if (s->geometry)
		s->geometry(s->chip, width, height);
	if (!*width || !*height)
		*width = *height = 0;
}

static bool window_start(struct window *w, char *error, size_t room)
{
	w->started = window_thread_start(w, error, room);
	return w->started;
}

struct window *window_open(const struct window_config *config, char *error, size_t room)
{
	struct window *w = calloc(1, sizeof *w);

	if (!w) {
		snprintf(error, room, "not enough memory for a window");
		return NULL;
	}
	w->config = *config;
	w->due_ns = WINDOW_NEVER;
	w->frame_ns = FRAME_NS;
	pthread_mutex_init(&w->lock, NULL);
	if (config->later || window_start(w, error, room))
		return w;
	free(w);
	return NULL;
}

/* Input. */

static struct window_event *last_event(struct window *w)
{
	return w->events_head == w->events_tail ? NULL :
						  &w->event[(w->events_head - 1) % WINDOW_EVENTS];
}

/* Motion is added to what waits anyway, unless a button changed in between. */
static bool joined(struct window_event *last, const struct window_event *event)
{
	if (!last || last->usage || event->usage || last->buttons != event->buttons)
		return false;
	last->dx += event->dx;
	last->dy += event->dy;
	last->wheel += event->wheel;
	return true;
}

void window_put(struct window *w, const struct window_event *event)
{
	/* What goes down leaves room for all that may have to go up. */
	bool up = event->usage ? !event->down : w->buttons && !event->buttons;
	unsigned room = up ? 0 : WINDOW_EVENTS / 2;

	pthread_mutex_lock(&w->lock);
	if (!joined(last_event(w), event) &&
	    w->events_head - w->events_tail + room < WINDOW_EVENTS) {
		w->event[w->events_head++ % WINDOW_EVENTS] = *event;
		w->buttons = event->usage ? w->buttons : event->buttons;
	}
	pthread_mutex_unlock(&w->lock);
}

static bool window_get(struct window *w, struct window_event *event)
{
	bool some;

	pthread_mutex_lock(&w->lock);
	some = w->events_head != w->events_tail;
	if (some)
		*event = w->event[w->events_tail++ % WINDOW_EVENTS];
	pthread_mutex_unlock(&w->lock);
	return some;
}

static void deliver_event(const struct input *input, const struct window_event *e)
{
	if (e->usage && input->key)
		input->key(input->keyboard, e->usage, e->down);
	else if (!e->usage && input->move)
		input->move(input->mouse, e->dx, e->dy, e->wheel, e->buttons);
}

static void window_input(struct window *w, uint64_t now_ns)
{
	struct window_event e;

	for (unsigned i = 0; i < WINDOW_EVENTS && window_get(w, &e); i++) {
		deliver_event(w->config.input, &e);
		w->input_ns = now_ns;
	}
}

/* The picture. */

static bool picture_resize(struct window *w, unsigned width, unsigned height)
{
	struct window_picture *p = &w->picture;
	size_t pixels = (size_t)width * height;

	if (p->width == width && p->height == height)
		return false;
	free(p->pixels);
	free(w->drawn);
	p->pixels = calloc(pixels + 1, sizeof *p->pixels);
	w->drawn = calloc(pixels + 1, sizeof *w->drawn);
	if (!p->pixels || !w->drawn)
		width = height = 0;
	p->width = width;
	p->height = height;
	w->changed_first = 0;
	w->changed_end = height;
	return true;
}

/* Takes over the rows that have changed; whether there are any. */
static bool picture_compare(struct window *w)
{
	struct window_picture *p = &w->picture;
	size_t bytes = p->width * sizeof *p->pixels;
	bool any = false;

	for (unsigned y = 0; y < p->height; y++) {
		uint32_t *shown = p->pixels + (size_t)y * p->width;
		const uint32_t *drawn = w->drawn + (size_t)y * p->width;

		if (memcmp(shown, drawn, bytes) == 0)
			continue;
		memcpy(shown, drawn, bytes);
		if (w->changed_first >= w->changed_end) {
			w->changed_first = y;
			w->changed_end = y + 1;
		}
		w->changed_first = y < w->changed_first ? y : w->changed_first;
		w->changed_end = y >= w->changed_end ? y + 1 : w->changed_end;
		any = true;
	}
	return any;
}

static void window_draw(struct window *w)
{
	const struct screen *s = w->config.screen;
	unsigned width, height;
	bool changed;

	window_geometry(w, &width, &height);
	pthread_mutex_lock(&w->lock);
	changed = picture_resize(w, width, height);
	pthread_mutex_unlock(&w->lock);
	if (w->picture.width) {
		s->draw(s->chip, w->drawn, w->picture.width);
		pthread_mutex_lock(&w->lock);
		changed |= picture_compare(w);
		pthread_mutex_unlock(&w->lock);
	}
	if (changed)
		window_thread_wake(w);
}

/* When. */

static uint64_t window_instructions(const struct window *w)
{
	struct machine_stats s;

	machine_stats(w->config.machine, &s);
	return s.instructions;
}

static uint64_t window_due(const struct window *w, uint64_t now_ns)
{
	bool busy = window_instructions(w) - w->drawn_instructions >= NOTICEABLE ||
		    (w->input_ns && now_ns - w->input_ns < ANSWER_NS);

	return w->drawn_ns + (busy ? w->frame_ns : IDLE_FRAME_NS);
}

static void window_ask_at(struct window *w, uint64_t due_ns)
{
	if (due_ns < __atomic_exchange_n(&w->due_ns, due_ns, __ATOMIC_SEQ_CST))
		window_thread_wake(w);
}

static void window_frame(struct window *w, uint64_t now_ns)
{
	uint64_t took_ns;

	w->drawn_ns = now_ns;
	w->drawn_instructions = window_instructions(w);
	window_draw(w);
	took_ns = (port_now_ns() - now_ns) * FRAME_SHARE;
	w->frame_ns = took_ns > FRAME_NS ? took_ns : FRAME_NS;
}

/* Starts when there is a picture, if it hasn't yet. */
static bool window_is_there(struct window *w)
{
	char error[512];
	unsigned width, height;

	if (w->started || !w->config.later)
		return w->started;
	window_geometry(w, &width, &height);
	if (!width)
		return false;
	w->config.later = false; /* one attempt */
	window_draw(w);
	if (!window_start(w, error, sizeof error))
		port_log(error);
	return w->started;
}

void window_poll(struct window *w)
{
	uint64_t now_ns, due_ns;

	if (!w || !window_is_there(w))
		return;
	now_ns = port_now_ns();
	window_input(w, now_ns);
	if (!__atomic_load_n(&w->visible, __ATOMIC_SEQ_CST))
		return;
	due_ns = window_due(w, now_ns);
	if (now_ns >= due_ns) {
		window_frame(w, now_ns);
		due_ns = window_due(w, now_ns);
	}
	window_ask_at(w, due_ns);
}

void window_close(struct window *w)
{
	if (!w)
		return;
	if (w->started) {
		__atomic_store_n(&w->ending, true, __ATOMIC_SEQ_CST);
		window_thread_wake(w);
		pthread_join(w->thread, NULL);
	}
	pthread_mutex_destroy(&w->lock);
	free(w->picture.pixels);
	free(w->drawn);
	free(w);
}
