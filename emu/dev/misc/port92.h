/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Port 92h of a PC (PIIX3, 82371SB, "Port 92 register"): fast A20 and fast reset.  Also
 * where the keyboard controller's A20 and reset lines meet with it: A20 gets through if
 * either says so.  One port.
 */
#ifndef EMU_DEV_MISC_PORT92_H
#define EMU_DEV_MISC_PORT92_H

#include <emu/chip.h>
#include <emu/irq.h>

struct port92_config {
	struct irq a20;   /* high: address line 20 gets through to memory */
	struct irq reset; /* the CPU's INIT */
};

struct port92;

extern const struct chip_ops port92_ops;

struct port92 *port92_create(const struct port92_config *config);

/* For the keyboard controller's outputs. */
struct irq port92_a20_input(struct port92 *port);
struct irq port92_reset_input(struct port92 *port);

#endif
