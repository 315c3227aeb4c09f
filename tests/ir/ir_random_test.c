/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random blocks: the verifier accepts them, before and after the optimiser, and both
 * forms do the same with registers, memory, exits, raises and at every site.
 *
 *	ir_random_test [blocks [seed]]
 */
#include "fake_memory.h"
#include "host/host.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>

static struct ir_block original, optimised;
static uint8_t ram_before[FAKE_RAM_BYTES], ram_after[FAKE_RAM_BYTES];
static unsigned long long operations, left, raised;

static void print_line(const char *text)
{
	diag("%s", text);
}

static bool complain(uint64_t seed, const char *what, const char *why)
{
	diag("block %#llx, %s: %s", (unsigned long long)seed, what, why);
	diag("original:");
	ir_print(&original, print_line);
	diag("optimised:");
	ir_print(&optimised, print_line);
	return false;
}

/* The optimiser may drop exits that are never taken, so link numbers may differ. */
static unsigned kind_of(unsigned exit)
{
	return exit == FAKE_RAISED || exit < HOST_LINK ? exit : HOST_LINK;
}

static bool same_effect(uint64_t seed, int32_t budget)
{
	struct fake x, y;
	char text[100];
	unsigned exit_x, exit_y;

	fake_fill(&x, seed);
	x.cpu.budget = budget;
	y = x;
	memcpy(fake_ram, ram_before, sizeof(fake_ram));
	exit_x = run_fake(&x, &original);
	memcpy(ram_after, fake_ram, sizeof(fake_ram));
	memcpy(fake_ram, ram_before, sizeof(fake_ram));
	exit_y = run_fake(&y, &optimised);
	raised += exit_x == FAKE_RAISED;
	if (fake_difference(&x, &y, text, sizeof(text)))
		return complain(seed, "state", text);
	if (kind_of(exit_x) != kind_of(exit_y))
		return complain(seed, "exit", "another kind");
	if (memcmp(fake_ram, ram_after, sizeof(fake_ram)) != 0)
		return complain(seed, "memory", "differs");
	return true;
}

/* Without budget for all of it a block isn't begun. */
static bool wants_budget(uint64_t seed)
{
	struct fake x, y;
	char text[100];

	fake_fill(&x, seed);
	x.cpu.budget = (int32_t)original.insns - 1;
	y = x;
	y.cpu.pc = original.pc;
	if (run_fake(&x, &original) != HOST_BUDGET)
		return complain(seed, "budget", "ran without");
	return !fake_difference(&x, &y, text, sizeof(text)) || complain(seed, "budget", text);
}

static bool try_block(uint64_t seed)
{
	static const unsigned sets[] = {
		IR_RANDOM_ALL,
		IR_RANDOM_ALL,
		IR_RANDOM_EXITS,
		0,
		IR_RANDOM_ALL & ~(IR_RANDOM_CALLS | IR_RANDOM_SITES),
		IR_RANDOM_ALL & ~IR_RANDOM_ABSENT,
	};
	const char *wrong;

	ir_random(&original, seed, sets[seed % COUNT_OF(sets)]);
	optimised = original;
	wrong = ir_verify(&original);
	if (wrong)
		return complain(seed, "verifier, original", wrong);
	ir_optimise(&optimised);
	wrong = ir_verify(&optimised);
	if (wrong)
		return complain(seed, "verifier, optimised", wrong);
	operations += original.count;
	for (unsigned i = 0; i < optimised.count; i++)
		left += optimised.op[i].op != IR_NOP;
	return same_effect(seed, 1000) && same_effect(seed + 1, (int32_t)original.insns) &&
	       wants_budget(seed);
}

/* Integer expressions put together past the builder, which would have folded them: small
 * fields, constants that are neutral somewhere, operations on operations. */

static ir_value add_raw(struct ir_op op)
{
	original.op[original.count] = op;
	return (ir_value)original.count++;
}

static ir_value raw_operand(uint64_t *seed, uint8_t type, bool carry)
{
	for (;;) {
		unsigned back = 1 + fake_random(seed) % (fake_random(seed) >> 63 ? 4 : 64);
		const struct ir_op *op = &original.op[original.count - back % original.count];

		if (back < original.count && ir_result(op) == type &&
		    (!carry || op->op == IR_SETCC || (op->op == IR_CONST && op->imm <= 1)))
			return (ir_value)(op - original.op);
	}
}

static void add_raw_expression(uint64_t *seed)
{
	static const uint8_t narrow[] = { IR_TRUNC, IR_SETCC, IR_SETCC, IR_SELECT };
	static const uint8_t compares[] = { IR_CC_Z, IR_CC_NZ, IR_CC_B,  IR_CC_AE, IR_CC_BE,
					    IR_CC_A, IR_CC_L,  IR_CC_GE, IR_CC_LE, IR_CC_G };
	uint64_t x = fake_random(seed);
	struct ir_op op = { .op = IR_ADD + x % (IR_SETCC - IR_ADD + 1),
			    .type = x >> 32 & 1 ? IR_I64 : IR_I32,
			    .arg = { IR_NONE, IR_NONE, IR_NONE, IR_NONE } };
	unsigned width, pos;

	if (x >> 33 & 1)
		op.op = narrow[x >> 34 & 3];
	if (op.op == IR_UMULH || op.op == IR_SMULH || op.op == IR_CONCAT ||
	    (op.op >= IR_ZEXT && op.op <= IR_SEXT))
		op.type = IR_I64;
	if (op.op == IR_TRUNC)
		op.type = IR_I32;
	if (op.op == IR_SETCC)
		op.cc = compares[(x >> 40) % COUNT_OF(compares)];
	width = 8 * ir_type_bytes(op.type);
	pos = (x >> 44) % (x >> 50 & 1 ? width : 9);
	if (op.op >= IR_EXTRACT && op.op <= IR_DEPOSIT)
		op.slot = (uint16_t)(pos | (1 + (x >> 52) % (width - pos)) << 8);
	for (unsigned i = 0; i < ir_info(op.op)->args; i++) {
		uint8_t type = ir_info(op.op)->operand[i];

		op.arg[i] = raw_operand(seed, type == IR_T ? op.type : type,
					i == 2 && op.op != IR_SELECT);
	}
	add_raw(op);
}

static bool try_expressions(uint64_t seed)
{
	static const uint64_t constants[] = { 0, 1, UINT64_MAX, 32, 0xff, 0x80000000 };
	uint64_t state = seed;

	ir_begin(&original, 0x8000, 0, fake_guest.slots);
	ir_insn(&original, 0x8000);
	for (unsigned i = 0; i < 4; i++) {
		ir_get(&original, IR_I32, offsetof(struct fake, r[i]));
		ir_get(&original, IR_I64, offsetof(struct fake, x[i]));
	}
	for (unsigned i = 0; i < COUNT_OF(constants); i++) {
		ir_const(&original, IR_I32, constants[i]);
		ir_const(&original, IR_I64, constants[i]);
	}
	for (unsigned i = 0; i < 24; i++)
		add_raw_expression(&state);
	for (unsigned i = 0; i < 16; i++)
		ir_set(&original, IR_I32, offsetof(struct fake, r[i]),
		       raw_operand(&state, IR_I32, false));
	for (unsigned i = 0; i < 4; i++)
		ir_set(&original, IR_I64, offsetof(struct fake, x[i]),
		       raw_operand(&state, IR_I64, false));
	ir_exit(&original, 0);
	optimised = original;
	ir_optimise(&optimised);
	if (ir_verify(&original) || ir_verify(&optimised))
		return complain(seed, "verifier, expressions",
				ir_verify(&original) ? ir_verify(&original) :
						       ir_verify(&optimised));
	return same_effect(seed, 1) && same_effect(seed + 1, 1);
}

int main(int argc, char **argv)
{
	unsigned long blocks = argc > 1 ? strtoul(argv[1], NULL, 0) : 20000;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1, bytes = 7;
	unsigned long done_blocks = 0, expressions = 0;

	for (size_t i = 0; i < sizeof(ram_before); i++)
		ram_before[i] = (uint8_t)fake_random(&bytes);
	diag("seed %llu", (unsigned long long)seed);
	while (done_blocks < blocks && try_block(seed + done_blocks))
		done_blocks++;
	is(done_blocks, blocks, "random blocks are valid, and the optimiser keeps their effect");
	diag("%llu operations, %llu after optimising; %llu of %lu runs raised", operations, left,
	     raised, 2 * blocks);
	ok(blocks < 1000 || left < operations, "the optimiser removes something");
	while (expressions < blocks && try_expressions(seed + expressions))
		expressions++;
	is(expressions, blocks, "random expressions keep their value when folded");
	ok(blocks < 1000 || (raised > blocks / 100 && raised < blocks),
	   "some blocks raise, not all");
	return done();
}
