/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupt threads (manual section 7.2), see irq.h.
 */
#include <core/irq.h>

#include <core/cpu.h>
#include <core/ipc.h>
#include <core/klib.h>
#include <core/thread.h>

void irq_init(void)
{
	for (unsigned i = 0; i < plat_irq_count(); i++) {
		struct tcb *irq;

		if (!plat_irq_available(i))
			continue;
		irq = thread_allocate(l4_global_id(i, 1).raw);
		if (!irq)
			panic("no memory for interrupt threads");
		irq->cpu = cpus[0];
		irq->state = THREAD_INACTIVE;
		thread_publish(irq);
	}
}

enum l4_error irq_control(struct tcb *irq, uint64_t handler)
{
	struct tcb *t = tcb_of(handler);
	unsigned number = tcb_number(irq);

	if (!t || (t != irq && !t->space))
		return L4_ERROR_THREAD;
	plat_irq_mask(number);
	if (irq->state == THREAD_SEND_WAIT) {
		ipc_unwait(irq);
		irq->state = THREAD_INACTIVE;
	}
	irq->irq_handler = NULL;
	if (t != irq) {
		irq->irq_handler = t;
		irq->cpu = t->cpu;
		plat_irq_unmask(number);
	}
	return L4_OK;
}

bool irq_acknowledge(struct tcb *irq, struct tcb *t)
{
	if (irq->irq_handler != t)
		return false;
	if (irq->state == THREAD_INACTIVE)
		plat_irq_unmask(tcb_number(irq));
	return true;
}

void irq_raise(unsigned number)
{
	struct tcb *irq = tcb_of(l4_global_id(number, 1).raw);

	if (!irq || !irq->irq_handler || irq->state != THREAD_INACTIVE)
		return;
	irq->op = (struct ipc_op){ .kind = IPC_INTERRUPT };
	ipc_send(irq, irq->irq_handler->global_id, TIME_NEVER_RAW);
}

void irq_thread_exit(struct tcb *t)
{
	for (unsigned i = 0; i < plat_irq_count(); i++) {
		struct tcb *irq = tcb_of(l4_global_id(i, 1).raw);

		if (irq && irq->irq_handler == t)
			irq_control(irq, irq->global_id);
	}
}
