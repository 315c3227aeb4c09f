/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The supervisors' view of the system, see supervise.h.
 */
#include "supervise.h"

#include "channel.h"
#include "console.h"
#include "crash.h"
#include "log.h"
#include "memory.h"
#include "signal.h"

#include <l4/thread.h>
#include <stdio.h>
#include <string.h>

#define HUNG_CPU_US 10000000
#define FIRST_TEST_ORDER TASK_ORDER_FAULT

static void supervise_answer(struct l4_message *m, const void *words, size_t bytes)
{
	m->tag = l4_tag(0, (unsigned)(bytes / sizeof(l4_word_t)), 0);
	memcpy(&m->mr[1], words, bytes);
}

/* ---- the system ------------------------------------------------------------------ */

static l4_word_t supervise_image_bytes(const struct l4_kip_server *image)
{
	return image->high - image->low;
}

static l4_word_t supervise_info_bytes(void)
{
	l4_word_t bytes = 0;

	for (unsigned i = 0; i < task_count(); i++)
		if (task_at(i)->info)
			bytes += (1ull << task_at(i)->info_log2_bytes) + L4_PAGE_SIZE;
	return bytes;
}

static l4_word_t supervise_root_bytes(void)
{
	return supervise_image_bytes(&l4_kip()->root) + supervise_info_bytes() +
	       memory_overhead_bytes();
}

static l4_word_t supervise_kernel_bytes(void)
{
	struct l4_processor_state state = { 0 };

	l4_processor_query(0, &state);
	return state.kernel_used;
}

static l4_word_t supervise_idle_us(void)
{
	struct l4_processor_state state;
	l4_word_t idle_us = 0;

	for (unsigned i = 0; i < l4_kip_processors(l4_kip()); i++)
		if (l4_processor_query(i, &state))
			idle_us += state.idle_us;
	return idle_us;
}

static l4_word_t supervise_server_bytes(void)
{
	l4_word_t bytes = supervise_image_bytes(&l4_kip()->sigma0) + supervise_root_bytes();

	for (unsigned i = 0; i < task_count(); i++)
		if (!task_at(i)->machine)
			bytes += task_at(i)->pages.held;
	return bytes;
}

void supervise_system(struct l4_message *m)
{
	const struct manifest *manifest = task_at(0)->manifest;
	struct root_system system = {
		.uptime_us = l4_system_clock(),
		.processors = l4_kip_processors(l4_kip()),
		.idle_us = supervise_idle_us(),
		.memory_bytes = memory_bytes(),
		.memory_free = memory_free_bytes(),
		.kernel_bytes = supervise_kernel_bytes(),
		.server_bytes = supervise_server_bytes(),
		.channel_bytes = channel_bytes(),
		.module_bytes = boot_module_bytes(),
		.tasks = task_count(),
	};

	snprintf(system.title, sizeof(system.title), "%s", manifest->title);
	supervise_answer(m, &system, sizeof(system));
}

void supervise_print_memory(void)
{
	printf("root: memory: kernel %llu KiB, sigma0 %llu KiB, root %llu KiB",
	       (unsigned long long)supervise_kernel_bytes() >> 10,
	       (unsigned long long)supervise_image_bytes(&l4_kip()->sigma0) >> 10,
	       (unsigned long long)supervise_root_bytes() >> 10);
	for (unsigned i = 0; i < task_count(); i++)
		if (task_exists(task_at(i)) && !task_at(i)->machine)
			printf(", %s %llu KiB", task_at(i)->name,
			       (unsigned long long)task_at(i)->pages.held >> 10);
	printf(", channels %llu KiB\n", (unsigned long long)channel_bytes() >> 10);
}

/* ---- tasks ----------------------------------------------------------------------- */

static enum root_task_state supervise_state(const struct task *task)
{
	switch (task->state) {
	case TASK_OFF:
		return ROOT_TASK_OFF;
	case TASK_REFUSED:
		return ROOT_TASK_REFUSED;
	case TASK_RUNNING:
		return ROOT_TASK_RUNNING;
	case TASK_GONE:
	case TASK_TRAPPED:
	case TASK_HELD:
		return ROOT_TASK_CRASHED;
	}
	return ROOT_TASK_OFF;
}

static void supervise_copy_status(struct root_task *to, const struct task_status *status)
{
	to->heartbeat = status->heartbeat;
	to->instructions = status->instructions;
	to->run_ns = status->run_ns;
	to->activity = status->activity;
	to->last_done = status->last_done;
	to->last_result = status->last_result;
}

/* The number of the key that shows the task: its place among the console's clients. */
static l4_word_t supervise_console(unsigned task)
{
	for (unsigned i = 0; i < channel_count(); i++) {
		const struct channel *c = channel_at(i);

		if (c->kind == CHANNEL_CONSOLE && c->client.task == task)
			return c->server.number + 1;
	}
	return 0;
}

void supervise_task(struct l4_message *m, l4_word_t index)
{
	const struct task *task = task_at((unsigned)index);
	struct root_task answer = { .flags = 0 };

	if (index >= task_count()) {
		l4_message_empty(m, 0);
		return;
	}
	memcpy(answer.name, task->name, sizeof(answer.name));
	memcpy(answer.kind, task->kind, sizeof(answer.kind));
	answer.state = supervise_state(task);
	answer.flags = task->machine ? ROOT_TASK_MACHINE : 0;
	answer.cpu_us = task_cpu_us(task);
	answer.console = supervise_console(task_index(task));
	answer.memory_bytes = task->pages.held;
	answer.memory_bound = task->pages.bound;
	answer.ram_bytes = task->ram_bytes;
	answer.ram_held = pages_held_in(&task->pages, TASK_RAM, TASK_RAM_BYTES);
	answer.uptime_us = task_exists(task) ? l4_system_clock() - task->started_us : 0;
	answer.restarts = task->restarts;
	answer.processor = task->cpu;
	answer.priority = task->priority;
	if (task->signals && task_exists(task))
		supervise_copy_status(&answer, &task->signals->status);
	memcpy(answer.reason, task->reason, sizeof(answer.reason));
	supervise_answer(m, &answer, sizeof(answer));
}

/* ---- machines that hang ---------------------------------------------------------- */

void supervise_watch(struct task *task)
{
	uint64_t heartbeat, cpu_us;

	if (!task->machine || task->state != TASK_RUNNING)
		return;
	heartbeat = task->signals->status.heartbeat;
	cpu_us = task_cpu_us(task);
	if (heartbeat != task->heartbeat || cpu_us < task->heartbeat_cpu_us) {
		task->heartbeat = heartbeat;
		task->heartbeat_cpu_us = cpu_us;
	} else if (cpu_us - task->heartbeat_cpu_us >= HUNG_CPU_US) {
		crash_hung(task);
	}
}

/* ---- actions --------------------------------------------------------------------- */

static enum root_result supervise_start(struct task *task)
{
	if (task->state == TASK_RUNNING || task->state == TASK_TRAPPED)
		return ROOT_WRONG_STATE;
	task_stop(task);
	task->restarts_left = task->restart_limit;
	return task_start(task);
}

static enum root_result supervise_stop(struct task *task)
{
	if (!task_exists(task))
		return ROOT_WRONG_STATE;
	log_take_line(task);
	task_stop(task);
	return ROOT_DONE;
}

static enum root_result supervise_order(struct task *task, l4_word_t argument)
{
	if ((argument & 0xff) >= FIRST_TEST_ORDER && !task->manifest->tests)
		return ROOT_FORBIDDEN;
	if (task->state != TASK_RUNNING)
		return ROOT_WRONG_STATE;
	signal_order(task, argument);
	return ROOT_DONE;
}

static enum root_result supervise_act(struct task *task, l4_word_t action, l4_word_t argument)
{
	switch (action) {
	case ROOT_START:
		return supervise_start(task);
	case ROOT_STOP:
		return supervise_stop(task);
	case ROOT_RESTART:
		supervise_stop(task);
		return supervise_start(task);
	case ROOT_ORDER:
		return supervise_order(task, argument);
	default:
		return ROOT_FORBIDDEN;
	}
}

enum root_result supervise_control(l4_word_t index, l4_word_t action, l4_word_t argument)
{
	if (action == ROOT_POWER_OFF)
		console_power_off();
	if (action == ROOT_REBOOT)
		console_reboot();
	if (index >= task_count())
		return ROOT_NO_TASK;
	return supervise_act(task_at((unsigned)index), action, argument);
}
