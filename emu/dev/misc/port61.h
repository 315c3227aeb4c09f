/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Port 61h of a PC, "NMI status and control" of the PIIX3 (82371SB): gate and output of
 * the interval timer's counter 2, the speaker's data bit, the refresh toggle.  One port.
 */
#ifndef EMU_DEV_MISC_PORT61_H
#define EMU_DEV_MISC_PORT61_H

#include <emu/chip.h>

#include "dev/timer/i8254.h"

struct port61_config {
	struct i8254 *timer; /* stays the caller's */
};

struct port61;

extern const struct chip_ops port61_ops;

struct port61 *port61_create(const struct port61_config *config);

#endif
