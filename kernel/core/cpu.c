/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel lock and requests between CPUs.
 *
 * The lock word is 0 or 1, so that the IPC fast path takes it with one
 * instruction.  Whoever has to wait takes a ticket among the waiters first, which
 * keeps them in order; while waiting it serves the holder's requests, so the
 * holder may wait for those to be done.  An idle CPU needn't be woken: it touches
 * nothing before it has the lock again, and then serves requests first.
 */
#include <core/cpu.h>

#include <core/klib.h>
#include <core/kmem.h>
#include <core/sched.h>

struct cpu *cpus[MAX_CPUS];
unsigned cpu_count;

uint32_t kernel_lock_word;
static uint32_t next_ticket, now_serving;

static uint32_t flush_cpus;
static bool flush_due, flush_kernel;

static bool try_lock(void)
{
	return __atomic_exchange_n(&kernel_lock_word, 1, __ATOMIC_ACQUIRE) == 0;
}

static void wait_serving(void)
{
	struct cpu *cpu = this_cpu();

	if (cpu->request)
		cpu_serve_requests(cpu);
	arch_pause();
}

static void lock_in_turn(void)
{
	uint32_t ticket = __atomic_fetch_add(&next_ticket, 1, __ATOMIC_RELAXED);

	while (__atomic_load_n(&now_serving, __ATOMIC_RELAXED) != ticket)
		wait_serving();
	while (!try_lock())
		wait_serving();
	__atomic_store_n(&now_serving, ticket + 1, __ATOMIC_RELAXED);
}

void kernel_lock(void)
{
	struct cpu *cpu = this_cpu();

	if (unlikely(!try_lock()))
		lock_in_turn();
	cpu->idle = false;
	if (unlikely(cpu->request)) /* what came while idle */
		cpu_serve_requests(cpu);
}

void tlb_sync_if_due(void)
{
	if (flush_due)
		tlb_sync();
}

void kernel_unlock(void)
{
	tlb_sync_if_due();
	__atomic_store_n(&kernel_lock_word, 0, __ATOMIC_RELEASE);
}

void cpu_serve_requests(struct cpu *cpu)
{
	uint32_t request = cpu->request;

	if (request & CPU_REQUEST_STOP)
		arch_halt();
	if (request & (CPU_REQUEST_FLUSH | CPU_REQUEST_FLUSH_KERNEL))
		arch_flush_tlb(request & CPU_REQUEST_FLUSH_KERNEL);
	if (request & CPU_REQUEST_KICK) {
		if (cpu->entering)
			arch_undo_entry(cpu->current);
		sched_account(cpu, plat_clock_us());
		sched_let_go(cpu);
	}
	__atomic_fetch_and(&cpu->request, ~request, __ATOMIC_RELEASE);
}

static void send_request(struct cpu *cpu, uint32_t request)
{
	__atomic_fetch_or(&cpu->request, request, __ATOMIC_SEQ_CST);
	if (!cpu->idle || request == CPU_REQUEST_STOP)
		plat_send_flush(cpu->id);
}

static void wait_request(struct cpu *cpu)
{
	while (!cpu->idle && __atomic_load_n(&cpu->request, __ATOMIC_ACQUIRE))
		arch_pause();
}

void cpu_detach(struct tcb *t)
{
	struct cpu *cpu = t->cpu;

	if (!cpu || cpu == this_cpu() || cpu->current != t)
		return;
	send_request(cpu, CPU_REQUEST_KICK);
	wait_request(cpu);
}

void tlb_invalidate(struct space *space)
{
	flush_due = true;
	flush_kernel |= space == NULL;
	for (unsigned i = 0; i < MAX_CPUS; i++) {
		struct cpu *cpu = cpus[i];

		if (!cpu || !cpu->online)
			continue;
		if (!space || cpu->space == space || (cpu->current && cpu->current->space == space))
			flush_cpus |= 1u << i;
	}
}

void tlb_sync(void)
{
	struct cpu *self = this_cpu();
	uint32_t request = flush_kernel ? CPU_REQUEST_FLUSH_KERNEL : CPU_REQUEST_FLUSH;

	for (unsigned i = 0; i < MAX_CPUS; i++)
		if (cpus[i] != self && flush_cpus >> i & 1)
			send_request(cpus[i], request);
	if (flush_cpus >> self->id & 1)
		arch_flush_tlb(flush_kernel);
	for (unsigned i = 0; i < MAX_CPUS; i++)
		if (cpus[i] != self && flush_cpus >> i & 1)
			wait_request(cpus[i]);
	flush_cpus = 0;
	flush_due = flush_kernel = false;
	kmem_free_deferred();
}

void cpu_stop_others(void)
{
	struct cpu *self = this_cpu();

	for (unsigned i = 0; i < MAX_CPUS; i++)
		if (cpus[i] && cpus[i]->online && cpus[i] != self)
			send_request(cpus[i], CPU_REQUEST_STOP);
}
