/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a kernel panic prints.
 */
#include <arch/cpu.h>

#include <arch/debug.h>
#include <core/cpu.h>
#include <core/klib.h>
#include <kdb/kdb.h>

#define MAX_BACKTRACE 24

void arch_dump_registers(const struct arch_thread *a)
{
	const struct frame *f = &a->frame;

	printk("rip %016lx rsp %016lx flags %08lx vector %lu error %lx\n", f->rip, f->rsp,
	       f->rflags, f->vector, f->error);
	printk("rax %016lx rbx %016lx rcx %016lx rdx %016lx\n", f->rax, f->rbx, f->rcx, f->rdx);
	printk("rsi %016lx rdi %016lx rbp %016lx r8  %016lx\n", f->rsi, f->rdi, f->rbp, f->r8);
	printk("r9  %016lx r10 %016lx r11 %016lx r12 %016lx\n", f->r9, f->r10, f->r11, f->r12);
	printk("r13 %016lx r14 %016lx r15 %016lx\n", f->r13, f->r14, f->r15);
}

void arch_backtrace(uintptr_t fp)
{
	if (!CONFIG_KDB)
		return; /* built without frame pointers */
	if (!fp)
		fp = (uintptr_t)__builtin_frame_address(0);
	for (unsigned i = 0; i < MAX_BACKTRACE && fp % 8 == 0; i++) {
		const uintptr_t *frame = (const uintptr_t *)fp;

		if (!arch_is_mapped(frame, 2 * sizeof(*frame)))
			break;
		kdb_print_return(frame[1]);
		if (frame[0] <= fp)
			break;
		fp = frame[0];
	}
}

/* This CPU if the stack is one of a CPU's; NULL on the stacks for double faults. */
static struct cpu *known_cpu(void)
{
	for (unsigned i = 0; i < MAX_CPUS; i++)
		if (cpus[i] == this_cpu())
			return cpus[i];
	return NULL;
}

_Noreturn void panic(const char *format, ...)
{
	struct cpu *cpu = known_cpu();
	va_list args;

	if (cpu)
		cpu_stop_others();
	printk("\nKERNEL PANIC: ");
	va_start(args, format);
	vprintk(format, args);
	va_end(args);
	printk("\n");
	if (cpu) {
		const struct tcb *t = cpu->current;

		printk("CPU %u, thread %lx\n", cpu->id, t ? t->global_id : 0);
		if (t)
			arch_dump_registers(&t->arch);
	}
	arch_backtrace(0);
	if (CONFIG_KDB)
		kdb_panic();
	arch_halt();
}
