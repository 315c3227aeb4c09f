/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tasks and what they use, see tasks.h.
 */
#include "tasks.h"

#include <string.h>

#define NS_PER_TENTH 10000 /* instructions * this / nanoseconds = tenths of MIPS */
#define MIPS_MOST 999999   /* a task may say anything of itself */

static unsigned tasks_permille(l4_word_t part, l4_word_t whole)
{
	return whole == 0 ? 0 : part >= whole ? 1000 : (unsigned)(part * 1000 / whole);
}

static unsigned tasks_mips(l4_word_t instructions, l4_word_t ns)
{
	l4_word_t tenths;

	if (ns == 0 || instructions >= ~0ull / NS_PER_TENTH)
		return 0;
	tenths = instructions * NS_PER_TENTH / ns;
	return tenths > MIPS_MOST ? MIPS_MOST : (unsigned)tenths;
}

/* Ends the task's interval, which is no longer than it has been running. */
static void tasks_rate(struct tasks_line *line, l4_word_t interval_us)
{
	const struct root_task *task = &line->task;
	bool again = task->cpu_us < line->cpu_us || task->restarts != line->starts ||
		     task->uptime_us < interval_us;

	if (again)
		line->cpu_us = line->instructions = line->run_ns = 0;
	if (again)
		interval_us = task->uptime_us;
	line->cpu_permille = tasks_permille(task->cpu_us - line->cpu_us, interval_us);
	line->mips_tenths =
		tasks_mips(task->instructions - line->instructions, task->run_ns - line->run_ns);
	if (task->state != ROOT_TASK_RUNNING)
		line->cpu_permille = line->mips_tenths = 0;
	line->cpu_us = task->cpu_us;
	line->instructions = task->instructions;
	line->run_ns = task->run_ns;
	line->starts = task->restarts;
}

static void tasks_terminate(struct root_task *task)
{
	task->name[sizeof(task->name) - 1] = 0;
	task->kind[sizeof(task->kind) - 1] = 0;
	task->reason[sizeof(task->reason) - 1] = 0;
}

bool tasks_refresh(struct tasks *t)
{
	l4_word_t interval_us, idle_us;
	bool rate;

	if (!root_system_get(&t->system))
		return false;
	t->system.title[sizeof(t->system.title) - 1] = 0;
	interval_us = t->system.uptime_us - t->since_us;
	idle_us = t->system.idle_us - t->idle_us;
	rate = interval_us >= TASKS_LEAST_US;
	for (t->count = 0; t->count < TASKS_MAX; t->count++) {
		struct tasks_line *line = &t->line[t->count];

		if (!root_task_get(t->count, &line->task))
			break;
		tasks_terminate(&line->task);
		if (rate)
			tasks_rate(line, interval_us);
	}
	if (rate) {
		t->load_permille =
			1000 - tasks_permille(idle_us, interval_us * t->system.processors);
		t->since_us = t->system.uptime_us;
		t->idle_us = t->system.idle_us;
	}
	return true;
}

int tasks_find(const struct tasks *t, const char *name)
{
	for (unsigned i = 0; i < t->count; i++)
		if (strcmp(t->line[i].task.name, name) == 0)
			return (int)i;
	return -1;
}
