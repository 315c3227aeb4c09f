/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The x86 guest's reset, models, saved state, gdb registers and real mode, without a core.
 */
#include <stdlib.h>

#include "fake_core.h"
#include "tap.h"

static void test_reset(void)
{
	struct x86 *x = fake_x86(NULL);
	uint32_t modes = guest_x86.modes(&x->cpu);

	is(x->cpu.pc, 0xfffffff0, "the first instruction");
	is(x86_eip(x), 0xfff0, "EIP");
	is(x->segment[X86_CS].selector, 0xf000, "CS");
	is(x->segment[X86_CS].base, 0xffff0000, "CS base");
	is(x->r[X86_EDX], 0x683, "EDX: signature");
	is(x86_eflags(x), 2, "EFLAGS");
	is(x->cr0, 0x60000010, "CR0");
	is(x->dr[6], 0xffff0ff0, "DR6");
	is(x->dr[7], 0x400, "DR7");
	is(x86_cpl(x), 0, "CPL");
	ok(modes & X86_MODE_REAL && modes & X86_MODE_ZERO(X86_DS) &&
		   !(modes & (X86_MODE_FREE(X86_DS) | X86_MODE_V86 | X86_MODE_USER |
			      X86_MODE_STACK32 | X86_MODE_TRAP | X86_MODE_NO_FPU)),
	   "modes");
	ok(modes & X86_MODE_CODE, "no flat code segment");
	is(x->segment[X86_DS].span, 0x10000 - 15, "16 bytes fit in 64 KiB so often");
	ok(!fake_x86("z80"), "no such model");
}

static uint32_t feature_bits(struct x86 *x, uint32_t leaf)
{
	x->r[X86_EAX] = leaf;
	fake_raises(x, x86_help_cpuid, 0, 0, 0, 0, NULL);
	return x->r[X86_EDX];
}

static void test_models(void)
{
	struct x86 *x = fake_x86("i386");

	x86_write_eflags(x, ~0u, ~X86_VM);
	is(x->eflags & (X86_AC | X86_ID), 0, "i386: no AC, no ID");
	ok(fake_raises(x, x86_help_cpuid, 0, 0, 0, 0, NULL), "and no CPUID");
	ok(fake_raises(x, x86_help_read_control, 4, 0, 0, 0, NULL), "no CR4");
	fake_raises(x, x86_help_write_control, 0, X86_CR0_PE | X86_CR0_WP, 0, 0, NULL);
	is(x->cr0, X86_CR0_PE | X86_CR0_ET, "no WP");
	x = fake_x86("i486");
	x86_write_eflags(x, ~0u, X86_AC | X86_ID);
	is(x->eflags & (X86_AC | X86_ID), X86_AC | X86_ID, "i486: AC, ID");
	is(feature_bits(x, 1), 1, "an x87 is all it has");
	ok(fake_raises(x, x86_help_rdtsc, 0, 0, 0, 0, NULL), "no TSC");
	x = fake_x86("pentium");
	is(feature_bits(x, 1) & (X86_FEATURE_TSC | X86_FEATURE_PAE | X86_FEATURE_CMOV),
	   X86_FEATURE_TSC, "pentium: TSC, no PAE, no CMOV");
	x->r[X86_ECX] = 0xc0000080;
	ok(fake_raises(x, x86_help_rdmsr, 0, 0, 0, 0, NULL), "no EFER");
	x = fake_x86("pentium3");
	is(feature_bits(x, 1), 0x0783b97d, "pentium3: features");
	is(x->r[X86_EAX], 0x683, "its signature");
	is(feature_bits(x, 0), 0x49656e69, "GenuineIntel");
	is(x->r[X86_EAX], 2, "leaves");
	is(feature_bits(x, 0x80000001), 1u << 20, "NX");
	is(feature_bits(x, 0x80000000), 0, "nothing else");
	is(x->r[X86_EAX], 0x80000004, "extended leaves");
	feature_bits(x, 0x80000002);
	is(x->r[X86_EAX], 'L' | '4' << 8 | 'V' << 16 | 'M' << 24, "a name");
	is(feature_bits(x, 77), 0x0c040882, "leaves that aren't there show the last");
}

static void test_state(void)
{
	struct x86 *x = fake_v86(3);
	size_t count;

	x->cr3 = 0x1234000;
	x->r[X86_ESI] = 99;
	x86_set_flags(x, X86_CF | X86_OF);
	x->mtrr[27] = 0xc06;
	ok(fake_save(x), "saved");
	fake_saved(&count);
	x = fake_x86("pentium3");
	ok(fake_load(x), "loaded");
	ok(x->cr3 == 0x1234000 && x->r[X86_ESI] == 99 && x->mtrr[27] == 0xc06 &&
		   x86_eflags(x) == (X86_VM | X86_IOPL | X86_IF | X86_CF | X86_OF | 2) &&
		   x->tr.base == TSS && x->ldtr.base == LDT,
	   "registers");
	ok(guest_x86.modes(&x->cpu) & X86_MODE_V86 && x86_cpl(x) == 3 &&
		   x->segment[X86_DS].base == 0x20030 && x->segment[X86_DS].span == 0xfff1,
	   "what follows from segments");
	ok(fake.drops > 0, "mappings are forgotten");
	is(x->code[x->code_number].base, 0x20000, "CS has a number");
	x->eflags |= X86_CF;
	ok(!fake_save(x) || !fake_load(x), "flags in the wrong place are refused");
}

static void test_gdb(void)
{
	struct x86 *x = fake_x86("pentium3");
	uint32_t value = 0x12345;
	uint8_t st[10] = { 1, 2, 3, 4, 5, 6, 7, 0x88, 0xff, 0x3f }, back[10];

	guest_x86.write_register(&x->cpu, 8, &value);
	is(x->cpu.pc, 0x12345, "eip");
	value = 0x8d7;
	guest_x86.write_register(&x->cpu, 9, &value);
	guest_x86.read_register(&x->cpu, 9, &value);
	is(value, 0x8d7, "eflags");
	value = 0xb800;
	guest_x86.write_register(&x->cpu, 12, &value);
	is(x->segment[X86_DS].base, 0xb8000, "ds in real mode");
	x->fpu.top = 6;
	guest_x86.write_register(&x->cpu, 18, st);
	guest_x86.read_register(&x->cpu, 18, back);
	ok(!memcmp(st, back, 10) && x->fpu.st[0].u64[0] == 0x8807060504030201, "st2");
	is_string(guest_x86.registers[12].name, "ds", "names");
	is_string(guest_x86.registers[40].name, "mxcsr", "the last name");
	is(guest_x86.register_count, 41, "so many");
	value = 0x3020;
	guest_x86.write_register(&x->cpu, 25, &value);
	is(x->fpu.top, 6, "fstat has the top");
}

/* Real mode at 0x1000:0x0100, with a stack at 0x3000:0x0100. */
static struct x86 *real_x86(void)
{
	struct x86 *x = fake_x86("pentium3");

	x86_load_real_segment(x, X86_CS, 0x1000);
	x86_load_real_segment(x, X86_SS, 0x3000);
	x->r[X86_ESP] = 0xabcd0100;
	x->cpu.pc = 0x10100;
	fake_poke(4 * 0x21, 0x20000000 | 0x123);
	fake_poke(4 * X86_UD, 0x20000000 | 0x666);
	fake_poke(4 * X86_GP, 0x20000000 | 0xddd);
	return x;
}

static void test_real_interrupt(void)
{
	struct x86 *x = real_x86();
	uint64_t pc;

	x->eflags |= X86_IF | X86_TF;
	x86_set_flags(x, X86_ZF);
	fake_raises(x, x86_help_int, 0x21, 0x102, 0, 0, &pc);
	is(pc, 0x20123, "INT goes by the table");
	is(x->segment[X86_CS].selector, 0x2000, "CS");
	is(x->r[X86_ESP], 0xabcd00fa, "three words, SP only");
	is(fake_peek16(0x300fa), 0x102, "IP");
	is(fake_peek16(0x300fc), 0x1000, "CS");
	is(fake_peek16(0x300fe), 0x342, "FLAGS");
	is(x86_eflags(x) & (X86_IF | X86_TF), 0, "IF and TF are off");
	fake_raises(x, x86_help_iret, 2, 0, 0, 0, &pc);
	is(pc, 0x10102, "IRET");
	is(x86_eflags(x), 0x342, "flags are back");
	is(x->r[X86_ESP], 0xabcd0100, "SP is back");
	x->cpu.pc = (uint32_t)pc;
	ok(fake_raises(x, x86_help_raise, X86_UD, 0, 0, 0, NULL), "an exception");
	is(x->cpu.pc, 0x20666, "its handler");
	is(fake_peek16(0x300fa), 0x102, "the instruction's IP, no code");
}

static void test_real_limits(void)
{
	struct x86 *x = real_x86();
	uint64_t pc;

	ok(!fake_raises(x, x86_help_segment, X86_DS, 0xfffc, 4, 1, NULL), "up to the limit");
	ok(fake_raises(x, x86_help_segment, X86_DS, 0xfffd, 4, 0, NULL), "not beyond it");
	is(x->cpu.pc, 0x20ddd, "#GP");
	x = real_x86();
	ok(fake_raises(x, x86_help_far_jump, 0x1000, 0x10000, 4, 0, NULL), "EIP above it");
	x = real_x86();
	fake_raises(x, x86_help_far_call, 0x4000, 0x10, 2, 0x105, &pc);
	ok(pc == 0x40010 && fake_peek(0x300fc) == 0x10000105, "far call");
	fake_raises(x, x86_help_far_return, 2, 6, 0, 0, &pc);
	ok(pc == 0x10105 && x->r[X86_ESP] == 0xabcd0106, "far return, releasing");
	x->idt_limit = 0x83;
	ok(fake_raises(x, x86_help_int, 0x21, 0x102, 0, 0, &pc) && x->cpu.pc == 0x20ddd,
	   "a vector beyond the table's limit");
	x->idt_limit = 3;
	ok(fake_raises(x, x86_help_raise, X86_UD, 0, 0, 0, NULL) && fake.resets == 1 &&
		   x->shut_down && x->cpu.halted,
	   "nothing can be delivered: shutdown");
}

static void test_unreal(void)
{
	struct x86 *x = fake_protected(0);

	fake_raises(x, x86_help_write_control, 0, X86_CR0_ET, 0, 0, NULL);
	fake_raises(x, x86_help_load_segment, X86_DS, 0xb800, 0, 0, NULL);
	ok(x->segment[X86_DS].base == 0xb8000 && x->segment[X86_DS].limit == 0xffffffff &&
		   guest_x86.modes(&x->cpu) & X86_MODE_FREE(X86_DS),
	   "real mode keeps limits of 4 GiB");
	fake_raises(x, x86_help_load_segment, X86_ES, 0, 0, 0, NULL);
	ok(guest_x86.modes(&x->cpu) & X86_MODE_ZERO(X86_ES), "base 0");
}

static void test_a20(void)
{
	struct x86 *x = real_x86();
	struct mem_walk walk;

	x->segment[X86_DS].limit = 0xffffffff;
	guest_x86.walk(&x->cpu, 0x100000, 0, MEM_READ, false, &walk);
	is(walk.page, 0x100000, "A20 on");
	guest_x86.input(x, X86_INPUT_A20, false);
	is(fake.drops, 1, "turning it off drops mappings");
	guest_x86.walk(&x->cpu, 0x100000, 0, MEM_READ, false, &walk);
	is(walk.page, 0, "A20 off: wraps at 1 MiB");
	guest_x86.walk(&x->cpu, 0x300000, 0, MEM_READ, false, &walk);
	is(walk.page, 0x200000, "only that line");
	guest_x86.input(x, X86_INPUT_A20, false);
	is(fake.drops, 1, "no change, no drop");
}

void test_system(void)
{
	test_reset();
	test_models();
	test_state();
	test_gdb();
	test_real_interrupt();
	test_real_limits();
	test_unreal();
	test_a20();
}

/* The seed of the random test may be given. */
int main(int argc, char **argv)
{
	test_system();
	test_segments();
	test_far();
	test_events();
	test_v86();
	test_tasks();
	test_mmu();
	test_control();
	test_debug();
	test_random(argc > 1 ? strtoull(argv[1], NULL, 0) : 1);
	return done();
}
