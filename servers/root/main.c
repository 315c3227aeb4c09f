/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Root: the first task behind sigma0.  With a boot module `manifest` it runs the system
 * that this describes (system.c); without one it starts every boot module that is a
 * program, the k-th on processor k mod n.  It serves all tasks with one thread: as
 * their pager, as their exception handler, and with the services of <proto/root.h>.
 * It never waits for a single task.
 */
#include "boot.h"
#include "channel.h"
#include "console.h"
#include "crash.h"
#include "log.h"
#include "memory.h"
#include "region.h"
#include "signal.h"
#include "supervise.h"
#include "system.h"
#include "task.h"

#include <l4/serial.h>
#include <l4/server.h>
#include <l4/thread.h>
#include <l4/x86_64/exception.h>
#include <stdio.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define REFUSED_REPORT_US 1000000
#define TICK_US 1000000

static bool root_refuse(struct l4_message *m)
{
	l4_message_empty(m, L4_LABEL_REFUSED);
	return true;
}

/* A confined task has sent something to somebody else, which comes to root instead. */
static void root_report_redirected(struct task *task)
{
	uint64_t now_us = l4_system_clock();

	if (task->refused_us && now_us - task->refused_us < REFUSED_REPORT_US)
		return;
	task->refused_us = now_us;
	printf("root: %s has sent a message to a thread it has nothing to do with: refused\n",
	       task->name);
}

/* The sender if it is alive: what a crashed task still sends is not answered, and what
 * wasn't meant for root not taken. */
static struct task *root_client(struct l4_thread_id from, const struct l4_message *m)
{
	struct task *task = task_by_thread(from);

	if (!task || (task->state != TASK_RUNNING && task->state != TASK_TRAPPED))
		return NULL;
	signal_is_awake(task);
	if (!l4_tag_redirected(m->tag))
		return task;
	root_report_redirected(task);
	return NULL;
}

static bool root_on_page_fault(struct l4_thread_id from, struct l4_message *m)
{
	unsigned access = (unsigned)l4_tag_label(m->tag) & L4_RIGHTS_ALL;
	struct task *task = root_client(from, m);
	enum region_status status = REGION_NOTHING;
	struct l4_map_item item;

	if (!task)
		return false;
	if (task->state == TASK_RUNNING)
		status = region_fault(task, m->mr[1], access, &item);
	if (status != REGION_MAPPED)
		return crash_page_fault(task, m, status);
	l4_message_map(m, item);
	return true;
}

static bool root_on_io_fault(struct l4_thread_id from, struct l4_message *m)
{
	struct l4_fpage ports = { m->mr[1] };
	struct task *task = root_client(from, m);
	struct l4_map_item item;

	if (!task)
		return false;
	if (region_port_fault(task, ports, &item) != REGION_MAPPED)
		return crash_io_fault(task, m);
	log_give_line(task);
	l4_message_map(m, item);
	return true;
}

static bool root_on_exception(struct l4_thread_id from, struct l4_message *m)
{
	struct task *task = root_client(from, m);

	if (task)
		crash_exception(task, m);
	return false;
}

static bool root_on_interrupt(struct l4_thread_id from, struct l4_message *m)
{
	if (!l4_is_interrupt(from))
		return false;
	if (console_wants_to_leave()) {
		printf("root: good bye\n");
		console_power_off();
	}
	l4_message_empty(m, 0);
	return true;
}

static bool root_on_log(struct l4_thread_id from, struct l4_message *m)
{
	const struct task *task = root_client(from, m);
	l4_word_t length = m->mr[1];

	if (!task || length > (l4_tag_untyped(m->tag) - 1) * sizeof(l4_word_t))
		return root_refuse(m);
	console_print_foreign(task->name, (const char *)&m->mr[2], length);
	l4_message_empty(m, 0);
	return true;
}

static bool root_on_lookup(struct l4_thread_id from, struct l4_message *m)
{
	const struct task *task = root_client(from, m);
	char name[ROOT_NAME_SIZE];
	const struct task *found;

	if (!task || task->manifest)
		return root_refuse(m);
	memcpy(name, &m->mr[1], sizeof(name));
	name[sizeof(name) - 1] = 0;
	found = task_by_name(name);
	l4_message_answer(m, 0, found && found->state != TASK_OFF ? found->thread.raw : 0);
	return true;
}

static bool root_on_exit(struct l4_thread_id from, struct l4_message *m)
{
	struct task *task = root_client(from, m);

	if (!task)
		return root_refuse(m);
	log_take_line(task);
	printf("root: %s has ended, status %lld\n", task->name, (long long)m->mr[1]);
	task_stop(task);
	return false;
}

/* ---- only with a manifest ----------------------------------------------------------- */

static struct task *root_manifest_client(struct l4_thread_id from, const struct l4_message *m)
{
	struct task *task = root_client(from, m);

	return task && task->manifest ? task : NULL;
}

static bool root_on_signal(struct l4_thread_id from, struct l4_message *m)
{
	struct task *task = root_manifest_client(from, m);
	struct channel *channel;

	if (!task)
		return root_refuse(m);
	channel = m->mr[1] < TASK_MAX_CHANNELS ? channel_of(task_index(task), (unsigned)m->mr[1]) :
						 NULL;
	if (channel)
		signal_peer(channel, task_index(task));
	if (signal_take_roots())
		log_continue();
	return false;
}

static bool root_on_wait(struct l4_thread_id from, struct l4_message *m)
{
	struct task *task = root_manifest_client(from, m);

	if (!task)
		return root_refuse(m);
	l4_message_empty(m, 0);
	return signal_wait(task);
}

static bool root_on_discard(struct l4_thread_id from, struct l4_message *m)
{
	struct task *task = root_manifest_client(from, m);

	if (!task || !region_discard(task, m->mr[1], m->mr[2]))
		return root_refuse(m);
	l4_message_empty(m, 0);
	return true;
}

static struct task *root_supervisor(struct l4_thread_id from, const struct l4_message *m)
{
	struct task *task = root_manifest_client(from, m);

	return task && task->supervisor ? task : NULL;
}

static bool root_on_system(struct l4_thread_id from, struct l4_message *m)
{
	if (!root_supervisor(from, m))
		return root_refuse(m);
	supervise_system(m);
	return true;
}

static bool root_on_task(struct l4_thread_id from, struct l4_message *m)
{
	if (!root_supervisor(from, m))
		return root_refuse(m);
	supervise_task(m, m->mr[1]);
	return true;
}

static bool root_on_control(struct l4_thread_id from, struct l4_message *m)
{
	if (!root_supervisor(from, m))
		return root_refuse(m);
	l4_message_answer(m, 0, supervise_control(m->mr[1], m->mr[2], m->mr[3]));
	return true;
}

static bool root_on_other(struct l4_thread_id from, struct l4_message *m)
{
	root_client(from, m);
	return root_refuse(m);
}

/* A client that does not wait for its answer is no concern of root's, but a thread
 * whose fault could not be answered has been halted by the kernel. */
static void root_on_lost(struct l4_thread_id to, l4_word_t error_code)
{
	struct task *task = task_by_thread(to);

	if (task && task_exists(task) && task->state != TASK_HELD &&
	    l4_ipc_error_of(error_code) == L4_IPC_OVERFLOW)
		crash_unmapped(task);
}

static void root_on_tick(uint64_t now_us)
{
	(void)now_us;
	for (unsigned i = 0; i < task_count(); i++)
		supervise_watch(task_at(i));
	log_continue();
}

/* ---- start -------------------------------------------------------------------------- */

static void root_start_modules(void)
{
	unsigned processors = l4_kip_processors(l4_kip());

	for (unsigned i = 0; i < boot_module_count(); i++)
		task_load(boot_module_at(i));
	if (task_count() == 0)
		printf("root: no programs were given as boot modules\n");
	for (unsigned i = 0; i < task_count(); i++) {
		struct task *task = task_at(i);

		task->cpu = i % processors;
		if (task_start(task) == ROOT_DONE)
			printf("root: started %s on CPU %u, %llu KiB of memory\n", task->name,
			       task->cpu, (unsigned long long)task->size / 1024);
	}
}

int main(void)
{
	static const struct l4_server_entry entry[] = {
		{ .label = L4_LABEL_PAGE_FAULT,
		  .variable = L4_RIGHTS_ALL,
		  .untyped = 2,
		  .handler = root_on_page_fault },
		{ .label = L4_LABEL_IO_FAULT,
		  .variable = L4_RIGHTS_ALL,
		  .untyped = 2,
		  .handler = root_on_io_fault },
		{ .label = L4_LABEL_EXCEPTION,
		  .untyped = L4_EXC_COUNT,
		  .handler = root_on_exception },
		{ .label = L4_LABEL_INTERRUPT, .handler = root_on_interrupt },
		{ .label = ROOT_LOG, .untyped = 1, .more = true, .handler = root_on_log },
		{ .label = ROOT_LOOKUP, .untyped = ROOT_NAME_WORDS, .handler = root_on_lookup },
		{ .label = ROOT_EXIT, .untyped = 1, .handler = root_on_exit },
		{ .label = ROOT_SIGNAL, .untyped = 1, .handler = root_on_signal },
		{ .label = ROOT_WAIT, .handler = root_on_wait },
		{ .label = ROOT_DISCARD, .untyped = 2, .handler = root_on_discard },
		{ .label = ROOT_SYSTEM, .handler = root_on_system },
		{ .label = ROOT_TASK, .untyped = 1, .handler = root_on_task },
		{ .label = ROOT_CONTROL, .untyped = 3, .handler = root_on_control },
	};
	static const struct l4_server server = { entry, ARRAY_SIZE(entry), root_on_other,
						 root_on_lost };
	static const struct l4_server_tick tick = { root_on_tick, TICK_US };
	const struct module *manifest;
	bool has_console = console_open(), is_system = false;

	boot_read();
	manifest = boot_module("manifest");
	if (!memory_start())
		printf("root: no memory is left\n");
	else if (!manifest)
		root_start_modules();
	else if (system_start(manifest))
		is_system = true;
	if (has_console && !system_has_interrupt(L4_SERIAL_IRQ) && console_attach_interrupt())
		printf("root: press q to switch the machine off\n");
	l4_server_run_ticking(&server, is_system ? &tick : NULL);
}
