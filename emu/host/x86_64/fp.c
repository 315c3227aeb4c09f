/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Floating point on SSE2, after the rules of ir/fp.h: the host's instruction, then a
 * check for NaN or the smallest normal number, for which, out of line, the exact
 * function does it again from the operands.  Hence a result never replaces an operand.
 *
 *	movaps	xmm2,xmm0 ; addsd xmm2,xmm1
 *	movaps	xmm3,xmm2 ; andps xmm3,[abs] ; ucomisd xmm3,[smallest] ; jz exact
 *
 * An unordered comparison sets Z too, so that one jump serves both cases.
 */
#include "emit.h"

#include <assert.h>

#define UCOMIS 0x0f2e
#define COMIS 0x0f2f

static uint32_t scalar(enum ir_type type, uint32_t opcode)
{
	return (type == IR_F32 ? 0xf3000000 : 0xf2000000) | opcode;
}

/* ucomisd and comisd have 66, the single ones no prefix. */
static uint32_t packed(enum ir_type type, uint32_t opcode)
{
	return (type == IR_F32 ? 0 : 0x66000000) | opcode;
}

static struct cold *fp_site(struct host *h, const struct ir_op *op)
{
	struct cold *c = cold_add(h, COLD_SITE);

	c->site.kind = SITE_FP;
	c->site.a = c->site.b = c->site.d = NO_REG;
	c->site.fn = (fp_fn *)(uintptr_t)op->imm;
	c->vectors = true;
	for (unsigned i = 0; i < 2 && op->arg[i] != IR_NONE; i++) {
		unsigned reg = reg_use(h, op->arg[i]);

		if (i == 0)
			c->site.a = (uint8_t)reg;
		else
			c->site.b = (uint8_t)reg;
		if (width_of(type_of(h, op->arg[i])))
			c->site.refund |= i ? SITE_WIDE_B : SITE_WIDE_A;
	}
	if (width_of((enum ir_type)op->type))
		c->site.refund |= SITE_WIDE_D;
	return c;
}

static void fp_done(struct host *h, struct cold *c, unsigned to)
{
	c->site.d = (uint8_t)to;
	c->back = enc_here(h);
	reg_result(h, to);
}

/* To the exact function if the result is a NaN or the smallest normal number. */
static void gen_fp_check(struct host *h, struct cold *c, enum ir_type type, unsigned result)
{
	unsigned t = reg_scratch_vector(h);
	bool wide = type == IR_F64;

	enc_rr(h, 0x0f28, W32, t, result);
	enc_rm(h, 0x0f54, W32, t, enc_constant(h, wide ? CONST_ABS64 : CONST_ABS32));
	enc_rm(h, packed(type, UCOMIS), W32, t, enc_constant(h, wide ? CONST_MIN64 : CONST_MIN32));
	cold_from(c, enc_jcc(h, IR_CC_Z));
}

/* The host's instruction is all there is to it. */
static void gen_fp_sse(struct host *h, const struct ir_op *op, uint32_t opcode)
{
	enum ir_type type = (enum ir_type)op->type;
	unsigned x = reg_use(h, op->arg[0]), y, to;

	if (op->op == IR_FSQRT || op->op == IR_FCVT) {
		to = reg_scratch_vector(h);
		enc_rr(h, 0x0f57, W32, to, to);
		enc_rr(h, scalar(op->op == IR_FCVT ? type_of(h, op->arg[0]) : type, opcode), W32,
		       to, x);
	} else {
		y = reg_use(h, op->arg[1]);
		to = reg_scratch_vector(h);
		enc_rr(h, 0x0f28, W32, to, x);
		enc_rr(h, scalar(type, opcode), W32, to, y);
	}
	reg_result(h, to);
}

static void gen_fp_binary(struct host *h, const struct ir_op *op, uint32_t opcode)
{
	enum ir_type type = (enum ir_type)op->type;
	struct cold *c;
	unsigned to;

	if (op->size == IR_FP_SSE) {
		gen_fp_sse(h, op, opcode);
		return;
	}
	c = fp_site(h, op);
	to = reg_scratch_vector(h);
	flags_clobber(h);
	if (op->op == IR_FSQRT) {
		enc_rr(h, scalar(type, opcode), W32, to, c->site.a);
	} else {
		enc_rr(h, 0x0f28, W32, to, c->site.a);
		enc_rr(h, scalar(type, opcode), W32, to, c->site.b);
	}
	gen_fp_check(h, c, type, to);
	fp_done(h, c, to);
}

/* Sign operations: by masks. */
static void gen_fp_sign(struct host *h, const struct ir_op *op)
{
	bool wide = op->type == IR_F64, negate = op->op == IR_FNEG;
	unsigned from = reg_use(h, op->arg[0]);
	unsigned to = reg_scratch_vector(h);
	enum constant mask =
		negate ? (wide ? CONST_SIGN64 : CONST_SIGN32) : (wide ? CONST_ABS64 : CONST_ABS32);

	enc_rr(h, 0x0f28, W32, to, from);
	enc_rm(h, negate ? 0x0f57 : 0x0f54, W32, to, enc_constant(h, mask));
	reg_result(h, to);
}

/* One of four bytes: start from `equal`; the flags tell greater, less (also set when
 * unordered) and unordered apart. */
static void gen_fcmp(struct host *h, const struct ir_op *op)
{
	static const uint8_t when[3] = { IR_CC_A, IR_CC_B, IR_CC_P };
	static const uint8_t shift[3] = { 16, 8, 24 };
	enum ir_type type = (enum ir_type)op->type;
	unsigned x = reg_use(h, op->arg[0]), y = reg_use(h, op->arg[1]);
	unsigned to = reg_target(h, IR_NONE), t = reg_scratch(h);

	flags_clobber(h);
	enc_rr(h, packed(type, op->flags ? COMIS : UCOMIS), W32, x, y);
	enc_imm(h, to, op->imm & 0xff);
	for (unsigned i = 0; i < 3; i++) {
		enc_imm(h, t, op->imm >> shift[i] & 0xff);
		enc_rr(h, 0x0f40 | when[i], W32, to, t);
	}
	reg_result(h, to);
}

/* Integer to float: exact or rounded by MXCSR, never special. */
static void gen_from_integer(struct host *h, const struct ir_op *op)
{
	unsigned from = reg_use(h, op->arg[0]);
	unsigned to = reg_scratch_vector(h);

	enc_rr(h, 0x0f57, W32, to, to); /* the instruction would wait for the old value */
	enc_rr(h, scalar((enum ir_type)op->type, 0x0f2a), op->cc == IR_S32_TO_F ? W32 : W64, to,
	       from);
	reg_result(h, to);
}

/* Float to signed integer: 0x80000000 may mean that it didn't fit. */
static void gen_to_signed(struct host *h, const struct ir_op *op, struct cold *c, bool truncate)
{
	enum ir_type from = type_of(h, op->arg[0]);
	unsigned to = reg_scratch(h);

	enc_rr(h, scalar(from, truncate ? 0x0f2c : 0x0f2d), W32, to, c->site.a);
	enc_alu_imm(h, ALU_CMP, W32, to, 1);
	cold_from(c, enc_jcc(h, IR_CC_V)); /* only the most negative overflows */
	fp_done(h, c, to);
}

/* Float to unsigned: what lies in 0 <= x < 2^32 fits a signed 64-bit conversion; all
 * else is left to the exact function, before the host raises the wrong flags. */
static void gen_to_unsigned(struct host *h, const struct ir_op *op, struct cold *c, bool truncate)
{
	enum ir_type from = type_of(h, op->arg[0]);
	enum constant limit = from == IR_F64 ? CONST_TWO32_F64 : CONST_TWO32_F32;
	unsigned t = reg_scratch_vector(h), to = reg_scratch(h);

	enc_rr(h, 0x0f57, W32, t, t);
	enc_rr(h, packed(from, UCOMIS), W32, c->site.a, t);
	cold_from(c, enc_jcc(h, IR_CC_B));
	enc_rm(h, packed(from, UCOMIS), W32, c->site.a, enc_constant(h, limit));
	cold_from(c, enc_jcc(h, IR_CC_AE));
	enc_rr(h, scalar(from, truncate ? 0x0f2c : 0x0f2d), W64, to, c->site.a);
	fp_done(h, c, to);
}

static void gen_between_floats(struct host *h, const struct ir_op *op, struct cold *c)
{
	unsigned to = reg_scratch_vector(h);

	enc_rr(h, 0x0f57, W32, to, to);
	enc_rr(h, scalar(type_of(h, op->arg[0]), 0x0f5a), W32, to, c->site.a);
	gen_fp_check(h, c, (enum ir_type)op->type, to);
	fp_done(h, c, to);
}

static void gen_exact(struct host *h, const struct ir_op *op, struct cold *c)
{
	bool vector = is_vector_type((enum ir_type)op->type);
	unsigned to = vector ? reg_scratch_vector(h) : reg_scratch(h);

	cold_from(c, enc_jmp(h));
	fp_done(h, c, to);
}

static void gen_fcvt(struct host *h, const struct ir_op *op)
{
	struct cold *c;

	if (op->cc <= IR_S64_TO_F) {
		gen_from_integer(h, op);
		return;
	}
	if (op->size == IR_FP_SSE && op->cc >= IR_F32_TO_F64) {
		gen_fp_sse(h, op, 0x0f5a);
		return;
	}
	c = fp_site(h, op);
	flags_clobber(h);
	switch (op->cc) {
	case IR_F_TO_S32_ZERO:
	case IR_F_TO_S32:
		gen_to_signed(h, op, c, op->cc == IR_F_TO_S32_ZERO);
		break;
	case IR_F_TO_U32_ZERO:
		gen_to_unsigned(h, op, c, true);
		break;
	case IR_F32_TO_F64:
	case IR_F64_TO_F32:
		gen_between_floats(h, op, c);
		break;
	default: /* rounding up might reach 2^32 */
		gen_exact(h, op, c);
	}
}

void gen_bitcast(struct host *h, const struct ir_op *op)
{
	bool from_vector = is_vector_type(type_of(h, op->arg[0]));
	bool to_vector = is_vector_type((enum ir_type)op->type);
	unsigned w = width_of((enum ir_type)op->type);
	unsigned from = reg_use(h, op->arg[0]), to;

	if (to_vector) {
		to = reg_scratch_vector(h);
		if (from_vector)
			enc_rr(h, 0x0f28, W32, to, from);
		else
			enc_rr(h, 0x66000f6e, w, to, from);
	} else {
		to = reg_target(h, IR_NONE);
		if (from_vector)
			enc_rr(h, 0x66000f7e, w, from, to);
		else
			enc_mov(h, w, to, from);
	}
	reg_result(h, to);
}

void gen_fp(struct host *h, const struct ir_op *op)
{
	switch (op->op) {
	case IR_FADD:
		gen_fp_binary(h, op, 0x0f58);
		break;
	case IR_FSUB:
		gen_fp_binary(h, op, 0x0f5c);
		break;
	case IR_FMUL:
		gen_fp_binary(h, op, 0x0f59);
		break;
	case IR_FDIV:
		gen_fp_binary(h, op, 0x0f5e);
		break;
	case IR_FSQRT:
		gen_fp_binary(h, op, 0x0f51);
		break;
	case IR_FNEG:
	case IR_FABS:
		gen_fp_sign(h, op);
		break;
	case IR_FCMP:
		gen_fcmp(h, op);
		break;
	case IR_FCVT:
		gen_fcvt(h, op);
		break;
	default:
		assert(!"not floating point");
	}
}
