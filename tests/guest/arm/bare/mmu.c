/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Memory management with short descriptors (ARM DDI 0406C, B3.5 to B3.13): what maps
 * where, who may do what, faults with their status and address, TLB maintenance,
 * address space identifiers, two tables, translation by CP15.
 */
#include "bare.h"

#define FAULT_TRANSLATION 0x5u
#define FAULT_PAGE 0x2u
#define FAULT_ACCESS_SECTION 0x3u
#define FAULT_ACCESS_PAGE 0x6u
#define FAULT_DOMAIN 0x9u
#define FAULT_PERMISSION 0xdu
#define WRITE 0x800u

#define HOLE 0x50000000u /* nothing is mapped from here on */
#define OTHER 0x60000000u

typedef uint32_t function(uint32_t);

static uint32_t user_load(uint32_t address)
{
	return load32(address);
}

static uint32_t user_store(uint32_t address)
{
	store32(address, 0x5555);
	return 0;
}

static uint32_t load_as_user(uint32_t address)
{
	uint32_t value = 0, post = address;

	__asm__ volatile("ldrt %0, [%1], #4" : "+r"(value), "+r"(post) : : "memory");
	return post == address + 4 || post == address ? value : 0xbad;
}

static void store_as_user(uint32_t address, uint32_t value)
{
	__asm__ volatile("strt %1, [%0]" : : "r"(address), "r"(value) : "memory");
}

static void call(uint32_t address)
{
	((void (*)(void))address)();
}

static uint32_t user_call(uint32_t address)
{
	call(address);
	return 0;
}

static void put_return(uint32_t address)
{
	store32(address, 0xe12fff1e); /* bx lr */
	sync_code((void *)address, 4);
}

static void check_mappings(void)
{
	map_section(HOLE, RAM_SPARE | SECTION | AP_SECTION(AP_ALL));
	store32(RAM_SPARE + 0x1234, 0x11112222);
	is(load32(HOLE + 0x1234), 0x11112222, "section");
	map_section(HOLE, 0);

	map_page(OTHER + 0x3000, (RAM_SPARE + 0x5000) | SMALL | AP_PAGE(AP_ALL));
	store32(RAM_SPARE + 0x5ffc, 0x33334444);
	is(load32(OTHER + 0x3ffc), 0x33334444, "small page");
	for (unsigned i = 0; i < 16; i++)
		mmu_table(OTHER)[0x20 + i] = (RAM_SPARE + 0x10000) | LARGE | AP_PAGE(AP_ALL);
	tlb_flush();
	store32(RAM_SPARE + 0x1a008, 0x55556666);
	is(load32(OTHER + 0x2a008), 0x55556666, "large page");

	for (unsigned i = 0; i < 16; i++)
		level1[(0x70000000 >> 20) + i] = RAM | 1u << 18 | SECTION | AP_SECTION(AP_ALL);
	tlb_flush();
	store32(RAM + 0x900010, 0x77778888);
	is(load32(0x70900010), 0x77778888, "supersection");
	for (unsigned i = 0; i < 16; i++)
		level1[(0x70000000 >> 20) + i] = 0;
	tlb_flush();

	/* The same page twice. */
	map_page(OTHER + 0x8000, (RAM_SPARE + 0x6000) | SMALL | AP_PAGE(AP_ALL));
	map_page(OTHER + 0x9000, (RAM_SPARE + 0x6000) | SMALL | AP_PAGE(AP_ALL));
	store32(OTHER + 0x8000, 1);
	store32(OTHER + 0x9000, 2);
	is(load32(OTHER + 0x8000), 2, "two names for one page");
}

static void check_translation_faults(void)
{
	last.count = 0;
	load32(HOLE + 0x4321 - 1);
	aborted(DATA, FAULT_TRANSLATION, HOLE + 0x4320, "load, no first-level entry");
	store32(HOLE + 0x888, 1);
	aborted(DATA, FAULT_TRANSLATION | WRITE, HOLE + 0x888, "store, no first-level entry");
	load8(HOLE + 0xabc3);
	aborted(DATA, FAULT_TRANSLATION, HOLE + 0xabc3, "load of a byte");
	load32(OTHER + 0x7004);
	aborted(DATA, FAULT_TRANSLATION | FAULT_PAGE, OTHER + 0x7004,
		"load, no second-level entry");
	store8(OTHER + 0x7005, 1);
	aborted(DATA, FAULT_TRANSLATION | FAULT_PAGE | WRITE, OTHER + 0x7005,
		"store, no second-level entry");
	call(HOLE + 0x100);
	aborted(PREFETCH, FAULT_TRANSLATION, HOLE + 0x100, "fetch, no first-level entry");
	is(last.pc, HOLE + 0x100, "LR_abt - 4 is the address");
	call(OTHER + 0x7100);
	aborted(PREFETCH, FAULT_TRANSLATION | FAULT_PAGE, OTHER + 0x7100,
		"fetch, no second-level entry");
	in_user(user_load, HOLE);
	aborted(DATA, FAULT_TRANSLATION, HOLE, "load in user mode");
	is(last.cpsr & 0x1f, MODE_USR, "from user mode");
	is(last.handler & 0x1df, PSR_A | PSR_I | PSR_F | MODE_ABT, "to ABT mode, A and I masked");
}

/* For all AP values: privileged and user reads and writes. */
static void check_permissions_of(uint32_t address, void (*set)(unsigned ap), uint32_t fault)
{
	/* bit 0 privileged read, 1 write, 2 user read, 3 write */
	static const struct {
		uint8_t ap, may;
	} rights[] = { { 0, 0 }, { 1, 3 }, { 2, 7 }, { 3, 15 }, { 5, 1 }, { 6, 5 }, { 7, 5 } };
	uint32_t good = 0, status = 0, wanted = 0;

	for (unsigned i = 0; i < 7; i++) {
		set(rights[i].ap);
		for (unsigned k = 0; k < 6; k++) {
			bool write = k & 1, user = k >= 2;
			bool may = rights[i].may >> (2 * user + write) & 1;

			last.count = 0;
			if (k < 2)
				write ? store32(address, 5) : (void)load32(address);
			else if (k < 4)
				in_user(write ? user_store : user_load, address);
			else
				write ? store_as_user(address, 5) : (void)load_as_user(address);
			wanted++;
			if (last.count == !may)
				good++;
			else
				note("AP, access", (uint32_t)rights[i].ap << 8 | k);
			if (!may && (last.dfsr & 0xc0f) == (fault | (write ? WRITE : 0)) &&
			    last.dfar == address)
				status++;
			else if (!may)
				note("DFSR", last.dfsr);
		}
	}
	is(good, wanted, "rights by AP: privileged, user, and LDRT and STRT");
	is(status, 23, "status and address of all permission faults");
	last.count = 0;
}

static void set_section_ap(unsigned ap)
{
	map_section(HOLE, RAM_SPARE | SECTION | AP_SECTION(ap));
}

static void set_page_ap(unsigned ap)
{
	map_page(OTHER + 0xb000, (RAM_SPARE + 0xb000) | SMALL | AP_PAGE(ap));
}

static void check_unprivileged_forms(void)
{
	uint32_t address = OTHER + 0xb000, value = 7, base = address;

	set_page_ap(AP_PRIVILEGED);
	store32(address, 0x80818283);
	last.count = 0;
	__asm__ volatile("ldrbt %0, [%1], #1" : "+r"(value), "+r"(base) : : "memory");
	aborted(DATA, FAULT_PERMISSION | FAULT_PAGE, address, "LDRBT");
	__asm__ volatile("ldrht %0, [%1], #2" : "+r"(value), "+r"(base) : : "memory");
	aborted(DATA, FAULT_PERMISSION | FAULT_PAGE, address, "LDRHT");
	__asm__ volatile("ldrsbt %0, [%1], #1" : "+r"(value), "+r"(base) : : "memory");
	aborted(DATA, FAULT_PERMISSION | FAULT_PAGE, address, "LDRSBT");
	__asm__ volatile("strht %0, [%1], #2" : "+r"(value), "+r"(base) : : "memory");
	aborted(DATA, FAULT_PERMISSION | FAULT_PAGE | WRITE, address, "STRHT");
	__asm__ volatile("strbt %0, [%1], #1" : "+r"(value), "+r"(base) : : "memory");
	aborted(DATA, FAULT_PERMISSION | FAULT_PAGE | WRITE, address, "STRBT");
	ok(value == 7 && base == address, "no register was changed by them");
	set_page_ap(AP_USER_READ);
	__asm__ volatile("ldrsbt %0, [%1], #1" : "+r"(value), "+r"(base) : : "memory");
	untrapped("LDRSBT where user mode may read");
	ok(value == 0xffffff83 && base == address + 1, "it loads and moves the base");
}

static void check_domains(void)
{
	const uint32_t page = RAM_SPARE + 0xc000, at = OTHER + MIB + 0xc000;

	put_return(page);
	put_return(RAM_SPARE + 0x40);
	mmu_table(OTHER + MIB)[0xc] = page | SMALL | SMALL_XN | AP_PAGE(AP_PRIVILEGED_READ);
	level1[(OTHER + MIB) >> 20] |= DOMAIN(5);
	map_section(HOLE, RAM_SPARE | SECTION | DOMAIN(9) | SECTION_XN | AP_SECTION(AP_NONE));
	tlb_flush();
	last.count = 0;

	CP_WRITE(c3, 0, c0, 0, 0x00000001);
	load32(HOLE);
	aborted(DATA, FAULT_DOMAIN | 9 << 4, HOLE, "no access to the domain: section");
	store32(at, 1);
	aborted(DATA, FAULT_DOMAIN | FAULT_PAGE | WRITE | 5 << 4, at,
		"no access to the domain: page");
	call(HOLE + 0x40);
	aborted(PREFETCH, FAULT_DOMAIN, HOLE + 0x40, "no access to the domain: fetch");

	CP_WRITE(c3, 0, c0, 0, 0x1 | 2 << 18 | 2 << 10);
	load32(HOLE);
	aborted(DATA, FAULT_DOMAIN | 9 << 4, HOLE, "reserved domain access: a fault");

	CP_WRITE(c3, 0, c0, 0, 0x1 | 1 << 18 | 1 << 10);
	load32(HOLE);
	aborted(DATA, FAULT_PERMISSION | 9 << 4, HOLE, "client of the domain: AP counts");
	load32(at);
	untrapped("client: allowed by AP");
	store32(at, 1);
	aborted(DATA, FAULT_PERMISSION | FAULT_PAGE | WRITE | 5 << 4, at, "client: page");
	call(at);
	aborted(PREFETCH, FAULT_PERMISSION | FAULT_PAGE, at, "client: XN");

	CP_WRITE(c3, 0, c0, 0, 0x1 | 3 << 18 | 3 << 10);
	store32(HOLE + 0x80, 0x4711);
	in_user(user_store, HOLE + 0x84);
	store32(at + 8, 5);
	call(at);
	call(HOLE + 0x40);
	untrapped("manager of the domain: AP and XN don't count");
	is(load32(RAM_SPARE + 0x80), 0x4711, "manager: the store was made");

	/* Back and forth: each value has its own rights at once. */
	for (unsigned i = 0; i < 6; i++) {
		CP_WRITE(c3, 0, c0, 0, 0x1 | (i & 1 ? 1 : 3) << 18 | i << 22);
		load32(HOLE);
	}
	is(last.count, 3, "DACR changed six times: three faults");
	CP_WRITE(c3, 0, c0, 0, 0x55555555);
	level1[(OTHER + MIB) >> 20] &= ~DOMAIN(15);
	tlb_flush();
	last.count = 0;
}

static void check_execute_never(void)
{
	const uint32_t page = RAM_SPARE + 0xd000, at = OTHER + 0xd000;

	put_return(page);
	put_return(RAM_SPARE + 0x40);
	map_page(at, page | SMALL | SMALL_XN | AP_PAGE(AP_ALL));
	last.count = 0;
	call(at);
	aborted(PREFETCH, FAULT_PERMISSION | FAULT_PAGE, at, "XN small page");
	load32(at);
	untrapped("XN: reading it is allowed");
	map_page(at, page | SMALL | AP_PAGE(AP_ALL));
	call(at);
	untrapped("XN cleared: it runs");
	map_page(at, page | SMALL | AP_PAGE(AP_PRIVILEGED));
	call(at);
	untrapped("privileged page: privileged mode executes it");
	in_user(user_call, at);
	aborted(PREFETCH, FAULT_PERMISSION | FAULT_PAGE, at, "and user mode doesn't");
	map_section(HOLE, RAM_SPARE | SECTION | SECTION_XN | AP_SECTION(AP_ALL));
	call(HOLE + 0x40);
	aborted(PREFETCH, FAULT_PERMISSION, HOLE + 0x40, "XN section");
	map_section(HOLE, RAM_SPARE | SECTION | 1 | AP_SECTION(AP_ALL));
	call(HOLE + 0x40);
	aborted(PREFETCH, FAULT_PERMISSION, HOLE + 0x40, "PXN section in privileged mode");
	in_user(user_call, HOLE + 0x40);
	untrapped("PXN section in user mode");
	level1[(OTHER + 0xd000) >> 20] |= 4; /* PXN of a table's pages */
	map_page(at, page | SMALL | AP_PAGE(AP_ALL));
	call(at);
	aborted(PREFETCH, FAULT_PERMISSION | FAULT_PAGE, at, "PXN in the first-level entry");
	level1[(OTHER + 0xd000) >> 20] &= ~4u;
	tlb_flush();
	for (unsigned i = 0; i < 16; i++)
		mmu_table(OTHER)[0x20 + i] =
			(RAM_SPARE + 0x10000) | LARGE | 1u << 15 | AP_PAGE(AP_ALL);
	tlb_flush();
	call(OTHER + 0x2a008);
	aborted(PREFETCH, FAULT_PERMISSION | FAULT_PAGE, OTHER + 0x2a008, "XN large page");
	map_section(HOLE, 0);
}

static void check_access_flag(void)
{
	const uint32_t at = OTHER + 0xe000, page = RAM_SPARE + 0xe000;

	WRITE_SCTLR(READ_SCTLR() | SCTLR_AFE);
	map_section(HOLE, RAM_SPARE | SECTION | AP_SECTION(2));
	map_page(at, page | SMALL | AP_PAGE(2));
	last.count = 0;
	load32(HOLE + 4);
	aborted(DATA, FAULT_ACCESS_SECTION, HOLE + 4, "access flag clear: section");
	store32(at + 8, 1);
	aborted(DATA, FAULT_ACCESS_PAGE | WRITE, at + 8, "access flag clear: page");
	call(at + 12);
	aborted(PREFETCH, FAULT_ACCESS_PAGE, at + 12, "access flag clear: fetch");
	/* An entry that faulted isn't in the TLB: no maintenance is needed. */
	mmu_table(at)[0xe] |= AP_PAGE(1);
	__asm__ volatile("dsb\n\tisb" : : : "memory");
	store32(at + 8, 1);
	untrapped("access flag set: allowed at once");
	WRITE_SCTLR(READ_SCTLR() & ~SCTLR_AFE);
	map_section(HOLE, 0);
}

static void check_write_implies_xn(void)
{
	const uint32_t page = RAM_SPARE + 0xd000, at = OTHER + 0xd000;

	put_return(page);
	map_page(at, page | SMALL | AP_PAGE(AP_ALL));
	last.count = 0;
	/* With UWXN the next instruction is fetched from what user mode can't write. */
	map_section(RAM + 2 * MIB, (RAM + 2 * MIB) | SECTION | AP_SECTION(AP_PRIVILEGED));
	WRITE_SCTLR(READ_SCTLR() | SCTLR_UWXN);
	tlb_flush();
	call(at);
	aborted(PREFETCH, FAULT_PERMISSION | FAULT_PAGE, at,
		"UWXN: privileged modes don't execute what user mode may write");
	WRITE_SCTLR(READ_SCTLR() & ~SCTLR_UWXN);
	tlb_flush();
	call(at);
	untrapped("without UWXN they do");
	map_section(RAM + 2 * MIB, (RAM + 2 * MIB) | SECTION | AP_SECTION(AP_ALL));
}

/* TLB maintenance: after it the new entry counts. */
static void check_maintenance(void)
{
	const uint32_t a = RAM_SPARE + 0x20000, b = RAM_SPARE + 0x21000, at = OTHER + 0x40000;
	uint32_t *entry = &mmu_table(at)[at >> 12 & 255];
	unsigned good = 0;

	store32(a, 0xaaaa);
	store32(b, 0xbbbb);
	map_page(at, a | SMALL | AP_PAGE(AP_ALL));
	good += load32(at) == 0xaaaa;
#define REMAP(page, ...)                                                                           \
	*entry = (page) | SMALL | AP_PAGE(AP_ALL);                                                 \
	__asm__ volatile("dsb" : : : "memory");                                                    \
	CP_WRITE(__VA_ARGS__);                                                                     \
	__asm__ volatile("dsb\n\tisb" : : : "memory");                                             \
	good += load32(at) == load32(page);
	REMAP(b, c8, 0, c7, 0, 0)  /* TLBIALL */
	REMAP(a, c8, 0, c7, 1, at) /* TLBIMVA */
	REMAP(b, c8, 0, c7, 2, 0)  /* TLBIASID */
	REMAP(a, c8, 0, c7, 3, at) /* TLBIMVAA */
	REMAP(b, c8, 0, c6, 1, at) /* DTLBIMVA */
	REMAP(a, c8, 0, c3, 0, 0)  /* inner shareable */
	REMAP(b, c8, 0, c3, 1, at)
	REMAP(a, c8, 0, c3, 2, 0)
	REMAP(b, c8, 0, c3, 3, at)
	is(good, 10, "nine ways to invalidate an entry");

	/* Addresses within the page, and of a large page. */
	*entry = a | SMALL | AP_PAGE(AP_ALL);
	tlb_flush();
	load32(at);
	*entry = 0;
	__asm__ volatile("dsb" : : : "memory");
	CP_WRITE(c8, 0, c7, 1, at | 0xf00);
	last.count = 0;
	load32(at + 16);
	aborted(DATA, FAULT_TRANSLATION | FAULT_PAGE, at + 16, "an entry taken away");

	/* A table taken away, and put at another address. */
	map_page(at, a | SMALL | AP_PAGE(AP_ALL));
	load32(at);
	level1[(OTHER + 2 * MIB) >> 20] = level1[at >> 20];
	level1[at >> 20] = 0;
	tlb_flush();
	load32(at);
	aborted(DATA, FAULT_TRANSLATION, at, "a table taken away");
	is(load32(at + 2 * MIB), 0xaaaa, "the table used elsewhere");
	level1[at >> 20] = level1[(OTHER + 2 * MIB) >> 20];
	level1[(OTHER + 2 * MIB) >> 20] = 0;
	tlb_flush();

	/* Permissions taken away and given back. */
	map_page(at, a | SMALL | AP_PAGE(AP_ALL));
	store32(at, 0xaaaa);
	map_page(at, a | SMALL | AP_PAGE(AP_ALL_READ));
	store32(at, 0xdddd);
	aborted(DATA, FAULT_PERMISSION | FAULT_PAGE | WRITE, at, "made read-only");
	is(load32(at), 0xaaaa, "and not written");
	map_page(at, a | SMALL | AP_PAGE(AP_ALL));
	store32(at, 0xdddd);
	untrapped("made writable again");
}

/* Tables in pages that are themselves written through another name, and a section split
 * into pages under the program's feet. */
static void check_split(void)
{
	uint32_t *table = (uint32_t *)(RAM_SPARE + 0x80000), spare = RAM_SPARE + MIB;

	store32(spare + 0x5678, 0x5678);
	load32(spare);
	for (unsigned i = 0; i < 256; i++)
		table[i] = (spare + i * PAGE) | SMALL | AP_PAGE(AP_ALL);
	map_section(spare, (uint32_t)table | 1);
	is(load32(spare + 0x5678), 0x5678, "a section replaced by pages");
	table[5] = (spare + 6 * PAGE) | SMALL | AP_PAGE(AP_ALL);
	store32(spare + 6 * PAGE + 0x678, 0x6666);
	tlb_flush();
	is(load32(spare + 0x5678), 0x6666, "one of the pages moved");
	map_section(spare, spare | SECTION | AP_SECTION(AP_ALL));
	is(load32(spare + 0x5678), 0x5678, "the section again");
}

/* Code at one address in different pages. */
static void check_code_remapped(void)
{
	const uint32_t a = RAM_SPARE + 0x30000, b = RAM_SPARE + 0x31000, at = OTHER + 0x50000;
	uint32_t (*f)(void) = (uint32_t(*)(void))at;
	uint32_t sum = 0;

	store32(a, 0xe3a00001); /* mov r0, #1 */
	store32(a + 4, 0xe12fff1e);
	store32(b, 0xe3a00002);
	store32(b + 4, 0xe12fff1e);
	sync_code((void *)a, 8);
	sync_code((void *)b, 8);
	for (unsigned i = 0; i < 8; i++) {
		map_page(at, (i & 1 ? b : a) | SMALL | AP_PAGE(AP_ALL));
		for (unsigned k = 0; k < 10; k++)
			sum = sum * 3 + f();
	}
	map_page(at, a | SMALL | AP_PAGE(AP_ALL));
	is(f(), 1, "code: the first page");
	map_page(at, b | SMALL | AP_PAGE(AP_ALL));
	is(f(), 2, "code: another page at the same address");
	store32(a, 0xe3a00003);
	sync_code((void *)a, 8);
	is(f(), 2, "code: the page no longer mapped was changed");
	map_page(at, a | SMALL | AP_PAGE(AP_ALL));
	is(f(), 3, "code: mapped again, changed");
	is(sum, 0x4f7aaaf0, "code: moved to and fro");
}

/* Address space identifiers, with and without global entries. */
static void set_context(uint32_t asid)
{
	__asm__ volatile("dsb" : : : "memory");
	CP_WRITE(c13, 0, c0, 1, asid);
}

static void check_asid(void)
{
	const uint32_t a = RAM_SPARE + 0x40000, b = RAM_SPARE + 0x41000, at = OTHER + 0x60000;
	uint32_t *entry = &mmu_table(at)[at >> 12 & 255];
	static uint32_t other[4096] __attribute__((aligned(16384)));
	static uint32_t table[256] __attribute__((aligned(1024)));

	store32(a, 0xaaaa);
	store32(b, 0xbbbb);
	for (unsigned i = 0; i < 4096; i++)
		other[i] = level1[i];
	for (unsigned i = 0; i < 256; i++)
		table[i] = mmu_table(at)[i];
	other[at >> 20] = (uint32_t)table | 1;
	set_context(1);
	*entry = a | SMALL | NOT_GLOBAL_PAGE | AP_PAGE(AP_ALL);
	table[at >> 12 & 255] = b | SMALL | NOT_GLOBAL_PAGE | AP_PAGE(AP_ALL);
	tlb_flush();
	is(load32(at), 0xaaaa, "ASID 1");
	set_context(0);
	CP_WRITE(c2, 0, c0, 0, other);
	set_context(2);
	is(load32(at), 0xbbbb, "ASID 2, another table");
	store32(at, 0xb0b0);
	set_context(0);
	CP_WRITE(c2, 0, c0, 0, level1);
	set_context(1);
	is(load32(at), 0xaaaa, "ASID 1 again");
	is(load32(b), 0xb0b0, "what ASID 2 wrote");
	/* Taken away from 2 while 1 is current. */
	table[at >> 12 & 255] = 0;
	__asm__ volatile("dsb" : : : "memory");
	CP_WRITE(c8, 0, c7, 1, (at & ~0xfffu) | 2);
	set_context(0);
	CP_WRITE(c2, 0, c0, 0, other);
	set_context(2);
	last.count = 0;
	load32(at);
	aborted(DATA, FAULT_TRANSLATION | FAULT_PAGE, at, "invalidated by ASID and address");
	set_context(0);
	CP_WRITE(c2, 0, c0, 0, level1);
	CP_WRITE(c8, 0, c7, 2, 2);
	set_context(1);
	is(load32(at), 0xaaaa, "invalidating ASID 2 leaves 1");
	set_context(0);
	is(CP_READ(c13, 0, c0, 1), 0, "CONTEXTIDR reads back");
}

/* Two tables: TTBCR.N, and walks switched off. */
static void check_two_tables(void)
{
	static uint32_t low[1024] __attribute__((aligned(4096)));
	bool exists;

	for (unsigned i = 0; i < 1024; i++)
		low[i] = 0;
	low[1] = RAM_SPARE | SECTION | AP_SECTION(AP_ALL);
	store32(RAM_SPARE + 0x44, 0x1234);
	/* N = 2: TTBR0 has 1 GiB, its table 4 KiB; the chips are below, too. */
	for (unsigned i = 0x80; i < 0xa1; i++)
		low[i] = level1[i];
	__asm__ volatile("dsb" : : : "memory");
	CP_WRITE(c2, 0, c0, 2, 2);
	CP_WRITE(c2, 0, c0, 0, low);
	tlb_flush();
	is(load32(MIB + 0x44), 0x1234, "TTBCR.N = 2: the first GiB by TTBR0");
	is(load32(RAM_SPARE + 0x44), 0x1234, "the rest by TTBR1");
	last.count = 0;
	load32(2 * MIB);
	aborted(DATA, FAULT_TRANSLATION, 2 * MIB, "nothing in TTBR0's table");
	load32(HOLE);
	aborted(DATA, FAULT_TRANSLATION, HOLE, "nothing in TTBR1's table");
	CP_WRITE(c2, 0, c0, 2, 2 | 1 << 4);
	tlb_flush();
	/* Nothing may be printed now: the chips are unreachable, too.  Without the Security
	 * Extensions the bit doesn't exist. */
	exists = CP_READ(c2, 0, c0, 2) & 1 << 4;
	load32(MIB + 0x44);
	CP_WRITE(c2, 0, c0, 2, 2);
	tlb_flush();
	if (exists)
		aborted(DATA, FAULT_TRANSLATION, MIB + 0x44, "TTBCR.PD0: no walk by TTBR0");
	else
		untrapped("TTBCR.PD0: no walk by TTBR0");
	load32(MIB + 0x44);
	untrapped("PD0 cleared");
	CP_WRITE(c2, 0, c0, 0, level1);
	CP_WRITE(c2, 0, c0, 2, 0);
	tlb_flush();
	is(CP_READ(c2, 0, c0, 2), 0, "TTBCR reads back");
}

#define TRANSLATE(opc2, address)                                                                   \
	({                                                                                         \
		CP_WRITE(c7, 0, c8, opc2, address);                                                \
		CP_READ(c7, 0, c4, 0);                                                             \
	})

static void check_translation_registers(void)
{
	const uint32_t page = RAM_SPARE + 0x50000, at = OTHER + 0x70000;

	map_page(at, page | SMALL | AP_PAGE(AP_PRIVILEGED));
	is(TRANSLATE(0, at + 0x123) & 0xfffff001, page, "ATS1CPR: physical page");
	is(TRANSLATE(1, at) & 0xfffff001, page, "ATS1CPW");
	is(TRANSLATE(2, at) & 0x7f, (FAULT_PERMISSION | FAULT_PAGE) << 1 | 1,
	   "ATS1CUR: permission fault");
	is(TRANSLATE(3, at) & 0x7f, (FAULT_PERMISSION | FAULT_PAGE) << 1 | 1, "ATS1CUW");
	is(TRANSLATE(0, HOLE) & 0x7f, FAULT_TRANSLATION << 1 | 1, "ATS1CPR: translation fault");
	is(TRANSLATE(2, RAM_SPARE + 0x6000) & 0xfffff001, RAM_SPARE + 0x6000, "ATS1CUR: section");
	is(last.count, 0, "none of these traps");
	CP_WRITE(c7, 0, c4, 0, 0x12345000);
	is(CP_READ(c7, 0, c4, 0), 0x12345000, "PAR can be written");
}

static void check_fault_registers(void)
{
	CP_WRITE(c5, 0, c0, 0, 0x00d);
	CP_WRITE(c6, 0, c0, 0, 0xdeadbeef);
	CP_WRITE(c5, 0, c0, 1, 0x007);
	CP_WRITE(c6, 0, c0, 2, 0x87654321);
	ok(CP_READ(c5, 0, c0, 0) == 0xd && CP_READ(c6, 0, c0, 0) == 0xdeadbeef &&
		   CP_READ(c5, 0, c0, 1) == 7 && CP_READ(c6, 0, c0, 2) == 0x87654321,
	   "fault status and address registers can be written");
	call(HOLE);
	aborted(PREFETCH, FAULT_TRANSLATION, HOLE, "a prefetch abort");
	ok(last.dfsr == 0xd && last.dfar == 0xdeadbeef, "leaves DFSR and DFAR");
	CP_WRITE(c5, 0, c0, 1, 0x007);
	load32(HOLE);
	aborted(DATA, FAULT_TRANSLATION, HOLE, "a data abort");
	is(last.ifsr, 7, "leaves IFSR");
}

/* Off and on: with the MMU off, addresses are physical. */
static void check_off_and_on(void)
{
	map_section(RAM_SPARE + 2 * MIB, (RAM_SPARE + 3 * MIB) | SECTION | AP_SECTION(AP_ALL));
	store32(RAM_SPARE + 2 * MIB, 3);
	WRITE_SCTLR(READ_SCTLR() & ~SCTLR_M);
	store32(RAM_SPARE + 2 * MIB, 2);
	is(load32(RAM_SPARE + 3 * MIB), 3, "MMU off: physical addresses");
	WRITE_SCTLR(READ_SCTLR() | SCTLR_M);
	is(load32(RAM_SPARE + 2 * MIB), 3, "MMU on: virtual addresses");
	map_section(RAM_SPARE + 2 * MIB, (RAM_SPARE + 2 * MIB) | SECTION | AP_SECTION(AP_ALL));
}

int main(void)
{
	mmu_start();
	check_mappings();
	check_translation_faults();
	check_permissions_of(HOLE + 0x700, set_section_ap, FAULT_PERMISSION);
	map_section(HOLE, 0);
	check_permissions_of(OTHER + 0xb700, set_page_ap, FAULT_PERMISSION | FAULT_PAGE);
	check_unprivileged_forms();
	check_domains();
	check_execute_never();
	check_access_flag();
	check_write_implies_xn();
	check_maintenance();
	check_split();
	check_code_remapped();
	check_asid();
	check_two_tables();
	check_translation_registers();
	check_fault_registers();
	check_off_and_on();
	mmu_stop();
	return 0;
}
