/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The serial line root talks on, and the machine's switch.
 */
#ifndef ROOT_CONSOLE_H
#define ROOT_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

/* Gets the serial port and lets printf() write to it; false if it is taken. */
bool console_open(void);

/* Gets the port's interrupt delivered to the calling thread; false if it can't be. */
bool console_attach_interrupt(void);

/* Prints a line with text from a program, printable or not. */
void console_print_foreign(const char *name, const char *text, size_t length);

/* Reads what has been typed; true if it says to leave. */
bool console_wants_to_leave(void);

/* Switches the machine off, or on again; if that can't be done, root ends. */
_Noreturn void console_power_off(void);
_Noreturn void console_reboot(void);

#endif
