/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random x86 instructions: programs.  A program is made from a seed, a flavour and its
 * number; assembled, with some of its operations left out if need be, it is a case.
 */
#ifndef TESTS_GUEST_X86_RANDOM_PROGRAM_H
#define TESTS_GUEST_X86_RANDOM_PROGRAM_H

#include <stdbool.h>

#include "case.h"
#include "guest/x86/decode.h"

enum flavour { FLAVOUR_INTEGER, FLAVOUR_STRING, FLAVOUR_X87, FLAVOUR_SSE, FLAVOUR_MIXED, FLAVOURS };

/* How an operation's last bytes, a displacement, are filled in. */
enum op_jump {
	JUMP_NONE,
	JUMP_8,   /* from the end of the operation: one byte in the guest, four natively */
	JUMP_8_8, /* one byte in both */
	JUMP_32,
	JUMP_NATIVE, /* four bytes, natively only */
};

/* What is executed as one, or not at all. */
struct op {
	uint8_t guest[80], native[200];
	uint8_t guest_bytes, native_bytes;
	uint8_t jump;    /* enum op_jump */
	int8_t distance; /* to the target, in operations: 2 skips one */
	uint8_t group;   /* operations of one number stay or go together; 0: alone */
	/* Where addresses of guest code go, if not 0: the target's, in guest and native code,
	 * and natively that of what follows. */
	uint8_t guest_target, native_target, native_after;
	/* Flags (CASE_C1, CASE_EMPTY too).  keeps: it leaves alone; partly: it may leave
	 * `undefined` alone, too. */
	uint32_t reads, undefined, keeps;
	bool partly;
	bool compares, controls; /* on the x87; loads its control word */
};

struct program {
	struct op op[CASE_OPS];
	unsigned count;
	unsigned groups;
	/* What a comparison yields when it raises an unmasked exception depends on the maker: a
	 * program has comparisons, or unmasked exceptions. */
	bool compares;
	uint32_t eflags, r[8];
	struct case_fpu fpu;
};

/* Numbers. */
struct dice {
	uint64_t state;
};
uint32_t dice_32(struct dice *d);
uint64_t dice_64(struct dice *d);
uint32_t dice_below(struct dice *d, uint32_t n);
bool dice_one_in(struct dice *d, uint32_t n);
uint64_t dice_lane(struct dice *d); /* integers, floats, doubles */

void program_make(struct program *p, enum flavour flavour, struct dice *d);

/* Without operations whose bit is set in `without`.  What reads undefined flags is left out. */
void program_assemble(const struct program *p, uint64_t without, unsigned slot,
		      struct random_case *c);

/* rules.c: what an instruction (of two bytes, of MMX and SSE) does with flags; false: it isn't
 * one for these programs. */
bool rule_find(const struct x86_insn *i, bool two, bool simd, struct op *op);

/* Flags that a condition / 2 reads. */
extern const uint32_t rule_condition[8];

/* state.c */
void state_make(struct program *p, enum flavour flavour, struct dice *d);

/* shapes.c: what has no form of its own in 64-bit mode, or is several instructions; adds
 * operations to the program. */
void shape_add(struct program *p, struct dice *d);
void shape_state(struct program *p, struct dice *d);              /* x87 and SSE state in memory */
uint32_t control_of_sse(struct dice *d);                          /* a value for MXCSR */
void shape_load(struct program *p, unsigned reg, uint32_t value); /* MOV */
void shape_store(struct program *p, uint32_t address, uint32_t value);
/* An ordinary instruction of the integer unit, and the MOVs it needs: at least one operation,
 * at most 5. */
void program_plain(struct program *p, struct dice *d);
/* A new operation; NULL: no room. */
struct op *program_op(struct program *p, uint8_t group);
void op_guest(struct op *op, const void *bytes, unsigned count);
void op_native(struct op *op, const void *bytes, unsigned count);
void op_both(struct op *op, const void *bytes, unsigned count);

#endif
