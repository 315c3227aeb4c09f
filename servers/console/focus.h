/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the keyboard means for the console that has the focus: which keys are for the
 * client, and which switch.  Ctrl+Alt+Fn is console n, Ctrl+Alt+Left and Right the one
 * before and after.  A key that was down when the focus changed is nobody's until it has
 * been let go; so is the key that switched.
 */
#ifndef CONSOLE_FOCUS_H
#define CONSOLE_FOCUS_H

#include "scancode.h"

enum focus_kind {
	FOCUS_NOTHING,
	FOCUS_KEY,      /* usage, down, for the client */
	FOCUS_NUMBER,   /* switch to console `number`, from 1 */
	FOCUS_PREVIOUS, /* switch */
	FOCUS_NEXT,
};

struct focus_action {
	uint8_t kind, usage, number;
	bool down, repeated;
};

struct focus_keys {
	uint8_t down[32];   /* as they are */
	uint8_t nobody[32]; /* down, but not for the client */
};

struct focus_action focus_key(struct focus_keys *f, uint8_t usage, bool down);

/* Another client has the focus, or the same is a new one. */
void focus_changed(struct focus_keys *f);

/* The keyboard doesn't know any more what is down. */
void focus_lost_keys(struct focus_keys *f);

#endif
