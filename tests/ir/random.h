/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random blocks of intermediate code over a small fake guest (fake.h), to compare what
 * executes them: the interpreter with a host back end, an optimised block with the
 * original.
 *
 *	struct ir_block b;
 *	struct fake x, y;
 *
 *	fake_fill(&x, seed);		random registers; the rest is zeroed
 *	x.cpu.budget = 1000;		what else the program needs: mem, unwind ...
 *	y = x;
 *	ir_random(&b, seed, IR_RANDOM_ALL);
 *	... run b on x one way, on y the other ...
 *	if (fake_difference(&x, &y, text, sizeof text))
 *		diag("seed %llu: %s", seed, text);
 *
 * The same seed and options give the same block and the same state again (in a program
 * made by the same compiler).  Addresses in the blocks are those named FAKE_ in fake.h:
 * mostly RAM, some in the page that should take the slow way, with IR_RANDOM_ABSENT
 * also in that part where an access should raise.  Every eighth access may be
 * misaligned, and some demand alignment.
 *
 * Link with random.c, fake.c and fake_fp.c; the program provides mem_load and its
 * relatives (core/memory.h) and cpu_raise (core/cpu.h), or takes fake_memory.c.
 */
#ifndef TESTS_IR_RANDOM_H
#define TESTS_IR_RANDOM_H

#include "fake.h"
#include "ir/ir.h"

enum ir_random {
	IR_RANDOM_LOADS = 1, /* loads and stores */
	IR_RANDOM_SPANS = 2,
	IR_RANDOM_CALLS = 4, /* that don't raise */
	IR_RANDOM_SITES = 8, /* calls with CALL_SITE, which raise sometimes */
	IR_RANDOM_FLOAT = 16,
	IR_RANDOM_VECTOR = 32,
	IR_RANDOM_EXITS = 64,   /* side exits */
	IR_RANDOM_ABSENT = 128, /* accesses that raise */
	IR_RANDOM_ALL = 255,
};

void ir_random(struct ir_block *b, uint64_t seed, unsigned options);

#endif
