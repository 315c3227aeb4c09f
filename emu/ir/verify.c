/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Checks a finished block from scratch: that it has the form ir.h describes, whatever
 * made it.  Operands are earlier operations with a value of the right type, tokens come
 * from operations that make them, slots are aligned, spans are used within their bytes
 * and closed, the block begins with an instruction and ends with an exit.
 *
 * Spans: h is good until the next span, instruction, exit, or call with CALL_SITE (any
 * of which may use cpu->bounce), and a writing span must have been ended by then.
 *
 * Not checked: that functions do what their CALL_ bits say, that carries are 0 or 1.
 */
#include "ir/ir.h"
#include "ir/x87.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SPACES 4 /* MEM_SPACES of core/memory.h, which ir/ doesn't see */

struct check {
	const struct ir_block *b;
	const struct ir_op *op;
	unsigned at;
	ir_value span; /* the one whose h is good, or IR_NONE */
	bool writing;  /* it is to be ended */
	bool x87;      /* an x87_begin's promise holds */
	bool lent;     /* a function got its h and may have written */
	uint8_t written[256 / 8];
	unsigned insns, exits;
	const char *wrong;
};

static char verify_text[160];

static bool fail(struct check *c, const char *format, ...)
{
	size_t length = 0;
	va_list args;

	if (c->at < c->b->count)
		length = (size_t)snprintf(verify_text, sizeof(verify_text), "%%%u %s: ", c->at,
					  c->op->op < IR_OPCODES ? ir_info(c->op->op)->name : "?");
	va_start(args, format);
	vsnprintf(verify_text + length, sizeof(verify_text) - length, format, args);
	va_end(args);
	c->wrong = verify_text;
	return false;
}

static bool is_integer(uint8_t type)
{
	return type == IR_I32 || type == IR_I64;
}

static bool is_float(uint8_t type)
{
	return type == IR_F32 || type == IR_F64;
}

static const struct ir_op *made_by(const struct check *c, unsigned n)
{
	return &c->b->op[c->op->arg[n]];
}

static uint8_t operand_type(const struct check *c, unsigned n)
{
	return (uint8_t)ir_result(made_by(c, n));
}

/* Which types an operation may have, as bits. */
static unsigned permitted_types(uint8_t op)
{
	const unsigned i32 = 1 << IR_I32, i64 = 1 << IR_I64, v128 = 1 << IR_V128;
	const unsigned floats = 1 << IR_F32 | 1 << IR_F64, none = 1 << IR_VOID;

	switch (op) {
	case IR_NOP:
		return ~0u;
	case IR_ADD ... IR_MUL:
	case IR_UDIV ... IR_DEPOSIT:
	case IR_SETCC:
		return i32 | i64;
	case IR_UMULH ... IR_SMULH:
	case IR_ZEXT ... IR_SEXT:
	case IR_CONCAT:
	case IR_SPAN:
		return i64;
	case IR_TRUNC:
	case IR_COND ... IR_PACK:
		return i32;
	case IR_CONST ... IR_SET:
	case IR_SELECT:
	case IR_LOAD ... IR_STORE:
	case IR_HLOAD ... IR_HSTORE:
		return i32 | i64 | floats | v128;
	case IR_FADD ... IR_FCMP:
		return floats;
	case IR_FCVT ... IR_BITCAST:
	case IR_VLOW:
		return i32 | i64 | floats;
	case IR_VAND ... IR_VPACKED:
	case IR_VWIDEN:
		return v128;
	case IR_VMASK:
		return i32;
	case IR_X87 ... IR_CALL:
		return none | i32 | i64;
	default:
		return none;
	}
}

static bool check_form(struct check *c)
{
	const struct ir_op *op = c->op;

	if (op->op >= IR_OPCODES)
		return fail(c, "no such operation, %u", op->op);
	if (op->type > IR_V128 || !(permitted_types(op->op) >> op->type & 1))
		return fail(c, "type %u is not permitted", op->type);
	if (op->flags && !(op->op >= IR_ADD && op->op <= IR_XOR) && op->op != IR_FCMP)
		return fail(c, "can't make a token");
	return true;
}

static bool check_operand(struct check *c, unsigned n, uint8_t wanted)
{
	ir_value v = c->op->arg[n];
	uint8_t type;

	if (v == IR_NONE)
		return fail(c, "operand %u is missing", n);
	if (v >= c->at)
		return fail(c, "operand %u, %%%u, isn't earlier", n, v);
	type = operand_type(c, n);
	if (made_by(c, n)->op == IR_NOP || type == IR_VOID)
		return fail(c, "operand %u, %%%u, has no value", n, v);
	if (wanted == IR_T)
		wanted = c->op->type;
	if (wanted != IR_ANY && type != wanted)
		return fail(c, "operand %u, %%%u, has type %u, not %u", n, v, type, wanted);
	return true;
}

static bool check_arguments(struct check *c)
{
	bool ended = false;

	for (unsigned i = 0; i < 4; i++) {
		if (c->op->arg[i] == IR_NONE) {
			ended = true;
			continue;
		}
		if (ended)
			return fail(c, "argument %u is missing", i - 1);
		if (!check_operand(c, i, IR_ANY))
			return false;
		if (!is_integer(operand_type(c, i)))
			return fail(c, "argument %u isn't an integer", i);
	}
	return true;
}

static bool check_all_operands(struct check *c)
{
	const struct ir_info *info = ir_info(c->op->op);

	if (c->op->op == IR_NOP)
		return true;
	if (c->op->op == IR_CALL || c->op->op == IR_X87)
		return check_arguments(c);
	for (unsigned i = 0; i < info->args; i++)
		if (!check_operand(c, i, info->operand[i]))
			return false;
	for (unsigned i = info->args; i < 4; i++)
		if (c->op->arg[i] != IR_NONE)
			return fail(c, "has too many operands");
	return true;
}

/* cpu->pc is the first field and no slot for writing. */
static bool check_slot(struct check *c)
{
	unsigned bytes = ir_type_bytes(c->op->type);

	if (c->op->slot % (bytes > 8 ? 8 : bytes) != 0)
		return fail(c, "slot %#x isn't aligned", c->op->slot);
	if (c->op->slot + bytes > UINT16_MAX)
		return fail(c, "slot %#x is beyond the state", c->op->slot);
	if (c->op->op == IR_SET && c->op->slot < 4)
		return fail(c, "sets the pc");
	return true;
}

static bool check_field(struct check *c)
{
	unsigned pos = c->op->slot & 0xff, length = c->op->slot >> 8;

	if (length == 0 || pos + length > ir_type_bytes(c->op->type) * 8)
		return fail(c, "field of %u bits at %u", length, pos);
	return true;
}

static bool check_condition(struct check *c)
{
	uint8_t cc = c->op->cc;

	if (c->op->op == IR_SETCC &&
	    ((cc >= IR_CC_B && cc <= IR_CC_A) || (cc >= IR_CC_L && cc <= IR_CC_G)))
		return true;
	if (c->op->op == IR_COND && cc <= IR_CC_G)
		return true;
	return fail(c, "condition %u", cc);
}

static bool check_token_use(struct check *c)
{
	const struct ir_op *token = made_by(c, 0);

	if (!token->flags || token->op == IR_FCMP)
		return fail(c, "%%%u makes no token", c->op->arg[0]);
	return c->op->op == IR_PACK || check_condition(c);
}

static bool check_access(struct check *c)
{
	struct ir_mem mem = c->op->mem;
	unsigned bytes = ir_type_bytes(c->op->type);

	if (1u << mem.size > bytes || (!is_integer(c->op->type) && 1u << mem.size != bytes))
		return fail(c, "size %u doesn't fit type %u", mem.size, c->op->type);
	if (c->op->type == IR_V128 && mem.big)
		return fail(c, "v128 has no big-endian form");
	if (mem.space >= SPACES)
		return fail(c, "space %u", mem.space);
	return true;
}

static bool check_span_closed(struct check *c)
{
	if (c->writing)
		return fail(c, "the writing span %%%u is open", c->span);
	c->span = IR_NONE;
	return true;
}

static bool check_span(struct check *c)
{
	if (c->op->slot == 0 || c->op->slot > 256)
		return fail(c, "%u bytes", c->op->slot);
	if (c->op->mem.space >= SPACES || c->op->cc > 1)
		return fail(c, "space %u, cc %u", c->op->mem.space, c->op->cc);
	if (!check_span_closed(c))
		return false;
	c->span = (ir_value)c->at;
	c->writing = c->op->cc;
	c->lent = false;
	memset(c->written, 0, sizeof(c->written));
	return true;
}

static bool check_span_end(struct check *c)
{
	const struct ir_op *span = made_by(c, 0);

	if (!c->writing || c->op->arg[0] != c->span)
		return fail(c, "%%%u isn't an open writing span", c->op->arg[0]);
	if (c->op->slot != span->slot || c->op->arg[1] != span->arg[0] ||
	    c->op->mem.space != span->mem.space)
		return fail(c, "isn't like its span %%%u", c->span);
	for (unsigned i = 0; i < span->slot; i++)
		if (!c->lent && !(c->written[i / 8] >> i % 8 & 1))
			return fail(c, "byte %u of span %%%u isn't written", i, c->span);
	c->writing = false;
	return check_span_closed(c);
}

static bool check_span_access(struct check *c)
{
	unsigned bytes = 1u << c->op->mem.size;

	if (c->span == IR_NONE || c->op->arg[0] != c->span)
		return fail(c, "%%%u isn't the current span", c->op->arg[0]);
	if (c->op->slot + bytes > c->b->op[c->span].slot)
		return fail(c, "bytes from %u exceed span %%%u", c->op->slot, c->span);
	if ((c->op->op == IR_HSTORE) != c->writing)
		return fail(c, "span %%%u is for the other direction", c->span);
	for (unsigned i = c->op->slot; c->writing && i < c->op->slot + bytes; i++)
		c->written[i / 8] |= (uint8_t)(1 << i % 8);
	return check_access(c);
}

static bool check_conversion(struct check *c)
{
	uint8_t from = operand_type(c, 0);

	if (c->op->op == IR_BITCAST && (ir_type_bytes(from) != ir_type_bytes(c->op->type) ||
					is_float(from) == is_float(c->op->type)))
		return fail(c, "from type %u to %u", from, c->op->type);
	if (c->op->op == IR_FCVT &&
	    (c->op->cc > IR_F64_TO_F32 || !ir_fcvt_fits(c->op->cc, c->op->type, from)))
		return fail(c, "kind %u from type %u to %u", c->op->cc, from, c->op->type);
	return true;
}

static bool check_vector(struct check *c)
{
	if (c->op->size > 3)
		return fail(c, "lanes of size %u", c->op->size);
	if (c->op->op == IR_VDUP && operand_type(c, 0) != (c->op->size == 3 ? IR_I64 : IR_I32))
		return fail(c, "operand type %u for lanes of size %u", operand_type(c, 0),
			    c->op->size);
	return true;
}

static bool check_packed(struct check *c)
{
	if (operand_type(c, 1) < IR_F32)
		return fail(c, "operand 1 has type %u", operand_type(c, 1));
	return c->op->imm || fail(c, "has no function");
}

static bool check_mask(struct check *c)
{
	return c->op->size == 0 || c->op->size == 2 || c->op->size == 3 ||
	       fail(c, "lanes of size %u", c->op->size);
}

static bool check_widen(struct check *c)
{
	return operand_type(c, 0) != IR_V128 || fail(c, "the operand is as wide");
}

static bool check_function(struct check *c)
{
	return c->op->imm || fail(c, "has no function");
}

static bool check_x87(struct check *c)
{
	if (!c->b->x87 || c->op->slot >> 11)
		return fail(c, "code %#x", c->op->slot);
	if (!c->x87)
		return fail(c, "without x87_begin");
	if (c->op->arg[1] != IR_NONE)
		return fail(c, "has too many operands");
	return check_function(c);
}

static bool check_call(struct check *c)
{
	if (c->op->cc > 15 || (c->op->cc & CALL_SITE && c->op->cc != 7) || c->op->cc == CALL_APART)
		return fail(c, "effects %u", c->op->cc);
	for (unsigned i = 0; i < 4; i++)
		if (c->op->arg[i] != IR_NONE && c->op->arg[i] == c->span)
			c->lent = true;
	return !(c->op->cc & CALL_SITE) || check_span_closed(c);
}

static bool check_details(struct check *c)
{
	switch (c->op->op) {
	case IR_INSN:
		c->insns++;
		return check_span_closed(c);
	case IR_GET ... IR_SET:
		return check_slot(c);
	case IR_EXTRACT ... IR_DEPOSIT:
		return check_field(c);
	case IR_SETCC:
		return check_condition(c);
	case IR_COND ... IR_PACK:
		return check_token_use(c);
	case IR_LOAD ... IR_STORE:
		return check_access(c);
	case IR_SPAN:
		return check_span(c);
	case IR_SPAN_END:
		return check_span_end(c);
	case IR_CHECK:
		return check_span_closed(c) && check_function(c);
	case IR_HLOAD ... IR_HSTORE:
		return check_span_access(c);
	case IR_FADD ... IR_FSQRT:
		return check_function(c);
	case IR_FCVT:
		return check_conversion(c) && check_function(c);
	case IR_BITCAST:
		return check_conversion(c);
	case IR_VAND ... IR_VDUP:
		return check_vector(c);
	case IR_VPACKED:
		return check_packed(c);
	case IR_VMASK:
		return check_mask(c);
	case IR_VWIDEN:
		return check_widen(c);
	case IR_X87_BEGIN:
		c->x87 = true;
		return check_span_closed(c) && check_function(c);
	case IR_X87:
		return check_x87(c);
	case IR_CALL:
		return check_call(c) && check_function(c);
	case IR_EXIT_IF ... IR_EXIT_RUN:
		c->exits += ir_links(c->op);
		return check_span_closed(c);
	default:
		return true;
	}
}

const char *ir_verify(const struct ir_block *b)
{
	struct check c = { .b = b, .at = b->count, .span = IR_NONE };
	bool ended = false;

	if (b->count == 0 || b->count > IR_MAX_OPS) {
		fail(&c, "%u operations", b->count);
		return c.wrong;
	}
	for (c.at = 0; c.at < b->count; c.at++) {
		c.op = &b->op[c.at];
		if (!check_form(&c) || !check_all_operands(&c) || !check_details(&c))
			return c.wrong;
		if (c.insns == 0 && c.op->op != IR_NOP && !fail(&c, "before the first insn"))
			return c.wrong;
		if (ended && c.op->op != IR_NOP && !fail(&c, "after the end"))
			return c.wrong;
		if (ir_ends_x87(b, c.op))
			c.x87 = false;
		if (ir_info(c.op->op)->exits && c.op->op != IR_EXIT_IF)
			ended = true;
	}
	if (!ended)
		fail(&c, "the block has no end");
	else if (c.insns != b->insns)
		fail(&c, "%u instructions, not %u", c.insns, b->insns);
	else if (c.exits != b->exits || c.exits > IR_MAX_EXITS)
		fail(&c, "%u exits, not %u", c.exits, b->exits);
	return c.wrong;
}
