/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Integer operations, flags and slots.  The order within an operation matters: first
 * operands come into registers (which never changes EFLAGS), then flags_clobber saves
 * flags that are wanted later, then come the instructions that change them.
 *
 * A register returned by reg_target may be that of another operand (the pinned one
 * its result goes to): it is written only when the operands have been read.
 */
#include "emit.h"

#include <assert.h>

bool flags_live(const struct host *h)
{
	return h->flags_of != IR_NONE && h->value[h->flags_of].token_last > h->at;
}

static void flags_save(struct host *h)
{
	struct value *token = &h->value[h->flags_of];
	struct place p;

	token->token_unit = (uint16_t)unit_allocate(h);
	p = unit_place(h, token->token_unit);
	for (unsigned ccs = token->token_ccs; ccs; ccs &= ccs - 1) {
		struct place byte = p;
		unsigned cc = (unsigned)__builtin_ctz(ccs);

		byte.disp += (int32_t)cc;
		enc_rm(h, 0x0f90 | cc, W32, 0, byte);
	}
	if (token->pack) {
		token->pack_unit = (uint16_t)unit_allocate(h);
		enc_byte(h, 0x9c); /* pushfq */
		enc_rm(h, 0x8f, W32, 0,
		       unit_place(h, token->pack_unit)); /* pop: rsp is as before */
	}
}

/* EFLAGS are about to change. */
void flags_clobber(struct host *h)
{
	if (flags_live(h))
		flags_save(h);
	h->flags_of = IR_NONE;
}

static ir_value token_of(const struct host *h, ir_value v)
{
	return op_of(h, v)->op == IR_COND ? op_of(h, v)->arg[0] : v;
}

static bool is_flag(const struct host *h, ir_value v)
{
	return op_of(h, v)->op == IR_COND || op_of(h, v)->op == IR_SETCC;
}

static struct place saved_flag(const struct host *h, ir_value v)
{
	unsigned unit = h->value[token_of(h, v)].token_unit;
	struct place p;

	assert(unit != NO_UNIT);
	p = unit_place(h, unit);
	p.disp += op_of(h, v)->cc;
	return p;
}

/* A COND or SETCC as 0 or 1. */
void gen_flag_value(struct host *h, ir_value v, unsigned to)
{
	assert(is_flag(h, v));
	if (h->flags_of == token_of(h, v))
		enc_setcc(h, op_of(h, v)->cc, to);
	else
		enc_rm(h, 0x0fb6, W32, to, saved_flag(h, v));
}

/* Operands that are still flags become values before the flags change. */
void gen_flag_operands(struct host *h, const struct ir_op *op)
{
	for (unsigned i = 0; i < 4 && op->arg[i] != IR_NONE; i++) {
		ir_value v = op->arg[i];

		if (h->value[v].fused)
			gen_flag_operands(h, op_of(h, v));
		else if (is_flag(h, v) && h->value[v].reg == NO_REG &&
			 h->flags_of == token_of(h, v) &&
			 !(i == 0 && (op->op == IR_SELECT || op->op == IR_EXIT_IF)) &&
			 !(i == 2 && (op->op == IR_ADC || op->op == IR_SBB) &&
			   (op_of(h, v)->cc & ~1) == IR_CC_B))
			reg_use(h, v);
	}
}

static void gen_compare_place(struct host *h, unsigned w, struct place p, int32_t imm, bool byte)
{
	if (byte) {
		enc_rm(h, 0x80, W32, ALU_CMP, p);
		enc_byte(h, imm & 0xff);
	} else {
		enc_alu_place_imm(h, ALU_CMP, w, p, imm);
	}
}

/* Brings v != 0 into EFLAGS; the registers of nothing change.  Flags that other
 * operations want have been saved. */
unsigned gen_condition(struct host *h, ir_value v)
{
	struct place p;
	unsigned reg;

	if (is_flag(h, v) && h->flags_of == token_of(h, v))
		return op_of(h, v)->cc;
	if (is_flag(h, v) && h->value[v].reg == NO_REG) {
		flags_clobber(h);
		gen_compare_place(h, W32, saved_flag(h, v), 0, true);
		return IR_CC_NZ;
	}
	if (h->value[v].reg == NO_REG && !lives_on(h, v) && value_place(h, v, &p)) {
		flags_clobber(h);
		gen_compare_place(h, W32, p, 0, value_is_byte(h, v));
		return IR_CC_NZ;
	}
	reg = reg_use(h, v);
	flags_clobber(h);
	enc_test(h, W32, reg, reg);
	return IR_CC_NZ;
}

/* --- Addition, subtraction, logic --------------------------------------------------- */

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

/* Only the flags of a - b or a & b are wanted. */
static void gen_compare(struct host *h, enum ir_type type, ir_value a, ir_value b, bool test)
{
	unsigned w = width_of(type);
	struct operand from;
	struct place p;

	from = reg_operand(h, b, type);
	if (from.kind == OPERAND_IMM && h->value[a].reg == NO_REG && !lives_on(h, a) && !test &&
	    (!value_is_byte(h, a) || (from.imm & ~1) == 0) && value_place(h, a, &p)) {
		flags_clobber(h);
		gen_compare_place(h, w, p, from.imm, value_is_byte(h, a));
		return;
	}
	reg_use(h, a);
	flags_clobber(h);
	if (test && from.kind == OPERAND_IMM)
		enc_test_imm(h, w, h->value[a].reg, from.imm);
	else if (test && from.kind == OPERAND_PLACE)
		enc_rm(h, 0x85, w, h->value[a].reg, from.place);
	else if (test)
		enc_test(h, w, h->value[a].reg, from.reg);
	else if (from.kind == OPERAND_IMM && from.imm == 0 && !h->value[h->at].pack)
		enc_test(h, w, h->value[a].reg, h->value[a].reg);
	else
		enc_alu(h, ALU_CMP, w, h->value[a].reg, &from);
}

static void gen_field(struct host *h, ir_value a, enum ir_type type, unsigned pos, unsigned len,
		      bool sign);

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
	if (alu != ALU_SUB && is_const(h, a) && !is_const(h, b)) {
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

static void gen_setcc(struct host *h, const struct ir_op *op)
{
	enum ir_type type = (enum ir_type)op->type;
	ir_value a = op->arg[0];

	if (h->value[a].fused) { /* test of a & b against 0 */
		const struct ir_op *maker = op_of(h, a);

		gen_compare(h, type, maker->arg[0], maker->arg[1], true);
	} else {
		gen_compare(h, type, a, op->arg[1], false);
	}
	h->flags_of = (ir_value)h->at;
}

static void gen_pack(struct host *h, const struct ir_op *op)
{
	const struct value *token = &h->value[op->arg[0]];
	unsigned maker = op_of(h, op->arg[0])->op;
	bool logic = maker == IR_AND || maker == IR_OR || maker == IR_XOR;
	unsigned to = reg_scratch(h);

	if (h->flags_of == op->arg[0]) {
		enc_byte(h, 0x9c);      /* pushfq */
		enc_byte(h, 0x58 | to); /* pop; temporaries are below r8 */
	} else {
		assert(token->pack_unit != NO_UNIT);
		enc_load(h, W32, to, unit_place(h, token->pack_unit));
	}
	flags_clobber(h);
	enc_alu_imm(h, ALU_AND, W32, to, logic ? 0x8c5 : 0x8d5); /* AF is undefined there */
	reg_result(h, to);
}

/* --- Shifts, multiplication, division ----------------------------------------------- */

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

static void gen_shift(struct host *h, const struct ir_op *op, enum shift shift)
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

/* --- One operand -------------------------------------------------------------------- */

static void gen_unary(struct host *h, const struct ir_op *op, unsigned digit)
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

static void gen_bswap(struct host *h, const struct ir_op *op)
{
	unsigned to = reg_target(h, op->arg[0]);
	unsigned w = width_of((enum ir_type)op->type);

	reg_copy(h, to, op->arg[0]);
	enc_bswap(h, w, to);
	reg_result(h, to);
}

static void gen_count_zeros(struct host *h, const struct ir_op *op)
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
static void gen_field(struct host *h, ir_value a, enum ir_type type, unsigned pos, unsigned len,
		      bool sign)
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

/* a with b's low bits put in. */
static void gen_deposit(struct host *h, const struct ir_op *op)
{
	unsigned w = width_of((enum ir_type)op->type), bits = w ? 64 : 32;
	unsigned pos = op->slot & 0xff, len = op->slot >> 8;
	struct operand field = { .kind = OPERAND_REG };
	unsigned to;

	if (len == bits) {
		to = reg_target(h, op->arg[1]);
		reg_copy(h, to, op->arg[1]);
		reg_result(h, to);
		return;
	}
	if (pos == 0 && (len == 8 || len == 16)) { /* byte and word moves leave the rest */
		unsigned from = reg_use(h, op->arg[1]);

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
		return;
	}
	if (is_const(h, op->arg[1]) && !w) {
		uint32_t mask = ((1u << len) - 1) << pos;

		flags_clobber(h);
		to = reg_target(h, op->arg[0]);
		reg_copy(h, to, op->arg[0]);
		enc_alu_imm(h, ALU_AND, w, to, (int32_t)~mask);
		enc_alu_imm(h, ALU_OR, w, to, (int32_t)(op_of(h, op->arg[1])->imm << pos & mask));
		reg_result(h, to);
		return;
	}
	if (h->value[op->arg[0]].reg != NO_REG)
		reg_lock(h, h->value[op->arg[0]].reg);
	field.reg = (uint8_t)reg_scratch(h);
	flags_clobber(h);
	reg_copy(h, field.reg, op->arg[1]);
	enc_shift(h, SHIFT_SHL, w, field.reg, bits - len);
	if (bits - len - pos)
		enc_shift(h, SHIFT_SHR, w, field.reg, bits - len - pos);
	to = reg_target(h, op->arg[0]);
	reg_copy(h, to, op->arg[0]);
	if (w) { /* rotate the field to the low end, drop it, rotate back */
		if (pos)
			enc_shift(h, SHIFT_ROR, w, to, pos);
		enc_shift(h, SHIFT_SHR, w, to, len);
		if ((len + pos) & 63)
			enc_shift(h, SHIFT_ROL, w, to, len + pos);
	} else {
		enc_alu_imm(h, ALU_AND, w, to, (int32_t) ~(((1u << len) - 1) << pos));
	}
	enc_alu(h, ALU_OR, w, to, &field);
	reg_result(h, to);
}

/* i64 from i32 and back: i32 registers have zeros above. */
static void gen_widen(struct host *h, const struct ir_op *op)
{
	unsigned from = reg_use(h, op->arg[0]);
	unsigned to = reg_target(h, op->arg[0]);

	if (op->op == IR_SEXT)
		enc_rr(h, 0x63, W64, to, from);
	else if (op->op == IR_TRUNC || to != from)
		enc_mov(h, W32, to, from);
	reg_result(h, to);
}

static void gen_concat(struct host *h, const struct ir_op *op)
{
	struct operand low = { .kind = OPERAND_REG, .reg = (uint8_t)reg_use(h, op->arg[0]) };
	unsigned to = reg_scratch(h);

	flags_clobber(h);
	reg_copy(h, to, op->arg[1]);
	enc_shift(h, SHIFT_SHL, W64, to, 32);
	enc_alu(h, ALU_OR, W64, to, &low);
	reg_result(h, to);
}

/* --- Select and slots --------------------------------------------------------------- */

static void gen_select_vector(struct host *h, const struct ir_op *op)
{
	unsigned yes = reg_use(h, op->arg[1]), no = reg_use(h, op->arg[2]);
	unsigned to = reg_scratch_vector(h);
	unsigned cc = gen_condition(h, op->arg[0]);
	uint32_t over;

	enc_rr(h, 0x0f28, W32, to, no);
	over = enc_jcc(h, cc ^ 1);
	enc_rr(h, 0x0f28, W32, to, yes);
	enc_patch_here(h, over);
	reg_result(h, to);
}

void gen_select(struct host *h, const struct ir_op *op)
{
	unsigned w = width_of((enum ir_type)op->type);
	ir_value yes = op->arg[1], no = op->arg[2];
	unsigned cc, from, to;

	if (is_vector_type((enum ir_type)op->type)) {
		gen_select_vector(h, op);
		return;
	}
	cc = gen_condition(h, op->arg[0]); /* nothing below changes flags */
	if (h->value[yes].reg != NO_REG && h->value[yes].reg == reg_wanted(h)) {
		ir_value t = yes;

		yes = no;
		no = t;
		cc ^= 1;
	}
	if (h->value[no].reg != NO_REG)
		reg_lock(h, h->value[no].reg);
	from = reg_use(h, yes);
	to = reg_target(h, no);
	if (to == from && yes != no)
		to = reg_scratch(h);
	reg_copy(h, to, no);
	enc_rr(h, 0x0f40 | cc, w, to, from);
	reg_result(h, to);
}

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
		enc_vector_load(h, (enum ir_type)op->type, reg, place_slot(op->slot));
	} else {
		reg = wanted != NO_REG ? wanted : reg_scratch(h);
		if (op->type == IR_I32 && h->boolean[op->slot / 4])
			enc_rm(h, 0x0fb6, W32, reg, place_slot(op->slot));
		else
			enc_load(h, width_of((enum ir_type)op->type), reg, place_slot(op->slot));
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
	struct place p = place_slot(op->slot);
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
	struct place p = place_slot(op->slot);

	if (h->pin[op->slot / 4]) {
		assert(type == IR_I32);
		reg_set_pinned(h, h->pin[op->slot / 4] - 1u, v);
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

/* --- Dispatch ----------------------------------------------------------------------- */

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
