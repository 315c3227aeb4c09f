/* SPDX-License-Identifier: BSD-2-Clause
 *
 * v128 operations on SSE2, with SSE4 where the host has it.
 */
#include "emit.h"

#include <assert.h>

/* pcmpeqq without SSE4.1: both halves of a lane must be equal. */
static void gen_equal64(struct host *h, unsigned to, unsigned y)
{
	unsigned t = reg_scratch_vector(h);

	enc_rr(h, 0x66000f76, W32, to, y); /* pcmpeqd */
	enc_rr(h, 0x66000f70, W32, t, to); /* pshufd: halves exchanged */
	enc_byte(h, 0xb1);
	enc_rr(h, 0x66000fdb, W32, to, t); /* pand */
}

/* pcmpgtq without SSE4.2.  x > y if the high halves say so, or, when they are equal,
 * if y - x borrows: the sign of its high half. */
static void gen_greater64(struct host *h, unsigned to, unsigned x, unsigned y)
{
	unsigned t = reg_scratch_vector(h);

	enc_rr(h, 0x0f28, W32, t, y);
	enc_rr(h, 0x66000ffb, W32, t, x);  /* psubq: y - x */
	enc_rr(h, 0x66000f76, W32, to, y); /* pcmpeqd */
	enc_rr(h, 0x66000fdb, W32, t, to);
	enc_rr(h, 0x0f28, W32, to, x);
	enc_rr(h, 0x66000f66, W32, to, y); /* pcmpgtd */
	enc_rr(h, 0x66000feb, W32, to, t); /* por */
	enc_rr(h, 0x66000f72, W32, 4, to); /* psrad 31 */
	enc_byte(h, 31);
	enc_rr(h, 0x66000f70, W32, to, to); /* pshufd: high halves twice */
	enc_byte(h, 0xf5);
}

static void gen_duplicate(struct host *h, const struct ir_op *op)
{
	unsigned from = reg_use(h, op->arg[0]);
	unsigned to = reg_scratch_vector(h);

	enc_rr(h, 0x66000f6e, op->size == 3 ? W64 : W32, to, from);
	if (op->size == 0)
		enc_rr(h, 0x66000f60, W32, to, to); /* punpcklbw */
	if (op->size <= 1)
		enc_rr(h, 0x66000f61, W32, to, to); /* punpcklwd */
	if (op->size <= 2) {
		enc_rr(h, 0x66000f70, W32, to, to);
		enc_byte(h, 0);
	} else {
		enc_rr(h, 0x66000f6c, W32, to, to); /* punpcklqdq */
	}
	reg_result(h, to);
}

static uint32_t vector_opcode(const struct ir_op *op)
{
	static const uint8_t add[4] = { 0xfc, 0xfd, 0xfe, 0xd4 };
	static const uint8_t sub[4] = { 0xf8, 0xf9, 0xfa, 0xfb };

	switch (op->op) {
	case IR_VAND:
		return 0x0f54;
	case IR_VOR:
		return 0x0f56;
	case IR_VXOR:
		return 0x0f57;
	case IR_VADD:
		return 0x66000f00 | add[op->size];
	case IR_VSUB:
		return 0x66000f00 | sub[op->size];
	case IR_VCEQ:
		return op->size == 3 ? 0x660f3829 : 0x66000f74u + op->size;
	default:
		assert(op->op == IR_VCGT);
		return op->size == 3 ? 0x660f3837 : 0x66000f64u + op->size;
	}
}

void gen_vector(struct host *h, const struct ir_op *op)
{
	unsigned x, y, to;

	if (op->op == IR_VDUP) {
		gen_duplicate(h, op);
		return;
	}
	x = reg_use(h, op->arg[0]);
	y = reg_use(h, op->arg[1]);
	to = reg_scratch_vector(h);
	if (op->op == IR_VANDN) { /* ~to & x */
		enc_rr(h, 0x0f28, W32, to, y);
		enc_rr(h, 0x0f55, W32, to, x);
	} else {
		enc_rr(h, 0x0f28, W32, to, x);
		if (op->op == IR_VCEQ && op->size == 3 && !h->sse41)
			gen_equal64(h, to, y);
		else if (op->op == IR_VCGT && op->size == 3 && !h->sse42)
			gen_greater64(h, to, x, y);
		else
			enc_rr(h, vector_opcode(op), W32, to, y);
	}
	reg_result(h, to);
}

/* The instruction that the front end named. */
void gen_packed(struct host *h, const struct ir_op *op)
{
	static const uint8_t prefix[4] = { 0, 0x66, 0xf3, 0xf2 };
	uint32_t opcode =
		(uint32_t)prefix[op->slot >> 8 & 3] << 24 | 0x0f00 | (op->slot & IR_PACKED_OPCODE);
	unsigned x = reg_use(h, op->arg[0]), y = reg_use(h, op->arg[1]);
	unsigned to = reg_scratch_vector(h);

	enc_rr(h, 0x0f28, W32, to, x);
	if (op->slot & IR_PACKED_GROUP)
		enc_rr(h, opcode, W32, op->slot >> 12, to);
	else
		enc_rr(h, opcode, W32, to, y);
	if (op->slot & (IR_PACKED_GROUP | IR_PACKED_IMMEDIATE))
		enc_byte(h, op->cc);
	reg_result(h, to);
}

void gen_mask(struct host *h, const struct ir_op *op)
{
	uint32_t opcode = op->size == 0 ? 0x66000fd7 : op->size == 2 ? 0x0f50 : 0x66000f50;
	unsigned from = reg_use(h, op->arg[0]), to = reg_target(h, IR_NONE);

	enc_rr(h, opcode, W32, to, from);
	reg_result(h, to);
}

void gen_vector_widen(struct host *h, const struct ir_op *op)
{
	enum ir_type type = type_of(h, op->arg[0]);
	unsigned from = reg_use(h, op->arg[0]), to = reg_scratch_vector(h);

	if (!is_vector_type(type)) {
		enc_rr(h, 0x66000f6e, width_of(type), to, from);
	} else if (type == IR_F64) {
		enc_rr(h, 0xf3000f7e, W32, to, from); /* movq */
	} else {
		enc_rr(h, 0x0f57, W32, to, to);
		enc_rr(h, 0xf3000f10, W32, to, from); /* movss */
	}
	reg_result(h, to);
}

void gen_vector_low(struct host *h, const struct ir_op *op)
{
	enum ir_type type = (enum ir_type)op->type;
	unsigned from = reg_use(h, op->arg[0]), to;

	if (is_vector_type(type)) {
		to = reg_scratch_vector(h);
		enc_rr(h, 0x0f28, W32, to, from);
	} else {
		to = reg_target(h, IR_NONE);
		enc_rr(h, 0x66000f7e, width_of(type), from, to);
	}
	reg_result(h, to);
}
