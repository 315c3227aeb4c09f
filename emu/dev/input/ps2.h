/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A PS/2 keyboard or mouse as the controller at the other end of its cable sees
 * it: bytes in, bytes out.  The PL050 and the 8042 embed one each per connector.
 * Commands and packets as in the IBM PS/2 Hardware Interface Technical Reference
 * (keyboard, mouse); the wheel as in Microsoft's IntelliMouse (id 3).
 *
 * The device holds what the host hasn't fetched: answers to commands first, then
 * key and motion reports.  Fetching is the controller's business, so are bit
 * timing and parity.  Not modelled: typematic repetition, five-button mice (id 4).
 */
#ifndef EMU_DEV_INPUT_PS2_H
#define EMU_DEV_INPUT_PS2_H

#include <emu/backend.h>
#include <emu/types.h>

struct archive;

enum ps2_kind { PS2_KEYBOARD, PS2_MOUSE };

#define PS2_QUEUE 64
#define PS2_ANSWER 4

struct ps2 {
	enum ps2_kind kind;
	/* Called when there is something to fetch where there was nothing. */
	void (*ready)(void *controller);
	void *controller;
	struct input *input;

	/* Reports, and answers to commands, which overtake them. */
	uint8_t queue[PS2_QUEUE], answer[PS2_ANSWER];
	uint8_t queue_first, queue_count, answer_first, answer_count;
	uint8_t last;    /* sent, for RESEND */
	uint8_t command; /* whose parameter is awaited, or 0 */
	bool enabled;    /* scanning or reporting */

	/* Keyboard. */
	uint8_t set, leds, rate;
	uint8_t down[32];   /* one bit per HID usage */
	uint8_t silent[32]; /* set 3: one bit per code whose break isn't sent */

	/* Mouse. */
	bool remote, wrap, scale2, wheel_mode;
	uint8_t resolution, sample_rate, knock, buttons, buttons_sent;
	int32_t dx, dy, wheel;
};

/* `input` may be NULL; otherwise the device becomes its keyboard or mouse. */
void ps2_init(struct ps2 *p, enum ps2_kind kind, struct input *input,
	      void (*ready)(void *controller), void *controller);

/* Power on: settings are the default ones, the self test's result waits. */
void ps2_reset(struct ps2 *p);

/* A byte from the host. */
void ps2_write(struct ps2 *p, uint8_t byte);

/* Fetching: is there a byte, and take it (0 if there is none). */
bool ps2_pending(const struct ps2 *p);
uint8_t ps2_read(struct ps2 *p);

/* All of the device's state, as part of its controller's section. */
void ps2_state(struct ps2 *p, struct archive *a);

#endif
