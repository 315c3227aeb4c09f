/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Far jumps, calls, returns, call gates, IRET, SYSENTER, without a core.
 */
#include "fake_core.h"
#include "tap.h"

static const char *jump(struct x86 *x, unsigned selector, uint32_t offset)
{
	return fake_raised(x, x86_help_far_jump, selector, offset, 4, CODE_AT + 7);
}

static uint32_t call(struct x86 *x, unsigned selector, uint32_t offset, unsigned size)
{
	uint64_t pc = 0;

	if (fake_raises(x, x86_help_far_call, selector, offset, size, CODE_AT + 7, &pc))
		return 0;
	return (uint32_t)pc;
}

static void test_jumps(void)
{
	struct x86 *x = fake_protected(0);
	uint64_t pc;

	fake_raises(x, x86_help_far_jump, CODE16, 0x12345, 2, 0, &pc);
	ok(pc == 0x2345 && x->segment[X86_CS].selector == CODE16 &&
		   guest_x86.modes(&x->cpu) & X86_MODE_CODE,
	   "to code of 16 bits");
	is(fake_peek(GDT + CODE16 + 4) & X86_ACCESSED, X86_ACCESSED, "which was accessed");
	is_string(jump(x, SMALL_CODE, 0x100), "13:0", "beyond the segment's limit");
	x = fake_protected(0);
	is_string(jump(x, 0, 0), "13:0", "null");
	is_string(jump(x, CODE3, 0), "13:18", "another level");
	is_string(jump(x, DATA0, 0), "13:10", "data");
	is_string(jump(x, ABSENT_CODE, 0), "11:b0", "absent");
	is_string(jump(x, 0x1000, 0), "13:1000", "beyond the table");
	is_string(jump(x, SEL_LDT, 0), "13:40", "an LDT");
	x = fake_protected(3);
	is_string(jump(x, CODE3, 0x5000), "none", "user code");
	is_string(jump(x, CONFORMING, 0x5000), "none", "conforming code of level 0");
	ok(x->segment[X86_CS].selector == (CONFORMING | 3) && x86_cpl(x) == 3, "stays at CPL 3");
	is_string(jump(x, CODE0 | 3, 0x5000), "13:8", "more privileged code");
	x = fake_protected(3);
	is_string(jump(x, GATE_SAME, 0x1111), "none", "a gate to the same level");
	is(x->segment[X86_CS].selector, CODE3, "of the gate's selector");
	is_string(jump(x, GATE32, 0x1111), "13:8", "no jump to an inner level");
	x = fake_protected(3);
	is_string(jump(x, GATE_CONFORMING, 0x1111), "none", "but to conforming code");
}

static void test_calls(void)
{
	struct x86 *x = fake_protected(0);
	uint32_t esp = x->r[X86_ESP];
	uint64_t pc;

	is(call(x, CODE0, 0x5000, 4), 0x5000, "a call at the same level");
	ok(x->r[X86_ESP] == esp - 8 && fake_peek(esp - 8) == CODE_AT + 7 &&
		   fake_peek16(esp - 4) == CODE0,
	   "and its return address");
	fake_raises(x, x86_help_far_return, 4, 4, 0, 0, &pc);
	ok(pc == CODE_AT + 7 && x->r[X86_ESP] == esp + 4, "the return from it");
	x->segment[X86_SS].limit = 0x100;
	x->r[X86_ESP] = 0x104;
	x->segment_modes &= ~X86_MODE_FREE(X86_SS);
	is(call(x, CODE0, 0x5000, 4), 0, "no room for it");
	/* Delivery finds no room either: double fault, and no room again. */
	ok(x->shut_down && fake.resets == 1, "nor for anything else");
}

static void test_gate_inner(void)
{
	struct x86 *x = fake_protected(3);
	uint64_t pc;

	fake_poke(STACK3, 0x11111111);
	fake_poke(STACK3 + 4, 0x22222222);
	is(call(x, GATE32, 0x9999, 4), 0x5000, "a call gate to level 0");
	ok(x86_cpl(x) == 0 && x->segment[X86_CS].selector == CODE0 &&
		   x->segment[X86_SS].selector == DATA0,
	   "CS, SS");
	is(x->r[X86_ESP], STACK0 - 24, "six words on the new stack");
	ok(fake_peek(STACK0 - 24) == CODE_AT + 7 && fake_peek(STACK0 - 20) == CODE3, "return");
	ok(fake_peek(STACK0 - 16) == 0x11111111 && fake_peek(STACK0 - 12) == 0x22222222,
	   "parameters");
	ok(fake_peek(STACK0 - 8) == STACK3 && fake_peek(STACK0 - 4) == DATA3, "the old stack");
	x86_set_segment(x, X86_FS, DATA0, 0, ~0u, 0xc09300);
	fake_raises(x, x86_help_far_return, 4, 8, 0, 0, &pc);
	ok(pc == CODE_AT + 7 && x86_cpl(x) == 3 && x->r[X86_ESP] == STACK3 + 8 &&
		   x->segment[X86_SS].selector == DATA3,
	   "the return releases parameters on both");
	ok(x->segment[X86_FS].selector == 0 && !(x->segment[X86_FS].access & X86_PRESENT),
	   "and takes level 0's data away");
	is(x->segment[X86_DS].selector, DATA3, "but not the user's");
	x = fake_protected(3);
	fake_poke16(STACK3, 0x7777);
	is(call(x, GATE16, 0, 4), 0x6000, "a gate of 16 bits");
	ok(x->r[X86_ESP] == STACK0 - 10 && fake_peek16(STACK0 - 10) == ((CODE_AT + 7) & 0xffff) &&
		   fake_peek16(STACK0 - 6) == 0x7777 && fake_peek16(STACK0 - 4) == STACK3,
	   "has words of 16 bits");
	x = fake_protected(3);
	is(call(x, GATE1, 0, 4), 0x5100, "to level 1");
	ok(x86_cpl(x) == 1 && x->r[X86_ESP] == STACK1 - 16 && x->segment[X86_SS].selector == DATA1,
	   "with its stack");
}

static const char *gate(struct x86 *x, unsigned selector)
{
	return fake_raised(x, x86_help_far_call, selector, 0, 4, CODE_AT + 7);
}

static void test_gate_faults(void)
{
	struct x86 *x = fake_protected(3);

	is_string(gate(x, LOW_GATE), "13:b8", "the gate's DPL");
	x = fake_protected(3);
	is_string(gate(x, ABSENT_GATE), "11:c8", "absent");
	x = fake_protected(3);
	is_string(gate(x, GATE_BAD), "13:10", "to data");
	x = fake_protected(0);
	is_string(gate(x, GATE_SAME), "13:18", "to an outer level");
	x = fake_protected(3);
	fake_poke(TSS + 16, DATA0);
	is_string(gate(x, GATE1), "10:10", "#TS: another level's stack");
	x = fake_protected(3);
	fake_poke(TSS + 16, 0);
	is_string(gate(x, GATE1), "10:0", "#TS: no stack");
	x = fake_protected(3);
	fake_poke(TSS + 16, 0x1001);
	is_string(gate(x, GATE1), "10:1000", "#TS: beyond the table");
	x = fake_protected(3);
	fake_set_gdt(DATA1, fake_descriptor(0, 0xfffff, 0x32, 0xc));
	is_string(gate(x, GATE1), "12:58", "#SS: stack absent");
	x = fake_protected(3);
	fake_set_gdt(DATA1, fake_descriptor(0, 0xfff, 0xb2, 0x4));
	is_string(gate(x, GATE1), "12:58", "#SS: stack too small");
	x = fake_protected(3);
	x->tr.limit = 12;
	is_string(gate(x, GATE1), "10:28", "#TS: TSS too small");
	x = fake_protected(3);
	fake_set_gdt(CODE1, fake_descriptor(0, 0xfff, 0xba, 0x4));
	is_string(gate(x, GATE1), "13:0", "EIP beyond the limit");
	is(x->r[X86_ESP], STACK0 - 24, "the fault came from level 3");
}

/* Puts words on the stack of level 0, last one on top. */
static void put_frame(struct x86 *x, unsigned count, const uint32_t *word)
{
	for (unsigned i = 0; i < count; i++) {
		x->r[X86_ESP] -= 4;
		fake_poke(x->segment[X86_SS].base + x->r[X86_ESP], word[i]);
	}
}

static const char *iret(struct x86 *x, uint32_t ss, uint32_t eflags, uint32_t cs, uint32_t eip)
{
	const uint32_t words[] = { ss, STACK3, eflags, cs, eip };

	put_frame(x, 5, words);
	return fake_raised(x, x86_help_iret, 4, CODE_AT + 1, 0, 0);
}

static void test_iret(void)
{
	const uint32_t flags = X86_CF | X86_IF | X86_IOPL | X86_NT | X86_AC | X86_ID | 0xff008000;
	struct x86 *x = fake_protected(0);

	is_string(iret(x, DATA3, flags, CODE3, 0x5000), "none", "IRET to level 3");
	ok(x86_cpl(x) == 3 && x->r[X86_ESP] == STACK3 && x->segment[X86_SS].selector == DATA3,
	   "its stack");
	is(x86_eflags(x), X86_CF | X86_IF | X86_IOPL | X86_NT | X86_AC | X86_ID | 2, "flags");
	x = fake_protected(0);
	is_string(iret(x, DATA0, 2, CODE3, 0x5000), "13:10", "the stack's level");
	x = fake_protected(0);
	is_string(iret(x, 0, 2, CODE3, 0x5000), "13:0", "no stack");
	x = fake_protected(0);
	fake_set_gdt(DATA3, fake_descriptor(0, 0xfffff, 0x72, 0xc));
	is_string(iret(x, DATA3, 2, CODE3, 0x5000), "12:20", "stack absent");
	x = fake_protected(0);
	is_string(iret(x, DATA3, 2, CODE0 | 3, 0x5000), "13:8", "the code's level");
	x = fake_protected(0);
	is_string(iret(x, DATA3, 2, 0, 0x5000), "13:0", "no code");
	x = fake_protected(0);
	is_string(iret(x, DATA3, 2, ABSENT_CODE, 0x5000), "11:b0", "code absent");
	x = fake_protected(0);
	is_string(iret(x, 0, 2, SMALL_CODE, 0x5000), "13:0", "EIP beyond the limit");
	x = fake_protected(3);
	x->r[X86_ESP] = STACK3;
	is_string(iret(x, DATA0, X86_IOPL, CODE0, 0x5000), "13:8", "not to an inner level");
	x = fake_protected(3);
	is_string(iret(x, DATA3, X86_IOPL, CODE3, 0x5000), "none", "within level 3");
	is(x86_eflags(x), X86_IF | 2, "IOPL and IF stay");
	x = fake_protected(0);
	fake_set_gdt(DATA3, fake_descriptor(0x60000, 0xffff, 0xf2, 0));
	x->r[X86_ESP] = 0x12340100;
	x->segment[X86_SS].base = 0xedcc0000;
	iret(x, DATA3, 2, CODE3, 0x5000);
	is(x->r[X86_ESP], 0x12340000 | (STACK3 & 0xffff), "a stack of 16 bits takes SP only");
}

static void test_sysenter(void)
{
	struct x86 *x = fake_protected(3);
	uint64_t pc;

	is_string(fake_raised(x, x86_help_sysenter, CODE_AT + 2, 0, 0, 0), "13:0", "not set up");
	x = fake_protected(3);
	x->sysenter_cs = CODE0;
	x->sysenter_esp = STACK_B;
	x->sysenter_eip = 0x123456;
	fake_raises(x, x86_help_sysenter, CODE_AT + 2, 0, 0, 0, &pc);
	ok(pc == 0x123456 && x86_cpl(x) == 0 && x->r[X86_ESP] == STACK_B &&
		   x->segment[X86_CS].selector == CODE0 && x->segment[X86_SS].selector == DATA0 &&
		   !(x->eflags & X86_IF) && !(guest_x86.modes(&x->cpu) & X86_MODE_CODE),
	   "SYSENTER");
	x->r[X86_EDX] = 0x40002;
	x->r[X86_ECX] = STACK3;
	fake_raises(x, x86_help_sysexit, 0, 0, 0, 0, &pc);
	ok(pc == 0x40002 && x86_cpl(x) == 3 && x->r[X86_ESP] == STACK3 &&
		   x->segment[X86_CS].selector == CODE3 && x->segment[X86_SS].selector == DATA3,
	   "SYSEXIT");
	is_string(fake_raised(x, x86_help_sysexit, 0, 0, 0, 0), "13:0", "not for users");
}

void test_far(void)
{
	test_jumps();
	test_calls();
	test_gate_inner();
	test_gate_faults();
	test_iret();
	test_sysenter();
}
