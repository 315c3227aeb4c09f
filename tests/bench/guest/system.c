/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the operating system does: system calls, switches between processes, page
 * faults.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

uint32_t bench_syscall(void)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < 500000; i++)
		sum += (uint32_t)(syscall(SYS_getppid) > 0);
	return sum;
}

/* Two processes pass a byte to and fro through pipes. */
uint32_t bench_context(void)
{
	enum { ROUNDS = 30000 };
	int to[2], from[2];
	uint32_t sum = 0;
	unsigned char byte = 1;
	pid_t child;

	if (pipe(to) || pipe(from) || (child = fork()) < 0)
		return 0;
	if (!child) {
		for (int i = 0; i < ROUNDS; i++) {
			if (read(to[0], &byte, 1) != 1)
				_exit(1);
			byte++;
			if (write(from[1], &byte, 1) != 1)
				_exit(1);
		}
		_exit(0);
	}
	for (int i = 0; i < ROUNDS; i++) {
		if (write(to[1], &byte, 1) != 1 || read(from[0], &byte, 1) != 1)
			return 0;
		sum = sum * 3 + byte;
	}
	waitpid(child, NULL, 0);
	for (int i = 0; i < 2; i++) {
		close(to[i]);
		close(from[i]);
	}
	return sum;
}

uint32_t bench_fault(void)
{
	enum { PAGES = 1024, ROUNDS = 60 };
	uint32_t sum = 0;

	for (int round = 0; round < ROUNDS; round++) {
		char *p = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			return 0;
		for (int i = 0; i < PAGES; i++) {
			p[i * 4096] = (char)i;
			sum += (uint32_t)p[i * 4096 + 1] + 1;
		}
		munmap(p, PAGES * 4096);
	}
	return sum;
}
