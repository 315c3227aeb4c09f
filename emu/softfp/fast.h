/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Inside softfp: sums and products of normal numbers whose results are normal, rounded
 * to nearest.  Nothing special can happen then but inexactness, and 64 bits (128 for
 * products of doubles) do.  False: not such a case, the general way must be taken.
 */
#ifndef EMU_SOFTFP_FAST_H
#define EMU_SOFTFP_FAST_H

#include "softfp/softfp.h"

/* A format by constants: exponent bits and fraction bits. */
#define SOFT_FAST_SINGLE 8, 23
#define SOFT_FAST_DOUBLE 11, 52

static inline uint64_t soft_fast_round(struct soft_env *env, uint64_t kept, uint64_t rest,
				       uint64_t half)
{
	if (rest)
		env->flags |= FP_INEXACT;
	return kept + (rest > half || (rest == half && kept & 1));
}

static inline bool soft_fast_mul(struct soft_env *env, unsigned exponent_bits, unsigned place,
				 uint64_t a, uint64_t b, uint64_t *result)
{
	const uint64_t one = (uint64_t)1 << place, field = ((uint64_t)1 << exponent_bits) - 1;
	const uint64_t x = a >> place & field, y = b >> place & field;
	const uint64_t sign = (a ^ b) & one << exponent_bits;
	int64_t exponent = (int64_t)(x + y) - (int64_t)(field >> 1);
	uint64_t kept, rest, p = (a & (one - 1)) | one, q = (b & (one - 1)) | one;
	unsigned __int128 product = (unsigned __int128)p * q;
	unsigned shift = place + (unsigned)(product >> (2 * place + 1));

	exponent += shift - place;
	if (x - 1 >= field - 1 || y - 1 >= field - 1 || exponent < 1 ||
	    exponent > (int64_t)field - 2)
		return false;
	kept = (uint64_t)(product >> shift);
	rest = (uint64_t)product & (((uint64_t)1 << shift) - 1);
	kept = soft_fast_round(env, kept, rest, (uint64_t)1 << (shift - 1));
	*result = sign | (((uint64_t)exponent << place) + kept - one);
	return true;
}

/* Significands have 10 bits below the last place, the lowest of them sticky. */
static inline bool soft_fast_add(struct soft_env *env, unsigned exponent_bits, unsigned place,
				 uint64_t a, uint64_t b, uint64_t *result)
{
	const uint64_t one = (uint64_t)1 << place, field = ((uint64_t)1 << exponent_bits) - 1;
	const uint64_t top = one << exponent_bits;
	const bool swap = (a & (top - 1)) < (b & (top - 1));
	const uint64_t large = swap ? b : a, small = swap ? a : b;
	const uint64_t x = large >> place & field, y = small >> place & field;
	uint64_t p = ((large & (one - 1)) | one) << 10, q = ((small & (one - 1)) | one) << 10;
	int64_t exponent = (int64_t)x;
	unsigned up;

	if (x - 1 >= field - 1 || y - 1 >= field - 1)
		return false;
	if (x - y > 63)
		q = 1;
	else if (x - y)
		q = q >> (x - y) | (q << (64 - (x - y)) != 0);
	p = (a ^ b) & top ? p - q : p + q;
	if (!p)
		return false;
	up = (unsigned)__builtin_clzll(p) - (63 - (place + 11));
	p <<= up; /* the leading one to bit place + 11 */
	exponent += 1 - (int64_t)up;
	if (exponent < 1 || exponent > (int64_t)field - 2)
		return false;
	*result = (large & top) | (((uint64_t)exponent << place) +
				   soft_fast_round(env, p >> 11, p & 0x7ff, 0x400) - one);
	return true;
}

#endif
