/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The CPU's inputs, interrupts between instructions, and software interrupts (SDM 3, 6.3
 * and 6.7; SDM 2: INT).
 */
#include "guest/x86/protect.h"

#include <emu/log.h>
#include <string.h>

bool x86_wakes(const struct cpu *cpu)
{
	const struct x86 *x = (const struct x86 *)cpu;

	if (x->init_pending || (x->nmi_pending && !x->nmi_blocked))
		return true;
	return x->intr && x->eflags & X86_IF && !x->shut_down;
}

/* Which one is to be taken now: a vector, or -1. */
static int next_interrupt(struct x86 *x)
{
	if (x->nmi_pending && !x->nmi_blocked) {
		x->nmi_pending = false;
		x->nmi_blocked = true;
		x->shut_down = false;
		return X86_NMI;
	}
	if (!x->intr || !(x->eflags & X86_IF) || x->shut_down || !x->acknowledge)
		return -1;
	return x->acknowledge(x->pic) & 0xff;
}

/* Between instructions there is no site to come back to by cpu_raise: what delivery
 * raises has been entered in the interrupt's place. */
static __attribute__((noinline)) void take_interrupt(struct x86 *x, unsigned vector)
{
	const struct x86_event e = { .vector = (uint8_t)vector,
				     .external = true,
				     .eip = x86_eip(x) };
	void *unwind[COUNT_OF(x->cpu.unwind)];

	memcpy(unwind, x->cpu.unwind, sizeof unwind);
	if (!__builtin_setjmp(x->cpu.unwind)) {
		x->debug_hits = 0;
		x86_deliver(x, &e);
		x86_task_trap(x, x->cpu.pc);
	}
	memcpy(x->cpu.unwind, unwind, sizeof unwind);
}

bool x86_interrupt(struct cpu *cpu)
{
	struct x86 *x = x86_of(cpu);
	int vector;

	if (x->init_pending) {
		x86_init(x);
		return true;
	}
	if (x->shadow || cpu->postponed)
		return false;
	vector = next_interrupt(x);
	if (vector < 0)
		return false;
	take_interrupt(x, (unsigned)vector);
	return true;
}

static bool rises(bool *input, bool level)
{
	bool edge = level && !*input;

	*input = level;
	return edge;
}

void x86_input(void *cpu, unsigned input, bool level)
{
	struct x86 *x = cpu;

	switch (input) {
	case X86_INPUT_INTR:
		x->intr = level;
		break;
	case X86_INPUT_NMI:
		x->nmi_pending |= rises(&x->nmi, level);
		break;
	case X86_INPUT_A20:
		if (x->a20 != level)
			mem_drop(x->cpu.mem);
		x->a20 = level;
		return;
	case X86_INPUT_IGNNE:
		x->ignne = level;
		return;
	case X86_INPUT_INIT:
		x->init_pending |= rises(&x->init, level);
		break;
	default:
		return;
	}
	if (level)
		cpu_notice(&x->cpu);
}

/* INT1 is no INT n: no gate's DPL counts, and it isn't sensitive to IOPL. */
uint64_t x86_help_int(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	struct x86_event e = {
		.vector = (uint8_t)a,
		.software = !(c && a == X86_DB),
		.eip = (uint32_t)b,
	};
	uint32_t pc;

	(void)d;
	if (c == 0 && x86_v86(x) && x86_iopl(x) < 3)
		x86_raise_code(x, X86_GP, 0);
	pc = x86_deliver(x, &e);
	x86_task_trap(x, pc);
	return pc;
}
