/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The x86 CPU as boards see it.  Once, before the first reset.
 */
#ifndef EMU_GUEST_X86_X86_H
#define EMU_GUEST_X86_X86_H

#include <emu/bus.h>
#include <emu/irq.h>

struct cpu;

/* The interrupt controller's acknowledge cycle: yields the vector. */
void x86_connect_pic(struct cpu *cpu, int (*acknowledge)(void *pic), void *pic);
/* FERR#: IRQ 13. */
void x86_connect_ferr(struct cpu *cpu, struct irq line);
/* The port space. */
void x86_connect_io(struct cpu *cpu, struct bus *io);

#endif
