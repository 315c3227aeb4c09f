/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Translates MMX and what SSE and SSE2 added to it.  Every instruction makes all x87
 * registers valid and the top 0; what is written has an exponent of ones.
 */
#include "guest/x86/emit_sse.h"

/* What came with SSE and SSE2. */
static uint32_t mmx_feature(const struct x86_insn *i)
{
	switch (i->opcode) {
	case 0x70:
	case 0xc4:
	case 0xc5:
	case 0xd7:
	case 0xda:
	case 0xde:
	case 0xe0:
	case 0xe3:
	case 0xe4:
	case 0xe7:
	case 0xea:
	case 0xee:
	case 0xf6:
	case 0xf7:
		return X86_FEATURE_SSE;
	case 0xd4:
	case 0xf4:
	case 0xfb:
		return X86_FEATURE_SSE2;
	default:
		return X86_FEATURE_MMX;
	}
}

bool mmx_begin(struct x86_unit *u, const struct x86_insn *i)
{
	if (!simd_has(u, mmx_feature(i)))
		return false;
	x87_begin_mmx(u);
	return true;
}

void mmx_touch(struct x86_unit *u)
{
	if (u->mmx_ready)
		return;
	ir_set(u->ir, IR_I32, X86_SLOT(fpu.top), x86_const(u, 0));
	ir_set(u->ir, IR_I32, X86_SLOT(fpu.empty), x86_const(u, 0));
	u->mmx_ready = true;
}

static unsigned mmx_slot(unsigned n)
{
	return X86_SLOT(fpu.st) + n * (unsigned)sizeof(union x86_vector_register);
}

ir_value mmx_get(struct x86_unit *u, unsigned n)
{
	return ir_get(u->ir, IR_I64, mmx_slot(n));
}

void mmx_set(struct x86_unit *u, unsigned n, ir_value value)
{
	ir_set(u->ir, IR_I64, mmx_slot(n), value);
	ir_set(u->ir, IR_I32, mmx_slot(n) + 8, x86_const(u, 0xffff));
}

static ir_value mmx_load(struct x86_unit *u, const struct x86_insn *i, unsigned log2)
{
	return ir_load(u->ir, log2 == 3 ? IR_I64 : IR_I32, x86_mem(u, log2),
		       x86_address(u, i, 1u << log2, false));
}

ir_value mmx_source(struct x86_unit *u, const struct x86_insn *i)
{
	return i->is_memory ? mmx_load(u, i, 3) : mmx_get(u, i->rm);
}

static ir_value mmx_pure(struct x86_unit *u, ir_fn *fn, ir_value a, ir_value b)
{
	return ir_call(u->ir, IR_I64, CALL_PURE, fn, a, b, IR_NONE, IR_NONE);
}

static void mmx_finish(struct x86_unit *u, unsigned n, ir_value value)
{
	mmx_touch(u);
	mmx_set(u, n, value);
	x87_end(u);
}

void mmx_emit_integer(struct x86_unit *u, const struct x86_insn *i)
{
	/* These read 4 bytes of memory. */
	bool four = i->arg <= X86_SIMD_punpckldq && i->is_memory;
	ir_value y;

	if (!mmx_begin(u, i))
		return;
	y = four ? ir_unary(u->ir, IR_ZEXT, IR_I64, mmx_load(u, i, 2)) : mmx_source(u, i);
	mmx_finish(u, i->reg, mmx_pure(u, x86_simd_mmx[i->arg], mmx_get(u, i->reg), y));
}

void mmx_emit_logic(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value x, y;

	if (!mmx_begin(u, i))
		return;
	y = mmx_source(u, i);
	x = mmx_get(u, i->reg);
	if (i->arg == IR_ANDN)
		x = ir_binary(u->ir, IR_ANDN, IR_I64, y, x);
	else
		x = ir_binary(u->ir, (enum ir_opcode)i->arg, IR_I64, x, y);
	mmx_finish(u, i->reg, x);
}

/* By an immediate. */
void mmx_emit_shift(struct x86_unit *u, const struct x86_insn *i)
{
	if (!mmx_begin(u, i))
		return;
	mmx_finish(u, i->rm,
		   mmx_pure(u, x86_simd_mmx[i->arg], mmx_get(u, i->rm),
			    ir_const64(u->ir, i->immediate & 0xff)));
}

void mmx_emit_movd(struct x86_unit *u, const struct x86_insn *i)
{
	if (!mmx_begin(u, i))
		return;
	mmx_finish(u, i->reg, ir_unary(u->ir, IR_ZEXT, IR_I64, x86_read_e(u, i, 4)));
}

void mmx_emit_movd_store(struct x86_unit *u, const struct x86_insn *i)
{
	if (!mmx_begin(u, i))
		return;
	x86_write_e(u, i, 4, ir_unary(u->ir, IR_TRUNC, IR_I32, mmx_get(u, i->reg)));
	mmx_touch(u);
	x87_end(u);
}

void mmx_emit_movq(struct x86_unit *u, const struct x86_insn *i)
{
	if (!mmx_begin(u, i))
		return;
	mmx_finish(u, i->reg, mmx_source(u, i));
}

void mmx_emit_movq_store(struct x86_unit *u, const struct x86_insn *i)
{
	if (!mmx_begin(u, i))
		return;
	if (!i->is_memory) {
		mmx_finish(u, i->rm, mmx_get(u, i->reg));
		return;
	}
	ir_store(u->ir, IR_I64, x86_mem(u, 3), x86_address(u, i, 8, true), mmx_get(u, i->reg));
	mmx_touch(u);
	x87_end(u);
}

void mmx_emit_pshufw(struct x86_unit *u, const struct x86_insn *i)
{
	if (!mmx_begin(u, i))
		return;
	mmx_finish(u, i->reg,
		   mmx_pure(u, x86_help_pshufw, mmx_source(u, i), x86_const(u, i->immediate)));
}

void mmx_emit_pinsrw(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value word;

	if (!mmx_begin(u, i))
		return;
	word = i->is_memory ? mmx_load(u, i, 1) : x86_reg(u, i->rm, 4);
	word = ir_deposit(u->ir, IR_I64, mmx_get(u, i->reg), ir_unary(u->ir, IR_ZEXT, IR_I64, word),
			  16 * (i->immediate & 3), 16);
	mmx_finish(u, i->reg, word);
}

void mmx_emit_pextrw(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value word;

	if (!mmx_begin(u, i))
		return;
	word = ir_extract(u->ir, IR_I64, mmx_get(u, i->rm), 16 * (i->immediate & 3), 16);
	mmx_touch(u);
	x86_set_reg(u, i->reg, 4, ir_unary(u->ir, IR_TRUNC, IR_I32, word));
	x87_end(u);
}

void mmx_emit_pmovmskb(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value bits;

	if (!mmx_begin(u, i))
		return;
	bits = ir_call(u->ir, IR_I32, CALL_PURE, x86_help_pmovmskb8, mmx_get(u, i->rm), IR_NONE,
		       IR_NONE, IR_NONE);
	mmx_touch(u);
	x86_set_reg(u, i->reg, 4, bits);
	x87_end(u);
}

void mmx_emit_maskmovq(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned segment = i->segment >= 0 ? (unsigned)i->segment : X86_DS;
	ir_value address;

	if (!mmx_begin(u, i))
		return;
	address = x86_linear(u, segment, x86_reg(u, X86_EDI, i->address), 8, true);
	x86_call(u, IR_VOID, x86_help_maskmov, address, x86_const(u, mmx_slot(i->reg)),
		 x86_const(u, mmx_slot(i->rm)), x86_const(u, 8));
	mmx_touch(u);
	x87_end(u);
}

/* Not MMX, but of this kind: a general register. */
void mmx_emit_movnti(struct x86_unit *u, const struct x86_insn *i)
{
	if (!simd_has(u, X86_FEATURE_SSE2))
		return;
	ir_store(u->ir, IR_I32, x86_mem(u, 2), x86_address(u, i, 4, true), x86_reg(u, i->reg, 4));
}

void mmx_emit_emms(struct x86_unit *u, const struct x86_insn *i)
{
	if (!mmx_begin(u, i))
		return;
	ir_set(u->ir, IR_I32, X86_SLOT(fpu.top), x86_const(u, 0));
	ir_set(u->ir, IR_I32, X86_SLOT(fpu.empty), x86_const(u, 0xff));
	u->mmx_ready = false;
	x87_end(u);
}

/* --- With SSE registers ------------------------------------------------------------- */

void mmx_emit_from_sse(struct x86_unit *u, const struct x86_insn *i)
{
	if (!sse_begin(u, i) || !mmx_begin(u, i))
		return;
	mmx_finish(u, i->reg, ir_get(u->ir, IR_I64, sse_slot(i->rm)));
}

void mmx_emit_to_sse(struct x86_unit *u, const struct x86_insn *i)
{
	if (!sse_begin(u, i) || !mmx_begin(u, i))
		return;
	mmx_touch(u);
	ir_set(u->ir, IR_I64, sse_slot(i->reg), mmx_get(u, i->rm));
	ir_set(u->ir, IR_I64, sse_slot(i->reg) + 8, ir_const64(u->ir, 0));
	sse_wrote_half(u, i->reg);
	x87_end(u);
}

/* Register operands are taken to where memory operands would be. */
static void mmx_operand(struct x86_unit *u, const struct x86_insn *i)
{
	ir_set(u->ir, IR_I64, X86_SLOT(fpu.operand), mmx_source(u, i));
}

void mmx_emit_cvtpi2ps(struct x86_unit *u, const struct x86_insn *i)
{
	if (!sse_begin(u, i) || !mmx_begin(u, i))
		return;
	mmx_operand(u, i);
	if (!i->is_memory)
		mmx_touch(u); /* even if it raises something */
	x86_call(u, IR_VOID, x86_help_sse, x86_const(u, sse_slot(i->reg)),
		 x86_const(u, X86_SLOT(fpu.operand)), x86_const(u, X86_SSE_cvtpi2ps), IR_NONE);
	sse_wrote_whole(u, i->reg);
	mmx_touch(u);
	x87_end(u);
}

/* Exact; MMX's state is concerned only if the source is a register of it. */
void mmx_emit_cvtpi2pd(struct x86_unit *u, const struct x86_insn *i)
{
	if (!sse_begin(u, i) || (!i->is_memory && !mmx_begin(u, i)))
		return;
	mmx_operand(u, i);
	x86_call(u, IR_VOID, x86_help_sse, x86_const(u, sse_slot(i->reg)),
		 x86_const(u, X86_SLOT(fpu.operand)), x86_const(u, X86_SSE_cvtdq2pd), IR_NONE);
	sse_wrote_whole(u, i->reg);
	if (i->is_memory)
		return;
	mmx_touch(u);
	x87_end(u);
}

void mmx_emit_cvt2pi(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned source;

	if (!sse_begin(u, i) || !mmx_begin(u, i))
		return;
	source = sse_source_slot(u, i, x86_sse_operations[i->arg].bytes);
	mmx_touch(u); /* even if it raises something */
	x86_call(u, IR_VOID, x86_help_sse, x86_const(u, X86_SLOT(fpu.result)), x86_const(u, source),
		 x86_const(u, i->arg), IR_NONE);
	mmx_finish(u, i->reg, ir_get(u->ir, IR_I64, X86_SLOT(fpu.result)));
}
