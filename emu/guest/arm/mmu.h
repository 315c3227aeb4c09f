/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Between the walks of the two translation table formats: the short descriptors of
 * mmu.c and the long ones of mmu_long.c.
 */
#ifndef EMU_GUEST_ARM_MMU_H
#define EMU_GUEST_ARM_MMU_H

#include "guest/arm/system.h"

/* What a descriptor says about a page. */
struct arm_mapping {
	unsigned domain; /* short format only */
	unsigned ap;     /* AP[2:0]; the long format's AP[2:1] with AP[0] = 1 */
	bool xn, pxn;
	bool page; /* from a second-level descriptor; short format only */
};

/* Reads a descriptor of 4 or 8 bytes at an offset from a root and notes it in the walk,
 * as it is in memory.  False if nothing is there. */
bool arm_read_descriptor(struct arm *arm, struct mem_walk *walk, unsigned root, gpa offset,
			 unsigned bytes, uint64_t *descriptor);

/* mmu_long.c: the walk; false and walk->fault if it ends nowhere. */
bool arm_walk_long(struct arm *arm, gva address, struct mem_walk *walk, struct arm_mapping *m);
/* TTBR0's or TTBR1's table in the long format. */
gpa arm_root_long(const struct arm *arm, unsigned n);

#endif
