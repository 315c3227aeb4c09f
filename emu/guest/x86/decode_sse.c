/* SPDX-License-Identifier: BSD-2-Clause
 *
 * MMX, SSE and SSE2 (SDM 2, appendix A: tables ): rows of 0F by mandatory
 * prefix: none, 66, F3, F2.
 */
#include "guest/x86/emit_sse.h"

/* clang-format off */
#define ROW(name, function, value, ...)                                                            \
	{ .text = name, .emit = function, .arg = (value), .operand = { __VA_ARGS__ } }
#define NONE { .text = NULL }
#define PREFIXED(none, x66, xf3, xf2)                                                              \
	{ .how = ROW_MODRM | ROW_PREFIX,                                                           \
	  .next = (const struct x86_row[4]){ none, x66, xf3, xf2 } }
#define BY_MOD(memory, reg)                                                                        \
	{ .how = ROW_MOD, .next = (const struct x86_row[2]){ memory, reg } }

/* The same for MMX and SSE2, by a function; inline; inline for both. */
#define BOTH(name)                                                                                 \
	PREFIXED(ROW(#name, mmx_emit_integer, X86_SIMD_##name, OP_PQ, OP_QQ),                      \
		 ROW(#name, sse_emit_integer, X86_SIMD_##name, OP_VX, OP_WX), NONE, NONE)
#define LOW(name)                                                                                  \
	PREFIXED(ROW(#name, mmx_emit_integer, X86_SIMD_##name, OP_PQ, OP_QD),                      \
		 ROW(#name, sse_emit_integer, X86_SIMD_##name, OP_VX, OP_WX), NONE, NONE)
#define SSE_ONLY(name)                                                                             \
	PREFIXED(NONE, ROW(#name, sse_emit_integer, X86_SIMD_##name, OP_VX, OP_WX), NONE, NONE)
#define INLINE(name, op, size)                                                                     \
	PREFIXED(ROW(#name, mmx_emit_integer, X86_SIMD_##name, OP_PQ, OP_QQ),                      \
		 ROW(#name, sse_emit_inline, op | size << 8, OP_VX, OP_WX), NONE, NONE)
#define LOGIC(name, mmx, op)                                                                       \
	PREFIXED(ROW(#name, mmx_emit_logic, mmx, OP_PQ, OP_QQ),                                    \
		 ROW(#name, sse_emit_inline, op, OP_VX, OP_WX), NONE, NONE)
#define LOGIC_FLOAT(name, op)                                                                      \
	PREFIXED(ROW(name "ps", sse_emit_inline, op, OP_VX, OP_WX),                                \
		 ROW(name "pd", sse_emit_inline, op, OP_VX, OP_WX), NONE, NONE)
#define UNPACK(name, simd_ps, simd_pd)                                                             \
	PREFIXED(ROW(name "ps", sse_emit_integer, simd_ps, OP_VX, OP_WX),                          \
		 ROW(name "pd", sse_emit_integer, simd_pd, OP_VX, OP_WX), NONE, NONE)

/* Packed as the host does, scalar as IR has it. */
#define ARITHMETIC(name, op)                                                                       \
	PREFIXED(ROW(#name "ps", sse_emit_float, X86_SSE_##name##ps, OP_VX, OP_WX),                \
		 ROW(#name "pd", sse_emit_float, X86_SSE_##name##pd, OP_VX, OP_WX),                \
		 ROW(#name "ss", sse_emit_scalar, op | X86_SSE_##name##ss << 8, OP_VX, OP_WD),     \
		 ROW(#name "sd", sse_emit_scalar, op | X86_SSE_##name##sd << 8, OP_VX, OP_WQ))
#define MINMAX(name)                                                                               \
	PREFIXED(ROW(#name "ps", sse_emit_float, X86_SSE_##name##ps, OP_VX, OP_WX),                \
		 ROW(#name "pd", sse_emit_float, X86_SSE_##name##pd, OP_VX, OP_WX),                \
		 ROW(#name "ss", sse_emit_minmax, X86_SSE_##name##ss, OP_VX, OP_WD),               \
		 ROW(#name "sd", sse_emit_minmax, X86_SSE_##name##sd, OP_VX, OP_WQ))
#define APPROXIMATION(name)                                                                        \
	PREFIXED(ROW(#name "ps", sse_emit_float, X86_SSE_##name##ps, OP_VX, OP_WX), NONE,          \
		 ROW(#name "ss", sse_emit_float, X86_SSE_##name##ss, OP_VX, OP_WD), NONE)
#define FLOAT(name, operand) ROW(#name, sse_emit_float, X86_SSE_##name, OP_VX, operand)
#define SHIFT(name)                                                                                \
	PREFIXED(ROW(#name, mmx_emit_shift, X86_SIMD_##name, OP_NQ, OP_IB),                        \
		 ROW(#name, sse_emit_shift, X86_SIMD_##name, OP_UX, OP_IB), NONE, NONE)

const struct x86_row x86_rows_0f_simd[256] = {
	[0x10] = PREFIXED(ROW("movups", sse_emit_move, 0, OP_VX, OP_WX),
			  ROW("movupd", sse_emit_move, SSE_HALVES, OP_VX, OP_WX),
			  ROW("movss", sse_emit_scalar_move, 2, OP_VX, OP_WD),
			  ROW("movsd", sse_emit_scalar_move, 3, OP_VX, OP_WQ)),
	[0x11] = PREFIXED(ROW("movups", sse_emit_move_store, 0, OP_WX, OP_VX),
			  ROW("movupd", sse_emit_move_store, SSE_HALVES, OP_WX, OP_VX),
			  ROW("movss", sse_emit_scalar_store, 2, OP_WD, OP_VX),
			  ROW("movsd", sse_emit_scalar_store, 3, OP_WQ, OP_VX)),
	[0x12] = PREFIXED(BY_MOD(ROW("movlps", sse_emit_half, 0, OP_VX, OP_MQ),
				 ROW("movhlps", sse_emit_half, 0, OP_VX, OP_UX)),
			  ROW("movlpd", sse_emit_half, 0, OP_VX, OP_MQ), NONE, NONE),
	[0x13] = PREFIXED(ROW("movlps", sse_emit_half_store, 0, OP_MQ, OP_VX),
			  ROW("movlpd", sse_emit_half_store, 0, OP_MQ, OP_VX), NONE, NONE),
	[0x14] = UNPACK("unpckl", X86_SIMD_punpckldq, X86_SIMD_punpcklqdq),
	[0x15] = UNPACK("unpckh", X86_SIMD_punpckhdq, X86_SIMD_punpckhqdq),
	[0x16] = PREFIXED(BY_MOD(ROW("movhps", sse_emit_half, 1, OP_VX, OP_MQ),
				 ROW("movlhps", sse_emit_half, 1, OP_VX, OP_UX)),
			  ROW("movhpd", sse_emit_half, 1, OP_VX, OP_MQ), NONE, NONE),
	[0x17] = PREFIXED(ROW("movhps", sse_emit_half_store, 1, OP_MQ, OP_VX),
			  ROW("movhpd", sse_emit_half_store, 1, OP_MQ, OP_VX), NONE, NONE),
	[0x28] = PREFIXED(ROW("movaps", sse_emit_move, SSE_ALIGNED, OP_VX, OP_WX),
			  ROW("movapd", sse_emit_move, SSE_ALIGNED | SSE_HALVES, OP_VX, OP_WX),
			  NONE, NONE),
	[0x29] = PREFIXED(ROW("movaps", sse_emit_move_store, SSE_ALIGNED, OP_WX, OP_VX),
			  ROW("movapd", sse_emit_move_store, SSE_ALIGNED | SSE_HALVES, OP_WX,
			      OP_VX),
			  NONE, NONE),
	[0x2a] = PREFIXED(ROW("cvtpi2ps", mmx_emit_cvtpi2ps, 0, OP_VX, OP_QQ),
			  ROW("cvtpi2pd", mmx_emit_cvtpi2pd, 0, OP_VX, OP_QQ),
			  ROW("cvtsi2ss", sse_emit_from_int, X86_SSE_cvtsi2ss, OP_VX, OP_ED),
			  ROW("cvtsi2sd", sse_emit_from_int, X86_SSE_cvtsi2sd, OP_VX, OP_ED)),
	[0x2b] = PREFIXED(ROW("movntps", sse_emit_move_store, SSE_ALIGNED, OP_MDQ, OP_VX),
			  ROW("movntpd", sse_emit_move_store, SSE_ALIGNED, OP_MDQ, OP_VX), NONE,
			  NONE),
	[0x2c] = PREFIXED(ROW("cvttps2pi", mmx_emit_cvt2pi, X86_SSE_cvttps2pi, OP_PQ, OP_WQ),
			  ROW("cvttpd2pi", mmx_emit_cvt2pi, X86_SSE_cvttpd2dq, OP_PQ, OP_WX),
			  ROW("cvttss2si", sse_emit_to_int, X86_SSE_cvttss2si, OP_GD, OP_WD),
			  ROW("cvttsd2si", sse_emit_to_int, X86_SSE_cvttsd2si, OP_GD, OP_WQ)),
	[0x2d] = PREFIXED(ROW("cvtps2pi", mmx_emit_cvt2pi, X86_SSE_cvtps2pi, OP_PQ, OP_WQ),
			  ROW("cvtpd2pi", mmx_emit_cvt2pi, X86_SSE_cvtpd2dq, OP_PQ, OP_WX),
			  ROW("cvtss2si", sse_emit_to_int, X86_SSE_cvtss2si, OP_GD, OP_WD),
			  ROW("cvtsd2si", sse_emit_to_int, X86_SSE_cvtsd2si, OP_GD, OP_WQ)),
	[0x2e] = PREFIXED(ROW("ucomiss", sse_emit_comi, X86_SSE_ucomiss, OP_VX, OP_WD),
			  ROW("ucomisd", sse_emit_comi, X86_SSE_ucomisd, OP_VX, OP_WQ), NONE, NONE),
	[0x2f] = PREFIXED(ROW("comiss", sse_emit_comi, X86_SSE_comiss, OP_VX, OP_WD),
			  ROW("comisd", sse_emit_comi, X86_SSE_comisd, OP_VX, OP_WQ), NONE, NONE),
	[0x50] = PREFIXED(ROW("movmskps", sse_emit_mask, 2, OP_GD, OP_UX),
			  ROW("movmskpd", sse_emit_mask, 3, OP_GD, OP_UX), NONE, NONE),
	[0x51] = ARITHMETIC(sqrt, IR_FSQRT),
	[0x52] = APPROXIMATION(rsqrt),
	[0x53] = APPROXIMATION(rcp),
	[0x54] = LOGIC_FLOAT("and", IR_VAND),
	[0x55] = LOGIC_FLOAT("andn", IR_VANDN),
	[0x56] = LOGIC_FLOAT("or", IR_VOR),
	[0x57] = LOGIC_FLOAT("xor", IR_VXOR),
	[0x58] = ARITHMETIC(add, IR_FADD),
	[0x59] = ARITHMETIC(mul, IR_FMUL),
	[0x5a] = PREFIXED(FLOAT(cvtps2pd, OP_WQ), FLOAT(cvtpd2ps, OP_WX),
			  ROW("cvtss2sd", sse_emit_convert, X86_SSE_cvtss2sd, OP_VX, OP_WD),
			  ROW("cvtsd2ss", sse_emit_convert, X86_SSE_cvtsd2ss, OP_VX, OP_WQ)),
	[0x5b] = PREFIXED(FLOAT(cvtdq2ps, OP_WX), FLOAT(cvtps2dq, OP_WX), FLOAT(cvttps2dq, OP_WX),
			  NONE),
	[0x5c] = ARITHMETIC(sub, IR_FSUB),
	[0x5d] = MINMAX(min),
	[0x5e] = ARITHMETIC(div, IR_FDIV),
	[0x5f] = MINMAX(max),
	[0x60] = LOW(punpcklbw),
	[0x61] = LOW(punpcklwd),
	[0x62] = LOW(punpckldq),
	[0x63] = BOTH(packsswb),
	[0x64] = INLINE(pcmpgtb, IR_VCGT, 0),
	[0x65] = INLINE(pcmpgtw, IR_VCGT, 1),
	[0x66] = INLINE(pcmpgtd, IR_VCGT, 2),
	[0x67] = BOTH(packuswb),
	[0x68] = BOTH(punpckhbw),
	[0x69] = BOTH(punpckhwd),
	[0x6a] = BOTH(punpckhdq),
	[0x6b] = BOTH(packssdw),
	[0x6c] = SSE_ONLY(punpcklqdq),
	[0x6d] = SSE_ONLY(punpckhqdq),
	[0x6e] = PREFIXED(ROW("movd", mmx_emit_movd, 0, OP_PQ, OP_ED),
			  ROW("movd", sse_emit_movd, 0, OP_VX, OP_ED), NONE, NONE),
	[0x6f] = PREFIXED(ROW("movq", mmx_emit_movq, 0, OP_PQ, OP_QQ),
			  ROW("movdqa", sse_emit_move, SSE_ALIGNED, OP_VX, OP_WX),
			  ROW("movdqu", sse_emit_move, 0, OP_VX, OP_WX), NONE),
	[0x70] = PREFIXED(ROW("pshufw", mmx_emit_pshufw, 0, OP_PQ, OP_QQ, OP_IB),
			  ROW("pshufd", sse_emit_shuffle, SSE_PSHUFD, OP_VX, OP_WX, OP_IB),
			  ROW("pshufhw", sse_emit_shuffle, SSE_PSHUFHW, OP_VX, OP_WX, OP_IB),
			  ROW("pshuflw", sse_emit_shuffle, SSE_PSHUFLW, OP_VX, OP_WX, OP_IB)),
	[0x71] = { .how = ROW_MODRM | ROW_GROUP, .next = (const struct x86_row[8]){
			   [2] = SHIFT(psrlw), [4] = SHIFT(psraw), [6] = SHIFT(psllw) } },
	[0x72] = { .how = ROW_MODRM | ROW_GROUP, .next = (const struct x86_row[8]){
			   [2] = SHIFT(psrld), [4] = SHIFT(psrad), [6] = SHIFT(pslld) } },
	[0x73] = { .how = ROW_MODRM | ROW_GROUP, .next = (const struct x86_row[8]){
			   [2] = SHIFT(psrlq),
			   [3] = PREFIXED(NONE, ROW("psrldq", sse_emit_shuffle, SSE_PSRLDQ, OP_UX,
						    OP_IB), NONE, NONE),
			   [6] = SHIFT(psllq),
			   [7] = PREFIXED(NONE, ROW("pslldq", sse_emit_shuffle, SSE_PSLLDQ, OP_UX,
						    OP_IB), NONE, NONE) } },
	[0x74] = INLINE(pcmpeqb, IR_VCEQ, 0),
	[0x75] = INLINE(pcmpeqw, IR_VCEQ, 1),
	[0x76] = INLINE(pcmpeqd, IR_VCEQ, 2),
	[0x77] = { .how = ROW_PREFIX, .next = (const struct x86_row[4]){
			   ROW("emms", mmx_emit_emms, 0, OP_NONE) } },
	[0x7e] = PREFIXED(ROW("movd", mmx_emit_movd_store, 0, OP_ED, OP_PQ),
			  ROW("movd", sse_emit_movd_store, 0, OP_ED, OP_VX),
			  ROW("movq", sse_emit_movq, 0, OP_VX, OP_WQ), NONE),
	[0x7f] = PREFIXED(ROW("movq", mmx_emit_movq_store, 0, OP_QQ, OP_PQ),
			  ROW("movdqa", sse_emit_move_store, SSE_ALIGNED, OP_WX, OP_VX),
			  ROW("movdqu", sse_emit_move_store, 0, OP_WX, OP_VX), NONE),
	[0xae] = { .how = ROW_MODRM | ROW_GROUP, .next = (const struct x86_row[8]){
			   PREFIXED(ROW("fxsave", x87_emit_fxsave, 0, OP_M), NONE, NONE, NONE),
			   PREFIXED(ROW("fxrstor", x87_emit_fxrstor, 0, OP_M), NONE, NONE, NONE),
			   PREFIXED(ROW("ldmxcsr", sse_emit_ldmxcsr, 0, OP_MD), NONE, NONE, NONE),
			   PREFIXED(ROW("stmxcsr", sse_emit_stmxcsr, 0, OP_MD), NONE, NONE, NONE),
			   NONE,
			   PREFIXED(BY_MOD(NONE, ROW("lfence", sse_emit_fence, 0, OP_NONE)), NONE,
				    NONE, NONE),
			   PREFIXED(BY_MOD(NONE, ROW("mfence", sse_emit_fence, 0, OP_NONE)), NONE,
				    NONE, NONE),
			   PREFIXED(BY_MOD(ROW("clflush", sse_emit_clflush, 0, OP_EB),
					   ROW("sfence", sse_emit_fence, 0, OP_NONE)), NONE, NONE,
				    NONE) } },
	[0xc2] = PREFIXED(ROW("cmpps", sse_emit_compare, 0, OP_VX, OP_WX, OP_IB),
			  ROW("cmppd", sse_emit_compare, 1, OP_VX, OP_WX, OP_IB),
			  ROW("cmpss", sse_emit_compare, 2, OP_VX, OP_WD, OP_IB),
			  ROW("cmpsd", sse_emit_compare, 3, OP_VX, OP_WQ, OP_IB)),
	[0xc3] = PREFIXED(ROW("movnti", mmx_emit_movnti, 0, OP_MD, OP_GD), NONE, NONE, NONE),
	[0xc4] = PREFIXED(ROW("pinsrw", mmx_emit_pinsrw, 0, OP_PQ, OP_EDW, OP_IB),
			  ROW("pinsrw", sse_emit_pinsrw, 0, OP_VX, OP_EDW, OP_IB), NONE, NONE),
	[0xc5] = PREFIXED(ROW("pextrw", mmx_emit_pextrw, 0, OP_GD, OP_NQ, OP_IB),
			  ROW("pextrw", sse_emit_pextrw, 0, OP_GD, OP_UX, OP_IB), NONE, NONE),
	[0xc6] = PREFIXED(ROW("shufps", sse_emit_shuffle, SSE_SHUFPS, OP_VX, OP_WX, OP_IB),
			  ROW("shufpd", sse_emit_shuffle, SSE_SHUFPD, OP_VX, OP_WX, OP_IB), NONE,
			  NONE),
	[0xd1] = BOTH(psrlw),
	[0xd2] = BOTH(psrld),
	[0xd3] = BOTH(psrlq),
	[0xd4] = INLINE(paddq, IR_VADD, 3),
	[0xd5] = BOTH(pmullw),
	[0xd6] = PREFIXED(NONE, ROW("movq", sse_emit_movq_store, 0, OP_WQ, OP_VX),
			  ROW("movq2dq", mmx_emit_to_sse, 0, OP_VX, OP_NQ),
			  ROW("movdq2q", mmx_emit_from_sse, 0, OP_PQ, OP_UX)),
	[0xd7] = PREFIXED(ROW("pmovmskb", mmx_emit_pmovmskb, 0, OP_GD, OP_NQ),
			  ROW("pmovmskb", sse_emit_mask, 0, OP_GD, OP_UX), NONE, NONE),
	[0xd8] = BOTH(psubusb),
	[0xd9] = BOTH(psubusw),
	[0xda] = BOTH(pminub),
	[0xdb] = LOGIC(pand, IR_AND, IR_VAND),
	[0xdc] = BOTH(paddusb),
	[0xdd] = BOTH(paddusw),
	[0xde] = BOTH(pmaxub),
	[0xdf] = LOGIC(pandn, IR_ANDN, IR_VANDN),
	[0xe0] = BOTH(pavgb),
	[0xe1] = BOTH(psraw),
	[0xe2] = BOTH(psrad),
	[0xe3] = BOTH(pavgw),
	[0xe4] = BOTH(pmulhuw),
	[0xe5] = BOTH(pmulhw),
	[0xe6] = PREFIXED(NONE, FLOAT(cvttpd2dq, OP_WX), FLOAT(cvtdq2pd, OP_WQ),
			  FLOAT(cvtpd2dq, OP_WX)),
	[0xe7] = PREFIXED(BY_MOD(ROW("movntq", mmx_emit_movq_store, 0, OP_MQ, OP_PQ), NONE),
			  ROW("movntdq", sse_emit_move_store, SSE_ALIGNED, OP_MDQ, OP_VX), NONE,
			  NONE),
	[0xe8] = BOTH(psubsb),
	[0xe9] = BOTH(psubsw),
	[0xea] = BOTH(pminsw),
	[0xeb] = LOGIC(por, IR_OR, IR_VOR),
	[0xec] = BOTH(paddsb),
	[0xed] = BOTH(paddsw),
	[0xee] = BOTH(pmaxsw),
	[0xef] = LOGIC(pxor, IR_XOR, IR_VXOR),
	[0xf1] = BOTH(psllw),
	[0xf2] = BOTH(pslld),
	[0xf3] = BOTH(psllq),
	[0xf4] = BOTH(pmuludq),
	[0xf5] = BOTH(pmaddwd),
	[0xf6] = BOTH(psadbw),
	[0xf7] = PREFIXED(ROW("maskmovq", mmx_emit_maskmovq, 0, OP_PQ, OP_NQ),
			  ROW("maskmovdqu", sse_emit_maskmovdqu, 0, OP_VX, OP_UX), NONE, NONE),
	[0xf8] = INLINE(psubb, IR_VSUB, 0),
	[0xf9] = INLINE(psubw, IR_VSUB, 1),
	[0xfa] = INLINE(psubd, IR_VSUB, 2),
	[0xfb] = INLINE(psubq, IR_VSUB, 3),
	[0xfc] = INLINE(paddb, IR_VADD, 0),
	[0xfd] = INLINE(paddw, IR_VADD, 1),
	[0xfe] = INLINE(paddd, IR_VADD, 2),
};
/* clang-format on */
