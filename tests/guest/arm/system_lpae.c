/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The ARM guest's Large Physical Address Extension: walks through long descriptors made
 * by hand, their faults, and the registers that have 64 bits, without a core.
 */
#include "fake_core.h"
#include "tap.h"

#define L1 0x4020u /* TTBR0's table: four words, so aligned to 32 bytes */
#define L1_HIGH 0x8000u
#define L2 0x5000u
#define L3 0x6000u
#define L2_HIGH 0x9000u

#define AF (1u << 10)
#define USER (1u << 6)
#define READ_ONLY (1u << 7)
#define PXN (1ull << 53)
#define XN (1ull << 54)
#define CONTIGUOUS (1ull << 52)

#define TABLE(base) ((base) | 3ull)
#define PAGE(base, more) ((base) | 3ull | AF | (more))
#define BLOCK(base, more) ((base) | 1ull | AF | (more))

#define CP15(crn, opc1, crm, opc2)                                                                 \
	((uint32_t)(crn) << 16 | (opc1) << 12 | (crm) << 8 | (opc2) << 4 | 15)
#define CP15_64(opc1, crm) ((uint32_t)(opc1) << 12 | (crm) << 8 | 15)
#define TTBR0_64 CP15_64(0, 2)
#define TTBR1_64 CP15_64(1, 2)
#define PAR_64 CP15_64(0, 7)
#define TTBCR CP15(2, 0, 0, 2)

static void poke64(uint32_t address, uint64_t value)
{
	fake_poke(address, (uint32_t)value);
	fake_poke(address + 4, (uint32_t)(value >> 32));
}

static void set(struct arm *arm, uint32_t encoding, uint32_t value)
{
	fake_raises(arm, arm_help_mcr, encoding, value, NULL);
}

static uint32_t get(struct arm *arm, uint32_t encoding)
{
	uint64_t value = 0xdead;

	fake_raises(arm, arm_help_mrc, encoding, 0, &value);
	return (uint32_t)value;
}

static void set64(struct arm *arm, uint32_t encoding, uint64_t value)
{
	fake_raises(arm, arm_help_mcrr, encoding, value, NULL);
}

static uint64_t get64(struct arm *arm, uint32_t encoding)
{
	uint64_t value = 0xdead;

	fake_raises(arm, arm_help_mrrc, encoding, 0, &value);
	return value;
}

/* A CPU with tables for 0x00000000 to 0x3fffffff in L2 and 0x00200000 on in L3. */
static struct arm *lpae_arm(void)
{
	struct arm *arm = fake_arm("cortex-a7");

	set(arm, TTBCR, TTBCR_EAE);
	set64(arm, TTBR0_64, L1);
	set(arm, CP15(1, 0, 0, 0), arm->c15.sctlr | SCTLR_M);
	poke64(L1, TABLE(L2));
	poke64(L2 + 8, TABLE(L3));
	return arm;
}

static bool walks(struct arm *arm, gva address, struct mem_walk *w)
{
	return arm_translate_address(arm, address, false, 0, MEM_READ, w);
}

static uint32_t fault_of(struct arm *arm, gva address, bool user, enum mem_access access)
{
	struct mem_walk walk;

	return arm_translate_address(arm, address, user, 0, access, &walk) ? 0 : walk.fault;
}

/* Rights of privileged and user mode, as two octal digits. */
static unsigned rights_of(struct arm *arm, gva address)
{
	struct mem_walk walk;
	unsigned rights = 0;

	for (unsigned access = MEM_READ; access <= MEM_FETCH; access <<= 1) {
		if (arm_translate_address(arm, address, false, 0, (enum mem_access)access, &walk))
			rights |= access << 3;
		if (arm_translate_address(arm, address, true, 0, (enum mem_access)access, &walk))
			rights |= access;
	}
	return rights;
}

static void test_long_kinds(void)
{
	struct arm *arm = lpae_arm();
	struct mem_walk w;

	poke64(L1 + 8, BLOCK(0xc0c0000000ull, 0));
	ok(walks(arm, 0x72345678, &w) && w.page == 0xc0f2345000ull && w.span_log2 == 30 &&
		   w.pte_count == 1,
	   "1 GiB, at a 40-bit address");
	ok(w.pte[0].root == ARM_ROOT_TTBR0 && w.pte[0].address == 8 && w.pte[0].bytes == 8 &&
		   w.pte[0].value == BLOCK(0xc0c0000000ull, 0) &&
		   guest_arm.root(&arm->cpu, 1) == L1,
	   "which depends on a word of TTBR0's table");
	poke64(L2 + 8 * 5, BLOCK(0x1280000000ull, CONTIGUOUS));
	ok(walks(arm, 0x00b45678, &w) && w.page == 0x1280145000ull && w.span_log2 == 21 &&
		   w.pte_count == 2 && w.pte[1].root == 0 && w.pte[1].address == L2 + 8 * 5,
	   "2 MiB");
	poke64(L3 + 8 * 0x1ff, PAGE(0xff12345000ull, 0));
	ok(walks(arm, 0x003ffabc, &w) && w.page == 0xff12345000ull && w.span_log2 == 12 &&
		   w.pte_count == 3 && w.pte[2].address == L3 + 8 * 0x1ff && w.pte[2].bytes == 8,
	   "4 KiB");
	poke64(L2 + 8 * 5, __builtin_bswap64(BLOCK(0x80000000ull, 0)));
	poke64(L1, __builtin_bswap64(TABLE(L2)));
	arm->c15.sctlr |= SCTLR_EE;
	ok(walks(arm, 0x00b45678, &w) && w.page == 0x80145000 &&
		   w.pte[1].value == __builtin_bswap64(BLOCK(0x80000000ull, 0)),
	   "big-endian tables");
	arm->c15.sctlr &= ~SCTLR_M;
	ok(walks(arm, 0x00b45678, &w) && w.page == 0x00b45000 && !w.pte_count, "the MMU off");
}

static void test_long_faults(void)
{
	struct arm *arm = lpae_arm();

	is(fault_of(arm, 0x40000000, false, MEM_READ), 0x205, "translation, level 1");
	is(fault_of(arm, 0x00000000, false, MEM_READ), 0x206, "level 2");
	is(fault_of(arm, 0x00200000, false, MEM_READ), 0x207, "level 3");
	poke64(L3, PAGE(0u, 0) & ~2ull);
	is(fault_of(arm, 0x00200000, false, MEM_READ), 0x207, "a block at level 3 is reserved");
	poke64(L1 + 8, BLOCK(0u, 0) & ~(uint64_t)AF);
	poke64(L2, BLOCK(0u, 0) & ~(uint64_t)AF);
	poke64(L3, PAGE(0u, 0) & ~(uint64_t)AF);
	is(fault_of(arm, 0x40000000, true, MEM_WRITE), 0x209, "access flag, level 1");
	is(fault_of(arm, 0x00000000, true, MEM_WRITE), 0x20a, "level 2");
	is(fault_of(arm, 0x00200000, true, MEM_WRITE), 0x20b, "level 3");
	poke64(L1 + 8, BLOCK(0u, 0));
	poke64(L2, BLOCK(0u, USER | READ_ONLY));
	poke64(L3, PAGE(0u, XN));
	is(fault_of(arm, 0x40000000, true, MEM_READ), 0x20d, "permission, level 1");
	is(fault_of(arm, 0x00000000, false, MEM_WRITE), 0x20e, "level 2");
	is(fault_of(arm, 0x00200000, false, MEM_FETCH), 0x20f, "level 3");
	poke64(L2 + 8, TABLE(0x10000000u));
	is(fault_of(arm, 0x00200000, false, MEM_READ), 0x217, "no memory with a level 3 table");
	poke64(L1, TABLE(0x8000000000u));
	is(fault_of(arm, 0x00200000, false, MEM_READ), 0x216, "nor level 2");
	set64(arm, TTBR0_64, 0x8000000000u);
	is(fault_of(arm, 0x00200000, false, MEM_READ), 0x215, "nor level 1");
}

static void test_long_rights(void)
{
	static const struct {
		uint64_t page, table;
		unsigned rights;
	} rows[] = {
		{ 0, 0, 070 },
		{ USER, 0, 077 },
		{ READ_ONLY, 0, 050 },
		{ USER | READ_ONLY, 0, 055 },
		{ USER | XN, 0, 033 },
		{ USER | PXN, 0, 037 },
		{ USER, 1ull << 61, 070 }, /* APTable */
		{ USER, 1ull << 62, 055 },
		{ USER, 3ull << 61, 050 },
		{ USER, 1ull << 60, 033 }, /* XNTable */
		{ USER, 1ull << 59, 037 }, /* PXNTable */
	};
	struct arm *arm = lpae_arm();

	for (unsigned i = 0; i < COUNT_OF(rows); i++) {
		unsigned upper;

		poke64(L3, PAGE(0u, rows[i].page));
		poke64(L2 + 8, TABLE(L3) | rows[i].table);
		is(rights_of(arm, 0x00200000), rows[i].rights, "rights %u", i);
		poke64(L2 + 8, TABLE(L3));
		poke64(L1, TABLE(L2) | rows[i].table);
		upper = rights_of(arm, 0x00200000);
		is(upper, rows[i].rights, "the same from the level above");
		poke64(L1, TABLE(L2));
	}
	arm->c15.dacr = 0;
	is(rights_of(arm, 0x00200000), 077, "domains don't matter");
	arm->c15.sctlr |= SCTLR_UWXN;
	is(rights_of(arm, 0x00200000), 037, "UWXN");
	arm->c15.sctlr |= SCTLR_WXN;
	is(rights_of(arm, 0x00200000), 033, "WXN");
}

/* Who has an address: 1 TTBR0's table, 2 TTBR1's, 0 neither; and what word of it. */
static void check_region(struct arm *arm, uint32_t ttbcr, gva address, unsigned root, gpa word)
{
	struct mem_walk w;

	set(arm, TTBCR, TTBCR_EAE | ttbcr);
	walks(arm, address, &w);
	ok(root ? w.pte_count > 0 && w.pte[0].root == root && w.pte[0].address == word :
		  w.pte_count == 0 && w.fault == 0x205,
	   "T1SZ %u, T0SZ %u: %#x", ttbcr >> 16 & 7, ttbcr & 7, address);
}

static void test_long_regions(void)
{
	struct arm *arm = lpae_arm();
	struct mem_walk w;

	set64(arm, TTBR1_64, L1_HIGH);
	check_region(arm, 0, 0xffffffff, 1, 24);
	check_region(arm, 1 << 16, 0x7fffffff, 1, 8);
	check_region(arm, 1 << 16, 0x80000000, 2, 0);
	check_region(arm, 1 << 16, 0xc0000000, 2, 8);
	check_region(arm, 2 << 16, 0xbfffffff, 1, 16);
	check_region(arm, 2 << 16, 0xc0200000, 2, 8); /* starts at level 2 */
	check_region(arm, 7 << 16, 0xffe00000, 2, 15 * 8);
	check_region(arm, 7 << 16, 0xfdffffff, 1, 24);
	check_region(arm, 1, 0x7fffffff, 1, 8);
	check_region(arm, 1, 0x80000000, 2, 16);
	check_region(arm, 3, 0x1fffffff, 1, 255 * 8);
	check_region(arm, 3, 0x20000000, 2, 0);
	check_region(arm, 1 << 16 | 1, 0x7fffffff, 1, 8);
	check_region(arm, 1 << 16 | 1, 0x80000000, 2, 0);
	check_region(arm, 2 << 16 | 2, 0x3fe00000, 1, 511 * 8);
	check_region(arm, 2 << 16 | 2, 0x40000000, 0, 0);
	check_region(arm, 2 << 16 | 2, 0xbfffffff, 0, 0);
	check_region(arm, 2 << 16 | 2, 0xc0000000, 2, 0);
	poke64(L1_HIGH, BLOCK(0x40000000u, 0));
	set(arm, TTBCR, TTBCR_EAE | 2 << 16);
	ok(walks(arm, 0xc0123456, &w) && w.page == 0x40123000 && w.span_log2 == 21 &&
		   w.pte_count == 1,
	   "TTBR1's table may be one of level 2");
	set(arm, TTBCR, TTBCR_EAE | TTBCR_EPD1 | 2 << 16);
	is(fault_of(arm, 0xc0123456, false, MEM_READ), 0x205, "EPD1");
	is(fault_of(arm, 0x00000000, false, MEM_READ), 0x206, "doesn't concern TTBR0");
	set(arm, TTBCR, TTBCR_EAE | TTBCR_EPD0 | 2 << 16);
	is(fault_of(arm, 0x00000000, false, MEM_READ), 0x205, "EPD0");
	set64(arm, TTBR0_64, 0xff12345678ull);
	set(arm, TTBCR, TTBCR_EAE);
	is(guest_arm.root(&arm->cpu, 1), 0xff12345660ull, "a table of four words");
	set(arm, TTBCR, TTBCR_EAE | 2);
	is(guest_arm.root(&arm->cpu, 1), 0xff12345000ull, "one of 512");
	set(arm, TTBCR, TTBCR_EAE | 7);
	is(guest_arm.root(&arm->cpu, 1), 0xff12345600ull, "one of 16");
}

static void test_long_registers(void)
{
	struct arm *arm = fake_arm("cortex-a9");

	ok(fake_raises(arm, arm_help_mrrc, TTBR0_64, 0, NULL) &&
		   fake_raises(arm, arm_help_mcrr, PAR_64, 0, NULL),
	   "the A9 has no 64-bit registers");
	set(arm, TTBCR, ~0u);
	is(get(arm, TTBCR), 0x37, "nor TTBCR.EAE");
	arm = fake_arm("cortex-a15");
	is(get(arm, CP15(0, 0, 1, 4)) & 15, 5, "ID_MMFR0 of the A15");
	arm = fake_arm("cortex-a7");
	is(get(arm, CP15(0, 0, 1, 4)) & 15, 5, "ID_MMFR0 of the A7");
	set64(arm, TTBR0_64, ~0ull);
	is(get64(arm, TTBR0_64), 0x00ff00ffffffffffull, "TTBR0");
	is(get(arm, CP15(2, 0, 0, 0)), 0xffffffff, "its low word");
	is(fake.flushes, 1, "was a flush");
	set64(arm, TTBR0_64, ~0ull);
	is(fake.flushes, 1, "the same is none");
	set64(arm, TTBR0_64, 0x00fe00ffffffffffull);
	is(fake.flushes, 2, "another address space number is one");
	set64(arm, TTBR1_64, 0x12345678000ull);
	is(get64(arm, TTBR1_64), 0x45678000ull | 0x23ull << 32, "TTBR1");
	set64(arm, PAR_64, 0x123456789abcdef0ull);
	is(get64(arm, PAR_64), 0x123456789abcdef0ull, "PAR");
	fake.drops = 0;
	set(arm, TTBCR, ~0u);
	is(get(arm, TTBCR), TTBCR_LONG_BITS, "TTBCR");
	is(fake.drops, 1, "the other format: all is forgotten");
	set(arm, CP15(10, 0, 2, 0), 0x04ff4400);
	is(get(arm, CP15(10, 0, 2, 0)), 0x04ff4400, "MAIR0");
	set(arm, CP15(10, 0, 3, 0), ~0u);
	is(get(arm, CP15(10, 0, 3, 0)), 0, "AMAIR0");
	fake_save(arm);
	fake_arm("cortex-a7");
	ok(fake_load(arm) && get64(arm, TTBR1_64) == 0x2345678000ull &&
		   get64(arm, PAR_64) == 0x123456789abcdef0ull && arm_long_format(arm),
	   "all are saved and loaded");
	fake_arm("cortex-a9");
	ok(!fake_load(arm), "but not into a CPU that hasn't them");
	arm = fake_arm("cortex-a7");
	arm_cpsr_write(arm, ARM_USR, ARM_PSR_MODE);
	ok(fake_raises(arm, arm_help_mrrc, TTBR0_64, 0, NULL), "not for user mode");
}

#define ATS(opc2) CP15(7, 0, 8, opc2)

static void test_long_aborts(void)
{
	struct arm *arm = lpae_arm();
	struct mem_walk walk = { .fault = 0x20f };
	struct mem_walk bus = { .fault = GUEST_BUS_ERROR };

	fake_abort_raises(arm, 0x1002, MEM_WRITE, NULL);
	is(arm->c15.dfsr, 0xa21, "an alignment fault in DFSR");
	fake_abort_raises(arm, 0x1000, MEM_WRITE, &walk);
	is(arm->c15.dfsr, 0xa0f, "a permission fault");
	fake_abort_raises(arm, 0x1000, MEM_READ, &bus);
	is(arm->c15.dfsr, 0x210, "a bus error");
	fake_abort_raises(arm, 0x2000, MEM_FETCH, &walk);
	ok(arm->c15.ifsr == 0x20f && arm->c15.ifar == 0x2000, "a fetch's in IFSR");
	fake_raises(arm, arm_help_bkpt, 0, 0, NULL);
	is(arm->c15.ifsr, 0x222, "a breakpoint");
	poke64(L3, PAGE(0xab00001000ull, READ_ONLY));
	set(arm, ATS(0), 0x00200123);
	is(get64(arm, PAR_64) & 0xfffffff801ull, 0xab00001800ull, "ATS1CPR");
	set(arm, ATS(3), 0x00200123);
	is(get64(arm, PAR_64), 0x81f, "ATS1CUW: a permission fault of level 3");
}

static void test_long_spaces(void)
{
	struct arm *arm = lpae_arm();
	unsigned kernel = arm->space_current;

	fake.space_drops[0] = fake.space_drops[1] = fake.space_drops[2] = fake.space_drops[3] = 0;
	for (uint32_t dacr = 0; dacr < 100; dacr++)
		set(arm, CP15(3, 0, 0, 0), dacr);
	ok(arm->space_current == kernel && !fake.space_drops[0] && !fake.space_drops[1] &&
		   !fake.space_drops[2] && !fake.space_drops[3],
	   "DACR chooses no space");
}

void test_lpae(void)
{
	test_long_kinds();
	test_long_faults();
	test_long_rights();
	test_long_regions();
	test_long_registers();
	test_long_aborts();
	test_long_spaces();
}
