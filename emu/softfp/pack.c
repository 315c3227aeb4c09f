/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Softfp's formats: bits to unpacked numbers and back, with rounding, overflow,
 * underflow and NaNs (IEEE 754-2008, sections 3.4, 4.3, 6.2, 7).
 */
#include "softfp/pack.h"

const struct soft_format soft_half = { .exponent_bits = 5, .precision = 11, .never_flushed = true };
const struct soft_format soft_alternative_half = {
	.exponent_bits = 5, .precision = 11, .finite_only = true, .never_flushed = true
};
const struct soft_format soft_single = { .exponent_bits = 8, .precision = 24 };
const struct soft_format soft_double = { .exponent_bits = 11, .precision = 53 };

static unsigned soft_bias(const struct soft_format *f)
{
	return (1u << (f->exponent_bits - 1)) - 1;
}

static unsigned soft_exponent_mask(const struct soft_format *f)
{
	return (1u << f->exponent_bits) - 1;
}

static uint64_t soft_assemble(const struct soft_format *f, bool sign, uint64_t exponent,
			      uint64_t fraction)
{
	unsigned place = f->precision - 1u;

	return (uint64_t)sign << (f->exponent_bits + place) | exponent << place | fraction;
}

struct soft_number soft_unpack(struct soft_env *env, const struct soft_format *f, uint64_t bits)
{
	unsigned place = f->precision - 1u;
	unsigned exponent = (unsigned)(bits >> place) & soft_exponent_mask(f);
	uint64_t fraction = (bits & (((uint64_t)1 << place) - 1)) << (63 - place);
	struct soft_number x = { .class = SOFT_FINITE,
				 .sign = bits >> (f->exponent_bits + place) & 1,
				 .exponent = (int32_t)exponent - (int32_t)soft_bias(f),
				 .significand = fraction | (uint64_t)1 << 63 };

	if (exponent == soft_exponent_mask(f) && !f->finite_only) {
		x.significand = fraction;
		x.class = !fraction ? SOFT_INFINITY : fraction >> 62 ? SOFT_QUIET : SOFT_SIGNALLING;
	} else if (!exponent && !fraction) {
		x.class = SOFT_ZERO;
	} else if (!exponent && env->flush_inputs && !f->never_flushed) {
		x.class = SOFT_ZERO;
		env->flags |= FP_DENORMAL;
	} else if (!exponent) {
		unsigned shift = (unsigned)__builtin_clzll(fraction);

		x.significand = fraction << shift;
		x.exponent = 1 - (int32_t)soft_bias(f) - (int32_t)shift;
	}
	return x;
}

uint64_t soft_pack_zero(const struct soft_format *f, bool sign)
{
	return soft_assemble(f, sign, 0, 0);
}

uint64_t soft_pack_infinity(const struct soft_format *f, bool sign)
{
	return soft_assemble(f, sign, soft_exponent_mask(f), 0);
}

uint64_t soft_made_nan(const struct soft_env *env, const struct soft_format *f)
{
	return soft_assemble(f, env->nan_rule != SOFT_NAN_ARM, soft_exponent_mask(f),
			     (uint64_t)1 << (f->precision - 2));
}

uint64_t soft_invalid(struct soft_env *env, const struct soft_format *f)
{
	env->flags |= FP_INVALID;
	return soft_made_nan(env, f);
}

uint64_t soft_pack_nan(struct soft_env *env, const struct soft_format *f,
		       const struct soft_number *x)
{
	if (x->class == SOFT_SIGNALLING)
		env->flags |= FP_INVALID;
	if (env->default_nan)
		return soft_made_nan(env, f);
	return soft_assemble(f, x->sign, soft_exponent_mask(f),
			     (x->significand | (uint64_t)1 << 62) >> (64 - f->precision));
}

uint64_t soft_choose_nan(struct soft_env *env, const struct soft_format *f,
			 const struct soft_number *const *x, unsigned count)
{
	const struct soft_number *signalling = NULL, *any = NULL;

	for (unsigned i = count; i-- > 0;) {
		if (x[i]->class == SOFT_SIGNALLING)
			signalling = x[i];
		if (soft_is_nan(x[i]))
			any = x[i];
	}
	if (signalling)
		env->flags |= FP_INVALID;
	return soft_pack_nan(env, f,
			     env->nan_rule == SOFT_NAN_ARM && signalling ? signalling : any);
}

unsigned __int128 soft_shift_sticky(unsigned __int128 x, unsigned count)
{
	if (count == 0)
		return x;
	if (count > 127)
		return x != 0;
	return x >> count | (x << (128 - count) != 0);
}

bool soft_rounds_up(unsigned rounding, bool sign, bool odd, unsigned __int128 rest)
{
	const unsigned __int128 half = (unsigned __int128)1 << 127;

	switch (rounding) {
	case SOFT_NEAREST:
		return rest > half || (rest == half && odd);
	case SOFT_AWAY:
		return rest >= half;
	case SOFT_UP:
		return !sign && rest;
	case SOFT_DOWN:
		return sign && rest;
	default:
		return false;
	}
}

struct soft_wide soft_widen(const struct soft_number *x)
{
	return (struct soft_wide){ .zero = x->class == SOFT_ZERO,
				   .sign = x->sign,
				   .exponent = x->exponent,
				   .significand = (unsigned __int128)x->significand << 64 };
}

void soft_normalise(struct soft_wide *x)
{
	uint64_t high = (uint64_t)(x->significand >> 64);
	unsigned shift;

	if (!x->significand) {
		x->zero = true;
		return;
	}
	shift = high ? (unsigned)__builtin_clzll(high) :
		       64 + (unsigned)__builtin_clzll((uint64_t)x->significand);
	x->significand <<= shift;
	x->exponent -= (int32_t)shift;
}

/* Too large for the format. */
static uint64_t soft_overflow(struct soft_env *env, const struct soft_format *f, bool sign)
{
	uint64_t largest = soft_assemble(f, sign, soft_exponent_mask(f) - !f->finite_only,
					 ((uint64_t)1 << (f->precision - 1)) - 1);

	if (f->finite_only) {
		env->flags |= FP_INVALID;
		return largest;
	}
	env->flags |= FP_OVERFLOW | FP_INEXACT;
	/* To infinity where anything beyond the largest rounds up. */
	if (soft_rounds_up(env->rounding, sign, true, ~(unsigned __int128)0))
		return soft_pack_infinity(f, sign);
	return largest;
}

/* Whether a number below the smallest normal one is tiny: not if it would become that
 * one with the exponent unbounded, unless the guest looks before rounding. */
static bool soft_is_tiny(const struct soft_env *env, const struct soft_format *f,
			 const struct soft_wide *x, int32_t smallest)
{
	unsigned __int128 kept = x->significand >> (128 - f->precision);
	bool all_ones = !((kept + 1) >> f->precision == 0);

	if (env->tiny_before || x->exponent < smallest - 1 || !all_ones)
		return true;
	return !soft_rounds_up(env->rounding, x->sign, true, x->significand << f->precision);
}

uint64_t soft_pack(struct soft_env *env, const struct soft_format *f, const struct soft_wide *x)
{
	int32_t smallest = 1 - (int32_t)soft_bias(f);
	bool denormal = x->exponent < smallest;
	bool tiny = denormal && soft_is_tiny(env, f, x, smallest);
	unsigned __int128 significand = x->significand;
	unsigned __int128 rest;
	uint64_t kept, result;

	if (x->zero)
		return soft_pack_zero(f, x->sign);
	if (tiny && env->flush_outputs && !f->never_flushed) {
		env->flags |= FP_UNDERFLOW | (env->tiny_before ? 0 : FP_INEXACT);
		return soft_pack_zero(f, x->sign);
	}
	if (denormal)
		significand = soft_shift_sticky(significand, (unsigned)(smallest - x->exponent));
	kept = (uint64_t)(significand >> (128 - f->precision));
	rest = significand << f->precision;
	kept += soft_rounds_up(env->rounding, x->sign, kept & 1, rest);
	/* The leading one adds 1 to the exponent's field; so does a carry out of kept. */
	result =
		denormal ? kept : kept + ((uint64_t)(x->exponent - smallest) << (f->precision - 1));
	if (result >> (f->precision - 1) >= soft_exponent_mask(f) + f->finite_only)
		return soft_overflow(env, f, x->sign);
	if (rest)
		env->flags |= FP_INEXACT | (tiny ? FP_UNDERFLOW : 0);
	return soft_assemble(f, x->sign, 0, result);
}
