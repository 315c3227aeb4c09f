/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How blocks begin and end.
 *
 * The entry takes the block's instructions off the budget; a side exit gives back
 * those that were not executed.  A direct exit is a jump (or a conditional one) that
 * first leads to its stub, out of line:
 *
 *	stub:	call	leave_link	; pc and number follow
 *		.long	pc, number, stub - field
 *
 * and that host_link makes lead to another block; `field` is the jump's displacement.
 * Return points are such jumps too, with their address on the ring cpu->returns.
 * Nothing but the exit's operand lives at an exit, so all other registers are free.
 */
#include "emit.h"

#include <assert.h>
#include <string.h>

#define RING_MASK ((CPU_RETURNS - 1) * (int32_t)sizeof(struct cpu_jump))
#define RING_STEP ((int32_t)sizeof(struct cpu_jump))

_Static_assert(sizeof(struct cpu_jump) == 16, "exits.c and common.c know the size");

void gen_entry(struct host *h)
{
	struct cold *c = cold_add(h, COLD_BUDGET);

	loop_entry(h);
	enc_alu_imm(h, ALU_SUB, W32, R15, (int32_t)h->block->insns);
	cold_from(c, enc_jcc(h, IR_CC_N));
}

static uint32_t unfinished(const struct host *h)
{
	return h->block->insns - h->insn_index - 1;
}

/* A direct exit by a jump whose displacement is at `field`. */
static struct cold *link_add(struct host *h, enum cold_kind kind, uint32_t field, gva pc)
{
	struct cold *c = cold_add(h, kind);

	assert(h->links < IR_MAX_EXITS);
	c->link = (uint8_t)h->links++;
	h->code->link[c->link].pc = pc;
	cold_from(c, field);
	return c;
}

/* Whether an exit is to the block itself, and goes there without ceremony. */
static bool loops(const struct host *h, gva pc)
{
	return h->loop_at && pc == h->block->pc && !unfinished(h);
}

/* Its number stands for nothing. */
static void no_link(struct host *h)
{
	h->code->link[h->links++] = (struct host_link){ .pc = h->block->pc };
}

static void gen_exit_if(struct host *h, const struct ir_op *op)
{
	unsigned cc = gen_condition(h, op->arg[0]);
	struct cold *c;

	if (loops(h, (gva)op->imm)) {
		no_link(h);
		enc_patch(h, enc_jcc(h, cc), h->loop_at);
		return;
	}
	c = link_add(h, COLD_LINK, enc_jcc(h, cc), (gva)op->imm);

	c->rest = unfinished(h);
}

static void give_back(struct host *h)
{
	if (unfinished(h))
		enc_alu_imm(h, ALU_ADD, W32, R15, (int32_t)unfinished(h));
}

static struct place ring_place(const struct host *h, unsigned index, size_t member)
{
	struct place p = place_field(h, CPU_FIELD(returns) + (int32_t)member);

	p.base = (uint8_t)index;
	return p;
}

/* Notes the return point; its address isn't known yet. */
static uint32_t push_return(struct host *h, gva pc)
{
	unsigned top = reg_scratch(h);

	enc_load(h, W32, top, place_field(h, CPU_FIELD(return_top)));
	enc_alu_imm(h, ALU_ADD, W32, top, RING_STEP);
	enc_alu_imm(h, ALU_AND, W32, top, RING_MASK);
	enc_store(h, W32, place_field(h, CPU_FIELD(return_top)), top);
	enc_store_imm(h, W32, ring_place(h, top, 0), (int32_t)pc);
	enc_store_imm(h, W32, ring_place(h, top, 4), (int32_t)h->block->modes);
	enc_store_imm(h, W64, ring_place(h, top, 8), 0);
	return enc_here(h) - 4;
}

/* Compares the tag at p with {pc in reg, the block's modes}. */
static void gen_tag_check(struct host *h, struct cold *c, struct place p, unsigned reg)
{
	enc_rm(h, 0x39, W32, reg, p);
	cold_from(c, enc_jcc(h, IR_CC_NZ));
	p.disp += 4;
	enc_alu_place_imm(h, ALU_CMP, W32, p, (int32_t)h->block->modes);
	cold_from(c, enc_jcc(h, IR_CC_NZ));
}

static void gen_indirect(struct host *h, ir_value target)
{
	struct cold *c = cold_add(h, COLD_MISS);
	unsigned pc = reg_use(h, target), entry = reg_scratch(h), t = reg_scratch(h);

	c->scratch = (uint8_t)pc;
	/* code_jump_hash(pc) * 16 */
	enc_mov(h, W32, entry, pc);
	enc_shift(h, SHIFT_SHR, W32, entry, 9);
	enc_lea(h, W32, t, (struct place){ NO_REG, (uint8_t)pc, 3, 0 });
	enc_rr(h, 0x33, W32, entry, t);
	enc_alu_imm(h, ALU_AND, W32, entry, (int32_t)(CPU_JUMPS - 1) << 4);
	enc_rm(h, 0x03, W64, entry, place_field(h, CPU_FIELD(jumps)));
	gen_tag_check(h, c, place_at(entry, 0), pc);
	enc_rm(h, 0xff, W32, 4, place_at(entry, 8)); /* jmp */
}

static void gen_return(struct host *h, ir_value target)
{
	struct cold *c = cold_add(h, COLD_POP_MISS);
	unsigned pc = reg_use(h, target);
	unsigned top = reg_scratch(h), next = reg_scratch(h), code = reg_scratch(h);

	c->scratch = (uint8_t)pc;
	enc_load(h, W32, top, place_field(h, CPU_FIELD(return_top)));
	enc_lea(h, W32, next, place_at(top, -RING_STEP));
	enc_alu_imm(h, ALU_AND, W32, next, RING_MASK);
	enc_load(h, W64, code, ring_place(h, top, 8));
	enc_store(h, W32, place_field(h, CPU_FIELD(return_top)), next);
	gen_tag_check(h, c, ring_place(h, top, 0), pc);
	enc_rr(h, 0xff, W32, 4, code); /* jmp */
}

static void gen_call_exit(struct host *h, const struct ir_op *op)
{
	uint32_t field = push_return(h, (gva)(op->imm >> 32));

	link_add(h, COLD_LINK, enc_jmp(h), (gva)op->imm);
	link_add(h, COLD_RETURN, field, (gva)(op->imm >> 32));
}

static void gen_call_indirect(struct host *h, const struct ir_op *op)
{
	uint32_t field;

	reg_use(h, op->arg[0]);
	field = push_return(h, (gva)op->imm);
	link_add(h, COLD_RETURN, field, (gva)op->imm);
	gen_indirect(h, op->arg[0]);
}

void gen_exit(struct host *h, const struct ir_op *op)
{
	if (op->op == IR_EXIT_IF) {
		gen_exit_if(h, op);
		return;
	}
	h->flags_of = IR_NONE;
	give_back(h);
	switch (op->op) {
	case IR_EXIT:
		if (loops(h, (gva)op->imm)) {
			no_link(h);
			enc_patch(h, enc_jmp(h), h->loop_at);
			break;
		}
		link_add(h, COLD_LINK, enc_jmp(h), (gva)op->imm);
		break;
	case IR_EXIT_CALL:
		gen_call_exit(h, op);
		break;
	case IR_EXIT_INDIRECT:
		gen_indirect(h, op->arg[0]);
		break;
	case IR_EXIT_CALL_INDIRECT:
		gen_call_indirect(h, op);
		break;
	case IR_EXIT_RETURN:
		gen_return(h, op->arg[0]);
		break;
	default:
		assert(op->op == IR_EXIT_RUN);
		reg_copy(h, RAX, op->arg[0]);
		enc_jmp_to(h, h->leave_run);
	}
}

/* The stub of the jump at `field`. */
static void gen_stub(struct host *h, struct cold *c, uint32_t field)
{
	uint32_t at = enc_here(h);
	struct host_link *link = &h->code->link[c->link];

	enc_patch_here(h, field);
	link->at = at;
	enc_call(h, h->leave_link);
	enc_u32(h, link->pc);
	enc_u32(h, h->first_link + c->link);
	enc_u32(h, at - field);
}

static void gen_cold_link(struct host *h, struct cold *c)
{
	uint32_t field = c->from[0];

	if (c->rest) {
		enc_patch_here(h, field);
		enc_alu_imm(h, ALU_ADD, W32, R15, (int32_t)c->rest);
		field = enc_jmp(h);
	}
	gen_stub(h, c, field);
}

static void gen_cold_return(struct host *h, struct cold *c)
{
	uint32_t address = (uint32_t)((uintptr_t)h->out + (uintptr_t)h->away);

	memcpy(h->start + c->from[0], &address, 4);
	gen_stub(h, c, enc_jmp(h));
}

void gen_cold_exit(struct host *h, struct cold *c)
{
	if (c->kind == COLD_LINK) {
		gen_cold_link(h, c);
		return;
	}
	if (c->kind == COLD_RETURN) {
		gen_cold_return(h, c);
		return;
	}
	for (unsigned i = 0; i < c->froms; i++)
		enc_patch_here(h, c->from[i]);
	if (c->kind == COLD_BUDGET) {
		enc_alu_imm(h, ALU_ADD, W32, R15, (int32_t)h->block->insns);
		enc_call(h, h->leave_budget);
		enc_u32(h, h->block->pc);
		return;
	}
	if (c->scratch != RAX)
		enc_mov(h, W32, RAX, c->scratch);
	if (c->kind == COLD_POP_MISS)
		enc_imm(h, RDX, h->block->modes);
	enc_jmp_to(h, c->kind == COLD_POP_MISS ? h->lookup : h->lookup_miss);
}
