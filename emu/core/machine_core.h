/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The machine as the core's parts see it; outside emu/core it is opaque.
 */
#ifndef EMU_CORE_MACHINE_CORE_H
#define EMU_CORE_MACHINE_CORE_H

#include <emu/board.h>

#include "core/cpu.h"
#include "core/debug.h"

#define MACHINE_BREAKPOINTS 64

enum machine_request { REQUEST_NONE, REQUEST_OFF, REQUEST_RESET };

struct machine {
	struct machine_config config;
	const struct board *board;
	void *board_data;
	struct bus *bus;
	struct bus *ports; /* NULL: no port space */
	struct clock *clock;
	struct cpu *cpu;

	/* Written by any thread. */
	bool attention, stop;

	bool in_code; /* a slice is running */
	bool exact;   /* the slice must end where its budget does */
	bool debug;   /* stop for the debugger */
	enum machine_request request;
	/* Deterministic: not before this many instructions; alarms all of them. */
	uint64_t request_at, alarms_at;
	uint64_t started; /* instructions when machine_run was called */
	uint64_t limit;   /* machine_run_for: not beyond this many instructions */
	uint64_t rate_16; /* instructions in 65,536 ns, measured */
	uint64_t slices, idle_ns, run_ns;
	uint64_t poll_sleep_ns; /* see machine_rest */
	uint64_t polls_seen, polls_seen_at;

	gva breakpoint[MACHINE_BREAKPOINTS];
	unsigned breakpoint_count;
	enum debug_reason reason;
	gva reason_address;
	enum mem_access reason_access;
};

/* A slice that ends after that many more instructions at the latest; at sites too. */
void machine_shorten_slice(struct machine *m, uint64_t instructions);

/* In deterministic mode, what happens within a block takes effect after this many
 * instructions: at least the longest block. */
#define MACHINE_LATENCY 64

#endif
