/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The IPC path in C: everything but what the fast path does.
 *
 * An operation has a send phase and a receive phase.  Where it stands is in the
 * thread's state:
 *
 *	READY -> SEND_WAIT -> SENDING -> (receive phase) WAITING -> RECEIVING -> READY
 *
 * with phases and waits left out as they are not needed.  SENDING and RECEIVING
 * only occur for messages with typed items (core/xfer.c); a thread that faults
 * during such a transfer runs its page fault's IPC in between, with the outer
 * operation kept in xfer.outer.
 *
 * Page faults, exceptions and interrupts are the same operations with another
 * `kind`: the kernel makes their message and takes their answer.
 */
#ifndef CORE_IPC_H
#define CORE_IPC_H

#include <core/tcb.h>

/* The Ipc system call; message registers are in the UTCB. */
void ipc_start(struct tcb *t, uint64_t to, uint64_t from, l4_word_t timeouts);

/* Send phase, with t->op set up, then the receive phase.  The kernel's own
 * operations start here, too. */
void ipc_send(struct tcb *t, uint64_t to, uint16_t timeout);

/* Receive phase of t->op. */
void ipc_receive(struct tcb *t);

/* Ends the phases of a transfer. */
void ipc_received(struct tcb *t, struct tcb *sender, l4_word_t tag);
void ipc_sent(struct tcb *t);

/* Ends t's operation with an error. */
void ipc_fail(struct tcb *t, bool receive_phase, enum l4_ipc_error error, l4_word_t offset);

/* t's timeout is over. */
void ipc_timeout(struct tcb *t);

/*
 * Ends what t is doing: waits fail with `error`, a transfer with ABORTED on both
 * sides.  Nothing happens if t has no operation in progress.
 */
void ipc_abort(struct tcb *t, enum l4_ipc_error error);

/* Takes t out of queues and timeouts without ending its operation. */
void ipc_unwait(struct tcb *t);

/* The thread an id means to `t`: global, or local in its space; NULL: none. */
struct tcb *ipc_resolve(const struct tcb *t, uint64_t id);

/* How t is to name `other`: by its local id within a space, else globally. */
uint64_t ipc_name(const struct tcb *t, uint64_t global_id);

/* A transfer of `tag`'s typed items from s to d (core/xfer.c). */
void xfer_start(struct tcb *s, struct tcb *d, l4_word_t tag);
/* Goes on after a page fault or a preemption. */
void xfer_run(struct tcb *s);
/* Ends it with errors for both sides. */
void xfer_abort(struct tcb *s, enum l4_ipc_error for_sender, enum l4_ipc_error for_receiver);

#endif
