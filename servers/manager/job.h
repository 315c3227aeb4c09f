/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What people ask for, by keys or as commands: one job is one action on one task.  Root
 * does some at once; orders to a machine are done when the machine says so, for which the
 * caller polls.
 *
 *	state = job_begin(&job, &request, task, now_us);
 *	while (state == JOB_WAITING)
 *		state = job_poll(&job, now_us);		each JOB_POLL_US
 *	puts(job.words);	"started", "it isn't running" ...
 */
#ifndef MANAGER_JOB_H
#define MANAGER_JOB_H

#include <proto/root.h>

#define JOB_POLL_US 50000

enum job_verb {
	JOB_START,
	JOB_STOP,
	JOB_RESTART,
	JOB_RESET,
	JOB_PAUSE,
	JOB_RESUME,
	JOB_SAVE,
	JOB_RESTORE,
	JOB_KEYS, /* the argument: enum task_keys */
	JOB_FAULT,
	JOB_CORRUPT,
	JOB_LOOP,
	JOB_OFF, /* the PC */
	JOB_REBOOT,
	JOB_VERBS
};

struct job_request {
	enum job_verb verb;
	unsigned task; /* root's index */
	l4_word_t argument;
};

enum job_state { JOB_IDLE, JOB_WAITING, JOB_DONE, JOB_FAILED };

struct job {
	enum job_state state;
	struct job_request request;
	l4_word_t last_done;
	uint64_t deadline_us;
	char words[64]; /* how it went, or what is waited for */
};

enum job_state job_begin(struct job *job, const struct job_request *request, uint64_t now_us);
enum job_state job_poll(struct job *job, uint64_t now_us);

#endif
