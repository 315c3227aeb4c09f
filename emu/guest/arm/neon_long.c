/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Advanced SIMD: integer operations whose operands and results differ in length
 * (ARM DDI 0406C, A7.4.2, A7.4.3, narrowing ones of A7.4.4 and A7.4.5).  A long result
 * fills a quad register from the double registers n and m; a wide one takes n as quad;
 * a narrow one puts the double register d.
 */
#include "guest/arm/neon_lanes.h"

#define NEON_LONG_ONE(name, W, A, N, OP)                                                           \
	NEON_LOOP(name##_##N, W, NEON_COUNT(W), W, A, N,                                           \
		  OP((NEON_TYPE(W))a, (NEON_TYPE(W))b, d, NEON_TYPE(W)))
#define NEON_LONG(name, OP)                                                                        \
	NEON_LONG_ONE(name, s16, s8, s8, OP)                                                       \
	NEON_LONG_ONE(name, s32, s16, s16, OP)                                                     \
	NEON_LONG_ONE(name, s64, s32, s32, OP)                                                     \
	NEON_LONG_ONE(name, u16, u8, u8, OP)                                                       \
	NEON_LONG_ONE(name, u32, u16, u16, OP)                                                     \
	NEON_LONG_ONE(name, u64, u32, u32, OP)
#define NEON_WIDE(name, OP)                                                                        \
	NEON_LONG_ONE(name, s16, s16, s8, OP)                                                      \
	NEON_LONG_ONE(name, s32, s32, s16, OP)                                                     \
	NEON_LONG_ONE(name, s64, s64, s32, OP)                                                     \
	NEON_LONG_ONE(name, u16, u16, u8, OP)                                                      \
	NEON_LONG_ONE(name, u32, u32, u16, OP)                                                     \
	NEON_LONG_ONE(name, u64, u64, u32, OP)

/* Unsigned arithmetic: it wraps. */
#define OP_ADDL(a, b, d, W) (uint64_t)(a) + (uint64_t)(b)
#define OP_SUBL(a, b, d, W) (uint64_t)(a) - (uint64_t)(b)
#define OP_ABDL(a, b, d, W) ((a) > (b) ? (a) - (b) : (b) - (a))
#define OP_ABAL(a, b, d, W) (uint64_t)(d) + (uint64_t)OP_ABDL(a, b, d, W)
#define OP_MULL(a, b, d, W) (uint64_t)(a) * (uint64_t)(b)
#define OP_MLAL(a, b, d, W) (uint64_t)(d) + (uint64_t)(a) * (uint64_t)(b)
#define OP_MLSL(a, b, d, W) (uint64_t)(d) - (uint64_t)(a) * (uint64_t)(b)
/* Doubling and, separately, accumulation saturate. */
#define OP_QDMULL(a, b, d, W) NEON_SATURATE(d, (NEON_WIDER(d))(a) * (b)*2)
#define OP_QDMLAL(a, b, d, W) NEON_SATURATE(d, (NEON_WIDER(d))(d) + (W)(OP_QDMULL(a, b, d, W)))
#define OP_QDMLSL(a, b, d, W) NEON_SATURATE(d, (NEON_WIDER(d))(d) - (W)(OP_QDMULL(a, b, d, W)))

NEON_LONG(neon_addl, OP_ADDL)
NEON_LONG(neon_subl, OP_SUBL)
NEON_LONG(neon_abdl, OP_ABDL)
NEON_LONG(neon_abal, OP_ABAL)
NEON_LONG(neon_mull, OP_MULL)
NEON_LONG(neon_mlal, OP_MLAL)
NEON_LONG(neon_mlsl, OP_MLSL)
NEON_WIDE(neon_addw, OP_ADDL)
NEON_WIDE(neon_subw, OP_SUBL)

/* The inner saturation of multiply-accumulate has its own v. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
NEON_LONG_ONE(neon_qdmull, s32, s16, s16, OP_QDMULL)
NEON_LONG_ONE(neon_qdmull, s64, s32, s32, OP_QDMULL)
NEON_LONG_ONE(neon_qdmlal, s32, s16, s16, OP_QDMLAL)
NEON_LONG_ONE(neon_qdmlal, s64, s32, s32, OP_QDMLAL)
NEON_LONG_ONE(neon_qdmlsl, s32, s16, s16, OP_QDMLSL)
NEON_LONG_ONE(neon_qdmlsl, s64, s32, s32, OP_QDMLSL)
#pragma GCC diagnostic pop

static void neon_mull_p8(struct neon_work *w)
{
	for (unsigned i = 0; i < 8; i++) {
		unsigned product = 0;

		for (unsigned bit = 0; bit < 8; bit++)
			product ^= w->n.u8[i] >> bit & 1 ? (unsigned)w->m.u8[i] << bit : 0;
		w->d.u16[i] = (uint16_t)product;
	}
}

/* Upper halves of sums and differences. */
#define NEON_HIGH(name, N, W, expression)                                                          \
	NEON_LOOP(name##_##N, N, NEON_COUNT(W), N, W, W,                                           \
		  ((uint64_t)(NEON_TYPE(W))(expression)) >> NEON_BITS(d))
#define NEON_HIGH_3(name, expression)                                                              \
	NEON_HIGH(name, u8, u16, expression)                                                       \
	NEON_HIGH(name, u16, u32, expression)                                                      \
	NEON_HIGH(name, u32, u64, expression)
#define HALF_UNIT(d) ((uint64_t)1 << (NEON_BITS(d) - 1))

NEON_HIGH_3(neon_addhn, a + b)
NEON_HIGH_3(neon_raddhn, a + b + HALF_UNIT(d))
NEON_HIGH_3(neon_subhn, a - b)
NEON_HIGH_3(neon_rsubhn, a - b + HALF_UNIT(d))

neon_lanes *const neon_wide[4][2][3] = {
	[1] = NEON_ROWS_3(neon_addw),
	[3] = NEON_ROWS_3(neon_subw),
};

#define NEON_ROW_Q(name)                                                                           \
	{                                                                                          \
		{                                                                                  \
			NULL, name##_s16, name##_s32                                               \
		}                                                                                  \
	}

neon_lanes *const neon_long[15][2][3] = {
	[0] = NEON_ROWS_3(neon_addl),
	[2] = NEON_ROWS_3(neon_subl),
	[4] = { NEON_ROW_U3(neon_addhn), NEON_ROW_U3(neon_raddhn) },
	[5] = NEON_ROWS_3(neon_abal),
	[6] = { NEON_ROW_U3(neon_subhn), NEON_ROW_U3(neon_rsubhn) },
	[7] = NEON_ROWS_3(neon_abdl),
	[8] = NEON_ROWS_3(neon_mlal),
	[9] = NEON_ROW_Q(neon_qdmlal),
	[10] = NEON_ROWS_3(neon_mlsl),
	[11] = NEON_ROW_Q(neon_qdmlsl),
	[12] = NEON_ROWS_3(neon_mull),
	[13] = NEON_ROW_Q(neon_qdmull),
	[14] = { { neon_mull_p8 } },
};

/* Narrowing of one operand, m: the low half, or saturated, after a shift. */
#define NEON_NARROW(name, N, W, expression)                                                        \
	NEON_LOOP(name##_##N, N, NEON_COUNT(W), N, W, W, expression)
#define NEON_NARROW_U(name, expression)                                                            \
	NEON_NARROW(name, u8, u16, expression)                                                     \
	NEON_NARROW(name, u16, u32, expression)                                                    \
	NEON_NARROW(name, u32, u64, expression)
#define NEON_NARROW_S(name, expression)                                                            \
	NEON_NARROW(name, s8, s16, expression)                                                     \
	NEON_NARROW(name, s16, s32, expression)                                                    \
	NEON_NARROW(name, s32, s64, expression)
/* From signed to unsigned. */
#define NEON_NARROW_SU(name, expression)                                                           \
	NEON_NARROW(name, u8, s16, expression)                                                     \
	NEON_NARROW(name, u16, s32, expression)                                                    \
	NEON_NARROW(name, u32, s64, expression)

#define SHIFTED (b >> w->immediate)
#define ROUNDED (((NEON_WIDER(b))b + ((NEON_WIDER(b))1 << (w->immediate - 1))) >> w->immediate)
#define WIDENED(x) ((NEON_WIDER(b))(x))

NEON_NARROW_U(neon_movn, b)
NEON_NARROW_SU(neon_qmovun, NEON_SATURATE(d, WIDENED(b)))
NEON_NARROW_S(neon_qmovn, NEON_SATURATE(d, WIDENED(b)))
NEON_NARROW_U(neon_qmovn, NEON_SATURATE(d, WIDENED(b)))
NEON_NARROW_U(neon_shrn, SHIFTED)
NEON_NARROW_U(neon_rshrn, ROUNDED)
NEON_NARROW_SU(neon_qshrun, NEON_SATURATE(d, WIDENED(SHIFTED)))
NEON_NARROW_SU(neon_qrshrun, NEON_SATURATE(d, ROUNDED))
NEON_NARROW_S(neon_qshrn, NEON_SATURATE(d, WIDENED(SHIFTED)))
NEON_NARROW_U(neon_qshrn, NEON_SATURATE(d, WIDENED(SHIFTED)))
NEON_NARROW_S(neon_qrshrn, NEON_SATURATE(d, ROUNDED))
NEON_NARROW_U(neon_qrshrn, NEON_SATURATE(d, ROUNDED))

neon_lanes *const neon_narrow[4][3] = {
	NEON_ROW_U3(neon_movn),
	NEON_ROW_U3(neon_qmovun),
	NEON_ROW_S3(neon_qmovn),
	NEON_ROW_U3(neon_qmovn),
};

neon_lanes *const neon_shift_narrow[2][2][2][3] = {
	{ { NEON_ROW_U3(neon_shrn), NEON_ROW_U3(neon_qshrun) },
	  { NEON_ROW_U3(neon_rshrn), NEON_ROW_U3(neon_qrshrun) } },
	{ NEON_ROWS_3(neon_qshrn), NEON_ROWS_3(neon_qrshrn) },
};

/* VSHLL. */
#define NEON_SHLL(W, N)                                                                            \
	NEON_LOOP(neon_shll_##N, W, NEON_COUNT(W), W, W, N, (uint64_t)b << w->immediate)
NEON_SHLL(s16, s8)
NEON_SHLL(s32, s16)
NEON_SHLL(s64, s32)
NEON_SHLL(u16, u8)
NEON_SHLL(u32, u16)
NEON_SHLL(u64, u32)

neon_lanes *const neon_shift_long[2][3] = NEON_ROWS_3(neon_shll);
