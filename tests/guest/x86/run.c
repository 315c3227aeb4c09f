/* SPDX-License-Identifier: BSD-2-Clause
 *
 * See run.h.
 */
#include "run.h"

#include <string.h>

#include "host/host.h"

struct run_core run_core;

static struct x86 the_x86;
static struct ir_block run_block;
static gva run_stop; /* a block doesn't go on there, as at a breakpoint */
static const struct guest the_guest;
struct x86_model run_model;

#define SLOT(field, name)                                                                          \
	{                                                                                          \
		name, offsetof(struct x86, field), IR_I32                                          \
	}
static const struct ir_slot run_slots[] = {
	SLOT(r[0], "eax"),
	SLOT(r[1], "ecx"),
	SLOT(r[2], "edx"),
	SLOT(r[3], "ebx"),
	SLOT(r[4], "esp"),
	SLOT(r[5], "ebp"),
	SLOT(r[6], "esi"),
	SLOT(r[7], "edi"),
	{ "kind", offsetof(struct x86, flags_kind), IR_I64 },
	SLOT(flags_inc, "inc"),
	SLOT(flags_result, "result"),
	SLOT(flags_source, "source"),
	SLOT(flags_carry, "carry"),
	SLOT(flags_inc_result, "inc_result"),
	{ NULL, 0, 0 },
};

void run_segment(struct x86 *x, unsigned segment, uint32_t base, uint32_t limit)
{
	struct x86_segment *s = &x->segment[segment];

	*s = (struct x86_segment){ .base = base, .limit = limit, .selector = (uint16_t)segment };
	s->span = s->span_write = limit >= 15 ? limit - 14 : 0;
	run_core.modes &= ~(X86_MODE_FREE(segment) |
			    (segment == X86_ES || segment == X86_SS || segment == X86_DS ?
				     X86_MODE_ZERO(segment) :
				     0));
	if (limit == 0xffffffff)
		run_core.modes |= X86_MODE_FREE(segment);
	if (base == 0 && (segment == X86_ES || segment == X86_SS || segment == X86_DS))
		run_core.modes |= X86_MODE_ZERO(segment);
}

struct x86 *run_begin(enum run_code_segment code)
{
	struct x86 *x = &the_x86;
	bool real = code == RUN_REAL;

	run_stop = ~0u;
	memset(x, 0, sizeof *x);
	memset(run_core.ram, 0, sizeof run_core.ram);
	run_core.vector = ~0u;
	run_core.interrupt = run_core.traps = run_core.breaks = run_core.reads = 0;
	run_core.plain = false;
	memset(run_core.table, 0, RUN_PAGES * sizeof(uint64_t));
	x->code[RUN_FLAT] = (struct x86_code_segment){ .limit = 0xffffffff, .wide = true };
	x->code[RUN_REAL] = (struct x86_code_segment){ .base = 0x1000, .limit = 0xffff };
	x->code[RUN_SMALL] =
		(struct x86_code_segment){ .base = 0x8000, .limit = 0xfff, .wide = true };
	run_core.modes = code | (real ? X86_MODE_REAL : X86_MODE_STACK32);
	for (unsigned s = 0; s < X86_SEGMENTS; s++)
		run_segment(x, s, real ? 0x1000 : 0, real ? 0xffff : 0xffffffff);
	x->segment[X86_CS].base = x->code[code].base;
	x->eflags = 2;
	run_model = (struct x86_model){ .family = 6, .cpuid = true, .features = ~0u };
	x->model = &run_model;
	return x;
}

static uint32_t run_modes(const struct x86 *x)
{
	return run_core.modes | (x->eflags & X86_TF ? X86_MODE_TRAP : 0) |
	       (x->shadow ? X86_MODE_SHADOW : 0);
}

void cpu_raise(struct cpu *cpu)
{
	__builtin_longjmp(cpu->unwind, 1);
}

bool fetch_read(struct fetch *f, gva address, unsigned size, uint32_t *value)
{
	if (!f->first && (address == run_stop || address >> PAGE_SHIFT != f->page[0] >> PAGE_SHIFT))
		return false;
	if (address >= RUN_RAM_BYTES || size > RUN_RAM_BYTES - address)
		return false;
	*value = 0;
	memcpy(value, &run_core.ram[address], size);
	return true;
}

/* Where the bytes are; raises if they aren't. */
static uint8_t *run_bytes(struct cpu *cpu, gva address, struct ir_mem how, unsigned bytes)
{
	if (address & ((1u << how.align) - 1))
		x86_raise_code(x86_of(cpu), X86_AC_FAULT, 0);
	if (address >= RUN_RAM_BYTES || bytes > RUN_RAM_BYTES - address)
		x86_raise_code(x86_of(cpu), X86_PF_FAULT, address);
	if (run_core.plain)
		run_core.table[address >> PAGE_SHIFT] = (uintptr_t)run_core.ram + 1;
	return &run_core.ram[address];
}

uint64_t mem_load(struct cpu *cpu, gva address, struct ir_mem how)
{
	unsigned bytes = 1u << how.size, unused = 64 - 8 * bytes;
	uint64_t value = 0;

	memcpy(&value, run_bytes(cpu, address, how, bytes), bytes);
	return how.sign ? (uint64_t)((int64_t)(value << unused) >> unused) : value;
}

void mem_store(struct cpu *cpu, gva address, struct ir_mem how, uint64_t value)
{
	memcpy(run_bytes(cpu, address, how, 1u << how.size), &value, 1u << how.size);
}

void mem_load_vector(struct cpu *cpu, gva address, struct ir_mem how, uint64_t value[2])
{
	memcpy(value, run_bytes(cpu, address, how, 16), 16);
}

void mem_store_vector(struct cpu *cpu, gva address, struct ir_mem how, const uint64_t value[2])
{
	memcpy(run_bytes(cpu, address, how, 16), value, 16);
}

hva mem_span(struct cpu *cpu, gva address, struct ir_mem how, unsigned bytes, bool write)
{
	(void)write;
	return run_bytes(cpu, address, how, bytes);
}

void mem_span_end(struct cpu *cpu, gva address, struct ir_mem how, unsigned bytes)
{
	(void)cpu, (void)address, (void)how, (void)bytes;
}

const uint64_t *mem_read_table(const struct mem *mem, unsigned space)
{
	(void)mem, (void)space;
	return run_core.table;
}

const uint64_t *mem_write_table(const struct mem *mem, unsigned space)
{
	(void)mem, (void)space;
	return run_core.table;
}

const struct ir_block *run_translate(struct x86 *x, gva pc, uint32_t modes, struct run_how how,
				     const char **wrong)
{
	struct fetch f = {
		.cpu = &x->cpu,
		.first = true,
		.page = { pc & ~PAGE_MASK },
		.limit = how.limit ? how.limit : 64,
	};

	ir_begin(&run_block, pc, modes | 1u << 31, run_slots);
	x86_translate(&x->cpu, &run_block, &f);
	*wrong = ir_verify(&run_block);
	if (!*wrong && how.optimise) {
		ir_optimise(&run_block);
		*wrong = ir_verify(&run_block);
	}
	return &run_block;
}

struct run_result run_code(struct x86 *x, struct run_how how, gva stop, unsigned most)
{
	struct cpu *cpu = &x->cpu;
	/* __builtin_longjmp keeps no registers. */
	static struct run_result result;
	static uint32_t modes;

	cpu->guest = &the_guest;
	result = (struct run_result){ 0 };
	cpu->budget = (int32_t)most;
	cpu->refund = 0;
	modes = run_modes(x);
	run_stop = stop;
	run_core.vector = ~0u;
	if (__builtin_setjmp(cpu->unwind))
		cpu->budget += (int32_t)cpu->refund - 1;
	while (cpu->budget > 0 && cpu->pc != stop && run_core.vector == ~0u && !result.wrong) {
		const struct ir_block *b = run_translate(x, cpu->pc, modes, how, &result.wrong);
		unsigned end = HOST_LOOKUP;

		cpu->modes = modes;
		if (!result.wrong)
			end = ir_run(cpu, b);
		if (end == HOST_RUN)
			modes = run_modes(x);
		if (end == HOST_BUDGET)
			how.limit = (unsigned)cpu->budget;
		cpu->refund = 0;
		result.blocks++;
	}
	result.executed = most - (unsigned)cpu->budget;
	return result;
}
