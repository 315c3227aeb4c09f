/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The stack (Intel SDM 1, 6.2, 6.5): what is pushed is stored before ESP moves, so that a
 * fault finds all as it was.
 */
#include "guest/x86/emit.h"

void x86_emit_push(struct x86_unit *u, const struct x86_insn *i)
{
	x86_push_value(u, i->size, x86_read(u, i, 0));
}

/* A destination in memory is addressed with ESP as it is after the pop; ESP as the
 * destination gets what was on top. */
void x86_emit_pop(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value value = x86_top(u, i->size);
	struct x86_insn moved = *i;

	if (!i->is_memory) {
		x86_set_stack(u, x86_stack_moved(u, i->size));
		x86_write(u, i, 0, value);
		return;
	}
	if (i->base == X86_ESP)
		moved.displacement += i->size;
	x86_write_e(u, &moved, i->size, value);
	x86_set_stack(u, x86_stack_moved(u, i->size));
}

/* Of 32 bits: the upper half of the stack's word is written with zeros. */
void x86_emit_push_segment(struct x86_unit *u, const struct x86_insn *i)
{
	x86_push_value(u, i->size, x86_selector(u, x86_segment_operand(i, 0)));
}

void x86_emit_pop_segment(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned segment = x86_segment_operand(i, 0);
	ir_value selector = x86_low(u, x86_top(u, i->size), 2);
	ir_value offset = x86_stack_moved(u, i->size), changed;

	/* SS itself says how wide ESP is: as it was. */
	changed = x86_load_segment(u, segment, selector);
	x86_set_stack(u, offset);
	x86_end_load_segment(u, segment, true, changed);
}

/* PUSHA: what is pushed for ESP is its value before. */
void x86_emit_pusha(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned size = i->size;
	ir_value offset = IR_NONE;

	for (unsigned n = 0; n < 8; n++) {
		offset = x86_stack_moved(u, -(size * (n + 1)));
		x86_store(u, x86_linear(u, X86_SS, offset, size, true), size, x86_reg(u, n, size));
	}
	x86_set_stack(u, offset);
}

/* POPA skips ESP. */
void x86_emit_popa(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned size = i->size;
	ir_value value[8];

	for (unsigned n = 0; n < 8; n++) {
		ir_value offset = x86_stack_moved(u, size * n);

		value[n] = x86_load(u, x86_linear(u, X86_SS, offset, size, false), size);
	}
	for (unsigned n = 0; n < 8; n++)
		if (7 - n != X86_ESP)
			x86_set_reg(u, 7 - n, size, value[n]);
	x86_set_stack(u, x86_stack_moved(u, 8 * size));
}

void x86_emit_pushf(struct x86_unit *u, const struct x86_insn *i)
{
	x86_push_value(u, i->size,
		       x86_call(u, IR_I32, x86_help_pushf, x86_const(u, i->size), IR_NONE, IR_NONE,
				IR_NONE));
}

void x86_emit_popf(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value value, changed;

	/* Rights come before the stack's faults. */
	if (u->modes & X86_MODE_V86)
		x86_call(u, IR_VOID, x86_help_v86_iopl, IR_NONE, IR_NONE, IR_NONE, IR_NONE);
	value = x86_top(u, i->size);
	changed =
		x86_call(u, IR_I32, x86_help_popf, value, x86_const(u, i->size), IR_NONE, IR_NONE);
	x86_set_stack(u, x86_stack_moved(u, i->size));
	x86_flags_unknown(u);
	x86_end_block_if(u, changed);
}

/* Where the new top is must be writable: what is there is written once more. */
static void stack_probe(struct x86_unit *u, ir_value top, unsigned size)
{
	ir_value linear = x86_linear(u, X86_SS, top, size, true);

	x86_store(u, linear, size, x86_load_to_write(u, linear, size));
}

/* Frames within frames are rare: a call. */
void x86_emit_enter(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned level = i->immediate2 & 31, size = i->size, width = x86_is_wide_stack(u) ? 4 : 2;
	ir_value frame = x86_stack_moved(u, -size);
	ir_value top = x86_low(u, x86_op_imm(u, IR_SUB, frame, i->immediate + size * level), width);

	if (level)
		x86_call(u, IR_VOID, x86_help_enter, x86_const(u, size), x86_const(u, level), frame,
			 IR_NONE);
	else
		x86_store(u, x86_linear(u, X86_SS, frame, size, true), size,
			  x86_reg(u, X86_EBP, size));
	stack_probe(u, top, size);
	x86_set_reg(u, X86_EBP, width, frame);
	x86_set_stack(u, top);
}

void x86_emit_leave(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned width = x86_is_wide_stack(u) ? 4 : 2, size = i->size;
	ir_value offset = x86_reg(u, X86_EBP, width);
	ir_value value = x86_load(u, x86_linear(u, X86_SS, offset, size, false), size);

	x86_set_stack(u, x86_low(u, x86_op_imm(u, IR_ADD, offset, size), width));
	x86_set_reg(u, X86_EBP, size, value);
}
