/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The root task of the manager's tests, see manager_root.h.
 */
#include "manager_root.h"

#include <stdio.h>
#include <string.h>

struct root_system fake_system;
struct root_task fake_task[FAKE_TASKS];
enum root_result fake_result;
bool fake_refuses;
struct fake_control fake_control;

#define MIB (1024ull * 1024)

void fake_root_reset(void)
{
	fake_refuses = false;
	fake_result = ROOT_DONE;
	memset(&fake_control, 0, sizeof(fake_control));
	memset(fake_task, 0, sizeof(fake_task));
	fake_system = (struct root_system){
		.uptime_us = 754000000,
		.processors = 2,
		.idle_us = 754000000,
		.memory_bytes = 512 * MIB,
		.memory_free = 300 * MIB,
		.kernel_bytes = 620 * 1024,
		.server_bytes = 1400 * 1024,
		.channel_bytes = 96 * 1024,
		.module_bytes = 40 * MIB,
		.tasks = 4,
		.title = "bench",
	};
	fake_task[0] = (struct root_task){ .name = "console",
					   .kind = "console",
					   .state = ROOT_TASK_RUNNING,
					   .cpu_us = 7540000,
					   .memory_bytes = 412 * 1024,
					   .memory_bound = 2 * MIB,
					   .uptime_us = 753000000,
					   .priority = 200 };
	fake_task[1] = (struct root_task){ .name = "sun",
					   .kind = "ss5",
					   .state = ROOT_TASK_RUNNING,
					   .flags = ROOT_TASK_MACHINE,
					   .cpu_us = 376500000,
					   .instructions = 37650000000,
					   .run_ns = 376500000000,
					   .memory_bytes = 70 * MIB,
					   .memory_bound = 96 * MIB,
					   .ram_bytes = 64 * MIB,
					   .ram_held = 62 * MIB,
					   .uptime_us = 753000000,
					   .processor = 1,
					   .priority = 100,
					   .console = 3 };
	fake_task[2] = (struct root_task){ .name = "manager",
					   .kind = "manager",
					   .state = ROOT_TASK_RUNNING,
					   .cpu_us = 1000,
					   .memory_bytes = 140 * 1024,
					   .memory_bound = 1 * MIB,
					   .uptime_us = 753000000,
					   .priority = 150,
					   .console = 1 };
	fake_task[3] = (struct root_task){ .name = "arm",
					   .kind = "vexpress-a9",
					   .state = ROOT_TASK_CRASHED,
					   .flags = ROOT_TASK_MACHINE,
					   .restarts = 2,
					   .memory_bound = 200 * MIB,
					   .reason = "write to 0xdead000" };
}

void fake_order_done(unsigned index, l4_word_t result)
{
	static l4_word_t number;

	fake_task[index].last_done = fake_control.argument | ++number << 32;
	fake_task[index].last_result = result;
}

bool root_system_get(struct root_system *system)
{
	*system = fake_system;
	return !fake_refuses;
}

bool root_task_get(unsigned index, struct root_task *task)
{
	if (fake_refuses || index >= fake_system.tasks)
		return false;
	*task = fake_task[index];
	return true;
}

enum root_result root_control(unsigned index, enum root_action action, l4_word_t argument)
{
	fake_control = (struct fake_control){ fake_control.count + 1, index, action, argument };
	return fake_result;
}
