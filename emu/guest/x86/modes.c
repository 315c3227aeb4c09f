/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The mode flags that translated code depends on, segment registers' hidden parts and
 * what follows from them: spans, and numbers for code segments.
 */
#include "guest/x86/protect.h"

#define CODE_SEGMENTS_MOST (X86_CODE_SEGMENTS / 4 * 3)
#define FLAT 0xffffffffu

uint32_t x86_modes(const struct cpu *cpu)
{
	const struct x86 *x = (const struct x86 *)cpu;
	uint32_t modes = x->segment_modes;

	if (x86_cpl(x) == 3) {
		modes |= X86_MODE_USER;
		if (x->cr0 & X86_CR0_AM && x->eflags & X86_AC)
			modes |= X86_MODE_ALIGN;
	}
	if (x->shadow)
		modes |= X86_MODE_SHADOW;
	if (x->dr[7] & 0xff) {
		if (x86_breaks_code(x))
			modes |= X86_MODE_BREAKS;
		if (x86_breaks_data(x))
			modes |= X86_MODE_TRAP;
	}
	if (x->eflags & X86_TF)
		modes |= X86_MODE_TRAP;
	modes |= x86_fpu_modes(x);
	if (!(x->cr0 & X86_CR0_PE))
		modes |= X86_MODE_REAL;
	if (x->eflags & X86_VM)
		modes |= X86_MODE_REAL | X86_MODE_V86;
	return modes;
}

unsigned x86_fetch_space(uint32_t modes)
{
	return modes & X86_MODE_USER ? X86_SPACE_USER : X86_SPACE_KERNEL;
}

static unsigned code_segment_hash(uint32_t base, uint32_t limit, bool wide)
{
	uint32_t h = (base >> 4 ^ base >> 16) * 0x9e3779b1u + limit * 0x85ebca6bu + wide;

	return h >> 20 & (X86_CODE_SEGMENTS - 1);
}

/* Number 0 is the flat segment; the others are found by hash, from there on upwards. */
static uint32_t code_segment_number(struct x86 *x, uint32_t base, uint32_t limit, bool wide)
{
	unsigned i;

	if (base == 0 && limit == FLAT && wide)
		return 0;
	for (i = code_segment_hash(base, limit, wide);; i = (i + 1) & (X86_CODE_SEGMENTS - 1)) {
		const struct x86_code_segment *c = &x->code[i];

		if (!c->used)
			break;
		if (i && c->base == base && c->limit == limit && c->wide == wide)
			return i;
	}
	x->code[i] = (struct x86_code_segment){
		.base = base, .limit = limit, .wide = wide, .used = true
	};
	x->code_count++;
	return i;
}

static void forget_code_segments(struct x86 *x)
{
	for (unsigned i = 0; i < X86_CODE_SEGMENTS; i++)
		x->code[i] = (struct x86_code_segment){ .used = i == 0 };
	x->code[0].limit = FLAT;
	x->code[0].wide = true;
	x->code_count = 1;
}

static void number_code(struct x86 *x)
{
	const struct x86_segment *cs = &x->segment[X86_CS];

	x->code_number = code_segment_number(x, cs->base, cs->limit, (cs->access & X86_BIG) != 0);
	x->segment_modes = (x->segment_modes & ~X86_MODE_CODE) | x->code_number;
}

void x86_reset_code_segments(struct x86 *x)
{
	forget_code_segments(x);
	number_code(x);
}

/* Offsets at which 16 bytes can be read and written; see state.h. */
static void set_spans(struct x86_segment *s)
{
	uint32_t span = s->limit >= 15 ? s->limit - 14 : 0;
	bool is_code = s->access & X86_CODE;

	s->span = s->span_write = 0;
	if ((s->access & (X86_PRESENT | X86_ORDINARY)) != (X86_PRESENT | X86_ORDINARY))
		return;
	if (is_code) {
		if (s->access & X86_READABLE)
			s->span = span;
	} else if (!(s->access & X86_DOWN)) {
		s->span = span;
		if (s->access & X86_WRITABLE)
			s->span_write = span;
	}
}

void x86_set_segment(struct x86 *x, unsigned segment, uint16_t selector, uint32_t base,
		     uint32_t limit, uint32_t access)
{
	struct x86_segment *s = &x->segment[segment];
	uint32_t modes = x->segment_modes;

	x86_fpu_keep_selectors(x);
	s->selector = selector;
	s->base = base;
	s->limit = limit;
	s->access = access & X86_ACCESS_MASK;
	set_spans(s);
	modes &= ~(X86_MODE_FREE(segment));
	if (limit == FLAT && s->span_write)
		modes |= X86_MODE_FREE(segment);
	if (segment == X86_ES || segment == X86_SS || segment == X86_DS) {
		modes &= ~X86_MODE_ZERO(segment);
		if (base == 0)
			modes |= X86_MODE_ZERO(segment);
	}
	if (segment == X86_SS) {
		modes &= ~X86_MODE_STACK32;
		if (access & X86_BIG)
			modes |= X86_MODE_STACK32;
	}
	x->segment_modes = modes;
	if (segment != X86_CS)
		return;
	if (x->code_count >= CODE_SEGMENTS_MOST) {
		forget_code_segments(x);
		cpu_forget_code(&x->cpu);
	}
	number_code(x);
}
