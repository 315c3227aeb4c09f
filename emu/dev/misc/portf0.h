/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Port F0h of a PC (PIIX3, 82371SB, "Coprocessor error register"): x87 errors with CR0.NE = 0.
 * FERR# is interrupt 13; a write takes that back and has the CPU ignore errors until FERR# goes
 * away.  One port.
 */
#ifndef EMU_DEV_MISC_PORTF0_H
#define EMU_DEV_MISC_PORTF0_H

#include <emu/chip.h>
#include <emu/irq.h>

struct portf0_config {
	struct irq irq;   /* interrupt 13 */
	struct irq ignne; /* the CPU's */
};

struct portf0;

extern const struct chip_ops portf0_ops;

struct portf0 *portf0_create(const struct portf0_config *config);

/* For the CPU's FERR#, high: an error. */
struct irq portf0_ferr_input(struct portf0 *port);

#endif
