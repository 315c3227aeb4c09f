/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fake guest's memory for programs that run blocks by the interpreter only:
 * mem_load and its relatives, and cpu_raise.  Every access adds to f->trace where it
 * happened, what it moved and what the slots were, so that two runs with equal traces
 * were exact at every site.
 */
#ifndef TESTS_IR_FAKE_MEMORY_H
#define TESTS_IR_FAKE_MEMORY_H

#include "fake.h"

extern uint8_t fake_ram[FAKE_RAM_BYTES];

/* What run_fake returns if the block raised. */
#define FAKE_RAISED 1000u

/* Executes a block by the interpreter, with its raises. */
unsigned run_fake(struct fake *f, const struct ir_block *b);

#endif
