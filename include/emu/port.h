/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the emulator needs from below.  Each port (emu/port/linux, emu/port/l4)
 * defines these functions; there is one port in a program.
 *
 * Threads: a machine lives on one thread, its vCPU thread.  All functions may be
 * called from any thread; port_wait only from the vCPU thread.
 */
#ifndef EMU_PORT_H
#define EMU_PORT_H

#include <emu/types.h>

enum port_memory {
	PORT_PLAIN = 0, /* the only kind for what isn't whole pages */
	PORT_CODE = 1,  /* readable, writable and executable, within the low 2 GiB */
	PORT_DENSE = 3, /* will be touched nearly everywhere: large pages are welcome */
	PORT_LOW = 2,   /* within the low 2 GiB, so that code can name it in 32 bits */
};

/* `bytes` of zeroed memory.  Whole pages are at a page boundary, and those that are never
 * touched cost nothing (the flat tables are large and sparse); anything else is at least
 * aligned for any type.  NULL when there is none. */
void *port_allocate(size_t bytes, enum port_memory kind);
void port_free(void *memory, size_t bytes);

/* Makes the pages zero again and gives what they held back. */
void port_discard(void *memory, size_t bytes);

/* Nanoseconds on a clock that never jumps, and seconds since 1970 (UTC). */
uint64_t port_now_ns(void);
uint64_t port_wall_seconds(void);

/* Sleeps until the clock shows `until_ns` or someone calls port_wake, also if that
 * happened since the last port_wait.  UINT64_MAX: no time limit. */
void port_wait(void *machine, uint64_t until_ns);
void port_wake(void *machine);

/* One line of log text without a line end. */
void port_log(const char *line);

/* A broken invariant: says so and ends the program. */
_Noreturn void port_panic(const char *message);

#endif
