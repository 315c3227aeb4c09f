/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reaper.  ThreadControl works it until it is through; if that thread is gone
 * itself meanwhile, the next deletion or an idle CPU goes on.
 */
#include <core/reap.h>

#include <arch/kernel_map.h>
#include <core/cpu.h>
#include <core/ipc.h>
#include <core/irq.h>
#include <core/klib.h>
#include <core/sched.h>
#include <core/space.h>
#include <core/thread.h>

#define REAP_BUDGET 64

static struct tcb *dead_threads;
static struct space *dead_spaces;

void reap_thread(struct tcb *t)
{
	cpu_detach(t);
	ipc_abort(t, L4_IPC_ABORTED);
	ipc_unwait(t);
	sched_remove(t);
	irq_thread_exit(t);
	t->continuation = NULL;
	for (unsigned i = 0; i < MAX_CPUS; i++) {
		struct cpu *cpu = cpus[i];

		if (!cpu)
			continue;
		if (cpu->slice_owner == t)
			cpu->slice_owner = NULL;
		if (cpu->loaded == t)
			cpu->loaded = NULL;
	}
	if (tcb_is_active(t))
		t->space->active_threads--;
	t->state = THREAD_NONE;
	t->scratch[0] = t->global_id; /* for those who still wait for it */
	t->scratch[1] = 0;
	t->global_id = 0;
	t->reap_next = dead_threads;
	dead_threads = t;
}

/* Threads in t's send queue, and those in a closed wait for it, fail. */
static bool release_partners(struct tcb *t, unsigned *budget)
{
	uint64_t id = t->scratch[0];
	uint64_t *number = &t->scratch[1];

	while (t->send_queue) {
		struct tcb *s = t->send_queue;

		if (--*budget == 0)
			return false;
		ipc_unwait(s);
		ipc_fail(s, false, L4_IPC_NO_PARTNER, 0);
	}
	for (; (*number = kernel_map_next_tcb((unsigned)*number)) < MAX_THREADS; ++*number) {
		struct tcb *other = tcb_slot(*number);

		if (other->state == THREAD_WAITING && tcb_from(other) == id) {
			ipc_unwait(other);
			ipc_fail(other, true, L4_IPC_NO_PARTNER, 0);
		}
		if (--*budget == 0)
			return false;
	}
	return true;
}

static void bury(struct tcb *t)
{
	struct space *space = t->space;

	arch_thread_exit(t);
	thread_leave_space(t);
	thread_free(t);
	if (!space->threads) {
		space->reap_next = dead_spaces;
		dead_spaces = space;
	}
}

bool reap_step(void)
{
	unsigned budget = REAP_BUDGET;

	while (dead_threads) {
		struct tcb *t = dead_threads;

		if (t->revoke.active && !revoke_run(&t->revoke, &budget))
			return false;
		if (budget == 0 || !release_partners(t, &budget))
			return false;
		dead_threads = t->reap_next;
		bury(t);
	}
	while (dead_spaces) {
		struct space *space = dead_spaces;

		dead_spaces = space->reap_next;
		if (!space_reap(space, &budget)) {
			space->reap_next = dead_spaces;
			dead_spaces = space;
			return false;
		}
	}
	return true;
}

bool reap_in_idle(void)
{
	if (!dead_threads && !dead_spaces)
		return false;
	reap_step();
	this_cpu()->window_due = true;
	return true;
}
