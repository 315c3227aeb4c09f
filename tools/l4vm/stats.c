/* SPDX-License-Identifier: BSD-2-Clause
 *
 * --stats: what the machine did, one figure a line.
 */
#include "command.h"

#include <emu/machine.h>
#include <inttypes.h>
#include <stdio.h>

static void line(const char *name, uint64_t value, const char *unit)
{
	fprintf(stderr, "%-26s %14" PRIu64 " %s\n", name, value, unit);
}

void print_statistics(struct machine *m)
{
	struct machine_stats s;

	machine_stats(m, &s);
	fputc('\n', stderr);
	line("guest instructions", s.instructions, "");
	line("speed while running", s.run_ns ? s.instructions * 1000 / s.run_ns : 0, "MIPS");
	line("time running", s.run_ns / 1000000, "ms");
	line("time idle", s.idle_ns / 1000000, "ms");
	line("slices", s.slices, "");
	line("blocks translated", s.blocks_translated, "");
	line("blocks live", s.blocks_live, "");
	line("guest bytes translated", s.guest_bytes_translated, "bytes");
	line("code cache used", s.code_bytes_used / 1024, "KiB");
	line("code cache size", s.code_bytes_size / 1024, "KiB");
	line("blocks evicted", s.evictions, "");
	line("code pages written", s.invalidations, "");
	line("table flushes", s.flushes, "");
	line("table entries filled", s.fills, "");
	line("table entries re-read", s.entries_validated, "");
	line("table entries dropped", s.entries_dropped, "");
	line("table memory", s.table_bytes / 1024, "KiB");
	line("table memory dropped", s.table_drops, "");
	line("exceptions", s.exceptions, "");
	line("interrupts", s.interrupts, "");
	line("chip accesses", s.io_accesses, "");
}
