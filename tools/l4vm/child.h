/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Programs that l4vm runs, and being told to end meanwhile.
 */
#ifndef L4VM_CHILD_H
#define L4VM_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A list of words, ended by NULL, that grows. */
struct words {
	char **word;
	unsigned count;
};
void words_add(struct words *w, const char *word);
void words_free(struct words *w);

/* From now on SIGINT, SIGTERM and SIGHUP don't end this program but what child_wait waits
 * for; then it is false and child_signal() the number. */
void child_catch_signals(void);
int child_signal(void);

/* False after a complaint that names the Debian package. */
bool child_have(const char *program, const char *package);

/* What it prints goes to the file `log`, if that isn't NULL.  -1 after a complaint. */
pid_t child_start(const struct words *command, const char *log);

/* Waits; every now and then, if `watched` isn't NULL, shows the file's size as progress.
 * The exit status, 128 and more for a signal. */
int child_wait(pid_t child, const char *watched);

/* Both, and if it fails a complaint with the last lines of the log. */
bool child_run(const struct words *command, const char *log, const char *watched);

#endif
