/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The manager's keys, see ui.h.
 */
#include "ui.h"

#include <l4/keys.h>
#include <l4/task.h>
#include <stdarg.h>
#include <stdio.h>

__attribute__((format(printf, 3, 4))) static void ui_say(struct ui *ui, bool failed,
							 const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(ui->message, sizeof(ui->message), format, args);
	va_end(args);
	ui->failed = failed;
}

unsigned ui_order(const struct tasks *t, unsigned order[TASKS_MAX])
{
	unsigned count = 0;

	for (unsigned pass = 0; pass < 2; pass++)
		for (unsigned i = 0; i < t->count; i++)
			if (tasks_is_machine(&t->line[i]) == (pass == 0))
				order[count++] = i;
	return count;
}

const struct tasks_line *ui_selected(struct ui *ui, const struct tasks *t)
{
	unsigned order[TASKS_MAX];

	if (ui_order(t, order) == 0)
		return NULL;
	if (!ui->chosen || ui->selected >= t->count)
		ui->selected = order[0];
	return &t->line[ui->selected];
}

static void ui_move(struct ui *ui, const struct tasks *t, int by)
{
	unsigned order[TASKS_MAX], count = ui_order(t, order), at = 0;

	if (!ui_selected(ui, t))
		return;
	while (order[at] != ui->selected)
		at++;
	if ((by < 0 && at > 0) || (by > 0 && at + 1 < count))
		ui->selected = order[at + (unsigned)by];
	ui->chosen = true;
}

/* Asks before what can't be undone; false if there is nothing to ask. */
static bool ui_ask(struct ui *ui, enum job_verb verb, const char *name)
{
	switch (verb) {
	case JOB_STOP:
		ui_say(ui, false, "Stop %s, as if its plug were pulled? (y/n)", name);
		return true;
	case JOB_RESTART:
		ui_say(ui, false, "Stop %s, as if its plug were pulled, and start it? (y/n)", name);
		return true;
	case JOB_RESTORE:
		ui_say(ui, false, "Replace what %s is doing by its saved state? (y/n)", name);
		return true;
	case JOB_OFF:
		ui_say(ui, false, "Switch the PC off, with all machines? (y/n)");
		return true;
	default:
		return false;
	}
}

/* Gives the request, or asks first. */
static bool ui_want(struct ui *ui, const struct tasks_line *line, enum job_verb verb,
		    struct job_request *request)
{
	struct job_request wanted = { .verb = verb, .task = ui->selected };

	if (!line && verb != JOB_OFF)
		return false;
	if (ui_ask(ui, verb, line ? line->task.name : "")) {
		ui->asked = wanted;
		ui->mode = UI_ASK;
		return false;
	}
	*request = wanted;
	return true;
}

static void ui_attach_hint(struct ui *ui, const struct tasks_line *line)
{
	if (line && line->task.console > UI_LAST_FUNCTION_KEY)
		ui_say(ui, false, "%s has a console, but there is no key for it", line->task.name);
	else if (line && line->task.console)
		ui_say(ui, false, "Ctrl+Alt+F%u shows %s", (unsigned)line->task.console,
		       line->task.name);
	else if (line)
		ui_say(ui, false, "%s has no console", line->task.name);
}

static void ui_offer_keys(struct ui *ui, const struct tasks_line *line)
{
	if (!line)
		return;
	ui_say(ui, false, "Send to %s: 1 Ctrl+Alt+Del, 2 Break, 3 Stop-A; Esc sends nothing",
	       line->task.name);
	ui->mode = UI_KEYS;
}

static bool ui_list_key(struct ui *ui, const struct tasks *t, int key, struct job_request *request)
{
	static const struct {
		int key;
		enum job_verb verb;
	} verbs[] = {
		{ 's', JOB_START }, { 't', JOB_STOP },    { 'r', JOB_RESET }, { 'R', JOB_RESTART },
		{ 'v', JOB_SAVE },  { 'V', JOB_RESTORE }, { 'q', JOB_OFF },
	};
	const struct tasks_line *line = ui_selected(ui, t);

	for (unsigned i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (verbs[i].key == key)
			return ui_want(ui, line, verbs[i].verb, request);
	if (key == 'p')
		return ui_want(ui, line,
			       line && line->task.activity == TASK_PAUSED ? JOB_RESUME : JOB_PAUSE,
			       request);
	if (key == KEYS_UP || key == KEYS_DOWN)
		ui_move(ui, t, key == KEYS_UP ? -1 : 1);
	else if (key == '\r')
		ui_attach_hint(ui, line);
	else if (key == 'k')
		ui_offer_keys(ui, line);
	else if (key == 'h' || key == '?')
		ui->mode = UI_HELP;
	return false;
}

static bool ui_ask_key(struct ui *ui, int key, struct job_request *request)
{
	ui->mode = UI_LIST;
	if (key == 'y' || key == 'Y') {
		*request = ui->asked;
		return true;
	}
	ui_say(ui, false, "Nothing was done");
	return false;
}

static bool ui_keys_key(struct ui *ui, const struct tasks *t, int key, struct job_request *request)
{
	bool valid = key >= '1' && key <= '3' && ui_selected(ui, t);

	ui->mode = UI_LIST;
	ui->message[0] = 0;
	if (valid)
		*request = (struct job_request){ .verb = JOB_KEYS,
						 .task = ui->selected,
						 .argument = (l4_word_t)(key - '0') };
	return valid;
}

bool ui_key(struct ui *ui, const struct tasks *t, int key, struct job_request *request)
{
	switch (ui->mode) {
	case UI_LIST:
		ui->message[0] = 0;
		return ui_list_key(ui, t, key, request);
	case UI_ASK:
		return ui_ask_key(ui, key, request);
	case UI_KEYS:
		return ui_keys_key(ui, t, key, request);
	case UI_HELP:
		ui->mode = UI_LIST;
	}
	return false;
}

void ui_report(struct ui *ui, const struct tasks *t, const struct job *job)
{
	bool pc = job->request.verb == JOB_OFF || job->request.verb == JOB_REBOOT;
	const char *name = "?";

	if (job->request.task < t->count)
		name = t->line[job->request.task].task.name;
	/* A question stays until it is answered. */
	if (ui->mode == UI_ASK || ui->mode == UI_KEYS)
		return;
	ui_say(ui, job->state == JOB_FAILED, "%s: %s%s", pc ? "PC" : name, job->words,
	       job->state == JOB_WAITING ? " ..." : "");
}
