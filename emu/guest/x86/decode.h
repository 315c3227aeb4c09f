/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Decoding (Intel SDM 2): rows by opcode that the translator and the disassembler share.
 *
 * A table has a row per opcode; a row may lead on to a table by the reg field (group), by
 * mandatory prefix (none, 66, F3, F2), or by mod = 3 or not.
 */
#ifndef EMU_GUEST_X86_DECODE_H
#define EMU_GUEST_X86_DECODE_H

#include <emu/types.h>

struct x86_unit;
struct x86_insn;

typedef void x86_emit(struct x86_unit *u, const struct x86_insn *i);

/* Operands, as the manual's appendix A has them; what the disassembler prints and the
 * decoder reads. */
enum x86_operand {
	OP_NONE,
	OP_EB,
	OP_EW,
	OP_ED,
	OP_EV,  /* ModRM: register or memory; byte, word, dword, operand size */
	OP_EDW, /* ModRM: 32-bit register, or word in memory */
	OP_GB,
	OP_GW,
	OP_GD,
	OP_GV, /* ModRM's reg field: general register */
	OP_ZB,
	OP_ZV, /* register in the opcode's low 3 bits */
	OP_IB,
	OP_IBS,
	OP_IW,
	OP_IV, /* immediate: byte, sign-extended byte, word, operand size */
	OP_JB,
	OP_JV, /* relative */
	OP_AP, /* far pointer, immediate */
	OP_OB,
	OP_OV, /* memory at an immediate offset */
	OP_M,
	OP_MP,
	OP_MQ,
	OP_MT, /* memory only: any, far pointer, 8 bytes, 10 bytes */
	OP_MD,
	OP_MW,
	OP_MDQ, /* memory only: 4, 2, 16 bytes */
	OP_SW,
	OP_CR,
	OP_DR, /* reg field: segment, control, debug register */
	OP_AL,
	OP_CL,
	OP_DX,
	OP_EAX, /* OP_EAX: accumulator of the operand size */
	OP_1,
	OP_3,
	OP_ES,
	OP_CS,
	OP_SS,
	OP_DS,
	OP_FS,
	OP_GS,
	OP_XB,
	OP_XV,
	OP_YB,
	OP_YV, /* string source, destination */
	OP_ST0,
	OP_STI, /* x87: top, rm field */
	OP_PQ,
	OP_QQ,
	OP_QD, /* MMX: reg field; ModRM, 8 bytes; ModRM, 4 bytes */
	OP_VX,
	OP_WX,
	OP_WQ,
	OP_WD,
	OP_WW, /* SSE: reg field; ModRM with 16, 8, 4, 2 bytes */
	OP_NQ,
	OP_UX, /* rm field: MMX, SSE register only */
	OP_RD, /* rm field: general register, whatever mod says */
};

enum x86_row_how {
	ROW_MODRM = 1,
	ROW_GROUP = 2,    /* next: 8 rows by reg */
	ROW_PREFIX = 4,   /* next: 4 rows by mandatory prefix */
	ROW_MOD = 8,      /* next: 2 rows: memory, register */
	ROW_LOCK = 16,    /* LOCK is allowed, with a memory destination */
	ROW_X87 = 32,     /* next: 64 + 8 rows: see decode_x87.c */
	ROW_BY_SIZE = 64, /* text has forms, "cbw|cwde": see disasm.c */
};

struct x86_row {
	const char *text; /* the mnemonic; NULL: undefined opcode */
	x86_emit *emit;   /* NULL with text: known but not supported, #UD */
	uint8_t operand[3];
	uint8_t how;
	uint32_t arg; /* for emit */
	const struct x86_row *next;
};

#define X86_MAX_LENGTH 15

struct x86_insn {
	const struct x86_row *row;
	uint32_t arg;   /* of the row */
	uint8_t opcode; /* the last opcode byte */
	uint8_t length;
	uint8_t size;    /* operand size: 2 or 4 */
	uint8_t address; /* address size: 2 or 4 */
	uint8_t repeat;  /* 0, 0xf2, 0xf3; the last one given */
	bool lock, prefix66;
	int8_t segment; /* override; -1: none */
	/* ModRM and SIB. */
	bool is_memory;
	uint8_t modrm, mod, reg, rm;
	int8_t base, index; /* registers of the address; -1: none */
	uint8_t scale;      /* shift count */
	uint32_t displacement;
	uint8_t segment_of;             /* of the memory operand, override included */
	uint32_t immediate, immediate2; /* sign-extended as the operand says; far pointers:
					 * offset, selector; ENTER: both */
};

/* Reads instruction bytes: `byte(context, n, &value)`, n from 0; false: not readable. */
typedef bool x86_read_byte(void *context, unsigned n, uint8_t *value);

enum x86_decoded {
	X86_DECODED,
	X86_UNDEFINED,  /* #UD; i->length is right as far as it was read */
	X86_TOO_LONG,   /* more than 15 bytes: #GP(0) */
	X86_UNREADABLE, /* byte() failed */
};

/* `wide`: CS.D.  Rows of prefix groups are chosen, LOCK is checked. */
enum x86_decoded x86_decode(bool wide, x86_read_byte *byte, void *context, struct x86_insn *i);

/* disasm.c, for code of either size: see struct guest's disassemble. */
unsigned x86_disassemble_as(bool wide, gva pc, const uint8_t *bytes, size_t count, char *text,
			    size_t room);

/* decode_one.c, decode_0f.c, decode_x87.c, decode_sse.c: the tables. */
extern const struct x86_row x86_rows_one[256], x86_rows_0f[256];
extern const struct x86_row x86_rows_0f_simd[256]; /* where x86_rows_0f has no text */
extern const struct x86_row x86_rows_x87[8][72];   /* D8..DF: by reg for memory, then by the
						  * low 6 bits of ModRM for registers */

#endif
