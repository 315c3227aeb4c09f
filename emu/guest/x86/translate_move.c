/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Moves, extensions, exchanges, loads of segment registers (Intel SDM 1, 7.3.1, 7.3.16).
 */
#include "guest/x86/emit.h"

void x86_emit_mov(struct x86_unit *u, const struct x86_insn *i)
{
	x86_write(u, i, 0, x86_read(u, i, 1));
}

/* MOVZX, MOVSX. */
void x86_emit_extend(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned size = i->arg >> 1, log2 = x86_log2(size);
	ir_value value;

	if (i->is_memory) {
		struct ir_mem mem = x86_mem(u, log2);

		mem.sign = i->arg & EXTEND_SIGNED;
		value = ir_load(u->ir, IR_I32, mem, x86_address(u, i, size, false));
	} else {
		value = x86_reg(u, i->rm, size);
		if (i->arg & EXTEND_SIGNED)
			value = x86_signed(u, value, size);
	}
	x86_write(u, i, 0, value);
}

void x86_emit_lea(struct x86_unit *u, const struct x86_insn *i)
{
	x86_write(u, i, 0, x86_offset(u, i));
}

void x86_emit_xchg(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value x, y;

	x86_prepare_write(u, i, x86_operand_size(i, 0));
	x = x86_read(u, i, 0);
	y = x86_read(u, i, 1);
	x86_write(u, i, 0, y);
	x86_write(u, i, 1, x);
}

void x86_emit_xchg_eax(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value x = x86_read(u, i, 0), y = x86_read(u, i, 1);

	x86_write(u, i, 0, y);
	x86_write(u, i, 1, x);
}

/* CBW, CWDE. */
void x86_emit_cbw(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned half = i->size / 2u;

	x86_set_reg(u, X86_EAX, i->size, x86_signed(u, x86_reg(u, X86_EAX, half), half));
}

/* CWD, CDQ. */
void x86_emit_cwd(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value value = x86_signed(u, x86_reg(u, X86_EAX, i->size), i->size);

	x86_set_reg(u, X86_EDX, i->size, x86_op_imm(u, IR_SAR, value, 31));
}

void x86_emit_xlat(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned segment = i->segment >= 0 ? (unsigned)i->segment : X86_DS;
	ir_value offset = x86_op(u, IR_ADD, x86_reg(u, X86_EBX, 4), x86_reg(u, X86_EAX, 1));

	offset = x86_low(u, offset, i->address);
	x86_set_reg(u, X86_EAX, 1, x86_load(u, x86_linear(u, segment, offset, 1, false), 1));
}

void x86_emit_nop(struct x86_unit *u, const struct x86_insn *i)
{
	(void)u, (void)i;
}

/* Hints: neither fault nor touch. */
void x86_emit_touch_nothing(struct x86_unit *u, const struct x86_insn *i)
{
	(void)u, (void)i;
}

/* Segment registers. */

ir_value x86_selector(struct x86_unit *u, unsigned segment)
{
	unsigned slot = X86_SLOT(segment) + segment * (unsigned)sizeof(struct x86_segment);

	slot += (unsigned)offsetof(struct x86_segment, selector);
	return ir_extract(u->ir, IR_I32, x86_get(u, slot), 0, 16);
}

/* To a register as wide as the operand, to memory 16 bits. */
void x86_emit_mov_from_segment(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value selector = x86_selector(u, x86_segment_operand(i, 1));

	x86_write_e(u, i, i->is_memory ? 2 : i->size, selector);
}

/* Segments' bases and limits are in the mode flags in part: the block ends.  Yields whether
 * those have changed. */
ir_value x86_load_segment(struct x86_unit *u, unsigned segment, ir_value selector)
{
	return x86_call(u, IR_I32, x86_help_load_segment, x86_const(u, segment), selector, IR_NONE,
			IR_NONE);
}

/* After a load of SS neither interrupt nor trap comes before the next instruction is done
 * (SDM 3, 6.8.3). */
void x86_end_load_segment(struct x86_unit *u, unsigned segment, bool shadows, ir_value changed)
{
	if (segment == X86_SS && shadows) {
		x86_set(u, X86_SLOT(shadow), x86_const(u, 1));
		u->no_trap = true;
	}
	x86_end_block_if(u, changed);
}

void x86_emit_mov_to_segment(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned segment = x86_segment_operand(i, 0);
	ir_value changed;

	if (segment == X86_CS) {
		x86_emit_undefined(u, i);
		return;
	}
	changed = x86_load_segment(u, segment, x86_read_e(u, i, 2));
	x86_end_load_segment(u, segment, true, changed);
}

/* LDS and the others: offset, then selector. */
void x86_emit_load_far(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value offset, selector, changed, at = x86_offset(u, i);
	unsigned bytes = i->size + 2u;
	ir_value address = x86_linear(u, i->segment_of, at, bytes, false);

	offset = x86_load(u, address, i->size);
	selector = x86_load(u, x86_op_imm(u, IR_ADD, address, i->size), 2);
	changed = x86_load_segment(u, i->arg, selector);
	x86_write(u, i, 0, offset);
	x86_end_load_segment(u, i->arg, false, changed);
}
