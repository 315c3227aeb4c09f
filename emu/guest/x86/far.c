/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Far jumps and calls (SDM 2: JMP, CALL; SDM 3, 5.8): code segments, call gates with
 * their change of stacks, task gates and TSSs.
 */
#include "guest/x86/protect.h"

/* Where a far transfer goes: the instruction's operands. */
struct far_operand {
	uint16_t selector;
	uint32_t offset, size;
	uint32_t return_eip;
	bool call;
};

void x86_check_target(struct x86 *x, const struct x86_target *t)
{
	if (t->eip > t->segment.limit)
		x86_raise_code(x, X86_GP, 0);
}

uint32_t x86_enter_target(struct x86 *x, const struct x86_target *t, unsigned cpl)
{
	uint16_t selector = (uint16_t)((t->segment.selector & ~3u) | cpl);

	x86_set_segment(x, X86_CS, selector, t->segment.base, t->segment.limit, t->segment.access);
	return t->segment.base + t->eip;
}

static uint32_t far_plain(struct x86 *x, const struct far_operand *o)
{
	struct x86_segment *cs = &x->segment[X86_CS];
	struct x86_stack s = x86_stack_current(x);

	if (o->call)
		x86_stack_room(x, &s, 2, o->size);
	if (o->offset > cs->limit)
		x86_raise_code(x, X86_GP, 0);
	if (o->call) {
		x86_push(x, &s, o->size, cs->selector);
		x86_push(x, &s, o->size, o->return_eip);
		x86_stack_commit_esp(x, &s);
	}
	x86_load_plain_segment(x, X86_CS, o->selector);
	return cs->base + o->offset;
}

/* The return address on the current stack, and on. */
static uint32_t far_same_level(struct x86 *x, const struct far_operand *o, unsigned size,
			       const struct x86_target *t)
{
	struct x86_stack s = x86_stack_current(x);

	if (o->call)
		x86_stack_room(x, &s, 2, size);
	x86_check_target(x, t);
	if (o->call) {
		x86_push(x, &s, size, x->segment[X86_CS].selector);
		x86_push(x, &s, size, o->return_eip);
		x86_stack_commit_esp(x, &s);
	}
	return x86_enter_target(x, t, x86_cpl(x));
}

static uint32_t far_code(struct x86 *x, const struct far_operand *o, struct x86_descriptor *d)
{
	unsigned cpl = x86_cpl(x), dpl = X86_DPL(d->high);
	struct x86_target t;

	if (x86_is_conforming(d->high) ? dpl > cpl : X86_RPL(d->selector) > cpl || dpl != cpl)
		x86_raise_selector(x, X86_GP, d->selector);
	if (!(d->high & X86_PRESENT))
		x86_raise_selector(x, X86_NP, d->selector);
	x86_descriptor_change(x, d, 0, X86_ACCESSED);
	t.segment = x86_descriptor_segment(d);
	t.eip = o->offset;
	return far_same_level(x, o, o->size, &t);
}

/* Gates and TSSs: who may use them, and are they there. */
static void far_check_system(struct x86 *x, const struct x86_descriptor *d)
{
	unsigned dpl = X86_DPL(d->high);

	if (dpl < x86_cpl(x) || dpl < X86_RPL(d->selector))
		x86_raise_selector(x, X86_GP, d->selector);
	if (!(d->high & X86_PRESENT))
		x86_raise_selector(x, X86_NP, d->selector);
}

static uint32_t far_task(struct x86 *x, const struct far_operand *o, uint16_t selector)
{
	struct x86_descriptor tss = x86_check_tss(x, selector, false, X86_GP);
	uint32_t pc =
		x86_task_switch(x, &tss, o->call ? X86_TASK_CALL : X86_TASK_JUMP, o->return_eip, 0);

	x86_task_trap(x, pc);
	return pc;
}

struct x86_stack x86_inner_stack(struct x86 *x, unsigned cpl)
{
	bool wide = x86_is_tss32(x->tr.access);
	uint32_t offset = wide ? 4 + 8 * cpl : 2 + 4 * cpl, esp;
	struct x86_segment ss;
	struct x86_stack s;

	if (offset + (wide ? 8 : 4) - 1 > x->tr.limit)
		x86_raise_selector(x, X86_TS, x->tr.selector);
	esp = x86_load(x, x->tr.base + offset, wide ? 2 : 1);
	ss = x86_check_stack_segment(x, x86_load(x, x->tr.base + offset + (wide ? 4 : 2), 1), cpl,
				     X86_TS);
	s = x86_stack_of(&ss, esp, cpl);
	s.code = ss.selector & 0xfffc;
	return s;
}

/* Copies parameters and puts everything where the callee expects it. */
static void push_inner_frame(struct x86 *x, struct x86_stack *s, unsigned size, unsigned count,
			     uint32_t return_eip)
{
	struct x86_stack outer = x86_stack_current(x);
	uint32_t parameter[31];

	for (unsigned i = 0; i < count; i++)
		parameter[i] = x86_pop(x, &outer, size);
	x86_push(x, s, size, x->segment[X86_SS].selector);
	x86_push(x, s, size, x->r[X86_ESP]);
	for (unsigned i = count; i-- > 0;)
		x86_push(x, s, size, parameter[i]);
	x86_push(x, s, size, x->segment[X86_CS].selector);
	x86_push(x, s, size, return_eip);
}

static uint32_t far_inner_level(struct x86 *x, const struct far_operand *o, unsigned size,
				unsigned count, const struct x86_target *t)
{
	unsigned cpl = X86_DPL(t->segment.access);
	struct x86_stack s = x86_inner_stack(x, cpl);

	x86_stack_room(x, &s, 4 + count, size);
	x86_check_target(x, t);
	push_inner_frame(x, &s, size, count, o->return_eip);
	x86_stack_commit(x, &s);
	return x86_enter_target(x, t, cpl);
}

static uint32_t far_call_gate(struct x86 *x, const struct far_operand *o,
			      const struct x86_descriptor *gate)
{
	bool wide = X86_TYPE(gate->high) == X86_CALL_GATE32;
	uint16_t selector = (uint16_t)(gate->low >> 16);
	unsigned cpl = x86_cpl(x), dpl;
	struct x86_descriptor d;
	struct x86_target t;

	if (X86_NULL(selector))
		x86_raise_code(x, X86_GP, 0);
	if (!x86_descriptor_read(x, selector, &d) || !x86_is_code(d.high))
		x86_raise_selector(x, X86_GP, selector);
	dpl = X86_DPL(d.high);
	if (dpl > cpl || (!o->call && dpl != cpl && !x86_is_conforming(d.high)))
		x86_raise_selector(x, X86_GP, selector);
	if (!(d.high & X86_PRESENT))
		x86_raise_selector(x, X86_NP, selector);
	x86_descriptor_change(x, &d, 0, X86_ACCESSED);
	t.segment = x86_descriptor_segment(&d);
	t.eip = (gate->low & 0xffff) | (wide ? gate->high & 0xffff0000 : 0);
	if (dpl < cpl && !x86_is_conforming(d.high))
		return far_inner_level(x, o, wide ? 4 : 2, gate->high & 31, &t);
	return far_same_level(x, o, wide ? 4 : 2, &t);
}

static uint32_t far_protected(struct x86 *x, const struct far_operand *o)
{
	struct x86_descriptor d;

	if (X86_NULL(o->selector))
		x86_raise_code(x, X86_GP, 0);
	if (!x86_descriptor_read(x, o->selector, &d))
		x86_raise_selector(x, X86_GP, o->selector);
	if (x86_is_code(d.high))
		return far_code(x, o, &d);
	switch (X86_TYPE(d.high)) {
	case X86_CALL_GATE16:
	case X86_CALL_GATE32:
		far_check_system(x, &d);
		return far_call_gate(x, o, &d);
	case X86_TASK_GATE:
		far_check_system(x, &d);
		return far_task(x, o, (uint16_t)(d.low >> 16));
	case X86_TSS16:
	case X86_TSS32:
		far_check_system(x, &d);
		return far_task(x, o, o->selector);
	default:
		x86_raise_selector(x, X86_GP, o->selector);
	}
}

static uint32_t far_transfer(struct x86 *x, uint64_t selector, uint64_t offset, uint64_t size,
			     uint64_t return_eip, bool call)
{
	struct far_operand o = {
		.selector = (uint16_t)selector,
		.offset = size == 2 ? offset & 0xffff : (uint32_t)offset,
		.size = (uint32_t)size,
		.return_eip = (uint32_t)return_eip,
		.call = call,
	};

	return x86_protected(x) ? far_protected(x, &o) : far_plain(x, &o);
}

uint64_t x86_help_far_jump(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	return far_transfer(cpu, a, b, c, d, false);
}

uint64_t x86_help_far_call(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	return far_transfer(cpu, a, b, c, d, true);
}
