/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The protected-mode system of fake_core.h.
 */
#include <stdio.h>

#include "fake_core.h"

uint64_t fake_descriptor(uint32_t base, uint32_t limit, unsigned access, unsigned flags)
{
	return (limit & 0xffff) | (uint64_t)(base & 0xffffff) << 16 | (uint64_t)access << 40 |
	       (uint64_t)(limit >> 16 & 15) << 48 | (uint64_t)flags << 52 |
	       (uint64_t)(base >> 24) << 56;
}

uint64_t fake_gate(uint32_t selector, uint32_t offset, unsigned access)
{
	return (offset & 0xffff) | selector << 16 | (uint64_t)(access & 0xff00) << 32 |
	       (uint64_t)(access & 31) << 32 | (uint64_t)(offset >> 16) << 48;
}

void fake_set_gdt(uint32_t selector, uint64_t descriptor)
{
	fake_poke64(GDT + (selector & 0xfff8), descriptor);
}

/* Access bytes without the accessed bit, flags: 0xc 32 bits, in pages. */
static void build_segments(void)
{
	fake_set_gdt(CODE0, fake_descriptor(0, 0xfffff, 0x9a, 0xc));
	fake_set_gdt(DATA0, fake_descriptor(0, 0xfffff, 0x92, 0xc));
	fake_set_gdt(CODE3, fake_descriptor(0, 0xfffff, 0xfa, 0xc));
	fake_set_gdt(DATA3, fake_descriptor(0, 0xfffff, 0xf2, 0xc));
	fake_set_gdt(SEL_TSS, fake_descriptor(TSS, 0xff, 0x89, 0));
	fake_set_gdt(SEL_TSS_B, fake_descriptor(TSS_B, 0x67, 0x89, 0));
	fake_set_gdt(SEL_TSS_16, fake_descriptor(TSS_16, 0x2b, 0x81, 0));
	fake_set_gdt(SEL_LDT, fake_descriptor(LDT, 0x3f, 0x82, 0));
	fake_set_gdt(CONFORMING, fake_descriptor(0, 0xfffff, 0x9e, 0xc));
	fake_set_gdt(CODE1, fake_descriptor(0, 0xfffff, 0xba, 0xc));
	fake_set_gdt(DATA1, fake_descriptor(0, 0xfffff, 0xb2, 0xc));
	fake_set_gdt(ABSENT, fake_descriptor(0, 0xfffff, 0x12, 0xc));
	fake_set_gdt(READ_ONLY, fake_descriptor(0, 0xfffff, 0x90, 0xc));
	fake_set_gdt(DOWN, fake_descriptor(0, 0xfff, 0x96, 0x4));
	fake_set_gdt(SMALL, fake_descriptor(0x50000, 0xff, 0x92, 0x4));
	fake_set_gdt(CODE16, fake_descriptor(0, 0xffff, 0x9a, 0));
	fake_set_gdt(DATA16, fake_descriptor(0x60000, 0xffff, 0x92, 0));
	fake_set_gdt(EXECUTE_ONLY, fake_descriptor(0, 0xfffff, 0x98, 0xc));
	fake_set_gdt(ABSENT_CODE, fake_descriptor(0, 0xfffff, 0x1a, 0xc));
	fake_set_gdt(SMALL_CODE, fake_descriptor(0, 0xff, 0x9a, 0x4));
	fake_poke64(LDT + (LDT_DATA & 0xfff8), fake_descriptor(0x70000, 0xfff, 0xf2, 0x4));
}

static void build_gates(void)
{
	fake_set_gdt(GATE32, fake_gate(CODE0, 0x5000, 0xec02));
	fake_set_gdt(GATE16, fake_gate(CODE16, 0x6000, 0xe401));
	fake_set_gdt(TASK_GATE, fake_gate(SEL_TSS_B, 0, 0xe500));
	fake_set_gdt(LOW_GATE, fake_gate(CODE0, 0x5000, 0x8c00));
	fake_set_gdt(GATE_SAME, fake_gate(CODE3, 0x7000, 0xec00));
	fake_set_gdt(ABSENT_GATE, fake_gate(CODE0, 0x5000, 0x6c00));
	fake_set_gdt(GATE_BAD, fake_gate(DATA0, 0x5000, 0xec00));
	fake_set_gdt(GATE1, fake_gate(CODE1, 0x5100, 0xec00));
	fake_set_gdt(GATE_CONFORMING, fake_gate(CONFORMING, 0x5200, 0xec00));
	/* 3 and 4 may be called by anybody; odd ones among the others are trap gates. */
	for (unsigned i = 0; i < 256; i++) {
		unsigned access = i == 3 || i == 4 || i == 0x80 ? 0xee00 : 0x8e00;

		fake_poke64(IDT + 8 * i, fake_gate(CODE0, HANDLER(i), access | (i & 1) << 8));
	}
}

static void build_tss(void)
{
	fake_poke(TSS + 4, STACK0);
	fake_poke(TSS + 8, DATA0);
	fake_poke(TSS + 12, STACK1);
	fake_poke(TSS + 16, DATA1);
	fake_poke(TSS + 0x64, 0x68u << 16);
	/* Ports 0x80 to 0x8f are free; the map ends after port 0x4b7. */
	for (unsigned i = 0x68; i <= 0xff; i++)
		fake.ram[TSS + i] = 0xff;
	fake.ram[TSS + 0x68 + 0x10] = fake.ram[TSS + 0x68 + 0x11] = 0;
}

static void set_registers(struct x86 *x, unsigned cpl)
{
	static const uint16_t code[] = { CODE0, CODE1, 0, CODE3 };
	static const uint16_t data[] = { DATA0, DATA1, 0, DATA3 };
	static const uint32_t stack[] = { STACK0 - 0x800, STACK1 - 0x800, 0, STACK3 };
	struct x86_descriptor d;
	struct x86_segment s;

	x86_descriptor_read(x, code[cpl], &d);
	s = x86_descriptor_segment(&d);
	x86_set_segment(x, X86_CS, code[cpl], s.base, s.limit, s.access | X86_ACCESSED);
	x86_descriptor_read(x, data[cpl], &d);
	s = x86_descriptor_segment(&d);
	for (unsigned i = 0; i < X86_SEGMENTS; i++)
		if (i != X86_CS)
			x86_set_segment(x, i, data[cpl], s.base, s.limit, s.access | X86_ACCESSED);
	x->r[X86_ESP] = stack[cpl];
	x->cpu.pc = CODE_AT;
}

struct x86 *fake_protected(unsigned cpl)
{
	struct x86 *x = fake_x86("pentium3");

	build_segments();
	build_gates();
	build_tss();
	x->gdt_base = GDT;
	x->gdt_limit = GDT_END - 1;
	x->idt_base = IDT;
	x->idt_limit = 0x7ff;
	x->cr0 |= X86_CR0_PE;
	set_registers(x, 0);
	fake_raises(x, x86_help_ltr, SEL_TSS, 0, 0, 0, NULL);
	fake_raises(x, x86_help_lldt, SEL_LDT, 0, 0, 0, NULL);
	x->eflags |= X86_IF;
	set_registers(x, cpl);
	return x;
}

struct x86 *fake_v86(unsigned iopl)
{
	struct x86 *x = fake_protected(0);

	x->eflags |= X86_VM | iopl << 12;
	for (unsigned i = 0; i < X86_SEGMENTS; i++)
		x86_load_v86_segment(x, i, (uint16_t)(0x2000 + i));
	x86_load_v86_segment(x, X86_CS, 0x2000);
	x->r[X86_ESP] = 0x1000;
	x->cpu.pc = 0x20100;
	return x;
}

struct fake_frame fake_frame(const struct x86 *x)
{
	static const uint32_t with_code = 0x27d00;
	struct fake_frame f = { .vector = -1 };
	uint32_t at = x->r[X86_ESP];

	if (x->cpu.pc < HANDLER(0) || x->cpu.pc >= HANDLER(256) || x->cpu.pc & 15)
		return f;
	f.vector = (int)(x->cpu.pc - HANDLER(0)) / 16;
	if (f.vector < 32 && with_code >> f.vector & 1) {
		f.code = fake_peek(at);
		at += 4;
	}
	f.eip = fake_peek(at);
	f.cs = fake_peek(at + 4);
	f.eflags = fake_peek(at + 8);
	f.esp = fake_peek(at + 12);
	f.ss = fake_peek(at + 16);
	return f;
}

const char *fake_raised(struct x86 *x, ir_fn *helper, uint64_t a, uint64_t b, uint64_t c,
			uint64_t d)
{
	static char text[32];
	struct fake_frame f;

	if (!fake_raises(x, helper, a, b, c, d, NULL))
		return "none";
	f = fake_frame(x);
	snprintf(text, sizeof text, "%d:%x", f.vector, f.code);
	return text;
}
