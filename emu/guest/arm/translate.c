/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The ARM front end's driver: from guest code to a superblock of IR.
 *
 * A block goes on over conditional branches, which become side exits, and follows
 * forward jumps within its page.  It ends at other jumps, at backward branches (loops:
 * the exit that is taken most should be the block's last), and at what changes modes.
 *
 * Conditions.  IR has no control flow within a block, so that a conditional instruction
 * is one of
 *	- predicated: registers get select(condition, new, old); what neither sets flags
 *	  nor touches memory;
 *	- behind a side exit to the next instruction, taken if the condition fails.  From
 *	  then on the condition is *known*, until flags change;
 *	- in IT blocks the exit goes behind the block, as the rest has the same condition
 *	  and would be skipped too.  If it hasn't (ITE), loads and stores become calls
 *	  that look at the condition, others a call that leaves through the run loop.
 * Which one is used depends on nothing but the instructions themselves, not on where a
 * block began: instruction counts are the same however code is cut into blocks.
 *
 * IT.  Exits keep the mode flags, and CPSR.IT is one.  So a block that begins within an
 * IT block leaves through the run loop only, and ends with the IT block.  The slot `it`
 * is 0 but while an instruction of an IT block can raise.
 *
 * Not modelled: ThumbEE, Jazelle.
 */
#include "guest/arm/emit.h"

#include "guest/arm/system.h"

#define BLOCK_INSTRUCTIONS 64

/* Operations that don't count as coming between: the set of the result, instruction
 * marks of this and of IT. */
#define MARKS 3

ir_value arm_reg(struct arm_unit *u, unsigned n)
{
	if (n == 15)
		return arm_const(u, u->pc + (u->thumb ? 4 : 8));
	return arm_get(u, ARM_SLOT(r) + 4 * n);
}

void arm_set_reg(struct arm_unit *u, unsigned n, ir_value value)
{
	if (u->predicate != IR_NONE)
		value = ir_select(u->ir, u->predicate, value, arm_reg(u, n));
	arm_set(u, ARM_SLOT(r) + 4 * n, value);
}

struct ir_mem arm_mem(const struct arm_unit *u, unsigned size, unsigned align)
{
	return (struct ir_mem){
		.size = (uint8_t)(size & 7),
		.big = (u->modes & ARM_MODE_BIG) != 0,
		.align = (u->modes & ARM_MODE_ALIGN) && size > align ? size & 7 : align & 7,
		.space = u->modes & ARM_MODE_SPACE,
	};
}

/* Flags. */

static void unit_forget(struct arm_unit *u)
{
	for (unsigned i = 0; i < COUNT_OF(u->condition); i++)
		u->condition[i] = IR_NONE;
	u->known = 14;
}

void arm_flags_changed(struct arm_unit *u)
{
	unit_forget(u);
	u->flags_kind = FLAGS_SLOTS;
}

void arm_set_flags_arithmetic(struct arm_unit *u, ir_value token, bool subtraction)
{
	unit_forget(u);
	u->flags_x = u->flags_y = IR_NONE;
	u->flags_kind = subtraction ? FLAGS_SUB : FLAGS_ADD;
	u->flags = token;
	arm_set(u, ARM_SLOT(nf), token);
	arm_set(u, ARM_SLOT(zf), token);
	arm_set(u, ARM_SLOT(cf), ir_cond(u->ir, token, subtraction ? IR_CC_AE : IR_CC_B));
	arm_set(u, ARM_SLOT(vf), ir_cond(u->ir, token, IR_CC_V));
	u->flags_end = u->ir->count;
}

void arm_flags_compared(struct arm_unit *u, ir_value x, ir_value y)
{
	u->flags_x = x;
	u->flags_y = y;
}

void arm_set_flags_logic(struct arm_unit *u, ir_value value, bool token, ir_value carry)
{
	unit_forget(u);
	u->flags_kind = token ? FLAGS_LOGIC : FLAGS_VALUE;
	u->flags = value;
	arm_set(u, ARM_SLOT(nf), value);
	arm_set(u, ARM_SLOT(zf), value);
	if (carry != IR_NONE)
		arm_set(u, ARM_SLOT(cf), carry);
	u->flags_end = u->ir->count;
}

/* N != V as 0 or 1. */
static ir_value condition_less(struct arm_unit *u)
{
	ir_value n = ir_binary_imm(u->ir, IR_SHR, IR_I32, arm_get(u, ARM_SLOT(nf)), 31);

	return arm_op(u, IR_XOR, n, arm_get(u, ARM_SLOT(vf)));
}

/* From the slots.  The odd conditions are the even ones' inverse. */
static ir_value condition_from_slots(struct arm_unit *u, unsigned condition)
{
	enum ir_cc zero = condition & 1 ? IR_CC_NZ : IR_CC_Z;
	ir_value value;

	switch (condition >> 1) {
	case 0: /* EQ */
		return ir_setcc_imm(u->ir, zero, arm_get(u, ARM_SLOT(zf)), 0);
	case 1: /* CS */
		value = arm_get(u, ARM_SLOT(cf));
		break;
	case 2: /* MI */
		return ir_setcc_imm(u->ir, condition & 1 ? IR_CC_GE : IR_CC_L,
				    arm_get(u, ARM_SLOT(nf)), 0);
	case 3: /* VS */
		value = arm_get(u, ARM_SLOT(vf));
		break;
	case 4: /* HI */
		value = arm_op(u, IR_AND, arm_get(u, ARM_SLOT(cf)), arm_condition(u, 1));
		break;
	case 5: /* GE */
		return ir_setcc_imm(u->ir, zero, condition_less(u), 0);
	default: /* GT */
		value = arm_op(u, IR_AND, arm_condition(u, 10), arm_condition(u, 1));
		break;
	}
	return condition & 1 ? ir_setcc_imm(u->ir, IR_CC_Z, value, 0) : value;
}

/* When other operations have come after the one that set the flags, its token would
 * have to be kept for long; the result, or the operands of a comparison, which mostly
 * are in registers anyway, tell the same.  IR_NONE: they don't. */
static ir_value condition_late(struct arm_unit *u, unsigned condition)
{
	static const uint8_t compare[14] = { IR_CC_Z,  IR_CC_NZ, IR_CC_AE, IR_CC_B, 0,
					     0,        0,        0,        IR_CC_A, IR_CC_BE,
					     IR_CC_GE, IR_CC_L,  IR_CC_G,  IR_CC_LE };

	if (u->ir->count <= u->flags_end + MARKS || u->flags_kind == FLAGS_SLOTS)
		return IR_NONE;
	if (u->flags_x != IR_NONE && u->flags_kind == FLAGS_SUB &&
	    (condition < 4 || condition >= 8))
		return ir_setcc(u->ir, (enum ir_cc)compare[condition], u->flags_x, u->flags_y);
	if (condition < 2)
		return ir_setcc_imm(u->ir, condition ? IR_CC_NZ : IR_CC_Z, u->flags, 0);
	if (condition == 4 || condition == 5)
		return ir_setcc_imm(u->ir, condition == 4 ? IR_CC_L : IR_CC_GE, u->flags, 0);
	return IR_NONE;
}

static ir_value condition_make(struct arm_unit *u, unsigned condition)
{
	static const uint8_t after_sub[14] = { IR_CC_Z,  IR_CC_NZ, IR_CC_AE, IR_CC_B, IR_CC_N,
					       IR_CC_NN, IR_CC_V,  IR_CC_NV, IR_CC_A, IR_CC_BE,
					       IR_CC_GE, IR_CC_L,  IR_CC_G,  IR_CC_LE };
	enum ir_cc cc = after_sub[condition];
	ir_value late = condition_late(u, condition);

	if (late != IR_NONE)
		return late;
	switch (u->flags_kind) {
	case FLAGS_SUB:
		return ir_cond(u->ir, u->flags, cc);
	case FLAGS_ADD:
		if (condition == 8 || condition == 9)
			break;
		if (condition == 2 || condition == 3)
			cc ^= 1; /* the carry itself */
		return ir_cond(u->ir, u->flags, cc);
	case FLAGS_LOGIC:
		if (condition < 2 || condition == 4 || condition == 5)
			return ir_cond(u->ir, u->flags, cc);
		break;
	}
	return condition_from_slots(u, condition);
}

ir_value arm_condition(struct arm_unit *u, unsigned condition)
{
	if (u->condition[condition] == IR_NONE)
		u->condition[condition] = condition_make(u, condition);
	return u->condition[condition];
}

/* Exits. */

static void unit_set_it(struct arm_unit *u, uint8_t it)
{
	if (u->it_slot != it)
		arm_set(u, ARM_SLOT(it), arm_const(u, it));
	u->it_slot = it;
}

/* Before an exit to an instruction that isn't in an IT block.  True if the exit must
 * go through the run loop. */
static bool unit_leave(struct arm_unit *u)
{
	unit_set_it(u, 0);
	u->ended = true;
	return (u->modes & ARM_MODE_IT) != 0;
}

void arm_exit_run(struct arm_unit *u, ir_value pc)
{
	ir_exit_run(u->ir, pc);
	u->ended = true;
}

void arm_exit(struct arm_unit *u, gva pc)
{
	if (unit_leave(u))
		ir_exit_run(u->ir, arm_const(u, pc));
	else
		ir_exit(u->ir, pc);
}

void arm_exit_call(struct arm_unit *u, gva pc)
{
	if (unit_leave(u))
		ir_exit_run(u->ir, arm_const(u, pc));
	else
		ir_exit_call(u->ir, pc, arm_next_pc(u));
}

void arm_exit_indirect(struct arm_unit *u, ir_value pc)
{
	if (unit_leave(u))
		ir_exit_run(u->ir, pc);
	else
		ir_exit_indirect(u->ir, pc);
}

void arm_exit_call_indirect(struct arm_unit *u, ir_value pc)
{
	if (unit_leave(u))
		ir_exit_run(u->ir, pc);
	else
		ir_exit_call_indirect(u->ir, pc, arm_next_pc(u));
}

void arm_exit_return(struct arm_unit *u, ir_value pc)
{
	if (unit_leave(u))
		ir_exit_run(u->ir, pc);
	else
		ir_exit_return(u->ir, pc);
}

/* Only conditional branches use it, and those have no IT block around them. */
void arm_exit_if(struct arm_unit *u, ir_value condition, gva pc)
{
	ir_exit_if(u->ir, condition, pc);
}

void arm_follow(struct arm_unit *u, gva pc)
{
	gva target = pc & ~1u;

	if ((u->modes & ARM_MODE_IT) || u->it || target <= u->pc ||
	    target >> PAGE_SHIFT != u->pc >> PAGE_SHIFT)
		arm_exit(u, pc);
	else
		u->next = target;
}

void arm_exit_interworking(struct arm_unit *u, ir_value pc, bool is_return)
{
	/* Bit 0 is T already; an ARM address with bit 1 set is UNPREDICTABLE, translation
	 * rounds it down. */
	if (is_return)
		arm_exit_return(u, pc);
	else
		arm_exit_indirect(u, pc);
}

void arm_exit_alu(struct arm_unit *u, ir_value pc)
{
	arm_exit_indirect(u, u->thumb ? arm_op_imm(u, IR_OR, pc, 1) : pc);
}

void arm_exit_exception(struct arm_unit *u, ir_value pc)
{
	if (u->modes & ARM_MODE_FIQ_SYS) { /* there is no SPSR: UNPREDICTABLE */
		arm_emit_undefined(u);
		return;
	}
	unit_set_it(u, 0);
	arm_exit_run(u, ir_call(u->ir, IR_I32, CALL_SITE, arm_help_exception_return, pc, IR_NONE,
				IR_NONE, IR_NONE));
}

void arm_end_block(struct arm_unit *u)
{
	unit_set_it(u, u->it_next);
	arm_exit_run(u, arm_const(u, arm_next_pc(u)));
}

/* The instruction can't be in this block: ends it before. */
static void unit_stop(struct arm_unit *u, gva pc)
{
	if (u->it_next) {
		unit_set_it(u, u->it_next);
		arm_exit_run(u, arm_const(u, pc | u->thumb));
	} else
		arm_exit(u, pc | u->thumb);
}

/* Conditional instructions. */

static uint8_t it_advance(uint8_t it)
{
	return it & 7 ? (it & 0xe0) | (it << 1 & 0x1f) : 0;
}

/* Notes that translation depends on the bytes before `end`. */
static void unit_cover(struct arm_unit *u, gva end)
{
	gva bytes = end - (u->ir->pc & ~1u);

	if (bytes > u->ir->guest_bytes && bytes <= 2 * PAGE_BYTES)
		u->ir->guest_bytes = bytes;
}

/* If all that follows in the IT block has the same condition, and is in the same page:
 * the address behind it. */
static bool unit_it_end(struct arm_unit *u, gva *end)
{
	gva pc = u->pc + u->bytes, seen = pc;
	uint32_t half;

	for (uint8_t it = u->it_next; it; it = it_advance(it)) {
		if (it >> 4 != u->it >> 4 || pc >> PAGE_SHIFT != u->pc >> PAGE_SHIFT ||
		    !fetch_read(u->fetch, pc, 2, &half))
			return false;
		seen = pc + 2; /* the other half may be in the next page */
		pc += arm_is_wide(half) ? 4 : 2;
	}
	unit_cover(u, seen);
	*end = pc;
	return true;
}

/* Goes on at `pc` with IT state `it` if the condition fails. */
static void unit_skip(struct arm_unit *u, unsigned condition, gva pc, uint8_t it)
{
	if (u->modes & ARM_MODE_IT || it)
		ir_call(u->ir, IR_VOID, CALL_SITE, arm_help_it_skip, arm_condition(u, condition),
			arm_const(u, pc | 1), arm_const(u, it), IR_NONE);
	else {
		ir_value fails = arm_condition(u, condition ^ 1);

		unit_set_it(u, 0);
		ir_exit_if(u->ir, fails, pc | 1);
	}
	u->known = (uint8_t)condition;
}

/* Instructions that are undefined only at a closer look may be predicated already. */
void arm_emit_undefined(struct arm_unit *u)
{
	if (u->predicate != IR_NONE && u->it)
		unit_skip(u, u->it >> 4, u->pc + u->bytes, u->it_next);
	else if (u->predicate != IR_NONE)
		ir_exit_if(u->ir, ir_setcc_imm(u->ir, IR_CC_Z, u->predicate, 0), arm_next_pc(u));
	u->predicate = IR_NONE;
	unit_set_it(u, u->it);
	ir_call(u->ir, IR_VOID, CALL_SITE, arm_help_undefined, IR_NONE, IR_NONE, IR_NONE, IR_NONE);
	arm_exit_run(u, arm_const(u, u->pc | u->thumb));
}

/* In an IT block, an instruction that can't be predicated by registers alone. */
static void unit_guard_it(struct arm_unit *u, const struct arm_operands *o, unsigned condition)
{
	gva end;

	if (unit_it_end(u, &end))
		unit_skip(u, condition, end, 0);
	else if (o->row && (o->row->how & ROW_MEMORY) && o->d != 15)
		u->predicate = arm_condition(u, condition);
	else
		unit_skip(u, condition, u->pc + u->bytes, u->it_next);
}

/* Arranges for the instruction to have effect only under the condition.  False: it never
 * has. */
static bool unit_guard(struct arm_unit *u, const struct arm_operands *o, unsigned condition)
{
	bool select = o->row && (o->row->how & ROW_SELECT) && !o->s && o->d != 15;
	gva end;

	if (condition >= 14 || u->known == condition)
		return true;
	if (u->known == (condition ^ 1)) {
		if (!select && u->it && unit_it_end(u, &end)) {
			u->next = end;
			u->it_next = 0;
		}
		return false;
	}
	if (select)
		u->predicate = arm_condition(u, condition);
	else if (u->it)
		unit_guard_it(u, o, condition);
	else {
		ir_exit_if(u->ir, arm_condition(u, condition ^ 1), arm_next_pc(u));
		u->known = (uint8_t)condition;
	}
	return true;
}

static unsigned unit_condition(const struct arm_unit *u, const struct arm_operands *o)
{
	if (o->row && (o->row->how & ROW_ALWAYS))
		return 14;
	if (u->thumb)
		return u->it ? u->it >> 4 : 14;
	return o->raw >> 28;
}

/* Translates one instruction. */
static void unit_step(struct arm_unit *u, uint32_t raw)
{
	struct arm_operands o;
	bool defined = arm_decode(u->thumb, raw, &o);

	u->next = u->pc + u->bytes;
	u->it = u->it_next;
	u->it_next = it_advance(u->it);
	unit_cover(u, u->next);
	ir_insn(u->ir, u->pc | u->thumb);
	if (defined && (o.row->how & ROW_S_IT))
		o.s = !u->it;
	if (!unit_guard(u, &o, unit_condition(u, &o)))
		return;
	if (!defined)
		arm_emit_undefined(u);
	else {
		if (!(o.row->how & ROW_SELECT))
			unit_set_it(u, o.row->how & ROW_ADVANCE ? u->it_next : u->it);
		o.row->emit(u, &o);
	}
	u->predicate = IR_NONE;
}

/* Reads the instruction at pc; false: not readable from this block. */
static bool unit_fetch(struct arm_unit *u, gva pc, uint32_t *raw)
{
	uint32_t second;

	u->bytes = 4;
	if (!u->thumb)
		return fetch_read(u->fetch, pc, 4, raw);
	if (!fetch_read(u->fetch, pc, 2, raw))
		return false;
	if (!arm_is_wide(*raw)) {
		u->bytes = 2;
		return true;
	}
	if (!fetch_read(u->fetch, pc + 2, 2, &second))
		return false;
	*raw = *raw << 16 | second;
	return true;
}

/* Whether another instruction, at u->next, can be in the block. */
static bool unit_goes_on(const struct arm_unit *u)
{
	unsigned limit =
		u->fetch->limit < BLOCK_INSTRUCTIONS ? u->fetch->limit : BLOCK_INSTRUCTIONS;

	return u->ir->insns < limit && ir_room(u->ir) &&
	       u->next >> PAGE_SHIFT == (u->ir->pc & ~1u) >> PAGE_SHIFT &&
	       !((u->modes & ARM_MODE_IT) && !u->it_next);
}

void arm_translate(struct cpu *cpu, struct ir_block *b, struct fetch *f)
{
	bool thumb = b->pc & 1;
	struct arm_unit u = {
		.ir = b,
		.arm = arm_of(cpu),
		.fetch = f,
		.modes = b->modes,
		.thumb = thumb,
		.next = b->pc & (thumb ? ~1u : ~3u),
		.it_next = thumb ? (b->modes & ARM_MODE_IT) >> 8 : 0,
		.it_slot = (b->modes & ARM_MODE_IT) >> 8,
		.predicate = IR_NONE,
	};

	arm_flags_changed(&u);
	for (bool first = true; !u.ended; first = false) {
		uint32_t raw;

		if (!first && !unit_goes_on(&u)) {
			unit_stop(&u, u.next);
			break;
		}
		if (!unit_fetch(&u, u.next, &raw)) {
			if (!first) {
				unit_stop(&u, u.next);
				break;
			}
			raw = u.thumb ? 0xde00 : 0xe7f000f0; /* UDF: no memory there */
		}
		u.pc = u.next;
		unit_step(&u, raw);
		f->first = false;
	}
}
