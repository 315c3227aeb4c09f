/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Delivery of interrupts and exceptions, double faults, virtual-8086 mode, without a
 * core.
 */
#include "fake_core.h"
#include "tap.h"

static const char *raise(struct x86 *x, unsigned vector, unsigned code)
{
	return fake_raised(x, x86_help_raise, vector, code, 0, 0);
}

/* INT n, 2 bytes. */
static const char *interrupt(struct x86 *x, unsigned vector)
{
	static char text[32];
	uint64_t pc;

	if (fake_raises(x, x86_help_int, vector, x86_eip(x) + 2, 0, 0, &pc)) {
		struct fake_frame f = fake_frame(x);

		snprintf(text, sizeof text, "%d:%x", f.vector, f.code);
	} else {
		snprintf(text, sizeof text, "%x", (unsigned)pc);
	}
	return text;
}

static void test_entry(void)
{
	struct x86 *x = fake_protected(3);
	struct fake_frame f;

	x86_set_flags(x, X86_ZF);
	x->eflags |= X86_TF | X86_NT;
	x->shadow = 1;
	is_string(raise(x, X86_UD, 0), "6:0", "an exception at level 3");
	f = fake_frame(x);
	ok(f.eip == CODE_AT && f.cs == CODE3 && f.esp == STACK3 && f.ss == DATA3, "its frame");
	is(f.eflags, X86_ZF | X86_TF | X86_NT | X86_IF | X86_RF | 2, "flags, with RF");
	is(x86_eflags(x), X86_ZF | 2, "flags of the handler");
	ok(x86_cpl(x) == 0 && x->r[X86_ESP] == STACK0 - 20 && !x->shadow, "on level 0's stack");
	x = fake_protected(0);
	is_string(raise(x, X86_PF_FAULT, 2), "14:2", "with an error code, at the same level");
	is(x->r[X86_ESP], STACK0 - 0x800 - 16, "on the same stack");
	x = fake_protected(0);
	raise(x, X86_NP, 8);
	is(x->eflags & X86_IF, X86_IF, "a trap gate leaves IF");
	x = fake_protected(3);
	is_string(interrupt(x, 0x80), "10800", "INT 80h");
	f = fake_frame(x);
	ok(f.eip == CODE_AT + 2 && !(f.eflags & X86_RF), "goes on after it, no RF");
	x = fake_protected(3);
	is_string(interrupt(x, 0x21), "13:10a", "a gate that isn't the user's");
	is(fake_frame(x).eip, CODE_AT, "the fault is at INT");
	x = fake_protected(3);
	is_string(raise(x, 0x21, 0), "33:0", "an exception doesn't ask for that");
	x = fake_protected(3);
	fake_poke64(IDT + 8 * X86_DB, fake_gate(CODE0, HANDLER(1), 0x8e00));
	fake_raises(x, x86_help_int, 1, CODE_AT + 1, 1, 0, NULL);
	is(fake_frame(x).vector, 1, "nor does INT1");
	x = fake_protected(3);
	fake_poke64(IDT + 8 * 0x80, fake_gate(CODE16, 0x7000, 0xe600));
	is_string(interrupt(x, 0x80), "7000", "a gate of 16 bits");
	ok(x->r[X86_ESP] == STACK0 - 10 && fake_peek16(STACK0 - 10) == 2, "words of 16 bits");
}

static void test_gates(void)
{
	struct x86 *x = fake_protected(0);

	x->idt_limit = 0x1ff;
	is_string(interrupt(x, 0x40), "13:202", "beyond the IDT");
	fake_poke64(IDT + 8 * 0x30, fake_gate(CODE0, 0x7000, 0x0e00));
	is_string(interrupt(x, 0x30), "11:182", "an absent gate");
	fake_poke64(IDT + 8 * 0x30, fake_gate(CODE0, 0x7000, 0x8c00));
	is_string(interrupt(x, 0x30), "13:182", "a call gate");
	fake_poke64(IDT + 8 * 0x30, fake_gate(0, 0x7000, 0x8e00));
	is_string(interrupt(x, 0x30), "13:0", "to nowhere");
	fake_poke64(IDT + 8 * 0x30, fake_gate(DATA0, 0x7000, 0x8e00));
	is_string(interrupt(x, 0x30), "13:10", "to data");
	fake_poke64(IDT + 8 * 0x30, fake_gate(CODE3, 0x7000, 0x8e00));
	is_string(interrupt(x, 0x30), "13:18", "to an outer level");
	fake_poke64(IDT + 8 * 0x30, fake_gate(ABSENT_CODE, 0x7000, 0x8e00));
	is_string(interrupt(x, 0x30), "11:b0", "to absent code");
	fake_poke64(IDT + 8 * 0x30, fake_gate(SMALL_CODE, 0x7000, 0x8e00));
	is_string(interrupt(x, 0x30), "13:0", "beyond the code");
	x = fake_protected(3);
	fake_poke64(IDT + 8 * 0x80, fake_gate(CODE1, 0x7000, 0xee00));
	fake_poke(TSS + 16, DATA3);
	is_string(interrupt(x, 0x80), "10:20", "a wrong stack");
	x = fake_protected(3);
	fake_poke64(IDT + 8 * 0x80, fake_gate(CONFORMING, 0x7000, 0xee00));
	is_string(interrupt(x, 0x80), "7000", "conforming code");
	ok(x86_cpl(x) == 3 && x->r[X86_ESP] == STACK3 - 12, "at level 3");
}

static const char *external(struct x86 *x, unsigned vector)
{
	static char text[32];
	struct fake_frame f;

	fake.vector = (int)vector;
	guest_x86.input(x, X86_INPUT_INTR, true);
	if (!guest_x86.interrupt(&x->cpu))
		return "none";
	guest_x86.input(x, X86_INPUT_INTR, false);
	f = fake_frame(x);
	snprintf(text, sizeof text, "%d:%x", f.vector, f.code);
	return text;
}

static void test_interrupts(void)
{
	struct x86 *x = fake_protected(3);

	ok(!guest_x86.interrupt(&x->cpu) && !guest_x86.wakes(&x->cpu), "nothing pending");
	x->eflags &= ~X86_IF;
	is_string(external(x, 0x42), "none", "masked");
	is(fake.notices, 1, "though it was noticed");
	ok(!guest_x86.wakes(&x->cpu), "it ends no HLT");
	x86_write_eflags(x, X86_IF, X86_IF);
	is(fake.notices, 2, "unmasking it is noticed");
	x->shadow = 1;
	is_string(external(x, 0x42), "none", "in the shadow of STI");
	x->shadow = 0;
	is_string(external(x, 0x42), "66:0", "now it is taken");
	is(fake_frame(x).eip, CODE_AT, "goes on at the next instruction");
	x = fake_protected(3);
	guest_x86.input(x, X86_INPUT_NMI, true);
	x->eflags &= ~X86_IF;
	ok(guest_x86.interrupt(&x->cpu) && fake_frame(x).vector == X86_NMI, "NMI");
	guest_x86.input(x, X86_INPUT_NMI, false);
	guest_x86.input(x, X86_INPUT_NMI, true);
	ok(!guest_x86.interrupt(&x->cpu), "none within its handler");
	fake_raises(x, x86_help_iret, 4, 0, 0, 0, NULL);
	ok(guest_x86.interrupt(&x->cpu) && fake_frame(x).vector == X86_NMI, "IRET ends that");
	x->cr0 = X86_CR0_PE | X86_CR0_CD;
	guest_x86.input(x, X86_INPUT_INIT, true);
	ok(guest_x86.interrupt(&x->cpu) && x->cpu.pc == 0xfffffff0, "INIT");
	is(x->cr0, X86_CR0_ET | X86_CR0_CD, "leaves CD and NW");
}

/* Interrupts and exceptions whose delivery fails. */
static void test_second_faults(void)
{
	struct x86 *x = fake_protected(0);

	fake_poke64(IDT + 8 * 0x42, fake_gate(CODE0, 0, 0x0e00));
	memset(x->cpu.unwind, 0, sizeof x->cpu.unwind);
	is_string(external(x, 0x42), "11:213", "an interrupt's gate is absent: EXT");
	ok(x->cpu.unwind[0] == NULL, "the run loop's site is left alone");
	x = fake_protected(0);
	fake_poke64(IDT + 8 * X86_UD, fake_gate(CODE0, 0, 0x0e00));
	is_string(raise(x, X86_UD, 0), "11:33", "a benign exception's gate is absent");
	x = fake_protected(0);
	fake_poke64(IDT + 8 * X86_GP, fake_gate(CODE0, 0, 0x0e00));
	is_string(raise(x, X86_GP, 0x50), "8:0", "#GP, #NP: double fault");
	x = fake_protected(0);
	fake_poke64(IDT + 8 * X86_PF_FAULT, fake_gate(CODE0, 0, 0x0e00));
	is_string(raise(x, X86_PF_FAULT, 0), "8:0", "#PF, #NP: double fault");
	x = fake_protected(0);
	is_string(interrupt(x, X86_GP), "100d0", "INT 13");
	x = fake_protected(0);
	fake_poke64(IDT + 8 * X86_GP, fake_gate(CODE0, 0, 0x0e00));
	is_string(interrupt(x, X86_GP), "11:6a", "INT 13 isn't #GP: #NP, no EXT");
	x = fake_protected(0);
	fake_poke64(IDT + 8 * X86_GP, fake_gate(CODE0, 0, 0x0e00));
	fake_poke64(IDT + 8 * X86_DF_FAULT, fake_gate(CODE0, 0, 0x0e00));
	ok(fake_raises(x, x86_help_raise, X86_GP, 0, 0, 0, NULL) && x->shut_down &&
		   fake.resets == 1 && x->cpu.halted,
	   "triple fault");
	ok(!guest_x86.wakes(&x->cpu), "which no interrupt ends");
	x = fake_protected(3);
	fake_poke64(IDT + 8 * X86_UD, fake_gate(CODE1, 0x7000, 0x8e00));
	fake_poke(TSS + 16, 0);
	is_string(raise(x, X86_UD, 0), "10:1", "no stack: #TS with EXT");
}

/* Pushes at level 3 that aren't aligned: #AC while #AC is being delivered. */
static struct x86 *unaligned_x86(void)
{
	struct x86 *x = fake_protected(3);

	fake_poke64(IDT + 8 * X86_AC_FAULT, fake_gate(CODE3, 0x7000, 0x8e00));
	x->cr0 |= X86_CR0_AM;
	x->eflags |= X86_AC;
	x->r[X86_ESP]--;
	return x;
}

/* As the run loop does it; how often. */
static unsigned deliver_postponed(struct x86 *x, unsigned most)
{
	volatile unsigned times = 0;

	__builtin_setjmp(x->cpu.unwind);
	if (x->cpu.postponed && times < most) {
		times++;
		guest_x86.deliver_postponed(&x->cpu);
	}
	return times;
}

static void test_endless(void)
{
	struct x86 *x = unaligned_x86();

	ok(fake_raises(x, x86_help_raise, X86_AC_FAULT, 0, 0, 0, NULL) && x->cpu.postponed &&
		   x->cpu.pc == CODE_AT && x->delivery == X86_DELIVERY_NONE,
	   "#AC and #AC without end");
	is(deliver_postponed(x, 1000), 1000, "are left to the run loop");
	guest_x86.input(x, X86_INPUT_NMI, true);
	ok(!guest_x86.interrupt(&x->cpu), "no interrupt comes between");
	ok(fake_save(x) && fake_load(x) && x->cpu.postponed, "but a saved state may");
	fake_poke64(IDT + 8 * X86_AC_FAULT, fake_gate(CODE0, HANDLER(X86_AC_FAULT), 0x8e00));
	is(deliver_postponed(x, 1000), 1, "when it can be delivered");
	ok(fake_frame(x).vector == X86_AC_FAULT && fake_frame(x).eip == CODE_AT &&
		   fake_frame(x).code == 0,
	   "it is");
	x = unaligned_x86();
	fake_poke64(IDT + 8 * X86_NP, fake_gate(CODE3, 0x7000, 0x8e00));
	fake_poke64(IDT + 8 * X86_AC_FAULT, fake_gate(CODE3, 0x7000, 0x0e00));
	raise(x, X86_NP, 0);
	is(deliver_postponed(x, 1000), 1000, "#NP, #AC, and #NP of its gate");
	x = unaligned_x86();
	fake_poke64(IDT + 8 * X86_GP, fake_gate(CODE3, 0x7000, 0x0e00));
	fake_poke64(IDT + 8 * X86_DF_FAULT, fake_gate(CODE3, 0x7000, 0x8e00));
	raise(x, X86_GP, 0);
	is(deliver_postponed(x, 1000), 1000, "#GP, #NP, double fault, #AC");
	guest_x86.input(x, X86_INPUT_INIT, true);
	ok(guest_x86.interrupt(&x->cpu) && !x->cpu.postponed, "INIT ends it");
}

void test_events(void)
{
	test_entry();
	test_gates();
	test_interrupts();
	test_second_faults();
	test_endless();
}

static void test_v86_entry(void)
{
	struct x86 *x = fake_v86(0);
	uint32_t at = STACK0 - 36;

	is_string(raise(x, X86_UD, 0), "6:0", "an exception in V86 mode");
	ok(x->r[X86_ESP] == at && fake_peek(at) == 0x100 && fake_peek16(at + 4) == 0x2000 &&
		   fake_peek(at + 8) == (X86_VM | X86_IF | X86_RF | 2) &&
		   fake_peek(at + 12) == 0x1000 && fake_peek16(at + 16) == 0x2002 &&
		   fake_peek16(at + 20) == 0x2000 && fake_peek16(at + 24) == 0x2003 &&
		   fake_peek16(at + 28) == 0x2004 && fake_peek16(at + 32) == 0x2005,
	   "nine words");
	ok(!(x->eflags & X86_VM) && x86_cpl(x) == 0 && !(x->segment[X86_DS].access & X86_PRESENT) &&
		   x->segment[X86_GS].selector == 0,
	   "segments are null");
	is_string(fake_raised(x, x86_help_iret, 4, 0, 0, 0), "none", "IRET");
	ok(x86_v86(x) && x->segment[X86_CS].base == 0x20000 &&
		   x->segment[X86_SS].selector == 0x2002 && x->segment[X86_GS].base == 0x20050 &&
		   x->segment[X86_ES].limit == 0xffff && x->r[X86_ESP] == 0x1000 &&
		   x86_eflags(x) == (X86_VM | X86_IF | 2) && x86_cpl(x) == 3,
	   "and back");
	x = fake_v86(3);
	fake_poke64(IDT + 8 * 0x80, fake_gate(CODE1, 0x7000, 0xee00));
	is_string(interrupt(x, 0x80), "13:50", "only to level 0");
	x = fake_v86(3);
	fake_poke64(IDT + 8 * 0x80, fake_gate(CONFORMING, 0x7000, 0xee00));
	is_string(interrupt(x, 0x80), "13:48", "not to conforming code");
}

static void test_v86_rights(void)
{
	struct x86 *x = fake_v86(0);
	uint64_t value;

	is_string(interrupt(x, 0x80), "13:0", "INT n with IOPL 0");
	x = fake_v86(0);
	fake_raises(x, x86_help_int, 3, 0x101, 1, 0, NULL);
	is(fake_frame(x).vector, 3, "INT3 isn't asked for that");
	x = fake_v86(3);
	is_string(interrupt(x, 0x80), "10800", "INT n with IOPL 3");
	x = fake_v86(0);
	is_string(fake_raised(x, x86_help_cli, 0, 0, 0, 0), "13:0", "CLI");
	x = fake_v86(0);
	is_string(fake_raised(x, x86_help_pushf, 2, 0, 0, 0), "13:0", "PUSHF");
	x = fake_v86(0);
	is_string(fake_raised(x, x86_help_popf, 0, 2, 0, 0), "13:0", "POPF");
	x = fake_v86(0);
	is_string(fake_raised(x, x86_help_iret, 2, 0, 0, 0), "13:0", "IRET");
	x = fake_v86(0);
	is_string(fake_raised(x, x86_help_hlt, 0x101, 0, 0, 0), "13:0", "HLT");
	x = fake_v86(3);
	is_string(fake_raised(x, x86_help_in, 0x60, 1, 0, 0), "13:0", "IN: by the bitmap");
	x = fake_v86(3);
	is_string(fake_raised(x, x86_help_in, 0x80, 1, 0, 0), "none", "which allows some");
	x = fake_v86(3);
	fake_raises(x, x86_help_popf, X86_IOPL ^ 0x3000 ^ X86_CF, 2, 0, 0, NULL);
	is(x86_eflags(x), X86_VM | X86_IOPL | X86_CF | 2, "POPF leaves VM and IOPL");
	fake_raises(x, x86_help_pushf, 4, 0, 0, 0, &value);
	is(value, X86_IOPL | X86_CF | 2, "PUSHFD shows no VM");
	fake_raises(x, x86_help_load_segment, X86_ES, 0xb800, 0, 0, NULL);
	is(x->segment[X86_ES].base, 0xb8000, "segments as in real mode");
	fake_raises(x, x86_help_far_jump, 0x3000, 5, 2, 0, &value);
	is(value, 0x30005, "far jumps, too");
	fake_poke(0x21020, 0x40000007);
	fake_poke16(0x21024, X86_ZF);
	fake_raises(x, x86_help_iret, 2, 0, 0, 0, &value);
	ok(value == 0x40007 && x86_eflags(x) == (X86_VM | X86_IOPL | X86_ZF | 2), "IRET within");
}

void test_v86(void)
{
	test_v86_entry();
	test_v86_rights();
}
