/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hands out ranges of an address area, first fit.  Knows addresses only, touches no
 * memory.  Free ranges are kept sorted and merged in a small table: what doesn't fit into
 * it when it is given back is lost, as address space is plentiful.
 */
#ifndef EMU_PORT_L4_RANGES_H
#define EMU_PORT_L4_RANGES_H

#include <emu/types.h>

#define RANGES_FREE 64

struct ranges {
	unsigned count;
	struct {
		uint64_t at, bytes;
	} free[RANGES_FREE];
};

void ranges_init(struct ranges *r, uint64_t at, uint64_t bytes);

/* `bytes` at a multiple of `align` (a power of two); 0 if there aren't any. */
uint64_t ranges_take(struct ranges *r, uint64_t bytes, uint64_t align);
void ranges_give(struct ranges *r, uint64_t at, uint64_t bytes);

#endif
