/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The host bridge of the 440FX chip set (Intel 290549, 82441FX): its configuration space, and
 * shadow RAM by the registers PAM0 to PAM6.
 */
#ifndef EMU_DEV_PCI_I440FX_H
#define EMU_DEV_PCI_I440FX_H

#include <emu/bus.h>

#include "dev/pci/pci.h"

struct i440fx_config {
	struct pci *pci;
	struct bus *bus; /* has RAM at 0xC0000..0xFFFFF */
	/* Memory that the PCI bus shows at 0xC0000..0xDFFFF (16 KiB, again and again) and at
	 * 0xE0000..0xFFFFF (128 KiB): addresses on the bus. */
	gpa empty, firmware;
};

struct i440fx;
extern const struct chip_ops i440fx_ops; /* without registers: bus_attach */
struct i440fx *i440fx_create(const struct i440fx_config *config);

#endif
