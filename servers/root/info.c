/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The info and signals pages, see info.h.
 */
#include "info.h"

#include "channel.h"
#include "clock.h"
#include "memory.h"

#include <stdio.h>
#include <string.h>

#define INFO_MIN_BITS 13
#define INFO_MAX_BITS 16
_Static_assert(1ull << INFO_MAX_BITS == TASK_INFO_BYTES, "the area of the info");
_Static_assert(sizeof(struct task_info) < 1ull << INFO_MIN_BITS, "room for the config");

static bool info_take(unsigned log2_size, void **memory)
{
	l4_word_t base;

	if (!memory_set_aside(1ull << log2_size))
		return false;
	if (!memory_take(log2_size, &base)) {
		memory_give_up(1ull << log2_size);
		return false;
	}
	*memory = (void *)base;
	return true;
}

static void info_put(unsigned log2_size, void *memory)
{
	memory_put((l4_word_t)memory, log2_size);
	memory_give_up(1ull << log2_size);
}

/* The struct with the configuration behind it, in a block that is just large enough. */
static bool info_with_config(struct task *task, unsigned log2_size)
{
	void *memory;
	int bytes;

	if (log2_size > INFO_MAX_BITS) {
		printf("root: manifest: %s: its `config` is too large\n", task->name);
		return false;
	}
	if (!info_take(log2_size, &memory)) {
		printf("root: no memory is left for the info of %s\n", task->name);
		return false;
	}
	task->info = memory;
	task->info_log2_bytes = log2_size;
	task->info->config_offset = (sizeof(struct task_info) + 7) & ~7u;
	bytes = manifest_config(task->manifest, task->node,
				(char *)memory + task->info->config_offset,
				(int)((1u << log2_size) - task->info->config_offset));
	if (bytes < 0) {
		info_put(log2_size, memory);
		return info_with_config(task, log2_size + 1);
	}
	task->info->config_bytes = (uint32_t)bytes;
	return true;
}

static bool info_set_modules(struct task *task)
{
	const char *name;

	for (unsigned i = 0; manifest_module(task->manifest, task->node, i, &name); i++) {
		const struct module *module = boot_module(name);
		struct task_module *to = &task->info->module[i];

		if (!module) {
			printf("root: manifest: %s: there is no module `%.40s`\n", task->name,
			       name);
			return false;
		}
		memcpy(to->name, module->name, sizeof(to->name));
		to->address = TASK_MODULES + module->start;
		to->bytes = module->bytes;
		task->info->module_count = i + 1;
	}
	return true;
}

static void info_set_framebuffer(struct task_framebuffer *to)
{
	const struct l4_boot_framebuffer *f = boot_framebuffer();

	if (!f)
		return;
	to->address = TASK_DEVICES + f->address;
	to->width = (uint32_t)f->width;
	to->height = (uint32_t)f->height;
	to->pitch_bytes = (uint32_t)f->pitch;
	to->bits = (uint32_t)f->bits;
	to->red_shift = (uint8_t)f->red.position;
	to->green_shift = (uint8_t)f->green.position;
	to->blue_shift = (uint8_t)f->blue.position;
}

bool info_make(struct task *task)
{
	void *signals;

	if (!info_with_config(task, INFO_MIN_BITS))
		return false;
	if (!info_take(L4_PAGE_BITS, &signals)) {
		printf("root: no memory is left for the signals of %s\n", task->name);
		return false;
	}
	task->signals = signals;
	task->info->magic = TASK_INFO_MAGIC;
	memcpy(task->info->name, task->name, sizeof(task->info->name));
	task->info->memory_bytes = task->pages.bound;
	task->info->boot_wall_seconds = clock_boot_wall_seconds();
	if (task->framebuffer)
		info_set_framebuffer(&task->info->framebuffer);
	return info_set_modules(task);
}

void info_set_channels(struct task *task)
{
	unsigned index = task_index(task);

	if (!task->info)
		return;
	task->info->channel_count = channel_count_of(index);
	for (unsigned n = 0; n < task->info->channel_count; n++) {
		const struct channel *c = channel_of(index, n);
		bool is_server = c->server.task == index;
		unsigned peer = is_server ? c->client.task : c->server.task;
		struct task_channel *to = &task->info->channel[n];

		memcpy(to->peer, peer == CHANNEL_ROOT ? "root" : task_at(peer)->name,
		       peer == CHANNEL_ROOT ? sizeof("root") : sizeof(to->peer));
		to->kind = c->kind;
		to->is_server = is_server;
		to->address = TASK_CHANNELS + n * TASK_CHANNEL_STRIDE;
		to->bytes = c->bytes;
	}
}

void info_reset(struct task *task)
{
	memset(task->signals, 0, L4_PAGE_SIZE);
	task->info->incarnation = task->incarnation;
}
