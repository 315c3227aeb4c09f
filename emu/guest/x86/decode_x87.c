/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The x87's opcodes, D8 to DF (SDM 2, appendix A.5): 8 rows by reg for memory operands,
 * then 64 by the low 6 bits of ModRM.  Encodings that aren't documented but that all CPUs
 * know are there with binutils' names.
 */
#include "guest/x86/emit_fpu.h"

#define MEMORY(reg, name, size, function, value)                                                   \
	[reg] = { .text = name, .emit = function, .operand = { size }, .arg = (value) }
#define ROWS(from, count) [8 + (from)-0xc0 ... 8 + (from)-0xc0 + (count)-1]
/* Eight rows: ST(0), ST(i); ST(i), ST(0); ST(i). */
#define ST0(at, name, function, value)                                                             \
	ROWS(at, 8) = {                                                                            \
		.text = name, .emit = function, .operand = { OP_ST0, OP_STI }, .arg = (value)      \
	}
#define STI(at, name, function, value)                                                             \
	ROWS(at, 8) = {                                                                            \
		.text = name, .emit = function, .operand = { OP_STI, OP_ST0 }, .arg = (value)      \
	}
#define ONE(at, name, function, value)                                                             \
	ROWS(at, 8) = { .text = name, .emit = function, .operand = { OP_STI }, .arg = (value) }
#define SINGLE(at, name, function, value)                                                          \
	ROWS(at, 1) = { .text = name, .emit = function, .arg = (value) }

#define ARITHMETIC_MEMORY(prefix, size, kind)                                                      \
	MEMORY(0, prefix "add", size, x87_emit_arithmetic_memory, 0 | (kind) << 4),                \
		MEMORY(1, prefix "mul", size, x87_emit_arithmetic_memory, 1 | (kind) << 4),        \
		MEMORY(2, prefix "com", size, x87_emit_compare_memory, 0 | (kind) << 4),           \
		MEMORY(3, prefix "comp", size, x87_emit_compare_memory, 1 | (kind) << 4),          \
		MEMORY(4, prefix "sub", size, x87_emit_arithmetic_memory, 4 | (kind) << 4),        \
		MEMORY(5, prefix "subr", size, x87_emit_arithmetic_memory, 5 | (kind) << 4),       \
		MEMORY(6, prefix "div", size, x87_emit_arithmetic_memory, 6 | (kind) << 4),        \
		MEMORY(7, prefix "divr", size, x87_emit_arithmetic_memory, 7 | (kind) << 4)

#define LOAD(reg, name, size, kind) MEMORY(reg, name, size, x87_emit_load, (kind) << 4)
#define STORE(reg, name, size, kind) MEMORY(reg, name, size, x87_emit_store, (kind) << 4)
#define STORE_POP(reg, name, size, kind) MEMORY(reg, name, size, x87_emit_store, (kind) << 4 | 1)

const struct x86_row x86_rows_x87[8][72] = {
	/* D8 */
	{
		ARITHMETIC_MEMORY("f", OP_MD, X87_M32),
		ST0(0xc0, "fadd", x87_emit_st0, 0),
		ST0(0xc8, "fmul", x87_emit_st0, 1),
		ONE(0xd0, "fcom", x87_emit_compare, 0),
		ONE(0xd8, "fcomp", x87_emit_compare, 1),
		ST0(0xe0, "fsub", x87_emit_st0, 4),
		ST0(0xe8, "fsubr", x87_emit_st0, 5),
		ST0(0xf0, "fdiv", x87_emit_st0, 6),
		ST0(0xf8, "fdivr", x87_emit_st0, 7),
	},
	/* D9 */
	{
		LOAD(0, "fld", OP_MD, X87_M32),
		STORE(2, "fst", OP_MD, X87_M32),
		STORE_POP(3, "fstp", OP_MD, X87_M32),
		MEMORY(4, "fldenv", OP_M, x87_emit_ldenv, 0),
		MEMORY(5, "fldcw", OP_MW, x87_emit_ldcw, 0),
		MEMORY(6, "fnstenv", OP_M, x87_emit_stenv, 0),
		MEMORY(7, "fnstcw", OP_MW, x87_emit_stcw, 0),
		ONE(0xc0, "fld", x87_emit_load_sti, 0),
		ONE(0xc8, "fxch", x87_emit_exchange, 0),
		SINGLE(0xd0, "fnop", x87_emit_nop, 1),
		ONE(0xd8, "fstp1", x87_emit_store_sti, 2),
		SINGLE(0xe0, "fchs", x87_emit_chs, 0),
		SINGLE(0xe1, "fabs", x87_emit_abs, 0),
		SINGLE(0xe4, "ftst", x87_emit_tst, 0),
		SINGLE(0xe5, "fxam", x87_emit_xam, 0),
		SINGLE(0xe8, "fld1", x87_emit_constant, 0),
		SINGLE(0xe9, "fldl2t", x87_emit_constant, 1),
		SINGLE(0xea, "fldl2e", x87_emit_constant, 2),
		SINGLE(0xeb, "fldpi", x87_emit_constant, 3),
		SINGLE(0xec, "fldlg2", x87_emit_constant, 4),
		SINGLE(0xed, "fldln2", x87_emit_constant, 5),
		SINGLE(0xee, "fldz", x87_emit_constant, 6),
		SINGLE(0xf0, "f2xm1", x87_emit_function, X87_F2XM1),
		SINGLE(0xf1, "fyl2x", x87_emit_function, X87_FYL2X),
		SINGLE(0xf2, "fptan", x87_emit_function, X87_FPTAN),
		SINGLE(0xf3, "fpatan", x87_emit_function, X87_FPATAN),
		SINGLE(0xf4, "fxtract", x87_emit_function, X87_FXTRACT),
		SINGLE(0xf5, "fprem1", x87_emit_function, X87_FPREM1),
		SINGLE(0xf6, "fdecstp", x87_emit_step, 7),
		SINGLE(0xf7, "fincstp", x87_emit_step, 1),
		SINGLE(0xf8, "fprem", x87_emit_function, X87_FPREM),
		SINGLE(0xf9, "fyl2xp1", x87_emit_function, X87_FYL2XP1),
		SINGLE(0xfa, "fsqrt", x87_emit_function, X87_FSQRT),
		SINGLE(0xfb, "fsincos", x87_emit_function, X87_FSINCOS),
		SINGLE(0xfc, "frndint", x87_emit_function, X87_FRNDINT),
		SINGLE(0xfd, "fscale", x87_emit_function, X87_FSCALE),
		SINGLE(0xfe, "fsin", x87_emit_function, X87_FSIN),
		SINGLE(0xff, "fcos", x87_emit_function, X87_FCOS),
	},
	/* DA */
	{
		ARITHMETIC_MEMORY("fi", OP_MD, X87_M32I),
		ST0(0xc0, "fcmovb", x87_emit_cmov, 2),
		ST0(0xc8, "fcmove", x87_emit_cmov, 4),
		ST0(0xd0, "fcmovbe", x87_emit_cmov, 6),
		ST0(0xd8, "fcmovu", x87_emit_cmov, 10),
		SINGLE(0xe9, "fucompp", x87_emit_compare, 2 | X87_QUIET),
	},
	/* DB */
	{
		LOAD(0, "fild", OP_MD, X87_M32I),
		STORE(2, "fist", OP_MD, X87_M32I),
		STORE_POP(3, "fistp", OP_MD, X87_M32I),
		LOAD(5, "fld", OP_MT, X87_M80),
		STORE_POP(7, "fstp", OP_MT, X87_M80),
		ST0(0xc0, "fcmovnb", x87_emit_cmov, 3),
		ST0(0xc8, "fcmovne", x87_emit_cmov, 5),
		ST0(0xd0, "fcmovnbe", x87_emit_cmov, 7),
		ST0(0xd8, "fcmovnu", x87_emit_cmov, 11),
		SINGLE(0xe0, "fneni(8087 only)", x87_emit_nop, 0),
		SINGLE(0xe1, "fndisi(8087 only)", x87_emit_nop, 0),
		SINGLE(0xe2, "fnclex", x87_emit_clex, 0),
		SINGLE(0xe3, "fninit", x87_emit_init, 0),
		SINGLE(0xe4, "fnsetpm(287 only)", x87_emit_nop, 0),
		ST0(0xe8, "fucomi", x87_emit_compare_flags, X87_QUIET),
		ST0(0xf0, "fcomi", x87_emit_compare_flags, 0),
	},
	/* DC */
	{
		ARITHMETIC_MEMORY("f", OP_MQ, X87_M64),
		STI(0xc0, "fadd", x87_emit_sti, 0),
		STI(0xc8, "fmul", x87_emit_sti, 1),
		ONE(0xd0, "fcom2", x87_emit_compare, 0),
		ONE(0xd8, "fcomp3", x87_emit_compare, 1),
		STI(0xe0, "fsubr", x87_emit_sti, 4),
		STI(0xe8, "fsub", x87_emit_sti, 5),
		STI(0xf0, "fdivr", x87_emit_sti, 6),
		STI(0xf8, "fdiv", x87_emit_sti, 7),
	},
	/* DD */
	{
		LOAD(0, "fld", OP_MQ, X87_M64),
		STORE(2, "fst", OP_MQ, X87_M64),
		STORE_POP(3, "fstp", OP_MQ, X87_M64),
		MEMORY(4, "frstor", OP_M, x87_emit_rstor, 0),
		MEMORY(6, "fnsave", OP_M, x87_emit_save, 0),
		MEMORY(7, "fnstsw", OP_MW, x87_emit_stsw, 0),
		ONE(0xc0, "ffree", x87_emit_free, 0),
		ONE(0xc8, "fxch4", x87_emit_exchange, 0),
		ONE(0xd0, "fst", x87_emit_store_sti, 0),
		ONE(0xd8, "fstp", x87_emit_store_sti, 1),
		ONE(0xe0, "fucom", x87_emit_compare, X87_QUIET),
		ONE(0xe8, "fucomp", x87_emit_compare, 1 | X87_QUIET),
	},
	/* DE */
	{
		ARITHMETIC_MEMORY("fi", OP_MW, X87_M16I),
		STI(0xc0, "faddp", x87_emit_sti_pop, 0),
		STI(0xc8, "fmulp", x87_emit_sti_pop, 1),
		ONE(0xd0, "fcomp5", x87_emit_compare, 1),
		SINGLE(0xd9, "fcompp", x87_emit_compare, 2),
		STI(0xe0, "fsubrp", x87_emit_sti_pop, 4),
		STI(0xe8, "fsubp", x87_emit_sti_pop, 5),
		STI(0xf0, "fdivrp", x87_emit_sti_pop, 6),
		STI(0xf8, "fdivp", x87_emit_sti_pop, 7),
	},
	/* DF */
	{
		LOAD(0, "fild", OP_MW, X87_M16I),
		STORE(2, "fist", OP_MW, X87_M16I),
		STORE_POP(3, "fistp", OP_MW, X87_M16I),
		LOAD(4, "fbld", OP_MT, X87_MBCD),
		LOAD(5, "fild", OP_MQ, X87_M64I),
		STORE_POP(6, "fbstp", OP_MT, X87_MBCD),
		STORE_POP(7, "fistp", OP_MQ, X87_M64I),
		ONE(0xc0, "ffreep", x87_emit_free, 1),
		ONE(0xc8, "fxch7", x87_emit_exchange, 0),
		ONE(0xd0, "fstp8", x87_emit_store_sti, 1),
		ONE(0xd8, "fstp9", x87_emit_store_sti, 1),
		ROWS(0xe0,
		     1) = { .text = "fnstsw", .emit = x87_emit_stsw_ax, .operand = { OP_EAX } },
		ST0(0xe8, "fucomip", x87_emit_compare_flags, 1 | X87_QUIET),
		ST0(0xf0, "fcomip", x87_emit_compare_flags, 1),
	},
};
