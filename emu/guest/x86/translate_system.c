/* SPDX-License-Identifier: BSD-2-Clause
 *
 * System instructions, flags of the system, ports (Intel SDM 1, 7.3.14 to 7.3.16; SDM 3,
 * 2.8): calls of system.h's functions, which check rights.
 */
#include "guest/x86/emit.h"

static ir_value system_value(struct x86_unit *u, ir_fn *fn, ir_value a, ir_value b)
{
	return x86_call(u, IR_I32, fn, a, b, IR_NONE, IR_NONE);
}

static void system_do(struct x86_unit *u, ir_fn *fn, ir_value a, ir_value b)
{
	x86_call(u, IR_VOID, fn, a, b, IR_NONE, IR_NONE);
}

void x86_emit_cli(struct x86_unit *u, const struct x86_insn *i)
{
	(void)i;
	system_do(u, x86_help_cli, IR_NONE, IR_NONE);
}

void x86_emit_sti(struct x86_unit *u, const struct x86_insn *i)
{
	(void)i;
	system_do(u, x86_help_sti, IR_NONE, IR_NONE);
	x86_end_block(u);
}

void x86_emit_direction(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value eflags = x86_get(u, X86_SLOT(eflags));

	x86_set(u, X86_SLOT(eflags),
		i->arg ? x86_op_imm(u, IR_OR, eflags, X86_DF) :
			 x86_op_imm(u, IR_AND, eflags, ~X86_DF));
}

void x86_emit_hlt(struct x86_unit *u, const struct x86_insn *i)
{
	(void)i;
	system_do(u, x86_help_hlt, x86_const(u, unit_next_eip(u)), IR_NONE);
	x86_end_block(u);
}

/* Ports. */

static ir_value system_port(struct x86_unit *u, const struct x86_insn *i, unsigned n)
{
	return i->row->operand[n] == OP_DX ? x86_reg(u, X86_EDX, 2) : x86_const(u, i->immediate);
}

void x86_emit_in(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned size = x86_operand_size(i, 0);
	ir_value value = system_value(u, x86_help_in, system_port(u, i, 1), x86_const(u, size));

	x86_set_reg(u, X86_EAX, size, value);
}

void x86_emit_out(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned size = x86_operand_size(i, 1);

	x86_call(u, IR_VOID, x86_help_out, system_port(u, i, 0), x86_const(u, size),
		 x86_reg(u, X86_EAX, size), IR_NONE);
	x86_end_block(u);
}

/* Descriptor tables. */

/* Rights come before the operand's faults. */
static ir_value system_operand(struct x86_unit *u, const struct x86_insn *i)
{
	if (i->is_memory)
		system_do(u, x86_help_privileged, IR_NONE, IR_NONE);
	return x86_read_e(u, i, 2);
}

void x86_emit_descriptor(struct x86_unit *u, const struct x86_insn *i)
{
	static ir_fn *const fn[] = { x86_help_sldt, x86_help_str,  x86_help_lldt,
				     x86_help_ltr,  x86_help_verr, x86_help_verw };

	if (u->modes & X86_MODE_REAL) {
		x86_emit_undefined(u, i);
		return;
	}
	if (i->arg <= DESCRIPTOR_STR) {
		ir_value selector = system_value(u, fn[i->arg], IR_NONE, IR_NONE);

		x86_write_e(u, i, i->is_memory ? 2 : i->size, selector);
		return;
	}
	if (i->arg >= DESCRIPTOR_VERR) {
		system_do(u, fn[i->arg], x86_read_e(u, i, 2), IR_NONE);
		x86_flags_unknown(u);
	} else {
		system_do(u, fn[i->arg], system_operand(u, i), IR_NONE);
		x86_end_block(u);
	}
}

/* The base's high byte isn't used by 16-bit forms. */
void x86_emit_lgdt(struct x86_unit *u, const struct x86_insn *i)
{
	system_do(u, i->arg ? x86_help_lidt : x86_help_lgdt, x86_address(u, i, 6, false),
		  x86_const(u, i->size));
}

void x86_emit_sgdt(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value pair = x86_call(u, IR_I64, i->arg ? x86_help_sidt : x86_help_sgdt, IR_NONE,
				 IR_NONE, IR_NONE, IR_NONE);
	ir_value address = x86_address(u, i, 6, true);
	ir_value base = ir_binary(u->ir, IR_SHR, IR_I64, pair, x86_const(u, 16));

	x86_store(u, address, 2, x86_low(u, ir_unary(u->ir, IR_TRUNC, IR_I32, pair), 2));
	x86_store(u, x86_op_imm(u, IR_ADD, address, 2), 4, ir_unary(u->ir, IR_TRUNC, IR_I32, base));
}

void x86_emit_smsw(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value word = system_value(u, x86_help_smsw, IR_NONE, IR_NONE);

	x86_write_e(u, i, i->is_memory ? 2 : i->size, i->is_memory ? x86_low(u, word, 2) : word);
}

void x86_emit_lmsw(struct x86_unit *u, const struct x86_insn *i)
{
	system_do(u, x86_help_lmsw, system_operand(u, i), IR_NONE);
	x86_end_block(u);
}

/* An address, not an access: no limits. */
void x86_emit_invlpg(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned segment = i->segment_of;
	unsigned slot = X86_SLOT(segment) + segment * (unsigned)sizeof(struct x86_segment);
	ir_value base = x86_get(u, slot + (unsigned)offsetof(struct x86_segment, base));

	system_do(u, x86_help_invlpg, x86_op(u, IR_ADD, x86_offset(u, i), base), IR_NONE);
	x86_end_block(u);
}

void x86_emit_clts(struct x86_unit *u, const struct x86_insn *i)
{
	(void)i;
	system_do(u, x86_help_clts, IR_NONE, IR_NONE);
	x86_end_block(u);
}

void x86_emit_wbinvd(struct x86_unit *u, const struct x86_insn *i)
{
	(void)i;
	system_do(u, x86_help_privileged, IR_NONE, IR_NONE);
	x86_end_block(u);
}

/* LAR, LSL: ZF says whether there is a result. */
void x86_emit_lar(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value selector, value;

	if (u->modes & X86_MODE_REAL) {
		x86_emit_undefined(u, i);
		return;
	}
	selector = x86_read_e(u, i, 2);
	value = x86_call(u, IR_I32, i->arg ? x86_help_lsl : x86_help_lar, selector,
			 x86_const(u, i->size), x86_reg(u, i->reg, i->size), IR_NONE);
	x86_set_reg(u, i->reg, i->size, value);
	x86_flags_unknown(u);
}

void x86_emit_arpl(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value value;

	if (u->modes & X86_MODE_REAL) {
		x86_emit_undefined(u, i);
		return;
	}
	x86_prepare_write(u, i, 2);
	value = x86_read_e(u, i, 2);
	if (i->is_memory) /* faults before flags change */
		x86_write_e(u, i, 2, value);
	value = system_value(u, x86_help_arpl, value, x86_reg(u, i->reg, 2));
	x86_flags_unknown(u);
	x86_write_e(u, i, 2, value);
}

/* Control, debug and model-specific registers. */

void x86_emit_mov_from_control(struct x86_unit *u, const struct x86_insn *i)
{
	ir_fn *fn = i->arg ? x86_help_read_debug : x86_help_read_control;

	x86_set_reg(u, i->rm, 4, system_value(u, fn, x86_const(u, i->reg), IR_NONE));
}

void x86_emit_mov_to_control(struct x86_unit *u, const struct x86_insn *i)
{
	ir_fn *fn = i->arg ? x86_help_write_debug : x86_help_write_control;

	system_do(u, fn, x86_const(u, i->reg), x86_reg(u, i->rm, 4));
	x86_end_block(u);
}

/* They work on registers. */
void x86_emit_model(struct x86_unit *u, const struct x86_insn *i)
{
	static ir_fn *const fn[] = { x86_help_wrmsr, x86_help_rdtsc, x86_help_rdmsr, x86_help_rdpmc,
				     x86_help_cpuid };

	system_do(u, fn[i->arg], IR_NONE, IR_NONE);
	if (i->arg == MODEL_WRMSR || i->arg == MODEL_CPUID) /* CPUID: serialising */
		x86_end_block(u);
}

void x86_emit_sysenter(struct x86_unit *u, const struct x86_insn *i)
{
	x86_exit_run(u, system_value(u, i->arg ? x86_help_sysexit : x86_help_sysenter,
				     x86_const(u, unit_next_eip(u)), IR_NONE));
}
