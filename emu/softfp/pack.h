/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Inside softfp: unpacked numbers.  A finite number that isn't 0 is
 * significand * 2^(exponent - 63), bit 63 set; an intermediate result is
 * significand * 2^(exponent - 127), bit 127 set, and bit 0 also stands for anything
 * that was lost below it ("sticky").
 */
#ifndef EMU_SOFTFP_PACK_H
#define EMU_SOFTFP_PACK_H

#include "softfp/softfp.h"

enum soft_class { SOFT_ZERO, SOFT_FINITE, SOFT_INFINITY, SOFT_QUIET, SOFT_SIGNALLING };

struct soft_number {
	uint8_t class; /* enum soft_class */
	bool sign;
	int32_t exponent;
	uint64_t significand; /* of a NaN: its fraction, left of bit 63; quiet: bit 62 */
};

struct soft_wide {
	bool zero, sign;
	int32_t exponent;
	unsigned __int128 significand;
};

static inline bool soft_is_nan(const struct soft_number *x)
{
	return x->class >= SOFT_QUIET;
}

struct soft_number soft_unpack(struct soft_env *env, const struct soft_format *f, uint64_t bits);

/* Rounds to the format. */
uint64_t soft_pack(struct soft_env *env, const struct soft_format *f, const struct soft_wide *x);

uint64_t soft_pack_zero(const struct soft_format *f, bool sign);
uint64_t soft_pack_infinity(const struct soft_format *f, bool sign);
/* An operand's NaN as the result; the one operations make. */
uint64_t soft_pack_nan(struct soft_env *env, const struct soft_format *f,
		       const struct soft_number *x);
uint64_t soft_made_nan(const struct soft_env *env, const struct soft_format *f);
/* As above, and the operation is invalid. */
uint64_t soft_invalid(struct soft_env *env, const struct soft_format *f);
/* The result if one of the operands, in the rule's order, is a NaN. */
uint64_t soft_choose_nan(struct soft_env *env, const struct soft_format *f,
			 const struct soft_number *const *x, unsigned count);

/* Whether to round away from zero: `rest` is what is cut off, its half is bit 127. */
bool soft_rounds_up(unsigned rounding, bool sign, bool odd, unsigned __int128 rest);

/* x >> count, bit 0 sticky; any count. */
unsigned __int128 soft_shift_sticky(unsigned __int128 x, unsigned count);

struct soft_wide soft_widen(const struct soft_number *x);
/* Moves the leading one to bit 127. */
void soft_normalise(struct soft_wide *x);

#endif
