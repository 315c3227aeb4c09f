/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Softfp: comparison, conversions between formats, from and to integers and fixed
 * point, rounding to integral values (IEEE 754-2008, sections 5.3.1, 5.4, 5.11).
 */
#include "softfp/pack.h"

enum soft_order soft_compare(struct soft_env *env, const struct soft_format *f, uint64_t a,
			     uint64_t b, bool signalling)
{
	struct soft_number x = soft_unpack(env, f, a), y = soft_unpack(env, f, b);
	bool less;

	if (soft_is_nan(&x) || soft_is_nan(&y)) {
		if (signalling || x.class == SOFT_SIGNALLING || y.class == SOFT_SIGNALLING)
			env->flags |= FP_INVALID;
		return SOFT_UNORDERED;
	}
	if (x.class == SOFT_ZERO && y.class == SOFT_ZERO)
		return SOFT_EQUAL;
	if (x.class == SOFT_ZERO)
		return y.sign ? SOFT_GREATER : SOFT_LESS;
	if (y.class == SOFT_ZERO || x.sign != y.sign)
		return x.sign ? SOFT_LESS : SOFT_GREATER;
	if (x.exponent != y.exponent)
		less = x.exponent < y.exponent; /* infinity has the highest one */
	else if (x.significand != y.significand)
		less = x.significand < y.significand;
	else
		return SOFT_EQUAL;
	return less != x.sign ? SOFT_LESS : SOFT_GREATER;
}

uint64_t soft_convert(struct soft_env *env, const struct soft_format *from,
		      const struct soft_format *to, uint64_t a)
{
	struct soft_number x = soft_unpack(env, from, a);
	struct soft_wide wide;

	if (soft_is_nan(&x) && to->finite_only) {
		env->flags |= FP_INVALID;
		return soft_pack_zero(to, x.sign);
	}
	if (soft_is_nan(&x))
		return soft_pack_nan(env, to, &x);
	if (x.class == SOFT_INFINITY && !to->finite_only)
		return soft_pack_infinity(to, x.sign);
	wide = soft_widen(&x);
	if (x.class == SOFT_INFINITY)
		wide.significand = (unsigned __int128)1 << 127;
	return soft_pack(env, to, &wide);
}

/* The integer nearest to x * 2^fraction by the rounding mode, as magnitude; `rest`
 * tells whether it isn't exact.  False if it doesn't fit into 64 bits. */
static bool soft_integer(const struct soft_env *env, const struct soft_number *x, unsigned fraction,
			 uint64_t *integer, bool *inexact)
{
	unsigned __int128 wide = (unsigned __int128)x->significand << 64, rest;
	int32_t exponent = x->exponent + (int32_t)fraction;

	*inexact = false;
	*integer = 0;
	if (x->class == SOFT_ZERO)
		return true;
	if (x->class != SOFT_FINITE || exponent > 63)
		return false;
	if (exponent < 0) {
		rest = soft_shift_sticky(wide, (unsigned)(-exponent - 1));
	} else {
		*integer = (uint64_t)(wide >> (127 - exponent));
		rest = wide << (exponent + 1);
	}
	*inexact = rest != 0;
	if (!soft_rounds_up(env->rounding, x->sign, *integer & 1, rest))
		return true;
	return ++*integer != 0;
}

uint64_t soft_to_fixed(struct soft_env *env, const struct soft_format *f, uint64_t a,
		       struct soft_fixed to)
{
	struct soft_number x = soft_unpack(env, f, a);
	uint64_t largest = ~(uint64_t)0 >> (64 - to.bits + to.is_signed);
	uint64_t limit = !x.sign ? largest : to.is_signed ? largest + 1 : 0;
	uint64_t integer = 0;
	bool inexact = false;

	if (soft_is_nan(&x)) {
		env->flags |= FP_INVALID;
		return 0;
	}
	if (!soft_integer(env, &x, to.fraction, &integer, &inexact) || integer > limit) {
		env->flags |= FP_INVALID;
		integer = limit;
	} else if (inexact) {
		env->flags |= FP_INEXACT;
	}
	return x.sign ? -integer : integer;
}

uint64_t soft_from_fixed(struct soft_env *env, const struct soft_format *f, uint64_t value,
			 struct soft_fixed from)
{
	uint64_t top = (uint64_t)1 << (from.bits - 1);
	uint64_t kept = value & (top | (top - 1));
	struct soft_wide x = { .exponent = 127 - (int32_t)from.fraction };

	x.sign = from.is_signed && (kept & top);
	x.significand = x.sign ? (top << 1) - kept : kept;
	if (x.sign && from.bits == 64)
		x.significand = (uint64_t)-kept;
	soft_normalise(&x);
	return soft_pack(env, f, &x);
}

uint64_t soft_round(struct soft_env *env, const struct soft_format *f, uint64_t a, bool exact)
{
	struct soft_number x = soft_unpack(env, f, a);
	struct soft_wide wide;
	uint64_t integer;
	bool inexact;

	if (soft_is_nan(&x))
		return soft_pack_nan(env, f, &x);
	if (x.class == SOFT_INFINITY || (x.class == SOFT_FINITE && x.exponent >= f->precision - 1))
		return a;
	soft_integer(env, &x, 0, &integer, &inexact);
	if (inexact && exact)
		env->flags |= FP_INEXACT;
	wide = (struct soft_wide){ .sign = x.sign, .exponent = 127, .significand = integer };
	soft_normalise(&wide);
	return soft_pack(env, f, &wide);
}
