/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ARM PL011 UART (ARM DDI 0183), revision r1p4: FIFOs of 16.
 */
#ifndef EMU_DEV_CHAR_PL011_H
#define EMU_DEV_CHAR_PL011_H

#include <emu/backend.h>
#include <emu/chip.h>
#include <emu/clock.h>
#include <emu/irq.h>

struct pl011_config {
	struct clock *clock;
	uint32_t hz;              /* UARTCLK */
	struct irq irq;           /* UARTINTR */
	struct serial_line *line; /* may be NULL; the chip fills in its half */
};

struct pl011;

extern const struct chip_ops pl011_ops;

struct pl011 *pl011_create(const struct pl011_config *config);

#endif
