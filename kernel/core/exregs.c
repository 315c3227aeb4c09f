/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ExchangeRegisters (manual section 2.3).
 */
#include <core/exregs.h>

#include <core/cpu.h>
#include <core/ipc.h>
#include <core/sched.h>

static bool in_send(const struct tcb *t)
{
	return t->xfer.partner ? t->xfer.is_sender :
				 t->state == THREAD_SEND_WAIT || t->state == THREAD_SENDING;
}

static bool in_receive(const struct tcb *t)
{
	return t->xfer.partner ? !t->xfer.is_sender :
				 t->state == THREAD_WAITING || t->state == THREAD_RECEIVING ||
					 t->continuation == ipc_receive;
}

static void get_old(const struct tcb *t, struct exregs *r)
{
	r->control = (t->halted ? L4_EXREGS_HALT : 0) |
		     (in_receive(t) ? L4_EXREGS_ABORT_RECEIVE : 0) |
		     (in_send(t) ? L4_EXREGS_ABORT_SEND : 0);
	r->sp = arch_sp(&t->arch);
	r->ip = arch_ip(&t->arch);
	r->flags = arch_flags(&t->arch);
	r->handle = tcb_tcr(t, L4_TCR_HANDLE);
	r->pager = tcb_tcr(t, L4_TCR_PAGER);
}

static void set_registers(struct tcb *t, const struct exregs *r)
{
	if (r->control & L4_EXREGS_SP)
		arch_set_sp(&t->arch, r->sp);
	if (r->control & L4_EXREGS_IP)
		arch_set_ip(&t->arch, r->ip);
	if (r->control & L4_EXREGS_FLAGS)
		arch_set_flags(&t->arch, r->flags);
	if (r->control & L4_EXREGS_HANDLE)
		tcb_set_tcr(t, L4_TCR_HANDLE, r->handle);
	if (r->control & L4_EXREGS_PAGER)
		tcb_set_tcr(t, L4_TCR_PAGER, r->pager);
}

static void set_halted(struct tcb *t, bool halted)
{
	if (t->halted == halted)
		return;
	t->halted = halted;
	thread_update_keys(t);
	if (halted)
		sched_remove(t);
	else
		sched_ready(t, false);
}

enum l4_error exregs(struct tcb *t, uint64_t dest, struct exregs *r, uint64_t *result)
{
	struct tcb *target = ipc_resolve(t, dest);
	struct exregs old;
	bool running;

	*result = 0;
	if (!target || target->space != t->space || !tcb_is_active(target))
		return L4_ERROR_THREAD;
	running = target->cpu->current == target;
	cpu_detach(target);
	get_old(target, &old);
	if ((r->control & L4_EXREGS_ABORT_SEND && in_send(target)) ||
	    (r->control & L4_EXREGS_ABORT_RECEIVE && in_receive(target)))
		ipc_abort(target, L4_IPC_CANCELLED);
	set_registers(target, r);
	if (r->control & L4_EXREGS_SET_HALT)
		set_halted(target, r->control & L4_EXREGS_HALT);
	if (running && target != t)
		sched_ready(target, true);
	*result = l4_is_local_id(l4_thread_id(dest)) ? target->global_id : target->local_id;
	if (r->control & L4_EXREGS_DELIVER)
		*r = old;
	else
		r->control = old.control;
	return L4_OK;
}
