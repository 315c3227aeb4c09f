/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The x86-64 back end against the interpreter: random blocks, then what random blocks
 * don't reach (x86_64_directed.c).
 *
 *	host_x86_64_test [blocks [seed [options]]]	options: enum ir_random
 */
#include "host/x86_64/emit.h"
#include "random.h"
#include "tap.h"
#include "x86_64_rig.h"

#include <stdlib.h>

static struct ir_block block;
static uint8_t ram_before[FAKE_RAM_BYTES], ram_after[FAKE_RAM_BYTES];
static long only_options = -1;
static unsigned long long operations, code_bytes, raised;

static void print_line(const char *text)
{
	diag("%s", text);
}

static bool complain(uint64_t seed, const char *what, const char *why)
{
	diag("block %#llx, %s: %s", (unsigned long long)seed, what, why);
	ir_print(&block, print_line);
	host_print(rig_code + rig_common, rig_used - rig_common, print_line);
	return false;
}

/* Some blocks become loops: their exits lead back to their start. */
static void make_loop(uint64_t seed)
{
	bool loop = fake_random(&seed) % 3 == 0;

	block.may_loop = loop;
	for (unsigned i = 0; loop && i < block.count; i++) {
		struct ir_op *op = &block.op[i];

		if ((op->op == IR_EXIT || op->op == IR_EXIT_IF) && fake_random(&seed) % 2)
			op->imm = block.pc;
	}
}

/* Whether a loop is to be entered anew by whoever ran it. */
static bool goes_round(unsigned exit, const struct fake *f)
{
	return block.may_loop && exit >= HOST_LINK && exit < HOST_LINK + block.exits &&
	       f->cpu.pc == block.pc;
}

static bool same_effect(uint64_t seed, const void *entry, int32_t budget)
{
	struct fake x;
	char text[100];
	unsigned exit_x, exit_y;

	rig_fill(&x, seed, budget);
	memcpy(fake_ram, ram_before, FAKE_RAM_BYTES);
	do
		exit_x = rig_interpret(&x, &block);
	while (goes_round(exit_x, &x));
	memcpy(ram_after, fake_ram, FAKE_RAM_BYTES);
	rig_fill(&rig_state, seed, budget);
	memcpy(fake_ram, ram_before, FAKE_RAM_BYTES);
	do
		exit_y = rig_execute(entry);
	while (goes_round(exit_y, &rig_state));
	raised += exit_x == RIG_RAISED;
	if (exit_x != exit_y) {
		snprintf(text, sizeof text, "%u, not %u", exit_y, exit_x);
		return complain(seed, "exit", text);
	}
	if (fake_difference(&x, &rig_state, text, sizeof text))
		return complain(seed, "state", text);
	if (memcmp(fake_ram, ram_after, FAKE_RAM_BYTES) != 0)
		return complain(seed, "memory", "differs");
	return true;
}

static bool try_block(uint64_t seed)
{
	static const unsigned sets[] = {
		IR_RANDOM_ALL,
		IR_RANDOM_ALL & ~IR_RANDOM_ABSENT,
		IR_RANDOM_EXITS,
		0,
		IR_RANDOM_ALL & ~(IR_RANDOM_CALLS | IR_RANDOM_SITES),
		IR_RANDOM_ALL & ~(IR_RANDOM_ABSENT | IR_RANDOM_SITES),
		IR_RANDOM_FLOAT | IR_RANDOM_VECTOR,
		IR_RANDOM_LOADS | IR_RANDOM_CALLS,
	};
	struct host_code code;
	uint8_t *entry;

	ir_random(&block, seed,
		  only_options >= 0 ? (unsigned)only_options : sets[seed % COUNT_OF(sets)]);
	block.modes = RIG_MODES;
	make_loop(seed);
	if (seed / COUNT_OF(sets) % 2)
		ir_optimise(&block);
	rig_used = rig_common;
	entry = rig_compile(&block, HOST_LINK, &code);
	if (!entry)
		return complain(seed, "compilation", "failed");
	operations += block.count;
	code_bytes += code.bytes;
	return same_effect(seed, entry, 1000) &&
	       same_effect(seed + 1, entry, (int32_t)block.insns) &&
	       same_effect(seed + 2, entry, (int32_t)block.insns - 1);
}

static void test_random(unsigned long blocks, uint64_t seed, const char *what)
{
	unsigned long done_blocks = 0;
	uint64_t bytes = 7;

	for (size_t i = 0; i < sizeof ram_before; i++)
		ram_before[i] = (uint8_t)fake_random(&bytes);
	operations = code_bytes = raised = 0;
	diag("seed %llu", (unsigned long long)seed);
	rig_empty();
	while (done_blocks < blocks && try_block(seed + done_blocks))
		done_blocks++;
	is(done_blocks, blocks, "random blocks do the same translated and interpreted, %s", what);
	diag("%llu operations, %llu bytes of code, %llu runs raised", operations, code_bytes,
	     raised);
}

int main(int argc, char **argv)
{
	unsigned long blocks = argc > 1 ? strtoul(argv[1], NULL, 0) : 20000;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;

	if (argc > 3)
		only_options = strtol(argv[3], NULL, 0);
	if (!rig_create()) {
		bail_out("no memory below 2 GiB");
		return 1;
	}
	test_random(blocks, seed, "with all the host has");
	test_directed();
	rig_host->bmi1 = rig_host->bmi2 = rig_host->lzcnt = false;
	rig_host->sse41 = rig_host->sse42 = false;
	test_random(blocks, seed, "with the baseline");
	host_destroy(rig_host);
	return done();
}
