/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What helpers and chips of a CPU may ask of the core; see cpu.h.
 */
#include "core/cpu.h"

#include "core/code.h"
#include "core/machine_core.h"

void cpu_leave_block(struct cpu *cpu)
{
	if (cpu->refund <= 1)
		return;
	cpu->budget += (int32_t)cpu->refund - 1;
	cpu->refund = 1;
}

uint64_t cpu_executed(const struct cpu *cpu)
{
	return cpu->done + (uint64_t)(int64_t)(cpu->slice - cpu->budget) - cpu->refund;
}

void cpu_raise(struct cpu *cpu)
{
	__builtin_longjmp(cpu->unwind, 1);
}

void cpu_retry(struct cpu *cpu)
{
	/* What raising takes for the instruction. */
	cpu->refund++;
	cpu->exceptions--;
	cpu_raise(cpu);
}

void machine_shorten_slice(struct machine *m, uint64_t instructions)
{
	struct cpu *cpu = m->cpu;
	int64_t left = (int64_t)cpu->budget + cpu->refund;

	if (!m->in_code || left <= 0 || (uint64_t)left <= instructions)
		return;
	/* The running block has been paid for up to its end. */
	left = (int64_t)instructions - cpu->refund;
	if (left < 0)
		left = 0;
	cpu->slice -= cpu->budget - (int32_t)left;
	cpu->budget = (int32_t)left;
}

void cpu_notice(struct cpu *cpu)
{
	struct machine *m = cpu->machine;
	uint64_t latency = m->config.deterministic && m->in_code ? MACHINE_LATENCY : 0;

	/* When an event that was masked is found to have gone depends on how code is cut; so
	 * it mustn't hasten the next one. */
	if (cpu->event && cpu_executed(cpu) < cpu->event_at)
		return;
	cpu->event = true;
	cpu->event_at = cpu_executed(cpu) + latency;
	if (latency)
		m->exact = true;
	machine_shorten_slice(m, latency);
}

void cpu_unmask(struct cpu *cpu)
{
	struct machine *m = cpu->machine;

	cpu->event = true;
	cpu->event_at = cpu_executed(cpu) + (m->in_code ? 1 : 0);
	machine_shorten_slice(m, 0);
}

void cpu_end_slice(struct cpu *cpu)
{
	machine_shorten_slice(cpu->machine, 0);
}

void cpu_forget_code(struct cpu *cpu)
{
	code_flush(cpu->code);
}

void cpu_halt(struct cpu *cpu)
{
	cpu->halted = true;
}

void cpu_request_off(struct cpu *cpu)
{
	machine_request_off(cpu->machine);
}

void cpu_request_reset(struct cpu *cpu)
{
	machine_request_reset(cpu->machine);
}
