/* SPDX-License-Identifier: BSD-2-Clause
 *
 * String instructions (Intel SDM 1, 7.3.9).  One element is translated, several are a call
 * of help_string.c, which does a bounded number of them; then the instruction exits to
 * itself, where interrupts are seen, until it is done.
 */
#include "guest/x86/emit.h"

static unsigned string_source(const struct x86_insn *i)
{
	return i->segment >= 0 ? (unsigned)i->segment : X86_DS;
}

/* Size, or minus size with DF. */
static ir_value once_step(struct x86_unit *u, unsigned size)
{
	ir_value df = ir_extract(u->ir, IR_I32, x86_get(u, X86_SLOT(eflags)), 10, 1);

	return x86_op(u, IR_SUB, x86_const(u, size), x86_op_imm(u, IR_SHL, df, x86_log2(size) + 1));
}

static void once_advance(struct x86_unit *u, unsigned n, unsigned address, ir_value step)
{
	x86_set_reg(u, n, address, x86_op(u, IR_ADD, x86_reg(u, n, 4), step));
}

static ir_value once_load(struct x86_unit *u, const struct x86_insn *i, unsigned size)
{
	ir_value offset = x86_reg(u, X86_ESI, i->address);

	return x86_load(u, x86_linear(u, string_source(i), offset, size, false), size);
}

static ir_value once_destination(struct x86_unit *u, const struct x86_insn *i, unsigned size,
				 bool write)
{
	return x86_linear(u, X86_ES, x86_reg(u, X86_EDI, i->address), size, write);
}

static void once_compare(struct x86_unit *u, ir_value x, ir_value y, unsigned size)
{
	ir_value result = ir_flags(u->ir, IR_SUB, IR_I32, x, y, IR_NONE);

	x86_flags_arithmetic(u, X86_FLAGS_CMP, size, result, result, x, y, IR_NONE);
}

static void string_once(struct x86_unit *u, const struct x86_insn *i, enum x86_string operation,
			unsigned size)
{
	ir_value x, y, step;

	switch (operation) {
	case STRING_MOVS:
		x = once_load(u, i, size);
		x86_store(u, once_destination(u, i, size, true), size, x);
		break;
	case STRING_CMPS:
		x = once_load(u, i, size);
		y = x86_load(u, once_destination(u, i, size, false), size);
		once_compare(u, x, y, size);
		break;
	case STRING_STOS:
		x = x86_reg(u, X86_EAX, size);
		x86_store(u, once_destination(u, i, size, true), size, x);
		break;
	case STRING_LODS:
		x86_set_reg(u, X86_EAX, size, once_load(u, i, size));
		break;
	default:
		y = x86_load(u, once_destination(u, i, size, false), size);
		once_compare(u, x86_reg(u, X86_EAX, size), y, size);
		break;
	}
	step = once_step(u, size);
	if (operation == STRING_MOVS || operation == STRING_CMPS || operation == STRING_LODS)
		once_advance(u, X86_ESI, i->address, step);
	if (operation != STRING_LODS)
		once_advance(u, X86_EDI, i->address, step);
}

/* A breakpoint at the instruction is passed when it goes on (SDM 3, 17.3.1.1). */
static void string_set_rf(struct x86_unit *u, ir_value again)
{
	ir_value eflags = x86_get(u, X86_SLOT(eflags));

	x86_set(u, X86_SLOT(eflags), x86_op(u, IR_OR, eflags, x86_op_imm(u, IR_SHL, again, 16)));
}

void x86_emit_string(struct x86_unit *u, const struct x86_insn *i)
{
	enum x86_string operation = i->arg & 15;
	unsigned size = i->arg >> 4 ? i->arg >> 4 : i->size;
	ir_value again;

	if (!i->repeat && operation < STRING_INS) {
		string_once(u, i, operation, size);
		return;
	}
	again = x86_call(u, IR_I32, x86_help_string, x86_const(u, operation | size << 4),
			 x86_const(u, string_source(i) | i->address << 4u |
					      (uint32_t)i->repeat << 8 |
					      (u->modes & X86_MODE_TRAP ? 1u << 16 : 0)),
			 IR_NONE, IR_NONE);
	if (operation == STRING_CMPS || operation == STRING_SCAS)
		x86_flags_unknown(u);
	if (i->repeat && u->modes & X86_MODE_BREAKS)
		string_set_rf(u, again);
	if (i->repeat)
		x86_exit_if(u, again, u->pc);
	/* What a port gave isn't to be asked for twice: nothing follows in the block. */
	if (!u->ended && operation == STRING_INS)
		x86_exit(u, u->next);
}
