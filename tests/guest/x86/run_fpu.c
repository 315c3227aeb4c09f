/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What x87, MMX and SSE need of the core and of the guest's system part, in addition to
 * run_system.c.
 */
#include "run.h"

#include <emu/archive.h>

#include "guest/x86/x87.h"

void x86_raise(struct x86 *x, enum x86_vector vector)
{
	x86_raise_code(x, vector, 0);
}

uint64_t x86_help_no_fpu(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)cpu, (void)a, (void)b, (void)c, (void)d;
	return 0;
}

uint64_t x86_help_no_sse(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	x86_raise_code(cpu, X86_UD, 0);
}

void cpu_retry(struct cpu *cpu)
{
	cpu->refund++;
	cpu_raise(cpu);
}

void cpu_halt(struct cpu *cpu)
{
	cpu->halted = true;
}

bool archive_loading(const struct archive *a)
{
	(void)a;
	return false;
}

void archive_require(struct archive *a, bool holds)
{
	(void)a, (void)holds;
}

void archive_bytes(struct archive *a, const char *name, void *bytes, size_t count)
{
	(void)a, (void)name, (void)bytes, (void)count;
}

void archive_u32(struct archive *a, const char *name, uint32_t *value)
{
	(void)a, (void)name, (void)value;
}
