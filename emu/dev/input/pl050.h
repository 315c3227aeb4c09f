/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ARM PrimeCell PL050 PS/2 keyboard/mouse interface (KMI), ARM DDI 0143, with the
 * device on its connector.
 */
#ifndef EMU_DEV_INPUT_PL050_H
#define EMU_DEV_INPUT_PL050_H

#include <emu/backend.h>
#include <emu/chip.h>
#include <emu/irq.h>

#include "dev/input/ps2.h"

#define PL050_BYTES 0x1000

struct pl050;

struct pl050_config {
	enum ps2_kind device;
	struct input *input; /* may be NULL: nobody types */
	struct irq irq;      /* KMIINTR, both causes */
};

extern const struct chip_ops pl050_ops;

struct pl050 *pl050_create(const struct pl050_config *config);

#endif
