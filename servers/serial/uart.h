/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A 16550 with its FIFOs, driven by its interrupt: nothing here waits for the line.
 */
#ifndef SERIAL_UART_H
#define SERIAL_UART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UART_PORT 0x3f8u
#define UART_INTERRUPT 4u

/* False if there is no chip.  The line's speed stays what the kernel has set. */
bool uart_open(void);

/* Received bytes; returns how many. */
size_t uart_receive(uint8_t *bytes, size_t size);

/* How many bytes can be sent now. */
unsigned uart_room(void);
void uart_send(uint8_t byte);

/* Whether the chip shall tell, by its interrupt, when it has room. */
void uart_wants_room(bool wants);

/* After an interrupt, when messages of the next one can come again: what has happened
 * meanwhile raises another. */
void uart_rearm(void);

#endif
