/* SPDX-License-Identifier: BSD-2-Clause
 *
 * EFLAGS as a whole: which bits this CPU has, and instructions that read and write them
 * (SDM 2: POPF, PUSHF, CLI, STI).  Not modelled: virtual interrupts (CR4.VME, CR4.PVI).
 */
#include "guest/x86/protect.h"

static uint32_t eflags_of_model(const struct x86_model *m)
{
	uint32_t mask =
		X86_ARITHMETIC | X86_TF | X86_IF | X86_DF | X86_IOPL | X86_NT | X86_RF | X86_VM;

	if (m->family >= 4)
		mask |= X86_AC;
	if (m->cpuid)
		mask |= X86_ID;
	return mask;
}

void x86_write_eflags(struct x86 *x, uint32_t value, uint32_t mask)
{
	mask &= eflags_of_model(x->model);
	/* RF is nothing but leave to pass a breakpoint. */
	if (!x86_breaks_code(x))
		value &= ~X86_RF;
	if (mask & X86_ARITHMETIC)
		x86_set_flags(x, (value & mask) | (x86_flags(x) & ~mask));
	mask &= ~X86_ARITHMETIC;
	if (value & mask & ~x->eflags & X86_IF && x->intr)
		cpu_unmask(&x->cpu);
	x->eflags = (x->eflags & ~mask) | (value & mask) | 2;
	/* In a block with traps its end does that, after the trap. */
	if (!(x->cpu.modes & X86_MODE_TRAP))
		x->step = x->eflags & X86_TF;
}

static void require_iopl(struct x86 *x)
{
	if (x86_cpl(x) > x86_iopl(x))
		x86_raise_code(x, X86_GP, 0);
}

static void require_v86_iopl(struct x86 *x)
{
	if (x86_v86(x) && x86_iopl(x) < 3)
		x86_raise_code(x, X86_GP, 0);
}

uint64_t x86_help_v86_iopl(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	require_v86_iopl(cpu);
	return 0;
}

uint64_t x86_help_popf(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	uint32_t mask = X86_IRET_FLAGS & ~X86_RF, value = (uint32_t)a, old = x->eflags;
	unsigned cpl = x86_cpl(x);

	(void)c, (void)d;
	require_v86_iopl(x);
	if (cpl <= x86_iopl(x))
		mask |= X86_IF;
	if (cpl == 0)
		mask |= X86_IOPL;
	if (b == 2)
		mask &= 0xffff;
	else if (!x86_v86(x)) {
		mask |= X86_RF;
		value &= ~X86_RF;
	}
	x86_write_eflags(x, value, mask);
	return ((old ^ x->eflags) & (X86_TF | X86_AC | X86_RF)) != 0;
}

uint64_t x86_help_pushf(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	uint32_t image = x86_eflags(x) & ~(X86_RF | X86_VM);

	(void)b, (void)c, (void)d;
	require_v86_iopl(x);
	return a == 2 ? image & 0xffff : image;
}

uint64_t x86_help_cli(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)a, (void)b, (void)c, (void)d;
	require_iopl(x);
	x->eflags &= ~X86_IF;
	return 0;
}

uint64_t x86_help_sti(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)a, (void)b, (void)c, (void)d;
	require_iopl(x);
	if (x->eflags & X86_IF)
		return 0;
	x->shadow = 1;
	x86_write_eflags(x, X86_IF, X86_IF);
	return 0;
}
