/* SPDX-License-Identifier: BSD-2-Clause
 *
 * gdb's remote serial protocol, for any guest and any transport (GDB manual, appendix
 * "Remote Protocol").  Bytes from gdb go in, bytes for gdb come out by `send`; what the
 * machine must do now is the answer.
 *
 *	switch (gdb_input(g, bytes, count)) {
 *	case GDB_CONTINUE: why = machine_run(m); gdb_stopped(g, why); break;
 *	...
 *
 * vCPU thread only.
 */
#ifndef EMU_CORE_GDB_H
#define EMU_CORE_GDB_H

#include <emu/machine.h>

struct gdb;

enum gdb_action {
	GDB_NONE,     /* nothing: go on reading */
	GDB_CONTINUE, /* run until something stops the machine, or gdb interrupts */
	GDB_STEP,     /* one instruction */
	GDB_DETACH,   /* gdb has gone; the machine runs on without it */
	GDB_KILL,     /* end the machine */
};

struct gdb *gdb_create(struct machine *m,
		       void (*send)(void *context, const char *bytes, size_t count), void *context);
/* Before the machine.  gdb's break- and watchpoints go too. */
void gdb_destroy(struct gdb *g);

/* Consumes bytes up to the first that makes the machine do something; `*used` tells how
 * many. */
enum gdb_action gdb_input(struct gdb *g, const char *bytes, size_t count, size_t *used);

/* Reports why the machine has stopped. */
void gdb_stopped(struct gdb *g, enum machine_exit why);

#endif
