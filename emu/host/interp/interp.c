/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Executes intermediate code as it stands, one operation after the other: the back
 * end that defines what the others must do, and the one for hosts without another.
 *
 * Values are in an array indexed by operation; i32 and f32 have a zero upper half.
 * A token is the EFLAGS word of its operation, computed when that is executed.
 *
 * Budget is kept as translated code keeps it: the whole block's is taken on entry, or
 * the block isn't begun; exits give back what was not needed, and at sites cpu->refund
 * says how much that would be.  So a machine runs alike with either back end.
 */
#include "host/host.h"
#include "core/memory.h"
#include "ir/evaluate.h"
#include "ir/fp.h"

#include <assert.h>
#include <string.h>

struct run {
	struct cpu *cpu;
	gva pc;         /* of the current instruction */
	unsigned later; /* instructions not begun */
	unsigned links; /* link numbers of the exits passed */
	uint64_t value[IR_MAX_OPS];
	uint64_t upper[IR_MAX_OPS]; /* of v128 */
	uint16_t token[IR_MAX_OPS];
};

static uint64_t operand(const struct run *r, const struct ir_op *op, unsigned n)
{
	return op->arg[n] == IR_NONE ? 0 : r->value[op->arg[n]];
}

static uint64_t cut_to_type(enum ir_type type, uint64_t value)
{
	return type == IR_I32 || type == IR_F32 ? (uint32_t)value : value;
}

static void enter_site(struct run *r)
{
	r->cpu->pc = r->pc;
	r->cpu->refund = r->later + 1;
}

static void run_get(struct run *r, const struct ir_op *op, unsigned at)
{
	const uint8_t *slot = (const uint8_t *)r->cpu + op->slot;

	r->value[at] = 0;
	if (op->type == IR_V128)
		memcpy(&r->upper[at], slot + 8, 8);
	memcpy(&r->value[at], slot, op->type == IR_V128 ? 8 : ir_type_bytes(op->type));
}

static void run_set(struct run *r, const struct ir_op *op)
{
	uint8_t *slot = (uint8_t *)r->cpu + op->slot;

	if (op->type == IR_V128)
		memcpy(slot + 8, &r->upper[op->arg[0]], 8);
	memcpy(slot, &r->value[op->arg[0]], op->type == IR_V128 ? 8 : ir_type_bytes(op->type));
}

static void run_load(struct run *r, const struct ir_op *op, unsigned at)
{
	gva address = (gva)operand(r, op, 0);
	uint64_t vector[2];

	enter_site(r);
	if (op->type == IR_V128) {
		mem_load_vector(r->cpu, address, op->mem, vector);
		r->value[at] = vector[0];
		r->upper[at] = vector[1];
	} else {
		r->value[at] = cut_to_type(op->type, mem_load(r->cpu, address, op->mem));
	}
}

static void run_store(struct run *r, const struct ir_op *op)
{
	gva address = (gva)operand(r, op, 0);
	ir_value from = op->arg[1];

	enter_site(r);
	if (op->type == IR_V128)
		mem_store_vector(r->cpu, address, op->mem,
				 (const uint64_t[]){ r->value[from], r->upper[from] });
	else
		mem_store(r->cpu, address, op->mem, r->value[from]);
}

static void run_span(struct run *r, const struct ir_op *op, unsigned at)
{
	enter_site(r);
	r->value[at] =
		(uintptr_t)mem_span(r->cpu, (gva)operand(r, op, 0), op->mem, op->slot, op->cc != 0);
}

/* The plain path of a back end stores to RAM at once, and then there is nothing to do. */
static void run_span_end(struct run *r, const struct ir_op *op)
{
	if (operand(r, op, 0) != (uintptr_t)r->cpu->bounce)
		return;
	enter_site(r);
	mem_span_end(r->cpu, (gva)operand(r, op, 1), op->mem, op->slot);
}

static uint64_t order_bytes(struct ir_mem mem, uint64_t value)
{
	return mem.big ? __builtin_bswap64(value) >> (64 - (8u << mem.size)) : value;
}

static void run_hload(struct run *r, const struct ir_op *op, unsigned at)
{
	const uint8_t *from = (const uint8_t *)(uintptr_t)operand(r, op, 0) + op->slot;
	unsigned bytes = 1u << op->mem.size;
	uint64_t value = 0;

	if (op->type == IR_V128) {
		memcpy(&r->value[at], from, 8);
		memcpy(&r->upper[at], from + 8, 8);
		return;
	}
	memcpy(&value, from, bytes);
	value = order_bytes(op->mem, value);
	if (op->mem.sign)
		value = (uint64_t)((int64_t)(value << (64 - 8 * bytes)) >> (64 - 8 * bytes));
	r->value[at] = cut_to_type(op->type, value);
}

static void run_hstore(struct run *r, const struct ir_op *op)
{
	uint8_t *to = (uint8_t *)(uintptr_t)operand(r, op, 0) + op->slot;
	uint64_t value = operand(r, op, 1);

	if (op->type == IR_V128) {
		memcpy(to, &value, 8);
		memcpy(to + 8, &r->upper[op->arg[1]], 8);
		return;
	}
	value = order_bytes(op->mem,
			    op->mem.size < 3 ? value & ((1ull << (8 << op->mem.size)) - 1) : value);
	memcpy(to, &value, 1u << op->mem.size);
}

/* Bits of f32 as those of f64, as far as comparing needs: the same order, the same
 * kind of NaN. */
static uint64_t widen_for_compare(uint64_t bits)
{
	uint64_t sign = bits >> 31 << 63, exponent = bits >> 23 & 0xff, fraction = bits & 0x7fffff;

	return sign | (exponent == 0xff ? 0x7ffull : exponent) << 52 | fraction << 29;
}

static bool is_nan(uint64_t bits)
{
	return (bits & INT64_MAX) > 0x7ff0000000000000;
}

static bool is_signalling(uint64_t bits)
{
	return is_nan(bits) && !(bits & 0x0008000000000000);
}

/* Finite numbers and infinities as integers of the same order; both zeros are 0. */
static int64_t rank(uint64_t bits)
{
	int64_t magnitude = (int64_t)(bits & INT64_MAX);

	return bits >> 63 ? -magnitude : magnitude;
}

static bool is_denormal(uint64_t bits, enum ir_type type)
{
	uint64_t lowest = (uint64_t)1 << (type == IR_F64 ? 52 : 23);

	bits &= ((uint64_t)1 << (type == IR_F64 ? 63 : 31)) - 1;
	return bits && bits < lowest;
}

static uint64_t run_fcmp(struct run *r, const struct ir_op *op)
{
	uint64_t a = operand(r, op, 0), b = operand(r, op, 1);
	bool denormal = is_denormal(a, op->type) || is_denormal(b, op->type);
	unsigned relation = 3;

	if (op->type == IR_F32) {
		a = widen_for_compare(a);
		b = widen_for_compare(b);
	}
	if (!is_nan(a) && !is_nan(b))
		relation = rank(a) == rank(b) ? 0 : rank(a) < rank(b) ? 1 : 2;
	else if (op->flags || is_signalling(a) || is_signalling(b))
		r->cpu->fp_sticky |= FP_INVALID;
	if (denormal && relation != 3)
		r->cpu->fp_sticky |= r->cpu->fp_denormal;
	return op->imm >> (8 * relation) & 0xff;
}

static uint64_t run_fp(struct run *r, const struct ir_op *op)
{
	fp_fn *exact = (fp_fn *)(uintptr_t)op->imm;

	return cut_to_type(op->type, exact(r->cpu, operand(r, op, 0), operand(r, op, 1)));
}

static uint64_t run_call(struct run *r, const struct ir_op *op)
{
	ir_fn *fn = (ir_fn *)(uintptr_t)op->imm;

	if (op->cc & CALL_SITE)
		enter_site(r);
	return cut_to_type(op->type, fn(r->cpu, operand(r, op, 0), operand(r, op, 1),
					operand(r, op, 2), operand(r, op, 3)));
}

static void run_check(struct run *r, const struct ir_op *op)
{
	ir_fn *fn = (ir_fn *)(uintptr_t)op->imm;

	if (!(uint32_t)operand(r, op, 0))
		return;
	enter_site(r);
	fn(r->cpu, (uint32_t)operand(r, op, 1), op->slot, 0, 0);
}

/* One lane of a vector operation; the result is cut by the caller. */
static uint64_t vector_lane(const struct ir_op *op, uint64_t a, uint64_t b, unsigned width)
{
	int64_t x = (int64_t)(a << (64 - width)), y = (int64_t)(b << (64 - width));

	switch (op->op) {
	case IR_VADD:
		return a + b;
	case IR_VSUB:
		return a - b;
	case IR_VCEQ:
		return x == y ? UINT64_MAX : 0;
	case IR_VCGT:
		return x > y ? UINT64_MAX : 0;
	default: /* VDUP: `a` holds the value in its first lane */
		return a;
	}
}

static uint64_t vector_half(const struct ir_op *op, uint64_t a, uint64_t b)
{
	unsigned width = 8u << op->size;
	uint64_t mask = width == 64 ? UINT64_MAX : (1ull << width) - 1, result = 0;

	switch (op->op) {
	case IR_VAND:
		return a & b;
	case IR_VOR:
		return a | b;
	case IR_VXOR:
		return a ^ b;
	case IR_VANDN:
		return a & ~b;
	}
	for (unsigned pos = 0; pos < 64; pos += width) {
		uint64_t lane = vector_lane(op, op->op == IR_VDUP ? a : a >> pos, b >> pos, width);

		result |= (lane & mask) << pos;
	}
	return result;
}

static void run_lanes(struct run *r, const struct ir_op *op, unsigned at)
{
	uint64_t a = operand(r, op, 0), b = operand(r, op, 1);
	uint64_t upper_a = a, upper_b = 0;

	if (op->op != IR_VDUP) {
		upper_a = r->upper[op->arg[0]];
		upper_b = r->upper[op->arg[1]];
	}
	r->value[at] = vector_half(op, a, b);
	r->upper[at] = vector_half(op, upper_a, upper_b);
}

static void run_packed(struct run *r, const struct ir_op *op, unsigned at)
{
	ir_fn *fn = (ir_fn *)(uintptr_t)op->imm;
	ir_value y = op->arg[1];
	struct {
		uint64_t a[2], b[2];
	} __attribute__((aligned(16)))
	v = { .a = { operand(r, op, 0), r->upper[op->arg[0]] }, .b = { r->value[y], r->upper[y] } };

	fn(r->cpu, (uintptr_t)v.a - (uintptr_t)r->cpu, (uintptr_t)v.b - (uintptr_t)r->cpu, op->cc,
	   0);
	r->value[at] = v.a[0];
	r->upper[at] = v.a[1];
}

static uint32_t run_mask(const struct run *r, const struct ir_op *op)
{
	uint64_t half[2] = { operand(r, op, 0), r->upper[op->arg[0]] };
	unsigned width = 8u << op->size, lanes = 64 / width;
	uint32_t result = 0;

	for (unsigned i = 0; i < 2 * lanes; i++) {
		uint64_t lane = half[i / lanes] >> (i % lanes * width);

		result |= (uint32_t)(lane >> (width - 1) & 1) << i;
	}
	return result;
}

static void run_widen(struct run *r, const struct ir_op *op, unsigned at)
{
	r->value[at] = operand(r, op, 0);
	r->upper[at] = 0;
}

static void run_vector(struct run *r, const struct ir_op *op, unsigned at)
{
	if (op->op == IR_VPACKED)
		run_packed(r, op, at);
	else if (op->op == IR_VMASK)
		r->value[at] = run_mask(r, op);
	else if (op->op == IR_VLOW)
		r->value[at] = ir_type_bytes(op->type) == 4 ? (uint32_t)operand(r, op, 0) :
							      operand(r, op, 0);
	else if (op->op == IR_VWIDEN)
		run_widen(r, op, at);
	else
		run_lanes(r, op, at);
}

static uint64_t run_x87(struct run *r, const struct ir_op *op)
{
	ir_fn *fn = (ir_fn *)(uintptr_t)op->imm;
	uint64_t result = fn(r->cpu, op->arg[0] == IR_NONE ? 0 : operand(r, op, 0), op->cc, 0, 0);

	return op->type == IR_I32 ? (uint32_t)result : result;
}

static void run_select(struct run *r, const struct ir_op *op, unsigned at)
{
	ir_value chosen = operand(r, op, 0) ? op->arg[1] : op->arg[2];

	r->value[at] = r->value[chosen];
	if (op->type == IR_V128)
		r->upper[at] = r->upper[chosen];
}

static void run_integer(struct run *r, const struct ir_op *op, unsigned at)
{
	uint64_t a = operand(r, op, 0), b = operand(r, op, 1);
	uint64_t result = ir_evaluate(op, a, b, operand(r, op, 2));

	r->value[at] = result;
	if (op->flags)
		r->token[at] = (uint16_t)ir_evaluate_flags(op, a, b, result);
}

static unsigned leave_block(struct run *r, const struct ir_op *op)
{
	r->cpu->budget += (int32_t)r->later;
	switch (op->op) {
	case IR_EXIT_IF:
	case IR_EXIT:
	case IR_EXIT_CALL:
		r->cpu->pc = (gva)op->imm;
		return HOST_LINK + r->links;
	case IR_EXIT_RUN:
		r->cpu->pc = (gva)operand(r, op, 0);
		return HOST_RUN;
	default:
		r->cpu->pc = (gva)operand(r, op, 0);
		return HOST_LOOKUP;
	}
}

/* Operations that end neither the block nor the budget. */
static void run_op(struct run *r, const struct ir_op *op, unsigned at)
{
	switch (op->op) {
	case IR_NOP:
	case IR_X87_BEGIN:
		break;
	case IR_CONST:
		r->value[at] = r->upper[at] = op->imm;
		break;
	case IR_GET:
		run_get(r, op, at);
		break;
	case IR_SET:
		run_set(r, op);
		break;
	case IR_COND:
		r->value[at] = ir_evaluate_cond(r->token[op->arg[0]], op->cc);
		break;
	case IR_PACK:
		r->value[at] = r->token[op->arg[0]];
		break;
	case IR_SELECT:
		run_select(r, op, at);
		break;
	case IR_LOAD:
		run_load(r, op, at);
		break;
	case IR_STORE:
		run_store(r, op);
		break;
	case IR_SPAN:
		run_span(r, op, at);
		break;
	case IR_SPAN_END:
		run_span_end(r, op);
		break;
	case IR_CHECK:
		run_check(r, op);
		break;
	case IR_HLOAD:
		run_hload(r, op, at);
		break;
	case IR_HSTORE:
		run_hstore(r, op);
		break;
	case IR_FADD ... IR_FSQRT:
	case IR_FCVT:
		r->value[at] = run_fp(r, op);
		break;
	case IR_FCMP:
		r->value[at] = run_fcmp(r, op);
		break;
	case IR_VAND ... IR_VLOW:
		run_vector(r, op, at);
		break;
	case IR_X87:
		r->value[at] = run_x87(r, op);
		break;
	case IR_CALL:
		r->value[at] = run_call(r, op);
		break;
	default:
		run_integer(r, op, at);
	}
}

unsigned ir_run(struct cpu *cpu, const struct ir_block *b)
{
	struct run r;

	r.cpu = cpu;
	r.pc = b->pc;
	r.links = 0;
	r.later = b->insns;
	if (cpu->budget < (int32_t)b->insns) {
		cpu->pc = b->pc;
		return HOST_BUDGET;
	}
	cpu->budget -= (int32_t)b->insns;
	for (unsigned at = 0; at < b->count; at++) {
		const struct ir_op *op = &b->op[at];

		if (op->op == IR_INSN) {
			r.pc = (gva)op->imm;
			r.later--;
		} else if (op->op >= IR_EXIT_IF) {
			if (op->op != IR_EXIT_IF || operand(&r, op, 0))
				return leave_block(&r, op);
			r.links++;
		} else {
			run_op(&r, op, at);
		}
	}
	assert(!"a block must end with an exit");
	return HOST_RUN;
}
