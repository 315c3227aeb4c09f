/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ARM PL031 real-time clock (ARM DDI 0224).  Starts with the machine's calendar.
 */
#ifndef EMU_DEV_TIMER_PL031_H
#define EMU_DEV_TIMER_PL031_H

#include <emu/chip.h>
#include <emu/clock.h>
#include <emu/irq.h>

struct pl031_config {
	struct clock *clock;
	struct irq irq;
};

struct pl031;

extern const struct chip_ops pl031_ops;

struct pl031 *pl031_create(const struct pl031_config *config);

#endif
