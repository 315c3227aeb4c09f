/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The 16-bit Thumb instructions' patterns: ARM DDI 0406C, A6.2.  Not here: ThumbEE.
 */
#include "guest/arm/emit.h"

#define S_IT (ROW_SELECT | ROW_S_IT)

/* Register operations, A6.2.2: the second operand in m. */
#define T16_ALU(o4, operation, text)                                                               \
	ARM_ROW("0100 00" o4 " mmm eee", arm_emit_alu_shift, operation, S_IT, 0, text " %d, %m")
#define T16_COMPARE(o4, operation, text)                                                           \
	ARM_ROW("0100 00" o4 " mmm nnn", arm_emit_alu_shift, operation, 0, 0, text " %n, %m")
#define T16_SHIFT(o4, type, text)                                                                  \
	ARM_ROW("0100 00" o4 " aaa fff", arm_emit_alu_rshift, ALU_MOV | ALU_TYPE(type), S_IT, 0,   \
		text " %d, %a")
#define T16_EXTEND(o2, argument, text)                                                             \
	ARM_ROW("1011 0010 " o2 " mmm ddd", arm_emit_extend, (argument) | EXTEND_PLAIN,            \
		ROW_SELECT, 0, text "%c %d, %m")
#define T16_MEM_REG(o3, emit, argument, text)                                                      \
	ARM_ROW("0101 " o3 "m mmnn nddd", emit, (argument) | MEM_OFFSET | MEM_REGISTER,            \
		ROW_MEMORY, 0, text "%c %d, %R")

static const struct arm_row t16_rows[] = {
	/* Shift, add, subtract, move, compare, A6.2.1. */
	{ "0001 100m mmnn nddd", arm_emit_alu_shift, ALU_ADD, S_IT, 0, "add%Z%c %d, %n, %m" },
	{ "0001 101m mmnn nddd", arm_emit_alu_shift, ALU_SUB, S_IT, 0, "sub%Z%c %d, %n, %m" },
	{ "0001 110i iinn nddd", arm_emit_alu_immediate, ALU_ADD, S_IT, 0, "add%Z%c %d, %n, #%i" },
	{ "0001 111i iinn nddd", arm_emit_alu_immediate, ALU_SUB, S_IT, 0, "sub%Z%c %d, %n, #%i" },
	{ "000t tiii iimm mddd", arm_emit_alu_shift, ALU_MOV, S_IT, 0, "mov%Z%c %d, %m%H" },
	{ "0010 0ddd iiii iiii", arm_emit_alu_immediate, ALU_MOV, S_IT, 0, "mov%Z%c %d, #%i" },
	{ "0010 1nnn iiii iiii", arm_emit_alu_immediate, ALU_CMP, 0, 0, "cmp%c %n, #%i" },
	{ "0011 0eee iiii iiii", arm_emit_alu_immediate, ALU_ADD, S_IT, 0, "add%Z%c %d, #%i" },
	{ "0011 1eee iiii iiii", arm_emit_alu_immediate, ALU_SUB, S_IT, 0, "sub%Z%c %d, #%i" },

	T16_ALU("0000", ALU_AND, "and%Z%c"),
	T16_ALU("0001", ALU_EOR, "eor%Z%c"),
	T16_SHIFT("0010", 0, "lsl%Z%c"),
	T16_SHIFT("0011", 1, "lsr%Z%c"),
	T16_SHIFT("0100", 2, "asr%Z%c"),
	T16_ALU("0101", ALU_ADC, "adc%Z%c"),
	T16_ALU("0110", ALU_SBC, "sbc%Z%c"),
	T16_SHIFT("0111", 3, "ror%Z%c"),
	T16_COMPARE("1000", ALU_TST, "tst%c"),
	{ "0100 0010 01nn nddd", arm_emit_alu_immediate, ALU_RSB, S_IT, 0, "rsb%Z%c %d, %n, #0" },
	T16_COMPARE("1010", ALU_CMP, "cmp%c"),
	T16_COMPARE("1011", ALU_CMN, "cmn%c"),
	T16_ALU("1100", ALU_ORR, "orr%Z%c"),
	{ "0100 0011 01nn nfff", arm_emit_mul, 0, S_IT, 0, "mul%Z%c %d, %n, %m" },
	T16_ALU("1110", ALU_BIC, "bic%Z%c"),
	{ "0100 0011 11mm mddd", arm_emit_alu_shift, ALU_MVN, S_IT, 0, "mvn%Z%c %d, %m" },

	/* High registers and branches by register, A6.2.3. */
	{ "0100 0100 emmm meee", arm_emit_alu_shift, ALU_ADD, ROW_SELECT, 0, "add%c %d, %m" },
	{ "0100 0101 nmmm mnnn", arm_emit_alu_shift, ALU_CMP, 0, 0, "cmp%c %n, %m" },
	{ "0100 0110 dmmm mddd", arm_emit_alu_shift, ALU_MOV, ROW_SELECT, 0, "mov%c %d, %m" },
	{ "0100 0111 0mmm m---", arm_emit_bx, 0, 0, 0, "bx%c %m" },
	{ "0100 0111 1mmm m---", arm_emit_blx, 0, 0, 0, "blx%c %m" },

	/* Loads and stores, A6.2.4. */
	{ "0100 1ddd iiii iiii", arm_emit_load, 2 | MEM_OFFSET | MEM_PC, ROW_MEMORY, IMM_X4,
	  "ldr%c %d, %A" },
	T16_MEM_REG("000", arm_emit_store, 2, "str"),
	T16_MEM_REG("001", arm_emit_store, 1, "strh"),
	T16_MEM_REG("010", arm_emit_store, 0, "strb"),
	T16_MEM_REG("011", arm_emit_load, 0 | MEM_SIGNED, "ldrsb"),
	T16_MEM_REG("100", arm_emit_load, 2, "ldr"),
	T16_MEM_REG("101", arm_emit_load, 1, "ldrh"),
	T16_MEM_REG("110", arm_emit_load, 0, "ldrb"),
	T16_MEM_REG("111", arm_emit_load, 1 | MEM_SIGNED, "ldrsh"),
	{ "0110 0iii iinn nddd", arm_emit_store, 2 | MEM_OFFSET, ROW_MEMORY, IMM_X4,
	  "str%c %d, %A" },
	{ "0110 1iii iinn nddd", arm_emit_load, 2 | MEM_OFFSET, ROW_MEMORY, IMM_X4,
	  "ldr%c %d, %A" },
	{ "0111 0iii iinn nddd", arm_emit_store, 0 | MEM_OFFSET, ROW_MEMORY, 0, "strb%c %d, %A" },
	{ "0111 1iii iinn nddd", arm_emit_load, 0 | MEM_OFFSET, ROW_MEMORY, 0, "ldrb%c %d, %A" },
	{ "1000 0iii iinn nddd", arm_emit_store, 1 | MEM_OFFSET, ROW_MEMORY, IMM_X2,
	  "strh%c %d, %A" },
	{ "1000 1iii iinn nddd", arm_emit_load, 1 | MEM_OFFSET, ROW_MEMORY, IMM_X2,
	  "ldrh%c %d, %A" },
	{ "1001 0ddd iiii iiii", arm_emit_store, 2 | MEM_OFFSET | MEM_SP, ROW_MEMORY, IMM_X4,
	  "str%c %d, %A" },
	{ "1001 1ddd iiii iiii", arm_emit_load, 2 | MEM_OFFSET | MEM_SP, ROW_MEMORY, IMM_X4,
	  "ldr%c %d, %A" },

	/* Addresses from pc and sp. */
	{ "1010 0ddd iiii iiii", arm_emit_alu_immediate, ALU_ADD | ALU_PC | ALU_ALIGN, ROW_SELECT,
	  IMM_X4, "add%c %d, pc, #%i" },
	{ "1010 1ddd iiii iiii", arm_emit_alu_immediate, ALU_ADD | ALU_SP, ROW_SELECT, IMM_X4,
	  "add%c %d, sp, #%i" },

	/* Miscellaneous, A6.2.5. */
	{ "1011 0000 0iii iiii", arm_emit_alu_immediate, ALU_ADD | ALU_SP | ALU_TO_SP, ROW_SELECT,
	  IMM_X4, "add%c sp, #%i" },
	{ "1011 0000 1iii iiii", arm_emit_alu_immediate, ALU_SUB | ALU_SP | ALU_TO_SP, ROW_SELECT,
	  IMM_X4, "sub%c sp, #%i" },
	{ "1011 j0i1 iiii innn", arm_emit_cbz, 0, ROW_ALWAYS, IMM_X2, "cb%Gz %n, %b" },
	T16_EXTEND("00", 16 | EXTEND_SIGNED, "sxth"),
	T16_EXTEND("01", 8 | EXTEND_SIGNED, "sxtb"),
	T16_EXTEND("10", 16, "uxth"),
	T16_EXTEND("11", 8, "uxtb"),
	{ "1011 010r rrrr rrrr", arm_emit_multi, MULTI_LIST8 | MULTI_DB | MULTI_W | MULTI_SP, 0, 0,
	  "push%c %L" },
	{ "1011 110r rrrr rrrr", arm_emit_multi,
	  MULTI_LIST8 | MULTI_IA | MULTI_W | MULTI_SP | MULTI_LOAD, 0, 0, "pop%c %L" },
	{ "1011 0110 0101 i---", arm_emit_setend, 0, ROW_ALWAYS, 0, "setend %E" },
	{ "1011 0110 011j -iii", arm_emit_cps, 1, ROW_ALWAYS, 0, "cps%C" },
	{ "1011 1010 00mm mddd", arm_emit_reverse, REVERSE_WORD, ROW_SELECT, 0, "rev%c %d, %m" },
	{ "1011 1010 01mm mddd", arm_emit_reverse, REVERSE_PAIRS, ROW_SELECT, 0, "rev16%c %d, %m" },
	{ "1011 1010 11mm mddd", arm_emit_reverse, REVERSE_SIGNED, ROW_SELECT, 0,
	  "revsh%c %d, %m" },
	{ "1011 1110 iiii iiii", arm_emit_bkpt, 0, ROW_ALWAYS, 0, "bkpt %X" },
	{ "1011 1111 0000 0000", arm_emit_nop, 0, 0, 0, "nop%c" },
	{ "1011 1111 0001 0000", arm_emit_yield, 0, 0, 0, "yield%c" },
	{ "1011 1111 0010 0000", arm_emit_wfe, 0, 0, 0, "wfe%c" },
	{ "1011 1111 0011 0000", arm_emit_wfi, 0, 0, 0, "wfi%c" },
	{ "1011 1111 0100 0000", arm_emit_sev, 0, 0, 0, "sev%c" },
	{ "1011 1111 iiii 0000", arm_emit_nop, 0, 0, 0, "hint%c #%i" },
	{ "1011 1111 jjjj kkkk", arm_emit_it, 0, ROW_ALWAYS, 0, "it%Y" },

	/* Several registers, branches. */
	{ "1100 0nnn rrrr rrrr", arm_emit_multi, MULTI_IA | MULTI_W, 0, 0, "stmia%c %n!, %L" },
	{ "1100 1nnn rrrr rrrr", arm_emit_multi, MULTI_IA | MULTI_T16 | MULTI_LOAD, 0, 0,
	  "ldmia%c %n%W, %L" },
	{ "1101 1110 ---- ----", NULL, 0, 0, 0, NULL },
	{ "1101 1111 iiii iiii", arm_emit_svc, 0, ROW_ADVANCE, 0, "svc%c #%i" },
	{ "1101 cccc iiii iiii", arm_emit_b, 1, ROW_ALWAYS, IMM_T16_BCC, "b%c %b" },
	{ "1110 0iii iiii iiii", arm_emit_b, 0, 0, IMM_T16_B, "b%c %b" },
};

const struct arm_table arm_table_t16 = { t16_rows, COUNT_OF(t16_rows) };
