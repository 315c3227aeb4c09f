/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Creating, activating, moving and deleting threads.
 */
#ifndef CORE_THREAD_H
#define CORE_THREAD_H

#include <core/tcb.h>

/* A cleared TCB for this global id, not yet found by tcb_of(); NULL: no memory. */
struct tcb *thread_allocate(uint64_t global_id);
/* Makes it known under its id. */
void thread_publish(struct tcb *t);
/* Removes a thread that was only allocated, or that nothing refers to any more. */
void thread_free(struct tcb *t);

/* Puts t into the space's list (and charges its TCB there); false: no memory. */
bool thread_join_space(struct tcb *t, struct space *space);
void thread_leave_space(struct tcb *t);

/* Gives t its UTCB at local_id; L4_OK or an error. */
enum l4_error thread_set_utcb(struct tcb *t, uint64_t local_id);

/* Lets an inactive thread with a UTCB wait for its start message from `pager`. */
void thread_activate(struct tcb *t, uint64_t pager);

/* Moves t to another CPU; false if t can't (it is in the middle of a wait there
 * that must end first). */
void thread_migrate(struct tcb *t, struct cpu *to);

/* The ThreadControl system call; completes later for deletions. */
enum l4_error thread_control(struct tcb *t, uint64_t dest, uint64_t space, uint64_t scheduler,
			     uint64_t pager, uint64_t utcb);

#endif
