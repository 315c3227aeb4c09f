/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How lane functions are written down: one loop per operation and lane type.  T is a
 * member of union neon_vector: u8 ... s64.  In an expression a, b and d are the lanes of
 * n, m and d; w is the work.  Loops run over all 16 bytes even of double registers, so
 * that compilers can turn them into vector instructions; zeros there do no harm.
 */
#ifndef EMU_GUEST_ARM_NEON_LANES_H
#define EMU_GUEST_ARM_NEON_LANES_H

#include "guest/arm/neon.h"

#define NEON_TYPE(T) __typeof__(((union neon_vector *)0)->T[0])
#define NEON_COUNT(T) (16 / sizeof(NEON_TYPE(T)))

#define NEON_LOOP(name, T, count, D, A, B, expression)                                             \
	static void name(struct neon_work *w)                                                      \
	{                                                                                          \
		for (unsigned i = 0; i < (count); i++) {                                           \
			const NEON_TYPE(A) a = w->n.A[i];                                          \
			const NEON_TYPE(B) b = w->m.B[i];                                          \
			const NEON_TYPE(D) d = w->d.D[i];                                          \
                                                                                                   \
			(void)a, (void)b, (void)d;                                                 \
			w->d.D[i] = (NEON_TYPE(D))(expression);                                    \
		}                                                                                  \
	}

/* Lanes of one type.  OP is a macro of lane values and T. */
#define NEON_SAME(name, T, OP) NEON_LOOP(name##_##T, T, NEON_COUNT(T), T, T, T, OP(a, b, d))
#define NEON_S3(name, OP)                                                                          \
	NEON_SAME(name, s8, OP)                                                                    \
	NEON_SAME(name, s16, OP)                                                                   \
	NEON_SAME(name, s32, OP)
#define NEON_U3(name, OP)                                                                          \
	NEON_SAME(name, u8, OP)                                                                    \
	NEON_SAME(name, u16, OP)                                                                   \
	NEON_SAME(name, u32, OP)
#define NEON_S4(name, OP) NEON_S3(name, OP) NEON_SAME(name, s64, OP)
#define NEON_U4(name, OP) NEON_U3(name, OP) NEON_SAME(name, u64, OP)
#define NEON_SU3(name, OP) NEON_S3(name, OP) NEON_U3(name, OP)
#define NEON_SU4(name, OP) NEON_S4(name, OP) NEON_U4(name, OP)

/* Table rows. */
#define NEON_ROW_S3(name)                                                                          \
	{                                                                                          \
		name##_s8, name##_s16, name##_s32                                                  \
	}
#define NEON_ROW_U3(name)                                                                          \
	{                                                                                          \
		name##_u8, name##_u16, name##_u32                                                  \
	}
#define NEON_ROW_S4(name)                                                                          \
	{                                                                                          \
		name##_s8, name##_s16, name##_s32, name##_s64                                      \
	}
#define NEON_ROW_U4(name)                                                                          \
	{                                                                                          \
		name##_u8, name##_u16, name##_u32, name##_u64                                      \
	}
#define NEON_ROWS_3(name)                                                                          \
	{                                                                                          \
		NEON_ROW_S3(name), NEON_ROW_U3(name)                                               \
	}
#define NEON_ROWS_4(name)                                                                          \
	{                                                                                          \
		NEON_ROW_S4(name), NEON_ROW_U4(name)                                               \
	}

/* A signed type with room for sums, products by two and the like of x. */
#define NEON_WIDER(x) __typeof__(__builtin_choose_expr(sizeof(x) < 8, (int64_t)0, (__int128)0))
#define NEON_SIGNED(x) ((__typeof__(x))-1 < (__typeof__(x))1)
#define NEON_BITS(x) (8 * sizeof(x))
#define NEON_LOWEST(x)                                                                             \
	(NEON_SIGNED(x) ? -((NEON_WIDER(x))1 << (NEON_BITS(x) - 1)) : (NEON_WIDER(x))0)
#define NEON_HIGHEST(x) (((NEON_WIDER(x))1 << (NEON_BITS(x) - NEON_SIGNED(x))) - 1)

/* A value, wider than x, as near to it as the type of x gets. */
#define NEON_SATURATE(x, value)                                                                    \
	({                                                                                         \
		const __typeof__(value) v = (value);                                               \
		const bool below = v<NEON_LOWEST(x), above = v> NEON_HIGHEST(x);                   \
                                                                                                   \
		w->saturated |= below | above;                                                     \
		below ? NEON_LOWEST(x) : above ? NEON_HIGHEST(x) : v;                              \
	})

/* Shifts left, or right if count is negative; any count; rounds if wanted.  What is
 * far too large for any lane stays so. */
static inline __int128 neon_shifted(__int128 value, int count, bool round)
{
	const __int128 one = 1;

	if (count >= 64)
		return value > 0 ? one << 100 : value < 0 ? -(one << 100) : 0;
	if (count >= 0)
		return (__int128)((unsigned __int128)value << count);
	if (count < -100)
		count = -100;
	return (value + (round ? one << (-count - 1) : 0)) >> -count;
}

#endif
