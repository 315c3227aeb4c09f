/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The meaning of the integer operations, as functions of their operands' values: for
 * constant folding and for the interpreter, which is the reference of the other back
 * ends.  i32 values are in the low half of a uint64_t, the high half being 0.
 */
#ifndef EMU_IR_EVALUATE_H
#define EMU_IR_EVALUATE_H

#include "ir/ir.h"

/* Whether ir_evaluate knows the operation: integers (and bit patterns, by BITCAST FNEG
 * FABS) only, no tokens, no state, no v128. */
bool ir_evaluates(const struct ir_op *op);

/* Its result for these operands.  SELECT: of any type but v128. */
uint64_t ir_evaluate(const struct ir_op *op, uint64_t a, uint64_t b, uint64_t c);

/* The flags that a token of this operation stands for, as x86 EFLAGS bits: CF 0, PF 2,
 * AF 4, ZF 6, SF 7, OF 11.  `r` is the result. */
unsigned ir_evaluate_flags(const struct ir_op *op, uint64_t a, uint64_t b, uint64_t r);

/* Whether such flags fulfil a condition. */
bool ir_evaluate_cond(unsigned flags, enum ir_cc cc);

#define IR_FLAG_C 0x1u
#define IR_FLAG_P 0x4u
#define IR_FLAG_A 0x10u
#define IR_FLAG_Z 0x40u
#define IR_FLAG_N 0x80u
#define IR_FLAG_V 0x800u

#endif
