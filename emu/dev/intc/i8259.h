/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The PC's two cascaded 8259A interrupt controllers (Intel 231468) with the edge/level
 * registers of the PIIX3 (82371SB).  Three register blocks of one object, each mapped with
 * its own ops; whichever is mapped first stands for the object's reset and state:
 *
 *	i8259_master_ops	I8259_PORTS ports, on a PC at 20h
 *	i8259_slave_ops		I8259_PORTS ports, at A0h
 *	i8259_elcr_ops		I8259_PORTS ports, at 4D0h
 *
 * The slave's INT goes to the master's IR2.
 */
#ifndef EMU_DEV_INTC_I8259_H
#define EMU_DEV_INTC_I8259_H

#include <emu/chip.h>
#include <emu/irq.h>

#define I8259_PORTS 2
#define I8259_INPUTS 16
#define I8259_CASCADE 2

struct i8259_config {
	struct irq irq; /* the master's INT, to the CPU's INTR */
};

struct i8259;

extern const struct chip_ops i8259_master_ops, i8259_slave_ops, i8259_elcr_ops;

struct i8259 *i8259_create(const struct i8259_config *config);

/* Input `n`, 0 to 15; that of I8259_CASCADE leads nowhere. */
struct irq i8259_input(struct i8259 *pic, unsigned n);

/* The CPU's interrupt acknowledge cycles: the vector, 0 to 255.  Without a request it is
 * that of IR7, which then isn't in service (a spurious interrupt). */
int i8259_acknowledge(struct i8259 *pic);

#endif
