/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scheduling: 256 priorities per CPU, round robin with time slices within one,
 * total quanta, delayed preemption.  The running thread is in no queue.
 */
#ifndef CORE_SCHED_H
#define CORE_SCHED_H

#include <core/cpu.h>
#include <core/tcb.h>

#define DEFAULT_PRIORITY 100
#define DEFAULT_SLICE_US 10000

/* What a thread has begun in the kernel goes on even if it is halted. */
static inline bool sched_runnable(const struct tcb *t)
{
	return t->continuation || (t->state == THREAD_READY && !t->halted && !t->out_of_quantum);
}

/*
 * Queues t if it can run and isn't running; in front of its priority if it was
 * preempted.  Interrupts its CPU if need be.
 */
void sched_ready(struct tcb *t, bool front);

/* Takes t out of its ready queue, if it is in one. */
void sched_remove(struct tcb *t);

/* Leaves the kernel for whoever should run now, or idles.  With the lock. */
_Noreturn void sched_run(void);

/* Gives the processor up: behind its equals, with a new time slice. */
void sched_yield(struct tcb *t);

/* Runs `to` at once on the caller's time slice and standing. */
void sched_donate(struct tcb *t, struct tcb *to);

/* The timer went off: timeouts, time slices, quanta. */
void sched_timer(void);

/* Charges the time since the last charge. */
void sched_account(struct cpu *cpu, uint64_t now_us);

/* Runs from now on at the cost of this counter (see cpu.h); NULL: at nobody's. */
void sched_charge(struct cpu *cpu, uint64_t *counter);

/* The CPU lets go of its current thread, which is the caller's. */
void sched_let_go(struct cpu *cpu);

/* CPU time of t since its creation. */
uint64_t sched_cpu_time_us(const struct tcb *t);

/* t's CPU, priority or one of the conditions for the fast path changed. */
void thread_update_keys(struct tcb *t);

#endif
