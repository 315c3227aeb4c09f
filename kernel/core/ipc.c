/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPC: finding the partner, waiting, delivering untyped words, errors.  See ipc.h.
 */
#include <core/ipc.h>

#include <core/cpu.h>
#include <core/fault.h>
#include <core/irq.h>
#include <core/klib.h>
#include <core/sched.h>
#include <core/space.h>
#include <kdb/kdb.h>

struct tcb *ipc_resolve(const struct tcb *t, uint64_t id)
{
	return l4_is_local_id(l4_thread_id(id)) ? space_find_local(t->space, id) : tcb_of(id);
}

uint64_t ipc_name(const struct tcb *t, uint64_t global_id)
{
	const struct tcb *other = tcb_of(global_id);

	return other && other->space && other->space == t->space && other->utcb ? other->local_id :
										  global_id;
}

/* ---- the queue of senders ------------------------------------------------- */

static void queue_sender(struct tcb *d, struct tcb *s)
{
	struct tcb *head = d->send_queue;

	s->partner = d;
	if (!head) {
		s->send_next = s->send_prev = s;
		d->send_queue = s;
	} else {
		s->send_next = head;
		s->send_prev = head->send_prev;
		s->send_prev->send_next = s;
		head->send_prev = s;
	}
	d->propagated_senders += s->op.propagated;
}

static void unqueue_sender(struct tcb *s)
{
	struct tcb *d = s->partner;

	if (s->send_next == s) {
		d->send_queue = NULL;
	} else {
		s->send_next->send_prev = s->send_prev;
		s->send_prev->send_next = s->send_next;
		if (d->send_queue == s)
			d->send_queue = s->send_next;
	}
	d->propagated_senders -= s->op.propagated;
	s->partner = NULL;
}

void ipc_unwait(struct tcb *t)
{
	if (t->state == THREAD_SEND_WAIT && t->partner)
		unqueue_sender(t);
	t->fast_from = t->slow_from = 0;
	timeout_cancel(&t->timeout);
}

/* True if a receiver in `space` that accepts `from` accepts s's message. */
static bool accepts(const struct space *space, uint64_t from, const struct tcb *s)
{
	if (from == L4_ANYTHREAD.raw || from == s->op.sender_id)
		return true;
	if (from == L4_ANYLOCALTHREAD.raw) {
		const struct tcb *sender = tcb_of(s->op.sender_id);

		return sender && sender->space == space;
	}
	return false;
}

/* The sender in t's queue that its receive phase takes; NULL if there is none. */
static struct tcb *find_sender(const struct tcb *t)
{
	struct tcb *s = t->send_queue;
	uint64_t from = t->op.from;

	if (!s || from == L4_ANYTHREAD.raw)
		return s;
	if (from != L4_ANYLOCALTHREAD.raw && !t->propagated_senders) {
		s = tcb_of(from);
		return s && s->state == THREAD_SEND_WAIT && s->partner == t ? s : NULL;
	}
	do {
		if (accepts(t->space, from, s))
			return s;
		s = s->send_next;
	} while (s != t->send_queue);
	return NULL;
}

/* Turns the id t wants to receive from into a global one; false: no such thread. */
static bool resolve_from(struct tcb *t)
{
	uint64_t from = t->op.from;
	struct tcb *other;

	if (from == L4_ANYTHREAD.raw || from == L4_ANYLOCALTHREAD.raw)
		return true;
	other = ipc_resolve(t, from);
	if (!other || (other->space && !tcb_is_active(other)))
		return false;
	t->op.from = other->global_id;
	return true;
}

/* ---- delivery --------------------------------------------------------------- */

static l4_word_t received_tag(const struct tcb *s, const struct tcb *d, l4_word_t tag)
{
	tag &= ~(l4_word_t)L4_TAG_FLAGS;
	if (s->op.propagated)
		tag |= L4_TAG_PROPAGATED;
	if (s->op.intended)
		tag |= L4_TAG_REDIRECTED;
	if (s->cpu != d->cpu)
		tag |= L4_TAG_XCPU;
	return tag;
}

/* Hands the untyped words to what d's operation wants with them. */
static void deliver_untyped(struct tcb *d, const l4_word_t *mr, unsigned words)
{
	switch (d->op.kind) {
	case IPC_USER:
		memcpy(d->utcb + 1, mr + 1, words * sizeof(*mr));
		break;
	case IPC_EXCEPTION:
		arch_exception_reply(&d->arch, mr, words);
		break;
	case IPC_START:
		if (words >= 1)
			arch_set_ip(&d->arch, mr[1]);
		if (words >= 2)
			arch_set_sp(&d->arch, mr[2]);
		break;
	default:
		break;
	}
}

/* s's message reaches d, which accepts it. */
static void deliver(struct tcb *s, struct tcb *d)
{
	l4_word_t buffer[FAULT_MESSAGE_WORDS], tag;
	const l4_word_t *mr = fault_message(s, buffer, &tag);
	unsigned words = l4_tag_untyped((struct l4_tag){ tag });
	unsigned typed = l4_tag_typed((struct l4_tag){ tag });

	ipc_unwait(s);
	ipc_unwait(d);
	if (typed > L4_MR_COUNT - 1 - words)
		typed = L4_MR_COUNT - 1 - words;
	tag = l4_tag(tag >> 16, words, typed).raw;
	deliver_untyped(d, mr, words);
	if (d->op.kind == IPC_USER) {
		tcb_set_tcr(d, L4_TCR_SENDER, s->global_id);
		tcb_set_tcr(d, L4_TCR_INTENDED_RECEIVER, s->op.intended);
		if (s->space == d->space)
			d->peer = s;
	}
	tag = received_tag(s, d, tag);
	if (typed) {
		xfer_start(s, d, tag);
		return;
	}
	ipc_received(d, s, tag);
	ipc_sent(s);
}

static void become_ready(struct tcb *t, bool from_partner)
{
	struct cpu *cpu = this_cpu();

	t->state = THREAD_READY;
	t->op.kind = IPC_USER; /* as the fast path takes for granted */
	if (from_partner && t->cpu == cpu)
		cpu->handoff = t;
	sched_ready(t, false);
}

/* The result of t's system call is in its UTCB: into the registers with it. */
static void finish_user(struct tcb *t, l4_word_t tag, uint64_t from)
{
	t->utcb[0] = tag;
	arch_load_message(&t->arch, t->utcb, from, t->local_id);
}

void ipc_received(struct tcb *t, struct tcb *sender, l4_word_t tag)
{
	switch (t->op.kind) {
	case IPC_USER:
		finish_user(t, tag, ipc_name(t, sender->op.sender_id));
		break;
	case IPC_PAGE_FAULT:
	case IPC_IO_FAULT:
		fault_done(t);
		return;
	default:
		break;
	}
	become_ready(t, true);
}

void ipc_sent(struct tcb *t)
{
	switch (t->op.kind) {
	case IPC_INTERRUPT:
		t->state = THREAD_INACTIVE;
		break;
	case IPC_PREEMPTION:
		become_ready(t, false);
		break;
	default:
		/* A message that is there already is taken later: its sender may have one
		 * waiting, too, and so on.  Without one t must wait from this moment on. */
		if (t->op.from && t->send_queue && resolve_from(t) && find_sender(t)) {
			t->state = THREAD_READY;
			t->continuation = ipc_receive;
			sched_ready(t, false);
		} else {
			ipc_receive(t);
		}
		break;
	}
}

/* ---- send phase ------------------------------------------------------------- */

/* Where t's message to d goes: d, or the redirector of t's space; NULL: nowhere. */
static struct tcb *redirect(struct tcb *t, struct tcb *d)
{
	struct tcb *redirector;

	if (!t->space || t->space->redirector == L4_ANYTHREAD.raw || d->space == t->space)
		return d;
	redirector = tcb_of(t->space->redirector);
	if (!redirector || !tcb_is_active(redirector) || redirector == t)
		return redirector == t ? d : NULL;
	if (d->space == redirector->space)
		return d;
	t->op.intended = d->global_id;
	return redirector;
}

/* True if t is the redirector of another space, or of its redirector and so on. */
static bool guards(const struct tcb *t, const struct space *space)
{
	for (unsigned hops = 0; hops < 16 && space != t->space; hops++) {
		const struct tcb *redirector = tcb_of(space->redirector);

		if (!redirector || redirector == t)
			return redirector == t;
		space = redirector->space;
	}
	return false;
}

/* Makes t's message one of its virtual sender's, if that is permitted: see
 * docs/kernel.md. */
static void propagate(struct tcb *t, struct tcb *d)
{
	struct tcb *v = ipc_resolve(t, tcb_tcr(t, L4_TCR_SENDER));
	bool speaks_for;

	if (!v || v == t || v == d)
		return;
	speaks_for = v->space ? v->space == t->space || guards(t, v->space) : v->irq_handler == t;
	if (!speaks_for && !guards(t, d->space))
		return;
	t->op.sender_id = v->global_id;
	t->op.propagated = true;
	if (speaks_for && v->state == THREAD_WAITING && tcb_from(v) == t->global_id) {
		uint64_t *from = v->fast_from ? &v->fast_from : &v->slow_from;

		*from = d->global_id;
		v->op.from = d->global_id;
		if (find_sender(v) == d)
			deliver(d, v);
	}
}

void ipc_send(struct tcb *t, uint64_t to, uint16_t timeout)
{
	struct tcb *d = ipc_resolve(t, to);

	t->op.sender_id = t->global_id;
	t->op.intended = 0;
	t->op.propagated = false;
	if (d && !d->space && d != t) {
		if (irq_acknowledge(d, t))
			ipc_sent(t);
		else
			ipc_fail(t, false, L4_IPC_NO_PARTNER, 0);
		return;
	}
	if (d && d != t && tcb_is_active(d))
		d = redirect(t, d);
	if (!d || d == t || !tcb_is_active(d)) {
		ipc_fail(t, false, L4_IPC_NO_PARTNER, 0);
		return;
	}
	if (t->op.kind == IPC_USER && t->utcb[0] & L4_TAG_PROPAGATED)
		propagate(t, d);
	if (d->state == THREAD_WAITING && accepts(d->space, tcb_from(d), t)) {
		deliver(t, d);
		return;
	}
	if (time_is_zero(timeout)) {
		ipc_fail(t, false, L4_IPC_TIMEOUT, 0);
		return;
	}
	t->state = THREAD_SEND_WAIT;
	queue_sender(d, t);
	if (t->op.deadline_us)
		timeout_set(&t->timeout, t->op.deadline_us);
	else if (timeout != TIME_NEVER_RAW)
		timeout_set(&t->timeout, time_deadline(timeout, plat_clock_us()));
}

/* ---- receive phase ----------------------------------------------------------- */

void ipc_receive(struct tcb *t)
{
	struct tcb *s;
	bool plain;

	if (!t->op.from) {
		if (t->op.kind == IPC_USER)
			finish_user(t, t->utcb[0] & ~(l4_word_t)L4_TAG_FLAGS, 0);
		become_ready(t, false);
		return;
	}
	if (!resolve_from(t)) {
		ipc_fail(t, true, L4_IPC_NO_PARTNER, 0);
		return;
	}
	s = find_sender(t);
	if (s) {
		deliver(s, t);
		return;
	}
	if (time_is_zero(t->op.receive_timeout)) {
		ipc_fail(t, true, L4_IPC_TIMEOUT, 0);
		return;
	}
	plain = t->op.kind == IPC_USER && t->op.receive_timeout == TIME_NEVER_RAW;
	t->state = THREAD_WAITING;
	*(plain ? &t->fast_from : &t->slow_from) = t->op.from;
	if (t->op.deadline_us)
		timeout_set(&t->timeout, t->op.deadline_us);
	else if (t->op.receive_timeout != TIME_NEVER_RAW)
		timeout_set(&t->timeout, time_deadline(t->op.receive_timeout, plat_clock_us()));
}

void ipc_start(struct tcb *t, uint64_t to, uint64_t from, l4_word_t timeouts)
{
	t->op = (struct ipc_op){ .kind = IPC_USER,
				 .from = from,
				 .receive_timeout = (uint16_t)timeouts };
	if (to)
		ipc_send(t, to, (uint16_t)(timeouts >> 16));
	else
		ipc_receive(t);
}

/* ---- the unhappy ends --------------------------------------------------------- */

void ipc_fail(struct tcb *t, bool receive_phase, enum l4_ipc_error error, l4_word_t offset)
{
	switch (t->op.kind) {
	case IPC_USER:
		tcb_set_tcr(t, L4_TCR_ERROR_CODE, l4_ipc_error(receive_phase, error, offset));
		finish_user(t, L4_TAG_ERROR, 0);
		break;
	case IPC_PREEMPTION:
		break;
	case IPC_INTERRUPT:
		t->state = THREAD_INACTIVE;
		return;
	default:
		if (CONFIG_KDB)
			kdb_record_failure(t, receive_phase, error);
		fault_failed(t);
		return;
	}
	become_ready(t, false);
}

void ipc_timeout(struct tcb *t)
{
	bool receiving = t->state == THREAD_WAITING;

	ipc_unwait(t);
	ipc_fail(t, receiving, L4_IPC_TIMEOUT, 0);
}

void ipc_abort(struct tcb *t, enum l4_ipc_error error)
{
	bool receiving = t->state == THREAD_WAITING;

	if (t->inner) {
		xfer_abort(t->inner, L4_IPC_ABORTED, L4_IPC_ABORTED);
	} else if (t->xfer.partner && t->xfer.partner->inner) {
		/* Fails the partner's fault, and with it the transfer. */
		xfer_abort(t->xfer.partner->inner, L4_IPC_ABORTED, L4_IPC_ABORTED);
	} else if (t->xfer.partner) {
		xfer_abort(t->xfer.is_sender ? t : t->xfer.partner, L4_IPC_ABORTED, L4_IPC_ABORTED);
	} else if (receiving || t->state == THREAD_SEND_WAIT) {
		ipc_unwait(t);
		ipc_fail(t, receiving, error, 0);
	} else if (t->continuation == ipc_receive) {
		t->continuation = NULL;
		ipc_fail(t, true, error, 0);
	}
}
