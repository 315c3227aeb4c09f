/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The emit functions that the pattern tables name, the arguments the tables give them,
 * and the small vocabulary they are written in.
 */
#ifndef EMU_GUEST_ARM_EMIT_H
#define EMU_GUEST_ARM_EMIT_H

#include "guest/arm/decode.h"
#include "guest/arm/translate.h"

/* translate_alu.c.  Data processing: the operation, and what the pattern lacks. */
enum arm_alu {
	ALU_AND,
	ALU_EOR,
	ALU_SUB,
	ALU_RSB,
	ALU_ADD,
	ALU_ADC,
	ALU_SBC,
	ALU_RSC,
	ALU_TST,
	ALU_TEQ,
	ALU_CMP,
	ALU_CMN,
	ALU_ORR,
	ALU_MOV,
	ALU_BIC,
	ALU_MVN,
	ALU_ORN,
};
#define ALU_OPERATION 0x1fu
#define ALU_ALIGN 0x100u /* pc as an operand is rounded down to words */
#define ALU_PC 0x200u    /* n is 15 */
#define ALU_SP 0x400u    /* n is 13 */
#define ALU_TO_SP 0x800u /* d is 13 */
#define ALU_TYPE(t) ((uint32_t)(t) << 12)
arm_emit arm_emit_alu_immediate, arm_emit_alu_shift, arm_emit_alu_rshift;
arm_emit arm_emit_movw, arm_emit_movt;
enum { REVERSE_SIGNED = 3, REVERSE_PAIRS = 2, REVERSE_WORD = 4 };
arm_emit arm_emit_clz, arm_emit_rbit, arm_emit_reverse;
/* Extension: arg = bits | EXTEND_SIGNED; n = 15: nothing is added. */
#define EXTEND_SIGNED 0x100u
#define EXTEND_PAIR 0x200u  /* two bytes to two half-words */
#define EXTEND_PLAIN 0x400u /* there is no n */
arm_emit arm_emit_extend;
arm_emit arm_emit_bfx /* arg: 1 signed */, arm_emit_bfi, arm_emit_pkh;
arm_emit arm_emit_return_alu; /* SUBS PC, LR, #i */

/* translate_multiply.c */
arm_emit arm_emit_mul, arm_emit_mla, arm_emit_mls;
arm_emit arm_emit_mull; /* arg: 1 signed, 2 accumulate */
arm_emit arm_emit_umaal, arm_emit_divide /* arg: 1 signed */;
arm_emit arm_emit_smla /* arg: 1 accumulate */, arm_emit_smlaw /* the same */, arm_emit_smlal;
arm_emit arm_emit_smlad, arm_emit_smlald; /* arg: 1 subtract */
arm_emit arm_emit_smmla;                  /* arg: 1 subtract */

/* translate_simd.c: by functions of simd_help.h. */
arm_emit arm_emit_saturating; /* arg: 1 subtract, 2 double first */
arm_emit arm_emit_parallel;   /* arg: enum simd_operation | enum simd_kind << 4 */
arm_emit arm_emit_sel, arm_emit_usad, arm_emit_sat /* arg: 1 unsigned, 2 pair */;

/* translate_memory.c.  arg: size log2, and what the pattern lacks. */
#define MEM_SIZE 3u
#define MEM_SIGNED 4u
#define MEM_REGISTER 8u /* offset is m, shifted by t and i; else i */
#define MEM_USER 0x10u
#define MEM_A32 0x20u /* p = 0 and w = 1 mean MEM_USER */
#define MEM_P 0x40u
#define MEM_U 0x80u
#define MEM_W 0x100u
#define MEM_OFFSET (MEM_P | MEM_U)
#define MEM_PAIR 0x200u /* the second register is d + 1 */
#define MEM_SP 0x400u   /* n is 13 */
#define MEM_PC 0x800u   /* n is 15 */
#define MEM_STORE 0x1000u
#define MEM_RETURN 0x2000u
arm_emit arm_emit_load, arm_emit_store, arm_emit_dual;
/* Several: letters p u w s r n; arg: */
#define MULTI_LOAD 1u
#define MULTI_A32 2u   /* s: user registers, or exception return */
#define MULTI_LIST8 4u /* T16: bit 8 of the list is lr or pc */
#define MULTI_T16 8u   /* write-back unless n is in the list */
#define MULTI_DB 0x10u /* p = 1, u = 0 */
#define MULTI_IA 0x20u /* p = 0, u = 1 */
#define MULTI_W 0x40u
#define MULTI_SP 0x80u
arm_emit arm_emit_multi;
arm_emit arm_emit_ldrex, arm_emit_strex; /* arg: size log2; 3 with a pair */
arm_emit arm_emit_swap;
arm_emit arm_emit_srs, arm_emit_rfe; /* arg: MULTI_DB, MULTI_IA or letters */

/* translate_system.c: branches and the system. */
arm_emit arm_emit_b;  /* arg: 1 conditional by c */
arm_emit arm_emit_bl; /* arg: 1 changes T */
arm_emit arm_emit_bx, arm_emit_blx, arm_emit_cbz, arm_emit_tb, arm_emit_it;
arm_emit arm_emit_nop, arm_emit_isb, arm_emit_svc, arm_emit_bkpt, arm_emit_service;
arm_emit arm_emit_wfi, arm_emit_wfe, arm_emit_sev, arm_emit_yield;
arm_emit arm_emit_clrex, arm_emit_cps, arm_emit_setend;
#define STATUS_SPSR 1u
#define STATUS_IMMEDIATE 2u
arm_emit arm_emit_mrs, arm_emit_msr;
arm_emit arm_emit_mrc, arm_emit_mcr, arm_emit_mrrc, arm_emit_mcrr;
arm_emit arm_emit_vfp; /* coprocessors 10 and 11 */
/* disasm_vfp.c: an instruction of those or of Advanced SIMD, in ARM's form. */
bool arm_disassemble_fp(uint32_t instruction, char *text, size_t room);
arm_emit arm_emit_neon; /* arg: 1 memory */
uint32_t arm_neon_instruction(const struct arm_operands *o, bool thumb);

/* help_integer.c */
ir_fn arm_help_it_skip;     /* SITE: a condition; if 0 goes on at b with IT c */
ir_fn arm_help_load_if;     /* SITE: a condition, b address, c struct ir_mem */
ir_fn arm_help_store_if;    /* likewise, d value */
ir_fn arm_help_shift_carry; /* PURE: a value, b shift count, c type, d carry before */
ir_fn arm_help_rbit;

/* translate.c: for the others. */
/* The value of a condition 0..13. */
ir_value arm_condition(struct arm_unit *u, unsigned condition);
/* Flags after the operation, which made a token, or after a logical one; carry is 0 or
 * 1, or IR_NONE: unchanged. */
void arm_set_flags_arithmetic(struct arm_unit *u, ir_value token, bool subtraction);
/* That was a comparison of x and y. */
void arm_flags_compared(struct arm_unit *u, ir_value x, ir_value y);
void arm_set_flags_logic(struct arm_unit *u, ir_value value, bool token, ir_value carry);

/* Branches; they keep the slot `it` right and end the block. */
void arm_exit(struct arm_unit *u, gva pc);      /* with bit 0 = T */
void arm_exit_call(struct arm_unit *u, gva pc); /* lr has been set */
void arm_exit_indirect(struct arm_unit *u, ir_value pc);
void arm_exit_call_indirect(struct arm_unit *u, ir_value pc);
void arm_exit_return(struct arm_unit *u, ir_value pc);
void arm_exit_run(struct arm_unit *u, ir_value pc); /* the slot `it` is left alone */
/* To pc if the value isn't 0; goes on otherwise. */
void arm_exit_if(struct arm_unit *u, ir_value condition, gva pc);
/* Goes on translating at pc, if that can be part of the block, else exits. */
void arm_follow(struct arm_unit *u, gva pc);
/* BX with a value of unknown bit 0; by what the register suggests a return. */
void arm_exit_interworking(struct arm_unit *u, ir_value pc, bool is_return);
/* Writes a result to pc: interworking in ARM state only. */
void arm_exit_alu(struct arm_unit *u, ir_value pc);
/* Exception return with CPSR from SPSR. */
void arm_exit_exception(struct arm_unit *u, ir_value pc);

static inline gva arm_next_pc(const struct arm_unit *u) /* with T */
{
	return (u->pc + u->bytes) | (gva)u->thumb;
}

/* Shorthands. */
static inline ir_value arm_const(struct arm_unit *u, uint32_t value)
{
	return ir_const32(u->ir, value);
}

static inline ir_value arm_op(struct arm_unit *u, enum ir_opcode op, ir_value x, ir_value y)
{
	return ir_binary(u->ir, op, IR_I32, x, y);
}

static inline ir_value arm_op_imm(struct arm_unit *u, enum ir_opcode op, ir_value x, uint32_t y)
{
	return ir_binary_imm(u->ir, op, IR_I32, x, (int32_t)y);
}

static inline ir_value arm_op64(struct arm_unit *u, enum ir_opcode op, ir_value x, ir_value y)
{
	return ir_binary(u->ir, op, IR_I64, x, y);
}

static inline ir_value arm_get(struct arm_unit *u, unsigned slot)
{
	return ir_get(u->ir, IR_I32, slot);
}

static inline void arm_set(struct arm_unit *u, unsigned slot, ir_value value)
{
	ir_set(u->ir, IR_I32, slot, value);
}

static inline ir_value arm_low(struct arm_unit *u, ir_value wide)
{
	return ir_unary(u->ir, IR_TRUNC, IR_I32, wide);
}

static inline ir_value arm_high(struct arm_unit *u, ir_value wide)
{
	return arm_low(u, ir_binary(u->ir, IR_SHR, IR_I64, wide, ir_const32(u->ir, 32)));
}

#endif
