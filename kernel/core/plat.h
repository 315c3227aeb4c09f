/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the core needs from the platform: boot data, a console for kernel
 * messages, interrupts, a one-shot timer, a clock and the other CPUs.
 * Implemented by kernel/plat/pc.
 *
 * Unless noted, functions are called with interrupts disabled and the kernel
 * lock held, on any CPU.
 */
#ifndef CORE_PLAT_H
#define CORE_PLAT_H

#include <core/boot.h>
#include <stdbool.h>
#include <stdint.h>

#define MAX_CPUS 16
#define MAX_IRQS 160

/* Reads what the loader left at physical `info`; `magic` tells the protocol.
 * Called once, first, on the boot page tables.  Panics on an unknown loader. */
void plat_read_boot(uint32_t magic, uint64_t info, struct boot_data *boot);

/* ---- console (polled serial line; callable at any time, any context) ----- */
void plat_console_init(void);
void plat_putc(char c);
int plat_getc(void); /* -1: nothing there */
/* For a debugger beside a user level driver of the port, which must not be running
 * meanwhile: looks for `key`.  If it was typed, the keys before it are gone; else all
 * are left to the driver. */
enum plat_key { PLAT_KEY_NONE, PLAT_KEY_OTHERS, PLAT_KEY_TYPED } plat_console_take_key(char key);

/* ---- interrupts ----------------------------------------------------------- */

/* Finds CPUs and interrupt controllers and masks every interrupt.  After it,
 * plat_irq_count() and plat_cpu_count() are valid. */
void plat_interrupt_init(const struct boot_data *boot);
/* Per-CPU part: local APIC and timer; every CPU calls it once for itself. */
void plat_interrupt_init_cpu(void);
unsigned plat_irq_count(void); /* interrupts are 0 .. count-1 */
/* False for the ones the kernel keeps (timer, cascade). */
bool plat_irq_available(unsigned irq);
void plat_irq_mask(unsigned irq);
void plat_irq_unmask(unsigned irq);

enum plat_event {
	PLAT_SPURIOUS,
	PLAT_IRQ, /* *irq is set; masked already if level triggered */
	PLAT_TIMER,
	PLAT_RESCHEDULE, /* sent by plat_send_reschedule() */
	PLAT_FLUSH,      /* sent by plat_send_flush() */
};

/* Classifies the interrupt vector just taken and acknowledges it at the
 * controller.  Leaves a PLAT_IRQ masked. */
enum plat_event plat_interrupt(unsigned vector, unsigned *irq);

/* ---- CPUs ------------------------------------------------------------------ */

unsigned plat_cpu_count(void); /* CPUs present, at most MAX_CPUS; 0 boots */
/* Starts CPU `cpu` (1..count-1), which comes up in arch_ap_main(cpu); false if it
 * does not answer within 1 s (it then never runs).  Called without the lock, by
 * CPU 0, when its timer and the clock are initialised. */
bool plat_cpu_start(unsigned cpu);
/* By the core: the top of the CPU's first stack; what runs there, once per CPU. */
void *arch_cpu_stack(unsigned cpu);
_Noreturn void arch_ap_main(unsigned cpu);
/* Interrupt another CPU; callable without the kernel lock. */
void plat_send_reschedule(unsigned cpu);
void plat_send_flush(unsigned cpu);

/* ---- time ------------------------------------------------------------------ */

/* Calibrates the clock; once, after CPU 0's plat_interrupt_init_cpu(). */
void plat_clock_init(void);
/* Microseconds since plat_clock_init(); monotonic, the same on every CPU. */
uint64_t plat_clock_us(void);
/* A difference of the time stamp counter in microseconds. */
uint64_t plat_ticks_us(uint64_t ticks);
uint32_t plat_cpu_khz(void); /* TSC frequency */
uint32_t plat_bus_khz(void); /* local APIC timer input, or 8254's */

/* Arms this CPU's timer for clock time `at_us` (absolute; the past: at once);
 * UINT64_MAX disarms it.  It may fire early, never more than 20 us late. */
void plat_timer_set(uint64_t at_us);

/* Resets the machine.  Does not return. */
_Noreturn void plat_reset(void);

#endif
