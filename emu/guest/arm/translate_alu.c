/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ARM and Thumb data processing (ARM DDI 0406C, A4.4.1, A4.4.2, A4.4.6): operations with
 * the flexible second operand, extension, reversal, bit fields.
 */
#include "guest/arm/emit.h"

enum { SHIFT_LSL, SHIFT_LSR, SHIFT_ASR, SHIFT_ROR };

/* The second operand; carry is the shifter's, IR_NONE if C doesn't change. */
struct alu_operand {
	ir_value value, carry;
};

static bool alu_logical(enum arm_alu operation)
{
	switch (operation) {
	case ALU_SUB:
	case ALU_RSB:
	case ALU_ADD:
	case ALU_ADC:
	case ALU_SBC:
	case ALU_RSC:
	case ALU_CMP:
	case ALU_CMN:
		return false;
	default:
		return true;
	}
}

/* ADD, SUB, ADC or SBC (as IR's), with x and y in the right order. */
static ir_value alu_sum(struct arm_unit *u, enum ir_opcode op, ir_value x, ir_value y, bool flags)
{
	bool subtract = op == IR_SUB || op == IR_SBB;
	ir_value carry = IR_NONE, result;

	if (op == IR_ADC || op == IR_SBB) {
		carry = arm_get(u, ARM_SLOT(cf));
		if (subtract)
			carry = arm_op_imm(u, IR_XOR, carry, 1);
		if (!flags)
			return ir_adc(u->ir, op, IR_I32, x, y, carry);
	} else if (!flags)
		return arm_op(u, op, x, y);
	result = ir_flags(u->ir, op, IR_I32, x, y, carry);
	arm_set_flags_arithmetic(u, result, subtract);
	return result;
}

static ir_value alu_arithmetic(struct arm_unit *u, enum arm_alu operation, ir_value n, ir_value m,
			       bool flags)
{
	switch (operation) {
	case ALU_SUB:
	case ALU_CMP:
		return alu_sum(u, IR_SUB, n, m, flags);
	case ALU_RSB:
		return alu_sum(u, IR_SUB, m, n, flags);
	case ALU_ADC:
		return alu_sum(u, IR_ADC, n, m, flags);
	case ALU_SBC:
		return alu_sum(u, IR_SBB, n, m, flags);
	case ALU_RSC:
		return alu_sum(u, IR_SBB, m, n, flags);
	default:
		return alu_sum(u, IR_ADD, n, m, flags);
	}
}

static ir_value alu_logic(struct arm_unit *u, enum arm_alu operation, ir_value n,
			  struct alu_operand m, bool flags)
{
	enum ir_opcode op = IR_AND;
	bool token = false;
	ir_value result;

	switch (operation) {
	case ALU_MOV:
		result = m.value;
		break;
	case ALU_MVN:
		result = ir_unary(u->ir, IR_NOT, IR_I32, m.value);
		break;
	case ALU_BIC:
		result = arm_op(u, IR_ANDN, n, m.value);
		break;
	case ALU_ORN:
		result = arm_op(u, IR_OR, n, ir_unary(u->ir, IR_NOT, IR_I32, m.value));
		break;
	default:
		if (operation == ALU_ORR)
			op = IR_OR;
		else if (operation == ALU_EOR || operation == ALU_TEQ)
			op = IR_XOR;
		token = flags;
		result = flags ? ir_flags(u->ir, op, IR_I32, n, m.value, IR_NONE) :
				 arm_op(u, op, n, m.value);
		break;
	}
	if (flags)
		arm_set_flags_logic(u, result, token, m.carry);
	return result;
}

static ir_value alu_first(struct arm_unit *u, const struct arm_operands *o)
{
	unsigned n = o->arg & ALU_PC ? 15 : o->arg & ALU_SP ? 13 : o->n;

	if (n == 15 && (o->arg & ALU_ALIGN))
		return arm_const(u, (u->pc + (u->thumb ? 4 : 8)) & ~3u);
	return arm_reg(u, n);
}

static void alu_finish(struct arm_unit *u, const struct arm_operands *o, struct alu_operand m)
{
	enum arm_alu operation = o->arg & ALU_OPERATION;
	unsigned d = o->arg & ALU_TO_SP ? 13 : o->d;
	bool test = operation >= ALU_TST && operation <= ALU_CMN;
	bool to_pc = d == 15 && !test;
	bool flags = test || (o->s && !to_pc);
	ir_value n = operation == ALU_MOV || operation == ALU_MVN ? IR_NONE : alu_first(u, o);
	ir_value result;

	if (alu_logical(operation))
		result = alu_logic(u, operation, n, m, flags);
	else
		result = alu_arithmetic(u, operation, n, m.value, flags);
	if (operation == ALU_CMP)
		arm_flags_compared(u, n, m.value);
	if (test)
		return;
	if (!to_pc)
		arm_set_reg(u, d, result);
	else if (o->s)
		arm_exit_exception(u, result);
	else if (operation == ALU_MOV && o->m == 14 && !u->thumb)
		arm_exit_return(u, result);
	else
		arm_exit_alu(u, result);
}

void arm_emit_alu_immediate(struct arm_unit *u, const struct arm_operands *o)
{
	struct alu_operand m = { arm_const(u, o->i), IR_NONE };

	if (o->carry >= 0)
		m.carry = arm_const(u, (uint32_t)o->carry);
	alu_finish(u, o, m);
}

/* By a constant: A8.4.3.  In LSR and ASR 0 stands for 32, in ROR for RRX. */
static struct alu_operand alu_shift_constant(struct arm_unit *u, ir_value value, unsigned type,
					     unsigned count)
{
	static const enum ir_opcode shifts[] = { IR_SHL, IR_SHR, IR_SAR, IR_ROR };
	struct alu_operand result = { value, IR_NONE };

	if (type == SHIFT_ROR && count == 0) {
		ir_value top = arm_op_imm(u, IR_SHL, arm_get(u, ARM_SLOT(cf)), 31);

		result.value = arm_op(u, IR_OR, top, arm_op_imm(u, IR_SHR, value, 1));
		result.carry = arm_op_imm(u, IR_AND, value, 1);
	} else if (count == 0 && type != SHIFT_LSL) {
		result.carry = arm_op_imm(u, IR_SHR, value, 31);
		result.value =
			type == SHIFT_ASR ? arm_op_imm(u, IR_SAR, value, 31) : arm_const(u, 0);
	} else if (count) {
		unsigned out = type == SHIFT_LSL ? 32 - count : count - 1;

		result.value = arm_op_imm(u, shifts[type], value, count);
		result.carry = ir_extract(u->ir, IR_I32, value, out, 1);
	}
	return result;
}

void arm_emit_alu_shift(struct arm_unit *u, const struct arm_operands *o)
{
	alu_finish(u, o, alu_shift_constant(u, arm_reg(u, o->m), o->t, o->i));
}

/* By a register's low byte, which may be more than 31. */
static ir_value alu_shift_register(struct arm_unit *u, ir_value value, unsigned type,
				   ir_value count)
{
	ir_value small;

	if (type == SHIFT_ROR)
		return arm_op(u, IR_ROR, value, count);
	small = ir_setcc_imm(u->ir, IR_CC_B, count, 32);
	if (type == SHIFT_ASR)
		return arm_op(u, IR_SAR, value, ir_select(u->ir, small, count, arm_const(u, 31)));
	return ir_select(u->ir, small, arm_op(u, type == SHIFT_LSL ? IR_SHL : IR_SHR, value, count),
			 arm_const(u, 0));
}

void arm_emit_alu_rshift(struct arm_unit *u, const struct arm_operands *o)
{
	unsigned type = o->t | (o->arg >> 12 & 3);
	enum arm_alu operation = o->arg & ALU_OPERATION;
	ir_value value = arm_reg(u, o->m);
	ir_value count = arm_op_imm(u, IR_AND, arm_reg(u, o->a), 0xff);
	struct alu_operand m = { alu_shift_register(u, value, type, count), IR_NONE };

	if (alu_logical(operation) && (o->s || operation <= ALU_TEQ))
		m.carry = ir_call(u->ir, IR_I32, CALL_PURE, arm_help_shift_carry, value, count,
				  arm_const(u, type), arm_get(u, ARM_SLOT(cf)));
	alu_finish(u, o, m);
}

void arm_emit_return_alu(struct arm_unit *u, const struct arm_operands *o)
{
	arm_exit_exception(u, arm_op_imm(u, IR_SUB, arm_reg(u, o->n), o->i));
}

void arm_emit_movw(struct arm_unit *u, const struct arm_operands *o)
{
	if (o->d == 15)
		arm_emit_undefined(u); /* UNPREDICTABLE, and so below */
	else
		arm_set_reg(u, o->d, arm_const(u, o->j << 12 | o->i));
}

void arm_emit_movt(struct arm_unit *u, const struct arm_operands *o)
{
	if (o->d == 15)
		arm_emit_undefined(u);
	else
		arm_set_reg(u, o->d,
			    ir_deposit(u->ir, IR_I32, arm_reg(u, o->d),
				       arm_const(u, o->j << 12 | o->i), 16, 16));
}

void arm_emit_clz(struct arm_unit *u, const struct arm_operands *o)
{
	if (o->d == 15)
		arm_emit_undefined(u);
	else
		arm_set_reg(u, o->d, ir_unary(u->ir, IR_CLZ, IR_I32, arm_reg(u, o->m)));
}

void arm_emit_rbit(struct arm_unit *u, const struct arm_operands *o)
{
	if (o->d == 15)
		arm_emit_undefined(u);
	else
		arm_set_reg(u, o->d,
			    ir_call(u->ir, IR_I32, CALL_PURE, arm_help_rbit, arm_reg(u, o->m),
				    IR_NONE, IR_NONE, IR_NONE));
}

void arm_emit_reverse(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value value = ir_unary(u->ir, IR_BSWAP, IR_I32, arm_reg(u, o->m));

	if (o->d == 15) {
		arm_emit_undefined(u);
		return;
	}
	if (o->arg == REVERSE_PAIRS)
		value = arm_op_imm(u, IR_ROR, value, 16);
	else if (o->arg == REVERSE_SIGNED)
		value = arm_op_imm(u, IR_SAR, value, 16);
	arm_set_reg(u, o->d, value);
}

/* Bytes 0 and 2, extended to half-words. */
static ir_value alu_extend_pair(struct arm_unit *u, ir_value value, bool is_signed)
{
	ir_value low, high;

	if (!is_signed)
		return arm_op_imm(u, IR_AND, value, 0x00ff00ff);
	low = ir_sextract(u->ir, IR_I32, value, 0, 8);
	high = ir_sextract(u->ir, IR_I32, value, 16, 8);
	return ir_deposit(u->ir, IR_I32, low, high, 16, 16);
}

/* Adds the half-words separately. */
static ir_value alu_add_pairs(struct arm_unit *u, ir_value x, ir_value y)
{
	ir_value low = arm_op(u, IR_ADD, x, y);
	ir_value high = arm_op(u, IR_ADD, arm_op_imm(u, IR_AND, x, 0xffff0000),
			       arm_op_imm(u, IR_AND, y, 0xffff0000));

	return ir_deposit(u->ir, IR_I32, high, low, 0, 16);
}

void arm_emit_extend(struct arm_unit *u, const struct arm_operands *o)
{
	bool is_signed = o->arg & EXTEND_SIGNED, pair = o->arg & EXTEND_PAIR;
	unsigned bits = o->arg & 0xff;
	ir_value value = arm_reg(u, o->m);

	if (o->d == 15) {
		arm_emit_undefined(u);
		return;
	}
	if (o->i)
		value = arm_op_imm(u, IR_ROR, value, o->i);
	if (pair)
		value = alu_extend_pair(u, value, is_signed);
	else if (is_signed)
		value = ir_sextract(u->ir, IR_I32, value, 0, bits);
	else
		value = ir_extract(u->ir, IR_I32, value, 0, bits);
	if (!(o->arg & EXTEND_PLAIN) && o->n != 15)
		value = pair ? alu_add_pairs(u, arm_reg(u, o->n), value) :
			       arm_op(u, IR_ADD, arm_reg(u, o->n), value);
	arm_set_reg(u, o->d, value);
}

void arm_emit_bfx(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value n = arm_reg(u, o->n);
	unsigned length = o->j + 1;

	if (o->d == 15 || o->i + length > 32)
		arm_emit_undefined(u);
	else if (o->arg)
		arm_set_reg(u, o->d, ir_sextract(u->ir, IR_I32, n, o->i, length));
	else
		arm_set_reg(u, o->d, ir_extract(u->ir, IR_I32, n, o->i, length));
}

/* BFI, and BFC where n is 15. */
void arm_emit_bfi(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value field;

	if (o->d == 15 || o->j < o->i) {
		arm_emit_undefined(u);
		return;
	}
	field = o->n == 15 ? arm_const(u, 0) : arm_reg(u, o->n);
	arm_set_reg(u, o->d,
		    ir_deposit(u->ir, IR_I32, arm_reg(u, o->d), field, o->i, o->j - o->i + 1));
}

void arm_emit_pkh(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value n = arm_reg(u, o->n), m = arm_reg(u, o->m);

	if (o->d == 15)
		arm_emit_undefined(u);
	else if (o->t) { /* PKHTB */
		m = alu_shift_constant(u, m, SHIFT_ASR, o->i).value;
		arm_set_reg(u, o->d, ir_deposit(u->ir, IR_I32, n, m, 0, 16));
	} else {
		m = arm_op_imm(u, IR_SHL, m, o->i);
		arm_set_reg(u, o->d, ir_deposit(u->ir, IR_I32, m, n, 0, 16));
	}
}
