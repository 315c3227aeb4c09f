/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Advanced SIMD: operations on singles, always with flushing to zero, default NaNs and
 * rounding to nearest (ARM DDI 0406C, A2.7, "standard FPSCR value"); estimates of
 * reciprocals and their roots bit by bit as the manual defines them (A2.7.8, A2.7.9).
 */
#include "guest/arm/neon_float.h"
#include "guest/arm/neon_lanes.h"

#define F32 &soft_single
#define F32_SIGN 0x80000000u
#define F32_INFINITY 0x7f800000u
#define F32_NAN 0x7fc00000u
#define F32_ONE_HALF 0x3f000000u
#define F32_ONE_AND_HALF 0x3fc00000u
#define F32_TWO 0x40000000u
#define F32_THREE 0x40400000u

/* No garbage lanes here: a zero raises flags in a division's estimate. */
#define NEON_F32(name, expression)                                                                 \
	void name(struct neon_work *w)                                                             \
	{                                                                                          \
		struct soft_env *env = &w->env;                                                    \
                                                                                                   \
		for (unsigned i = 0; i < w->bytes / 4; i++) {                                      \
			const uint32_t a = w->n.u32[i], b = w->m.u32[i], d = w->d.u32[i];          \
                                                                                                   \
			(void)a, (void)b, (void)d, (void)env;                                      \
			w->d.u32[i] = (uint32_t)(expression);                                      \
		}                                                                                  \
	}

static uint32_t neon_f32_absolute(uint64_t x)
{
	return (uint32_t)x & ~F32_SIGN;
}

static uint32_t neon_f32_compare(struct soft_env *env, uint32_t a, uint32_t b, bool or_equal)
{
	enum soft_order order = soft_compare(env, F32, a, b, true);

	return order == SOFT_GREATER || (or_equal && order == SOFT_EQUAL) ? ~0u : 0;
}

static uint32_t neon_f32_equal(struct soft_env *env, uint32_t a, uint32_t b)
{
	return soft_compare(env, F32, a, b, false) == SOFT_EQUAL ? ~0u : 0;
}

/* The larger one, or the smaller one; between zeros their signs decide. */
static uint32_t neon_f32_choose(struct soft_env *env, uint32_t a, uint32_t b, bool larger)
{
	switch (soft_compare(env, F32, a, b, false)) {
	case SOFT_UNORDERED:
		return F32_NAN;
	case SOFT_LESS:
		a = larger ? b : a;
		break;
	case SOFT_GREATER:
		a = larger ? a : b;
		break;
	case SOFT_EQUAL: /* the same bits, or zeros, or flushed to zeros */
		a = larger ? a & b : a | b;
		break;
	}
	return neon_f32_absolute(a) >> 23 ? a : a & F32_SIGN;
}

static uint32_t neon_f32_mla(struct soft_env *env, uint32_t d, uint32_t a, uint32_t b)
{
	return (uint32_t)soft_add(env, F32, d, soft_mul(env, F32, a, b));
}

static uint32_t neon_f32_mls(struct soft_env *env, uint32_t d, uint32_t a, uint32_t b)
{
	return (uint32_t)soft_add(env, F32, d, soft_mul(env, F32, a, b) ^ F32_SIGN);
}

static bool neon_f32_is_zero(uint32_t x)
{
	return !(neon_f32_absolute(x) >> 23); /* flushed ones, too */
}

/* Infinity times zero is 0 in the steps, without an exception. */
static bool neon_f32_special(uint32_t a, uint32_t b)
{
	return (neon_f32_absolute(a) == F32_INFINITY && neon_f32_is_zero(b)) ||
	       (neon_f32_absolute(b) == F32_INFINITY && neon_f32_is_zero(a));
}

/* Only for the flag of inputs that are flushed. */
static void neon_f32_note_inputs(struct soft_env *env, uint32_t a, uint32_t b)
{
	soft_compare(env, F32, a, b, false);
}

static uint32_t neon_f32_recps(struct soft_env *env, uint32_t a, uint32_t b)
{
	if (neon_f32_special(a, b)) {
		neon_f32_note_inputs(env, a, b);
		return F32_TWO;
	}
	return (uint32_t)soft_sub(env, F32, F32_TWO, soft_mul(env, F32, a, b));
}

static uint32_t neon_f32_rsqrts(struct soft_env *env, uint32_t a, uint32_t b)
{
	uint64_t difference;

	if (neon_f32_special(a, b)) {
		neon_f32_note_inputs(env, a, b);
		return F32_ONE_AND_HALF;
	}
	/* Halving is exact: the difference is never near the smallest number. */
	difference = soft_sub(env, F32, F32_THREE, soft_mul(env, F32, a, b));
	return (uint32_t)soft_mul(env, F32, difference, F32_ONE_HALF);
}

/* clang-format off */
static NEON_F32(neon_add_f32, soft_add(env, F32, a, b))
static NEON_F32(neon_sub_f32, soft_sub(env, F32, a, b))
static NEON_F32(neon_mul_f32, soft_mul(env, F32, a, b))
static NEON_F32(neon_abd_f32, neon_f32_absolute(soft_sub(env, F32, a, b)))
static NEON_F32(neon_mla_f32, neon_f32_mla(env, d, a, b))
static NEON_F32(neon_mls_f32, neon_f32_mls(env, d, a, b))
static NEON_F32(neon_fma_f32, soft_fma(env, F32, a, b, d))
static NEON_F32(neon_fms_f32, soft_fma(env, F32, a ^ F32_SIGN, b, d))
static NEON_F32(neon_ceq_f32, neon_f32_equal(env, a, b))
static NEON_F32(neon_cge_f32, neon_f32_compare(env, a, b, true))
static NEON_F32(neon_cgt_f32, neon_f32_compare(env, a, b, false))
static NEON_F32(neon_acge_f32,
		neon_f32_compare(env, neon_f32_absolute(a), neon_f32_absolute(b), true))
static NEON_F32(neon_acgt_f32,
		neon_f32_compare(env, neon_f32_absolute(a), neon_f32_absolute(b), false))
static NEON_F32(neon_max_f32, neon_f32_choose(env, a, b, true))
static NEON_F32(neon_min_f32, neon_f32_choose(env, a, b, false))
static NEON_F32(neon_recps_f32, neon_f32_recps(env, a, b))
static NEON_F32(neon_rsqrts_f32, neon_f32_rsqrts(env, a, b))
NEON_F32(neon_ceq0_f32, neon_f32_equal(env, b, 0))
NEON_F32(neon_cge0_f32, neon_f32_compare(env, b, 0, true))
NEON_F32(neon_cgt0_f32, neon_f32_compare(env, b, 0, false))
NEON_F32(neon_cle0_f32, neon_f32_compare(env, 0, b, true))
NEON_F32(neon_clt0_f32, neon_f32_compare(env, 0, b, false))
/* clang-format on */

#define NEON_PAIRWISE_F32(name, function)                                                          \
	static void name(struct neon_work *w)                                                      \
	{                                                                                          \
		w->d.u32[0] = (uint32_t)function(&w->env, w->n.u32[0], w->n.u32[1]);               \
		w->d.u32[1] = (uint32_t)function(&w->env, w->m.u32[0], w->m.u32[1]);               \
	}
#define F32_ADD(env, a, b) soft_add(env, F32, a, b)
#define F32_MAX(env, a, b) neon_f32_choose(env, a, b, true)
#define F32_MIN(env, a, b) neon_f32_choose(env, a, b, false)
	/* clang-format off */
NEON_PAIRWISE_F32(neon_padd_f32, F32_ADD)
NEON_PAIRWISE_F32(neon_pmax_f32, F32_MAX)
NEON_PAIRWISE_F32(neon_pmin_f32, F32_MIN)
	/* clang-format on */

	neon_lanes *const neon_same_float[8][2][2] = {
		[0] = { { NULL } },
		[1] = { { neon_fma_f32, neon_fms_f32 } },
		[2] = { { neon_add_f32, neon_sub_f32 }, { neon_padd_f32, neon_abd_f32 } },
		[3] = { { neon_mla_f32, neon_mls_f32 }, { neon_mul_f32 } },
		[4] = { { neon_ceq_f32 }, { neon_cge_f32, neon_cgt_f32 } },
		[5] = { { NULL }, { neon_acge_f32, neon_acgt_f32 } },
		[6] = { { neon_max_f32, neon_min_f32 }, { neon_pmax_f32, neon_pmin_f32 } },
		[7] = { { neon_recps_f32, neon_rsqrts_f32 } },
	};

/* Estimates.  A number in [0.5, 1) is given as q / 512 with q = 256..511, its reciprocal
 * comes as a number of 1 / 256s, 256..511: that of the middle of q's interval. */
static unsigned neon_reciprocal_estimate(unsigned q)
{
	unsigned middle = 2 * q + 1; /* of 1 / 1024 */

	return (2 * 256 * 1024 + middle) / (2 * middle);
}

/* Likewise 1 / sqrt(x): q = 128..255 in 1 / 512s for x below 0.5, in 1 / 256s above.  The
 * largest s with s - 0.5 at most 256 / sqrt(middle). */
static unsigned neon_root_estimate(unsigned q, bool below_half)
{
	unsigned limit = 1u << (below_half ? 28 : 27), s = 256;

	for (unsigned bit = 128; bit; bit >>= 1) {
		unsigned odd = 2 * (s + bit) - 1;

		if (odd * odd <= limit / (2 * q + 1))
			s += bit;
	}
	return s;
}

static uint32_t neon_recpe_integer(uint32_t x)
{
	return x >> 31 ? neon_reciprocal_estimate(x >> 23) << 23 : ~0u;
}

static uint32_t neon_rsqrte_integer(uint32_t x)
{
	if (!(x >> 30))
		return ~0u;
	return (x >> 31 ? neon_root_estimate(x >> 24, false) : neon_root_estimate(x >> 23, true))
	       << 23;
}

/* NaNs and zeros, alike for both. */
static bool neon_estimate_special(struct soft_env *env, uint32_t x, uint32_t *result)
{
	uint32_t magnitude = neon_f32_absolute(x);

	if (magnitude > F32_INFINITY) {
		if (!(x >> 22 & 1))
			env->flags |= FP_INVALID;
		*result = F32_NAN;
	} else if (neon_f32_is_zero(x)) {
		env->flags |= FP_DIVIDE | (magnitude ? FP_DENORMAL : 0);
		*result = (x & F32_SIGN) | F32_INFINITY;
	} else {
		return false;
	}
	return true;
}

static uint32_t neon_recpe_single(struct soft_env *env, uint32_t x)
{
	uint32_t exponent = neon_f32_absolute(x) >> 23, estimate, result;

	if (neon_estimate_special(env, x, &result))
		return result;
	if (exponent >= 253) { /* from 2^126 on, infinity included */
		if (exponent < 255)
			env->flags |= FP_UNDERFLOW;
		return x & F32_SIGN;
	}
	estimate = neon_reciprocal_estimate(256 | (x >> 15 & 0xff));
	return (x & F32_SIGN) | (253 - exponent) << 23 | (estimate & 0xff) << 15;
}

static uint32_t neon_rsqrte_single(struct soft_env *env, uint32_t x)
{
	uint32_t exponent = neon_f32_absolute(x) >> 23, estimate, result;

	if (neon_estimate_special(env, x, &result))
		return result;
	if (x & F32_SIGN) {
		env->flags |= FP_INVALID;
		return F32_NAN;
	}
	if (exponent == 255)
		return 0;
	estimate = neon_root_estimate(128 | (x >> 16 & 0x7f), exponent & 1);
	return (380 - exponent) / 2 << 23 | (estimate & 0xff) << 15;
}

NEON_F32(neon_recpe_u32, neon_recpe_integer(b))
NEON_F32(neon_rsqrte_u32, neon_rsqrte_integer(b))
NEON_F32(neon_recpe_f32, neon_recpe_single(env, b))
NEON_F32(neon_rsqrte_f32, neon_rsqrte_single(env, b))

/* Conversions; the immediate is the number of fraction bits. */
static uint32_t neon_to_fixed(struct neon_work *w, uint32_t x, bool is_signed)
{
	struct soft_fixed to = { 32, (uint8_t)w->immediate, is_signed };

	w->env.rounding = SOFT_TRUNCATE;
	return (uint32_t)soft_to_fixed(&w->env, F32, x, to);
}

static uint32_t neon_from_fixed(struct neon_work *w, uint32_t x, bool is_signed)
{
	struct soft_fixed from = { 32, (uint8_t)w->immediate, is_signed };

	return (uint32_t)soft_from_fixed(&w->env, F32, x, from);
}

NEON_F32(neon_from_s32, neon_from_fixed(w, b, true))
NEON_F32(neon_from_u32, neon_from_fixed(w, b, false))
NEON_F32(neon_to_s32, neon_to_fixed(w, b, true))
NEON_F32(neon_to_u32, neon_to_fixed(w, b, false))

neon_lanes *const neon_fixed[4] = { neon_from_s32, neon_to_s32, neon_from_u32, neon_to_u32 };

void neon_half_to_single(struct neon_work *w)
{
	const struct soft_format *half = w->alternative_half ? &soft_alternative_half : &soft_half;

	for (unsigned i = 0; i < 4; i++)
		w->d.u32[i] = (uint32_t)soft_convert(&w->env, half, F32, w->m.u16[i]);
}

void neon_single_to_half(struct neon_work *w)
{
	const struct soft_format *half = w->alternative_half ? &soft_alternative_half : &soft_half;

	for (unsigned i = 0; i < 4; i++)
		w->d.u16[i] = (uint16_t)soft_convert(&w->env, F32, half, w->m.u32[i]);
}
