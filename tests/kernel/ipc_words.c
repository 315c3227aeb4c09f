/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPC of untyped words: every length within a space and between spaces, by Ipc
 * and Lipc, labels and flags, local and global ids, the kinds of receive.
 */
#include "ktest.h"
#include "tests.h"

#define MAX_WORDS 63
#define LABEL_MASK 0xffffffffffffull

/* Answers each message with its complement. */
static void words_complement(void *unused)
{
	struct l4_thread_id from;
	struct l4_tag tag;

	(void)unused;
	tag = l4_wait(&from);
	for (;;) {
		for (unsigned i = 1; i <= l4_tag_untyped(tag); i++)
			l4_set_mr(i, ~l4_mr(i));
		l4_set_tag(l4_tag(l4_tag_label(tag) + 1, l4_tag_untyped(tag), 0));
		tag = l4_reply_wait(from, &from);
	}
}

static l4_word_t words_pattern(unsigned round, unsigned i)
{
	return (round * 0x9e3779b97f4a7c15ull) ^ (i * 0x100000001b3ull);
}

/* The number of words that came back wrong, plus 100 for a wrong tag. */
static unsigned words_call(struct l4_thread_id to, unsigned count, bool lipc)
{
	l4_word_t label = 0x1234 + count;
	unsigned wrong = 0;
	struct l4_tag tag;

	for (unsigned i = 1; i <= count; i++)
		l4_set_mr(i, words_pattern(count, i));
	l4_set_tag(l4_tag(label, count, 0));
	tag = lipc ? l4_lipc(to, to, L4_TIMEOUTS_NEVER, NULL) :
		     l4_ipc(to, to, L4_TIMEOUTS_NEVER, NULL);
	if (tag.raw != l4_tag(label + 1, count, 0).raw)
		wrong += 100;
	for (unsigned i = 1; i <= count; i++)
		wrong += l4_mr(i) != ~words_pattern(count, i);
	return wrong;
}

static void words_check_range(struct l4_thread_id to, unsigned first, unsigned last, bool lipc,
			      const char *name)
{
	unsigned wrong = 0;

	for (unsigned count = first; count <= last; count++)
		wrong += words_call(to, count, lipc);
	check_eq(wrong, 0, "%s: %u to %u words arrive and come back", name, first, last);
}

static void words_check_all(struct l4_thread_id to, bool lipc, const char *name)
{
	words_check_range(to, 0, 0, lipc, name);
	words_check_range(to, 1, 2, lipc, name);
	words_check_range(to, 3, 7, lipc, name);
	words_check_range(to, 8, 9, lipc, name);
	words_check_range(to, 10, 31, lipc, name);
	words_check_range(to, 32, 62, lipc, name);
	words_check_range(to, 63, 63, lipc, name);
}

void test_ipc_words_same_space(void)
{
	struct thread *t = thread_new(NULL, words_complement, NULL);

	words_check_all(t->id, false, "Ipc");
	words_check_all(t->local, true, "Lipc to the local id");
	words_check_range(t->local, 0, MAX_WORDS, false, "Ipc to the local id");
}

void test_ipc_words_between_spaces(void)
{
	struct thread *t = thread_new(space_new(), words_complement, NULL);

	words_check_all(t->id, false, "Ipc");
	words_check_range(t->id, 0, MAX_WORDS, true, "Lipc");
}

static l4_word_t words_count_beyond(l4_word_t value, l4_word_t first)
{
	unsigned same = 0;

	for (unsigned i = (unsigned)first; i <= MAX_WORDS; i++)
		same += l4_mr(i) == value;
	return same;
}

void test_ipc_words_beyond(void)
{
	struct agent a = agent_new(space_new());
	l4_word_t same = 0;

	/* The call itself carries 3 words; the ones above hold our secret. */
	for (unsigned i = 4; i <= MAX_WORDS; i++)
		l4_set_mr(i, 0x5ec2e7);
	agent_call(&a, words_count_beyond, 0x5ec2e7, 4, &same);
	check_eq(same, 0, "words beyond the message don't reach another space");
}

void test_ipc_label_and_flags(void)
{
	static struct job send, receive;
	struct agent a = agent_new(space_new());

	send = job_send(a.thread->id);
	send.mr[0] = l4_tag(LABEL_MASK, 1, 0).raw;
	send.mr[1] = 7;
	receive = job_receive(main_id);
	agent_begin_job(&a, &receive);
	job_run(&send);
	agent_finish(&a, NULL);
	check(l4_tag_succeeded(send.tag), "send with a label of all ones");
	check_eq(l4_tag_label(receive.tag), LABEL_MASK, "all 48 bits of the label arrive");
	check_eq(receive.tag.raw & L4_TAG_FLAGS, 0, "no flags within one processor");

	send.mr[0] = l4_tag(5, 1, 0).raw | L4_TAG_ERROR | L4_TAG_XCPU | L4_TAG_REDIRECTED;
	agent_begin_job(&a, &receive);
	job_run(&send);
	agent_finish(&a, NULL);
	check_eq(receive.tag.raw, l4_tag(5, 1, 0).raw, "a sender can't forge the result flags");
}

/* What the partner learns about who we are. */
static void ids_check(struct space *s, bool local)
{
	static struct job receive;
	struct agent a = agent_new(s);
	struct job send = job_send(a.thread->id);
	const char *where = local ? "same space" : "other space";

	receive = job_receive(L4_ANYTHREAD);
	agent_begin_job(&a, &receive);
	job_run(&send);
	agent_finish(&a, NULL);
	check_eq(receive.sender.raw, local ? l4_my_local_id().raw : main_id.raw,
		 "%s: receiver gets our %s id", where, local ? "local" : "global");
}

void test_ipc_sender_ids(void)
{
	static struct job send;
	struct agent a = agent_new(NULL);
	struct job receive;

	ids_check(NULL, true);
	ids_check(space_new(), false);

	send = job_send(l4_my_local_id());
	receive = job_receive(a.thread->local);
	agent_begin_job(&a, &send);
	job_run(&receive);
	agent_finish(&a, NULL);
	check_eq(receive.sender.raw, a.thread->local.raw, "closed receive by local id");

	receive = job_receive(a.thread->id);
	agent_begin_job(&a, &send);
	job_run(&receive);
	agent_finish(&a, NULL);
	check_eq(receive.sender.raw, a.thread->local.raw,
		 "closed receive by global id gives the local one");
}

/* A local id means nothing in another space. */
void test_ipc_foreign_local_id(void)
{
	struct space *s = space_new();
	struct thread *t = thread_new(s, words_complement, NULL);
	struct job send = job_send(t->local), receive = job_receive(t->local);

	receive.timeouts = send.timeouts = l4_timeouts(L4_ZERO_TIME, L4_ZERO_TIME);
	job_run(&send);
	job_check_error(&send, false, L4_IPC_NO_PARTNER, "send to another space's local id");
	job_run(&receive);
	job_check_error(&receive, true, L4_IPC_NO_PARTNER, "receive from another space's local id");
	send = job_send(L4_ANYTHREAD);
	job_run(&send);
	job_check_error(&send, false, L4_IPC_NO_PARTNER, "send to any");
	send = job_send(L4_ANYLOCALTHREAD);
	job_run(&send);
	job_check_error(&send, false, L4_IPC_NO_PARTNER, "send to any local");
}

void test_ipc_any_local(void)
{
	static struct job near, far;
	struct thread *near_thread, *far_thread;
	struct job receive = job_receive(L4_ANYLOCALTHREAD);

	near = far = job_send(main_id);
	job_add_word(&near, 1);
	job_add_word(&far, 2);
	receive.timeouts = l4_timeouts(L4_NEVER, l4_period_us(5000));

	far_thread = job_start(space_new(), &far);
	thread_reaches(far_thread, L4_SCHEDULE_PENDING_SEND);
	job_run(&receive);
	job_check_error(&receive, true, L4_IPC_TIMEOUT, "any local, a foreign sender waits");
	near_thread = job_start(NULL, &near);
	thread_reaches(near_thread, L4_SCHEDULE_PENDING_SEND);
	job_run(&receive);
	check(l4_tag_succeeded(receive.tag) && receive.got[1] == 1,
	      "any local takes the local sender, the foreign one was there first");
	check_eq(receive.sender.raw, near_thread->local.raw, "and gives its local id");
	receive.from = L4_ANYTHREAD;
	job_run(&receive);
	check(l4_tag_succeeded(receive.tag) && receive.got[1] == 2, "any takes the other");
	check_eq(receive.sender.raw, far_thread->id.raw, "and gives its global id");
	job_wait(&near);
	job_wait(&far);
}

/* Any local, the sender comes later. */
void test_ipc_any_local_waiting(void)
{
	static struct job receive, far;
	struct thread *t;
	struct job send;

	receive = job_receive(L4_ANYLOCALTHREAD);
	t = job_start(NULL, &receive);
	thread_reaches(t, L4_SCHEDULE_WAITING);
	far = job_send(t->id);
	far.timeouts = l4_timeouts(L4_ZERO_TIME, L4_NEVER);
	job_start(space_new(), &far);
	job_wait(&far);
	job_check_error(&far, false, L4_IPC_TIMEOUT, "foreign send to a thread waiting any local");
	check_eq(receive.done, 0, "which goes on waiting");
	send = job_send(t->id);
	send.timeouts = l4_timeouts(L4_ZERO_TIME, L4_NEVER);
	job_run(&send);
	check(l4_tag_succeeded(send.tag), "a local send reaches it");
	job_wait(&receive);
}

/* Others' messages stay queued while a thread waits for a certain one. */
void test_ipc_closed_receive(void)
{
	static struct job sends[3];
	struct thread *senders[3];
	struct job receive;

	for (unsigned i = 0; i < 3; i++) {
		sends[i] = job_send(main_id);
		job_add_word(&sends[i], 100 + i);
		senders[i] = job_start(i == 2 ? space_new() : NULL, &sends[i]);
		thread_reaches(senders[i], L4_SCHEDULE_PENDING_SEND);
	}
	for (unsigned i = 3; i-- > 0;) {
		receive = job_receive(senders[i]->id);
		receive.timeouts = l4_timeouts(L4_NEVER, l4_period_us(100000));
		job_run(&receive);
		check_eq(receive.got[1], 100 + i, "closed receive from queued sender %u", i);
		job_wait(&sends[i]);
		check(l4_tag_succeeded(sends[i].tag), "sender %u is done", i);
	}
	receive = job_receive(L4_ANYTHREAD);
	receive.timeouts = l4_timeouts(L4_NEVER, L4_ZERO_TIME);
	job_run(&receive);
	job_check_error(&receive, true, L4_IPC_TIMEOUT, "nobody is left");
}

void test_ipc_nil_phases(void)
{
	struct job j = { .to = L4_NILTHREAD, .from = L4_NILTHREAD };

	job_run(&j);
	check(l4_tag_succeeded(j.tag), "an IPC with neither phase succeeds");
	check_range(j.end_us - j.begin_us, 0, 100000, "at once");
}

/* Send to one, receive from another, in one call. */
void test_ipc_send_then_receive(void)
{
	static struct job first, second;
	struct thread *a, *b;
	struct job j;

	first = job_receive(main_id);
	second = job_send(main_id);
	job_add_word(&second, 77);
	a = job_start(space_new(), &first);
	b = job_start(space_new(), &second);
	thread_reaches(a, L4_SCHEDULE_WAITING);
	thread_reaches(b, L4_SCHEDULE_PENDING_SEND);
	j = (struct job){ .to = a->id, .from = b->id };
	job_add_word(&j, 33);
	job_run(&j);
	check(l4_tag_succeeded(j.tag) && j.got[1] == 77, "receive phase from a third thread");
	job_wait(&first);
	check_eq(first.got[1], 33, "the send phase went before");
	check_eq(j.sender.raw, b->id.raw, "the sender is the third thread");
}
