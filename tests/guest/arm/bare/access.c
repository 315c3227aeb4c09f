/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Loads and stores: alignment (ARM DDI 0406C, A3.2), page ends, big-endian data, chips,
 * exclusive accesses, and what is left of an access that aborts.
 */
#include "bare.h"

#define FAULT_ALIGNMENT 0x1u
#define FAULT_PAGE_TRANSLATION 0x7u
#define WRITE 0x800u
#define AT 0x60000000u /* two pages, physically apart, and then a hole */
#define END (AT + 2 * PAGE)
#define FIRST (RAM_SPARE + 0x3000)
#define SECOND (RAM_SPARE + 0x7000)

static void fill(void)
{
	for (uint32_t i = 0; i < PAGE; i++) {
		store8(FIRST + i, (uint8_t)(i * 7 + 1));
		store8(SECOND + i, (uint8_t)(i * 13 + 5));
	}
}

static uint8_t byte_at(uint32_t address)
{
	uint32_t offset = address & (PAGE - 1);

	return address < AT + PAGE ? (uint8_t)(offset * 7 + 1) : (uint8_t)(offset * 13 + 5);
}

static uint32_t value_at(uint32_t address, unsigned bytes)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < bytes; i++)
		value |= (uint32_t)byte_at(address + i) << 8 * i;
	return value;
}

/* One instruction with an address in r1, a value in r2 (and r3). */
struct access {
	const char *name;
	void (*run)(uint32_t address, uint32_t *value);
	uint8_t bytes, align; /* align: required even if SCTLR.A is 0 */
	bool store, natural;  /* natural: required if SCTLR.A is 1 */
};

#define ACCESS(name, text)                                                                         \
	static void name(uint32_t address, uint32_t *value)                                        \
	{                                                                                          \
		register uint32_t r1 __asm__("r1") = address;                                      \
		register uint32_t r2 __asm__("r2") = value[0];                                     \
		register uint32_t r3 __asm__("r3") = value[1];                                     \
		__asm__ volatile(text : "+r"(r1), "+r"(r2), "+r"(r3) : : "r4", "r5", "memory");    \
		value[0] = r2;                                                                     \
		value[1] = r3;                                                                     \
		value[2] = r1;                                                                     \
	}

ACCESS(ldr, "ldr r2, [r1]")
ACCESS(ldrh, "ldrh r2, [r1]")
ACCESS(ldrsh, "ldrsh r2, [r1]")
ACCESS(str, "str r2, [r1]")
ACCESS(strh, "strh r2, [r1]")
ACCESS(ldrd, "ldrd r2, r3, [r1]")
ACCESS(strd, "strd r2, r3, [r1]")
ACCESS(ldm, "ldm r1, {r2, r3}")
ACCESS(ldm_write, "ldm r1!, {r2, r3}")
ACCESS(ldrd_post, "ldrd r2, r3, [r1], #8")
ACCESS(stm, "stm r1, {r2, r3}")
ACCESS(ldrex, "ldrex r2, [r1]")
ACCESS(ldrexh, "ldrexh r2, [r1]")
ACCESS(ldrexd, "ldrexd r2, r3, [r1]")
ACCESS(ldr_post, "ldr r2, [r1], #4")
ACCESS(str_pre, "str r2, [r1, #0]!")

static const struct access accesses[] = {
	{ "LDR", ldr, 4, 1, false, true },
	{ "LDRH", ldrh, 2, 1, false, true },
	{ "LDRSH", ldrsh, 2, 1, false, true },
	{ "STR", str, 4, 1, true, true },
	{ "STRH", strh, 2, 1, true, true },
	{ "LDRD", ldrd, 8, 4, false, false },
	{ "STRD", strd, 8, 4, true, false },
	{ "LDM", ldm, 8, 4, false, false },
	{ "STM", stm, 8, 4, true, false },
	{ "LDREX", ldrex, 4, 4, false, true },
	{ "LDREXH", ldrexh, 2, 2, false, true },
	{ "LDREXD", ldrexd, 8, 8, false, true },
	{ "LDR, post", ldr_post, 4, 1, false, true },
	{ "STR, pre", str_pre, 4, 1, true, true },
	{ "LDM, write-back", ldm_write, 8, 4, false, false },
	{ "LDRD, post", ldrd_post, 8, 4, false, false },
};
#define ACCESSES (sizeof accesses / sizeof accesses[0])

static unsigned wrong;

static void complain(const struct access *a, uint32_t address, const char *what)
{
	if (wrong++ < 5) {
		note(a->name, address);
		note(what, last.dfsr);
	}
}

static void check_stored(const struct access *a, uint32_t address, bool made)
{
	static const uint32_t value = 0xa1b2c3d4, high = 0x11223344;

	for (unsigned i = 0; i < a->bytes; i++) {
		uint8_t new = (uint8_t)((i < 4 ? value : high) >> 8 * (i & 3));

		if (load8(address + i) != (made ? new : byte_at(address + i)))
			complain(a, address, "bytes stored");
		store8(address + i, byte_at(address + i));
	}
}

static void check_loaded(const struct access *a, uint32_t address, const uint32_t *value, bool made)
{
	uint32_t low = value_at(address, a->bytes < 4 ? a->bytes : 4);
	uint32_t mask = a->bytes < 4 ? 0xffff : ~0u;

	if (!made ? value[0] != 0xa1b2c3d4 || value[1] != 0x11223344 :
		    (value[0] & mask) != low ||
			    (a->bytes == 8 && value[1] != value_at(address + 4, 4)))
		complain(a, address, "value loaded");
}

static void try_access(const struct access *a, uint32_t address, unsigned align)
{
	uint32_t value[3] = { 0xa1b2c3d4, 0x11223344, 0 };
	bool faults = address & (align - 1);
	uint32_t status = FAULT_ALIGNMENT | (a->store ? WRITE : 0);

	last.count = 0;
	a->run(address, value);
	if (last.count != faults ||
	    (faults && ((last.dfsr & 0xc0f) != status || last.dfar != address)))
		complain(a, address, "traps, DFSR");
	if (faults && value[2] != address)
		complain(a, address, "base changed");
	if (a->store)
		check_stored(a, address, !faults);
	else
		check_loaded(a, address, value, !faults);
	last.count = 0;
}

static void check_alignment(bool strict)
{
	wrong = 0;
	for (unsigned i = 0; i < ACCESSES; i++)
		for (uint32_t offset = 0; offset < 16; offset++) {
			const struct access *a = &accesses[i];
			unsigned natural = a->natural ? a->bytes : 4;

			try_access(a, AT + PAGE - 12 + offset, strict ? natural : a->align);
			try_access(a, AT + 0x100 + offset, strict ? natural : a->align);
		}
	is(wrong, 0,
	   strict ? "SCTLR.A = 1: every access, at all offsets and over a page's end" :
		    "SCTLR.A = 0: every access, at all offsets and over a page's end");
}

/* Accesses that reach into a page that isn't there, or only the first page of which is
 * missing. */
static void check_page_ends(void)
{
	uint32_t value[3] = { 1, 2, 0 };

	for (uint32_t i = 1; i < 4; i++) {
		ldr(END - i, value);
		if (last.count != 1 || last.dfar != END ||
		    (last.dfsr & 0xc0f) != FAULT_PAGE_TRANSLATION)
			break;
		last.count = 0;
	}
	untrapped("loads into a missing page: DFAR is where it begins");
	str(END - 2, value);
	aborted(DATA, FAULT_PAGE_TRANSLATION | WRITE, END, "store into a missing page");
	is(load8(END - 2), byte_at(END - 2), "nothing is stored before it");
	strh(END - 1, value);
	aborted(DATA, FAULT_PAGE_TRANSLATION | WRITE, END, "STRH into a missing page");
	ldr(AT - 2, value);
	aborted(DATA, 0x5, AT - 2, "load from a missing section into a page");
	is(value[0], 1, "no value is loaded");
	/* The second page is read-only. */
	map_page(AT + PAGE, SECOND | SMALL | AP_PAGE(AP_ALL_READ));
	str(AT + PAGE - 2, value);
	aborted(DATA, 0xf | WRITE, AT + PAGE, "store into a read-only page");
	is(load8(AT + PAGE - 1), byte_at(AT + PAGE - 1), "nothing is stored before it");
	map_page(AT + PAGE, SECOND | SMALL | AP_PAGE(AP_ALL));
}

/* LDM and STM over a page's end and into a hole: registers and base stay as they were. */
static void check_multiple(void)
{
	uint32_t r[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, base;
	bool good = true;

#define MULTIPLE(text, from)                                                                       \
	base = (from);                                                                             \
	__asm__ volatile("push {r4-r11}\n\t"                                                       \
			 "mov r12, %1\n\t"                                                         \
			 "mov r11, %0\n\t"                                                         \
			 "ldm r12, {r2-r9}\n\t" text "\n\t"                                        \
			 "stm r12, {r2-r9}\n\t"                                                    \
			 "mov r12, r11\n\t"                                                        \
			 "pop {r4-r11}\n\t"                                                        \
			 "mov %0, r12"                                                             \
			 : "+r"(base)                                                              \
			 : "r"(r)                                                                  \
			 : "r2", "r3", "r12", "memory");
	last.count = 0;
	MULTIPLE("ldmia r11!, {r2-r9}", AT + PAGE - 12)
	untrapped("LDM over a page's end");
	for (unsigned i = 0; i < 8; i++)
		good = good && r[i] == value_at(AT + PAGE - 12 + 4 * i, 4);
	ok(good && base == AT + PAGE + 20, "eight registers and the base");
	MULTIPLE("stmdb r11!, {r2-r9}", AT + PAGE + 16)
	untrapped("STM over a page's end");
	good = base == AT + PAGE - 16;
	for (unsigned i = 0; i < 8; i++)
		good = good && load32(AT + PAGE - 16 + 4 * i) == r[i];
	ok(good, "eight words and the base");
	fill();
	for (unsigned i = 0; i < 8; i++)
		r[i] = i + 100;
	MULTIPLE("ldmia r11!, {r2-r9}", END - 12)
	aborted(DATA, FAULT_PAGE_TRANSLATION, END, "LDM into a hole");
	ok(base == END - 12, "LDM: the base is as it was");
	good = true;
	for (unsigned i = 0; i < 8; i++)
		good = good && (i < 3 || r[i] == i + 100);
	ok(good, "registers whose words weren't reached are as they were");
	for (unsigned i = 0; i < 8; i++)
		r[i] = i + 100;
	MULTIPLE("stmia r11!, {r2-r9}", END - 16)
	aborted(DATA, FAULT_PAGE_TRANSLATION | WRITE, END, "STM into a hole");
	is(base, END - 16, "STM: the base is as it was");
	MULTIPLE("ldmdb r11, {r2-r9, r11}", END + 16)
	last.count = 0;
	is(base, END + 16, "LDM with the base among the registers: it's as it was");
	/* And back: the abort in the first word. */
	MULTIPLE("ldmia r11!, {r2-r9}", AT - 4)
	aborted(DATA, 0x5, AT - 4, "LDM from a hole into a page");
	MULTIPLE("ldrd r2, r3, [r11], #8", END - 4)
	aborted(DATA, FAULT_PAGE_TRANSLATION, END, "LDRD into a hole");
	is(base, END - 4, "LDRD: the base is as it was");
	MULTIPLE("strd r2, r3, [r11, #4]!", END - 8)
	aborted(DATA, FAULT_PAGE_TRANSLATION | WRITE, END, "STRD into a hole");
	is(base, END - 8, "STRD: the base is as it was");
	MULTIPLE("ldr r2, [r11, #8]!", END - 4)
	aborted(DATA, FAULT_PAGE_TRANSLATION, END + 4, "LDR with write-back");
	is(base, END - 4, "LDR: the base is as it was");
	MULTIPLE("str r2, [r11], #8", END)
	aborted(DATA, FAULT_PAGE_TRANSLATION | WRITE, END, "STR, post-indexed");
	is(base, END, "STR: the base is as it was");
	fill();
}

static uint32_t swapped(uint32_t value)
{
	return __builtin_bswap32(value);
}

#define BIG(text)                                                                                  \
	__asm__ volatile("setend be\n\t" text "\n\tsetend le"                                      \
			 : "+r"(a), "+r"(b), "+r"(c)                                               \
			 : "r"(at)                                                                 \
			 : "memory");

static void check_big_endian(void)
{
	uint32_t at = AT + 0x10;
	register uint32_t a __asm__("r2") = 0;
	register uint32_t b __asm__("r3") = 0;
	register uint32_t c __asm__("r4") = 0;
	uint32_t x, y;

	BIG("ldr %0, [%3]\n\tldrh %1, [%3]\n\tldrb %2, [%3]")
	x = a, y = b;
	is(x, swapped(value_at(at, 4)), "big-endian LDR");
	is(y, swapped(value_at(at, 2)) >> 16, "big-endian LDRH");
	BIG("ldr %0, [%3, #1]\n\tldrsh %1, [%3, #3]\n\tldm %3, {r2, r3}")
	x = a, y = b;
	is(x, swapped(value_at(at, 4)), "big-endian LDM, first word");
	is(y, swapped(value_at(at + 4, 4)), "big-endian LDM, second word");
	BIG("ldrd r2, r3, [%3]")
	x = a, y = b;
	is(x, swapped(value_at(at, 4)), "big-endian LDRD: the first word in the first register");
	is(y, swapped(value_at(at + 4, 4)), "big-endian LDRD, second word");
	a = 0x01020304;
	b = 0x05060708;
	BIG("strd r2, r3, [%3]")
	is(load32(at), 0x04030201, "big-endian STRD, first word");
	is(load32(at + 4), 0x08070605, "big-endian STRD, second word");
	at = AT + PAGE - 2;
	a = 0x0a0b0c0d;
	BIG("str %0, [%3]\n\tldr %1, [%3]")
	y = b;
	is(y, 0x0a0b0c0d, "big-endian over a page's end");
	is(load8(AT + PAGE - 2) << 8 | load8(AT + PAGE + 1), 0x0a0d, "bytes in memory");
	at = AT + 0x40;
	a = 0x11223344;
	b = 0x55667788;
	BIG("stm %3, {r2, r3}\n\tldrex r2, [%3]\n\tstrex r4, r3, [%3]\n\tldr r3, [%3]")
	x = a, y = b;
	is(x, 0x11223344, "big-endian LDREX");
	is(y, 0x55667788, "big-endian STREX");
	BIG("ldrexd r2, r3, [%3]\n\tstrexd r4, r2, r3, [%3]")
	x = c;
	is(x, 0, "big-endian STREXD holds");
	is(load32(at), 0x88776655, "what it stored");
	is(read_cpsr() & PSR_E, 0, "SETEND LE");
	fill();
}

/* Exclusive accesses. */
#define EXCLUSIVE(text)                                                                            \
	({                                                                                         \
		uint32_t status = 9;                                                               \
		__asm__ volatile(text                                                              \
				 : "+&r"(status)                                                   \
				 : "r"(at)                                                         \
				 : "r2", "r3", "r4", "r5", "memory");                              \
		status;                                                                            \
	})

static void check_exclusive(void)
{
	uint32_t at = AT + 0x200;

	is(EXCLUSIVE("ldrex r2, [%1]\n\tmov r2, #5\n\tstrex %0, r2, [%1]"), 0, "LDREX, STREX");
	is(load32(at), 5, "stored");
	is(EXCLUSIVE("mov r2, #6\n\tstrex %0, r2, [%1]"), 1, "STREX again: the monitor is open");
	is(load32(at), 5, "not stored");
	is(EXCLUSIVE("ldrex r2, [%1]\n\tclrex\n\tstrex %0, r2, [%1]"), 1, "CLREX opens it");
	is(EXCLUSIVE("add r3, %1, #64\n\tldrex r2, [r3]\n\tstrex %0, r2, [%1]"), 1,
	   "STREX to another place fails");
	is(EXCLUSIVE("ldrexb r2, [%1]\n\tmov r2, #7\n\tstrexb %0, r2, [%1]"), 0, "bytes");
	is(EXCLUSIVE("ldrexh r2, [%1]\n\tmov r2, #0x800\n\tstrexh %0, r2, [%1]"), 0, "halfwords");
	is(load32(at), 0x800, "stored by halfword");
	is(EXCLUSIVE("ldrexd r2, r3, [%1]\n\tmov r2, #3\n\tmov r3, #4\n\tstrexd %0, r2, r3, [%1]"),
	   0, "doublewords");
	ok(load32(at) == 3 && load32(at + 4) == 4, "stored by doubleword");
	is(EXCLUSIVE("mov r2, #1\n\tstrexd %0, r2, r3, [%1]"), 1, "STREXD with an open monitor");
	at = END;
	last.count = 0;
	EXCLUSIVE("ldrex r2, [%1]");
	aborted(DATA, FAULT_PAGE_TRANSLATION, END, "LDREX from a hole");
	map_page(AT + PAGE, SECOND | SMALL | AP_PAGE(AP_ALL_READ));
	at = AT + PAGE;
	is(EXCLUSIVE("ldrex r2, [%1]\n\tstrex %0, r2, [%1]"), 9, "STREX to a read-only page");
	aborted(DATA, 0xf | WRITE, AT + PAGE, "a data abort");
	map_page(AT + PAGE, SECOND | SMALL | AP_PAGE(AP_ALL));
}

/* Chips: registers of the interrupt distributor, which tell sizes and places apart. */
static void check_chips(void)
{
	const uint32_t priorities = GICD + 0x400 + 32;
	uint32_t a, b, c, at = priorities;

	store32(at, 0x40302010);
	store32(at + 4, 0x80706050);
	store32(at + 8, 0xc0b0a090);
	is(load8(at + 1), 0x20, "a byte of a chip's register");
	store8(at + 2, 0x88);
	is(load32(at), 0x40882010, "and written");
	__asm__ volatile("ldm %3, {r2-r4}\n\tmov %0, r2\n\tmov %1, r3\n\tmov %2, r4"
			 : "=&r"(a), "=&r"(b), "=&r"(c)
			 : "r"(at)
			 : "r2", "r3", "r4");
	ok(a == 0x40882010 && b == 0x80706050 && c == 0xc0b0a090, "LDM from a chip");
	__asm__ volatile("mov r2, #0x10\n\tmov r3, #0x20\n\tmov r4, #0x30\n\tstm %0, {r2-r4}"
			 :
			 : "r"(at)
			 : "r2", "r3", "r4", "memory");
	ok(load32(at) == 0x10 && load32(at + 4) == 0x20 && load32(at + 8) == 0x30, "STM to a chip");
	__asm__ volatile("ldrd r2, r3, [%2]\n\tmov %0, r2\n\tmov %1, r3\n\tstrd r2, r3, [%2, #8]"
			 : "=&r"(a), "=&r"(b)
			 : "r"(at)
			 : "r2", "r3", "memory");
	ok(a == 0x10 && b == 0x20 && load32(at + 8) == 0x10 && load32(at + 12) == 0x20,
	   "LDRD and STRD");
	__asm__ volatile("setend be\n\tldr %0, [%1]\n\tsetend le" : "=&r"(a) : "r"(at));
	is(a, 0x10000000, "big-endian access");
}

int main(void)
{
	mmu_start();
	map_page(AT, FIRST | SMALL | AP_PAGE(AP_ALL));
	map_page(AT + PAGE, SECOND | SMALL | AP_PAGE(AP_ALL));
	fill();
	check_alignment(false);
	WRITE_SCTLR(READ_SCTLR() | SCTLR_A);
	check_alignment(true);
	WRITE_SCTLR(READ_SCTLR() & ~SCTLR_A);
	check_page_ends();
	check_multiple();
	check_big_endian();
	check_exclusive();
	check_chips();
	mmu_stop();
	return 0;
}
