/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The block server: gives its clients (<proto/block.h>) the disk images among the boot
 * modules that its configuration names (docs/manifest.md, docs/block.md).  Clients are
 * served in turn, a few requests each; with nothing to do it sleeps until one signals.
 */
#include "client.h"
#include "memory_image.h"

#include <l4/syscall.h>
#include <l4/task.h>
#include <libfdt.h>
#include <proto/root.h>
#include <stdio.h>
#include <string.h>

#define BLOCK_IMAGES 192u
/* Stack and program are counted by the linker's symbols; this is for what isn't. */
#define BLOCK_MEMORY_RESERVE 0x10000u

extern char __text_start[], __end[];

static struct pool block_pool;
static struct client block_clients[TASK_MAX_CHANNELS];
static unsigned block_client_count;
static struct memory_image block_images[BLOCK_IMAGES];
static const struct task_module *block_image_module[BLOCK_IMAGES]; /* if it is shared */
static unsigned block_image_count;

/* ---- images ---------------------------------------------------------------------- */

static struct image *block_image_new(const char *name, const void *base, uint64_t base_bytes,
				     uint64_t bytes)
{
	struct memory_image *m = &block_images[block_image_count];

	if (block_image_count == BLOCK_IMAGES ||
	    !memory_image_init(m, &block_pool, name, base, base_bytes,
			       bytes / BLOCK_SECTOR_BYTES)) {
		printf("no memory for %s\n", name);
		return NULL;
	}
	block_image_count++;
	return &m->image;
}

/* The image of a module that all its users change together. */
static struct image *block_image_shared(const struct task_module *module)
{
	struct image *image;

	for (unsigned i = 0; i < block_image_count; i++)
		if (block_image_module[i] == module)
			return &block_images[i].image;
	image = block_image_new(module->name, (const void *)module->address, module->bytes,
				module->bytes);
	if (image)
		block_image_module[block_image_count - 1] = module;
	return image;
}

/* ---- configuration --------------------------------------------------------------- */

static const char *block_text(const void *fdt, int node, const char *property)
{
	int length = 0;
	const char *text = fdt_getprop(fdt, node, property, &length);

	return text && length > 0 && text[length - 1] == 0 ? text : NULL;
}

/* A number of one or two cells; 0 if there is none. */
static uint64_t block_number(const void *fdt, int node, const char *property)
{
	int length = 0;
	const fdt32_t *cell = fdt_getprop(fdt, node, property, &length);

	if (cell && length == 8)
		return (uint64_t)fdt32_ld(cell) << 32 | fdt32_ld(cell + 1);
	return cell && length == 4 ? fdt32_ld(cell) : 0;
}

static struct image *block_image_of_module(const struct client *c, const char *name, bool is_own)
{
	const struct task_module *module = task_find_module(name);

	if (!module) {
		printf("%s: there is no module %s\n", c->name, name);
		return NULL;
	}
	if (module->bytes % BLOCK_SECTOR_BYTES)
		printf("%s: the last %u bytes are no whole sector, and aren't used\n", name,
		       (unsigned)(module->bytes % BLOCK_SECTOR_BYTES));
	if (!is_own)
		return block_image_shared(module);
	return block_image_new(module->name, (const void *)module->address, module->bytes,
			       module->bytes);
}

static void block_add_unit(struct client *c, const void *fdt, int node)
{
	uint64_t number = block_number(fdt, node, "unit");
	uint64_t bytes = block_number(fdt, node, "bytes");
	const char *name = block_text(fdt, node, "image");
	bool is_own = fdt_getprop(fdt, node, "copy-on-write", NULL) != NULL;
	struct unit *unit;

	if (number >= BLOCK_UNITS || c->unit[number].image) {
		printf("%s: unit %llu is not possible\n", c->name, (unsigned long long)number);
		return;
	}
	unit = &c->unit[number];
	unit->is_read_only = fdt_getprop(fdt, node, "read-only", NULL) != NULL;
	if (name)
		unit->image = block_image_of_module(c, name, is_own && !unit->is_read_only);
	else if (bytes >= BLOCK_SECTOR_BYTES)
		unit->image = block_image_new(number == BLOCK_STATE_UNIT ? "state" : "empty", NULL,
					      0, bytes);
	else
		printf("%s: unit %llu has neither an image nor a size\n", c->name,
		       (unsigned long long)number);
}

static void block_add_units(struct client *c)
{
	const void *fdt = task_config();
	int clients, node, unit;

	if (!fdt || fdt_check_header(fdt) != 0)
		return;
	clients = fdt_subnode_offset(fdt, 0, "clients");
	node = clients < 0 ? clients : fdt_subnode_offset(fdt, clients, c->name);
	if (node < 0) {
		printf("%s has no disks\n", c->name);
		return;
	}
	fdt_for_each_subnode(unit, fdt, node) block_add_unit(c, fdt, unit);
}

/* All memory of the task but what is in use. */
static uint64_t block_pool_bytes(void)
{
	uint64_t used = (uint64_t)(__end - __text_start) + BLOCK_MEMORY_RESERVE;
	uint64_t bound = task_info()->memory_bytes;
	uint64_t bytes = bound > used ? bound - used : 0;

	return bytes < TASK_HEAP_BYTES ? bytes : TASK_HEAP_BYTES;
}

static void block_start(void)
{
	const struct task_info *info = task_info();

	pool_init(&block_pool, (void *)TASK_HEAP, block_pool_bytes());
	for (unsigned n = 0; n < info->channel_count && n < TASK_MAX_CHANNELS; n++) {
		const struct task_channel *channel = &info->channel[n];
		struct client *c = &block_clients[block_client_count];

		if (channel->kind != CHANNEL_BLOCK || !channel->is_server)
			continue;
		if (channel->bytes < BLOCK_CHANNEL_BYTES) {
			printf("the channel to %s is too small\n", channel->peer);
			continue;
		}
		c->name = channel->peer;
		block_add_units(c);
		client_start(c, channel->peer, n, task_channel_memory(n));
		block_client_count++;
	}
}

/* ---- service --------------------------------------------------------------------- */

static const char *block_describe(enum block_status status)
{
	switch (status) {
	case BLOCK_BAD_REQUEST:
		return "a request that isn't possible";
	case BLOCK_READ_ONLY:
		return "a write to a read-only image";
	case BLOCK_FULL:
		return "no memory is left for what is written";
	default:
		return "an error";
	}
}

/* The first error of each kind: a client can't flood the log. */
static void block_log(struct client *c)
{
	enum block_status status;

	while ((status = client_report(c)) != BLOCK_OK)
		printf("%s: %s; %llu requests, %llu errors so far, %u of %u KiB in use\n", c->name,
		       block_describe(status), (unsigned long long)c->statistics.requests,
		       (unsigned long long)c->statistics.errors, block_pool.used * 4,
		       block_pool.chunks * 4);
}

static bool block_turn(void)
{
	bool moved = false;

	for (unsigned i = 0; i < block_client_count; i++) {
		moved |= client_turn(&block_clients[i]);
		block_log(&block_clients[i]);
	}
	return moved;
}

int main(void)
{
	stdio_set_putc(root_putc);
	block_start();
	for (;;)
		if (!block_turn())
			task_wait(L4_NEVER, NULL);
}
