/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Softfp: add, subtract, multiply, divide, square root, fused multiply-add
 * (IEEE 754-2008, section 5.4.1).  Results are formed exactly or with a sticky bit in
 * 128 bits and rounded once, by soft_pack.
 */
#include "softfp/fast.h"
#include "softfp/pack.h"

static uint64_t soft_nan2(struct soft_env *env, const struct soft_format *f,
			  const struct soft_number *x, const struct soft_number *y)
{
	const struct soft_number *const both[] = { x, y };

	return soft_choose_nan(env, f, both, 2);
}

/* x + y.  What is shifted out of the smaller may only count as sticky if at most one
 * leading bit cancels then; operands have 20 zero bits or more at the end, so that
 * nothing is lost when the exponents are close. */
static struct soft_wide soft_sum(const struct soft_env *env, struct soft_wide x, struct soft_wide y)
{
	struct soft_wide sum;

	if (x.zero && y.zero) {
		x.sign = x.sign == y.sign ? x.sign : env->rounding == SOFT_DOWN;
		return x;
	}
	if (x.zero || y.zero)
		return x.zero ? y : x;
	if (x.exponent < y.exponent ||
	    (x.exponent == y.exponent && x.significand < y.significand)) {
		struct soft_wide swap = x;

		x = y;
		y = swap;
	}
	/* One bit of room for the carry. */
	x.significand = soft_shift_sticky(x.significand, 1);
	y.significand = soft_shift_sticky(y.significand, 1 + (unsigned)(x.exponent - y.exponent));
	sum = x;
	sum.exponent++;
	sum.significand =
		x.sign == y.sign ? x.significand + y.significand : x.significand - y.significand;
	if (!sum.significand)
		sum.sign = env->rounding == SOFT_DOWN;
	soft_normalise(&sum);
	return sum;
}

/* Of finite numbers. */
static struct soft_wide soft_product(const struct soft_number *x, const struct soft_number *y)
{
	struct soft_wide product = {
		.zero = x->class == SOFT_ZERO || y->class == SOFT_ZERO,
		.sign = x->sign != y->sign,
		.exponent = x->exponent + y->exponent + 1,
		.significand = (unsigned __int128)x->significand * y->significand,
	};

	soft_normalise(&product);
	return product;
}

static uint64_t soft_add_signed(struct soft_env *env, const struct soft_format *f, uint64_t a,
				uint64_t b, bool negate)
{
	struct soft_number x = soft_unpack(env, f, a), y = soft_unpack(env, f, b);
	struct soft_wide sum;

	if (soft_is_nan(&x) || soft_is_nan(&y))
		return soft_nan2(env, f, &x, &y);
	y.sign ^= negate;
	if (x.class == SOFT_INFINITY && y.class == SOFT_INFINITY && x.sign != y.sign)
		return soft_invalid(env, f);
	if (x.class == SOFT_INFINITY || y.class == SOFT_INFINITY)
		return soft_pack_infinity(f, x.class == SOFT_INFINITY ? x.sign : y.sign);
	sum = soft_sum(env, soft_widen(&x), soft_widen(&y));
	return soft_pack(env, f, &sum);
}

/* Whether the common case applied. */
static bool soft_added(struct soft_env *env, const struct soft_format *f, uint64_t a, uint64_t b,
		       uint64_t *result)
{
	if (env->rounding != SOFT_NEAREST)
		return false;
	if (f == &soft_single)
		return soft_fast_add(env, SOFT_FAST_SINGLE, a, b, result);
	return f == &soft_double && soft_fast_add(env, SOFT_FAST_DOUBLE, a, b, result);
}

static bool soft_multiplied(struct soft_env *env, const struct soft_format *f, uint64_t a,
			    uint64_t b, uint64_t *result)
{
	if (env->rounding != SOFT_NEAREST)
		return false;
	if (f == &soft_single)
		return soft_fast_mul(env, SOFT_FAST_SINGLE, a, b, result);
	return f == &soft_double && soft_fast_mul(env, SOFT_FAST_DOUBLE, a, b, result);
}

uint64_t soft_add(struct soft_env *env, const struct soft_format *f, uint64_t a, uint64_t b)
{
	uint64_t sum;

	return soft_added(env, f, a, b, &sum) ? sum : soft_add_signed(env, f, a, b, false);
}

uint64_t soft_sub(struct soft_env *env, const struct soft_format *f, uint64_t a, uint64_t b)
{
	uint64_t sign = (uint64_t)1 << (f->exponent_bits + f->precision - 1);
	uint64_t sum;

	return soft_added(env, f, a, b ^ sign, &sum) ? sum : soft_add_signed(env, f, a, b, true);
}

uint64_t soft_mul(struct soft_env *env, const struct soft_format *f, uint64_t a, uint64_t b)
{
	struct soft_number x = soft_unpack(env, f, a), y = soft_unpack(env, f, b);
	bool infinite = x.class == SOFT_INFINITY || y.class == SOFT_INFINITY;
	bool zero = x.class == SOFT_ZERO || y.class == SOFT_ZERO;
	struct soft_wide product;
	uint64_t result;

	if (soft_multiplied(env, f, a, b, &result))
		return result;
	if (soft_is_nan(&x) || soft_is_nan(&y))
		return soft_nan2(env, f, &x, &y);
	if (infinite && zero)
		return soft_invalid(env, f);
	if (infinite)
		return soft_pack_infinity(f, x.sign != y.sign);
	product = soft_product(&x, &y);
	return soft_pack(env, f, &product);
}

/* A bit at a time, as many as rounding needs. */
static struct soft_wide soft_quotient(const struct soft_format *f, const struct soft_number *x,
				      const struct soft_number *y)
{
	struct soft_wide quotient = { .sign = x->sign != y->sign,
				      .exponent = x->exponent - y->exponent };
	unsigned __int128 rest = x->significand;
	const unsigned bits = f->precision + 3u;

	for (unsigned i = 0; i < bits; i++) {
		quotient.significand <<= 1;
		if (rest >= y->significand) {
			rest -= y->significand;
			quotient.significand |= 1;
		}
		rest <<= 1;
	}
	quotient.significand = quotient.significand << (128 - bits) | (rest != 0);
	soft_normalise(&quotient);
	return quotient;
}

uint64_t soft_div(struct soft_env *env, const struct soft_format *f, uint64_t a, uint64_t b)
{
	struct soft_number x = soft_unpack(env, f, a), y = soft_unpack(env, f, b);
	bool sign = x.sign != y.sign;
	struct soft_wide quotient;

	if (soft_is_nan(&x) || soft_is_nan(&y))
		return soft_nan2(env, f, &x, &y);
	if (x.class == y.class && x.class != SOFT_FINITE)
		return soft_invalid(env, f); /* 0 / 0, infinity / infinity */
	if (x.class == SOFT_INFINITY)
		return soft_pack_infinity(f, sign);
	if (x.class == SOFT_ZERO || y.class == SOFT_INFINITY)
		return soft_pack_zero(f, sign);
	if (y.class == SOFT_ZERO) {
		env->flags |= FP_DIVIDE;
		return soft_pack_infinity(f, sign);
	}
	quotient = soft_quotient(f, &x, &y);
	return soft_pack(env, f, &quotient);
}

/* Digit by digit, two bits of the radicand for one of the root. */
static struct soft_wide soft_root(const struct soft_format *f, const struct soft_number *x)
{
	bool odd = x->exponent & 1;
	unsigned __int128 radicand = (unsigned __int128)x->significand << (odd ? 64 : 63);
	unsigned __int128 rest = 0, root = 0;
	const unsigned bits = f->precision + 3u;

	for (unsigned i = 0; i < bits; i++) {
		unsigned __int128 trial = root << 2 | 1;

		rest = rest << 2 | radicand >> 126;
		radicand <<= 2;
		root <<= 1;
		if (rest >= trial) {
			rest -= trial;
			root |= 1;
		}
	}
	return (struct soft_wide){ .exponent = (x->exponent - odd) / 2,
				   .significand = root << (128 - bits) | (rest || radicand) };
}

uint64_t soft_sqrt(struct soft_env *env, const struct soft_format *f, uint64_t a)
{
	struct soft_number x = soft_unpack(env, f, a);
	struct soft_wide root;

	if (soft_is_nan(&x))
		return soft_pack_nan(env, f, &x);
	if (x.class == SOFT_ZERO)
		return soft_pack_zero(f, x.sign);
	if (x.sign)
		return soft_invalid(env, f);
	if (x.class == SOFT_INFINITY)
		return soft_pack_infinity(f, false);
	root = soft_root(f, &x);
	return soft_pack(env, f, &root);
}

/* a * b + c where one of the three is a NaN. */
static uint64_t soft_fma_nan(struct soft_env *env, const struct soft_format *f,
			     const struct soft_number *x, const struct soft_number *y,
			     const struct soft_number *z, bool invalid_product)
{
	const struct soft_number *const first[] = { z, x, y }, *const last[] = { x, y, z };

	/* ARM: infinity times 0 beats a quiet addend. */
	if (env->nan_rule == SOFT_NAN_ARM && invalid_product && z->class == SOFT_QUIET)
		return soft_invalid(env, f);
	return soft_choose_nan(env, f, env->nan_rule == SOFT_NAN_ARM ? first : last, 3);
}

uint64_t soft_fma(struct soft_env *env, const struct soft_format *f, uint64_t a, uint64_t b,
		  uint64_t c)
{
	struct soft_number x = soft_unpack(env, f, a), y = soft_unpack(env, f, b);
	struct soft_number z = soft_unpack(env, f, c);
	bool infinite = x.class == SOFT_INFINITY || y.class == SOFT_INFINITY;
	bool zero = x.class == SOFT_ZERO || y.class == SOFT_ZERO;
	bool sign = x.sign != y.sign;
	struct soft_wide sum;

	if (soft_is_nan(&x) || soft_is_nan(&y) || soft_is_nan(&z))
		return soft_fma_nan(env, f, &x, &y, &z, infinite && zero);
	if ((infinite && zero) || (infinite && z.class == SOFT_INFINITY && sign != z.sign))
		return soft_invalid(env, f);
	if (infinite || z.class == SOFT_INFINITY)
		return soft_pack_infinity(f, infinite ? sign : z.sign);
	sum = soft_sum(env, soft_product(&x, &y), soft_widen(&z));
	return soft_pack(env, f, &sum);
}
