/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Two functions of the PIIX3 (Intel 290550, 82371SB): the ISA bridge, whose registers are
 * storage here as nothing on this PCI bus has an interrupt pin, and the IDE interface's
 * configuration.  The interface itself, two channels with ISA's ports and interrupts and
 * a bus master, is the board's.
 */
#ifndef EMU_DEV_PCI_PIIX3_H
#define EMU_DEV_PCI_PIIX3_H

#include <emu/bus.h>

#include "dev/pci/pci.h"

struct piix3_config {
	struct pci *pci;
	unsigned device; /* the number on the bus */
	struct bus *ports;
	void *master; /* the bus master's chip, already on `ports`: 16 ports, moved by BAR 4 */
	/* The command register's bus master bit, and whether channel 0, 1 decode ports
	 * (IDETIM bit 15). */
	void (*configured)(void *context, bool master, bool primary, bool secondary);
	void *context;
};

struct piix3;
extern const struct chip_ops piix3_ops; /* without registers: bus_attach */
struct piix3 *piix3_create(const struct piix3_config *config);

#endif
