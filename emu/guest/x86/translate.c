/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The x86 front end's driver: from guest code to a superblock of IR.
 *
 * A block goes on over conditional branches, which become side exits, and follows forward
 * jumps within its page.  It ends at other jumps, at backward branches (loops: the exit
 * that is taken most should be the block's last), and at what changes modes.
 *
 * Where something comes between instructions (single steps, breakpoints, the instruction
 * after STI or a load of SS) a block is one instruction, and with steps all exits go
 * through x86_help_trap.
 *
 * Faults that are known at translation (undefined, too long, beyond the code segment's
 * limit) are an instruction that raises.
 */
#include "guest/x86/emit.h"
#include "guest/x86/emit_fpu.h"

#define BLOCK_INSTRUCTIONS 64
#define MODES_SINGLE (X86_MODE_TRAP | X86_MODE_BREAKS | X86_MODE_SHADOW)

/* Exits. */

static void unit_trap(struct x86_unit *u, ir_value pc)
{
	if ((u->modes & X86_MODE_TRAP) && !u->no_trap)
		x86_call(u, IR_VOID, x86_help_trap, pc, IR_NONE, IR_NONE, IR_NONE);
}

void x86_exit_run(struct x86_unit *u, ir_value pc)
{
	unit_trap(u, pc);
	ir_exit_run(u->ir, pc);
	u->ended = true;
}

/* The next instruction has other modes, or a trap comes first. */
static bool unit_leaves_modes(const struct x86_unit *u)
{
	return (u->modes & (X86_MODE_TRAP | X86_MODE_SHADOW)) != 0;
}

void x86_exit(struct x86_unit *u, gva pc)
{
	if (unit_leaves_modes(u)) {
		x86_exit_run(u, x86_const(u, pc));
		return;
	}
	ir_exit(u->ir, pc);
	u->ended = true;
}

void x86_exit_if(struct x86_unit *u, ir_value condition, gva pc)
{
	if (unit_leaves_modes(u))
		x86_exit_run(u,
			     ir_select(u->ir, condition, x86_const(u, pc), x86_const(u, u->next)));
	else
		ir_exit_if(u->ir, condition, pc);
}

void x86_exit_call(struct x86_unit *u, gva pc)
{
	if (unit_leaves_modes(u)) {
		x86_exit_run(u, x86_const(u, pc));
		return;
	}
	ir_exit_call(u->ir, pc, u->next);
	u->ended = true;
}

void x86_exit_indirect(struct x86_unit *u, ir_value pc)
{
	if (unit_leaves_modes(u)) {
		x86_exit_run(u, pc);
		return;
	}
	ir_exit_indirect(u->ir, pc);
	u->ended = true;
}

void x86_exit_call_indirect(struct x86_unit *u, ir_value pc)
{
	if (unit_leaves_modes(u)) {
		x86_exit_run(u, pc);
		return;
	}
	ir_exit_call_indirect(u->ir, pc, u->next);
	u->ended = true;
}

void x86_exit_return(struct x86_unit *u, ir_value pc)
{
	if (unit_leaves_modes(u)) {
		x86_exit_run(u, pc);
		return;
	}
	ir_exit_return(u->ir, pc);
	u->ended = true;
}

void x86_follow(struct x86_unit *u, gva pc)
{
	if ((u->modes & MODES_SINGLE) || pc <= u->pc || pc >> PAGE_SHIFT != u->pc >> PAGE_SHIFT)
		x86_exit(u, pc);
	else
		u->next = pc;
}

void x86_end_block(struct x86_unit *u)
{
	x86_exit_run(u, x86_const(u, u->next));
}

void x86_end_block_if(struct x86_unit *u, ir_value changed)
{
	if (!unit_leaves_modes(u))
		ir_exit_if(u->ir, ir_setcc_imm(u->ir, IR_CC_Z, changed, 0), u->next);
	x86_end_block(u);
}

ir_value x86_call(struct x86_unit *u, enum ir_type type, ir_fn *fn, ir_value a, ir_value b,
		  ir_value c, ir_value d)
{
	return ir_call(u->ir, type, CALL_SITE, fn, a, b, c, d);
}

void x86_emit_raise(struct x86_unit *u, enum x86_vector vector)
{
	x86_call(u, IR_VOID, x86_help_raise, x86_const(u, vector), x86_const(u, 0), IR_NONE,
		 IR_NONE);
	ir_exit_run(u->ir, x86_const(u, u->pc));
	u->ended = true;
}

void x86_emit_undefined(struct x86_unit *u, const struct x86_insn *i)
{
	(void)i;
	x86_emit_raise(u, X86_UD);
}

/* Reading. */

struct unit_reader {
	struct x86_unit *u;
	gva pc;
	bool outside; /* it was the segment's limit */
};

static bool unit_byte(void *context, unsigned n, uint8_t *value)
{
	struct unit_reader *r = context;
	uint32_t byte;

	if (r->pc + n - r->u->code.base > r->u->code.limit) {
		r->outside = true;
		return false;
	}
	if (!fetch_read(r->u->fetch, r->pc + n, 1, &byte))
		return false;
	*value = (uint8_t)byte;
	return true;
}

/* Notes that translation depends on the bytes before `end`. */
static void unit_note_bytes(struct x86_unit *u, gva end)
{
	gva bytes = end - u->ir->pc;

	if (bytes > u->ir->guest_bytes && bytes <= 2 * PAGE_BYTES)
		u->ir->guest_bytes = bytes;
}

/* What came after the 80386: by feature, or by family where there is no bit for it. */
static bool unit_lacks(const struct x86_unit *u, const struct x86_insn *i)
{
	static const struct {
		x86_emit *emit;
		uint8_t family;
		uint32_t feature;
	} later[] = {
		{ x86_emit_bswap, 4, 0 },
		{ x86_emit_xadd, 4, 0 },
		{ x86_emit_cmpxchg, 4, 0 },
		{ x86_emit_wbinvd, 4, 0 },
		{ x86_emit_invlpg, 4, 0 },
		{ x86_emit_cmpxchg8b, 5, X86_FEATURE_CX8 },
		{ x86_emit_cmov, 6, X86_FEATURE_CMOV },
		{ x87_emit_cmov, 6, X86_FEATURE_CMOV },
		{ x87_emit_compare_flags, 6, X86_FEATURE_CMOV },
		{ x87_emit_fxsave, 6, X86_FEATURE_FXSR },
		{ x87_emit_fxrstor, 6, X86_FEATURE_FXSR },
		{ x86_emit_touch_nothing, 6, 0 },
		{ x86_emit_sysenter, 6, X86_FEATURE_SEP },
	};
	const struct x86_model *model = u->x86->model;

	for (unsigned n = 0; n < COUNT_OF(later); n++)
		if (i->row->emit == later[n].emit)
			return model->family < later[n].family ||
			       (model->features & later[n].feature) != later[n].feature;
	return false;
}

static void unit_emit(struct x86_unit *u, const struct x86_insn *i, enum x86_decoded decoded,
		      const struct unit_reader *r)
{
	if (decoded == X86_TOO_LONG || (decoded == X86_UNREADABLE && r->outside))
		x86_emit_raise(u, X86_GP);
	else if (decoded != X86_DECODED || !i->row->emit || unit_lacks(u, i))
		x86_emit_raise(u, X86_UD);
	else
		i->row->emit(u, i);
}

/* Translates the instruction at u->next; false: it can't be read from this block. */
static bool unit_instruction(struct x86_unit *u, bool first)
{
	struct unit_reader r = { .u = u, .pc = u->next };
	struct x86_insn i;
	enum x86_decoded decoded = x86_decode(u->code.wide, unit_byte, &r, &i);

	if (decoded == X86_UNREADABLE && !first && !r.outside)
		return false;
	u->pc = u->next;
	u->next = u->pc + i.length;
	u->e_address = IR_NONE;
	u->no_trap = false;
	unit_note_bytes(u, u->next);
	ir_insn(u->ir, u->pc);
	if (u->modes & X86_MODE_BREAKS)
		x86_call(u, IR_VOID, x86_help_break, IR_NONE, IR_NONE, IR_NONE, IR_NONE);
	if (u->modes & X86_MODE_SHADOW)
		x86_set(u, X86_SLOT(shadow), x86_const(u, 0));
	unit_emit(u, &i, decoded, &r);
	return true;
}

/* Whether another instruction, at u->next, can be in the block. */
static bool unit_has_room(const struct x86_unit *u)
{
	unsigned limit = u->modes & MODES_SINGLE ? 1 : BLOCK_INSTRUCTIONS;

	if (u->fetch->limit < limit)
		limit = u->fetch->limit;
	return u->ir->insns < limit && ir_room(u->ir) &&
	       u->next >> PAGE_SHIFT == u->ir->pc >> PAGE_SHIFT;
}

void x86_translate(struct cpu *cpu, struct ir_block *b, struct fetch *f)
{
	struct x86 *x = x86_of(cpu);
	struct x86_unit u = {
		.ir = b,
		.x86 = x,
		.fetch = f,
		.modes = b->modes,
		.code = x->code[b->modes & X86_MODE_CODE],
		.next = b->pc,
		.e_address = IR_NONE,
	};

	b->x87 = X86_SLOT(fpu);
	x86_flags_unknown(&u);
	for (bool first = true; !u.ended; first = false) {
		if (!first && (!unit_has_room(&u) || !unit_instruction(&u, false)))
			x86_exit(&u, u.next);
		else if (first)
			unit_instruction(&u, true);
		f->first = false;
	}
}
