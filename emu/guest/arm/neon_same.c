/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Advanced SIMD: integer operations on three registers of the same length, on two
 * registers, and shifts by constants (ARM DDI 0406C, A7.4.1, A7.4.4, A7.4.5).
 */
#include "guest/arm/neon_float.h"
#include "guest/arm/neon_lanes.h"

#define OP_HADD(a, b, d) ((int64_t)(a) + (b)) >> 1
#define OP_RHADD(a, b, d) ((int64_t)(a) + (b) + 1) >> 1
#define OP_HSUB(a, b, d) ((int64_t)(a) - (b)) >> 1
#define OP_QADD(a, b, d) NEON_SATURATE(a, (NEON_WIDER(a))(a) + (b))
#define OP_QSUB(a, b, d) NEON_SATURATE(a, (NEON_WIDER(a))(a) - (b))
#define OP_CGT(a, b, d) (a) > (b) ? -1 : 0
#define OP_CGE(a, b, d) (a) >= (b) ? -1 : 0
#define OP_CEQ(a, b, d) (a) == (b) ? -1 : 0
#define OP_TST(a, b, d) (a) & (b) ? -1 : 0
#define OP_MAX(a, b, d) (a) > (b) ? (a) : (b)
#define OP_MIN(a, b, d) (a) < (b) ? (a) : (b)
#define OP_ABD(a, b, d) (a) > (b) ? (uint32_t)(a) - (uint32_t)(b) : (uint32_t)(b) - (uint32_t)(a)
#define OP_ABA(a, b, d) (uint32_t)(d) + (OP_ABD(a, b, d))
#define OP_ADD(a, b, d) (a) + (b)
#define OP_SUB(a, b, d) (a) - (b)
#define OP_MUL(a, b, d) (uint32_t)(a) * (uint32_t)(b)
#define OP_MLA(a, b, d) (uint32_t)(d) + (uint32_t)(a) * (uint32_t)(b)
#define OP_MLS(a, b, d) (uint32_t)(d) - (uint32_t)(a) * (uint32_t)(b)
/* The register shifts take their count from the low byte of n's lanes. */
#define OP_SHL(a, b, d) neon_shifted(b, (int8_t)(a), false)
#define OP_RSHL(a, b, d) neon_shifted(b, (int8_t)(a), true)
#define OP_QSHL(a, b, d) NEON_SATURATE(b, neon_shifted(b, (int8_t)(a), false))
#define OP_QRSHL(a, b, d) NEON_SATURATE(b, neon_shifted(b, (int8_t)(a), true))
/* Twice the product's upper half. */
#define OP_QDMULH(a, b, d) NEON_SATURATE(a, ((int64_t)(a) * (b)) >> (NEON_BITS(a) - 1))
#define OP_QRDMULH(a, b, d)                                                                        \
	NEON_SATURATE(a, ((int64_t)(a) * (b) + ((int64_t)1 << (NEON_BITS(a) - 2))) >>              \
				 (NEON_BITS(a) - 1))

NEON_SU3(neon_hadd, OP_HADD)
NEON_SU3(neon_rhadd, OP_RHADD)
NEON_SU3(neon_hsub, OP_HSUB)
NEON_SU4(neon_qadd, OP_QADD)
NEON_SU4(neon_qsub, OP_QSUB)
NEON_SU3(neon_cgt, OP_CGT)
NEON_SU3(neon_cge, OP_CGE)
NEON_U3(neon_ceq, OP_CEQ)
NEON_U3(neon_tst, OP_TST)
NEON_SU3(neon_max, OP_MAX)
NEON_SU3(neon_min, OP_MIN)
NEON_SU3(neon_abd, OP_ABD)
NEON_SU3(neon_aba, OP_ABA)
NEON_U4(neon_add, OP_ADD)
NEON_U4(neon_sub, OP_SUB)
NEON_U3(neon_mul, OP_MUL)
NEON_U3(neon_mla, OP_MLA)
NEON_U3(neon_mls, OP_MLS)
NEON_SU4(neon_shl, OP_SHL)
NEON_SU4(neon_rshl, OP_RSHL)
NEON_SU4(neon_qshl, OP_QSHL)
NEON_SU4(neon_qrshl, OP_QRSHL)
NEON_SAME(neon_qdmulh, s16, OP_QDMULH)
NEON_SAME(neon_qdmulh, s32, OP_QDMULH)
NEON_SAME(neon_qrdmulh, s16, OP_QRDMULH)
NEON_SAME(neon_qrdmulh, s32, OP_QRDMULH)

/* Multiplication of polynomials over {0, 1}. */
static void neon_mul_p8(struct neon_work *w)
{
	for (unsigned i = 0; i < 16; i++) {
		unsigned product = 0;

		for (unsigned bit = 0; bit < 8; bit++)
			product ^= w->n.u8[i] >> bit & 1 ? (unsigned)w->m.u8[i] << bit : 0;
		w->d.u8[i] = (uint8_t)product;
	}
}

/* Pairs of neighbours, those of n in the lower half of a double register. */
#define NEON_PAIRWISE(name, T, OP)                                                                 \
	static void name##_##T(struct neon_work *w)                                                \
	{                                                                                          \
		const unsigned half = NEON_COUNT(T) / 4;                                           \
                                                                                                   \
		for (unsigned i = 0; i < half; i++) {                                              \
			w->d.T[i] = (NEON_TYPE(T))(OP(w->n.T[2 * i], w->n.T[2 * i + 1], 0));       \
			w->d.T[i + half] =                                                         \
				(NEON_TYPE(T))(OP(w->m.T[2 * i], w->m.T[2 * i + 1], 0));           \
		}                                                                                  \
	}
#define NEON_PAIRWISE_3(name, a, b, c, OP)                                                         \
	NEON_PAIRWISE(name, a, OP)                                                                 \
	NEON_PAIRWISE(name, b, OP)                                                                 \
	NEON_PAIRWISE(name, c, OP)

NEON_PAIRWISE_3(neon_pmax, s8, s16, s32, OP_MAX)
NEON_PAIRWISE_3(neon_pmax, u8, u16, u32, OP_MAX)
NEON_PAIRWISE_3(neon_pmin, s8, s16, s32, OP_MIN)
NEON_PAIRWISE_3(neon_pmin, u8, u16, u32, OP_MIN)
NEON_PAIRWISE_3(neon_padd, u8, u16, u32, OP_ADD)

neon_lanes *const neon_same[26][2][4] = {
	[0] = NEON_ROWS_3(neon_hadd),
	[1] = NEON_ROWS_4(neon_qadd),
	[2] = NEON_ROWS_3(neon_rhadd),
	[4] = NEON_ROWS_3(neon_hsub),
	[5] = NEON_ROWS_4(neon_qsub),
	[6] = NEON_ROWS_3(neon_cgt),
	[7] = NEON_ROWS_3(neon_cge),
	[8] = NEON_ROWS_4(neon_shl),
	[9] = NEON_ROWS_4(neon_qshl),
	[10] = NEON_ROWS_4(neon_rshl),
	[11] = NEON_ROWS_4(neon_qrshl),
	[12] = NEON_ROWS_3(neon_max),
	[13] = NEON_ROWS_3(neon_min),
	[14] = NEON_ROWS_3(neon_abd),
	[15] = NEON_ROWS_3(neon_aba),
	[16] = { NEON_ROW_U4(neon_add), NEON_ROW_U4(neon_sub) },
	[17] = { NEON_ROW_U3(neon_tst), NEON_ROW_U3(neon_ceq) },
	[18] = { NEON_ROW_U3(neon_mla), NEON_ROW_U3(neon_mls) },
	[19] = { NEON_ROW_U3(neon_mul), { neon_mul_p8 } },
	[20] = NEON_ROWS_3(neon_pmax),
	[21] = NEON_ROWS_3(neon_pmin),
	[22] = { { NULL, neon_qdmulh_s16, neon_qdmulh_s32 },
		 { NULL, neon_qrdmulh_s16, neon_qrdmulh_s32 } },
	[23] = { NEON_ROW_U3(neon_padd) },
};

/* Shifts of m's lanes by a constant. */
#define SHIFT_ONE(b) ((__typeof__(b))1)
#define OP_SHR(a, b, d) (NEON_WIDER(b))(b) >> w->immediate
#define OP_SRA(a, b, d) (d) + (uint64_t)(OP_SHR(a, b, d))
#define OP_RSHR(a, b, d)                                                                           \
	((NEON_WIDER(b))(b) + ((NEON_WIDER(b))1 << (w->immediate - 1))) >> w->immediate
#define OP_RSRA(a, b, d) (d) + (uint64_t)(OP_RSHR(a, b, d))
#define OP_SRI(a, b, d)                                                                            \
	(d) & ~(NEON_HIGHEST(b) >> w->immediate) | (NEON_WIDER(b))(b) >> w->immediate
#define OP_SHLI(a, b, d) (b) << w->immediate
#define OP_SLI(a, b, d) (d) & (SHIFT_ONE(d) << w->immediate) - 1 | (b) << w->immediate
#define OP_QSHLI(a, b, d) NEON_SATURATE(b, neon_shifted(b, (int)w->immediate, false))

NEON_SU4(neon_shr, OP_SHR)
NEON_SU4(neon_sra, OP_SRA)
NEON_SU4(neon_rshr, OP_RSHR)
NEON_SU4(neon_rsra, OP_RSRA)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wparentheses"
NEON_U4(neon_sri, OP_SRI)
NEON_U4(neon_sli, OP_SLI)
#pragma GCC diagnostic pop
NEON_U4(neon_shli, OP_SHLI)
NEON_SU4(neon_qshli, OP_QSHLI)

/* From signed to unsigned. */
#define NEON_QSHLU(U, S)                                                                           \
	NEON_LOOP(neon_qshlu_##U, U, NEON_COUNT(U), U, U, S,                                       \
		  NEON_SATURATE(d, neon_shifted(b, (int)w->immediate, false)))
NEON_QSHLU(u8, s8)
NEON_QSHLU(u16, s16)
NEON_QSHLU(u32, s32)
NEON_QSHLU(u64, s64)

neon_lanes *const neon_shift[8][2][4] = {
	NEON_ROWS_4(neon_shr),
	NEON_ROWS_4(neon_sra),
	NEON_ROWS_4(neon_rshr),
	NEON_ROWS_4(neon_rsra),
	{ { NULL }, NEON_ROW_U4(neon_sri) },
	{ NEON_ROW_U4(neon_shli), NEON_ROW_U4(neon_sli) },
	{ { NULL }, NEON_ROW_U4(neon_qshlu) },
	NEON_ROWS_4(neon_qshli),
};

/* Two registers. */
static inline unsigned neon_leading_zeros(uint32_t x, unsigned bits)
{
	return x ? (unsigned)__builtin_clz(x) - (32 - bits) : bits;
}

#define OP_CLZ(a, b, d) neon_leading_zeros(b, NEON_BITS(b))
/* Copies of the sign bit behind it. */
#define OP_CLS(a, b, d)                                                                            \
	neon_leading_zeros((uint32_t)((b) ^ (b) >> (NEON_BITS(b) - 1)), NEON_BITS(b)) - 1
#define OP_CNT(a, b, d) __builtin_popcount(b)
#define OP_MVN(a, b, d) ~(b)
#define OP_ABS(a, b, d) (b) < 0 ? -(uint32_t)(b) : (uint32_t)(b)
#define OP_NEG(a, b, d) -(b)
#define OP_QABS(a, b, d) NEON_SATURATE(b, (b) < 0 ? -(int64_t)(b) : (int64_t)(b))
#define OP_QNEG(a, b, d) NEON_SATURATE(b, -(int64_t)(b))
#define OP_CGT0(a, b, d) (b) > 0 ? -1 : 0
#define OP_CGE0(a, b, d) (b) >= 0 ? -1 : 0
#define OP_CEQ0(a, b, d) (b) == 0 ? -1 : 0
#define OP_CLE0(a, b, d) (b) <= 0 ? -1 : 0
#define OP_CLT0(a, b, d) (b) < 0 ? -1 : 0

NEON_U3(neon_clz, OP_CLZ)
NEON_S3(neon_cls, OP_CLS)
NEON_SAME(neon_cnt, u8, OP_CNT)
NEON_SAME(neon_mvn, u8, OP_MVN)
NEON_S3(neon_abs, OP_ABS)
NEON_U3(neon_neg, OP_NEG)
NEON_S3(neon_qabs, OP_QABS)
NEON_S3(neon_qneg, OP_QNEG)
NEON_S3(neon_cgt0, OP_CGT0)
NEON_S3(neon_cge0, OP_CGE0)
NEON_S3(neon_ceq0, OP_CEQ0)
NEON_S3(neon_cle0, OP_CLE0)
NEON_S3(neon_clt0, OP_CLT0)

/* Sums of neighbours in lanes of twice the size, and added to what is there. */
#define NEON_PADDL(W, N)                                                                           \
	static void neon_paddl_##W(struct neon_work *w)                                            \
	{                                                                                          \
		for (unsigned i = 0; i < NEON_COUNT(W); i++)                                       \
			w->d.W[i] =                                                                \
				(NEON_TYPE(W))((NEON_TYPE(W))w->m.N[2 * i] + w->m.N[2 * i + 1]);   \
	}                                                                                          \
	static void neon_padal_##W(struct neon_work *w)                                            \
	{                                                                                          \
		for (unsigned i = 0; i < NEON_COUNT(W); i++)                                       \
			w->d.W[i] = (NEON_TYPE(W))((uint64_t)w->d.W[i] + (uint64_t)w->m.N[2 * i] + \
						   (uint64_t)w->m.N[2 * i + 1]);                   \
	}
NEON_PADDL(s16, s8)
NEON_PADDL(s32, s16)
NEON_PADDL(s64, s32)
NEON_PADDL(u16, u8)
NEON_PADDL(u32, u16)
NEON_PADDL(u64, u32)

static void neon_abs_f32(struct neon_work *w)
{
	for (unsigned i = 0; i < 4; i++)
		w->d.u32[i] = w->m.u32[i] & 0x7fffffff;
}

static void neon_neg_f32(struct neon_work *w)
{
	for (unsigned i = 0; i < 4; i++)
		w->d.u32[i] = w->m.u32[i] ^ 0x80000000;
}

#define ONLY_32(name)                                                                              \
	{                                                                                          \
		NULL, NULL, name                                                                   \
	}

neon_lanes *const neon_misc[4][16][4] = {
	{
		[4] = { neon_paddl_s16, neon_paddl_s32, neon_paddl_s64 },
		[5] = { neon_paddl_u16, neon_paddl_u32, neon_paddl_u64 },
		[8] = NEON_ROW_S3(neon_cls),
		[9] = NEON_ROW_U3(neon_clz),
		[10] = { neon_cnt_u8 },
		[11] = { neon_mvn_u8 },
		[12] = { neon_padal_s16, neon_padal_s32, neon_padal_s64 },
		[13] = { neon_padal_u16, neon_padal_u32, neon_padal_u64 },
		[14] = NEON_ROW_S3(neon_qabs),
		[15] = NEON_ROW_S3(neon_qneg),
	},
	{
		[0] = NEON_ROW_S3(neon_cgt0),
		[1] = NEON_ROW_S3(neon_cge0),
		[2] = NEON_ROW_S3(neon_ceq0),
		[3] = NEON_ROW_S3(neon_cle0),
		[4] = NEON_ROW_S3(neon_clt0),
		[6] = NEON_ROW_S3(neon_abs),
		[7] = NEON_ROW_U3(neon_neg),
		[8] = ONLY_32(neon_cgt0_f32),
		[9] = ONLY_32(neon_cge0_f32),
		[10] = ONLY_32(neon_ceq0_f32),
		[11] = ONLY_32(neon_cle0_f32),
		[12] = ONLY_32(neon_clt0_f32),
		[14] = ONLY_32(neon_abs_f32),
		[15] = ONLY_32(neon_neg_f32),
	},
	{ { NULL } },
	{
		[8] = ONLY_32(neon_recpe_u32),
		[9] = ONLY_32(neon_rsqrte_u32),
		[10] = ONLY_32(neon_recpe_f32),
		[11] = ONLY_32(neon_rsqrte_f32),
		[12] = ONLY_32(neon_from_s32),
		[13] = ONLY_32(neon_from_u32),
		[14] = ONLY_32(neon_to_s32),
		[15] = ONLY_32(neon_to_u32),
	},
};

#define NEON_REVERSE(name, T, mask)                                                                \
	static void name##_##T(struct neon_work *w)                                                \
	{                                                                                          \
		for (unsigned i = 0; i < NEON_COUNT(T); i++)                                       \
			w->d.T[i] = w->m.T[i ^ (mask)];                                            \
	}
NEON_REVERSE(neon_rev64, u8, 7)
NEON_REVERSE(neon_rev64, u16, 3)
NEON_REVERSE(neon_rev64, u32, 1)
NEON_REVERSE(neon_rev32, u8, 3)
NEON_REVERSE(neon_rev32, u16, 1)
NEON_REVERSE(neon_rev16, u8, 1)

neon_lanes *const neon_reverse[3][3] = {
	NEON_ROW_U3(neon_rev64),
	{ neon_rev32_u8, neon_rev32_u16 },
	{ neon_rev16_u8 },
};
