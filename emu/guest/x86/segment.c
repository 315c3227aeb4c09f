/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Limits and rights of data accesses (SDM 3, 5.3 to 5.5), and stacks that far transfers
 * and events work on.
 */
#include "guest/x86/protect.h"

bool x86_within(const struct x86_segment *s, uint32_t offset, uint32_t bytes)
{
	uint32_t last = offset + bytes - 1;

	if ((s->access & (X86_CODE | X86_DOWN)) == X86_DOWN) {
		uint32_t top = s->access & X86_BIG ? 0xffffffff : 0xffff;

		return offset > s->limit && last >= offset && last <= top;
	}
	/* 4 GiB: accesses wrap around, as where nothing is compared. */
	return s->limit == 0xffffffff || (last >= offset && last <= s->limit);
}

/* Without protection there are no types. */
static bool segment_allows(const struct x86 *x, const struct x86_segment *s, bool write)
{
	if (!(s->access & X86_PRESENT))
		return false;
	if (!(x->cr0 & X86_CR0_PE))
		return true;
	if (s->access & X86_CODE)
		return !write && s->access & X86_READABLE;
	return !write || s->access & X86_WRITABLE;
}

uint64_t x86_help_segment(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	const struct x86_segment *s = &x->segment[a];

	if (!segment_allows(x, s, d) || !x86_within(s, (uint32_t)b, (uint32_t)c))
		x86_raise_code(x, a == X86_SS ? X86_SS_FAULT : X86_GP, 0);
	return 0;
}

struct x86_stack x86_stack_of(const struct x86_segment *segment, uint32_t esp, unsigned cpl)
{
	return (struct x86_stack){
		.segment = *segment,
		.esp = esp,
		.mask = segment->access & X86_BIG ? 0xffffffff : 0xffff,
		.space = cpl == 3 ? X86_SPACE_USER : X86_SPACE_KERNEL,
	};
}

struct x86_stack x86_stack_current(const struct x86 *x)
{
	unsigned cpl = x86_cpl(x);
	struct x86_stack s = x86_stack_of(&x->segment[X86_SS], x->r[X86_ESP], cpl);

	s.aligned = cpl == 3 && x->cr0 & X86_CR0_AM && x->eflags & X86_AC;
	return s;
}

/* After a task switch that failed SS may stand for nothing. */
static void stack_check(struct x86 *x, const struct x86_stack *s, uint32_t offset, unsigned size)
{
	if (!(s->segment.access & X86_PRESENT) || !x86_within(&s->segment, offset, size))
		x86_raise_code(x, X86_SS_FAULT, s->code);
}

void x86_stack_room(struct x86 *x, const struct x86_stack *s, unsigned count, unsigned size)
{
	for (unsigned i = 1; i <= count; i++)
		stack_check(x, s, (s->esp - i * size) & s->mask, size);
}

static struct ir_mem stack_mem(const struct x86_stack *s, unsigned size)
{
	unsigned log2 = size == 4 ? 2 : 1;

	return (struct ir_mem){ .size = log2 & 7,
				.align = s->aligned ? log2 & 7 : 0,
				.space = (uint8_t)s->space };
}

static void stack_set(struct x86_stack *s, uint32_t esp)
{
	s->esp = (s->esp & ~s->mask) | (esp & s->mask);
}

void x86_push(struct x86 *x, struct x86_stack *s, unsigned size, uint32_t value)
{
	uint32_t offset = (s->esp - size) & s->mask;

	stack_check(x, s, offset, size);
	mem_store(&x->cpu, s->segment.base + offset, stack_mem(s, size), value);
	stack_set(s, offset);
}

uint32_t x86_pop(struct x86 *x, struct x86_stack *s, unsigned size)
{
	uint32_t offset = s->esp & s->mask, value;

	stack_check(x, s, offset, size);
	value = (uint32_t)mem_load(&x->cpu, s->segment.base + offset, stack_mem(s, size));
	stack_set(s, offset + size);
	return value;
}

void x86_stack_release(struct x86_stack *s, uint32_t bytes)
{
	stack_set(s, s->esp + bytes);
}

/* The upper half of ESP stays as it is with a stack of 16 bits: the old stack's. */
void x86_stack_commit_esp(struct x86 *x, const struct x86_stack *s)
{
	x->r[X86_ESP] = (x->r[X86_ESP] & ~s->mask) | (s->esp & s->mask);
}

void x86_stack_commit(struct x86 *x, const struct x86_stack *s)
{
	x86_put_segment(x, X86_SS, &s->segment);
	x86_stack_commit_esp(x, s);
}
