/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One fake CPU with the x86-64 back end: compiles blocks one after the other and runs
 * them, raises included.  For the tests in this folder.
 */
#ifndef TESTS_HOST_X86_64_RIG_H
#define TESTS_HOST_X86_64_RIG_H

#include "fake.h"
#include "host/host.h"
#include "x86_64_memory.h"

#define RIG_RAISED 1000u
#define RIG_CODE_BYTES (1u << 20)
#define RIG_MODES 0x80000005u

extern struct fake *rig_low; /* below 2 GiB, as the emitter wants it */
#define rig_state (*rig_low)
extern struct host *rig_host;
extern uint8_t *rig_code;           /* code memory ... */
extern size_t rig_common, rig_used; /* ... begins with common code; bytes used in all */

bool rig_create(void);
void rig_empty(void); /* forgets all blocks, the jump cache and the returns */

/* Fills a state with random values and what a CPU needs. */
void rig_fill(struct fake *f, uint64_t seed, int32_t budget);

/* NULL if it doesn't fit. */
uint8_t *rig_compile(const struct ir_block *b, unsigned first_link, struct host_code *code);

/* Runs rig_state from an entry; RIG_RAISED after cpu_raise. */
unsigned rig_execute(const void *entry);

/* The same for the interpreter and any state. */
unsigned rig_interpret(struct fake *f, const struct ir_block *b);

/* x86_64_directed.c */
void test_directed(void);

#endif
