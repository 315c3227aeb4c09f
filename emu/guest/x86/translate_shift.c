/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Shifts and rotations (Intel SDM 1, 7.3.6).
 *
 * The count is taken modulo 32; a count of 0 leaves the flags.  Flags that are undefined,
 * OF for counts other than 1 and AF, are: of shifts what the last step would have set and
 * 0, of rotations unchanged.  Those that aren't made of a few operations (through carry, of
 * 8 and 16 bits by CL) are calls.
 */
#include "guest/x86/emit.h"

struct shift {
	enum x86_shift kind;
	unsigned size, bits;
	ir_value x;
	ir_value result, source; /* source: x shifted by one less */
};

static enum x86_flags shift_flags(enum x86_shift kind)
{
	return kind == SHIFT_SHL ? X86_FLAGS_SHL :
	       kind == SHIFT_SHR ? X86_FLAGS_SHR :
				   X86_FLAGS_SAR;
}

/* IR's shifts are modulo 32, as the counts are. */
static ir_value shift_by(struct x86_unit *u, const struct shift *s, ir_value count)
{
	static const uint8_t opcode[] = {
		[SHIFT_SHL] = IR_SHL, [SHIFT_SHR] = IR_SHR, [SHIFT_SAR] = IR_SAR
	};

	return x86_op(u, (enum ir_opcode)opcode[s->kind], s->x, count);
}

static void shift_begin(struct x86_unit *u, const struct x86_insn *i, struct shift *s)
{
	s->kind = (enum x86_shift)i->arg;
	s->size = x86_operand_size(i, 0);
	s->bits = 8 * s->size;
	x86_prepare_write(u, i, s->size);
	s->x = x86_read(u, i, 0);
	if (s->kind == SHIFT_SAR)
		s->x = x86_signed(u, s->x, s->size);
}

/* The bit that went out last. */
static ir_value shift_carry(struct x86_unit *u, const struct shift *s, unsigned count)
{
	if (s->kind != SHIFT_SHL)
		return ir_extract(u->ir, IR_I32, s->x, count - 1, 1);
	if (count > s->bits)
		return x86_const(u, 0);
	return ir_extract(u->ir, IR_I32, s->x, s->bits - count, 1);
}

static void shift_constant(struct x86_unit *u, const struct x86_insn *i, unsigned count)
{
	struct shift s;

	shift_begin(u, i, &s);
	if (!count) {
		x86_write(u, i, 0, s.x);
		return;
	}
	s.result = x86_low(u, shift_by(u, &s, x86_const(u, count)), s.size);
	s.source = shift_by(u, &s, x86_const(u, count - 1));
	x86_write(u, i, 0, s.result);
	x86_flags_shift(u, shift_flags(s.kind), s.size, s.result, s.source,
			shift_carry(u, &s, count));
}

static ir_value shift_count(struct x86_unit *u)
{
	return x86_op_imm(u, IR_AND, x86_reg(u, X86_ECX, 4), 31);
}

static void shift_variable(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value count = shift_count(u);
	struct shift s;

	shift_begin(u, i, &s);
	s.result = shift_by(u, &s, count);
	s.source = shift_by(u, &s, x86_op_imm(u, IR_SUB, count, 1));
	x86_write(u, i, 0, s.result);
	x86_flags_shift_if(u, shift_flags(s.kind), s.size, s.result, s.source, count);
}

/* Rotations.  CF alone changes, OF too if the count is 1. */

static void rotate_by_call(struct x86_unit *u, const struct x86_insn *i, ir_value count)
{
	struct shift s;
	ir_value result;

	shift_begin(u, i, &s);
	/* The call sets flags, so that what may fault comes first: an operand in memory is
	 * written with what it has. */
	if (i->is_memory)
		x86_write(u, i, 0, s.x);
	result = x86_call_plain(u, CALL_READS | CALL_WRITES, x86_help_rotate, s.x, count,
				x86_const(u, s.kind), x86_const(u, s.bits));
	x86_flags_unknown(u);
	x86_write(u, i, 0, result);
}

static ir_value rotate_narrow(struct x86_unit *u, const struct shift *s, unsigned left)
{
	ir_value low = x86_op_imm(u, IR_SHR, s->x, s->bits - left);

	return x86_low(u, x86_op(u, IR_OR, x86_op_imm(u, IR_SHL, s->x, left), low), s->size);
}

static void rotate_constant(struct x86_unit *u, const struct x86_insn *i, unsigned count)
{
	unsigned left;
	struct shift s;

	shift_begin(u, i, &s);
	left = (s.kind == SHIFT_ROL ? count : s.bits - count % s.bits) % s.bits;
	if (!left)
		s.result = s.x;
	else if (s.size == 4)
		s.result = x86_op_imm(u, IR_ROR, s.x, 32 - left);
	else
		s.result = rotate_narrow(u, &s, left);
	x86_write(u, i, 0, s.result);
	if (count)
		x86_set_carry(u, ir_extract(u->ir, IR_I32, s.result,
					    s.kind == SHIFT_ROL ? 0 : s.bits - 1, 1));
}

/* OF, of a rotation by one: whether the sign changed; to the left, the sign is CF then. */
static ir_value rotation_overflow(struct x86_unit *u, const struct shift *s, ir_value carry)
{
	ir_value top = ir_extract(u->ir, IR_I32, s->result, s->bits - 1, 1);

	if (s->kind == SHIFT_ROR)
		carry = ir_extract(u->ir, IR_I32, s->result, s->bits - 2, 1);
	return x86_op(u, IR_XOR, top, carry);
}

/* 32 bits by any count: everything is worked out, and vanishes if other flags follow. */
static void rotate_variable(struct x86_unit *u, const struct x86_insn *i, ir_value count)
{
	ir_value carry, overflow, old, flags, right = count;
	struct shift s;

	shift_begin(u, i, &s);
	if (s.kind == SHIFT_ROL)
		right = x86_op(u, IR_SUB, x86_const(u, 0), count);
	s.result = x86_op(u, IR_ROR, s.x, right);
	x86_write(u, i, 0, s.result);
	carry = ir_extract(u->ir, IR_I32, s.result, s.kind == SHIFT_ROL ? 0 : 31, 1);
	overflow = x86_op_imm(u, IR_SHL, rotation_overflow(u, &s, carry), 11);
	old = x86_all_flags(u);
	flags = x86_op(u, IR_OR, x86_op_imm(u, IR_AND, old, ~X86_CF), carry);
	overflow = x86_op(u, IR_OR, x86_op_imm(u, IR_AND, flags, ~X86_OF), overflow);
	flags = ir_select(u->ir, ir_setcc_imm(u->ir, IR_CC_Z, count, 1), overflow, flags);
	x86_set_flags_plain(u, ir_select(u->ir, count, flags, old));
}

void x86_emit_shift(struct x86_unit *u, const struct x86_insn *i)
{
	enum x86_operand by = (enum x86_operand)i->row->operand[1];
	unsigned count = by == OP_1 ? 1 : i->immediate & 31;
	bool rotates = i->arg < SHIFT_SHL;

	if (!rotates && by == OP_CL)
		shift_variable(u, i);
	else if (!rotates)
		shift_constant(u, i, count);
	else if (i->arg < SHIFT_RCL && x86_operand_size(i, 0) == 4 && (by == OP_CL || count == 1))
		rotate_variable(u, i, by == OP_CL ? shift_count(u) : x86_const(u, 1));
	else if (by == OP_CL)
		rotate_by_call(u, i, shift_count(u));
	else if (i->arg >= SHIFT_RCL || count == 1)
		rotate_by_call(u, i, x86_const(u, count));
	else
		rotate_constant(u, i, count);
}

/* SHLD, SHRD.  Of 16 bits and counts above 16 the manual leaves everything undefined: as
 * if the operands, destination, source, destination, stood side by side. */

struct double_shift {
	bool right;
	unsigned size;
	ir_value x, y;
};

/* The operands side by side, what comes in next to the destination; words with the
 * destination once more at the far end. */
static ir_value double_value(struct x86_unit *u, const struct double_shift *s)
{
	ir_value words;

	if (s->size == 4)
		return s->right ? ir_binary(u->ir, IR_CONCAT, IR_I64, s->x, s->y) :
				  ir_binary(u->ir, IR_CONCAT, IR_I64, s->y, s->x);
	words = ir_deposit(u->ir, IR_I32, s->x, s->y, 16, 16);
	return ir_binary(u->ir, IR_CONCAT, IR_I64, words, s->x);
}

static ir_value double_by(struct x86_unit *u, const struct double_shift *s, ir_value wide,
			  ir_value count)
{
	ir_value value;

	if (s->right)
		return ir_unary(u->ir, IR_TRUNC, IR_I32,
				ir_binary(u->ir, IR_SHR, IR_I64, wide, count));
	/* The bits are at 32, of 16 bits' width above them nothing. */
	value = ir_binary(u->ir, IR_SHL, IR_I64, wide, count);
	return ir_unary(u->ir, IR_TRUNC, IR_I32,
			ir_binary(u->ir, IR_SHR, IR_I64, value, x86_const(u, 32)));
}

void x86_emit_double(struct x86_unit *u, const struct x86_insn *i)
{
	bool by_cl = i->row->operand[2] == OP_CL;
	struct double_shift s = { .right = i->arg, .size = i->size };
	enum x86_flags kind = s.right ? X86_FLAGS_SHR : X86_FLAGS_SHL;
	ir_value count, wide, result, source;

	count = by_cl ? shift_count(u) : x86_const(u, i->immediate & 31);
	x86_prepare_write(u, i, s.size);
	s.x = x86_read(u, i, 0);
	s.y = x86_read(u, i, 1);
	wide = double_value(u, &s);
	result = x86_low(u, double_by(u, &s, wide, count), s.size);
	/* By -1 where the count is 0: not used. */
	source = double_by(u, &s, wide, x86_op_imm(u, IR_SUB, count, 1));
	x86_write(u, i, 0, result);
	if (by_cl)
		x86_flags_shift_if(u, kind, s.size, result, source, count);
	else if (i->immediate & 31)
		x86_flags_shift(u, kind, s.size, result, source,
				ir_extract(u->ir, IR_I32, source, s.right ? 0 : 8 * s.size - 1, 1));
}
