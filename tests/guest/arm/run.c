/* SPDX-License-Identifier: BSD-2-Clause
 *
 * See run.h.
 */
#include "run.h"

#include <string.h>

#include "host/host.h"

static struct ir_block run_block;
static gva run_stop = 1; /* a block doesn't go on there, as at a breakpoint */

bool fetch_read(struct fetch *f, gva address, unsigned size, uint32_t *value)
{
	if (!f->first && (address == run_stop || address >> PAGE_SHIFT != f->page[0] >> PAGE_SHIFT))
		return false;
	if (address >= FAKE_RAM_BYTES || size > FAKE_RAM_BYTES - address)
		return false;
	*value = 0;
	memcpy(value, &fake.ram[address], size);
	return true;
}

/* Where the bytes are; raises if they aren't. */
static uint8_t *run_bytes(struct cpu *cpu, gva address, struct ir_mem how, unsigned bytes,
			  enum mem_access access)
{
	struct mem_walk bus_error = { .fault = GUEST_BUS_ERROR };

	if (address & ((1u << how.align) - 1))
		cpu->guest->abort(cpu, address, how.space, access, NULL);
	if (address >= FAKE_RAM_BYTES || bytes > FAKE_RAM_BYTES - address)
		cpu->guest->abort(cpu, address, how.space, access, &bus_error);
	return &fake.ram[address];
}

/* Between the guest's order and the host's. */
static uint64_t run_order(uint64_t value, struct ir_mem how)
{
	return how.big ? __builtin_bswap64(value) >> (64 - (8u << how.size)) : value;
}

uint64_t mem_load(struct cpu *cpu, gva address, struct ir_mem how)
{
	unsigned bytes = 1u << how.size, unused = 64 - 8 * bytes;
	uint64_t value = 0;

	memcpy(&value, run_bytes(cpu, address, how, bytes, MEM_READ), bytes);
	value = run_order(value, how);
	return how.sign ? (uint64_t)((int64_t)(value << unused) >> unused) : value;
}

void mem_store(struct cpu *cpu, gva address, struct ir_mem how, uint64_t value)
{
	unsigned bytes = 1u << how.size;

	value = run_order(value, how);
	memcpy(run_bytes(cpu, address, how, bytes, MEM_WRITE), &value, bytes);
}

void mem_load_vector(struct cpu *cpu, gva address, struct ir_mem how, uint64_t value[2])
{
	memcpy(value, run_bytes(cpu, address, how, 16, MEM_READ), 16);
}

void mem_store_vector(struct cpu *cpu, gva address, struct ir_mem how, const uint64_t value[2])
{
	memcpy(run_bytes(cpu, address, how, 16, MEM_WRITE), value, 16);
}

hva mem_span(struct cpu *cpu, gva address, struct ir_mem how, unsigned bytes, bool write)
{
	return run_bytes(cpu, address, how, bytes, write ? MEM_WRITE : MEM_READ);
}

void mem_span_end(struct cpu *cpu, gva address, struct ir_mem how, unsigned bytes)
{
	(void)cpu, (void)address, (void)how, (void)bytes;
}

const struct ir_block *run_translate(struct arm *arm, gva pc, uint32_t modes, struct run_how how,
				     const char **wrong)
{
	struct fetch f = {
		.cpu = &arm->cpu,
		.first = true,
		.page = { pc & ~PAGE_MASK },
		.limit = how.limit ? how.limit : 64,
	};

	ir_begin(&run_block, pc, modes | 1u << 31, guest_arm.slots);
	guest_arm.translate(&arm->cpu, &run_block, &f);
	*wrong = ir_verify(&run_block);
	if (!*wrong && how.optimise) {
		ir_optimise(&run_block);
		*wrong = ir_verify(&run_block);
	}
	return &run_block;
}

struct run_result run_code(struct arm *arm, struct run_how how, gva stop, unsigned most)
{
	struct cpu *cpu = &arm->cpu;
	/* __builtin_longjmp keeps no registers. */
	static struct run_result result;
	static uint32_t modes;

	cpu->guest = &guest_arm;
	result = (struct run_result){ 0 };
	cpu->budget = (int32_t)most;
	cpu->refund = 0;
	modes = guest_arm.modes(cpu);
	run_stop = stop & ~1u;
	if (__builtin_setjmp(cpu->unwind)) {
		result.raises++;
		cpu->budget += (int32_t)cpu->refund - 1;
		modes = guest_arm.modes(cpu);
	}
	while (cpu->budget > 0 && cpu->pc != stop && !result.wrong) {
		const struct ir_block *b = run_translate(arm, cpu->pc, modes, how, &result.wrong);
		unsigned end = HOST_LOOKUP;

		cpu->modes = modes;
		if (!result.wrong)
			end = ir_run(cpu, b);
		if (end == HOST_RUN)
			modes = guest_arm.modes(cpu);
		if (end == HOST_BUDGET)
			how.limit = (unsigned)cpu->budget;
		cpu->refund = 0;
		result.blocks++;
	}
	result.executed = most - (unsigned)cpu->budget;
	return result;
}
