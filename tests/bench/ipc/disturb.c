/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The disturbers, see disturb.h.
 *
 * The first space has 16 MiB of root's memory in pages of 4 KiB, which it maps on
 * to the second, third and a fourth one: a page's tree is then up to three deep
 * and two wide below the first space.  Figures grow with these sizes only where the
 * kernel has no preemption point.
 */
#include "disturb.h"
#include <l4/thread.h>

#define ARENA_BITS 24
#define ARENA_SIZE (1ull << ARENA_BITS)
#define SUPER_BITS 21
#define DEEP_BITS 16
#define DEEP_PAIRS 120 /* the chain is twice as deep */
#define IO_PIECES 256
#define IO_PIECES_BASE 0x8000
#define RANDOM_US 2000
#define SPINNER_PRIORITY 1
#define RANDOM_PRIORITY (BENCH_LOW_PRIORITY + 10)

/* Addresses in the other spaces. */
#define SMALL_VA 0x100000000ull
#define COPY_VA(i) (0x200000000ull + (i)*ARENA_SIZE)
#define SUPER_VA(i) (0x400000000ull + (i)*AGENT_SUPER_SIZE)
#define DEEP_VA(i) (0x500000000ull + ((l4_word_t)(i) << DEEP_BITS))

volatile enum disturb_phase disturb_phase;
volatile bool disturb_stop;

static struct l4_fpage arena, super;

static void give(enum bench_thread agent, l4_word_t from, unsigned bits, l4_word_t to)
{
	struct l4_map_item item = l4_map_item(l4_fpage(from, bits, L4_RIGHTS_ALL), to);

	agent_give(agent, item.base, item.fpage.raw);
}

/* Lets an agent map from its space to another's. */
static void pass(enum bench_thread from_agent, l4_word_t from, unsigned bits,
		 enum bench_thread to_agent, l4_word_t to)
{
	struct l4_map_item item = l4_map_item(l4_fpage(from, bits, L4_RIGHTS_ALL), to);

	agent_do(from_agent, AGENT_SEND, bench_id(to_agent).raw, item.base, item.fpage.raw);
}

static void take_back(enum bench_thread agent, l4_word_t base, unsigned bits, l4_word_t control)
{
	agent_do(agent, AGENT_UNMAP, l4_fpage(base, bits, L4_RIGHTS_ALL).raw, control, 0);
}

static void quiet_round(void)
{
	while (!disturb_stop)
		;
}

/* A wide and deep tree, taken down from its root. */
static void unmap_round(void)
{
	disturb_phase = DISTURB_MAP;
	for (unsigned i = 0; i < 2; i++) {
		pass(BENCH_CHILD_AGENT, SMALL_VA, ARENA_BITS, BENCH_SECOND_AGENT, COPY_VA(i));
		pass(BENCH_SECOND_AGENT, COPY_VA(i), ARENA_BITS, BENCH_THIRD_AGENT, COPY_VA(i));
	}
	disturb_phase = DISTURB_UNMAP;
	take_back(BENCH_CHILD_AGENT, SMALL_VA, ARENA_BITS, 0);
}

/* The same by the end of the space in the middle. */
static void delete_round(void)
{
	disturb_phase = DISTURB_MAP;
	bench_start(BENCH_DOOMED_AGENT, agent_main, BENCH_LOW_PRIORITY, 0);
	pass(BENCH_CHILD_AGENT, SMALL_VA, ARENA_BITS, BENCH_DOOMED_AGENT, COPY_VA(0));
	pass(BENCH_CHILD_AGENT, SMALL_VA, ARENA_BITS, BENCH_DOOMED_AGENT, COPY_VA(1));
	pass(BENCH_DOOMED_AGENT, COPY_VA(0), ARENA_BITS, BENCH_SECOND_AGENT, COPY_VA(0));
	pass(BENCH_DOOMED_AGENT, COPY_VA(1), ARENA_BITS, BENCH_THIRD_AGENT, COPY_VA(0));
	disturb_phase = DISTURB_DELETE;
	bench_delete(BENCH_DOOMED_AGENT);
}

/* Pages mapped to and fro between two spaces, read everywhere, and unmapped. */
static void deep_round(void)
{
	const l4_word_t step = 1 << (DEEP_BITS - L4_PAGE_BITS);

	disturb_phase = DISTURB_MAP;
	pass(BENCH_CHILD_AGENT, SMALL_VA, DEEP_BITS, BENCH_SECOND_AGENT, DEEP_VA(0));
	for (unsigned i = 0; i + 1 < DEEP_PAIRS; i++) {
		pass(BENCH_SECOND_AGENT, DEEP_VA(i), DEEP_BITS, BENCH_CHILD_AGENT, DEEP_VA(i));
		pass(BENCH_CHILD_AGENT, DEEP_VA(i), DEEP_BITS, BENCH_SECOND_AGENT, DEEP_VA(i + 1));
	}
	agent_do(BENCH_CHILD_AGENT, AGENT_TOUCH, DEEP_VA(0), (DEEP_PAIRS - 1) * step, 0);
	agent_do(BENCH_SECOND_AGENT, AGENT_TOUCH, DEEP_VA(0), DEEP_PAIRS * step, 0);
	disturb_phase = DISTURB_DEEP;
	take_back(BENCH_CHILD_AGENT, SMALL_VA, DEEP_BITS, 0);
}

static void string_round(void)
{
	disturb_phase = DISTURB_STRING;
	agent_do(BENCH_CHILD_AGENT, AGENT_SEND, bench_id(BENCH_SECOND_AGENT).raw,
		 l4_string_head(1 << AGENT_STRING_BITS, 1), SMALL_VA);
}

static void random_round(void)
{
	disturb_phase = DISTURB_RANDOM;
	bench_start(BENCH_DOOMED_FIRST, random_main, BENCH_LOW_PRIORITY, 0);
	bench_start(BENCH_DOOMED_SINK, random_sink_main, BENCH_LOW_PRIORITY, 0);
	l4_sleep_us(RANDOM_US);
	bench_delete(BENCH_DOOMED_FIRST);
	bench_delete(BENCH_DOOMED_SINK);
}

/* 4 KiB out of superpages: flushed by a receiver, unmapped from all that are derived
 * from ours, granted out of as many as one message can name. */
static void split_round(void)
{
	l4_word_t base = l4_fpage_base(super);
	struct l4_fpage whole = l4_fpage(base, SUPER_BITS, L4_RIGHTS_ALL);

	for (unsigned grants = 0; grants < 2; grants++) {
		disturb_phase = DISTURB_MAP;
		for (unsigned i = 0; i < AGENT_GRANTS; i++)
			give(BENCH_CHILD_AGENT, base, SUPER_BITS, SUPER_VA(i));
		disturb_phase = DISTURB_SPLIT;
		if (grants) {
			agent_do(BENCH_CHILD_AGENT, AGENT_GRANT, bench_id(BENCH_SECOND_AGENT).raw,
				 SUPER_VA(0), 0);
		} else {
			take_back(BENCH_CHILD_AGENT, SUPER_VA(0), L4_PAGE_BITS, L4_UNMAP_FLUSH);
			l4_unmap_fpage(l4_fpage(base, L4_PAGE_BITS, L4_RIGHTS_ALL));
		}
		disturb_phase = DISTURB_UNMAP;
		l4_unmap_fpage(whole);
	}
}

static void thread_round(void)
{
	disturb_phase = DISTURB_THREAD;
	if (!l4_thread_control(bench_id(BENCH_VICTIM), l4_root(), l4_root(), l4_root(),
			       bench_utcb_block(BENCH_VICTIM)))
		bench_fail("can't create a thread");
	bench_delete(BENCH_VICTIM);
}

/* Ports through two spaces: all that root has, then single ones with gaps. */
static void io_round(void)
{
	struct l4_fpage ports = l4_io_fpage(0, 16, L4_RIGHTS_ALL);
	struct l4_thread_id second = bench_id(BENCH_SECOND_AGENT);

	disturb_phase = DISTURB_IO;
	agent_give(BENCH_CHILD_AGENT, L4_ITEM_MAP, ports.raw);
	agent_do(BENCH_CHILD_AGENT, AGENT_SEND, second.raw, L4_ITEM_MAP, ports.raw);
	l4_unmap_fpage(ports);
	disturb_phase = DISTURB_MAP;
	for (unsigned i = 0; i < IO_PIECES; i++)
		agent_give(BENCH_CHILD_AGENT, L4_ITEM_MAP,
			   l4_io_fpage(IO_PIECES_BASE + 2 * i, 0, L4_RIGHTS_ALL).raw);
	disturb_phase = DISTURB_IO;
	agent_do(BENCH_CHILD_AGENT, AGENT_SEND, second.raw, L4_ITEM_MAP, ports.raw);
	l4_unmap_fpage(ports);
}

static void (*const rounds[DISTURB_PHASES])(void) = {
	[DISTURB_QUIET] = quiet_round,   [DISTURB_UNMAP] = unmap_round,
	[DISTURB_DELETE] = delete_round, [DISTURB_DEEP] = deep_round,
	[DISTURB_STRING] = string_round, [DISTURB_RANDOM] = random_round,
	[DISTURB_SPLIT] = split_round,   [DISTURB_THREAD] = thread_round,
	[DISTURB_IO] = io_round,
};

/* Runs when nobody else does: while all CPUs are idle, QEMU's virtual time goes
 * with the host's instead of with instructions. */
static _Noreturn void spinner_main(void)
{
	for (;;)
		__asm__ volatile("");
}

static void (*current_round)(void);

static _Noreturn void disturber_main(void)
{
	while (!disturb_stop)
		current_round();
	l4_set_tag(l4_tag(0, 0, 0));
	l4_send(l4_root());
	l4_halt();
}

void disturb_start(enum disturb_phase phase)
{
	unsigned priority = phase == DISTURB_RANDOM ? RANDOM_PRIORITY : BENCH_LOW_PRIORITY;

	disturb_stop = false;
	disturb_phase = DISTURB_QUIET;
	current_round = rounds[phase];
	bench_start(BENCH_DISTURBER, disturber_main, priority, 0);
}

/* The largest blocks of ports; some in the lowest are the kernel's. */
static void request_ports(void)
{
	for (unsigned bits = 15; bits > 10; bits--)
		if (l4_fpage_is_nil(l4_sigma0_request(l4_io_fpage(1u << bits, bits, L4_RIGHTS_ALL),
						      L4_MEMORY_DEFAULT)))
			bench_fail("no I/O ports");
}

static struct l4_fpage request_memory(unsigned bits)
{
	struct l4_fpage any = { L4_ANY_BASE | bits << 4 };

	return l4_sigma0_request(any, L4_MEMORY_DEFAULT);
}

void disturb_set_up(void)
{
	l4_word_t base;

	request_ports();
	arena = request_memory(ARENA_BITS);
	super = request_memory(SUPER_BITS);
	if (l4_fpage_is_nil(arena) || l4_fpage_is_nil(super))
		bench_fail("no memory");
	bench_start(BENCH_SPINNER, spinner_main, SPINNER_PRIORITY, 0);
	bench_start(BENCH_CHILD_AGENT, agent_main, BENCH_LOW_PRIORITY, 0);
	bench_start(BENCH_SECOND_AGENT, agent_main, BENCH_LOW_PRIORITY, 0);
	bench_start(BENCH_THIRD_AGENT, agent_main, BENCH_LOW_PRIORITY, 0);
	base = l4_fpage_base(arena);
	for (l4_word_t at = 0; at < ARENA_SIZE; at += L4_PAGE_SIZE)
		give(BENCH_CHILD_AGENT, base + at, L4_PAGE_BITS, SMALL_VA + at);
	give(BENCH_SECOND_AGENT, base, AGENT_STRING_BITS, AGENT_STRING_SINK);
}
