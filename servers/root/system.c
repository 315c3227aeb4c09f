/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Brings a manifest's system up, see system.h: all memory first, then the tasks and what
 * they share, then each task in the manifest's order.
 */
#include "system.h"

#include "channel.h"
#include "clock.h"
#include "info.h"
#include "log.h"
#include "memory.h"
#include "priority.h"
#include "region.h"
#include "supervise.h"
#include "task.h"

#include <stdio.h>
#include <string.h>

static struct manifest manifest_of_system;
static bool starts_at_boot[TASK_MAX];

static void system_declare_tasks(void)
{
	struct manifest_task wanted = { .node = 0 };
	enum manifest_step step;

	while ((step = manifest_next_task(&manifest_of_system, wanted.node, &wanted)) !=
	       MANIFEST_END) {
		struct task *task = NULL;

		if (step == MANIFEST_FOUND)
			task = task_declare(&manifest_of_system, &wanted);
		if (!task)
			continue;
		starts_at_boot[task_index(task)] = !wanted.off && task->state == TASK_OFF;
		region_claim_devices(task);
	}
}

/* The index of a channel's end; false: there is no such task. */
static bool system_find_end(const struct manifest_channel *c, const char *name, bool may_be_root,
			    unsigned *index)
{
	const struct task *task = task_by_name(name);

	if (task)
		*index = task_index(task);
	else if (may_be_root && strcmp(name, "root") == 0)
		*index = CHANNEL_ROOT;
	else
		printf("root: manifest: channel %s: there is no task `%s`\n", c->name, name);
	return task || (may_be_root && strcmp(name, "root") == 0);
}

static void system_make_channels(void)
{
	struct manifest_channel wanted = { .node = 0 };
	enum manifest_step step;
	unsigned client, server;

	while ((step = manifest_next_channel(&manifest_of_system, wanted.node, &wanted)) !=
	       MANIFEST_END)
		if (step == MANIFEST_FOUND &&
		    system_find_end(&wanted, wanted.client, true, &client) &&
		    system_find_end(&wanted, wanted.server, false, &server))
			channel_make(&wanted, client, server);
	for (unsigned i = 0; i < task_count(); i++)
		info_set_channels(task_at(i));
}

static void system_start_tasks(void)
{
	for (unsigned i = 0; i < task_count(); i++) {
		struct task *task = task_at(i);

		if (starts_at_boot[i] && task_start(task) == ROOT_DONE)
			printf("root: started %s on CPU %u, %llu KiB of memory at most\n",
			       task->name, task->cpu, (unsigned long long)task->pages.bound >> 10);
	}
}

bool system_start(const struct module *manifest)
{
	memory_take_all();
	region_claim_modules();
	if (!manifest_open(&manifest_of_system, (const void *)manifest->start, manifest->bytes))
		return false;
	clock_read();
	system_declare_tasks();
	system_make_channels();
	log_start();
	if (!priority_start())
		printf("root: no thread can be made to set priorities\n");
	system_start_tasks();
	supervise_print_memory();
	return true;
}

bool system_has_interrupt(unsigned number)
{
	unsigned n;

	for (unsigned i = 0; i < task_count(); i++)
		for (unsigned k = 0;
		     task_at(i)->manifest &&
		     manifest_interrupt(&manifest_of_system, task_at(i)->node, k, &n);
		     k++)
			if (n == number)
				return true;
	return false;
}
