/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Advanced SIMD between translate_neon.c and the run-time functions in neon_*.c.
 *
 * Most operations are one *lane function* per operation and lane type, which works on
 * copies of the operands.  The tables below have them in the order of the instruction
 * encodings; NULL is an undefined encoding.  arm_help_neon calls one:
 *
 *	struct neon_shape shape = { .d = 0, .n = 2, .m = 4, .quads = NEON_D | NEON_N | NEON_M };
 *	call arm_help_neon(cpu, neon_same[16][0][2], shape as 64 bits)	; VADD.I32 q0, q1, q2
 */
#ifndef EMU_GUEST_ARM_NEON_H
#define EMU_GUEST_ARM_NEON_H

#include "guest/arm/translate.h"
#include "guest/arm/vfp_help.h"

union neon_vector {
	uint8_t u8[16];
	uint16_t u16[8];
	uint32_t u32[4];
	uint64_t u64[2];
	int8_t s8[16];
	int16_t s16[8];
	int32_t s32[4];
	int64_t s64[2];
} __attribute__((aligned(16)));

/* What a lane function works on: it fills d, of which as much as is needed is kept.
 * Without NEON_N etc. the upper half of n, m and d is 0. */
struct neon_work {
	union neon_vector d, n, m;
	unsigned bytes; /* of d: 8 or 16 */
	unsigned immediate;
	bool saturated; /* sets FPSCR.QC */
	bool alternative_half;
	struct soft_env env;
};

typedef void neon_lanes(struct neon_work *w);

/* Which of d, n and m are quad registers. */
#define NEON_D 1u
#define NEON_N 2u
#define NEON_M 4u

/* Operands of arm_help_neon, in 64 bits. */
struct neon_shape {
	uint8_t d, n, m; /* numbers of double registers */
	uint8_t quads;   /* NEON_D | NEON_N | NEON_M */
	uint8_t immediate;
	uint8_t scalar;     /* 1: m is a lane, which becomes every lane of the operand: */
	uint8_t lane, size; /* its index and log2 of its bytes */
};

/* CALL_READS | CALL_WRITES: a = lane function, b = struct neon_shape. */
ir_fn arm_help_neon;

/* Three registers of the same length: [opcode << 1 | bit 4][U][size].  The bitwise ones
 * aren't there. */
extern neon_lanes *const neon_same[26][2][4];
/* The floating-point ones from opcode 12 on: [(opcode - 12) << 1 | bit 4][U][bit 21]. */
extern neon_lanes *const neon_same_float[8][2][2];
/* Two registers and a shift: [opcode][U][size of the lanes shifted]: VSHR VSRA VRSHR
 * VRSRA VSRI VSHL/VSLI VQSHLU VQSHL.  The shift is in the work's immediate, as the number
 * of bits. */
extern neon_lanes *const neon_shift[8][2][4];
/* Narrowing: [0: opcode 8, 1: 9][bit 6: rounding][U][size of the result]. */
extern neon_lanes *const neon_shift_narrow[2][2][2][3];
extern neon_lanes *const neon_shift_long[2][3]; /* [U][size of the operand] */
/* Three registers of different lengths: [opcode][U][size of the shorter ones]. */
extern neon_lanes *const neon_long[15][2][3];
extern neon_lanes *const neon_wide[4][2][3];
/* The operations by scalar are among these. */
/* Two registers, miscellaneous: [bits 17:16][bits 10:7][size]; those that move lanes,
 * narrow, widen or convert halves aren't there. */
extern neon_lanes *const neon_misc[4][16][4];
extern neon_lanes *const neon_reverse[3][3]; /* [VREV64 VREV32 VREV16][size] */
extern neon_lanes *const neon_narrow[4][3];  /* [VMOVN VQMOVUN VQMOVN.S .U][size] */
extern neon_lanes *const neon_fixed[4];      /* bits 8 (to fixed) and 24 (U) */
extern neon_lanes neon_half_to_single, neon_single_to_half;

/* Two registers exchange lanes: a = enum neon_permute | size << 4, b = d, c = m, d = 1
 * for quads.  CALL_READS | CALL_WRITES as all here. */
enum neon_permute { NEON_SWAP, NEON_TRANSPOSE, NEON_UNZIP, NEON_ZIP };
ir_fn arm_help_neon_permute;
/* VTBL, VTBX: a = d, b = n | count << 8, c = m, d = 1: VTBX. */
ir_fn arm_help_neon_table;

/* Structures in memory: the bytes are at a.  b = struct neon_structure in 64 bits. */
struct neon_structure {
	uint8_t d;        /* first double register */
	uint8_t elements; /* of a structure, 1..4 */
	uint8_t step;     /* from one element's register to the next */
	uint8_t size;     /* log2 of an element's bytes */
	uint8_t copies;   /* whole registers: registers per element; else 0 */
	uint8_t lane;     /* copies 0: which */
	uint8_t big;
};
ir_fn arm_help_neon_load, arm_help_neon_store;

/* translate_neon.c: every lane of a register := the value's low bits. */
void arm_emit_duplicate(struct arm_unit *u, unsigned d, bool quad, unsigned size, ir_value value);

#endif
