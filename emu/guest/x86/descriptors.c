/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Descriptor tables (SDM 3, 3.4.5 and 3.5), and the instructions that look at descriptors
 * or load table registers (SDM 2: LAR, LSL, VERR, VERW, ARPL, LLDT, LTR, LGDT, LIDT, and
 * those that store them).
 */
#include "guest/x86/protect.h"

bool x86_descriptor_read(struct x86 *x, uint32_t selector, struct x86_descriptor *d)
{
	uint32_t base = x->gdt_base, limit = x->gdt_limit, offset = selector & 0xfff8;

	if (X86_IN_LDT(selector)) {
		if (!(x->ldtr.access & X86_PRESENT))
			return false;
		base = x->ldtr.base;
		limit = x->ldtr.limit;
	}
	if (offset + 7 > limit)
		return false;
	d->selector = (uint16_t)selector;
	d->low = x86_load(x, base + offset, 2);
	d->high = x86_load(x, base + offset + 4, 2);
	return true;
}

uint32_t x86_descriptor_base(const struct x86_descriptor *d)
{
	return d->low >> 16 | (d->high & 0xff) << 16 | (d->high & 0xff000000);
}

uint32_t x86_descriptor_limit(const struct x86_descriptor *d)
{
	uint32_t limit = (d->low & 0xffff) | (d->high & 0xf0000);

	return d->high & X86_GRANULAR ? limit << 12 | 0xfff : limit;
}

/* Only the byte with type and rights is written. */
void x86_descriptor_change(struct x86 *x, struct x86_descriptor *d, uint32_t clear, uint32_t set)
{
	uint32_t high = (d->high & ~clear) | set;
	uint32_t base = X86_IN_LDT(d->selector) ? x->ldtr.base : x->gdt_base;

	if (high == d->high)
		return;
	x86_store(x, base + (d->selector & 0xfff8) + 5, 0, high >> 8 & 0xff);
	d->high = high;
}

struct x86_segment x86_descriptor_segment(const struct x86_descriptor *d)
{
	return (struct x86_segment){
		.base = x86_descriptor_base(d),
		.limit = x86_descriptor_limit(d),
		.access = d->high & X86_ACCESS_MASK,
		.selector = d->selector,
	};
}

static void set_zf(struct x86 *x, bool zf)
{
	x86_set_flags(x, (x86_flags(x) & ~X86_ZF) | (zf ? X86_ZF : 0));
}

/* Not in real and virtual-8086 mode: #UD. */
static void require_protected(struct x86 *x)
{
	if (!x86_protected(x))
		x86_raise(x, X86_UD);
}

static bool is_visible(const struct x86 *x, const struct x86_descriptor *d)
{
	unsigned cpl = x86_cpl(x), rpl = X86_RPL(d->selector), dpl = X86_DPL(d->high);

	if (x86_is_code(d->high) && x86_is_conforming(d->high))
		return true;
	return cpl <= dpl && rpl <= dpl;
}

/* For LAR and LSL; `types`: bits of system types they take. */
static bool look_at(struct x86 *x, uint32_t selector, uint32_t types, struct x86_descriptor *d)
{
	require_protected(x);
	if (X86_NULL(selector) || !x86_descriptor_read(x, selector, d))
		return false;
	if (!(d->high & X86_ORDINARY) && !(types >> X86_TYPE(d->high) & 1))
		return false;
	return is_visible(x, d);
}

#define TSS_TYPES (1u << X86_TSS16 | 1u << X86_TSS16_BUSY | 1u << X86_TSS32 | 1u << X86_TSS32_BUSY)
#define LSL_TYPES (TSS_TYPES | 1u << X86_LDT)
#define LAR_TYPES (LSL_TYPES | 1u << X86_CALL_GATE16 | 1u << X86_CALL_GATE32 | 1u << X86_TASK_GATE)

uint64_t x86_help_lar(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	struct x86_descriptor t;
	bool good = look_at(x, (uint16_t)a, LAR_TYPES, &t);

	(void)b, (void)d;
	set_zf(x, good);
	return good ? t.high & X86_ACCESS_MASK : (uint32_t)c;
}

uint64_t x86_help_lsl(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	struct x86_descriptor t;
	bool good = look_at(x, (uint16_t)a, LSL_TYPES, &t);

	(void)b, (void)d;
	set_zf(x, good);
	return good ? x86_descriptor_limit(&t) : (uint32_t)c;
}

uint64_t x86_help_verr(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	struct x86_descriptor t;

	(void)b, (void)c, (void)d;
	set_zf(x,
	       look_at(x, (uint16_t)a, 0, &t) && (!x86_is_code(t.high) || t.high & X86_READABLE));
	return 0;
}

uint64_t x86_help_verw(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	struct x86_descriptor t;

	(void)b, (void)c, (void)d;
	set_zf(x, look_at(x, (uint16_t)a, 0, &t) && x86_is_writable(t.high));
	return 0;
}

uint64_t x86_help_arpl(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	bool lower = X86_RPL(a) < X86_RPL(b);

	(void)c, (void)d;
	require_protected(x);
	set_zf(x, lower);
	return lower ? (a & 0xfffc) | X86_RPL(b) : a & 0xffff;
}

uint64_t x86_help_lldt(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	uint16_t selector = (uint16_t)a;
	struct x86_descriptor t;

	(void)b, (void)c, (void)d;
	require_protected(x);
	x86_require_cpl0(x);
	if (X86_NULL(selector)) {
		x->ldtr = (struct x86_segment){ .selector = selector };
		return 0;
	}
	if (X86_IN_LDT(selector) || !x86_descriptor_read(x, selector, &t) ||
	    X86_TYPE(t.high) != X86_LDT)
		x86_raise_selector(x, X86_GP, selector);
	if (!(t.high & X86_PRESENT))
		x86_raise_selector(x, X86_NP, selector);
	x->ldtr = x86_descriptor_segment(&t);
	return 0;
}

uint64_t x86_help_ltr(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	struct x86_descriptor t;

	(void)b, (void)c, (void)d;
	require_protected(x);
	x86_require_cpl0(x);
	if (X86_NULL(a))
		x86_raise_code(x, X86_GP, 0);
	t = x86_check_tss(x, (uint16_t)a, false, X86_GP);
	x86_descriptor_change(x, &t, 0, X86_BUSY);
	x->tr = x86_descriptor_segment(&t);
	return 0;
}

/* The operand is a data access of the current privilege level, which must be 0. */
static uint32_t load_table(struct x86 *x, uint32_t linear, unsigned size, uint16_t *limit)
{
	uint32_t base;

	x86_require_cpl0(x);
	*limit = (uint16_t)x86_load(x, linear, 1);
	base = x86_load(x, linear + 2, 2);
	return size == 2 ? base & 0xffffff : base;
}

uint64_t x86_help_lgdt(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	uint16_t limit;
	uint32_t base = load_table(x, (uint32_t)a, (unsigned)b, &limit);

	(void)c, (void)d;
	x->gdt_base = base;
	x->gdt_limit = limit;
	return 0;
}

uint64_t x86_help_lidt(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	uint16_t limit;
	uint32_t base = load_table(x, (uint32_t)a, (unsigned)b, &limit);

	(void)c, (void)d;
	x->idt_base = base;
	x->idt_limit = limit;
	return 0;
}

uint64_t x86_help_sgdt(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)a, (void)b, (void)c, (void)d;
	return (uint64_t)x->gdt_base << 16 | x->gdt_limit;
}

uint64_t x86_help_sidt(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)a, (void)b, (void)c, (void)d;
	return (uint64_t)x->idt_base << 16 | x->idt_limit;
}

uint64_t x86_help_sldt(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)a, (void)b, (void)c, (void)d;
	require_protected(x);
	return x->ldtr.selector;
}

uint64_t x86_help_str(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)a, (void)b, (void)c, (void)d;
	require_protected(x);
	return x->tr.selector;
}
