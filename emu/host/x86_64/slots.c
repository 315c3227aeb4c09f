/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Slots: get and set.  A pinned one's register is the value; others are read when the
 * value is used, and remembered as a place where it can be found again.
 */
#include "emit.h"

#include <assert.h>

void gen_get(struct host *h, const struct ir_op *op)
{
	ir_value v = (ir_value)h->at;
	unsigned pinned = h->pin[op->slot / 4];
	unsigned wanted, reg;

	if (!h->value[v].last)
		return;
	if (pinned) {
		reg = pinned - 1u;
		assert(op->type == IR_I32);
		if (h->owner[reg] == IR_NONE || !lives_on(h, h->owner[reg])) {
			reg_define(h, v, reg);
			return;
		}
		wanted = reg_target(h, IR_NONE); /* the register stands for another value */
		enc_mov(h, W32, wanted, reg);
		reg_result(h, wanted);
		return;
	}
	wanted = is_vector_type((enum ir_type)op->type) ? NO_REG : reg_wanted(h);
	if (wanted == NO_REG)
		reg_origin_add(h, v, op->slot);
	if (h->value[v].origin != NO_ORIGIN)
		return;
	if (is_vector_type((enum ir_type)op->type)) {
		reg = reg_scratch_vector(h);
		enc_vector_load(h, (enum ir_type)op->type, reg, place_slot(h, op->slot));
	} else {
		reg = wanted != NO_REG ? wanted : reg_scratch(h);
		if (op->type == IR_I32 && h->boolean[op->slot / 4])
			enc_rm(h, 0x0fb6, W32, reg, place_slot(h, op->slot));
		else
			enc_load(h, width_of((enum ir_type)op->type), reg, place_slot(h, op->slot));
	}
	reg_result(h, reg);
}

static bool is_short_imm(const struct host *h, ir_value v, enum ir_type type)
{
	int64_t imm = (int64_t)op_of(h, v)->imm;

	return is_const(h, v) && !is_vector_type(type) && (type == IR_I32 || imm == (int32_t)imm);
}

/* Carry and overflow that are the same whatever the operands: those of logic, and of
 * a comparison with 0. */
static bool flag_is_known(const struct host *h, ir_value v, int32_t *value)
{
	const struct ir_op *cond = op_of(h, v), *maker;
	unsigned cc = cond->cc & ~1u;

	if (cond->op != IR_COND || (cc != IR_CC_B && cc != IR_CC_V))
		return false;
	maker = op_of(h, cond->arg[0]);
	*value = cond->cc & 1;
	return maker->op == IR_AND || maker->op == IR_OR || maker->op == IR_XOR ||
	       (maker->op == IR_SUB && is_const(h, maker->arg[1]) &&
		op_of(h, maker->arg[1])->imm == 0);
}

/* Sets of flags that need no register. */
static bool gen_set_flag(struct host *h, const struct ir_op *op)
{
	ir_value v = op->arg[0];
	struct place p = place_slot(h, op->slot);
	int32_t known;

	if (h->value[v].reg != NO_REG || !is_flag(h, v))
		return false;
	if (flag_is_known(h, v, &known)) {
		reg_origin_kill(h, op->slot, 4);
		enc_store_imm(h, W32, p, known);
		return true;
	}
	if (h->flags_of != token_of(h, v) || !h->boolean[op->slot / 4])
		return false;
	reg_origin_kill(h, op->slot, 4);
	enc_rm(h, 0x0f90 | op_of(h, v)->cc, W32, 0, p);
	return true;
}

void gen_set(struct host *h, const struct ir_op *op)
{
	enum ir_type type = (enum ir_type)op->type;
	ir_value v = op->arg[0];
	struct place p = place_slot(h, op->slot);

	if (h->pin[op->slot / 4]) {
		assert(type == IR_I32);
		unsigned reg = h->pin[op->slot / 4] - 1u;

		reg_set_pinned(h, reg, v);
		if (h->carried >> reg & 1)
			enc_store(h, W32, p, reg);
		return;
	}
	if (is_short_imm(h, v, type) && h->value[v].reg == NO_REG) {
		reg_origin_kill(h, op->slot, ir_type_bytes(type));
		enc_store_imm(h, width_of(type), p, (int32_t)op_of(h, v)->imm);
		return;
	}
	if (gen_set_flag(h, op))
		return;
	reg_use(h, v);
	reg_origin_kill(h, op->slot, ir_type_bytes(type));
	if (is_vector_type(type))
		enc_vector_store(h, type, p, h->value[v].reg);
	else
		enc_store(h, width_of(type), p, h->value[v].reg);
	if (lives_on(h, v) && !is_const(h, v) && type_of(h, v) == type)
		reg_origin_add(h, v, op->slot);
}
