/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts as threads: interrupt n is thread (n, 1).  It sends an empty
 * message to the thread attached to it and stays masked until that answers.
 */
#ifndef CORE_IRQ_H
#define CORE_IRQ_H

#include <core/tcb.h>

/* Makes the interrupt threads. */
void irq_init(void);

/* ThreadControl on an interrupt: attaches `handler`, or detaches for the
 * interrupt's own id. */
enum l4_error irq_control(struct tcb *irq, uint64_t handler);

/* `t` sent to the interrupt: unmasks if it is the handler, else false. */
bool irq_acknowledge(struct tcb *irq, struct tcb *t);

/* The interrupt has happened (and is masked). */
void irq_raise(unsigned number);

/* Detaches everything attached to t. */
void irq_thread_exit(struct tcb *t);

#endif
