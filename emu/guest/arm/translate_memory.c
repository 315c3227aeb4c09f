/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ARM and Thumb loads and stores (ARM DDI 0406C, A4.6, A4.7).
 *
 * The order within an instruction is access, base write-back, destination, so that an
 * abort finds the registers as they were.
 *
 * Exclusive accesses.  The monitor is the slots exclusive_*: the address LDREX used and
 * what it loaded.  STREX loads again, compares both, and stores either the new value or
 * what is there already: without a second CPU nobody can tell, and it takes no call.
 */
#include "guest/arm/emit.h"

#include <string.h>

/* Address of a load or store, and what the base becomes. */
struct mem_operand {
	ir_value address, base; /* base IR_NONE: no write-back */
	unsigned n;
	bool user;
};

static ir_value memory_offset(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value m;

	if (!(o->arg & MEM_REGISTER))
		return IR_NONE;
	m = arm_reg(u, o->m);
	switch (o->t) {
	case 0:
		return o->i ? arm_op_imm(u, IR_SHL, m, o->i) : m;
	case 1:
		return o->i ? arm_op_imm(u, IR_SHR, m, o->i) : arm_const(u, 0);
	case 2:
		return arm_op_imm(u, IR_SAR, m, o->i ? o->i : 31);
	}
	if (o->i)
		return arm_op_imm(u, IR_ROR, m, o->i);
	return arm_op(u, IR_OR, arm_op_imm(u, IR_SHL, arm_get(u, ARM_SLOT(cf)), 31),
		      arm_op_imm(u, IR_SHR, m, 1));
}

static struct mem_operand memory_operand(struct arm_unit *u, const struct arm_operands *o)
{
	bool before = o->p || (o->arg & MEM_P), up = o->u || (o->arg & MEM_U);
	bool write = o->w || (o->arg & MEM_W);
	struct mem_operand r = {
		.n = o->arg & MEM_PC ? 15 :
		     o->arg & MEM_SP ? 13 :
				       o->n,
		.user = (o->arg & MEM_USER) || ((o->arg & MEM_A32) && !before && write),
		.base = IR_NONE,
	};
	ir_value base =
		r.n == 15 ? arm_const(u, (u->pc + (u->thumb ? 4 : 8)) & ~3u) : arm_reg(u, r.n);
	ir_value offset = memory_offset(u, o), moved;

	if (o->arg & MEM_REGISTER)
		moved = arm_op(u, up ? IR_ADD : IR_SUB, base, offset);
	else
		moved = o->i ? arm_op_imm(u, IR_ADD, base, up ? o->i : -o->i) : base;
	r.address = before ? moved : base;
	if ((!before || write) && r.n != 15)
		r.base = moved;
	return r;
}

static void memory_write_back(struct arm_unit *u, const struct mem_operand *r)
{
	if (r->base != IR_NONE)
		arm_set_reg(u, r->n, r->base);
}

static struct ir_mem memory_how(const struct arm_unit *u, const struct arm_operands *o, bool user)
{
	struct ir_mem mem = arm_mem(u, o->arg & MEM_SIZE, 0);

	mem.sign = (o->arg & MEM_SIGNED) != 0;
	if (user)
		mem.space = (u->modes & ARM_MODE_USER_SPACE) >> 2;
	return mem;
}

static ir_value memory_pack(struct arm_unit *u, struct ir_mem mem)
{
	uint32_t bits = 0;

	memcpy(&bits, &mem, sizeof(mem));
	return arm_const(u, bits);
}

static ir_value memory_load(struct arm_unit *u, struct ir_mem mem, ir_value address)
{
	if (u->predicate == IR_NONE)
		return ir_load(u->ir, IR_I32, mem, address);
	return ir_call(u->ir, IR_I32, CALL_SITE, arm_help_load_if, u->predicate, address,
		       memory_pack(u, mem), IR_NONE);
}

void arm_emit_load(struct arm_unit *u, const struct arm_operands *o)
{
	struct mem_operand r;
	ir_value value;

	if (o->d == 15 && (o->arg & MEM_SIZE) != 2) {
		arm_emit_undefined(u);
		return;
	}
	r = memory_operand(u, o);
	value = memory_load(u, memory_how(u, o, r.user), r.address);
	memory_write_back(u, &r);
	if (o->d != 15)
		arm_set_reg(u, o->d, value);
	else
		arm_exit_interworking(u, value, r.n == 13 && r.base != IR_NONE);
}

void arm_emit_store(struct arm_unit *u, const struct arm_operands *o)
{
	struct mem_operand r = memory_operand(u, o);
	struct ir_mem mem = memory_how(u, o, r.user);
	ir_value value = arm_reg(u, o->d);

	if (u->predicate == IR_NONE)
		ir_store(u->ir, IR_I32, mem, r.address, value);
	else
		ir_call(u->ir, IR_VOID, CALL_SITE, arm_help_store_if, u->predicate, r.address,
			memory_pack(u, mem), value);
	memory_write_back(u, &r);
}

/* LDRD and STRD. */
void arm_emit_dual(struct arm_unit *u, const struct arm_operands *o)
{
	unsigned second = o->arg & MEM_PAIR ? o->d + 1 : o->a;
	struct ir_mem mem = arm_mem(u, 2, 2);
	bool store = o->arg & MEM_STORE;
	struct mem_operand r;
	ir_value h, low, high;

	if (((o->arg & MEM_PAIR) && (o->d & 1)) || o->d == 15 || second == 15) {
		arm_emit_undefined(u);
		return;
	}
	r = memory_operand(u, o);
	h = ir_span(u->ir, mem, r.address, 8, store);
	if (store) {
		ir_hstore(u->ir, IR_I32, mem, h, 0, arm_reg(u, o->d));
		ir_hstore(u->ir, IR_I32, mem, h, 4, arm_reg(u, second));
		ir_span_end(u->ir, mem, h, r.address, 8);
		memory_write_back(u, &r);
	} else {
		low = ir_hload(u->ir, IR_I32, mem, h, 0);
		high = ir_hload(u->ir, IR_I32, mem, h, 4);
		memory_write_back(u, &r);
		arm_set_reg(u, o->d, low);
		arm_set_reg(u, second, high);
	}
}

/* Load and store multiple. */

struct multi {
	unsigned n;
	uint32_t list;
	unsigned bytes;
	bool load, write, user;
	ir_value address, base; /* the lowest address; the base afterwards */
	struct ir_mem mem;
};

/* Lowest address, and what the base becomes, for `bytes` at register value `base`. */
static void multi_range(struct arm_unit *u, struct multi *x, ir_value base, bool before, bool up)
{
	uint32_t low = up ? (before ? 4 : 0) : (before ? -x->bytes : 4 - x->bytes);

	x->address = low ? arm_op_imm(u, IR_ADD, base, low) : base;
	x->base = arm_op_imm(u, IR_ADD, base, up ? x->bytes : -x->bytes);
}

static void multi_decode(struct arm_unit *u, const struct arm_operands *o, struct multi *x)
{
	bool before = o->p || (o->arg & MULTI_DB);
	bool up = o->u || (o->arg & MULTI_IA);

	x->n = o->arg & MULTI_SP ? 13 : o->n;
	x->load = o->arg & MULTI_LOAD;
	x->list = o->r;
	if ((o->arg & MULTI_LIST8) && (o->r & 0x100))
		x->list = (o->r & 0xff) | (x->load ? 0x8000 : 0x4000);
	x->bytes = 4 * (unsigned)__builtin_popcount(x->list);
	x->write = o->w || (o->arg & MULTI_W) || ((o->arg & MULTI_T16) && !(x->list >> x->n & 1));
	x->user = (o->arg & MULTI_A32) && o->s;
	x->mem = arm_mem(u, 2, 2);
	multi_range(u, x, arm_reg(u, x->n), before, up);
}

static void multi_store(struct arm_unit *u, const struct multi *x)
{
	unsigned offset = 0;
	ir_value value[16], h;

	for (unsigned i = 0; i < 16; i++) {
		if (!(x->list >> i & 1))
			continue;
		if (x->user && i >= 8 && i < 15)
			value[i] = ir_call(u->ir, IR_I32, CALL_SITE, arm_help_user_read,
					   arm_const(u, i), IR_NONE, IR_NONE, IR_NONE);
		else
			value[i] = arm_reg(u, i);
	}
	h = ir_span(u->ir, x->mem, x->address, x->bytes, true);
	for (unsigned i = 0; i < 16; i++)
		if (x->list >> i & 1) {
			ir_hstore(u->ir, IR_I32, x->mem, h, offset, value[i]);
			offset += 4;
		}
	ir_span_end(u->ir, x->mem, h, x->address, x->bytes);
	if (x->write)
		arm_set_reg(u, x->n, x->base);
}

/* The loaded base wins over write-back. */
static void multi_load(struct arm_unit *u, const struct multi *x)
{
	ir_value h = ir_span(u->ir, x->mem, x->address, x->bytes, false), value[16];
	bool banked = x->user && !(x->list & 0x8000);
	unsigned offset = 0;

	for (unsigned i = 0; i < 16; i++)
		if (x->list >> i & 1) {
			value[i] = ir_hload(u->ir, IR_I32, x->mem, h, offset);
			offset += 4;
		}
	if (x->write && (banked || !(x->list >> x->n & 1)))
		arm_set_reg(u, x->n, x->base);
	for (unsigned i = 0; i < 15; i++) {
		if (!(x->list >> i & 1))
			continue;
		if (banked && i >= 8)
			ir_call(u->ir, IR_VOID, CALL_SITE, arm_help_user_write, arm_const(u, i),
				value[i], IR_NONE, IR_NONE);
		else
			arm_set_reg(u, i, value[i]);
	}
	if (!(x->list & 0x8000))
		return;
	if (x->user)
		arm_exit_exception(u, value[15]);
	else
		arm_exit_interworking(u, value[15], true);
}

void arm_emit_multi(struct arm_unit *u, const struct arm_operands *o)
{
	struct multi x;

	multi_decode(u, o, &x);
	if (x.list == 0 || x.n == 15 || (x.user && (u->modes & ARM_MODE_FIQ_SYS))) {
		arm_emit_undefined(u); /* UNPREDICTABLE */
		return;
	}
	if (x.load)
		multi_load(u, &x);
	else
		multi_store(u, &x);
}

/* Exclusive. */

static ir_value exclusive_address(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value n = arm_reg(u, o->n);

	return o->i ? arm_op_imm(u, IR_ADD, n, o->i) : n;
}

/* The second register of LDREXD and STREXD after `first`; 15 if there can't be one (an
 * odd first one is UNPREDICTABLE). */
static unsigned exclusive_second(const struct arm_operands *o, unsigned first)
{
	if (!(o->arg & MEM_PAIR))
		return o->a;
	return first & 1 ? 15 : first + 1;
}

static void exclusive_mark(struct arm_unit *u, ir_value address, ir_value low, ir_value high)
{
	arm_set(u, ARM_SLOT(exclusive_address), address);
	arm_set(u, ARM_SLOT(exclusive_low), low);
	if (high != IR_NONE)
		arm_set(u, ARM_SLOT(exclusive_high), high);
}

void arm_emit_ldrex(struct arm_unit *u, const struct arm_operands *o)
{
	unsigned size = o->arg & MEM_SIZE, second = exclusive_second(o, o->d);
	struct ir_mem mem = arm_mem(u, size, size);
	ir_value address, h, low, high = IR_NONE;

	if (o->n == 15 || o->d == 15 || (size == 3 && second == 15)) {
		arm_emit_undefined(u);
		return;
	}
	address = exclusive_address(u, o);
	if (size == 3) {
		h = ir_span(u->ir, mem, address, 8, false);
		mem.size = 2;
		low = ir_hload(u->ir, IR_I32, mem, h, 0);
		high = ir_hload(u->ir, IR_I32, mem, h, 4);
		arm_set_reg(u, second, high);
	} else
		low = ir_load(u->ir, IR_I32, mem, address);
	exclusive_mark(u, address, low, high);
	arm_set_reg(u, o->d, low);
}

/* 1 if the address is the monitor's and the value as it was. */
static ir_value exclusive_holds(struct arm_unit *u, ir_value address, ir_value low)
{
	ir_value same = ir_setcc(u->ir, IR_CC_Z, address, arm_get(u, ARM_SLOT(exclusive_address)));

	return arm_op(u, IR_AND, same,
		      ir_setcc(u->ir, IR_CC_Z, low, arm_get(u, ARM_SLOT(exclusive_low))));
}

static ir_value exclusive_store(struct arm_unit *u, struct ir_mem mem, ir_value address,
				ir_value value)
{
	ir_value old = ir_load(u->ir, IR_I32, mem, address);
	ir_value holds = exclusive_holds(u, address, old);

	ir_store(u->ir, IR_I32, mem, address, ir_select(u->ir, holds, value, old));
	return holds;
}

static ir_value exclusive_store_pair(struct arm_unit *u, struct ir_mem mem, ir_value address,
				     ir_value low, ir_value high)
{
	struct ir_mem word = mem;
	ir_value h = ir_span(u->ir, mem, address, 8, false), old_low, old_high, holds;

	word.size = 2;
	old_low = ir_hload(u->ir, IR_I32, word, h, 0);
	old_high = ir_hload(u->ir, IR_I32, word, h, 4);
	holds = exclusive_holds(u, address, old_low);
	holds = arm_op(u, IR_AND, holds,
		       ir_setcc(u->ir, IR_CC_Z, old_high, arm_get(u, ARM_SLOT(exclusive_high))));
	h = ir_span(u->ir, mem, address, 8, true);
	ir_hstore(u->ir, IR_I32, word, h, 0, ir_select(u->ir, holds, low, old_low));
	ir_hstore(u->ir, IR_I32, word, h, 4, ir_select(u->ir, holds, high, old_high));
	ir_span_end(u->ir, mem, h, address, 8);
	return holds;
}

void arm_emit_strex(struct arm_unit *u, const struct arm_operands *o)
{
	unsigned size = o->arg & MEM_SIZE, second = exclusive_second(o, o->m);
	struct ir_mem mem = arm_mem(u, size, size);
	ir_value address, holds;

	if (o->n == 15 || o->d == 15 || (size == 3 && second == 15)) {
		arm_emit_undefined(u);
		return;
	}
	address = exclusive_address(u, o);
	if (size == 3)
		holds = exclusive_store_pair(u, mem, address, arm_reg(u, o->m), arm_reg(u, second));
	else
		holds = exclusive_store(u, mem, address, arm_reg(u, o->m));
	arm_set(u, ARM_SLOT(exclusive_address), arm_const(u, 1));
	arm_set_reg(u, o->d, arm_op_imm(u, IR_XOR, holds, 1));
}

/* SWP and SWPB (j). */
void arm_emit_swap(struct arm_unit *u, const struct arm_operands *o)
{
	struct ir_mem mem = arm_mem(u, o->j ? 0 : 2, o->j ? 0 : 2);
	ir_value address, old;

	if (o->n == 15 || o->d == 15 || o->m == 15) {
		arm_emit_undefined(u);
		return;
	}
	address = arm_reg(u, o->n);
	old = ir_load(u->ir, IR_I32, mem, address);
	ir_store(u->ir, IR_I32, mem, address, arm_reg(u, o->m));
	arm_set_reg(u, o->d, old);
}

/* Return state: store and return from exception. */

static void state_decode(struct arm_unit *u, const struct arm_operands *o, struct multi *x,
			 ir_value base)
{
	bool before = o->arg & MULTI_DB || (!o->arg && o->p);
	bool up = o->arg & MULTI_IA || (!o->arg && o->u);

	x->bytes = 8;
	x->mem = arm_mem(u, 2, 2);
	multi_range(u, x, base, before, up);
}

void arm_emit_srs(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value mode = arm_const(u, o->m), base, h;
	struct multi x;

	if (u->modes & ARM_MODE_FIQ_SYS) {
		arm_emit_undefined(u);
		return;
	}
	base = ir_call(u->ir, IR_I32, CALL_SITE, arm_help_srs_sp, mode, IR_NONE, IR_NONE, IR_NONE);
	state_decode(u, o, &x, base);
	h = ir_span(u->ir, x.mem, x.address, 8, true);
	ir_hstore(u->ir, IR_I32, x.mem, h, 0, arm_reg(u, 14));
	ir_hstore(u->ir, IR_I32, x.mem, h, 4, arm_get(u, ARM_SLOT(spsr)));
	ir_span_end(u->ir, x.mem, h, x.address, 8);
	if (o->w)
		ir_call(u->ir, IR_VOID, CALL_SITE, arm_help_srs_set_sp, mode, x.base, IR_NONE,
			IR_NONE);
}

void arm_emit_rfe(struct arm_unit *u, const struct arm_operands *o)
{
	ir_value h, pc, psr;
	struct multi x;

	if (!(u->modes & ARM_MODE_PRIVILEGED) || o->n == 15) {
		arm_emit_undefined(u);
		return;
	}
	state_decode(u, o, &x, arm_reg(u, o->n));
	h = ir_span(u->ir, x.mem, x.address, 8, false);
	pc = ir_hload(u->ir, IR_I32, x.mem, h, 0);
	psr = ir_hload(u->ir, IR_I32, x.mem, h, 4);
	if (o->w)
		arm_set_reg(u, o->n, x.base);
	arm_exit_run(u, ir_call(u->ir, IR_I32, CALL_SITE, arm_help_rfe, pc, psr, IR_NONE, IR_NONE));
}
