/* SPDX-License-Identifier: BSD-2-Clause
 *
 * MMX, SSE and SSE2 (Intel SDM 1, chapters 9 to 11): functions that translated code calls,
 * each the host's instruction of the same name.
 *
 * Floating point.  With MXCSR as the IR needs it (all masked, no DAZ or FZ; any rounding)
 * translated code runs in an equal MXCSR of the host, where flags gather (ir/fp.h), and
 * the `fast` functions are nothing but the instruction.  Otherwise (X86_MODE_SSE_SLOW), and
 * for the interpreter, x86_help_sse runs it in an MXCSR of its own, with exceptions masked,
 * and finds out whether one should have been raised: then nothing has changed.
 */
#ifndef EMU_GUEST_X86_SSE_H
#define EMU_GUEST_X86_SSE_H

#include "guest/x86/system.h"

/* Integer instructions on registers of 8 and 16 bytes. SAME: the lanes' operation is the
 * same for both; PACK: 8 bytes have both operands in one; HIGH: name of the low form. */
/* clang-format off */
#define X86_SIMD_INTEGER(SAME, PACK, HIGH)							\
	SAME(punpcklbw) SAME(punpcklwd) SAME(punpckldq) PACK(packsswb) PACK(packuswb)		\
	PACK(packssdw) HIGH(punpckhbw, punpcklbw) HIGH(punpckhwd, punpcklwd)			\
	HIGH(punpckhdq, punpckldq) SAME(pcmpgtb) SAME(pcmpgtw) SAME(pcmpgtd) SAME(pcmpeqb)	\
	SAME(pcmpeqw) SAME(pcmpeqd) SAME(psrlw) SAME(psrld) SAME(psrlq) SAME(psraw)		\
	SAME(psrad) SAME(psllw) SAME(pslld) SAME(psllq) SAME(paddb) SAME(paddw) SAME(paddd)	\
	SAME(paddq) SAME(psubb) SAME(psubw) SAME(psubd) SAME(psubq) SAME(paddsb)		\
	SAME(paddsw) SAME(paddusb) SAME(paddusw) SAME(psubsb) SAME(psubsw) SAME(psubusb)	\
	SAME(psubusw) SAME(pmullw) SAME(pmulhw) SAME(pmulhuw) SAME(pmaddwd) SAME(pmuludq)	\
	SAME(psadbw) SAME(pminub) SAME(pmaxub) SAME(pminsw) SAME(pmaxsw) SAME(pavgb)		\
	SAME(pavgw) SAME(pand) SAME(pandn) SAME(por) SAME(pxor) SAME(punpcklqdq)		\
	SAME(punpckhqdq)
/* clang-format on */

#define X86_SIMD_ENUM(name) X86_SIMD_##name,
#define X86_SIMD_ENUM2(name, low) X86_SIMD_##name,
enum x86_simd { X86_SIMD_INTEGER(X86_SIMD_ENUM, X86_SIMD_ENUM, X86_SIMD_ENUM2) X86_SIMD_COUNT };
#undef X86_SIMD_ENUM
#undef X86_SIMD_ENUM2

/* On SSE registers: a: offset of the destination in struct x86, b: of the source.  Those of
 * MMX are CALL_PURE: a, b: values. */
extern ir_fn *const x86_simd_sse_by[X86_SIMD_COUNT]; /* shifts; c: by how much */
extern ir_fn *const x86_simd_sse[X86_SIMD_COUNT], *const x86_simd_mmx[X86_SIMD_COUNT];

/* Floating point: form 0 ps, 1 pd, 2 ss, 3 sd (as the prefixes none, 66, F3, F2). */
#define X86_SSE_FORMS(X, name) X(name##ps) X(name##pd) X(name##ss) X(name##sd)
/* clang-format off */
#define X86_SSE_FLOAT(X)									\
	X86_SSE_FORMS(X, add) X86_SSE_FORMS(X, mul) X86_SSE_FORMS(X, sub)			\
	X86_SSE_FORMS(X, min) X86_SSE_FORMS(X, div) X86_SSE_FORMS(X, max)			\
	X86_SSE_FORMS(X, sqrt) X86_SSE_FORMS(X, cmpeq) X86_SSE_FORMS(X, cmplt)			\
	X86_SSE_FORMS(X, cmple) X86_SSE_FORMS(X, cmpunord) X86_SSE_FORMS(X, cmpneq)		\
	X86_SSE_FORMS(X, cmpnlt) X86_SSE_FORMS(X, cmpnle) X86_SSE_FORMS(X, cmpord)		\
	X(rsqrtps) X(rsqrtss) X(rcpps) X(rcpss) X(cvtps2pd) X(cvtpd2ps) X(cvtss2sd)		\
	X(cvtsd2ss) X(cvtdq2ps) X(cvtps2dq) X(cvttps2dq) X(cvttpd2dq) X(cvtdq2pd)		\
	X(cvtpd2dq) X(cvtpi2ps) X(cvtps2pi) X(cvttps2pi) X(cvtsi2ss) X(cvtsi2sd)		\
	X(cvtss2si) X(cvttss2si) X(cvtsd2si) X(cvttsd2si) X(ucomiss) X(ucomisd) X(comiss)	\
	X(comisd)
/* clang-format on */

#define X86_SSE_ENUM(name) X86_SSE_##name,
enum x86_sse { X86_SSE_FLOAT(X86_SSE_ENUM) X86_SSE_COUNT };
#undef X86_SSE_ENUM

/* The instruction: *d = d op s, both 16 bytes (of s at least as many as it reads). */
typedef void x86_sse_native(void *d, const void *s);

struct x86_sse_operation {
	ir_fn *fast; /* a, b: offsets in struct x86; to be called in the guest's MXCSR */
	x86_sse_native *native;
	uint8_t bytes; /* of the source operand in memory: 4, 8, 16 */
	uint8_t tiny;  /* lanes whose results may be too small or too large | 0x10 if they are
			* doubles | 0x20 if they are made of doubles; 0: none */
};
extern const struct x86_sse_operation x86_sse_operations[X86_SSE_COUNT];

/* CALL_SITE.  a, b: offsets, c: enum x86_sse. */
ir_fn x86_help_sse;
/* The exact functions of IR operations: [double]. */
extern fp_fn *const x86_fp_add[2], *const x86_fp_sub[2], *const x86_fp_mul[2];
extern fp_fn *const x86_fp_div[2], *const x86_fp_sqrt[2];
extern fp_fn *const x86_fp_convert[2];   /* from singles, from doubles */
extern fp_fn *const x86_fp_from_int[2];  /* to singles, to doubles */
extern fp_fn *const x86_fp_to_int[2][2]; /* [double][truncated] */

/* a, b: offsets of destination and source, c: immediate. */
ir_fn x86_help_shufps, x86_help_shufpd, x86_help_pshufd, x86_help_pshuflw, x86_help_pshufhw;
ir_fn x86_help_psrldq, x86_help_pslldq;
/* CALL_PURE: a: value, b: immediate. */
ir_fn x86_help_pshufw, x86_help_pmovmskb8;
/* CALL_SITE.  a: linear address, b: offset of the bytes, c: of the mask, d: 8 or 16. */
ir_fn x86_help_maskmov;
/* CALL_SITE: a: value; yields it. */
ir_fn x86_help_ldmxcsr, x86_help_stmxcsr;
/* CALL_SITE, for ir_check: #GP(0). */
ir_fn x86_help_misaligned;

/* Registers that the compiler may use itself have to be named, others can't be. */
#ifdef __SSE2__
#define X86_SSE_CLOBBERS "memory", "xmm0", "xmm1"
#else
#define X86_SSE_CLOBBERS "memory"
#endif

#endif
