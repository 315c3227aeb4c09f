/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tasks root has made: a program in an address space of its own, with one
 * thread, whose pager and exception handler is root.  A task of a manifest can be
 * stopped and started again, each time from scratch; the others are started once.
 */
#ifndef ROOT_TASK_H
#define ROOT_TASK_H

#include "boot.h"
#include "manifest.h"
#include "pages.h"

#include <l4/elf.h>
#include <l4/task.h>
#include <l4/types.h>
#include <proto/root.h>

#define TASK_MAX 32

enum task_state {
	TASK_OFF,     /* not started yet, stopped, or ended by itself */
	TASK_REFUSED, /* can't be started */
	TASK_GONE,    /* has crashed; nothing of it is left */
	TASK_RUNNING,
	TASK_TRAPPED, /* has crashed, runs once more to show its registers */
	TASK_HELD,    /* has crashed */
};

/* A part of the program, whole pages. */
struct segment {
	l4_word_t address, end;
	unsigned rights;
};

struct task {
	char name[ROOT_NAME_SIZE];
	enum task_state state;
	struct l4_thread_id thread; /* the last one it had */
	unsigned cpu;
	l4_word_t entry;
	l4_word_t size; /* of its program in memory, in bytes */
	unsigned segment_count;
	struct segment segment[ELF_MAX_SEGMENTS];
	struct pages pages; /* program, heap and RAM */

	/* The rest only if it is from the manifest. */
	const struct manifest *manifest;
	int node;
	bool machine, supervisor, confined, framebuffer;
	bool is_waiting; /* in ROOT_WAIT */
	unsigned priority;
	const struct module *program;
	char kind[16];
	l4_word_t ram_bytes;
	unsigned restart_limit, restarts_left, restarts, incarnation;
	uint64_t started_us;
	uint64_t heartbeat, heartbeat_cpu_us; /* the last one seen, and the CPU time then */
	struct task_info *info;
	struct task_signals *signals;
	unsigned info_log2_bytes;
	unsigned orders;
	unsigned zeros;      /* pages of zeros it has been given to read */
	uint64_t refused_us; /* when a refused message was last reported */
	char reason[64];     /* of the last crash */
};

/* Makes a task of an ELF file, without a manifest; it does not run yet.  Says what is
 * wrong if it is. */
struct task *task_load(const struct module *module);

/* Makes a task of the manifest's; says what is wrong if it is.  It is TASK_REFUSED then,
 * or, without room for it, NULL. */
struct task *task_declare(const struct manifest *manifest, const struct manifest_task *wanted);

/* Lets it run: from scratch if it is from a manifest.  False if it can't, with words. */
enum root_result task_start(struct task *task);

/* Deletes its thread and space and gives its memory back, if it has any. */
void task_stop(struct task *task);

/* NULL if there is none. */
struct task *task_by_thread(struct l4_thread_id thread);
struct task *task_by_name(const char *name);

/* How many there are, the i-th, and which this one is. */
unsigned task_count(void);
struct task *task_at(unsigned i);
unsigned task_index(const struct task *task);

/* True while it has a space. */
static inline bool task_exists(const struct task *task)
{
	return task->state >= TASK_RUNNING;
}

/* The segment with this address, NULL if the program has nothing there. */
const struct segment *task_segment(const struct task *task, l4_word_t address);

/* True if not much is left of what the kernel's memory for its space is limited to. */
bool task_needs_kernel_memory(const struct task *task);

/* CPU time since it was started. */
uint64_t task_cpu_us(const struct task *task);

#endif
