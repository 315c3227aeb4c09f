/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tasks root has made: a program in an address space of its own, with one
 * thread, whose pager and exception handler is root.
 */
#ifndef ROOT_TASK_H
#define ROOT_TASK_H

#include <l4/elf.h>
#include <l4/types.h>
#include <proto/root.h>

#define TASK_MAX 16
#define TASK_MAX_PIECES 48

/* A part of the program in one block: both addresses are multiples of its size. */
struct piece {
	l4_word_t address, frame;
	unsigned log2_size;
	unsigned rights;
};

enum task_state {
	TASK_LOADED,
	TASK_RUNNING,
	TASK_TRAPPED, /* has crashed, runs once more to show its registers */
	TASK_HELD,    /* has crashed */
	TASK_EXITED,
};

struct task {
	char name[ROOT_NAME_SIZE];
	enum task_state state;
	struct l4_thread_id thread;
	unsigned cpu;
	l4_word_t entry;
	l4_word_t size; /* of its memory in bytes */
	unsigned piece_count;
	struct piece piece[TASK_MAX_PIECES];
};

/* Makes a task of an ELF file; it does not run yet.  Says what is wrong if it is. */
struct task *task_load(const char *name, const void *image, size_t size);

/* Lets it run on a processor (another one if that fails); false if it can't. */
bool task_start(struct task *task, unsigned cpu);

/* Deletes its thread and space; its memory remains. */
void task_exit(struct task *task);

/* NULL if there is none. */
struct task *task_by_thread(struct l4_thread_id thread);
struct task *task_by_name(const char *name);

/* How many there are, and the i-th. */
unsigned task_count(void);
struct task *task_at(unsigned i);

/* The piece with this address, NULL if the program has nothing there. */
const struct piece *task_piece(const struct task *task, l4_word_t address);

#endif
