/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Snoop control unit of the Cortex-A9 MPCore (ARM DDI 0407, chapter 2).
 */
#ifndef EMU_DEV_MISC_SCU_H
#define EMU_DEV_MISC_SCU_H

#include <emu/chip.h>

#define SCU_BYTES 0x100

struct scu;

extern const struct chip_ops scu_ops;

struct scu *scu_create(void);

#endif
