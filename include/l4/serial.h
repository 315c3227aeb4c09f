/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A polled serial line on COM1 (8250 and its successors), for programs that own
 * ports 0x3f8-0x3ff: sigma0 grants them to the root task, by I/O fault or on
 * request.  The line's speed stays what the kernel has set.
 *
 *	stdio_set_putc(l4_serial_putc);
 *	printf("hello\n");
 */
#ifndef L4_SERIAL_H
#define L4_SERIAL_H

#include <stdbool.h>

#define L4_SERIAL_PORT 0x3f8
#define L4_SERIAL_LOG2_PORTS 3
#define L4_SERIAL_IRQ 4

/* Sends a byte, and a carriage return before a line feed.  Gives up waiting for
 * a transmitter that does not become ready, so that a missing port can't hang. */
void l4_serial_putc(char c);

/* The next received byte, -1 if there is none. */
int l4_serial_getc(void);

/* Lets the port raise its interrupt when a byte is received. */
void l4_serial_enable_interrupt(void);

#endif
