/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The remaining system calls.  Errors are for the caller's ErrorCode TCR.
 */
#ifndef CORE_CONTROL_H
#define CORE_CONTROL_H

#include <core/tcb.h>

/* SpaceControl; *old receives limit << 32 | pages in use. */
enum l4_error space_control(struct tcb *t, uint64_t specifier, l4_word_t control,
			    struct l4_fpage kip_area, struct l4_fpage utcb_area,
			    uint64_t redirector, l4_word_t *old);

struct schedule {
	l4_word_t time, processor, priority, preemption;
	/* results: what is left of slice and quantum, and */
	l4_word_t old_time, cpu_time_us;
};

/* Schedule; returns the state. */
enum l4_schedule_state schedule(struct tcb *t, uint64_t dest, struct schedule *s,
				enum l4_error *error);

void thread_switch(struct tcb *t, uint64_t dest);

/* Unmap of the fpages in message registers 0..(control & 63). */
void unmap(struct tcb *t, l4_word_t control);

enum l4_error memory_control(struct tcb *t, l4_word_t control, const l4_word_t attributes[4]);

enum l4_error processor_control(struct tcb *t, l4_word_t processor, l4_word_t internal_khz,
				l4_word_t external_khz);

/* ProcessorControl without any value: what is in use. */
enum l4_error processor_query(struct tcb *t, l4_word_t processor, l4_word_t *idle_us,
			      l4_word_t *kernel_used, l4_word_t *pool_size);

#endif
