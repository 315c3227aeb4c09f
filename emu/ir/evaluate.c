/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The meaning of the integer operations.  The definitions are those of the table in
 * ir.h; where C leaves a case open (division by 0, shifts by the width) the table's
 * rule is spelt out here.
 */
#include "ir/evaluate.h"

bool ir_evaluates(const struct ir_op *op)
{
	switch (op->op) {
	case IR_ADD ... IR_SETCC:
	case IR_FNEG:
	case IR_FABS:
	case IR_BITCAST:
		return true;
	case IR_SELECT:
		return op->type != IR_V128;
	default:
		return false;
	}
}

static unsigned width_of(const struct ir_op *op)
{
	return op->type == IR_I64 || op->type == IR_F64 ? 64 : 32;
}

static uint64_t ones(unsigned width)
{
	return width >= 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
}

/* The low `width` bits of x with their sign. */
static int64_t signed_bits(uint64_t x, unsigned width)
{
	return (int64_t)(x << (64 - width)) >> (64 - width);
}

static uint64_t divide_signed(uint64_t a, uint64_t b, unsigned width)
{
	int64_t x = signed_bits(a, width), y = signed_bits(b, width);

	if (y == 0)
		return 0;
	if (y == -1)
		return 0 - a;
	return (uint64_t)(x / y);
}

static uint64_t remainder_signed(uint64_t a, uint64_t b, unsigned width)
{
	int64_t x = signed_bits(a, width), y = signed_bits(b, width);

	if (y == 0)
		return a;
	if (y == -1)
		return 0;
	return (uint64_t)(x % y);
}

static uint64_t rotate_right(uint64_t a, unsigned count, unsigned width)
{
	return count ? a >> count | a << (width - count) : a;
}

static uint64_t count_leading(uint64_t a, unsigned width)
{
	return a ? (unsigned)__builtin_clzll(a) - (64 - width) : width;
}

static uint64_t count_trailing(uint64_t a, unsigned width)
{
	return a ? (unsigned)__builtin_ctzll(a) : width;
}

static uint64_t deposit(const struct ir_op *op, uint64_t a, uint64_t b)
{
	unsigned pos = op->slot & 0xff;
	uint64_t mask = ones(op->slot >> 8) << pos;

	return (a & ~mask) | (b << pos & mask);
}

static bool compare(const struct ir_op *op, uint64_t a, uint64_t b)
{
	unsigned width = width_of(op);
	int64_t x = signed_bits(a, width), y = signed_bits(b, width);
	bool holds;

	switch (op->cc & ~1) {
	case IR_CC_B:
		holds = a < b;
		break;
	case IR_CC_Z:
		holds = a == b;
		break;
	case IR_CC_BE:
		holds = a <= b;
		break;
	case IR_CC_L:
		holds = x < y;
		break;
	default:
		holds = x <= y;
	}
	return holds != (op->cc & 1);
}

static uint64_t shift(const struct ir_op *op, uint64_t a, uint64_t b, unsigned width)
{
	unsigned count = b & (width - 1);

	switch (op->op) {
	case IR_SHL:
		return a << count;
	case IR_SHR:
		return a >> count;
	case IR_SAR:
		return (uint64_t)(signed_bits(a, width) >> count);
	default:
		return rotate_right(a, count, width);
	}
}

static uint64_t arithmetic(const struct ir_op *op, uint64_t a, uint64_t b, uint64_t c,
			   unsigned width)
{
	switch (op->op) {
	case IR_ADD:
		return a + b;
	case IR_SUB:
		return a - b;
	case IR_ADC:
		return a + b + c;
	case IR_SBB:
		return a - b - c;
	case IR_NEG:
		return 0 - a;
	case IR_MUL:
		return a * b;
	case IR_UMULH:
		return (uint64_t)((unsigned __int128)a * b >> 64);
	case IR_SMULH:
		return (uint64_t)((__int128)(int64_t)a * (int64_t)b >> 64);
	case IR_UDIV:
		return b ? a / b : 0;
	case IR_SDIV:
		return divide_signed(a, b, width);
	case IR_UREM:
		return b ? a % b : a;
	default:
		return remainder_signed(a, b, width);
	}
}

static uint64_t logic(const struct ir_op *op, uint64_t a, uint64_t b)
{
	switch (op->op) {
	case IR_AND:
		return a & b;
	case IR_OR:
		return a | b;
	case IR_XOR:
		return a ^ b;
	case IR_ANDN:
		return a & ~b;
	default:
		return ~a;
	}
}

static uint64_t bits_and_sizes(const struct ir_op *op, uint64_t a, uint64_t b, uint64_t c,
			       unsigned width)
{
	unsigned pos = op->slot & 0xff, length = op->slot >> 8;

	switch (op->op) {
	case IR_CLZ:
		return count_leading(a, width);
	case IR_CTZ:
		return count_trailing(a, width);
	case IR_BSWAP:
		return __builtin_bswap64(a) >> (64 - width);
	case IR_EXTRACT:
		return a >> pos & ones(length);
	case IR_SEXTRACT:
		return (uint64_t)signed_bits(a >> pos, length);
	case IR_DEPOSIT:
		return deposit(op, a, b);
	case IR_SEXT:
		return (uint64_t)signed_bits(a, 32);
	case IR_CONCAT:
		return a | b << 32;
	case IR_SETCC:
		return compare(op, a, b);
	case IR_SELECT:
		return a ? b : c;
	case IR_FNEG:
		return a ^ UINT64_C(1) << (width - 1);
	case IR_FABS:
		return a & ~(UINT64_C(1) << (width - 1));
	default: /* ZEXT TRUNC BITCAST */
		return a;
	}
}

uint64_t ir_evaluate(const struct ir_op *op, uint64_t a, uint64_t b, uint64_t c)
{
	unsigned width = width_of(op);
	uint64_t result;

	switch (op->op) {
	case IR_ADD ... IR_SBB:
	case IR_NEG ... IR_SREM:
		result = arithmetic(op, a, b, c, width);
		break;
	case IR_AND ... IR_NOT:
		result = logic(op, a, b);
		break;
	case IR_SHL ... IR_ROR:
		result = shift(op, a, b, width);
		break;
	default:
		result = bits_and_sizes(op, a, b, c, width);
	}
	return result & ones(width);
}

/* Whether the low byte has an odd number of ones: bit n of 0x6996 says so for a nibble n. */
static bool odd(uint64_t x)
{
	return 0x6996u >> ((x ^ x >> 4) & 15) & 1;
}

/* The carry out of (the borrow from) each bit position is in the bit of the operands'
 * and the result's majority; this gives carry, half carry and overflow alike, with a
 * carry coming in or not. */
unsigned ir_evaluate_flags(const struct ir_op *op, uint64_t a, uint64_t b, uint64_t r)
{
	unsigned top = width_of(op) - 1, flags = 0;
	uint64_t carries = 0, overflow = 0;

	if (op->op == IR_ADD || op->op == IR_ADC) {
		carries = (a & b) | ((a | b) & ~r);
		overflow = ~(a ^ b) & (a ^ r);
	} else if (op->op == IR_SUB || op->op == IR_SBB) {
		carries = (~a & b) | (~(a ^ b) & r);
		overflow = (a ^ b) & (a ^ r);
	}
	if (carries >> top & 1)
		flags |= IR_FLAG_C;
	if (carries >> 3 & 1)
		flags |= IR_FLAG_A;
	if (overflow >> top & 1)
		flags |= IR_FLAG_V;
	if (!odd(r))
		flags |= IR_FLAG_P;
	if (r == 0)
		flags |= IR_FLAG_Z;
	if (r >> top & 1)
		flags |= IR_FLAG_N;
	return flags;
}

bool ir_evaluate_cond(unsigned flags, enum ir_cc cc)
{
	bool less = !(flags & IR_FLAG_N) != !(flags & IR_FLAG_V);
	bool holds;

	switch (cc & ~1u) {
	case IR_CC_V:
		holds = flags & IR_FLAG_V;
		break;
	case IR_CC_B:
		holds = flags & IR_FLAG_C;
		break;
	case IR_CC_Z:
		holds = flags & IR_FLAG_Z;
		break;
	case IR_CC_BE:
		holds = flags & (IR_FLAG_C | IR_FLAG_Z);
		break;
	case IR_CC_N:
		holds = flags & IR_FLAG_N;
		break;
	case IR_CC_P:
		holds = flags & IR_FLAG_P;
		break;
	case IR_CC_L:
		holds = less;
		break;
	default:
		holds = less || flags & IR_FLAG_Z;
	}
	return holds != (cc & 1);
}
