/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The services of emu/port.h on Linux.  One machine a process: port_wait sleeps on one
 * eventfd, which threads and signal handlers may write to.
 */
#define _GNU_SOURCE
#include <emu/port.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "port/linux/port_linux.h"

static FILE *log_file;

void port_set_log(FILE *file)
{
	log_file = file;
}

/* What isn't whole pages is an object of the heap, where sanitizers see what runs over. */
static bool is_object(size_t bytes)
{
	return bytes & PAGE_MASK;
}

void *port_allocate(size_t bytes, enum port_memory kind)
{
	int protection = PROT_READ | PROT_WRITE;
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	void *memory;

	if (is_object(bytes))
		return kind == PORT_PLAIN ? calloc(1, bytes) : NULL;
	if (kind == PORT_CODE)
		protection |= PROT_EXEC;
	if (kind == PORT_CODE || kind == PORT_LOW)
		flags |= MAP_32BIT;
	memory = mmap(NULL, bytes, protection, flags, -1, 0);
	return memory == MAP_FAILED ? NULL : memory;
}

void port_free(void *memory, size_t bytes)
{
	if (is_object(bytes))
		free(memory);
	else
		munmap(memory, bytes);
}

void port_discard(void *memory, size_t bytes)
{
	if (madvise(memory, bytes, MADV_DONTNEED))
		memset(memory, 0, bytes);
}

uint64_t port_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_SECOND + (uint64_t)t.tv_nsec;
}

uint64_t port_wall_seconds(void)
{
	return (uint64_t)time(NULL);
}

static int wake_fd(void)
{
	static int fd = -1;
	int made, none = -1;

	if (__atomic_load_n(&fd, __ATOMIC_ACQUIRE) >= 0)
		return fd;
	made = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (made < 0)
		port_panic("no eventfd");
	if (!__atomic_compare_exchange_n(&fd, &none, made, false, __ATOMIC_ACQ_REL,
					 __ATOMIC_ACQUIRE))
		close(made);
	return fd;
}

void port_wait(void *machine, uint64_t until_ns)
{
	struct pollfd p = { .fd = wake_fd(), .events = POLLIN };
	uint64_t now = port_now_ns(), count;
	uint64_t ns = until_ns > now ? until_ns - now : 0;
	struct timespec t = { (time_t)(ns / NS_PER_SECOND), (long)(ns % NS_PER_SECOND) };

	(void)machine;
	if (ppoll(&p, 1, until_ns == UINT64_MAX ? NULL : &t, NULL) > 0)
		(void)!read(p.fd, &count, sizeof count);
}

void port_wake(void *machine)
{
	uint64_t one = 1;

	(void)machine;
	(void)!write(wake_fd(), &one, sizeof one);
}

void port_log(const char *line)
{
	FILE *file = log_file ? log_file : stderr;

	fprintf(file, "%s\n", line);
}

void port_panic(const char *message)
{
	fprintf(stderr, "l4vm: internal error: %s\n", message);
	abort();
}
