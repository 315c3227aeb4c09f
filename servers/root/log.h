/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where root's lines go in a system with a manifest: to its channels of the kinds console
 * and serial, if it has such.  The serial line itself is written to only as long as no
 * serial server has it.
 */
#ifndef ROOT_LOG_H
#define ROOT_LOG_H

#include "task.h"

/* Takes over printf(), with the channels root has been given by now. */
void log_start(void);

/* The task has touched serial ports: if it is the serial server, root keeps off them. */
void log_give_line(const struct task *task);

/* The task is gone: if it was the serial server, root has the line back. */
void log_take_line(const struct task *task);

/* Somebody has signalled root, or time has passed: goes on with what waits for room. */
void log_continue(void);

#endif
