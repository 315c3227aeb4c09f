/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long it takes until a console is seen, see report.h.
 */
#include "report.h"

#include <stdio.h>

static uint64_t report_ticks(void)
{
	uint32_t low, high;

	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

void report_start(struct report *r)
{
	*r = (struct report){ .on = true, .waiting = true };
}

void report_key(struct report *r)
{
	if (r->on)
		r->key_ticks = report_ticks();
}

static void report_line(const struct report *r, struct server *s, uint64_t ticks)
{
	printf("%s: frame %u is shown %llu ticks after %s\n", server_focused(s)->name, s->frame,
	       (unsigned long long)(ticks - r->since_ticks), r->since_ticks ? "the key" : "reset");
}

void report_updated(struct report *r, struct server *s)
{
	uint64_t ticks;

	if (!r->on)
		return;
	if (s->switches != r->switches) {
		r->switches = s->switches;
		r->since_ticks = r->key_ticks;
		r->signals = s->signals;
		r->waiting = true;
		r->shown = false;
	}
	if (!r->waiting || s->splash || !s->screen.valid || s->attention ||
	    (r->shown && s->signals == r->signals))
		return;
	ticks = report_ticks();
	report_line(r, s, ticks);
	r->waiting = s->signals == r->signals;
	r->shown = true;
}
