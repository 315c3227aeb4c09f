/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Page walks with the long descriptor format of the Large Physical Address Extension
 * (ARM DDI 0406C, B3.6), stage 1 of PL1 and PL0: up to three levels of 64-bit words,
 * blocks of 1 GiB and 2 MiB, pages of 4 KiB, physical addresses of 40 bits.
 *
 * Not modelled: memory attributes (MAIR, shareability), the contiguous hint, secure
 * tables, address space numbers; stage 2 and the tables of Hyp mode.
 */
#include "guest/arm/mmu.h"

#define DESCRIPTOR_VALID 1u
#define DESCRIPTOR_TABLE 2u            /* at level 3: page */
#define DESCRIPTOR_USER (1u << 6)      /* AP[1] */
#define DESCRIPTOR_READ_ONLY (1u << 7) /* AP[2] */
#define DESCRIPTOR_ACCESSED (1u << 10) /* AF */
#define DESCRIPTOR_PXN (1ull << 53)
#define DESCRIPTOR_XN (1ull << 54)
#define TABLE_PXN (1ull << 59)
#define TABLE_XN (1ull << 60)
#define TABLE_NO_USER (1ull << 61)   /* APTable[0] */
#define TABLE_READ_ONLY (1ull << 62) /* APTable[1] */
#define DESCRIPTOR_ADDRESS 0xfffffff000ull

#define LAST_LEVEL 3

/* What the tables above a descriptor take away. */
struct long_limits {
	bool read_only, no_user, xn, pxn;
};

static unsigned region_size(const struct arm *arm, unsigned root)
{
	unsigned shift = root == ARM_ROOT_TTBR1 ? TTBCR_T1SZ_SHIFT : TTBCR_T0SZ_SHIFT;

	return arm->c15.ttbcr >> shift & TTBCR_TSZ;
}

gpa arm_root_long(const struct arm *arm, unsigned n)
{
	const struct arm_cp15 *c = &arm->c15;
	unsigned size = region_size(arm, n), low_bits = size > 1 ? 14 - size : 5 - size;
	uint64_t ttbr = n == ARM_ROOT_TTBR1 ? (uint64_t)c->ttbr1_high << 32 | c->ttbr1 :
					      (uint64_t)c->ttbr0_high << 32 | c->ttbr0;

	return ttbr & 0xffffffffffull & ~((1ull << low_bits) - 1);
}

/* Table B3-2: TTBR0's region is at the bottom, TTBR1's at the top; without a size TTBR0's
 * is all that TTBR1's leaves, and else the other way.  0: the address is in neither. */
static unsigned choose_root(const struct arm *arm, gva address)
{
	unsigned t0 = region_size(arm, ARM_ROOT_TTBR0), t1 = region_size(arm, ARM_ROOT_TTBR1);
	bool low = t0 == 0 || address >> (32 - t0) == 0;
	bool high = t1 == 0 ? t0 != 0 && !low : ~address >> (32 - t1) == 0;

	if (high)
		return ARM_ROOT_TTBR1;
	return low ? ARM_ROOT_TTBR0 : ARM_ROOT_NONE;
}

/* A block or page of the given level. */
static bool long_mapping(gva address, uint64_t descriptor, unsigned level,
			 const struct long_limits *limits, struct mem_walk *walk,
			 struct arm_mapping *m)
{
	unsigned shift = 12 + 9 * (LAST_LEVEL - level);
	uint64_t inside = (1ull << shift) - 1;

	if (!(descriptor & DESCRIPTOR_ACCESSED)) {
		walk->fault = LONG_FAULT_ACCESS_FLAG | level;
		return false;
	}
	walk->span_log2 = (uint8_t)shift;
	walk->page = (descriptor & DESCRIPTOR_ADDRESS & ~inside) |
		     (address & inside & ~(uint64_t)PAGE_MASK);
	m->ap = 1;
	if (descriptor & DESCRIPTOR_USER && !limits->no_user)
		m->ap |= 2;
	if (descriptor & DESCRIPTOR_READ_ONLY || limits->read_only)
		m->ap |= 4;
	m->xn = descriptor & DESCRIPTOR_XN || limits->xn;
	m->pxn = descriptor & DESCRIPTOR_PXN || limits->pxn;
	walk->fault = LONG_FAULT_PERMISSION | level; /* if it comes to that */
	return true;
}

static void add_limits(struct long_limits *limits, uint64_t descriptor)
{
	limits->read_only |= (descriptor & TABLE_READ_ONLY) != 0;
	limits->no_user |= (descriptor & TABLE_NO_USER) != 0;
	limits->xn |= (descriptor & TABLE_XN) != 0;
	limits->pxn |= (descriptor & TABLE_PXN) != 0;
}

bool arm_walk_long(struct arm *arm, gva address, struct mem_walk *walk, struct arm_mapping *m)
{
	unsigned root = choose_root(arm, address), size = region_size(arm, root);
	uint32_t disabled = root == ARM_ROOT_TTBR1 ? TTBCR_EPD1 : TTBCR_EPD0;
	uint32_t index_bits = 0xffffffffu >> size;
	struct long_limits limits = { 0 };
	gpa table = 0;

	walk->fault = LONG_FAULT_TRANSLATION | 1;
	if (!root || arm->c15.ttbcr & disabled)
		return false;
	for (unsigned level = size > 1 ? 2 : 1; level <= LAST_LEVEL; level++) {
		unsigned shift = 12 + 9 * (LAST_LEVEL - level);
		uint64_t descriptor;

		if (!arm_read_descriptor(arm, walk, root,
					 table | (gpa)((address & index_bits) >> shift) << 3, 8,
					 &descriptor)) {
			walk->fault = LONG_FAULT_WALK_EXTERNAL | level;
			return false;
		}
		walk->fault = LONG_FAULT_TRANSLATION | level;
		if (!(descriptor & DESCRIPTOR_VALID))
			return false;
		if (level == LAST_LEVEL && !(descriptor & DESCRIPTOR_TABLE))
			return false;
		if (level == LAST_LEVEL || !(descriptor & DESCRIPTOR_TABLE))
			return long_mapping(address, descriptor, level, &limits, walk, m);
		add_limits(&limits, descriptor);
		table = descriptor & DESCRIPTOR_ADDRESS;
		root = ARM_ROOT_NONE;
		index_bits = (1u << shift) - 1;
	}
	return false;
}
