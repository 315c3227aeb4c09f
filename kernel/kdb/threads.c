/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads: all in a line each, one in full, and the interrupts.
 */
#include <kdb/command.h>

#include <arch/kernel_map.h>
#include <core/cpu.h>
#include <core/klib.h>
#include <core/sched.h>
#include <core/space.h>

static bool is_running(const struct tcb *t)
{
	for (unsigned i = 0; i < MAX_CPUS; i++)
		if (kdb_sees(cpus[i]) && cpus[i]->current == t)
			return true;
	return false;
}

static const char *state_name(const struct tcb *t)
{
	static const char *const names[] = {
		[THREAD_NONE] = "dead",           [THREAD_INACTIVE] = "inactive",
		[THREAD_READY] = "ready",         [THREAD_SEND_WAIT] = "send",
		[THREAD_WAITING] = "receive",     [THREAD_SENDING] = "sending",
		[THREAD_RECEIVING] = "receiving",
	};

	if (is_running(t))
		return "running";
	if (t->halted && t->state == THREAD_READY)
		return "halted";
	return t->state < ARRAY_SIZE(names) ? names[t->state] : "?";
}

/* The id it has, or had until it was deleted. */
static uint64_t id_of(const struct tcb *t)
{
	return t->global_id ? t->global_id : t->scratch[0];
}

/* Bytes of kernel memory that are there for this thread. */
static unsigned long memory_of(const struct tcb *t)
{
	return TCB_SIZE + (t->arch.fpu ? PAGE_SIZE : 0) + (t->utcb ? L4_UTCB_SIZE : 0);
}

static void print_operation(const struct tcb *t)
{
	switch (t->op.kind) {
	case IPC_PAGE_FAULT:
		printk(" page fault %lx", t->fault.address);
		break;
	case IPC_IO_FAULT:
		printk(" I/O fault %lx", l4_io_fpage_port((struct l4_fpage){ t->fault.address }));
		break;
	case IPC_EXCEPTION:
		printk(" exception %lx", arch_exception_number(&t->arch));
		break;
	case IPC_PREEMPTION:
		printk(" preemption");
		break;
	case IPC_START:
		printk(" start");
		break;
	default:
		break;
	}
}

static void print_from(uint64_t from)
{
	if (from == L4_ANYTHREAD.raw)
		printk(" from any");
	else if (from == L4_ANYLOCALTHREAD.raw)
		printk(" from any local");
	else
		printk(" from %lx", from);
}

static void print_partner(const char *relation, const struct tcb *partner)
{
	if (kdb_sees(partner))
		printk(" %s %lx", relation, id_of(partner));
}

/* What t waits for, or has to do before it goes on. */
static void print_wait(const struct tcb *t)
{
	if (t->state >= THREAD_SEND_WAIT)
		print_operation(t);
	if (t->state == THREAD_SEND_WAIT)
		print_partner("to", t->partner);
	if (t->state == THREAD_WAITING)
		print_from(tcb_from(t));
	print_partner("in transfer with", t->xfer.partner);
	if (t->timeout.cpu) {
		printk(", timeout ");
		kdb_print_time_left(t->timeout.at_us);
	}
	if (t->continuation) {
		printk(", then ");
		kdb_print_name((uintptr_t)t->continuation);
	}
	if (t->halted && t->state != THREAD_READY)
		printk(", halted");
	if (t->out_of_quantum)
		printk(", out of quantum");
}

static int cpu_of(const struct tcb *t)
{
	return kdb_sees(t->cpu) ? (int)t->cpu->id : -1;
}

static void print_thread(const struct tcb *t)
{
	printk("%016lx %5x %3d %4u %-9s %016lx %4lx", id_of(t), (unsigned)kdb_space_index(t->space),
	       cpu_of(t), t->priority, state_name(t), arch_ip(&t->arch), memory_of(t));
	print_wait(t);
	printk("\n");
}

void kdb_show_threads(const struct kdb_arguments *a)
{
	(void)a;
	printk("thread           space cpu prio state     ip               kmem waits\n");
	for (unsigned n = 0; (n = kernel_map_next_tcb(n)) < MAX_THREADS && !kdb_stopped(); n++)
		if (tcb_slot(n)->space)
			print_thread(tcb_slot(n));
}

static void print_scheduling(const struct tcb *t)
{
	printk("scheduler %lx, slice left %ld us", t->scheduler, (long)t->slice_left_us);
	if (t->finite_quantum)
		printk(", quantum left %lu us", t->quantum_left_us);
	if (t->max_delay_us)
		printk(", sensitive %u for %u us", t->sensitive_priority, t->max_delay_us);
	printk("\n");
}

static void print_senders(const struct tcb *t)
{
	const struct tcb *s = t->send_queue;

	if (!s)
		return;
	printk("senders waiting:");
	for (unsigned i = 0; i < MAX_THREADS && kdb_sees(s) && !kdb_stopped(); i++) {
		printk(" %lx", id_of(s));
		s = s->send_next;
		if (s == t->send_queue)
			break;
	}
	printk("\n");
}

static void print_utcb(const struct tcb *t)
{
	if (!t->utcb || !arch_is_mapped((char *)t->utcb - L4_UTCB_OFFSET, L4_UTCB_SIZE))
		return;
	printk("utcb %lx, pager %lx, exception handler %lx, ipc error %lx\n", t->local_id,
	       tcb_tcr(t, L4_TCR_PAGER), tcb_tcr(t, L4_TCR_EXCEPTION_HANDLER),
	       tcb_tcr(t, L4_TCR_ERROR_CODE));
}

void kdb_show_thread(const struct kdb_arguments *a)
{
	/* A whole id is as good as the number. */
	uint64_t number = a->value[0] >> 32 ? a->value[0] >> 32 : a->value[0];
	const struct tcb *t;

	if (number >= MAX_THREADS || kernel_map_next_tcb((unsigned)number) != number ||
	    !tcb_slot(number)->peer) {
		printk("no thread %lx\n", number);
		return;
	}
	t = tcb_slot(number);
	print_thread(t);
	print_scheduling(t);
	print_senders(t);
	print_utcb(t);
	arch_dump_registers(&t->arch);
}

void kdb_show_interrupts(const struct kdb_arguments *a)
{
	unsigned count = 0;

	(void)a;
	for (unsigned n = 0; (n = kernel_map_next_tcb(n)) < MAX_THREADS && !kdb_stopped(); n++) {
		const struct tcb *t = tcb_slot(n);

		if (t->space || !kdb_sees(t->irq_handler))
			continue;
		printk("interrupt %2x to %016lx, %s\n", n, id_of(t->irq_handler),
		       t->state == THREAD_SEND_WAIT ? "waits to be received" : "nothing to send");
		count++;
	}
	if (!count)
		printk("no interrupt is attached\n");
}
