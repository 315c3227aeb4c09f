/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hardware task switches (SDM 3, 7.2 and 7.3) with TSSs of 16 and 32 bits.
 *
 * Everything of the new task is read, the old one saved and both descriptors written
 * before the first register changes: till then faults are the old task's.  Afterwards its
 * selectors are loaded without descriptors, and these are checked one by one: faults
 * there are the new task's, which then has some segment registers that can't be used.
 */
#include "guest/x86/protect.h"

#define TSS32_LIMIT 0x67u
#define TSS16_LIMIT 0x2bu
#define TSS_CR3 0x1c
#define TSS_TRAP 0x64

/* A TSS's dynamic fields, in both kinds in this order. */
struct task_image {
	uint32_t eip, eflags, r[8], selector[X86_SEGMENTS];
	uint32_t ldt, cr3;
	bool wide, trap;
};

struct x86_descriptor x86_check_tss(struct x86 *x, uint32_t selector, bool busy,
				    enum x86_vector bad)
{
	unsigned type16 = busy ? X86_TSS16_BUSY : X86_TSS16;
	unsigned type32 = busy ? X86_TSS32_BUSY : X86_TSS32;
	struct x86_descriptor d;

	if (X86_NULL(selector) || X86_IN_LDT(selector) || !x86_descriptor_read(x, selector, &d) ||
	    (X86_TYPE(d.high) != type16 && X86_TYPE(d.high) != type32))
		x86_raise_selector(x, bad, selector);
	if (!(d.high & X86_PRESENT))
		x86_raise_selector(x, X86_NP, selector);
	return d;
}

/* Offsets of a TSS's fields: EIP, EFLAGS, registers and selectors follow each other. */
static uint32_t task_field(uint32_t base, bool wide, unsigned n)
{
	return wide ? base + 0x20 + 4 * n : base + 0x0e + 2 * n;
}

static struct task_image task_read(struct x86 *x, uint32_t base, bool wide)
{
	unsigned log2 = wide ? 2 : 1, n = 0, segments = wide ? X86_SEGMENTS : X86_DS + 1;
	struct task_image t = { .wide = wide };

	t.eip = x86_load(x, task_field(base, wide, n++), log2);
	t.eflags = x86_load(x, task_field(base, wide, n++), log2);
	for (unsigned i = 0; i < 8; i++)
		t.r[i] = x86_load(x, task_field(base, wide, n++), log2);
	for (unsigned i = 0; i < segments; i++)
		t.selector[i] = x86_load(x, task_field(base, wide, n++), log2) & 0xffff;
	t.ldt = x86_load(x, task_field(base, wide, n), log2) & 0xffff;
	if (wide) {
		t.cr3 = x86_load(x, base + TSS_CR3, 2);
		t.trap = x86_load(x, base + TSS_TRAP, 1) & 1;
	}
	return t;
}

/* The current task's registers, into its TSS. */
static void task_save(struct x86 *x, uint32_t eip, uint32_t eflags)
{
	bool wide = x86_is_tss32(x->tr.access);
	unsigned log2 = wide ? 2 : 1, n = 0, segments = wide ? X86_SEGMENTS : X86_DS + 1;
	uint32_t base = x->tr.base;

	x86_store(x, task_field(base, wide, n++), log2, eip);
	x86_store(x, task_field(base, wide, n++), log2, eflags);
	for (unsigned i = 0; i < 8; i++)
		x86_store(x, task_field(base, wide, n++), log2, x->r[i]);
	for (unsigned i = 0; i < segments; i++)
		x86_store(x, task_field(base, wide, n++), 1, x->segment[i].selector);
}

static void task_busy(struct x86 *x, uint16_t selector, bool busy)
{
	struct x86_descriptor d;

	if (!X86_NULL(selector) && x86_descriptor_read(x, selector, &d))
		x86_descriptor_change(x, &d, busy ? 0 : X86_BUSY, busy ? X86_BUSY : 0);
}

/* The point of no return: registers, with selectors that stand for nothing yet. */
static void task_enter(struct x86 *x, const struct task_image *t, struct x86_descriptor *tss)
{
	const uint32_t all = X86_IRET_FLAGS | X86_IF | X86_IOPL | X86_VM;
	unsigned cpl = t->eflags & X86_VM ? 3 : X86_RPL(t->selector[X86_CS]);

	tss->high |= X86_BUSY;
	x->tr = x86_descriptor_segment(tss);
	x->cr0 |= X86_CR0_TS;
	x->dr[7] &= ~0x155u; /* local breakpoints */
	x86_watch(x);
	for (unsigned i = 0; i < 8; i++)
		x->r[i] = t->r[i];
	x86_write_eflags(x, t->eflags, all); /* 16 bits: the upper ones are 0 */
	for (unsigned i = 0; i < X86_SEGMENTS; i++)
		x86_set_segment(x, i, (uint16_t)t->selector[i], 0, 0xffff, cpl << 13);
	x86_set_segment(x, X86_CS, (uint16_t)t->selector[X86_CS], 0, 0xffffffff, X86_BIG);
	x->ldtr = (struct x86_segment){ .selector = (uint16_t)t->ldt };
	x->cpu.pc = t->eip;
}

static void task_load_ldt(struct x86 *x, uint32_t selector)
{
	struct x86_descriptor d;

	if (X86_NULL(selector))
		return;
	if (X86_IN_LDT(selector) || !x86_descriptor_read(x, selector, &d) ||
	    X86_TYPE(d.high) != X86_LDT || !(d.high & X86_PRESENT))
		x86_raise_selector(x, X86_TS, selector);
	x->ldtr = x86_descriptor_segment(&d);
}

static void task_load_code(struct x86 *x, uint32_t selector, uint32_t eip)
{
	unsigned rpl = X86_RPL(selector);
	struct x86_descriptor d;
	struct x86_segment s;

	if (X86_NULL(selector) || !x86_descriptor_read(x, selector, &d) || !x86_is_code(d.high) ||
	    (x86_is_conforming(d.high) ? X86_DPL(d.high) > rpl : X86_DPL(d.high) != rpl))
		x86_raise_selector(x, X86_TS, selector);
	if (!(d.high & X86_PRESENT))
		x86_raise_selector(x, X86_NP, selector);
	x86_descriptor_change(x, &d, 0, X86_ACCESSED);
	s = x86_descriptor_segment(&d);
	x86_put_segment(x, X86_CS, &s);
	x->cpu.pc = s.base + eip;
}

static void task_load_segments(struct x86 *x, const struct task_image *t)
{
	static const uint8_t data[] = { X86_ES, X86_DS, X86_FS, X86_GS };
	unsigned cpl = X86_RPL(t->selector[X86_CS]);
	struct x86_segment s;

	/* Table 7-1 has the stack first, so that CS's faults have one to push to. */
	s = x86_check_stack_segment(x, t->selector[X86_SS], cpl, X86_TS);
	x86_put_segment(x, X86_SS, &s);
	task_load_code(x, t->selector[X86_CS], t->eip);
	for (unsigned i = 0; i < COUNT_OF(data); i++) {
		uint32_t selector = t->selector[data[i]];

		if (X86_NULL(selector)) {
			x86_load_null_segment(x, data[i], (uint16_t)selector);
			continue;
		}
		s = x86_check_data_segment(x, selector, cpl, X86_TS);
		x86_put_segment(x, data[i], &s);
	}
}

static uint32_t task_load(struct x86 *x, const struct task_image *t)
{
	task_load_ldt(x, t->ldt);
	if (t->wide && t->eflags & X86_VM) {
		for (unsigned i = 0; i < X86_SEGMENTS; i++)
			x86_load_v86_segment(x, i, (uint16_t)t->selector[i]);
		x->cpu.pc = x->segment[X86_CS].base + t->eip;
	} else {
		task_load_segments(x, t);
	}
	if (t->eip > x->segment[X86_CS].limit)
		x86_raise_code(x, X86_GP, 0);
	return x->cpu.pc;
}

uint32_t x86_task_switch(struct x86 *x, struct x86_descriptor *tss, enum x86_task_reason reason,
			 uint32_t eip, uint32_t eflags)
{
	bool wide = x86_is_tss32(tss->high);
	uint32_t base = x86_descriptor_base(tss), saved = x86_eflags(x) | eflags;
	struct task_image t;

	if (x86_descriptor_limit(tss) < (wide ? TSS32_LIMIT : TSS16_LIMIT))
		x86_raise_selector(x, X86_TS, tss->selector);
	t = task_read(x, base, wide);
	if (reason == X86_TASK_RETURN)
		saved &= ~X86_NT;
	if (reason == X86_TASK_CALL) {
		x86_store(x, base, 1, x->tr.selector);
		t.eflags |= X86_NT;
	}
	task_save(x, eip, saved);
	/* The busy bits: a return leaves the new one's set, a call the old one's. */
	if (reason != X86_TASK_RETURN)
		task_busy(x, tss->selector, true);
	if (reason != X86_TASK_CALL)
		task_busy(x, x->tr.selector, false);
	x->debug_hits = t.trap ? X86_DR6_BT : 0;
	task_enter(x, &t, tss);
	/* No paging, no CR3. */
	if (wide && x->cr0 & X86_CR0_PG)
		x86_set_cr3(x, t.cr3);
	return task_load(x, &t);
}

void x86_task_trap(struct x86 *x, uint32_t pc)
{
	if (!(x->debug_hits & X86_DR6_BT))
		return;
	x->cpu.pc = pc;
	x86_help_trap(x, pc, 0, 0, 0);
}
