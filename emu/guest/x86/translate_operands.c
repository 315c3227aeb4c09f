/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Registers, memory operands and the stack (Intel SDM 1, 3.7; SDM 2, 2.1).
 *
 * An address is the sum that ModRM says, cut to the address size, compared with the
 * segment's span unless the block's modes say that there is no limit, plus the base unless
 * they say that it is 0.
 */
#include "guest/x86/emit.h"

ir_value x86_reg(struct x86_unit *u, unsigned n, unsigned size)
{
	if (size == 4)
		return x86_get(u, X86_SLOT(r) + 4 * n);
	if (size == 1 && n >= 4)
		return ir_extract(u->ir, IR_I32, x86_get(u, X86_SLOT(r) + 4 * (n - 4)), 8, 8);
	return ir_extract(u->ir, IR_I32, x86_get(u, X86_SLOT(r) + 4 * n), 0, 8 * size);
}

void x86_set_reg(struct x86_unit *u, unsigned n, unsigned size, ir_value value)
{
	unsigned pos = size == 1 && n >= 4 ? 8 : 0, slot = X86_SLOT(r) + 4 * (pos ? n - 4 : n);

	if (size < 4)
		value = ir_deposit(u->ir, IR_I32, x86_get(u, slot), value, pos, 8 * size);
	x86_set(u, slot, value);
}

/* Addresses. */

ir_value x86_offset(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value offset = IR_NONE, index;

	if (i->base >= 0)
		offset = x86_reg(u, (unsigned)i->base, 4);
	if (i->index >= 0) {
		index = x86_reg(u, (unsigned)i->index, 4);
		if (i->scale)
			index = x86_op_imm(u, IR_SHL, index, i->scale);
		offset = offset == IR_NONE ? index : x86_op(u, IR_ADD, offset, index);
	}
	if (offset == IR_NONE)
		return x86_const(u, i->address == 2 ? i->displacement & 0xffff : i->displacement);
	if (i->displacement)
		offset = x86_op_imm(u, IR_ADD, offset, i->displacement);
	return x86_low(u, offset, i->address);
}

static bool segment_is_free(const struct x86_unit *u, unsigned segment, bool write)
{
	return (u->modes & X86_MODE_FREE(segment)) && !(write && segment == X86_CS);
}

static void segment_check(struct x86_unit *u, unsigned segment, ir_value offset, unsigned bytes,
			  bool write)
{
	unsigned slot = X86_SLOT(segment) + segment * (unsigned)sizeof(struct x86_segment);
	ir_value span;

	if (segment_is_free(u, segment, write))
		return;
	if (bytes > 16) {
		x86_call(u, IR_VOID, x86_help_segment, x86_const(u, segment), offset,
			 x86_const(u, bytes), x86_const(u, write));
		return;
	}
	slot += (unsigned)(write ? offsetof(struct x86_segment, span_write) :
				   offsetof(struct x86_segment, span));
	span = x86_get(u, slot);
	ir_check(u->ir, ir_setcc(u->ir, IR_CC_AE, offset, span), x86_check_segment, offset,
		 segment | (unsigned)write << 3 | bytes << 4);
}

static bool segment_base_is_zero(const struct x86_unit *u, unsigned segment)
{
	switch (segment) {
	case X86_ES:
	case X86_SS:
	case X86_DS:
		return (u->modes & X86_MODE_ZERO(segment)) != 0;
	case X86_CS:
		return u->code.base == 0;
	default:
		return false;
	}
}

ir_value x86_linear(struct x86_unit *u, unsigned segment, ir_value offset, unsigned bytes,
		    bool write)
{
	unsigned slot = X86_SLOT(segment) + segment * (unsigned)sizeof(struct x86_segment);

	segment_check(u, segment, offset, bytes, write);
	if (segment_base_is_zero(u, segment))
		return offset;
	if (segment == X86_CS)
		return x86_op_imm(u, IR_ADD, offset, u->code.base);
	slot += (unsigned)offsetof(struct x86_segment, base);
	return x86_op(u, IR_ADD, offset, x86_get(u, slot));
}

ir_value x86_address(struct x86_unit *u, const struct x86_insn *i, unsigned bytes, bool write)
{
	return x86_linear(u, i->segment_of, x86_offset(u, i), bytes, write);
}

struct ir_mem x86_mem(const struct x86_unit *u, unsigned log2)
{
	return (struct ir_mem){
		.size = log2 & 7,
		.align = u->modes & X86_MODE_ALIGN ? log2 & 7 : 0,
		.space = u->modes & X86_MODE_USER ? X86_SPACE_USER : X86_SPACE_KERNEL,
	};
}

ir_value x86_load(struct x86_unit *u, ir_value linear, unsigned size)
{
	return ir_load(u->ir, IR_I32, x86_mem(u, x86_log2(size)), linear);
}

ir_value x86_load_to_write(struct x86_unit *u, ir_value linear, unsigned size)
{
	struct ir_mem how = x86_mem(u, x86_log2(size));

	how.write = 1;
	return ir_load(u->ir, IR_I32, how, linear);
}

void x86_store(struct x86_unit *u, ir_value linear, unsigned size, ir_value value)
{
	ir_store(u->ir, IR_I32, x86_mem(u, x86_log2(size)), linear, value);
}

/* ModRM operands. */

void x86_prepare_write(struct x86_unit *u, const struct x86_insn *i, unsigned size)
{
	if (i->is_memory)
		u->e_address = x86_address(u, i, size, true);
}

ir_value x86_read_e(struct x86_unit *u, const struct x86_insn *i, unsigned size)
{
	if (!i->is_memory)
		return x86_reg(u, i->rm, size);
	if (u->e_address != IR_NONE)
		return x86_load_to_write(u, u->e_address, size);
	return x86_load(u, x86_address(u, i, size, false), size);
}

void x86_write_e(struct x86_unit *u, const struct x86_insn *i, unsigned size, ir_value value)
{
	if (!i->is_memory)
		x86_set_reg(u, i->rm, size, value);
	else if (u->e_address != IR_NONE)
		x86_store(u, u->e_address, size, value);
	else
		x86_store(u, x86_address(u, i, size, true), size, value);
}

unsigned x86_operand_size(const struct x86_insn *i, unsigned n)
{
	switch ((enum x86_operand)i->row->operand[n]) {
	case OP_EB:
	case OP_GB:
	case OP_ZB:
	case OP_AL:
	case OP_CL:
	case OP_OB:
		return 1;
	case OP_EW:
	case OP_GW:
	case OP_SW:
		return 2;
	case OP_ED:
	case OP_GD:
	case OP_RD:
	case OP_CR:
	case OP_DR:
		return 4;
	default:
		return i->size;
	}
}

ir_value x86_read(struct x86_unit *u, const struct x86_insn *i, unsigned n)
{
	unsigned size = x86_operand_size(i, n), first = x86_operand_size(i, 0);

	switch ((enum x86_operand)i->row->operand[n]) {
	case OP_GB:
	case OP_GW:
	case OP_GD:
	case OP_GV:
		return x86_reg(u, i->reg, size);
	case OP_ZB:
	case OP_ZV:
		return x86_reg(u, i->opcode & 7, size);
	case OP_AL:
	case OP_EAX:
		return x86_reg(u, X86_EAX, size);
	case OP_CL:
		return x86_reg(u, X86_ECX, 1);
	case OP_OB:
	case OP_OV:
		return x86_load(u, x86_address(u, i, size, false), size);
	case OP_IB:
	case OP_IBS:
	case OP_IW:
	case OP_IV:
		return x86_const(u, first == 4 ? i->immediate :
						 i->immediate & ((1u << 8 * first) - 1));
	case OP_1:
		return x86_const(u, 1);
	default:
		return x86_read_e(u, i, size);
	}
}

void x86_write(struct x86_unit *u, const struct x86_insn *i, unsigned n, ir_value value)
{
	unsigned size = x86_operand_size(i, n);

	switch ((enum x86_operand)i->row->operand[n]) {
	case OP_GB:
	case OP_GW:
	case OP_GD:
	case OP_GV:
		x86_set_reg(u, i->reg, size, value);
		break;
	case OP_ZB:
	case OP_ZV:
		x86_set_reg(u, i->opcode & 7, size, value);
		break;
	case OP_AL:
	case OP_EAX:
		x86_set_reg(u, X86_EAX, size, value);
		break;
	case OP_OB:
	case OP_OV:
		x86_store(u, x86_address(u, i, size, true), size, value);
		break;
	default:
		x86_write_e(u, i, size, value);
		break;
	}
}

unsigned x86_segment_operand(const struct x86_insn *i, unsigned n)
{
	enum x86_operand operand = i->row->operand[n];

	return operand == OP_SW ? i->reg : operand - OP_ES;
}

/* The stack. */

bool x86_is_wide_stack(const struct x86_unit *u)
{
	return (u->modes & X86_MODE_STACK32) != 0;
}

ir_value x86_stack_moved(struct x86_unit *u, uint32_t by)
{
	ir_value esp = x86_reg(u, X86_ESP, 4);

	if (by)
		esp = x86_op_imm(u, IR_ADD, esp, by);
	return x86_low(u, esp, x86_is_wide_stack(u) ? 4 : 2);
}

void x86_set_stack(struct x86_unit *u, ir_value offset)
{
	x86_set_reg(u, X86_ESP, x86_is_wide_stack(u) ? 4 : 2, offset);
}

void x86_push_value(struct x86_unit *u, unsigned size, ir_value value)
{
	ir_value offset = x86_stack_moved(u, -size);

	x86_store(u, x86_linear(u, X86_SS, offset, size, true), size, value);
	x86_set_stack(u, offset);
}

ir_value x86_top(struct x86_unit *u, unsigned size)
{
	ir_value offset = x86_stack_moved(u, 0);

	return x86_load(u, x86_linear(u, X86_SS, offset, size, false), size);
}
