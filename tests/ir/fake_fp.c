/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fake guest's floating point: that of the host, x86_64, without the denormal
 * exception.  Conversions to integers saturate, NaN becomes 0; both are invalid.
 */
#include "fake.h"
#include "ir/fp.h"

#define MXCSR_MASKED 0x1f80u
#define STICKY (FP_INVALID | FP_DIVIDE | FP_OVERFLOW | FP_UNDERFLOW | FP_INEXACT)

/* Defines a function that executes `code`, from xmm0 and xmm1 to xmm0 and `integer`, with
 * flags of its own, and adds the flags to fp_sticky.  The result is `result`. */
#define SSE_FUNCTION(linkage, name, code, result)                                                  \
	linkage fp_fn name;                                                                        \
	uint64_t name(void *cpu, uint64_t a, uint64_t b)                                           \
	{                                                                                          \
		uint32_t control = MXCSR_MASKED | ((struct cpu *)cpu)->fp_rounding << 13;          \
		uint32_t saved, flags;                                                             \
		uint64_t integer = a, bits;                                                        \
                                                                                                   \
		__asm__ volatile("stmxcsr %[saved]; ldmxcsr %[control];"                           \
				 "movq %[a], %%xmm0; movq %[b], %%xmm1;" code ";"                  \
				 "movq %%xmm0, %[bits]; stmxcsr %[flags]; ldmxcsr %[saved]"        \
				 : [saved] "=m"(saved), [flags] "=m"(flags), [bits] "=&r"(bits),   \
				   [integer] "+&r"(integer)                                        \
				 : [control] "m"(control), [a] "r"(a), [b] "r"(b)                  \
				 : "xmm0", "xmm1");                                                \
		(void)bits;                                                                        \
		(void)integer;                                                                     \
		((struct cpu *)cpu)->fp_sticky |= flags & STICKY;                                  \
		return result;                                                                     \
	}                                                                                          \
	linkage fp_fn name

SSE_FUNCTION(extern, fake_fadd32, "addss %%xmm1, %%xmm0", (uint32_t)bits);
SSE_FUNCTION(extern, fake_fadd64, "addsd %%xmm1, %%xmm0", bits);
SSE_FUNCTION(extern, fake_fsub32, "subss %%xmm1, %%xmm0", (uint32_t)bits);
SSE_FUNCTION(extern, fake_fsub64, "subsd %%xmm1, %%xmm0", bits);
SSE_FUNCTION(extern, fake_fmul32, "mulss %%xmm1, %%xmm0", (uint32_t)bits);
SSE_FUNCTION(extern, fake_fmul64, "mulsd %%xmm1, %%xmm0", bits);
SSE_FUNCTION(extern, fake_fdiv32, "divss %%xmm1, %%xmm0", (uint32_t)bits);
SSE_FUNCTION(extern, fake_fdiv64, "divsd %%xmm1, %%xmm0", bits);
SSE_FUNCTION(extern, fake_fsqrt32, "sqrtss %%xmm0, %%xmm0", (uint32_t)bits);
SSE_FUNCTION(extern, fake_fsqrt64, "sqrtsd %%xmm0, %%xmm0", bits);

SSE_FUNCTION(static, s32_to_f32, "cvtsi2ssl %k[a], %%xmm0", (uint32_t)bits);
SSE_FUNCTION(static, s32_to_f64, "cvtsi2sdl %k[a], %%xmm0", bits);
SSE_FUNCTION(static, u32_to_f32, "cvtsi2ssq %[a], %%xmm0", (uint32_t)bits);
SSE_FUNCTION(static, u32_to_f64, "cvtsi2sdq %[a], %%xmm0", bits);
SSE_FUNCTION(static, s64_to_f32, "cvtsi2ssq %[a], %%xmm0", (uint32_t)bits);
SSE_FUNCTION(static, s64_to_f64, "cvtsi2sdq %[a], %%xmm0", bits);
SSE_FUNCTION(static, f32_to_f64, "cvtss2sd %%xmm0, %%xmm0", bits);
SSE_FUNCTION(static, f64_to_f32, "cvtsd2ss %%xmm0, %%xmm0", (uint32_t)bits);

SSE_FUNCTION(static, widen_quietly, "cvtss2sd %%xmm0, %%xmm0", bits);
SSE_FUNCTION(static, to_s64, "cvtsd2siq %%xmm0, %[integer]", integer);
SSE_FUNCTION(static, to_s64_zero, "cvttsd2siq %%xmm0, %[integer]", integer);

static bool is_a_nan(uint64_t bits)
{
	return (bits & INT64_MAX) > 0x7ff0000000000000u;
}

/* The integer nearest to a double, within low..high. */
static uint64_t saturate(void *state, uint64_t bits, fp_fn *convert, int64_t low, int64_t high)
{
	struct cpu *cpu = state;
	uint32_t before = cpu->fp_sticky;
	int64_t integer = (int64_t)convert(cpu, bits, 0);

	if (!is_a_nan(bits) && integer >= low && integer <= high)
		return (uint32_t)integer;
	cpu->fp_sticky = before | FP_INVALID;
	if (is_a_nan(bits))
		return 0;
	return (uint32_t)(bits >> 63 ? low : high);
}

#define TO_INTEGER(name, convert, low, high)                                                       \
	static uint64_t name##_64(void *cpu, uint64_t a, uint64_t b)                               \
	{                                                                                          \
		(void)b;                                                                           \
		return saturate(cpu, a, convert, low, high);                                       \
	}                                                                                          \
	static uint64_t name##_32(void *cpu, uint64_t a, uint64_t b)                               \
	{                                                                                          \
		return name##_64(cpu, widen_quietly(cpu, a, 0), b);                                \
	}                                                                                          \
	static fp_fn name##_64

TO_INTEGER(to_s32_zero, to_s64_zero, INT32_MIN, INT32_MAX);
TO_INTEGER(to_u32_zero, to_s64_zero, 0, UINT32_MAX);
TO_INTEGER(to_s32, to_s64, INT32_MIN, INT32_MAX);
TO_INTEGER(to_u32, to_s64, 0, UINT32_MAX);

fp_fn *fake_fcvt(enum ir_fcvt kind, bool wide)
{
	static fp_fn *const table[][2] = {
		[IR_S32_TO_F] = { s32_to_f32, s32_to_f64 },
		[IR_U32_TO_F] = { u32_to_f32, u32_to_f64 },
		[IR_S64_TO_F] = { s64_to_f32, s64_to_f64 },
		[IR_F_TO_S32_ZERO] = { to_s32_zero_32, to_s32_zero_64 },
		[IR_F_TO_U32_ZERO] = { to_u32_zero_32, to_u32_zero_64 },
		[IR_F_TO_S32] = { to_s32_32, to_s32_64 },
		[IR_F_TO_U32] = { to_u32_32, to_u32_64 },
		[IR_F32_TO_F64] = { f32_to_f64, f32_to_f64 },
		[IR_F64_TO_F32] = { f64_to_f32, f64_to_f32 },
	};

	return table[kind][wide];
}
