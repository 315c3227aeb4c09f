/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the rows of decode_sse.c emit (translate_mmx.c, translate_sse*.c); their `arg` in
 * brackets.
 */
#ifndef EMU_GUEST_X86_EMIT_SSE_H
#define EMU_GUEST_X86_EMIT_SSE_H

#include "guest/x86/emit_fpu.h"
#include "guest/x86/sse.h"

/* translate_mmx.c */
x86_emit mmx_emit_integer, mmx_emit_shift; /* [enum x86_simd] */
x86_emit mmx_emit_logic;                   /* [enum ir_opcode] */
x86_emit mmx_emit_movd, mmx_emit_movd_store, mmx_emit_movq, mmx_emit_movq_store;
x86_emit mmx_emit_pshufw, mmx_emit_pinsrw, mmx_emit_pextrw, mmx_emit_pmovmskb;
x86_emit mmx_emit_maskmovq, mmx_emit_movnti, mmx_emit_emms;
x86_emit mmx_emit_from_sse, mmx_emit_to_sse; /* MOVDQ2Q, MOVQ2DQ */
x86_emit mmx_emit_cvtpi2ps, mmx_emit_cvtpi2pd;
x86_emit mmx_emit_cvt2pi; /* [enum x86_sse] */

/* translate_sse.c.  Moves; [SSE_ALIGNED | SSE_HALVES]: must be aligned; between
 * registers by halves. */
#define SSE_ALIGNED 1u
#define SSE_HALVES 2u
x86_emit sse_emit_move, sse_emit_move_store;
x86_emit sse_emit_scalar_move, sse_emit_scalar_store; /* [log2 of the bytes] */
x86_emit sse_emit_half, sse_emit_half_store;          /* [half: 0, 1] */
x86_emit sse_emit_movd, sse_emit_movd_store, sse_emit_movq, sse_emit_movq_store;
x86_emit sse_emit_inline;  /* [enum ir_opcode | size << 8] */
x86_emit sse_emit_integer; /* [enum x86_simd] */
x86_emit sse_emit_shift;   /* [enum x86_simd] */
x86_emit sse_emit_shuffle; /* [enum sse_shuffle] */
x86_emit sse_emit_mask;    /* [log2 of the lanes' bytes] */
x86_emit sse_emit_pinsrw, sse_emit_pextrw, sse_emit_maskmovdqu;
x86_emit sse_emit_fence, sse_emit_clflush, sse_emit_ldmxcsr, sse_emit_stmxcsr;
enum sse_shuffle {
	SSE_SHUFPS,
	SSE_SHUFPD,
	SSE_PSHUFD,
	SSE_PSHUFLW,
	SSE_PSHUFHW,
	SSE_PSRLDQ,
	SSE_PSLLDQ
};

/* translate_sse_float.c */
x86_emit sse_emit_float;   /* [enum x86_sse] */
x86_emit sse_emit_scalar;  /* [enum ir_opcode | enum x86_sse of its single form << 8] */
x86_emit sse_emit_minmax;  /* [enum x86_sse] */
x86_emit sse_emit_compare; /* [form] */
x86_emit sse_emit_comi;    /* [enum x86_sse] */
x86_emit sse_emit_from_int, sse_emit_to_int, sse_emit_convert; /* [enum x86_sse] */

/* Whether the model has it (X86_FEATURE_*); if not, #UD has been raised. */
bool simd_has(struct x86_unit *u, uint32_t feature);
/* Begin an instruction: what CR0 and CR4 say.  False: it has been raised. */
bool sse_begin(struct x86_unit *u, const struct x86_insn *i);
/* Of MMX; mmx_touch: after its loads, before it changes something. */
bool mmx_begin(struct x86_unit *u, const struct x86_insn *i);
void mmx_touch(struct x86_unit *u);
ir_value mmx_get(struct x86_unit *u, unsigned n);
void mmx_set(struct x86_unit *u, unsigned n, ir_value value);
/* MMX's ModRM operand of 8 bytes. */
ir_value mmx_source(struct x86_unit *u, const struct x86_insn *i);

/* An XMM register's offset; that of the ModRM operand, which was loaded if it is memory
 * of `bytes`; at u32[n] ... */
unsigned sse_slot(unsigned n);
unsigned sse_source_slot(struct x86_unit *u, const struct x86_insn *i, unsigned bytes);
/* The host's instruction for the guest's, which `fn` is, on register n. */
void sse_packed(struct x86_unit *u, const struct x86_insn *i, ir_fn *fn, unsigned n,
		ir_value source);
/* The ModRM operand of `bytes` as a value. */
ir_value sse_source(struct x86_unit *u, const struct x86_insn *i, unsigned bytes);
void sse_wrote_whole(struct x86_unit *u, unsigned n);
void sse_wrote_half(struct x86_unit *u, unsigned n);

#endif
