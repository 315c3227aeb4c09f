/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Places in a memory map where a real board has something that isn't modelled, or a
 * bus that answers although nothing is there: reads give 0 (but for the identity of a
 * PrimeCell), writes vanish, both are logged.
 */
#ifndef EMU_DEV_MISC_ABSENT_H
#define EMU_DEV_MISC_ABSENT_H

#include <emu/chip.h>

struct absent;

extern const struct chip_ops absent_ops;

/* `name` for the log; `primecell` is its peripheral number, 0 if it isn't one. */
struct absent *absent_create(const char *name, uint32_t primecell);

#endif
