/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What root does about tasks that crash: it says so, starts them again if the
 * manifest wants that, and else holds them; the others run on.
 *
 * A fault message has no registers.  To show them all the same, root answers a
 * fault nobody can resolve by mapping a page of HLT instructions over the code
 * that faulted: the thread goes on for one instruction, which it may not
 * execute, and the exception message has its registers as they were at the fault.
 */
#ifndef ROOT_CRASH_H
#define ROOT_CRASH_H

#include "region.h"
#include "task.h"

#include <l4/server.h>

/* A fault that can't be resolved.  Returns true if `m` holds an answer. */
bool crash_page_fault(struct task *task, struct l4_message *m, enum region_status status);
bool crash_io_fault(struct task *task, struct l4_message *m);

/* An exception message. */
void crash_exception(struct task *task, const struct l4_message *m);

/* A fault whose answer maps more than the kernel can note for the task. */
void crash_unmapped(struct task *task);

/* A task that goes on running without doing its work. */
void crash_hung(struct task *task);

#endif
