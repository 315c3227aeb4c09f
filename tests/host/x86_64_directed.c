/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Tests of translated code by hand-made blocks: links, return predictor, jump cache,
 * budget, floating-point flags and environment, room, many live values.
 */
#include "core/code.h"
#include "core/memory.h"
#include "ir/fp.h"
#include "tap.h"
#include "x86_64_rig.h"

#define SLOT(field) ((unsigned)offsetof(struct fake, field))
#define A 0x8000u
#define B 0x9000u
#define C 0xa000u

static struct ir_block ir;
static struct host_code made;

static void begin(gva pc)
{
	ir_begin(&ir, pc, RIG_MODES, fake_guest.slots);
	ir_insn(&ir, pc);
}

static ir_value reg(unsigned n)
{
	return ir_get(&ir, IR_I32, SLOT(r[n]));
}

static void reg_add(unsigned n, int32_t what)
{
	ir_set(&ir, IR_I32, SLOT(r[n]), ir_binary_imm(&ir, IR_ADD, IR_I32, reg(n), what));
}

/* Compiles it and notes it in the jump cache.  `made` describes it. */
static uint8_t *finish(unsigned first_link)
{
	const char *wrong = ir_verify(&ir);
	uint8_t *entry;

	if (wrong)
		diag("invalid block: %s", wrong);
	entry = rig_compile(&ir, first_link, &made);
	rig_state.cpu.jumps[code_jump_hash(ir.pc)] =
		(struct cpu_jump){ code_tag(ir.pc, ir.modes), entry };
	return entry;
}

static uint8_t *link_at(uint8_t *entry, unsigned n)
{
	return entry - made.entry + made.link[n].at;
}

static void start(int32_t budget)
{
	rig_fill(&rig_state, 1, budget);
	rig_state.cpu.fp_rounding = FP_NEAREST;
	memset(rig_state.r, 0, sizeof rig_state.r);
}

static void test_links(void)
{
	uint8_t *first, *second, *at;

	rig_empty();
	start(100);
	begin(A);
	reg_add(0, 1);
	ir_exit(&ir, B);
	first = finish(100);
	is(made.link_count, 1, "one direct exit");
	is(made.link[0].pc, B, "... to B");
	at = link_at(first, 0);
	begin(B);
	reg_add(0, 10);
	ir_exit(&ir, C);
	second = finish(200);
	is(rig_execute(first), 100, "an exit that isn't linked comes back with its number");
	is(rig_state.cpu.pc, B, "... and its pc");
	host_link(at, second);
	is(rig_execute(first), 200, "linked, it goes on");
	is(rig_state.r[0], 12, "... through the other block");
	host_unlink(rig_host, at);
	is(rig_execute(first), 100, "unlinked, it comes back again");
	is(rig_state.cpu.budget, 96, "each instruction was counted");
}

/* exit_if with instructions left in the block: one jump more. */
static void test_side_exit(void)
{
	uint8_t *entry, *target;

	rig_empty();
	start(100);
	begin(A);
	ir_exit_if(&ir, reg(0), B);
	ir_insn(&ir, A + 4);
	reg_add(1, 1);
	ir_insn(&ir, A + 8);
	ir_exit(&ir, C);
	entry = finish(100);
	is(rig_execute(entry), 101, "not taken");
	is(rig_state.cpu.budget, 97, "... costs all three");
	rig_state.r[0] = 5;
	is(rig_execute(entry), 100, "taken");
	is(rig_state.cpu.budget, 96, "... gives back two");
	{
		uint8_t *at = link_at(entry, 0);

		begin(B);
		ir_exit(&ir, C);
		target = finish(200);
		host_link(at, target);
		is(rig_execute(entry), 200, "linked side exit");
		is(rig_state.cpu.budget, 94, "... gives back as well");
		host_unlink(rig_host, at);
		is(rig_execute(entry), 100, "unlinked side exit");
	}
}

static void test_budget(void)
{
	uint8_t *loop;

	rig_empty();
	start(10);
	begin(A);
	reg_add(0, 1);
	ir_insn(&ir, A + 4);
	ir_insn(&ir, A + 8);
	ir_exit(&ir, A);
	loop = finish(100);
	host_link(link_at(loop, 0), loop);
	is(rig_execute(loop), HOST_BUDGET, "a loop ends when its budget does");
	is(rig_state.r[0], 3, "... after three rounds of three");
	is(rig_state.cpu.budget, 1, "... with one left");
	is(rig_state.cpu.pc, A, "... at the block's start");
	rig_state.cpu.budget = -5;
	is(rig_execute(loop), HOST_BUDGET, "negative budget runs nothing");
	is(rig_state.cpu.budget, -5, "... and stays");
}

static void test_jump_cache(void)
{
	uint8_t *entry;

	rig_empty();
	start(100);
	begin(B);
	reg_add(1, 1);
	ir_exit(&ir, C);
	finish(200);
	begin(A);
	ir_exit_indirect(&ir, reg(0));
	entry = finish(100);
	rig_state.r[0] = B;
	is(rig_execute(entry), 200, "an indirect exit finds its target");
	rig_state.r[0] = C;
	is(rig_execute(entry), HOST_LOOKUP, "... or doesn't");
	is(rig_state.cpu.pc, C, "... and says what it looked for");
	rig_state.cpu.jumps[code_jump_hash(B)].tag = code_tag(B, RIG_MODES ^ 1);
	rig_state.r[0] = B;
	is(rig_execute(entry), HOST_LOOKUP, "other modes are another block");
	rig_state.cpu.jumps[code_jump_hash(B)].tag = 0;
	rig_state.r[0] = 0;
	is(rig_execute(entry), HOST_LOOKUP, "an empty entry isn't pc 0");
}

/* A: r0 times: call B, which returns to what r7 says. */
static void test_returns(void)
{
	uint8_t *caller, *callee, *back, *point, *call;

	rig_empty();
	start(1000);
	begin(A);
	ir_set(&ir, IR_I32, SLOT(r[7]), ir_const32(&ir, A + 4));
	ir_exit_call(&ir, B, A + 4);
	caller = finish(100);
	is(made.link_count, 2, "a call has a target and a return point");
	is(made.link[1].pc, A + 4, "... in this order");
	call = link_at(caller, 0);
	point = link_at(caller, 1);
	begin(B);
	reg_add(1, 1);
	ir_exit_return(&ir, reg(7));
	callee = finish(200);
	begin(A + 4);
	reg_add(2, 1);
	ir_exit_run(&ir, ir_const32(&ir, C));
	back = finish(300);
	host_link(call, callee);
	rig_state.cpu.jumps[code_jump_hash(A + 4)].tag = 0;
	is(rig_execute(caller), 101, "a return comes to the return point, not linked yet");
	is(rig_state.cpu.pc, A + 4, "... with its pc");
	host_link(point, back);
	is(rig_execute(caller), HOST_RUN, "... linked");
	is(rig_state.cpu.pc, C, "exit_run leaves its pc");
	is(rig_execute(callee), HOST_LOOKUP, "a return without a call looks up");
	rig_state.cpu.jumps[code_jump_hash(A + 4)] =
		(struct cpu_jump){ code_tag(A + 4, RIG_MODES), back };
	is(rig_execute(callee), HOST_RUN, "... and may find");
	is(rig_state.r[1], 4, "the callee ran each time");
	is(rig_state.r[2], 2, "the rest when it was reached");
}

/* More calls than the ring has entries, then as many returns. */
static void test_deep_returns(void)
{
	uint8_t *call, *ret;
	unsigned hits = 0;

	rig_empty();
	start(1000);
	begin(A);
	ir_exit_call_indirect(&ir, reg(0), A + 4);
	call = finish(100);
	is(made.link_count, 1, "an indirect call has a return point");
	begin(B);
	ir_exit_return(&ir, reg(7));
	ret = finish(200);
	rig_state.r[0] = C;
	rig_state.r[7] = A + 4;
	for (unsigned i = 0; i < CPU_RETURNS + 4; i++)
		rig_execute(call);
	for (unsigned i = 0; i < CPU_RETURNS; i++)
		hits += rig_execute(ret) == 100;
	is(hits, CPU_RETURNS, "the predictor keeps the last calls");
	memset(rig_state.cpu.returns, 0, sizeof rig_state.cpu.returns);
	is(rig_execute(ret), HOST_LOOKUP, "and nothing once it was cleared");
	ok(rig_state.cpu.return_top < sizeof rig_state.cpu.returns, "its index stays in range");
}

static uint32_t mxcsr(void)
{
	uint32_t value;

	__asm__ volatile("stmxcsr %0" : "=m"(value));
	return value;
}

static uint32_t seen_sticky, seen_mxcsr;

static uint64_t collect_and_clear(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct cpu *the = cpu;

	(void)b, (void)c, (void)d;
	seen_mxcsr = mxcsr();
	fp_collect(the);
	seen_sticky = the->fp_sticky;
	the->fp_sticky = 0;
	if (a) {
		the->pc = C;
		cpu_raise(the);
	}
	return 0;
}

static void test_fp_environment(void)
{
	uint32_t before = mxcsr();
	uint8_t *entry;

	rig_empty();
	start(100);
	begin(A);
	ir_set(&ir, IR_F64, SLOT(v.d[2]),
	       ir_fp(&ir, IR_FDIV, IR_F64, fake_fdiv64, ir_get(&ir, IR_F64, SLOT(v.d[0])),
		     ir_get(&ir, IR_F64, SLOT(v.d[1]))));
	ir_call(&ir, IR_VOID, CALL_SITE | CALL_WRITES, collect_and_clear, reg(0), IR_NONE, IR_NONE,
		IR_NONE);
	ir_exit(&ir, B);
	entry = finish(100);
	rig_state.cpu.fp_rounding = FP_UP;
	rig_state.v.d[0] = 0x3ff0000000000000; /* 1 / 3 */
	rig_state.v.d[1] = 0x4008000000000000;
	is(rig_execute(entry), 100, "a division");
	is(rig_state.v.d[2], 0x3fd5555555555556, "is rounded as the guest says");
	is(seen_sticky, FP_INEXACT, "its flag can be collected in a call");
	is(rig_state.cpu.fp_sticky, 0, "... and isn't raised again at the end");
	is(seen_mxcsr >> 13 & 3, FP_UP, "the call runs in the guest's environment");
	is(mxcsr(), before, "the host's is back");
	rig_state.r[0] = 1;
	rig_state.v.d[1] = 0;
	is(rig_execute(entry), RIG_RAISED, "a raise leaves the block");
	is(seen_sticky, FP_DIVIDE, "division by zero was seen");
	is(mxcsr(), before, "the host's environment is back after a raise too");
	is(rig_state.cpu.pc, C, "pc is the handler's");
	is(rig_state.cpu.budget, 99, "the raising instruction isn't counted");
}

/* Spills beyond the frame, of both kinds of register. */
static void test_many_values(void)
{
	ir_value value[400], sum, vector[200], all;
	uint32_t expected = 0;
	uint8_t *entry;

	rig_empty();
	start(100);
	rig_state.r[0] = 7;
	begin(A);
	for (unsigned i = 0; i < 400; i++) {
		value[i] = ir_binary_imm(&ir, IR_MUL, IR_I32, reg(0), (int32_t)i);
		expected += 7 * i;
	}
	for (unsigned i = 0; i < 200; i++)
		vector[i] = ir_vector(&ir, IR_VDUP, 2, value[i], IR_NONE);
	sum = ir_const32(&ir, 0);
	for (unsigned i = 0; i < 400; i++)
		sum = ir_binary(&ir, IR_ADD, IR_I32, sum, value[399 - i]);
	all = vector[199];
	for (unsigned i = 1; i < 200; i++)
		all = ir_vector(&ir, IR_VADD, 2, all, vector[199 - i]);
	ir_set(&ir, IR_I32, SLOT(r[9]), sum);
	ir_set(&ir, IR_V128, SLOT(v.q[0]), all);
	ir_exit(&ir, B);
	entry = finish(100);
	is(rig_execute(entry), 100, "400 integers and 200 vectors alive");
	is(rig_state.r[9], expected, "integers survive");
	is(rig_state.v.s[3], 7 * 199 * 100, "vectors survive");
}

/* A block as large as can be; with too little room it is refused, and nothing is
 * written behind the room. */
static void test_room(void)
{
	static const struct ir_mem word = { .size = 2 };
	unsigned fits = 0, overrun = 0;
	size_t bytes;

	rig_empty();
	start(100);
	begin(A);
	while (ir.count < IR_MAX_OPS - 8)
		ir_store(&ir, IR_I32, word, reg(0), reg(1));
	ir_exit(&ir, B);
	ok(finish(100) != NULL, "a block of %u stores compiles", ir.count / 3);
	bytes = made.bytes;
	diag("%zu bytes", bytes);
	for (size_t room = 0; room < bytes; room += 509) {
		memset(rig_code + rig_common + room, 0x5a, 4096);
		fits += host_compile(rig_host, &ir, rig_code + rig_common, room, 100, &made);
		for (unsigned i = 0; i < 4096; i++)
			overrun += rig_code[rig_common + room + i] != 0x5a;
	}
	is(fits, 0, "it doesn't fit in less");
	is(overrun, 0, "and doesn't write more than its room");
}

void test_directed(void)
{
	test_links();
	test_side_exit();
	test_budget();
	test_jump_cache();
	test_returns();
	test_deep_returns();
	test_fp_environment();
	test_many_values();
	test_room();
}
