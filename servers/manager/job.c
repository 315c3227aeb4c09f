/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Actions on tasks, see job.h.
 */
#include "job.h"

#include <l4/task.h>
#include <stdio.h>

#define JOB_PATIENCE_US 10000000ull
#define JOB_PATIENCE_STATE_US 120000000ull /* a machine's memory goes to a disk */

/* How each is done, and the words for it. */
static const struct job_kind {
	enum root_action action;
	enum task_order order; /* of ROOT_ORDER */
	bool awaited;          /* the machine says when it is done */
	const char *done, *doing;
} job_kinds[JOB_VERBS] = {
	[JOB_START] = { .action = ROOT_START, .done = "started" },
	[JOB_STOP] = { .action = ROOT_STOP, .done = "stopped" },
	[JOB_RESTART] = { .action = ROOT_RESTART, .done = "restarted" },
	[JOB_RESET] = { ROOT_ORDER, TASK_ORDER_RESET, true, "reset", "resetting" },
	[JOB_PAUSE] = { ROOT_ORDER, TASK_ORDER_PAUSE, true, "paused", "pausing" },
	[JOB_RESUME] = { ROOT_ORDER, TASK_ORDER_RESUME, true, "goes on", "resuming" },
	[JOB_SAVE] = { ROOT_ORDER, TASK_ORDER_SAVE, true, "state saved", "saving state" },
	[JOB_RESTORE] = { ROOT_ORDER, TASK_ORDER_RESTORE, true, "state restored",
			  "restoring state" },
	[JOB_KEYS] = { ROOT_ORDER, TASK_ORDER_KEYS, true, "keys sent", "sending keys" },
	[JOB_FAULT] = { ROOT_ORDER, TASK_ORDER_FAULT, false, "ordered to fault", NULL },
	[JOB_CORRUPT] = { ROOT_ORDER, TASK_ORDER_CORRUPT, false, "ordered to corrupt itself",
			  NULL },
	[JOB_LOOP] = { ROOT_ORDER, TASK_ORDER_LOOP, false, "ordered to loop", NULL },
	[JOB_OFF] = { .action = ROOT_POWER_OFF, .done = "switching off" },
	[JOB_REBOOT] = { .action = ROOT_REBOOT, .done = "rebooting" },
};

static enum job_state job_end(struct job *job, enum job_state state, const char *words)
{
	snprintf(job->words, sizeof(job->words), "%s", words);
	return job->state = state;
}

static const char *job_refusal(enum job_verb verb, enum root_result result)
{
	switch (result) {
	case ROOT_NO_TASK:
		return "there is no such task";
	case ROOT_NO_MEMORY:
		return "not enough memory";
	case ROOT_WRONG_STATE:
		return verb == JOB_START ? "it is running already" : "it isn't running";
	default:
		return "not permitted";
	}
}

/* The order that a machine has carried out, without the number that root gave it. */
static l4_word_t job_order(const struct job_request *request)
{
	return job_kinds[request->verb].order | (request->argument & 0xffffff) << 8;
}

enum job_state job_begin(struct job *job, const struct job_request *request, uint64_t now_us)
{
	const struct job_kind *kind = &job_kinds[request->verb];
	bool slow = request->verb == JOB_SAVE || request->verb == JOB_RESTORE;
	enum root_result result;
	struct root_task before;

	job->request = *request;
	job->last_done = 0;
	job->deadline_us = now_us + (slow ? JOB_PATIENCE_STATE_US : JOB_PATIENCE_US);
	if (kind->awaited) {
		if (!root_task_get(request->task, &before))
			return job_end(job, JOB_FAILED, job_refusal(request->verb, ROOT_NO_TASK));
		job->last_done = before.last_done;
	}
	result = root_control(request->task, kind->action,
			      kind->action == ROOT_ORDER ? job_order(request) : 0);
	if (result != ROOT_DONE)
		return job_end(job, JOB_FAILED, job_refusal(request->verb, result));
	return kind->awaited ? job_end(job, JOB_WAITING, kind->doing) :
			       job_end(job, JOB_DONE, kind->done);
}

enum job_state job_poll(struct job *job, uint64_t now_us)
{
	const struct job_kind *kind = &job_kinds[job->request.verb];
	struct root_task task;

	if (job->state != JOB_WAITING)
		return job->state;
	if (!root_task_get(job->request.task, &task))
		return job_end(job, JOB_FAILED, job_refusal(job->request.verb, ROOT_NO_TASK));
	if (task.last_done != job->last_done &&
	    (task.last_done & 0xffffffff) == job_order(&job->request)) {
		if (task.last_result == 0)
			return job_end(job, JOB_DONE, kind->done);
		return job_end(job, JOB_FAILED, "the machine couldn't; its log says why");
	}
	if (task.state != ROOT_TASK_RUNNING)
		return job_end(job, JOB_FAILED, "it stopped before that was done");
	if (now_us >= job->deadline_us)
		return job_end(job, JOB_FAILED, "the machine doesn't answer");
	return JOB_WAITING;
}
