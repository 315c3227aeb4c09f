/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Two-byte opcodes but MMX and SSE (Intel SDM 2D, tables ).
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
#define HINT ROW("nop", touch_nothing, M, 0, OP_EV)
#define EIGHT(base, ...)                                                                           \
	[base] = ROW(__VA_ARGS__), [base + 1] = ROW(__VA_ARGS__), [base + 2] = ROW(__VA_ARGS__),   \
	[base + 3] = ROW(__VA_ARGS__), [base + 4] = ROW(__VA_ARGS__),                              \
	[base + 5] = ROW(__VA_ARGS__), [base + 6] = ROW(__VA_ARGS__),                              \
	[base + 7] = ROW(__VA_ARGS__)
#define CONDITIONS(base, prefix, emit, how, ...)                                                   \
	[base] = ROW(prefix "o", emit, how, 0, __VA_ARGS__),                                       \
	[base + 1] = ROW(prefix "no", emit, how, 1, __VA_ARGS__),                                  \
	[base + 2] = ROW(prefix "b", emit, how, 2, __VA_ARGS__),                                   \
	[base + 3] = ROW(prefix "ae", emit, how, 3, __VA_ARGS__),                                  \
	[base + 4] = ROW(prefix "e", emit, how, 4, __VA_ARGS__),                                   \
	[base + 5] = ROW(prefix "ne", emit, how, 5, __VA_ARGS__),                                  \
	[base + 6] = ROW(prefix "be", emit, how, 6, __VA_ARGS__),                                  \
	[base + 7] = ROW(prefix "a", emit, how, 7, __VA_ARGS__),                                   \
	[base + 8] = ROW(prefix "s", emit, how, 8, __VA_ARGS__),                                   \
	[base + 9] = ROW(prefix "ns", emit, how, 9, __VA_ARGS__),                                  \
	[base + 10] = ROW(prefix "p", emit, how, 10, __VA_ARGS__),                                 \
	[base + 11] = ROW(prefix "np", emit, how, 11, __VA_ARGS__),                                \
	[base + 12] = ROW(prefix "l", emit, how, 12, __VA_ARGS__),                                 \
	[base + 13] = ROW(prefix "ge", emit, how, 13, __VA_ARGS__),                                \
	[base + 14] = ROW(prefix "le", emit, how, 14, __VA_ARGS__),                                \
	[base + 15] = ROW(prefix "g", emit, how, 15, __VA_ARGS__)

/* clang-format off */
static const struct x86_row rows_0f_00[8] = {
	ROW("sldt", descriptor, M, DESCRIPTOR_SLDT, OP_EV),
	ROW("str", descriptor, M, DESCRIPTOR_STR, OP_EV),
	ROW("lldt", descriptor, M, DESCRIPTOR_LLDT, OP_EW),
	ROW("ltr", descriptor, M, DESCRIPTOR_LTR, OP_EW),
	ROW("verr", descriptor, M, DESCRIPTOR_VERR, OP_EW),
	ROW("verw", descriptor, M, DESCRIPTOR_VERW, OP_EW),
};
static const struct x86_row rows_0f_01[8] = {
	ROW("sgdt", sgdt, M, 0, OP_M),
	ROW("sidt", sgdt, M, 1, OP_M),
	ROW("lgdt", lgdt, M, 0, OP_M),
	ROW("lidt", lgdt, M, 1, OP_M),
	ROW("smsw", smsw, M, 0, OP_EV),
	{ 0 },
	ROW("lmsw", lmsw, M, 0, OP_EW),
	ROW("invlpg", invlpg, M, 0, OP_M),
};
static const struct x86_row rows_0f_18[8] = {
	ROW("prefetchnta", touch_nothing, M, 0, OP_EB),
	ROW("prefetcht0", touch_nothing, M, 0, OP_EB),
	ROW("prefetcht1", touch_nothing, M, 0, OP_EB),
	ROW("prefetcht2", touch_nothing, M, 0, OP_EB),
	ROW("nop", touch_nothing, M, 0, OP_EV),
	ROW("nop", touch_nothing, M, 0, OP_EV),
	ROW("nop", touch_nothing, M, 0, OP_EV),
	ROW("nop", touch_nothing, M, 0, OP_EV),
};
static const struct x86_row rows_0f_ba[8] = {
	{ 0 }, { 0 }, { 0 }, { 0 },
	ROW("bt", bt, M, BIT_TEST, OP_EV, OP_IB),
	ROW("bts", bt, ML, BIT_SET, OP_EV, OP_IB),
	ROW("btr", bt, ML, BIT_RESET, OP_EV, OP_IB),
	ROW("btc", bt, ML, BIT_COMPLEMENT, OP_EV, OP_IB),
};
static const struct x86_row rows_0f_c7[8] = {
	{ 0 }, ROW("cmpxchg8b", cmpxchg8b, ML, 0, OP_MQ),
};

const struct x86_row x86_rows_0f[256] = {
	[0x00] = GROUP(rows_0f_00),
	[0x01] = GROUP(rows_0f_01),
	[0x02] = ROW("lar", lar, M, 0, OP_GV, OP_EW),
	[0x03] = ROW("lsl", lar, M, 1, OP_GV, OP_EW),
	[0x06] = ROW("clts", clts, 0, 0),
	[0x08] = ROW("invd", wbinvd, 0, 0),
	[0x09] = ROW("wbinvd", wbinvd, 0, 0),
	[0x0b] = ROW("ud2", undefined, 0, 0),
	[0x18] = GROUP(rows_0f_18),
	[0x19] = HINT, [0x1a] = HINT, [0x1b] = HINT, [0x1c] = HINT, [0x1d] = HINT,
	[0x1e] = HINT, [0x1f] = HINT,
	[0x20] = ROW("mov", mov_from_control, M, 0, OP_RD, OP_CR),
	[0x21] = ROW("mov", mov_from_control, M, 1, OP_RD, OP_DR),
	[0x22] = ROW("mov", mov_to_control, M, 0, OP_CR, OP_RD),
	[0x23] = ROW("mov", mov_to_control, M, 1, OP_DR, OP_RD),
	[0x30] = ROW("wrmsr", model, 0, MODEL_WRMSR),
	[0x31] = ROW("rdtsc", model, 0, MODEL_RDTSC),
	[0x32] = ROW("rdmsr", model, 0, MODEL_RDMSR),
	[0x33] = ROW("rdpmc", model, 0, MODEL_RDPMC),
	[0x34] = ROW("sysenter", sysenter, 0, 0),
	[0x35] = ROW("sysexit", sysenter, 0, 1),
	CONDITIONS(0x40, "cmov", cmov, M, OP_GV, OP_EV),
	CONDITIONS(0x80, "j", jcc, 0, OP_JV),
	CONDITIONS(0x90, "set", setcc, M, OP_EB),
	[0xa0] = ROW("push", push_segment, 0, 0, OP_FS),
	[0xa1] = ROW("pop", pop_segment, 0, 0, OP_FS),
	[0xa2] = ROW("cpuid", model, 0, MODEL_CPUID),
	[0xa3] = ROW("bt", bt, M, BIT_TEST, OP_EV, OP_GV),
	[0xa4] = ROW("shld", double, M, 0, OP_EV, OP_GV, OP_IB),
	[0xa5] = ROW("shld", double, M, 0, OP_EV, OP_GV, OP_CL),
	[0xa8] = ROW("push", push_segment, 0, 0, OP_GS),
	[0xa9] = ROW("pop", pop_segment, 0, 0, OP_GS),
	[0xab] = ROW("bts", bt, ML, BIT_SET, OP_EV, OP_GV),
	[0xac] = ROW("shrd", double, M, 1, OP_EV, OP_GV, OP_IB),
	[0xad] = ROW("shrd", double, M, 1, OP_EV, OP_GV, OP_CL),
	[0xaf] = ROW("imul", imul, M, 0, OP_GV, OP_EV),
	[0xb0] = ROW("cmpxchg", cmpxchg, ML, 0, OP_EB, OP_GB),
	[0xb1] = ROW("cmpxchg", cmpxchg, ML, 0, OP_EV, OP_GV),
	[0xb2] = ROW("lss", load_far, M, X86_SS, OP_GV, OP_MP),
	[0xb3] = ROW("btr", bt, ML, BIT_RESET, OP_EV, OP_GV),
	[0xb4] = ROW("lfs", load_far, M, X86_FS, OP_GV, OP_MP),
	[0xb5] = ROW("lgs", load_far, M, X86_GS, OP_GV, OP_MP),
	[0xb6] = ROW("movzx", extend, M, 2, OP_GV, OP_EB),
	[0xb7] = ROW("movzx", extend, M, 4, OP_GV, OP_EW),
	[0xb9] = ROW("ud1", undefined, M, 0, OP_GV, OP_EV),
	[0xba] = GROUP(rows_0f_ba),
	[0xbb] = ROW("btc", bt, ML, BIT_COMPLEMENT, OP_EV, OP_GV),
	[0xbc] = ROW("bsf", bsf, M, 0, OP_GV, OP_EV),
	[0xbd] = ROW("bsr", bsf, M, 1, OP_GV, OP_EV),
	[0xbe] = ROW("movsx", extend, M, 2 | EXTEND_SIGNED, OP_GV, OP_EB),
	[0xbf] = ROW("movsx", extend, M, 4 | EXTEND_SIGNED, OP_GV, OP_EW),
	[0xc0] = ROW("xadd", xadd, ML, 0, OP_EB, OP_GB),
	[0xc1] = ROW("xadd", xadd, ML, 0, OP_EV, OP_GV),
	[0xc7] = GROUP(rows_0f_c7),
	EIGHT(0xc8, "bswap", bswap, 0, 0, OP_ZV),
	[0xff] = ROW("ud0", undefined, M, 0, OP_GV, OP_EV),
};
/* clang-format on */
