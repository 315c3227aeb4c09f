/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Root below its most urgent tasks: who sets a priority must not have a lower one itself,
 * so a second thread of root's keeps the highest and sets them for the first.
 */
#ifndef ROOT_PRIORITY_H
#define ROOT_PRIORITY_H

#include <l4/types.h>

#define PRIORITY_OF_ROOT 240

/* Starts that thread and lowers the caller to PRIORITY_OF_ROOT.  Until then, and if it
 * fails, the caller sets priorities itself. */
bool priority_start(void);

bool priority_set(struct l4_thread_id thread, unsigned priority);

#endif
