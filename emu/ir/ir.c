/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The builder of intermediate code, and the table of operations.
 *
 * Every function that makes a value goes through emit_op, which checks the operands'
 * types against the table and lets ir_fold look for something simpler.  The checks
 * are assertions: a front end that trips one is wrong, whatever the guest did.
 */
#include "ir/fold.h"
#include "ir/ir.h"
#include "ir/x87.h"

#include <assert.h>

#define V IR_VOID
#define I4 IR_I32
#define I8 IR_I64
#define X16 IR_V128
#define T IR_T
#define ANY IR_ANY

/* Operation, number of operands, type of the result, types of the operands. */
#define PLAIN(code, count, gives, ...)                                                             \
	[IR_##code].args = count, [IR_##code].result = gives, [IR_##code].operand = { __VA_ARGS__ }
#define EFFECT(code, ...) PLAIN(code, __VA_ARGS__), [IR_##code].effect = true
#define SITE(code, ...) EFFECT(code, __VA_ARGS__), [IR_##code].raises = true
#define LEAVES(code, numbers, count, ...)                                                          \
	EFFECT(code, count, V, __VA_ARGS__), [IR_##code].exits = true, [IR_##code].links = numbers
#define NAME(code, text) , [IR_##code].name = text

const struct ir_info ir_table[IR_OPCODES] = {
	PLAIN(NOP, 0, V, V),
	EFFECT(INSN, 0, V, V),
	PLAIN(CONST, 0, T, V),
	PLAIN(GET, 0, T, V),
	EFFECT(SET, 1, V, T),
	PLAIN(ADD, 2, T, T, T),
	PLAIN(SUB, 2, T, T, T),
	PLAIN(ADC, 3, T, T, T, I4),
	PLAIN(SBB, 3, T, T, T, I4),
	PLAIN(AND, 2, T, T, T),
	PLAIN(OR, 2, T, T, T),
	PLAIN(XOR, 2, T, T, T),
	PLAIN(ANDN, 2, T, T, T),
	PLAIN(NOT, 1, T, T),
	PLAIN(NEG, 1, T, T),
	PLAIN(MUL, 2, T, T, T),
	PLAIN(UMULH, 2, T, T, T),
	PLAIN(SMULH, 2, T, T, T),
	PLAIN(UDIV, 2, T, T, T),
	PLAIN(SDIV, 2, T, T, T),
	PLAIN(UREM, 2, T, T, T),
	PLAIN(SREM, 2, T, T, T),
	PLAIN(SHL, 2, T, T, I4),
	PLAIN(SHR, 2, T, T, I4),
	PLAIN(SAR, 2, T, T, I4),
	PLAIN(ROR, 2, T, T, I4),
	PLAIN(CLZ, 1, T, T),
	PLAIN(CTZ, 1, T, T),
	PLAIN(BSWAP, 1, T, T),
	PLAIN(EXTRACT, 1, T, T),
	PLAIN(SEXTRACT, 1, T, T),
	PLAIN(DEPOSIT, 2, T, T, T),
	PLAIN(ZEXT, 1, I8, I4),
	PLAIN(SEXT, 1, I8, I4),
	PLAIN(TRUNC, 1, I4, I8),
	PLAIN(CONCAT, 2, I8, I4, I4),
	PLAIN(SETCC, 2, I4, T, T),
	PLAIN(COND, 1, I4, ANY),
	PLAIN(PACK, 1, I4, ANY),
	PLAIN(SELECT, 3, T, I4, T, T),
	SITE(LOAD, 1, T, I4),
	SITE(STORE, 2, V, I4, T),
	SITE(SPAN, 1, I8, I4),
	SITE(SPAN_END, 2, V, I8, I4),
	SITE(CHECK, 2, V, I4, I4),
	PLAIN(HLOAD, 1, T, I8),
	EFFECT(HSTORE, 2, V, I8, T),
	EFFECT(FADD, 2, T, T, T),
	EFFECT(FSUB, 2, T, T, T),
	EFFECT(FMUL, 2, T, T, T),
	EFFECT(FDIV, 2, T, T, T),
	EFFECT(FSQRT, 1, T, T),
	PLAIN(FNEG, 1, T, T),
	PLAIN(FABS, 1, T, T),
	EFFECT(FCMP, 2, I4, T, T),
	EFFECT(FCVT, 1, T, ANY),
	PLAIN(BITCAST, 1, T, ANY),
	PLAIN(VAND, 2, T, X16, X16),
	PLAIN(VOR, 2, T, X16, X16),
	PLAIN(VXOR, 2, T, X16, X16),
	PLAIN(VANDN, 2, T, X16, X16),
	PLAIN(VADD, 2, T, X16, X16),
	PLAIN(VSUB, 2, T, X16, X16),
	PLAIN(VCEQ, 2, T, X16, X16),
	PLAIN(VCGT, 2, T, X16, X16),
	PLAIN(VDUP, 1, T, ANY),
	EFFECT(VPACKED, 2, T, X16, ANY),
	PLAIN(VMASK, 1, I4, X16),
	PLAIN(VWIDEN, 1, T, ANY),
	PLAIN(VLOW, 1, T, X16),
	SITE(X87_BEGIN, 0, V),
	EFFECT(X87, 0, T, ANY),
	EFFECT(CALL, 0, T, ANY, ANY, ANY),
	LEAVES(EXIT_IF, 1, 1, I4),
	LEAVES(EXIT, 1, 0, V),
	LEAVES(EXIT_CALL, 2, 0, V),
	LEAVES(EXIT_INDIRECT, 0, 1, I4),
	LEAVES(EXIT_CALL_INDIRECT, 1, 1, I4),
	LEAVES(EXIT_RETURN, 0, 1, I4),
	LEAVES(EXIT_RUN, 0, 1, I4) IR_OPS(NAME),
};

#undef V
#undef I4
#undef I8
#undef X16
#undef T
#undef ANY
#undef PLAIN
#undef EFFECT
#undef SITE
#undef LEAVES
#undef NAME

void ir_begin(struct ir_block *b, gva pc, uint32_t modes, const struct ir_slot *slots)
{
	b->pc = pc;
	b->modes = modes;
	b->insns = 0;
	b->guest_bytes = 0;
	b->count = 0;
	b->exits = 0;
	b->slots = slots;
	b->x87 = 0;
}

bool ir_room(const struct ir_block *b)
{
	return b->count + IR_SPARE_OPS <= IR_MAX_OPS && b->exits + IR_SPARE_EXITS <= IR_MAX_EXITS;
}

static enum ir_type type_of(const struct ir_block *b, ir_value v)
{
	assert(v < b->count);
	return ir_result(&b->op[v]);
}

/* An operation with up to two operands; the others' are filled in by hand. */
static struct ir_op make_op(enum ir_opcode op, enum ir_type type, ir_value x, ir_value y)
{
	return (struct ir_op){ .op = (uint8_t)op,
			       .type = (uint8_t)type,
			       .arg = { x, y, IR_NONE, IR_NONE } };
}

static ir_value append_op(struct ir_block *b, const struct ir_op *op)
{
	assert(b->count < IR_MAX_OPS);
	b->op[b->count] = *op;
	return (ir_value)b->count++;
}

static void check_operands(const struct ir_block *b, const struct ir_op *op)
{
	const struct ir_info *info = &ir_table[op->op];

	for (unsigned i = 0; i < info->args; i++) {
		enum ir_type type = type_of(b, op->arg[i]);
		uint8_t wanted = info->operand[i] == IR_T ? op->type : info->operand[i];

		assert(type != IR_VOID && (wanted == IR_ANY || wanted == type));
	}
}

static ir_value emit_op(struct ir_block *b, struct ir_op op)
{
	ir_value same;

	check_operands(b, &op);
	same = ir_fold(b, &op);
	return same == IR_NONE ? append_op(b, &op) : same;
}

static void check_integer(enum ir_type type)
{
	assert(type == IR_I32 || type == IR_I64);
}

static void check_float(enum ir_type type)
{
	assert(type == IR_F32 || type == IR_F64);
}

void ir_insn(struct ir_block *b, gva pc)
{
	struct ir_op op = make_op(IR_INSN, IR_VOID, IR_NONE, IR_NONE);

	op.imm = pc;
	append_op(b, &op);
	b->insns++;
}

ir_value ir_const(struct ir_block *b, enum ir_type type, uint64_t bits)
{
	struct ir_op op = make_op(IR_CONST, type, IR_NONE, IR_NONE);

	assert(type != IR_VOID);
	op.imm = ir_type_bytes(type) == 4 ? (uint32_t)bits : bits;
	return append_op(b, &op);
}

ir_value ir_const32(struct ir_block *b, uint32_t value)
{
	return ir_const(b, IR_I32, value);
}

ir_value ir_const64(struct ir_block *b, uint64_t value)
{
	return ir_const(b, IR_I64, value);
}

ir_value ir_get(struct ir_block *b, enum ir_type type, unsigned slot)
{
	struct ir_op op = make_op(IR_GET, type, IR_NONE, IR_NONE);

	assert(type != IR_VOID && slot <= UINT16_MAX);
	op.slot = (uint16_t)slot;
	return append_op(b, &op);
}

void ir_set(struct ir_block *b, enum ir_type type, unsigned slot, ir_value a)
{
	struct ir_op op = make_op(IR_SET, type, a, IR_NONE);

	assert(slot <= UINT16_MAX);
	op.slot = (uint16_t)slot;
	check_operands(b, &op);
	append_op(b, &op);
}

ir_value ir_unary(struct ir_block *b, enum ir_opcode op, enum ir_type type, ir_value a)
{
	assert((op >= IR_NOT && op <= IR_NEG) || (op >= IR_CLZ && op <= IR_BSWAP) ||
	       (op >= IR_ZEXT && op <= IR_TRUNC) || op == IR_FNEG || op == IR_FABS ||
	       op == IR_BITCAST);
	if (op == IR_FNEG || op == IR_FABS)
		check_float(type);
	else if (op == IR_BITCAST)
		assert(type != IR_V128 && ir_type_bytes(type) == ir_type_bytes(type_of(b, a)));
	else
		check_integer(type);
	if (op == IR_BITCAST && type == type_of(b, a))
		return a;
	return emit_op(b, make_op(op, type, a, IR_NONE));
}

ir_value ir_binary(struct ir_block *b, enum ir_opcode op, enum ir_type type, ir_value x, ir_value y)
{
	assert((op >= IR_ADD && op <= IR_SUB) || (op >= IR_AND && op <= IR_ANDN) ||
	       (op >= IR_MUL && op <= IR_ROR) || op == IR_CONCAT ||
	       (op >= IR_VAND && op <= IR_VANDN));
	if (op >= IR_VAND)
		assert(type == IR_V128);
	else
		check_integer(type);
	assert((op != IR_UMULH && op != IR_SMULH) || type == IR_I64);
	return emit_op(b, make_op(op, type, x, y));
}

ir_value ir_binary_imm(struct ir_block *b, enum ir_opcode op, enum ir_type type, ir_value x,
		       int32_t y)
{
	bool count = op >= IR_SHL && op <= IR_ROR;

	return ir_binary(b, op, type, x, ir_const(b, count ? IR_I32 : type, (uint64_t)(int64_t)y));
}

static bool takes_carry(enum ir_opcode op)
{
	return op == IR_ADC || op == IR_SBB;
}

ir_value ir_flags(struct ir_block *b, enum ir_opcode op, enum ir_type type, ir_value x, ir_value y,
		  ir_value carry)
{
	struct ir_op made = make_op(op, type, x, y);

	assert(op >= IR_ADD && op <= IR_XOR && takes_carry(op) == (carry != IR_NONE));
	check_integer(type);
	made.arg[2] = carry;
	made.flags = 1;
	check_operands(b, &made);
	return append_op(b, &made);
}

ir_value ir_adc(struct ir_block *b, enum ir_opcode op, enum ir_type type, ir_value x, ir_value y,
		ir_value carry)
{
	struct ir_op made = make_op(op, type, x, y);

	assert(takes_carry(op));
	check_integer(type);
	made.arg[2] = carry;
	return emit_op(b, made);
}

static void check_token(const struct ir_block *b, ir_value token)
{
	assert(token < b->count && b->op[token].flags && b->op[token].op <= IR_XOR);
}

ir_value ir_cond(struct ir_block *b, ir_value token, enum ir_cc cc)
{
	struct ir_op op = make_op(IR_COND, IR_I32, token, IR_NONE);

	check_token(b, token);
	op.cc = (uint8_t)cc;
	return append_op(b, &op);
}

ir_value ir_pack(struct ir_block *b, ir_value token)
{
	struct ir_op op = make_op(IR_PACK, IR_I32, token, IR_NONE);

	check_token(b, token);
	return append_op(b, &op);
}

static bool compares_integers(enum ir_cc cc)
{
	return (cc >= IR_CC_B && cc <= IR_CC_A) || cc >= IR_CC_L;
}

ir_value ir_setcc(struct ir_block *b, enum ir_cc cc, ir_value x, ir_value y)
{
	struct ir_op op = make_op(IR_SETCC, type_of(b, x), x, y);

	check_integer(op.type);
	assert(compares_integers(cc));
	op.cc = (uint8_t)cc;
	return emit_op(b, op);
}

ir_value ir_setcc_imm(struct ir_block *b, enum ir_cc cc, ir_value x, int32_t y)
{
	return ir_setcc(b, cc, x, ir_const(b, type_of(b, x), (uint64_t)(int64_t)y));
}

ir_value ir_select(struct ir_block *b, ir_value condition, ir_value yes, ir_value no)
{
	struct ir_op op = make_op(IR_SELECT, type_of(b, yes), condition, yes);

	op.arg[2] = no;
	return emit_op(b, op);
}

static ir_value emit_field(struct ir_block *b, struct ir_op op, unsigned pos, unsigned length)
{
	check_integer(op.type);
	assert(length > 0 && pos + length <= ir_type_bytes(op.type) * 8);
	op.slot = (uint16_t)(pos | length << 8);
	return emit_op(b, op);
}

ir_value ir_extract(struct ir_block *b, enum ir_type type, ir_value a, unsigned pos, unsigned len)
{
	return emit_field(b, make_op(IR_EXTRACT, type, a, IR_NONE), pos, len);
}

ir_value ir_sextract(struct ir_block *b, enum ir_type type, ir_value a, unsigned pos, unsigned len)
{
	return emit_field(b, make_op(IR_SEXTRACT, type, a, IR_NONE), pos, len);
}

ir_value ir_deposit(struct ir_block *b, enum ir_type type, ir_value a, ir_value field, unsigned pos,
		    unsigned len)
{
	return emit_field(b, make_op(IR_DEPOSIT, type, a, field), pos, len);
}

/* Integers may be smaller in memory; other types have one size. */
static void check_size(enum ir_type type, struct ir_mem mem)
{
	unsigned bytes = ir_type_bytes(type);

	assert(1u << mem.size == bytes || (type <= IR_I64 && 1u << mem.size < bytes));
}

static ir_value append_memory(struct ir_block *b, struct ir_op op, struct ir_mem mem, unsigned slot)
{
	op.mem = mem;
	op.slot = (uint16_t)slot;
	check_operands(b, &op);
	return append_op(b, &op);
}

ir_value ir_load(struct ir_block *b, enum ir_type type, struct ir_mem mem, ir_value address)
{
	check_size(type, mem);
	return append_memory(b, make_op(IR_LOAD, type, address, IR_NONE), mem, 0);
}

void ir_store(struct ir_block *b, enum ir_type type, struct ir_mem mem, ir_value address,
	      ir_value value)
{
	check_size(type, mem);
	append_memory(b, make_op(IR_STORE, type, address, value), mem, 0);
}

ir_value ir_span(struct ir_block *b, struct ir_mem mem, ir_value address, unsigned bytes,
		 bool write)
{
	struct ir_op op = make_op(IR_SPAN, IR_I64, address, IR_NONE);

	assert(bytes > 0 && bytes <= 256);
	op.cc = write;
	return append_memory(b, op, mem, bytes);
}

void ir_span_end(struct ir_block *b, struct ir_mem mem, ir_value span, ir_value address,
		 unsigned bytes)
{
	append_memory(b, make_op(IR_SPAN_END, IR_VOID, span, address), mem, bytes);
}

ir_value ir_hload(struct ir_block *b, enum ir_type type, struct ir_mem mem, ir_value span,
		  unsigned offset)
{
	check_size(type, mem);
	return append_memory(b, make_op(IR_HLOAD, type, span, IR_NONE), mem, offset);
}

void ir_hstore(struct ir_block *b, enum ir_type type, struct ir_mem mem, ir_value span,
	       unsigned offset, ir_value value)
{
	check_size(type, mem);
	append_memory(b, make_op(IR_HSTORE, type, span, value), mem, offset);
}

/* Through uintptr_t, so that the operation has room for any kind of pointer. */
static uint64_t fp_address(fp_fn *exact)
{
	assert(exact);
	return (uintptr_t)exact;
}

ir_value ir_fp(struct ir_block *b, enum ir_opcode op, enum ir_type type, fp_fn *exact, ir_value x,
	       ir_value y)
{
	struct ir_op made = make_op(op, type, x, y);

	assert(op >= IR_FADD && op <= IR_FSQRT && (op == IR_FSQRT) == (y == IR_NONE));
	check_float(type);
	made.imm = fp_address(exact);
	return emit_op(b, made);
}

ir_value ir_fp_sse(struct ir_block *b, enum ir_opcode op, enum ir_type type, fp_fn *exact,
		   ir_value x, ir_value y)
{
	ir_value made = ir_fp(b, op, type, exact, x, y);

	b->op[made].size = IR_FP_SSE;
	return made;
}

ir_value ir_fcmp(struct ir_block *b, ir_value x, ir_value y, bool signalling, uint8_t equal,
		 uint8_t less, uint8_t greater, uint8_t unordered)
{
	struct ir_op op = make_op(IR_FCMP, type_of(b, x), x, y);

	check_float(op.type);
	op.flags = signalling;
	op.imm = equal | (uint32_t)less << 8 | (uint32_t)greater << 16 | (uint32_t)unordered << 24;
	return emit_op(b, op);
}

bool ir_fcvt_fits(enum ir_fcvt kind, enum ir_type to, enum ir_type from)
{
	bool from_float = from == IR_F32 || from == IR_F64;

	switch (kind) {
	case IR_S32_TO_F:
	case IR_U32_TO_F:
		return from == IR_I32 && (to == IR_F32 || to == IR_F64);
	case IR_S64_TO_F:
		return from == IR_I64 && (to == IR_F32 || to == IR_F64);
	case IR_F_TO_S32_ZERO:
	case IR_F_TO_U32_ZERO:
	case IR_F_TO_S32:
	case IR_F_TO_U32:
		return from_float && to == IR_I32;
	case IR_F32_TO_F64:
		return from == IR_F32 && to == IR_F64;
	case IR_F64_TO_F32:
		return from == IR_F64 && to == IR_F32;
	}
	return false;
}

ir_value ir_fcvt(struct ir_block *b, enum ir_fcvt kind, enum ir_type type, fp_fn *exact, ir_value a)
{
	struct ir_op op = make_op(IR_FCVT, type, a, IR_NONE);

	assert(ir_fcvt_fits(kind, type, type_of(b, a)));
	op.cc = (uint8_t)kind;
	op.imm = fp_address(exact);
	return emit_op(b, op);
}

ir_value ir_fcvt_sse(struct ir_block *b, enum ir_fcvt kind, enum ir_type type, fp_fn *exact,
		     ir_value a)
{
	ir_value made = ir_fcvt(b, kind, type, exact, a);

	b->op[made].size = IR_FP_SSE;
	return made;
}

ir_value ir_vector(struct ir_block *b, enum ir_opcode op, unsigned size, ir_value x, ir_value y)
{
	struct ir_op made = make_op(op, IR_V128, x, y);

	assert(op >= IR_VAND && op <= IR_VDUP && size <= 3);
	assert((op == IR_VDUP) == (y == IR_NONE));
	assert(op != IR_VDUP || type_of(b, x) == (size == 3 ? IR_I64 : IR_I32));
	made.size = size & 7;
	return emit_op(b, made);
}

ir_value ir_packed(struct ir_block *b, ir_fn *fn, unsigned code, uint8_t immediate, ir_value x,
		   ir_value y)
{
	struct ir_op made = make_op(IR_VPACKED, IR_V128, x, y);

	assert(fn && code <= UINT16_MAX && type_of(b, y) >= IR_F32);
	made.imm = (uintptr_t)fn;
	made.slot = (uint16_t)code;
	made.cc = immediate;
	return emit_op(b, made);
}

ir_value ir_mask(struct ir_block *b, unsigned size, ir_value x)
{
	struct ir_op made = make_op(IR_VMASK, IR_I32, x, IR_NONE);

	assert(size == 0 || size == 2 || size == 3);
	made.size = size & 7;
	return emit_op(b, made);
}

ir_value ir_widen(struct ir_block *b, ir_value x)
{
	assert(type_of(b, x) != IR_V128);
	return emit_op(b, make_op(IR_VWIDEN, IR_V128, x, IR_NONE));
}

ir_value ir_low(struct ir_block *b, enum ir_type type, ir_value x)
{
	assert(type != IR_V128 && type != IR_VOID);
	return emit_op(b, make_op(IR_VLOW, type, x, IR_NONE));
}

void ir_x87_begin(struct ir_block *b, ir_fn *fn)
{
	struct ir_op op = make_op(IR_X87_BEGIN, IR_VOID, IR_NONE, IR_NONE);

	assert(fn && b->x87);
	op.imm = (uintptr_t)fn;
	append_op(b, &op);
}

ir_value ir_x87(struct ir_block *b, enum ir_type type, ir_fn *fn, unsigned code, ir_value a,
		unsigned b1)
{
	struct ir_op op = make_op(IR_X87, type, a, IR_NONE);

	assert(fn && b->x87 && code < 1u << 11 && b1 <= UINT8_MAX);
	assert(type == IR_VOID || type == IR_I32 || type == IR_I64);
	if (a != IR_NONE)
		check_integer(type_of(b, a));
	op.imm = (uintptr_t)fn;
	op.slot = (uint16_t)code;
	op.cc = (uint8_t)b1;
	return append_op(b, &op);
}

bool ir_ends_x87(const struct ir_block *b, const struct ir_op *op)
{
	if (op->op == IR_CALL)
		return op->cc != CALL_PURE;
	if (op->op == IR_GET || op->op == IR_SET)
		return op->slot < b->x87 + X87_STATE_BYTES &&
		       op->slot + ir_type_bytes(op->type) > b->x87;
	return ir_info(op->op)->exits;
}

ir_value ir_call(struct ir_block *b, enum ir_type type, unsigned effects, ir_fn *fn, ir_value a,
		 ir_value b1, ir_value c, ir_value d)
{
	struct ir_op op = make_op(IR_CALL, type, a, b1);

	assert(fn && (type == IR_VOID || type == IR_I32 || type == IR_I64));
	op.arg[2] = c;
	op.arg[3] = d;
	for (unsigned i = 0; i < 4; i++) {
		if (op.arg[i] != IR_NONE)
			check_integer(type_of(b, op.arg[i]));
		else
			assert(i == 3 || op.arg[i + 1] == IR_NONE);
	}
	if (effects & CALL_SITE)
		effects |= CALL_READS | CALL_WRITES;
	op.cc = (uint8_t)effects;
	op.imm = (uintptr_t)fn;
	return append_op(b, &op);
}

void ir_check(struct ir_block *b, ir_value condition, ir_fn *fn, ir_value x, unsigned y)
{
	struct ir_op op;

	op = make_op(IR_CHECK, IR_VOID, condition, x != IR_NONE ? x : ir_const32(b, 0));
	assert(fn && y <= UINT16_MAX);
	op.slot = (uint16_t)y;
	op.imm = (uintptr_t)fn;
	check_operands(b, &op);
	append_op(b, &op);
}

static void append_exit(struct ir_block *b, enum ir_opcode code, ir_value a, uint64_t imm)
{
	struct ir_op op = make_op(code, IR_VOID, a, IR_NONE);

	op.imm = imm;
	check_operands(b, &op);
	append_op(b, &op);
	b->exits += ir_links(&op);
	assert(b->exits <= IR_MAX_EXITS);
}

void ir_exit_if(struct ir_block *b, ir_value condition, gva pc)
{
	append_exit(b, IR_EXIT_IF, condition, pc);
}

void ir_exit(struct ir_block *b, gva pc)
{
	append_exit(b, IR_EXIT, IR_NONE, pc);
}

void ir_exit_call(struct ir_block *b, gva pc, gva return_pc)
{
	append_exit(b, IR_EXIT_CALL, IR_NONE, pc | (uint64_t)return_pc << 32);
}

void ir_exit_indirect(struct ir_block *b, ir_value pc)
{
	append_exit(b, IR_EXIT_INDIRECT, pc, 0);
}

void ir_exit_call_indirect(struct ir_block *b, ir_value pc, gva return_pc)
{
	append_exit(b, IR_EXIT_CALL_INDIRECT, pc, return_pc);
}

void ir_exit_return(struct ir_block *b, ir_value pc)
{
	append_exit(b, IR_EXIT_RETURN, pc, 0);
}

void ir_exit_run(struct ir_block *b, ir_value pc)
{
	append_exit(b, IR_EXIT_RUN, pc, 0);
}
