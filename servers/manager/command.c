/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands by serial line, see command.h.
 */
#include "command.h"
#include "words.h"

#include <l4/task.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define COMMAND_WORDS 3 /* no command has more */

__attribute__((format(printf, 2, 3))) static void command_say(struct command *c, const char *format,
							      ...)
{
	size_t room = sizeof(c->out) - c->out_length;
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(c->out + c->out_length, room, format, args);
	va_end(args);
	c->out_length += (size_t)length < room ? (size_t)length : room - 1;
}

bool command_input(struct command *c, uint8_t byte)
{
	bool pair = byte == '\n' && c->after_return;

	c->after_return = byte == '\r';
	if (pair)
		return false;
	if (byte == '\r' || byte == '\n') {
		command_say(c, "\r\n");
		return true;
	}
	if ((byte == '\b' || byte == 127) && c->length > 0) {
		c->length--;
		command_say(c, "\b \b");
	} else if (byte >= ' ' && byte < 127) {
		if (c->length < sizeof(c->line) - 1)
			c->line[c->length] = (char)byte;
		c->length++;
		command_say(c, "%c", byte);
	}
	return false;
}

/* Splits the line; returns the number of words, of which only some are stored. */
static unsigned command_split(char *line, const char *word[COMMAND_WORDS])
{
	unsigned count = 0;

	for (unsigned i = 0; i < COMMAND_WORDS; i++)
		word[i] = "";
	while (*line) {
		while (*line == ' ')
			*line++ = 0;
		if (!*line)
			break;
		if (count < COMMAND_WORDS)
			word[count] = line;
		count++;
		while (*line && *line != ' ')
			line++;
	}
	return count;
}

static bool command_error(struct command *c, const char *reason, const char *what)
{
	command_say(c, "error: %s%s\r\n", reason, what);
	return true;
}

static unsigned long long command_kib(l4_word_t bytes)
{
	return bytes >> 10;
}

static void command_list_one(struct command *c, const struct tasks_line *line)
{
	const struct root_task *task = &line->task;

	command_say(c, "task=%s role=%s kind=%s state=%s cpu=%s mips=%s memory=%llu/%llu ram=%llu",
		    task->name, tasks_is_machine(line) ? "machine" : "task", task->kind,
		    words_state(task), words_tenths(line->cpu_permille).text,
		    words_tenths(line->mips_tenths).text, command_kib(task->memory_bytes),
		    command_kib(task->memory_bound), command_kib(task->ram_bytes));
	command_say(c, " uptime=%s restarts=%u processor=%u priority=%u",
		    words_tenths(task->uptime_us / 100000).text, (unsigned)task->restarts,
		    (unsigned)task->processor, (unsigned)task->priority);
	command_say(c, " ram-held=%llu", command_kib(task->ram_held));
	if (task->reason[0])
		command_say(c, " reason=\"%s\"", task->reason);
	command_say(c, "\r\n");
}

static bool command_list(struct command *c, const struct tasks *t)
{
	for (unsigned i = 0; i < t->count; i++)
		command_list_one(c, &t->line[i]);
	command_say(c, "ok\r\n");
	return true;
}

static bool command_memory(struct command *c, const struct tasks *t)
{
	const struct root_system *s = &t->system;

	command_say(c,
		    "kernel %llu KiB, servers %llu KiB, channels %llu KiB, modules %llu KiB, "
		    "total %llu KiB, free %llu KiB\r\nok\r\n",
		    command_kib(s->kernel_bytes), command_kib(s->server_bytes),
		    command_kib(s->channel_bytes), command_kib(s->module_bytes),
		    command_kib(s->memory_bytes), command_kib(s->memory_free));
	return true;
}

static bool command_time(struct command *c, const struct tasks *t)
{
	const struct root_system *s = &t->system;

	command_say(c, "uptime %llu us, processors %llu, idle %llu us\r\nok\r\n",
		    (unsigned long long)s->uptime_us, (unsigned long long)s->processors,
		    (unsigned long long)s->idle_us);
	return true;
}

static bool command_help(struct command *c, const struct tasks *t)
{
	(void)t;
	command_say(c, "list                       one line for each task\r\n"
		       "start NAME                 also after a crash\r\n"
		       "stop NAME                  at once\r\n"
		       "restart NAME               stop and start\r\n"
		       "reset NAME                 the machine's reset button\r\n"
		       "pause NAME, resume NAME\r\n"
		       "save NAME, restore NAME    the machine's state, to its state disk\r\n");
	command_say(c, "keys NAME cad|break|stop-a keys that can't be typed\r\n"
		       "order NAME fault|corrupt|loop   for tests of isolation\r\n"
		       "memory                     what the system itself needs\r\n"
		       "time                       of the system, and how much of it was idle\r\n"
		       "off, reboot                the PC\r\n"
		       "ok\r\n");
	return true;
}

/* Commands that only show something. */
static const struct command_show {
	const char *name;
	bool (*run)(struct command *c, const struct tasks *t);
} command_shows[] = {
	{ "list", command_list }, { "memory", command_memory }, { "time", command_time },
	{ "help", command_help }, { "?", command_help },
};

/* Commands that do something; `what` is the second operand, if there has to be one. */
static const struct command_do {
	const char *name, *what;
	unsigned words;
	enum job_verb verb;
	l4_word_t argument;
} command_dos[] = {
	{ "start", "", 2, JOB_START, 0 },
	{ "stop", "", 2, JOB_STOP, 0 },
	{ "restart", "", 2, JOB_RESTART, 0 },
	{ "reset", "", 2, JOB_RESET, 0 },
	{ "pause", "", 2, JOB_PAUSE, 0 },
	{ "resume", "", 2, JOB_RESUME, 0 },
	{ "save", "", 2, JOB_SAVE, 0 },
	{ "restore", "", 2, JOB_RESTORE, 0 },
	{ "keys", "cad", 3, JOB_KEYS, TASK_KEYS_CTRL_ALT_DEL },
	{ "keys", "break", 3, JOB_KEYS, TASK_KEYS_BREAK },
	{ "keys", "stop-a", 3, JOB_KEYS, TASK_KEYS_STOP_A },
	{ "order", "fault", 3, JOB_FAULT, 0 },
	{ "order", "corrupt", 3, JOB_CORRUPT, 0 },
	{ "order", "loop", 3, JOB_LOOP, 0 },
	{ "off", "", 1, JOB_OFF, 0 },
	{ "reboot", "", 1, JOB_REBOOT, 0 },
};

#define COMMAND_COUNT(table) (sizeof(table) / sizeof(table[0]))

/* Says how the job went, once it has ended. */
static bool command_answer(struct command *c)
{
	if (c->job.state == JOB_WAITING)
		return false;
	if (c->job.state == JOB_FAILED)
		return command_error(c, c->job.words, "");
	command_say(c, "ok\r\n");
	return true;
}

static bool command_do(struct command *c, const struct command_do *d, const struct tasks *t,
		       const char *name, uint64_t now_us)
{
	struct job_request request = { .verb = d->verb, .argument = d->argument };
	int task = d->words > 1 ? tasks_find(t, name) : 0;

	if (task < 0)
		return command_error(c, "no task is called ", name);
	request.task = (unsigned)task;
	job_begin(&c->job, &request, now_us);
	return command_answer(c);
}

/* The command is known by its first word; says what is wrong with the rest. */
static bool command_misused(struct command *c, const char *name)
{
	bool known = false;

	for (unsigned i = 0; i < COMMAND_COUNT(command_shows); i++)
		known |= strcmp(command_shows[i].name, name) == 0;
	for (unsigned i = 0; i < COMMAND_COUNT(command_dos); i++)
		known |= strcmp(command_dos[i].name, name) == 0;
	return known ? command_error(c, "see help: wrong operands of ", name) :
		       command_error(c, "see help: unknown command ", name);
}

static bool command_choose(struct command *c, const struct tasks *t, uint64_t now_us)
{
	const char *word[COMMAND_WORDS];
	unsigned count = command_split(c->line, word);

	if (count == 0)
		return true;
	for (unsigned i = 0; i < COMMAND_COUNT(command_shows); i++)
		if (count == 1 && strcmp(command_shows[i].name, word[0]) == 0)
			return command_shows[i].run(c, t);
	for (unsigned i = 0; i < COMMAND_COUNT(command_dos); i++)
		if (count == command_dos[i].words && strcmp(command_dos[i].name, word[0]) == 0 &&
		    strcmp(command_dos[i].what, word[2]) == 0)
			return command_do(c, &command_dos[i], t, word[1], now_us);
	return command_misused(c, word[0]);
}

bool command_run(struct command *c, struct tasks *tasks, uint64_t now_us)
{
	unsigned length = c->length;

	c->length = 0;
	if (length >= sizeof(c->line))
		return command_error(c, "the line is too long", "");
	c->line[length] = 0;
	if (!tasks_refresh(tasks))
		return command_error(c, "root refuses: the manager isn't a supervisor", "");
	return command_choose(c, tasks, now_us);
}

bool command_poll(struct command *c, uint64_t now_us)
{
	job_poll(&c->job, now_us);
	return command_answer(c);
}
