/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Decoding of ARM and Thumb instructions (ARM DDI 0406C, chapters A5 and A6): tables of
 * patterns that the translator and the disassembler share.
 *
 * A row's pattern shows the instruction's bits in groups of four: 0 and 1 must match,
 * - is not looked at, letters are operands.  All bits with the same letter make one
 * number, the leftmost the highest:
 *
 *	"cccc 0010 100s nnnn dddd iiii iiii iiii"
 *
 * The letters' usual meaning: c condition, s "sets flags", d n m a registers (d is the
 * first one written or stored; a the accumulator, the shift's amount, or the low half of
 * a long product), t shift type, i immediate, j a second number, p u w the addressing
 * bits, r register list.  Two are special: e is both d and n, f both d and m.
 *
 * The first row of a table that matches counts; one without emit, or none at all, is an
 * undefined instruction.
 */
#ifndef EMU_GUEST_ARM_DECODE_H
#define EMU_GUEST_ARM_DECODE_H

#include <emu/types.h>

struct arm_operands;
struct arm_unit;

typedef void arm_emit(struct arm_unit *u, const struct arm_operands *o);

/* How a row's immediate i is to be understood.  Small numbers: shifted left by that. */
enum arm_immediate {
	IMM_PLAIN,
	IMM_X2,
	IMM_X4,
	IMM_X8,
	IMM_A32,     /* eight bits, rotated */
	IMM_T32,     /* ThumbExpandImm */
	IMM_BRANCH,  /* signed, times 4 */
	IMM_BLX,     /* signed, times 4, plus 2 * j */
	IMM_T32_BCC, /* S J2 J1 imm6 imm11; in letters s k j i */
	IMM_T32_B,   /* S I1 I2 imm10 imm11; likewise */
	IMM_T16_BCC, /* signed 8 bits, times 2 */
	IMM_T16_B,   /* signed 11 bits, times 2 */
};

/* What the translator must know before it emits a row. */
enum arm_row_how {
	ROW_SELECT = 1,   /* changes registers only, and flags if s: may be predicated */
	ROW_MEMORY = 2,   /* one load or store, which may be predicated */
	ROW_ALWAYS = 4,   /* has no condition, or sees to it itself */
	ROW_S_IT = 8,     /* sets flags (s) outside of IT blocks */
	ROW_ADVANCE = 16, /* raises an exception that returns to the next instruction */
};

struct arm_row {
	const char *pattern;
	arm_emit *emit;    /* NULL: undefined */
	uint32_t arg;      /* for emit */
	uint8_t how;       /* enum arm_row_how */
	uint8_t immediate; /* enum arm_immediate */
	const char *text;  /* for the disassembler: see disasm.c */
};

/* A row in a macro. */
#define ARM_ROW(...)                                                                               \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}

struct arm_operands {
	const struct arm_row *row;
	uint32_t raw;
	uint32_t arg; /* of the row */
	int carry;    /* carry-out of an expanded immediate: 0, 1, -1 unchanged */
	union {
		uint32_t letter[26];
		struct {
			uint32_t a, b, c, d, e, f, g, h, i, j, k, l, m;
			uint32_t n, o, p, q, r, s, t, u, v, w, x, y, z;
		};
	};
};

enum arm_set { ARM_SET_A32, ARM_SET_A32_ALWAYS, ARM_SET_T32, ARM_SET_T16, ARM_SETS };

struct arm_table {
	const struct arm_row *rows;
	unsigned count;
};

/* decode_a32.c, decode_t32.c, decode_t16.c */
extern const struct arm_table arm_table_a32, arm_table_a32_always, arm_table_t32, arm_table_t16;

/* A 32-bit Thumb instruction has its first half-word in the high half.  False: undefined;
 * o->raw is set all the same. */
bool arm_decode(bool thumb, uint32_t raw, struct arm_operands *o);

/* Whether a Thumb instruction that begins with this half-word has 32 bits. */
static inline bool arm_is_wide(uint32_t half)
{
	return half >= 0xe800;
}

#endif
