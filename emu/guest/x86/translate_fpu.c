/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Translates the x87.  What is common becomes IR's x87 operations; with X86_MODE_X87_CALLS
 * or X86_MODE_NO_FPU those, too, are calls of the functions of x87.h around inline memory
 * accesses, as all the rest is.
 *
 * With X86_MODE_NO_FPU every instruction begins with a call that raises what CR0 or a
 * pending exception demand, and ends its block: the mode may have changed.
 */
#include "guest/x86/emit_fpu.h"

static ir_value fpu_call(struct x86_unit *u, enum ir_type type, ir_fn *fn, ir_value a, ir_value b)
{
	return x86_call(u, type, fn, a, b, IR_NONE, IR_NONE);
}

void x87_begin(struct x86_unit *u, bool waiting)
{
	if (u->modes & X86_MODE_NO_FPU)
		fpu_call(u, IR_VOID, waiting ? x87_help_wait : x87_help_enter, IR_NONE, IR_NONE);
	u->mmx_ready = false;
}

void x87_begin_mmx(struct x86_unit *u)
{
	if (u->modes & X86_MODE_NO_FPU)
		fpu_call(u, IR_VOID, x87_help_mmx, IR_NONE, IR_NONE);
}

void x87_end(struct x86_unit *u)
{
	if (u->modes & X86_MODE_NO_FPU)
		x86_end_block(u);
}

static void set_slot(struct x86_unit *u, unsigned slot, ir_value value)
{
	ir_set(u->ir, IR_I32, slot, value);
}

static ir_value get_slot(struct x86_unit *u, unsigned slot)
{
	return ir_get(u->ir, IR_I32, slot);
}

/* Instruction and data pointers, opcode; offset IR_NONE: no memory operand. */
static void fpu_note(struct x86_unit *u, const struct x86_insn *i, ir_value offset)
{
	uint32_t last =
		(i->opcode & 7u) << 8 | i->modrm | (uint32_t)i->length << X86_FPU_LAST_LENGTH;

	if (offset != IR_NONE) {
		last |= (uint32_t)i->segment_of << X86_FPU_LAST_SEGMENT;
		set_slot(u, X86_SLOT(fpu.last_data), offset);
	}
	set_slot(u, X86_SLOT(fpu.last), x86_const(u, last));
	set_slot(u, X86_SLOT(fpu.last_ip), x86_const(u, unit_eip(u)));
}

/* Whether instructions may be operations of IR. */
static bool fpu_is_inline(const struct x86_unit *u)
{
	return !(u->modes & (X86_MODE_NO_FPU | X86_MODE_X87_CALLS));
}

/* Begins an instruction that may be one. */
static void fpu_begin(struct x86_unit *u)
{
	x87_begin(u, true);
	if (fpu_is_inline(u))
		ir_x87_begin(u->ir, x87_help_distrust);
}

/* See ir_x87.  Instructions with several encodings are given by one of them instead. */
static unsigned fpu_code(const struct x86_insn *i)
{
	return (i->opcode & 7u) << 8 | (i->modrm & (i->is_memory ? 0x38u : 0xffu));
}

/* See struct x87_quick.  `at` is for the second step, IR_NONE: 0. */
static void fpu_refusable(struct x86_unit *u, const struct x87_quick *q, ir_value a, unsigned b,
			  ir_value at)
{
	ir_value refused = ir_call(u->ir, IR_I32, CALL_READS | CALL_WRITES | CALL_APART, q->fn, a,
				   x86_const(u, b), IR_NONE, IR_NONE);

	ir_check(u->ir, refused, q->again, at, b);
}

static void fpu_quick(struct x86_unit *u, const struct x87_quick *q, unsigned code, ir_value a,
		      unsigned b)
{
	if (fpu_is_inline(u))
		ir_x87(u->ir, IR_VOID, q->whole, code, a, b);
	else
		fpu_refusable(u, q, a, b, IR_NONE);
}

static void fpu_simple_quick(struct x86_unit *u, const struct x86_insn *i,
			     const struct x87_quick *q, unsigned code, uint32_t b)
{
	fpu_begin(u);
	fpu_note(u, i, IR_NONE);
	fpu_quick(u, q, code, x86_const(u, code & 7), b);
	x87_end(u);
}

/* By a function that does all. */
static void fpu_simple_inline(struct x86_unit *u, const struct x86_insn *i, ir_fn *fn, uint32_t a)
{
	fpu_begin(u);
	fpu_note(u, i, IR_NONE);
	if (fpu_is_inline(u))
		ir_x87(u->ir, IR_VOID, fn, fpu_code(i), x86_const(u, a), 0);
	else
		fpu_call(u, IR_VOID, fn, x86_const(u, a), IR_NONE);
	x87_end(u);
}

/* An instruction without memory operand. */
static void fpu_simple(struct x86_unit *u, const struct x86_insn *i, ir_fn *fn, uint32_t a,
		       uint32_t b)
{
	x87_begin(u, true);
	fpu_note(u, i, IR_NONE);
	fpu_call(u, IR_VOID, fn, x86_const(u, a), x86_const(u, b));
	x87_end(u);
}

/* --- Memory operands ---------------------------------------------------------------- */

static const struct {
	uint8_t bytes, log2;
	enum ir_type type;
} fpu_kinds[] = {
	[X87_M32] = { 4, 2, IR_I32 },   [X87_M64] = { 8, 3, IR_I64 },
	[X87_M16I] = { 2, 1, IR_I32 },  [X87_M32I] = { 4, 2, IR_I32 },
	[X87_M64I] = { 8, 3, IR_I64 },  [X87_M80] = { 10, 3, IR_I64 },
	[X87_MBCD] = { 10, 3, IR_I64 },
};

static ir_value fpu_load_ten(struct x86_unit *u, ir_value address)
{
	struct ir_mem low = x86_mem(u, 3), high = x86_mem(u, 1);
	ir_value first, second;

	first = ir_load(u->ir, IR_I64, low, address);
	high.align = 0;
	second = ir_load(u->ir, IR_I32, high, ir_binary_imm(u->ir, IR_ADD, IR_I32, address, 8));
	ir_set(u->ir, IR_I64, X86_SLOT(fpu.operand.u64[0]), first);
	set_slot(u, X86_SLOT(fpu.operand.u32[2]), second);
	return IR_NONE;
}

/* The operand's bits, integers sign-extended to 64; and notes the instruction. */
static ir_value fpu_load(struct x86_unit *u, const struct x86_insn *i, enum x87_kind kind)
{
	ir_value offset = x86_offset(u, i), value;
	ir_value address = x86_linear(u, i->segment_of, offset, fpu_kinds[kind].bytes, false);
	struct ir_mem mem = x86_mem(u, fpu_kinds[kind].log2);

	if (fpu_kinds[kind].bytes == 10) {
		value = fpu_load_ten(u, address);
	} else {
		mem.sign = kind == X87_M16I;
		value = ir_load(u->ir, fpu_kinds[kind].type, mem, address);
	}
	if (kind == X87_M16I || kind == X87_M32I)
		value = ir_unary(u->ir, IR_SEXT, IR_I64, value);
	fpu_note(u, i, offset);
	return value;
}

void x87_emit_arithmetic_memory(struct x86_unit *u, const struct x86_insn *i)
{
	enum x87_kind kind = i->arg >> 4;
	const struct x87_quick *table = kind == X87_M32 ? x87_quick_m32 :
					kind == X87_M64 ? x87_quick_m64 :
							  x87_quick_int;

	fpu_begin(u);
	fpu_quick(u, &table[i->arg & 7], fpu_code(i), fpu_load(u, i, kind), 0);
	x87_end(u);
}

void x87_emit_compare_memory(struct x86_unit *u, const struct x86_insn *i)
{
	enum x87_kind kind = i->arg >> 4;
	const struct x87_quick *q = kind == X87_M32 ? &x87_quick_fcom32 :
				    kind == X87_M64 ? &x87_quick_fcom64 :
						      &x87_quick_fcom_int;

	fpu_begin(u);
	fpu_quick(u, q, fpu_code(i), fpu_load(u, i, kind), i->arg & 3);
	x87_end(u);
}

void x87_emit_load(struct x86_unit *u, const struct x86_insn *i)
{
	static const struct x87_quick *const loads[] = {
		[X87_M32] = &x87_quick_fld32, [X87_M64] = &x87_quick_fld64,
		[X87_M16I] = &x87_quick_fild, [X87_M32I] = &x87_quick_fild,
		[X87_M64I] = &x87_quick_fild,
	};
	enum x87_kind kind = i->arg >> 4;

	if (fpu_kinds[kind].bytes == 10) {
		x87_begin(u, true);
		fpu_load(u, i, kind);
		fpu_call(u, IR_VOID, kind == X87_M80 ? x87_help_fld80 : x87_help_fbld, IR_NONE,
			 IR_NONE);
	} else {
		fpu_begin(u);
		fpu_quick(u, loads[kind], fpu_code(i), fpu_load(u, i, kind), 0);
	}
	x87_end(u);
}

static void fpu_store_ten(struct x86_unit *u, ir_value address)
{
	struct ir_mem low = x86_mem(u, 3), high = x86_mem(u, 1);
	ir_value span = ir_span(u->ir, low, address, 10, true);

	ir_hstore(u->ir, IR_I64, low, span, 0, ir_get(u->ir, IR_I64, X86_SLOT(fpu.operand.u64[0])));
	ir_hstore(u->ir, IR_I32, high, span, 8, get_slot(u, X86_SLOT(fpu.operand.u32[2])));
	ir_span_end(u->ir, low, span, address, 10);
}

static const struct x87_quick *const fpu_stores[] = {
	[X87_M32] = &x87_quick_fst32,   [X87_M64] = &x87_quick_fst64,
	[X87_M16I] = &x87_quick_fist16, [X87_M32I] = &x87_quick_fist32,
	[X87_M64I] = &x87_quick_fist64,
};

/* The span is checked before anything changes. */
static void fpu_store_inline(struct x86_unit *u, const struct x86_insn *i, enum x87_kind kind,
			     ir_value address)
{
	struct ir_mem mem = x86_mem(u, fpu_kinds[kind].log2);
	unsigned bytes = fpu_kinds[kind].bytes;
	enum ir_type type = fpu_kinds[kind].type;
	ir_value span = ir_span(u->ir, mem, address, bytes, true);

	ir_hstore(u->ir, type, mem, span, 0,
		  ir_x87(u->ir, type, fpu_stores[kind]->whole, fpu_code(i), IR_NONE, i->arg & 1));
	ir_span_end(u->ir, mem, span, address, bytes);
}

static void fpu_store_by_call(struct x86_unit *u, const struct x86_insn *i, enum x87_kind kind,
			      ir_value address)
{
	bool pop = i->arg & 1;

	if (fpu_kinds[kind].bytes == 10) {
		fpu_call(u, IR_VOID, kind == X87_M80 ? x87_help_fst80 : x87_help_fbst, address,
			 IR_NONE);
		fpu_store_ten(u, address);
	} else {
		fpu_refusable(u, fpu_stores[kind], address, pop, address);
		ir_store(u->ir, fpu_kinds[kind].type, x86_mem(u, fpu_kinds[kind].log2), address,
			 ir_get(u->ir, fpu_kinds[kind].type, X86_SLOT(fpu.operand)));
	}
	set_slot(u, X86_SLOT(fpu.status), get_slot(u, X86_SLOT(fpu.next_status)));
	if (pop)
		ir_call(u->ir, IR_VOID, CALL_READS | CALL_WRITES | CALL_APART, x87_help_pop,
			IR_NONE, IR_NONE, IR_NONE, IR_NONE);
}

void x87_emit_store(struct x86_unit *u, const struct x86_insn *i)
{
	enum x87_kind kind = i->arg >> 4;
	unsigned bytes = fpu_kinds[kind].bytes;
	bool by_call = bytes == 10 || !fpu_is_inline(u);
	ir_value offset, address;

	if (by_call)
		x87_begin(u, true);
	else
		fpu_begin(u);
	offset = x86_offset(u, i);
	address = x86_linear(u, i->segment_of, offset, bytes, true);
	fpu_note(u, i, offset);
	if (by_call)
		fpu_store_by_call(u, i, kind, address);
	else
		fpu_store_inline(u, i, kind, address);
	x87_end(u);
}

/* --- Registers ---------------------------------------------------------------------- */

void x87_emit_st0(struct x86_unit *u, const struct x86_insn *i)
{
	fpu_simple_quick(u, i, &x87_quick_st0[i->arg], fpu_code(i), 0);
}

void x87_emit_sti(struct x86_unit *u, const struct x86_insn *i)
{
	fpu_simple_quick(u, i, &x87_quick_sti[i->arg], fpu_code(i), 0);
}

void x87_emit_sti_pop(struct x86_unit *u, const struct x86_insn *i)
{
	fpu_simple_quick(u, i, &x87_quick_sti_pop[i->arg], fpu_code(i), 0);
}

void x87_emit_compare(struct x86_unit *u, const struct x86_insn *i)
{
	/* D8 FCOM, FCOMP, DE FCOMPP; DD FUCOM, FUCOMP, DA FUCOMPP. */
	static const uint16_t codes[2][3] = { { 0x0d0, 0x0d8, 0x6d8 }, { 0x5e0, 0x5e8, 0x2e8 } };
	unsigned code = codes[i->arg / X87_QUIET][i->arg & 3];

	fpu_simple_quick(u, i, &x87_quick_fcom, code | i->rm, i->arg);
}

void x87_emit_compare_flags(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value flags, st = x86_const(u, i->rm);

	fpu_begin(u);
	fpu_note(u, i, IR_NONE);
	if (fpu_is_inline(u)) {
		flags = ir_x87(u->ir, IR_I32, x87_quick_fcomi.whole, fpu_code(i), st, i->arg);
	} else {
		fpu_refusable(u, &x87_quick_fcomi, st, i->arg, IR_NONE);
		flags = get_slot(u, X86_SLOT(fpu.result));
	}
	x86_set_flags_plain(u, flags);
	x87_end(u);
}

void x87_emit_load_sti(struct x86_unit *u, const struct x86_insn *i)
{
	fpu_simple_quick(u, i, &x87_quick_fld_st, fpu_code(i), 0);
}

void x87_emit_constant(struct x86_unit *u, const struct x86_insn *i)
{
	fpu_simple_inline(u, i, x87_help_fld_constant, i->arg);
}

void x87_emit_store_sti(struct x86_unit *u, const struct x86_insn *i)
{
	x87_begin(u, true);
	fpu_note(u, i, IR_NONE);
	if (fpu_is_inline(u) && i->arg < 2) { /* DD */
		ir_x87_begin(u->ir, x87_help_distrust);
		ir_x87(u->ir, IR_VOID, x87_quick_fst_st.whole,
		       0x5d0u | (unsigned)i->arg << 3 | i->rm, x86_const(u, i->rm), i->arg);
	} else {
		fpu_refusable(u, &x87_quick_fst_st, x86_const(u, i->rm), i->arg, IR_NONE);
	}
	x87_end(u);
}

void x87_emit_exchange(struct x86_unit *u, const struct x86_insn *i)
{
	fpu_simple_quick(u, i, &x87_quick_fxch, 0x1c8u | i->rm, 0);
}

void x87_emit_free(struct x86_unit *u, const struct x86_insn *i)
{
	fpu_simple(u, i, x87_help_ffree, i->rm, i->arg);
}

void x87_emit_cmov(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value condition = x86_condition(u, i->arg);

	x87_begin(u, true);
	fpu_note(u, i, IR_NONE);
	fpu_call(u, IR_VOID, x87_help_fcmov, x86_const(u, i->rm), condition);
	x87_end(u);
}

void x87_emit_function(struct x86_unit *u, const struct x86_insn *i)
{
	/* Those that don't take longer than leaving the host's x87 and coming back does. */
	if (i->arg == X87_FSQRT || i->arg == X87_FRNDINT || i->arg == X87_FSCALE)
		fpu_simple_inline(u, i, x87_help_function, i->arg);
	else
		fpu_simple(u, i, x87_help_function, i->arg, 0);
}

void x87_emit_step(struct x86_unit *u, const struct x86_insn *i)
{
	fpu_simple(u, i, x87_help_step, i->arg, 0);
}

void x87_emit_chs(struct x86_unit *u, const struct x86_insn *i)
{
	fpu_simple_quick(u, i, &x87_quick_fchs, fpu_code(i), 0);
}

void x87_emit_abs(struct x86_unit *u, const struct x86_insn *i)
{
	fpu_simple_quick(u, i, &x87_quick_fabs, fpu_code(i), 0);
}

void x87_emit_tst(struct x86_unit *u, const struct x86_insn *i)
{
	fpu_simple_inline(u, i, x87_help_ftst, 0);
}

void x87_emit_xam(struct x86_unit *u, const struct x86_insn *i)
{
	fpu_simple_inline(u, i, x87_help_fxam, 0);
}

/* --- Control ------------------------------------------------------------------------ */

void x87_emit_nop(struct x86_unit *u, const struct x86_insn *i)
{
	x87_begin(u, i->arg);
	if (i->arg) /* FNOP is no control instruction */
		fpu_note(u, i, IR_NONE);
	x87_end(u);
}

void x86_emit_fwait(struct x86_unit *u, const struct x86_insn *i)
{
	(void)i;
	if (!(u->modes & X86_MODE_NO_FPU))
		return;
	fpu_call(u, IR_VOID, x87_help_fwait, IR_NONE, IR_NONE);
	x87_end(u);
}

static void fpu_control(struct x86_unit *u, const struct x86_insn *i, ir_fn *fn)
{
	x87_begin(u, false);
	fpu_call(u, IR_VOID, fn, x86_const(u, 0), x86_const(u, i->length));
	x87_end(u);
}

void x87_emit_init(struct x86_unit *u, const struct x86_insn *i)
{
	fpu_control(u, i, x87_help_fninit);
}

void x87_emit_clex(struct x86_unit *u, const struct x86_insn *i)
{
	fpu_control(u, i, x87_help_fnclex);
}

void x87_emit_ldcw(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value value;

	x87_begin(u, true);
	value = ir_load(u->ir, IR_I32, x86_mem(u, 1), x86_address(u, i, 2, false));
	fpu_call(u, IR_VOID, x87_help_fldcw, value, x86_const(u, i->length));
	x87_end(u);
}

static ir_value fpu_status(struct x86_unit *u)
{
	ir_value top = ir_binary_imm(u->ir, IR_SHL, IR_I32, get_slot(u, X86_SLOT(fpu.top)), 11);

	return ir_binary(u->ir, IR_OR, IR_I32, get_slot(u, X86_SLOT(fpu.status)), top);
}

static void fpu_store_word(struct x86_unit *u, const struct x86_insn *i, ir_value value)
{
	ir_store(u->ir, IR_I32, x86_mem(u, 1), x86_address(u, i, 2, true), value);
	x87_end(u);
}

void x87_emit_stcw(struct x86_unit *u, const struct x86_insn *i)
{
	x87_begin(u, false);
	fpu_store_word(u, i, get_slot(u, X86_SLOT(fpu.control)));
}

void x87_emit_stsw(struct x86_unit *u, const struct x86_insn *i)
{
	x87_begin(u, false);
	fpu_store_word(u, i, fpu_status(u));
}

void x87_emit_stsw_ax(struct x86_unit *u, const struct x86_insn *i)
{
	(void)i;
	x87_begin(u, false);
	x86_set_reg(u, X86_EAX, 2, fpu_status(u));
	x87_end(u);
}

/* --- State in memory ---------------------------------------------------------------- */

/* The limits' check of 16 bytes at both ends is one of all. */
ir_value x86_address_range(struct x86_unit *u, const struct x86_insn *i, unsigned bytes, bool write)
{
	ir_value offset = x86_offset(u, i);
	ir_value last = ir_binary_imm(u->ir, IR_ADD, IR_I32, offset, (int32_t)bytes - 16);

	if (bytes > 16)
		x86_linear(u, i->segment_of, last, 16, write);
	return x86_linear(u, i->segment_of, offset, bytes < 16 ? bytes : 16, write);
}

static void fpu_state(struct x86_unit *u, const struct x86_insn *i, ir_fn *fn, unsigned bytes,
		      bool write)
{
	ir_value address = x86_address_range(u, i, bytes, write);

	fpu_call(u, IR_VOID, fn, address, x86_const(u, i->size | (uint32_t)i->length << 8));
}

static unsigned fpu_environment_bytes(const struct x86_insn *i)
{
	return i->size == 2 ? 14 : 28;
}

void x87_emit_ldenv(struct x86_unit *u, const struct x86_insn *i)
{
	x87_begin(u, true);
	fpu_state(u, i, x87_help_fldenv, fpu_environment_bytes(i), false);
	x87_end(u);
}

void x87_emit_stenv(struct x86_unit *u, const struct x86_insn *i)
{
	x87_begin(u, false);
	fpu_state(u, i, x87_help_fnstenv, fpu_environment_bytes(i), true);
	x87_end(u);
}

void x87_emit_rstor(struct x86_unit *u, const struct x86_insn *i)
{
	x87_begin(u, true);
	fpu_state(u, i, x87_help_frstor, fpu_environment_bytes(i) + 80, false);
	x87_end(u);
}

void x87_emit_save(struct x86_unit *u, const struct x86_insn *i)
{
	x87_begin(u, false);
	fpu_state(u, i, x87_help_fnsave, fpu_environment_bytes(i) + 80, true);
	x87_end(u);
}

void x87_emit_fxsave(struct x86_unit *u, const struct x86_insn *i)
{
	x87_begin(u, false);
	fpu_state(u, i, x87_help_fxsave, 512, true);
	x87_end(u);
}

/* MXCSR may have changed. */
void x87_emit_fxrstor(struct x86_unit *u, const struct x86_insn *i)
{
	x87_begin(u, false);
	fpu_state(u, i, x87_help_fxrstor, 512, false);
	x86_end_block(u);
}
