/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Functions for the saturating and parallel instructions of ARMv5TE and ARMv6.  All are
 * CALL_PURE: operands in, result in the low half, and what else the instruction yields
 * (Q as bit 32, GE as bits 32..35) in the high half.
 */
#ifndef EMU_GUEST_ARM_SIMD_HELP_H
#define EMU_GUEST_ARM_SIMD_HELP_H

#include "ir/ir.h"

enum simd_operation { SIMD_ADD16, SIMD_ASX, SIMD_SAX, SIMD_SUB16, SIMD_ADD8, SIMD_SUB8 };

/* Signed and unsigned: modulo with GE, saturating, halving. */
enum simd_kind { SIMD_S, SIMD_Q, SIMD_SH, SIMD_U, SIMD_UQ, SIMD_UH };

ir_fn arm_help_parallel;   /* a, b operands, c = operation | kind << 4 */
ir_fn arm_help_saturating; /* a op b, c = 1 subtract, 2 double b first */
ir_fn arm_help_sel;        /* a, b operands, c = GE */
ir_fn arm_help_usad;       /* a, b operands, c = accumulator */
ir_fn arm_help_sat;        /* a operand, b bits, c = 1 unsigned, 2 two half-words */
ir_fn arm_help_smlad;      /* a, b operands, c accumulator, d = 1 subtract */

#endif
