/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The timers of the Cortex-A9 MPCore (ARM DDI 0407, chapter 4) of one CPU: private
 * timer and watchdog (one block of 0x40 bytes), and the global timer.
 */
#ifndef EMU_DEV_TIMER_MPTIMER_H
#define EMU_DEV_TIMER_MPTIMER_H

#include <emu/chip.h>
#include <emu/clock.h>
#include <emu/irq.h>

#define MPTIMER_BYTES 0x100
#define MPTIMER_GLOBAL_BYTES 0x100

struct mptimer_config {
	struct clock *clock;
	uint32_t hz; /* PERIPHCLK */
	struct irq timer, watchdog;
	struct irq reset; /* raised when the watchdog expires in watchdog mode */
};

struct mptimer_global_config {
	struct clock *clock;
	uint32_t hz;
	struct irq irq;
};

struct mptimer;
struct mptimer_global;

extern const struct chip_ops mptimer_ops, mptimer_global_ops;

struct mptimer *mptimer_create(const struct mptimer_config *config);
struct mptimer_global *mptimer_global_create(const struct mptimer_global_config *config);

#endif
