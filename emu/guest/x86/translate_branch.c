/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Jumps, calls, returns, loops, interrupts by instruction (Intel SDM 1, 7.3.8).
 *
 * A target is compared with the code segment's limit, which the block knows: targets that
 * are known are decided here, others are checked unless there is no limit.
 */
#include "guest/x86/emit.h"

static uint32_t branch_cut(uint32_t eip, unsigned size)
{
	return size == 2 ? eip & 0xffff : eip;
}

static uint32_t branch_eip(const struct x86_unit *u, const struct x86_insn *i)
{
	return branch_cut(unit_next_eip(u) + i->immediate, i->size);
}

static bool branch_is_outside(const struct x86_unit *u, uint32_t eip)
{
	return eip > u->code.limit;
}

/* The linear address of an EIP that isn't known; #GP(0) beyond the limit. */
static ir_value branch_linear(struct x86_unit *u, ir_value eip)
{
	if (u->code.limit != 0xffffffff) {
		ir_value outside = ir_setcc(u->ir, IR_CC_A, eip, x86_const(u, u->code.limit));

		ir_check(u->ir, outside, x86_help_raise, x86_const(u, X86_GP), 0);
	}
	return u->code.base ? x86_op_imm(u, IR_ADD, eip, u->code.base) : eip;
}

/* Leaves if the condition holds.  Backward branches end the block. */
static void branch_taken_if(struct x86_unit *u, ir_value condition, uint32_t eip)
{
	gva target = u->code.base + eip;

	if (branch_is_outside(u, eip)) {
		ir_check(u->ir, condition, x86_help_raise, x86_const(u, X86_GP), 0);
		return;
	}
	x86_exit_if(u, condition, target);
	if (!u->ended && target <= u->pc)
		x86_exit(u, u->next);
}

void x86_emit_jcc(struct x86_unit *u, const struct x86_insn *i)
{
	branch_taken_if(u, x86_condition(u, i->arg), branch_eip(u, i));
}

void x86_emit_jmp(struct x86_unit *u, const struct x86_insn *i)
{
	uint32_t eip = branch_eip(u, i);

	if (branch_is_outside(u, eip))
		x86_emit_raise(u, X86_GP);
	else
		x86_follow(u, u->code.base + eip);
}

void x86_emit_call(struct x86_unit *u, const struct x86_insn *i)
{
	uint32_t eip = branch_eip(u, i);

	if (branch_is_outside(u, eip)) {
		x86_emit_raise(u, X86_GP);
		return;
	}
	x86_push_value(u, i->size, x86_const(u, branch_cut(unit_next_eip(u), i->size)));
	x86_exit_call(u, u->code.base + eip);
}

void x86_emit_jmp_indirect(struct x86_unit *u, const struct x86_insn *i)
{
	x86_exit_indirect(u, branch_linear(u, x86_read(u, i, 0)));
}

void x86_emit_call_indirect(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value target = branch_linear(u, x86_read(u, i, 0));

	x86_push_value(u, i->size, x86_const(u, branch_cut(unit_next_eip(u), i->size)));
	x86_exit_call_indirect(u, target);
}

void x86_emit_ret(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value target = branch_linear(u, x86_top(u, i->size));

	x86_set_stack(u, x86_stack_moved(u, i->size + i->immediate));
	x86_exit_return(u, target);
}

/* The counter is CX or ECX by the address size. */
void x86_emit_loop(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned size = i->address;
	uint32_t eip = branch_eip(u, i);
	ir_value counter = x86_reg(u, X86_ECX, size), condition;

	if (i->arg == 3) {
		branch_taken_if(u, ir_setcc_imm(u->ir, IR_CC_Z, counter, 0), eip);
		return;
	}
	counter = x86_low(u, x86_op_imm(u, IR_SUB, counter, 1), size);
	condition = ir_setcc_imm(u->ir, IR_CC_NZ, counter, 0);
	if (i->arg < 2) /* LOOPNE, LOOPE: ZF = arg */
		condition = x86_op(u, IR_AND, condition, x86_condition(u, i->arg ? 4 : 5));
	if (branch_is_outside(u, eip))
		ir_check(u->ir, condition, x86_help_raise, x86_const(u, X86_GP), 0);
	x86_set_reg(u, X86_ECX, size, counter);
	if (!branch_is_outside(u, eip))
		branch_taken_if(u, condition, eip);
}

/* Far transfers: functions that change the modes and say where to go on. */

void x86_emit_far(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value selector, offset, address;

	if (i->is_memory) {
		address = x86_address(u, i, i->size + 2u, false);
		offset = x86_load(u, address, i->size);
		selector = x86_load(u, x86_op_imm(u, IR_ADD, address, i->size), 2);
	} else {
		offset = x86_const(u, i->immediate);
		selector = x86_const(u, i->immediate2);
	}
	x86_exit_run(u,
		     x86_call(u, IR_I32, i->arg ? x86_help_far_call : x86_help_far_jump, selector,
			      offset, x86_const(u, i->size), x86_const(u, unit_next_eip(u))));
}

void x86_emit_far_ret(struct x86_unit *u, const struct x86_insn *i)
{
	x86_exit_run(u, x86_call(u, IR_I32, x86_help_far_return, x86_const(u, i->size),
				 x86_const(u, i->immediate), IR_NONE, IR_NONE));
}

void x86_emit_iret(struct x86_unit *u, const struct x86_insn *i)
{
	x86_exit_run(u, x86_call(u, IR_I32, x86_help_iret, x86_const(u, i->size),
				 x86_const(u, unit_next_eip(u)), IR_NONE, IR_NONE));
}

static void branch_interrupt(struct x86_unit *u, unsigned vector, bool of_its_own)
{
	/* The handler begins with TF clear: no trap after it. */
	u->no_trap = true;
	x86_exit_run(u,
		     x86_call(u, IR_I32, x86_help_int, x86_const(u, vector),
			      x86_const(u, unit_next_eip(u)), x86_const(u, of_its_own), IR_NONE));
}

/* With OF = 0 it does nothing.  Where a side exit can't be: a function looks. */
static void branch_overflow(struct x86_unit *u)
{
	ir_value overflow = x86_condition(u, 0);

	if (u->modes & (X86_MODE_TRAP | X86_MODE_SHADOW)) {
		u->no_trap = true;
		x86_exit_run(u, x86_call(u, IR_I32, x86_help_into, overflow,
					 x86_const(u, unit_next_eip(u)), IR_NONE, IR_NONE));
		return;
	}
	x86_exit_if(u, ir_setcc_imm(u->ir, IR_CC_Z, overflow, 0), u->next);
	branch_interrupt(u, X86_OF_TRAP, true);
}

void x86_emit_int(struct x86_unit *u, const struct x86_insn *i)
{
	if (i->arg == X86_OF_TRAP)
		branch_overflow(u);
	else
		branch_interrupt(u, i->arg ? i->arg : i->immediate, i->arg != 0);
}

/* The bounds are signed and include both ends. */
void x86_emit_bound(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned size = i->size;
	ir_value index = x86_signed(u, x86_read(u, i, 0), size);
	ir_value address = x86_address(u, i, 2 * size, false);
	ir_value low = x86_signed(u, x86_load(u, address, size), size);
	ir_value high =
		x86_signed(u, x86_load(u, x86_op_imm(u, IR_ADD, address, size), size), size);

	ir_check(u->ir, ir_setcc(u->ir, IR_CC_L, index, low), x86_help_raise, x86_const(u, X86_BR),
		 0);
	ir_check(u->ir, ir_setcc(u->ir, IR_CC_G, index, high), x86_help_raise, x86_const(u, X86_BR),
		 0);
}
