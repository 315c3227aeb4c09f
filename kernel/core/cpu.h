/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel keeps per CPU, the kernel lock and requests between CPUs.
 *
 * One lock protects all kernel data; interrupts are off while it is held.
 * Kernel entries are short, and long operations stop at preemption points, so
 * that CPUs seldom wait.  A CPU that waits for the lock (or runs in user mode,
 * or idles) serves requests of the holder: flush the TLB, let go of a thread.
 *
 * The fast path's check: a receiver can be switched to at once if
 * receiver->receive_key - cpu->send_key, unsigned, is at most 255.  The keys are
 *
 *	send_key    = CPU number << 16 | highest ready priority | KEY_SLOW_SENDER
 *	receive_key = CPU number << 16 | receiver's priority    | KEY_SLOW_RECEIVER
 *
 * so that one subtraction compares CPU, priority and "nothing special here".
 *
 * CPU time is exact and needs no field that the fast path would have to look up:
 * when a counter (of a thread, or of the CPU for idling) starts to be charged the
 * time stamp is subtracted from it, and when that ends it is added.  After fast
 * paths `charged` is stale until the next entry into C (lock_entry).
 */
#ifndef CORE_CPU_H
#define CORE_CPU_H

#include <arch/cpu.h>
#include <core/plat.h>
#include <core/tcb.h>

#define PRIORITIES 256
#define KEY_CPU_SHIFT 16
#define KEY_SLOW_SENDER 0x80000000u
#define KEY_SLOW_RECEIVER 0x40000000u

enum cpu_request {
	CPU_REQUEST_FLUSH = 1,        /* user TLB entries */
	CPU_REQUEST_FLUSH_KERNEL = 2, /* global ones too */
	CPU_REQUEST_KICK = 4,         /* let go of the current thread */
	CPU_REQUEST_STOP = 8,         /* panic elsewhere: halt */
};

struct cpu {
	/* Known to assembly. */
	struct tcb *current; /* running thread; NULL: idle or choosing */
	uint32_t send_key;
	uint32_t id;

	struct tcb *loaded;     /* whose registers (FPU, GS) are in the CPU */
	struct space *space;    /* whose page table is loaded; NULL: the kernel's */
	struct space *io_space; /* whose I/O bitmap is in the TSS; NULL: none */
	bool fpu_dirty;         /* FPU registers aren't in their initial state */
	bool online;
	bool idle;                 /* waits for an interrupt, without the lock */
	bool entering;             /* current has trapped, but the lock isn't taken yet */
	bool window_due;           /* open an interrupt window before the next choice */
	volatile uint32_t request; /* enum cpu_request, by other CPUs */

	/* Scheduling */
	struct tcb *ready[PRIORITIES];
	uint64_t ready_map[PRIORITIES / 64];
	int top;                 /* highest ready priority, -1: none */
	struct tcb *handoff;     /* just got a message from current: runs on its slice */
	struct tcb *slice_owner; /* whose time slice is running */
	uint64_t accounted_us;   /* when slice and quantum were last charged */
	uint64_t slice_end_us;
	uint64_t *charged; /* counter that runs; NULL: none */
	uint64_t idle_ticks;
	uint8_t donated_priority; /* ThreadSwitch gave current this one's standing */
	struct timeout *timeouts; /* root of the heap */
	uint64_t timer_us;        /* what the timer is armed for */
	void *arch;               /* struct arch_cpu */
};

_Static_assert(sizeof(struct cpu) <= CPU_AREA_SIZE / 2, "leave room for the stack");

extern struct cpu *cpus[MAX_CPUS]; /* NULL: not there */
extern unsigned cpu_count;         /* online */

void kernel_lock(void);
/* Completes TLB flushes, then releases. */
void kernel_unlock(void);

/* Serves requests to this CPU; from the flush interrupt and while waiting. */
void cpu_serve_requests(struct cpu *cpu);

/* Makes t not current on any other CPU (its registers are then in its TCB).
 * The caller queues t again if it can run. */
void cpu_detach(struct tcb *t);

/* The mappings of `space` lost rights: its TLB entries go before the lock is
 * released.  NULL: kernel mappings, everywhere. */
void tlb_invalidate(struct space *space);
void tlb_sync(void);
void tlb_sync_if_due(void);

/* Stops all other CPUs for good (panic). */
void cpu_stop_others(void);

#endif
