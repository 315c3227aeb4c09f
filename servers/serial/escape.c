/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Control sequences, see escape.h.  C1 controls of 8 bits aren't followed: terminals
 * for UTF-8 don't know them either.
 */
#include "escape.h"

#include <string.h>

#define BEL 0x07
#define CAN 0x18
#define SUB 0x1a
#define ESC 0x1b
#define DEL 0x7f

static enum escape_kind escape_finish(struct escape *e, uint8_t byte)
{
	e->state = ESCAPE_GROUND;
	e->final = byte;
	return ESCAPE_END;
}

static enum escape_kind escape_after_esc(struct escape *e, uint8_t byte)
{
	e->is_private = false;
	e->parameter = 0;
	if (byte == '[')
		e->state = ESCAPE_CSI;
	else if (byte && strchr("]PX^_", byte))
		e->state = ESCAPE_STRING;
	else if (byte >= 0x20 && byte < 0x30)
		e->state = ESCAPE_CHARSET;
	else
		return escape_finish(e, 0);
	return ESCAPE_INSIDE;
}

static enum escape_kind escape_in_csi(struct escape *e, uint8_t byte)
{
	if (byte >= 0x40)
		return escape_finish(e, byte);
	if (byte == '?')
		e->is_private = true;
	else if (byte >= '0' && byte <= '9' && e->parameter < 100000)
		e->parameter = e->parameter * 10 + (byte - '0');
	else if (byte == ';')
		e->parameter = 0;
	return ESCAPE_INSIDE;
}

enum escape_kind escape_step(struct escape *e, uint8_t byte)
{
	if (byte == ESC) {
		e->state = ESCAPE_STARTED;
		return ESCAPE_INSIDE;
	}
	if (byte == CAN || byte == SUB) {
		e->state = ESCAPE_GROUND;
		return ESCAPE_INSIDE;
	}
	if (e->state == ESCAPE_STRING)
		return byte == BEL ? escape_finish(e, 0) : ESCAPE_INSIDE;
	if (byte < 0x20 || byte == DEL)
		return ESCAPE_CONTROL;
	switch (e->state) {
	case ESCAPE_STARTED:
		return escape_after_esc(e, byte);
	case ESCAPE_CSI:
		return escape_in_csi(e, byte);
	case ESCAPE_CHARSET:
		return byte >= 0x30 ? escape_finish(e, 0) : ESCAPE_INSIDE;
	default:
		return ESCAPE_TEXT;
	}
}

bool escape_moves(const struct escape *e)
{
	return e->final && strchr("ABEFHJLMSTdfr", e->final);
}

int escape_alternate(const struct escape *e)
{
	bool screen = e->parameter == 47 || e->parameter == 1047 || e->parameter == 1049;

	if (!e->is_private || !screen)
		return 0;
	return e->final == 'h' ? 1 : e->final == 'l' ? -1 : 0;
}
