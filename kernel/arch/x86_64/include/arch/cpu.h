/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Per-CPU data, processor features, TLB maintenance and the ways in and out of
 * the kernel.
 *
 * Every CPU has an area of CPU_AREA_SIZE bytes, aligned to its size: struct cpu
 * at the bottom, the kernel stack above it.  The kernel therefore finds its CPU
 * from the stack pointer, and GS stays the user's.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <arch/context.h>
#include <arch/layout.h>
#include <stdbool.h>
#include <stdint.h>

struct tcb;
struct cpu;
struct space;

#define CPU_AREA_SIZE 8192

static inline struct cpu *this_cpu(void)
{
	uintptr_t sp;

	__asm__("mov %%rsp, %0" : "=r"(sp));
	return (struct cpu *)(sp & ~(uintptr_t)(CPU_AREA_SIZE - 1));
}

static inline void arch_pause(void)
{
	__asm__ volatile("pause" ::: "memory");
}

/* Lets pending interrupts in; called without the lock and without a current thread. */
static inline void arch_interrupt_window(void)
{
	__asm__ volatile("sti; nop; cli" ::: "memory");
}

/* Waits for an interrupt, same conditions. */
static inline void arch_idle(void)
{
	__asm__ volatile("sti; hlt; cli" ::: "memory");
}

/* Pages of memory an arch_cpu_init() needs in cpu->arch. */
unsigned arch_cpu_pages(void);

/* Descriptor tables, control registers and MSRs of the calling CPU. */
void arch_cpu_init(struct cpu *cpu);

/* Makes t's address space, FPU, segment bases and I/O ports those of this CPU, after
 * saving those of cpu->loaded.  NULL: none but the kernel's. */
void arch_switch(struct cpu *cpu, struct tcb *t);

/* t trapped into the kernel, but nothing has been done about it: it will trap again. */
void arch_undo_entry(struct tcb *t);

/* Releases the lock and returns to user mode with t's registers. */
_Noreturn void arch_return_to_user(struct tcb *t);

/* Restarts the CPU's stack from its top and continues in sched_run(). */
_Noreturn void arch_restart(struct cpu *cpu);

/* Flushes this CPU's TLB: user entries; with `kernel` global ones too. */
void arch_flush_tlb(bool kernel);

/* Releases the FPU state of a thread that goes away. */
void arch_thread_exit(struct tcb *t);

/* True if ports that `space` has may be refused here as its bitmap isn't loaded. */
bool arch_io_is_stale(const struct cpu *cpu, const struct space *space);

/* I/O permission of a space changed: reload it where the space runs now. */
void arch_io_changed(struct cpu *cpu, struct space *space);

_Noreturn void arch_halt(void);

/* Where the other CPUs come up, on their stacks. */
void *arch_cpu_stack(unsigned cpu);
_Noreturn void arch_ap_main(unsigned cpu);

/* Prints t's user registers, or the kernel backtrace from frame pointer fp (0: here). */
void arch_dump_registers(const struct arch_thread *a);
void arch_backtrace(uintptr_t fp);

#endif
