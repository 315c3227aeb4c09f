/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ARMv7-A memory management (ARM DDI 0406C, B3.5 to B3.13): page walks with the short
 * descriptor format (the long one is in mmu_long.c), rights, faults, and the memory
 * system's spaces.
 *
 * Of the four spaces each stands for a pair (user or privileged, DACR value).  A system
 * that opens and closes domains at every kernel entry (Linux does) comes back to the
 * same few pairs, and finds their tables as it left them.
 *
 * Not modelled: memory types and cacheability (RAM is RAM, unaligned accesses to device
 * memory don't fault), hardware management of the access flag, FCSE.
 */
#include "guest/arm/mmu.h"

#include <emu/log.h>

#define RIGHTS_RW (MEM_READ | MEM_WRITE)
#define RIGHTS_ALL (MEM_READ | MEM_WRITE | MEM_FETCH)
#define DOMAIN_CLIENT 1u
#define DOMAIN_MANAGER 3u

/* Read and write rights by AP[2:0] (table B3-8); 4 is reserved. */
static const uint8_t privileged_rights[8] = { 0, RIGHTS_RW, RIGHTS_RW, RIGHTS_RW,
					      0, MEM_READ,  MEM_READ,  MEM_READ };
static const uint8_t user_rights[8] = { 0, 0, MEM_READ, RIGHTS_RW, 0, 0, MEM_READ, MEM_READ };

static gpa ttbr0_base(const struct arm *arm)
{
	unsigned n = arm->c15.ttbcr & TTBCR_N;

	return arm->c15.ttbr0 & ~((1u << (14 - n)) - 1);
}

gpa arm_root(const struct cpu *cpu, unsigned n)
{
	const struct arm *arm = (const struct arm *)cpu;

	if (n != ARM_ROOT_NONE && arm_long_format(arm))
		return arm_root_long(arm, n);
	switch (n) {
	case ARM_ROOT_TTBR0:
		return ttbr0_base(arm);
	case ARM_ROOT_TTBR1:
		return arm->c15.ttbr1 & ~0x3fffu;
	default:
		return 0;
	}
}

bool arm_read_descriptor(struct arm *arm, struct mem_walk *walk, unsigned root, gpa offset,
			 unsigned bytes, uint64_t *descriptor)
{
	gpa address = arm_root(&arm->cpu, root) + offset;
	uint64_t value = 0; /* the host is little-endian */

	if (!bus_read(arm->cpu.bus, address, &value, bytes))
		return false;
	walk->pte[walk->pte_count++] = (struct mem_pte){
		.address = offset, .value = value, .bytes = (uint8_t)bytes, .root = (uint8_t)root
	};
	if (arm->c15.sctlr & SCTLR_EE)
		value = __builtin_bswap64(value) >> (64 - 8 * bytes);
	*descriptor = value;
	return true;
}

static bool read_short(struct arm *arm, struct mem_walk *walk, unsigned root, gpa offset,
		       uint32_t *descriptor)
{
	uint64_t value;

	if (!arm_read_descriptor(arm, walk, root, offset, 4, &value))
		return false;
	*descriptor = (uint32_t)value;
	return true;
}

static void section_mapping(gva address, uint32_t descriptor, struct mem_walk *walk,
			    struct arm_mapping *m)
{
	m->ap = (descriptor >> 10 & 3) | (descriptor >> 13 & 4);
	m->xn = descriptor & 1u << 4;
	m->pxn = descriptor & 1;
	m->domain = descriptor >> 5 & 15;
	walk->span_log2 = 20;
	walk->page = (descriptor & 0xfff00000) | (address & 0x000ff000);
	if (descriptor & 1u << 18) { /* supersection: 16 MiB, PA[39:32] in odd places */
		m->domain = 0;
		walk->span_log2 = 24;
		walk->page = (descriptor & 0xff000000) | (address & 0x00fff000) |
			     (gpa)(descriptor >> 20 & 15) << 32 | (gpa)(descriptor >> 5 & 15) << 36;
	}
}

static bool page_mapping(struct arm *arm, gva address, uint32_t table, struct mem_walk *walk,
			 struct arm_mapping *m)
{
	uint32_t descriptor;

	m->page = true;
	m->domain = table >> 5 & 15;
	m->pxn = table & 1u << 2;
	if (!read_short(arm, walk, ARM_ROOT_NONE, (table & 0xfffffc00) | (address >> 10 & 0x3fc),
			&descriptor)) {
		walk->fault = FAULT_WALK_EXTERNAL | FAULT_PAGE;
		return false;
	}
	m->ap = (descriptor >> 4 & 3) | (descriptor >> 7 & 4);
	switch (descriptor & 3) {
	case 0:
		walk->fault = FAULT_TRANSLATION | FAULT_PAGE | m->domain << 4;
		return false;
	case 1:
		m->xn = descriptor & 1u << 15;
		walk->span_log2 = 16;
		walk->page = (descriptor & 0xffff0000) | (address & 0x0000f000);
		return true;
	default:
		m->xn = descriptor & 1;
		walk->span_log2 = 12;
		walk->page = descriptor & 0xfffff000;
		return true;
	}
}

/* The first level: which table, and what its descriptor is. */
static bool walk_tables(struct arm *arm, gva address, struct mem_walk *walk, struct arm_mapping *m)
{
	uint32_t ttbcr = arm->c15.ttbcr, descriptor;
	unsigned n = ttbcr & TTBCR_N;
	bool low = n == 0 || address >> (32 - n) == 0;

	if (ttbcr & (low ? TTBCR_PD0 : TTBCR_PD1)) {
		walk->fault = FAULT_TRANSLATION;
		return false;
	}
	if (!read_short(arm, walk, low ? ARM_ROOT_TTBR0 : ARM_ROOT_TTBR1, address >> 20 << 2,
			&descriptor)) {
		walk->fault = FAULT_WALK_EXTERNAL;
		return false;
	}
	if ((descriptor & 3) == 1)
		return page_mapping(arm, address, descriptor, walk, m);
	if ((descriptor & 3) == 2 || ((descriptor & 3) == 3 && arm->model->pxn)) {
		section_mapping(address, descriptor, walk, m);
		return true;
	}
	walk->fault = FAULT_TRANSLATION;
	return false;
}

/* B3.7: read and write by AP, execution by XN and what is derived from others. */
static uint8_t mapping_rights(const struct arm *arm, const struct arm_mapping *m, bool user)
{
	uint8_t rights = user ? user_rights[m->ap] : privileged_rights[m->ap];
	uint32_t sctlr = arm->c15.sctlr;
	bool xn = m->xn;

	if (!user && m->pxn && arm->model->pxn)
		xn = true;
	if (sctlr & SCTLR_WXN && rights & MEM_WRITE)
		xn = true;
	if (sctlr & SCTLR_UWXN && !user && user_rights[m->ap] & MEM_WRITE)
		xn = true;
	if (rights & MEM_READ && !xn)
		rights |= MEM_FETCH;
	return rights;
}

/* Checks in the manual's order (B3.12.1): access flag, domain, permission. */
static bool check_mapping(const struct arm *arm, struct arm_mapping *m, bool user, uint32_t dacr,
			  enum mem_access access, struct mem_walk *walk)
{
	unsigned level = m->page ? FAULT_PAGE : 0;
	unsigned domain = dacr >> (2 * m->domain) & 3;

	if (arm->c15.sctlr & SCTLR_AFE) {
		if (!(m->ap & 1)) {
			walk->fault = m->page ? FAULT_ACCESS_FLAG_PAGE : FAULT_ACCESS_FLAG;
			walk->fault |= m->domain << 4;
			return false;
		}
	}
	if (domain != DOMAIN_CLIENT && domain != DOMAIN_MANAGER) {
		walk->fault = FAULT_DOMAIN | level | m->domain << 4;
		return false;
	}
	walk->rights = domain == DOMAIN_MANAGER ? RIGHTS_ALL : mapping_rights(arm, m, user);
	if (walk->rights & access)
		return true;
	walk->fault = FAULT_PERMISSION | level | m->domain << 4;
	return false;
}

bool arm_translate_address(struct arm *arm, gva address, bool user, uint32_t dacr,
			   enum mem_access access, struct mem_walk *walk)
{
	struct arm_mapping m = { 0 };

	*walk = (struct mem_walk){ .span_log2 = PAGE_SHIFT };
	if (!(arm->c15.sctlr & SCTLR_M)) {
		walk->page = address & ~PAGE_MASK;
		walk->rights = RIGHTS_ALL;
		return true;
	}
	if (arm_long_format(arm)) {
		if (!arm_walk_long(arm, address, walk, &m))
			return false;
		walk->rights = mapping_rights(arm, &m, user);
		return walk->rights & access;
	}
	return walk_tables(arm, address, walk, &m) &&
	       check_mapping(arm, &m, user, dacr, access, walk);
}

bool arm_walk(struct cpu *cpu, gva address, unsigned space, enum mem_access access, bool quiet,
	      struct mem_walk *walk)
{
	struct arm *arm = arm_of(cpu);

	if (arm_translate_address(arm, address, arm->space_user[space], arm->space_dacr[space],
				  access, walk))
		return true;
	if (!quiet)
		LOG(LOG_MMU, "arm: access %u to %#x at pc %#x: fault %#x", access, address, cpu->pc,
		    walk->fault);
	return false;
}

/* The core fetches pages.  What IFAR gets is the instruction's own address, or, if only
 * its second half is in the page, where that begins. */
static gva abort_fetch_address(const struct cpu *cpu, gva address)
{
	gva pc = cpu->pc & ~1u;

	return (pc ^ address) >> PAGE_SHIFT ? address : pc;
}

void arm_abort(struct cpu *cpu, gva address, unsigned space, enum mem_access access,
	       const struct mem_walk *walk)
{
	struct arm *arm = arm_of(cpu);
	bool is_long = arm_long_format(arm);
	uint32_t fault = is_long ? LONG_FAULT_ALIGNMENT : FAULT_ALIGNMENT;

	(void)space;
	if (walk)
		fault = walk->fault;
	if (fault == GUEST_BUS_ERROR)
		fault = is_long ? LONG_FAULT_EXTERNAL : FAULT_EXTERNAL;
	if (access == MEM_FETCH)
		arm_raise_prefetch_abort(arm, is_long ? fault : fault & 0xf,
					 abort_fetch_address(cpu, address));
	arm_raise_data_abort(arm, fault | (access & MEM_WRITE ? FSR_WNR : 0), address);
}

/* The space that stands for these rights, or the one not used for longest, emptied. */
static uint8_t choose_space(struct arm *arm, bool user, uint32_t dacr, unsigned keep)
{
	unsigned oldest = keep == 0 ? 1 : 0;

	arm->space_clock++;
	for (unsigned i = 0; i < MEM_SPACES; i++) {
		if (arm->space_valid[i] && arm->space_user[i] == user &&
		    arm->space_dacr[i] == dacr) {
			arm->space_used[i] = arm->space_clock;
			return (uint8_t)i;
		}
		if (i != keep && arm->space_clock - arm->space_used[i] >
					 arm->space_clock - arm->space_used[oldest])
			oldest = i;
	}
	if (arm->space_valid[oldest])
		mem_drop_space(arm->cpu.mem, oldest);
	arm->space_valid[oldest] = 1;
	arm->space_user[oldest] = user;
	arm->space_dacr[oldest] = dacr;
	arm->space_used[oldest] = arm->space_clock;
	return (uint8_t)oldest;
}

void arm_spaces_update(struct arm *arm)
{
	bool user = !arm_privileged(arm);
	bool domains = arm->c15.sctlr & SCTLR_M && !arm_long_format(arm);
	uint32_t dacr = domains ? arm->c15.dacr : 0;

	arm->space_current = choose_space(arm, user, dacr, MEM_SPACES);
	arm->space_user_current =
		user ? arm->space_current : choose_space(arm, true, dacr, arm->space_current);
}

void arm_mappings_changed(struct arm *arm)
{
	mem_drop(arm->cpu.mem);
	arm_spaces_update(arm);
}
