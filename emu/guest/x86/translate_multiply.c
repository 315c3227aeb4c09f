/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Multiplication and division (Intel SDM 1, 7.3.4).  After a multiplication SF, ZF and PF,
 * which are undefined, are those of the result's low half; a division leaves all flags.
 */
#include "guest/x86/emit.h"

static ir_value multiply_wide(struct x86_unit *u, ir_value value, bool sign)
{
	return ir_unary(u->ir, sign ? IR_SEXT : IR_ZEXT, IR_I64, value);
}

static ir_value multiply_high(struct x86_unit *u, ir_value wide)
{
	return ir_unary(u->ir, IR_TRUNC, IR_I32,
			ir_binary(u->ir, IR_SHR, IR_I64, wide, x86_const(u, 32)));
}

/* CF = OF: the high half isn't the extension of the low one. */
static void multiply_flags(struct x86_unit *u, unsigned size, ir_value low, ir_value high,
			   bool sign)
{
	ir_value extension =
		sign ? x86_op_imm(u, IR_SAR, x86_signed(u, low, size), 31) : x86_const(u, 0);
	ir_value carry = ir_setcc(u->ir, IR_CC_NZ, high, extension);

	x86_flags_shift(u, X86_FLAGS_MUL, size, low, IR_NONE, carry);
}

static ir_value multiply_operand(struct x86_unit *u, ir_value value, unsigned size, bool sign)
{
	return sign ? x86_signed(u, value, size) : value;
}

/* The accumulator times E. */
void x86_emit_mul(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned size = x86_operand_size(i, 0), bits = 8 * size;
	bool sign = i->arg;
	ir_value x = multiply_operand(u, x86_reg(u, X86_EAX, size), size, sign);
	ir_value y = multiply_operand(u, x86_read(u, i, 0), size, sign);
	ir_value product, low, high;

	if (size == 4) {
		product = ir_binary(u->ir, IR_MUL, IR_I64, multiply_wide(u, x, sign),
				    multiply_wide(u, y, sign));
		low = ir_unary(u->ir, IR_TRUNC, IR_I32, product);
		high = multiply_high(u, product);
	} else {
		product = x86_op(u, IR_MUL, x, y);
		low = product;
		high = sign ? x86_op_imm(u, IR_SAR, product, bits) :
			      x86_op_imm(u, IR_SHR, product, bits);
	}
	if (size == 1) {
		x86_set_reg(u, X86_EAX, 2, product);
	} else {
		x86_set_reg(u, X86_EAX, size, low);
		x86_set_reg(u, X86_EDX, size, high);
	}
	multiply_flags(u, size, low, high, sign);
}

/* Two or three operands, signed; only the low half is kept. */
void x86_emit_imul(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned size = i->size, n = i->row->operand[2] != OP_NONE ? 1 : 0;
	ir_value x = x86_signed(u, x86_read(u, i, n), size);
	ir_value y = x86_signed(u, x86_read(u, i, n + 1), size);
	ir_value product, low, carry;

	if (size == 4) {
		low = x86_op(u, IR_MUL, x, y);
		product = ir_binary(u->ir, IR_MUL, IR_I64, multiply_wide(u, x, true),
				    multiply_wide(u, y, true));
		carry = ir_setcc(u->ir, IR_CC_NZ, product, multiply_wide(u, low, true));
	} else {
		low = x86_op(u, IR_MUL, x, y);
		carry = ir_setcc(u->ir, IR_CC_NZ, low, x86_signed(u, low, size));
	}
	x86_write(u, i, 0, low);
	x86_flags_shift(u, X86_FLAGS_MUL, size, low, IR_NONE, carry);
}

/* Division: #DE if the quotient doesn't fit, or by 0. */

static void divide_check(struct x86_unit *u, ir_value bad)
{
	ir_check(u->ir, bad, x86_help_raise, x86_const(u, X86_DE), 0);
}

static ir_value divide_is_zero(struct x86_unit *u, ir_value divisor)
{
	return ir_setcc_imm(u->ir, IR_CC_Z, divisor, 0);
}

/* 64 bits by 32. */
static void divide_double(struct x86_unit *u, ir_value divisor, bool sign)
{
	ir_value low = x86_reg(u, X86_EAX, 4), high = x86_reg(u, X86_EDX, 4);
	ir_value dividend = ir_binary(u->ir, IR_CONCAT, IR_I64, low, high);
	ir_value quotient = IR_NONE, narrow, rest;

	if (!sign) /* the quotient fits exactly if the high half is below the divisor */
		divide_check(u, ir_setcc(u->ir, IR_CC_AE, high, divisor));
	quotient = ir_binary(u->ir, sign ? IR_SDIV : IR_UDIV, IR_I64, dividend,
			     multiply_wide(u, divisor, sign));
	narrow = ir_unary(u->ir, IR_TRUNC, IR_I32, quotient);
	if (sign) {
		ir_value large =
			ir_setcc(u->ir, IR_CC_NZ, quotient, multiply_wide(u, narrow, true));

		divide_check(u, divide_is_zero(u, divisor));
		divide_check(u, large);
	}
	rest = x86_op(u, IR_SUB, low, x86_op(u, IR_MUL, narrow, divisor));
	x86_set_reg(u, X86_EAX, 4, narrow);
	x86_set_reg(u, X86_EDX, 4, rest);
}

/* 32 bits by 16, and 16 by 8. */
static void divide_single(struct x86_unit *u, ir_value divisor, unsigned size, bool sign)
{
	ir_value dividend = x86_reg(u, X86_EAX, size == 1 ? 2 : 4), quotient, rest;

	if (size == 2)
		dividend = ir_deposit(u->ir, IR_I32, dividend, x86_reg(u, X86_EDX, 4), 16, 16);
	else if (sign)
		dividend = x86_signed(u, dividend, 2);
	quotient = x86_op(u, sign ? IR_SDIV : IR_UDIV, dividend, divisor);
	rest = x86_op(u, sign ? IR_SREM : IR_UREM, dividend, divisor);
	divide_check(u, divide_is_zero(u, divisor));
	divide_check(u,
		     ir_setcc(u->ir, IR_CC_NZ, quotient,
			      sign ? x86_signed(u, quotient, size) : x86_low(u, quotient, size)));
	if (size == 1) {
		x86_set_reg(u, X86_EAX, 2,
			    ir_deposit(u->ir, IR_I32, x86_low(u, quotient, 1), rest, 8, 8));
	} else {
		x86_set_reg(u, X86_EAX, 2, quotient);
		x86_set_reg(u, X86_EDX, 2, rest);
	}
}

void x86_emit_div(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned size = x86_operand_size(i, 0);
	bool sign = i->arg;
	ir_value divisor = multiply_operand(u, x86_read(u, i, 0), size, sign);

	if (size == 4)
		divide_double(u, divisor, sign);
	else
		divide_single(u, divisor, size, sign);
}
