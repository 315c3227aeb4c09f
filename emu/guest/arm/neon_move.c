/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Advanced SIMD at run time: the call of a lane function on registers, exchanges of
 * lanes between registers, table look-up, structures in memory (ARM DDI 0406C, A7.4.5,
 * A7.7).
 */
#include <string.h>

#include "guest/arm/neon.h"

static void neon_read(const struct arm *arm, unsigned d, bool quad, union neon_vector *value)
{
	if (quad) /* in one piece, as it will be read */
		*value = *(const union neon_vector *)&arm->v.d[d];
	else
		*value = (union neon_vector){ .u64 = { arm->v.d[d], 0 } };
}

static void neon_write(struct arm *arm, unsigned d, bool quad, const union neon_vector *value)
{
	if (quad)
		*(union neon_vector *)&arm->v.d[d] = *value;
	else
		arm->v.d[d] = value->u64[0];
}

/* One lane of a double register into all. */
static void neon_spread(union neon_vector *value, unsigned lane, unsigned size)
{
	static const uint64_t ones[] = { 0x0101010101010101, 0x0001000100010001, 0x0000000100000001,
					 1 };
	uint64_t mask = ~(uint64_t)0 >> (64 - (8u << size));

	value->u64[0] = (value->u64[0] >> (lane << size) * 8 & mask) * ones[size];
	value->u64[1] = value->u64[0];
}

uint64_t arm_help_neon(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;
	struct neon_shape shape;
	struct neon_work w;

	(void)c, (void)d;
	memcpy(&shape, &b, sizeof shape);
	neon_read(arm, shape.d, shape.quads & NEON_D, &w.d);
	neon_read(arm, shape.n, shape.quads & NEON_N, &w.n);
	neon_read(arm, shape.m, shape.quads & NEON_M, &w.m);
	if (shape.scalar)
		neon_spread(&w.m, shape.lane, shape.size);
	w.bytes = shape.quads & NEON_D ? 16 : 8;
	w.immediate = shape.immediate;
	w.saturated = false;
	w.alternative_half = arm->fpscr & ARM_FPSCR_AHP;
	w.env = arm_fp_standard_env;
	((neon_lanes *)(uintptr_t)a)(&w);
	neon_write(arm, shape.d, shape.quads & NEON_D, &w.d);
	arm->cpu.fp_sticky |= w.env.flags;
	arm->qc |= w.saturated;
	return 0;
}

/* Lanes as bytes, so that one function does for all sizes: element k of x. */
static void neon_copy_lane(union neon_vector *to, unsigned k, const union neon_vector *from,
			   unsigned l, unsigned bytes)
{
	memcpy(to->u8 + k * bytes, from->u8 + l * bytes, bytes);
}

/* Lane k of the result's two registers, seen as one row d, m of 2 * count lanes, comes
 * from this lane of the operands' row. */
static unsigned neon_permuted(enum neon_permute how, unsigned k, unsigned count)
{
	switch (how) {
	case NEON_TRANSPOSE: /* d's odd lanes with m's even ones */
		if (k < count)
			return k & 1 ? k - 1 + count : k;
		return k & 1 ? k : k + 1 - count;
	case NEON_UNZIP: /* even lanes, then odd ones */
		return k < count ? 2 * k : 2 * (k - count) + 1;
	case NEON_ZIP: /* alternately */
		return (k & 1) * count + k / 2;
	default:
		return k < count ? k + count : k - count;
	}
}

uint64_t arm_help_neon_permute(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;
	const unsigned bytes = 1u << (a >> 4), count = (d ? 16u : 8u) / bytes;
	union neon_vector from[2], to[2] = { { { 0 } } };

	neon_read(arm, (unsigned)b, d, &from[0]);
	neon_read(arm, (unsigned)c, d, &from[1]);
	for (unsigned k = 0; k < 2 * count; k++) {
		unsigned l = neon_permuted(a & 3, k, count);

		neon_copy_lane(&to[k / count], k % count, &from[l / count], l % count, bytes);
	}
	neon_write(arm, (unsigned)b, d, &to[0]);
	neon_write(arm, (unsigned)c, d, &to[1]);
	return 0;
}

uint64_t arm_help_neon_table(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;
	const unsigned entries = 8 * (unsigned)(b >> 8);
	union neon_vector result, index;
	uint8_t table[32];

	memcpy(table, &arm->v.d[b & 31], entries);
	neon_read(arm, (unsigned)c, false, &index);
	neon_read(arm, (unsigned)a, false, &result);
	for (unsigned i = 0; i < 8; i++)
		if (index.u8[i] < entries)
			result.u8[i] = table[index.u8[i]];
		else if (!d)
			result.u8[i] = 0;
	neon_write(arm, (unsigned)a, false, &result);
	return 0;
}

/* Copies an element; big-endian guests have it reversed in memory. */
static void neon_copy_element(uint8_t *to, const uint8_t *from, unsigned bytes, bool big)
{
	for (unsigned i = 0; i < bytes; i++)
		to[i] = from[big ? bytes - 1 - i : i];
}

/* Moves all elements of a structure's access one by one, in memory's order. */
static void neon_structures(struct arm *arm, uint8_t *memory, const struct neon_structure *s,
			    bool load)
{
	const unsigned bytes = 1u << s->size, lanes = 8 >> s->size;
	const unsigned copies = s->copies ? s->copies : 1;

	for (unsigned copy = 0; copy < copies; copy++)
		for (unsigned k = 0; k < (s->copies ? lanes : 1); k++)
			for (unsigned e = 0; e < s->elements; e++) {
				unsigned d = s->d + copy + e * s->step;
				unsigned lane = s->copies ? k : s->lane;
				uint8_t *element = (uint8_t *)&arm->v.d[d & 31] + lane * bytes;

				if (load)
					neon_copy_element(element, memory, bytes, s->big);
				else
					neon_copy_element(memory, element, bytes, s->big);
				memory += bytes;
			}
}

uint64_t arm_help_neon_load(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct neon_structure s;

	(void)c, (void)d;
	memcpy(&s, &b, sizeof s);
	neon_structures(cpu, (uint8_t *)(uintptr_t)a, &s, true);
	return 0;
}

uint64_t arm_help_neon_store(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct neon_structure s;

	(void)c, (void)d;
	memcpy(&s, &b, sizeof s);
	neon_structures(cpu, (uint8_t *)(uintptr_t)a, &s, false);
	return 0;
}
