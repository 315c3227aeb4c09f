/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fake guest: slots, values, comparison, and what calls call.
 */
#include "fake.h"

#include <stdio.h>
#include <string.h>

#define SLOT(field) ((uint16_t)offsetof(struct fake, field))

static const struct ir_slot fake_slots[] = {
	{ "r0", SLOT(r[0]), IR_I32 },
	{ "r1", SLOT(r[1]), IR_I32 },
	{ "r2", SLOT(r[2]), IR_I32 },
	{ "r3", SLOT(r[3]), IR_I32 },
	{ "r4", SLOT(r[4]), IR_I32 },
	{ "r5", SLOT(r[5]), IR_I32 },
	{ "r6", SLOT(r[6]), IR_I32 },
	{ "r7", SLOT(r[7]), IR_I32 },
	{ "r8", SLOT(r[8]), IR_I32 },
	{ "r9", SLOT(r[9]), IR_I32 },
	{ "r10", SLOT(r[10]), IR_I32 },
	{ "r11", SLOT(r[11]), IR_I32 },
	{ "r12", SLOT(r[12]), IR_I32 },
	{ "r13", SLOT(r[13]), IR_I32 },
	{ "r14", SLOT(r[14]), IR_I32 },
	{ "r15", SLOT(r[15]), IR_I32 },
	{ "x0", SLOT(x[0]), IR_I64 },
	{ "x1", SLOT(x[1]), IR_I64 },
	{ "x2", SLOT(x[2]), IR_I64 },
	{ "x3", SLOT(x[3]), IR_I64 },
	{ "flag0", SLOT(flag[0]), IR_I32 },
	{ "flag1", SLOT(flag[1]), IR_I32 },
	{ "flag2", SLOT(flag[2]), IR_I32 },
	{ "flag3", SLOT(flag[3]), IR_I32 },
	{ "d0", SLOT(v.d[0]), IR_F64 },
	{ "d1", SLOT(v.d[1]), IR_F64 },
	{ "d2", SLOT(v.d[2]), IR_F64 },
	{ "d3", SLOT(v.d[3]), IR_F64 },
	{ "d4", SLOT(v.d[4]), IR_F64 },
	{ "d5", SLOT(v.d[5]), IR_F64 },
	{ "d6", SLOT(v.d[6]), IR_F64 },
	{ "d7", SLOT(v.d[7]), IR_F64 },
	{ NULL, 0, IR_VOID },
};

const struct guest fake_guest = {
	.name = "fake",
	.state_bytes = sizeof(struct fake),
	.slots = fake_slots,
	.pinned = { SLOT(r[0]), SLOT(r[1]), SLOT(r[2]), SLOT(r[3]), SLOT(r[4]), SLOT(r[5]),
		    SLOT(r[6]), SLOT(r[7]), 0 },
	.pc_mask = ~0u,
};

uint64_t fake_random(uint64_t *seed)
{
	uint64_t x = *seed += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

static uint64_t interesting_integer(uint64_t *seed)
{
	static const uint64_t special[] = {
		0,
		1,
		2,
		31,
		32,
		63,
		64,
		0x7f,
		0x80,
		0xff,
		0x100,
		0x7fff,
		0x8000,
		0xffff,
		0x7fffffff,
		0x80000000,
		0xfffffffe,
		0xffffffff,
		0x100000000,
		INT64_MAX,
		0x8000000000000000,
		UINT64_MAX - 1,
		UINT64_MAX,
		0x123456789abcdef0,
	};
	uint64_t x = fake_random(seed);

	switch (x >> 60 & 3) {
	case 0:
		return special[(x >> 8) % COUNT_OF(special)];
	case 1:
		return fake_random(seed) >> (x & 63);
	case 2:
		return (uint64_t)((int64_t)fake_random(seed) >> (x & 63));
	default:
		return fake_random(seed);
	}
}

static uint64_t interesting_f32(uint64_t *seed)
{
	static const uint32_t special[] = {
		0x00000000, 0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000,
		0xffc12345, 0x7f800001, 0xffa00000, 0x00000001, 0x80000001, 0x007fffff, 0x00800000,
		0x80800000, 0x7f7fffff, 0x4f000000, 0xcf000000, 0x4f800000, 0x3f000000, 0x40200000,
	};
	uint64_t x = fake_random(seed);

	if ((x >> 60 & 1) == 0)
		return special[(x >> 8) % COUNT_OF(special)];
	if ((x >> 61 & 1) == 0) /* near 1, so that sums and products stay finite */
		return 0x3c000000 + (x & 0x07ffffff) + (x >> 32 & 0x80000000);
	return (uint32_t)x;
}

static uint64_t interesting_f64(uint64_t *seed)
{
	static const uint64_t special[] = {
		0x0000000000000000, 0x8000000000000000, 0x3ff0000000000000, 0xbff0000000000000,
		0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000000, 0xfff8123456789abc,
		0x7ff0000000000001, 0xfff4000000000000, 0x0000000000000001, 0x000fffffffffffff,
		0x0010000000000000, 0x8010000000000000, 0x7fefffffffffffff, 0x41e0000000000000,
		0xc1e0000000000000, 0x41efffffffe00000, 0x41dfffffffc00000, 0x3fe0000000000000,
		0x47efffffe0000000, 0x3810000000000000, 0x380fffffffffffff, 0x36a0000000000000,
	};
	uint64_t x = fake_random(seed);

	if ((x >> 60 & 1) == 0)
		return special[(x >> 8) % COUNT_OF(special)];
	if ((x >> 61 & 1) == 0)
		return 0x3f00000000000000 + (x & 0x01ffffffffffffff) + (x & 1) * (1ull << 63);
	return x;
}

uint64_t fake_value(uint64_t *seed, enum ir_type type)
{
	switch (type) {
	case IR_F32:
		return interesting_f32(seed);
	case IR_F64:
		return interesting_f64(seed);
	default:
		return interesting_integer(seed);
	}
}

void fake_fill(struct fake *f, uint64_t seed)
{
	memset(f, 0, sizeof(*f));
	for (unsigned i = 0; i < COUNT_OF(f->r); i++)
		f->r[i] = (uint32_t)interesting_integer(&seed);
	for (unsigned i = 0; i < COUNT_OF(f->x); i++)
		f->x[i] = interesting_integer(&seed);
	for (unsigned i = 0; i < COUNT_OF(f->flag); i++)
		f->flag[i] = fake_random(&seed) >> 63;
	for (unsigned i = 0; i < COUNT_OF(f->v.d); i++) {
		if (fake_random(&seed) >> 63)
			f->v.d[i] = interesting_f64(&seed);
		else
			f->v.d[i] = interesting_f32(&seed) | interesting_f32(&seed) << 32;
	}
	f->cpu.fp_rounding = fake_random(&seed) >> 62;
}

static bool differs(const char *name, unsigned index, uint64_t a, uint64_t b, char *text,
		    size_t room)
{
	if (a != b)
		snprintf(text, room, "%s%u: %#llx, %#llx", name, index, (unsigned long long)a,
			 (unsigned long long)b);
	return a != b;
}

bool fake_difference(const struct fake *a, const struct fake *b, char *text, size_t room)
{
	if (differs("pc ", 0, a->cpu.pc, b->cpu.pc, text, room) ||
	    differs("budget ", 0, (uint32_t)a->cpu.budget, (uint32_t)b->cpu.budget, text, room) ||
	    differs("sticky ", 0, a->cpu.fp_sticky, b->cpu.fp_sticky, text, room) ||
	    differs("trace ", 0, a->trace, b->trace, text, room))
		return true;
	for (unsigned i = 0; i < COUNT_OF(a->r); i++)
		if (differs("r", i, a->r[i], b->r[i], text, room))
			return true;
	for (unsigned i = 0; i < COUNT_OF(a->x); i++)
		if (differs("x", i, a->x[i], b->x[i], text, room))
			return true;
	for (unsigned i = 0; i < COUNT_OF(a->flag); i++)
		if (differs("flag", i, a->flag[i], b->flag[i], text, room))
			return true;
	for (unsigned i = 0; i < COUNT_OF(a->v.d); i++)
		if (differs("d", i, a->v.d[i], b->v.d[i], text, room))
			return true;
	return false;
}

/* What calls call. */

static uint64_t mix(uint64_t a, uint64_t b)
{
	return fake_random(&(uint64_t){ a ^ b << 32 ^ b >> 7 });
}

static uint64_t mix_slots(const struct fake *f, uint64_t hash)
{
	for (unsigned i = 0; i < COUNT_OF(f->r); i++)
		hash = mix(hash, f->r[i]);
	for (unsigned i = 0; i < COUNT_OF(f->x); i++)
		hash = mix(hash, f->x[i]);
	for (unsigned i = 0; i < COUNT_OF(f->flag); i++)
		hash = mix(hash, f->flag[i]);
	for (unsigned i = 0; i < COUNT_OF(f->v.d); i++)
		hash = mix(hash, f->v.d[i]);
	return hash;
}

uint64_t fake_call_pure(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)cpu;
	return mix(mix(mix(mix(1, a), b), c), d);
}

uint64_t fake_call_reads(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	return mix_slots(cpu, fake_call_pure(cpu, a, b, c, d));
}

uint64_t fake_call_writes(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct fake *f = cpu;
	uint64_t hash = fake_call_pure(cpu, a, b, c, d);

	f->r[hash & 15] = (uint32_t)(hash >> 32);
	f->x[hash >> 4 & 3] = hash * 5;
	f->flag[hash >> 6 & 3] = hash >> 8 & 1;
	f->v.s[hash >> 9 & 15] = (uint32_t)hash;
	return hash;
}

uint64_t fake_call_both(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	uint64_t hash = fake_call_reads(cpu, a, b, c, d);

	return fake_call_writes(cpu, hash, a, b, c);
}

/* pc and instruction count must be exact, all slots in memory. */
static uint64_t trace_site(struct fake *f, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	uint64_t hash = fake_call_reads(f, a, b, c, d);

	hash = mix(hash, f->cpu.pc);
	hash = mix(hash, (uint32_t)f->cpu.budget + f->cpu.refund);
	f->trace = mix(f->trace, hash);
	if (hash >> 60 == 0) {
		f->cpu.pc = (uint32_t)hash & ~1u;
		cpu_raise(&f->cpu);
	}
	return hash;
}

uint64_t fake_check(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	return trace_site(cpu, a, b, c, d);
}

uint64_t fake_call_site(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	uint64_t hash = trace_site(cpu, a, b, c, d);

	if (hash >> 60 < 8)
		fake_call_writes(cpu, hash, 1, 2, 3);
	return hash;
}

/* --- Packed operations: their definitions, without the host's instructions ------------ */

union fake_vector {
	uint16_t u16[8];
	uint32_t u32[4];
};

static union fake_vector *vector_at(void *cpu, uint64_t offset)
{
	return (void *)((uintptr_t)cpu + (uintptr_t)offset);
}

static uint64_t packed_average(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	union fake_vector *x = vector_at(cpu, a), *y = vector_at(cpu, b);

	(void)c, (void)d;
	for (unsigned i = 0; i < 8; i++)
		x->u16[i] = (uint16_t)((x->u16[i] + y->u16[i] + 1) >> 1);
	return 0;
}

static uint64_t packed_shuffle(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	union fake_vector y = *vector_at(cpu, b);

	(void)d;
	for (unsigned i = 0; i < 4; i++)
		vector_at(cpu, a)->u32[i] = y.u32[c >> 2 * i & 3];
	return 0;
}

static uint64_t packed_shift(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	union fake_vector *x = vector_at(cpu, a);

	(void)b, (void)d;
	for (unsigned i = 0; i < 8; i++)
		x->u16[i] = c < 16 ? (uint16_t)(x->u16[i] >> c) : 0;
	return 0;
}

static uint64_t packed_unpack(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	union fake_vector x = *vector_at(cpu, a), y = *vector_at(cpu, b);

	(void)c, (void)d;
	for (unsigned i = 0; i < 4; i++)
		vector_at(cpu, a)->u32[i] = i & 1 ? y.u32[i / 2] : x.u32[i / 2];
	return 0;
}

const struct fake_packed fake_packed[4] = {
	{ packed_average, 0xe3 | IR_PACKED_66 },
	{ packed_shuffle, 0x70 | IR_PACKED_66 | IR_PACKED_IMMEDIATE },
	{ packed_shift, 0x71 | IR_PACKED_66 | IR_PACKED_GROUP | 2 << 12 },
	{ packed_unpack, 0x62 | IR_PACKED_66 },
};
