/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The 32-bit Thumb instructions' patterns: ARM DDI 0406C, A6.3, first half-word left.
 * Coprocessors 10 and 11 and Advanced SIMD are one row each here.  Not here: ThumbEE
 * (ENTERX, LEAVEX), banked MRS and MSR, ERET.
 */
#include "guest/arm/emit.h"

#include "guest/arm/simd_help.h"

/* Data processing: with a shifted register (A6.3.11), with an immediate (A6.3.1). */
#define T32_ALU(o4, operation, text)                                                               \
	ARM_ROW("1110 101" o4 "s nnnn -iii dddd iitt mmmm", arm_emit_alu_shift, operation,         \
		ROW_SELECT, 0, text " %d, %n, %m%H"),                                              \
		ARM_ROW("1111 0i0" o4 "s nnnn 0iii dddd iiii iiii", arm_emit_alu_immediate,        \
			operation, ROW_SELECT, IMM_T32, text " %d, %n, #%i")
#define T32_COMPARE(o4, operation, text)                                                           \
	ARM_ROW("1110 101" o4 "1 nnnn -iii 1111 iitt mmmm", arm_emit_alu_shift, operation, 0, 0,   \
		text " %n, %m%H"),                                                                 \
		ARM_ROW("1111 0i0" o4 "1 nnnn 0iii 1111 iiii iiii", arm_emit_alu_immediate,        \
			operation, 0, IMM_T32, text " %n, #%i")
#define T32_MOVE(o4, operation, text)                                                              \
	ARM_ROW("1110 101" o4 "s 1111 -iii dddd iitt mmmm", arm_emit_alu_shift, operation,         \
		ROW_SELECT, 0, text " %d, %m%H"),                                                  \
		ARM_ROW("1111 0i0" o4 "s 1111 0iii dddd iiii iiii", arm_emit_alu_immediate,        \
			operation, ROW_SELECT, IMM_T32, text " %d, #%i")

/* A6.3.7 to A6.3.10: stores, with 12-bit and 8-bit immediates and with a register. */
#define T32_STORE(o2, size, text)                                                                  \
	ARM_ROW("1111 1000 -" o2 "0 1111 ---- ---- ---- ----", NULL, 0, 0, 0, NULL),               \
		ARM_ROW("1111 1000 1" o2 "0 nnnn dddd iiii iiii iiii", arm_emit_store,             \
			(size) | MEM_OFFSET, ROW_MEMORY, 0, text "%c %d, %A"),                     \
		ARM_ROW("1111 1000 0" o2 "0 nnnn dddd 1110 iiii iiii", arm_emit_store,             \
			(size) | MEM_OFFSET | MEM_USER, ROW_MEMORY, 0, text "t%c %d, %A"),         \
		ARM_ROW("1111 1000 0" o2 "0 nnnn dddd 11u0 iiii iiii", arm_emit_store,             \
			(size) | MEM_P, ROW_MEMORY, 0, text "%c %d, %A"),                          \
		ARM_ROW("1111 1000 0" o2 "0 nnnn dddd 1pu1 iiii iiii", arm_emit_store,             \
			(size) | MEM_W, ROW_MEMORY, 0, text "%c %d, %A"),                          \
		ARM_ROW("1111 1000 0" o2 "0 nnnn dddd 0000 00ii mmmm", arm_emit_store,             \
			(size) | MEM_OFFSET | MEM_REGISTER, ROW_MEMORY, 0, text "%c %d, %R")
#define T32_LOAD(s, o2, argument, text)                                                            \
	ARM_ROW("1111 100" s " u" o2 "1 1111 dddd iiii iiii iiii", arm_emit_load,                  \
		(argument) | MEM_P | MEM_PC, ROW_MEMORY, 0, text "%c %d, %A"),                     \
		ARM_ROW("1111 100" s " 1" o2 "1 nnnn dddd iiii iiii iiii", arm_emit_load,          \
			(argument) | MEM_OFFSET, ROW_MEMORY, 0, text "%c %d, %A"),                 \
		ARM_ROW("1111 100" s " 0" o2 "1 nnnn dddd 1110 iiii iiii", arm_emit_load,          \
			(argument) | MEM_OFFSET | MEM_USER, ROW_MEMORY, 0, text "t%c %d, %A"),     \
		ARM_ROW("1111 100" s " 0" o2 "1 nnnn dddd 11u0 iiii iiii", arm_emit_load,          \
			(argument) | MEM_P, ROW_MEMORY, 0, text "%c %d, %A"),                      \
		ARM_ROW("1111 100" s " 0" o2 "1 nnnn dddd 1pu1 iiii iiii", arm_emit_load,          \
			(argument) | MEM_W, ROW_MEMORY, 0, text "%c %d, %A"),                      \
		ARM_ROW("1111 100" s " 0" o2 "1 nnnn dddd 0000 00ii mmmm", arm_emit_load,          \
			(argument) | MEM_OFFSET | MEM_REGISTER, ROW_MEMORY, 0, text "%c %d, %R")
/* Preloads, and hints that are none: the loads of bytes and half-words to r15. */
#define T32_PRELOAD(s, o2, text)                                                                   \
	ARM_ROW("1111 100" s " u" o2 "1 1111 1111 iiii iiii iiii", arm_emit_nop, MEM_P | MEM_PC,   \
		0, 0, text "%c %A"),                                                               \
		ARM_ROW("1111 100" s " 1" o2 "1 nnnn 1111 iiii iiii iiii", arm_emit_nop,           \
			MEM_OFFSET, 0, 0, text "%c %A"),                                           \
		ARM_ROW("1111 100" s " 0" o2 "1 nnnn 1111 1100 iiii iiii", arm_emit_nop, MEM_P, 0, \
			0, text "%c %A"),                                                          \
		ARM_ROW("1111 100" s " 0" o2 "1 nnnn 1111 0000 00ii mmmm", arm_emit_nop,           \
			MEM_OFFSET | MEM_REGISTER, 0, 0, text "%c %R")

#define T32_EXTEND(o3, argument, text)                                                             \
	ARM_ROW("1111 1010 0" o3 " nnnn 1111 dddd 1-ii mmmm", arm_emit_extend, argument,           \
		ROW_SELECT, IMM_X8, text "%c %d, %n, %m%Q")

/* A6.3.14 and A6.3.15. */
#define T32_PARALLEL(o3, operation, text)                                                          \
	ARM_ROW("1111 1010 1" o3 " nnnn 1111 dddd 0000 mmmm", arm_emit_parallel,                   \
		operation | SIMD_S << 4, ROW_SELECT, 0, "s" text "%c %d, %n, %m"),                 \
		ARM_ROW("1111 1010 1" o3 " nnnn 1111 dddd 0001 mmmm", arm_emit_parallel,           \
			operation | SIMD_Q << 4, ROW_SELECT, 0, "q" text "%c %d, %n, %m"),         \
		ARM_ROW("1111 1010 1" o3 " nnnn 1111 dddd 0010 mmmm", arm_emit_parallel,           \
			operation | SIMD_SH << 4, ROW_SELECT, 0, "sh" text "%c %d, %n, %m"),       \
		ARM_ROW("1111 1010 1" o3 " nnnn 1111 dddd 0100 mmmm", arm_emit_parallel,           \
			operation | SIMD_U << 4, ROW_SELECT, 0, "u" text "%c %d, %n, %m"),         \
		ARM_ROW("1111 1010 1" o3 " nnnn 1111 dddd 0101 mmmm", arm_emit_parallel,           \
			operation | SIMD_UQ << 4, ROW_SELECT, 0, "uq" text "%c %d, %n, %m"),       \
		ARM_ROW("1111 1010 1" o3 " nnnn 1111 dddd 0110 mmmm", arm_emit_parallel,           \
			operation | SIMD_UH << 4, ROW_SELECT, 0, "uh" text "%c %d, %n, %m")

static const struct arm_row t32_rows[] = {
	/* Several registers, A6.3.5. */
	{ "1110 1000 00w0 1101 1100 0000 000m mmmm", arm_emit_srs, MULTI_DB, 0, 0,
	  "srsdb%c sp%W, #%O" },
	{ "1110 1001 10w0 1101 1100 0000 000m mmmm", arm_emit_srs, MULTI_IA, 0, 0,
	  "srsia%c sp%W, #%O" },
	{ "1110 1000 00w1 nnnn 1100 0000 0000 0000", arm_emit_rfe, MULTI_DB, 0, 0, "rfedb%c %n%W" },
	{ "1110 1001 10w1 nnnn 1100 0000 0000 0000", arm_emit_rfe, MULTI_IA, 0, 0, "rfeia%c %n%W" },
	{ "1110 1000 10w0 nnnn rrrr rrrr rrrr rrrr", arm_emit_multi, MULTI_IA, 0, 0,
	  "stmia%c %n%W, %L" },
	{ "1110 1000 10w1 nnnn rrrr rrrr rrrr rrrr", arm_emit_multi, MULTI_IA | MULTI_LOAD, 0, 0,
	  "ldmia%c %n%W, %L" },
	{ "1110 1001 00w0 nnnn rrrr rrrr rrrr rrrr", arm_emit_multi, MULTI_DB, 0, 0,
	  "stmdb%c %n%W, %L" },
	{ "1110 1001 00w1 nnnn rrrr rrrr rrrr rrrr", arm_emit_multi, MULTI_DB | MULTI_LOAD, 0, 0,
	  "ldmdb%c %n%W, %L" },

	/* Two registers, exclusive, table branches, A6.3.6. */
	{ "1110 1000 0100 nnnn mmmm dddd iiii iiii", arm_emit_strex, 2, 0, IMM_X4,
	  "strex%c %d, %m, [%n, #%i]" },
	{ "1110 1000 0101 nnnn dddd ---- iiii iiii", arm_emit_ldrex, 2, 0, IMM_X4,
	  "ldrex%c %d, [%n, #%i]" },
	{ "1110 1000 1100 nnnn mmmm ---- 0100 dddd", arm_emit_strex, 0, 0, 0,
	  "strexb%c %d, %m, [%n]" },
	{ "1110 1000 1100 nnnn mmmm ---- 0101 dddd", arm_emit_strex, 1, 0, 0,
	  "strexh%c %d, %m, [%n]" },
	{ "1110 1000 1100 nnnn mmmm aaaa 0111 dddd", arm_emit_strex, 3, 0, 0,
	  "strexd%c %d, %m, %a, [%n]" },
	{ "1110 1000 1101 nnnn ---- ---- 0000 mmmm", arm_emit_tb, 0, 0, 0, "tbb%c [%n, %m]" },
	{ "1110 1000 1101 nnnn ---- ---- 0001 mmmm", arm_emit_tb, 1, 0, 0,
	  "tbh%c [%n, %m, lsl #1]" },
	{ "1110 1000 1101 nnnn dddd ---- 0100 ----", arm_emit_ldrex, 0, 0, 0, "ldrexb%c %d, [%n]" },
	{ "1110 1000 1101 nnnn dddd ---- 0101 ----", arm_emit_ldrex, 1, 0, 0, "ldrexh%c %d, [%n]" },
	{ "1110 1000 1101 nnnn dddd aaaa 0111 ----", arm_emit_ldrex, 3, 0, 0,
	  "ldrexd%c %d, %a, [%n]" },
	{ "1110 1001 u1w0 nnnn dddd aaaa iiii iiii", arm_emit_dual, MEM_P | MEM_STORE, 0, IMM_X4,
	  "strd%c %d, %a, %A" },
	{ "1110 1000 u110 nnnn dddd aaaa iiii iiii", arm_emit_dual, MEM_W | MEM_STORE, 0, IMM_X4,
	  "strd%c %d, %a, %A" },
	{ "1110 1001 u1w1 nnnn dddd aaaa iiii iiii", arm_emit_dual, MEM_P, 0, IMM_X4,
	  "ldrd%c %d, %a, %A" },
	{ "1110 1000 u111 nnnn dddd aaaa iiii iiii", arm_emit_dual, MEM_W, 0, IMM_X4,
	  "ldrd%c %d, %a, %A" },

	/* Data processing. */
	{ "1110 1010 1100 nnnn -iii dddd iit0 mmmm", arm_emit_pkh, 0, ROW_SELECT, 0,
	  "pkh%c %d, %n, %m, #%i" },
	T32_COMPARE("0 000", ALU_TST, "tst%c"),
	T32_COMPARE("0 100", ALU_TEQ, "teq%c"),
	T32_COMPARE("1 000", ALU_CMN, "cmn%c"),
	T32_COMPARE("1 101", ALU_CMP, "cmp%c"),
	T32_MOVE("0 010", ALU_MOV, "mov%S%c.w"),
	T32_MOVE("0 011", ALU_MVN, "mvn%S%c.w"),
	T32_ALU("0 000", ALU_AND, "and%S%c.w"),
	T32_ALU("0 001", ALU_BIC, "bic%S%c.w"),
	T32_ALU("0 010", ALU_ORR, "orr%S%c.w"),
	T32_ALU("0 011", ALU_ORN, "orn%S%c.w"),
	T32_ALU("0 100", ALU_EOR, "eor%S%c.w"),
	T32_ALU("1 000", ALU_ADD, "add%S%c.w"),
	T32_ALU("1 010", ALU_ADC, "adc%S%c.w"),
	T32_ALU("1 011", ALU_SBC, "sbc%S%c.w"),
	T32_ALU("1 101", ALU_SUB, "sub%S%c.w"),
	T32_ALU("1 110", ALU_RSB, "rsb%S%c.w"),

	/* Plain immediates, A6.3.3. */
	{ "1111 0i10 0000 nnnn 0iii dddd iiii iiii", arm_emit_alu_immediate, ALU_ADD | ALU_ALIGN,
	  ROW_SELECT, 0, "addw%c %d, %n, #%i" },
	{ "1111 0i10 1010 nnnn 0iii dddd iiii iiii", arm_emit_alu_immediate, ALU_SUB | ALU_ALIGN,
	  ROW_SELECT, 0, "subw%c %d, %n, #%i" },
	{ "1111 0i10 0100 jjjj 0iii dddd iiii iiii", arm_emit_movw, 0, ROW_SELECT, 0,
	  "movw%c %d, %I" },
	{ "1111 0i10 1100 jjjj 0iii dddd iiii iiii", arm_emit_movt, 0, ROW_SELECT, 0,
	  "movt%c %d, %I" },
	{ "1111 0-11 0010 nnnn 0000 dddd 00-- jjjj", arm_emit_sat, 2, ROW_SELECT, 0,
	  "ssat16%c %d, %J, %n" },
	{ "1111 0-11 1010 nnnn 0000 dddd 00-- jjjj", arm_emit_sat, 3, ROW_SELECT, 0,
	  "usat16%c %d, #%j, %n" },
	{ "1111 0-11 00t0 nnnn 0iii dddd ii-j jjjj", arm_emit_sat, 0, ROW_SELECT, 0,
	  "ssat%c %d, %J, %n, #%i" },
	{ "1111 0-11 10t0 nnnn 0iii dddd ii-j jjjj", arm_emit_sat, 1, ROW_SELECT, 0,
	  "usat%c %d, #%j, %n, #%i" },
	{ "1111 0-11 0100 nnnn 0iii dddd ii-j jjjj", arm_emit_bfx, 1, ROW_SELECT, 0,
	  "sbfx%c %d, %n, #%i, %J" },
	{ "1111 0-11 1100 nnnn 0iii dddd ii-j jjjj", arm_emit_bfx, 0, ROW_SELECT, 0,
	  "ubfx%c %d, %n, #%i, %J" },
	{ "1111 0-11 0110 nnnn 0iii dddd ii-j jjjj", arm_emit_bfi, 0, ROW_SELECT, 0,
	  "bfi%c %d, %n, #%i, #%j" },

	/* Branches and miscellaneous control, A6.3.4. */
	{ "1111 0011 1000 nnnn 10-0 jjjj --0- ----", arm_emit_msr, 0, 0, 0, "msr%c CPSR_%M, %n" },
	{ "1111 0011 1001 nnnn 10-0 jjjj --0- ----", arm_emit_msr, STATUS_SPSR, 0, 0,
	  "msr%c SPSR_%M, %n" },
	{ "1111 0011 1010 ---- 10-0 -000 0000 0000", arm_emit_nop, 0, 0, 0, "nop%c.w" },
	{ "1111 0011 1010 ---- 10-0 -000 0000 0001", arm_emit_yield, 0, 0, 0, "yield%c.w" },
	{ "1111 0011 1010 ---- 10-0 -000 0000 0010", arm_emit_wfe, 0, 0, 0, "wfe%c.w" },
	{ "1111 0011 1010 ---- 10-0 -000 0000 0011", arm_emit_wfi, 0, 0, 0, "wfi%c.w" },
	{ "1111 0011 1010 ---- 10-0 -000 0000 0100", arm_emit_sev, 0, 0, 0, "sev%c.w" },
	{ "1111 0011 1010 ---- 10-0 -000 iiii iiii", arm_emit_nop, 0, 0, 0, "hint%c.w #%i" },
	{ "1111 0011 1010 ---- 10-0 -jjw iiim mmmm", arm_emit_cps, 0, ROW_ALWAYS, 0, "cps%C" },
	{ "1111 0011 1011 ---- 10-0 ---- 0010 ----", arm_emit_clrex, 0, 0, 0, "clrex%c" },
	{ "1111 0011 1011 ---- 10-0 ---- 0100 jjjj", arm_emit_nop, 0, 0, 0, "dsb%c #%j" },
	{ "1111 0011 1011 ---- 10-0 ---- 0101 jjjj", arm_emit_nop, 0, 0, 0, "dmb%c #%j" },
	{ "1111 0011 1011 ---- 10-0 ---- 0110 jjjj", arm_emit_isb, 0, 0, 0, "isb%c #%j" },
	{ "1111 0011 1100 mmmm 10-0 1111 0000 0000", arm_emit_bx, 0, 0, 0, "bxj%c %m" },
	{ "1111 0011 1101 nnnn 10-0 1111 iiii iiii", arm_emit_return_alu, 0, 0, 0,
	  "subs%c pc, %n, #%i" },
	{ "1111 0011 1110 ---- 10-0 dddd --0- ----", arm_emit_mrs, 0, 0, 0, "mrs%c %d, CPSR" },
	{ "1111 0011 1111 ---- 10-0 dddd --0- ----", arm_emit_mrs, STATUS_SPSR, 0, 0,
	  "mrs%c %d, SPSR" },
	{ "1111 0111 1110 iiii 1000 iiii iiii iiii", arm_emit_service, 0, 0, 0, "hvc #%i" },
	{ "1111 0111 1111 iiii 1000 ---- ---- ----", arm_emit_service, 0, 0, 0, "smc%c #%i" },
	{ "1111 0-11 1--- ---- 10-0 ---- ---- ----", NULL, 0, 0, 0, NULL },
	{ "1111 0scc ccii iiii 10j0 kiii iiii iiii", arm_emit_b, 1, ROW_ALWAYS, IMM_T32_BCC,
	  "b%c.w %b" },
	{ "1111 0sii iiii iiii 10j1 kiii iiii iiii", arm_emit_b, 0, 0, IMM_T32_B, "b%c.w %b" },
	{ "1111 0sii iiii iiii 11j1 kiii iiii iiii", arm_emit_bl, 0, 0, IMM_T32_B, "bl%c %b" },
	{ "1111 0--- ---- ---- 11-0 ---- ---- ---1", NULL, 0, 0, 0, NULL },
	{ "1111 0sii iiii iiii 11j0 kiii iiii iiii", arm_emit_bl, 1, 0, IMM_T32_B, "blx%c %b" },

	/* Loads and stores of one register. */
	T32_STORE("00", 0, "strb"),
	T32_STORE("01", 1, "strh"),
	T32_STORE("10", 2, "str"),
	T32_PRELOAD("0", "00", "pld"),
	T32_PRELOAD("0", "01", "pldw"),
	T32_PRELOAD("1", "00", "pli"),
	T32_PRELOAD("1", "01", "nop @ unallocated hint"),
	T32_LOAD("0", "00", 0, "ldrb"),
	T32_LOAD("0", "01", 1, "ldrh"),
	T32_LOAD("0", "10", 2, "ldr"),
	T32_LOAD("1", "00", 0 | MEM_SIGNED, "ldrsb"),
	T32_LOAD("1", "01", 1 | MEM_SIGNED, "ldrsh"),

	/* Data processing with registers, A6.3.12. */
	{ "1111 1010 0tts mmmm 1111 dddd 0000 aaaa", arm_emit_alu_rshift, ALU_MOV, ROW_SELECT, 0,
	  "mov%S%c.w %d, %m, %K" },
	T32_EXTEND("000", 16 | EXTEND_SIGNED, "sxtah"),
	T32_EXTEND("001", 16, "uxtah"),
	T32_EXTEND("010", 8 | EXTEND_SIGNED | EXTEND_PAIR, "sxtab16"),
	T32_EXTEND("011", 8 | EXTEND_PAIR, "uxtab16"),
	T32_EXTEND("100", 8 | EXTEND_SIGNED, "sxtab"),
	T32_EXTEND("101", 8, "uxtab"),
	T32_PARALLEL("001", SIMD_ADD16, "add16"),
	T32_PARALLEL("010", SIMD_ASX, "asx"),
	T32_PARALLEL("110", SIMD_SAX, "sax"),
	T32_PARALLEL("101", SIMD_SUB16, "sub16"),
	T32_PARALLEL("000", SIMD_ADD8, "add8"),
	T32_PARALLEL("100", SIMD_SUB8, "sub8"),
	{ "1111 1010 1000 nnnn 1111 dddd 1000 mmmm", arm_emit_saturating, 0, ROW_SELECT, 0,
	  "qadd%c %d, %m, %n" },
	{ "1111 1010 1000 nnnn 1111 dddd 1001 mmmm", arm_emit_saturating, 2, ROW_SELECT, 0,
	  "qdadd%c %d, %m, %n" },
	{ "1111 1010 1000 nnnn 1111 dddd 1010 mmmm", arm_emit_saturating, 1, ROW_SELECT, 0,
	  "qsub%c %d, %m, %n" },
	{ "1111 1010 1000 nnnn 1111 dddd 1011 mmmm", arm_emit_saturating, 3, ROW_SELECT, 0,
	  "qdsub%c %d, %m, %n" },
	{ "1111 1010 1001 ---- 1111 dddd 1000 mmmm", arm_emit_reverse, REVERSE_WORD, ROW_SELECT, 0,
	  "rev%c.w %d, %m" },
	{ "1111 1010 1001 ---- 1111 dddd 1001 mmmm", arm_emit_reverse, REVERSE_PAIRS, ROW_SELECT, 0,
	  "rev16%c.w %d, %m" },
	{ "1111 1010 1001 ---- 1111 dddd 1010 mmmm", arm_emit_rbit, 0, ROW_SELECT, 0,
	  "rbit%c %d, %m" },
	{ "1111 1010 1001 ---- 1111 dddd 1011 mmmm", arm_emit_reverse, REVERSE_SIGNED, ROW_SELECT,
	  0, "revsh%c.w %d, %m" },
	{ "1111 1010 1010 nnnn 1111 dddd 1000 mmmm", arm_emit_sel, 0, ROW_SELECT, 0,
	  "sel%c %d, %n, %m" },
	{ "1111 1010 1011 ---- 1111 dddd 1000 mmmm", arm_emit_clz, 0, ROW_SELECT, 0,
	  "clz%c %d, %m" },

	/* Multiplication, A6.3.16 and A6.3.17. */
	{ "1111 1011 0000 nnnn 1111 dddd 0000 mmmm", arm_emit_mul, 0, ROW_SELECT, 0,
	  "mul%c.w %d, %n, %m" },
	{ "1111 1011 0000 nnnn aaaa dddd 0000 mmmm", arm_emit_mla, 0, ROW_SELECT, 0,
	  "mla%c %d, %n, %m, %a" },
	{ "1111 1011 0000 nnnn aaaa dddd 0001 mmmm", arm_emit_mls, 0, ROW_SELECT, 0,
	  "mls%c %d, %n, %m, %a" },
	{ "1111 1011 0001 nnnn 1111 dddd 00xy mmmm", arm_emit_smla, 0, ROW_SELECT, 0,
	  "smul%T%c %d, %n, %m" },
	{ "1111 1011 0001 nnnn aaaa dddd 00xy mmmm", arm_emit_smla, 1, ROW_SELECT, 0,
	  "smla%T%c %d, %n, %m, %a" },
	{ "1111 1011 0010 nnnn aaaa dddd 000x mmmm", arm_emit_smlad, 0, ROW_SELECT, 0,
	  "smlad%x%c %d, %n, %m, %a" },
	{ "1111 1011 0011 nnnn 1111 dddd 000y mmmm", arm_emit_smlaw, 0, ROW_SELECT, 0,
	  "smulw%U%c %d, %n, %m" },
	{ "1111 1011 0011 nnnn aaaa dddd 000y mmmm", arm_emit_smlaw, 1, ROW_SELECT, 0,
	  "smlaw%U%c %d, %n, %m, %a" },
	{ "1111 1011 0100 nnnn aaaa dddd 000x mmmm", arm_emit_smlad, 1, ROW_SELECT, 0,
	  "smlsd%x%c %d, %n, %m, %a" },
	{ "1111 1011 0101 nnnn aaaa dddd 000x mmmm", arm_emit_smmla, 0, ROW_SELECT, 0,
	  "smmla%x%c %d, %n, %m, %a" },
	{ "1111 1011 0110 nnnn aaaa dddd 000x mmmm", arm_emit_smmla, 1, ROW_SELECT, 0,
	  "smmls%x%c %d, %n, %m, %a" },
	{ "1111 1011 0111 nnnn aaaa dddd 0000 mmmm", arm_emit_usad, 0, ROW_SELECT, 0,
	  "usada8%c %d, %n, %m, %a" },
	{ "1111 1011 1000 nnnn aaaa dddd 0000 mmmm", arm_emit_mull, 1, ROW_SELECT, 0,
	  "smull%c %a, %d, %n, %m" },
	{ "1111 1011 1001 nnnn ---- dddd 1111 mmmm", arm_emit_divide, 1, ROW_SELECT, 0,
	  "sdiv%c %d, %n, %m" },
	{ "1111 1011 1010 nnnn aaaa dddd 0000 mmmm", arm_emit_mull, 0, ROW_SELECT, 0,
	  "umull%c %a, %d, %n, %m" },
	{ "1111 1011 1011 nnnn ---- dddd 1111 mmmm", arm_emit_divide, 0, ROW_SELECT, 0,
	  "udiv%c %d, %n, %m" },
	{ "1111 1011 1100 nnnn aaaa dddd 0000 mmmm", arm_emit_mull, 3, ROW_SELECT, 0,
	  "smlal%c %a, %d, %n, %m" },
	{ "1111 1011 1100 nnnn aaaa dddd 10xy mmmm", arm_emit_smlal, 0, ROW_SELECT, 0,
	  "smlal%T%c %a, %d, %n, %m" },
	{ "1111 1011 1100 nnnn aaaa dddd 110x mmmm", arm_emit_smlald, 0, ROW_SELECT, 0,
	  "smlald%x%c %a, %d, %n, %m" },
	{ "1111 1011 1101 nnnn aaaa dddd 110x mmmm", arm_emit_smlald, 1, ROW_SELECT, 0,
	  "smlsld%x%c %a, %d, %n, %m" },
	{ "1111 1011 1110 nnnn aaaa dddd 0000 mmmm", arm_emit_mull, 2, ROW_SELECT, 0,
	  "umlal%c %a, %d, %n, %m" },
	{ "1111 1011 1110 nnnn aaaa dddd 0110 mmmm", arm_emit_umaal, 0, ROW_SELECT, 0,
	  "umaal%c %a, %d, %n, %m" },

	/* Coprocessors and Advanced SIMD, A6.3.18, A7. */
	{ "111- 1111 ---- ---- ---- ---- ---- ----", arm_emit_neon, 0, 0, 0, "%F" },
	{ "1111 1001 ---0 ---- ---- ---- ---- ----", arm_emit_neon, 1, 0, 0, "%F" },
	{ "1110 110- ---- ---- ---- 101- ---- ----", arm_emit_vfp, 0, 0, 0, "%F" },
	{ "1110 1110 ---- ---- ---- 101- ---- ----", arm_emit_vfp, 0, 0, 0, "%F" },
	{ "1110 1100 0100 aaaa dddd qqqq oooo mmmm", arm_emit_mcrr, 0, 0, 0,
	  "mcrr%c p%q, #%o, %d, %a, c%O" },
	{ "1110 1100 0101 aaaa dddd qqqq oooo mmmm", arm_emit_mrrc, 0, 0, 0,
	  "mrrc%c p%q, #%o, %d, %a, c%O" },
	{ "1110 1110 ooo0 nnnn dddd qqqq kkk1 mmmm", arm_emit_mcr, 0, 0, 0,
	  "mcr%c p%q, #%o, %d, c%N, c%O, #%k" },
	{ "1110 1110 ooo1 nnnn dddd qqqq kkk1 mmmm", arm_emit_mrc, 0, 0, 0,
	  "mrc%c p%q, #%o, %d, c%N, c%O, #%k" },
};

const struct arm_table arm_table_t32 = { t32_rows, COUNT_OF(t32_rows) };
