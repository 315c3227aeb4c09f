/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The optimiser: one pass forward, one backward, each linear in the block's length.
 *
 * Forward: operands that were replaced are replaced, ir_fold is tried again, slots'
 * values are remembered, so that a get yields the value last set or got and a set
 * of what a slot holds already vanishes; operations that were done before with the same
 * operands are shared.
 *
 *	1  get r0			1  get r0
 *	2  add %1 4			2  add %1 4
 *	3  set r0 %2		->
 *	4  get r0
 *	5  add %4 4			5  add %2 4
 *	6  set r0 %5			6  set r0 %5
 *
 * Backward: values nobody uses and sets that are overwritten before anybody can see
 * them vanish (3 above), and so do tokens.  "Anybody" is every operation that may
 * raise, exit or call something; a load that raises shows all slots to its handler.  When
 * it doesn't raise it has changed none, so that what is known forward stays known.
 *
 * Slots may overlap (s0 and s1 are d0): forward, a set forgets every known slot that
 * shares a byte with it; backward, bookkeeping is by words of 4 bytes.  Both use small
 * tables indexed by a slot's offset in which a clash only loses knowledge.
 */
#include "ir/fold.h"
#include "ir/ir.h"
#include "ir/x87.h"

#include <string.h>

#define KNOWN 128   /* slots, forward; a power of 2 */
#define SHARED 256  /* operations that may be shared; a power of 2 */
#define COVERED 256 /* words that will be overwritten, backward; a power of 2 */

struct known {
	uint16_t slot;
	uint8_t type; /* IR_VOID: nothing */
	ir_value value;
};

struct forward {
	struct ir_block *b;
	struct known known[KNOWN];
	ir_value shared[SHARED];  /* 0: none, as operation 0 is the first insn */
	ir_value now[IR_MAX_OPS]; /* what stands for each value */
	bool x87;                 /* an x87_begin's promise holds */
};

static struct known *known_at(struct forward *f, unsigned slot)
{
	return &f->known[slot / 4 % KNOWN];
}

static void forget_all(struct forward *f)
{
	memset(f->known, 0, sizeof(f->known));
}

/* Slots begin at multiples of 4 and have at most 16 bytes, so those that overlap begin
 * at most 12 bytes before. */
static void forget_overlapping(struct forward *f, unsigned slot, unsigned bytes)
{
	unsigned first = slot < 12 ? 0 : slot - 12;

	for (unsigned at = first; at < slot + bytes; at += 4) {
		struct known *k = known_at(f, at);

		if (k->type != IR_VOID && k->slot < slot + bytes &&
		    k->slot + ir_type_bytes(k->type) > slot)
			k->type = IR_VOID;
	}
}

static void remember(struct forward *f, const struct ir_op *op, ir_value value)
{
	*known_at(f, op->slot) =
		(struct known){ .slot = op->slot, .type = op->type, .value = value };
}

static void remove_op(struct ir_op *op)
{
	*op = (struct ir_op){ .op = IR_NOP, .arg = { IR_NONE, IR_NONE, IR_NONE, IR_NONE } };
}

/* The value the operation yields from now on: itself, or an earlier one. */
static ir_value replace_by(struct ir_op *op, ir_value earlier)
{
	remove_op(op);
	return earlier;
}

static ir_value forward_get(struct forward *f, struct ir_op *op, ir_value at)
{
	const struct known *k = known_at(f, op->slot);

	if (k->type == IR_VOID || k->slot != op->slot) {
		remember(f, op, at);
		return at;
	}
	if (k->type == op->type)
		return replace_by(op, k->value);
	if (ir_type_bytes(k->type) == ir_type_bytes(op->type)) { /* a float's bits or the like */
		op->op = IR_BITCAST;
		op->arg[0] = k->value;
		op->slot = 0;
	} else if (k->type == IR_V128 || (k->type == IR_I64 && op->type == IR_I32)) {
		op->op = k->type == IR_V128 ? IR_VLOW : IR_TRUNC;
		op->arg[0] = k->value;
		op->slot = 0;
	}
	return at;
}

static void forward_set(struct forward *f, struct ir_op *op)
{
	const struct known *k = known_at(f, op->slot);

	if (k->type == op->type && k->slot == op->slot && k->value == op->arg[0]) {
		remove_op(op);
		return;
	}
	forget_overlapping(f, op->slot, ir_type_bytes(op->type));
	remember(f, op, op->arg[0]);
}

/* Operations worth sharing: without effect, and not conditions, which a back end fuses
 * with what uses them. */
static bool is_sharable(const struct ir_op *op)
{
	switch (op->op) {
	case IR_CONST:
	case IR_ADD ... IR_CONCAT:
	case IR_SELECT:
	case IR_FNEG ... IR_FABS:
	case IR_BITCAST:
	case IR_VAND ... IR_VDUP:
	case IR_VWIDEN ... IR_VLOW:
		return !op->flags;
	case IR_CALL:
		return op->cc == CALL_PURE;
	default:
		return false;
	}
}

/* Without functions' addresses: the result shall be the same wherever they are. */
static unsigned hash_op(const struct ir_op *op)
{
	uint64_t imm = op->op == IR_CALL ? 0 : op->imm;
	uint64_t hash = op->op | (unsigned)op->arg[0] << 8 | (uint64_t)op->arg[1] << 24 |
			(uint64_t)op->arg[2] << 40;

	hash = (hash ^ imm ^ (uint64_t)op->slot << 32) * 0x9e3779b97f4a7c15u;
	return hash >> 56 & (SHARED - 1);
}

static bool same_operation(const struct ir_op *x, const struct ir_op *y)
{
	return x->op == y->op && x->type == y->type && x->size == y->size && x->cc == y->cc &&
	       x->slot == y->slot && x->imm == y->imm &&
	       memcmp(x->arg, y->arg, sizeof(x->arg)) == 0;
}

static ir_value share(struct forward *f, struct ir_op *op, ir_value at)
{
	ir_value *entry = &f->shared[hash_op(op)];

	if (*entry && same_operation(&f->b->op[*entry], op))
		return replace_by(op, *entry);
	*entry = at;
	return at;
}

static void forward_x87_begin(struct forward *f, struct ir_op *op)
{
	if (f->x87)
		remove_op(op);
	f->x87 = true;
}

static ir_value forward_op(struct forward *f, struct ir_op *op, ir_value at)
{
	ir_value same;

	for (unsigned i = 0; i < 4; i++)
		if (op->arg[i] != IR_NONE)
			op->arg[i] = f->now[op->arg[i]];
	if (ir_ends_x87(f->b, op))
		f->x87 = false;
	if (op->op == IR_GET)
		at = forward_get(f, op, at);
	else if (op->op == IR_SET)
		forward_set(f, op);
	else if (op->op == IR_CALL && op->cc & (CALL_WRITES | CALL_SITE))
		forget_all(f);
	else if (op->op == IR_X87)
		forget_overlapping(f, f->b->x87, X87_STATE_BYTES);
	else if (op->op == IR_X87_BEGIN)
		forward_x87_begin(f, op);
	if (op->op == IR_NOP)
		return at;
	same = ir_fold(f->b, op);
	if (same != IR_NONE)
		return replace_by(op, same);
	return is_sharable(op) ? share(f, op, at) : at;
}

/* Whether the block ends here, as an exit_if with a constant condition shows. */
static bool settle_exit(struct ir_block *b, struct ir_op *op)
{
	const struct ir_op *condition = &b->op[op->arg[0]];

	if (condition->op != IR_CONST)
		return false;
	if (!condition->imm) {
		remove_op(op);
		return false;
	}
	op->op = IR_EXIT;
	op->arg[0] = IR_NONE;
	return true;
}

/* A check whose condition is known never to hold. */
static void settle_check(struct ir_block *b, struct ir_op *op)
{
	const struct ir_op *condition = &b->op[op->arg[0]];

	if (condition->op == IR_CONST && !condition->imm)
		remove_op(op);
}

static void cut_block(struct ir_block *b, unsigned count)
{
	b->count = count;
	b->insns = 0;
	for (unsigned i = 0; i < count; i++)
		b->insns += b->op[i].op == IR_INSN;
}

static void pass_forward(struct ir_block *b)
{
	struct forward f;

	f.b = b;
	f.x87 = false;
	forget_all(&f);
	memset(f.shared, 0, sizeof(f.shared));
	for (unsigned i = 0; i < b->count; i++) {
		f.now[i] = forward_op(&f, &b->op[i], (ir_value)i);
		if (b->op[i].op == IR_CHECK)
			settle_check(b, &b->op[i]);
		if (b->op[i].op == IR_EXIT_IF && settle_exit(b, &b->op[i]))
			cut_block(b, i + 1);
	}
}

/* Words of the state that later sets overwrite before anybody sees them.  An entry counts
 * if it has the current epoch. */
struct backward {
	unsigned epoch;
	struct {
		uint16_t word;
		uint16_t epoch;
	} covered[COVERED];
	bool used[IR_MAX_OPS], token_used[IR_MAX_OPS];
};

static bool is_covered(const struct backward *w, const struct ir_op *op)
{
	unsigned words = ir_type_bytes(op->type) / 4;

	for (unsigned i = op->slot / 4; i < op->slot / 4 + words; i++)
		if (w->covered[i % COVERED].epoch != w->epoch || w->covered[i % COVERED].word != i)
			return false;
	return true;
}

static void cover(struct backward *w, const struct ir_op *op)
{
	unsigned words = ir_type_bytes(op->type) / 4;

	for (unsigned i = op->slot / 4; i < op->slot / 4 + words; i++) {
		w->covered[i % COVERED].word = (uint16_t)i;
		w->covered[i % COVERED].epoch = (uint16_t)w->epoch;
	}
}

static void uncover(struct backward *w, unsigned slot, unsigned bytes)
{
	for (unsigned i = slot / 4; i < (slot + bytes) / 4; i++)
		if (w->covered[i % COVERED].word == i)
			w->covered[i % COVERED].epoch = 0;
}

static bool shows_slots(const struct ir_op *op)
{
	const struct ir_info *info = ir_info(op->op);

	return info->raises || info->exits || (op->op == IR_CALL && op->cc != CALL_PURE);
}

/* Whether the operation does nothing that anybody sees. */
static bool is_dead(const struct backward *w, const struct ir_op *op, unsigned at)
{
	if (op->op == IR_SET)
		return is_covered(w, op);
	if (op->op == IR_CALL)
		return !(op->cc & (CALL_WRITES | CALL_SITE)) && !w->used[at];
	return !ir_info(op->op)->effect && !w->used[at] && !w->token_used[at];
}

static void note_uses(struct backward *w, const struct ir_op *op)
{
	bool *used = op->op == IR_COND || op->op == IR_PACK ? w->token_used : w->used;

	for (unsigned i = 0; i < 4; i++)
		if (op->arg[i] != IR_NONE)
			used[op->arg[i]] = true;
}

static void pass_backward(struct ir_block *b)
{
	struct backward w;

	b->exits = 0;
	w.epoch = 1;
	memset(w.covered, 0, sizeof(w.covered));
	memset(w.used, 0, b->count);
	memset(w.token_used, 0, b->count);
	for (unsigned at = b->count; at-- > 0;) {
		struct ir_op *op = &b->op[at];

		if (is_dead(&w, op, at)) {
			remove_op(op);
			continue;
		}
		if (op->op <= IR_XOR && !w.token_used[at])
			op->flags = 0;
		b->exits += ir_links(op);
		if (shows_slots(op))
			w.epoch++;
		else if (op->op == IR_GET)
			uncover(&w, op->slot, ir_type_bytes(op->type));
		else if (op->op == IR_X87)
			uncover(&w, b->x87, X87_STATE_BYTES);
		else if (op->op == IR_SET)
			cover(&w, op);
		note_uses(&w, op);
	}
}

void ir_optimise(struct ir_block *b)
{
	pass_forward(b);
	pass_backward(b);
}
