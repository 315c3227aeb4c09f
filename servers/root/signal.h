/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals between the two ends of a channel, and orders (<l4/task.h>).  Nothing here
 * waits for anybody.
 */
#ifndef ROOT_SIGNAL_H
#define ROOT_SIGNAL_H

#include "channel.h"
#include "task.h"

/* Signals the end of `channel` that isn't the given task's (or CHANNEL_ROOT's). */
void signal_peer(const struct channel *channel, unsigned from);

/* Gives a task an order, whose number is new. */
void signal_order(struct task *task, l4_word_t order_and_argument);

/* The task asks to wait: true if news are pending, so that it is to be answered now. */
bool signal_wait(struct task *task);

/* The task has sent something and so does not wait any more. */
static inline void signal_is_awake(struct task *task)
{
	task->is_waiting = false;
}

/* True once after somebody has signalled root. */
bool signal_take_roots(void);

#endif
