/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ARM SP810 system controller (ARM DDI 0254).
 */
#ifndef EMU_DEV_MISC_SP810_H
#define EMU_DEV_MISC_SP810_H

#include <emu/chip.h>

struct sp810;

extern const struct chip_ops sp810_ops;

struct sp810 *sp810_create(void);

#endif
