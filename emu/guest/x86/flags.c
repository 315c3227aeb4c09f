/* SPDX-License-Identifier: BSD-2-Clause
 *
 * EFLAGS' arithmetic bits out of the last operation that set them; see flags.h.
 *
 * Where the manual leaves a flag undefined: AF of shifts and logic is 0, AF of
 * multiplications too; OF of shifts by more than one is as if the last step were alone.
 */
#include "guest/x86/flags.h"

/* An operation with what follows from its size. */
struct flags_operation {
	uint32_t mask, sign;
	uint32_t result, source, carry;
};

static uint32_t flags_of_result(const struct flags_operation *o)
{
	uint32_t f = 0;

	if (!(o->result & o->mask))
		f |= X86_ZF;
	if (o->result & o->sign)
		f |= X86_SF;
	if (!__builtin_parity(o->result & 0xff))
		f |= X86_PF;
	return f;
}

static uint32_t flags_when(bool cf, bool of, bool af)
{
	return (cf ? X86_CF : 0) | (of ? X86_OF : 0) | (af ? X86_AF : 0);
}

/* first + source + carry = result */
static uint32_t flags_add(const struct flags_operation *o, uint32_t carry)
{
	uint32_t first = (o->result - o->source - carry) & o->mask;
	bool cf = carry ? o->result <= o->source : o->result < o->source;

	return flags_when(cf, (o->result ^ o->source) & (o->result ^ first) & o->sign,
			  (o->result ^ o->source ^ first) & 0x10);
}

/* first - source - carry = result */
static uint32_t flags_sub(const struct flags_operation *o, uint32_t carry)
{
	uint32_t first = (o->result + o->source + carry) & o->mask;
	bool cf = carry ? first <= o->source : first < o->source;

	return flags_when(cf, (first ^ o->source) & (first ^ o->result) & o->sign,
			  (o->result ^ o->source ^ first) & 0x10);
}

static uint32_t flags_shl(const struct flags_operation *o)
{
	bool cf = o->source & o->sign, sf = o->result & o->sign;

	return flags_when(cf, cf != sf, false);
}

static uint32_t flags_of_operation(enum x86_flags kind, const struct flags_operation *o)
{
	switch (kind) {
	case X86_FLAGS_ADD:
		return flags_add(o, 0);
	case X86_FLAGS_SUB:
		return flags_sub(o, 0);
	case X86_FLAGS_ADC:
		return flags_add(o, o->carry);
	case X86_FLAGS_SBB:
		return flags_sub(o, o->carry);
	case X86_FLAGS_INC:
		return flags_when(false, o->result == o->sign, !(o->result & 15));
	case X86_FLAGS_DEC:
		return flags_when(false, o->result == o->sign - 1, (o->result & 15) == 15);
	case X86_FLAGS_SHL:
		return flags_shl(o);
	case X86_FLAGS_SHR:
		return flags_when(o->source & 1, (o->source ^ o->result) & o->sign, false);
	case X86_FLAGS_SAR:
		return flags_when(o->source & 1, false, false);
	case X86_FLAGS_MUL:
		return flags_when(o->source, o->source, false);
	default:
		return 0;
	}
}

static uint32_t flags_of_kind(const struct x86 *x, uint32_t kind, uint32_t result)
{
	uint32_t bits = 8u << (kind & 3);
	struct flags_operation o;

	if (kind == X86_FLAGS_PLAIN)
		return result & X86_ARITHMETIC;
	o.sign = 1u << (bits - 1);
	o.mask = o.sign | (o.sign - 1);
	o.source = x->flags_source & o.mask;
	o.carry = x->flags_carry & 1;
	if ((kind & ~3u) == X86_FLAGS_CMP) {
		kind += X86_FLAGS_SUB - X86_FLAGS_CMP;
		result -= o.source;
	}
	o.result = result & o.mask;
	return flags_of_result(&o) | flags_of_operation((enum x86_flags)(kind & ~3u), &o);
}

uint32_t x86_flags(const struct x86 *x)
{
	uint32_t kind = x->flags_kind & ~(uint32_t)X86_FLAGS_CF;
	uint32_t flags = flags_of_kind(x, kind, x->flags_result);

	if (x->flags_kind & X86_FLAGS_CF)
		flags = (flags & ~X86_CF) | (x->flags_carry ? X86_CF : 0);
	if (x->flags_inc)
		flags = (flags & X86_CF) | flags_of_kind(x, x->flags_inc, x->flags_inc_result);
	return flags;
}

void x86_set_flags(struct x86 *x, uint32_t eflags)
{
	x->flags_kind = X86_FLAGS_PLAIN;
	x->flags_inc = 0;
	x->flags_result = eflags & X86_ARITHMETIC;
}

uint32_t x86_eflags(const struct x86 *x)
{
	return x->eflags | x86_flags(x) | 2;
}
