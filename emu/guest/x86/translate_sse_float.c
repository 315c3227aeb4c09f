/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Translates SSE's and SSE2's floating point: scalars become IR operations, the rest the
 * host's instructions; with X86_MODE_SSE_SLOW everything is a call (sse.h).
 */
#include "guest/x86/emit_sse.h"

static bool is_slow(const struct x86_unit *u)
{
	return u->modes & X86_MODE_SSE_SLOW;
}

static enum ir_type float_type(bool wide)
{
	return wide ? IR_F64 : IR_F32;
}

/* Forms are ps pd ss sd. */
static bool is_double(const struct x86_insn *i)
{
	return x86_sse_operations[i->arg].bytes == 8;
}

/* The whole register `n` by a function. */
static void float_call(struct x86_unit *u, const struct x86_insn *i, enum x86_sse operation)
{
	const struct x86_sse_operation *o = &x86_sse_operations[operation];
	unsigned source;

	if (!is_slow(u)) {
		sse_packed(u, i, o->fast, i->reg, sse_source(u, i, o->bytes));
		return;
	}
	source = sse_source_slot(u, i, o->bytes);
	x86_call(u, IR_VOID, x86_help_sse, x86_const(u, sse_slot(i->reg)), x86_const(u, source),
		 x86_const(u, operation), IR_NONE);
	sse_wrote_whole(u, i->reg);
}

/* The low dword of what a function makes of register i->reg and the operand. */
static ir_value float_call_result(struct x86_unit *u, const struct x86_insn *i)
{
	unsigned source = sse_source_slot(u, i, x86_sse_operations[i->arg].bytes);

	ir_set(u->ir, IR_V128, X86_SLOT(fpu.result), ir_get(u->ir, IR_V128, sse_slot(i->reg)));
	x86_call(u, IR_VOID, x86_help_sse, x86_const(u, X86_SLOT(fpu.result)), x86_const(u, source),
		 x86_const(u, i->arg), IR_NONE);
	return ir_get(u->ir, IR_I32, X86_SLOT(fpu.result));
}

static ir_value scalar_source(struct x86_unit *u, const struct x86_insn *i, bool wide)
{
	if (!i->is_memory)
		return ir_get(u->ir, float_type(wide), sse_slot(i->rm));
	return ir_load(u->ir, float_type(wide), x86_mem(u, wide ? 3 : 2),
		       x86_address(u, i, wide ? 8 : 4, false));
}

static ir_value scalar_get(struct x86_unit *u, unsigned n, bool wide)
{
	return ir_get(u->ir, float_type(wide), sse_slot(n));
}

static void scalar_set(struct x86_unit *u, unsigned n, bool wide, ir_value value)
{
	ir_set(u->ir, float_type(wide), sse_slot(n), value);
	sse_wrote_half(u, n);
}

void sse_emit_float(struct x86_unit *u, const struct x86_insn *i)
{
	if (sse_begin(u, i))
		float_call(u, i, (enum x86_sse)i->arg);
}

void sse_emit_scalar(struct x86_unit *u, const struct x86_insn *i)
{
	enum ir_opcode op = (enum ir_opcode)(i->arg & 0xff);
	enum x86_sse operation = (enum x86_sse)(i->arg >> 8);
	bool wide = x86_sse_operations[operation].bytes == 8;
	fp_fn *const *exact = op == IR_FADD ? x86_fp_add :
			      op == IR_FSUB ? x86_fp_sub :
			      op == IR_FMUL ? x86_fp_mul :
			      op == IR_FDIV ? x86_fp_div :
					      x86_fp_sqrt;
	ir_value x, y;

	if (!sse_begin(u, i))
		return;
	if (is_slow(u)) {
		float_call(u, i, operation);
		return;
	}
	y = scalar_source(u, i, wide);
	if (op == IR_FSQRT)
		x = ir_fp_sse(u->ir, op, float_type(wide), exact[wide], y, IR_NONE);
	else
		x = ir_fp_sse(u->ir, op, float_type(wide), exact[wide], scalar_get(u, i->reg, wide),
			      y);
	scalar_set(u, i->reg, wide, x);
}

/* The second operand unless the first is less (greater). */
void sse_emit_minmax(struct x86_unit *u, const struct x86_insn *i)
{
	bool wide = is_double(i), max = i->arg == X86_SSE_maxss || i->arg == X86_SSE_maxsd;
	ir_value x, y, first;

	if (!sse_begin(u, i))
		return;
	if (is_slow(u)) {
		float_call(u, i, (enum x86_sse)i->arg);
		return;
	}
	y = scalar_source(u, i, wide);
	x = scalar_get(u, i->reg, wide);
	first = ir_fcmp(u->ir, x, y, true, 0, !max, max, 0);
	scalar_set(u, i->reg, wide, ir_select(u->ir, first, x, y));
}

static void compare_scalar(struct x86_unit *u, const struct x86_insn *i, bool wide)
{
	/* Equal, less, greater, unordered; the upper ones negate. */
	static const uint8_t when[4][4] = {
		{ 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 1, 1, 0, 0 }, { 0, 0, 0, 1 }
	};
	enum ir_type type = wide ? IR_I64 : IR_I32;
	const uint8_t *w = when[i->immediate & 3];
	uint8_t invert = i->immediate >> 2 & 1;
	bool signalling = (i->immediate & 3) == 1 || (i->immediate & 3) == 2;
	ir_value y = scalar_source(u, i, wide), x = scalar_get(u, i->reg, wide), c;

	c = ir_fcmp(u->ir, x, y, signalling, w[0] ^ invert, w[1] ^ invert, w[2] ^ invert,
		    w[3] ^ invert);
	if (wide)
		c = ir_unary(u->ir, IR_ZEXT, IR_I64, c);
	ir_set(u->ir, type, sse_slot(i->reg), ir_unary(u->ir, IR_NEG, type, c));
	sse_wrote_half(u, i->reg);
}

void sse_emit_compare(struct x86_unit *u, const struct x86_insn *i)
{
	if (!sse_begin(u, i))
		return;
	if (i->arg >= 2 && !is_slow(u))
		compare_scalar(u, i, i->arg == 3);
	else
		float_call(u, i, (enum x86_sse)(X86_SSE_cmpeqps + 4 * (i->immediate & 7) + i->arg));
}

void sse_emit_comi(struct x86_unit *u, const struct x86_insn *i)
{
	bool wide = is_double(i);
	ir_value x, y, flags;

	if (!sse_begin(u, i))
		return;
	if (is_slow(u)) {
		flags = float_call_result(u, i);
	} else {
		y = scalar_source(u, i, wide);
		x = scalar_get(u, i->reg, wide);
		flags = ir_fcmp(u->ir, x, y, i->arg >= X86_SSE_comiss, X86_ZF, X86_CF, 0,
				X86_ZF | X86_PF | X86_CF);
	}
	x86_set_flags_plain(u, flags);
}

/* --- Conversions -------------------------------------------------------------------- */

/* CVTSI2SS, CVTSI2SD. */
void sse_emit_from_int(struct x86_unit *u, const struct x86_insn *i)
{
	bool wide = i->arg == X86_SSE_cvtsi2sd;
	ir_value value;

	if (!sse_begin(u, i))
		return;
	value = x86_read_e(u, i, 4);
	if (!is_slow(u)) {
		scalar_set(u, i->reg, wide,
			   ir_fcvt_sse(u->ir, IR_S32_TO_F, float_type(wide), x86_fp_from_int[wide],
				       value));
		return;
	}
	ir_set(u->ir, IR_I32, X86_SLOT(fpu.operand), value);
	x86_call(u, IR_VOID, x86_help_sse, x86_const(u, sse_slot(i->reg)),
		 x86_const(u, X86_SLOT(fpu.operand)), x86_const(u, i->arg), IR_NONE);
	sse_wrote_whole(u, i->reg);
}

/* CVTSS2SI, CVTSD2SI and truncating. */
void sse_emit_to_int(struct x86_unit *u, const struct x86_insn *i)
{
	bool wide = is_double(i);
	bool truncate = i->arg == X86_SSE_cvttss2si || i->arg == X86_SSE_cvttsd2si;
	ir_value value;

	if (!sse_begin(u, i))
		return;
	if (is_slow(u)) {
		unsigned source = sse_source_slot(u, i, wide ? 8 : 4);

		x86_call(u, IR_VOID, x86_help_sse, x86_const(u, X86_SLOT(fpu.result)),
			 x86_const(u, source), x86_const(u, i->arg), IR_NONE);
		value = ir_get(u->ir, IR_I32, X86_SLOT(fpu.result));
	} else {
		value = ir_fcvt_sse(u->ir, truncate ? IR_F_TO_S32_ZERO : IR_F_TO_S32, IR_I32,
				    x86_fp_to_int[wide][truncate], scalar_source(u, i, wide));
	}
	x86_set_reg(u, i->reg, 4, value);
}

/* CVTSS2SD, CVTSD2SS. */
void sse_emit_convert(struct x86_unit *u, const struct x86_insn *i)
{
	bool from = is_double(i);

	if (!sse_begin(u, i))
		return;
	if (is_slow(u)) {
		float_call(u, i, (enum x86_sse)i->arg);
		return;
	}
	scalar_set(u, i->reg, !from,
		   ir_fcvt_sse(u->ir, from ? IR_F64_TO_F32 : IR_F32_TO_F64, float_type(!from),
			       x86_fp_convert[from], scalar_source(u, i, from)));
}
