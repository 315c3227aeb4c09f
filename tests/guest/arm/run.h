/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Runs ARM code by front end and interpreter, without emu/core: the fake core's RAM is
 * all there is; an access beyond it raises as the guest's data abort.
 */
#ifndef TESTS_GUEST_ARM_RUN_H
#define TESTS_GUEST_ARM_RUN_H

#include "fake_core.h"

/* How code is cut into blocks, and whether the optimiser is used. */
struct run_how {
	unsigned limit; /* instructions a block may have; 0: as many as it likes */
	bool optimise;
};

struct run_result {
	unsigned executed; /* instructions, as the budget counts them */
	unsigned blocks, raises;
	const char *wrong; /* ir_verify's message */
};

/* From cpu->pc until it is `stop` (with bit 0 = T) or `most` instructions are done. */
struct run_result run_code(struct arm *arm, struct run_how how, gva stop, unsigned most);

/* Translates one block at pc; NULL if it is well-formed. */
const struct ir_block *run_translate(struct arm *arm, gva pc, uint32_t modes, struct run_how how,
				     const char **wrong);

#endif
