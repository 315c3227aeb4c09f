/* SPDX-License-Identifier: BSD-2-Clause
 *
 * x87 instructions of one or two registers without a memory form: square root,
 * remainders, rounding, transcendental ones (SDM 1, 8.3.5 and 8.3.7), all by the host.
 */
#include "guest/x86/x87_fast.h"
#include "guest/x86/x87_host.h"

#define FUNCTION(name) X87_HOST(host_##name, #name)
FUNCTION(f2xm1)
FUNCTION(fyl2x)
FUNCTION(fptan)
FUNCTION(fpatan)
FUNCTION(fxtract)
FUNCTION(fprem1)
FUNCTION(fprem)
FUNCTION(fyl2xp1)
FUNCTION(fsqrt)
FUNCTION(fsincos)
FUNCTION(frndint)
FUNCTION(fscale)
FUNCTION(fsin)
FUNCTION(fcos)

/* What conditions it reports beside C1. */
static const struct {
	x87_host_fn *fn;
	uint8_t count; /* of operands */
	bool pops, pushes;
	uint32_t condition;
} functions[] = {
	[X87_F2XM1] = { host_f2xm1, 1, false, false, 0 },
	[X87_FYL2X] = { host_fyl2x, 2, true, false, 0 },
	[X87_FPTAN] = { host_fptan, 1, false, true, X87_C2 },
	[X87_FPATAN] = { host_fpatan, 2, true, false, 0 },
	[X87_FXTRACT] = { host_fxtract, 1, false, true, 0 },
	[X87_FPREM1] = { host_fprem1, 2, false, false, X87_CONDITION },
	[X87_FPREM] = { host_fprem, 2, false, false, X87_CONDITION },
	[X87_FYL2XP1] = { host_fyl2xp1, 2, true, false, 0 },
	[X87_FSQRT] = { host_fsqrt, 1, false, false, 0 },
	[X87_FSINCOS] = { host_fsincos, 1, false, true, X87_C2 },
	[X87_FRNDINT] = { host_frndint, 1, false, false, 0 },
	[X87_FSCALE] = { host_fscale, 2, false, false, 0 },
	[X87_FSIN] = { host_fsin, 1, false, false, X87_C2 },
	[X87_FCOS] = { host_fcos, 1, false, false, X87_C2 },
};

/* Too few operands, or no room for the second result. */
static void function_fault(struct x86 *x, enum x87_function n, bool overflow)
{
	struct x86_fpu *f = &x->fpu;

	if (f->control & X87_IE) {
		if (functions[n].pops)
			x87_pop(f);
		x87_set(f, 0, X87_INDEFINITE);
		f->empty &= ~(1u << f->top);
		if (functions[n].pushes)
			x87_push(f, X87_INDEFINITE);
	}
	if (functions[n].condition & X87_C2)
		f->status &= ~X87_C2;
	x87_exceptions(x, X87_IE | X87_SF, overflow ? X87_C1 : 0);
}

/* The host's stack as it is after the instruction becomes the guest's. */
static void function_results(struct x86_fpu *f, const struct x87_host *h)
{
	unsigned depth = h->depth;

	if (depth > h->count)
		x87_push(f, h->out[0]);
	for (; depth < h->count; depth++)
		x87_pop(f);
	for (unsigned i = 0; i < h->depth; i++)
		x87_set(f, i, h->out[i]);
}

/* The host's root of a normal number, rounded to nearest in 64 bits; whether it is exact
 * its square tells. */
static bool root_fast(struct x86_fpu *f)
{
	struct x87_value v = x87_get(f, 0);
	struct x87_host h = { .in = { v }, .count = 1 };
	x87_wide square, of;
	unsigned up;

	if (x87_cut(f->control) || x87_is_empty(f, 0) || !x87_is_normal(v) ||
	    v.exponent & X87_SIGN || !x87_host_plain(&h, host_fsqrt))
		return false;
	/* Exponents: of an odd one (the bias is odd) the significand counts twice. */
	of = (x87_wide)v.significand << (v.exponent & 1 ? 63 : 64);
	square = (x87_wide)h.out[0].significand * h.out[0].significand;
	up = square > of;
	f->status = (f->status & ~X87_C1) | (square != of ? X87_PE : 0) | (up ? X87_C1 : 0);
	x87_set(f, 0, h.out[0]);
	return true;
}

uint64_t x87_help_function(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	struct x86_fpu *f = &x->fpu;
	enum x87_function n = (enum x87_function)a;
	struct x87_host h = { .in = { x87_get(f, 0), x87_get(f, 1) },
			      .count = functions[n].count,
			      .control = f->control,
			      .known = f->status };
	uint32_t condition = functions[n].condition;

	(void)b, (void)c, (void)d;
	if (n == X87_FSQRT && root_fast(f))
		return 0;
	if (condition == X87_CONDITION) /* it tells whether there is a quotient */
		h.known &= ~X87_IE;
	if (X87_UNLIKELY(x87_is_empty(f, 0) || (h.count == 2 && x87_is_empty(f, 1)))) {
		function_fault(x, n, false);
		return 0;
	}
	if (X87_UNLIKELY(functions[n].pushes && !x87_is_empty(f, 7))) {
		function_fault(x, n, true);
		return 0;
	}
	x87_host_run(&h, functions[n].fn);
	function_results(f, &h);
	if (condition == X87_CONDITION && (h.status & X87_IE || x87_suppressed(f, h.status) ||
					   (h.out[0].exponent & 0x7fff) == 0x7fff))
		condition = X87_C2; /* no quotient: the others as they were */
	f->status = (f->status & ~condition) | (h.status & condition);
	x87_exceptions(x, h.status & X87_EXCEPTIONS, h.status & X87_C1);
	return 0;
}
