/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random x86 instructions: what they do with flags (Intel SDM 1, appendix A; SDM 2), by the
 * decoder's mnemonic.  An instruction that isn't here isn't used, or made by program.c in
 * another way.
 */
#include <string.h>

#include "guest/x86/flags.h"
#include "program.h"

#define A X86_ARITHMETIC
#define NOT_C (A & ~X86_CF)
#define NOT_CO (A & ~(X86_CF | X86_OF))
#define NOT_Z (A & ~X86_ZF)
#define PARTLY (1u << 30) /* in `undefined` */

struct rule {
	const char *text;
	uint32_t reads, undefined, keeps;
};

static const struct rule rules_integer[] = {
	{ "add", 0, 0, 0 },
	{ "or", 0, X86_AF, 0 },
	{ "adc", X86_CF, 0, 0 },
	{ "sbb", X86_CF, 0, 0 },
	{ "and", 0, X86_AF, 0 },
	{ "sub", 0, 0, 0 },
	{ "xor", 0, X86_AF, 0 },
	{ "cmp", 0, 0, 0 },
	{ "test", 0, X86_AF, 0 },
	{ "neg", 0, 0, 0 },
	{ "not", 0, 0, A },
	{ "inc", 0, 0, X86_CF },
	{ "dec", 0, 0, X86_CF },
	{ "mul", 0, NOT_CO, 0 },
	{ "imul", 0, NOT_CO, 0 },
	{ "div", 0, A, 0 },
	{ "idiv", 0, A, 0 },
	{ "cmpxchg", 0, 0, 0 },
	{ "cmpxchg8b", 0, 0, NOT_Z },
	{ "xadd", 0, 0, 0 },
	{ "xchg", 0, 0, A },
	{ "mov", 0, 0, A },
	{ "movzx", 0, 0, A },
	{ "movsx", 0, 0, A },
	{ "lea", 0, 0, A },
	{ "nop", 0, 0, A },
	{ "bswap", 0, 0, A },
	{ "cbw|cwde", 0, 0, A },
	{ "cwd|cdq", 0, 0, A },
	{ "xlat", 0, 0, A },
	{ "bt", 0, NOT_Z &NOT_C, X86_ZF },
	{ "bts", 0, NOT_Z &NOT_C, X86_ZF },
	{ "btr", 0, NOT_Z &NOT_C, X86_ZF },
	{ "btc", 0, NOT_Z &NOT_C, X86_ZF },
	{ "bsf", 0, NOT_Z, 0 },
	{ "bsr", 0, NOT_Z, 0 },
	{ "clc", 0, 0, NOT_C },
	{ "stc", 0, 0, NOT_C },
	{ "cmc", X86_CF, 0, NOT_C },
	{ "cld", 0, 0, A },
	{ "std", 0, 0, A },
	{ "sahf", 0, 0, X86_OF },
	{ "lahf", A & ~X86_OF, 0, A },
	{ "prefetchnta", 0, 0, A },
	{ "prefetcht0", 0, 0, A },
	{ "fwait", 0, 0, A },
	{ "movs", 0, 0, A },
	{ "stos", 0, 0, A },
	{ "lods", 0, 0, A },
	{ "cmps", 0, 0, 0 },
	{ "scas", 0, 0, 0 },
};

const uint32_t rule_condition[8] = {
	X86_OF, X86_CF, X86_ZF,          X86_CF | X86_ZF,
	X86_SF, X86_PF, X86_SF | X86_OF, X86_SF | X86_OF | X86_ZF,
};

static void rule_set(struct op *op, uint32_t reads, uint32_t undefined, uint32_t keeps)
{
	op->reads = reads;
	op->undefined = undefined & ~PARTLY;
	op->keeps = keeps | CASE_C1 | CASE_EMPTY;
	op->partly = undefined & PARTLY;
}

/* Shifts and rotations; of words, double shifts beyond 16 are undefined. */
static bool rule_shift(const struct x86_insn *i, struct op *op)
{
	static const char *const rotations[] = { "rol", "ror", "rcl", "rcr" };
	const char *text = i->row->text;
	bool by_one = i->row->operand[1] == OP_1;

	for (unsigned n = 0; n < 4; n++) {
		if (strcmp(text, rotations[n]))
			continue;
		rule_set(op, n >= 2 ? X86_CF : 0, by_one ? 0 : X86_OF | PARTLY, NOT_CO);
		return true;
	}
	if (!strcmp(text, "shl") || !strcmp(text, "shr") || !strcmp(text, "sar")) {
		rule_set(op, 0, by_one ? X86_AF : X86_AF | X86_OF | PARTLY, 0);
		return true;
	}
	if (strcmp(text, "shld") && strcmp(text, "shrd"))
		return false;
	rule_set(op, 0, X86_AF | X86_OF | PARTLY, 0);
	return i->size == 4;
}

static bool rule_conditional(const struct x86_insn *i, struct op *op)
{
	const char *text = i->row->text;

	if (strncmp(text, "cmov", 4) && (strncmp(text, "set", 3) || i->row->operand[0] != OP_EB))
		return false;
	rule_set(op, rule_condition[i->arg >> 1 & 7], 0, A);
	return true;
}

/* FCOMI clears C1 or doesn't. */
static bool rule_x87(const struct x86_insn *i, struct op *op)
{
	const char *text = i->row->text;

	if (i->row->operand[0] == OP_M || strstr(text, "287") || strstr(text, "8087"))
		return false;
	op->compares = strstr(text, "com") || !strcmp(text, "ftst");
	op->controls = !strcmp(text, "fldcw");
	if (strstr(text, "comi"))
		rule_set(op, 0, CASE_C1, 0);
	else if (!strncmp(text, "fcmov", 5))
		rule_set(op, rule_condition[i->arg >> 1 & 7], 0, A);
	else if (!strcmp(text, "fnstsw"))
		rule_set(op, CASE_C1, 0, A);
	else
		rule_set(op, 0, 0, A);
	if (!strcmp(text, "fxam")) /* tells the sign */
		op->reads |= CASE_EMPTY;
	op->undefined |= CASE_EMPTY;
	return true;
}

static bool is_mmx(const struct x86_insn *i)
{
	for (unsigned n = 0; n < sizeof i->row->operand; n++)
		switch (i->row->operand[n]) {
		case OP_PQ:
		case OP_QQ:
		case OP_QD:
		case OP_NQ:
			return true;
		default:
			break;
		}
	return false;
}

static bool rule_simd(const struct x86_insn *i, struct op *op)
{
	static const char *const no[] = { "fxsave", "fxrstor", "clflush" };
	const char *text = i->row->text;

	for (unsigned n = 0; n < sizeof no / sizeof *no; n++)
		if (!strcmp(text, no[n]))
			return false;
	/* From memory: by Intel's manual it is an MMX instruction, for AMD's CPUs it isn't. */
	if (!strcmp(text, "cvtpi2ps") && i->is_memory)
		return false;
	/* It shows what is in all registers. */
	rule_set(op, is_mmx(i) ? CASE_EMPTY : 0, 0, strstr(text, "comis") ? 0 : A);
	return true;
}

bool rule_find(const struct x86_insn *i, bool two, bool simd, struct op *op)
{
	const char *text = i->row->text;

	if (!text)
		return false;
	if ((i->opcode & 0xf8) == 0xd8 && !two)
		return rule_x87(i, op);
	if (simd)
		return rule_simd(i, op);
	for (unsigned n = 0; n < sizeof rules_integer / sizeof *rules_integer; n++) {
		const struct rule *r = &rules_integer[n];

		if (strcmp(text, r->text))
			continue;
		rule_set(op, r->reads, r->undefined, r->keeps);
		return true;
	}
	return rule_shift(i, op) || rule_conditional(i, op);
}
