/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is typed on a terminal, as keys of a keyboard (USB HID usages of page 7) with the
 * labels of the United States: characters, control characters, and what terminals of the
 * xterm kind send for Alt, arrows, function keys and those between.  Other bytes are
 * ignored.
 *
 * One thread uses it at a time.
 */
#ifndef EMU_PORT_LINUX_TYPING_H
#define EMU_PORT_LINUX_TYPING_H

#include <emu/types.h>

#define TYPING_EVENTS 4096u /* a power of two */

struct key_event {
	uint16_t usage;
	bool down;
};

/* Zeros are an empty one. */
struct typing {
	struct key_event event[TYPING_EVENTS];
	unsigned head, tail;
};

/* Keys for what one read brought; an Escape at its end is the key, not the beginning of a
 * sequence.  Keys that find no room are lost. */
void typing_bytes(struct typing *t, const uint8_t *bytes, size_t count);
void typing_ctrl_alt_delete(struct typing *t);

static inline bool typing_pending(const struct typing *t)
{
	return t->head != t->tail;
}

/* The next event, while there is one. */
struct key_event typing_next(struct typing *t);

#endif
