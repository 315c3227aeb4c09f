/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a back end that makes host code offers to the code cache (core/code.h).  One
 * is linked into a program; emu/host/ISA has the implementation.  The interpreter's
 * entry is here too: it needs no code cache.
 */
#ifndef EMU_HOST_HOST_H
#define EMU_HOST_HOST_H

#include "core/cpu.h"
#include "guest/guest.h"
#include "ir/ir.h"

/* How translated code came back.  Values of host_enter and ir_run below HOST_LINK are
 * these; from HOST_LINK on it is the link number (see host_compile) of the direct exit
 * that was taken and isn't linked: cpu->pc is its pc. */
enum host_exit {
	HOST_RUN,    /* exit_run: look at everything anew */
	HOST_BUDGET, /* the next block needs more budget than is left; cpu->pc is its pc,
		       * cpu->budget what is left */
	HOST_LOOKUP, /* an indirect exit whose target isn't in the jump cache */
	HOST_LINK = 16,
};

struct host_link {
	uint32_t at; /* byte offset in the block's code of what host_link patches */
	gva pc;
};

struct host_code {
	size_t bytes;
	size_t entry;        /* offset of the entry */
	unsigned link_count; /* direct exits and return points, in IR order */
	struct host_link link[IR_MAX_EXITS];
};

/* Once per code cache: writes common code (entry, leave, slow paths, look-up) to
 * the start of `code`, for a CPU of this guest; returns its size, 0 if it doesn't fit.
 * The host state is kept at *host. */
struct host;
struct host *host_create(struct cpu *cpu, uint8_t *code, size_t room, size_t *used);
void host_destroy(struct host *h);

/* Compiles a block to `out` (room bytes left, within 2 GiB of the common code).  Direct
 * exit i has link number first_link + i.  False if it doesn't fit; nothing is kept. */
bool host_compile(struct host *h, const struct ir_block *b, uint8_t *out, size_t room,
		  unsigned first_link, struct host_code *code);

/* Makes the exit at `at` jump to a block's entry, or back to the run loop. */
void host_link(uint8_t *at, const uint8_t *entry);
void host_unlink(struct host *h, uint8_t *at);

/* Runs translated code until it comes back. */
unsigned host_enter(struct host *h, struct cpu *cpu, const void *entry);

/* cpu_raise has left translated code: brings the host's floating-point environment
 * back.  Harmless if none was running. */
void host_unwound(struct cpu *cpu);

/* For LOG_OUT: one line per host instruction or, without a disassembler, per 16 bytes. */
void host_print(const uint8_t *code, size_t bytes, void (*line)(const char *text));

/* The interpreter: executes a whole block with its budget and refund, or nothing of it if
 * the budget doesn't suffice (HOST_BUDGET), as translated code does.  Indirect exits
 * yield HOST_LOOKUP, direct ones HOST_LINK and more, the block's first one being 0. */
unsigned ir_run(struct cpu *cpu, const struct ir_block *b);

#endif
