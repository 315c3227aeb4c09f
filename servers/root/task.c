/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tasks, see task.h.
 *
 * The program's memory is filled when the task is started and mapped when the task
 * touches it.  All that the manifest lets a task hold is set aside before.
 */
#include "task.h"

#include "info.h"
#include "memory.h"
#include "priority.h"

#include <l4/thread.h>
#include <stdio.h>
#include <string.h>

/* Where a task finds its KIP and UTCB. */
#define TASK_KIP_AREA 0x00007ffffff00000ull
#define TASK_UTCB_AREA 0x00007fffffe00000ull
#define TASK_FIRST_THREAD 16 /* thread number, counted from the user base */
#define START_TIMEOUT_US 100000

/* Of the kernel's memory: a page of the task's needs 64 bytes, and 2 MiB of pages two
 * tables, which is less than a 50th together. */
#define KERNEL_SHARE 32
#define KERNEL_PAGES_MIN 64

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

unsigned task_index(const struct task *task)
{
	return (unsigned)(task - tasks);
}

struct task *task_by_thread(struct l4_thread_id thread)
{
	l4_word_t i = l4_thread_no(thread) - l4_thread_no(l4_sigma0()) - TASK_FIRST_THREAD;

	return i < tasks_used && l4_same_thread(tasks[i].thread, thread) ? &tasks[i] : NULL;
}

struct task *task_by_name(const char *name)
{
	for (unsigned i = 0; i < tasks_used; i++)
		if (strcmp(tasks[i].name, name) == 0)
			return &tasks[i];
	return NULL;
}

const struct segment *task_segment(const struct task *task, l4_word_t address)
{
	for (unsigned i = 0; i < task->segment_count; i++)
		if (address >= task->segment[i].address && address < task->segment[i].end)
			return &task->segment[i];
	return NULL;
}

/* ---- loading --------------------------------------------------------------------- */

/* Copies what of the segment's bytes in the file belongs to the place at `address`. */
static void task_fill(const struct place *place, l4_word_t address, const struct elf_segment *s,
		      const char *image)
{
	l4_word_t end = address + (1ull << place->log2_size);
	l4_word_t from = s->address > address ? s->address : address;
	l4_word_t to = s->address + s->file_size < end ? s->address + s->file_size : end;

	if (from < to)
		memcpy((char *)place->frame + (from - address),
		       image + s->offset + (from - s->address), to - from);
}

static bool task_load_segment(struct task *task, const struct elf_segment *s, const char *image)
{
	struct segment *segment = &task->segment[task->segment_count++];
	l4_word_t address = s->address & -L4_PAGE_SIZE;
	struct place place;

	*segment = (struct segment){
		.address = address,
		.end = (s->address + s->memory_size + L4_PAGE_SIZE - 1) & -L4_PAGE_SIZE,
		.rights = s->rights,
	};
	task->size += segment->end - address;
	while (address < segment->end) {
		bool super = address % PAGES_SUPER_SIZE == 0 &&
			     segment->end - address >= PAGES_SUPER_SIZE;

		if (pages_get(&task->pages, address, super, &place) != PAGES_OK)
			return false;
		task_fill(&place, address, s, image);
		address += 1ull << place.log2_size;
	}
	return true;
}

static bool task_load_segments(struct task *task, const struct elf_image *elf, const char *image)
{
	task->entry = elf->entry;
	task->segment_count = 0;
	task->size = 0;
	for (unsigned i = 0; i < elf->segment_count; i++)
		if (!task_load_segment(task, &elf->segment[i], image))
			return false;
	return true;
}

static struct task *task_add(const char *name)
{
	struct task *task = &tasks[tasks_used];

	if (tasks_used == TASK_MAX) {
		printf("root: %s is one program too many, skipped\n", name);
		return NULL;
	}
	*task = (struct task){ .state = TASK_OFF };
	memcpy(task->name, name, strnlen(name, sizeof(task->name) - 1));
	tasks_used++;
	return task;
}

static bool task_open(struct elf_image *elf, const struct module *module, l4_word_t high)
{
	enum elf_status status = elf_open(elf, (const void *)module->start, module->bytes,
					  ELF_MACHINE_X86_64, L4_PAGE_SIZE, high);

	if (status != ELF_OK)
		printf("root: %s %s, skipped\n", module->name, elf_describe(status));
	return status == ELF_OK;
}

struct task *task_load(const struct module *module)
{
	struct elf_image elf;
	struct task *task;

	if (!task_open(&elf, module, PAGES_END))
		return NULL;
	task = task_add(module->name);
	if (!task)
		return NULL;
	task->pages.bound = ~0ull;
	if (!task_load_segments(task, &elf, (const char *)module->start)) {
		printf("root: not enough memory for %s, skipped\n", module->name);
		pages_release(&task->pages);
		tasks_used--;
		return NULL;
	}
	return task;
}

/* SpaceControl's word: the space's limit of kernel memory << 32 | what it uses, in pages. */
static l4_word_t task_kernel_control(struct l4_thread_id thread, l4_word_t control)
{
	l4_word_t old = 0;

	l4_space_control(thread, control, L4_NILPAGE, L4_NILPAGE, L4_NILTHREAD, &old);
	return old;
}

/* ---- running --------------------------------------------------------------------- */

/* The next thread id; the low 6 bits of a version may not all be 0. */
static void task_next_thread(struct task *task)
{
	l4_word_t version = l4_version(task->thread) + 1;

	if (version % 64 == 0)
		version++;
	task->thread = l4_global_id(
		l4_thread_no(l4_sigma0()) + TASK_FIRST_THREAD + task_index(task), version);
}

/* Lets the kernel note as many mappings as the task's memory can need. */
static void task_set_kernel_limit(const struct task *task)
{
	l4_word_t wanted = KERNEL_PAGES_MIN + task->pages.bound / KERNEL_SHARE / L4_PAGE_SIZE;

	if (task->manifest && task_kernel_control(task->thread, 0) >> 32 < wanted)
		task_kernel_control(task->thread, L4_SPACE_SET_LIMIT | wanted);
}

/* Makes the task's space with its first thread, which waits for a start message. */
static bool task_create(struct task *task)
{
	struct l4_fpage kip = l4_fpage(TASK_KIP_AREA, L4_KIP_LOG2_SIZE, 0);
	struct l4_fpage utcb = l4_fpage(TASK_UTCB_AREA, L4_PAGE_BITS, 0);
	struct l4_thread_id t, root = l4_myself();

	task_next_thread(task);
	t = task->thread;
	return l4_thread_control(t, t, root, L4_NILTHREAD, L4_UTCB_UNCHANGED) &&
	       l4_space_control(t, 0, kip, utcb, task->confined ? root : L4_ANYTHREAD, NULL) &&
	       l4_thread_control(t, t, root, root, (void *)TASK_UTCB_AREA);
}

static void task_place(struct task *task)
{
	if (!l4_set_processor(task->thread, task->cpu))
		task->cpu = 0;
	if (task->manifest && !priority_set(task->thread, task->priority))
		printf("root: %s can't have the priority %u\n", task->name, task->priority);
}

static void task_attach_interrupts(struct task *task)
{
	unsigned n;

	for (unsigned i = 0; manifest_interrupt(task->manifest, task->node, i, &n); i++) {
		struct l4_thread_id irq = l4_interrupt(n);

		if (n >= l4_kip_system_base(l4_kip()) ||
		    !l4_thread_control(irq, irq, L4_NILTHREAD, task->thread, L4_UTCB_UNCHANGED))
			printf("root: %s can't have the interrupt %u\n", task->name, n);
	}
}

static bool task_send_start(struct task *task)
{
	l4_word_t timeouts = l4_timeouts(l4_period_us(START_TIMEOUT_US), L4_NEVER);

	l4_set_mr(1, task->entry);
	l4_set_mr(2, 0);
	l4_set_tag(l4_tag(0, 2, 0));
	if (l4_tag_succeeded(l4_ipc(task->thread, L4_NILTHREAD, timeouts, NULL)))
		return true;
	printf("root: %s does not start, error %llu\n", task->name,
	       (unsigned long long)l4_error_code());
	return false;
}

/* Sets the memory aside and loads the program. */
static enum root_result task_prepare(struct task *task)
{
	struct elf_image elf;

	if (!task_open(&elf, task->program, TASK_HEAP)) {
		task->state = TASK_REFUSED;
		return ROOT_WRONG_STATE;
	}
	if (!memory_set_aside(task->pages.bound)) {
		printf("root: %s wants %llu MiB of memory, %llu MiB are left: not started\n",
		       task->name, (unsigned long long)(task->pages.bound >> 20),
		       (unsigned long long)(memory_free_bytes() >> 20));
		task->state = TASK_REFUSED;
		return ROOT_NO_MEMORY;
	}
	if (!task_load_segments(task, &elf, (const char *)task->program->start)) {
		printf("root: the program of %s needs more than its %llu KiB of memory: "
		       "not started\n",
		       task->name, (unsigned long long)(task->pages.bound >> 10));
		pages_release(&task->pages);
		memory_give_up(task->pages.bound);
		task->state = TASK_REFUSED;
		return ROOT_NO_MEMORY;
	}
	info_reset(task);
	return ROOT_DONE;
}

enum root_result task_start(struct task *task)
{
	enum root_result result;

	if (task->manifest) {
		if (!task->program)
			return ROOT_WRONG_STATE;
		task->incarnation++;
		result = task_prepare(task);
		if (result != ROOT_DONE)
			return result;
	}
	if (!task_create(task)) {
		printf("root: %s can't be created, error %llu\n", task->name,
		       (unsigned long long)l4_error_code());
		task->state = TASK_RUNNING;
		task_stop(task);
		return ROOT_NO_MEMORY;
	}
	task_set_kernel_limit(task);
	task->state = TASK_RUNNING;
	task->heartbeat = task->heartbeat_cpu_us = 0;
	task->started_us = l4_system_clock();
	task_place(task);
	if (task->manifest)
		task_attach_interrupts(task);
	if (!task_send_start(task)) {
		task_stop(task);
		return ROOT_WRONG_STATE;
	}
	return ROOT_DONE;
}

void task_stop(struct task *task)
{
	if (!task_exists(task))
		return;
	l4_thread_control(task->thread, L4_NILTHREAD, L4_NILTHREAD, L4_NILTHREAD,
			  L4_UTCB_UNCHANGED);
	task->state = TASK_OFF;
	task->is_waiting = false;
	if (task->manifest) {
		pages_release(&task->pages);
		memory_give_up(task->pages.bound);
	}
}

bool task_needs_kernel_memory(const struct task *task)
{
	l4_word_t control = task_kernel_control(task->thread, 0);

	return (control & 0xffffffff) > (control >> 32) / 4 * 3;
}

uint64_t task_cpu_us(const struct task *task)
{
	uint64_t us;

	return task_exists(task) && l4_thread_cpu_time(task->thread, &us) ? us : 0;
}

/* ---- the manifest's -------------------------------------------------------------- */

struct task *task_declare(const struct manifest *manifest, const struct manifest_task *wanted)
{
	struct task *task;

	if (task_by_name(wanted->name)) {
		printf("root: manifest: there are two tasks %s\n", wanted->name);
		return NULL;
	}
	task = task_add(wanted->name);
	if (!task)
		return NULL;
	task->manifest = manifest;
	task->node = wanted->node;
	task->machine = wanted->machine;
	task->supervisor = wanted->supervisor;
	task->confined = wanted->confined;
	task->framebuffer = wanted->framebuffer;
	task->priority = wanted->priority;
	task->cpu = (wanted->processor == MANIFEST_NO_PROCESSOR ? task_index(task) :
								  wanted->processor) %
		    l4_kip_processors(l4_kip());
	task->ram_bytes = wanted->ram;
	task->restart_limit = task->restarts_left = wanted->restart;
	task->pages = (struct pages){ .bound = wanted->memory & -L4_PAGE_SIZE, .prepaid = true };
	memcpy(task->kind, wanted->kind, sizeof(task->kind));
	task->program = boot_module(wanted->program);
	if (!task->program)
		printf("root: manifest: %s: there is no module `%s` for its program\n", task->name,
		       wanted->program);
	if (!task->program || !info_make(task)) {
		task->program = NULL;
		task->state = TASK_REFUSED;
	}
	return task;
}
