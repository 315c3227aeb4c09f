/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where values are: a local register allocation made while code is emitted.
 *
 * A value can be in one register (value.reg, owner[reg]) and, at the same time, in
 * memory: its spill unit or the slot it came from or went to (origin).  Constants
 * need neither.  When no temporary is free, the one whose value is used last of all
 * gives way, with a store only if memory doesn't have it yet; in SSA form a spilled
 * value stays right for ever.  Nothing here changes EFLAGS.
 */
#include "emit.h"

#include <assert.h>

void reg_begin(struct host *h)
{
	for (unsigned r = 0; r < REGS; r++)
		h->owner[r] = IR_NONE;
	h->locked = 0;
	h->origins = 0;
	h->units = 0;
	h->free_units = 0;
	h->flags_of = IR_NONE;
}

void reg_lock(struct host *h, unsigned reg)
{
	h->locked |= REG_BIT(reg);
}

unsigned unit_allocate(struct host *h)
{
	if (h->free_units)
		return h->free_unit[--h->free_units];
	assert(h->units < SPILL_UNITS);
	return h->units++;
}

static void unit_free(struct host *h, unsigned unit)
{
	h->free_unit[h->free_units++] = (uint16_t)unit;
}

struct place unit_place(const struct host *h, unsigned unit)
{
	if (unit < FRAME_UNITS)
		return place_at(RSP, (int32_t)unit * 16);
	return place_absolute((uint32_t)(uintptr_t)&h->more_units[(unit - FRAME_UNITS) * 16]);
}

/* Where a value is in memory, if it is. */
bool value_place(const struct host *h, ir_value v, struct place *p)
{
	const struct value *value = &h->value[v];

	if (value->origin != NO_ORIGIN)
		*p = place_slot(h, value->origin);
	else if (value->spill != NO_UNIT)
		*p = unit_place(h, value->spill);
	else
		return false;
	return true;
}

/* Whether that place is better read as a byte: it may just have been written as one. */
bool value_is_byte(const struct host *h, ir_value v)
{
	unsigned origin = h->value[v].origin;

	return origin != NO_ORIGIN && type_of(h, v) == IR_I32 && h->boolean[origin / 4];
}

void spill_value(struct host *h, ir_value v)
{
	struct value *value = &h->value[v];
	enum ir_type type = type_of(h, v);
	struct place p;

	if (is_const(h, v) || value_place(h, v, &p))
		return;
	value->spill = (uint16_t)unit_allocate(h);
	p = unit_place(h, value->spill);
	if (is_vector_type(type))
		enc_vector_store(h, type, p, value->reg);
	else
		enc_store(h, width_of(type), p, value->reg);
}

void reg_disown(struct host *h, unsigned reg)
{
	if (h->owner[reg] != IR_NONE)
		h->value[h->owner[reg]].reg = NO_REG;
	h->owner[reg] = IR_NONE;
}

static uint32_t regs_owned(const struct host *h, uint32_t among)
{
	uint32_t owned = 0;

	for (uint32_t rest = among; rest; rest &= rest - 1) {
		unsigned r = (unsigned)__builtin_ctz(rest);

		if (h->owner[r] != IR_NONE)
			owned |= REG_BIT(r);
	}
	return owned;
}

bool reg_vectors_used(const struct host *h)
{
	return regs_owned(h, TEMPS_VECTOR) != 0;
}

static unsigned evict_one(struct host *h, uint32_t among)
{
	unsigned best = NO_REG, best_last = 0;

	for (uint32_t rest = among; rest; rest &= rest - 1) {
		unsigned r = (unsigned)__builtin_ctz(rest);
		unsigned last = h->value[h->owner[r]].last;

		if (best == NO_REG || last > best_last) {
			best = r;
			best_last = last;
		}
	}
	assert(best != NO_REG);
	spill_value(h, h->owner[best]);
	reg_disown(h, best);
	return best;
}

static unsigned scratch_among(struct host *h, uint32_t temps)
{
	uint32_t candidates = temps & ~h->locked;
	uint32_t free = candidates & ~regs_owned(h, candidates);
	unsigned r = free ? (unsigned)__builtin_ctz(free) : evict_one(h, candidates);

	reg_lock(h, r);
	return r;
}

unsigned reg_scratch(struct host *h)
{
	return scratch_among(h, h->temps);
}

unsigned reg_scratch_vector(struct host *h)
{
	return scratch_among(h, TEMPS_VECTOR);
}

void reg_clear(struct host *h, unsigned reg)
{
	ir_value v = h->owner[reg];
	uint32_t candidates = h->temps & ~h->locked & ~REG_BIT(reg);
	uint32_t free = candidates & ~regs_owned(h, candidates);

	if (v == IR_NONE)
		return;
	if (free && h->value[v].last >= h->at) {
		unsigned to = (unsigned)__builtin_ctz(free);

		enc_mov(h, width_of(type_of(h, v)), to, reg);
		reg_define(h, v, to);
	} else {
		if (h->value[v].last >= h->at)
			spill_value(h, v);
		reg_disown(h, reg);
	}
	h->owner[reg] = IR_NONE;
}

void reg_clear_locked(struct host *h, unsigned reg)
{
	reg_clear(h, reg);
	reg_lock(h, reg);
}

static void load_vector_const(struct host *h, unsigned to, ir_value v)
{
	const struct ir_op *op = op_of(h, v);
	unsigned w = op->type == IR_F32 ? W32 : W64;
	unsigned general;
	uint32_t locked = h->locked;

	if (!op->imm) {
		enc_rr(h, 0x0f57, W32, to, to);
		return;
	}
	general = reg_scratch(h);
	enc_imm(h, general, w ? op->imm : (uint32_t)op->imm);
	enc_rr(h, 0x66000f6e, w, to, general);
	if (op->type == IR_V128)
		enc_rr(h, 0x66000f6c, W32, to, to);
	h->locked = locked;
}

void reg_copy(struct host *h, unsigned to, ir_value v)
{
	const struct value *value = &h->value[v];
	const struct ir_op *op = op_of(h, v);
	struct place p;

	if (value->reg == to)
		return;
	if (is_vector_type(type_of(h, v))) {
		if (value->reg != NO_REG)
			enc_rr(h, 0x0f28, W32, to, value->reg);
		else if (op->op == IR_CONST)
			load_vector_const(h, to, v);
		else if (value_place(h, v, &p))
			enc_vector_load(h, type_of(h, v), to, p);
		else
			assert(!"vector value lost");
		return;
	}
	if (value->reg != NO_REG)
		enc_mov(h, width_of(type_of(h, v)), to, value->reg);
	else if (op->op == IR_CONST)
		enc_imm(h, to, op->type == IR_I32 ? (uint32_t)op->imm : op->imm);
	else if (value_place(h, v, &p) && value_is_byte(h, v))
		enc_rm(h, 0x0fb6, W32, to, p);
	else if (value_place(h, v, &p))
		enc_load(h, width_of(type_of(h, v)), to, p);
	else
		gen_flag_value(h, v, to);
}

unsigned reg_use(struct host *h, ir_value v)
{
	struct value *value = &h->value[v];

	if (value->reg == NO_REG) {
		bool vector = is_vector_type(type_of(h, v));
		unsigned to = vector ? reg_scratch_vector(h) : reg_scratch(h);

		reg_copy(h, to, v);
		reg_define(h, v, to);
	}
	reg_lock(h, value->reg);
	return value->reg;
}

/* The second operand of an ALU instruction of this type, v's own: best as constant,
 * else as register, else from memory if that is its last use. */
struct operand reg_operand(struct host *h, ir_value v, enum ir_type type)
{
	struct operand o = { .kind = OPERAND_REG };
	const struct value *value = &h->value[v];

	if (is_const(h, v)) {
		int64_t imm = (int64_t)op_of(h, v)->imm;

		if (type == IR_I32 || imm == (int32_t)imm) {
			o.kind = OPERAND_IMM;
			o.imm = (int32_t)imm;
			return o;
		}
	}
	if (value->reg == NO_REG && !lives_on(h, v) && !value_is_byte(h, v) &&
	    value_place(h, v, &o.place)) {
		o.kind = OPERAND_PLACE;
		return o;
	}
	o.reg = (uint8_t)reg_use(h, v);
	return o;
}

/* The pinned register that this operation's result is to end in, if nobody needs
 * what is there after the operation.  It may be one of the operands'! */
unsigned reg_wanted(const struct host *h)
{
	unsigned r = h->value[h->at].hint;

	if (r == NO_REG || (h->owner[r] != IR_NONE && lives_on(h, h->owner[r])))
		return NO_REG;
	return r;
}

/* A register for the result of an operation that overwrites v's register. */
unsigned reg_target(struct host *h, ir_value v)
{
	unsigned wanted = reg_wanted(h);

	if (wanted != NO_REG)
		return wanted;
	if (v != IR_NONE && !lives_on(h, v)) {
		unsigned r = h->value[v].reg;

		if (r != NO_REG && TEMPS(h) >> r & 1) {
			reg_lock(h, r);
			return r;
		}
	}
	return reg_scratch(h);
}

void reg_define(struct host *h, ir_value v, unsigned reg)
{
	struct value *value = &h->value[v];

	if (h->owner[reg] == v)
		return;
	reg_disown(h, reg);
	if (value->reg != NO_REG)
		h->owner[value->reg] = IR_NONE;
	h->owner[reg] = v;
	value->reg = (uint8_t)reg;
}

void reg_result(struct host *h, unsigned reg)
{
	reg_define(h, (ir_value)h->at, reg);
}

static void value_dies(struct host *h, ir_value v)
{
	struct value *value = &h->value[v];

	if (value->reg != NO_REG)
		reg_disown(h, value->reg);
	if (value->spill != NO_UNIT)
		unit_free(h, value->spill);
	value->spill = NO_UNIT;
	value->origin = NO_ORIGIN;
}

static void operands_die(struct host *h, const struct ir_op *op)
{
	for (unsigned i = 0; i < 4 && op->arg[i] != IR_NONE; i++) {
		ir_value v = op->arg[i];
		const struct ir_op *maker = op_of(h, v);

		if (h->value[v].fused)
			operands_die(h, maker);
		if (h->value[v].last != h->at)
			continue;
		value_dies(h, v);
		if (maker->op == IR_COND && !h->value[maker->arg[0]].twice)
			h->value[maker->arg[0]].token_ccs &= (uint16_t) ~(1u << maker->cc);
	}
}

/* After an operation: what it used last is gone, as is a result nobody uses. */
void reg_release(struct host *h, const struct ir_op *op)
{
	operands_die(h, op);
	if (!h->value[h->at].last)
		value_dies(h, (ir_value)h->at);
	h->locked = 0;
}

/* The pinned register is about to change: its value goes to a temporary if it is
 * still needed. */
void reg_move_out(struct host *h, unsigned pinned)
{
	ir_value v = h->owner[pinned];

	if (v != IR_NONE && lives_on(h, v)) {
		unsigned to = reg_scratch(h);

		enc_mov(h, W32, to, pinned);
		reg_define(h, v, to);
	}
	reg_disown(h, pinned);
}

void reg_set_pinned(struct host *h, unsigned reg, ir_value v)
{
	if (h->owner[reg] == v)
		return;
	reg_move_out(h, reg);
	reg_copy(h, reg, v);
	if (!is_const(h, v) && (h->value[v].reg == NO_REG || TEMPS(h) >> h->value[v].reg & 1))
		reg_define(h, v, reg);
}

/* Origins: values that a slot holds too.  They go when the slot changes. */
void reg_origin_add(struct host *h, ir_value v, unsigned slot)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < h->origins; i++)
		if (h->value[h->origin[i]].origin != NO_ORIGIN)
			h->origin[kept++] = h->origin[i];
	h->origins = (uint16_t)kept;
	if (kept == ORIGINS || h->value[v].origin != NO_ORIGIN)
		return;
	h->origin[h->origins++] = v;
	h->value[v].origin = (uint16_t)slot;
}

void reg_origin_kill(struct host *h, unsigned slot, unsigned bytes)
{
	for (unsigned i = 0; i < h->origins; i++) {
		ir_value v = h->origin[i];
		struct value *value = &h->value[v];

		if (value->origin == NO_ORIGIN || value->origin >= slot + bytes ||
		    value->origin + ir_type_bytes(type_of(h, v)) <= slot)
			continue;
		if (value->last >= h->at && value->reg == NO_REG && value->spill == NO_UNIT) {
			uint32_t locked = h->locked;

			reg_use(h, v);
			h->locked = locked;
		}
		value->origin = NO_ORIGIN;
	}
}

/* Before a call: whatever lives on is in memory too. */
void reg_save_all(struct host *h)
{
	for (uint32_t rest = TEMPS(h); rest; rest &= rest - 1) {
		unsigned r = (unsigned)__builtin_ctz(rest);

		if (h->owner[r] != IR_NONE && lives_on(h, h->owner[r]))
			spill_value(h, h->owner[r]);
	}
}

void reg_forget_temps(struct host *h)
{
	for (uint32_t rest = TEMPS(h); rest; rest &= rest - 1)
		reg_disown(h, (unsigned)__builtin_ctz(rest));
}
