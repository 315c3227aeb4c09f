/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ARM SP804 dual timer (ARM DDI 0271).
 */
#ifndef EMU_DEV_TIMER_SP804_H
#define EMU_DEV_TIMER_SP804_H

#include <emu/chip.h>
#include <emu/clock.h>
#include <emu/irq.h>

struct sp804_config {
	struct clock *clock;
	uint32_t hz[2];      /* TIMCLK with its enable, for each timer */
	struct irq irq[2];   /* TIMINT1, TIMINT2 */
	struct irq combined; /* TIMINTC */
};

struct sp804;

extern const struct chip_ops sp804_ops;

struct sp804 *sp804_create(const struct sp804_config *config);

#endif
