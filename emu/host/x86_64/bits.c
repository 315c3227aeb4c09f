/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Shifts, bit fields, widths and other operations on the bits of one value.
 * The order within an operation matters: first operands come into registers (which
 * never changes EFLAGS), then flags_clobber saves flags that are wanted later, then
 * come the instructions that change them.
 *
 * A register returned by reg_target may be that of another operand (the pinned one
 * its result goes to): it is written only when the operands have been read.
 */
#include "emit.h"

static void gen_shift_const(struct host *h, const struct ir_op *op, enum shift shift)
{
	unsigned w = width_of((enum ir_type)op->type);
	unsigned count = (unsigned)op_of(h, op->arg[1])->imm & (w ? 63 : 31);
	unsigned to, from;

	if (count == 0) {
		to = reg_target(h, op->arg[0]);
		reg_copy(h, to, op->arg[0]);
		reg_result(h, to);
		return;
	}
	if (shift == SHIFT_ROR && h->bmi2) {
		from = reg_use(h, op->arg[0]);
		to = reg_target(h, op->arg[0]);
		enc_vex(h, 0xf20f3af0, w, to, 0, from);
		enc_byte(h, count);
		reg_result(h, to);
		return;
	}
	flags_clobber(h);
	to = reg_target(h, op->arg[0]);
	reg_copy(h, to, op->arg[0]);
	if (shift == SHIFT_SHL && count == 1)
		enc_rr(h, 0x03, w, to, to);
	else
		enc_shift(h, shift, w, to, count);
	reg_result(h, to);
}

/* Brings a copy of v to a particular temporary, and locks it. */
static void reg_fix(struct host *h, unsigned reg, ir_value v)
{
	if (h->value[v].reg != reg) {
		reg_clear_locked(h, reg);
		reg_copy(h, reg, v);
	}
	reg_lock(h, reg);
}

void gen_shift(struct host *h, const struct ir_op *op, enum shift shift)
{
	unsigned w = width_of((enum ir_type)op->type);
	uint32_t opcode = shift == SHIFT_SHL ? 0x66000000 :
			  shift == SHIFT_SHR ? 0xf2000000 :
					       0xf3000000;
	unsigned to, from, count;

	if (is_const(h, op->arg[1])) {
		gen_shift_const(h, op, shift);
		return;
	}
	if (h->bmi2 && shift != SHIFT_ROR) {
		count = reg_use(h, op->arg[1]);
		from = reg_use(h, op->arg[0]);
		to = reg_target(h, op->arg[0]);
		enc_vex(h, opcode | 0x0f38f7, w, to, count, from);
		reg_result(h, to);
		return;
	}
	reg_fix(h, RCX, op->arg[1]);
	flags_clobber(h);
	to = reg_scratch(h);
	reg_copy(h, to, op->arg[0]);
	enc_rr(h, 0xd3, w, shift, to);
	reg_result(h, to);
}

void gen_unary(struct host *h, const struct ir_op *op, unsigned digit)
{
	unsigned w = width_of((enum ir_type)op->type);
	unsigned to;

	if (digit == 3) /* neg; not changes no flags */
		flags_clobber(h);
	to = reg_target(h, op->arg[0]);
	reg_copy(h, to, op->arg[0]);
	enc_rr(h, 0xf7, w, digit, to);
	reg_result(h, to);
}

void gen_bswap(struct host *h, const struct ir_op *op)
{
	unsigned to = reg_target(h, op->arg[0]);
	unsigned w = width_of((enum ir_type)op->type);

	reg_copy(h, to, op->arg[0]);
	enc_bswap(h, w, to);
	reg_result(h, to);
}

void gen_count_zeros(struct host *h, const struct ir_op *op)
{
	unsigned w = width_of((enum ir_type)op->type);
	unsigned bits = w ? 64 : 32;
	bool leading = op->op == IR_CLZ;
	unsigned from = reg_use(h, op->arg[0]);
	unsigned to = reg_scratch(h);

	flags_clobber(h);
	if (leading ? h->lzcnt : h->bmi1) {
		enc_rr(h, 0xf3000fbc | leading, w, to, from);
	} else {
		unsigned zero = reg_scratch(h);

		enc_imm(h, zero, leading ? 2 * bits - 1 : bits);
		enc_rr(h, 0x0fbc | leading, w, to, from);
		enc_rr(h, 0x0f44, w, to, zero);
		if (leading)
			enc_alu_imm(h, ALU_XOR, w, to, (int32_t)bits - 1);
	}
	reg_result(h, to);
}

/* Bits pos..pos+len-1 of a. */
void gen_field(struct host *h, ir_value a, enum ir_type type, unsigned pos, unsigned len, bool sign)
{
	unsigned w = width_of(type), bits = w ? 64 : 32;
	unsigned from, to;

	if (pos == 0 && (len == 8 || len == 16)) {
		from = reg_use(h, a);
		to = reg_target(h, a);
		enc_rr(h, (sign ? 0x0fbe : 0x0fb6) | (len == 16), (sign ? w : W32) | WBYTE_RM, to,
		       from);
	} else if (pos == 0 && len == 32 && w) {
		from = reg_use(h, a);
		to = reg_target(h, a);
		enc_rr(h, sign ? 0x63 : 0x8b, sign ? W64 : W32, to, from);
	} else if (pos == 0 && len == bits) {
		to = reg_target(h, a);
		reg_copy(h, to, a);
	} else {
		flags_clobber(h);
		to = reg_target(h, a);
		reg_copy(h, to, a);
		if (pos + len == bits) {
			enc_shift(h, sign ? SHIFT_SAR : SHIFT_SHR, w, to, pos);
		} else if (sign || (len >= 32)) {
			enc_shift(h, SHIFT_SHL, w, to, bits - pos - len);
			enc_shift(h, sign ? SHIFT_SAR : SHIFT_SHR, w, to, bits - len);
		} else {
			if (pos)
				enc_shift(h, SHIFT_SHR, w, to, pos);
			if (len == 8 || len == 16)
				enc_rr(h, 0x0fb6 | (len == 16), W32 | WBYTE_RM, to, to);
			else
				enc_alu_imm(h, ALU_AND, W32, to, (int32_t)((1u << (len & 31)) - 1));
		}
	}
	reg_result(h, to);
}

/* The low byte or word: moves of those sizes leave the rest alone. */
static void gen_deposit_low(struct host *h, const struct ir_op *op, unsigned len)
{
	unsigned from = reg_use(h, op->arg[1]), to;

	if (h->value[op->arg[0]].reg != NO_REG)
		reg_lock(h, h->value[op->arg[0]].reg);
	to = reg_target(h, op->arg[0]);
	if (to == from)
		to = reg_scratch(h);
	reg_copy(h, to, op->arg[0]);
	if (len == 8)
		enc_rr(h, 0x8a, WBYTE | WBYTE_RM, to, from);
	else
		enc_rr(h, 0x6600008b, W32, to, from);
	reg_result(h, to);
}

static void gen_deposit_const(struct host *h, const struct ir_op *op, uint32_t mask)
{
	unsigned to = reg_target(h, op->arg[0]);
	uint32_t field = (uint32_t)op_of(h, op->arg[1])->imm << (op->slot & 0xff) & mask;

	flags_clobber(h);
	reg_copy(h, to, op->arg[0]);
	if (field != mask)
		enc_alu_imm(h, ALU_AND, W32, to, (int32_t)~mask);
	if (field)
		enc_alu_imm(h, ALU_OR, W32, to, (int32_t)field);
	reg_result(h, to);
}

/* Makes room for a field: rotates it to the low end, drops it and rotates back. */
static void gen_clear_field64(struct host *h, unsigned to, unsigned pos, unsigned len)
{
	if (pos)
		enc_shift(h, SHIFT_ROR, W64, to, pos);
	enc_shift(h, SHIFT_SHR, W64, to, len);
	if ((len + pos) & 63)
		enc_shift(h, SHIFT_ROL, W64, to, len + pos);
}

/* a with b's low bits put in. */
void gen_deposit(struct host *h, const struct ir_op *op)
{
	unsigned w = width_of((enum ir_type)op->type), bits = w ? 64 : 32;
	unsigned pos = op->slot & 0xff, len = op->slot >> 8;
	uint32_t mask = w || len == 32 ? UINT32_MAX : ((1u << len) - 1) << pos;
	struct operand field = { .kind = OPERAND_REG };
	unsigned to;

	if (pos == 0 && (len == 8 || len == 16)) {
		gen_deposit_low(h, op, len);
		return;
	}
	if (is_const(h, op->arg[1]) && !w) {
		gen_deposit_const(h, op, mask);
		return;
	}
	if (h->value[op->arg[0]].reg != NO_REG)
		reg_lock(h, h->value[op->arg[0]].reg);
	field.reg = (uint8_t)reg_scratch(h);
	flags_clobber(h);
	reg_copy(h, field.reg, op->arg[1]);
	if (len < bits)
		enc_shift(h, SHIFT_SHL, w, field.reg, bits - len);
	if (bits - len - pos)
		enc_shift(h, SHIFT_SHR, w, field.reg, bits - len - pos);
	to = reg_target(h, op->arg[0]);
	reg_copy(h, to, op->arg[0]);
	if (len == bits)
		enc_imm(h, to, 0);
	else if (w)
		gen_clear_field64(h, to, pos, len);
	else
		enc_alu_imm(h, ALU_AND, w, to, (int32_t)~mask);
	enc_alu(h, ALU_OR, w, to, &field);
	reg_result(h, to);
}

/* An i64 that has nothing in its upper half. */
static bool is_narrow(const struct host *h, ir_value v)
{
	const struct ir_op *op = op_of(h, v);

	return op->op == IR_ZEXT || (op->op == IR_EXTRACT && op->slot >> 8 <= 32) ||
	       (op->op == IR_SHR && is_const(h, op->arg[1]) &&
		(op_of(h, op->arg[1])->imm & 63) >= 32);
}

/* i64 from i32 and back: i32 registers have zeros above. */
void gen_widen(struct host *h, const struct ir_op *op)
{
	unsigned from = reg_use(h, op->arg[0]);
	unsigned to = reg_target(h, op->arg[0]);

	if (op->op == IR_SEXT)
		enc_rr(h, 0x63, W64, to, from);
	else if (to != from || (op->op == IR_TRUNC && !is_narrow(h, op->arg[0])))
		enc_mov(h, W32, to, from);
	reg_result(h, to);
}

void gen_concat(struct host *h, const struct ir_op *op)
{
	struct operand low = { .kind = OPERAND_REG, .reg = (uint8_t)reg_use(h, op->arg[0]) };
	unsigned to = reg_scratch(h);

	flags_clobber(h);
	reg_copy(h, to, op->arg[1]);
	enc_shift(h, SHIFT_SHL, W64, to, 32);
	enc_alu(h, ALU_OR, W64, to, &low);
	reg_result(h, to);
}
