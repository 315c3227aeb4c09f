/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Power management function of the PIIX4 (Intel 290562, 82371AB, function 3): ACPI's PM1
 * block and timer, general purpose events without sources, and the ports B2 and B3 by
 * which firmware is asked to switch ACPI on.  The events' registers are at AFE0 once more,
 * where SeaBIOS's own tables have them.
 */
#ifndef EMU_DEV_PCI_PIIX4_PM_H
#define EMU_DEV_PCI_PIIX4_PM_H

#include <emu/bus.h>
#include <emu/clock.h>
#include <emu/irq.h>

#include "dev/pci/pci.h"

struct piix4_pm_config {
	struct pci *pci;
	unsigned device, function;
	struct bus *ports;
	struct clock *clock;
	struct irq sci;             /* level */
	void (*off)(void *context); /* the guest asks for power-off */
	void *context;
};

#define PIIX4_PM_PORTS 64
#define PIIX4_APM_PORTS 2
#define PIIX4_GPE_PORTS 4

struct piix4_pm;
/* On the port bus: the PM block, hidden until the guest places it (reset, saved and destroyed
 * by this, so added first), B2 and B3, and AFE0. */
extern const struct chip_ops piix4_pm_ops, piix4_apm_ops, piix4_gpe_ops;
struct piix4_pm *piix4_pm_create(const struct piix4_pm_config *config);

/* The power button has been pressed. */
void piix4_pm_press(struct piix4_pm *p);

#endif
