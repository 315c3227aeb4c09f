/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Silicon Image SiI9022 HDMI transmitter, at a two-wire bus.
 */
#ifndef EMU_DEV_DISPLAY_SII9022_H
#define EMU_DEV_DISPLAY_SII9022_H

#include "dev/misc/sbcon_i2c.h"

/* Its `device` is NULL when memory is short.  A monitor is connected or not. */
struct i2c_device sii9022_create(uint8_t address, bool monitor);

#endif
