/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Limits and types of segments in accesses (SDM 3, 5.3 to 5.5).  QEMU doesn't look at them.
 */
#include "bare.h"

enum {
	SEL_SMALL = SEL_FREE, /* limit 0xff at SPARE */
	SEL_DOWN = 0x48,      /* expand-down, 32 bits, valid from 0x1000 */
	SEL_DOWN16 = 0x50,    /* the same, 16 bits */
	SEL_READ_ONLY = 0x58,
	SEL_EXECUTE_ONLY = 0x60,
	SEL_SMALL_CODE = 0x80, /* limit 0xf at SPARE */
};

static void make_segments(void)
{
	set_descriptor(SEL_SMALL, descriptor(SPARE, 0xff, 0xf3, 0x4));
	set_descriptor(SEL_DOWN, descriptor(0, 0xfff, 0xf7, 0x4));
	set_descriptor(SEL_DOWN16, descriptor(SPARE, 0xfff, 0xf7, 0));
	set_descriptor(SEL_READ_ONLY, descriptor(0, 0xfffff, 0xf1, 0xc));
	set_descriptor(SEL_EXECUTE_ONLY, descriptor(0, 0xfffff, 0xf9, 0xc));
	set_descriptor(SEL_SMALL_CODE, descriptor(SPARE, 0xf, 0x9b, 0x4));
}

/* Accesses through ES at EBX. */
CODE(load_byte, "	movb %es:(%ebx), %al" END);
CODE(load_word, "	movw %es:(%ebx), %ax" END);
CODE(load_long, "	movl %es:(%ebx), %eax" END);
CODE(store_long, "	movl %eax, %es:(%ebx)" END);
CODE(load_code, "	movl %cs:(%ebx), %eax" END);
CODE(store_code, "	movl %eax, %cs:(%ebx)" END);

static void access(const uint8_t *code, unsigned es, uint32_t at, unsigned vector, const char *name)
{
	struct regs r = regs_user(code);

	r.es = es;
	r.ebx = at;
	run(&r);
	trapped(vector, vector == DONE ? NO_CODE : 0, name);
}

static void test_limits(void)
{
	access(load_byte, SEL_SMALL | 3, 0xff, DONE, "the last byte");
	access(load_byte, SEL_SMALL | 3, 0x100, 13, "beyond the limit");
	access(load_long, SEL_SMALL | 3, 0xfc, DONE, "the last doubleword");
	access(load_long, SEL_SMALL | 3, 0xfd, 13, "a doubleword that reaches over the limit");
	access(store_long, SEL_SMALL | 3, 0xfe, 13, "the same for stores");
	access(load_long, SEL_SMALL | 3, 0xffffffff, 13, "and at the end of all offsets");
	access(load_byte, SEL_DOWN | 3, 0x1000, DONE, "expand-down: above the limit");
	access(load_byte, SEL_DOWN | 3, 0xfff, 13, "expand-down: the limit");
	access(load_word, SEL_DOWN16 | 3, 0xfffe, DONE, "expand-down, 16 bits: the end");
	access(load_word, SEL_DOWN16 | 3, 0xffff, 13, "expand-down, 16 bits: over the end");
	access(load_byte, SEL_DOWN16 | 3, 0x10000, 13, "expand-down, 16 bits: beyond");
}

static void test_types(void)
{
	struct regs r;

	access(load_long, SEL_READ_ONLY | 3, SPARE, DONE, "read-only: read");
	access(store_long, SEL_READ_ONLY | 3, SPARE, 13, "read-only: written");
	access(load_long, 0, SPARE, 13, "a null selector");
	access(load_long, 3, SPARE, 13, "whatever its RPL");
	access(load_code, SEL_DATA3, (uint32_t)load_code, DONE, "code is read");
	access(store_code, SEL_DATA3, SPARE, 13, "and not written");
	r = regs_user(load_code);
	r.cs = SEL_EXECUTE_ONLY | 3;
	run(&r);
	trapped(13, 0, "execute-only code isn't read");
}

/* #SS(0); code that runs over its segment's end. */
CODE(use_stack, "	mov (%ebp), %eax" END);

static void test_ends(void)
{
	static const uint8_t nops[] = { 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90,
					0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0xb8, 0,    0 };
	struct regs r = regs_user(use_stack);

	r.ss = SEL_SMALL | 3;
	r.esp = 0x80;
	r.ebp = 0x100;
	run(&r);
	trapped(12, 0, "SS: beyond the limit");
	for (unsigned i = 0; i < sizeof nops; i++)
		*(volatile uint8_t *)(SPARE + i) = nops[i];
	r = regs_kernel((void *)8);
	r.cs = SEL_SMALL_CODE;
	run(&r);
	trapped(13, 0, "code: an instruction over the limit");
	is(last.eip, 15, "is where it begins");
}

int main(void)
{
	make_segments();
	test_limits();
	test_types();
	test_ends();
	return 0;
}
