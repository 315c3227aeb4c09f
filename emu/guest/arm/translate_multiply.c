/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ARM and Thumb multiplication and division (ARM DDI 0406C, A4.4.3, A4.4.7).  d is the
 * result or the high half, a the accumulator or the low half.  A destination of r15 is
 * UNPREDICTABLE: undefined here.
 */
#include "guest/arm/emit.h"

#include "guest/arm/simd_help.h"

/* Undefined, and true, for destinations that can't be. */
static bool mul_bad(struct arm_unit *u, unsigned d, unsigned a)
{
	if (d != 15 && a != 15)
		return false;
	arm_emit_undefined(u);
	return true;
}

static void mul_finish(struct arm_unit *u, const struct arm_operands *o, ir_value result)
{
	arm_set_reg(u, o->d, result);
	if (o->s)
		arm_set_flags_logic(u, result, false, IR_NONE);
}

void arm_emit_mul(struct arm_unit *u, const struct arm_operands *o)
{
	if (!mul_bad(u, o->d, 0))
		mul_finish(u, o, arm_op(u, IR_MUL, arm_reg(u, o->n), arm_reg(u, o->m)));
}

void arm_emit_mla(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value product;

	if (mul_bad(u, o->d, 0))
		return;
	product = arm_op(u, IR_MUL, arm_reg(u, o->n), arm_reg(u, o->m));
	mul_finish(u, o, arm_op(u, IR_ADD, product, arm_reg(u, o->a)));
}

void arm_emit_mls(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value product;

	if (mul_bad(u, o->d, 0))
		return;
	product = arm_op(u, IR_MUL, arm_reg(u, o->n), arm_reg(u, o->m));
	arm_set_reg(u, o->d, arm_op(u, IR_SUB, arm_reg(u, o->a), product));
}

static ir_value mul_wide(struct arm_unit *u, ir_value n, ir_value m, bool is_signed)
{
	enum ir_opcode extend = is_signed ? IR_SEXT : IR_ZEXT;

	return arm_op64(u, IR_MUL, ir_unary(u->ir, extend, IR_I64, n),
			ir_unary(u->ir, extend, IR_I64, m));
}

/* The 64 bits in registers d (high) and a. */
static ir_value mul_pair(struct arm_unit *u, const struct arm_operands *o)
{
	return ir_binary(u->ir, IR_CONCAT, IR_I64, arm_reg(u, o->a), arm_reg(u, o->d));
}

static void mul_set_pair(struct arm_unit *u, const struct arm_operands *o, ir_value wide)
{
	ir_value low = arm_low(u, wide), high = arm_high(u, wide);

	arm_set_reg(u, o->a, low);
	arm_set_reg(u, o->d, high);
	if (o->s) {
		arm_flags_changed(u);
		arm_set(u, ARM_SLOT(nf), high);
		arm_set(u, ARM_SLOT(zf), arm_op(u, IR_OR, low, high));
	}
}

void arm_emit_mull(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value wide;

	if (mul_bad(u, o->d, o->a))
		return;
	wide = mul_wide(u, arm_reg(u, o->n), arm_reg(u, o->m), o->arg & 1);
	if (o->arg & 2)
		wide = arm_op64(u, IR_ADD, wide, mul_pair(u, o));
	mul_set_pair(u, o, wide);
}

void arm_emit_umaal(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value wide;

	if (mul_bad(u, o->d, o->a))
		return;
	wide = mul_wide(u, arm_reg(u, o->n), arm_reg(u, o->m), false);
	wide = arm_op64(u, IR_ADD, wide, ir_unary(u->ir, IR_ZEXT, IR_I64, arm_reg(u, o->a)));
	wide = arm_op64(u, IR_ADD, wide, ir_unary(u->ir, IR_ZEXT, IR_I64, arm_reg(u, o->d)));
	mul_set_pair(u, o, wide);
}

/* Division by zero yields zero, as in IR; SCTLR.DZ doesn't exist in ARMv7-A. */
void arm_emit_divide(struct arm_unit *u, const struct arm_operands *o)
{
	if (o->d == 15 || !u->arm->model->divide)
		arm_emit_undefined(u);
	else
		arm_set_reg(
			u, o->d,
			arm_op(u, o->arg ? IR_SDIV : IR_UDIV, arm_reg(u, o->n), arm_reg(u, o->m)));
}

/* Q |= bit. */
static void mul_set_q(struct arm_unit *u, ir_value bit)
{
	ir_value old = arm_get(u, ARM_SLOT(qf));
	ir_value q = arm_op(u, IR_OR, old, bit);

	if (u->predicate != IR_NONE)
		q = ir_select(u->ir, u->predicate, q, old);
	arm_set(u, ARM_SLOT(qf), q);
}

/* value + register a, Q if that overflows. */
static void mul_accumulate_q(struct arm_unit *u, const struct arm_operands *o, ir_value value)
{
	ir_value sum = ir_flags(u->ir, IR_ADD, IR_I32, value, arm_reg(u, o->a), IR_NONE);

	mul_set_q(u, ir_cond(u->ir, sum, IR_CC_V));
	arm_set_reg(u, o->d, sum);
}

static ir_value mul_half(struct arm_unit *u, unsigned n, bool top)
{
	return ir_sextract(u->ir, IR_I32, arm_reg(u, n), top ? 16 : 0, 16);
}

static ir_value mul_halves(struct arm_unit *u, const struct arm_operands *o)
{
	return arm_op(u, IR_MUL, mul_half(u, o->n, o->x), mul_half(u, o->m, o->y));
}

void arm_emit_smla(struct arm_unit *u, const struct arm_operands *o)
{
	if (mul_bad(u, o->d, 0))
		return;
	if (o->arg)
		mul_accumulate_q(u, o, mul_halves(u, o));
	else
		arm_set_reg(u, o->d, mul_halves(u, o));
}

void arm_emit_smlaw(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value wide, value;

	if (mul_bad(u, o->d, 0))
		return;
	wide = mul_wide(u, arm_reg(u, o->n), mul_half(u, o->m, o->y), true);
	value = arm_low(u, arm_op64(u, IR_SAR, wide, arm_const(u, 16)));
	if (o->arg)
		mul_accumulate_q(u, o, value);
	else
		arm_set_reg(u, o->d, value);
}

void arm_emit_smlal(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value product;

	if (mul_bad(u, o->d, o->a))
		return;
	product = ir_unary(u->ir, IR_SEXT, IR_I64, mul_halves(u, o));
	mul_set_pair(u, o, arm_op64(u, IR_ADD, product, mul_pair(u, o)));
}

/* The second operand of the dual multiplications: with X its halves are exchanged. */
static ir_value mul_exchanged(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value m = arm_reg(u, o->m);

	return o->x ? arm_op_imm(u, IR_ROR, m, 16) : m;
}

/* SMLAD, SMLSD; without an accumulator (a = 15) SMUAD, SMUSD. */
void arm_emit_smlad(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value wide;

	if (mul_bad(u, o->d, 0))
		return;
	wide = ir_call(u->ir, IR_I64, CALL_PURE, arm_help_smlad, arm_reg(u, o->n),
		       mul_exchanged(u, o), o->a == 15 ? arm_const(u, 0) : arm_reg(u, o->a),
		       arm_const(u, o->arg));
	mul_set_q(u, arm_high(u, wide));
	arm_set_reg(u, o->d, arm_low(u, wide));
}

void arm_emit_smlald(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value n = arm_reg(u, o->n), m = mul_exchanged(u, o), low, high;

	if (mul_bad(u, o->d, o->a))
		return;
	low = arm_op(u, IR_MUL, ir_sextract(u->ir, IR_I32, n, 0, 16),
		     ir_sextract(u->ir, IR_I32, m, 0, 16));
	high = arm_op(u, IR_MUL, arm_op_imm(u, IR_SAR, n, 16), arm_op_imm(u, IR_SAR, m, 16));
	low = arm_op64(u, o->arg ? IR_SUB : IR_ADD, ir_unary(u->ir, IR_SEXT, IR_I64, low),
		       ir_unary(u->ir, IR_SEXT, IR_I64, high));
	mul_set_pair(u, o, arm_op64(u, IR_ADD, low, mul_pair(u, o)));
}

/* SMMLA, SMMLS, SMMUL (a = 15): the high word, rounded if x. */
void arm_emit_smmla(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value wide, accumulator;

	if (mul_bad(u, o->d, 0))
		return;
	wide = mul_wide(u, arm_reg(u, o->n), arm_reg(u, o->m), true);
	if (o->a != 15 || o->arg) {
		accumulator =
			ir_binary(u->ir, IR_CONCAT, IR_I64, arm_const(u, 0), arm_reg(u, o->a));
		wide = arm_op64(u, o->arg ? IR_SUB : IR_ADD, accumulator, wide);
	}
	if (o->x)
		wide = arm_op64(u, IR_ADD, wide, ir_const64(u->ir, 0x80000000));
	arm_set_reg(u, o->d, arm_high(u, wide));
}
