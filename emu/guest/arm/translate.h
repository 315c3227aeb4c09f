/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Inside the ARM front end: what its parts share while one block is translated.
 */
#ifndef EMU_GUEST_ARM_TRANSLATE_H
#define EMU_GUEST_ARM_TRANSLATE_H

#include "guest/arm/state.h"
#include "ir/fp.h"

#define ARM_SLOT(field) ((unsigned)offsetof(struct arm, field))

/* Which operation made the flags that the slots nf, zf, cf and vf hold. */
enum arm_flags_kind {
	FLAGS_SLOTS, /* not known */
	FLAGS_ADD,   /* `flags` is a token of add or adc */
	FLAGS_SUB,   /* of sub or sbb: ARM's carry is the inverse of its */
	FLAGS_LOGIC, /* a token for N and Z only */
	FLAGS_VALUE, /* the value that N and Z tell about */
};

struct arm_unit {
	struct ir_block *ir;
	struct arm *arm; /* for the model only: nothing else of the state is constant */
	struct fetch *fetch;
	uint32_t modes;
	gva pc; /* of the instruction, without T */
	bool thumb;
	unsigned bytes; /* of the instruction: 2 or 4 */
	bool ended;     /* an exit that isn't exit_if has been emitted */

	/* The rest belongs to translate.c; parts for VFP and NEON needn't know it. */
	gva next;           /* where translation goes on: pc + bytes, unless a branch is followed */
	uint8_t it;         /* CPSR.IT of this instruction, ... */
	uint8_t it_next;    /* ... of the next, */
	uint8_t it_slot;    /* ... and what the slot holds */
	uint8_t known;      /* condition that holds here, 14 if none */
	uint8_t flags_kind; /* enum arm_flags_kind */
	ir_value flags;
	ir_value flags_x, flags_y; /* of a comparison; IR_NONE otherwise */
	unsigned flags_end;        /* operations when they had been set */
	ir_value condition[16];    /* values made since the flags last changed, or IR_NONE */
	ir_value predicate;        /* IR_NONE, or: registers change only if it isn't 0 */
};

/* Registers 0..14, and 15 as an operand (pc + 8 or + 4). */
ir_value arm_reg(struct arm_unit *u, unsigned n);
void arm_set_reg(struct arm_unit *u, unsigned n, ir_value value); /* n < 15 */

/* How ordinary data accesses are made in this block: size log2; alignment log2 that is
 * always demanded (0 for those that SCTLR.A alone controls). */
struct ir_mem arm_mem(const struct arm_unit *u, unsigned size, unsigned align);

/* The slots nf, zf, cf, vf were set by other means than arm_set_flags_*. */
void arm_flags_changed(struct arm_unit *u);

/* Undefined instruction: raises; ends the block. */
void arm_emit_undefined(struct arm_unit *u);
/* Goes on at the next instruction through the run loop. */
void arm_end_block(struct arm_unit *u);

#endif
