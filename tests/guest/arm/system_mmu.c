/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The ARM guest's page walks against tables made by hand, and its spaces, without a core.
 */
#include "fake_core.h"
#include "tap.h"

#define L1 0x4000u      /* TTBR0's table */
#define L1_HIGH 0x8000u /* TTBR1's */
#define L2 0xc000u
#define DOMAIN 5u
#define CLIENT (1u << (2 * DOMAIN))
#define MANAGER (3u << (2 * DOMAIN))

#define SECTION(base, ap, more)                                                                    \
	((base) | 2 | DOMAIN << 5 | ((ap)&3) << 10 | ((ap)&4) << 13 | (more))
#define TABLE(base) ((base) | 1 | DOMAIN << 5)
#define SMALL(base, ap, more) ((base) | 2 | ((ap)&3) << 4 | ((ap)&4) << 7 | (more))
#define LARGE(base, ap, more) ((base) | 1 | ((ap)&3) << 4 | ((ap)&4) << 7 | (more))

static struct arm *mmu_arm(const char *model)
{
	struct arm *arm = fake_arm(model);

	arm->c15.ttbr0 = L1 | 0x4a; /* attributes don't matter */
	arm->c15.ttbr1 = L1_HIGH | 0x4a;
	arm->c15.dacr = CLIENT;
	arm->c15.sctlr |= SCTLR_M;
	return arm;
}

static void map(gva address, uint32_t descriptor)
{
	fake_poke(L1 + (address >> 20) * 4, descriptor);
}

static void map_page(gva address, uint32_t descriptor)
{
	map(address, TABLE(L2));
	fake_poke(L2 + (address >> 12 & 255) * 4, descriptor);
}

static uint32_t fault_of(struct arm *arm, gva address, bool user, enum mem_access access)
{
	struct mem_walk walk;

	if (arm_translate_address(arm, address, user, arm->c15.dacr, access, &walk))
		return 0;
	return walk.fault;
}

static unsigned rights_of(struct arm *arm, gva address, bool user)
{
	struct mem_walk walk;
	unsigned rights = 0;

	for (unsigned access = MEM_READ; access <= MEM_FETCH; access <<= 1) {
		if (arm_translate_address(arm, address, user, arm->c15.dacr,
					  (enum mem_access)access, &walk))
			rights |= access;
	}
	return rights;
}

static void test_kinds(void)
{
	struct arm *arm = mmu_arm("cortex-a9");
	struct mem_walk w;

	map(0x00100000, SECTION(0x80200000u, 3, 0));
	ok(arm_translate_address(arm, 0x00123456, true, CLIENT, MEM_READ, &w) &&
		   w.page == 0x80223000 && w.span_log2 == 20 && w.rights == 7 && w.pte_count == 1,
	   "a section");
	ok(w.pte[0].root == ARM_ROOT_TTBR0 && w.pte[0].address == 4 && w.pte[0].bytes == 4 &&
		   w.pte[0].value == SECTION(0x80200000u, 3, 0) &&
		   guest_arm.root(&arm->cpu, 1) == L1,
	   "what it depends on");
	map(0x12300000, SECTION(0x81000000u, 3, 1u << 18 | 0xa << 20));
	ok(arm_translate_address(arm, 0x12345678, true, 1, MEM_READ, &w) &&
		   w.page == 0x5a81345000ull && w.span_log2 == 24,
	   "a supersection, of domain 0, with its high address bits");
	map_page(0x00201000, SMALL(0x80301000u, 3, 0));
	ok(arm_translate_address(arm, 0x00201abc, true, CLIENT, MEM_READ, &w) &&
		   w.page == 0x80301000 && w.span_log2 == 12 && w.pte_count == 2,
	   "a small page");
	ok(w.pte[1].root == 0 && w.pte[1].address == L2 + 4 &&
		   w.pte[1].value == SMALL(0x80301000u, 3, 0),
	   "and what it depends on");
	map_page(0x00217000, LARGE(0x80410000u, 3, 0));
	ok(arm_translate_address(arm, 0x00217abc, true, CLIENT, MEM_READ, &w) &&
		   w.page == 0x80417000 && w.span_log2 == 16,
	   "a large page");
	arm->c15.sctlr &= ~SCTLR_M;
	ok(arm_translate_address(arm, 0x00217abc, true, 0, MEM_FETCH, &w) && w.page == 0x00217000 &&
		   w.pte_count == 0 && w.rights == 7,
	   "flat while the MMU is off");
}

static void test_faults(void)
{
	struct arm *arm = mmu_arm("cortex-a9");

	is(fault_of(arm, 0x00300000, false, MEM_READ), 0x05, "section translation");
	map(0x00300000, SECTION(0u, 3, 1)); /* type 3: PXN section elsewhere */
	is(fault_of(arm, 0x00300000, false, MEM_READ), 0x05, "a reserved descriptor");
	map(0x00300000, TABLE(L2));
	is(fault_of(arm, 0x00300000, false, MEM_READ), 0x57, "page translation");
	map(0x00300000, TABLE(0x7ffffc00u));
	is(fault_of(arm, 0x00300000, false, MEM_READ), 0x0e, "a table that isn't there");
	arm->c15.ttbr0 = 0x7fff0000;
	is(fault_of(arm, 0x00300000, false, MEM_READ), 0x0c, "a first table that isn't there");
	arm->c15.ttbr0 = L1;
	map(0x00300000, SECTION(0u, 1, 0));
	is(fault_of(arm, 0x00300000, true, MEM_READ), 0x5d, "section permission");
	arm->c15.dacr = 0;
	is(fault_of(arm, 0x00300000, false, MEM_READ), 0x59, "section domain");
	arm->c15.dacr = 2u << (2 * DOMAIN);
	is(fault_of(arm, 0x00300000, false, MEM_READ), 0x59, "the reserved kind of domain");
	map_page(0x00301000, SMALL(0u, 1, 0));
	is(fault_of(arm, 0x00301000, false, MEM_READ), 0x5b, "page domain");
	arm->c15.dacr = CLIENT;
	is(fault_of(arm, 0x00301000, true, MEM_WRITE), 0x5f, "page permission");
	arm->c15.sctlr |= SCTLR_AFE;
	map_page(0x00302000, SMALL(0u, 2, 0));
	is(fault_of(arm, 0x00302000, false, MEM_READ), 0x56, "page access flag");
	map(0x00300000, SECTION(0u, 0, 0));
	arm->c15.dacr = 0;
	is(fault_of(arm, 0x00300000, false, MEM_READ), 0x53, "section access flag, before domain");
}

static void test_permissions(void)
{
	static const struct {
		unsigned privileged, user;
	} rights[8] = { { 0, 0 }, { 7, 0 }, { 7, 5 }, { 7, 7 },
			{ 0, 0 }, { 5, 0 }, { 5, 5 }, { 5, 5 } };
	struct arm *arm = mmu_arm("cortex-a9");

	for (unsigned ap = 0; ap < 8; ap++) {
		map(0x00400000, SECTION(0u, ap, 0));
		map_page(0x00501000, SMALL(0u, ap, 0));
		ok(rights_of(arm, 0x00400000, false) == rights[ap].privileged &&
			   rights_of(arm, 0x00400000, true) == rights[ap].user &&
			   rights_of(arm, 0x00501000, false) == rights[ap].privileged &&
			   rights_of(arm, 0x00501000, true) == rights[ap].user,
		   "AP %u", ap);
	}
	map(0x00400000, SECTION(0u, 3, 1u << 4));
	map_page(0x00501000, SMALL(0u, 3, 1));
	map_page(0x00512000, LARGE(0u, 3, 1u << 15));
	is(rights_of(arm, 0x00400000, true), 3, "section XN");
	is(rights_of(arm, 0x00501000, true), 3, "small page XN");
	is(rights_of(arm, 0x00512000, true), 3, "large page XN");
	arm->c15.dacr = MANAGER;
	is(rights_of(arm, 0x00400000, true), 7, "a manager may do all");
	map(0x00400000, SECTION(0u, 0, 0));
	is(rights_of(arm, 0x00400000, true), 7, "even without permission");
	arm->c15.dacr = CLIENT;
	arm->c15.sctlr |= SCTLR_AFE;
	map(0x00400000, SECTION(0u, 5, 0));
	ok(rights_of(arm, 0x00400000, false) == 5 && !rights_of(arm, 0x00400000, true),
	   "access flag model: AP[2:1] = 2");
}

static void test_execute_never(void)
{
	struct arm *arm = mmu_arm("cortex-a7");

	map(0x00400000, SECTION(0u, 3, 1));
	ok(rights_of(arm, 0x00400000, false) == 3 && rights_of(arm, 0x00400000, true) == 7,
	   "PXN section");
	map(0x00400000, TABLE(L2) | 1u << 2);
	fake_poke(L2 + 4, SMALL(0u, 3, 0));
	ok(rights_of(arm, 0x00401000, false) == 3 && rights_of(arm, 0x00401000, true) == 7,
	   "PXN table");
	map(0x00400000, SECTION(0u, 2, 0));
	arm->c15.sctlr |= SCTLR_WXN;
	ok(rights_of(arm, 0x00400000, false) == 3 && rights_of(arm, 0x00400000, true) == 5, "WXN");
	arm->c15.sctlr ^= SCTLR_WXN | SCTLR_UWXN;
	map(0x00400000, SECTION(0u, 3, 0));
	ok(rights_of(arm, 0x00400000, false) == 3 && rights_of(arm, 0x00400000, true) == 7, "UWXN");
}

static void test_two_tables(void)
{
	struct arm *arm = mmu_arm("cortex-a9");
	struct mem_walk w;

	fake_poke(L1_HIGH + 0x400 * 4, SECTION(0x10000000u, 3, 0));
	arm->c15.ttbcr = 2;
	arm->c15.ttbr0 = L1 + 0x1000;
	ok(arm_translate_address(arm, 0x40000000, false, CLIENT, MEM_READ, &w) &&
		   w.page == 0x10000000 && w.pte[0].root == ARM_ROOT_TTBR1 &&
		   w.pte[0].address == 0x1000,
	   "N = 2: from 0x40000000 on TTBR1's table");
	fake_poke(L1 + 0x1000 + 0x3ff * 4, SECTION(0x20000000u, 3, 0));
	ok(arm_translate_address(arm, 0x3ff00000, false, CLIENT, MEM_READ, &w) &&
		   w.page == 0x20000000 && w.pte[0].root == ARM_ROOT_TTBR0,
	   "below it TTBR0's, which is small");
	arm->c15.ttbcr = 2 | TTBCR_PD0;
	is(fault_of(arm, 0x3ff00000, false, MEM_READ), 0x05, "PD0");
	arm->c15.ttbcr = 2 | TTBCR_PD1;
	is(fault_of(arm, 0x40000000, false, MEM_READ), 0x05, "PD1");
	arm->c15.ttbcr = 0;
	arm->c15.ttbr0 = L1;
	map(0x00100000, __builtin_bswap32(SECTION(0x30000000u, 3, 0)));
	arm->c15.sctlr |= SCTLR_EE;
	ok(arm_translate_address(arm, 0x00100000, false, CLIENT, MEM_READ, &w) &&
		   w.page == 0x30000000 &&
		   w.pte[0].value == __builtin_bswap32(SECTION(0x30000000u, 3, 0)),
	   "big-endian tables");
}

static void test_aborts(void)
{
	struct arm *arm = mmu_arm("cortex-a9");
	struct mem_walk walk = { .fault = 0x5f };
	struct mem_walk bus = { .fault = GUEST_BUS_ERROR };

	fake_abort_raises(arm, 0x1002, MEM_WRITE, NULL);
	ok(arm->c15.dfsr == 0x801 && arm->c15.dfar == 0x1002, "an alignment fault");
	fake_abort_raises(arm, 0x1000, MEM_READ, &walk);
	is(arm->c15.dfsr, 0x05f, "a permission fault has its domain");
	fake_abort_raises(arm, 0x1000, MEM_READ, &bus);
	is(arm->c15.dfsr, 0x008, "a bus error");
	arm->c15.dfar = 0;
	fake_abort_raises(arm, 0x2000, MEM_FETCH, &walk);
	ok(arm->c15.ifsr == 0x00f && arm->c15.ifar == 0x2000 && arm->c15.dfar == 0,
	   "a fetch's fault is a prefetch abort");
}

#define ATS(opc2) (7u << 16 | 8 << 8 | (opc2) << 4 | 15)

static void test_address_translation(void)
{
	struct arm *arm = mmu_arm("cortex-a9");

	map(0x00100000, SECTION(0x80200000u, 2, 0));
	fake_raises(arm, arm_help_mcr, ATS(0), 0x00123456, NULL);
	is(arm->c15.par, 0x80223000, "ATS1CPR");
	fake_raises(arm, arm_help_mcr, ATS(3), 0x00123456, NULL);
	is(arm->c15.par, 0x1b, "ATS1CUW: a permission fault");
	map(0x01000000, SECTION(0x81000000u, 3, 1u << 18 | 0xa << 20));
	arm->c15.dacr = 1;
	fake_raises(arm, arm_help_mcr, ATS(2), 0x01000000, NULL);
	is(arm->c15.par, 0x815a0002, "ATS1CUR: a supersection");
}

/* Kernel and user, with and without the user's domain open: what Linux does. */
static void test_spaces(void)
{
	struct arm *arm = mmu_arm("cortex-a9");
	unsigned kernel, kernel_open, user, drops = 0;
	struct mem_walk w;

	arm->c15.dacr = 0x51;
	arm_mappings_changed(arm);
	kernel = arm->space_current;
	ok(arm->space_user_current != kernel, "LDRT has a space of its own");
	arm->c15.dacr = 0x55;
	arm_spaces_update(arm);
	kernel_open = arm->space_current;
	arm_cpsr_write(arm, ARM_USR, ARM_PSR_MODE);
	user = arm->space_current;
	ok(kernel != kernel_open && user != kernel && user != kernel_open, "three spaces");
	is(arm->space_user_current, user, "in user mode LDRT has no other rights");
	for (unsigned i = 0; i < MEM_SPACES; i++)
		fake.space_drops[i] = 0;
	for (unsigned i = 0; i < 100; i++) {
		arm_cpsr_write(arm, ARM_SVC, ARM_PSR_MODE);
		arm->c15.dacr = 0x51;
		arm_spaces_update(arm);
		drops += arm->space_current != kernel;
		arm->c15.dacr = 0x55;
		arm_spaces_update(arm);
		drops += arm->space_current != kernel_open;
		arm_cpsr_write(arm, ARM_USR, ARM_PSR_MODE);
		drops += arm->space_current != user;
	}
	for (unsigned i = 0; i < MEM_SPACES; i++)
		drops += fake.space_drops[i];
	is(drops, 0, "kernel entries and exits come back to their spaces");
	arm_cpsr_write(arm, ARM_SVC, ARM_PSR_MODE);
	arm->c15.dacr = CLIENT;
	arm_spaces_update(arm);
	ok(arm->space_current != arm->space_user_current, "a fifth pair replaces one");
	drops = 0;
	for (unsigned i = 0; i < MEM_SPACES; i++)
		drops += fake.space_drops[i];
	is(drops, 2, "which is emptied, and one for LDRT");
	map(0x00100000, SECTION(0u, 1, 0));
	ok(guest_arm.walk(&arm->cpu, 0x00100000, arm->space_current, MEM_WRITE, false, &w) &&
		   !guest_arm.walk(&arm->cpu, 0x00100000, arm->space_user_current, MEM_READ, false,
				   &w),
	   "a walk has the rights of its space");
	is(guest_arm.modes(&arm->cpu) & (ARM_MODE_SPACE | ARM_MODE_USER_SPACE),
	   arm->space_current | arm->space_user_current << 2, "which the mode flags name");
}

void test_mmu(void)
{
	test_kinds();
	test_faults();
	test_permissions();
	test_execute_never();
	test_two_tables();
	test_aborts();
	test_address_translation();
	test_spaces();
}
