/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's own messages and what their answers do.  Map items in the answer
 * to a page or I/O fault are dealt with by the transfer (core/xfer.c).
 */
#include <core/fault.h>

#include <core/cpu.h>
#include <core/ipc.h>
#include <core/sched.h>
#include <core/space.h>
#include <kdb/kdb.h>

static void send_fault(struct tcb *t, enum ipc_kind kind, uint64_t to, uint64_t deadline_us)
{
	t->op = (struct ipc_op){ .kind = kind, .from = to, .deadline_us = deadline_us };
	if (CONFIG_KDB)
		kdb_record_fault(t);
	ipc_send(t, to, TIME_NEVER_RAW);
}

void fault_page(struct tcb *t, uint64_t address, unsigned rights)
{
	if (t->space->owns_memory && address < USER_END && space_sigma0_fault(address))
		return;
	t->fault = (struct fault){ .address = address, .rights = rights };
	send_fault(t, IPC_PAGE_FAULT, tcb_tcr(t, L4_TCR_PAGER), 0);
}

void fault_page_in_transfer(struct tcb *t, uint64_t address, unsigned rights, uint64_t deadline_us)
{
	t->fault = (struct fault){ .address = address, .rights = rights };
	send_fault(t, IPC_PAGE_FAULT, tcb_tcr(t, L4_TCR_PAGER), deadline_us);
}

void fault_io(struct tcb *t, struct l4_fpage ports)
{
	t->fault = (struct fault){ .address = ports.raw, .rights = L4_RIGHTS_RW };
	send_fault(t, IPC_IO_FAULT, tcb_tcr(t, L4_TCR_PAGER), 0);
}

void fault_exception(struct tcb *t)
{
	send_fault(t, IPC_EXCEPTION, tcb_tcr(t, L4_TCR_EXCEPTION_HANDLER), 0);
}

void fault_preemption(struct tcb *t, uint64_t handler)
{
	t->op = (struct ipc_op){ .kind = IPC_PREEMPTION };
	ipc_send(t, handler, TIME_NEVER_RAW);
}

const l4_word_t *fault_message(const struct tcb *s, l4_word_t *buffer, l4_word_t *tag)
{
	l4_word_t label = 0;
	unsigned words = 2;

	switch (s->op.kind) {
	case IPC_USER:
	case IPC_START:
		*tag = s->utcb[0];
		return s->utcb;
	case IPC_PAGE_FAULT:
	case IPC_IO_FAULT:
		label = s->op.kind == IPC_PAGE_FAULT ? L4_LABEL_PAGE_FAULT : L4_LABEL_IO_FAULT;
		label |= s->fault.rights;
		buffer[1] = s->fault.address;
		buffer[2] = arch_ip(&s->arch);
		break;
	case IPC_EXCEPTION:
		label = L4_LABEL_EXCEPTION;
		words = arch_exception_message(&s->arch, buffer);
		break;
	case IPC_PREEMPTION:
		label = L4_LABEL_PREEMPTION;
		buffer[1] = plat_clock_us();
		words = 1;
		break;
	case IPC_INTERRUPT:
		label = L4_LABEL_INTERRUPT;
		words = 0;
		break;
	}
	*tag = l4_tag(label, words, 0).raw;
	return buffer;
}

/* The pager's answer lets t run next, as any message would. */
static void hand_over(struct tcb *t)
{
	if (t->cpu == this_cpu())
		this_cpu()->handoff = t;
}

/* Back to the transfer in which t faulted. */
static void resume_transfer(struct tcb *t)
{
	struct tcb *sender = t->xfer.is_sender ? t : t->xfer.partner;

	t->op = t->xfer.outer;
	t->state = t->xfer.is_sender ? THREAD_SENDING : THREAD_RECEIVING;
	sender->continuation = xfer_run;
	sched_ready(sender, false);
	hand_over(sender);
}

void fault_done(struct tcb *t)
{
	if (t->xfer.partner) {
		resume_transfer(t);
		return;
	}
	t->state = THREAD_READY;
	t->op.kind = IPC_USER;
	sched_ready(t, false);
	hand_over(t);
}

void fault_failed(struct tcb *t)
{
	if (t->xfer.partner) {
		if (t->xfer.is_sender)
			xfer_abort(t, L4_IPC_XFER_TIMEOUT_OWN, L4_IPC_XFER_TIMEOUT_PARTNER);
		else
			xfer_abort(t->xfer.partner, L4_IPC_XFER_TIMEOUT_PARTNER,
				   L4_IPC_XFER_TIMEOUT_OWN);
		return;
	}
	t->state = THREAD_READY;
	t->op.kind = IPC_USER;
	t->halted = true;
}
