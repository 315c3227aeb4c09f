/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pictures that the console draws itself: before a client is there, and for one that shows
 * nothing.
 */
#ifndef CONSOLE_SPLASH_H
#define CONSOLE_SPLASH_H

#include "picture.h"

/* "L4VM", how to switch, and that `name` has not started.  There is one such picture; the
 * call changes it and gives it a new look. */
void splash_picture(struct picture *p, const char *name);

/* Dark; keeps the frame. */
void splash_dark(struct picture *p);

#endif
