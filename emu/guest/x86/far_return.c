/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Far returns and IRET (SDM 2: RET, IRET; SDM 3, 5.8.6 and 6.12), SYSENTER and SYSEXIT.
 */
#include "guest/x86/protect.h"

/* What comes off the stack, first to last. */
struct far_frame {
	unsigned size;
	uint32_t release; /* bytes of parameters */
	uint32_t eip, cs;
	bool iret;
	uint32_t eflags; /* IRET */
	struct x86_stack stack;
};

static void frame_pop(struct x86 *x, struct far_frame *f)
{
	f->stack = x86_stack_current(x);
	f->eip = x86_pop(x, &f->stack, f->size);
	f->cs = x86_pop(x, &f->stack, f->size) & 0xffff;
	if (f->iret)
		f->eflags = x86_pop(x, &f->stack, f->size);
}

/* EFLAGS from a frame; `cpl` is the one before the return. */
static void frame_eflags(struct x86 *x, const struct far_frame *f, unsigned cpl)
{
	uint32_t mask = X86_IRET_FLAGS;

	if (cpl <= x86_iopl(x))
		mask |= X86_IF;
	if (cpl == 0)
		mask |= X86_IOPL;
	if (f->size == 2)
		mask &= 0xffff;
	x86_write_eflags(x, f->eflags, mask);
}

static uint32_t return_plain(struct x86 *x, struct far_frame *f)
{
	struct x86_segment *cs = &x->segment[X86_CS];
	unsigned cpl = x86_cpl(x);

	if (f->iret && x86_v86(x) && x86_iopl(x) < 3)
		x86_raise_code(x, X86_GP, 0);
	frame_pop(x, f);
	if (f->eip > cs->limit)
		x86_raise_code(x, X86_GP, 0);
	x86_stack_release(&f->stack, f->release);
	x86_stack_commit_esp(x, &f->stack);
	x86_load_plain_segment(x, X86_CS, (uint16_t)f->cs);
	if (f->iret)
		frame_eflags(x, f, cpl);
	return cs->base + f->eip;
}

/* The code segment returned to; its privilege is the selector's RPL. */
static struct x86_target return_target(struct x86 *x, const struct far_frame *f)
{
	unsigned rpl = X86_RPL(f->cs), dpl;
	struct x86_descriptor d;

	if (X86_NULL(f->cs))
		x86_raise_code(x, X86_GP, 0);
	if (!x86_descriptor_read(x, f->cs, &d) || !x86_is_code(d.high) || rpl < x86_cpl(x))
		x86_raise_selector(x, X86_GP, f->cs);
	dpl = X86_DPL(d.high);
	if (x86_is_conforming(d.high) ? dpl > rpl : dpl != rpl)
		x86_raise_selector(x, X86_GP, f->cs);
	if (!(d.high & X86_PRESENT))
		x86_raise_selector(x, X86_NP, f->cs);
	x86_descriptor_change(x, &d, 0, X86_ACCESSED);
	return (struct x86_target){ x86_descriptor_segment(&d), f->eip };
}

/* A less privileged level mustn't keep segments that it couldn't have loaded. */
static void drop_segments(struct x86 *x, unsigned cpl)
{
	static const uint8_t data[] = { X86_ES, X86_DS, X86_FS, X86_GS };

	for (unsigned i = 0; i < COUNT_OF(data); i++) {
		const struct x86_segment *s = &x->segment[data[i]];

		if (!(s->access & X86_PRESENT) || X86_DPL(s->access) >= cpl ||
		    (x86_is_code(s->access) && x86_is_conforming(s->access)))
			continue;
		x86_load_null_segment(x, data[i], 0);
	}
}

static uint32_t return_outer(struct x86 *x, struct far_frame *f, const struct x86_target *t)
{
	unsigned cpl = X86_RPL(f->cs), before = x86_cpl(x);
	struct x86_stack outer;
	struct x86_segment ss;
	uint32_t esp;

	x86_stack_release(&f->stack, f->release);
	esp = x86_pop(x, &f->stack, f->size);
	ss = x86_check_stack_segment(x, x86_pop(x, &f->stack, f->size) & 0xffff, cpl, X86_GP);
	x86_check_target(x, t);
	outer = x86_stack_of(&ss, esp, cpl);
	x86_stack_release(&outer, f->release);
	if (f->iret)
		frame_eflags(x, f, before);
	x86_stack_commit(x, &outer);
	drop_segments(x, cpl);
	return x86_enter_target(x, t, cpl);
}

static uint32_t return_protected(struct x86 *x, struct far_frame *f)
{
	unsigned cpl = x86_cpl(x);
	struct x86_target t = return_target(x, f);

	if (X86_RPL(f->cs) > cpl)
		return return_outer(x, f, &t);
	x86_check_target(x, &t);
	x86_stack_release(&f->stack, f->release);
	x86_stack_commit_esp(x, &f->stack);
	if (f->iret)
		frame_eflags(x, f, cpl);
	return x86_enter_target(x, &t, cpl);
}

uint64_t x86_help_far_return(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct far_frame f = { .size = (unsigned)a, .release = (uint32_t)b };
	struct x86 *x = cpu;

	(void)c, (void)d;
	if (!x86_protected(x))
		return return_plain(x, &f);
	frame_pop(x, &f);
	return return_protected(x, &f);
}

/* To virtual-8086 mode: all segment registers come off the stack. */
static uint32_t return_v86(struct x86 *x, struct far_frame *f)
{
	static const uint8_t order[] = { X86_SS, X86_ES, X86_DS, X86_FS, X86_GS };
	uint32_t esp = x86_pop(x, &f->stack, 4);
	uint16_t selector[COUNT_OF(order)];

	for (unsigned i = 0; i < COUNT_OF(order); i++)
		selector[i] = (uint16_t)x86_pop(x, &f->stack, 4);
	if (f->eip > 0xffff)
		x86_raise_code(x, X86_GP, 0);
	x86_write_eflags(x, f->eflags, X86_IRET_FLAGS | X86_IF | X86_IOPL | X86_VM);
	for (unsigned i = 0; i < COUNT_OF(order); i++)
		x86_load_v86_segment(x, order[i], selector[i]);
	x86_load_v86_segment(x, X86_CS, (uint16_t)f->cs);
	x->r[X86_ESP] = esp;
	return x->segment[X86_CS].base + f->eip;
}

/* NT: back to the task that the TSS links to.  This one goes on after the IRET. */
static uint32_t return_task(struct x86 *x, uint32_t next)
{
	uint16_t link = (uint16_t)x86_load(x, x->tr.base, 1);
	struct x86_descriptor tss = x86_check_tss(x, link, true, X86_TS);
	uint32_t pc = x86_task_switch(x, &tss, X86_TASK_RETURN, next, 0);

	x86_task_trap(x, pc);
	return pc;
}

static uint32_t iret_protected(struct x86 *x, struct far_frame *f, uint32_t next)
{
	if (x->eflags & X86_NT)
		return return_task(x, next);
	frame_pop(x, f);
	if (f->size == 4 && f->eflags & X86_VM && x86_cpl(x) == 0)
		return return_v86(x, f);
	return return_protected(x, f);
}

/* Also ends what keeps further NMIs off, before anything can fault (SDM 3, 6.7.1). */
uint64_t x86_help_iret(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct far_frame f = { .size = (unsigned)a, .iret = true };
	struct x86 *x = cpu;

	(void)c, (void)d;
	if (x->nmi_blocked) {
		x->nmi_blocked = false;
		if (x->nmi_pending)
			cpu_unmask(&x->cpu);
	}
	return x86_protected(x) ? iret_protected(x, &f, (uint32_t)b) : return_plain(x, &f);
}

/* Flat segments without descriptors (SDM 2: SYSENTER, SYSEXIT). */
static void set_flat(struct x86 *x, unsigned segment, uint32_t selector, unsigned cpl)
{
	uint32_t access = X86_PRESENT | X86_ORDINARY | X86_WRITABLE | X86_ACCESSED | X86_BIG |
			  X86_GRANULAR | cpl << 13;

	if (segment == X86_CS)
		access |= X86_CODE;
	x86_set_segment(x, segment, (uint16_t)((selector & ~3u) | cpl), 0, 0xffffffff, access);
}

/* Fields of the TSC-era MSRs: only with SEP. */
static void require_sysenter(struct x86 *x)
{
	if (!(x->model->features & X86_FEATURE_SEP))
		x86_raise(x, X86_UD);
	if (!(x->cr0 & X86_CR0_PE) || X86_NULL(x->sysenter_cs))
		x86_raise_code(x, X86_GP, 0);
}

uint64_t x86_help_sysenter(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)a, (void)b, (void)c, (void)d;
	require_sysenter(x);
	x86_write_eflags(x, 0, X86_VM | X86_IF | X86_RF);
	set_flat(x, X86_CS, x->sysenter_cs, 0);
	set_flat(x, X86_SS, x->sysenter_cs + 8, 0);
	x->r[X86_ESP] = x->sysenter_esp;
	return x->sysenter_eip;
}

uint64_t x86_help_sysexit(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)a, (void)b, (void)c, (void)d;
	require_sysenter(x);
	x86_require_cpl0(x);
	set_flat(x, X86_CS, x->sysenter_cs + 16, 3);
	set_flat(x, X86_SS, x->sysenter_cs + 24, 3);
	x->r[X86_ESP] = x->r[X86_ECX];
	return x->r[X86_EDX];
}
