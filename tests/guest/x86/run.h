/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Runs x86 code by front end and interpreter, without emu/core and without the guest's
 * system part: 1 MiB of RAM, identity-mapped, in place of memory; segments that are set by
 * hand, a function in place of each system instruction.  What raises ends the run.
 */
#ifndef TESTS_GUEST_X86_RUN_H
#define TESTS_GUEST_X86_RUN_H

#include "guest/x86/system.h"

#define RUN_RAM_BYTES (1u << 20)
#define RUN_PAGES (RUN_RAM_BYTES >> 12)

/* Code segments by number. */
enum run_code_segment {
	RUN_FLAT,  /* 32 bits, without limit */
	RUN_REAL,  /* 16 bits, base 0x1000, limit 0xffff */
	RUN_SMALL, /* 32 bits, base 0x8000, limit 0xfff */
};

struct run_core {
	uint8_t ram[RUN_RAM_BYTES] __attribute__((aligned(4096)));
	uint32_t modes;    /* but what is in EFLAGS and `shadow` */
	unsigned vector;   /* of the exception; ~0: none */
	uint32_t code, pc; /* its error code; cpu->pc then */
	uint32_t port;     /* the last port, what was written; what reading yields grows by 1 */
	uint32_t written, reads;
	uint32_t interrupt; /* INT's vector | next EIP << 8; 0: none */
	unsigned traps, breaks;
	bool plain; /* pages are in the tables that helpers look at */
	uint64_t table[1u << 20];
};

extern struct run_core run_core;
extern struct x86_model run_model; /* after run_begin: one that has everything */

/* How code is cut into blocks, and whether the optimiser is used. */
struct run_how {
	unsigned limit; /* instructions a block may have; 0: as many as it likes */
	bool optimise;
};

struct run_result {
	unsigned executed; /* instructions, as the budget counts them */
	unsigned blocks;
	const char *wrong; /* ir_verify's message */
};

/* A new CPU in flat 32-bit code, or in real mode with all bases 0x1000; RAM is 0. */
struct x86 *run_begin(enum run_code_segment code);

/* Gives a segment a base and a limit. */
void run_segment(struct x86 *x, unsigned segment, uint32_t base, uint32_t limit);

/* From cpu->pc until it is `stop`, something raises or `most` instructions are done. */
struct run_result run_code(struct x86 *x, struct run_how how, gva stop, unsigned most);

/* Translates one block at pc; NULL if it is well-formed. */
const struct ir_block *run_translate(struct x86 *x, gva pc, uint32_t modes, struct run_how how,
				     const char **wrong);

#endif
