/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Delivery of interrupts and exceptions through the vector table in real mode and the IDT
 * otherwise (SDM 3, 6.10 to 6.13, 20.1.4, 20.3; SDM 2: INT): interrupt, trap and task
 * gates, changes of privilege and out of virtual-8086 mode.
 *
 * Error codes' EXT bit is x86_raise_code's.
 */
#include "guest/x86/protect.h"

#define IDT_CODE 2u /* in error codes: an index of the IDT */

uint32_t x86_deliver_real(struct x86 *x, const struct x86_event *e)
{
	struct x86_segment *cs = &x->segment[X86_CS];
	struct x86_stack s = x86_stack_current(x);
	uint32_t at = 4u * e->vector, vector;

	if (at + 3 > x->idt_limit)
		x86_raise(x, X86_GP);
	vector = x86_load(x, x->idt_base + at, 2);
	x86_stack_room(x, &s, 3, 2);
	if ((vector & 0xffff) > cs->limit)
		x86_raise(x, X86_GP);
	x86_push(x, &s, 2, x86_eflags(x));
	x86_push(x, &s, 2, cs->selector);
	x86_push(x, &s, 2, e->eip);
	x86_stack_commit_esp(x, &s);
	x86_write_eflags(x, 0, X86_IF | X86_TF | X86_RF | X86_AC);
	x86_load_real_segment(x, X86_CS, (uint16_t)(vector >> 16));
	return cs->base + (vector & 0xffff);
}

/* A gate of the IDT, its rights and presence checked. */
struct idt_gate {
	uint32_t low, high;
	unsigned type;
};

static struct idt_gate read_gate(struct x86 *x, const struct x86_event *e)
{
	uint32_t at = 8u * e->vector;
	struct idt_gate g;

	if (at + 7 > x->idt_limit)
		x86_raise_code(x, X86_GP, at | IDT_CODE);
	g.low = x86_load(x, x->idt_base + at, 2);
	g.high = x86_load(x, x->idt_base + at + 4, 2);
	g.type = X86_TYPE(g.high);
	if (g.type != X86_TASK_GATE && g.type != X86_INTERRUPT_GATE16 &&
	    g.type != X86_TRAP_GATE16 && g.type != X86_INTERRUPT_GATE32 &&
	    g.type != X86_TRAP_GATE32)
		x86_raise_code(x, X86_GP, at | IDT_CODE);
	if (e->software && X86_DPL(g.high) < x86_cpl(x))
		x86_raise_code(x, X86_GP, at | IDT_CODE);
	if (!(g.high & X86_PRESENT))
		x86_raise_code(x, X86_NP, at | IDT_CODE);
	return g;
}

static uint32_t deliver_task(struct x86 *x, const struct x86_event *e, const struct idt_gate *g)
{
	struct x86_descriptor tss = x86_check_tss(x, g->low >> 16, false, X86_GP);
	bool wide = x86_is_tss32(tss.high);
	uint32_t pc = x86_task_switch(x, &tss, X86_TASK_CALL, e->eip, e->fault ? X86_RF : 0);

	if (e->has_code) {
		struct x86_stack s = x86_stack_current(x);

		x86_push(x, &s, wide ? 4 : 2, e->code);
		x86_stack_commit_esp(x, &s);
	}
	return pc;
}

static struct x86_target gate_target(struct x86 *x, const struct idt_gate *g, bool wide)
{
	uint32_t selector = g->low >> 16;
	struct x86_descriptor d;

	if (X86_NULL(selector))
		x86_raise_code(x, X86_GP, 0);
	if (!x86_descriptor_read(x, selector, &d) || !x86_is_code(d.high) ||
	    X86_DPL(d.high) > x86_cpl(x))
		x86_raise_selector(x, X86_GP, selector);
	if (!(d.high & X86_PRESENT))
		x86_raise_selector(x, X86_NP, selector);
	/* Out of virtual-8086 mode it goes to level 0 only. */
	if (x86_v86(x) && (x86_is_conforming(d.high) || X86_DPL(d.high) != 0))
		x86_raise_selector(x, X86_GP, selector);
	x86_descriptor_change(x, &d, 0, X86_ACCESSED);
	return (struct x86_target){ x86_descriptor_segment(&d),
				    (g->low & 0xffff) | (wide ? g->high & 0xffff0000 : 0) };
}

/* The registers as the handler finds them on the stack. */
static void push_frame(struct x86 *x, struct x86_stack *s, const struct x86_event *e, unsigned size)
{
	x86_push(x, s, size, x86_eflags(x) | (e->fault ? X86_RF : 0));
	x86_push(x, s, size, x->segment[X86_CS].selector);
	x86_push(x, s, size, e->eip);
	if (e->has_code)
		x86_push(x, s, size, e->code);
}

static void enter_flags(struct x86 *x, const struct idt_gate *g)
{
	bool masks = g->type == X86_INTERRUPT_GATE16 || g->type == X86_INTERRUPT_GATE32;

	x86_write_eflags(x, 0, X86_TF | X86_NT | X86_RF | X86_VM | (masks ? X86_IF : 0));
}

static uint32_t deliver_same_level(struct x86 *x, const struct x86_event *e,
				   const struct idt_gate *g, const struct x86_target *t,
				   unsigned size)
{
	struct x86_stack s = x86_stack_current(x);

	x86_stack_room(x, &s, e->has_code ? 4 : 3, size);
	x86_check_target(x, t);
	push_frame(x, &s, e, size);
	x86_stack_commit_esp(x, &s);
	enter_flags(x, g);
	return x86_enter_target(x, t, x86_cpl(x));
}

static uint32_t deliver_inner_level(struct x86 *x, const struct x86_event *e,
				    const struct idt_gate *g, const struct x86_target *t,
				    unsigned size)
{
	static const uint8_t data[] = { X86_GS, X86_FS, X86_DS, X86_ES };
	unsigned cpl = X86_DPL(t->segment.access);
	struct x86_stack s = x86_inner_stack(x, cpl);
	bool v86 = x86_v86(x);

	x86_stack_room(x, &s, (e->has_code ? 6 : 5) + (v86 ? 4 : 0), size);
	x86_check_target(x, t);
	for (unsigned i = 0; v86 && i < COUNT_OF(data); i++)
		x86_push(x, &s, size, x->segment[data[i]].selector);
	x86_push(x, &s, size, x->segment[X86_SS].selector);
	x86_push(x, &s, size, x->r[X86_ESP]);
	push_frame(x, &s, e, size);
	enter_flags(x, g);
	x86_stack_commit(x, &s);
	for (unsigned i = 0; v86 && i < COUNT_OF(data); i++)
		x86_load_null_segment(x, data[i], 0);
	return x86_enter_target(x, t, cpl);
}

uint32_t x86_deliver_protected(struct x86 *x, const struct x86_event *e)
{
	struct idt_gate g = read_gate(x, e);
	struct x86_target t;
	unsigned size;

	if (g.type == X86_TASK_GATE)
		return deliver_task(x, e, &g);
	size = g.type == X86_INTERRUPT_GATE32 || g.type == X86_TRAP_GATE32 ? 4 : 2;
	t = gate_target(x, &g, size == 4);
	if (X86_DPL(t.segment.access) < x86_cpl(x) && !x86_is_conforming(t.segment.access))
		return deliver_inner_level(x, e, &g, &t, size);
	return deliver_same_level(x, e, &g, &t, size);
}
