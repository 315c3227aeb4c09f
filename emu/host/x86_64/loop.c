/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Blocks that are loops: an exit leads back to their own pc.  Slots that one iteration
 * hands to the next, but that aren't pinned, are *carried* in registers, and the exit
 * jumps behind their loading (without any it is a link like others): loaded before the loop,
 * and from then on treated like pinned ones, but that every set also writes the slot.  So
 * memory is always right, and sites, exits and other blocks need not know.
 *
 *		mov	edi, [r7]
 *	loop:	sub	r15d, 12
 *		js	budget
 *		...
 *		adc	edi, r8d
 *		mov	[r7], edi
 *		jne	loop
 */
#include "emit.h"

/* Temporaries that may be spared; the most complicated operations need three. */
static const uint8_t spare[] = { RDI, RSI };

struct candidate {
	uint16_t slot, gets;
	bool set, set_first;
};

#define CANDIDATES 16

static bool is_simple(const struct ir_op *op)
{
	switch (op->op) {
	case IR_NOP ... IR_ANDN:
	case IR_NOT:
	case IR_NEG:
	case IR_MUL:
	case IR_SHL ... IR_SEXTRACT:
	case IR_ZEXT:
	case IR_SEXT:
	case IR_TRUNC:
	case IR_SETCC:
	case IR_COND:
	case IR_SELECT:
	case IR_EXIT_IF:
	case IR_EXIT:
		return true;
	default:
		return false;
	}
}

static struct candidate *candidate_of(struct candidate *list, unsigned slot)
{
	for (unsigned i = 0; i < CANDIDATES; i++) {
		if (list[i].slot == slot)
			return &list[i];
		if (!list[i].slot) {
			list[i].slot = (uint16_t)slot;
			return &list[i];
		}
	}
	return NULL;
}

/* How many registers may carry slots; 0: none. */
static unsigned look_for_candidates(const struct host *h, struct candidate *list)
{
	const struct ir_block *b = h->block;
	bool loops = false, simple = true;

	for (unsigned i = 0; i < b->count; i++) {
		const struct ir_op *op = &b->op[i];
		struct candidate *c;

		if (op->op == IR_CALL || (op->op >= IR_FADD && op->op <= IR_X87))
			return 0;
		simple &= is_simple(op);
		if ((op->op == IR_EXIT || op->op == IR_EXIT_IF) && (gva)op->imm == b->pc)
			loops = true;
		if ((op->op != IR_GET && op->op != IR_SET) || h->pin[op->slot / 4])
			continue;
		if (op->type != IR_I32 || op->slot % 4) /* a wide slot might overlap */
			return 0;
		c = candidate_of(list, op->slot);
		if (!c)
			continue;
		c->set_first |= op->op == IR_SET && !c->gets;
		c->set |= op->op == IR_SET;
		c->gets += op->op == IR_GET;
	}
	return !loops ? 0 : simple ? 2 : 1;
}

static struct candidate *best_of(struct candidate *list)
{
	struct candidate *best = NULL;

	for (unsigned i = 0; i < CANDIDATES && list[i].slot; i++)
		if (list[i].gets && list[i].set && !list[i].set_first &&
		    (!best || list[i].gets > best->gets))
			best = &list[i];
	return best;
}

void loop_begin(struct host *h)
{
	struct candidate list[CANDIDATES] = { { 0 } };
	unsigned room;

	h->temps = TEMPS_GENERAL;
	h->carried = 0;
	h->loop_at = 0;
	room = h->block->may_loop ? look_for_candidates(h, list) : 0;
	for (unsigned i = 0; i < room; i++) {
		struct candidate *c = best_of(list);

		if (!c)
			break;
		c->gets = 0;
		h->carried |= REG_BIT(spare[i]);
		h->carried_slot[i] = c->slot;
		h->pin[c->slot / 4] = spare[i] + 1;
		h->temps &= ~REG_BIT(spare[i]);
	}
}

void loop_entry(struct host *h)
{
	for (unsigned i = 0; i < COUNT_OF(spare); i++)
		if (h->carried >> spare[i] & 1)
			enc_load(h, W32, spare[i], place_slot(h, h->carried_slot[i]));
	if (h->block->may_loop)
		h->loop_at = enc_here(h);
}

void loop_end(struct host *h)
{
	for (unsigned i = 0; i < COUNT_OF(spare); i++)
		if (h->carried >> spare[i] & 1)
			h->pin[h->carried_slot[i] / 4] = 0;
}
