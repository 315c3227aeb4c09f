/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The integer emit functions that the opcode tables name, the arguments the tables give
 * them, and the small vocabulary they are written in.
 */
#ifndef EMU_GUEST_X86_EMIT_H
#define EMU_GUEST_X86_EMIT_H

#include "guest/x86/system.h"
#include "guest/x86/translate.h"

/* translate_alu.c.  In the order of the opcodes' bits 3..5. */
enum x86_alu { ALU_ADD, ALU_OR, ALU_ADC, ALU_SBB, ALU_AND, ALU_SUB, ALU_XOR, ALU_CMP };
x86_emit x86_emit_alu /* arg: enum x86_alu */, x86_emit_test;
x86_emit x86_emit_inc /* arg: 1 DEC */, x86_emit_not, x86_emit_neg;
x86_emit x86_emit_cmpxchg, x86_emit_cmpxchg8b, x86_emit_xadd;
x86_emit x86_emit_bcd; /* arg: enum x86_bcd */
x86_emit x86_emit_aam, x86_emit_aad;

/* translate_multiply.c.  arg: 1 signed */
x86_emit x86_emit_mul, x86_emit_div, x86_emit_imul /* two or three operands */;

/* translate_shift.c.  In the order of ModRM's reg field. */
enum x86_shift { SHIFT_ROL, SHIFT_ROR, SHIFT_RCL, SHIFT_RCR, SHIFT_SHL, SHIFT_SHR, SHIFT_SAR = 7 };
x86_emit x86_emit_shift /* arg: enum x86_shift */, x86_emit_double /* arg: 1 SHRD */;

/* translate_bits.c */
enum x86_bit { BIT_TEST, BIT_SET, BIT_RESET, BIT_COMPLEMENT };
x86_emit x86_emit_bt /* arg: enum x86_bit */, x86_emit_bsf /* arg: 1 BSR */;
x86_emit x86_emit_bswap, x86_emit_setcc, x86_emit_cmov;
x86_emit x86_emit_carry; /* arg: 0 CLC, 1 STC, 2 CMC */
x86_emit x86_emit_sahf, x86_emit_lahf, x86_emit_salc;

/* translate_move.c */
#define EXTEND_SIGNED 1u
x86_emit x86_emit_mov, x86_emit_extend /* arg: bytes * 2 | EXTEND_SIGNED */, x86_emit_lea;
x86_emit x86_emit_xchg, x86_emit_xchg_eax, x86_emit_cbw, x86_emit_cwd, x86_emit_xlat;
x86_emit x86_emit_nop, x86_emit_touch_nothing /* ModRM, but no access */;
x86_emit x86_emit_mov_from_segment, x86_emit_mov_to_segment;
x86_emit x86_emit_load_far; /* arg: segment register */

/* translate_stack.c */
x86_emit x86_emit_push, x86_emit_pop, x86_emit_push_segment, x86_emit_pop_segment;
x86_emit x86_emit_pusha, x86_emit_popa, x86_emit_pushf, x86_emit_popf;
x86_emit x86_emit_enter, x86_emit_leave;

/* translate_branch.c */
x86_emit x86_emit_jcc, x86_emit_jmp, x86_emit_call, x86_emit_jmp_indirect;
x86_emit x86_emit_call_indirect, x86_emit_ret;
x86_emit x86_emit_loop; /* arg: opcode's low two bits: LOOPNE LOOPE LOOP JCXZ */
x86_emit x86_emit_far;  /* arg: 1 CALL; immediate or memory */
x86_emit x86_emit_far_ret, x86_emit_iret;
x86_emit x86_emit_int; /* arg: 0 by the immediate; 1, 3, 4 INT1 INT3 INTO */
x86_emit x86_emit_bound;

x86_emit x86_emit_fwait; /* translate_fpu.c */

/* translate_string.c.  arg: enum x86_string | bytes * 16; bytes 0: the operand size */
enum x86_string {
	STRING_MOVS,
	STRING_CMPS,
	STRING_STOS,
	STRING_LODS,
	STRING_SCAS,
	STRING_INS,
	STRING_OUTS
};
x86_emit x86_emit_string;

/* translate_system.c */
x86_emit x86_emit_cli, x86_emit_sti, x86_emit_direction /* arg: 1 STD */, x86_emit_hlt;
x86_emit x86_emit_in, x86_emit_out, x86_emit_descriptor /* arg: enum x86_descriptor */;
x86_emit x86_emit_lgdt, x86_emit_sgdt; /* arg: 1 the IDT's */
x86_emit x86_emit_smsw, x86_emit_lmsw, x86_emit_invlpg, x86_emit_clts, x86_emit_wbinvd;
x86_emit x86_emit_lar, x86_emit_arpl;                        /* LAR, LSL: arg: 1 LSL */
x86_emit x86_emit_mov_from_control, x86_emit_mov_to_control; /* arg: 1 debug registers */
x86_emit x86_emit_model, x86_emit_sysenter; /* arg: enum x86_model_call; 1 SYSEXIT */
enum x86_descriptor {
	DESCRIPTOR_SLDT,
	DESCRIPTOR_STR,
	DESCRIPTOR_LLDT,
	DESCRIPTOR_LTR,
	DESCRIPTOR_VERR,
	DESCRIPTOR_VERW
};
enum x86_model_call { MODEL_WRMSR, MODEL_RDTSC, MODEL_RDMSR, MODEL_RDPMC, MODEL_CPUID };

/* Yield 48 bits, limit, then base; a selector; CR0.  ARPL: a: destination's selector, b:
 * source's; yields the new one, ZF in the slots. */
ir_fn x86_help_sgdt, x86_help_sidt, x86_help_sldt, x86_help_str, x86_help_smsw, x86_help_arpl;

/* help_integer.c */
enum x86_bcd { BCD_DAA, BCD_DAS, BCD_AAA, BCD_AAS };
ir_fn x86_help_condition; /* READS: a condition 0..15: 0 or 1 */
ir_fn x86_help_parity;    /* PURE: a value: 1 if its low byte's parity is even */
ir_fn x86_help_flags;     /* READS: the arithmetic flags */
ir_fn x86_help_bcd;       /* WRITES: a enum x86_bcd */
/* WRITES: a value, b count, c enum x86_shift, d bits.  The result; flags in the slots. */
ir_fn x86_help_rotate;
/* SITE: a offset, b segment | write << 3 | bytes << 4: x86_help_segment, for ir_check. */
ir_fn x86_check_segment;
/* SITE: a size, b nesting level, c the new frame's offset: pushes EBP, the frames and c. */
ir_fn x86_help_enter;
/* SITE: a OF, b EIP of the next instruction; goes on, with traps of its own. */
ir_fn x86_help_into;

/* help_string.c.  SITE: a opcode as x86_emit_string has it, with the size; b segment of the
 * source | address size << 4 | repeat << 8 | (one iteration only) << 16.  1: not finished. */
ir_fn x86_help_string;

/* translate_operands.c: what the row says the operands are. */
unsigned x86_operand_size(const struct x86_insn *i, unsigned n);
ir_value x86_read(struct x86_unit *u, const struct x86_insn *i, unsigned n);
void x86_write(struct x86_unit *u, const struct x86_insn *i, unsigned n, ir_value value);
unsigned x86_segment_operand(const struct x86_insn *i, unsigned n);
ir_value x86_load(struct x86_unit *u, ir_value linear, unsigned size);
/* The same where a store follows: a page fault is one of writing. */
ir_value x86_load_to_write(struct x86_unit *u, ir_value linear, unsigned size);
void x86_store(struct x86_unit *u, ir_value linear, unsigned size, ir_value value);
bool x86_is_wide_stack(const struct x86_unit *u);
/* SP or ESP moved by a constant. */
ir_value x86_stack_moved(struct x86_unit *u, uint32_t by);
void x86_set_stack(struct x86_unit *u, ir_value offset);
void x86_push_value(struct x86_unit *u, unsigned size, ir_value value);
/* The value on top; the stack isn't moved. */
ir_value x86_top(struct x86_unit *u, unsigned size);

/* translate_move.c */
ir_value x86_selector(struct x86_unit *u, unsigned segment);
ir_value x86_load_segment(struct x86_unit *u, unsigned segment, ir_value selector);
/* `shadows`: MOV and POP, of SS, hold interrupts and traps back. */
void x86_end_load_segment(struct x86_unit *u, unsigned segment, bool shadows, ir_value changed);

/* translate_flags.c.  After the last thing in the instruction that may fault. */
/* x, y: of SUB and CMP, else the source operand in y; carry: before, of ADC and SBB. */
void x86_flags_arithmetic(struct x86_unit *u, enum x86_flags kind, unsigned size, ir_value result,
			  ir_value token, ir_value x, ir_value y, ir_value carry);
void x86_flags_logic(struct x86_unit *u, unsigned size, ir_value result, ir_value token);
void x86_flags_inc(struct x86_unit *u, enum x86_flags kind, unsigned size, ir_value result,
		   ir_value token);
/* CF is known as a value. */
void x86_flags_shift(struct x86_unit *u, enum x86_flags kind, unsigned size, ir_value result,
		     ir_value source, ir_value carry);
/* The same only if the condition isn't 0. */
void x86_flags_shift_if(struct x86_unit *u, enum x86_flags kind, unsigned size, ir_value result,
			ir_value source, ir_value condition);

/* translate.c: exits.  pcs are linear. */
void x86_exit(struct x86_unit *u, gva pc);
void x86_exit_if(struct x86_unit *u, ir_value condition, gva pc);
void x86_exit_call(struct x86_unit *u, gva pc);
void x86_exit_indirect(struct x86_unit *u, ir_value pc);
void x86_exit_call_indirect(struct x86_unit *u, ir_value pc);
void x86_exit_return(struct x86_unit *u, ir_value pc);
void x86_exit_run(struct x86_unit *u, ir_value pc);
/* Goes on translating there, if it can be part of the block. */
void x86_follow(struct x86_unit *u, gva pc);

/* Of SIZE 1, 2, 4: its logarithm. */
static inline unsigned x86_log2(unsigned size)
{
	return size >> 1;
}

static inline ir_value x86_op(struct x86_unit *u, enum ir_opcode op, ir_value x, ir_value y)
{
	return ir_binary(u->ir, op, IR_I32, x, y);
}

static inline ir_value x86_op_imm(struct x86_unit *u, enum ir_opcode op, ir_value x, uint32_t y)
{
	return ir_binary_imm(u->ir, op, IR_I32, x, (int32_t)y);
}

static inline ir_value x86_get(struct x86_unit *u, unsigned slot)
{
	return ir_get(u->ir, IR_I32, slot);
}

static inline void x86_set(struct x86_unit *u, unsigned slot, ir_value value)
{
	ir_set(u->ir, IR_I32, slot, value);
}

/* The low bytes of a value. */
static inline ir_value x86_low(struct x86_unit *u, ir_value value, unsigned size)
{
	return size == 4 ? value : ir_extract(u->ir, IR_I32, value, 0, 8 * size);
}

static inline ir_value x86_signed(struct x86_unit *u, ir_value value, unsigned size)
{
	return size == 4 ? value : ir_sextract(u->ir, IR_I32, value, 0, 8 * size);
}

/* A function that reads or writes slots but can't raise. */
static inline ir_value x86_call_plain(struct x86_unit *u, unsigned effects, ir_fn *fn, ir_value a,
				      ir_value b, ir_value c, ir_value d)
{
	return ir_call(u->ir, IR_I32, effects, fn, a, b, c, d);
}

#endif
