/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The manager's keys: what is selected, what is asked for.  Draws nothing (screen.h) and
 * does nothing (job.h): a key changes this state and may give a request.
 */
#ifndef MANAGER_UI_H
#define MANAGER_UI_H

#include "job.h"
#include "tasks.h"

#define UI_LAST_FUNCTION_KEY 12 /* consoles beyond have no key */

enum ui_mode {
	UI_LIST,
	UI_ASK,  /* whether to do `asked` */
	UI_KEYS, /* which keys to send */
	UI_HELP,
};

struct ui {
	enum ui_mode mode;
	unsigned selected; /* root's index of a task */
	bool chosen;       /* by a person: until then it is the first machine */
	struct job_request asked;
	bool failed; /* the message is an error */
	char message[128];
};

/* The tasks in the order of the list, machines first; returns their number. */
unsigned ui_order(const struct tasks *t, unsigned order[TASKS_MAX]);

/* The task that is selected, NULL if there are none. */
const struct tasks_line *ui_selected(struct ui *ui, const struct tasks *t);

/* A key as keys_down() gives it.  True: *request is to be carried out. */
bool ui_key(struct ui *ui, const struct tasks *t, int key, struct job_request *request);

/* Tells how a job goes. */
void ui_report(struct ui *ui, const struct tasks *t, const struct job *job);

#endif
