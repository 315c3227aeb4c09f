/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands on the manager's serial line.  docs/manager.md has the list.  A command is
 * a line; its answer is any number of lines and at last `ok` or `error: reason`.
 *
 *	command_input(&c, byte)		true: a line is complete
 *	command_run(&c, &tasks, now)	false: the answer comes later; then
 *	command_poll(&c, now)		until it returns true
 *
 * What is to be sent, the echo too, collects in c.out; the caller takes it from there,
 * and gives no input until it is empty and no command is running.
 */
#ifndef MANAGER_COMMAND_H
#define MANAGER_COMMAND_H

#include "job.h"
#include "tasks.h"

#define COMMAND_LINE_BYTES 120
#define COMMAND_OUT_BYTES 32768 /* a list of TASKS_MAX tasks fits */

struct command {
	char line[COMMAND_LINE_BYTES];
	unsigned length; /* may be more: the line is too long */
	bool after_return;
	struct job job;
	size_t out_length;
	char out[COMMAND_OUT_BYTES];
};

bool command_input(struct command *c, uint8_t byte);
bool command_run(struct command *c, struct tasks *tasks, uint64_t now_us);
bool command_poll(struct command *c, uint64_t now_us);

#endif
