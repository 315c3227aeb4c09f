/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ARM PrimeCell colour LCD controllers PL110 (ARM DDI 0161) and PL111 (ARM DDI
 * 0293); the latter has two registers swapped and a hardware cursor.
 */
#ifndef EMU_DEV_DISPLAY_PL11X_H
#define EMU_DEV_DISPLAY_PL11X_H

#include <emu/backend.h>
#include <emu/bus.h>
#include <emu/chip.h>
#include <emu/clock.h>
#include <emu/irq.h>

#define PL11X_BYTES 0x1000

struct pl11x;

enum pl11x_model { PL110, PL111 };

struct pl11x_config {
	enum pl11x_model model;
	struct bus *bus; /* where the frame is */
	struct clock *clock;
	struct irq irq;        /* CLCDINTR, all causes */
	struct screen *screen; /* filled in; may be NULL */
};

extern const struct chip_ops pl110_ops, pl111_ops;

struct pl11x *pl11x_create(const struct pl11x_config *config);

#endif
