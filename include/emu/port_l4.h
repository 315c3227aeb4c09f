/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the L4 port offers its embedder, servers/vmm, beside <emu/port.h>.
 *
 * A machine's task has one thread.  Whatever comes from outside is a signal that
 * port_wait, and the poll function of the machine between slices, find pending.
 */
#ifndef EMU_PORT_L4_H
#define EMU_PORT_L4_H

#include <emu/types.h>

/* Before anything else of the emulator's. */
void port_l4_init(void);

/* The signals (<l4/task.h>) that have come since the last call; costs no system call. */
uint64_t port_l4_signals(void);

/* The next port_wait ends at this time at the latest, on the clock of port_now_ns.  It
 * ends after PORT_L4_NAP_NS in any case, so that the task shows that it is alive. */
void port_l4_wake_at(uint64_t ns);

/* The newest memory for code, and its size; for tests of isolation. */
void *port_l4_code(uint64_t *bytes);

#define PORT_L4_NAP_NS 500000000u

#endif
