/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers of the L4 X.2 interface that are neither types nor layouts: error
 * codes, control words of the system calls, labels of the kernel protocols.
 */
#ifndef L4_PROTOCOL_H
#define L4_PROTOCOL_H

#include <l4/types.h>

/* ErrorCode TCR after a failed ThreadControl, SpaceControl, Schedule, ... */
enum l4_error {
	L4_OK = 0,
	L4_ERROR_PRIVILEGE = 1,
	L4_ERROR_THREAD = 2,
	L4_ERROR_SPACE = 3,
	L4_ERROR_SCHEDULER = 4,
	L4_ERROR_PARAM = 5,
	L4_ERROR_UTCB_AREA = 6,
	L4_ERROR_KIP_AREA = 7,
	L4_ERROR_NO_MEMORY = 8,
};

/*
 * ErrorCode TCR after a failed IPC: bit 0 = phase (0 send, 1 receive), bits
 * 1..3 = one of these, bits 4.. = bytes transferred before the failure.
 */
enum l4_ipc_error {
	L4_IPC_TIMEOUT = 1,
	L4_IPC_NO_PARTNER = 2,
	L4_IPC_CANCELLED = 3,
	L4_IPC_OVERFLOW = 4,             /* string buffers, or kernel memory for a mapping */
	L4_IPC_XFER_TIMEOUT_OWN = 5,     /* page fault in the invoker's space */
	L4_IPC_XFER_TIMEOUT_PARTNER = 6, /* page fault in the partner's space */
	L4_IPC_ABORTED = 7,
};

static inline l4_word_t l4_ipc_error(bool receive_phase, enum l4_ipc_error e, l4_word_t offset)
{
	return offset << 4 | (l4_word_t)e << 1 | receive_phase;
}

static inline enum l4_ipc_error l4_ipc_error_of(l4_word_t error_code)
{
	return (enum l4_ipc_error)(error_code >> 1 & 7);
}

static inline bool l4_ipc_error_in_receive(l4_word_t error_code)
{
	return error_code & 1;
}

/* ExchangeRegisters: control in.  Out: H, R, S say what the thread was in. */
enum l4_exregs {
	L4_EXREGS_HALT = 1 << 0,          /* H: halt (with h); out: was halted */
	L4_EXREGS_ABORT_RECEIVE = 1 << 1, /* R; out: was receiving (or waiting) */
	L4_EXREGS_ABORT_SEND = 1 << 2,    /* S; out: was sending (or pending) */
	L4_EXREGS_SP = 1 << 3,
	L4_EXREGS_IP = 1 << 4,
	L4_EXREGS_FLAGS = 1 << 5,
	L4_EXREGS_HANDLE = 1 << 6,
	L4_EXREGS_PAGER = 1 << 7,
	L4_EXREGS_SET_HALT = 1 << 8, /* h: H is significant */
	L4_EXREGS_DELIVER = 1 << 9,  /* d: return the old values */
};

/* Schedule: results. */
enum l4_schedule_state {
	L4_SCHEDULE_ERROR = 0,
	L4_SCHEDULE_DEAD = 1,
	L4_SCHEDULE_INACTIVE = 2,
	L4_SCHEDULE_RUNNING = 3,
	L4_SCHEDULE_PENDING_SEND = 4,
	L4_SCHEDULE_SENDING = 5,
	L4_SCHEDULE_WAITING = 6,
	L4_SCHEDULE_RECEIVING = 7,
};

#define L4_SCHEDULE_UNCHANGED (~0ull)

/* Schedule's time control: time slice << 16 | total quantum. */
static inline l4_word_t l4_time_control(struct l4_time slice, struct l4_time quantum)
{
	return (l4_word_t)slice.raw << 16 | quantum.raw;
}

/* Schedule's preemption control: sensitive priority << 16 | maximum delay us. */
static inline l4_word_t l4_preemption_control(unsigned priority, unsigned max_delay_us)
{
	return (l4_word_t)(priority & 0xff) << 16 | (max_delay_us & 0xffff);
}

/* PreemptFlags TCR (byte 0 of its word). */
enum l4_preempt_flags {
	L4_PREEMPT_SIGNAL = 1 << 5,  /* s: tell the exception handler of preemptions */
	L4_PREEMPT_DELAY = 1 << 6,   /* d: ask for a delay when preempted */
	L4_PREEMPT_PENDING = 1 << 7, /* I: a preemption was delayed */
};

/* Unmap: control = flush << 6 | index of the last message register. */
#define L4_UNMAP_FLUSH (1ull << 6)

/* MemoryControl: attributes of x86. */
enum l4_memory_attribute {
	L4_MEMORY_DEFAULT = 0,
	L4_MEMORY_UNCACHED = 1,
	L4_MEMORY_WRITE_COMBINING = 2,
	L4_MEMORY_WRITE_THROUGH = 5,
	L4_MEMORY_WRITE_PROTECTED = 6,
	L4_MEMORY_WRITE_BACK = 7,
};

/*
 * SpaceControl, extension of this kernel: bit 63 of the control word sets the
 * space's limit of kernel memory to the low 32 bits, in pages of 4 KiB (the
 * default is an eighth of the kernel's memory).  The old control returned is
 * always limit << 32 | pages in use now.
 */
#define L4_SPACE_SET_LIMIT (1ull << 63)

/* Labels of the kernel's protocols (bits 16.. of the tag; 48 bits). */
#define L4_LABEL(n) ((l4_word_t)(-(int64_t)(n)*16) & 0xffffffffffffull)
#define L4_LABEL_INTERRUPT L4_LABEL(1)
#define L4_LABEL_PAGE_FAULT L4_LABEL(2) /* | rwx; MR1 address, MR2 ip */
#define L4_LABEL_PREEMPTION L4_LABEL(3) /* MR1 clock in us */
#define L4_LABEL_EXCEPTION L4_LABEL(5)  /* see x86_64/exception.h */
#define L4_LABEL_SIGMA0 L4_LABEL(6)     /* MR1 fpage, MR2 attribute */
#define L4_LABEL_IO_FAULT L4_LABEL(8)   /* | rwx; MR1 I/O fpage, MR2 ip */

#endif
