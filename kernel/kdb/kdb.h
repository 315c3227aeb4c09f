/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel debugger, as the rest of the kernel sees it: a console on the serial
 * line that shows the kernel's data and changes nothing.  Only built with KDB=1:
 * callers say `if (CONFIG_KDB)`.  All functions need the kernel lock, but for the
 * ones that a panic uses, which run in any state.
 */
#ifndef KDB_KDB_H
#define KDB_KDB_H

#include <l4/protocol.h>
#include <stdbool.h>
#include <stdint.h>

struct tcb;

/* When to take a timer interrupt at the latest, to see the key: at_us or earlier. */
uint64_t kdb_timer(uint64_t at_us);

/* At an interrupt, before it is dealt with: the console if its key was typed. */
void kdb_poll(void);

/* The console after a panic's report.  Returns only if the console itself panicked. */
void kdb_panic(void);

/* t's page fault, I/O fault or exception is about to be sent. */
void kdb_record_fault(const struct tcb *t);

/* That IPC failed; t halts if it wasn't in a transfer. */
void kdb_record_failure(const struct tcb *t, bool receive_phase, enum l4_ipc_error error);

/* A line with an address of the kernel's text and its name. */
void kdb_print_address(uintptr_t address);
/* The same for a return address: the name is that of the caller. */
void kdb_print_return(uintptr_t address);

#endif
