/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the two halves of a window share: window.c on the vCPU thread, window_sdl.c on the
 * window's.  Without SDL at build time window_none.c is in the place of the latter.
 */
#ifndef EMU_PORT_WINDOW_CORE_H
#define EMU_PORT_WINDOW_CORE_H

#include <pthread.h>

#include "port/linux/window.h"
#include "port/linux/window_scale.h"

#define WINDOW_EVENTS 256u /* a power of two */
#define WINDOW_NEVER UINT64_MAX

/* A key, or with usage 0 the mouse. */
struct window_event {
	unsigned usage;
	bool down;
	int dx, dy, wheel;
	unsigned buttons;
};

struct window {
	struct window_config config;
	pthread_t thread;
	bool started;

	pthread_mutex_t lock; /* of these */
	struct window_picture picture;
	unsigned changed_first, changed_end; /* its rows that the window hasn't shown yet */
	struct window_event event[WINDOW_EVENTS];
	unsigned events_head, events_tail;
	unsigned buttons; /* of the last event of the mouse */

	/* Atomic: when the vCPU thread wants to be asked for a picture; whether anybody sees
	 * it; whether the window's thread is to end. */
	uint64_t due_ns;
	bool visible, ending;

	/* The vCPU thread's. */
	uint32_t *drawn;
	uint64_t drawn_ns, drawn_instructions, frame_ns, input_ns;
};

/* Starts the thread and waits until it has a window.  False: one sentence. */
bool window_thread_start(struct window *w, char *error, size_t room);
/* Has it look at picture, due_ns and ending.  From any thread. */
void window_thread_wake(struct window *w);

/* From the window's thread: queues an event; machine_attention then delivers it.  Keys
 * that go up, and the last button that does, have half of the room for themselves. */
void window_put(struct window *w, const struct window_event *event);

#endif
