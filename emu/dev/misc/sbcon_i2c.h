/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Two-wire serial bus controller of ARM's boards (ARM DUI 0447, 4.14): two wires that
 * the guest moves itself.  Nothing is attached.
 */
#ifndef EMU_DEV_MISC_SBCON_I2C_H
#define EMU_DEV_MISC_SBCON_I2C_H

#include <emu/chip.h>

struct sbcon_i2c;

extern const struct chip_ops sbcon_i2c_ops;

struct sbcon_i2c *sbcon_i2c_create(void);

#endif
