/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ARM PL310 level 2 cache controller (ARM DDI 0246), revision r3p2.
 */
#ifndef EMU_DEV_MISC_PL310_H
#define EMU_DEV_MISC_PL310_H

#include <emu/chip.h>

struct pl310;

extern const struct chip_ops pl310_ops;

struct pl310 *pl310_create(void);

#endif
