/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Interrupt lines.  A chip drives lines it was given at creation and doesn't know
 * what is at their other end: an interrupt controller's input, a CPU's, or nothing.
 * vCPU thread only.
 */
#ifndef EMU_IRQ_H
#define EMU_IRQ_H

#include <emu/types.h>

struct irq {
	void (*set)(void *sink, unsigned input, bool level);
	void *sink;
	unsigned input;
	bool level; /* as last driven; the driver's */
};

/* Drives the line; the sink hears of changes only.  An unconnected line
 * (set == NULL) is fine. */
static inline void irq_set(struct irq *irq, bool level)
{
	if (irq->level == level)
		return;
	irq->level = level;
	if (irq->set)
		irq->set(irq->sink, irq->input, level);
}

static inline void irq_pulse(struct irq *irq)
{
	irq_set(irq, true);
	irq_set(irq, false);
}

#endif
