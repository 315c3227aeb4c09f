/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Motorola MC146818A real-time clock with 128 bytes, as a PC has it: MC146818_PORTS ports
 * (70h), the index, whose bit 7 masks NMIs, and the data.  Starts with the machine's
 * calendar (UTC), in BCD and 24 hours.  Time and memory survive a reset.
 */
#ifndef EMU_DEV_TIMER_MC146818_H
#define EMU_DEV_TIMER_MC146818_H

#include <emu/chip.h>
#include <emu/clock.h>
#include <emu/irq.h>

#define MC146818_PORTS 2
#define MC146818_BYTES 128
#define MC146818_FIRST_FREE 14 /* below it: time and control registers */

struct mc146818_config {
	struct clock *clock;
	struct irq irq;
	struct irq nmi_mask; /* high: NMIs don't get to the CPU */
	uint8_t century;     /* byte that counts centuries (32h on PCs), 0: none does */
};

struct mc146818;

extern const struct chip_ops mc146818_ops;

struct mc146818 *mc146818_create(const struct mc146818_config *config);

/* What the board's maker, or its set-up program, put into the memory; `index` is from
 * MC146818_FIRST_FREE to MC146818_BYTES - 1. */
void mc146818_set(struct mc146818 *rtc, unsigned index, uint8_t value);
uint8_t mc146818_get(const struct mc146818 *rtc, unsigned index);

#endif
