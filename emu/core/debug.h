/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Break- and watchpoints, for debuggers.  vCPU thread only, between runs.
 */
#ifndef EMU_CORE_DEBUG_H
#define EMU_CORE_DEBUG_H

#include "core/cpu.h"
#include "core/memory.h"

/* Execution stops before the instruction at a guest virtual address (without the
 * guest's mode bit).  False if there are too many, or none there. */
bool debug_break(struct machine *m, gva address);
bool debug_unbreak(struct machine *m, gva address);
/* Removes all break- and watchpoints. */
void debug_forget(struct machine *m);
bool debug_breaks_at(const struct machine *m, gva address);

/* For the run loop: stops the machine if there is a breakpoint at the pc that it didn't
 * start from. */
bool debug_stop_at(struct machine *m, gva address);

/* A watchpoint was hit: the machine stops at the end of the running block. */
void debug_watch_hit(struct cpu *cpu, gva address, enum mem_access access);

/* Why machine_run returned MACHINE_DEBUG. */
enum debug_reason { DEBUG_STEP, DEBUG_BREAK, DEBUG_WATCH };
enum debug_reason debug_reason(const struct machine *m, gva *address, enum mem_access *access);

#endif
