/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPC errors without memory in play: timeout, no partner, cancelled, in both
 * phases, and malformed messages (manual 5.6).  Overflow, transfer timeouts and
 * aborts are in the string tests.
 */
#include "ktest.h"
#include "tests.h"

#include <l4/thread.h>

#define SHORT_US 3000
#define MANY_PARTNERS 40

static struct l4_time short_time(void)
{
	return l4_period_us(SHORT_US);
}

static void errors_sleep(void *unused)
{
	(void)unused;
	thread_park();
}

void test_ipc_timeouts(void)
{
	struct thread *t = thread_new(space_new(), errors_sleep, NULL);
	struct job j = job_send(t->id);

	thread_reaches(t, L4_SCHEDULE_WAITING);
	j.timeouts = l4_timeouts(L4_ZERO_TIME, L4_NEVER);
	job_run(&j);
	job_check_error(&j, false, L4_IPC_TIMEOUT, "send, zero");
	j.timeouts = l4_timeouts(short_time(), L4_NEVER);
	job_run(&j);
	job_check_error(&j, false, L4_IPC_TIMEOUT, "send, 3 ms");
	check(j.end_us - j.begin_us >= SHORT_US, "not before its time");
	j = job_receive(t->id);
	j.timeouts = l4_timeouts(L4_NEVER, L4_ZERO_TIME);
	job_run(&j);
	job_check_error(&j, true, L4_IPC_TIMEOUT, "closed receive, zero");
	j.timeouts = l4_timeouts(L4_NEVER, short_time());
	job_run(&j);
	job_check_error(&j, true, L4_IPC_TIMEOUT, "closed receive, 3 ms");
	check(j.end_us - j.begin_us >= SHORT_US, "not before its time");
	j.from = L4_ANYTHREAD;
	job_run(&j);
	job_check_error(&j, true, L4_IPC_TIMEOUT, "open receive, 3 ms");
	/* Both phases: a send that fails is not followed by a receive. */
	j.to = t->id;
	j.timeouts = l4_timeouts(L4_ZERO_TIME, L4_NEVER);
	job_run(&j);
	job_check_error(&j, false, L4_IPC_TIMEOUT, "call, zero send timeout");
	j.lipc = true;
	job_run(&j);
	job_check_error(&j, false, L4_IPC_TIMEOUT, "Lipc, zero send timeout");
}

void test_ipc_timeout_receive_phase(void)
{
	static struct job receive;
	struct thread *t;
	struct job j;

	receive = job_receive(main_id);
	t = job_start(space_new(), &receive);
	thread_reaches(t, L4_SCHEDULE_WAITING);
	j = (struct job){ .to = t->id,
			  .from = t->id,
			  .timeouts = l4_timeouts(L4_NEVER, short_time()) };
	job_add_word(&j, 9);
	job_run(&j);
	job_check_error(&j, true, L4_IPC_TIMEOUT, "call that is never answered");
	job_wait(&receive);
	check_eq(receive.got[1], 9, "its send phase was done");
}

void test_ipc_no_partner(void)
{
	struct l4_thread_id nobody = thread_fresh_id();
	struct thread *t = thread_new(space_new(), errors_sleep, NULL);
	struct l4_thread_id stale = l4_global_id(l4_thread_no(t->id), l4_version(t->id) + 1);
	struct job j = job_send(nobody);

	job_run(&j);
	job_check_error(&j, false, L4_IPC_NO_PARTNER, "send to nobody");
	j.from = nobody;
	job_run(&j);
	job_check_error(&j, false, L4_IPC_NO_PARTNER, "call of nobody");
	j = job_receive(nobody);
	job_run(&j);
	job_check_error(&j, true, L4_IPC_NO_PARTNER, "receive from nobody");
	j = job_send(stale);
	job_run(&j);
	job_check_error(&j, false, L4_IPC_NO_PARTNER, "send to another version");
	j = job_receive(stale);
	job_run(&j);
	job_check_error(&j, true, L4_IPC_NO_PARTNER, "receive from another version");
	j = job_send(main_id);
	job_run(&j);
	job_check_error(&j, false, L4_IPC_NO_PARTNER, "send to oneself");
	j = job_send(l4_my_local_id());
	job_run(&j);
	job_check_error(&j, false, L4_IPC_NO_PARTNER, "send to one's own local id");
	j = job_send(l4_interrupt(l4_kip_system_base(l4_kip()) - 1));
	job_run(&j);
	job_check_error(&j, false, L4_IPC_NO_PARTNER, "send to an interrupt of nobody's");
	j = job_send(l4_thread_id(0x7fffffff00000001));
	job_run(&j);
	job_check_error(&j, false, L4_IPC_NO_PARTNER, "send to a huge thread number");
	j = job_send(l4_thread_id(~0ull << 6 << 1));
	job_run(&j);
	job_check_error(&j, false, L4_IPC_NO_PARTNER, "send to a local id outside the area");
}

void test_ipc_self_receive(void)
{
	struct job j = job_receive(main_id);

	j.timeouts = l4_timeouts(L4_NEVER, short_time());
	job_run(&j);
	job_check_error(&j, true, L4_IPC_TIMEOUT, "receive from oneself");
	check(j.end_us - j.begin_us >= SHORT_US, "not before its time");
	j.from = l4_my_local_id();
	job_run(&j);
	job_check_error(&j, true, L4_IPC_TIMEOUT, "receive from one's own local id");
}

/* The partner goes away while we wait. */
static void errors_delete_partner(bool receive_phase, const char *name)
{
	static struct job j;
	struct thread *partner = thread_new(space_new(), errors_sleep, NULL), *t;

	thread_reaches(partner, L4_SCHEDULE_WAITING);
	j = receive_phase ? job_receive(partner->id) : job_send(partner->id);
	t = job_start(NULL, &j);
	thread_reaches(t, receive_phase ? L4_SCHEDULE_WAITING : L4_SCHEDULE_PENDING_SEND);
	thread_delete(partner);
	job_wait(&j);
	job_check_error(&j, receive_phase, L4_IPC_NO_PARTNER, name);
}

void test_ipc_partner_deleted(void)
{
	errors_delete_partner(true, "receive, partner deleted");
	errors_delete_partner(false, "send, partner deleted");
}

/* Everybody who waits for a thread hears of its end. */
void test_ipc_partner_of_many_deleted(void)
{
	static struct job jobs[MANY_PARTNERS];
	struct thread *partner = thread_new(space_new(), errors_sleep, NULL), *t;
	unsigned told = 0;

	thread_reaches(partner, L4_SCHEDULE_WAITING);
	for (unsigned i = 0; i < MANY_PARTNERS; i++) {
		jobs[i] = i & 1 ? job_receive(partner->id) : job_send(partner->id);
		t = job_start(NULL, &jobs[i]);
		thread_reaches(t, i & 1 ? L4_SCHEDULE_WAITING : L4_SCHEDULE_PENDING_SEND);
	}
	thread_delete(partner);
	for (unsigned i = 0; i < MANY_PARTNERS; i++)
		told += job_wait(&jobs[i]) && l4_tag_failed(jobs[i].tag) &&
			jobs[i].error == l4_ipc_error(i & 1, L4_IPC_NO_PARTNER, 0);
	check_eq(told, MANY_PARTNERS, "%u partners of a deleted thread are told", MANY_PARTNERS);
}

static bool errors_exchange(struct thread *t, l4_word_t control, l4_word_t *old)
{
	struct l4_exregs_words regs = { .control = control };
	struct l4_thread_id id = l4_exchange_registers(t->id, &regs);

	if (old)
		*old = regs.control;
	return !l4_is_nil(id);
}

void test_ipc_cancelled(void)
{
	static struct job j;
	struct thread *partner = thread_new(space_new(), errors_sleep, NULL), *t;
	l4_word_t old;

	thread_reaches(partner, L4_SCHEDULE_WAITING);
	j = job_receive(partner->id);
	t = job_start(NULL, &j);
	thread_reaches(t, L4_SCHEDULE_WAITING);
	check(errors_exchange(t, L4_EXREGS_ABORT_SEND, &old), "abort send while it receives");
	check_eq(old & L4_EXREGS_ABORT_RECEIVE, L4_EXREGS_ABORT_RECEIVE, "R is reported");
	check_eq(thread_state(t), L4_SCHEDULE_WAITING, "it goes on waiting");
	errors_exchange(t, L4_EXREGS_ABORT_RECEIVE, NULL);
	job_wait(&j);
	job_check_error(&j, true, L4_IPC_CANCELLED, "abort receive");

	j = job_send(partner->id);
	t = job_start(NULL, &j);
	thread_reaches(t, L4_SCHEDULE_PENDING_SEND);
	check(errors_exchange(t, L4_EXREGS_ABORT_RECEIVE, &old), "abort receive while it sends");
	check_eq(old & L4_EXREGS_ABORT_SEND, L4_EXREGS_ABORT_SEND, "S is reported");
	check_eq(thread_state(t), L4_SCHEDULE_PENDING_SEND, "it goes on sending");
	errors_exchange(t, L4_EXREGS_ABORT_SEND, NULL);
	job_wait(&j);
	job_check_error(&j, false, L4_IPC_CANCELLED, "abort send");
	check_eq(thread_state(partner), L4_SCHEDULE_WAITING, "the partner noticed nothing");
}

/* A message whose tag promises more than there is: it may fail or be cut, but both
 * sides agree, and nothing is made up. */
static void errors_malformed(struct agent *a, const char *name, l4_word_t tag, l4_word_t mr1)
{
	static struct job send, receive;
	unsigned words;

	send = job_send(a->thread->id);
	send.mr[0] = tag;
	send.mr[1] = mr1;
	receive = job_receive(main_id);
	send.timeouts = receive.timeouts = l4_timeouts(short_time(), short_time());
	receive.br[0] = L4_ACCEPT_STRINGS;
	receive.brs = 1;
	agent_begin_job(a, &receive);
	job_run(&send);
	agent_finish(a, NULL);
	words = l4_tag_untyped(receive.tag) + l4_tag_typed(receive.tag);
	check(l4_tag_failed(send.tag) == l4_tag_failed(receive.tag) && words < L4_MR_COUNT,
	      "%s: %s", name, l4_tag_failed(send.tag) ? "fails" : "is cut");
}

void test_ipc_malformed(void)
{
	struct agent a = agent_new(space_new());
	l4_word_t value;

	errors_malformed(&a, "63 untyped and 63 typed words", l4_tag(0, 63, 63).raw, 0);
	errors_malformed(&a, "1 untyped and 63 typed words", l4_tag(0, 1, 63).raw, 0);
	errors_malformed(&a, "half a map item", l4_tag(0, 0, 1).raw, L4_ITEM_MAP);
	errors_malformed(&a, "half a grant item", l4_tag(0, 0, 1).raw, L4_ITEM_GRANT);
	errors_malformed(&a, "half a string item", l4_tag(0, 0, 1).raw, l4_string_head(8, 1));
	errors_malformed(&a, "a string with too few addresses", l4_tag(0, 0, 3).raw,
			 l4_string_head(8, 31));
	errors_malformed(&a, "an item of unknown type", l4_tag(0, 0, 2).raw, 0xe);
	check(agent_peek(&a, (l4_word_t)l4_kip(), &value), "the receiver is well");
}

/* Errors are told in the result only: nothing of the failed call is delivered. */
void test_ipc_error_leaves_registers(void)
{
	struct job j = job_send(thread_fresh_id());

	job_add_word(&j, 0x1111);
	job_add_word(&j, 0x2222);
	job_run(&j);
	check(l4_tag_failed(j.tag), "E is set in the tag");
	check(l4_mr(1) == 0x1111 && l4_mr(2) == 0x2222, "message registers are kept");
}
