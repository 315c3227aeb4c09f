/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ARM PL041 advanced audio codec interface (ARM DDI 0173), with no codec on its link.
 */
#ifndef EMU_DEV_MISC_PL041_H
#define EMU_DEV_MISC_PL041_H

#include <emu/chip.h>

struct pl041;

extern const struct chip_ops pl041_ops;

struct pl041 *pl041_create(void);

#endif
