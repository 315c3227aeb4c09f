/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Follows the control sequences in what a terminal is sent (ECMA-48; xterm's strings):
 * says of each byte what a terminal takes it for.  Nothing is collected but what the
 * multiplexer asks for.
 */
#ifndef SERIAL_ESCAPE_H
#define SERIAL_ESCAPE_H

#include <stdbool.h>
#include <stdint.h>

enum escape_kind {
	ESCAPE_TEXT,    /* shown: also bytes above 0x7f */
	ESCAPE_CONTROL, /* carried out at once, even within a sequence: \n, \b ... */
	ESCAPE_INSIDE,  /* of a sequence, which goes on or was given up */
	ESCAPE_END,     /* ends a sequence: `final`, and what it does, count */
};

enum escape_state { ESCAPE_GROUND, ESCAPE_STARTED, ESCAPE_CSI, ESCAPE_CHARSET, ESCAPE_STRING };

struct escape {
	enum escape_state state;
	bool is_private;    /* CSI ? */
	uint32_t parameter; /* the last one */
	uint8_t final;
};

enum escape_kind escape_step(struct escape *e, uint8_t byte);

static inline bool escape_is_inside(const struct escape *e)
{
	return e->state != ESCAPE_GROUND;
}

/* After ESCAPE_END: whether the cursor went somewhere else, or text was erased, so that
 * what was sent before doesn't say any more what is on the line. */
bool escape_moves(const struct escape *e);

/* After ESCAPE_END: 1 if it turned to the alternate screen, -1 if back, else 0. */
int escape_alternate(const struct escape *e);

#endif
