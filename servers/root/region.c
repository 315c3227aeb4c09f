/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A task's areas, see region.h.
 *
 * Reads of heap that was never written are answered with one page of zeros for all: the
 * tables of an emulator are read far more widely than they are written.  The page mapped
 * for a later write takes its place.
 */
#include "region.h"

#include "channel.h"
#include "memory.h"

#include <l4/thread.h>
#include <stdio.h>

#define ZEROS_PER_CHECK 8

static unsigned char zero_page[L4_PAGE_SIZE] __attribute__((aligned(4096)));

static bool region_is_in(l4_word_t address, l4_word_t start, l4_word_t bytes)
{
	return address - start < bytes;
}

/* Maps the block of that size which root has at `own` around `address`. */
static enum region_status region_map(struct l4_map_item *item, l4_word_t own, l4_word_t address,
				     unsigned log2_size, unsigned rights)
{
	*item = l4_map_item(l4_fpage(own, log2_size, rights), address & (~0ull << log2_size));
	return REGION_MAPPED;
}

static enum region_status region_place(enum pages_status status, const struct place *place,
				       l4_word_t address, unsigned rights, struct l4_map_item *item)
{
	if (status != PAGES_OK)
		return status == PAGES_BOUND ? REGION_BOUND : REGION_NO_MEMORY;
	return region_map(item, place->frame, address, place->log2_size, rights);
}

static enum region_status region_segment(struct task *task, l4_word_t address, unsigned access,
					 struct l4_map_item *item)
{
	const struct segment *segment = task_segment(task, address);
	struct place place;

	if (!segment || !pages_find(&task->pages, address, &place))
		return REGION_NOTHING;
	if ((segment->rights & access) != access)
		return REGION_NOT_ALLOWED;
	return region_place(PAGES_OK, &place, address, segment->rights, item);
}

/* Root can only map on what it has touched itself. */
static void region_touch(l4_word_t own)
{
	(void)*(const volatile char *)own;
}

/* The kernel's memory for mappings bounds how much can be read at a time: before it is used
 * up all the zeros are taken away, from all, to come back as they are read again. */
static enum region_status region_zeros(struct task *task, l4_word_t address,
				       struct l4_map_item *item)
{
	region_touch((l4_word_t)zero_page);
	if (++task->zeros % ZEROS_PER_CHECK == 0 && task_needs_kernel_memory(task)) {
		revoke_add((struct place){ (l4_word_t)zero_page, L4_PAGE_BITS });
		revoke_finish();
	}
	return region_map(item, (l4_word_t)zero_page, address, L4_PAGE_BITS, L4_RIGHTS_RX);
}

/* Code caches are in the heap and in RAM, so both may be executed. */
static enum region_status region_heap(struct task *task, l4_word_t address, unsigned access,
				      struct l4_map_item *item)
{
	struct place place;
	enum pages_status status;

	if (!(access & L4_RIGHT_W) && !pages_find(&task->pages, address, &place)) {
		return region_zeros(task, address, item);
	}
	status = pages_get(&task->pages, address, false, &place);
	return region_place(status, &place, address, L4_RIGHTS_ALL, item);
}

static enum region_status region_ram(struct task *task, l4_word_t address, struct l4_map_item *item)
{
	struct place place;
	enum pages_status status = pages_get(&task->pages, address, true, &place);

	return region_place(status, &place, address, L4_RIGHTS_ALL, item);
}

static enum region_status region_channel(const struct task *task, l4_word_t offset, unsigned access,
					 struct l4_map_item *item)
{
	struct channel *channel =
		channel_of(task_index(task), (unsigned)(offset / TASK_CHANNEL_STRIDE));
	l4_word_t at = offset % TASK_CHANNEL_STRIDE;
	enum pages_status status;
	struct place place;

	if (!channel || at >= channel->bytes)
		return REGION_NOTHING;
	if (access & L4_RIGHT_X)
		return REGION_NOT_ALLOWED;
	status = pages_get(&channel->pages, at, false, &place);
	return region_place(status, &place, TASK_CHANNELS + offset, L4_RIGHTS_RW, item);
}

static enum region_status region_module(const struct task *task, l4_word_t physical,
					unsigned access, struct l4_map_item *item)
{
	for (unsigned i = 0; i < task->info->module_count; i++) {
		l4_word_t start = task->info->module[i].address - TASK_MODULES;
		l4_word_t first = start & -L4_PAGE_SIZE;
		l4_word_t last = (start + task->info->module[i].bytes - 1) | (L4_PAGE_SIZE - 1);

		if (task->info->module[i].bytes == 0 || physical < first || physical > last)
			continue;
		if (access & ~(unsigned)L4_RIGHT_R)
			return REGION_NOT_ALLOWED;
		region_touch(physical);
		return region_map(item, physical, TASK_MODULES + physical,
				  memory_largest_block(physical, first, last), L4_RIGHT_R);
	}
	return REGION_NOTHING;
}

/* The i-th device of the task; behind those of its list the frame buffer, if it is its. */
static bool region_get_device(const struct task *task, unsigned i, struct manifest_range *d)
{
	const struct l4_boot_framebuffer *f = boot_framebuffer();

	if (manifest_device(task->manifest, task->node, i, d))
		return true;
	if (!f || !task->framebuffer ||
	    (i > 0 && !manifest_device(task->manifest, task->node, i - 1, d)))
		return false;
	d->first = f->address & -L4_PAGE_SIZE;
	d->last = (f->address + f->pitch * f->height - 1) | (L4_PAGE_SIZE - 1);
	return true;
}

static enum region_status region_device(const struct task *task, l4_word_t physical,
					unsigned access, struct l4_map_item *item)
{
	struct manifest_range d;

	for (unsigned i = 0; region_get_device(task, i, &d); i++) {
		if (physical < d.first || physical > d.last)
			continue;
		if (access & L4_RIGHT_X)
			return REGION_NOT_ALLOWED;
		return region_map(item, physical, TASK_DEVICES + physical,
				  memory_largest_block(physical, d.first, d.last), L4_RIGHTS_RW);
	}
	return REGION_NOTHING;
}

static enum region_status region_info(const struct task *task, l4_word_t offset, unsigned access,
				      struct l4_map_item *item)
{
	if (offset >> task->info_log2_bytes)
		return REGION_NOTHING;
	if (access & ~(unsigned)L4_RIGHT_R)
		return REGION_NOT_ALLOWED;
	return region_map(item, (l4_word_t)task->info + offset, TASK_INFO + offset, L4_PAGE_BITS,
			  L4_RIGHT_R);
}

enum region_status region_fault(struct task *task, l4_word_t address, unsigned access,
				struct l4_map_item *item)
{
	if (task_segment(task, address))
		return region_segment(task, address, access, item);
	if (!task->manifest)
		return REGION_NOTHING;
	if (region_is_in(address, TASK_HEAP, TASK_HEAP_BYTES))
		return region_heap(task, address, access, item);
	if (region_is_in(address, TASK_RAM, TASK_RAM_BYTES))
		return region_ram(task, address, item);
	if (region_is_in(address, TASK_MODULES, TASK_CHANNELS - TASK_MODULES))
		return region_module(task, address - TASK_MODULES, access, item);
	if (region_is_in(address, TASK_CHANNELS, TASK_DEVICES - TASK_CHANNELS))
		return region_channel(task, address - TASK_CHANNELS, access, item);
	if (region_is_in(address, TASK_DEVICES, TASK_CHANNELS - TASK_MODULES))
		return region_device(task, address - TASK_DEVICES, access, item);
	if (region_is_in(address, TASK_INFO, TASK_INFO_BYTES))
		return region_info(task, address - TASK_INFO, access, item);
	if (region_is_in(address, TASK_SIGNALS, L4_PAGE_SIZE))
		return access & L4_RIGHT_X ? REGION_NOT_ALLOWED :
					     region_map(item, (l4_word_t)task->signals, address,
							L4_PAGE_BITS, L4_RIGHTS_RW);
	return REGION_NOTHING;
}

/* ---- ports ----------------------------------------------------------------------- */

/* The largest block of ports around `port` within the range. */
static struct l4_fpage region_port_block(l4_word_t port, const struct manifest_range *range)
{
	unsigned log2_ports = 0;

	while (log2_ports < 16) {
		l4_word_t mask = (2ull << log2_ports) - 1;

		if ((port & ~mask) < range->first || (port | mask) > range->last)
			break;
		log2_ports++;
	}
	return l4_io_fpage(port, log2_ports, L4_RIGHTS_RW);
}

enum region_status region_port_fault(const struct task *task, struct l4_fpage ports,
				     struct l4_map_item *item)
{
	l4_word_t port = l4_io_fpage_port(ports);
	struct manifest_range range;
	struct l4_fpage block;

	if (!task->manifest)
		return REGION_NOTHING;
	for (unsigned i = 0; manifest_ports(task->manifest, task->node, i, &range); i++) {
		if (port < range.first || port > range.last)
			continue;
		block = region_port_block(port, &range);
		if (l4_fpage_is_nil(l4_sigma0_request(block, L4_MEMORY_DEFAULT)))
			return REGION_NOT_ALLOWED;
		*item = l4_map_item(block, 0);
		return REGION_MAPPED;
	}
	return REGION_NOTHING;
}

/* ---- giving back ----------------------------------------------------------------- */

bool region_discard(struct task *task, l4_word_t address, l4_word_t bytes)
{
	bool in_heap = region_is_in(address, TASK_HEAP, TASK_HEAP_BYTES) &&
		       bytes <= TASK_HEAP + TASK_HEAP_BYTES - address;
	bool in_ram = region_is_in(address, TASK_RAM, TASK_RAM_BYTES) &&
		      bytes <= TASK_RAM + TASK_RAM_BYTES - address;

	if ((address | bytes) % L4_PAGE_SIZE || (!in_heap && !in_ram))
		return false;
	pages_discard(&task->pages, address, bytes);
	return true;
}

/* ---- what root has to have first ------------------------------------------------- */

void region_claim_modules(void)
{
	for (unsigned i = 0; i < boot_module_count(); i++) {
		const struct module *m = boot_module_at(i);

		/* If that fails root gets the pages by touching them; they are only mapped on
		 * in smaller pieces. */
		if (m->bytes > 0)
			memory_claim(m->start, m->start + m->bytes - 1, L4_MEMORY_DEFAULT);
	}
}

void region_claim_devices(const struct task *task)
{
	struct manifest_range d, listed;

	for (unsigned i = 0; region_get_device(task, i, &d); i++) {
		bool in_list = manifest_device(task->manifest, task->node, i, &listed);

		if (memory_is_ram(d.first, d.last) ||
		    !memory_claim(d.first, d.last,
				  in_list ? L4_MEMORY_DEFAULT : L4_MEMORY_WRITE_COMBINING))
			printf("root: manifest: %s: there is no device at 0x%llx to 0x%llx\n",
			       task->name, (unsigned long long)d.first, (unsigned long long)d.last);
	}
}
