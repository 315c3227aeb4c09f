/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Simplification of one operation: constants, identities (x + 0), and compositions of
 * two operations that cancel or merge (the truncation of an extension, a field of a
 * field, the negation of a condition).  Nothing is looked for beyond an operand's own
 * operation, so that the time is bounded.
 */
#include "ir/fold.h"
#include "ir/evaluate.h"

static const struct ir_op *op_of(const struct ir_block *b, ir_value v)
{
	return &b->op[v];
}

static bool is_const(const struct ir_block *b, ir_value v)
{
	return b->op[v].op == IR_CONST;
}

static bool is_const_of(const struct ir_block *b, ir_value v, uint64_t bits)
{
	return b->op[v].op == IR_CONST && b->op[v].imm == bits;
}

static unsigned fold_width(const struct ir_op *op)
{
	return op->type == IR_I64 || op->type == IR_F64 ? 64 : 32;
}

static uint64_t all_ones(const struct ir_op *op)
{
	return op->type == IR_I64 ? UINT64_MAX : UINT32_MAX;
}

static ir_value become_const(struct ir_op *op, enum ir_type type, uint64_t bits)
{
	*op = (struct ir_op){ .op = IR_CONST,
			      .type = (uint8_t)type,
			      .arg = { IR_NONE, IR_NONE, IR_NONE, IR_NONE },
			      .imm = bits };
	return IR_NONE;
}

static ir_value become_unary(struct ir_op *op, enum ir_opcode code, ir_value a)
{
	*op = (struct ir_op){ .op = (uint8_t)code,
			      .type = op->type,
			      .arg = { a, IR_NONE, IR_NONE, IR_NONE } };
	return IR_NONE;
}

static bool is_bool_leaf(const struct ir_op *op)
{
	switch (op->op) {
	case IR_SETCC:
	case IR_COND:
		return true;
	case IR_CONST:
		return op->imm <= 1;
	case IR_EXTRACT:
		return op->slot >> 8 == 1;
	case IR_FCMP:
		return ((uint32_t)op->imm & 0xfefefefe) == 0;
	default:
		return false;
	}
}

bool ir_is_bool(const struct ir_block *b, ir_value v)
{
	const struct ir_op *op = op_of(b, v);

	switch (op->op) {
	case IR_OR:
	case IR_XOR:
		return is_bool_leaf(op_of(b, op->arg[0])) && is_bool_leaf(op_of(b, op->arg[1]));
	case IR_AND:
		return is_bool_leaf(op_of(b, op->arg[0])) || is_bool_leaf(op_of(b, op->arg[1]));
	case IR_SHR:
		return is_const_of(b, op->arg[1], fold_width(op) - 1);
	default:
		return is_bool_leaf(op);
	}
}

/* How many low bits of a value may differ from 0: 64 if nothing is known. */
static unsigned significant_bits(const struct ir_block *b, ir_value v)
{
	const struct ir_op *op = op_of(b, v);

	if (op->op == IR_EXTRACT)
		return op->slot >> 8;
	if ((op->op == IR_LOAD || op->op == IR_HLOAD) && !op->mem.sign && op->type <= IR_I64)
		return 8u << op->mem.size;
	if (op->op == IR_ZEXT)
		return 32;
	return ir_is_bool(b, v) ? 1 : 64;
}

static bool commutes(enum ir_opcode op)
{
	switch (op) {
	case IR_ADD:
	case IR_AND:
	case IR_OR:
	case IR_XOR:
	case IR_MUL:
	case IR_UMULH:
	case IR_SMULH:
		return true;
	default:
		return false;
	}
}

static bool evaluates_now(const struct ir_block *b, const struct ir_op *op, uint64_t value[3])
{
	if (!ir_evaluates(op) || op->op == IR_SELECT)
		return false;
	for (unsigned i = 0; i < 3; i++) {
		value[i] = 0;
		if (op->arg[i] == IR_NONE)
			continue;
		if (!is_const(b, op->arg[i]))
			return false;
		value[i] = op_of(b, op->arg[i])->imm;
	}
	return true;
}

/* x op x. */
static ir_value fold_same(struct ir_op *op)
{
	switch (op->op) {
	case IR_SUB:
	case IR_XOR:
	case IR_ANDN:
		return become_const(op, op->type, 0);
	case IR_AND:
	case IR_OR:
		return op->arg[0];
	default:
		return IR_NONE;
	}
}

/* x op 0. */
static ir_value fold_zero(struct ir_op *op)
{
	switch (op->op) {
	case IR_AND:
	case IR_MUL:
	case IR_UMULH:
	case IR_SMULH:
	case IR_UDIV:
	case IR_SDIV:
		return become_const(op, op->type, 0);
	default: /* ADD SUB OR XOR ANDN UREM SREM */
		return op->arg[0];
	}
}

static ir_value fold_one(struct ir_op *op)
{
	switch (op->op) {
	case IR_MUL:
	case IR_UDIV:
	case IR_SDIV:
		return op->arg[0];
	case IR_UREM:
	case IR_SREM:
	case IR_UMULH:
		return become_const(op, op->type, 0);
	default:
		return IR_NONE;
	}
}

static ir_value fold_ones(struct ir_op *op)
{
	switch (op->op) {
	case IR_AND:
		return op->arg[0];
	case IR_OR:
		return op->arg[1];
	case IR_XOR:
		return become_unary(op, IR_NOT, op->arg[0]);
	case IR_ANDN:
		return become_const(op, op->type, 0);
	default:
		return IR_NONE;
	}
}

/* x & mask where x has no bits outside the mask. */
static bool mask_is_idle(const struct ir_block *b, ir_value x, uint64_t mask)
{
	unsigned bits = significant_bits(b, x);

	return bits < 64 && (~mask & ((UINT64_C(1) << bits) - 1)) == 0;
}

static ir_value fold_binary(const struct ir_block *b, struct ir_op *op)
{
	ir_value x = op->arg[0], y = op->arg[1];
	uint64_t imm;

	if (commutes(op->op) && is_const(b, x)) {
		op->arg[0] = y;
		op->arg[1] = x;
		x = op->arg[0];
		y = op->arg[1];
	}
	if (x == y)
		return fold_same(op);
	if (!is_const(b, y)) {
		if (!is_const_of(b, x, 0))
			return IR_NONE;
		if (op->op == IR_SUB)
			return become_unary(op, IR_NEG, y);
		return op->op == IR_ANDN || op->op >= IR_UDIV ? x : IR_NONE;
	}
	imm = op_of(b, y)->imm;
	if (imm == 0)
		return fold_zero(op);
	if (imm == all_ones(op))
		return fold_ones(op);
	if (op->op == IR_AND && mask_is_idle(b, x, imm))
		return x;
	return imm == 1 ? fold_one(op) : IR_NONE;
}

static ir_value fold_shift(const struct ir_block *b, struct ir_op *op)
{
	ir_value x = op->arg[0], y = op->arg[1];

	if (is_const_of(b, x, 0))
		return x;
	if (is_const(b, y) && (op_of(b, y)->imm & (fold_width(op) - 1)) == 0)
		return x;
	return IR_NONE;
}

static ir_value fold_carry(const struct ir_block *b, struct ir_op *op)
{
	if (!is_const_of(b, op->arg[2], 0))
		return IR_NONE;
	op->op = op->op == IR_ADC ? IR_ADD : IR_SUB;
	op->arg[2] = IR_NONE;
	return fold_binary(b, op);
}

/* Operations that undo themselves. */
static ir_value fold_twice(const struct ir_block *b, struct ir_op *op)
{
	const struct ir_op *inner = op_of(b, op->arg[0]);

	if (inner->op == op->op && !inner->flags)
		return op->op == IR_FABS ? op->arg[0] : inner->arg[0];
	return IR_NONE;
}

static ir_value fold_bitcast(const struct ir_block *b, struct ir_op *op)
{
	const struct ir_op *inner = op_of(b, op->arg[0]);

	if (inner->op == IR_BITCAST && ir_result(op_of(b, inner->arg[0])) == op->type)
		return inner->arg[0];
	return IR_NONE;
}

static ir_value fold_low(const struct ir_block *b, struct ir_op *op)
{
	const struct ir_op *inner = op_of(b, op->arg[0]);

	if (inner->op == IR_VWIDEN && ir_result(op_of(b, inner->arg[0])) == op->type)
		return inner->arg[0];
	return IR_NONE;
}

static ir_value fold_trunc(const struct ir_block *b, struct ir_op *op)
{
	const struct ir_op *inner = op_of(b, op->arg[0]);
	const struct ir_op *pair;
	bool upper;

	if (inner->op == IR_ZEXT || inner->op == IR_SEXT || inner->op == IR_CONCAT)
		return inner->arg[0];
	upper = (inner->op == IR_SHR && is_const_of(b, inner->arg[1], 32)) ||
		(inner->op == IR_EXTRACT && inner->slot == (32 | 32 << 8));
	if (!upper)
		return IR_NONE;
	pair = op_of(b, inner->arg[0]);
	return pair->op == IR_CONCAT ? pair->arg[1] : IR_NONE;
}

static ir_value fold_concat(const struct ir_block *b, struct ir_op *op)
{
	if (is_const_of(b, op->arg[1], 0))
		return become_unary(op, IR_ZEXT, op->arg[0]);
	return IR_NONE;
}

static ir_value fold_extract(const struct ir_block *b, struct ir_op *op)
{
	const struct ir_op *inner = op_of(b, op->arg[0]);
	unsigned pos = op->slot & 0xff, length = op->slot >> 8;
	unsigned inner_pos = inner->slot & 0xff, inner_length = inner->slot >> 8;

	if (length == fold_width(op))
		return op->arg[0];
	if (op->op == IR_EXTRACT && pos == 0 && significant_bits(b, op->arg[0]) <= length)
		return op->arg[0];
	if (inner->op != IR_EXTRACT)
		return IR_NONE;
	if (pos >= inner_length)
		return become_const(op, op->type, 0);
	if (op->op == IR_EXTRACT && length > inner_length - pos)
		length = inner_length - pos;
	if (pos + length > inner_length)
		return IR_NONE;
	op->arg[0] = inner->arg[0];
	op->slot = (uint16_t)((inner_pos + pos) | length << 8);
	return IR_NONE;
}

static ir_value fold_deposit(struct ir_op *op)
{
	return op->slot >> 8 == fold_width(op) ? op->arg[1] : IR_NONE;
}

/* Becomes the operation that made condition c, or its opposite. */
static ir_value become_condition(const struct ir_block *b, struct ir_op *op, ir_value c,
				 bool opposite)
{
	const struct ir_op *condition = op_of(b, c);

	if (!opposite)
		return c;
	if (condition->op != IR_SETCC && condition->op != IR_COND)
		return IR_NONE;
	*op = *condition;
	op->cc ^= 1;
	return IR_NONE;
}

static ir_value fold_setcc(const struct ir_block *b, struct ir_op *op)
{
	ir_value x = op->arg[0], y = op->arg[1];
	bool equality = (op->cc & ~1) == IR_CC_Z;

	if (x == y)
		return become_const(op, IR_I32,
				    (op->cc & ~1) == IR_CC_Z || (op->cc & ~1) == IR_CC_BE ||
						    (op->cc & ~1) == IR_CC_LE ?
					    !(op->cc & 1) :
					    op->cc & 1);
	if (is_const_of(b, y, 0) && (op->cc & ~1) == IR_CC_B)
		return become_const(op, IR_I32, op->cc & 1);
	if (equality && is_const(b, y) && op_of(b, y)->imm <= 1 && op->type == IR_I32 &&
	    ir_is_bool(b, x))
		return become_condition(b, op, x, (op->cc == IR_CC_Z) == (op_of(b, y)->imm == 0));
	return IR_NONE;
}

static ir_value fold_select(const struct ir_block *b, struct ir_op *op)
{
	ir_value condition = op->arg[0], yes = op->arg[1], no = op->arg[2];

	if (is_const(b, condition))
		return op_of(b, condition)->imm ? yes : no;
	if (yes == no)
		return yes;
	if (op->type != IR_I32 || !ir_is_bool(b, condition))
		return IR_NONE;
	if (is_const_of(b, yes, 1) && is_const_of(b, no, 0))
		return condition;
	if (is_const_of(b, yes, 0) && is_const_of(b, no, 1))
		return become_condition(b, op, condition, true);
	return IR_NONE;
}

static ir_value fold_vector(struct ir_op *op)
{
	if (op->arg[0] == op->arg[1] && (op->op == IR_VAND || op->op == IR_VOR))
		return op->arg[0];
	return IR_NONE;
}

ir_value ir_fold(const struct ir_block *b, struct ir_op *op)
{
	uint64_t value[3];

	if (op->flags)
		return IR_NONE;
	if (evaluates_now(b, op, value))
		return become_const(op, ir_result(op),
				    ir_evaluate(op, value[0], value[1], value[2]));
	switch (op->op) {
	case IR_ADD ... IR_SUB:
	case IR_AND ... IR_ANDN:
	case IR_MUL ... IR_SREM:
		return fold_binary(b, op);
	case IR_ADC ... IR_SBB:
		return fold_carry(b, op);
	case IR_SHL ... IR_ROR:
		return fold_shift(b, op);
	case IR_NOT ... IR_NEG:
	case IR_BSWAP:
	case IR_FNEG ... IR_FABS:
		return fold_twice(b, op);
	case IR_BITCAST:
		return fold_bitcast(b, op);
	case IR_EXTRACT ... IR_SEXTRACT:
		return fold_extract(b, op);
	case IR_DEPOSIT:
		return fold_deposit(op);
	case IR_TRUNC:
		return fold_trunc(b, op);
	case IR_CONCAT:
		return fold_concat(b, op);
	case IR_SETCC:
		return fold_setcc(b, op);
	case IR_SELECT:
		return fold_select(b, op);
	case IR_VAND ... IR_VOR:
		return fold_vector(op);
	case IR_VLOW:
		return fold_low(b, op);
	default:
		return IR_NONE;
	}
}
