/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Addition, subtraction, logic, comparison, compare and exchange, decimal adjustment (Intel
 * SDM 1, 7.3.2 to 7.3.5).
 *
 * Operations of 8 and 16 bits are done in 32, on zero-extended operands; translate_flags.c
 * knows what of the token still holds.
 */
#include "guest/x86/emit.h"

/* The operation's value, and its token. */
static ir_value alu_token(struct x86_unit *u, enum ir_opcode op, ir_value x, ir_value y)
{
	return ir_flags(u->ir, op, IR_I32, x, y, IR_NONE);
}

static bool alu_is_logic(enum x86_alu operation)
{
	return operation == ALU_AND || operation == ALU_OR || operation == ALU_XOR;
}

struct alu {
	enum x86_alu operation;
	unsigned size;
	ir_value x, y, carry, result;
};

static enum ir_opcode alu_opcode(enum x86_alu operation)
{
	static const uint8_t opcode[] = { IR_ADD, IR_OR,  IR_ADC, IR_SBB,
					  IR_AND, IR_SUB, IR_XOR, IR_SUB };

	return (enum ir_opcode)opcode[operation];
}

/* Without effect on flags, which come last. */
static void alu_compute(struct x86_unit *u, struct alu *a)
{
	enum ir_opcode op = alu_opcode(a->operation);

	a->carry = IR_NONE;
	if (a->operation == ALU_ADC || a->operation == ALU_SBB)
		a->carry = x86_carry(u);
	a->result = ir_flags(u->ir, op, IR_I32, a->x, a->y, a->carry);
}

static void alu_set_flags(struct x86_unit *u, const struct alu *a)
{
	static const uint8_t kind[] = { X86_FLAGS_ADD,   X86_FLAGS_LOGIC, X86_FLAGS_ADC,
					X86_FLAGS_SBB,   X86_FLAGS_LOGIC, X86_FLAGS_SUB,
					X86_FLAGS_LOGIC, X86_FLAGS_CMP };

	if (alu_is_logic(a->operation))
		x86_flags_logic(u, a->size, a->result, a->result);
	else
		x86_flags_arithmetic(u, (enum x86_flags)kind[a->operation], a->size, a->result,
				     a->result, a->x, a->y, a->carry);
}

/* XOR and SUB of a register with itself: zero. */
static bool alu_is_zero(const struct x86_insn *i)
{
	return (i->arg == ALU_XOR || i->arg == ALU_SUB) && (i->row->how & ROW_MODRM) &&
	       !i->is_memory && i->reg == i->rm &&
	       (i->row->operand[1] == OP_GB || i->row->operand[1] == OP_GV ||
		i->row->operand[0] == OP_GB || i->row->operand[0] == OP_GV);
}

void x86_emit_alu(struct x86_unit *u, const struct x86_insn *i)
{
	struct alu a = { .operation = (enum x86_alu)i->arg, .size = x86_operand_size(i, 0) };

	if (alu_is_zero(i)) {
		a.result = x86_const(u, 0);
		x86_write(u, i, 0, a.result);
		x86_flags_logic(u, a.size, a.result, IR_NONE);
		return;
	}
	if (a.operation != ALU_CMP && i->row->operand[0] != OP_GB && i->row->operand[0] != OP_GV)
		x86_prepare_write(u, i, a.size);
	a.x = x86_read(u, i, 0);
	a.y = x86_read(u, i, 1);
	alu_compute(u, &a);
	if (a.operation != ALU_CMP)
		x86_write(u, i, 0, a.result);
	alu_set_flags(u, &a);
}

/* TEST of a register with itself asks for the register's value. */
void x86_emit_test(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned size = x86_operand_size(i, 0);
	bool same = (i->row->operand[1] == OP_GB || i->row->operand[1] == OP_GV) && !i->is_memory &&
		    i->reg == i->rm;
	ir_value x = x86_read(u, i, 0), result;

	if (same) {
		x86_flags_logic(u, size, x, IR_NONE);
		return;
	}
	result = alu_token(u, IR_AND, x, x86_read(u, i, 1));
	x86_flags_logic(u, size, result, result);
}

void x86_emit_inc(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned size = x86_operand_size(i, 0);
	ir_value one, result;

	x86_prepare_write(u, i, size);
	one = x86_const(u, 1);
	result = alu_token(u, i->arg ? IR_SUB : IR_ADD, x86_read(u, i, 0), one);
	x86_write(u, i, 0, result);
	x86_flags_inc(u, i->arg ? X86_FLAGS_DEC : X86_FLAGS_INC, size, result, result);
}

void x86_emit_not(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned size = x86_operand_size(i, 0);

	x86_prepare_write(u, i, size);
	x86_write(u, i, 0, ir_unary(u->ir, IR_NOT, IR_I32, x86_read(u, i, 0)));
}

void x86_emit_neg(struct x86_unit *u, const struct x86_insn *i)
{
	struct alu a = { .operation = ALU_SUB, .size = x86_operand_size(i, 0) };

	x86_prepare_write(u, i, a.size);
	a.x = x86_const(u, 0);
	a.y = x86_read(u, i, 0);
	alu_compute(u, &a);
	x86_write(u, i, 0, a.result);
	alu_set_flags(u, &a);
}

/* The destination is written in any case; the accumulator only if they differ. */
void x86_emit_cmpxchg(struct x86_unit *u, const struct x86_insn *i)
{
	struct alu a = { .operation = ALU_CMP, .size = x86_operand_size(i, 0) };
	ir_value source = x86_read(u, i, 1), equal, accumulator;

	x86_prepare_write(u, i, a.size);
	a.x = x86_reg(u, X86_EAX, a.size);
	a.y = x86_read(u, i, 0);
	alu_compute(u, &a);
	equal = ir_setcc(u->ir, IR_CC_Z, a.x, a.y);
	accumulator = ir_select(u->ir, equal, a.x, a.y);
	if (i->is_memory) {
		x86_write(u, i, 0, ir_select(u->ir, equal, source, a.y));
		x86_set_reg(u, X86_EAX, a.size, accumulator);
	} else {
		x86_set_reg(u, X86_EAX, a.size, accumulator);
		/* With the accumulator as the destination they are equal. */
		x86_write(u, i, 0, ir_select(u->ir, equal, source, a.y));
	}
	alu_set_flags(u, &a);
}

static ir_value alu_pair(struct x86_unit *u, unsigned low, unsigned high)
{
	return ir_binary(u->ir, IR_CONCAT, IR_I64, x86_reg(u, low, 4), x86_reg(u, high, 4));
}

/* ZF alone changes. */
void x86_emit_cmpxchg8b(struct x86_unit *u, const struct x86_insn *i)
{
	struct ir_mem mem = x86_mem(u, 3);
	ir_value expected = alu_pair(u, X86_EAX, X86_EDX), wanted = alu_pair(u, X86_EBX, X86_ECX);
	ir_value address = x86_address(u, i, 8, true);
	ir_value value, equal, flags;

	mem.write = 1;
	value = ir_load(u->ir, IR_I64, mem, address);
	equal = ir_setcc(u->ir, IR_CC_Z, value, expected);
	ir_store(u->ir, IR_I64, mem, address, ir_select(u->ir, equal, wanted, value));
	x86_set_reg(u, X86_EAX, 4, ir_unary(u->ir, IR_TRUNC, IR_I32, value));
	x86_set_reg(u, X86_EDX, 4,
		    ir_unary(u->ir, IR_TRUNC, IR_I32,
			     ir_binary(u->ir, IR_SHR, IR_I64, value, x86_const(u, 32))));
	flags = x86_call_plain(u, CALL_READS, x86_help_flags, IR_NONE, IR_NONE, IR_NONE, IR_NONE);
	x86_set_flags_plain(u, ir_deposit(u->ir, IR_I32, flags, equal, 6, 1));
}

void x86_emit_xadd(struct x86_unit *u, const struct x86_insn *i)
{
	struct alu a = { .operation = ALU_ADD, .size = x86_operand_size(i, 0) };

	x86_prepare_write(u, i, a.size);
	a.x = x86_read(u, i, 0);
	a.y = x86_read(u, i, 1);
	alu_compute(u, &a);
	if (i->is_memory) {
		x86_write(u, i, 0, a.result);
		x86_write(u, i, 1, a.x);
	} else {
		x86_write(u, i, 1, a.x);
		x86_write(u, i, 0, a.result); /* the sum, if both are the same register */
	}
	alu_set_flags(u, &a);
}

/* Decimal adjustment. */

void x86_emit_bcd(struct x86_unit *u, const struct x86_insn *i)
{
	ir_call(u->ir, IR_VOID, CALL_READS | CALL_WRITES, x86_help_bcd, x86_const(u, i->arg),
		IR_NONE, IR_NONE, IR_NONE);
	x86_flags_unknown(u);
}

/* SF, ZF and PF are AL's; the others are undefined. */
void x86_emit_aam(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value al = x86_reg(u, X86_EAX, 1), by = x86_const(u, i->immediate), high, low;

	if (!i->immediate) {
		x86_emit_raise(u, X86_DE);
		return;
	}
	high = x86_op(u, IR_UDIV, al, by);
	low = x86_op(u, IR_UREM, al, by);
	x86_set_reg(u, X86_EAX, 2, x86_op(u, IR_OR, low, x86_op_imm(u, IR_SHL, high, 8)));
	x86_flags_logic(u, 1, low, IR_NONE);
}

void x86_emit_aad(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value high = x86_op_imm(u, IR_MUL, x86_reg(u, X86_ESP, 1), i->immediate);
	ir_value sum = x86_op(u, IR_ADD, x86_reg(u, X86_EAX, 1), high);

	sum = ir_extract(u->ir, IR_I32, sum, 0, 8);
	x86_set_reg(u, X86_EAX, 2, sum);
	x86_flags_logic(u, 1, sum, IR_NONE);
}
