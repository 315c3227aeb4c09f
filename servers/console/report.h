/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long it takes until a console is seen, in ticks of the time stamp counter: for
 * measurements, if the configuration has `report`.  Lines in the log:
 *
 *	manager: frame 1 is shown 203000000 ticks after reset
 *	pc1: frame 7 is shown 1200345 ticks after the key
 *	pc1: frame 8 is shown 2100345 ticks after the key
 *
 * The first picture after a switch is what the client has left in its channel.  A second
 * line follows when that is shown which the client had when it signalled for the first
 * time since; a client that doesn't draw anew has none.  If it had shown nothing before
 * there is only that.  The counter starts when the PC is
 * reset.  Each line costs a message to root, which is part of what comes after it.
 */
#ifndef CONSOLE_REPORT_H
#define CONSOLE_REPORT_H

#include "server.h"

struct report {
	bool on;
	bool waiting; /* for the picture, or for the signal and what is shown then */
	bool shown;   /* the picture is */
	uint32_t switches;
	uint32_t signals;     /* of clients before */
	uint64_t key_ticks;   /* of the latest keyboard interrupt */
	uint64_t since_ticks; /* what is measured from */
};

/* Reports the first picture, measured from the reset. */
void report_start(struct report *r);

/* Before a keyboard interrupt is attended to. */
void report_key(struct report *r);

/* After server_update(). */
void report_updated(struct report *r, struct server *s);

#endif
