/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pages by which root tells a task what it has: struct task_info and struct
 * task_signals of <l4/task.h>.  They are root's, whether the task runs or not.
 */
#ifndef ROOT_INFO_H
#define ROOT_INFO_H

#include "task.h"

/* Makes them for a task that has just been declared; says so and returns false if the
 * manifest names what isn't there, or there is no memory. */
bool info_make(struct task *task);

/* Fills in the channels, when all have been made. */
void info_set_channels(struct task *task);

/* Makes them what a new incarnation has to find. */
void info_reset(struct task *task);

#endif
