/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Flags: tokens, which are in EFLAGS until something else needs those, conditions,
 * comparisons, select.
 *
 * A COND or SETCC has no code of its own at first.  If its user comes while the token
 * is in EFLAGS, it becomes jcc, cmovcc or setcc there; else flags_clobber has saved
 * the conditions that are still wanted, a byte each, before EFLAGS changed.
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

ir_value token_of(const struct host *h, ir_value v)
{
	return op_of(h, v)->op == IR_COND ? op_of(h, v)->arg[0] : v;
}

bool is_flag(const struct host *h, ir_value v)
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
			 !(i == 0 &&
			   (op->op == IR_SELECT || op->op == IR_EXIT_IF || op->op == IR_CHECK)) &&
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

/* Only the flags of a - b or a & b are wanted. */
void gen_compare(struct host *h, enum ir_type type, ir_value a, ir_value b, bool test)
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

void gen_setcc(struct host *h, const struct ir_op *op)
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

void gen_pack(struct host *h, const struct ir_op *op)
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
