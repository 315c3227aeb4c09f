/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Page walks against tables made by hand, without a core.
 */
#include "fake_core.h"
#include "tap.h"

#define DIRECTORY 0x20000u
#define TABLE 0x21000u
#define POINTERS 0x22020u /* PAE: 32 bytes are enough */
#define DIRECTORY2 0x23000u
#define TABLE2 0x24000u

#define P 1u
#define W 2u
#define U 4u
#define A 0x20u
#define D 0x40u
#define PS 0x80u
#define XD (1ull << 63)

/* Addresses below 4 MiB are mapped as they are, for all, with A and D. */
static void map_identity(void)
{
	fake_poke(DIRECTORY, TABLE | P | W | U | A);
	for (unsigned i = 0; i < 1024; i++)
		fake_poke(TABLE + 4 * i, i << 12 | P | W | U | A | D);
}

static struct x86 *paging_x86(unsigned cpl)
{
	struct x86 *x = fake_protected(cpl);

	map_identity();
	x->cr3 = DIRECTORY;
	x->cr4 = X86_CR4_PSE;
	x->cr0 |= X86_CR0_PG | X86_CR0_WP;
	return x;
}

/* The entry of the page at 0x300000. */
static void map_page(uint32_t entry)
{
	fake_poke(TABLE + 4 * 0x300, entry);
}

static unsigned rights(struct x86 *x, gva address, unsigned space)
{
	struct mem_walk walk;

	return guest_x86.walk(&x->cpu, address, space, MEM_READ, true, &walk) ? walk.rights : 0;
}

static void test_kinds(void)
{
	struct x86 *x = paging_x86(0);
	struct mem_walk w;

	map_page(0x123000 | P | W | U);
	ok(guest_x86.walk(&x->cpu, 0x300456, 1, MEM_READ, false, &w) && w.page == 0x123000 &&
		   w.span_log2 == 12 && w.pte_count == 2,
	   "4 KiB");
	ok(w.pte[0].root == 1 && w.pte[0].address == 0 && w.pte[0].value == fake_peek(DIRECTORY) &&
		   w.pte[1].root == 0 && w.pte[1].address == TABLE + 0xc00 &&
		   w.pte[1].value == (0x123000 | P | W | U | A) && w.pte[1].bytes == 4,
	   "what it depends on");
	is(guest_x86.root(&x->cpu, 1), DIRECTORY, "the root");
	is(w.rights, MEM_READ | MEM_FETCH, "no writing before it is dirty");
	guest_x86.walk(&x->cpu, 0x300456, 1, MEM_WRITE, true, &w);
	is(fake_peek(TABLE + 0xc00), 0x123000 | P | W | U | A, "a quiet walk changes nothing");
	guest_x86.walk(&x->cpu, 0x300456, 1, MEM_WRITE, false, &w);
	ok(fake_peek(TABLE + 0xc00) == (0x123000 | P | W | U | A | D) &&
		   w.pte[1].value == (0x123000 | P | W | U | A | D) && w.rights & MEM_WRITE,
	   "a write sets D");
	fake_poke(DIRECTORY + 4, 0x00c00000 | 5u << 13 | PS | P | W);
	ok(guest_x86.walk(&x->cpu, 0x00456789, 0, MEM_WRITE, false, &w) &&
		   w.page == 0x500c56000ull && w.span_log2 == 22 && w.pte_count == 1,
	   "4 MiB, 36 bits");
	is(fake_peek(DIRECTORY + 4) & (A | D), A | D, "its A and D");
	fake_poke(DIRECTORY + 4, 0x00c00000 | 1u << 17 | PS | P | W);
	ok(!guest_x86.walk(&x->cpu, 0x00456789, 0, MEM_WRITE, false, &w) && w.fault == 9,
	   "reserved bits");
	x->cr4 = 0;
	fake_poke(DIRECTORY + 4, TABLE | PS | P | W);
	ok(guest_x86.walk(&x->cpu, 0x00700000, 0, MEM_READ, false, &w) && w.page == 0x123000,
	   "without CR4.PSE it is a table");
}

static void test_rights(void)
{
	struct x86 *x = paging_x86(0);

	map_page(0x123000 | P | D);
	is(rights(x, 0x300000, X86_SPACE_KERNEL), MEM_READ | MEM_FETCH, "read-only");
	is(rights(x, 0x300000, X86_SPACE_USER), 0, "the kernel's");
	x->cr0 &= ~X86_CR0_WP;
	is(rights(x, 0x300000, X86_SPACE_KERNEL), 7, "without WP the kernel writes");
	map_page(0x123000 | P | D | U);
	is(rights(x, 0x300000, X86_SPACE_USER), MEM_READ | MEM_FETCH, "but not the user");
	map_page(0x123000 | P | W | U | D);
	is(rights(x, 0x300000, X86_SPACE_USER), 7, "the user's");
	fake_poke(DIRECTORY, TABLE | P | W);
	is(rights(x, 0x300000, X86_SPACE_USER), 0, "unless the directory forbids it");
	fake_poke(DIRECTORY, TABLE | P | U);
	is(rights(x, 0x300000, X86_SPACE_USER), MEM_READ | MEM_FETCH, "or writing");
}

static const char *fault(struct x86 *x, uint32_t linear, enum mem_access access)
{
	static char text[40];
	struct fake_frame f;

	if (!fake_access_raises(x, linear, 2, access))
		return "none";
	f = fake_frame(x);
	snprintf(text, sizeof text, "%d:%x %x", f.vector, f.code, x->cr2);
	return text;
}

static void test_faults(void)
{
	struct x86 *x = paging_x86(0);

	map_page(0);
	is_string(fault(x, 0x300004, MEM_READ), "14:0 300004", "not there");
	x = paging_x86(0);
	map_page(0);
	is_string(fault(x, 0x300004, MEM_WRITE), "14:2 300004", "write");
	x = paging_x86(0);
	map_page(0);
	is_string(fault(x, 0x2ffffe, MEM_WRITE), "14:2 300000", "the second page of two");
	is(fake_peek(0x2ffffc), 0, "nothing was written to the first");
	x = paging_x86(3);
	map_page(0);
	is_string(fault(x, 0x300004, MEM_READ), "14:4 300004", "user");
	x = paging_x86(3);
	map_page(0x123000 | P | W);
	is_string(fault(x, 0x300004, MEM_WRITE), "14:7 300004", "rights");
	is(fake_peek(TABLE + 0xc00), 0x123000 | P | W, "A isn't set by a fault");
	x = paging_x86(0);
	map_page(0x123000 | P);
	is_string(fault(x, 0x300004, MEM_WRITE), "14:3 300004", "read-only");
	x = paging_x86(3);
	map_page(0);
	x->cpu.pc = 0x300010;
	is_string(fault(x, 0x300000, MEM_FETCH), "14:4 300010", "fetch: where the pc is");
	x = paging_x86(3);
	map_page(0);
	x->cpu.pc = 0x2ffffe;
	is_string(fault(x, 0x300000, MEM_FETCH), "14:4 300000", "fetch: the second page");
	x = paging_x86(3);
	fake_poke(TABLE + 4, 0x1000 | P | W | A | D); /* the GDT */
	is_string(fake_raised(x, x86_help_load_segment, X86_ES, DATA3, 0, 0), "none",
		  "tables are read with the kernel's rights");
	x = paging_x86(3);
	fake_poke(TABLE + 4 * (STACK0 / 4096 - 1), 0);
	fake_raises(x, x86_help_raise, X86_UD, 0, 0, 0, NULL);
	ok(x->shut_down, "no stack for #UD, #PF, #DF");
	is(x->cr2, STACK0 - 4, "CR2");
}

static void test_alignment(void)
{
	struct x86 *x = paging_x86(3);

	x->cr0 |= X86_CR0_AM;
	x->eflags |= X86_AC;
	ok(guest_x86.modes(&x->cpu) & X86_MODE_ALIGN, "alignment is checked");
	x->r[X86_ESP] = STACK3 - 2;
	is_string(fake_raised(x, x86_help_far_return, 4, 0, 0, 0), "17:0", "#AC");
}

/* PAE: pointers, directories, tables of 8-byte entries; 2 MiB at 0 as they are. */
static struct x86 *pae_x86(unsigned cpl)
{
	struct x86 *x = fake_protected(cpl);

	fake_poke64(POINTERS, DIRECTORY | P);
	fake_poke64(POINTERS + 24, DIRECTORY2 | P);
	fake_poke64(DIRECTORY, P | W | U | PS | A | D);
	fake_poke64(DIRECTORY + 8, 0x200000 | P | W | U | PS | A | D);
	fake_poke64(DIRECTORY2, TABLE2 | P | W | U);
	x->cr4 = X86_CR4_PAE;
	x->efer = 1u << 11;
	x->cr3 = POINTERS;
	x->cr0 |= X86_CR0_WP;
	/* Set up by level 0. */
	x->segment[X86_SS].access &= ~(3u << 13);
	fake_raises(x, x86_help_write_control, 0, x->cr0 | X86_CR0_PG, 0, 0, NULL);
	x->segment[X86_SS].access |= cpl << 13;
	return x;
}

static void test_pae(void)
{
	struct x86 *x = pae_x86(0);
	struct mem_walk w;

	is(x->pae_directory[3], DIRECTORY2 | P, "PDPTEs are loaded as paging is turned on");
	ok(guest_x86.walk(&x->cpu, 0x345678, 0, MEM_WRITE, false, &w) && w.page == 0x345000 &&
		   w.span_log2 == 21 && w.pte_count == 2,
	   "2 MiB");
	ok(w.pte[0].root == 1 && w.pte[0].address == 0 && w.pte[0].bytes == 8 &&
		   w.pte[0].value == (DIRECTORY | P) && guest_x86.root(&x->cpu, 1) == POINTERS,
	   "depends on the PDPTE in memory");
	fake_poke64(TABLE2 + 8, 0xf12345000ull | P | W | U | XD);
	ok(guest_x86.walk(&x->cpu, 0xc0001fff, 1, MEM_WRITE, false, &w) &&
		   w.page == 0xf12345000ull && w.pte_count == 3 &&
		   w.rights == (MEM_READ | MEM_WRITE),
	   "4 KiB, 36 bits, not executable");
	is(fake_peek(TABLE2 + 8) & (A | D), A | D, "A, D");
	is(fake_peek(DIRECTORY2) & (A | D), A, "and of the directory");
	ok(!guest_x86.walk(&x->cpu, 0xc0001fff, 1, MEM_FETCH, false, &w) && w.fault == 1, "NX");
	fake_poke64(TABLE2 + 8, 0x1f12345000ull | P);
	ok(!guest_x86.walk(&x->cpu, 0xc0001fff, 0, MEM_READ, false, &w) && w.fault == 9,
	   "37 bits are reserved");
	fake_poke64(DIRECTORY + 8, 0x202000 | P | W | U | PS | A | D);
	ok(!guest_x86.walk(&x->cpu, 0x345678, 0, MEM_READ, false, &w) && w.fault == 9,
	   "a large page's low bits");
	ok(!guest_x86.walk(&x->cpu, 0x40000000, 0, MEM_READ, false, &w) && w.fault == 0,
	   "no PDPTE");
	fake_poke64(TABLE2 + 8, 0x123000 | P | XD);
	x->efer = 0;
	ok(!guest_x86.walk(&x->cpu, 0xc0001fff, 0, MEM_READ, false, &w) && w.fault == 9,
	   "without EFER.NXE the bit is reserved");
	x = pae_x86(3);
	fake_poke64(TABLE2 + 8, 0x123000 | P | U | XD);
	x->cpu.pc = 0xc0001000;
	is_string(fault(x, 0xc0001000, MEM_FETCH), "14:15 c0001000", "error code of a fetch");
}

static void test_pae_pointers(void)
{
	struct x86 *x = pae_x86(0);

	fake_poke64(POINTERS + 8, DIRECTORY | P);
	is(x->pae_directory[1], 0, "a PDPTE in memory isn't the register");
	is_string(fake_raised(x, x86_help_write_control, 3, POINTERS, 0, 0), "none", "CR3");
	is(x->pae_directory[1], DIRECTORY | P, "loads it");
	ok(fake.flushes == 1, "and flushes");
	fake_poke64(POINTERS + 16, DIRECTORY | P | W);
	is_string(fake_raised(x, x86_help_write_control, 3, POINTERS, 0, 0), "13:0",
		  "a reserved bit: #GP");
	fake_poke64(POINTERS + 16, 0x1000000000ull | P);
	is_string(fake_raised(x, x86_help_write_control, 3, POINTERS, 0, 0), "13:0", "37 bits");
	fake_poke64(POINTERS + 16, 0xfff0000000000000ull);
	is_string(fake_raised(x, x86_help_write_control, 3, POINTERS, 0, 0), "none", "absent");
}

void test_mmu(void)
{
	test_kinds();
	test_rights();
	test_faults();
	test_alignment();
	test_pae();
	test_pae_pointers();
}
