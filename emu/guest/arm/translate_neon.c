/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Translates Advanced SIMD: data processing and structures in memory (ARM DDI 0406C,
 * A7.4, A7.7).  Bitwise operations, moves and what the IR's vectors have become IR; all
 * else calls of the lane functions that neon.h lists.
 *
 * Encodings that are UNPREDICTABLE (registers beyond the last) are undefined here.
 */
#include <string.h>

#include "guest/arm/neon.h"

#define BITS(x, high, low) ((x) >> (low) & ((2u << ((high) - (low))) - 1))
#define BIT(x, n) ((x) >> (n)&1u)

/* An instruction's registers, numbers of double ones, and what most formats have. */
struct neon_fields {
	unsigned d, n, m, size; /* bits 21..20 */
	bool u, quad;
};

static struct neon_fields neon_decode(uint32_t i)
{
	return (struct neon_fields){
		.d = BIT(i, 22) << 4 | BITS(i, 15, 12),
		.n = BIT(i, 7) << 4 | BITS(i, 19, 16),
		.m = BIT(i, 5) << 4 | BITS(i, 3, 0),
		.size = BITS(i, 21, 20),
		.u = BIT(i, 24),
		.quad = BIT(i, 6),
	};
}

static unsigned neon_slot(unsigned d)
{
	return ARM_SLOT(v.d) + 8 * d;
}

/* A double register as i64 or a quad one as v128. */
static ir_value neon_get(struct arm_unit *u, unsigned d, bool quad)
{
	return ir_get(u->ir, quad ? IR_V128 : IR_I64, neon_slot(d));
}

static void neon_set(struct arm_unit *u, unsigned d, bool quad, ir_value value)
{
	ir_set(u->ir, quad ? IR_V128 : IR_I64, neon_slot(d), value);
}

static ir_value neon_constant(struct arm_unit *u, bool quad, uint64_t bits)
{
	return ir_const(u->ir, quad ? IR_V128 : IR_I64, bits);
}

/* A bitwise operation on either: IR_AND IR_OR IR_XOR IR_ANDN. */
static ir_value neon_bitwise(struct arm_unit *u, bool quad, enum ir_opcode op, ir_value x,
			     ir_value y)
{
	static const uint8_t vector[] = {
		[IR_AND] = IR_VAND, [IR_OR] = IR_VOR, [IR_XOR] = IR_VXOR, [IR_ANDN] = IR_VANDN
	};

	return quad ? ir_vector(u->ir, vector[op], 3, x, y) : ir_binary(u->ir, op, IR_I64, x, y);
}

static ir_value neon_complement(struct arm_unit *u, bool quad, ir_value x)
{
	return neon_bitwise(u, quad, IR_XOR, x, neon_constant(u, quad, ~(uint64_t)0));
}

/* Calls a lane function; false if there is none. */
static bool neon_call(struct arm_unit *u, neon_lanes *lanes, struct neon_shape shape)
{
	uint64_t packed;

	if (!lanes)
		return false;
	memcpy(&packed, &shape, sizeof packed);
	ir_call(u->ir, IR_VOID, CALL_READS | CALL_WRITES, arm_help_neon,
		ir_const64(u->ir, (uintptr_t)lanes), ir_const64(u->ir, packed), IR_NONE, IR_NONE);
	return true;
}

static struct neon_shape neon_shape_of(const struct neon_fields *f, unsigned quads)
{
	return (struct neon_shape){
		.d = (uint8_t)f->d, .n = (uint8_t)f->n, .m = (uint8_t)f->m, .quads = (uint8_t)quads
	};
}

static unsigned neon_quads(const struct neon_fields *f)
{
	return f->quad ? NEON_D | NEON_N | NEON_M : 0;
}

/* Quad registers have even numbers. */
static bool neon_odd(const struct neon_fields *f, unsigned quads)
{
	return (quads & NEON_D && f->d & 1) || (quads & NEON_N && f->n & 1) ||
	       (quads & NEON_M && f->m & 1);
}

void arm_emit_duplicate(struct arm_unit *u, unsigned d, bool quad, unsigned size, ir_value value)
{
	static const int32_t ones[] = { 0x01010101, 0x00010001 };

	if (quad) {
		neon_set(u, d, true, ir_vector(u->ir, IR_VDUP, size, value, IR_NONE));
		return;
	}
	if (size < 2) {
		value = ir_extract(u->ir, IR_I32, value, 0, 8u << size);
		value = ir_binary_imm(u->ir, IR_MUL, IR_I32, value, ones[size]);
	}
	neon_set(u, d, false, ir_binary(u->ir, IR_CONCAT, IR_I64, value, value));
}

/* VAND VBIC VORR VORN VEOR VBSL VBIT VBIF. */
static bool neon_three_bitwise(struct arm_unit *u, const struct neon_fields *f)
{
	bool q = f->quad;
	ir_value n = neon_get(u, f->n, q), m = neon_get(u, f->m, q), d, mask;

	switch ((unsigned)f->u << 2 | f->size) {
	case 0:
		d = neon_bitwise(u, q, IR_AND, n, m);
		break;
	case 1:
		d = neon_bitwise(u, q, IR_ANDN, n, m);
		break;
	case 2: /* VMOV is VORR with the same register twice */
		d = f->n == f->m ? m : neon_bitwise(u, q, IR_OR, n, m);
		break;
	case 3:
		d = neon_bitwise(u, q, IR_OR, n, neon_complement(u, q, m));
		break;
	case 4:
		d = neon_bitwise(u, q, IR_XOR, n, m);
		break;
	case 5: /* d chooses n or m */
		mask = neon_get(u, f->d, q);
		d = neon_bitwise(u, q, IR_OR, neon_bitwise(u, q, IR_AND, n, mask),
				 neon_bitwise(u, q, IR_ANDN, m, mask));
		break;
	case 6: /* m chooses n or d */
		d = neon_get(u, f->d, q);
		d = neon_bitwise(u, q, IR_OR, neon_bitwise(u, q, IR_AND, n, m),
				 neon_bitwise(u, q, IR_ANDN, d, m));
		break;
	default: /* m chooses d or n */
		d = neon_get(u, f->d, q);
		d = neon_bitwise(u, q, IR_OR, neon_bitwise(u, q, IR_AND, d, m),
				 neon_bitwise(u, q, IR_ANDN, n, m));
		break;
	}
	neon_set(u, f->d, q, d);
	return true;
}

/* What IR's vectors can do, of quad registers.  `op` as neon_same's index. */
static bool neon_three_vector(struct arm_unit *u, const struct neon_fields *f, unsigned op)
{
	ir_value d, n, m;

	if (!f->quad || (op != 16 && f->size == 3) || op < 6 || op > 17 || (op > 7 && op < 16) ||
	    (op < 8 && f->u))
		return false;
	n = neon_get(u, f->n, true);
	m = neon_get(u, f->m, true);
	switch (op) {
	case 6: /* VCGT */
		d = ir_vector(u->ir, IR_VCGT, f->size, n, m);
		break;
	case 7: /* VCGE */
		d = neon_complement(u, true, ir_vector(u->ir, IR_VCGT, f->size, m, n));
		break;
	case 16: /* VADD, VSUB */
		d = ir_vector(u->ir, f->u ? IR_VSUB : IR_VADD, f->size, n, m);
		break;
	default: /* VTST, VCEQ */
		if (f->u) {
			d = ir_vector(u->ir, IR_VCEQ, f->size, n, m);
		} else {
			d = neon_bitwise(u, true, IR_AND, n, m);
			d = ir_vector(u->ir, IR_VCEQ, f->size, d, neon_constant(u, true, 0));
			d = neon_complement(u, true, d);
		}
		break;
	}
	neon_set(u, f->d, true, d);
	return true;
}

static bool neon_three_same(struct arm_unit *u, uint32_t i)
{
	struct neon_fields f = neon_decode(i);
	unsigned op = BITS(i, 11, 8) << 1 | BIT(i, 4);
	struct neon_shape shape = neon_shape_of(&f, neon_quads(&f));

	if (neon_odd(&f, neon_quads(&f)))
		return false;
	if (op == 3)
		return neon_three_bitwise(u, &f);
	if (op >= 24) { /* floating point: bit 20 must be 0 */
		bool pairwise = (op == 26 || op == 30) && f.u && (op == 30 || f.size < 2);

		if (f.size & 1 || (pairwise && f.quad) || (op == 25 && !u->arm->model->fma))
			return false;
		return neon_call(u, neon_same_float[op - 24][f.u][f.size >> 1], shape);
	}
	if (f.quad && (op == 20 || op == 21 || op == 23))
		return false;
	if (!f.quad && op == 16 && f.size == 3) {
		neon_set(u, f.d, false,
			 ir_binary(u->ir, f.u ? IR_SUB : IR_ADD, IR_I64, neon_get(u, f.n, false),
				   neon_get(u, f.m, false)));
		return true;
	}
	return neon_three_vector(u, &f, op) || neon_call(u, neon_same[op][f.u][f.size], shape);
}

/* VADDL to VMULL: the opcode's operands and results are double (short) or quad. */
static bool neon_three_different(struct arm_unit *u, uint32_t i)
{
	struct neon_fields f = neon_decode(i);
	unsigned op = BITS(i, 11, 8);
	bool wide = op == 1 || op == 3, narrow = op == 4 || op == 6;
	unsigned quads = wide ? NEON_D | NEON_N : narrow ? NEON_N | NEON_M : NEON_D;
	struct neon_shape shape = neon_shape_of(&f, quads);

	if (op > 14 || neon_odd(&f, quads))
		return false;
	return neon_call(u, wide ? neon_wide[op][f.u][f.size] : neon_long[op][f.u][f.size], shape);
}

/* The scalar is in m: its low bits name the register, the others the lane. */
static bool neon_by_scalar(struct arm_unit *u, uint32_t i)
{
	static const uint8_t same[16] = { [0] = 18, [4] = 18, [8] = 19, [12] = 22, [13] = 22 };
	struct neon_fields f = neon_decode(i);
	unsigned op = BITS(i, 11, 8);
	struct neon_shape shape;
	neon_lanes *lanes = NULL;
	unsigned quads;

	if (!f.size || op > 13)
		return false;
	/* Where the operation isn't long, U tells quad registers. */
	quads = same[op] || op == 1 || op == 5 || op == 9 ? (f.u ? NEON_D | NEON_N : 0) : NEON_D;
	if (same[op])
		lanes = neon_same[same[op]][op == 4 || op == 13][f.size];
	else if (f.size == 2 && (op == 1 || op == 5))
		lanes = neon_same_float[3][0][op == 5];
	else if (f.size == 2 && op == 9)
		lanes = neon_same_float[3][1][0];
	else if (op == 2 || op == 6 || op == 10)
		lanes = neon_long[op == 2 ? 8 : op == 6 ? 10 : 12][f.u][f.size];
	else if (!(op == 1 || op == 5 || op == 9))
		lanes = neon_long[op == 3 ? 9 : op == 7 ? 11 : 13][f.u][f.size];
	if (neon_odd(&f, quads))
		return false;
	shape = neon_shape_of(&f, quads);
	shape.scalar = 1;
	shape.size = (uint8_t)f.size;
	shape.m = f.m & (f.size == 1 ? 7 : 15);
	shape.lane = (uint8_t)(f.size == 1 ? f.m >> 3 : f.m >> 4);
	return neon_call(u, lanes, shape);
}

/* AdvSIMDExpandImm of the manual; false: undefined. */
static bool neon_expand(unsigned op, unsigned cmode, uint64_t imm8, uint64_t *value)
{
	const uint64_t words = 0x0000000100000001, halves = 0x0001000100010001;

	*value = 0;
	switch (cmode >> 1) {
	case 0 ... 3:
		*value = (imm8 << 8 * (cmode >> 1)) * words;
		return true;
	case 4:
	case 5:
		*value = (imm8 << 8 * (cmode >> 1 & 1)) * halves;
		return true;
	case 6:
		*value = (cmode & 1 ? imm8 << 16 | 0xffff : imm8 << 8 | 0xff) * words;
		return true;
	}
	if (cmode == 15) {
		*value = (BIT(imm8, 7) << 31 | (BIT(imm8, 6) ? 0x3e000000 : 0x40000000) |
			  BITS(imm8, 5, 0) << 19) *
			 words;
		return !op;
	}
	if (!op)
		*value = imm8 * 0x0101010101010101;
	for (unsigned k = 0; op && k < 8; k++)
		*value |= BIT(imm8, k) * ((uint64_t)0xff << 8 * k);
	return true;
}

/* VMOV VMVN VORR VBIC. */
static bool neon_immediate(struct arm_unit *u, uint32_t i)
{
	struct neon_fields f = neon_decode(i);
	unsigned op = BIT(i, 5), cmode = BITS(i, 11, 8);
	uint64_t imm8 = BIT(i, 24) << 7 | BITS(i, 18, 16) << 4 | BITS(i, 3, 0), bits;
	ir_value value;

	if ((f.quad && f.d & 1) || !neon_expand(op, cmode, imm8, &bits))
		return false;
	if (cmode < 12 && cmode & 1) {
		value = neon_get(u, f.d, f.quad);
		value = neon_bitwise(u, f.quad, op ? IR_ANDN : IR_OR, value,
				     neon_constant(u, f.quad, bits));
	} else {
		value = neon_constant(u, f.quad, op && cmode < 14 ? ~bits : bits);
	}
	neon_set(u, f.d, f.quad, value);
	return true;
}

/* Shifts of 64-bit lanes by IR: VSHR.U64, VSHL.I64 of one double register. */
static bool neon_shift_double(struct arm_unit *u, const struct neon_fields *f, unsigned op,
			      unsigned count)
{
	bool right = op == 0 && f->u;
	ir_value m;

	if (f->quad || !(right || (op == 5 && !f->u)))
		return false;
	m = neon_get(u, f->m, false);
	m = count == 64 ?
		    ir_const64(u->ir, 0) :
		    ir_binary(u->ir, right ? IR_SHR : IR_SHL, IR_I64, m, ir_const32(u->ir, count));
	neon_set(u, f->d, false, m);
	return true;
}

/* VSHR to VQSHL, VSHRN to VQRSHRN, VSHLL, VCVT.  The highest bit set of L:imm6 tells the
 * lanes' size; below it is the count, upwards for left shifts, downwards for right. */
static bool neon_two_shift(struct arm_unit *u, uint32_t i)
{
	struct neon_fields f = neon_decode(i);
	unsigned op = BITS(i, 11, 8), imm6 = BITS(i, 21, 16), imm7 = BIT(i, 7) << 6 | imm6;
	unsigned size = (unsigned)(31 - __builtin_clz(imm7)) - 3, bits = 8u << size;
	unsigned left = imm7 - bits, right = 2 * bits - imm7;
	unsigned quads = f.quad ? NEON_D | NEON_M : 0;
	struct neon_shape shape;
	neon_lanes *lanes = NULL;

	if (op < 8) {
		shape = neon_shape_of(&f, quads);
		shape.immediate = (uint8_t)(op < 5 ? right : left);
		lanes = neon_shift[op][f.u][size];
		if (!neon_odd(&f, quads) && size == 3 &&
		    neon_shift_double(u, &f, op, shape.immediate))
			return true;
	} else if (op < 10 && size < 3) {
		quads = NEON_M;
		shape = neon_shape_of(&f, quads);
		shape.immediate = (uint8_t)right;
		lanes = neon_shift_narrow[op - 8][f.quad][f.u][size];
	} else if (op == 10 && size < 3 && !f.quad) {
		quads = NEON_D;
		shape = neon_shape_of(&f, quads);
		shape.immediate = (uint8_t)left;
		lanes = neon_shift_long[f.u][size];
	} else if (op >= 14 && size == 2) {
		shape = neon_shape_of(&f, quads);
		shape.immediate = (uint8_t)right;
		lanes = neon_fixed[(unsigned)f.u << 1 | (op & 1)];
	}
	return lanes && !neon_odd(&f, quads) && neon_call(u, lanes, shape);
}

/* VEXT: bytes from the middle of m:n. */
static bool neon_extract(struct arm_unit *u, uint32_t i)
{
	struct neon_fields f = neon_decode(i);
	unsigned from = BITS(i, 11, 8), shift = from % 8 * 8, words = f.quad ? 2 : 1;
	ir_value source[4], result[2];

	if (neon_odd(&f, neon_quads(&f)) || (!f.quad && from > 7))
		return false;
	for (unsigned k = 0; k < words; k++) {
		source[k] = neon_get(u, f.n + k, false);
		source[words + k] = neon_get(u, f.m + k, false);
	}
	for (unsigned k = 0; k < words; k++) {
		result[k] = source[from / 8 + k];
		if (shift)
			result[k] =
				ir_binary(u->ir, IR_OR, IR_I64,
					  ir_binary(u->ir, IR_SHR, IR_I64, result[k],
						    ir_const32(u->ir, shift)),
					  ir_binary(u->ir, IR_SHL, IR_I64, source[from / 8 + k + 1],
						    ir_const32(u->ir, 64 - shift)));
	}
	for (unsigned k = 0; k < words; k++)
		neon_set(u, f.d + k, false, result[k]);
	return true;
}

/* VTBL, VTBX. */
static bool neon_table(struct arm_unit *u, uint32_t i)
{
	struct neon_fields f = neon_decode(i);
	unsigned count = BITS(i, 9, 8) + 1;

	if (f.n + count > 32)
		return false;
	ir_call(u->ir, IR_VOID, CALL_READS | CALL_WRITES, arm_help_neon_table,
		ir_const32(u->ir, f.d), ir_const32(u->ir, f.n | count << 8), ir_const32(u->ir, f.m),
		ir_const32(u->ir, f.quad));
	return true;
}

/* VDUP of a lane: the lowest bit set of imm4 tells its size, those above it which. */
static bool neon_duplicate_lane(struct arm_unit *u, uint32_t i)
{
	struct neon_fields f = neon_decode(i);
	unsigned imm4 = BITS(i, 19, 16), size, place;
	ir_value word;

	if (!(imm4 & 7) || (f.quad && f.d & 1))
		return false;
	size = (unsigned)__builtin_ctz(imm4);
	place = (imm4 >> (size + 1)) << size; /* in bytes */
	word = ir_get(u->ir, IR_I32, neon_slot(f.m) + (place & 4));
	if (place & 3)
		word = ir_binary_imm(u->ir, IR_SHR, IR_I32, word, 8 * (place & 3));
	arm_emit_duplicate(u, f.d, f.quad, size, word);
	return true;
}

/* VSWP VTRN VUZP VZIP. */
static bool neon_exchange(struct arm_unit *u, const struct neon_fields *f, unsigned op,
			  unsigned size)
{
	if (neon_odd(f, f->quad ? NEON_D | NEON_M : 0) || size == 3 || (op == NEON_SWAP && size) ||
	    (op >= NEON_UNZIP && size == 2 && !f->quad))
		return false;
	ir_call(u->ir, IR_VOID, CALL_READS | CALL_WRITES, arm_help_neon_permute,
		ir_const32(u->ir, op | size << 4), ir_const32(u->ir, f->d), ir_const32(u->ir, f->m),
		ir_const32(u->ir, f->quad));
	return true;
}

/* VMOVN VQMOVUN VQMOVN VSHLL VCVT of halves: bits 10..6 from 01000. */
static bool neon_misc_length(struct arm_unit *u, const struct neon_fields *f, unsigned op,
			     unsigned size)
{
	unsigned quads = op == 12 || op == 28 ? NEON_D : NEON_M;
	struct neon_shape shape = neon_shape_of(f, quads);
	neon_lanes *lanes = NULL;

	if (op < 12 && size < 3) {
		lanes = neon_narrow[op - 8][size];
	} else if (op == 12 && size < 3) {
		shape.immediate = (uint8_t)(8 << size);
		lanes = neon_shift_long[1][size];
	} else if ((op == 24 || op == 28) && size == 1 && u->arm->model->mvfr[1] >> 24 & 0xf) {
		lanes = op == 24 ? neon_single_to_half : neon_half_to_single;
	}
	return lanes && !neon_odd(f, quads) && neon_call(u, lanes, shape);
}

/* VREV64.8 and VREV32.8 by IR. */
static bool neon_reverse_bytes(struct arm_unit *u, const struct neon_fields *f, unsigned op)
{
	ir_value value[4];
	unsigned count = (f->quad ? 2u : 1u) << op;
	enum ir_type type = op ? IR_I32 : IR_I64;

	for (unsigned k = 0; k < count; k++)
		value[k] = ir_get(u->ir, type, neon_slot(f->m) + (8u >> op) * k);
	for (unsigned k = 0; k < count; k++)
		ir_set(u->ir, type, neon_slot(f->d) + (8u >> op) * k,
		       ir_unary(u->ir, IR_BSWAP, type, value[k]));
	return true;
}

static bool neon_two_misc(struct arm_unit *u, uint32_t i)
{
	struct neon_fields f = neon_decode(i);
	unsigned size = BITS(i, 19, 18), group = BITS(i, 17, 16), op = BITS(i, 10, 7);
	unsigned quads = f.quad ? NEON_D | NEON_M : 0;
	bool reverse = group == 0 && op < 3;

	if (group == 2)
		return op < 4 ? neon_exchange(u, &f, op, size) :
				neon_misc_length(u, &f, BITS(i, 10, 6), size);
	if (neon_odd(&f, quads) || (reverse && size > 2))
		return false;
	if (reverse && size == 0 && op < 2)
		return neon_reverse_bytes(u, &f, op);
	if (group == 0 && op == 11 && size == 0) { /* VMVN */
		neon_set(u, f.d, f.quad, neon_complement(u, f.quad, neon_get(u, f.m, f.quad)));
		return true;
	}
	return neon_call(u, reverse ? neon_reverse[op][size] : neon_misc[group][op][size],
			 neon_shape_of(&f, quads));
}

bool arm_translate_neon_data(struct arm_unit *u, uint32_t i)
{
	if (!(u->modes & ARM_MODE_VFP) || (i & 0xfe000000) != 0xf2000000)
		return false;
	if (!BIT(i, 23))
		return neon_three_same(u, i);
	if (BIT(i, 4)) /* L:imm6 below 8 */
		return i & 0x380080 ? neon_two_shift(u, i) : neon_immediate(u, i);
	if (BITS(i, 21, 20) != 3)
		return BIT(i, 6) ? neon_by_scalar(u, i) : neon_three_different(u, i);
	if (!BIT(i, 24))
		return neon_extract(u, i);
	if (!BIT(i, 11))
		return neon_two_misc(u, i);
	if (!BIT(i, 10))
		return neon_table(u, i);
	return BITS(i, 9, 7) == 0 && neon_duplicate_lane(u, i);
}

/* Memory.  An access: the registers, how many bytes, and the alignment demanded (log2,
 * 0: the element's if SCTLR.A is set). */
struct neon_access {
	struct neon_structure s;
	unsigned bytes, align;
};

/* Multiple structures, by the type field: elements of a structure, registers per
 * element, distance between the registers of elements. */
static const struct {
	uint8_t elements, copies, step;
	uint8_t aligns; /* bit n: align field n is defined */
} neon_types[16] = {
	[0] = { 4, 1, 1, 0xf }, [1] = { 4, 1, 2, 0xf },  [2] = { 1, 4, 0, 0xf },
	[3] = { 2, 2, 2, 0xf }, [4] = { 3, 1, 1, 0x3 },  [5] = { 3, 1, 2, 0x3 },
	[6] = { 1, 3, 0, 0x3 }, [7] = { 1, 1, 0, 0x3 },  [8] = { 2, 1, 1, 0x7 },
	[9] = { 2, 1, 2, 0x7 }, [10] = { 1, 2, 0, 0x7 },
};

static bool neon_decode_multiple(uint32_t i, struct neon_access *a)
{
	unsigned type = BITS(i, 11, 8), align = BITS(i, 5, 4), size = BITS(i, 7, 6);

	a->s.elements = neon_types[type].elements;
	a->s.copies = neon_types[type].copies;
	a->s.step = neon_types[type].step;
	a->s.size = (uint8_t)size;
	a->bytes = 8u * a->s.elements * a->s.copies;
	a->align = align ? align + 2 : 0;
	return neon_types[type].aligns >> align & 1 && (size < 3 || a->s.elements == 1);
}

/* One lane: index_align has the index from the top, then the step, then alignment. */
static bool neon_decode_lane(uint32_t i, struct neon_access *a)
{
	unsigned size = BITS(i, 11, 10), elements = BITS(i, 9, 8) + 1, field = BITS(i, 7, 4);
	unsigned low = field & ((1u << (size + 1)) - 1); /* below the index */
	bool spaced = elements > 1 && size && low >> size;
	unsigned align = low & (size == 2 ? 3u : 1u);

	a->s.elements = (uint8_t)elements;
	a->s.size = (uint8_t)size;
	a->s.lane = (uint8_t)(field >> (size + 1));
	a->s.step = spaced ? 2 : 1;
	a->bytes = elements << size;
	if (elements == 1 && (low >> size || (size == 2 && align != 0 && align != 3)) && size)
		return false;
	switch (elements) {
	case 1:
		a->align = align ? size : 0;
		return size || !low;
	case 2:
		a->align = align ? size + 1 : 0;
		return align < 2;
	case 3:
		return !align;
	default:
		a->align = size == 2 ? (align ? align + 2 : 0) : align ? size + 2 : 0;
		return align < 3;
	}
}

/* To all lanes. */
static bool neon_decode_all(uint32_t i, struct neon_access *a)
{
	unsigned size = BITS(i, 7, 6), elements = BITS(i, 9, 8) + 1;
	bool spaced = BIT(i, 5), align = BIT(i, 4);

	if (size == 3 && !(elements == 4 && align))
		return false;
	a->s.elements = (uint8_t)elements;
	a->s.size = (uint8_t)(size == 3 ? 2 : size);
	a->s.step = spaced ? 2 : 1;
	a->bytes = elements << a->s.size;
	switch (elements) {
	case 1:
		a->align = align ? size : 0;
		return size || !align;
	case 2:
		a->align = align ? size + 1 : 0;
		return true;
	case 3:
		return !align;
	default:
		a->align = !align ? 0 : size == 3 ? 4 : size == 2 ? 3 : size + 2;
		return true;
	}
}

/* Whole registers, one after another in memory. */
static void neon_emit_plain(struct arm_unit *u, const struct neon_access *a, ir_value address,
			    bool load)
{
	struct ir_mem how = arm_mem(u, a->s.size, a->align);
	ir_value span = ir_span(u->ir, how, address, a->bytes, !load);

	how.size = 3;
	how.align = 0;
	for (unsigned k = 0; k < a->s.copies; k++)
		if (load)
			neon_set(u, a->s.d + k, false, ir_hload(u->ir, IR_I64, how, span, 8 * k));
		else
			ir_hstore(u->ir, IR_I64, how, span, 8 * k, neon_get(u, a->s.d + k, false));
	how = arm_mem(u, a->s.size, a->align);
	if (!load)
		ir_span_end(u->ir, how, span, address, a->bytes);
}

static void neon_emit_structures(struct arm_unit *u, const struct neon_access *a, ir_value address,
				 bool load)
{
	struct ir_mem how = arm_mem(u, a->s.size, a->align);
	ir_value span = ir_span(u->ir, how, address, a->bytes, !load);
	struct neon_structure s = a->s;
	uint64_t packed = 0;

	s.big = how.big;
	memcpy(&packed, &s, sizeof s);
	ir_call(u->ir, IR_VOID, CALL_READS | CALL_WRITES,
		load ? arm_help_neon_load : arm_help_neon_store, span, ir_const64(u->ir, packed),
		IR_NONE, IR_NONE);
	if (!load)
		ir_span_end(u->ir, how, span, address, a->bytes);
}

/* The elements' words into all lanes; VLD1 may fill two registers. */
static void neon_emit_all(struct arm_unit *u, const struct neon_access *a, ir_value address)
{
	struct ir_mem how = arm_mem(u, a->s.size, a->align);
	ir_value span = ir_span(u->ir, how, address, a->bytes, false);
	ir_value value[4];

	how.align = 0;
	for (unsigned e = 0; e < a->s.elements; e++)
		value[e] = ir_hload(u->ir, IR_I32, how, span, e << a->s.size);
	for (unsigned e = 0; e < a->s.elements; e++)
		arm_emit_duplicate(u, a->s.d + e * a->s.step, false, a->s.size, value[e]);
	if (a->s.elements == 1 && a->s.step == 2)
		arm_emit_duplicate(u, a->s.d + 1u, false, a->s.size, value[0]);
}

static unsigned neon_last_register(const struct neon_access *a, bool all)
{
	unsigned copies = a->s.copies;

	if (all && a->s.elements == 1)
		copies = a->s.step; /* one or two registers */
	return a->s.d + (a->s.elements - 1u) * a->s.step + (copies ? copies - 1 : 0);
}

bool arm_translate_neon_memory(struct arm_unit *u, uint32_t i)
{
	struct neon_access a = { .s = { .d = (uint8_t)(BIT(i, 22) << 4 | BITS(i, 15, 12)) } };
	unsigned n = BITS(i, 19, 16), m = BITS(i, 3, 0);
	bool load = BIT(i, 21), single = BIT(i, 23), all = single && BITS(i, 11, 10) == 3;
	ir_value base, offset;

	if (!(u->modes & ARM_MODE_VFP) || (i & 0xff100000) != 0xf4000000 || n == 15)
		return false;
	if (!(all    ? load && neon_decode_all(i, &a) :
	      single ? neon_decode_lane(i, &a) :
		       neon_decode_multiple(i, &a)))
		return false;
	if (neon_last_register(&a, all) > 31)
		return false;
	base = arm_reg(u, n);
	offset = m == 13 ? ir_const32(u->ir, a.bytes) : m == 15 ? IR_NONE : arm_reg(u, m);
	if (all)
		neon_emit_all(u, &a, base);
	else if (!single && a.s.elements == 1 && !(u->modes & ARM_MODE_BIG))
		neon_emit_plain(u, &a, base, load);
	else
		neon_emit_structures(u, &a, base, load);
	if (offset != IR_NONE)
		arm_set_reg(u, n, ir_binary(u->ir, IR_ADD, IR_I32, base, offset));
	return true;
}
