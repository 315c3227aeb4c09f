/* SPDX-License-Identifier: BSD-2-Clause
 *
 * In the place of window_sdl.c where there was no SDL to build it with.
 */
#include <stdio.h>

#include "port/linux/window_core.h"

bool window_thread_start(struct window *w, char *error, size_t room)
{
	(void)w;
	snprintf(error, room,
		 "this l4vm was built without windows; build it again with the package "
		 "libsdl2-dev");
	return false;
}

void window_thread_wake(struct window *w)
{
	(void)w;
}
