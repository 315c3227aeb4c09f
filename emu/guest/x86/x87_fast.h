/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The x87's common cases on integers: normal numbers and zeros, rounded to nearest in any
 * of the three precisions, results that are normal or zero.  Everything else is refused
 * (false), without an effect; then x87_host.h does it.
 */
#ifndef EMU_GUEST_X86_X87_FAST_H
#define EMU_GUEST_X86_X87_FAST_H

#include "guest/x86/x87.h"
#include "ir/fp.h"

#define X87_INTEGER_BIT 0x8000000000000000u
#define X87_SIGN 0x8000u
#define X87_BIAS 16383

typedef unsigned __int128 x87_wide;

/* Result of an operation: what is added to the status word with the value. */
struct x87_result {
	struct x87_value v;
	uint32_t flags; /* X87_PE, X87_C1 */
};

static inline bool x87_is_normal(struct x87_value v)
{
	return (v.exponent & 0x7fff) - 1u < 0x7ffe && v.significand & X87_INTEGER_BIT;
}

static inline bool x87_is_zero(struct x87_value v)
{
	return !(v.exponent & 0x7fff) && !v.significand;
}

/* Whether to nearest, with inexact results masked: the low bits that precision control
 * cuts off, else 64. */
static inline unsigned x87_cut(uint32_t control)
{
	static const uint8_t cut[4] = { 40, 64, 11, 0 };

	return (control & (3u << 10 | X87_PE)) == X87_PE ? cut[X87_PRECISION(control)] : 64;
}

/* Rounds significand high (its integer bit is set) with the bits below it in `low`. */
static inline bool x87_round(struct x87_result *r, uint32_t sign, int exponent, uint64_t high,
			     uint64_t low, unsigned cut)
{
	uint64_t up;

	if (X87_LIKELY(!cut)) {
		up = low > X87_INTEGER_BIT || (low == X87_INTEGER_BIT && high & 1);
	} else {
		uint64_t half = (uint64_t)1 << (cut - 1), rest = high & ((half << 1) - 1);

		high -= rest;
		up = rest > half || (rest == half && (low || high >> cut & 1));
		up <<= cut;
		low |= rest;
	}
	high += up;
	if (X87_UNLIKELY(!high)) {
		high = X87_INTEGER_BIT;
		exponent++;
	}
	if (X87_UNLIKELY(exponent - 1u >= 0x7ffe))
		return false;
	r->v.significand = high;
	r->v.exponent = sign | (uint32_t)exponent;
	r->flags = (low ? X87_PE : 0) | (up ? X87_C1 : 0);
	return true;
}

/* low:high shifted left until the integer bit is set. */
static inline bool x87_normalise(struct x87_result *r, uint32_t sign, int exponent, x87_wide v,
				 unsigned cut)
{
	uint64_t high = v >> 64;
	unsigned shift = high ? (unsigned)__builtin_clzll(high) :
				64 + (unsigned)__builtin_clzll((uint64_t)v);

	v <<= shift;
	return x87_round(r, sign, exponent - (int)shift, v >> 64, (uint64_t)v, cut);
}

/* The smaller operand's significand in place below the larger one's; bits that don't fit
 * are kept as one. */
static inline x87_wide x87_align(uint64_t significand, unsigned distance)
{
	x87_wide v = (x87_wide)significand << 64;

	if (X87_LIKELY(distance <= 64))
		return v >> distance;
	if (distance == 65)
		return v >> 65 | (significand & 1);
	return 1;
}

static inline bool x87_fast_add(struct x87_result *r, struct x87_value a, struct x87_value b,
				unsigned cut)
{
	unsigned ea = a.exponent & 0x7fff, eb = b.exponent & 0x7fff;
	uint32_t sign;
	x87_wide small, sum;

	if (X87_UNLIKELY(!x87_is_normal(a) || !x87_is_normal(b))) {
		if (cut || (!x87_is_normal(a) && !x87_is_zero(a)) ||
		    (!x87_is_normal(b) && !x87_is_zero(b)))
			return false;
		r->v = x87_is_zero(b) ? a : b;
		if (x87_is_zero(a) && x87_is_zero(b))
			r->v.exponent = a.exponent & b.exponent;
		r->flags = 0;
		return true;
	}
	if (ea < eb || (ea == eb && a.significand < b.significand)) {
		struct x87_value t = a;

		a = b;
		b = t;
		ea ^= eb;
		eb ^= ea;
		ea ^= eb;
	}
	sign = a.exponent & X87_SIGN;
	small = x87_align(b.significand, ea - eb);
	if (!((a.exponent ^ b.exponent) & X87_SIGN)) {
		sum = small + ((x87_wide)a.significand << 64);
		if (sum >> 64 < a.significand) { /* carry */
			uint64_t lost = (uint64_t)sum & 1;

			sum = sum >> 1 | (x87_wide)1 << 127 | lost;
			ea++;
		}
		return x87_round(r, sign, (int)ea, sum >> 64, (uint64_t)sum, cut);
	}
	sum = ((x87_wide)a.significand << 64) - small;
	if (X87_UNLIKELY(!sum)) {
		*r = (struct x87_result){ { 0, 0 }, 0 };
		return true;
	}
	return x87_normalise(r, sign, (int)ea, sum, cut);
}

static inline bool x87_fast_mul(struct x87_result *r, struct x87_value a, struct x87_value b,
				unsigned cut)
{
	uint32_t sign = (a.exponent ^ b.exponent) & X87_SIGN;
	int exponent = (int)(a.exponent & 0x7fff) + (int)(b.exponent & 0x7fff) - X87_BIAS + 1;
	x87_wide p;

	if (X87_UNLIKELY(!x87_is_normal(a) || !x87_is_normal(b))) {
		if ((!x87_is_normal(a) && !x87_is_zero(a)) ||
		    (!x87_is_normal(b) && !x87_is_zero(b)))
			return false;
		*r = (struct x87_result){ { 0, sign }, 0 };
		return true;
	}
	p = (x87_wide)a.significand * b.significand;
	if (!(p >> 127)) {
		p <<= 1;
		exponent--;
	}
	return x87_round(r, sign, exponent, p >> 64, (uint64_t)p, cut);
}

static inline bool x87_fast_div(struct x87_result *r, struct x87_value a, struct x87_value b,
				unsigned cut)
{
	uint32_t sign = (a.exponent ^ b.exponent) & X87_SIGN;
	int exponent = (int)(a.exponent & 0x7fff) - (int)(b.exponent & 0x7fff) + X87_BIAS;
	uint64_t high = a.significand, low = 0, quotient, rest;

	if (X87_UNLIKELY(!x87_is_normal(b) || !x87_is_normal(a))) {
		if (!x87_is_normal(b) || !x87_is_zero(a))
			return false;
		*r = (struct x87_result){ { 0, sign }, 0 };
		return true;
	}
	if (high >= b.significand) {
		low = high << 63;
		high >>= 1;
	} else {
		exponent--;
	}
	__asm__("divq %4"
		: "=a"(quotient), "=d"(rest)
		: "0"(low), "1"(high), "r"(b.significand)
		: "cc");
	/* The rest as a fraction of one half: below, exactly, above. */
	low = !rest                        ? 0 :
	      rest > b.significand - rest  ? 3ull << 62 :
	      rest == b.significand - rest ? X87_INTEGER_BIT :
					     1ull << 62;
	return x87_round(r, sign, exponent, quotient, low, cut);
}

/* Memory formats, normal numbers and zeros. */
static inline bool x87_from_double(struct x87_value *v, uint64_t bits)
{
	uint32_t exponent = bits >> 52 & 0x7ff, sign = bits >> 48 & X87_SIGN;

	if (X87_LIKELY(exponent - 1 < 0x7fe)) {
		v->significand = bits << 11 | X87_INTEGER_BIT;
		v->exponent = sign | (exponent + X87_BIAS - 1023);
		return true;
	}
	*v = (struct x87_value){ 0, sign };
	return !(bits << 1);
}

static inline bool x87_from_single(struct x87_value *v, uint32_t bits)
{
	uint32_t exponent = bits >> 23 & 0xff, sign = bits >> 16 & X87_SIGN;

	if (X87_LIKELY(exponent - 1 < 0xfe)) {
		v->significand = (uint64_t)bits << 40 | X87_INTEGER_BIT;
		v->exponent = sign | (exponent + X87_BIAS - 127);
		return true;
	}
	*v = (struct x87_value){ 0, sign };
	return !(bits << 1);
}

static inline struct x87_value x87_from_integer(int64_t value)
{
	uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
	unsigned shift;

	if (!value)
		return (struct x87_value){ 0, 0 };
	shift = (unsigned)__builtin_clzll(magnitude);
	return (struct x87_value){ magnitude << shift,
				   (value < 0 ? X87_SIGN : 0) | (X87_BIAS + 63 - shift) };
}

/* Whether what is cut off makes the magnitude one larger: `rest` is cut off, with `half`
 * its upper bit. */
static inline bool x87_rounds_up(uint32_t control, bool negative, bool odd, uint64_t rest,
				 uint64_t half)
{
	switch (X87_ROUNDING(control)) {
	case FP_NEAREST:
		return rest > half || (rest == half && odd);
	case FP_DOWN:
		return rest && negative;
	case FP_UP:
		return rest && !negative;
	default:
		return false;
	}
}

/* To a format of `precision` bits in all, the leading one included; bits without sign. */
static inline bool x87_to_format(uint64_t *bits, uint32_t *flags, struct x87_value v,
				 uint32_t control, unsigned precision, unsigned exponents)
{
	unsigned cut = 64 - precision;
	uint64_t half = (uint64_t)1 << (cut - 1), rest = v.significand & (2 * half - 1);
	int exponent = (int)(v.exponent & 0x7fff) - X87_BIAS + (int)(exponents >> 1);
	bool up;

	*flags = 0;
	*bits = 0;
	if (X87_UNLIKELY(!x87_is_normal(v)))
		return x87_is_zero(v);
	if (X87_UNLIKELY((unsigned)exponent - 1 >= exponents - 2 || (rest && !(control & X87_PE))))
		return false;
	up = x87_rounds_up(control, v.exponent & X87_SIGN, v.significand >> cut & 1, rest, half);
	*bits = (v.significand << 1 >> 1 >> cut) + ((uint64_t)exponent << (precision - 1)) + up;
	*flags = (rest ? X87_PE : 0) | (up ? X87_C1 : 0);
	return *bits >> (precision - 1) < exponents;
}

/* To a signed integer of `width` bits. */
static inline bool x87_to_integer(uint64_t *value, uint32_t *flags, struct x87_value v,
				  uint32_t control, unsigned width)
{
	int exponent = (int)(v.exponent & 0x7fff) - X87_BIAS;
	bool negative = v.exponent & X87_SIGN, up;
	uint64_t magnitude = 0, rest = 1;

	*flags = 0;
	*value = 0;
	if (X87_UNLIKELY(!x87_is_normal(v)))
		return x87_is_zero(v);
	if (X87_UNLIKELY(exponent > 62))
		return false;
	if (exponent >= 0) {
		magnitude = v.significand >> (63 - exponent);
		rest = v.significand << exponent << 1;
	} else if (exponent == -1) {
		rest = v.significand;
	}
	if (X87_UNLIKELY(rest && !(control & X87_PE)))
		return false;
	up = x87_rounds_up(control, negative, magnitude & 1, rest, X87_INTEGER_BIT);
	magnitude += up;
	if (X87_UNLIKELY(magnitude > ((uint64_t)1 << (width - 1)) - !negative))
		return false;
	*value = negative ? -magnitude : magnitude;
	*flags = (rest ? X87_PE : 0) | (up ? X87_C1 : 0);
	return true;
}

#endif
