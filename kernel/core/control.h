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

struct processor_words {
	l4_word_t internal_khz, external_khz, voltage;
	/* results, if these are all 0: */
	l4_word_t idle_us, kernel_used, kernel_pool;
};
enum l4_error processor_control(struct tcb *t, l4_word_t processor, struct processor_words *w);

#endif
