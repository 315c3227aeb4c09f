/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hardware task switches, without a core.
 */
#include "fake_core.h"
#include "tap.h"

/* Task B: level 3 unless a selector is changed. */
static void build_task(void)
{
	static const uint32_t selector[] = { DATA3, CODE3, DATA3, DATA3, 0, LDT_DATA };

	fake_poke(TSS_B + 0x20, 0x5000);
	fake_poke(TSS_B + 0x24, X86_IF | X86_CF | 2);
	for (unsigned i = 0; i < 8; i++)
		fake_poke(TSS_B + 0x28 + 4 * i, 0xb0 + i);
	fake_poke(TSS_B + 0x28 + 4 * X86_ESP, STACK_B);
	for (unsigned i = 0; i < 6; i++)
		fake_poke(TSS_B + 0x48 + 4 * i, selector[i]);
	fake_poke(TSS_B + 0x60, SEL_LDT);
	fake_poke(TSS_B + 0x64, 0x68u << 16);
	fake_poke(TSS_B + 4, STACK0);
	fake_poke(TSS_B + 8, DATA0);
}

static void build_task16(void)
{
	static const uint16_t word[] = { 0x6000, X86_CF | 2, 1,     2,      3,      4,     0x100, 6,
					 7,      8,          DATA0, CODE16, DATA16, DATA0, 0 };

	for (unsigned i = 0; i < COUNT_OF(word); i++)
		fake_poke16(TSS_16 + 0x0e + 2 * i, word[i]);
}

static struct x86 *task_x86(unsigned cpl)
{
	struct x86 *x = fake_protected(cpl);

	build_task();
	build_task16();
	for (unsigned i = 0; i < 8; i++)
		if (i != X86_ESP)
			x->r[i] = 0xa0 + i;
	return x;
}

static unsigned type_of(unsigned selector)
{
	return fake_peek(GDT + (selector & 0xfff8) + 4) >> 8 & 15;
}

static void test_jump(void)
{
	struct x86 *x = task_x86(0);
	uint64_t pc;

	ok(!fake_raises(x, x86_help_far_jump, SEL_TSS_B, 99, 4, CODE_AT + 7, &pc) && pc == 0x5000,
	   "a jump to a TSS");
	ok(x86_cpl(x) == 3 && x->segment[X86_CS].selector == CODE3 && x->r[X86_ESP] == STACK_B &&
		   x->r[X86_EDI] == 0xb7 && x->segment[X86_GS].base == 0x70000 &&
		   x->segment[X86_FS].selector == 0 && x86_eflags(x) == (X86_IF | X86_CF | 2),
	   "registers of the other task");
	ok(x->tr.selector == SEL_TSS_B && x->tr.base == TSS_B && x->cr0 & X86_CR0_TS, "TR, TS");
	ok(type_of(SEL_TSS) == X86_TSS32 && type_of(SEL_TSS_B) == X86_TSS32_BUSY, "busy bits");
	ok(fake_peek(TSS + 0x20) == CODE_AT + 7 && fake_peek(TSS + 0x24) == (X86_IF | 2) &&
		   fake_peek(TSS + 0x28) == 0xa0 && fake_peek(TSS + 0x44) == 0xa7 &&
		   fake_peek16(TSS + 0x4c) == CODE0 && fake_peek16(TSS + 0x5c) == DATA0,
	   "registers of the old task, in its TSS");
	is(fake_peek16(TSS_B), 0, "no link");
}

static void test_call_and_return(void)
{
	struct x86 *x = task_x86(3);
	uint64_t pc;

	fake_raises(x, x86_help_far_call, TASK_GATE, 0, 4, CODE_AT + 7, &pc);
	is(pc, 0x5000, "a call by a task gate");
	ok(fake_peek16(TSS_B) == SEL_TSS && x->eflags & X86_NT &&
		   type_of(SEL_TSS) == X86_TSS32_BUSY && type_of(SEL_TSS_B) == X86_TSS32_BUSY,
	   "is nested");
	fake_raises(x, x86_help_iret, 4, 0x5001, 0, 0, &pc);
	ok(pc == CODE_AT + 7 && x86_cpl(x) == 3 && x->r[X86_EDI] == 0xa7 &&
		   x->tr.selector == SEL_TSS,
	   "IRET goes back");
	ok(type_of(SEL_TSS) == X86_TSS32_BUSY && type_of(SEL_TSS_B) == X86_TSS32, "busy bits");
	ok(fake_peek(TSS_B + 0x20) == 0x5001 && !(fake_peek(TSS_B + 0x24) & X86_NT),
	   "where the nested one goes on");
	fake_raises(x, x86_help_far_call, TASK_GATE, 0, 4, CODE_AT + 9, &pc);
	is(pc, 0x5001, "next time");
	is_string(fake_raised(x, x86_help_far_call, TASK_GATE, 0, 4, 0), "13:30", "it is busy");
}

static void test_interrupt(void)
{
	struct x86 *x = task_x86(3);

	fake_poke64(IDT + 8 * X86_GP, fake_gate(SEL_TSS_B, 0, 0x8500));
	fake_poke(TSS_B + 0x4c, CODE0);
	fake_poke(TSS_B + 0x50, DATA0);
	ok(fake_raises(x, x86_help_raise, X86_GP, 0x58, 0, 0, NULL) && x->cpu.pc == 0x5000,
	   "an exception by a task gate");
	ok(x->r[X86_ESP] == STACK_B - 4 && fake_peek(STACK_B - 4) == 0x58, "its code");
	ok(fake_peek(TSS + 0x20) == CODE_AT && fake_peek(TSS + 0x24) & X86_RF && x->eflags & X86_NT,
	   "RF is in the saved flags");
	x = task_x86(0);
	fake_poke64(IDT + 8 * X86_DF_FAULT, fake_gate(SEL_TSS_16, 0, 0x8500));
	fake_poke64(IDT + 8 * X86_GP, fake_gate(CODE0, 0, 0x0e00));
	ok(fake_raises(x, x86_help_raise, X86_GP, 0, 0, 0, NULL) && x->cpu.pc == 0x6000,
	   "a double fault to a task of 16 bits");
	ok(x->r[X86_ESP] == 0xfe && fake_peek16(0x600fe) == 0 && x->r[X86_EDI] == 8 &&
		   x->segment[X86_SS].selector == DATA16 && x->segment[X86_GS].selector == 0,
	   "its registers and the code");
	is(fake_peek16(TSS_16), SEL_TSS, "its link");
	fake_raises(x, x86_help_iret, 4, 0x6001, 0, 0, NULL);
	ok(fake_peek16(TSS_16 + 0x0e) == 0x6001 && fake_peek16(TSS_16 + 0x16) == 3 &&
		   x->tr.selector == SEL_TSS,
	   "and back");
}

/* Switches to B and yields "vector:code", or "none". */
static const char *enter(struct x86 *x)
{
	return fake_raised(x, x86_help_far_jump, SEL_TSS_B, 0, 4, CODE_AT + 7);
}

static void test_faults(void)
{
	struct x86 *x = task_x86(0);

	fake_set_gdt(SEL_TSS_B, fake_descriptor(TSS_B, 0x66, 0x89, 0));
	is_string(enter(x), "10:30", "the TSS is too small");
	is(x->tr.selector, SEL_TSS, "the old task's fault");
	x = task_x86(0);
	fake_set_gdt(SEL_TSS_B, fake_descriptor(TSS_B, 0x67, 0x09, 0));
	is_string(enter(x), "11:30", "the TSS is absent");
	x = task_x86(3);
	is_string(enter(x), "13:30", "its DPL");
	x = task_x86(0);
	fake_poke(TSS_B + 0x60, SEL_TSS);
	is_string(enter(x), "10:28", "its LDT isn't one");
	is(x->tr.selector, SEL_TSS_B, "the new task's fault");
	is(fake_frame(x).eip, 0x5000, "with its EIP");
	is(fake_frame(x).cs, CODE3, "and CS");
	x = task_x86(0);
	fake_poke(TSS_B + 0x50, DATA0);
	fake_poke(TSS_B + 0x4c, DATA0);
	is_string(enter(x), "10:10", "CS is data");
	x = task_x86(0);
	fake_poke(TSS_B + 0x50, DATA0);
	fake_poke(TSS_B + 0x4c, ABSENT_CODE);
	is_string(enter(x), "11:b0", "CS is absent");
	x = task_x86(0);
	fake_poke(TSS_B + 0x50, DATA0);
	is_string(enter(x), "10:10", "SS of another level");
	x = task_x86(0);
	fake_poke(TSS_B + 0x54, DATA0);
	is_string(enter(x), "10:10", "DS of an inner level");
	x = task_x86(0);
	fake_poke(TSS_B + 0x4c, SMALL_CODE);
	fake_poke(TSS_B + 0x50, DATA0);
	is_string(enter(x), "13:0", "EIP beyond CS");
	x = task_x86(0);
	fake_poke16(TSS, SEL_TSS_B);
	x->eflags |= X86_NT;
	is_string(fake_raised(x, x86_help_iret, 4, 0, 0, 0), "10:30", "a link to a task not busy");
}

static void test_v86_task(void)
{
	struct x86 *x = task_x86(0);
	uint64_t pc;

	fake_poke(TSS_B + 0x24, X86_VM | X86_IF | 2);
	fake_poke(TSS_B + 0x4c, 0x3000);
	fake_poke(TSS_B + 0x54, 0xb800);
	fake_raises(x, x86_help_far_jump, SEL_TSS_B, 0, 4, 0, &pc);
	ok(pc == 0x35000 && x86_v86(x) && x->segment[X86_DS].base == 0xb8000 && x86_cpl(x) == 3,
	   "a task in V86 mode");
}

static void test_leave_v86(void)
{
	struct x86 *x = fake_v86(3);
	uint64_t pc;

	build_task16();
	x->eflags |= X86_AC;
	fake_poke64(IDT + 8 * 0x40, fake_gate(SEL_TSS_16, 0, 0xe500));
	ok(!fake_raises(x, x86_help_int, 0x40, 0x102, 0, 0, &pc) && pc == 0x6000 && !x86_v86(x) &&
		   x86_cpl(x) == 0 && x->segment[X86_CS].selector == CODE16,
	   "from V86 mode to a task of 16 bits");
	is(x86_eflags(x), X86_NT | X86_CF | 2, "whose flags have no upper half");
}

static void test_trap_bit(void)
{
	struct x86 *x = task_x86(0);

	fake_poke(TSS_B + 0x64, 0x680001);
	is_string(enter(x), "1:0", "T: #DB");
	ok(x->dr[6] & X86_DR6_BT && fake_frame(x).eip == 0x5000, "before the first instruction");
	x = task_x86(0);
	fake_poke(TSS_B + 0x64, 0x680001);
	fake_poke64(IDT + 8 * X86_UD, fake_gate(SEL_TSS_B, 0, 0x8500));
	ok(fake_raises(x, x86_help_raise, X86_UD, 0, 0, 0, NULL) && x->cpu.postponed &&
		   x->cpu.pc == 0x5000,
	   "T of a task that an exception enters");
	if (!__builtin_setjmp(x->cpu.unwind))
		guest_x86.deliver_postponed(&x->cpu);
	ok(x->dr[6] & X86_DR6_BT && fake_frame(x).vector == X86_DB && fake_frame(x).eip == 0x5000,
	   "#DB comes first, too");
}

void test_tasks(void)
{
	test_jump();
	test_call_and_return();
	test_interrupt();
	test_faults();
	test_v86_task();
	test_leave_v86();
	test_trap_bit();
}
