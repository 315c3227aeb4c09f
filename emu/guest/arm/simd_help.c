/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The saturating and parallel instructions of ARMv5TE and ARMv6 (ARM DDI 0406C, A4.4.3
 * to A4.4.5), lane by lane in 64-bit arithmetic.
 */
#include "guest/arm/simd_help.h"

#define Q_BIT (1ull << 32)

/* Saturates to `bits`, signed or not; *q is set if that changed the value. */
static int64_t simd_saturate(int64_t value, unsigned bits, bool is_signed, bool *q)
{
	int64_t low = is_signed ? -(1ll << (bits - 1)) : 0;
	int64_t high = is_signed ? (1ll << (bits - 1)) - 1 : (1ll << bits) - 1;

	if (is_signed && bits == 0)
		low = high = 0;
	if (value < low || value > high)
		*q = true;
	return value < low ? low : value > high ? high : value;
}

/* A lane's sum or difference, as the kind of instruction wants it.  *ge: whether the
 * lane's GE bits are set. */
static uint32_t simd_lane(int64_t x, int64_t y, bool subtract, unsigned bits, enum simd_kind kind,
			  bool *ge)
{
	int64_t sum = subtract ? x - y : x + y;
	bool q = false;

	switch (kind) {
	case SIMD_S:
		*ge = sum >= 0;
		break;
	case SIMD_U:
		*ge = subtract ? sum >= 0 : sum >> bits != 0;
		break;
	case SIMD_SH:
	case SIMD_UH:
		sum >>= 1;
		break;
	case SIMD_Q:
	case SIMD_UQ:
		sum = simd_saturate(sum, bits, kind == SIMD_Q, &q);
		break;
	}
	return (uint32_t)sum & ((1u << bits) - 1);
}

static int64_t simd_part(uint32_t value, unsigned lane, unsigned bits, bool is_signed)
{
	uint32_t part = value >> lane * bits << (32 - bits);

	return is_signed ? (int32_t)part >> (32 - bits) : (int64_t)(part >> (32 - bits));
}

uint64_t arm_help_parallel(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	enum simd_operation operation = c & 15;
	enum simd_kind kind = c >> 4 & 7;
	bool is_signed = kind <= SIMD_SH;
	bool exchange = operation == SIMD_ASX || operation == SIMD_SAX;
	unsigned bits = operation >= SIMD_ADD8 ? 8 : 16;
	uint64_t ge_lane = bits == 8 ? 1 : 3;
	uint64_t result = 0;

	(void)cpu, (void)d;
	for (unsigned lane = 0; lane < 32 / bits; lane++) {
		/* ASX adds in the upper half and subtracts in the lower, SAX the reverse. */
		bool subtract = operation == SIMD_SUB16 || operation == SIMD_SUB8 ||
				(operation == SIMD_ASX && lane == 0) ||
				(operation == SIMD_SAX && lane == 1);
		bool ge = false;
		uint64_t part = simd_lane(
			simd_part((uint32_t)a, lane, bits, is_signed),
			simd_part((uint32_t)b, exchange ? 1 - lane : lane, bits, is_signed),
			subtract, bits, kind, &ge);

		result |= part << lane * bits;
		if (ge)
			result |= ge_lane << (32 + lane * (bits / 8));
	}
	return result;
}

uint64_t arm_help_saturating(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	int64_t x = (int32_t)a, y = (int32_t)b;
	bool q = false;

	(void)cpu, (void)d;
	if (c & 2)
		y = simd_saturate(2 * y, 32, true, &q);
	x = simd_saturate(c & 1 ? x - y : x + y, 32, true, &q);
	return (uint32_t)x | (q ? Q_BIT : 0);
}

uint64_t arm_help_sel(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	uint32_t mask = 0;

	(void)cpu, (void)d;
	for (unsigned lane = 0; lane < 4; lane++)
		if (c >> lane & 1)
			mask |= 0xffu << 8 * lane;
	return ((uint32_t)a & mask) | ((uint32_t)b & ~mask);
}

uint64_t arm_help_usad(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	uint32_t sum = (uint32_t)c;

	(void)cpu, (void)d;
	for (unsigned lane = 0; lane < 4; lane++) {
		int32_t difference =
			(int32_t)(a >> 8 * lane & 0xff) - (int32_t)(b >> 8 * lane & 0xff);

		sum += (uint32_t)(difference < 0 ? -difference : difference);
	}
	return sum;
}

uint64_t arm_help_sat(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	bool is_signed = !(c & 1), q = false;
	unsigned bits = (unsigned)b;
	uint64_t result;

	(void)cpu, (void)d;
	if (c & 2) {
		uint32_t low = (uint32_t)simd_saturate((int16_t)a, bits, is_signed, &q);
		uint32_t high = (uint32_t)simd_saturate((int16_t)(a >> 16), bits, is_signed, &q);

		result = (low & 0xffff) | high << 16;
	} else
		result = (uint32_t)simd_saturate((int32_t)a, bits, is_signed, &q);
	return result | (q ? Q_BIT : 0);
}

uint64_t arm_help_smlad(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	int64_t low = (int64_t)(int16_t)a * (int16_t)b;
	int64_t high = (int64_t)(int16_t)(a >> 16) * (int16_t)(b >> 16);
	int64_t sum = low + (d & 1 ? -high : high) + (int32_t)c;

	(void)cpu;
	return (uint32_t)sum | (sum != (int32_t)sum ? Q_BIT : 0);
}
