/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Loads of data and stack segment registers (SDM 2: MOV; SDM 3, 5.6 and 5.7), in all
 * modes.  In real mode limit and size stay, which programs use to reach all memory.
 */
#include "guest/x86/protect.h"

struct x86_segment x86_check_stack_segment(struct x86 *x, uint32_t selector, unsigned cpl,
					   enum x86_vector bad)
{
	struct x86_descriptor d;

	if (X86_NULL(selector) || !x86_descriptor_read(x, selector, &d) ||
	    X86_RPL(selector) != cpl || X86_DPL(d.high) != cpl || !x86_is_writable(d.high))
		x86_raise_selector(x, bad, selector);
	if (!(d.high & X86_PRESENT))
		x86_raise_selector(x, X86_SS_FAULT, selector);
	x86_descriptor_change(x, &d, 0, X86_ACCESSED);
	return x86_descriptor_segment(&d);
}

struct x86_segment x86_check_data_segment(struct x86 *x, uint32_t selector, unsigned cpl,
					  enum x86_vector bad)
{
	struct x86_descriptor d;
	bool conforming;

	if (!x86_descriptor_read(x, selector, &d) || !(d.high & X86_ORDINARY) ||
	    (x86_is_code(d.high) && !(d.high & X86_READABLE)))
		x86_raise_selector(x, bad, selector);
	conforming = x86_is_code(d.high) && x86_is_conforming(d.high);
	if (!conforming && (X86_RPL(selector) > X86_DPL(d.high) || cpl > X86_DPL(d.high)))
		x86_raise_selector(x, bad, selector);
	if (!(d.high & X86_PRESENT))
		x86_raise_selector(x, X86_NP, selector);
	x86_descriptor_change(x, &d, 0, X86_ACCESSED);
	return x86_descriptor_segment(&d);
}

void x86_load_real_segment(struct x86 *x, unsigned segment, uint16_t selector)
{
	const struct x86_segment *s = &x->segment[segment];

	x86_set_segment(x, segment, selector, (uint32_t)selector << 4, s->limit,
			(s->access & (X86_BIG | X86_GRANULAR)) | X86_REAL_ACCESS);
}

void x86_load_v86_segment(struct x86 *x, unsigned segment, uint16_t selector)
{
	x86_set_segment(x, segment, selector, (uint32_t)selector << 4, 0xffff, X86_V86_ACCESS);
}

/* The limit is what real mode would find. */
void x86_load_null_segment(struct x86 *x, unsigned segment, uint16_t selector)
{
	x86_set_segment(x, segment, selector, 0, 0xffff, 0);
}

void x86_load_plain_segment(struct x86 *x, unsigned segment, uint16_t selector)
{
	if (x86_v86(x))
		x86_load_v86_segment(x, segment, selector);
	else
		x86_load_real_segment(x, segment, selector);
}

static void load_protected(struct x86 *x, unsigned segment, uint16_t selector)
{
	unsigned cpl = x86_cpl(x);
	struct x86_segment s;

	if (segment == X86_SS) {
		s = x86_check_stack_segment(x, selector, cpl, X86_GP);
	} else if (X86_NULL(selector)) {
		x86_load_null_segment(x, segment, selector);
		return;
	} else {
		s = x86_check_data_segment(x, selector, cpl, X86_GP);
	}
	x86_put_segment(x, segment, &s);
}

uint64_t x86_help_load_segment(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	uint32_t modes = x->segment_modes;

	(void)c, (void)d;
	if (x86_protected(x))
		load_protected(x, (unsigned)a, (uint16_t)b);
	else
		x86_load_plain_segment(x, (unsigned)a, (uint16_t)b);
	if (a == X86_SS)
		x->shadow = 1;
	return a == X86_SS || x->segment_modes != modes;
}
