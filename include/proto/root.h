/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the root task does for the programs it has started, by IPC to the thread
 * l4_root(), and the client functions of lib/l4.  An answer has the label 0; the
 * label L4_LABEL_REFUSED says that root does not know the sender, that it may not, or
 * that the message was malformed.
 *
 *	request       words                                 answer
 *	ROOT_LOG      MR1 length, MR2.. text                none
 *	ROOT_LOOKUP   MR1-4 name, filled up with zeros      MR1 thread id, or nil
 *	ROOT_EXIT     MR1 status                            does not return
 *	ROOT_SIGNAL   MR1 channel                           none is sent
 *	ROOT_WAIT                                           when a signal is pending
 *	ROOT_DISCARD  MR1 address, MR2 bytes                none
 *
 * and for supervisors (the manifest says who is one)
 *
 *	ROOT_SYSTEM                                         struct root_system
 *	ROOT_TASK     MR1 index                             struct root_task; nothing: no
 *							    task has that index
 *	ROOT_CONTROL  MR1 index, MR2 action, MR3 argument   MR1 enum root_result
 *
 * Root prints a logged text as one line, `[name] text`, and replaces what is not
 * printable ASCII.  ROOT_LOOKUP works only in a system without a manifest, ROOT_SIGNAL
 * and what follows only in one with (<l4/task.h>).
 */
#ifndef PROTO_ROOT_H
#define PROTO_ROOT_H

#include <l4/types.h>

#define ROOT_NAME_SIZE 32 /* with the terminating 0 */
#define ROOT_NAME_WORDS (ROOT_NAME_SIZE / sizeof(l4_word_t))
#define ROOT_LOG_WORDS 62
#define ROOT_LOG_MAX (ROOT_LOG_WORDS * sizeof(l4_word_t)) /* bytes of text */

enum root_label {
	ROOT_LOG = 0x10,
	ROOT_LOOKUP = 0x11,
	ROOT_EXIT = 0x12,
	ROOT_SIGNAL = 0x13,
	ROOT_WAIT = 0x14,
	ROOT_DISCARD = 0x15,
	ROOT_SYSTEM = 0x16,
	ROOT_TASK = 0x17,
	ROOT_CONTROL = 0x18,
};

/* All figures are words, in message registers 1 and up. */
struct root_system {
	l4_word_t uptime_us, processors;
	l4_word_t idle_us;      /* of all processors together */
	l4_word_t memory_bytes; /* RAM that root hands out, */
	l4_word_t memory_free;  /* and what of it is neither used nor set aside */
	l4_word_t kernel_bytes; /* the kernel's image and what of its pool is in use */
	l4_word_t server_bytes; /* sigma0, root and the tasks that aren't machines */
	l4_word_t channel_bytes;
	l4_word_t module_bytes; /* boot modules */
	l4_word_t tasks;
	char title[64];
};

enum root_task_state {
	ROOT_TASK_OFF, /* not started, stopped, or ended by itself */
	ROOT_TASK_RUNNING,
	ROOT_TASK_CRASHED, /* held */
	ROOT_TASK_REFUSED, /* can't be started: no memory, a damaged program */
};

#define ROOT_TASK_MACHINE 1 /* flags: a virtual machine */

struct root_task {
	char name[ROOT_NAME_SIZE];
	char kind[16]; /* a machine's type ("virt"), else the program */
	l4_word_t state, flags;
	l4_word_t cpu_us;       /* CPU time since it was started */
	l4_word_t memory_bytes; /* it holds now, */
	l4_word_t memory_bound; /* and may hold */
	l4_word_t ram_bytes;    /* guest RAM, part of the bound */
	l4_word_t uptime_us, restarts, processor, priority;
	l4_word_t heartbeat, instructions, run_ns, activity, last_done, last_result;
	l4_word_t ram_held; /* what of memory_bytes is RAM */
	l4_word_t console;  /* Ctrl+Alt+F this shows it; 0: it has no console */
	char reason[64];    /* of the last crash */
};

enum root_action {
	ROOT_START = 1,
	ROOT_STOP = 2,      /* at once, as if its plug were pulled */
	ROOT_RESTART = 3,   /* stop and start */
	ROOT_ORDER = 4,     /* MR3: an order and its argument, <l4/task.h> */
	ROOT_POWER_OFF = 5, /* the PC; the index doesn't matter */
	ROOT_REBOOT = 6,
};

enum root_result { ROOT_DONE, ROOT_NO_TASK, ROOT_NO_MEMORY, ROOT_WRONG_STATE, ROOT_FORBIDDEN };

/* Logs a line of text; what exceeds ROOT_LOG_MAX is lost. */
void root_log(const char *text, size_t length);

/* For stdio_set_putc(): collects a line, then logs it.  For one thread only. */
void root_putc(char c);

/* The first thread of the program called `name`, nil if there is none. */
struct l4_thread_id root_lookup(const char *name);

/* For supervisors.  False: refused, or there is no such task. */
bool root_system_get(struct root_system *system);
bool root_task_get(unsigned index, struct root_task *task);
enum root_result root_control(unsigned index, enum root_action action, l4_word_t argument);

/* Ends the calling program. */
_Noreturn void root_exit(l4_word_t status);

#endif
