/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What supervisors see and do (<proto/root.h>): answers go into message registers.
 */
#ifndef ROOT_SUPERVISE_H
#define ROOT_SUPERVISE_H

#include "task.h"

#include <l4/server.h>

/* ROOT_SYSTEM and ROOT_TASK. */
void supervise_system(struct l4_message *m);
void supervise_task(struct l4_message *m, l4_word_t index);

/* ROOT_CONTROL. */
enum root_result supervise_control(l4_word_t index, l4_word_t action, l4_word_t argument);

/* From time to time: a machine that uses much CPU time without a heartbeat has crashed. */
void supervise_watch(struct task *task);

/* One line with the memory in use outside of guests' RAM. */
void supervise_print_memory(void);

#endif
