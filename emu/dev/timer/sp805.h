/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ARM SP805 watchdog (ARM DDI 0270).
 */
#ifndef EMU_DEV_TIMER_SP805_H
#define EMU_DEV_TIMER_SP805_H

#include <emu/chip.h>
#include <emu/clock.h>
#include <emu/irq.h>

struct sp805_config {
	struct clock *clock;
	uint32_t hz;
	struct irq irq;   /* WDOGINT */
	struct irq reset; /* WDOGRES: raised when the guest has let it expire twice */
};

struct sp805;

extern const struct chip_ops sp805_ops;

struct sp805 *sp805_create(const struct sp805_config *config);

#endif
