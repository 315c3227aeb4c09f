/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Calls of C functions (ir_fn).  Arguments travel in rsi rdx rcx rdi and the function
 * in rax to a thunk (common.c), which saves the pinned registers that the function
 * may read or destroy and puts cpu first.  What lives on in temporaries is saved here.
 */
#include "emit.h"

#include <string.h>

static const uint8_t arg_reg[4] = { RSI, RDX, RCX, RDI };

/* Register to register moves, all at once in effect. */
static void move_registers(struct host *h, uint8_t source[4], unsigned count)
{
	unsigned pending = 0, i, j;
	bool blocked, moved;

	for (i = 0; i < count; i++)
		if (source[i] != NO_REG && source[i] != arg_reg[i])
			pending |= 1u << i;
	while (pending) {
		for (i = 0, moved = false; i < count; i++) {
			for (j = 0, blocked = false; j < count; j++)
				blocked |= j != i && pending >> j & 1 && source[j] == arg_reg[i];
			if (!(pending >> i & 1) || blocked)
				continue;
			enc_mov(h, W64, arg_reg[i], source[i]);
			pending &= ~(1u << i);
			moved = true;
		}
		if (moved)
			continue;
		i = (unsigned)__builtin_ctz(pending); /* a cycle: exchange */
		enc_rr(h, 0x87, W64, arg_reg[i], source[i]);
		for (j = 0; j < count; j++)
			if (j != i && pending >> j & 1 && source[j] == arg_reg[i])
				source[j] = source[i];
		pending &= ~(1u << i);
		for (j = 0; j < count; j++)
			if (source[j] == arg_reg[j])
				pending &= ~(1u << j);
	}
}

static void load_arguments(struct host *h, const struct ir_op *op)
{
	uint8_t source[4];
	unsigned count = 0;

	for (; count < 4 && op->arg[count] != IR_NONE; count++)
		source[count] = h->value[op->arg[count]].reg;
	move_registers(h, source, count);
	for (unsigned i = 0; i < count; i++)
		if (h->value[op->arg[i]].reg == NO_REG)
			reg_copy(h, arg_reg[i], op->arg[i]);
	for (; count < 4; count++) /* as the interpreter has it */
		enc_rr(h, 0x33, W32, arg_reg[count], arg_reg[count]);
}

static void call_result(struct host *h, const struct ir_op *op)
{
	enum ir_type type = (enum ir_type)op->type;
	unsigned to = RAX;

	if (type == IR_VOID)
		return;
	if (is_vector_type(type)) {
		to = reg_scratch_vector(h);
		enc_rr(h, 0x66000f6e, W64, to, RAX);
	} else if (type == IR_I32) {
		to = reg_wanted(h);
		if (to == NO_REG)
			to = RAX;
		enc_mov(h, W32, to, RAX);
	}
	reg_result(h, to);
}

static void store_site(struct host *h)
{
	enc_store_imm(h, W32, place_field(h, CPU_FIELD(pc)), (int32_t)h->insn_pc);
	enc_store_imm(h, W32, place_field(h, CPU_FIELD(refund)),
		      (int32_t)(h->block->insns - h->insn_index));
}

static void save_pinned_values(struct host *h)
{
	for (unsigned r = 0; r < 16; r++)
		if (h->pinned[r] != NO_REG && h->owner[r] != IR_NONE && lives_on(h, h->owner[r]))
			spill_value(h, h->owner[r]);
}

static void forget_pinned_values(struct host *h)
{
	for (unsigned r = 0; r < 16; r++)
		if (h->pinned[r] != NO_REG)
			reg_disown(h, r);
}

void gen_call(struct host *h, const struct ir_op *op)
{
	bool writes = op->cc & (CALL_WRITES | CALL_SITE);
	bool apart = op->cc & CALL_APART;
	unsigned kind = op->cc & CALL_SITE  ? 3 :
			apart               ? 0 :
			writes              ? 2 :
			op->cc & CALL_READS ? 1 :
					      0;

	flags_clobber(h);
	if (writes)
		reg_origin_kill(h, 0, UINT16_MAX);
	if (writes && !apart)
		save_pinned_values(h);
	reg_save_all(h);
	load_arguments(h, op);
	reg_forget_temps(h);
	if (writes && !apart)
		forget_pinned_values(h);
	h->locked = 0;
	if (kind == 3)
		store_site(h);
	enc_imm(h, RAX, op->imm);
	enc_call(h, h->call[kind]);
	call_result(h, op);
}
