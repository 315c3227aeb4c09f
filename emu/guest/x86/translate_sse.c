/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Translates SSE and SSE2 but for floating point: moves, logic and integers.
 *
 * How a register is moved matters: loading 16 bytes of which 8 were just stored waits for
 * the store.  So it is noted how registers were written in this block, and what was
 * written by halves is moved by halves.
 */
#include "guest/x86/emit_sse.h"

/* What of SSE registers SSE2 brought: all but singles (no prefix, F3) in 10..5F and C2, C6. */
static uint32_t sse_feature(const struct x86_insn *i)
{
	bool single = i->repeat == 0xf3 || (!i->repeat && !i->prefix66);
	bool old = i->opcode < 0x60 || i->opcode == 0xae || i->opcode == 0xc2 || i->opcode == 0xc6;

	if (i->opcode == 0x5a || i->opcode == 0x5b)
		old = false;
	return single && old ? X86_FEATURE_SSE : X86_FEATURE_SSE2;
}

bool simd_has(struct x86_unit *u, uint32_t feature)
{
	if (!u->x86->model || u->x86->model->features & feature)
		return true;
	x86_emit_raise(u, X86_UD);
	return false;
}

bool sse_begin(struct x86_unit *u, const struct x86_insn *i)
{
	if (!simd_has(u, sse_feature(i)))
		return false;
	if (!(u->modes & X86_MODE_NO_SSE))
		return true;
	x86_call(u, IR_VOID, x86_help_no_sse, IR_NONE, IR_NONE, IR_NONE, IR_NONE);
	x86_end_block(u);
	return false;
}

unsigned sse_slot(unsigned n)
{
	return X86_SLOT(xmm) + n * (unsigned)sizeof(union x86_vector_register);
}

void sse_wrote_whole(struct x86_unit *u, unsigned n)
{
	u->xmm_whole |= (uint8_t)(1u << n);
	u->xmm_scalar &= (uint8_t) ~(1u << n);
}

void sse_wrote_half(struct x86_unit *u, unsigned n)
{
	u->xmm_scalar |= (uint8_t)(1u << n);
	u->xmm_whole &= (uint8_t) ~(1u << n);
}

/* #GP(0) if it isn't a multiple of 16. */
static ir_value sse_address(struct x86_unit *u, const struct x86_insn *i, bool write, bool aligned)
{
	ir_value address = x86_address(u, i, 16, write);

	if (aligned)
		ir_check(u->ir, ir_binary_imm(u->ir, IR_AND, IR_I32, address, 15),
			 x86_help_misaligned, address, 0);
	return address;
}

static ir_value sse_load(struct x86_unit *u, const struct x86_insn *i, bool aligned)
{
	return ir_load(u->ir, IR_V128, x86_mem(u, 4), sse_address(u, i, false, aligned));
}

static enum ir_type sse_type(unsigned bytes)
{
	return bytes == 16 ? IR_V128 : bytes == 8 ? IR_F64 : IR_F32;
}

ir_value sse_source(struct x86_unit *u, const struct x86_insn *i, unsigned bytes)
{
	if (!i->is_memory)
		return ir_get(u->ir, sse_type(bytes), sse_slot(i->rm));
	if (bytes == 16)
		return sse_load(u, i, true);
	return ir_load(u->ir, sse_type(bytes), x86_mem(u, bytes == 8 ? 3 : 2),
		       x86_address(u, i, bytes, false));
}

unsigned sse_source_slot(struct x86_unit *u, const struct x86_insn *i, unsigned bytes)
{
	if (!i->is_memory)
		return sse_slot(i->rm);
	ir_set(u->ir, sse_type(bytes), X86_SLOT(fpu.operand), sse_source(u, i, bytes));
	return X86_SLOT(fpu.operand);
}

static void sse_set(struct x86_unit *u, unsigned n, ir_value value)
{
	ir_set(u->ir, IR_V128, sse_slot(n), value);
	sse_wrote_whole(u, n);
}

/* With zeros above. */
static void sse_set_low(struct x86_unit *u, unsigned n, ir_value value)
{
	sse_set(u, n, ir_widen(u->ir, value));
}

void sse_packed(struct x86_unit *u, const struct x86_insn *i, ir_fn *fn, unsigned n,
		ir_value source)
{
	unsigned code = (unsigned)i->opcode & IR_PACKED_OPCODE;

	code |= i->repeat == 0xf3 ? IR_PACKED_F3 :
		i->repeat         ? IR_PACKED_F2 :
		i->prefix66       ? IR_PACKED_66 :
				    0;
	if (code >> 8 == 1 && (i->opcode & 0xfc) == 0x70 && (i->opcode & 3))
		code |= IR_PACKED_GROUP | (unsigned)i->reg << 12;
	else if (i->opcode == 0x70 || i->opcode == 0xc2 || i->opcode == 0xc6)
		code |= IR_PACKED_IMMEDIATE;
	sse_set(u, n,
		ir_packed(u->ir, fn, code, (uint8_t)i->immediate,
			  ir_get(u->ir, IR_V128, sse_slot(n)), source));
}

/* --- Moves -------------------------------------------------------------------------- */

static void sse_copy(struct x86_unit *u, unsigned to, unsigned from, bool halves)
{
	ir_value low, high;

	if (!(u->xmm_scalar >> from & 1) && (!halves || u->xmm_whole >> from & 1)) {
		sse_set(u, to, ir_get(u->ir, IR_V128, sse_slot(from)));
		return;
	}
	low = ir_get(u->ir, IR_F64, sse_slot(from));
	high = ir_get(u->ir, IR_F64, sse_slot(from) + 8);
	ir_set(u->ir, IR_F64, sse_slot(to), low);
	ir_set(u->ir, IR_F64, sse_slot(to) + 8, high);
	sse_wrote_half(u, to);
}

void sse_emit_move(struct x86_unit *u, const struct x86_insn *i)
{
	if (!sse_begin(u, i))
		return;
	if (i->is_memory)
		sse_set(u, i->reg, sse_load(u, i, i->arg & SSE_ALIGNED));
	else
		sse_copy(u, i->reg, i->rm, i->arg & SSE_HALVES);
}

void sse_emit_move_store(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value address;

	if (!sse_begin(u, i))
		return;
	if (!i->is_memory) {
		sse_copy(u, i->rm, i->reg, i->arg & SSE_HALVES);
		return;
	}
	address = sse_address(u, i, true, i->arg & SSE_ALIGNED);
	ir_store(u->ir, IR_V128, x86_mem(u, 4), address, ir_get(u->ir, IR_V128, sse_slot(i->reg)));
}

/* The low part is set; of the rest, zeros from memory, nothing from a register. */
void sse_emit_scalar_move(struct x86_unit *u, const struct x86_insn *i)
{
	enum ir_type type = i->arg == 3 ? IR_F64 : IR_F32;

	if (!sse_begin(u, i))
		return;
	if (i->is_memory) {
		sse_set_low(u, i->reg, sse_source(u, i, 1u << i->arg));
	} else {
		ir_set(u->ir, type, sse_slot(i->reg), ir_get(u->ir, type, sse_slot(i->rm)));
		sse_wrote_half(u, i->reg);
	}
}

void sse_emit_scalar_store(struct x86_unit *u, const struct x86_insn *i)
{
	enum ir_type type = i->arg == 3 ? IR_F64 : IR_F32;
	ir_value value;

	if (!sse_begin(u, i))
		return;
	value = ir_get(u->ir, type, sse_slot(i->reg));
	if (i->is_memory) {
		ir_store(u->ir, type, x86_mem(u, i->arg), x86_address(u, i, 1u << i->arg, true),
			 value);
		return;
	}
	ir_set(u->ir, type, sse_slot(i->rm), value);
	sse_wrote_half(u, i->rm);
}

/* MOVLPS, MOVHPS; between registers MOVHLPS, MOVLHPS take the other half. */
void sse_emit_half(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value value;

	if (!sse_begin(u, i))
		return;
	if (i->is_memory)
		value = ir_load(u->ir, IR_F64, x86_mem(u, 3), x86_address(u, i, 8, false));
	else
		value = ir_get(u->ir, IR_F64, sse_slot(i->rm) + 8 * (1 - i->arg));
	ir_set(u->ir, IR_F64, sse_slot(i->reg) + 8 * i->arg, value);
	sse_wrote_half(u, i->reg);
}

void sse_emit_half_store(struct x86_unit *u, const struct x86_insn *i)
{
	if (!sse_begin(u, i))
		return;
	ir_store(u->ir, IR_F64, x86_mem(u, 3), x86_address(u, i, 8, true),
		 ir_get(u->ir, IR_F64, sse_slot(i->reg) + 8 * i->arg));
}

void sse_emit_movd(struct x86_unit *u, const struct x86_insn *i)
{
	if (!sse_begin(u, i))
		return;
	sse_set_low(u, i->reg, x86_read_e(u, i, 4));
}

void sse_emit_movd_store(struct x86_unit *u, const struct x86_insn *i)
{
	if (!sse_begin(u, i))
		return;
	x86_write_e(u, i, 4, ir_get(u->ir, IR_I32, sse_slot(i->reg)));
}

void sse_emit_movq(struct x86_unit *u, const struct x86_insn *i)
{
	if (!sse_begin(u, i))
		return;
	sse_set_low(u, i->reg, sse_source(u, i, 8));
}

void sse_emit_movq_store(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value value;

	if (!sse_begin(u, i))
		return;
	value = ir_get(u->ir, IR_F64, sse_slot(i->reg));
	if (i->is_memory)
		ir_store(u->ir, IR_F64, x86_mem(u, 3), x86_address(u, i, 8, true), value);
	else
		sse_set_low(u, i->rm, value);
}

/* --- Integers ----------------------------------------------------------------------- */

void sse_emit_inline(struct x86_unit *u, const struct x86_insn *i)
{
	enum ir_opcode op = (enum ir_opcode)(i->arg & 0xff);
	unsigned size = i->arg >> 8;
	ir_value x, y;

	if (!sse_begin(u, i))
		return;
	if (op == IR_VXOR && !i->is_memory && i->rm == i->reg) {
		sse_set(u, i->reg, ir_const(u->ir, IR_V128, 0));
		return;
	}
	y = sse_source(u, i, 16);
	x = ir_get(u->ir, IR_V128, sse_slot(i->reg));
	if (op == IR_VANDN)
		x = ir_binary(u->ir, op, IR_V128, y, x);
	else if (op <= IR_VXOR)
		x = ir_binary(u->ir, op, IR_V128, x, y);
	else
		x = ir_vector(u->ir, op, size, x, y);
	sse_set(u, i->reg, x);
}

void sse_emit_integer(struct x86_unit *u, const struct x86_insn *i)
{
	if (!sse_begin(u, i))
		return;
	sse_packed(u, i, x86_simd_sse[i->arg], i->reg, sse_source(u, i, 16));
}

/* By an immediate. */
void sse_emit_shift(struct x86_unit *u, const struct x86_insn *i)
{
	if (sse_begin(u, i))
		sse_packed(u, i, x86_simd_sse_by[i->arg], i->rm,
			   ir_get(u->ir, IR_V128, sse_slot(i->rm)));
}

void sse_emit_shuffle(struct x86_unit *u, const struct x86_insn *i)
{
	static ir_fn *const shuffles[] = {
		[SSE_SHUFPS] = x86_help_shufps,   [SSE_SHUFPD] = x86_help_shufpd,
		[SSE_PSHUFD] = x86_help_pshufd,   [SSE_PSHUFLW] = x86_help_pshuflw,
		[SSE_PSHUFHW] = x86_help_pshufhw, [SSE_PSRLDQ] = x86_help_psrldq,
		[SSE_PSLLDQ] = x86_help_pslldq,
	};
	/* The last two have one operand, in the rm field. */
	unsigned to = i->arg >= SSE_PSRLDQ ? i->rm : i->reg;

	if (sse_begin(u, i))
		sse_packed(u, i, shuffles[i->arg], to, sse_source(u, i, 16));
}

void sse_emit_mask(struct x86_unit *u, const struct x86_insn *i)
{
	if (sse_begin(u, i))
		x86_set_reg(u, i->reg, 4,
			    ir_mask(u->ir, i->arg, ir_get(u->ir, IR_V128, sse_slot(i->rm))));
}

/* The dword that holds the word. */
static unsigned sse_word_slot(unsigned n, unsigned word)
{
	return sse_slot(n) + (word & 7) / 2 * 4;
}

void sse_emit_pinsrw(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned slot = sse_word_slot(i->reg, i->immediate);
	ir_value word;

	if (!sse_begin(u, i))
		return;
	word = i->is_memory ? ir_load(u->ir, IR_I32, x86_mem(u, 1), x86_address(u, i, 2, false)) :
			      x86_reg(u, i->rm, 4);
	ir_set(u->ir, IR_I32, slot,
	       ir_deposit(u->ir, IR_I32, ir_get(u->ir, IR_I32, slot), word, 16 * (i->immediate & 1),
			  16));
	sse_wrote_half(u, i->reg);
}

void sse_emit_pextrw(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned slot = sse_word_slot(i->rm, i->immediate);

	if (!sse_begin(u, i))
		return;
	x86_set_reg(u, i->reg, 4,
		    ir_extract(u->ir, IR_I32, ir_get(u->ir, IR_I32, slot), 16 * (i->immediate & 1),
			       16));
}

void sse_emit_maskmovdqu(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned segment = i->segment >= 0 ? (unsigned)i->segment : X86_DS;
	ir_value address;

	if (!sse_begin(u, i))
		return;
	address = x86_linear(u, segment, x86_reg(u, X86_EDI, i->address), 16, true);
	x86_call(u, IR_VOID, x86_help_maskmov, address, x86_const(u, sse_slot(i->reg)),
		 x86_const(u, sse_slot(i->rm)), x86_const(u, 16));
}

/* --- Control ------------------------------------------------------------------------ */

void sse_emit_fence(struct x86_unit *u, const struct x86_insn *i)
{
	simd_has(u, i->reg == 7 ? X86_FEATURE_SSE : X86_FEATURE_SSE2);
}

/* It is a read as far as rights go. */
void sse_emit_clflush(struct x86_unit *u, const struct x86_insn *i)
{
	if (!simd_has(u, X86_FEATURE_SSE2))
		return;
	ir_load(u->ir, IR_I32, (struct ir_mem){ .space = x86_mem(u, 0).space },
		x86_address(u, i, 1, false));
}

void sse_emit_ldmxcsr(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value value;

	if (!sse_begin(u, i))
		return;
	value = ir_load(u->ir, IR_I32, x86_mem(u, 2), x86_address(u, i, 4, false));
	x86_call(u, IR_VOID, x86_help_ldmxcsr, value, IR_NONE, IR_NONE, IR_NONE);
	x86_end_block(u);
}

void sse_emit_stmxcsr(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value value, address;

	if (!sse_begin(u, i))
		return;
	address = x86_address(u, i, 4, true);
	value = x86_call(u, IR_I32, x86_help_stmxcsr, IR_NONE, IR_NONE, IR_NONE, IR_NONE);
	ir_store(u->ir, IR_I32, x86_mem(u, 2), address, value);
}
