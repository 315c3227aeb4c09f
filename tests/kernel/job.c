/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One IPC as data: what to load, what to call, what came out.  With it a test
 * says what several threads do, starts them, and compares.
 */
#include "ktest.h"

#include <string.h>

#define JOB_US 3000000

void job_run(struct job *j)
{
	unsigned words;

	for (unsigned i = 0; i < j->brs; i++)
		l4_set_br(i, j->br[i]);
	/* A buffer of no length ends the list. */
	for (unsigned i = j->brs; i < j->brs + 2 && i < L4_BR_COUNT; i++)
		l4_set_br(i, 0);
	l4_set_tcr(L4_TCR_XFER_TIMEOUTS, j->xfer_timeouts);
	l4_set_tcr(L4_TCR_SENDER, j->virtual_sender.raw);
	j->begin_us = l4_system_clock();
	for (unsigned i = 0; i < L4_MR_COUNT; i++)
		l4_set_mr(i, j->mr[i]);
	if (j->lipc)
		j->tag = l4_lipc(j->to, j->from, j->timeouts, &j->sender);
	else
		j->tag = l4_ipc(j->to, j->from, j->timeouts, &j->sender);
	words = l4_tag_untyped(j->tag) + l4_tag_typed(j->tag) + 1;
	for (unsigned i = 0; i < L4_MR_COUNT && i < words; i++)
		j->got[i] = l4_mr(i);
	j->error = l4_error_code();
	j->actual_sender = l4_tcr(L4_TCR_SENDER);
	j->intended_receiver = l4_tcr(L4_TCR_INTENDED_RECEIVER);
	j->end_us = l4_system_clock();
	l4_set_br(0, 0);
	l4_set_tcr(L4_TCR_XFER_TIMEOUTS, 0);
	j->done = 1;
}

static void job_thread(void *arg)
{
	job_run(arg);
}

struct thread *job_start(struct space *s, struct job *j)
{
	j->done = 0;
	return thread_new(s, job_thread, j);
}

bool job_wait(struct job *j)
{
	if (wait_for(&j->done, 1, JOB_US))
		return true;
	return check(false, "an IPC comes to an end");
}

bool job_check_error(const struct job *j, bool receive_phase, enum l4_ipc_error e, const char *name)
{
	if (!l4_tag_failed(j->tag))
		return check(false, "%s: error %u (it succeeded)", name, e);
	return check_eq(j->error & 0xf, l4_ipc_error(receive_phase, e, 0), "%s: error %u in %s",
			name, e, receive_phase ? "receive" : "send");
}

struct job job_send(struct l4_thread_id to)
{
	return (struct job){ .to = to };
}

struct job job_receive(struct l4_thread_id from)
{
	return (struct job){ .from = from };
}

static void job_append(struct job *j, l4_word_t word, unsigned untyped, unsigned typed)
{
	struct l4_tag tag = { j->mr[0] };
	unsigned at = 1 + l4_tag_untyped(tag) + l4_tag_typed(tag);

	j->mr[at] = word;
	j->mr[0] += untyped + (typed << 6);
}

void job_add_word(struct job *j, l4_word_t word)
{
	job_append(j, word, 1, 0);
}

void job_add_item(struct job *j, l4_word_t head, l4_word_t address)
{
	job_append(j, head, 0, 1);
	job_append(j, address, 0, 1);
}

void job_add_map(struct job *j, struct l4_map_item item)
{
	job_add_item(j, item.base, item.fpage.raw);
}
