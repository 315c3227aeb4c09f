/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What ARM's PrimeCell peripherals have in common: four peripheral identification
 * registers at 0xFE0 and four component identification registers at 0xFF0 of their
 * 4 KiB, one byte each (for instance ARM DDI 0183, 3.3.15 and 3.3.16).
 */
#ifndef EMU_PRIMECELL_H
#define EMU_PRIMECELL_H

#include <emu/types.h>

#define PRIMECELL_BYTES 0x1000
#define PRIMECELL_ID 0xfe0
#define PRIMECELL_CELL 0xb105f00du

/* The identification register at `offset` (PRIMECELL_ID and above) of the peripheral
 * whose number is `peripheral`: part, designer 0x41, revision, configuration. */
static inline uint32_t primecell_id(uint32_t peripheral, gpa offset)
{
	unsigned shift = (unsigned)(offset & 0xc) * 2;

	return ((offset & 0x10 ? PRIMECELL_CELL : peripheral) >> shift) & 0xff;
}

#endif
