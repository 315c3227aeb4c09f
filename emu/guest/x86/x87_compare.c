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

/* The simple cases; 1: it isn't one. */
static inline __attribute__((always_inline)) uint64_t
compare_quick(struct x86 *x, uint32_t used, struct x87_value v, unsigned pops, bool to_flags)
{
	struct x86_fpu *f = &x->fpu;
	uint32_t c;

	if (X87_UNLIKELY(f->empty & used || !compare_fast(&c, x87_get(f, 0), v)))
		return 1;
	if (to_flags) {
		f->result.u32[0] = (c & X87_C0 ? X86_CF : 0) | (c & X87_C3 ? X86_ZF : 0);
		f->status &= ~X87_C1;
	} else {
		f->status = (f->status & ~X87_CONDITION) | c;
	}
	for (; pops; pops--)
		x87_pop(f);
	return 0;
}

static uint64_t compare_registers(struct x86 *x, unsigned i, unsigned how, bool to_flags)
{
	struct x86_fpu *f = &x->fpu;
	struct x87_host h = { .in = { x87_get(f, 0), x87_get(f, i) }, .count = 2 };

	if (x87_is_empty(f, 0) || x87_is_empty(f, i))
		return compare_underflow(x, how & 3, to_flags);
	return compare_host(x, &h, how & X87_QUIET ? host_fucom : host_fcom, how & 3, to_flags);
}

#define COMPARE(name, to_flags)                                                                    \
	static uint64_t name(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)            \
	{                                                                                          \
		struct x86_fpu *f = &((struct x86 *)cpu)->fpu;                                     \
		uint32_t used = 1u << f->top | 1u << x87_index(f, (unsigned)a);                    \
                                                                                                   \
		(void)c, (void)d;                                                                  \
		return compare_quick(cpu, used, x87_get(f, (unsigned)a), b & 3, to_flags) ?        \
			       x87_refuse(f, a) :                                                  \
			       0;                                                                  \
	}                                                                                          \
	static uint64_t name##_again(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)    \
	{                                                                                          \
		struct x86 *x = cpu;                                                               \
                                                                                                   \
		(void)a, (void)c, (void)d;                                                         \
		x->fpu.result.u32[0] = (uint32_t)compare_registers(x, (unsigned)x87_refused(x),    \
								   (unsigned)b, to_flags);         \
		return 0;                                                                          \
	}                                                                                          \
	X87_WHOLE(name, name, name##_again, ((struct x86 *)cpu)->fpu.result.u32[0])                \
	const struct x87_quick x87_quick_##name = X87_QUICK(name);
COMPARE(fcom, false)
COMPARE(fcomi, true)

/* With a value that may be one of those the host must look at in memory. */
static uint64_t compare_value(struct x86 *x, struct x87_value v, unsigned pops, void *memory,
			      x87_host_fn *fn)
{
	struct x86_fpu *f = &x->fpu;
	struct x87_host h = { .in = { x87_get(f, 0), v },
			      .count = memory ? 1 : 2,
			      .memory = memory };

	if (x87_is_empty(f, 0))
		return compare_underflow(x, pops, false);
	return compare_host(x, &h, fn, pops, false);
}

#define COMPARE_VALUE(name, convert, memory, host)                                                 \
	static uint64_t name(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)            \
	{                                                                                          \
		struct x86_fpu *f = &((struct x86 *)cpu)->fpu;                                     \
		struct x87_value v;                                                                \
                                                                                                   \
		(void)c, (void)d;                                                                  \
		return !convert || compare_quick(cpu, 1u << f->top, v, (unsigned)b, false) ?       \
			       x87_refuse(f, a) :                                                  \
			       0;                                                                  \
	}                                                                                          \
	static uint64_t name##_again(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)    \
	{                                                                                          \
		struct x87_value v;                                                                \
                                                                                                   \
		(void)c, (void)d;                                                                  \
		a = x87_refused(cpu);                                                              \
		(void)convert;                                                                     \
		return compare_value(cpu, v, (unsigned)b, memory, host);                           \
	}                                                                                          \
	X87_WHOLE(name, name, name##_again, 0)                                                     \
	const struct x87_quick x87_quick_##name = X87_QUICK(name);
COMPARE_VALUE(fcom_int, (v = x87_from_integer((int64_t)a), true), NULL, host_fcom)
COMPARE_VALUE(fcom32, x87_from_single(&v, (uint32_t)a), &a, host_fcoms)
COMPARE_VALUE(fcom64, x87_from_double(&v, a), &a, host_fcoml)

uint64_t x87_help_ftst(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x87_value zero = { 0, 0 };

	(void)a, (void)b, (void)c, (void)d;
	if (!compare_quick(cpu, 1u << ((struct x86 *)cpu)->fpu.top, zero, 0, false))
		return 0;
	return compare_value(cpu, zero, 0, NULL, host_ftst);
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
