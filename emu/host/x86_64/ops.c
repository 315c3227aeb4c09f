/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Integer arithmetic and logic, and which function does which integer operation.
 * The order within an operation matters: first operands come into registers (which
 * never changes EFLAGS), then flags_clobber saves flags that are wanted later, then
 * come the instructions that change them.
 *
 * A register returned by reg_target may be that of another operand (the pinned one
 * its result goes to): it is written only when the operands have been read.
 */
#include "emit.h"

static bool wants_token(const struct host *h)
{
	return op_of(h, (ir_value)h->at)->flags && h->value[h->at].token_last;
}

static void token_made(struct host *h)
{
	h->flags_of = wants_token(h) ? (ir_value)h->at : IR_NONE;
}

/* The sum a + b as an address, without touching flags, if that is shorter. */
static bool gen_add_lea(struct host *h, unsigned w, ir_value a, ir_value b, bool minus)
{
	const struct ir_op *shift = op_of(h, b);
	unsigned ra, rb, to;
	struct place p;

	if (h->value[b].fused) {
		ra = reg_use(h, a);
		rb = reg_use(h, shift->arg[0]);
		p = (struct place){ (uint8_t)ra, (uint8_t)rb, (uint8_t)op_of(h, shift->arg[1])->imm,
				    0 };
		to = reg_target(h, shift->arg[0]);
	} else if (is_const(h, b)) {
		int64_t imm = (int64_t)shift->imm;

		if (!w)
			imm = (int32_t)imm;
		if (imm != (int32_t)imm || (minus && imm == INT32_MIN))
			return false;
		ra = reg_use(h, a);
		to = reg_target(h, a);
		if (to == ra && !flags_live(h))
			return false;
		p = place_at(ra, (int32_t)(minus ? -imm : imm));
	} else {
		if (minus)
			return false;
		ra = reg_use(h, a);
		rb = reg_use(h, b);
		to = reg_target(h, a);
		if ((to == ra || to == rb) && !flags_live(h))
			return false;
		p = (struct place){ (uint8_t)ra, (uint8_t)rb, 0, 0 };
	}
	enc_lea(h, w, to, p);
	reg_result(h, to);
	return true;
}

/* to = a op b, for the ALU's eight.  `carry` says that EFLAGS.C is an operand, so
 * that no instruction that changes it may come in between (none does). */
static void gen_alu(struct host *h, const struct ir_op *op, enum alu alu, ir_value a, ir_value b)
{
	unsigned w = width_of((enum ir_type)op->type);
	bool swaps = alu != ALU_SUB && alu != ALU_SBB;
	struct operand from;
	unsigned to;

	if (swaps && h->value[b].reg != NO_REG && h->value[b].reg == reg_wanted(h)) {
		ir_value t = a;

		a = b;
		b = t;
	}
	if (h->value[a].reg != NO_REG)
		reg_lock(h, h->value[a].reg);
	from = reg_operand(h, b, (enum ir_type)op->type);
	to = reg_target(h, a);
	if (from.kind == OPERAND_REG && from.reg == to && a != b) {
		unsigned t = reg_scratch(h);

		reg_copy(h, t, a);
		enc_alu(h, alu, w, t, &from);
		to = t;
	} else {
		reg_copy(h, to, a);
		enc_alu(h, alu, w, to, &from);
	}
	reg_result(h, to);
}

static void gen_binary(struct host *h, const struct ir_op *op, enum alu alu)
{
	unsigned w = width_of((enum ir_type)op->type);
	ir_value a = op->arg[0], b = op->arg[1];
	bool token = wants_token(h);

	if (token && !h->value[h->at].last && (alu == ALU_SUB || alu == ALU_AND)) {
		gen_compare(h, (enum ir_type)op->type, a, b, alu == ALU_AND);
		h->flags_of = (ir_value)h->at;
		return;
	}
	if (alu != ALU_SUB && is_const(h, a) && !is_const(h, b) && !h->value[b].fused) {
		a = op->arg[1];
		b = op->arg[0];
	}
	if (!token && (alu == ALU_ADD || alu == ALU_SUB) && gen_add_lea(h, w, a, b, alu == ALU_SUB))
		return;
	if (!token && alu == ALU_AND && is_const(h, b) &&
	    (op_of(h, b)->imm == 0xff || op_of(h, b)->imm == 0xffff)) {
		gen_field(h, a, (enum ir_type)op->type, 0, op_of(h, b)->imm == 0xff ? 8 : 16,
			  false);
		return;
	}
	flags_clobber(h);
	gen_alu(h, op, alu, a, b);
	token_made(h);
}

/* Makes C of a value that is 0 or 1; other flags have been saved. */
static void gen_carry(struct host *h, ir_value c)
{
	struct place p;

	if (is_const(h, c)) {
		enc_byte(h, op_of(h, c)->imm ? 0xf9 : 0xf8); /* stc, clc */
	} else if (h->value[c].reg == NO_REG && !value_is_byte(h, c) && value_place(h, c, &p)) {
		enc_rm(h, 0x0fba, W32, 4, p); /* bt */
		enc_byte(h, 0);
	} else {
		enc_rr(h, 0x0fba, W32, 4, reg_use(h, c));
		enc_byte(h, 0);
	}
}

/* a + b + c, a - b - c.  C may be there already, from the operation before. */
static void gen_with_carry(struct host *h, const struct ir_op *op, enum alu alu)
{
	ir_value c = op->arg[2];
	unsigned cc = op_of(h, c)->cc & ~1u;
	bool there = is_flag(h, c) && h->flags_of == token_of(h, c) && cc == IR_CC_B;

	if (there) {
		bool inverted = op_of(h, c)->cc & 1;

		flags_clobber(h);
		if (inverted)
			enc_byte(h, 0xf5); /* cmc */
	} else {
		flags_clobber(h);
		gen_carry(h, c);
	}
	gen_alu(h, op, alu, op->arg[0], op->arg[1]);
	token_made(h);
}

static void gen_andn(struct host *h, const struct ir_op *op)
{
	unsigned w = width_of((enum ir_type)op->type);
	struct operand from;
	unsigned to;

	if (is_const(h, op->arg[1]) &&
	    (op->type == IR_I32 ||
	     (int64_t)op_of(h, op->arg[1])->imm == (int32_t)op_of(h, op->arg[1])->imm)) {
		int32_t mask = (int32_t)~op_of(h, op->arg[1])->imm;

		flags_clobber(h);
		to = reg_target(h, op->arg[0]);
		reg_copy(h, to, op->arg[0]);
		enc_alu_imm(h, ALU_AND, w, to, mask);
		reg_result(h, to);
		return;
	}
	if (h->bmi1) {
		unsigned a = reg_use(h, op->arg[0]), b = reg_use(h, op->arg[1]);

		flags_clobber(h);
		to = reg_target(h, op->arg[0]);
		enc_vex(h, 0x0f38f2, w, to, b, a);
		reg_result(h, to);
		return;
	}
	from = (struct operand){ .kind = OPERAND_REG, .reg = (uint8_t)reg_use(h, op->arg[0]) };
	to = reg_scratch(h);
	flags_clobber(h);
	reg_copy(h, to, op->arg[1]);
	enc_rr(h, 0xf7, w, 2, to); /* not */
	enc_alu(h, ALU_AND, w, to, &from);
	reg_result(h, to);
}

static void gen_multiply(struct host *h, const struct ir_op *op)
{
	unsigned w = width_of((enum ir_type)op->type);
	ir_value a = op->arg[0], b = op->arg[1];
	struct operand from;
	unsigned to;

	if (is_const(h, a)) {
		a = op->arg[1];
		b = op->arg[0];
	}
	if (h->value[b].reg != NO_REG && h->value[b].reg == reg_wanted(h)) {
		ir_value t = a;

		a = b;
		b = t;
	}
	flags_clobber(h);
	if (h->value[a].reg != NO_REG)
		reg_lock(h, h->value[a].reg);
	from = reg_operand(h, b, (enum ir_type)op->type);
	if (from.kind == OPERAND_IMM) {
		unsigned ra = reg_use(h, a);

		to = reg_target(h, a);
		enc_rr(h, 0x69, w, to, ra);
		enc_u32(h, (uint32_t)from.imm);
		reg_result(h, to);
		return;
	}
	to = reg_target(h, a);
	if (from.kind == OPERAND_REG && from.reg == to && a != b)
		to = reg_scratch(h);
	reg_copy(h, to, a);
	if (from.kind == OPERAND_REG)
		enc_rr(h, 0x0faf, w, to, from.reg);
	else
		enc_rm(h, 0x0faf, w, to, from.place);
	reg_result(h, to);
}

/* High halves.  Of 32 bits: by a 64-bit product. */
static void gen_multiply_high(struct host *h, const struct ir_op *op, bool sign)
{
	unsigned rb;

	reg_clear_locked(h, RAX);
	reg_clear_locked(h, RDX);
	rb = reg_use(h, op->arg[1]);
	flags_clobber(h);
	reg_copy(h, RAX, op->arg[0]);
	if (op->type == IR_I64) {
		enc_rr(h, 0xf7, W64, sign ? 5 : 4, rb);
	} else {
		enc_rr(h, sign ? 0x63 : 0x8b, sign ? W64 : W32, RDX, RAX);
		enc_rr(h, sign ? 0x63 : 0x8b, sign ? W64 : W32, RAX, rb);
		enc_rr(h, 0x0faf, W64, RDX, RAX);
		enc_shift(h, SHIFT_SHR, W64, RDX, 32);
	}
	reg_result(h, RDX);
}

/* By 0, and for signed ones by -1, out of line. */
static void gen_divide(struct host *h, const struct ir_op *op)
{
	unsigned w = width_of((enum ir_type)op->type);
	bool sign = op->op == IR_SDIV || op->op == IR_SREM;
	struct cold *c = cold_add(h, COLD_DIVIDE);
	unsigned rb;

	reg_clear_locked(h, RAX);
	reg_clear_locked(h, RDX);
	rb = reg_use(h, op->arg[1]);
	flags_clobber(h);
	reg_copy(h, RAX, op->arg[0]);
	if (sign) {
		enc_lea(h, w, RDX, place_at(rb, 1));
		enc_alu_imm(h, ALU_CMP, w, RDX, 1);
		cold_from(c, enc_jcc(h, IR_CC_BE));
		if (w)
			enc_byte(h, 0x48);
		enc_byte(h, 0x99); /* cdq, cqo */
	} else {
		enc_test(h, w, rb, rb);
		cold_from(c, enc_jcc(h, IR_CC_Z));
		enc_rr(h, 0x33, W32, RDX, RDX);
	}
	enc_rr(h, 0xf7, w, sign ? 7 : 6, rb);
	c->divide = op->op;
	c->wide = w;
	c->scratch = (uint8_t)rb;
	c->back = enc_here(h);
	reg_result(h, op->op == IR_UDIV || op->op == IR_SDIV ? RAX : RDX);
}

/* The dividend is in eax.  Unsigned by 0: quotient a * 0, remainder a.  Signed: edx is
 * divisor + 1; by 0 and -1 the quotient is a * divisor, the remainder a * edx. */
void gen_cold_divide(struct host *h, struct cold *c)
{
	unsigned w = c->wide ? W64 : W32;

	enc_patch_here(h, c->from[0]);
	if (c->divide == IR_UREM)
		enc_mov(h, w, RDX, RAX);
	else if (c->divide == IR_SREM)
		enc_rr(h, 0x0faf, w, RDX, RAX);
	else
		enc_rr(h, 0x0faf, w, RAX, c->scratch);
	enc_patch(h, enc_jmp(h), c->back);
}

bool gen_integer(struct host *h, const struct ir_op *op)
{
	unsigned pos = op->slot & 0xff, len = op->slot >> 8;

	switch (op->op) {
	case IR_ADD:
		gen_binary(h, op, ALU_ADD);
		return true;
	case IR_SUB:
		gen_binary(h, op, ALU_SUB);
		return true;
	case IR_AND:
		gen_binary(h, op, ALU_AND);
		return true;
	case IR_OR:
		gen_binary(h, op, ALU_OR);
		return true;
	case IR_XOR:
		gen_binary(h, op, ALU_XOR);
		return true;
	case IR_ADC:
		gen_with_carry(h, op, ALU_ADC);
		return true;
	case IR_SBB:
		gen_with_carry(h, op, ALU_SBB);
		return true;
	case IR_ANDN:
		gen_andn(h, op);
		return true;
	case IR_NOT:
		gen_unary(h, op, 2);
		return true;
	case IR_NEG:
		gen_unary(h, op, 3);
		return true;
	case IR_MUL:
		gen_multiply(h, op);
		return true;
	case IR_UMULH:
	case IR_SMULH:
		gen_multiply_high(h, op, op->op == IR_SMULH);
		return true;
	case IR_UDIV:
	case IR_SDIV:
	case IR_UREM:
	case IR_SREM:
		gen_divide(h, op);
		return true;
	case IR_SHL:
		gen_shift(h, op, SHIFT_SHL);
		return true;
	case IR_SHR:
		gen_shift(h, op, SHIFT_SHR);
		return true;
	case IR_SAR:
		gen_shift(h, op, SHIFT_SAR);
		return true;
	case IR_ROR:
		gen_shift(h, op, SHIFT_ROR);
		return true;
	case IR_CLZ:
	case IR_CTZ:
		gen_count_zeros(h, op);
		return true;
	case IR_BSWAP:
		gen_bswap(h, op);
		return true;
	case IR_EXTRACT:
	case IR_SEXTRACT:
		gen_field(h, op->arg[0], (enum ir_type)op->type, pos, len, op->op == IR_SEXTRACT);
		return true;
	case IR_DEPOSIT:
		gen_deposit(h, op);
		return true;
	case IR_ZEXT:
	case IR_SEXT:
	case IR_TRUNC:
		gen_widen(h, op);
		return true;
	case IR_CONCAT:
		gen_concat(h, op);
		return true;
	case IR_SETCC:
		gen_setcc(h, op);
		return true;
	case IR_COND:
		return true; /* when it is used */
	case IR_PACK:
		gen_pack(h, op);
		return true;
	case IR_SELECT:
		gen_select(h, op);
		return true;
	default:
		return false;
	}
}
