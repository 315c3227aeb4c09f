/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SpaceControl, Schedule, ThreadSwitch and ProcessorControl (manual sections 3.1,
 * 3.2, 3.4, 6.1).
 */
#include <core/control.h>

#include <arch/io.h>
#include <arch/kernel_map.h>
#include <core/cpu.h>
#include <core/ipc.h>
#include <core/kip.h>
#include <core/klib.h>
#include <core/kmem.h>
#include <core/sched.h>
#include <core/space.h>
#include <core/thread.h>

/* ---- SpaceControl ------------------------------------------------------------- */

static bool area_valid(struct l4_fpage f, unsigned min_bits, unsigned max_bits)
{
	unsigned bits = l4_fpage_log2_size(f);

	return bits >= min_bits && bits <= max_bits && l4_fpage_base(f) % (1ull << bits) == 0 &&
	       l4_fpage_base(f) < USER_END && 1ull << bits <= USER_END - l4_fpage_base(f);
}

static bool areas_meet(struct l4_fpage a, struct l4_fpage b)
{
	uint64_t a_size = 1ull << l4_fpage_log2_size(a), b_size = 1ull << l4_fpage_log2_size(b);

	return l4_fpage_base(a) < l4_fpage_base(b) + b_size &&
	       l4_fpage_base(b) < l4_fpage_base(a) + a_size;
}

static bool anything_mapped(const struct space *space, struct l4_fpage f)
{
	uint64_t va = l4_fpage_base(f), end = va + (1ull << l4_fpage_log2_size(f));

	while (va < end) {
		unsigned level;

		if (paging_lookup(space, va, &level))
			return true;
		va = ALIGN_DOWN(va, level_size(level)) + level_size(level);
	}
	return false;
}

static struct l4_fpage without_rights(struct l4_fpage f)
{
	return (struct l4_fpage){ f.raw & ~0xfull };
}

static enum l4_error check_areas(const struct space *space, struct l4_fpage kip_area,
				 struct l4_fpage utcb_area)
{
	bool kip_same = l4_fpage_is_nil(kip_area) || kip_area.raw == space->kip_area.raw;
	bool utcb_same = l4_fpage_is_nil(utcb_area) || utcb_area.raw == space->utcb_area.raw;

	if (!kip_same &&
	    (!area_valid(kip_area, L4_KIP_LOG2_SIZE, L4_KIP_LOG2_SIZE) || space->active_threads ||
	     space->kip_mapped || anything_mapped(space, kip_area)))
		return L4_ERROR_KIP_AREA;
	if (!utcb_same && (!area_valid(utcb_area, PAGE_BITS, USER_BITS) || space->active_threads ||
			   anything_mapped(space, utcb_area)))
		return L4_ERROR_UTCB_AREA;
	if (!kip_same || !utcb_same) {
		struct l4_fpage kip = kip_same ? space->kip_area : kip_area;
		struct l4_fpage utcb = utcb_same ? space->utcb_area : utcb_area;

		if (!l4_fpage_is_nil(kip) && !l4_fpage_is_nil(utcb) && areas_meet(kip, utcb))
			return kip_same ? L4_ERROR_UTCB_AREA : L4_ERROR_KIP_AREA;
	}
	return L4_OK;
}

enum l4_error space_control(struct tcb *t, uint64_t specifier, l4_word_t control,
			    struct l4_fpage kip_area, struct l4_fpage utcb_area,
			    uint64_t redirector, l4_word_t *old)
{
	struct tcb *other = tcb_of(specifier);
	struct space *space;
	enum l4_error error;

	if (!t->space->privileged)
		return L4_ERROR_PRIVILEGE;
	if (!other || !other->space)
		return L4_ERROR_SPACE;
	if (redirector && redirector != L4_ANYTHREAD.raw &&
	    (!tcb_of(redirector) || !tcb_of(redirector)->space))
		return L4_ERROR_THREAD;
	space = other->space;
	kip_area = without_rights(kip_area);
	utcb_area = without_rights(utcb_area);
	error = check_areas(space, kip_area, utcb_area);
	if (error)
		return error;
	*old = (l4_word_t)(space->limit / PAGE_SIZE) << 32 |
	       (space->bytes + PAGE_SIZE - 1) / PAGE_SIZE;
	if (!l4_fpage_is_nil(kip_area))
		space->kip_area = kip_area;
	if (!l4_fpage_is_nil(utcb_area))
		space->utcb_area = utcb_area;
	if (redirector)
		space->redirector = redirector;
	if (control & L4_SPACE_SET_LIMIT)
		space->limit = (control & 0xffffffff) * PAGE_SIZE;
	space_update_keys(space);
	return L4_OK;
}

/* ---- Schedule ------------------------------------------------------------------ */

static enum l4_schedule_state schedule_state(const struct tcb *t)
{
	if (t->xfer.partner)
		return t->xfer.is_sender ? L4_SCHEDULE_SENDING : L4_SCHEDULE_RECEIVING;
	switch ((enum thread_state)t->state) {
	case THREAD_NONE:
		return L4_SCHEDULE_DEAD;
	case THREAD_INACTIVE:
		return L4_SCHEDULE_INACTIVE;
	case THREAD_READY:
		return L4_SCHEDULE_RUNNING;
	case THREAD_SEND_WAIT:
		return L4_SCHEDULE_PENDING_SEND;
	case THREAD_SENDING:
		return L4_SCHEDULE_SENDING;
	case THREAD_WAITING:
		return L4_SCHEDULE_WAITING;
	case THREAD_RECEIVING:
		return L4_SCHEDULE_RECEIVING;
	}
	return L4_SCHEDULE_ERROR;
}

static bool schedule_valid(const struct tcb *t, const struct schedule *s)
{
	if (s->time != L4_SCHEDULE_UNCHANGED && time_is_zero((uint16_t)(s->time >> 16)))
		return false;
	if (s->time != L4_SCHEDULE_UNCHANGED && s->time & 0x80008000)
		return false; /* points make no sense here */
	if (s->processor != L4_SCHEDULE_UNCHANGED &&
	    ((s->processor & 0xffff) >= MAX_CPUS || !cpus[s->processor & 0xffff] ||
	     !cpus[s->processor & 0xffff]->online))
		return false;
	if (s->preemption != L4_SCHEDULE_UNCHANGED && (s->preemption >> 16 & 0xff) > t->priority)
		return false;
	return s->priority == L4_SCHEDULE_UNCHANGED || (s->priority & 0xff) <= t->priority;
}

static void set_times(struct tcb *t, l4_word_t control)
{
	uint16_t quantum = (uint16_t)control;

	t->slice = (uint16_t)(control >> 16);
	t->slice_us = t->slice_left_us = time_length(t->slice, 0);
	t->finite_quantum = quantum != TIME_NEVER_RAW;
	t->quantum_left_us = t->finite_quantum ? time_length(quantum, 0) : UINT64_MAX;
	t->out_of_quantum = t->finite_quantum && t->quantum_left_us == 0;
	thread_update_keys(t);
}

static void set_priority(struct tcb *t, unsigned priority)
{
	bool queued = t->ready_next;

	sched_remove(t);
	t->priority = (uint8_t)priority;
	thread_update_keys(t);
	if (queued)
		sched_ready(t, false);
}

enum l4_schedule_state schedule(struct tcb *t, uint64_t dest, struct schedule *s,
				enum l4_error *error)
{
	struct tcb *target = ipc_resolve(t, dest);
	struct tcb *scheduler = target ? tcb_of(target->scheduler) : NULL;

	if (!target || !target->space)
		*error = L4_ERROR_THREAD;
	else if (!scheduler || scheduler->space != t->space)
		*error = L4_ERROR_PRIVILEGE;
	else if (!schedule_valid(t, s))
		*error = L4_ERROR_PARAM;
	else
		*error = L4_OK;
	if (*error)
		return L4_SCHEDULE_ERROR;
	if (target->cpu->current == target)
		sched_account(target->cpu, plat_clock_us());
	s->cpu_time_us = sched_cpu_time_us(target);
	s->old_time = (l4_word_t)time_period(target->slice_left_us) << 16 |
		      time_period(target->finite_quantum ? target->quantum_left_us : UINT64_MAX);
	if ((s->time & s->processor & s->priority & s->preemption) == L4_SCHEDULE_UNCHANGED)
		return schedule_state(target); /* a question disturbs nobody */
	cpu_detach(target);
	if (s->time != L4_SCHEDULE_UNCHANGED)
		set_times(target, s->time);
	if (s->priority != L4_SCHEDULE_UNCHANGED)
		set_priority(target, s->priority & 0xff);
	if (s->preemption != L4_SCHEDULE_UNCHANGED) {
		target->sensitive_priority = (uint8_t)(s->preemption >> 16);
		target->max_delay_us = (uint16_t)s->preemption;
	}
	if (s->processor != L4_SCHEDULE_UNCHANGED && cpus[s->processor & 0xffff] != target->cpu)
		thread_migrate(target, cpus[s->processor & 0xffff]);
	else
		sched_ready(target, false);
	return schedule_state(target);
}

/* ---- ThreadSwitch, ProcessorControl --------------------------------------------- */

void thread_switch(struct tcb *t, uint64_t dest)
{
	struct tcb *to = dest ? ipc_resolve(t, dest) : NULL;
	bool confined = t->space->redirector != L4_ANYTHREAD.raw;

	if (to && to != t && to->cpu == t->cpu && to->ready_next &&
	    (!confined || to->space == t->space))
		sched_donate(t, to);
	else
		sched_yield(t);
}

enum l4_error processor_control(struct tcb *t, l4_word_t processor, struct processor_words *w)
{
	const struct cpu *cpu;

	if (!t->space->privileged)
		return L4_ERROR_PRIVILEGE;
	if (processor >= MAX_CPUS || !cpus[processor])
		return L4_ERROR_PARAM;
	cpu = cpus[processor];
	if (w->internal_khz | w->external_khz | w->voltage) {
		kip_set_frequencies(cpu->id, w->external_khz, w->internal_khz);
		return L4_OK;
	}
	w->idle_us =
		plat_ticks_us(cpu->idle_ticks + (cpu->charged == &cpu->idle_ticks ? rdtsc() : 0));
	w->kernel_used = kernel_image_size() + kmem_pages_used() * PAGE_SIZE;
	w->kernel_pool = kmem_pages_total() * PAGE_SIZE;
	return L4_OK;
}
