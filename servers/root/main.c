/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Root: the first task behind sigma0.  Starts every further boot module that is a
 * program in an address space of its own, the k-th on processor k mod n, and then
 * serves them all with one thread: as their pager, as their exception handler, and
 * with the services of <proto/root.h>.  It never waits for a single task.
 *
 * All it prints goes to the serial line; the key `q` there switches the machine
 * off.
 */
#include "boot.h"
#include "console.h"
#include "crash.h"
#include "task.h"

#include <l4/server.h>
#include <l4/thread.h>
#include <l4/x86_64/exception.h>
#include <stdio.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static bool root_refuse(struct l4_message *m)
{
	l4_message_empty(m, L4_LABEL_REFUSED);
	return true;
}

/* The sender if it is alive: what a crashed task still sends is not answered. */
static struct task *root_client(struct l4_thread_id from)
{
	struct task *task = task_by_thread(from);

	return task && (task->state == TASK_RUNNING || task->state == TASK_TRAPPED) ? task : NULL;
}

static bool root_on_page_fault(struct l4_thread_id from, struct l4_message *m)
{
	unsigned access = (unsigned)l4_tag_label(m->tag) & L4_RIGHTS_ALL;
	struct task *task = root_client(from);
	const struct piece *piece;

	if (!task)
		return false;
	piece = task_piece(task, m->mr[1]);
	if (task->state == TASK_TRAPPED || !piece || (piece->rights & access) != access)
		return crash_page_fault(task, m);
	l4_message_map(m, l4_map_item(l4_fpage(piece->frame, piece->log2_size, piece->rights),
				      piece->address));
	return true;
}

static bool root_on_io_fault(struct l4_thread_id from, struct l4_message *m)
{
	struct task *task = root_client(from);

	return task && crash_io_fault(task, m);
}

static bool root_on_exception(struct l4_thread_id from, struct l4_message *m)
{
	struct task *task = root_client(from);

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
	const struct task *task = root_client(from);
	l4_word_t length = m->mr[1];

	if (!task || length > (l4_tag_untyped(m->tag) - 1) * sizeof(l4_word_t))
		return root_refuse(m);
	console_print_foreign(task->name, (const char *)&m->mr[2], length);
	l4_message_empty(m, 0);
	return true;
}

static bool root_on_lookup(struct l4_thread_id from, struct l4_message *m)
{
	char name[ROOT_NAME_SIZE];
	const struct task *found;

	if (!root_client(from))
		return root_refuse(m);
	memcpy(name, &m->mr[1], sizeof(name));
	name[sizeof(name) - 1] = 0;
	found = task_by_name(name);
	l4_message_answer(m, 0, found && found->state != TASK_EXITED ? found->thread.raw : 0);
	return true;
}

static bool root_on_exit(struct l4_thread_id from, struct l4_message *m)
{
	struct task *task = root_client(from);

	if (!task)
		return root_refuse(m);
	printf("root: %s has ended, status %lld\n", task->name, (long long)m->mr[1]);
	task_exit(task);
	return false;
}

/* A client that does not wait for its answer is no concern of root's, but a thread
 * whose fault could not be answered has been halted by the kernel. */
static void root_on_lost(struct l4_thread_id to, l4_word_t error_code)
{
	struct task *task = root_client(to);

	if (task && l4_ipc_error_of(error_code) == L4_IPC_OVERFLOW)
		crash_unmapped(task);
}

static void root_start_tasks(void)
{
	unsigned processors = l4_kip_processors(l4_kip());

	boot_load_modules();
	if (task_count() == 0)
		printf("root: no programs were given as boot modules\n");
	for (unsigned i = 0; i < task_count(); i++) {
		struct task *task = task_at(i);

		if (task_start(task, i % processors))
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
	};
	static const struct l4_server server = { entry, ARRAY_SIZE(entry), NULL, root_on_lost };

	bool has_console = console_open();

	root_start_tasks();
	if (has_console && console_attach_interrupt())
		printf("root: press q to switch the machine off\n");
	l4_server_run(&server);
}
