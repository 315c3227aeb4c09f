/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Propagation: a thread sends in another's name (manual 5.1, "Propagation").
 * Allowed within a space, to redirectors and to interrupt handlers; elsewhere the
 * message arrives as the sender's own.
 */
#include "ktest.h"
#include "tests.h"

static struct job send, receive;

static void prop_begin(struct l4_thread_id to, struct l4_thread_id virtual_sender,
		       struct l4_thread_id from)
{
	struct l4_time soon = l4_period_us(200000);

	send = job_send(to);
	send.virtual_sender = virtual_sender;
	job_add_word(&send, 0x9999);
	send.mr[0] |= L4_TAG_PROPAGATED;
	receive = job_receive(from);
	send.timeouts = receive.timeouts = l4_timeouts(soon, soon);
}

static void prop_sleep(void *unused)
{
	(void)unused;
	thread_park();
}

/* `by` (NULL: main) sends to `to` in the name of `virtual_sender`. */
static void prop_run(struct agent *by, struct agent *to, struct l4_thread_id virtual_sender,
		     struct l4_thread_id from)
{
	prop_begin(to->thread->id, virtual_sender, from);
	agent_begin_job(to, &receive);
	agent_job(by, &send);
	agent_finish(to, NULL);
}

void test_propagation(void)
{
	struct agent to = agent_new(space_new());
	struct thread *other = thread_new(NULL, prop_sleep, NULL);

	prop_run(NULL, &to, other->id, L4_ANYTHREAD);
	check(l4_tag_succeeded(send.tag), "for a thread of one's own space");
	check(l4_tag_propagated(receive.tag), "the p flag arrives");
	check_eq(receive.sender.raw, other->id.raw, "the virtual sender is the sender");
	check_eq(receive.actual_sender, main_id.raw, "the actual sender is told");
	check_eq(receive.got[1], 0x9999, "the message arrives");

	prop_run(NULL, &to, other->local, L4_ANYTHREAD);
	check_eq(receive.sender.raw, other->id.raw, "the virtual sender by its local id");

	prop_run(NULL, &to, other->id, other->id);
	check(l4_tag_succeeded(receive.tag), "a closed receive takes the virtual sender");
	prop_run(NULL, &to, other->id, main_id);
	check(l4_tag_failed(receive.tag), "and not the actual one");
	job_check_error(&send, false, L4_IPC_TIMEOUT, "which isn't waited for");
}

void test_propagation_same_space(void)
{
	struct agent to = agent_new(NULL);
	struct thread *other = thread_new(NULL, prop_sleep, NULL);

	prop_run(NULL, &to, other->id, L4_ANYTHREAD);
	check(l4_tag_propagated(receive.tag), "all in one space");
	check_eq(receive.sender.raw, other->local.raw, "the virtual sender's local id");
	check(receive.actual_sender == main_id.raw || receive.actual_sender == l4_my_local_id().raw,
	      "the actual sender");
}

void test_propagation_refused(void)
{
	struct agent to = agent_new(NULL), by = agent_new(space_new());
	struct thread *foreign = thread_new(space_new(), prop_sleep, NULL);

	prop_run(&by, &to, foreign->id, L4_ANYTHREAD);
	check(l4_tag_succeeded(send.tag) && l4_tag_succeeded(receive.tag),
	      "a foreign thread's name: the message arrives all the same");
	check(!l4_tag_propagated(receive.tag), "without the p flag");
	check_eq(receive.sender.raw, by.thread->id.raw, "as the sender's own");
	prop_run(&by, &to, main_id, L4_ANYTHREAD);
	check_eq(receive.sender.raw, by.thread->id.raw, "main's name isn't to be had either");
	prop_run(&by, &to, sigma0_id, L4_ANYTHREAD);
	check_eq(receive.sender.raw, by.thread->id.raw, "nor sigma0's");
	prop_run(&by, &to, thread_fresh_id(), L4_ANYTHREAD);
	check_eq(receive.sender.raw, by.thread->id.raw, "nor nobody's");
	prop_run(&by, &to, foreign->id, foreign->id);
	check(l4_tag_failed(receive.tag), "a thread waiting for the other isn't deceived");
}

/* A waits for B; B passes A's request on to C in A's name; then A waits for C. */
void test_propagation_redirects_wait(void)
{
	static struct job ask, pass, serve;
	struct agent b = agent_new(NULL), c = agent_new(space_new());
	struct thread *a;
	struct job answer;

	ask = (struct job){ .to = b.thread->id, .from = b.thread->id };
	job_add_word(&ask, 1);
	pass = job_receive(L4_ANYTHREAD);
	agent_begin_job(&b, &pass);
	a = job_start(NULL, &ask);
	agent_finish(&b, NULL);
	thread_reaches(a, L4_SCHEDULE_WAITING);

	prop_begin(c.thread->id, a->id, L4_ANYTHREAD);
	agent_begin_job(&c, &receive);
	agent_job(&b, &send);
	agent_finish(&c, NULL);
	check_eq(receive.sender.raw, a->id.raw, "C sees the request as A's");
	answer = job_send(a->id);
	job_add_word(&answer, 55);
	answer.timeouts = l4_timeouts(l4_period_us(200000), L4_NEVER);
	serve = answer;
	agent_job(&c, &serve);
	check(l4_tag_succeeded(serve.tag), "C answers A");
	job_wait(&ask);
	check(l4_tag_succeeded(ask.tag) && ask.got[1] == 55, "A, who waited for B, gets it");
	check_eq(ask.sender.raw, c.thread->id.raw, "from C");
}
