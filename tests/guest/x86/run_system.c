/* SPDX-License-Identifier: BSD-2-Clause
 *
 * In place of the guest's system part: functions that do the least that the tests of the
 * front end look at.
 */
#include "run.h"

#include "guest/x86/emit.h"

void x86_raise_code(struct x86 *x, enum x86_vector vector, uint32_t code)
{
	run_core.vector = vector;
	run_core.code = code;
	run_core.pc = x->cpu.pc;
	cpu_raise(&x->cpu);
}

/* Named after the function: returns 0 and does nothing. */
#define NOTHING(name)                                                                              \
	uint64_t name(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)                   \
	{                                                                                          \
		(void)cpu, (void)a, (void)b, (void)c, (void)d;                                     \
		return 0;                                                                          \
	}
/* Goes on at the first argument, an EIP. */
#define FAR(name, eip)                                                                             \
	uint64_t name(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)                   \
	{                                                                                          \
		(void)a, (void)b, (void)c, (void)d;                                                \
		return ((struct x86 *)cpu)->segment[X86_CS].base + (uint32_t)(eip);                \
	}

/* clang-format off */
NOTHING(x86_help_lldt) NOTHING(x86_help_ltr) NOTHING(x86_help_verr) NOTHING(x86_help_verw)
NOTHING(x86_help_lar) NOTHING(x86_help_lsl) NOTHING(x86_help_arpl) NOTHING(x86_help_sldt)
NOTHING(x86_help_str) NOTHING(x86_help_lgdt) NOTHING(x86_help_lidt) NOTHING(x86_help_sgdt)
NOTHING(x86_help_sidt) NOTHING(x86_help_smsw) NOTHING(x86_help_lmsw) NOTHING(x86_help_clts)
NOTHING(x86_help_read_control) NOTHING(x86_help_write_control) NOTHING(x86_help_read_debug)
NOTHING(x86_help_write_debug) NOTHING(x86_help_invlpg) NOTHING(x86_help_rdmsr)
NOTHING(x86_help_wrmsr) NOTHING(x86_help_cpuid) NOTHING(x86_help_rdtsc) NOTHING(x86_help_rdpmc)
NOTHING(x86_help_privileged) NOTHING(x86_help_v86_iopl) NOTHING(x86_help_hlt)
NOTHING(x86_help_io_check)
FAR(x86_help_far_jump, b) FAR(x86_help_far_call, b) FAR(x86_help_far_return, b)
FAR(x86_help_iret, b) FAR(x86_help_sysenter, a) FAR(x86_help_sysexit, a)
	/* clang-format on */

	uint64_t x86_help_raise(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)c, (void)d;
	x86_raise_code(cpu, (enum x86_vector)a, (uint32_t)b);
}

uint64_t x86_help_segment(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	const struct x86_segment *s = &((struct x86 *)cpu)->segment[a];

	(void)d;
	if (b + c - 1 > s->limit)
		x86_raise_code(cpu, a == X86_SS ? X86_SS_FAULT : X86_GP, 0);
	return 0;
}

uint64_t x86_help_load_segment(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)c, (void)d;
	run_segment(cpu, (unsigned)a, (uint32_t)b << 4, 0xffff);
	((struct x86 *)cpu)->segment[a].selector = (uint16_t)b;
	return 1;
}

uint64_t x86_help_int(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)c, (void)d;
	run_core.interrupt = (uint32_t)(a | b << 8);
	return ((struct x86 *)cpu)->segment[X86_CS].base + (uint32_t)b;
}

uint64_t x86_help_pushf(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)b, (void)c, (void)d;
	return a == 2 ? x86_eflags(cpu) & 0xffff : x86_eflags(cpu);
}

uint64_t x86_help_popf(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)b, (void)c, (void)d;
	x86_set_flags(x, (uint32_t)a);
	x->eflags = ((uint32_t)a & ~X86_ARITHMETIC) | 2;
	return 1;
}

uint64_t x86_help_cli(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	((struct x86 *)cpu)->eflags &= ~X86_IF;
	return 0;
}

uint64_t x86_help_sti(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)a, (void)b, (void)c, (void)d;
	x->shadow = !(x->eflags & X86_IF);
	x->eflags |= X86_IF;
	return 0;
}

uint64_t x86_help_in(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)cpu, (void)b, (void)c, (void)d;
	run_core.port = (uint32_t)a;
	return ++run_core.reads;
}

uint64_t x86_help_out(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)cpu, (void)b, (void)d;
	run_core.port = (uint32_t)a;
	run_core.written = (uint32_t)c;
	return 0;
}

uint64_t x86_help_break(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)cpu, (void)a, (void)b, (void)c, (void)d;
	run_core.breaks++;
	return 0;
}

uint64_t x86_help_trap(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)b, (void)c, (void)d;
	run_core.traps++;
	((struct cpu *)cpu)->pc = (gva)a;
	return 0;
}
