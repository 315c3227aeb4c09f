/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which keys are the guest's and which the window's own: those pressed while Ctrl and Alt,
 * of either side, are down.  The guest has seen Ctrl and Alt by then.
 *
 *	G	gives keyboard and mouse to the guest, or takes them back
 *	F	full screen, or back to a window
 *	End	is Delete for the guest, as Ctrl+Alt+Del is the desktop's
 */
#ifndef EMU_PORT_WINDOW_KEYS_H
#define EMU_PORT_WINDOW_KEYS_H

#include <emu/types.h>

#define WINDOW_USAGES 256u

enum window_key_action {
	WINDOW_KEY_NONE,
	WINDOW_KEY_SEND, /* to the guest */
	WINDOW_KEY_GRAB,
	WINDOW_KEY_FULL_SCREEN,
};

struct window_keys {
	uint8_t modifiers;               /* of the usages 224 to 231 */
	uint8_t own;                     /* keys of the table that are down for the window */
	uint8_t down[WINDOW_USAGES / 8]; /* for the guest */
};

/* A key of USB HID usage page 7 went down, maybe once more, or up.  With WINDOW_KEY_SEND
 * the guest is to get it, by the usage that is left in *usage. */
enum window_key_action window_key(struct window_keys *k, unsigned *usage, bool down);

/* The next key that is down for the guest, which is up from now on; 0 if none is. */
unsigned window_key_release(struct window_keys *k);

#endif
