/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A window that shows a machine's screen and gives it keys and a mouse.
 *
 * The window has a thread of its own, which knows SDL and no machine.  The picture is drawn
 * by window_poll on the vCPU thread, at most 60 times a second and for an eighth of the
 * time, when the guest has done something since, and otherwise a few times a second, as
 * cursors blink; only rows that have changed go further.  While nobody sees the window,
 * nothing is drawn.
 *
 * Keys are the ones at that place of the keyboard, whatever is printed on them.
 */
#ifndef EMU_PORT_WINDOW_H
#define EMU_PORT_WINDOW_H

#include <emu/backend.h>
#include <emu/machine.h>

struct window;

struct window_config {
	const char *name; /* of the machine, for the title */
	bool full_screen; /* at first */
	/* Opens when the screen shows something for the first time, if ever; that it can't
	 * is then a line in the log. */
	bool later;
	struct screen *screen; /* as machine_create leaves them */
	struct input *input;
	struct machine *machine;
	/* The window was closed: end the machine.  On the window's thread. */
	void (*closed)(void *context);
	void *context;
};

/* Whether there is somewhere to open a window, by the environment. */
bool window_possible(void);

/* After the machine was created.  NULL: one sentence. */
struct window *window_open(const struct window_config *config, char *error, size_t room);

/* On the vCPU thread: delivers input and draws, if it is time.  To be called often, so the
 * machine has to be one with poll_always.  NULL is fine. */
void window_poll(struct window *w);

/* Before the machine is destroyed.  NULL is fine. */
void window_close(struct window *w);

#endif
