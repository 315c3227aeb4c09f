/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each CPU's current thread, ready queues and timeouts.
 */
#include <kdb/command.h>

#include <core/cpu.h>
#include <core/klib.h>

static uint64_t name_of(const struct tcb *t)
{
	return kdb_sees(t) ? t->global_id : 0;
}

static void print_cpu(const struct cpu *cpu)
{
	printk("CPU %u: ", cpu->id);
	if (cpu->current)
		printk("thread %lx", name_of(cpu->current));
	else
		printk("idle");
	if (cpu->slice_owner) {
		printk(", slice of %lx ends ", name_of(cpu->slice_owner));
		kdb_print_time_left(cpu->slice_end_us);
	}
	printk(", timer ");
	kdb_print_time_left(cpu->timer_us);
	printk("\n");
}

static void print_queue(const struct cpu *cpu, unsigned priority)
{
	const struct tcb *head = cpu->ready[priority], *t = head;

	printk("  priority %3u:", priority);
	for (unsigned i = 0; i < MAX_THREADS && kdb_sees(t) && !kdb_stopped(); i++) {
		printk(" %lx", t->global_id);
		t = t->ready_next;
		if (t == head)
			break;
	}
	printk("\n");
}

/* The heap's next node in pre-order, without recursion: stacks are small. */
static const struct timeout *next_timeout(const struct timeout *t)
{
	if (t->left)
		return t->left;
	if (t->right)
		return t->right;
	while (kdb_sees(t->parent) && (t->parent->right == t || !t->parent->right))
		t = t->parent;
	return kdb_sees(t->parent) ? t->parent->right : NULL;
}

static void print_timeouts(const struct cpu *cpu)
{
	const struct timeout *t = cpu->timeouts;

	for (unsigned i = 0; i < MAX_THREADS && kdb_sees(t) && !kdb_stopped(); i++) {
		printk("  timeout of %lx ", name_of(container_of(t, struct tcb, timeout)));
		kdb_print_time_left(t->at_us);
		printk("\n");
		t = next_timeout(t);
	}
}

void kdb_show_queues(const struct kdb_arguments *a)
{
	(void)a;
	for (unsigned i = 0; i < MAX_CPUS; i++) {
		const struct cpu *cpu = cpus[i];

		if (!kdb_sees(cpu))
			continue;
		print_cpu(cpu);
		for (unsigned p = PRIORITIES; p-- > 0;)
			if (cpu->ready[p])
				print_queue(cpu, p);
		print_timeouts(cpu);
	}
}
