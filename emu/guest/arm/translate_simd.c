/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Saturating and parallel arithmetic in core registers (ARM DDI 0406C, A4.4.4, A4.4.5),
 * by the functions of simd_help.c.
 */
#include "guest/arm/emit.h"

#include "guest/arm/simd_help.h"

/* Sets a slot, if the predicate allows. */
static void simd_set(struct arm_unit *u, unsigned slot, ir_value value)
{
	if (u->predicate != IR_NONE)
		value = ir_select(u->ir, u->predicate, value, arm_get(u, slot));
	arm_set(u, slot, value);
}

static ir_value simd_call(struct arm_unit *u, ir_fn *fn, ir_value a, ir_value b, ir_value c)
{
	return ir_call(u->ir, IR_I64, CALL_PURE, fn, a, b, c, IR_NONE);
}

/* The result of a function that yields Q too. */
static void simd_finish_q(struct arm_unit *u, const struct arm_operands *o, ir_value wide)
{
	ir_value q = arm_op(u, IR_OR, arm_get(u, ARM_SLOT(qf)), arm_high(u, wide));

	simd_set(u, ARM_SLOT(qf), q);
	arm_set_reg(u, o->d, arm_low(u, wide));
}

void arm_emit_saturating(struct arm_unit *u, const struct arm_operands *o)
{
	if (o->d == 15)
		arm_emit_undefined(u);
	else
		simd_finish_q(u, o,
			      simd_call(u, arm_help_saturating, arm_reg(u, o->m), arm_reg(u, o->n),
					arm_const(u, o->arg)));
}

void arm_emit_parallel(struct arm_unit *u, const struct arm_operands *o)
{
	enum simd_kind kind = o->arg >> 4;
	ir_value wide;

	if (o->d == 15) {
		arm_emit_undefined(u);
		return;
	}
	wide = simd_call(u, arm_help_parallel, arm_reg(u, o->n), arm_reg(u, o->m),
			 arm_const(u, o->arg));
	if (kind == SIMD_S || kind == SIMD_U)
		simd_set(u, ARM_SLOT(ge), arm_high(u, wide));
	arm_set_reg(u, o->d, arm_low(u, wide));
}

void arm_emit_sel(struct arm_unit *u, const struct arm_operands *o)
{
	if (o->d == 15)
		arm_emit_undefined(u);
	else
		arm_set_reg(u, o->d,
			    arm_low(u, simd_call(u, arm_help_sel, arm_reg(u, o->n),
						 arm_reg(u, o->m), arm_get(u, ARM_SLOT(ge)))));
}

/* USADA8, and USAD8 where a is 15. */
void arm_emit_usad(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value sum = o->a == 15 ? arm_const(u, 0) : arm_reg(u, o->a);

	if (o->d == 15)
		arm_emit_undefined(u);
	else
		arm_set_reg(u, o->d,
			    arm_low(u, simd_call(u, arm_help_usad, arm_reg(u, o->n),
						 arm_reg(u, o->m), sum)));
}

/* SSAT, USAT: the operand shifted left, or right (t; 0 stands for 32). */
void arm_emit_sat(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value value = arm_reg(u, o->n);
	unsigned bits = o->arg & 1 ? o->j : o->j + 1;

	if (o->d == 15) {
		arm_emit_undefined(u);
		return;
	}
	if (o->t)
		value = arm_op_imm(u, IR_SAR, value, o->i ? o->i : 31);
	else if (o->i)
		value = arm_op_imm(u, IR_SHL, value, o->i);
	simd_finish_q(u, o,
		      simd_call(u, arm_help_sat, value, arm_const(u, bits), arm_const(u, o->arg)));
}
