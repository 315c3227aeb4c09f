/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Segmentation (SDM 3, chapters 3, 5 and 6) but limits: loads of segment registers,
 * instructions that look at descriptors, far transfers and gates, and what they raise.
 */
#include "bare.h"

enum {
	SEL_SMALL = SEL_FREE, /* limit 0xff at SPARE */
	SEL_READ_ONLY = 0x58,
	SEL_EXECUTE_ONLY = 0x60,
	SEL_ABSENT = 0x68, /* data */
	SEL_ABSENT_CODE = 0x70,
	SEL_CONFORMING = 0x78,
	SEL_SMALL_CODE = 0x80, /* limit 0xf at SPARE */
	SEL_GATE = 0x93,       /* DPL 3, to gate_target with 2 parameters */
	SEL_GATE0 = 0x98,      /* DPL 0 */
	SEL_GATE_ABSENT = 0xa3,
	SEL_NEW = 0xa8, /* not accessed yet */
	SEL_BEYOND = 0x200,
};

CODE(gate_target, "	mov 8(%esp), %eax\n	mov 12(%esp), %ebx" END);

static void make_segments(void)
{
	set_descriptor(SEL_SMALL, descriptor(SPARE, 0xff, 0xf3, 0x4));
	set_descriptor(SEL_READ_ONLY, descriptor(0, 0xfffff, 0xf1, 0xc));
	set_descriptor(SEL_EXECUTE_ONLY, descriptor(0, 0xfffff, 0xf9, 0xc));
	set_descriptor(SEL_ABSENT, descriptor(0, 0xfffff, 0x73, 0xc));
	set_descriptor(SEL_ABSENT_CODE, descriptor(0, 0xfffff, 0x1b, 0xc));
	set_descriptor(SEL_CONFORMING, descriptor(0, 0xfffff, 0x9f, 0xc));
	set_descriptor(SEL_SMALL_CODE, descriptor(SPARE, 0xf, 0x9b, 0x4));
	set_descriptor(SEL_GATE, gate(SEL_CODE, (uint32_t)gate_target, 0xec, 2));
	set_descriptor(SEL_GATE0, gate(SEL_CODE, (uint32_t)gate_target, 0x8c, 0));
	set_descriptor(SEL_GATE_ABSENT, gate(SEL_CODE, (uint32_t)gate_target, 0x6c, 0));
	set_descriptor(SEL_NEW, descriptor(0, 0xfffff, 0x92, 0xc));
}

CODE(load_es, "	mov %cx, %es" END);
CODE(load_ss, "	mov %cx, %ss" END);

static void load(const uint8_t *code, bool user, unsigned selector, unsigned vector,
		 const char *name)
{
	struct regs r = user ? regs_user(code) : regs_kernel(code);

	r.ecx = selector;
	run(&r);
	trapped(vector, vector == DONE ? NO_CODE : selector & 0xfffc, name);
}

static void test_loads(void)
{
	load(load_es, true, SEL_DATA, 13, "data of a more privileged level");
	load(load_es, true, SEL_DATA | 3, 13, "also by RPL");
	load(load_es, false, SEL_DATA | 3, 13, "RPL counts at CPL 0");
	load(load_es, false, SEL_DATA3, DONE, "less privileged data");
	load(load_es, true, SEL_ABSENT | 3, 11, "data that isn't present");
	load(load_es, true, SEL_EXECUTE_ONLY | 3, 13, "execute-only code as data");
	load(load_es, true, SEL_CONFORMING, DONE, "conforming code as data");
	load(load_es, false, SEL_TSS, 13, "a TSS as data");
	load(load_es, false, SEL_BEYOND, 13, "beyond the table");
	load(load_es, false, 0x44, 13, "in the LDT that there isn't");
	load(load_ss, false, 0, 13, "a null SS");
	load(load_ss, false, SEL_READ_ONLY & ~3u, 13, "a read-only SS");
	load(load_ss, false, SEL_DATA3, 13, "SS of another level");
	load(load_ss, true, SEL_DATA, 13, "of a more privileged one");
	set_descriptor(SEL_ABSENT, descriptor(0, 0xfffff, 0x13, 0xc));
	load(load_ss, false, SEL_ABSENT, 12, "an SS that isn't present");
	ok(!(gdt[SEL_NEW / 8] >> 40 & 1), "a descriptor that hasn't been accessed");
	load(load_es, false, SEL_NEW, DONE, "is loaded");
	ok(gdt[SEL_NEW / 8] >> 40 & 1, "and marked");
}

/* LAR, LSL, VERR, VERW: ZF in AH by LAHF. */
CODE(lar, "	lar %cx, %ebx\n	lahf" END);
CODE(lsl, "	lsl %cx, %ebx\n	lahf" END);
CODE(verr, "	verr %cx\n	lahf" END);
CODE(verw, "	verw %cx\n	lahf" END);

static void look(const uint8_t *code, unsigned selector, bool zf, uint32_t ebx, const char *name)
{
	struct regs r = regs_user(code);

	r.ecx = selector;
	r.ebx = 0x1234;
	run(&r);
	if (code == lar) /* bits 16 to 19 are undefined */
		last.ebx &= ~0xf0000u;
	ok(last.vector == DONE && !(last.eax >> 14 & 1) == !zf && last.ebx == ebx, name);
}

static void test_looks(void)
{
	look(lar, SEL_DATA3, true, 0x00c0f300, "LAR of data");
	look(lar, SEL_DATA, false, 0x1234, "LAR of more privileged data");
	look(lar, SEL_CONFORMING, true, 0x00c09f00, "LAR of conforming code");
	look(lar, SEL_GATE, true, 0x0010ec00, "LAR of a call gate");
	look(lar, 0, false, 0x1234, "LAR of a null selector");
	look(lar, SEL_BEYOND, false, 0x1234, "LAR beyond the table");
	look(lsl, SEL_SMALL | 3, true, 0xff, "LSL in bytes");
	look(lsl, SEL_DATA3, true, 0xffffffff, "LSL in pages");
	look(lsl, SEL_GATE, false, 0x1234, "LSL of a call gate");
	look(verr, SEL_READ_ONLY | 3, true, 0x1234, "VERR of read-only data");
	look(verw, SEL_READ_ONLY | 3, false, 0x1234, "VERW of read-only data");
	look(verr, SEL_EXECUTE_ONLY | 3, false, 0x1234, "VERR of execute-only code");
	look(verw, SEL_DATA3, true, 0x1234, "VERW of data");
	look(verw, SEL_CODE3, false, 0x1234, "VERW of code");
	look(verr, SEL_GATE, false, 0x1234, "VERR of a gate");
}

/* Far transfers. */
CODE(far_jump, "	ljmp *far_pointer" END);
CODE(far_call, "	push $0x2222\n	push $0x1111\n	lcall *far_pointer" END);
CODE(far_ret, "	push %ecx\n	push $1f\n	lret\n1:" END);
CODE(far_iret, "	push $2\n	push %ecx\n	push $1f\n	iret\n1:" END);
struct __attribute__((packed)) {
	uint32_t offset;
	uint16_t selector;
} far_pointer __attribute__((used));

#define USER 0x10000u /* with the selector: at level 3 */

static void transfer(const uint8_t *code, unsigned selector, unsigned vector, uint32_t error,
		     const char *name)
{
	struct regs r = selector & USER ? regs_user(code) : regs_kernel(code);

	r.ecx = selector & 0xffff;
	far_pointer.selector = (uint16_t)selector;
	far_pointer.offset = (uint32_t)gate_target;
	run(&r);
	trapped(vector, error, name);
}

static void test_transfers(void)
{
	transfer(far_jump, SEL_CODE, DONE, NO_CODE, "a far jump");
	transfer(far_jump, USER | SEL_CODE, 13, SEL_CODE, "to more privileged code");
	transfer(far_jump, USER | SEL_CONFORMING, DONE, NO_CODE, "to conforming code");
	is(last.cs, SEL_CONFORMING | 3, "which stays at its level");
	transfer(far_jump, SEL_ABSENT_CODE, 11, SEL_ABSENT_CODE, "to code that isn't present");
	transfer(far_jump, SEL_DATA, 13, SEL_DATA, "to data");
	transfer(far_jump, 0, 13, 0, "to nothing");
	transfer(far_jump, SEL_BEYOND, 13, SEL_BEYOND, "beyond the table");
	transfer(far_jump, SEL_SMALL_CODE, 13, 0, "beyond a segment's limit");
	transfer(far_call, USER | SEL_GATE, DONE, NO_CODE, "a call gate");
	ok(last.cs == SEL_CODE && last.eax == 0x1111 && last.ebx == 0x2222,
	   "to level 0, with its parameters");
	transfer(far_call, USER | SEL_GATE0, 13, SEL_GATE0, "a gate of level 0");
	transfer(far_call, USER | SEL_GATE_ABSENT, 11, SEL_GATE_ABSENT & 0xfffc,
		 "a gate that isn't present");
	transfer(far_jump, USER | SEL_GATE, 13, SEL_CODE, "a jump doesn't change the level");
	transfer(far_ret, SEL_CODE, DONE, NO_CODE, "a far return");
	transfer(far_ret, USER | SEL_CODE, 13, SEL_CODE, "to a more privileged level");
	transfer(far_ret, SEL_ABSENT_CODE, 11, SEL_ABSENT_CODE, "to what isn't present");
	transfer(far_iret, SEL_CODE, DONE, NO_CODE, "IRET");
	transfer(far_iret, USER | SEL_CODE, 13, SEL_CODE, "IRET to a more privileged level");
}

/* Software interrupts. */
CODE(int_21, "	int $0x21" END);
CODE(int_3, "	int3" END);
CODE(into, "	mov $0x7fffffff, %eax\n	inc %eax\n	into" END);
CODE(bound, "	mov $5, %eax\n	bound %eax, bounds" END);
const int32_t bounds[2] __attribute__((used)) = { 0, 4 };

static void test_interrupts(void)
{
	struct regs r = regs_user(int_21);

	run(&r);
	trapped(13, 0x21 * 8 + 2, "INT through a gate of level 0");
	r = regs_kernel(int_21);
	run(&r);
	trapped(0x21, NO_CODE, "is level 0's");
	idt[0x21] &= ~(1ull << 47);
	run(&r);
	trapped(11, 0x21 * 8 + 2, "INT through a gate that isn't present");
	idt[0x21] = 0;
	run(&r);
	trapped(13, 0x21 * 8 + 2, "through no gate");
	r = regs_user(int_3);
	run(&r);
	trapped(3, NO_CODE, "INT3");
	is(last.eip, (uint32_t)int_3 + 1, "returns behind it");
	r = regs_user(into);
	run(&r);
	trapped(4, NO_CODE, "INTO");
	r = regs_user(bound);
	run(&r);
	trapped(5, NO_CODE, "BOUND");
	is(last.eip, (uint32_t)bound + 5, "returns to it");
}

int main(void)
{
	make_segments();
	test_loads();
	test_looks();
	test_transfers();
	test_interrupts();
	return 0;
}
