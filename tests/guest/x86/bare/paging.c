/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Paging (SDM 3, chapter 4): error codes, rights, WP, accessed and dirty bits, large pages, PAE
 * with execute-disable, reserved bits, and what is kept until INVLPG.
 */
#include "bare.h"

#define AT 0x600000u /* its entry is page_tables[1][0x200] */
#define ENTRY page_tables[1][0x200]
#define P 1u
#define W 2u
#define U 4u
#define A 0x20u
#define D 0x40u
#define PS 0x80u
#define MSR_EFER 0xc0000080u

CODE(load, "	movl (%ebx), %eax" END);
CODE(store, "	movl %eax, (%ebx)" END);
CODE(add, "	addl $0, (%ebx)" END);
CODE(cmpxchg, "	mov $-1, %eax\n	lock cmpxchg %ecx, (%ebx)" END);
CODE(jump, "	jmp *%ebx");
CODE(push_there, "	mov %ebx, %esp\n	push %eax" END);

static void with(const uint8_t *code, bool user, uint32_t at, uint32_t entry)
{
	struct regs r = user ? regs_user(code) : regs_kernel(code);

	ENTRY = entry;
	invlpg(AT);
	r.ebx = at;
	run(&r);
}

/* The access faults with this code at its address, or is made if it is DONE. */
static void check(const uint8_t *code, bool user, uint32_t entry, uint32_t error, const char *name)
{
	with(code, user, AT + 0x123, entry);
	if (error == NO_CODE)
		trapped(DONE, NO_CODE, name);
	else if (trapped(14, error, name) && last_cr2 != AT + 0x123)
		is(last_cr2, AT + 0x123, name);
}

static void test_errors(void)
{
	check(load, false, 0, 0, "supervisor: read, not present");
	check(store, false, 0, W, "supervisor: written, not present");
	check(load, true, 0, U, "user: read, not present");
	check(store, true, 0, U | W, "user: written, not present");
	check(add, true, 0, U | W, "user: changed, not present: a write");
	check(cmpxchg, true, 0, U | W, "user: CMPXCHG, not present: a write");
	check(load, true, AT | P | W, U | P, "user: a supervisor's page");
	check(store, true, AT | P | U, U | W | P, "user: a read-only page is written");
	check(add, true, AT | P | U, U | W | P, "user: changed");
	check(cmpxchg, true, AT | P | U, U | W | P, "user: CMPXCHG that wouldn't store");
	check(load, true, AT | P | U, NO_CODE, "user: read");
	check(store, false, AT | P, NO_CODE, "supervisor: a read-only page is written without WP");
	write_cr0(read_cr0() | CR0_WP);
	check(store, false, AT | P, W | P, "and not with WP");
	check(store, false, AT | P | U, W | P, "nor a user's");
	write_cr0(read_cr0() & ~CR0_WP);
	with(load, true, AT + 0xffe, AT | P | U);
	trapped(DONE, NO_CODE, "across pages");
	page_tables[1][0x201] = 0;
	invlpg(AT + 0x1000);
	with(store, true, AT + 0xffe, AT | P | U | W);
	trapped(14, U | W, "the second isn't present");
	is(last_cr2, AT + 0x1000, "which is its address");
	page_tables[1][0x201] = (AT + 0x1000) | P | W | U;
	with(jump, true, AT + 0x123, 0);
	trapped(14, U, "fetched, not present");
	ok(last_cr2 == AT + 0x123 && last.eip == AT + 0x123, "where it would be executed");
}

static void test_marks(void)
{
	page_directory[1] &= ~A;
	with(load, true, AT, AT | P | W | U);
	is(ENTRY & (A | D), A, "a read marks the page as accessed");
	ok(page_directory[1] & A, "and the table");
	with(store, true, AT, AT | P | W | U);
	is(ENTRY & (A | D), A | D, "a write, as dirty");
	with(add, true, AT, AT | P | W | U);
	is(ENTRY & (A | D), A | D, "a change, too");
	with(store, true, AT, AT | P | U);
	is(ENTRY & D, 0, "a write that faults doesn't");
	with(load, true, AT, AT | P | W | U);
	ENTRY &= ~A;
	with(load, true, AT, ENTRY);
	is(ENTRY & A, A, "again after INVLPG");
	with(load, true, AT, AT | P | W | U);
	store32(AT, 1);
	is(ENTRY & (A | D), A | D, "a write after a read");
}

static void test_large(void)
{
	uint32_t table = page_directory[1];
	struct regs r = regs_user(load);

	store32(SPARE + 0x678, 0x12345678);
	write_cr4(0x10);
	page_directory[1] = 0x400000 | P | W | U | PS;
	write_cr3(read_cr3());
	r.ebx = SPARE + 0x678;
	run(&r);
	is(last.eax, 0x12345678, "a page of 4 MiB");
	is(page_directory[1] & (A | D), A, "is accessed");
	store32(SPARE, 1);
	is(page_directory[1] & (A | D), A | D, "and dirty");
	page_directory[1] = 0x400000 | P | W | PS;
	write_cr3(read_cr3());
	run(&r);
	trapped(14, U | P, "the supervisor's");
	page_directory[1] = 0x600000 | P | W | U | PS;
	write_cr3(read_cr3());
	run(&r);
	trapped(14, U | P | 8, "reserved bits");
	page_directory[1] = table;
	write_cr4(0);
	write_cr3(read_cr3());
}

static void test_kept(void)
{
	struct regs r = regs_user(load);

	ENTRY = AT | P | W | U;
	page_tables[1][0x202] = (AT + 0x1000) | P | W | U;
	invlpg(AT);
	invlpg(AT + 0x2000);
	store32(AT, 1);
	store32(AT + 0x1000, 2);
	r.ebx = AT + 0x2000;
	run(&r);
	is(last.eax, 2, "another address");
	page_tables[1][0x202] = AT | P | W | U;
	write_cr3(read_cr3());
	run(&r);
	is(last.eax, 1, "mapped elsewhere after CR3 is written");
	page_tables[1][0x202] = (AT + 0x1000) | P | W | U;
	invlpg(AT + 0x2000);
	run(&r);
	is(last.eax, 2, "after INVLPG");
	write_cr4(0x80);
	page_tables[1][0x202] = AT | P | W | U | 0x100;
	invlpg(AT + 0x2000);
	run(&r);
	is(last.eax, 1, "a global page");
	page_tables[1][0x202] = (AT + 0x1000) | P | W | U;
	write_cr4(0);
	run(&r);
	is(last.eax, 2, "goes with PGE");
	page_tables[1][0x202] = (AT + 0x2000) | P | W | U;
	invlpg(AT + 0x2000);
}

/* Rights come before faults of the operand, at EBX. */
CODE(load_status, "	lmsw (%ebx)" END);
CODE(load_ldt, "	lldt (%ebx)" END);
CODE(load_task, "	ltr (%ebx)" END);

static void test_rights(void)
{
	static const struct {
		const uint8_t *code;
		const char *name;
	} privileged[] = { { load_status, "LMSW" }, { load_ldt, "LLDT" }, { load_task, "LTR" } };

	page_tables[1][0x203] = 0;
	invlpg(AT + 0x3000);
	for (unsigned i = 0; i < 3; i++) {
		struct regs r = regs_user(privileged[i].code);

		r.ebx = AT + 0x3000;
		run(&r);
		trapped(13, 0, privileged[i].name);
	}
	page_tables[1][0x203] = (AT + 0x3000) | P | W | U;
}

static uint64_t pae_pointers[4] __attribute__((aligned(32)));
static uint64_t pae_directory[512] __attribute__((aligned(4096)));
static uint64_t pae_table[512] __attribute__((aligned(4096)));

static void write_efer(uint32_t value)
{
	__asm__ volatile("wrmsr" : : "c"(MSR_EFER), "a"(value), "d"(0));
}

static void pae(const uint8_t *code, uint64_t entry, unsigned vector, uint32_t error,
		const char *name)
{
	struct regs r = regs_user(code);

	pae_table[0] = entry;
	write_cr3((uint32_t)pae_pointers);
	r.ebx = AT;
	run(&r);
	trapped(vector, error, name);
}

/* int DONE is at AT to be executed. */
static void test_pae(void)
{
	const uint64_t nx = 1ull << 63;

	store32(AT, 0x90900000 | DONE << 8 | 0xcd);
	write_cr0(read_cr0() & ~CR0_PG);
	for (unsigned i = 0; i < 512; i++)
		pae_directory[i] = (uint64_t)i << 21 | P | W | U | PS;
	pae_directory[3] = (uint32_t)pae_table | P | W | U;
	for (unsigned i = 0; i < 512; i++)
		pae_table[i] = (AT + (i << 12)) | P | W | U;
	pae_pointers[0] = (uint32_t)pae_directory | P;
	write_cr4(0x20);
	write_cr3((uint32_t)pae_pointers);
	write_cr0(read_cr0() | CR0_PG);
	pae(load, AT | P | W | U, DONE, NO_CODE, "PAE");
	ok(pae_table[0] & A && pae_directory[3] & A, "marks entries");
	pae(store, AT | P | U, 14, U | W | P, "PAE: read only");
	pae(load, AT | P | U | 1ull << 40, 14, U | P | 8, "PAE: reserved bits");
	pae(load, AT | P | U | nx, 14, U | P | 8, "execute-disable is reserved");
	pae(jump, AT | P | U, DONE, NO_CODE, "executed");
	write_efer(0x800);
	pae(load, AT | P | U | nx, DONE, NO_CODE, "NX: read");
	pae(jump, AT | P | U | nx, 14, U | P | 16, "NX: not executed");
	pae(jump, 0, 14, U | 16, "fetched, not present, tells so");
	pae_directory[3] |= nx;
	pae(jump, AT | P | U, 14, U | P | 16, "NX of the directory");
	pae_directory[3] &= ~nx;
	write_efer(0);
	write_cr0(read_cr0() & ~CR0_PG);
	write_cr4(0);
}

int main(void)
{
	paging_on();
	test_errors();
	test_marks();
	test_large();
	test_kept();
	test_rights();
	test_pae();
	return 0;
}
