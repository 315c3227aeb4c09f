/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The memory system with the ARM guest's long descriptors: random tables of three levels
 * in real RAM, changed, exchanged and flushed in all the ways that an operating system
 * may, while loads and stores are compared with fresh walks.  What memory.c must cope
 * with here: words of 8 bytes, two of them above a page, blocks of 2 MiB and 1 GiB.
 */
#include <stdlib.h>
#include <time.h>

#include "core/clock_core.h"
#include "guest/arm/system.h"
#include "tap.h"

#define RAM 0x40000000u
#define RAM_BYTES (4u << 20)
#define DATA (RAM + (1u << 20)) /* below it are tables */
#define PAGES 48                /* of tables; the first ones are of level 1 */
#define ROUNDS 100000

#define CP15(crn, crm, opc2) ((uint32_t)(crn) << 16 | (crm) << 8 | (opc2) << 4 | 15)
#define TTBR_64(n) ((uint32_t)(n) << 12 | 2 << 8 | 15)

static struct arm arm;
static struct bus *bus;
static uint64_t random_state;
static unsigned loads, stores, faults;

static uint32_t random_below(uint32_t n)
{
	random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)((random_state >> 33) % n);
}

static gpa table_page(unsigned n)
{
	return RAM + (gpa)n * PAGE_BYTES;
}

/* Pages of tables by level: 4 for level 1, 12 for 2, 32 for 3. */
static gpa random_table(unsigned level)
{
	static const unsigned first[] = { 0, 0, 4, 16, PAGES };

	return table_page(first[level] + random_below(first[level + 1] - first[level]));
}

/* Most addresses are in few tables' reach, so that walks often get somewhere. */
static gva random_address(void)
{
	gva address = random_below(4) << 30 | random_below(4) << 21 | random_below(6) << 12;

	if (random_below(4) == 0)
		address |= random_below(1u << 30) & ~3u;
	return address | (random_below(PAGE_BYTES / 4) * 4);
}

static uint64_t random_descriptor(unsigned level)
{
	static const uint64_t limits[] = { 0, 0, 0, 0, 1ull << 61, 1ull << 62, 3ull << 61 };
	uint64_t rights = random_below(4) << 6 | (random_below(16) ? 1u << 10 : 0);
	uint64_t target = DATA + random_below((RAM + RAM_BYTES - DATA) >> 12) * PAGE_BYTES;

	if (random_below(8) == 0)
		return 0;
	if (level < 3 && random_below(4))
		return random_table(level + 1) | 3 | limits[random_below(COUNT_OF(limits))];
	if (random_below(32) == 0)
		target = random_below(256) * 0x100000000ull;
	if (level < 3)
		target &= ~((1ull << (level == 2 ? 21 : 30)) - 1);
	return target | rights | (level == 3 ? 3 : 1);
}

static void change(gpa at, unsigned level)
{
	uint64_t descriptor = random_descriptor(level);

	bus_load(bus, at, &descriptor, sizeof descriptor);
}

/* A system instruction, as the privileged part of the system would execute it. */
static void helper(ir_fn *fn, uint32_t encoding, uint64_t value)
{
	bool user = !arm_privileged(&arm);

	arm_cpsr_write(&arm, ARM_SYS, ARM_PSR_MODE);
	fn(&arm, encoding, value, 0, 0);
	arm_cpsr_write(&arm, user ? ARM_USR : ARM_SYS, ARM_PSR_MODE);
}

static void choose_table(void)
{
	unsigned n = random_below(2);
	gpa table = random_table(1) | random_below(2) << 5;

	helper(arm_help_mcrr, TTBR_64(n), table | (uint64_t)random_below(4) << 48);
}

static void choose_format(void)
{
	static const uint32_t sizes[] = { 0, 0, 1 << 16, 2 << 16, 1, 2, 2 << 16 | 1 };

	helper(arm_help_mcr, CP15(2, 0, 2), TTBCR_EAE | sizes[random_below(COUNT_OF(sizes))]);
}

/* True if the access was made, false if it was aborted.  Not inlined: the unwinding
 * restores no registers, but this function does, when it returns. */
static __attribute__((noinline)) bool try_access(gva address, bool write, uint32_t *value)
{
	struct ir_mem how = { .size = 2, .space = arm.space_current & 3 };

	if (__builtin_setjmp(arm.cpu.unwind))
		return false;
	if (write)
		mem_store(&arm.cpu, address, how, *value);
	else
		*value = (uint32_t)mem_load(&arm.cpu, address, how);
	return true;
}

static bool check_fault(const struct mem_walk *walk, bool write)
{
	uint32_t wanted = (walk->fault ? walk->fault : LONG_FAULT_EXTERNAL) | (write ? FSR_WNR : 0);

	faults++;
	return arm.c15.dfsr == wanted;
}

static bool disagree(const char *what, gva address, const struct mem_walk *walk)
{
	diag("%s: %#x, %u words, 2^%u, page %#llx, rights %u, walk's fault %#x, dfsr %#x", what,
	     address, walk->pte_count, walk->span_log2, (unsigned long long)walk->page,
	     walk->rights, walk->fault, arm.c15.dfsr);
	return false;
}

static bool check_access(gva address)
{
	bool write = random_below(3) == 0, user = !arm_privileged(&arm), allowed;
	uint32_t value = random_below(~0u), before, after = value;
	struct mem_walk walk;
	gpa at;

	allowed =
		arm_translate_address(&arm, address, user, 0, write ? MEM_WRITE : MEM_READ, &walk);
	if (allowed)
		walk.fault = 0;
	at = walk.page | (address & PAGE_MASK);
	/* Tables stay as they are. */
	if (allowed && write && at < DATA && at >= RAM)
		return true;
	allowed = allowed && bus_read(bus, at, &before, sizeof before);
	if (!try_access(address, write, &after)) {
		arm_cpsr_write(&arm, user ? ARM_USR : ARM_SYS, ARM_PSR_MODE);
		return (!allowed && check_fault(&walk, write)) ||
		       disagree("aborted", address, &walk);
	}
	loads += !write;
	stores += write;
	if (!allowed)
		return disagree("not aborted", address, &walk);
	if (!write)
		return after == before || disagree("loaded", address, &walk);
	return (bus_read(bus, at, &after, sizeof after) && after == value) ||
	       disagree("stored", address, &walk);
}

/* By the manual, not by what the walk says of itself. */
static unsigned span_of(const struct mem_walk *walk)
{
	unsigned size = arm.c15.ttbcr >> (walk->pte[0].root == ARM_ROOT_TTBR1 ? 16 : 0) & 7;
	unsigned level = walk->pte_count + (size > 1);

	return level == 1 ? 30 : level == 2 ? 21 : 12;
}

/* Changes the word that maps an address.  Flushing that address is enough for all of the
 * block that had been mapped there, not for other blocks that the same word may map. */
static bool change_mapping(gva address)
{
	const struct mem_pte *last;
	struct mem_walk walk;
	gva other = address;
	gpa at;

	arm_translate_address(&arm, address, false, 0, MEM_READ, &walk);
	if (!walk.pte_count)
		return true;
	last = &walk.pte[walk.pte_count - 1];
	at = last->address + arm_root(&arm.cpu, last->root);
	if (at < table_page(0) || at >= table_page(PAGES))
		return true;
	if (walk.rights) /* something is mapped */
		other ^= (other ^ random_address()) & ((1u << span_of(&walk)) - 1);
	if (!check_access(other))
		return false;
	change(at, at < table_page(4) ? 1 : at < table_page(16) ? 2 : 3);
	helper(arm_help_mcr, CP15(8, 7, 1), address);
	return check_access(address) && check_access(other);
}

static bool change_tables(void)
{
	unsigned level = 1 + random_below(3);

	if (random_below(2)) {
		if (!change_mapping(random_address()))
			return false;
	} else {
		change(random_table(level) + random_below(random_below(2) ? 8 : 512) * 8, level);
	}
	helper(arm_help_mcr, CP15(8, 7, 0), 0);
	return true;
}

static bool step(void)
{
	switch (random_below(16)) {
	case 0:
		choose_table();
		break;
	case 1:
		if (random_below(8) == 0)
			choose_format();
		break;
	case 2:
		arm_cpsr_write(&arm, random_below(2) ? ARM_USR : ARM_SYS, ARM_PSR_MODE);
		break;
	case 3:
	case 4:
		if (!change_tables())
			return false;
		break;
	default:
		break;
	}
	for (unsigned i = 0; i < 8; i++)
		if (!check_access(random_address()))
			return false;
	return true;
}

/* Time stands still. */
static uint64_t no_instructions(void *context)
{
	(void)context;
	return 0;
}

static void prepare(void)
{
	bus = bus_create();
	arm.cpu.clock = clock_create(true, no_instructions, NULL);
	arm.cpu.bus = bus;
	arm.cpu.guest = &guest_arm;
	bus_add_ram(bus, RAM, RAM_BYTES, NULL);
	arm.cpu.mem = mem_create(&arm.cpu, bus);
	guest_arm.create(&arm.cpu, "cortex-a15");
	guest_arm.reset(&arm.cpu);
	for (unsigned n = 0; n < PAGES; n++)
		for (unsigned word = 0; word < 512; word++)
			change(table_page(n) + word * 8, n < 4 ? 1 : n < 16 ? 2 : 3);
	for (gpa at = DATA; at < RAM + RAM_BYTES; at += 4) {
		uint32_t value = (uint32_t)at;

		bus_load(bus, at, &value, sizeof value);
	}
	choose_format();
	choose_table();
	helper(arm_help_mcr, CP15(1, 0, 0), arm.c15.sctlr | SCTLR_M);
}

int main(int argc, char **argv)
{
	unsigned done_rounds = 0;

	random_state = argc > 1 ? strtoull(argv[1], NULL, 0) : (uint64_t)time(NULL);
	diag("seed %llu", (unsigned long long)random_state);
	prepare();
	while (done_rounds < ROUNDS && step())
		done_rounds++;
	is(done_rounds, ROUNDS, "rounds");
	diag("%u loads, %u stores, %u faults", loads, stores, faults);
	ok(loads > 1000 && stores > 1000 && faults > 1000, "that saw something");
	return done();
}
