/* SPDX-License-Identifier: BSD-2-Clause
 *
 * IEEE 754 arithmetic on integers: the reference for all guests' floating point.
 * Binary32 and binary64 arithmetic, binary16 as a format to convert from and to.
 *
 *	struct soft_env env = { .nan_rule = SOFT_NAN_ARM, .tiny_before = true };
 *	sum = soft_add(&env, &soft_single, a, b);	all are bits
 *	cpu->fp_sticky |= env.flags;
 *
 * Where the standard leaves a choice, the environment has it.  Traps aren't modelled:
 * every function yields the default result and adds to env->flags.  No state; any
 * thread.  Inside, operands are unpacked to 64 bits of significand and intermediate
 * results have 128, enough for the x87's format too.
 */
#ifndef EMU_SOFTFP_SOFTFP_H
#define EMU_SOFTFP_SOFTFP_H

#include "ir/fp.h"

enum soft_rounding {
	SOFT_NEAREST = FP_NEAREST, /* ties to even */
	SOFT_DOWN = FP_DOWN,
	SOFT_UP = FP_UP,
	SOFT_TRUNCATE = FP_ZERO,
	SOFT_AWAY, /* nearest, ties away from zero */
};

/* Which operand's NaN (made quiet) an operation yields, and the NaN it makes itself. */
enum soft_nan_rule {
	SOFT_NAN_ARM, /* signalling ones first, then by position (a fused one's addend
		       * is in front); made: positive */
	SOFT_NAN_SSE, /* by position, the addend last; made: negative */
};

struct soft_env {
	uint8_t rounding;   /* enum soft_rounding */
	uint8_t nan_rule;   /* enum soft_nan_rule */
	bool tiny_before;   /* underflow is detected before rounding, else after it */
	bool flush_inputs;  /* denormal operands are zeros (FP_DENORMAL) */
	bool flush_outputs; /* tiny results are zeros (FP_UNDERFLOW, and FP_INEXACT if
			      * tininess is detected after rounding) */
	bool default_nan;   /* every NaN result is the one operations make themselves */
	uint8_t flags;      /* enum fp_sticky, only ever added to */
};

/* A format: its sign is at bit exponent_bits + precision - 1. */
struct soft_format {
	uint8_t exponent_bits;
	uint8_t precision;  /* bits of significand, the leading one included */
	bool finite_only;   /* ARM's alternative half precision: no infinities, no NaNs */
	bool never_flushed; /* flush_inputs and flush_outputs don't concern it */
};

extern const struct soft_format soft_half, soft_alternative_half, soft_single, soft_double;

uint64_t soft_add(struct soft_env *env, const struct soft_format *f, uint64_t a, uint64_t b);
uint64_t soft_sub(struct soft_env *env, const struct soft_format *f, uint64_t a, uint64_t b);
uint64_t soft_mul(struct soft_env *env, const struct soft_format *f, uint64_t a, uint64_t b);
uint64_t soft_div(struct soft_env *env, const struct soft_format *f, uint64_t a, uint64_t b);
uint64_t soft_sqrt(struct soft_env *env, const struct soft_format *f, uint64_t a);
/* a * b + c, rounded once. */
uint64_t soft_fma(struct soft_env *env, const struct soft_format *f, uint64_t a, uint64_t b,
		  uint64_t c);

enum soft_order { SOFT_EQUAL, SOFT_LESS, SOFT_GREATER, SOFT_UNORDERED };

/* Invalid on signalling NaNs, with `signalling` on any. */
enum soft_order soft_compare(struct soft_env *env, const struct soft_format *f, uint64_t a,
			     uint64_t b, bool signalling);

/* To another format. */
uint64_t soft_convert(struct soft_env *env, const struct soft_format *from,
		      const struct soft_format *to, uint64_t a);

/* An integer of `bits` bits (at most 64) with `fraction` of them after the point. */
struct soft_fixed {
	uint8_t bits, fraction;
	bool is_signed;
};

/* Saturates; NaN: 0.  Both are FP_INVALID alone; x86 then takes its own value. The
 * result is extended to 64 bits by its sign. */
uint64_t soft_to_fixed(struct soft_env *env, const struct soft_format *f, uint64_t a,
		       struct soft_fixed to);
/* The value's upper bits don't count. */
uint64_t soft_from_fixed(struct soft_env *env, const struct soft_format *f, uint64_t value,
			 struct soft_fixed from);

/* To an integral value of the same format; FP_INEXACT only if `exact`. */
uint64_t soft_round(struct soft_env *env, const struct soft_format *f, uint64_t a, bool exact);

#endif
