/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes to and from the devices behind the keyboard controller, inside the PS/2 driver.
 */
#ifndef CONSOLE_PS2_PORT_H
#define CONSOLE_PS2_PORT_H

#include <stdint.h>

enum {
	PS2_KEYBOARD_LIGHTS = 0xed,
	PS2_ACKNOWLEDGE = 0xfa,
	PS2_RESEND = 0xfe,
};

/* Doesn't wait for the acknowledgement. */
void ps2_keyboard_send(uint8_t byte);

#endif
