/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Compiles a block: one pass backwards to learn when values die, where they go and
 * what can be merged with its consumer, one forwards that emits.
 */
#include "emit.h"

#include <assert.h>
#include <string.h>

/* More than any operation with its evictions needs. */
#define MARGIN 1024

/* Going backwards: what follows the current operation. */
struct ahead {
	uint16_t barrier; /* nearest operation that may see the pinned slots */
	uint16_t set[16]; /* nearest set of a pinned register */
	struct x87_ahead x87;
};

static void value_begin(struct value *v)
{
	*v = (struct value){
		.token_unit = NO_UNIT,
		.pack_unit = NO_UNIT,
		.spill = NO_UNIT,
		.origin = NO_ORIGIN,
		.reg = NO_REG,
		.hint = NO_REG,
	};
}

static void use_value(struct host *h, ir_value v, unsigned at)
{
	struct value *value = &h->value[v];

	if (value->last < at)
		value->last = (uint16_t)at;
	if (value->uses < UINT8_MAX)
		value->uses++;
}

static void use_operands(struct host *h, const struct ir_op *op, unsigned at)
{
	for (unsigned i = 0; i < 4 && op->arg[i] != IR_NONE; i++)
		use_value(h, op->arg[i], at);
}

/* An operation that its only user can do along with its own work: a shift left by 1..3
 * by an addition, an AND by a comparison with 0. */
static bool fuses(const struct host *h, ir_value v, unsigned user)
{
	const struct ir_op *op = op_of(h, v), *by = op_of(h, (ir_value)user);

	if (h->value[v].uses != 1 || op->flags)
		return false;
	if (op->op == IR_SHL)
		return by->op == IR_ADD && !by->flags && by->arg[1] == v && by->type == op->type &&
		       is_const(h, op->arg[1]) && op_of(h, op->arg[1])->imm - 1 < 3;
	return op->op == IR_AND && by->op == IR_SETCC && by->arg[0] == v &&
	       is_const(h, by->arg[1]) && op_of(h, by->arg[1])->imm == 0;
}

static void look_token(struct host *h, const struct ir_op *op, unsigned at)
{
	struct value *token, *value = &h->value[at];

	if (op->op == IR_SETCC) {
		value->token_last = value->last;
		value->token_ccs = (uint16_t)(1u << op->cc);
		return;
	}
	token = &h->value[op->arg[0]];
	if (op->op == IR_PACK) {
		if (token->token_last < at)
			token->token_last = (uint16_t)at;
		token->pack = true;
		return;
	}
	if (token->token_last < value->last)
		token->token_last = value->last;
	token->twice |= token->token_ccs >> op->cc & 1;
	token->token_ccs |= (uint16_t)(1u << op->cc);
}

static bool sees_slots(const struct ir_op *op)
{
	return ir_raises(op) || ir_info((enum ir_opcode)op->op)->exits ||
	       (op->op == IR_CALL && op->cc & (CALL_READS | CALL_WRITES));
}

static bool is_dead(const struct host *h, unsigned at)
{
	const struct ir_op *op = op_of(h, (ir_value)at);

	if (op->op == IR_CALL)
		return op->cc == CALL_PURE && !h->value[at].last;
	return !ir_info((enum ir_opcode)op->op)->effect && !h->value[at].last &&
	       !h->value[at].token_last;
}

static void look_slot(struct host *h, const struct ir_op *op, unsigned at, struct ahead *ahead)
{
	unsigned reg = h->pin[op->slot / 4];

	if (!reg--)
		return;
	ahead->set[reg] = op->op == IR_SET ? (uint16_t)at : 0;
	if (op->op == IR_SET) {
		h->value[op->arg[0]].hint = (uint8_t)reg;
		h->value[op->arg[0]].hint_at = (uint16_t)at;
	}
}

static void look_back(struct host *h)
{
	const struct ir_block *b = h->block;
	struct ahead ahead = { .barrier = UINT16_MAX };

	for (unsigned i = 0; i < b->count; i++)
		value_begin(&h->value[i]);
	for (unsigned i = b->count; i-- > 0;) {
		const struct ir_op *op = &b->op[i];
		struct value *value = &h->value[i];

		if (op->op == IR_NOP || op->op == IR_INSN)
			continue;
		if (ir_ends_x87(b, op))
			ahead.x87 = (struct x87_ahead){ 0 };
		else if (op->op == IR_X87_BEGIN || op->op == IR_X87)
			x87_look_back(h, op, i, &ahead.x87);
		value->skip = op->op == IR_CONST || is_dead(h, i);
		if (value->skip)
			continue;
		if (value->hint != NO_REG &&
		    (ahead.set[value->hint] != value->hint_at || value->hint_at > ahead.barrier))
			value->hint = NO_REG;
		if (op->op == IR_SETCC || op->op == IR_COND || op->op == IR_PACK)
			look_token(h, op, i);
		if (op->op == IR_GET || op->op == IR_SET)
			look_slot(h, op, i, &ahead);
		if (sees_slots(op))
			ahead.barrier = (uint16_t)i;
		if (op->op == IR_COND || op->op == IR_PACK)
			continue;
		value->skip = value->fused = value->last && fuses(h, (ir_value)i, value->last);
		use_operands(h, op, value->fused ? value->last : i);
	}
}

static void gen_op(struct host *h, const struct ir_op *op)
{
	if (op->op != IR_COND && op->op != IR_PACK && op->op != IR_SET)
		gen_flag_operands(h, op);
	switch (op->op) {
	case IR_GET:
		gen_get(h, op);
		break;
	case IR_SET:
		gen_set(h, op);
		break;
	case IR_LOAD:
		gen_load(h, op);
		break;
	case IR_STORE:
		gen_store(h, op);
		break;
	case IR_SPAN:
		gen_span(h, op);
		break;
	case IR_SPAN_END:
		gen_span_end(h, op);
		break;
	case IR_CHECK:
		gen_check(h, op);
		break;
	case IR_HLOAD:
		gen_hload(h, op);
		break;
	case IR_HSTORE:
		gen_hstore(h, op);
		break;
	case IR_CALL:
		gen_call(h, op);
		break;
	case IR_BITCAST:
		gen_bitcast(h, op);
		break;
	case IR_FADD ... IR_FCVT:
		gen_fp(h, op);
		break;
	case IR_VAND ... IR_VDUP:
		gen_vector(h, op);
		break;
	case IR_VPACKED:
		gen_packed(h, op);
		break;
	case IR_VMASK:
		gen_mask(h, op);
		break;
	case IR_VWIDEN:
		gen_vector_widen(h, op);
		break;
	case IR_VLOW:
		gen_vector_low(h, op);
		break;
	case IR_X87_BEGIN:
		gen_x87_begin(h, op);
		break;
	case IR_X87:
		gen_x87(h, op);
		break;
	case IR_EXIT_IF ... IR_EXIT_RUN:
		gen_exit(h, op);
		break;
	default:
		if (!gen_integer(h, op))
			assert(!"unknown operation");
	}
	reg_release(h, op);
}

static bool has_room(const struct host *h)
{
	return h->end - h->out >= MARGIN;
}

static bool look_forward(struct host *h)
{
	const struct ir_block *b = h->block;
	unsigned insns = 0;

	for (h->at = 0; h->at < b->count; h->at++) {
		const struct ir_op *op = &b->op[h->at];

		if (op->op == IR_INSN) {
			h->insn_pc = (gva)op->imm;
			h->insn_index = insns++;
			continue;
		}
		if (op->op == IR_NOP || h->value[h->at].skip)
			continue;
		if (!has_room(h))
			return false;
		gen_op(h, op);
	}
	return true;
}

static bool gen_colds(struct host *h)
{
	for (unsigned i = 0; i < h->colds; i++) {
		struct cold *c = &h->cold[i];

		if (!has_room(h))
			return false;
		if (c->kind == COLD_SITE)
			gen_cold_site(h, c);
		else if (c->kind == COLD_DIVIDE)
			gen_cold_divide(h, c);
		else
			gen_cold_exit(h, c);
	}
	return true;
}

bool host_compile(struct host *h, const struct ir_block *b, uint8_t *out, size_t room,
		  unsigned first_link, struct host_code *code)
{
	bool fits;

	/* Code is made elsewhere and copied in words: a processor, or an emulator of one, that
	 * watches pages with code for changes has less to do. */
	h->block = b;
	h->start = h->out = h->staging;
	h->end = h->staging + (room < sizeof h->staging ? room : sizeof h->staging);
	h->away = out - h->staging;
	h->code = code;
	h->links = h->colds = 0;
	h->x87.live = false;
	h->first_link = first_link;
	if (!has_room(h))
		return false;
	loop_begin(h);
	look_back(h);
	reg_begin(h);
	gen_entry(h);
	fits = look_forward(h) && gen_colds(h);
	loop_end(h);
	if (!fits)
		return false;
	code->bytes = (size_t)(h->out - h->start);
	memcpy(out, h->staging, code->bytes);
	code->entry = 0;
	code->link_count = h->links;
	return true;
}
