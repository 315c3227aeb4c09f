/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The ARM instruction set's patterns: ARM DDI 0406C, chapter A5.  Coprocessors 10 and 11
 * and Advanced SIMD are one row each here; translate_vfp.c and translate_neon.c decode
 * them.  Not here: banked MRS and MSR, ERET (virtualization extensions), Jazelle.
 */
#include "guest/arm/emit.h"

#include "guest/arm/simd_help.h"

/* The three operand forms of a data-processing operation, whose bits are o ooo. */
#define ALU3(o1, o3, operation, text)                                                              \
	ARM_ROW("cccc 001" o1 " " o3 "s nnnn dddd iiii iiii iiii", arm_emit_alu_immediate,         \
		operation, ROW_SELECT, IMM_A32, text " %d, %n, #%i"),                              \
		ARM_ROW("cccc 000" o1 " " o3 "s nnnn dddd iiii itt0 mmmm", arm_emit_alu_shift,     \
			operation, ROW_SELECT, 0, text " %d, %n, %m%H"),                           \
		ARM_ROW("cccc 000" o1 " " o3 "s nnnn dddd aaaa 0tt1 mmmm", arm_emit_alu_rshift,    \
			operation, ROW_SELECT, 0, text " %d, %n, %m, %K")
#define ALU_COMPARE(o3, operation, text)                                                           \
	ARM_ROW("cccc 0011 " o3 "1 nnnn ---- iiii iiii iiii", arm_emit_alu_immediate, operation,   \
		0, IMM_A32, text " %n, #%i"),                                                      \
		ARM_ROW("cccc 0001 " o3 "1 nnnn ---- iiii itt0 mmmm", arm_emit_alu_shift,          \
			operation, 0, 0, text " %n, %m%H"),                                        \
		ARM_ROW("cccc 0001 " o3 "1 nnnn ---- aaaa 0tt1 mmmm", arm_emit_alu_rshift,         \
			operation, 0, 0, text " %n, %m, %K")
#define ALU_MOVE(o3, operation, text)                                                              \
	ARM_ROW("cccc 0011 " o3 "s ---- dddd iiii iiii iiii", arm_emit_alu_immediate, operation,   \
		ROW_SELECT, IMM_A32, text " %d, #%i"),                                             \
		ARM_ROW("cccc 0001 " o3 "s ---- dddd iiii itt0 mmmm", arm_emit_alu_shift,          \
			operation, ROW_SELECT, 0, text " %d, %m%H"),                               \
		ARM_ROW("cccc 0001 " o3 "s ---- dddd aaaa 0tt1 mmmm", arm_emit_alu_rshift,         \
			operation, ROW_SELECT, 0, text " %d, %m, %K")

/* The six ways of a parallel addition or subtraction. */
#define PARALLEL(o3, operation, text)                                                              \
	ARM_ROW("cccc 0110 0001 nnnn dddd ---- " o3 "1 mmmm", arm_emit_parallel,                   \
		operation | SIMD_S << 4, ROW_SELECT, 0, "s" text "%c %d, %n, %m"),                 \
		ARM_ROW("cccc 0110 0010 nnnn dddd ---- " o3 "1 mmmm", arm_emit_parallel,           \
			operation | SIMD_Q << 4, ROW_SELECT, 0, "q" text "%c %d, %n, %m"),         \
		ARM_ROW("cccc 0110 0011 nnnn dddd ---- " o3 "1 mmmm", arm_emit_parallel,           \
			operation | SIMD_SH << 4, ROW_SELECT, 0, "sh" text "%c %d, %n, %m"),       \
		ARM_ROW("cccc 0110 0101 nnnn dddd ---- " o3 "1 mmmm", arm_emit_parallel,           \
			operation | SIMD_U << 4, ROW_SELECT, 0, "u" text "%c %d, %n, %m"),         \
		ARM_ROW("cccc 0110 0110 nnnn dddd ---- " o3 "1 mmmm", arm_emit_parallel,           \
			operation | SIMD_UQ << 4, ROW_SELECT, 0, "uq" text "%c %d, %n, %m"),       \
		ARM_ROW("cccc 0110 0111 nnnn dddd ---- " o3 "1 mmmm", arm_emit_parallel,           \
			operation | SIMD_UH << 4, ROW_SELECT, 0, "uh" text "%c %d, %n, %m")

#define EXTEND(bits, argument, text)                                                               \
	ARM_ROW("cccc 0110 " bits " nnnn dddd ii-- 0111 mmmm", arm_emit_extend, argument,          \
		ROW_SELECT, IMM_X8, text "%c %d, %n, %m%Q")

/* Half-words, signed bytes, doublewords: with a register, with an immediate. */
#define EXTRA(l, o4, emit, argument, how, text)                                                    \
	ARM_ROW("cccc 000p u0w" l " nnnn dddd ---- " o4 " mmmm", emit,                             \
		(argument) | MEM_A32 | MEM_REGISTER, how, 0, text " %d%P, %R"),                    \
		ARM_ROW("cccc 000p u1w" l " nnnn dddd iiii " o4 " iiii", emit,                     \
			(argument) | MEM_A32, how, 0, text " %d%P, %A")

static const struct arm_row a32_rows[] = {
	/* Data processing and miscellaneous, A5.2. */
	{ "cccc 0011 0000 jjjj dddd iiii iiii iiii", arm_emit_movw, 0, ROW_SELECT, 0,
	  "movw%c %d, %I" },
	{ "cccc 0011 0100 jjjj dddd iiii iiii iiii", arm_emit_movt, 0, ROW_SELECT, 0,
	  "movt%c %d, %I" },
	{ "cccc 0011 0010 0000 ---- ---- 0000 0000", arm_emit_nop, 0, 0, 0, "nop%c" },
	{ "cccc 0011 0010 0000 ---- ---- 0000 0001", arm_emit_yield, 0, 0, 0, "yield%c" },
	{ "cccc 0011 0010 0000 ---- ---- 0000 0010", arm_emit_wfe, 0, 0, 0, "wfe%c" },
	{ "cccc 0011 0010 0000 ---- ---- 0000 0011", arm_emit_wfi, 0, 0, 0, "wfi%c" },
	{ "cccc 0011 0010 0000 ---- ---- 0000 0100", arm_emit_sev, 0, 0, 0, "sev%c" },
	{ "cccc 0011 0010 0000 ---- ---- iiii iiii", arm_emit_nop, 0, 0, 0, "hint%c #%i" },
	{ "cccc 0011 0010 jjjj ---- iiii iiii iiii", arm_emit_msr, STATUS_IMMEDIATE, 0, IMM_A32,
	  "msr%c CPSR_%M, #%i" },
	{ "cccc 0011 0110 jjjj ---- iiii iiii iiii", arm_emit_msr, STATUS_IMMEDIATE | STATUS_SPSR,
	  0, IMM_A32, "msr%c SPSR_%M, #%i" },
	{ "cccc 0001 0000 ---- dddd --0- 0000 ----", arm_emit_mrs, 0, 0, 0, "mrs%c %d, CPSR" },
	{ "cccc 0001 0100 ---- dddd --0- 0000 ----", arm_emit_mrs, STATUS_SPSR, 0, 0,
	  "mrs%c %d, SPSR" },
	{ "cccc 0001 0010 jjjj ---- --0- 0000 nnnn", arm_emit_msr, 0, 0, 0, "msr%c CPSR_%M, %n" },
	{ "cccc 0001 0110 jjjj ---- --0- 0000 nnnn", arm_emit_msr, STATUS_SPSR, 0, 0,
	  "msr%c SPSR_%M, %n" },
	{ "cccc 0001 0010 ---- ---- ---- 0001 mmmm", arm_emit_bx, 0, 0, 0, "bx%c %m" },
	{ "cccc 0001 0010 ---- ---- ---- 0010 mmmm", arm_emit_bx, 0, 0, 0, "bxj%c %m" },
	{ "cccc 0001 0010 ---- ---- ---- 0011 mmmm", arm_emit_blx, 0, 0, 0, "blx%c %m" },
	{ "cccc 0001 0110 ---- dddd ---- 0001 mmmm", arm_emit_clz, 0, ROW_SELECT, 0,
	  "clz%c %d, %m" },
	{ "cccc 0001 0000 nnnn dddd ---- 0101 mmmm", arm_emit_saturating, 0, ROW_SELECT, 0,
	  "qadd%c %d, %m, %n" },
	{ "cccc 0001 0010 nnnn dddd ---- 0101 mmmm", arm_emit_saturating, 1, ROW_SELECT, 0,
	  "qsub%c %d, %m, %n" },
	{ "cccc 0001 0100 nnnn dddd ---- 0101 mmmm", arm_emit_saturating, 2, ROW_SELECT, 0,
	  "qdadd%c %d, %m, %n" },
	{ "cccc 0001 0110 nnnn dddd ---- 0101 mmmm", arm_emit_saturating, 3, ROW_SELECT, 0,
	  "qdsub%c %d, %m, %n" },
	{ "cccc 0001 0010 iiii iiii iiii 0111 iiii", arm_emit_bkpt, 0, ROW_ALWAYS, 0, "bkpt %X" },
	{ "cccc 0001 0100 iiii iiii iiii 0111 iiii", arm_emit_service, 0, 0, 0, "hvc #%i" },
	{ "cccc 0001 0110 ---- ---- ---- 0111 iiii", arm_emit_service, 0, 0, 0, "smc%c #%i" },
	{ "cccc 0001 0000 dddd aaaa mmmm 1yx0 nnnn", arm_emit_smla, 1, ROW_SELECT, 0,
	  "smla%T%c %d, %n, %m, %a" },
	{ "cccc 0001 0010 dddd aaaa mmmm 1y00 nnnn", arm_emit_smlaw, 1, ROW_SELECT, 0,
	  "smlaw%U%c %d, %n, %m, %a" },
	{ "cccc 0001 0010 dddd ---- mmmm 1y10 nnnn", arm_emit_smlaw, 0, ROW_SELECT, 0,
	  "smulw%U%c %d, %n, %m" },
	{ "cccc 0001 0100 dddd aaaa mmmm 1yx0 nnnn", arm_emit_smlal, 0, ROW_SELECT, 0,
	  "smlal%T%c %a, %d, %n, %m" },
	{ "cccc 0001 0110 dddd ---- mmmm 1yx0 nnnn", arm_emit_smla, 0, ROW_SELECT, 0,
	  "smul%T%c %d, %n, %m" },
	ALU3("0", "000", ALU_AND, "and%S%c"),
	ALU3("0", "001", ALU_EOR, "eor%S%c"),
	ALU3("0", "010", ALU_SUB, "sub%S%c"),
	ALU3("0", "011", ALU_RSB, "rsb%S%c"),
	ALU3("0", "100", ALU_ADD, "add%S%c"),
	ALU3("0", "101", ALU_ADC, "adc%S%c"),
	ALU3("0", "110", ALU_SBC, "sbc%S%c"),
	ALU3("0", "111", ALU_RSC, "rsc%S%c"),
	ALU_COMPARE("000", ALU_TST, "tst%c"),
	ALU_COMPARE("001", ALU_TEQ, "teq%c"),
	ALU_COMPARE("010", ALU_CMP, "cmp%c"),
	ALU_COMPARE("011", ALU_CMN, "cmn%c"),
	ALU3("1", "100", ALU_ORR, "orr%S%c"),
	ALU_MOVE("101", ALU_MOV, "mov%S%c"),
	ALU3("1", "110", ALU_BIC, "bic%S%c"),
	ALU_MOVE("111", ALU_MVN, "mvn%S%c"),

	/* Multiplication, A5.2.5. */
	{ "cccc 0000 000s dddd ---- mmmm 1001 nnnn", arm_emit_mul, 0, ROW_SELECT, 0,
	  "mul%S%c %d, %n, %m" },
	{ "cccc 0000 001s dddd aaaa mmmm 1001 nnnn", arm_emit_mla, 0, ROW_SELECT, 0,
	  "mla%S%c %d, %n, %m, %a" },
	{ "cccc 0000 0100 dddd aaaa mmmm 1001 nnnn", arm_emit_umaal, 0, ROW_SELECT, 0,
	  "umaal%c %a, %d, %n, %m" },
	{ "cccc 0000 0110 dddd aaaa mmmm 1001 nnnn", arm_emit_mls, 0, ROW_SELECT, 0,
	  "mls%c %d, %n, %m, %a" },
	{ "cccc 0000 100s dddd aaaa mmmm 1001 nnnn", arm_emit_mull, 0, ROW_SELECT, 0,
	  "umull%S%c %a, %d, %n, %m" },
	{ "cccc 0000 101s dddd aaaa mmmm 1001 nnnn", arm_emit_mull, 2, ROW_SELECT, 0,
	  "umlal%S%c %a, %d, %n, %m" },
	{ "cccc 0000 110s dddd aaaa mmmm 1001 nnnn", arm_emit_mull, 1, ROW_SELECT, 0,
	  "smull%S%c %a, %d, %n, %m" },
	{ "cccc 0000 111s dddd aaaa mmmm 1001 nnnn", arm_emit_mull, 3, ROW_SELECT, 0,
	  "smlal%S%c %a, %d, %n, %m" },

	/* Synchronization, A5.2.10. */
	{ "cccc 0001 0j00 nnnn dddd ---- 1001 mmmm", arm_emit_swap, 0, 0, 0,
	  "swp%B%c %d, %m, [%n]" },
	{ "cccc 0001 1000 nnnn dddd ---- 1001 mmmm", arm_emit_strex, 2, 0, 0,
	  "strex%c %d, %m, [%n]" },
	{ "cccc 0001 1001 nnnn dddd ---- 1001 ----", arm_emit_ldrex, 2, 0, 0, "ldrex%c %d, [%n]" },
	{ "cccc 0001 1010 nnnn dddd ---- 1001 mmmm", arm_emit_strex, 3 | MEM_PAIR, 0, 0,
	  "strexd%c %d, %2m, [%n]" },
	{ "cccc 0001 1011 nnnn dddd ---- 1001 ----", arm_emit_ldrex, 3 | MEM_PAIR, 0, 0,
	  "ldrexd%c %2d, [%n]" },
	{ "cccc 0001 1100 nnnn dddd ---- 1001 mmmm", arm_emit_strex, 0, 0, 0,
	  "strexb%c %d, %m, [%n]" },
	{ "cccc 0001 1101 nnnn dddd ---- 1001 ----", arm_emit_ldrex, 0, 0, 0, "ldrexb%c %d, [%n]" },
	{ "cccc 0001 1110 nnnn dddd ---- 1001 mmmm", arm_emit_strex, 1, 0, 0,
	  "strexh%c %d, %m, [%n]" },
	{ "cccc 0001 1111 nnnn dddd ---- 1001 ----", arm_emit_ldrex, 1, 0, 0, "ldrexh%c %d, [%n]" },

	/* Loads and stores, A5.2.8, A5.3. */
	EXTRA("0", "1011", arm_emit_store, 1, ROW_MEMORY, "strh%V%c"),
	EXTRA("1", "1011", arm_emit_load, 1, ROW_MEMORY, "ldrh%V%c"),
	EXTRA("0", "1101", arm_emit_dual, MEM_PAIR, 0, "ldrd%c"),
	EXTRA("1", "1101", arm_emit_load, 0 | MEM_SIGNED, ROW_MEMORY, "ldrsb%V%c"),
	EXTRA("0", "1111", arm_emit_dual, MEM_PAIR | MEM_STORE, 0, "strd%c"),
	EXTRA("1", "1111", arm_emit_load, 1 | MEM_SIGNED, ROW_MEMORY, "ldrsh%V%c"),
	{ "cccc 010p u0w0 nnnn dddd iiii iiii iiii", arm_emit_store, 2 | MEM_A32, ROW_MEMORY, 0,
	  "str%V%c %d, %A" },
	{ "cccc 010p u0w1 nnnn dddd iiii iiii iiii", arm_emit_load, 2 | MEM_A32, ROW_MEMORY, 0,
	  "ldr%V%c %d, %A" },
	{ "cccc 010p u1w0 nnnn dddd iiii iiii iiii", arm_emit_store, 0 | MEM_A32, ROW_MEMORY, 0,
	  "strb%V%c %d, %A" },
	{ "cccc 010p u1w1 nnnn dddd iiii iiii iiii", arm_emit_load, 0 | MEM_A32, ROW_MEMORY, 0,
	  "ldrb%V%c %d, %A" },
	{ "cccc 011p u0w0 nnnn dddd iiii itt0 mmmm", arm_emit_store, 2 | MEM_A32 | MEM_REGISTER,
	  ROW_MEMORY, 0, "str%V%c %d, %R" },
	{ "cccc 011p u0w1 nnnn dddd iiii itt0 mmmm", arm_emit_load, 2 | MEM_A32 | MEM_REGISTER,
	  ROW_MEMORY, 0, "ldr%V%c %d, %R" },
	{ "cccc 011p u1w0 nnnn dddd iiii itt0 mmmm", arm_emit_store, 0 | MEM_A32 | MEM_REGISTER,
	  ROW_MEMORY, 0, "strb%V%c %d, %R" },
	{ "cccc 011p u1w1 nnnn dddd iiii itt0 mmmm", arm_emit_load, 0 | MEM_A32 | MEM_REGISTER,
	  ROW_MEMORY, 0, "ldrb%V%c %d, %R" },
	{ "cccc 100p usw0 nnnn rrrr rrrr rrrr rrrr", arm_emit_multi, MULTI_A32, 0, 0,
	  "stm%D%c %n%W, %L" },
	{ "cccc 100p usw1 nnnn rrrr rrrr rrrr rrrr", arm_emit_multi, MULTI_A32 | MULTI_LOAD, 0, 0,
	  "ldm%D%c %n%W, %L" },

	/* Media, A5.4. */
	PARALLEL("000", SIMD_ADD16, "add16"),
	PARALLEL("001", SIMD_ASX, "asx"),
	PARALLEL("010", SIMD_SAX, "sax"),
	PARALLEL("011", SIMD_SUB16, "sub16"),
	PARALLEL("100", SIMD_ADD8, "add8"),
	PARALLEL("111", SIMD_SUB8, "sub8"),
	{ "cccc 0110 1000 nnnn dddd iiii it01 mmmm", arm_emit_pkh, 0, ROW_SELECT, 0,
	  "pkh%c %d, %n, %m, #%i" },
	{ "cccc 0110 1000 nnnn dddd ---- 1011 mmmm", arm_emit_sel, 0, ROW_SELECT, 0,
	  "sel%c %d, %n, %m" },
	{ "cccc 0110 101j jjjj dddd iiii it01 nnnn", arm_emit_sat, 0, ROW_SELECT, 0,
	  "ssat%c %d, %J, %n, #%i" },
	{ "cccc 0110 111j jjjj dddd iiii it01 nnnn", arm_emit_sat, 1, ROW_SELECT, 0,
	  "usat%c %d, #%j, %n, #%i" },
	{ "cccc 0110 1010 jjjj dddd ---- 0011 nnnn", arm_emit_sat, 2, ROW_SELECT, 0,
	  "ssat16%c %d, %J, %n" },
	{ "cccc 0110 1110 jjjj dddd ---- 0011 nnnn", arm_emit_sat, 3, ROW_SELECT, 0,
	  "usat16%c %d, #%j, %n" },
	EXTEND("1000", 8 | EXTEND_SIGNED | EXTEND_PAIR, "sxtab16"),
	EXTEND("1010", 8 | EXTEND_SIGNED, "sxtab"),
	EXTEND("1011", 16 | EXTEND_SIGNED, "sxtah"),
	EXTEND("1100", 8 | EXTEND_PAIR, "uxtab16"),
	EXTEND("1110", 8, "uxtab"),
	EXTEND("1111", 16, "uxtah"),
	{ "cccc 0110 1011 ---- dddd ---- 0011 mmmm", arm_emit_reverse, REVERSE_WORD, ROW_SELECT, 0,
	  "rev%c %d, %m" },
	{ "cccc 0110 1011 ---- dddd ---- 1011 mmmm", arm_emit_reverse, REVERSE_PAIRS, ROW_SELECT, 0,
	  "rev16%c %d, %m" },
	{ "cccc 0110 1111 ---- dddd ---- 0011 mmmm", arm_emit_rbit, 0, ROW_SELECT, 0,
	  "rbit%c %d, %m" },
	{ "cccc 0110 1111 ---- dddd ---- 1011 mmmm", arm_emit_reverse, REVERSE_SIGNED, ROW_SELECT,
	  0, "revsh%c %d, %m" },
	{ "cccc 0111 0000 dddd aaaa mmmm 00x1 nnnn", arm_emit_smlad, 0, ROW_SELECT, 0,
	  "smlad%x%c %d, %n, %m, %a" },
	{ "cccc 0111 0000 dddd aaaa mmmm 01x1 nnnn", arm_emit_smlad, 1, ROW_SELECT, 0,
	  "smlsd%x%c %d, %n, %m, %a" },
	{ "cccc 0111 0001 dddd ---- mmmm 0001 nnnn", arm_emit_divide, 1, ROW_SELECT, 0,
	  "sdiv%c %d, %n, %m" },
	{ "cccc 0111 0011 dddd ---- mmmm 0001 nnnn", arm_emit_divide, 0, ROW_SELECT, 0,
	  "udiv%c %d, %n, %m" },
	{ "cccc 0111 0100 dddd aaaa mmmm 00x1 nnnn", arm_emit_smlald, 0, ROW_SELECT, 0,
	  "smlald%x%c %a, %d, %n, %m" },
	{ "cccc 0111 0100 dddd aaaa mmmm 01x1 nnnn", arm_emit_smlald, 1, ROW_SELECT, 0,
	  "smlsld%x%c %a, %d, %n, %m" },
	{ "cccc 0111 0101 dddd aaaa mmmm 00x1 nnnn", arm_emit_smmla, 0, ROW_SELECT, 0,
	  "smmla%x%c %d, %n, %m, %a" },
	{ "cccc 0111 0101 1111 ---- ---- 11-1 ----", NULL, 0, 0, 0, NULL },
	{ "cccc 0111 0101 dddd aaaa mmmm 11x1 nnnn", arm_emit_smmla, 1, ROW_SELECT, 0,
	  "smmls%x%c %d, %n, %m, %a" },
	{ "cccc 0111 1000 dddd aaaa mmmm 0001 nnnn", arm_emit_usad, 0, ROW_SELECT, 0,
	  "usada8%c %d, %n, %m, %a" },
	{ "cccc 0111 101j jjjj dddd iiii i101 nnnn", arm_emit_bfx, 1, ROW_SELECT, 0,
	  "sbfx%c %d, %n, #%i, %J" },
	{ "cccc 0111 111j jjjj dddd iiii i101 nnnn", arm_emit_bfx, 0, ROW_SELECT, 0,
	  "ubfx%c %d, %n, #%i, %J" },
	{ "cccc 0111 110j jjjj dddd iiii i001 nnnn", arm_emit_bfi, 0, ROW_SELECT, 0,
	  "bfi%c %d, %n, #%i, #%j" },

	/* Branches, supervisor call and coprocessors, A5.5 and A5.6. */
	{ "cccc 1010 iiii iiii iiii iiii iiii iiii", arm_emit_b, 1, ROW_ALWAYS, IMM_BRANCH,
	  "b%c %b" },
	{ "cccc 1011 iiii iiii iiii iiii iiii iiii", arm_emit_bl, 0, 0, IMM_BRANCH, "bl%c %b" },
	{ "cccc 1111 iiii iiii iiii iiii iiii iiii", arm_emit_svc, 0, ROW_ADVANCE, 0, "svc%c %X" },
	{ "cccc 110- ---- ---- ---- 101- ---- ----", arm_emit_vfp, 0, 0, 0, "%F" },
	{ "cccc 1110 ---- ---- ---- 101- ---- ----", arm_emit_vfp, 0, 0, 0, "%F" },
	{ "cccc 1100 0100 aaaa dddd qqqq oooo mmmm", arm_emit_mcrr, 0, 0, 0,
	  "mcrr%c p%q, #%o, %d, %a, c%O" },
	{ "cccc 1100 0101 aaaa dddd qqqq oooo mmmm", arm_emit_mrrc, 0, 0, 0,
	  "mrrc%c p%q, #%o, %d, %a, c%O" },
	{ "cccc 1110 ooo0 nnnn dddd qqqq kkk1 mmmm", arm_emit_mcr, 0, 0, 0,
	  "mcr%c p%q, #%o, %d, c%N, c%O, #%k" },
	{ "cccc 1110 ooo1 nnnn dddd qqqq kkk1 mmmm", arm_emit_mrc, 0, 0, 0,
	  "mrc%c p%q, #%o, %d, c%N, c%O, #%k" },
};

/* Condition field 1111, A5.7. */
static const struct arm_row a32_always_rows[] = {
	{ "1111 001- ---- ---- ---- ---- ---- ----", arm_emit_neon, 0, ROW_ALWAYS, 0, "%F" },
	{ "1111 0100 ---0 ---- ---- ---- ---- ----", arm_emit_neon, 1, ROW_ALWAYS, 0, "%F" },
	{ "1111 0100 -001 ---- ---- ---- ---- ----", arm_emit_nop, 0, ROW_ALWAYS, 0, "nop" },
	{ "1111 0110 -001 ---- ---- ---- ---0 ----", arm_emit_nop, 0, ROW_ALWAYS, 0, "nop" },
	{ "1111 0100 u101 nnnn ---- iiii iiii iiii", arm_emit_nop, MEM_P, ROW_ALWAYS, 0, "pli %A" },
	{ "1111 0110 u101 nnnn ---- iiii itt0 mmmm", arm_emit_nop, MEM_P, ROW_ALWAYS, 0, "pli %R" },
	{ "1111 0101 u001 nnnn ---- iiii iiii iiii", arm_emit_nop, MEM_P, ROW_ALWAYS, 0,
	  "pldw %A" },
	{ "1111 0101 u101 nnnn ---- iiii iiii iiii", arm_emit_nop, MEM_P, ROW_ALWAYS, 0, "pld %A" },
	{ "1111 0111 u001 nnnn ---- iiii itt0 mmmm", arm_emit_nop, MEM_P, ROW_ALWAYS, 0,
	  "pldw %R" },
	{ "1111 0111 u101 nnnn ---- iiii itt0 mmmm", arm_emit_nop, MEM_P, ROW_ALWAYS, 0, "pld %R" },
	{ "1111 0101 0111 1111 1111 0000 0001 1111", arm_emit_clrex, 0, ROW_ALWAYS, 0, "clrex" },
	{ "1111 0101 0111 1111 1111 0000 0100 jjjj", arm_emit_nop, 0, ROW_ALWAYS, 0, "dsb #%j" },
	{ "1111 0101 0111 1111 1111 0000 0101 jjjj", arm_emit_nop, 0, ROW_ALWAYS, 0, "dmb #%j" },
	{ "1111 0101 0111 1111 1111 0000 0110 jjjj", arm_emit_isb, 0, ROW_ALWAYS, 0, "isb #%j" },
	{ "1111 0001 0000 jjw0 ---- ---i ii0m mmmm", arm_emit_cps, 0, ROW_ALWAYS, 0, "cps%C" },
	{ "1111 0001 0000 ---1 ---- --i- 0000 ----", arm_emit_setend, 0, ROW_ALWAYS, 0,
	  "setend %E" },
	{ "1111 100p u1w0 1101 0000 0101 000m mmmm", arm_emit_srs, 0, ROW_ALWAYS, 0,
	  "srs%D sp%W, #%O" },
	{ "1111 100p u0w1 nnnn 0000 1010 0000 0000", arm_emit_rfe, 0, ROW_ALWAYS, 0, "rfe%D %n%W" },
	{ "1111 101j iiii iiii iiii iiii iiii iiii", arm_emit_bl, 1, ROW_ALWAYS, IMM_BLX,
	  "blx %b" },
};

const struct arm_table arm_table_a32 = { a32_rows, COUNT_OF(a32_rows) };
const struct arm_table arm_table_a32_always = { a32_always_rows, COUNT_OF(a32_always_rows) };
