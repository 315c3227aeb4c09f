/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A PC's keyboard controller (Intel 8042 with the firmware of the IBM PS/2 Hardware
 * Interface Technical Reference, "Keyboard and Auxiliary Device Controller"), with the
 * keyboard and the mouse on its connectors.  Two ports of one object, each mapped with
 * its own ops; whichever is mapped first stands for the object's reset and state:
 *
 *	i8042_data_ops		on a PC 60h
 *	i8042_command_ops	64h
 */
#ifndef EMU_DEV_INPUT_I8042_H
#define EMU_DEV_INPUT_I8042_H

#include <emu/backend.h>
#include <emu/chip.h>
#include <emu/clock.h>
#include <emu/irq.h>

struct i8042_config {
	struct clock *clock;
	struct input *input; /* may be NULL: nobody types */
	struct irq keyboard; /* on a PC IRQ 1 */
	struct irq mouse;    /* IRQ 12 */
	struct irq a20;      /* high: address line 20 gets through; high after a reset */
	struct irq reset;    /* a pulse, or high as long as the guest holds it */
};

struct i8042;

extern const struct chip_ops i8042_data_ops, i8042_command_ops;

struct i8042 *i8042_create(const struct i8042_config *config);

#endif
