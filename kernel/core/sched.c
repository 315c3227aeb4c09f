/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scheduler.  See sched.h; for the keys that the fast path compares, cpu.h.
 *
 * Time slices: the slice that runs belongs to cpu->slice_owner.  A receiver that
 * takes over directly from a sender runs on the sender's slice (handoff); any
 * other choice starts or resumes the chosen thread's own.  The timer is only armed
 * for a slice while somebody else is ready, and never moved to a later time:
 * when it comes early it is armed again.
 */
#include <core/sched.h>

#include <arch/io.h>
#include <core/fault.h>
#include <core/ipc.h>
#include <core/klib.h>
#include <core/reap.h>
#include <core/space.h>
#include <kdb/kdb.h>

#define MAX_TIMEOUTS 32

static void update_send_key(struct cpu *cpu)
{
	const struct tcb *t = cpu->current;
	uint32_t key = cpu->id << KEY_CPU_SHIFT | (cpu->top > 0 ? (uint32_t)cpu->top : 0);

	if (cpu->donated_priority || (t && t->receive_key & KEY_SLOW_RECEIVER))
		key |= KEY_SLOW_SENDER;
	cpu->send_key = key;
}

void thread_update_keys(struct tcb *t)
{
	uint32_t key = t->cpu->id << KEY_CPU_SHIFT | t->priority;

	if (t->arch.fpu || t->finite_quantum || t->halted || !t->space ||
	    t->space->redirector != L4_ANYTHREAD.raw)
		key |= KEY_SLOW_RECEIVER;
	t->receive_key = key;
	if (t->cpu->current == t)
		update_send_key(t->cpu);
}

static void find_top(struct cpu *cpu)
{
	cpu->top = -1;
	for (unsigned i = PRIORITIES / 64; i-- > 0;) {
		if (cpu->ready_map[i]) {
			cpu->top = (int)(i * 64 + 63) - __builtin_clzll(cpu->ready_map[i]);
			break;
		}
	}
	update_send_key(cpu);
}

static void enqueue(struct cpu *cpu, struct tcb *t, bool front)
{
	struct tcb **head = &cpu->ready[t->priority];

	if (!*head) {
		t->ready_next = t->ready_prev = t;
		*head = t;
		cpu->ready_map[t->priority / 64] |= 1ull << (t->priority % 64);
		find_top(cpu);
		return;
	}
	t->ready_next = *head;
	t->ready_prev = (*head)->ready_prev;
	t->ready_prev->ready_next = t;
	t->ready_next->ready_prev = t;
	if (front)
		*head = t;
}

void sched_remove(struct tcb *t)
{
	struct cpu *cpu = t->cpu;
	struct tcb **head = &cpu->ready[t->priority];

	if (!t->ready_next)
		return;
	if (t->ready_next == t) {
		*head = NULL;
		cpu->ready_map[t->priority / 64] &= ~(1ull << (t->priority % 64));
		find_top(cpu);
	} else {
		t->ready_next->ready_prev = t->ready_prev;
		t->ready_prev->ready_next = t->ready_next;
		if (*head == t)
			*head = t->ready_next;
	}
	t->ready_next = t->ready_prev = NULL;
}

static unsigned standing(const struct cpu *cpu)
{
	unsigned own = cpu->current->priority;

	return own > cpu->donated_priority ? own : cpu->donated_priority;
}

void sched_ready(struct tcb *t, bool front)
{
	struct cpu *cpu = t->cpu;

	if (!sched_runnable(t) || t->ready_next || cpu->current == t)
		return;
	enqueue(cpu, t, front);
	/* Another CPU must look: at a better thread, or to start its slice timer. */
	if (cpu != this_cpu() && (!cpu->current || t->priority >= standing(cpu)))
		plat_send_reschedule(cpu->id);
}

void sched_account(struct cpu *cpu, uint64_t now_us)
{
	uint64_t used = now_us - cpu->accounted_us;
	struct tcb *owner = cpu->slice_owner, *t = cpu->current;

	cpu->accounted_us = now_us;
	if (owner && owner->slice_left_us != UINT64_MAX)
		owner->slice_left_us -= used < owner->slice_left_us ? used : owner->slice_left_us;
	if (t && t->finite_quantum)
		t->quantum_left_us -= used < t->quantum_left_us ? used : t->quantum_left_us;
}

void sched_charge(struct cpu *cpu, uint64_t *counter)
{
	uint64_t now = rdtsc();

	if (cpu->charged == counter)
		return;
	if (cpu->charged)
		*cpu->charged += now;
	if (counter)
		*counter -= now;
	cpu->charged = counter;
}

uint64_t sched_cpu_time_us(const struct tcb *t)
{
	return plat_ticks_us(t->cpu_ticks + (t->cpu->current == t ? rdtsc() : 0));
}

void sched_let_go(struct cpu *cpu)
{
	cpu->current = NULL;
	sched_charge(cpu, NULL);
	arch_switch(cpu, NULL);
}

static void start_slice(struct cpu *cpu, struct tcb *t, uint64_t now_us)
{
	if (t->slice_left_us == 0)
		t->slice_left_us = t->slice_us;
	cpu->slice_owner = t;
	cpu->slice_end_us = t->slice_left_us == UINT64_MAX ? UINT64_MAX : now_us + t->slice_left_us;
}

void sched_yield(struct tcb *t)
{
	struct cpu *cpu = t->cpu;

	sched_account(cpu, plat_clock_us());
	t->slice_left_us = 0;
	t->delay_until_us = 0;
	tcb_set_tcr(t, L4_TCR_FLAGS, tcb_tcr(t, L4_TCR_FLAGS) & ~(l4_word_t)L4_PREEMPT_PENDING);
	cpu->current = NULL;
	cpu->donated_priority = 0;
	sched_ready(t, false);
}

void sched_donate(struct tcb *t, struct tcb *to)
{
	struct cpu *cpu = t->cpu;
	unsigned own = standing(cpu);

	sched_account(cpu, plat_clock_us());
	sched_remove(to);
	cpu->current = to;
	cpu->donated_priority = (uint8_t)own;
	sched_ready(t, true);
}

/* True if t asked for, and still gets, a delay of its preemption (manual 3.2). */
static bool delay_preemption(struct cpu *cpu, struct tcb *t)
{
	uint64_t now;

	if (!t->max_delay_us || t->state != THREAD_READY || t->continuation ||
	    cpu->top > t->sensitive_priority || !(tcb_tcr(t, L4_TCR_FLAGS) & L4_PREEMPT_DELAY))
		return false;
	now = plat_clock_us();
	if (!t->delay_until_us) {
		t->delay_until_us = now + t->max_delay_us;
		tcb_set_tcr(t, L4_TCR_FLAGS, tcb_tcr(t, L4_TCR_FLAGS) | L4_PREEMPT_PENDING);
	}
	return now < t->delay_until_us;
}

static void preempt(struct cpu *cpu, struct tcb *t)
{
	bool signal = t->state == THREAD_READY && !t->continuation &&
		      tcb_tcr(t, L4_TCR_FLAGS) & L4_PREEMPT_SIGNAL;

	sched_account(cpu, plat_clock_us());
	cpu->current = NULL;
	t->delay_until_us = 0;
	if (signal)
		fault_preemption(t, tcb_tcr(t, L4_TCR_EXCEPTION_HANDLER));
	else
		sched_ready(t, true);
}

static struct tcb *choose(struct cpu *cpu)
{
	struct tcb *t = cpu->current;
	bool handoff;
	uint64_t now;

	if (t && sched_runnable(t)) {
		if (cpu->top <= (int)standing(cpu)) {
			t->delay_until_us = 0;
			return t;
		}
		if (delay_preemption(cpu, t))
			return t;
		preempt(cpu, t);
	} else if (t) {
		t->delay_until_us = 0;
	}
	if (t && cpu->current)
		sched_account(cpu, plat_clock_us());
	cpu->current = NULL;
	cpu->donated_priority = 0;
	if (cpu->top < 0)
		return NULL;
	t = cpu->handoff;
	handoff =
		t && t->cpu == cpu && t->ready_next && t->priority == cpu->top && cpu->slice_owner;
	if (!handoff)
		t = cpu->ready[cpu->top];
	sched_remove(t);
	now = plat_clock_us();
	if (!handoff)
		start_slice(cpu, t, now);
	cpu->accounted_us = now;
	cpu->current = t;
	return t;
}

static void arm_timer(struct cpu *cpu)
{
	const struct tcb *t = cpu->current;
	uint64_t at = timeout_next(cpu);

	if (t && t->delay_until_us)
		at = t->delay_until_us < at ? t->delay_until_us : at;
	else if (t && cpu->top >= 0 && cpu->slice_end_us < at)
		at = cpu->slice_end_us;
	if (t && t->finite_quantum && cpu->accounted_us + t->quantum_left_us < at)
		at = cpu->accounted_us + t->quantum_left_us;
	if (CONFIG_KDB)
		at = kdb_timer(at);
	if (at < cpu->timer_us) {
		cpu->timer_us = at;
		plat_timer_set(at);
	}
}

/* Lets interrupts in, with no thread current. */
static void open_window(struct cpu *cpu)
{
	struct tcb *t = cpu->current;

	cpu->window_due = false;
	sched_account(cpu, plat_clock_us());
	sched_let_go(cpu);
	if (t)
		sched_ready(t, true);
	kernel_unlock();
	arch_interrupt_window();
	kernel_lock();
}

static void idle(struct cpu *cpu)
{
	arch_switch(cpu, NULL);
	arm_timer(cpu);
	cpu->idle = true;
	kernel_unlock();
	arch_idle();
	kernel_lock();
}

_Noreturn void sched_run(void)
{
	struct cpu *cpu = this_cpu();

	if (cpu->current && cpu->current->continuation)
		cpu->window_due = true;
	for (;;) {
		struct tcb *t;

		if (cpu->window_due)
			open_window(cpu);
		t = choose(cpu);
		cpu->handoff = NULL;
		sched_charge(cpu, t ? &t->cpu_ticks : &cpu->idle_ticks);
		if (!t && !reap_in_idle()) {
			idle(cpu);
		} else if (t && t->continuation) {
			void (*continuation)(struct tcb *) = t->continuation;

			t->continuation = NULL;
			continuation(t);
			cpu->window_due = true;
		} else if (t) {
			arm_timer(cpu);
			update_send_key(cpu);
			arch_switch(cpu, t);
			arch_return_to_user(t);
		}
	}
}

static void end_quantum(struct cpu *cpu, struct tcb *t)
{
	t->out_of_quantum = true;
	cpu->current = NULL;
	fault_preemption(t, t->scheduler);
}

void sched_timer(void)
{
	struct cpu *cpu = this_cpu();
	uint64_t now = plat_clock_us();
	struct timeout *timeout;
	struct tcb *t;

	cpu->timer_us = UINT64_MAX;
	/* At most so many at once: for the rest the timer goes off again. */
	for (unsigned i = 0; i < MAX_TIMEOUTS && (timeout = timeout_due(cpu, now)); i++)
		ipc_timeout(container_of(timeout, struct tcb, timeout));
	t = cpu->current;
	if (!t)
		return;
	sched_account(cpu, now);
	if (t->finite_quantum && t->quantum_left_us == 0) {
		end_quantum(cpu, t);
	} else if (now >= cpu->slice_end_us && now >= t->delay_until_us) {
		if (cpu->slice_owner)
			cpu->slice_owner->slice_left_us = 0;
		t->delay_until_us = 0;
		cpu->current = NULL;
		cpu->donated_priority = 0;
		sched_ready(t, false);
	}
}
