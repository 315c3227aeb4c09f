/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random system instructions with random operands in any order on a system whose tables
 * are changed at random, and saved states with random damage: whatever a guest does, the
 * x86 guest's system part keeps its invariants.
 */
#include "fake_core.h"
#include "tap.h"

#define SYSTEMS 300
#define STEPS 1000
#define LOADS 4000

static uint64_t random_state;

static uint32_t random_word(void)
{
	random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(random_state >> 32);
}

static ir_fn *const helpers[] = {
	x86_help_segment,    x86_help_load_segment, x86_help_load_segment, x86_help_far_jump,
	x86_help_far_call,   x86_help_far_call,     x86_help_far_return,   x86_help_iret,
	x86_help_int,        x86_help_sysenter,     x86_help_sysexit,      x86_help_lar,
	x86_help_lsl,        x86_help_verr,         x86_help_verw,         x86_help_lldt,
	x86_help_ltr,        x86_help_arpl,         x86_help_read_control, x86_help_write_control,
	x86_help_read_debug, x86_help_write_debug,  x86_help_clts,         x86_help_lmsw,
	x86_help_invlpg,     x86_help_rdmsr,        x86_help_wrmsr,        x86_help_cpuid,
	x86_help_rdtsc,      x86_help_rdpmc,        x86_help_privileged,   x86_help_hlt,
	x86_help_popf,       x86_help_pushf,        x86_help_cli,          x86_help_sti,
	x86_help_in,         x86_help_out,          x86_help_io_check,     x86_help_no_fpu,
	x86_help_no_sse,     x86_help_break,        x86_help_trap,         x86_help_raise,
	x86_help_sgdt,       x86_help_str,          x86_help_smsw,         x86_help_iret,
};

/* Spans follow from limits and types, modes from spans. */
static bool segment_holds(const struct x86 *x, unsigned i)
{
	const struct x86_segment *s = &x->segment[i];
	bool usable = (s->access & 0x9000) == 0x9000;
	uint32_t modes = guest_x86.modes(&x->cpu);

	if (s->access & ~X86_ACCESS_MASK || s->span_write > s->span)
		return false;
	if (s->span && (!usable || s->span - 1 + 15 > s->limit))
		return false;
	return !(modes & X86_MODE_FREE(i)) || (usable && s->limit == 0xffffffff && s->span_write);
}

static bool holds_together(const struct x86 *x)
{
	const struct x86_code_segment *c = &x->code[x->code_number];
	const struct x86_segment *cs = &x->segment[X86_CS];
	bool good = x->delivery == X86_DELIVERY_NONE && x->shadow <= 1 &&
		    !(x->eflags & X86_ARITHMETIC) && x->eflags & 2;

	for (unsigned i = 0; i < X86_SEGMENTS; i++)
		good = good && segment_holds(x, i);
	good = good && c->used && c->base == cs->base && c->limit == cs->limit &&
	       c->wide == ((cs->access & X86_BIG) != 0);
	good = good && (x->cr0 & X86_CR0_PE || !(x->eflags & X86_VM));
	good = good && (x->cr0 & X86_CR0_PE || !(x->cr0 & X86_CR0_PG));
	return good;
}

static uint32_t random_operand(void)
{
	uint32_t w = random_word();

	switch (w & 7) {
	case 0:
		return w >> 28;
	case 1:
		return w;
	case 2:
		return CODE_AT + (w >> 20);
	default: /* a selector */
		return w >> 8 & 0xff;
	}
}

/* Access rights of descriptors, gates, tables, in TSSs, on stacks; mostly in place. */
static void random_memory(void)
{
	static const uint32_t base[] = { GDT, IDT, TSS, TSS_B, STACK0 - 128, STACK3, LDT, 0x20000 };
	uint32_t at = base[random_word() & 7] + (random_word() & 0xfc);

	switch (random_word() & 3) {
	case 0:
		fake_poke(at, random_word());
		break;
	case 1:
		fake_poke(at, random_operand());
		break;
	default:
		fake.ram[at + (random_word() & 3)] ^= (uint8_t)(1u << (random_word() & 7));
		break;
	}
}

static void random_event(struct x86 *x)
{
	struct mem_walk walk;

	switch (random_word() & 3) {
	case 0:
		fake.vector = (int)(random_word() & 0xff);
		guest_x86.input(x, random_word() % 5, random_word() & 1);
		break;
	case 1:
		if (guest_x86.wakes(&x->cpu))
			guest_x86.interrupt(&x->cpu);
		break;
	case 2:
		guest_x86.walk(&x->cpu, random_word(), random_word() & 1, MEM_WRITE, false, &walk);
		break;
	default:
		fake.now_ns += random_word();
		x->shadow = 0;
		break;
	}
}

/* Operands that have few values. */
static void random_call(struct x86 *x)
{
	ir_fn *helper = helpers[random_word() % COUNT_OF(helpers)];
	uint64_t a = random_operand(), b = random_operand(), c = random_operand();

	if (helper == x86_help_segment || helper == x86_help_load_segment) {
		a = random_word() % X86_SEGMENTS;
		if (helper == x86_help_load_segment && a == X86_CS)
			a = X86_DS;
	}
	if (helper == x86_help_far_jump || helper == x86_help_far_call)
		c = random_word() & 1 ? 4 : 2;
	if (helper == x86_help_far_return || helper == x86_help_iret || helper == x86_help_pushf)
		a = random_word() & 1 ? 4 : 2;
	if (helper == x86_help_in || helper == x86_help_out || helper == x86_help_io_check)
		b = 1u << random_word() % 3;
	if (helper == x86_help_popf)
		b = random_word() & 1 ? 4 : 2;
	if (helper == x86_help_read_control || helper == x86_help_write_control ||
	    helper == x86_help_read_debug || helper == x86_help_write_debug)
		a &= 7;
	if (helper == x86_help_write_control)
		b = random_word() & random_word();
	if (helper == x86_help_raise)
		a &= 31;
	fake_raises(x, helper, a, b, c, random_operand(), NULL);
}

static struct x86 *random_system(void)
{
	switch (random_word() & 3) {
	case 0:
		return fake_v86(random_word() & 3);
	case 1:
		return fake_protected(0);
	default:
		return fake_protected(random_word() & 1 ? 1 : 3);
	}
}

static bool random_steps(struct x86 *x)
{
	for (unsigned i = 0; i < STEPS && !x->shut_down; i++) {
		switch (random_word() & 7) {
		case 0:
			random_memory();
			break;
		case 1:
			random_event(x);
			break;
		case 2:
			x->r[random_word() & 7] = random_operand();
			x->r[X86_ESP] = STACK3 - (random_word() & 0x1ffc);
			break;
		default:
			random_call(x);
			break;
		}
		if (!holds_together(x))
			return ok(false, "step %u, pc %#x", i, x->cpu.pc);
	}
	return true;
}

static void test_random_steps(void)
{
	unsigned shut = 0;

	for (unsigned i = 0; i < SYSTEMS; i++) {
		struct x86 *x = random_system();

		if (!random_steps(x))
			return;
		shut += x->shut_down;
	}
	ok(shut > 0 && shut < SYSTEMS, "%u random systems, %u came to a shutdown", SYSTEMS, shut);
}

static void test_random_loads(void)
{
	struct x86 *x = fake_protected(3);
	unsigned loaded = 0, broken = 0;
	size_t count;

	fake_save(x);
	for (unsigned i = 0; i < LOADS; i++) {
		uint8_t *saved = fake_saved(&count), *byte = &saved[random_word() % count];
		uint8_t was = *byte;

		*byte ^= (uint8_t)(1u << (random_word() & 7));
		if (fake_load(x)) {
			loaded++;
			broken += !holds_together(x);
		}
		*byte = was;
	}
	is(broken, 0, "%u of %u damaged states were loaded, all consistent", loaded, LOADS);
	ok(loaded > 0 && loaded < LOADS, "and some were not");
}

void test_random(uint64_t seed)
{
	random_state = seed;
	diag("seed %llu", (unsigned long long)seed);
	test_random_steps();
	test_random_loads();
}
