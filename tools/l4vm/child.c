/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Starting programs and waiting for them.  A signal that asks this program to end is
 * passed on to the child, so that both end and nothing is left behind.  A signal that can't
 * be caught ends the child, too: it asks Linux to be told when its parent is gone.
 */
#define _GNU_SOURCE
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "progress.h"
#include "text.h"

#define WATCH_NS 100000000
#define NO_PROGRAM 127

static volatile sig_atomic_t caught_signal;

void words_add(struct words *w, const char *word)
{
	char **more = realloc(w->word, (w->count + 2) * sizeof *more);

	if (!more) {
		complain("not enough memory");
		exit(1);
	}
	w->word = more;
	w->word[w->count++] = text_copy(word);
	w->word[w->count] = NULL;
}

void words_free(struct words *w)
{
	for (unsigned i = 0; i < w->count; i++)
		free(w->word[i]);
	free(w->word);
	*w = (struct words){ 0 };
}

static void on_end_signal(int number)
{
	caught_signal = number;
}

void child_catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_end_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

int child_signal(void)
{
	return caught_signal;
}

static bool in_path(const char *program)
{
	const char *path = getenv("PATH");
	bool found = false;

	for (const char *folder = path ? path : "/usr/bin:/bin"; *folder && !found;) {
		size_t length = strcspn(folder, ":");
		char *full = text_format("%.*s/%s", (int)length, folder, program);

		found = !access(full, X_OK);
		free(full);
		folder += length + (folder[length] == ':');
	}
	return found;
}

bool child_have(const char *program, const char *package)
{
	if (in_path(program))
		return true;
	complain("the program %s is missing; install it with: apt-get install %s", program,
		 package);
	return false;
}

/* Ends with its parent, which may have ended already. */
static void child_depend_on(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) || getppid() != parent)
		_exit(NO_PROGRAM);
}

static void child_become(const struct words *command, const char *log)
{
	int file = log ? open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;

	if (log && (file < 0 || dup2(file, STDOUT_FILENO) < 0 || dup2(file, STDERR_FILENO) < 0))
		_exit(NO_PROGRAM);
	execvp(command->word[0], command->word);
	_exit(NO_PROGRAM);
}

pid_t child_start(const struct words *command, const char *log)
{
	pid_t parent = getpid(), child;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		child_depend_on(parent);
		child_become(command, log);
	}
	if (child < 0)
		complain("can't start %s: %s", command->word[0], strerror(errno));
	return child;
}

static int child_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int child_wait(pid_t child, const char *watched)
{
	struct timespec pause = { .tv_nsec = WATCH_NS };
	struct stat about;
	bool told = false;
	int status;
	pid_t ended;

	while ((ended = waitpid(child, &status, watched ? WNOHANG : 0)) <= 0) {
		if (ended < 0 && errno != EINTR)
			return NO_PROGRAM;
		if (caught_signal && !told)
			told = !kill(child, SIGTERM);
		if (ended == 0 && !stat(watched, &about))
			progress_set((uint64_t)about.st_size);
		if (ended == 0)
			nanosleep(&pause, NULL);
	}
	return child_status(status);
}

/* The last line that says something. */
static void show_end(const char *log)
{
	char line[256], last[256] = "";
	FILE *file = fopen(log, "r");

	while (file && fgets(line, sizeof line, file))
		if (line[strspn(line, " \t\r\n")])
			memcpy(last, line, sizeof last);
	if (file)
		fclose(file);
	last[strcspn(last, "\r\n")] = 0;
	fprintf(stderr, "%s%s", *last ? ": " : "", last);
}

bool child_run(const struct words *command, const char *log, const char *watched)
{
	pid_t child = child_start(command, log);
	int status = child < 0 ? -1 : child_wait(child, watched);

	if (watched)
		progress_end(status == 0);
	if (status > 0 && !caught_signal) {
		fprintf(stderr, "l4vm: %s ended with status %d", command->word[0], status);
		show_end(log);
		fputc('\n', stderr);
	}
	return status == 0 && !caught_signal;
}
