/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads: life and death, and the ThreadControl system call (manual section
 * 2.4).  Everything is checked before anything is changed; see docs/kernel.md for
 * the order of the checks.
 */
#include <core/thread.h>

#include <arch/kernel_map.h>
#include <core/cpu.h>
#include <core/ipc.h>
#include <core/irq.h>
#include <core/kip.h>
#include <core/klib.h>
#include <core/reap.h>
#include <core/sched.h>
#include <core/space.h>

#define UNCHANGED_UTCB (~0ull)

struct tcb *thread_allocate(uint64_t global_id)
{
	unsigned number = (unsigned)(global_id >> 32);
	struct tcb *t = tcb_slot(number);

	if (!kernel_map_tcb_page(number))
		return NULL;
	memset(t, 0, sizeof(*t));
	arch_thread_init(&t->arch);
	t->scratch[0] = global_id;
	t->peer = t;
	t->priority = DEFAULT_PRIORITY;
	t->slice_us = t->slice_left_us = DEFAULT_SLICE_US;
	t->slice = time_period(DEFAULT_SLICE_US);
	t->state = THREAD_INACTIVE;
	return t;
}

void thread_publish(struct tcb *t)
{
	t->global_id = t->scratch[0];
	t->scratch[0] = 0;
}

void thread_free(struct tcb *t)
{
	memset(t, 0, sizeof(*t));
}

bool thread_join_space(struct tcb *t, struct space *space)
{
	if (!space_charge(space, TCB_SIZE))
		return false;
	t->space = space;
	t->page_table = virt_to_phys(space->page_table);
	t->space_next = space->threads;
	space->threads = t;
	thread_update_keys(t);
	return true;
}

void thread_leave_space(struct tcb *t)
{
	struct tcb **link = &t->space->threads;

	while (*link != t)
		link = &(*link)->space_next;
	*link = t->space_next;
	if (t->local_id)
		space_set_utcb_owner(t->space, t->local_id, 0);
	space_uncharge(t->space, TCB_SIZE);
	t->space = NULL;
}

/* True if a UTCB may lie at `location` (the start of its block). */
static bool utcb_location_valid(const struct space *space, uint64_t location,
				const struct tcb *self)
{
	const struct tcb *owner = space_find_local(space, location + L4_UTCB_OFFSET);

	return location % L4_UTCB_SIZE == 0 && space_in_utcb_area(space, location) &&
	       (!owner || owner == self);
}

enum l4_error thread_set_utcb(struct tcb *t, uint64_t location)
{
	uint64_t local_id = location + L4_UTCB_OFFSET;
	l4_word_t *utcb = space_map_utcb(t->space, local_id);

	if (!utcb || !space_map_kip(t->space))
		return L4_ERROR_NO_MEMORY;
	memset((char *)utcb - L4_UTCB_OFFSET, 0, L4_UTCB_SIZE);
	t->utcb = utcb;
	if (t->local_id)
		space_set_utcb_owner(t->space, t->local_id, 0);
	t->local_id = local_id;
	space_set_utcb_owner(t->space, local_id, tcb_number(t));
	tcb_set_tcr(t, L4_TCR_SELF, local_id);
	tcb_set_tcr(t, L4_TCR_GLOBAL_ID, t->global_id);
	tcb_set_tcr(t, L4_TCR_PROCESSOR_NO, t->cpu->id);
	return L4_OK;
}

void thread_activate(struct tcb *t, uint64_t pager)
{
	t->space->active_threads++;
	tcb_set_tcr(t, L4_TCR_PAGER, pager);
	t->op = (struct ipc_op){ .kind = IPC_START, .from = pager };
	t->state = THREAD_READY;
	ipc_receive(t);
}

void thread_migrate(struct tcb *t, struct cpu *to)
{
	struct cpu *here = this_cpu();

	cpu_detach(t);
	sched_remove(t);
	if (here->current == t)
		sched_let_go(here);
	if (t->cpu->slice_owner == t)
		t->cpu->slice_owner = NULL;
	t->cpu = to;
	thread_update_keys(t);
	if (t->utcb)
		tcb_set_tcr(t, L4_TCR_PROCESSOR_NO, to->id);
	sched_ready(t, false);
}

/* ---- ThreadControl --------------------------------------------------------------- */

/* The parameters once they are looked up. */
struct change {
	uint64_t dest;
	struct tcb *target;  /* NULL: to be created */
	struct space *space; /* NULL: a new one */
	uint64_t scheduler, pager, utcb;
};

static void continue_deletion(struct tcb *t)
{
	if (!reap_step())
		t->continuation = continue_deletion;
}

static enum l4_error delete_thread(struct tcb *t, struct tcb *victim, uint64_t dest)
{
	unsigned base = kip_user_base();

	if (!victim || victim->global_id != dest || victim == t || tcb_number(victim) == base ||
	    tcb_number(victim) == base + 2)
		return L4_ERROR_THREAD;
	reap_thread(victim);
	t->continuation = continue_deletion;
	return L4_OK;
}

/* Looks the space up; L4_OK with NULL for a new one. */
static enum l4_error find_space(struct change *c, uint64_t specifier)
{
	struct tcb *other = tcb_of(specifier);

	if (specifier == c->dest) {
		c->space = c->target ? c->target->space : NULL;
		return L4_OK;
	}
	if (!other || !other->space)
		return L4_ERROR_SPACE;
	c->space = other->space;
	if (c->target && c->space != c->target->space && tcb_is_active(c->target))
		return L4_ERROR_SPACE;
	return L4_OK;
}

static enum l4_error check_change(const struct change *c)
{
	bool moving = c->target && c->space != c->target->space;
	bool has_utcb = c->target && c->target->utcb && !moving;

	if (c->scheduler ? !tcb_of(c->scheduler) && c->scheduler != c->dest : !c->target)
		return L4_ERROR_SCHEDULER;
	if (c->utcb != UNCHANGED_UTCB) {
		if (has_utcb && tcb_is_active(c->target)) {
			if (c->utcb + L4_UTCB_OFFSET != c->target->local_id)
				return L4_ERROR_UTCB_AREA;
		} else if (!c->space || !utcb_location_valid(c->space, c->utcb, c->target)) {
			return L4_ERROR_UTCB_AREA;
		}
	} else if (c->pager && !has_utcb) {
		return L4_ERROR_UTCB_AREA;
	}
	return L4_OK;
}

static enum l4_error create_thread(struct tcb *creator, struct change *c)
{
	bool new_space = !c->space;
	struct tcb *t = thread_allocate(c->dest);

	if (!t)
		return L4_ERROR_NO_MEMORY;
	if (new_space)
		c->space = space_create();
	if (!c->space) {
		thread_free(t);
		return L4_ERROR_NO_MEMORY;
	}
	t->cpu = creator->cpu;
	if (!thread_join_space(t, c->space)) {
		if (new_space)
			space_discard(c->space);
		thread_free(t);
		return L4_ERROR_NO_MEMORY;
	}
	t->scheduler = c->scheduler;
	thread_publish(t);
	c->target = t;
	return L4_OK;
}

static enum l4_error move_thread(struct tcb *t, struct space *space)
{
	struct space *old = t->space;

	if (space == old)
		return L4_OK;
	if (space->bytes + TCB_SIZE > space->limit)
		return L4_ERROR_NO_MEMORY;
	if (old->threads == t && !t->space_next)
		return L4_ERROR_SPACE; /* its last thread keeps a space */
	thread_leave_space(t);
	t->utcb = NULL;
	t->local_id = 0;
	thread_join_space(t, space);
	return L4_OK;
}

static void rename_thread(struct tcb *t, uint64_t id)
{
	if (t->global_id == id)
		return;
	if (t->scheduler == t->global_id)
		t->scheduler = id;
	t->global_id = id;
	if (t->utcb)
		tcb_set_tcr(t, L4_TCR_GLOBAL_ID, id);
}

static void set_pager(struct tcb *t, uint64_t pager)
{
	if (tcb_is_active(t))
		tcb_set_tcr(t, L4_TCR_PAGER, pager);
	else
		thread_activate(t, pager);
}

static enum l4_error apply_change(struct tcb *t, struct change *c)
{
	bool created = !c->target;
	enum l4_error error;

	/* The one thing that may fail after a move. */
	if (c->space && c->utcb != UNCHANGED_UTCB &&
	    (!space_map_utcb(c->space, c->utcb + L4_UTCB_OFFSET) || !space_map_kip(c->space)))
		return L4_ERROR_NO_MEMORY;
	error = created ? create_thread(t, c) : move_thread(c->target, c->space);
	if (error)
		return error;
	if (c->utcb != UNCHANGED_UTCB && !tcb_is_active(c->target))
		error = thread_set_utcb(c->target, c->utcb);
	if (error && created) {
		reap_thread(c->target);
		t->continuation = continue_deletion;
	}
	if (error)
		return error;
	rename_thread(c->target, c->dest);
	if (c->scheduler)
		c->target->scheduler = c->scheduler;
	if (c->pager)
		set_pager(c->target, c->pager);
	return L4_OK;
}

enum l4_error thread_control(struct tcb *t, uint64_t dest, uint64_t space, uint64_t scheduler,
			     uint64_t pager, uint64_t utcb)
{
	uint64_t number = dest >> 32;
	struct change c = { .dest = dest, .scheduler = scheduler, .pager = pager, .utcb = utcb };
	struct tcb *slot;
	enum l4_error error;

	if (!t->space->privileged)
		return L4_ERROR_PRIVILEGE;
	if (number < kip_system_base())
		return tcb_of(dest) ? irq_control(tcb_of(dest), pager) : L4_ERROR_THREAD;
	if (number >= MAX_THREADS || number < kip_user_base() || !(dest & L4_LOCAL_ID_MASK))
		return L4_ERROR_THREAD;
	slot = tcb_slot(number);
	if (!slot->global_id && slot->space) {
		/* Just deleted on another CPU: help, and call again. */
		reap_step();
		arch_undo_entry(t);
		return L4_OK;
	}
	c.target = slot->global_id ? slot : NULL;
	if (!space)
		return delete_thread(t, c.target, dest);
	error = find_space(&c, space);
	if (!error)
		error = check_change(&c);
	return error ? error : apply_change(t, &c);
}
