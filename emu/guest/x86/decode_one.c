/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One-byte opcodes (Intel SDM 2D, table A-2), and their groups (table A-6).
 */
#include "guest/x86/emit.h"

#define M ROW_MODRM
#define ML (ROW_MODRM | ROW_LOCK)
#define ROW(text, emit, how, arg, ...)                                                             \
	{                                                                                          \
		text, x86_emit_##emit, { __VA_ARGS__ }, how, arg, NULL                             \
	}
#define GROUP(table)                                                                               \
	{                                                                                          \
		NULL, NULL, { 0 }, ROW_MODRM | ROW_GROUP, 0, table                                 \
	}
#define NONE                                                                                       \
	{                                                                                          \
		NULL, NULL, { 0 }, 0, 0, NULL                                                      \
	}

/* clang-format off */
#define ALU_GROUP(lock, ...) {                                                                \
	ROW("add", alu, lock, ALU_ADD, __VA_ARGS__), ROW("or", alu, lock, ALU_OR, __VA_ARGS__),   \
	ROW("adc", alu, lock, ALU_ADC, __VA_ARGS__), ROW("sbb", alu, lock, ALU_SBB, __VA_ARGS__), \
	ROW("and", alu, lock, ALU_AND, __VA_ARGS__), ROW("sub", alu, lock, ALU_SUB, __VA_ARGS__), \
	ROW("xor", alu, lock, ALU_XOR, __VA_ARGS__), ROW("cmp", alu, M, ALU_CMP, __VA_ARGS__) }
#define SHIFT_GROUP(...) {                                                                    \
	ROW("rol", shift, M, SHIFT_ROL, __VA_ARGS__), ROW("ror", shift, M, SHIFT_ROR, __VA_ARGS__),\
	ROW("rcl", shift, M, SHIFT_RCL, __VA_ARGS__), ROW("rcr", shift, M, SHIFT_RCR, __VA_ARGS__),\
	ROW("shl", shift, M, SHIFT_SHL, __VA_ARGS__), ROW("shr", shift, M, SHIFT_SHR, __VA_ARGS__),\
	ROW("shl", shift, M, SHIFT_SHL, __VA_ARGS__), ROW("sar", shift, M, SHIFT_SAR, __VA_ARGS__) }
#define UNARY_GROUP(e, i) {                                                                   \
	ROW("test", test, M, 0, e, i), ROW("test", test, M, 0, e, i),                         \
	ROW("not", not, ML, 0, e), ROW("neg", neg, ML, 0, e),                                 \
	ROW("mul", mul, M, 0, e), ROW("imul", mul, M, 1, e),                                  \
	ROW("div", div, M, 0, e), ROW("idiv", div, M, 1, e) }
/* The six forms in a row of eight; then come the segment register's or prefix and BCD. */
#define ALU_SIX(base, name, lock, operation)                                                  \
	[base] = ROW(name, alu, lock, operation, OP_EB, OP_GB),                               \
	[base + 1] = ROW(name, alu, lock, operation, OP_EV, OP_GV),                           \
	[base + 2] = ROW(name, alu, M, operation, OP_GB, OP_EB),                              \
	[base + 3] = ROW(name, alu, M, operation, OP_GV, OP_EV),                              \
	[base + 4] = ROW(name, alu, 0, operation, OP_AL, OP_IB),                              \
	[base + 5] = ROW(name, alu, 0, operation, OP_EAX, OP_IV)
#define FOUR(base, ...)                                                                       \
	[base] = ROW(__VA_ARGS__), [base + 1] = ROW(__VA_ARGS__), [base + 2] = ROW(__VA_ARGS__),  \
	[base + 3] = ROW(__VA_ARGS__)
#define EIGHT(base, ...) FOUR(base, __VA_ARGS__), FOUR(base + 4, __VA_ARGS__)

static const struct x86_row rows_80[8] = ALU_GROUP(ML, OP_EB, OP_IB);
static const struct x86_row rows_81[8] = ALU_GROUP(ML, OP_EV, OP_IV);
static const struct x86_row rows_83[8] = ALU_GROUP(ML, OP_EV, OP_IBS);
static const struct x86_row rows_8f[8] = { ROW("pop", pop, M, 0, OP_EV) };
static const struct x86_row rows_c0[8] = SHIFT_GROUP(OP_EB, OP_IB);
static const struct x86_row rows_c1[8] = SHIFT_GROUP(OP_EV, OP_IB);
static const struct x86_row rows_d0[8] = SHIFT_GROUP(OP_EB, OP_1);
static const struct x86_row rows_d1[8] = SHIFT_GROUP(OP_EV, OP_1);
static const struct x86_row rows_d2[8] = SHIFT_GROUP(OP_EB, OP_CL);
static const struct x86_row rows_d3[8] = SHIFT_GROUP(OP_EV, OP_CL);
static const struct x86_row rows_c6[8] = { ROW("mov", mov, M, 0, OP_EB, OP_IB) };
static const struct x86_row rows_c7[8] = { ROW("mov", mov, M, 0, OP_EV, OP_IV) };
static const struct x86_row rows_f6[8] = UNARY_GROUP(OP_EB, OP_IB);
static const struct x86_row rows_f7[8] = UNARY_GROUP(OP_EV, OP_IV);
static const struct x86_row rows_fe[8] = {
	ROW("inc", inc, ML, 0, OP_EB),
	ROW("dec", inc, ML, 1, OP_EB),
};
static const struct x86_row rows_ff[8] = {
	ROW("inc", inc, ML, 0, OP_EV),
	ROW("dec", inc, ML, 1, OP_EV),
	ROW("call", call_indirect, M, 0, OP_EV),
	ROW("call", far, M, 1, OP_MP),
	ROW("jmp", jmp_indirect, M, 0, OP_EV),
	ROW("jmp", far, M, 0, OP_MP),
	ROW("push", push, M, 0, OP_EV),
};
static const struct x86_row rows_90[4] = {
	ROW("nop", nop, 0, 0), ROW("xchg", nop, 0, 0, OP_ZV, OP_EAX),
	ROW("pause", nop, 0, 0), ROW("nop", nop, 0, 0),
};

#define JCC(code, name) [0x70 + code] = ROW("j" name, jcc, 0, code, OP_JB)
#define STRING(base, name, operation, x, y, xv, yv)                                           \
	[base] = ROW(name, string, 0, operation | 16, x, y),                                  \
	[base + 1] = ROW(name, string, 0, operation, xv, yv)
#define X87(code) [0xd8 + code] = { NULL, NULL, { 0 }, ROW_MODRM | ROW_X87, 0,                \
				    x86_rows_x87[code] }

const struct x86_row x86_rows_one[256] = {
	ALU_SIX(0x00, "add", ML, ALU_ADD),
	[0x06] = ROW("push", push_segment, 0, 0, OP_ES),
	[0x07] = ROW("pop", pop_segment, 0, 0, OP_ES),
	ALU_SIX(0x08, "or", ML, ALU_OR),
	[0x0e] = ROW("push", push_segment, 0, 0, OP_CS),
	ALU_SIX(0x10, "adc", ML, ALU_ADC),
	[0x16] = ROW("push", push_segment, 0, 0, OP_SS),
	[0x17] = ROW("pop", pop_segment, 0, 0, OP_SS),
	ALU_SIX(0x18, "sbb", ML, ALU_SBB),
	[0x1e] = ROW("push", push_segment, 0, 0, OP_DS),
	[0x1f] = ROW("pop", pop_segment, 0, 0, OP_DS),
	ALU_SIX(0x20, "and", ML, ALU_AND),
	[0x27] = ROW("daa", bcd, 0, BCD_DAA),
	ALU_SIX(0x28, "sub", ML, ALU_SUB),
	[0x2f] = ROW("das", bcd, 0, BCD_DAS),
	ALU_SIX(0x30, "xor", ML, ALU_XOR),
	[0x37] = ROW("aaa", bcd, 0, BCD_AAA),
	ALU_SIX(0x38, "cmp", M, ALU_CMP),
	[0x3f] = ROW("aas", bcd, 0, BCD_AAS),
	EIGHT(0x40, "inc", inc, 0, 0, OP_ZV),
	EIGHT(0x48, "dec", inc, 0, 1, OP_ZV),
	EIGHT(0x50, "push", push, 0, 0, OP_ZV),
	EIGHT(0x58, "pop", pop, 0, 0, OP_ZV),
	[0x60] = ROW("pushaw|pusha|pushad", pusha, ROW_BY_SIZE, 0),
	[0x61] = ROW("popaw|popa|popad", popa, ROW_BY_SIZE, 0),
	[0x62] = ROW("bound", bound, M, 0, OP_GV, OP_MP),
	[0x63] = ROW("arpl", arpl, M, 0, OP_EW, OP_GW),
	[0x68] = ROW("push", push, 0, 0, OP_IV),
	[0x69] = ROW("imul", imul, M, 0, OP_GV, OP_EV, OP_IV),
	[0x6a] = ROW("push", push, 0, 0, OP_IBS),
	[0x6b] = ROW("imul", imul, M, 0, OP_GV, OP_EV, OP_IBS),
	STRING(0x6c, "ins", STRING_INS, OP_YB, OP_DX, OP_YV, OP_DX),
	STRING(0x6e, "outs", STRING_OUTS, OP_DX, OP_XB, OP_DX, OP_XV),
	JCC(0, "o"), JCC(1, "no"), JCC(2, "b"), JCC(3, "ae"),
	JCC(4, "e"), JCC(5, "ne"), JCC(6, "be"), JCC(7, "a"),
	JCC(8, "s"), JCC(9, "ns"), JCC(10, "p"), JCC(11, "np"),
	JCC(12, "l"), JCC(13, "ge"), JCC(14, "le"), JCC(15, "g"),
	[0x80] = GROUP(rows_80),
	[0x81] = GROUP(rows_81),
	[0x82] = GROUP(rows_80),
	[0x83] = GROUP(rows_83),
	[0x84] = ROW("test", test, M, 0, OP_EB, OP_GB),
	[0x85] = ROW("test", test, M, 0, OP_EV, OP_GV),
	[0x86] = ROW("xchg", xchg, ML, 0, OP_EB, OP_GB),
	[0x87] = ROW("xchg", xchg, ML, 0, OP_EV, OP_GV),
	[0x88] = ROW("mov", mov, M, 0, OP_EB, OP_GB),
	[0x89] = ROW("mov", mov, M, 0, OP_EV, OP_GV),
	[0x8a] = ROW("mov", mov, M, 0, OP_GB, OP_EB),
	[0x8b] = ROW("mov", mov, M, 0, OP_GV, OP_EV),
	[0x8c] = ROW("mov", mov_from_segment, M, 0, OP_EV, OP_SW),
	[0x8d] = ROW("lea", lea, M, 0, OP_GV, OP_M),
	[0x8e] = ROW("mov", mov_to_segment, M, 0, OP_SW, OP_EW),
	[0x8f] = GROUP(rows_8f),
	[0x90] = { NULL, NULL, { 0 }, ROW_PREFIX, 0, rows_90 },
	[0x91] = ROW("xchg", xchg_eax, 0, 0, OP_ZV, OP_EAX),
	[0x92] = ROW("xchg", xchg_eax, 0, 0, OP_ZV, OP_EAX),
	[0x93] = ROW("xchg", xchg_eax, 0, 0, OP_ZV, OP_EAX),
	[0x94] = ROW("xchg", xchg_eax, 0, 0, OP_ZV, OP_EAX),
	[0x95] = ROW("xchg", xchg_eax, 0, 0, OP_ZV, OP_EAX),
	[0x96] = ROW("xchg", xchg_eax, 0, 0, OP_ZV, OP_EAX),
	[0x97] = ROW("xchg", xchg_eax, 0, 0, OP_ZV, OP_EAX),
	[0x98] = ROW("cbw|cwde", cbw, ROW_BY_SIZE, 0),
	[0x99] = ROW("cwd|cdq", cwd, ROW_BY_SIZE, 0),
	[0x9a] = ROW("call", far, 0, 1, OP_AP),
	[0x9b] = ROW("fwait", fwait, 0, 0),
	[0x9c] = ROW("pushfw|pushf|pushfd", pushf, ROW_BY_SIZE, 0),
	[0x9d] = ROW("popfw|popf|popfd", popf, ROW_BY_SIZE, 0),
	[0x9e] = ROW("sahf", sahf, 0, 0),
	[0x9f] = ROW("lahf", lahf, 0, 0),
	[0xa0] = ROW("mov", mov, 0, 0, OP_AL, OP_OB),
	[0xa1] = ROW("mov", mov, 0, 0, OP_EAX, OP_OV),
	[0xa2] = ROW("mov", mov, 0, 0, OP_OB, OP_AL),
	[0xa3] = ROW("mov", mov, 0, 0, OP_OV, OP_EAX),
	STRING(0xa4, "movs", STRING_MOVS, OP_YB, OP_XB, OP_YV, OP_XV),
	STRING(0xa6, "cmps", STRING_CMPS, OP_XB, OP_YB, OP_XV, OP_YV),
	[0xa8] = ROW("test", test, 0, 0, OP_AL, OP_IB),
	[0xa9] = ROW("test", test, 0, 0, OP_EAX, OP_IV),
	STRING(0xaa, "stos", STRING_STOS, OP_YB, OP_AL, OP_YV, OP_EAX),
	STRING(0xac, "lods", STRING_LODS, OP_AL, OP_XB, OP_EAX, OP_XV),
	STRING(0xae, "scas", STRING_SCAS, OP_AL, OP_YB, OP_EAX, OP_YV),
	EIGHT(0xb0, "mov", mov, 0, 0, OP_ZB, OP_IB),
	EIGHT(0xb8, "mov", mov, 0, 0, OP_ZV, OP_IV),
	[0xc0] = GROUP(rows_c0),
	[0xc1] = GROUP(rows_c1),
	[0xc2] = ROW("ret", ret, 0, 0, OP_IW),
	[0xc3] = ROW("ret", ret, 0, 0),
	[0xc4] = ROW("les", load_far, M, X86_ES, OP_GV, OP_MP),
	[0xc5] = ROW("lds", load_far, M, X86_DS, OP_GV, OP_MP),
	[0xc6] = GROUP(rows_c6),
	[0xc7] = GROUP(rows_c7),
	[0xc8] = ROW("enter", enter, 0, 0, OP_IW, OP_IB),
	[0xc9] = ROW("leave", leave, 0, 0),
	[0xca] = ROW("retf", far_ret, 0, 0, OP_IW),
	[0xcb] = ROW("retf", far_ret, 0, 0),
	[0xcc] = ROW("int3", int, 0, 3),
	[0xcd] = ROW("int", int, 0, 0, OP_IB),
	[0xce] = ROW("into", int, 0, 4),
	[0xcf] = ROW("iretw|iret|iretd", iret, ROW_BY_SIZE, 0),
	[0xd0] = GROUP(rows_d0),
	[0xd1] = GROUP(rows_d1),
	[0xd2] = GROUP(rows_d2),
	[0xd3] = GROUP(rows_d3),
	[0xd4] = ROW("aam", aam, 0, 0, OP_IB),
	[0xd5] = ROW("aad", aad, 0, 0, OP_IB),
	[0xd6] = ROW("salc", salc, 0, 0),
	[0xd7] = ROW("xlat", xlat, 0, 0),
	X87(0), X87(1), X87(2), X87(3), X87(4), X87(5), X87(6), X87(7),
	[0xe0] = ROW("loopne", loop, 0, 0, OP_JB),
	[0xe1] = ROW("loope", loop, 0, 1, OP_JB),
	[0xe2] = ROW("loop", loop, 0, 2, OP_JB),
	[0xe3] = ROW("jcxz", loop, 0, 3, OP_JB),
	[0xe4] = ROW("in", in, 0, 0, OP_AL, OP_IB),
	[0xe5] = ROW("in", in, 0, 0, OP_EAX, OP_IB),
	[0xe6] = ROW("out", out, 0, 0, OP_IB, OP_AL),
	[0xe7] = ROW("out", out, 0, 0, OP_IB, OP_EAX),
	[0xe8] = ROW("call", call, 0, 0, OP_JV),
	[0xe9] = ROW("jmp", jmp, 0, 0, OP_JV),
	[0xea] = ROW("jmp", far, 0, 0, OP_AP),
	[0xeb] = ROW("jmp", jmp, 0, 0, OP_JB),
	[0xec] = ROW("in", in, 0, 0, OP_AL, OP_DX),
	[0xed] = ROW("in", in, 0, 0, OP_EAX, OP_DX),
	[0xee] = ROW("out", out, 0, 0, OP_DX, OP_AL),
	[0xef] = ROW("out", out, 0, 0, OP_DX, OP_EAX),
	[0xf1] = ROW("int1", int, 0, 1),
	[0xf4] = ROW("hlt", hlt, 0, 0),
	[0xf5] = ROW("cmc", carry, 0, 2),
	[0xf6] = GROUP(rows_f6),
	[0xf7] = GROUP(rows_f7),
	[0xf8] = ROW("clc", carry, 0, 0),
	[0xf9] = ROW("stc", carry, 0, 1),
	[0xfa] = ROW("cli", cli, 0, 0),
	[0xfb] = ROW("sti", sti, 0, 0),
	[0xfc] = ROW("cld", direction, 0, 0),
	[0xfd] = ROW("std", direction, 0, 1),
	[0xfe] = GROUP(rows_fe),
	[0xff] = GROUP(rows_ff),
};
/* clang-format on */
