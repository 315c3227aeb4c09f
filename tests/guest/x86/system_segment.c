/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Segment registers, limits, and instructions that look at descriptors, without a core.
 */
#include "fake_core.h"
#include "tap.h"

static const char *load(struct x86 *x, unsigned segment, unsigned selector)
{
	return fake_raised(x, x86_help_load_segment, segment, selector, 0, 0);
}

static void test_loads(void)
{
	struct x86 *x = fake_protected(0);

	is_string(load(x, X86_DS, DATA3), "none", "a less privileged data segment");
	is(fake_peek(GDT + 0x24) & X86_ACCESSED, X86_ACCESSED, "is marked as accessed");
	is_string(load(x, X86_ES, CODE0), "none", "readable code");
	is(x->segment[X86_ES].span_write, 0, "which can't be written");
	is_string(load(x, X86_ES, EXECUTE_ONLY), "13:a8", "execute-only code");
	x = fake_protected(0);
	is_string(load(x, X86_FS, ABSENT), "11:78", "#NP");
	x = fake_protected(0);
	is_string(load(x, X86_GS, 0x100), "13:100", "beyond the GDT");
	x = fake_protected(0);
	is_string(load(x, X86_DS, SEL_TSS), "13:28", "a system segment");
	x = fake_protected(0);
	is_string(load(x, X86_DS, 3), "none", "null");
	is(x->segment[X86_DS].selector, 3, "with its RPL");
	is_string(fake_raised(x, x86_help_segment, X86_DS, 0, 1, 0), "13:0", "can't be used");
	x = fake_protected(3);
	is_string(load(x, X86_DS, DATA0 | 3), "13:10", "more privileged data");
	x = fake_protected(3);
	is_string(load(x, X86_DS, LDT_DATA), "none", "from the LDT");
	ok(x->segment[X86_DS].base == 0x70000 && x->segment[X86_DS].limit == 0xfff, "all of it");
	is_string(load(x, X86_ES, CONFORMING | 3), "none", "conforming code of level 0");
	is_string(load(x, X86_DS, 0x44), "13:44", "beyond the LDT");
}

static void test_stack_loads(void)
{
	struct x86 *x = fake_protected(0);

	is_string(load(x, X86_SS, DATA16), "none", "a stack of 16 bits");
	is(guest_x86.modes(&x->cpu) & (X86_MODE_STACK32 | X86_MODE_SHADOW), X86_MODE_SHADOW,
	   "sp, and an interrupt shadow");
	x = fake_protected(0);
	is_string(load(x, X86_SS, 0), "13:0", "SS: null");
	x = fake_protected(0);
	is_string(load(x, X86_SS, DATA3), "13:20", "SS: another level");
	x = fake_protected(0);
	is_string(load(x, X86_SS, DATA0 | 1), "13:10", "SS: another RPL");
	x = fake_protected(0);
	is_string(load(x, X86_SS, READ_ONLY), "13:80", "SS: read-only");
	x = fake_protected(0);
	is_string(load(x, X86_SS, ABSENT), "12:78", "SS: absent");
	x = fake_protected(0);
	fake_poke(GDT + ABSENT, 0);
	is_string(load(x, X86_SS, CODE0), "13:8", "SS: code");
}

static const char *access(struct x86 *x, unsigned segment, uint32_t offset, uint32_t bytes,
			  bool write)
{
	return fake_raised(x, x86_help_segment, segment, offset, bytes, write);
}

static void test_limits(void)
{
	struct x86 *x = fake_protected(0);

	load(x, X86_DS, SMALL);
	load(x, X86_ES, DOWN);
	is(x->segment[X86_DS].span, 0x100 - 15, "span");
	is(x->segment[X86_ES].span, 0, "no span: expand-down");
	is_string(access(x, X86_DS, 0xfc, 4, true), "none", "the last bytes");
	is_string(access(x, X86_DS, 0xfd, 4, false), "13:0", "one too many");
	is_string(access(x, X86_DS, 0xffffffff, 2, false), "13:0", "around the end");
	x = fake_protected(0);
	load(x, X86_ES, DOWN);
	is_string(access(x, X86_ES, 0x1000, 4, true), "none", "expand-down: from its limit");
	is_string(access(x, X86_ES, 0xfffffffc, 4, true), "none", "to the end");
	is_string(access(x, X86_ES, 0xfff, 4, true), "13:0", "not below it");
	x = fake_protected(0);
	load(x, X86_ES, DOWN);
	is_string(access(x, X86_ES, 0xfffffffe, 4, true), "13:0", "nor around the end");
	x = fake_protected(0);
	load(x, X86_DS, READ_ONLY);
	is_string(access(x, X86_DS, 0xffffffff, 4, false), "none", "4 GiB wrap around");
	is_string(access(x, X86_DS, 0, 4, true), "13:0", "writing read-only data");
	x = fake_protected(0);
	is_string(access(x, X86_CS, 0, 4, false), "none", "reading code");
	is_string(access(x, X86_CS, 0, 4, true), "13:0", "writing code");
	x = fake_protected(0);
	load(x, X86_SS, DATA16);
	is(x->segment[X86_SS].limit, 0xffff, "a small stack");
	x->segment[X86_SS].limit = 0xffe;
	x->r[X86_ESP] = 0x800;
	ok(fake_raises(x, x86_help_segment, X86_SS, 0xffc, 4, 1, NULL) &&
		   x->cpu.pc == HANDLER(X86_SS_FAULT) && fake_peek(0x60000 + 0x7f0) == 0,
	   "#SS for the stack segment");
}

static void test_modes_of_segments(void)
{
	struct x86 *x = fake_protected(3);
	uint32_t modes = guest_x86.modes(&x->cpu);
	uint32_t number;

	ok(!(modes & X86_MODE_CODE) && modes & X86_MODE_USER && modes & X86_MODE_STACK32 &&
		   modes & X86_MODE_FREE(X86_DS) && modes & X86_MODE_FREE(X86_SS) &&
		   !(modes & X86_MODE_FREE(X86_CS)) && modes & X86_MODE_ZERO(X86_ES) &&
		   !(modes & X86_MODE_REAL),
	   "flat segments");
	is(guest_x86.fetch_space(modes), X86_SPACE_USER, "user space");
	x86_set_segment(x, X86_CS, CODE16, 0x12340, 0xffff, 0x9a00);
	number = guest_x86.modes(&x->cpu) & X86_MODE_CODE;
	ok(number && x->code[number].base == 0x12340 && !x->code[number].wide, "a number");
	x86_set_segment(x, X86_CS, CODE16, 0x12350, 0xffff, 0x9a00);
	ok((guest_x86.modes(&x->cpu) & X86_MODE_CODE) != number, "another one");
	x86_set_segment(x, X86_CS, CODE16, 0x12340, 0xffff, 0x9a00);
	is(guest_x86.modes(&x->cpu) & X86_MODE_CODE, number, "the same again");
	for (unsigned i = 0; i < 2 * X86_CODE_SEGMENTS; i++) {
		x86_set_segment(x, X86_CS, CODE16, i << 4, 0xffff, 0x9a00);
		number = x->code_number;
		if (x->code[number].base != i << 4 || number == 0)
			break;
	}
	is(x->code[number].base, (2 * X86_CODE_SEGMENTS - 1) << 4, "more than there are numbers");
	ok(fake.forgotten > 0 && fake.forgotten < 4, "code is forgotten now and then");
}

static uint64_t look(struct x86 *x, ir_fn *helper, unsigned selector)
{
	uint64_t value = 0;

	x86_set_flags(x, X86_CF);
	fake_raises(x, helper, selector, 0, 0x1234, 0, &value);
	return value | (uint64_t)(x86_flags(x) & X86_ZF) << 32;
}

#define ZF ((uint64_t)X86_ZF << 32)

static void test_looks(void)
{
	struct x86 *x = fake_protected(3);

	is(look(x, x86_help_lar, CODE3), ZF | 0xc0fa00, "LAR: code");
	is(x86_flags(x), X86_CF | X86_ZF, "other flags stay");
	is(look(x, x86_help_lar, DATA0), 0x1234, "LAR: more privileged");
	is(look(x, x86_help_lar, CONFORMING), ZF | 0xc09e00, "LAR: conforming");
	is(look(x, x86_help_lar, GATE32), ZF | 0x00ec00, "LAR: call gate");
	is(look(x, x86_help_lsl, GATE32), 0x1234, "LSL: a gate has no limit");
	is(look(x, x86_help_lsl, DATA3), ZF | 0xffffffff, "LSL: in pages");
	is(look(x, x86_help_lsl, LDT_DATA), ZF | 0xfff, "LSL: in bytes");
	is(look(x, x86_help_lar, 0), 0x1234, "LAR: null");
	is(look(x, x86_help_lar, 0x1000), 0x1234, "LAR: nowhere");
	is(look(x, x86_help_verr, CODE3), ZF, "VERR: readable code");
	is(look(x, x86_help_verr, DATA0), 0, "VERR: more privileged");
	is(look(x, x86_help_verw, DATA3), ZF, "VERW: data");
	is(look(x, x86_help_verw, CODE3), 0, "VERW: code");
	is(look(x, x86_help_verr, SEL_TSS), 0, "VERR: a system segment");
	x = fake_protected(0);
	is(look(x, x86_help_verr, EXECUTE_ONLY), 0, "VERR: execute-only");
	is(look(x, x86_help_verw, READ_ONLY), 0, "VERW: read-only");
	is(look(x, x86_help_lar, SEL_TSS), ZF | 0x008b00, "LAR: the busy TSS");
	is(look(x, x86_help_lsl, SEL_LDT), ZF | 0x3f, "LSL: LDT");
	x = fake_v86(3);
	is_string(fake_raised(x, x86_help_lar, CODE3, 0, 0, 0), "6:0", "#UD in V86 mode");
}

static void test_tables(void)
{
	struct x86 *x = fake_protected(0);
	uint64_t value;

	fake_poke(0x50000, 0xaaaa0123);
	fake_poke(0x50004, 0xeeffbbcc);
	fake_raises(x, x86_help_lidt, 0x50000, 2, 0, 0, NULL);
	ok(x->idt_base == 0xccaaaa && x->idt_limit == 0x123, "LIDT with 24 bits");
	fake_raises(x, x86_help_lidt, 0x50000, 4, 0, 0, NULL);
	is(x->idt_base, 0xbbccaaaa, "LIDT with 32 bits");
	fake_raises(x, x86_help_sidt, 0, 0, 0, 0, &value);
	is(value, 0xbbccaaaa0123, "SIDT");
	x = fake_protected(0);
	is_string(fake_raised(x, x86_help_ltr, SEL_TSS, 0, 0, 0), "13:28", "LTR: busy");
	x = fake_protected(0);
	is_string(fake_raised(x, x86_help_ltr, 0, 0, 0, 0), "13:0", "LTR: null");
	x = fake_protected(0);
	is_string(fake_raised(x, x86_help_ltr, SEL_TSS_16, 0, 0, 0), "none", "LTR: 16 bits");
	is(fake_peek(GDT + SEL_TSS_16 + 4) >> 8 & 15, X86_TSS16_BUSY, "which is busy now");
	is_string(fake_raised(x, x86_help_lldt, SEL_TSS_B, 0, 0, 0), "13:30", "LLDT: a TSS");
	x = fake_protected(0);
	is_string(fake_raised(x, x86_help_lldt, 2, 0, 0, 0), "none", "LLDT: null");
	is_string(load(x, X86_DS, LDT_DATA), "13:c", "no LDT");
	x = fake_protected(3);
	is_string(fake_raised(x, x86_help_lldt, SEL_LDT, 0, 0, 0), "13:0", "LLDT: user");
	x = fake_protected(3);
	is_string(fake_raised(x, x86_help_lgdt, 0x50000, 4, 0, 0), "13:0", "LGDT: user");
	x = fake_protected(3);
	fake_raises(x, x86_help_arpl, 0x20, 0x13, 0, 0, &value);
	ok(value == 0x23 && x86_flags(x) & X86_ZF, "ARPL raises");
	fake_raises(x, x86_help_arpl, 0x23, 0x12, 0, 0, &value);
	ok(value == 0x23 && !(x86_flags(x) & X86_ZF), "ARPL leaves");
}

void test_segments(void)
{
	test_loads();
	test_stack_loads();
	test_limits();
	test_modes_of_segments();
	test_looks();
	test_tables();
}
