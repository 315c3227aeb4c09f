/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking apart what was deleted: threads (whoever waited for them is told) and
 * spaces (all their mappings go), in small steps.
 */
#ifndef CORE_REAP_H
#define CORE_REAP_H

#include <core/tcb.h>

/* t is deleted: it stops existing now; the rest follows in reap_step(). */
void reap_thread(struct tcb *t);

/* One stretch of work; true when nothing is left. */
bool reap_step(void);

/* The same for an idle CPU: true if there was something to do. */
bool reap_in_idle(void);

#endif
