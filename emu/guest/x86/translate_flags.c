/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Flags while a block is translated.  Every operation that sets some writes the slots
 * (flags.h); most of these sets vanish, as the next operation overwrites them.  What the
 * block knows of the operation, its token and its values, makes conditions that become
 * the host's own compare and jump; only where nothing is known is a function called.
 */
#include "guest/x86/emit.h"

/* Operations that don't count as coming between: the instruction's mark, constants. */
#define MARKS 3

#define KIND_UNKNOWN 0xffu

/* Bits of token_ccs: conditions 0..15 without their lowest bit. */
enum {
	CCS_O = 1,
	CCS_B = 2,
	CCS_Z = 4,
	CCS_BE = 8,
	CCS_S = 16,
	CCS_P = 32,
	CCS_L = 64,
	CCS_LE = 128,
	CCS_ALL = 255
};

static const struct x86_flags_record record_unknown = {
	.kind = KIND_UNKNOWN,
	.token = IR_NONE,
	.result = IR_NONE,
	.x = IR_NONE,
	.y = IR_NONE,
};

void x86_flags_unknown(struct x86_unit *u)
{
	u->flags_kind = u->flags_inc = ~0u;
	u->zero = u->carry = record_unknown;
	u->carry_value = IR_NONE;
}

/* All flags come from one operation. */
static void flags_set_kind(struct x86_unit *u, unsigned kind)
{
	ir_set(u->ir, IR_I64, X86_SLOT(flags_kind), ir_const64(u->ir, kind));
	u->flags_kind = kind;
	u->flags_inc = 0;
}

static void flags_complete(struct x86_unit *u, struct x86_flags_record *r)
{
	r->end = u->ir->count;
	u->zero = u->carry = *r;
	u->carry_value = IR_NONE;
}

/* What tells the conditions right though the values are narrower than the token. */
static uint8_t flags_token_ccs(enum x86_flags kind, unsigned size)
{
	if (size == 4)
		return CCS_ALL;
	switch (kind) {
	case X86_FLAGS_SUB:
	case X86_FLAGS_CMP:
		return CCS_B | CCS_Z | CCS_BE | CCS_P;
	case X86_FLAGS_LOGIC:
		return CCS_Z | CCS_P | CCS_BE;
	default:
		return CCS_P;
	}
}

void x86_flags_arithmetic(struct x86_unit *u, enum x86_flags kind, unsigned size, ir_value result,
			  ir_value token, ir_value x, ir_value y, ir_value carry)
{
	struct x86_flags_record r = {
		.kind = (uint8_t)kind,
		.bits = (uint8_t)(8 * size),
		.token_ccs = flags_token_ccs(kind, size),
		.token = token,
		.result = result,
		.x = x,
		.y = y,
	};

	flags_set_kind(u, (unsigned)kind + x86_log2(size));
	x86_set(u, X86_SLOT(flags_result), kind == X86_FLAGS_CMP ? x : result);
	x86_set(u, X86_SLOT(flags_source), y);
	if (carry != IR_NONE)
		x86_set(u, X86_SLOT(flags_carry), carry);
	flags_complete(u, &r);
}

void x86_flags_logic(struct x86_unit *u, unsigned size, ir_value result, ir_value token)
{
	struct x86_flags_record r = record_unknown;

	r.kind = X86_FLAGS_LOGIC;
	r.bits = (uint8_t)(8 * size);
	r.token = token;
	r.token_ccs = flags_token_ccs(X86_FLAGS_LOGIC, size);
	r.result = result;
	flags_set_kind(u, X86_FLAGS_LOGIC + x86_log2(size));
	x86_set(u, X86_SLOT(flags_result), result);
	flags_complete(u, &r);
	u->carry_value = x86_const(u, 0);
	u->zero.end = u->ir->count;
}

void x86_flags_inc(struct x86_unit *u, enum x86_flags kind, unsigned size, ir_value result,
		   ir_value token)
{
	struct x86_flags_record r = record_unknown;

	r.kind = (uint8_t)kind;
	r.bits = (uint8_t)(8 * size);
	r.token = token;
	r.token_ccs = (size == 4 ? CCS_O | CCS_Z | CCS_S | CCS_L | CCS_LE : 0) | CCS_P;
	r.result = result;
	u->flags_inc = (unsigned)kind + x86_log2(size);
	x86_set(u, X86_SLOT(flags_inc), x86_const(u, u->flags_inc));
	x86_set(u, X86_SLOT(flags_inc_result), result);
	r.end = u->ir->count;
	u->zero = r;
}

void x86_flags_shift(struct x86_unit *u, enum x86_flags kind, unsigned size, ir_value result,
		     ir_value source, ir_value carry)
{
	struct x86_flags_record r = record_unknown;

	r.kind = (uint8_t)kind;
	r.bits = (uint8_t)(8 * size);
	r.result = result;
	flags_set_kind(u, (unsigned)kind + x86_log2(size));
	x86_set(u, X86_SLOT(flags_result), result);
	x86_set(u, X86_SLOT(flags_source), kind == X86_FLAGS_MUL ? carry : source);
	flags_complete(u, &r);
	u->carry_value = carry;
}

static void flags_select(struct x86_unit *u, ir_value condition, unsigned slot, ir_value value)
{
	x86_set(u, slot, ir_select(u->ir, condition, value, x86_get(u, slot)));
}

void x86_flags_shift_if(struct x86_unit *u, enum x86_flags kind, unsigned size, ir_value result,
			ir_value source, ir_value condition)
{
	ir_value known = ir_const64(u->ir, (unsigned)kind + x86_log2(size));
	ir_value old = ir_get(u->ir, IR_I64, X86_SLOT(flags_kind));

	ir_set(u->ir, IR_I64, X86_SLOT(flags_kind), ir_select(u->ir, condition, known, old));
	flags_select(u, condition, X86_SLOT(flags_result), result);
	flags_select(u, condition, X86_SLOT(flags_source), source);
	x86_flags_unknown(u);
}

void x86_set_flags_plain(struct x86_unit *u, ir_value bits)
{
	struct x86_flags_record r = record_unknown;

	flags_set_kind(u, X86_FLAGS_PLAIN);
	x86_set(u, X86_SLOT(flags_result), bits);
	r.kind = X86_FLAGS_PLAIN;
	r.result = bits;
	flags_complete(u, &r);
}

ir_value x86_all_flags(struct x86_unit *u)
{
	return x86_call_plain(u, CALL_READS, x86_help_flags, IR_NONE, IR_NONE, IR_NONE, IR_NONE);
}

/* Whether flags_carry is free for CF: the kind doesn't use it. */
static bool flags_carry_free(const struct x86_unit *u)
{
	unsigned kind = u->flags_kind & ~3u & ~(unsigned)X86_FLAGS_CF;

	return u->flags_kind != ~0u && kind != X86_FLAGS_ADC && kind != X86_FLAGS_SBB;
}

void x86_set_carry(struct x86_unit *u, ir_value carry)
{
	/* A call that vanishes with what it yields, if other flags follow. */
	if (!flags_carry_free(u))
		x86_set_flags_plain(u, x86_all_flags(u));
	u->flags_kind |= X86_FLAGS_CF;
	x86_set(u, X86_SLOT(flags_kind), x86_const(u, u->flags_kind));
	x86_set(u, X86_SLOT(flags_carry), carry);
	u->carry = record_unknown;
	u->carry_value = carry;
}

/* Conditions. */

static bool record_is_late(const struct x86_unit *u, const struct x86_flags_record *r)
{
	return u->ir->count > r->end + MARKS;
}

static bool is_subtraction(const struct x86_flags_record *r)
{
	return r->kind == X86_FLAGS_SUB || r->kind == X86_FLAGS_CMP;
}

static ir_value condition_help(struct x86_unit *u, unsigned condition)
{
	return x86_call_plain(u, CALL_READS, x86_help_condition, x86_const(u, condition), IR_NONE,
			      IR_NONE, IR_NONE);
}

/* From the token, if it is right for the condition. */
static ir_value condition_token(struct x86_unit *u, const struct x86_flags_record *r,
				unsigned condition)
{
	if (r->token == IR_NONE || !(r->token_ccs >> (condition >> 1) & 1))
		return IR_NONE;
	return ir_cond(u->ir, r->token, (enum ir_cc)condition);
}

static ir_value record_signed(struct x86_unit *u, const struct x86_flags_record *r, ir_value value)
{
	return x86_signed(u, value, r->bits / 8u);
}

/* From the operands of a subtraction. */
static ir_value condition_compare(struct x86_unit *u, const struct x86_flags_record *r,
				  unsigned condition)
{
	enum ir_cc cc = (enum ir_cc)condition;

	if (!is_subtraction(r))
		return IR_NONE;
	switch (condition >> 1) {
	case 1:
	case 2:
	case 3:
		return ir_setcc(u->ir, cc, r->x, r->y);
	case 6:
	case 7:
		return ir_setcc(u->ir, cc, record_signed(u, r, r->x), record_signed(u, r, r->y));
	default:
		return IR_NONE;
	}
}

/* From the result: zero, sign, parity; of logic the signed comparisons too, as O = 0. */
static ir_value condition_result(struct x86_unit *u, const struct x86_flags_record *r,
				 unsigned condition)
{
	ir_value result = r->result, parity;

	if (result == IR_NONE || r->kind == X86_FLAGS_PLAIN)
		return IR_NONE;
	switch (condition >> 1) {
	case 0:
		return r->kind == X86_FLAGS_LOGIC ? x86_const(u, condition & 1) : IR_NONE;
	case 2:
		return ir_setcc_imm(
			u->ir, (enum ir_cc)condition,
			r->kind == X86_FLAGS_LOGIC ? result : x86_low(u, result, r->bits / 8u), 0);
	case 4:
		return ir_setcc_imm(u->ir, condition & 1 ? IR_CC_GE : IR_CC_L,
				    record_signed(u, r, result), 0);
	case 5:
		parity = x86_call_plain(u, CALL_PURE, x86_help_parity, result, IR_NONE, IR_NONE,
					IR_NONE);
		return condition & 1 ? ir_setcc_imm(u->ir, IR_CC_Z, parity, 0) : parity;
	case 6:
	case 7:
		if (r->kind != X86_FLAGS_LOGIC)
			return IR_NONE;
		return ir_setcc_imm(u->ir, (enum ir_cc)condition, record_signed(u, r, result), 0);
	default:
		return IR_NONE;
	}
}

/* Out of EFLAGS bits that are known as a value: O Z S P, B, and L by two of them. */
static ir_value condition_plain(struct x86_unit *u, const struct x86_flags_record *r,
				unsigned condition)
{
	static const uint32_t bits[6] = { X86_OF, X86_CF, X86_ZF, X86_CF | X86_ZF, X86_SF, X86_PF };

	if (r->kind != X86_FLAGS_PLAIN || condition >= 12)
		return IR_NONE;
	return ir_setcc_imm(u->ir, condition & 1 ? IR_CC_Z : IR_CC_NZ,
			    x86_op_imm(u, IR_AND, r->result, bits[condition >> 1]), 0);
}

/* What needs one operation's flags only. */
static ir_value condition_of(struct x86_unit *u, const struct x86_flags_record *r,
			     unsigned condition)
{
	bool late = record_is_late(u, r);
	ir_value value = late ? IR_NONE : condition_token(u, r, condition);

	if (value == IR_NONE)
		value = condition_compare(u, r, condition);
	if (value == IR_NONE)
		value = condition_result(u, r, condition);
	if (value == IR_NONE)
		value = condition_plain(u, r, condition);
	if (value == IR_NONE && late)
		value = condition_token(u, r, condition);
	return value;
}

static ir_value carry_make(struct x86_unit *u)
{
	const struct x86_flags_record *r = &u->carry;
	ir_value value = condition_of(u, r, 2);

	if (value != IR_NONE)
		return value;
	if (r->kind == X86_FLAGS_ADD || r->kind == X86_FLAGS_ADC || r->kind == X86_FLAGS_SBB) {
		if (r->bits < 32)
			return ir_extract(u->ir, IR_I32, r->result, r->bits, 1);
	}
	return condition_help(u, 2);
}

ir_value x86_carry(struct x86_unit *u)
{
	return u->carry_value != IR_NONE ? u->carry_value : carry_make(u);
}

/* Whether CF and the others are one operation's, in which a token has both. */
static bool flags_are_one(const struct x86_unit *u)
{
	return u->zero.kind != KIND_UNKNOWN && u->zero.end == u->carry.end &&
	       u->carry_value == IR_NONE;
}

static ir_value condition_invert(struct x86_unit *u, ir_value value, unsigned condition)
{
	return condition & 1 ? ir_setcc_imm(u->ir, IR_CC_Z, value, 0) : value;
}

/* C or Z. */
static ir_value condition_below_equal(struct x86_unit *u, unsigned condition)
{
	ir_value value;

	if (u->zero.kind == X86_FLAGS_LOGIC &&
	    u->flags_kind == u->zero.kind + x86_log2(u->zero.bits / 8u))
		return x86_condition(u, 4 | (condition & 1));
	if (flags_are_one(u)) {
		value = condition_of(u, &u->zero, condition);
		if (value != IR_NONE)
			return value;
	}
	if (u->zero.kind == KIND_UNKNOWN)
		return condition_help(u, condition);
	value = x86_op(u, IR_OR, x86_carry(u), x86_condition(u, 4));
	return condition_invert(u, value, condition);
}

ir_value x86_condition(struct x86_unit *u, unsigned condition)
{
	ir_value value;

	switch (condition >> 1) {
	case 1:
		if (u->carry_value == IR_NONE) {
			value = condition_of(u, &u->carry, condition);
			if (value != IR_NONE)
				return value;
		}
		return condition_invert(u, x86_carry(u), condition);
	case 3:
		return condition_below_equal(u, condition);
	default:
		value = condition_of(u, &u->zero, condition);
		return value != IR_NONE ? value : condition_help(u, condition);
	}
}
