/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ARM and Thumb branches (ARM DDI 0406C, A4.3), status registers, exceptions, hints and
 * coprocessors (A4.5, A4.8 to A4.10, B9.3).
 *
 * Not modelled: memory barriers but ISB and preloads do nothing (one CPU, caches invisible), BXJ
 * is BX.
 */
#include "guest/arm/emit.h"

static gva branch_target(const struct arm_unit *u, const struct arm_operands *o)
{
	return u->pc + (u->thumb ? 4 : 8) + o->i;
}

/* Leaves for the target if the value isn't 0.  Backward branches end the block. */
static void branch_if(struct arm_unit *u, ir_value condition, gva target)
{
	arm_exit_if(u, condition, target | u->thumb);
	if (target <= u->pc)
		arm_exit(u, arm_next_pc(u));
}

void arm_emit_b(struct arm_unit *u, const struct arm_operands *o)
{
	gva target = branch_target(u, o);

	if (o->arg && u->it)
		arm_emit_undefined(u); /* a condition of its own, in an IT block: UNPREDICTABLE */
	else if (!o->arg || o->c >= 14 || u->known == o->c)
		arm_follow(u, target | u->thumb);
	else if (u->known != (o->c ^ 1)) {
		branch_if(u, arm_condition(u, o->c), target);
		u->known = (uint8_t)(o->c ^ 1);
	}
}

void arm_emit_cbz(struct arm_unit *u, const struct arm_operands *o)
{
	if (u->it)
		arm_emit_undefined(u); /* UNPREDICTABLE */
	else
		branch_if(u, ir_setcc_imm(u->ir, o->j ? IR_CC_NZ : IR_CC_Z, arm_reg(u, o->n), 0),
			  branch_target(u, o));
}

static void branch_set_lr(struct arm_unit *u)
{
	arm_set_reg(u, 14, arm_const(u, arm_next_pc(u)));
}

void arm_emit_bl(struct arm_unit *u, const struct arm_operands *o)
{
	gva target = branch_target(u, o);

	branch_set_lr(u);
	if (!o->arg)
		arm_exit_call(u, target | u->thumb);
	else
		arm_exit_call(u, u->thumb ? target & ~3u : target | 1);
}

void arm_emit_bx(struct arm_unit *u, const struct arm_operands *o)
{
	if (o->m == 15)
		arm_exit(u, (u->pc + (u->thumb ? 4 : 8)) & ~3u);
	else
		arm_exit_interworking(u, arm_reg(u, o->m), o->m == 14);
}

void arm_emit_blx(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value target = arm_reg(u, o->m);

	branch_set_lr(u);
	arm_exit_call_indirect(u, target);
}

/* TBB and TBH: arg is the entries' size log2. */
void arm_emit_tb(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value index = arm_reg(u, o->m), entry, offset;

	if (o->arg)
		index = arm_op_imm(u, IR_SHL, index, 1);
	entry = ir_load(u->ir, IR_I32, arm_mem(u, o->arg, 0),
			arm_op(u, IR_ADD, arm_reg(u, o->n), index));
	offset = arm_op_imm(u, IR_SHL, entry, 1);
	arm_exit_indirect(u, arm_op_imm(u, IR_ADD, offset, (u->pc + 4) | 1));
}

void arm_emit_it(struct arm_unit *u, const struct arm_operands *o)
{
	u->it_next = (uint8_t)(o->j << 4 | o->k);
}

/* Exceptions and hints. */

void arm_emit_nop(struct arm_unit *u, const struct arm_operands *o)
{
	(void)u, (void)o;
}

/* What follows may have been written by what came before (B2.2.9), in this very block. */
void arm_emit_isb(struct arm_unit *u, const struct arm_operands *o)
{
	(void)o;
	if (u->it_next)
		arm_end_block(u);
	else
		arm_exit(u, arm_next_pc(u));
}

static void system_call(struct arm_unit *u, ir_fn *fn, ir_value a, ir_value b)
{
	ir_call(u->ir, IR_VOID, CALL_SITE, fn, a, b, IR_NONE, IR_NONE);
}

void arm_emit_svc(struct arm_unit *u, const struct arm_operands *o)
{
	(void)o;
	system_call(u, arm_help_svc, IR_NONE, IR_NONE);
	arm_exit_run(u, arm_const(u, arm_next_pc(u))); /* never */
}

void arm_emit_bkpt(struct arm_unit *u, const struct arm_operands *o)
{
	(void)o;
	system_call(u, arm_help_bkpt, IR_NONE, IR_NONE);
	arm_exit_run(u, arm_const(u, arm_next_pc(u))); /* never */
}

void arm_emit_service(struct arm_unit *u, const struct arm_operands *o)
{
	(void)o;
	system_call(u, arm_help_service, IR_NONE, IR_NONE);
	arm_end_block(u);
}

void arm_emit_wfi(struct arm_unit *u, const struct arm_operands *o)
{
	(void)o;
	if (u->modes & ARM_MODE_PRIVILEGED) /* else it may be a nop */
		system_call(u, arm_help_wfi, IR_NONE, IR_NONE);
	arm_end_block(u);
}

void arm_emit_wfe(struct arm_unit *u, const struct arm_operands *o)
{
	(void)o;
	system_call(u, arm_help_wfe, IR_NONE, IR_NONE);
	arm_end_block(u);
}

void arm_emit_sev(struct arm_unit *u, const struct arm_operands *o)
{
	(void)o;
	system_call(u, arm_help_sev, IR_NONE, IR_NONE);
}

void arm_emit_yield(struct arm_unit *u, const struct arm_operands *o)
{
	(void)o;
	system_call(u, arm_help_yield, IR_NONE, IR_NONE);
}

void arm_emit_clrex(struct arm_unit *u, const struct arm_operands *o)
{
	(void)o;
	arm_set(u, ARM_SLOT(exclusive_address), arm_const(u, 1));
}

/* Status registers. */

/* j is imod, for the 16-bit encoding (arg) its low bit; i are A, I, F; w changes mode. */
void arm_emit_cps(struct arm_unit *u, const struct arm_operands *o)
{
	uint32_t imod = o->arg ? 2 | o->j : o->j;
	uint32_t mask = imod & 2 ? o->i << 6 : 0;
	uint32_t value = imod & 1 ? mask : 0;

	if (!(u->modes & ARM_MODE_PRIVILEGED))
		return;
	if (imod == 3 && !o->w) { /* masking only: nothing can follow from that */
		arm_set(u, ARM_SLOT(psr), arm_op_imm(u, IR_OR, arm_get(u, ARM_SLOT(psr)), mask));
		return;
	}
	if (o->w) {
		mask |= ARM_PSR_MODE;
		value |= o->m;
	}
	if (!mask)
		return;
	system_call(u, arm_help_cps, arm_const(u, value), arm_const(u, mask));
	arm_end_block(u);
}

void arm_emit_setend(struct arm_unit *u, const struct arm_operands *o)
{
	system_call(u, arm_help_setend, arm_const(u, o->i), IR_NONE);
	arm_end_block(u);
}

void arm_emit_mrs(struct arm_unit *u, const struct arm_operands *o)
{
	if (o->d == 15 || ((o->arg & STATUS_SPSR) && (u->modes & ARM_MODE_FIQ_SYS)))
		arm_emit_undefined(u); /* UNPREDICTABLE */
	else if (o->arg & STATUS_SPSR)
		arm_set_reg(u, o->d, arm_get(u, ARM_SLOT(spsr)));
	else
		arm_set_reg(u, o->d,
			    ir_call(u->ir, IR_I32, CALL_READS, arm_help_cpsr_read, IR_NONE, IR_NONE,
				    IR_NONE, IR_NONE));
}

/* The flags from bits 31..28 of a value. */
static void status_set_nzcv(struct arm_unit *u, ir_value value)
{
	ir_value z = ir_extract(u->ir, IR_I32, value, 30, 1);

	arm_flags_changed(u);
	arm_set(u, ARM_SLOT(nf), value);
	arm_set(u, ARM_SLOT(zf), arm_op_imm(u, IR_XOR, z, 1));
	arm_set(u, ARM_SLOT(cf), ir_extract(u->ir, IR_I32, value, 29, 1));
	arm_set(u, ARM_SLOT(vf), ir_extract(u->ir, IR_I32, value, 28, 1));
}

static void status_write_cpsr(struct arm_unit *u, uint32_t fields, ir_value value, uint32_t mask)
{
	if (!(u->modes & ARM_MODE_PRIVILEGED))
		fields &= ~1u;
	if (fields & 3) {
		system_call(u, arm_help_cpsr_write, value, arm_const(u, mask));
		arm_end_block(u);
		return;
	}
	if (fields & 4)
		arm_set(u, ARM_SLOT(ge), ir_extract(u->ir, IR_I32, value, 16, 4));
	if (fields & 8) {
		status_set_nzcv(u, value);
		arm_set(u, ARM_SLOT(qf), ir_extract(u->ir, IR_I32, value, 27, 1));
	}
}

/* j: which bytes. */
void arm_emit_msr(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value value = o->arg & STATUS_IMMEDIATE ? arm_const(u, o->i) : arm_reg(u, o->n);
	uint32_t mask = 0;

	for (unsigned byte = 0; byte < 4; byte++)
		if (o->j >> byte & 1)
			mask |= 0xffu << 8 * byte;
	if (!(o->arg & STATUS_SPSR))
		status_write_cpsr(u, o->j, value, mask);
	else if (u->modes & ARM_MODE_FIQ_SYS)
		arm_emit_undefined(u); /* UNPREDICTABLE */
	else
		system_call(u, arm_help_spsr_write, value, arm_const(u, mask));
}

/* Coprocessors: 14 and 15 by tables of cp15.c, 10 and 11 by translate_vfp.c. */

static bool coprocessor_missing(struct arm_unit *u, const struct arm_operands *o)
{
	if (o->q == 14 || o->q == 15)
		return false;
	arm_emit_undefined(u);
	return true;
}

static uint32_t coprocessor_encoding(const struct arm_operands *o)
{
	return o->n << 16 | o->o << 12 | o->m << 8 | o->k << 4 | o->q;
}

void arm_emit_mrc(struct arm_unit *u, const struct arm_operands *o)
{
	uint32_t encoding = coprocessor_encoding(o);
	unsigned slot;
	ir_value value;

	if (coprocessor_missing(u, o))
		return;
	slot = arm_cp15_slot(u->arm, encoding, u->modes, false);
	if (slot)
		value = arm_get(u, slot);
	else
		value = ir_call(u->ir, IR_I32, CALL_SITE, arm_help_mrc, arm_const(u, encoding),
				IR_NONE, IR_NONE, IR_NONE);
	if (o->d == 15)
		status_set_nzcv(u, value);
	else
		arm_set_reg(u, o->d, value);
}

void arm_emit_mcr(struct arm_unit *u, const struct arm_operands *o)
{
	uint32_t encoding = coprocessor_encoding(o);
	unsigned slot;

	if (coprocessor_missing(u, o))
		return;
	slot = arm_cp15_slot(u->arm, encoding, u->modes, true);
	if (slot) {
		arm_set(u, slot, arm_reg(u, o->d));
		return;
	}
	system_call(u, arm_help_mcr, arm_const(u, encoding), arm_reg(u, o->d));
	if (arm_cp15_ends_block(encoding))
		arm_end_block(u);
}

/* The 64-bit forms: d is the low half, a the high one. */
static uint32_t coprocessor_encoding64(const struct arm_operands *o)
{
	return o->o << 12 | o->m << 8 | o->q;
}

void arm_emit_mrrc(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value value;

	if (coprocessor_missing(u, o))
		return;
	if (o->d == 15 || o->a == 15) {
		arm_emit_undefined(u);
		return;
	}
	value = ir_call(u->ir, IR_I64, CALL_SITE, arm_help_mrrc,
			arm_const(u, coprocessor_encoding64(o)), IR_NONE, IR_NONE, IR_NONE);
	arm_set_reg(u, o->d, arm_low(u, value));
	arm_set_reg(u, o->a, arm_high(u, value));
}

void arm_emit_mcrr(struct arm_unit *u, const struct arm_operands *o)
{
	if (coprocessor_missing(u, o))
		return;
	system_call(u, arm_help_mcrr, arm_const(u, coprocessor_encoding64(o)),
		    ir_binary(u->ir, IR_CONCAT, IR_I64, arm_reg(u, o->d), arm_reg(u, o->a)));
	arm_end_block(u);
}

#define VMRS_FLAGS 0x0ef1fa10u /* VMRS APSR_nzcv, FPSCR */

void arm_emit_vfp(struct arm_unit *u, const struct arm_operands *o)
{
	uint32_t instruction = (o->raw & 0x0fffffff) | 0xe0000000;

	if (!arm_translate_vfp(u, instruction))
		arm_emit_undefined(u);
	else if ((o->raw & 0x0fffffff) == VMRS_FLAGS)
		arm_flags_changed(u);
}

/* In ARM's form: bit U of data processing is bit 24 there, 28 in Thumb. */
uint32_t arm_neon_instruction(const struct arm_operands *o, bool thumb)
{
	if (!thumb)
		return o->raw;
	if (o->arg)
		return (o->raw & 0x00ffffff) | 0xf4000000;
	return (o->raw & 0x00ffffff) | 0xf2000000 | (o->raw >> 4 & 1u << 24);
}

void arm_emit_neon(struct arm_unit *u, const struct arm_operands *o)
{
	uint32_t instruction = arm_neon_instruction(o, u->thumb);

	if (!(o->arg ? arm_translate_neon_memory : arm_translate_neon_data)(u, instruction))
		arm_emit_undefined(u);
}
