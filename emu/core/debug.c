/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Break- and watchpoints; see debug.h.  Blocks end before a breakpoint and are never
 * linked to one, so that the run loop sees every arrival.
 */
#include "core/debug.h"

#include "core/code.h"
#include "core/machine_core.h"
#include "guest/guest.h"

bool debug_breaks_at(const struct machine *m, gva address)
{
	if (__builtin_expect(m->breakpoint_count == 0, 1))
		return false;
	for (unsigned i = 0; i < m->breakpoint_count; i++)
		if (m->breakpoint[i] == (address & m->cpu->guest->pc_mask))
			return true;
	return false;
}

bool debug_break(struct machine *m, gva address)
{
	if (debug_breaks_at(m, address))
		return true;
	if (m->breakpoint_count == MACHINE_BREAKPOINTS)
		return false;
	m->breakpoint[m->breakpoint_count++] = address & m->cpu->guest->pc_mask;
	code_flush(m->cpu->code);
	return true;
}

bool debug_unbreak(struct machine *m, gva address)
{
	for (unsigned i = 0; i < m->breakpoint_count; i++) {
		if (m->breakpoint[i] != (address & m->cpu->guest->pc_mask))
			continue;
		m->breakpoint[i] = m->breakpoint[--m->breakpoint_count];
		code_flush(m->cpu->code);
		return true;
	}
	return false;
}

void debug_forget(struct machine *m)
{
	if (m->breakpoint_count)
		code_flush(m->cpu->code);
	m->breakpoint_count = 0;
	mem_unwatch_all(m->cpu->mem);
}

bool debug_stop_at(struct machine *m, gva address)
{
	if (!debug_breaks_at(m, address) || cpu_executed(m->cpu) == m->started)
		return false;
	m->debug = true;
	m->reason = DEBUG_BREAK;
	m->reason_address = address;
	return true;
}

void debug_watch_hit(struct cpu *cpu, gva address, enum mem_access access)
{
	struct machine *m = cpu->machine;

	m->debug = true;
	m->reason = DEBUG_WATCH;
	m->reason_address = address;
	m->reason_access = access;
	machine_shorten_slice(m, 0);
}

enum debug_reason debug_reason(const struct machine *m, gva *address, enum mem_access *access)
{
	*address = m->reason_address;
	*access = m->reason_access;
	return m->reason;
}
