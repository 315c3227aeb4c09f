/* SPDX-License-Identifier: BSD-2-Clause
 *
 * See run_host.h.
 */
#define _GNU_SOURCE
#include "run_host.h"

#include <sys/mman.h>

#include "host/host.h"

#define CODE_BYTES (1u << 20)
#define SLOT(n) ((uint16_t)(offsetof(struct x86, r) + 4 * (n)))

static const struct guest host_guest = {
	.name = "run_host",
	.state_bytes = sizeof(struct x86),
	.x87 = offsetof(struct x86, fpu),
	.pinned = { SLOT(0), SLOT(1), SLOT(2), SLOT(3), SLOT(4), SLOT(5), SLOT(6), SLOT(7), 0 },
};

static struct cpu_jump host_jumps[CPU_JUMPS];
static struct host *the_host;
static uint8_t *host_memory;
static size_t host_common;

bool run_host_create(struct x86 *x)
{
	host_memory = mmap(NULL, CODE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (host_memory == MAP_FAILED)
		return false;
	for (unsigned i = 0; i < RUN_PAGES; i++)
		run_core.table[i] = (uintptr_t)run_core.ram + 1;
	x->cpu.guest = &host_guest;
	x->cpu.jumps = host_jumps;
	the_host = host_create(&x->cpu, host_memory, CODE_BYTES, &host_common);
	return the_host;
}

/* Its frame has to last: see tests/host/x86_64_rig.c. */
static __attribute__((noinline)) void host_run(struct cpu *cpu, const uint8_t *entry)
{
	if (__builtin_setjmp(cpu->unwind)) {
		host_unwound(cpu);
		return;
	}
	host_enter(the_host, cpu, entry);
	__asm__ volatile("" : : : "memory");
}

const char *run_host(struct x86 *x, unsigned limit, unsigned most)
{
	const char *wrong;
	const struct ir_block *b =
		run_translate(x, x->cpu.pc, run_core.modes,
			      (struct run_how){ .limit = limit, .optimise = true }, &wrong);
	uint8_t *out = host_memory + host_common;
	struct host_code code;

	if (wrong)
		return wrong;
	if (!host_compile(the_host, b, out, CODE_BYTES - host_common, HOST_LINK, &code))
		return "no room";
	for (unsigned i = 0; i < code.link_count; i++)
		if (code.link[i].pc == x->cpu.pc)
			host_link(out + code.link[i].at, out + code.entry);
	x->cpu.guest = &host_guest;
	x->cpu.modes = run_core.modes;
	x->cpu.budget = (int32_t)most;
	run_core.vector = ~0u;
	host_run(&x->cpu, out + code.entry);
	return NULL;
}
