/* SPDX-License-Identifier: BSD-2-Clause
 *
 * VFP arithmetic by the ARM architecture's rules (ARM DDI 0406C, A2.7), on top of
 * emu/softfp: what fp_fn of IR operations and calls from translated code name.
 */
#ifndef EMU_GUEST_ARM_VFP_HELP_H
#define EMU_GUEST_ARM_VFP_HELP_H

#include "guest/arm/state.h"
#include "ir/fp.h"
#include "softfp/softfp.h"

/* FPSCR and FPEXC bits. */
#define ARM_FPSCR_NZCV 0xf0000000u
#define ARM_FPSCR_QC (1u << 27)
#define ARM_FPSCR_AHP (1u << 26)
#define ARM_FPSCR_DN (1u << 25)
#define ARM_FPSCR_FZ (1u << 24)
#define ARM_FPSCR_LEN (7u << 16)
/* What arm->fpscr holds: AHP DN FZ RMode STRIDE LEN.  Traps can't be enabled. */
#define ARM_FPSCR_KEPT 0x07f70000u
#define ARM_FPEXC_EN (1u << 30)
#define ARM_FPEXC_DEX (1u << 29)

/* One per format: singles and doubles. */
extern fp_fn *const arm_fp_add[2], *const arm_fp_sub[2], *const arm_fp_mul[2], *const arm_fp_div[2];
extern fp_fn *const arm_fp_sqrt[2];
/* To the other format: from singles, from doubles. */
extern fp_fn *const arm_fp_convert[2];
/* From integers: [double][signed]; to them: [double][signed][rounded, not truncated]. */
extern fp_fn *const arm_fp_from_int[2][2], *const arm_fp_to_int[2][2][2];
/* Yield FPSCR's NZCV in bits 3..0: [double][any NaN is invalid]. */
extern fp_fn *const arm_fp_compare[2][2];

/* Calls one of the above: a = the function's address, b, c = its operands.
 * CALL_READS | CALL_WRITES, as the next ones, too. */
ir_fn arm_help_fp;
/* a * b + c rounded once. */
ir_fn arm_help_fma_single, arm_help_fma_double;
/* Half precision, by FPSCR.AHP: a = operand. */
ir_fn arm_help_half_to_single, arm_help_single_to_half;
/* Fixed point: a = operand, b = fraction bits, c = bits of the fixed-point number,
 * d = 1: signed, 2: double. */
ir_fn arm_help_to_fixed, arm_help_from_fixed;

/* CALL_SITE: a = register's number in the instruction, b = value.  Undefined where the
 * mode may not use the unit at all. */
ir_fn arm_help_vmrs, arm_help_vmsr;
/* CALL_SITE, before an operation that is a vector one if FPSCR.LEN isn't 0: the
 * Cortex-A7 and A9 leave those to software. */
ir_fn arm_help_vfp_vector;

/* The environment by FPSCR, and what Advanced SIMD always uses ("standard FPSCR"). */
struct soft_env arm_fp_env(const struct arm *arm);
extern const struct soft_env arm_fp_standard_env;

#endif
