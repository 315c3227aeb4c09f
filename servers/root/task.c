/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tasks, see task.h.
 *
 * A segment of the program gets its memory in pieces as large as its addresses
 * allow, so that one map item (and a superpage, if it is large) serves a piece. The
 * memory is filled when the task is loaded and mapped when the task touches it.
 */
#include "task.h"

#include "memory.h"

#include <l4/thread.h>
#include <stdio.h>
#include <string.h>

/* Where a task finds its KIP and UTCB; programs must lie below. */
#define TASK_KIP_AREA 0x00007ffffff00000ull
#define TASK_UTCB_AREA 0x00007fffffe00000ull
#define TASK_FIRST_THREAD 16 /* thread number, counted from the user base */
#define START_TIMEOUT_US 100000

static struct task tasks[TASK_MAX];
static unsigned tasks_used;

unsigned task_count(void)
{
	return tasks_used;
}

struct task *task_at(unsigned i)
{
	return &tasks[i];
}

struct task *task_by_thread(struct l4_thread_id thread)
{
	for (unsigned i = 0; i < tasks_used; i++)
		if (l4_same_thread(tasks[i].thread, thread))
			return &tasks[i];
	return NULL;
}

struct task *task_by_name(const char *name)
{
	for (unsigned i = 0; i < tasks_used; i++)
		if (strcmp(tasks[i].name, name) == 0)
			return &tasks[i];
	return NULL;
}

const struct piece *task_piece(const struct task *task, l4_word_t address)
{
	for (unsigned i = 0; i < task->piece_count; i++)
		if ((address ^ task->piece[i].address) >> task->piece[i].log2_size == 0)
			return &task->piece[i];
	return NULL;
}

/* ---- loading --------------------------------------------------------------------- */

static unsigned log2_floor(l4_word_t x)
{
	return 63 - (unsigned)__builtin_clzll(x);
}

/* The next piece of memory for address..end-1; false if there is none. */
static bool task_add_piece(struct task *task, l4_word_t address, l4_word_t end, unsigned rights)
{
	struct piece *piece = &task->piece[task->piece_count];
	unsigned log2_size = log2_floor(end - address);
	unsigned log2_align = (unsigned)__builtin_ctzll(address);

	if (task->piece_count == TASK_MAX_PIECES)
		return false;
	if (log2_size > log2_align)
		log2_size = log2_align;
	*piece = (struct piece){ .address = address, .rights = rights };
	for (; log2_size >= L4_PAGE_BITS; log2_size--)
		if (memory_get(log2_size, &piece->frame)) {
			piece->log2_size = log2_size;
			task->piece_count++;
			task->size += 1ull << log2_size;
			return true;
		}
	return false;
}

/* Copies what of the segment's bytes in the file belongs into the piece. */
static void task_fill_piece(const struct piece *piece, const struct elf_segment *s,
			    const char *image)
{
	char *memory = (char *)piece->frame;
	l4_word_t size = 1ull << piece->log2_size, end = piece->address + size;
	l4_word_t from = s->address > piece->address ? s->address : piece->address;
	l4_word_t to = s->address + s->file_size < end ? s->address + s->file_size : end;

	memset(memory, 0, size);
	if (from < to)
		memcpy(memory + (from - piece->address), image + s->offset + (from - s->address),
		       to - from);
}

static bool task_load_segment(struct task *task, const struct elf_segment *s, const char *image)
{
	l4_word_t address = s->address & -L4_PAGE_SIZE;
	l4_word_t end = (s->address + s->memory_size + L4_PAGE_SIZE - 1) & -L4_PAGE_SIZE;

	while (address < end) {
		const struct piece *piece = &task->piece[task->piece_count];

		if (!task_add_piece(task, address, end, s->rights))
			return false;
		task_fill_piece(piece, s, image);
		address += 1ull << piece->log2_size;
	}
	return true;
}

static bool task_load_segments(struct task *task, const struct elf_image *elf, const char *image)
{
	for (unsigned i = 0; i < elf->segment_count; i++)
		if (!task_load_segment(task, &elf->segment[i], image))
			return false;
	return true;
}

struct task *task_load(const char *name, const void *image, size_t size)
{
	struct task *task = &tasks[tasks_used];
	struct elf_image elf;
	enum elf_status status =
		elf_open(&elf, image, size, ELF_MACHINE_X86_64, L4_PAGE_SIZE, TASK_UTCB_AREA);

	if (status != ELF_OK) {
		printf("root: %s %s, skipped\n", name, elf_describe(status));
		return NULL;
	}
	if (tasks_used == TASK_MAX) {
		printf("root: %s is one program too many, skipped\n", name);
		return NULL;
	}
	*task = (struct task){ .state = TASK_LOADED, .entry = elf.entry };
	memcpy(task->name, name, strnlen(name, sizeof(task->name) - 1));
	if (!task_load_segments(task, &elf, image)) {
		printf("root: not enough memory for %s, skipped\n", name);
		for (unsigned i = 0; i < task->piece_count; i++)
			memory_put(
				(struct block){ task->piece[i].frame, task->piece[i].log2_size });
		return NULL;
	}
	task->thread = l4_global_id(l4_thread_no(l4_sigma0()) + TASK_FIRST_THREAD + tasks_used, 1);
	tasks_used++;
	return task;
}

/* ---- running --------------------------------------------------------------------- */

/* Makes the task's space with its first thread, which waits for a start message. */
static bool task_create(struct task *task)
{
	struct l4_fpage kip = l4_fpage(TASK_KIP_AREA, L4_KIP_LOG2_SIZE, 0);
	struct l4_fpage utcb = l4_fpage(TASK_UTCB_AREA, L4_PAGE_BITS, 0);
	struct l4_thread_id t = task->thread, root = l4_myself();

	return l4_thread_control(t, t, root, L4_NILTHREAD, L4_UTCB_UNCHANGED) &&
	       l4_space_control(t, 0, kip, utcb, L4_ANYTHREAD, NULL) &&
	       l4_thread_control(t, t, root, root, (void *)TASK_UTCB_AREA);
}

bool task_start(struct task *task, unsigned cpu)
{
	l4_word_t timeouts = l4_timeouts(l4_period_us(START_TIMEOUT_US), L4_NEVER);
	struct l4_tag tag;

	if (!task_create(task)) {
		printf("root: %s can't be created, error %llu\n", task->name,
		       (unsigned long long)l4_error_code());
		task_exit(task);
		return false;
	}
	if (l4_set_processor(task->thread, cpu))
		task->cpu = cpu;
	task->state = TASK_RUNNING;
	l4_set_mr(1, task->entry);
	l4_set_mr(2, 0);
	l4_set_tag(l4_tag(0, 2, 0));
	tag = l4_ipc(task->thread, L4_NILTHREAD, timeouts, NULL);
	if (l4_tag_failed(tag)) {
		printf("root: %s does not start, error %llu\n", task->name,
		       (unsigned long long)l4_error_code());
		task_exit(task);
		return false;
	}
	return true;
}

void task_exit(struct task *task)
{
	l4_thread_control(task->thread, L4_NILTHREAD, L4_NILTHREAD, L4_NILTHREAD,
			  L4_UTCB_UNCHANGED);
	task->state = TASK_EXITED;
}
