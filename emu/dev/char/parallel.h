/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A PC's parallel port without a printer (IBM PC/AT Technical Reference, "Serial/parallel
 * adapter"; IEEE 1284-1994 for the direction bit).  Three byte registers, at 378 to 37A:
 * data, status, control.
 */
#ifndef EMU_DEV_CHAR_PARALLEL_H
#define EMU_DEV_CHAR_PARALLEL_H

#include <emu/chip.h>

#define PARALLEL_BYTES 3

struct parallel;

extern const struct chip_ops parallel_ops;

struct parallel *parallel_create(void);

#endif
