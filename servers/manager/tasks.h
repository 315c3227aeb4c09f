/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What root says of the system and its tasks, and rates: what was used per second in the
 * interval before the last refresh.  Intervals are as long as the time between refreshes,
 * but at least TASKS_LEAST_US, so that two lists shortly one after the other don't show
 * noise; in the first one, and after a task's start, it is the time since then.
 */
#ifndef MANAGER_TASKS_H
#define MANAGER_TASKS_H

#include <proto/root.h>

#define TASKS_MAX 64
#define TASKS_LEAST_US 200000

struct tasks_line {
	struct root_task task;
	/* Of one processor, in tenths of a percent. */
	unsigned cpu_permille;
	/* Millions of guest instructions per second of executing them, in tenths; 0 if
	 * nothing was executed. */
	unsigned mips_tenths;
	/* At the beginning of the interval. */
	l4_word_t cpu_us, instructions, run_ns, starts;
};

struct tasks {
	struct root_system system;
	unsigned load_permille; /* of all processors */
	unsigned count;
	struct tasks_line line[TASKS_MAX]; /* by root's index */
	/* At the beginning of the interval. */
	l4_word_t since_us, idle_us;
};

/* Asks root for everything; false if it refuses. */
bool tasks_refresh(struct tasks *t);

/* The index of the task of that name, -1 if there is none. */
int tasks_find(const struct tasks *t, const char *name);

static inline bool tasks_is_machine(const struct tasks_line *line)
{
	return line->task.flags & ROOT_TASK_MACHINE;
}

#endif
