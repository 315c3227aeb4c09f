/* SPDX-License-Identifier: BSD-2-Clause
 *
 * x87 comparisons (SDM 1, 8.3.6): FCOM, FUCOM, FICOM, FCOMI, FUCOMI, FTST; FXAM.
 */
#include "guest/x86/x87_fast.h"
#include "guest/x86/x87_host.h"

#define UNORDERED (X87_C0 | X87_C2 | X87_C3)

X87_HOST(host_fcom, "fcom %%st(1)")
X87_HOST(host_fucom, "fucom %%st(1)")
X87_HOST(host_fcoms, "fcoms (%0)")
X87_HOST(host_fcoml, "fcoml (%0)")
X87_HOST(host_ftst, "ftst")

/* C0, C2 and C3 of comparing ST(0) with v; false: not simple. */
static inline bool compare_fast(uint32_t *c, struct x87_value a, struct x87_value b)
{
	bool less;

	if (X87_UNLIKELY((!x87_is_normal(a) && !x87_is_zero(a)) ||
			 (!x87_is_normal(b) && !x87_is_zero(b))))
		return false;
	if (a.significand == b.significand && (a.exponent == b.exponent || !a.significand)) {
		*c = X87_C3;
		return true;
	}
	if ((a.exponent ^ b.exponent) & X87_SIGN) {
		less = a.exponent & X87_SIGN;
	} else {
		less = a.exponent != b.exponent ? a.exponent < b.exponent :
						  a.significand < b.significand;
		if (a.exponent & X87_SIGN)
			less = !less;
	}
	*c = less ? X87_C0 : 0;
	return true;
}

/* Takes the condition to the status word, or yields it as flags; pops. */
static uint64_t compare_finish(struct x86 *x, uint32_t c, uint32_t flags, unsigned pops,
			       bool to_flags)
{
	struct x86_fpu *f = &x->fpu;

	if (!to_flags)
		f->status = (f->status & ~X87_CONDITION) | c;
	if (!x87_suppressed(f, flags))
		for (; pops; pops--)
			x87_pop(f);
	if (X87_UNLIKELY(flags))
		x87_exceptions(x, flags, 0);
	else
		f->status &= ~X87_C1;
	return (c & X87_C0 ? X86_CF : 0) | (c & X87_C2 ? X86_PF : 0) | (c & X87_C3 ? X86_ZF : 0);
}

static __attribute__((noinline)) uint64_t
compare_host(struct x86 *x, struct x87_host *h, x87_host_fn *fn, unsigned pops, bool to_flags)
{
	uint32_t c;

	h->control = x->fpu.control;
	h->known = x->fpu.status;
	x87_host_run(h, fn);
	c = h->status & UNORDERED;
	/* An unmasked invalid operation leaves the condition as it was. */
	if (h->status & ~x->fpu.control & X87_IE)
		c = x->fpu.status & UNORDERED;
	return compare_finish(x, c, h->status & X87_EXCEPTIONS, pops, to_flags);
}

static __attribute__((noinline)) uint64_t compare_underflow(struct x86 *x, unsigned pops,
							    bool to_flags)
{
	uint32_t c = x->fpu.control & X87_IE ? UNORDERED : x->fpu.status & UNORDERED;

	return compare_finish(x, c, X87_IE | X87_SF, pops, to_flags);
}

static inline uint64_t compare_registers(struct x86 *x, unsigned i, unsigned how, bool to_flags)
{
	struct x86_fpu *f = &x->fpu;
	struct x87_host h = { .in = { x87_get(f, 0), x87_get(f, i) }, .count = 2 };
	uint32_t c;

	if (X87_UNLIKELY(x87_is_empty(f, 0) || x87_is_empty(f, i)))
		return compare_underflow(x, how & 3, to_flags);
	if (X87_LIKELY(compare_fast(&c, h.in[0], h.in[1])))
		return compare_finish(x, c, 0, how & 3, to_flags);
	return compare_host(x, &h, how & X87_QUIET ? host_fucom : host_fcom, how & 3, to_flags);
}

uint64_t x87_help_fcom(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)c, (void)d;
	return compare_registers(cpu, (unsigned)a, (unsigned)b, false);
}

uint64_t x87_help_fcomi(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)c, (void)d;
	return compare_registers(cpu, (unsigned)a, (unsigned)b, true);
}

/* With a value that may be one of those the host must look at in memory. */
static inline uint64_t compare_value(struct x86 *x, bool known, struct x87_value v, unsigned pops,
				     void *memory, x87_host_fn *fn)
{
	struct x86_fpu *f = &x->fpu;
	struct x87_host h = { .in = { x87_get(f, 0), v },
			      .count = memory ? 1 : 2,
			      .memory = memory };
	uint32_t c;

	if (X87_UNLIKELY(x87_is_empty(f, 0)))
		return compare_underflow(x, pops, false);
	if (X87_LIKELY(known && compare_fast(&c, h.in[0], v)))
		return compare_finish(x, c, 0, pops, false);
	return compare_host(x, &h, fn, pops, false);
}

uint64_t x87_help_fcom_int(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)c, (void)d;
	return compare_value(cpu, true, x87_from_integer((int64_t)a), (unsigned)b, NULL, host_fcom);
}

uint64_t x87_help_fcom32(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x87_value v;
	bool known = x87_from_single(&v, (uint32_t)a);

	(void)c, (void)d;
	return compare_value(cpu, known, v, (unsigned)b, &a, host_fcoms);
}

uint64_t x87_help_fcom64(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x87_value v;
	bool known = x87_from_double(&v, a);

	(void)c, (void)d;
	return compare_value(cpu, known, v, (unsigned)b, &a, host_fcoml);
}

uint64_t x87_help_ftst(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	return compare_value(cpu, true, (struct x87_value){ 0, 0 }, 0, NULL, host_ftst);
}

uint64_t x87_help_fxam(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86_fpu *f = &((struct x86 *)cpu)->fpu;
	struct x87_value v = x87_get(f, 0);
	uint32_t exponent = v.exponent & 0x7fff, class;

	(void)a, (void)b, (void)c, (void)d;
	if (x87_is_empty(f, 0))
		class = X87_C3 | X87_C0;
	else if (!exponent)
		class = v.significand ? X87_C3 | X87_C2 : X87_C3;
	else if (!(v.significand & X87_INTEGER_BIT))
		class = 0; /* unsupported */
	else if (exponent < 0x7fff)
		class = X87_C2;
	else
		class = v.significand << 1 ? X87_C0 : X87_C2 | X87_C0;
	f->status = (f->status & ~X87_CONDITION) | class | (v.exponent & X87_SIGN ? X87_C1 : 0);
	return 0;
}
