/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SSE's and SSE2's floating point (SDM 1, 10.4, 11.4 and 11.5): see sse.h.
 *
 * An unmasked underflow is raised for every tiny result, exact ones too, which the host
 * with its masks doesn't report: results are looked at.
 */
#include "guest/x86/sse.h"
#include "guest/x86/x87_host.h"
#include "ir/fp.h"

#define MXCSR_FLAGS 0x3fu
#define MXCSR_MASKS 0x1f80u
#define MXCSR_MASK_SHIFT 7
#define FP_BEFORE (FP_INVALID | FP_DENORMAL | FP_DIVIDE)
#define TINY_DOUBLE 0x10u
#define TINY_FROM_DOUBLE 0x20u

static uint32_t mxcsr_get(void)
{
	uint32_t value;

	__asm__ volatile("stmxcsr %0" : "=m"(value));
	return value;
}

static void mxcsr_set(uint32_t value)
{
	__asm__ volatile("ldmxcsr %0" : : "m"(value));
}

/* Runs it in the guest's MXCSR, but masked, and yields the flags. */
static uint32_t sse_run(const struct x86 *x, x86_sse_native *native, void *d, const void *s)
{
	uint32_t saved = mxcsr_get(), flags;

	mxcsr_set((x->fpu.mxcsr & 0xffff & ~MXCSR_FLAGS) | MXCSR_MASKS);
	native(d, s);
	flags = mxcsr_get() & MXCSR_FLAGS;
	mxcsr_set(saved);
	return flags;
}

/* Offsets in struct x86. */
static void *sse_register(struct x86 *x, uint64_t offset)
{
	return (uint8_t *)x + offset;
}

static bool is_tiny(const union x86_vector_register *r, bool wide)
{
	uint64_t v = wide ? r->u64[0] << 1 : (uint64_t)r->u32[0] << 33;

	return v && v < (wide ? 1ull << 53 : 1ull << 56);
}

/* Lane i as the lowest, and as all the others. */
static union x86_vector_register sse_lane(const void *from, unsigned i, bool wide)
{
	union x86_vector_register r;

	if (wide)
		r.u64[0] = r.u64[1] = ((const uint64_t *)from)[i];
	else
		r.u32[0] = r.u32[1] = r.u32[2] = r.u32[3] = ((const uint32_t *)from)[i];
	return r;
}

/* With the exponents of the x87, in which nothing here is too small or too large. */
#define INEXACT(name)                                                                              \
	X87_HOST(x87_##name##_single, "flds (%0)\n\tf" #name "s 8(%0)")                            \
	X87_HOST(x87_##name##_double, "fldl (%0)\n\tf" #name "l 8(%0)")
INEXACT(add)
INEXACT(sub)
INEXACT(mul)
INEXACT(div)
X87_HOST(x87_convert, "fldl (%0)\n\tfldz\n\tfaddp")

static x87_host_fn *x87_function(enum x86_sse operation, bool wide)
{
	if (operation <= X86_SSE_addsd)
		return wide ? x87_add_double : x87_add_single;
	if (operation <= X86_SSE_mulsd)
		return wide ? x87_mul_double : x87_mul_single;
	if (operation <= X86_SSE_subsd)
		return wide ? x87_sub_double : x87_sub_single;
	if (operation <= X86_SSE_divsd)
		return wide ? x87_div_double : x87_div_single;
	return x87_convert;
}

/* Whether the result, rounded to its precision but with any exponent, is inexact. */
static bool is_inexact(const struct x86 *x, enum x86_sse operation, bool wide, uint64_t a,
		       uint64_t b)
{
	x87_host_fn *fn = x87_function(operation, wide);
	uint64_t operands[2] = { fn == x87_convert ? b : a, b };
	struct x87_host h = { .memory = operands,
			      .control = X87_EXCEPTIONS | (wide ? 2u : 0u) << 8 |
					 (x->fpu.mxcsr >> 13 & 3) << 10 };

	x87_host_run(&h, fn);
	x87_host_forget();
	return h.status & X87_PE;
}

/* The flags with overflow or underflow unmasked, lane by lane: one that underflows or
 * overflows is inexact only if it were so with more exponent bits. */
static uint32_t sse_flags_by_lane(const struct x86 *x, enum x86_sse operation, const void *d,
				  const void *s, uint32_t unmasked)
{
	const struct x86_sse_operation *o = &x86_sse_operations[operation];
	bool wide = o->tiny & TINY_DOUBLE, from_wide = wide || o->tiny & TINY_FROM_DOUBLE;
	uint32_t flags = 0;

	for (unsigned i = 0; i < (o->tiny & 7u); i++) {
		union x86_vector_register to = sse_lane(d, i, wide), result = to;
		union x86_vector_register source = sse_lane(s, i, from_wide);
		uint32_t lane = sse_run(x, o->native, &result, &source);

		if (is_tiny(&result, wide))
			lane |= FP_UNDERFLOW & unmasked;
		if (lane & unmasked & (FP_OVERFLOW | FP_UNDERFLOW) &&
		    !is_inexact(x, operation, wide, to.u64[0], source.u64[0]))
			lane &= ~(uint32_t)FP_INEXACT;
		flags |= lane;
	}
	return flags;
}

static _Noreturn void sse_exception(struct x86 *x, uint32_t flags)
{
	x->cpu.fp_sticky |= flags;
	x86_raise(x, x->cr4 & X86_CR4_OSXMMEXCPT ? X86_XM : X86_UD);
}

uint64_t x86_help_sse(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	const struct x86_sse_operation *o = &x86_sse_operations[c];
	union x86_vector_register *to = sse_register(x, a), result = *to;
	uint32_t unmasked = ~x->fpu.mxcsr >> MXCSR_MASK_SHIFT & MXCSR_FLAGS, flags;

	(void)d;
	flags = sse_run(x, o->native, &result, sse_register(x, b));
	if (o->tiny && unmasked & (FP_OVERFLOW | FP_UNDERFLOW))
		flags = sse_flags_by_lane(x, (enum x86_sse)c, to, sse_register(x, b), unmasked);
	if (flags & unmasked & FP_BEFORE)
		sse_exception(x, flags & FP_BEFORE);
	if (flags & unmasked)
		sse_exception(x, flags);
	x->cpu.fp_sticky |= flags;
	*to = result;
	return 0;
}

/* --- The instructions --------------------------------------------------------------- */

/* How the source is read: what was stored in one piece is loaded in one. */
#define LOAD16 "movups (%1), %%xmm1"
#define LOAD8 "movq (%1), %%xmm1"
#define LOAD4 "movd (%1), %%xmm1"

#define NATIVE(name, load, text)                                                                   \
	static void native_##name(void *d, const void *s)                                          \
	{                                                                                          \
		__asm__ volatile("movups (%0), %%xmm0\n\t" load "\n\t" text                        \
				 "\n\tmovups %%xmm0, (%0)"                                         \
				 :                                                                 \
				 : "r"(d), "r"(s)                                                  \
				 : X86_SSE_CLOBBERS, "eax", "cc");                                 \
	}                                                                                          \
	static uint64_t fast_##name(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)     \
	{                                                                                          \
		struct x86 *x = cpu;                                                               \
                                                                                                   \
		(void)c, (void)d;                                                                  \
		if (!x->cpu.guest_control) /* not in translated code */                            \
			return x86_help_sse(cpu, a, b, X86_SSE_##name, 0);                         \
		native_##name(sse_register(x, a), sse_register(x, b));                             \
		return 0;                                                                          \
	}
#define FORMS(name)                                                                                \
	NATIVE(name##ps, LOAD16, #name "ps %%xmm1, %%xmm0")                                        \
	NATIVE(name##pd, LOAD16, #name "pd %%xmm1, %%xmm0")                                        \
	NATIVE(name##ss, LOAD4, #name "ss %%xmm1, %%xmm0")                                         \
	NATIVE(name##sd, LOAD8, #name "sd %%xmm1, %%xmm0")
#define PLAIN(name, load) NATIVE(name, load, #name " %%xmm1, %%xmm0")
#define TO_INTEGER(name, load) NATIVE(name, load, #name " %%xmm1, %%eax\n\tmovd %%eax, %%xmm0")
#define TO_FLAGS(name, load)                                                                       \
	NATIVE(name, load,                                                                         \
	       #name " %%xmm1, %%xmm0\n\tlahf\n\tshrl $8, %%eax\n\t"                               \
		     "andl $0x45, %%eax\n\tmovd %%eax, %%xmm0")

FORMS(add)
FORMS(mul)
FORMS(sub)
FORMS(min)
FORMS(div)
FORMS(max)
FORMS(sqrt)
FORMS(cmpeq)
FORMS(cmplt)
FORMS(cmple)
FORMS(cmpunord)
FORMS(cmpneq)
FORMS(cmpnlt)
FORMS(cmpnle)
FORMS(cmpord)
PLAIN(rsqrtps, LOAD16)
PLAIN(rsqrtss, LOAD4)
PLAIN(rcpps, LOAD16)
PLAIN(rcpss, LOAD4)
PLAIN(cvtps2pd, LOAD8)
PLAIN(cvtpd2ps, LOAD16)
PLAIN(cvtss2sd, LOAD4)
PLAIN(cvtsd2ss, LOAD8)
PLAIN(cvtdq2ps, LOAD16)
PLAIN(cvtps2dq, LOAD16)
PLAIN(cvttps2dq, LOAD16)
PLAIN(cvttpd2dq, LOAD16)
PLAIN(cvtdq2pd, LOAD8)
PLAIN(cvtpd2dq, LOAD16)
/* MMX registers as the low half: the upper lanes are zeros. */
NATIVE(cvtpi2ps, LOAD8, "cvtdq2ps %%xmm1, %%xmm1\n\tmovsd %%xmm1, %%xmm0")
NATIVE(cvtps2pi, LOAD8, "cvtps2dq %%xmm1, %%xmm0")
NATIVE(cvttps2pi, LOAD8, "cvttps2dq %%xmm1, %%xmm0")
NATIVE(cvtsi2ss, LOAD4, "cvtsi2ssl (%1), %%xmm0")
NATIVE(cvtsi2sd, LOAD4, "cvtsi2sdl (%1), %%xmm0")
TO_INTEGER(cvtss2si, LOAD4)
TO_INTEGER(cvttss2si, LOAD4)
TO_INTEGER(cvtsd2si, LOAD8)
TO_INTEGER(cvttsd2si, LOAD8)
TO_FLAGS(ucomiss, LOAD4)
TO_FLAGS(ucomisd, LOAD8)
TO_FLAGS(comiss, LOAD4)
TO_FLAGS(comisd, LOAD8)

#define OPERATION(name, bytes, tiny) [X86_SSE_##name] = { fast_##name, native_##name, bytes, tiny }
#define OPERATIONS(name, tiny)                                                                     \
	OPERATION(name##ps, 16, (tiny) ? 4 : 0),                                                   \
		OPERATION(name##pd, 16, (tiny) ? TINY_DOUBLE | 2 : 0),                             \
		OPERATION(name##ss, 4, (tiny) ? 1 : 0),                                            \
		OPERATION(name##sd, 8, (tiny) ? TINY_DOUBLE | 1 : 0)

const struct x86_sse_operation x86_sse_operations[X86_SSE_COUNT] = {
	OPERATIONS(add, 1),
	OPERATIONS(mul, 1),
	OPERATIONS(sub, 1),
	OPERATIONS(min, 0),
	OPERATIONS(div, 1),
	OPERATIONS(max, 0),
	OPERATIONS(sqrt, 0),
	OPERATIONS(cmpeq, 0),
	OPERATIONS(cmplt, 0),
	OPERATIONS(cmple, 0),
	OPERATIONS(cmpunord, 0),
	OPERATIONS(cmpneq, 0),
	OPERATIONS(cmpnlt, 0),
	OPERATIONS(cmpnle, 0),
	OPERATIONS(cmpord, 0),
	OPERATION(rsqrtps, 16, 0),
	OPERATION(rsqrtss, 4, 0),
	OPERATION(rcpps, 16, 0),
	OPERATION(rcpss, 4, 0),
	OPERATION(cvtps2pd, 8, 0),
	OPERATION(cvtpd2ps, 16, TINY_FROM_DOUBLE | 2),
	OPERATION(cvtss2sd, 4, 0),
	OPERATION(cvtsd2ss, 8, TINY_FROM_DOUBLE | 1),
	OPERATION(cvtdq2ps, 16, 0),
	OPERATION(cvtps2dq, 16, 0),
	OPERATION(cvttps2dq, 16, 0),
	OPERATION(cvttpd2dq, 16, 0),
	OPERATION(cvtdq2pd, 8, 0),
	OPERATION(cvtpd2dq, 16, 0),
	OPERATION(cvtpi2ps, 8, 0),
	OPERATION(cvtps2pi, 8, 0),
	OPERATION(cvttps2pi, 8, 0),
	OPERATION(cvtsi2ss, 4, 0),
	OPERATION(cvtsi2sd, 4, 0),
	OPERATION(cvtss2si, 4, 0),
	OPERATION(cvttss2si, 4, 0),
	OPERATION(cvtsd2si, 8, 0),
	OPERATION(cvttsd2si, 8, 0),
	OPERATION(ucomiss, 4, 0),
	OPERATION(ucomisd, 8, 0),
	OPERATION(comiss, 4, 0),
	OPERATION(comisd, 8, 0),
};

/* --- Exact functions of IR operations ----------------------------------------------- */

static uint64_t exact_run(void *cpu, x86_sse_native *native, uint64_t a, uint64_t b)
{
	struct x86 *x = cpu;
	union x86_vector_register d = { .u64 = { a } }, s = { .u64 = { b } };

	x->cpu.fp_sticky |= sse_run(x, native, &d, &s);
	return d.u64[0];
}

#define EXACT(name)                                                                                \
	static uint64_t exact_##name(void *cpu, uint64_t a, uint64_t b)                            \
	{                                                                                          \
		return exact_run(cpu, native_##name, a, b);                                        \
	}
/* Of one operand, which is the source. */
#define EXACT_ONE(name)                                                                            \
	static uint64_t exact_##name(void *cpu, uint64_t a, uint64_t b)                            \
	{                                                                                          \
		(void)b;                                                                           \
		return exact_run(cpu, native_##name, 0, a);                                        \
	}
#define EXACT_PAIR(name) EXACT(name##ss) EXACT(name##sd)
EXACT_PAIR(add)
EXACT_PAIR(sub)
EXACT_PAIR(mul)
EXACT_PAIR(div)
EXACT_ONE(sqrtss)
EXACT_ONE(sqrtsd)
EXACT_ONE(cvtss2sd)
EXACT_ONE(cvtsd2ss)
EXACT_ONE(cvtsi2ss)
EXACT_ONE(cvtsi2sd)
EXACT_ONE(cvtss2si)
EXACT_ONE(cvttss2si)
EXACT_ONE(cvtsd2si)
EXACT_ONE(cvttsd2si)

fp_fn *const x86_fp_add[2] = { exact_addss, exact_addsd };
fp_fn *const x86_fp_sub[2] = { exact_subss, exact_subsd };
fp_fn *const x86_fp_mul[2] = { exact_mulss, exact_mulsd };
fp_fn *const x86_fp_div[2] = { exact_divss, exact_divsd };
fp_fn *const x86_fp_sqrt[2] = { exact_sqrtss, exact_sqrtsd };
fp_fn *const x86_fp_convert[2] = { exact_cvtss2sd, exact_cvtsd2ss };
fp_fn *const x86_fp_from_int[2] = { exact_cvtsi2ss, exact_cvtsi2sd };
fp_fn *const x86_fp_to_int[2][2] = { { exact_cvtss2si, exact_cvttss2si },
				     { exact_cvtsd2si, exact_cvttsd2si } };

/* --- MXCSR -------------------------------------------------------------------------- */

uint64_t x86_help_ldmxcsr(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)b, (void)c, (void)d;
	if (a & ~0xffffull)
		x86_raise_code(cpu, X86_GP, 0);
	x86_mxcsr_write(cpu, (uint32_t)a);
	return 0;
}

uint64_t x86_help_stmxcsr(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	return x86_mxcsr_read(cpu);
}
