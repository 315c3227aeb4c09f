/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The services of emu/port.h in an L4 task that root has started (<l4/task.h>).
 *
 * Memory is by demand: addresses cost nothing, pages come when they are touched and go
 * by task_discard.  All of the heap is below 2 GiB, readable, writable and executable.
 * Memory of machines' RAM is in the area that root backs by large pages.
 */
#include <emu/port.h>

#include <l4/syscall.h>
#include <l4/task.h>
#include <proto/root.h>
#include <stdlib.h>
#include <string.h>

#include <emu/port_l4.h>
#include "port/l4/ranges.h"

#define LARGE_PAGE (2ull << 20)
#define US_PER_S 1000000u

static struct ranges heap, ram;
static uint64_t tsc_first, tsc_scale; /* ns = ticks * tsc_scale >> 32; 0: no frequency known */
static uint64_t signals_kept;
static uint64_t wake_at_ns = UINT64_MAX;
static bool wake_now;
static struct {
	void *memory;
	uint64_t bytes;
} code;

static uint64_t tsc_read(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

void port_l4_init(void)
{
	const struct l4_kip *kip = l4_kip();
	const struct l4_processor_descriptor *processor =
		(const void *)((const char *)kip + kip->processor_descriptors);
	uint64_t khz = processor->internal_khz;

	ranges_init(&heap, TASK_HEAP, TASK_HEAP_BYTES);
	ranges_init(&ram, TASK_RAM, TASK_RAM_BYTES);
	tsc_first = tsc_read();
	tsc_scale = khz ? ((uint64_t)US_PER_S << 32) / khz : 0;
}

void *port_allocate(size_t bytes, enum port_memory kind)
{
	uint64_t at;

	if (kind == PORT_DENSE && bytes >= LARGE_PAGE)
		at = ranges_take(&ram, (bytes + LARGE_PAGE - 1) & ~(LARGE_PAGE - 1), LARGE_PAGE);
	else
		at = ranges_take(&heap, whole_pages(bytes), PAGE_BYTES);
	if (kind == PORT_CODE) {
		code.memory = (void *)at;
		code.bytes = at ? bytes : 0;
	}
	return (void *)at;
}

void port_free(void *memory, size_t bytes)
{
	uint64_t at = (uint64_t)memory;

	port_discard(memory, whole_pages(bytes));
	if (at >= TASK_RAM)
		ranges_give(&ram, at, (bytes + LARGE_PAGE - 1) & ~(LARGE_PAGE - 1));
	else
		ranges_give(&heap, at, whole_pages(bytes));
}

void port_discard(void *memory, size_t bytes)
{
	task_discard(memory, bytes);
}

uint64_t port_now_ns(void)
{
	unsigned __int128 ticks = tsc_read() - tsc_first;

	return tsc_scale ? (uint64_t)(ticks * tsc_scale >> 32) : l4_system_clock() * 1000;
}

uint64_t port_wall_seconds(void)
{
	return task_info()->boot_wall_seconds + l4_system_clock() / US_PER_S;
}

uint64_t port_l4_signals(void)
{
	uint64_t news = signals_kept | task_signals_take();

	signals_kept = 0;
	return news;
}

void *port_l4_code(uint64_t *bytes)
{
	*bytes = code.bytes;
	return code.memory;
}

void port_l4_wake_at(uint64_t ns)
{
	wake_at_ns = ns;
}

void port_wait(void *machine, uint64_t until_ns)
{
	uint64_t now = port_now_ns(), ns;

	(void)machine;
	if (wake_at_ns < until_ns)
		until_ns = wake_at_ns;
	ns = until_ns > now ? until_ns - now : 0;
	if (ns > PORT_L4_NAP_NS)
		ns = PORT_L4_NAP_NS;
	if (ns && !wake_now)
		signals_kept |= task_wait(l4_period_us((ns + 999) / 1000), NULL);
	wake_now = false;
}

void port_wake(void *machine)
{
	(void)machine;
	wake_now = true;
}

void port_log(const char *line)
{
	root_log(line, strlen(line));
}

void port_panic(const char *message)
{
	port_log(message);
	abort();
}
