/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Inside the ARM front end: what its parts share while one block is translated.
 */
#ifndef EMU_GUEST_ARM_TRANSLATE_H
#define EMU_GUEST_ARM_TRANSLATE_H

#include "guest/arm/state.h"
#include "ir/fp.h"

#define ARM_SLOT(field) ((unsigned)offsetof(struct arm, field))

struct arm_unit {
	struct ir_block *ir;
	struct arm *arm; /* for the model only: nothing else of the state is constant */
	struct fetch *fetch;
	uint32_t modes;
	gva pc;		/* of the instruction, without T */
	bool thumb;
	unsigned bytes; /* of the instruction: 2 or 4 */
	bool ended;	/* an exit that isn't exit_if has been emitted */
};

/* Registers 0..14, and 15 as an operand (pc + 8 or + 4). */
ir_value arm_reg(struct arm_unit *u, unsigned n);
void arm_set_reg(struct arm_unit *u, unsigned n, ir_value value); /* n < 15 */

/* How ordinary data accesses are made in this block: size log2; alignment log2 that is
 * always demanded (0 for those that SCTLR.A alone controls). */
struct ir_mem arm_mem(const struct arm_unit *u, unsigned size, unsigned align);

/* Undefined instruction: raises; ends the block. */
void arm_emit_undefined(struct arm_unit *u);
/* Goes on at the next instruction through the run loop. */
void arm_end_block(struct arm_unit *u);

#endif
