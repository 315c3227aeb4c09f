/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads.  A thread is a struct tcb in the TCB area, found by its thread number; a
 * number without a thread shows a page of zeros, whose global id matches nothing.
 * Interrupts are threads too: they only ever send (core/irq.c).
 *
 * There is one kernel stack per CPU and none per thread: what a thread was doing
 * in the kernel when it blocked is in `state`, `op` and `xfer`, and what it has
 * to do before it returns to user mode is in `continuation`.
 *
 * All fields are protected by the kernel lock, except that the IPC fast path
 * (arch) reads and writes the first group, also with the lock.
 */
#ifndef CORE_TCB_H
#define CORE_TCB_H

#include <arch/context.h>
#include <core/mapdb.h>
#include <core/timer.h>
#include <l4/message.h>
#include <l4/protocol.h>
#include <l4/types.h>
#include <l4/utcb.h>
#include <stdbool.h>

struct space;
struct cpu;

#define TCB_SIZE 1024
#define TCB_BITS 10
#define MAX_THREADS 65536
#define THREAD_BITS 16

enum thread_state {
	THREAD_NONE,      /* no such thread, or being deleted */
	THREAD_INACTIVE,  /* created, without a pager */
	THREAD_READY,     /* running or able to run */
	THREAD_SEND_WAIT, /* in its partner's send queue */
	THREAD_WAITING,   /* receive phase, no sender yet */
	THREAD_SENDING,   /* message transfer, as sender */
	THREAD_RECEIVING, /* message transfer, as receiver */
};

/* What an IPC operation is for: who makes the message and who takes the answer. */
enum ipc_kind {
	IPC_USER,
	IPC_PAGE_FAULT,
	IPC_IO_FAULT,
	IPC_EXCEPTION,
	IPC_PREEMPTION, /* send only */
	IPC_START,      /* receive only */
	IPC_INTERRUPT,  /* send only */
};

/* One IPC operation in progress. */
struct ipc_op {
	enum ipc_kind kind;
	uint64_t from;      /* receive phase: global id, any, anylocal; 0: none */
	uint64_t sender_id; /* global id the receiver is told */
	uint64_t intended;  /* redirected: the id the sender had asked for; else 0 */
	bool propagated;
	uint16_t receive_timeout; /* raw l4_time */
	uint64_t deadline_us;     /* if not 0: instead of both timeouts */
};

/* Where a string transfer stands on one side: registers are indices in the UTCB. */
struct string_cursor {
	uint8_t head;    /* register of the current group's head */
	uint8_t sub;     /* substring within the group */
	uint64_t offset; /* bytes within the substring */
};

/* Transfer of typed items in progress; `partner` NULL if none. */
struct xfer {
	struct tcb *partner;
	bool is_sender;
	struct ipc_op outer; /* the operation, while `op` is a page fault's */
	/* sender only: */
	l4_word_t tag;     /* as the receiver will see it */
	uint8_t item, end; /* message registers */
	uint8_t buffer;    /* receiver's next free buffer register */
	bool in_string;
	struct string_cursor source, sink;
	uint64_t map_done;       /* bytes of the current map item already mapped, */
	unsigned mapped_rights;  /* and with which rights */
	uint64_t bytes;          /* of strings, for the error code */
	uint64_t deadline_us;    /* of page faults; 0: none yet; no timeout: UINT64_MAX */
	enum l4_ipc_error abort; /* fail with this once `revoke` is through */
};

/* What a faulting thread tells its pager or handler. */
struct fault {
	l4_word_t address; /* or I/O fpage */
	unsigned rights;
};

struct tcb {
	/* Known to the fast path (arch/x86_64/offsets.c). */
	uint64_t global_id;     /* 0: no such thread */
	uint64_t fast_from;     /* WAITING in a plain user IPC without timeout: from whom */
	struct tcb *send_queue; /* circular, head is first */
	uint64_t page_table;    /* physical, of the space */
	l4_word_t *utcb;        /* kernel address of MR 0; NULL while inactive */
	uint64_t local_id;      /* user address of MR 0 */
	struct tcb *peer;       /* who in our space last sent to us; may be stale, never NULL */
	uint32_t receive_key;   /* see core/cpu.h */
	uint8_t state;          /* enum thread_state */
	uint8_t priority;
	uint64_t cpu_ticks; /* CPU time, see core/cpu.h */
	struct arch_thread arch;

	/* IPC */
	uint64_t slow_from;  /* WAITING otherwise: from whom */
	struct tcb *partner; /* SEND_WAIT: whose queue we are in */
	struct tcb *send_next, *send_prev;
	unsigned propagated_senders; /* in our queue */
	struct ipc_op op;
	struct xfer xfer;
	struct tcb *inner; /* whose map items answer our fault right now */
	struct fault fault;
	struct timeout timeout;

	/* Running */
	void (*continuation)(struct tcb *t);
	struct cpu *cpu;
	struct tcb *ready_next, *ready_prev; /* NULL: not queued */
	bool halted;
	bool out_of_quantum;
	bool finite_quantum;
	uint16_t slice;    /* raw l4_time */
	uint64_t slice_us; /* length; UINT64_MAX: infinite */
	uint64_t slice_left_us;
	uint64_t quantum_left_us; /* if finite_quantum */
	uint8_t sensitive_priority;
	uint16_t max_delay_us;
	uint64_t delay_until_us; /* preemption is delayed until then; 0: not */

	/* Relations */
	struct space *space;     /* NULL: interrupt thread */
	struct tcb *space_next;  /* list of the space's threads */
	uint64_t scheduler;      /* global id */
	struct revoke revoke;    /* Unmap in progress */
	uint64_t scratch[2];     /* of the system call being continued */
	struct tcb *irq_handler; /* interrupt thread: attached to */
	struct tcb *reap_next;
};

_Static_assert(sizeof(struct tcb) <= TCB_SIZE, "struct tcb must fit its slot");

static inline struct tcb *tcb_slot(uint64_t thread_no)
{
	return (struct tcb *)(TCB_AREA + ((thread_no & (MAX_THREADS - 1)) << TCB_BITS));
}

/* The thread with this global id, NULL if there is none (local ids: none). */
static inline struct tcb *tcb_of(uint64_t global_id)
{
	struct tcb *t = tcb_slot(global_id >> 32);

	return global_id >> 32 < MAX_THREADS && global_id && t->global_id == global_id ? t : NULL;
}

static inline unsigned tcb_number(const struct tcb *t)
{
	return (unsigned)(((uintptr_t)t - TCB_AREA) >> TCB_BITS);
}

/* Whom a WAITING thread accepts. */
static inline uint64_t tcb_from(const struct tcb *t)
{
	return t->fast_from | t->slow_from;
}

static inline l4_word_t tcb_tcr(const struct tcb *t, enum l4_tcr index)
{
	return ((volatile l4_word_t *)t->utcb)[index];
}

static inline void tcb_set_tcr(struct tcb *t, enum l4_tcr index, l4_word_t value)
{
	((volatile l4_word_t *)t->utcb)[index] = value;
}

static inline bool tcb_is_active(const struct tcb *t)
{
	return t->state >= THREAD_READY;
}

#endif
