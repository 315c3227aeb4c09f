/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What ps2.c, ps2_keyboard.c and ps2_mouse.c share and a controller doesn't need.
 */
#ifndef EMU_DEV_INPUT_PS2_DEVICE_H
#define EMU_DEV_INPUT_PS2_DEVICE_H

#include "dev/input/ps2.h"

#define PS2_ACK 0xFA
#define PS2_RESEND 0xFE
#define PS2_SELF_TEST_PASSED 0xAA

/* Replaces what is still to be answered. */
void ps2_answer(struct ps2 *p, const uint8_t *bytes, unsigned count);
void ps2_answer_byte(struct ps2 *p, uint8_t byte);

/* A report, all of it or, for want of room, nothing. */
bool ps2_report(struct ps2 *p, const uint8_t *bytes, unsigned count);
void ps2_clear_reports(struct ps2 *p);

#define PS2_MOTION_MAX 65535

void ps2_keyboard_init(struct ps2 *p);
void ps2_keyboard_defaults(struct ps2 *p);
void ps2_keyboard_write(struct ps2 *p, uint8_t byte);

void ps2_mouse_init(struct ps2 *p);
void ps2_mouse_defaults(struct ps2 *p);
void ps2_mouse_write(struct ps2 *p, uint8_t byte);
/* There is room for reports again. */
void ps2_mouse_drained(struct ps2 *p);

#endif
