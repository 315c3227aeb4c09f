/* SPDX-License-Identifier: BSD-2-Clause
 *
 * See x86_64_rig.h.
 */
#include "x86_64_rig.h"
#include "core/memory.h"

#include <string.h>

struct fake *rig_low;
struct host *rig_host;
uint8_t *rig_code;
size_t rig_common, rig_used;
static struct cpu_jump rig_jumps[CPU_JUMPS];

#define SLOT(field) ((uint16_t)offsetof(struct fake, field))

/* The fake guest as back ends see it; its flags are what booleans are for. */
static const uint16_t rig_booleans[] = { SLOT(flag[0]), SLOT(flag[1]), SLOT(flag[2]), SLOT(flag[3]),
					 0 };
static const struct guest rig_guest = {
	.name = "rig",
	.state_bytes = sizeof(struct fake),
	.pinned = { SLOT(r[0]), SLOT(r[1]), SLOT(r[2]), SLOT(r[3]), SLOT(r[4]), SLOT(r[5]),
		    SLOT(r[6]), SLOT(r[7]), 0 },
	.booleans = rig_booleans,
};

void rig_fill(struct fake *f, uint64_t seed, int32_t budget)
{
	fake_fill(f, seed);
	f->cpu.guest = &rig_guest;
	f->cpu.jumps = rig_jumps;
	f->cpu.budget = budget;
}

bool rig_create(void)
{
	rig_code = fake_code_memory(RIG_CODE_BYTES);
	rig_low = (struct fake *)fake_code_memory(sizeof *rig_low);
	if (!rig_code || !rig_low || !fake_tables_create())
		return false;
	rig_fill(&rig_state, 1, 0);
	rig_host = host_create(&rig_state.cpu, rig_code, RIG_CODE_BYTES, &rig_common);
	rig_used = rig_common;
	return rig_host;
}

void rig_empty(void)
{
	rig_used = rig_common;
	memset(rig_jumps, 0, sizeof rig_jumps);
	memset(rig_state.cpu.returns, 0, sizeof rig_state.cpu.returns);
}

uint8_t *rig_compile(const struct ir_block *b, unsigned first_link, struct host_code *code)
{
	uint8_t *out = rig_code + rig_used;

	if (!host_compile(rig_host, b, out, RIG_CODE_BYTES - rig_used, first_link, code))
		return NULL;
	rig_used += code->bytes;
	return out;
}

/* The frame must last until the call returns: clang would make a jump of a call in a
 * return statement, even behind __builtin_setjmp. */
__attribute__((noinline)) unsigned rig_execute(const void *entry)
{
	unsigned result;

	if (__builtin_setjmp(rig_state.cpu.unwind)) {
		host_unwound(&rig_state.cpu);
		return RIG_RAISED;
	}
	result = host_enter(rig_host, &rig_state.cpu, entry);
	__asm__ volatile("" : : : "memory");
	return result;
}

__attribute__((noinline)) unsigned rig_interpret(struct fake *f, const struct ir_block *b)
{
	unsigned result;

	if (__builtin_setjmp(f->cpu.unwind))
		return RIG_RAISED;
	result = ir_run(&f->cpu, b);
	__asm__ volatile("" : : : "memory");
	return result;
}
