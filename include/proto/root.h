/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the root task does for the programs it has started, by IPC to the thread
 * l4_root(), and the client functions of lib/l4.  An answer has the label 0; the
 * label L4_LABEL_REFUSED says that root does not know the sender or the message
 * was malformed.
 *
 *	request      words                                  answer
 *	ROOT_LOG     MR1 length, MR2.. text                 none
 *	ROOT_LOOKUP  MR1-4 name, filled up with zeros       MR1 thread id, or nil
 *	ROOT_EXIT    MR1 status                             does not return
 *
 * Root prints a logged text as one line, `[name] text`, and replaces what is not
 * printable ASCII.
 */
#ifndef PROTO_ROOT_H
#define PROTO_ROOT_H

#include <l4/types.h>

enum root_label {
	ROOT_LOG = 0x10,
	ROOT_LOOKUP = 0x11,
	ROOT_EXIT = 0x12,
};

#define ROOT_NAME_SIZE 32 /* with the terminating 0 */
#define ROOT_NAME_WORDS (ROOT_NAME_SIZE / sizeof(l4_word_t))
#define ROOT_LOG_WORDS 62
#define ROOT_LOG_MAX (ROOT_LOG_WORDS * sizeof(l4_word_t)) /* bytes of text */

/* Logs a line of text; what exceeds ROOT_LOG_MAX is lost. */
void root_log(const char *text, size_t length);

/* For stdio_set_putc(): collects a line, then logs it.  For one thread only. */
void root_putc(char c);

/* The first thread of the program called `name`, nil if there is none. */
struct l4_thread_id root_lookup(const char *name);

/* Ends the calling program. */
_Noreturn void root_exit(l4_word_t status);

#endif
