/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The ARM front end's integer part: small programs, translated and interpreted, each in
 * blocks as large as can be, optimised, in blocks of one and of two instructions.  All
 * must lead to the same state after the same number of instructions.
 */
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#include "run.h"

#define CODE 0x8000u
#define DATA 0x20000u /* word i is 0x1000 + i */
#define DATA_WORDS 64

/* mov r0, #0; mov r1, #10; 1: add r0, r0, r1; subs r1, r1, #1; bne 1b */
static const uint32_t code_sum[] = {
	0xe3a00000, 0xe3a0100a, 0xe0800001, 0xe2511001, 0x1afffffc,
};

/* mov r4, lr; mov r0, #1; bl 2f; add r0, r0, #16; b 3f; 2: add r0, r0, #2; bx lr; nop; 3:
 * nop */
static const uint32_t code_call[] = {
	0xe1a0400e, 0xe3a00001, 0xeb000001, 0xe2800010, 0xea000002,
	0xe2800002, 0xe12fff1e, 0xe320f000, 0xe320f000,
};

/* adr r1, 1f + 1; blx r1; add r0, r0, #1; b 2f; .thumb; 1: movs r0, #5; bx lr; .arm; .balign
 * 4; 2: nop */
static const uint32_t code_interwork[] = {
	0xe28f1009, 0xe12fff31, 0xe2800001, 0xea000000, 0x47702005, 0xe320f000,
};

/* mov r4, #4; mov r5, #5; adr lr, 1f; push {r4, r5, lr}; mov r4, #0; mov r5, #0; pop {r4,
 * r5, pc}; udf #0; 1: stmib r6!, {r4, r5}; ldmda r6!, {r0, r1}; stmda r6, {r4, r5}; ldmdb
 * r7!, {r2, r3} */
static const uint32_t code_stack[] = {
	0xe3a04004, 0xe3a05005, 0xe28fe010, 0xe92d4030, 0xe3a04000, 0xe3a05000,
	0xe8bd8030, 0xe7f000f0, 0xe9a60030, 0xe8360003, 0xe8060030, 0xe937000c,
};

/* ldr r0, 1f; ldr pc, 2f; 1: .word 0x12345678; 2: .word 0x801c; udf #0; udf #0; nop; nop */
static const uint32_t code_literal[] = {
	0xe59f0000, 0xe59ff000, 0x12345678, 0x0000801c,
	0xe7f000f0, 0xe7f000f0, 0xe320f000, 0xe320f000,
};

/* cmp r0, r1; moveq r2, #1; movne r2, #2; ldrhi r3, [r6]; strls r0, [r6]; addlt r4, r4, #1;
 * addges r4, r4, #2; mvnmi r5, #0 */
static const uint32_t code_conditions[] = {
	0xe1500001, 0x03a02001, 0x13a02002, 0x85963000,
	0x95860000, 0xb2844001, 0xa2944002, 0x43e05000,
};

/* adds r0, r0, r1; adcs r2, r2, r3; sbcs r4, r4, r5; movs r6, r6, rrx; adc r7, r7, r7 */
static const uint32_t code_carry[] = {
	0xe0900001, 0xe0b22003, 0xe0d44005, 0xe1b06066, 0xe0a77007,
};

/* cmp r0, #3; itete eq; moveq r1, #1; ldrne r1, [r6]; addeq r2, #1; strne r0, [r6, #4]; ittt
 * eq; ldreq r3, [r6]; streq r3, [r6, #8]; addeq r3, #1; ite hs; cmphs r0, r1; cmplo r1, r0;
 * it hi; addhi r4, #1 */
static const uint16_t code_it[] = {
	0x2803, 0xbf0b, 0x2101, 0x6831, 0x3201, 0x6070, 0xbf02, 0x6833,
	0x60b3, 0x3301, 0xbf2c, 0x4288, 0x4281, 0xbf88, 0x3401,
};

/* tbb [pc, r0]; .byte 2, 3, 4, 0; 1: movs r1, #1; movs r2, #2; movs r3, #3; cbz r0, 2f; movs
 * r4, #4; 2: cbnz r0, 3f; movs r5, #5; 3: nop */
static const uint16_t code_table[] = {
	0xe8df, 0xf000, 0x0302, 0x0004, 0x2101, 0x2202,
	0x2303, 0xb100, 0x2404, 0xb900, 0x2505, 0xbf00,
};

/* ldrex r0, [r6]; add r0, r0, #1; strex r1, r0, [r6]; strex r2, r0, [r6]; ldrexd r4, r5,
 * [r7]; strexd r3, r4, r5, [r7]; ldrexb r8, [r6]; clrex; strexb r9, r8, [r6]; swp r10, r0,
 * [r6] */
static const uint32_t code_exclusive[] = {
	0xe1960f9f, 0xe2800001, 0xe1861f90, 0xe1862f90, 0xe1b74f9f,
	0xe1a73f94, 0xe1d68f9f, 0xf57ff01f, 0xe1c69f98, 0xe106a090,
};

/* cpsid if; mrs r0, cpsr; msr cpsr_f, #0xa0000000; mrs r1, cpsr; cps #0x1f; mov sp, r6; cps
 * #0x12; mov sp, r7; srsdb sp!, #0x1f; mrs r2, cpsr; setend be; ldr r3, [r8, #-4]; setend
 * le; stmia r8, {r8, sp, lr}^ */
static const uint32_t code_system[] = {
	0xf10c00c0, 0xe10f0000, 0xe328f20a, 0xe10f1000, 0xf102001f, 0xe1a0d006, 0xf1020012,
	0xe1a0d007, 0xf96d051f, 0xe10f2000, 0xf1010200, 0xe5183004, 0xf1010000, 0xe8c86100,
};

/* msr spsr_cxsf, r0; mov lr, r1; subs pc, lr, #4; .thumb; .inst.n 0x2201; .inst.n 0x6833;
 * .inst.n 0x2402; nop */
static const uint32_t code_return[] = {
	0xe16ff000, 0xe1a0e001, 0xe25ef004, 0x68332201, 0xbf002402,
};

/* mov r4, #1; ldmia r5!, {r0, r1}; mov r4, #2 */
static const uint32_t code_fault[] = {
	0xe3a04001,
	0xe8b50003,
	0xe3a04002,
};

/* ldr r0, [r6, #1]; ldrh r1, [r6, #3]; ldrd r2, r3, [r6, #1]; mov r4, #9 */
static const uint32_t code_misaligned[] = {
	0xe5960001,
	0xe1d610b3,
	0xe1c620d1,
	0xe3a04009,
};

/* mov r1, #1; add pc, pc, r1, lsl #2; udf #0; udf #0; adr lr, 1f; cmp r1, #1; moveq pc, lr;
 * udf #0; 1: push {lr}; popne {pc}; pop {r3}; mov r2, #3 */
static const uint32_t code_jumps[] = {
	0xe3a01001, 0xe08ff101, 0xe7f000f0, 0xe7f000f0, 0xe28fe008, 0xe3510001,
	0x01a0f00e, 0xe7f000f0, 0xe52de004, 0x149df004, 0xe49d3004, 0xe3a02003,
};

/* movs r0, #4; add pc, r0; udf #0; udf #0; udf #0; ldr r1, 2f; cmp r0, #4; ittt eq; moveq
 * r2, #5; ldreq r4, [r6]; beq 1f; udf #0; .balign 4; 1: bx pc; nop; .arm; mov r3, #7;
 * .balign 4; b 3f; 2: .word 0x01020304; 3: nop */
static const uint16_t code_thumb_jumps[] = {
	0x2004, 0x4487, 0xde00, 0xde00, 0xde00, 0x4906, 0x2804, 0xbf02, 0x2205, 0x6834, 0xe000,
	0xde00, 0x4778, 0xbf00, 0x3007, 0xe3a0, 0x0000, 0xea00, 0x0304, 0x0102, 0xf000, 0xe320,
};

/* What to set or look at: a register 0..14, or one of these. */
enum { CPSR = 16, PC, WORD }; /* WORD + i: in DATA */

struct translate_value {
	unsigned what;
	uint32_t value;
};

#define CODE_OF(name) name, sizeof name
#define VALUES 10

static const struct {
	const char *name;
	const void *code;
	size_t bytes;
	bool thumb;
	struct translate_value before[VALUES], after[VALUES]; /* {0, 0} ends them */
} programs[] = {
	{ "a loop", CODE_OF(code_sum), false, { { 2, 7 } }, { { 1, 0 }, { 2, 7 }, { 0, 55 } } },
	{ "call and return",
	  CODE_OF(code_call),
	  false,
	  { { 14, 3 } },
	  { { 0, 19 }, { 4, 3 }, { 14, 0x800c } } },
	{ "to Thumb and back",
	  CODE_OF(code_interwork),
	  false,
	  { { 2, 7 } },
	  { { 0, 6 }, { 14, 0x8008 } } },
	{ "stack and several registers",
	  CODE_OF(code_stack),
	  false,
	  { { 13, DATA + 0xc0 }, { 6, DATA }, { 7, DATA + 0x40 } },
	  { { 13, DATA + 0xc0 },
	    { 6, DATA },
	    { 7, DATA + 0x38 },
	    { 0, 4 },
	    { 1, 5 },
	    { 2, 0x100e },
	    { 3, 0x100f },
	    { WORD, 5 },
	    { WORD + 1, 4 },
	    { WORD + 2, 5 } } },
	{ "literals", CODE_OF(code_literal), false, { { 2, 7 } }, { { 2, 7 }, { 0, 0x12345678 } } },
	{ "conditions: higher",
	  CODE_OF(code_conditions),
	  false,
	  { { 0, 5 }, { 1, 3 }, { 6, DATA } },
	  { { 2, 2 }, { 3, 0x1000 }, { 4, 2 }, { 5, 0 }, { WORD, 0x1000 } } },
	{ "conditions: equal",
	  CODE_OF(code_conditions),
	  false,
	  { { 0, 3 }, { 1, 3 }, { 6, DATA } },
	  { { 2, 1 }, { 3, 0 }, { 4, 2 }, { 5, 0 }, { WORD, 3 } } },
	{ "conditions: lower",
	  CODE_OF(code_conditions),
	  false,
	  { { 0, 1 }, { 1, 2 }, { 6, DATA } },
	  { { 2, 2 }, { 3, 0 }, { 4, 1 }, { 5, ~0u }, { WORD, 1 } } },
	{ "jumps by instructions that write pc",
	  CODE_OF(code_jumps),
	  false,
	  { { 13, DATA + 0xc0 } },
	  { { 2, 3 }, { 3, 0x8020 }, { 13, DATA + 0xc0 }, { 14, 0x8020 } } },
	{ "the same in Thumb, and BX PC",
	  CODE_OF(code_thumb_jumps),
	  true,
	  { { 6, DATA } },
	  { { 0, 4 }, { 1, 0x01020304 }, { 2, 5 }, { 3, 7 }, { 4, 0x1000 }, { PC, 0x802c } } },
	{ "carry",
	  CODE_OF(code_carry),
	  false,
	  { { 0, ~0u }, { 1, 1 }, { 2, 0x7fffffff }, { 4, 5 }, { 5, 3 }, { 6, 3 }, { 7, 1 } },
	  { { 1, 1 },
	    { 2, 0x80000000 },
	    { 4, 1 },
	    { 6, 0x80000001 },
	    { 7, 3 },
	    { CPSR, 0xa00001d3 } } },
	{ "IT: equal",
	  CODE_OF(code_it),
	  true,
	  { { 6, DATA }, { 0, 3 } },
	  { { 1, 1 },
	    { 2, 1 },
	    { 3, 0x1001 },
	    { 4, 1 },
	    { WORD + 1, 0x1001 },
	    { WORD + 2, 0x1000 } } },
	{ "IT: less",
	  CODE_OF(code_it),
	  true,
	  { { 6, DATA }, { 0, 2 } },
	  { { 1, 0x1000 }, { 2, 0 }, { 3, 0 }, { 4, 1 }, { WORD + 1, 2 }, { WORD + 2, 0x1002 } } },
	{ "table branch: 0",
	  CODE_OF(code_table),
	  true,
	  { { 9, 9 } },
	  { { 1, 1 }, { 2, 2 }, { 3, 3 }, { 4, 0 }, { 5, 5 } } },
	{ "table branch: 1",
	  CODE_OF(code_table),
	  true,
	  { { 0, 1 } },
	  { { 1, 0 }, { 2, 2 }, { 3, 3 }, { 4, 4 }, { 5, 0 } } },
	{ "exclusive accesses",
	  CODE_OF(code_exclusive),
	  false,
	  { { 6, DATA }, { 7, DATA + 8 } },
	  { { 1, 0 },
	    { 0, 0x1001 },
	    { 2, 1 },
	    { 3, 0 },
	    { 4, 0x1002 },
	    { 5, 0x1003 },
	    { 8, 1 },
	    { 9, 1 },
	    { 10, 0x1001 },
	    { WORD, 0x1001 } } },
	{ "system instructions",
	  CODE_OF(code_system),
	  false,
	  { { CPSR, 0x13 }, { 6, DATA + 0x80 }, { 7, DATA + 0xc0 }, { 8, DATA + 0x20 } },
	  { { 0, 0xd3 },
	    { 1, 0xa00000d3 },
	    { 2, 0xa00000d2 },
	    { 3, 0x07100000 },
	    { 13, DATA + 0xc0 },
	    { CPSR, 0xa00000d2 },
	    { WORD + 8, DATA + 0x20 },
	    { WORD + 9, DATA + 0x78 },
	    { WORD + 30, 0 },
	    { WORD + 31, 0 } } },
	{ "return into an IT block, condition true",
	  CODE_OF(code_return),
	  false,
	  { { 0, 0x40000430 }, { 1, CODE + 16 }, { 6, DATA } },
	  { { 2, 1 }, { 3, 0x1000 }, { 4, 2 }, { CPSR, 0x30 } } },
	{ "return into an IT block, condition false",
	  CODE_OF(code_return),
	  false,
	  { { 0, 0x00000430 }, { 1, CODE + 16 }, { 6, DATA } },
	  { { 2, 0 }, { 3, 0 }, { 4, 2 }, { CPSR, 0x30 } } },
	{ "abort in the middle of LDM",
	  CODE_OF(code_fault),
	  false,
	  { { 5, FAKE_RAM_BYTES - 4 }, { 0, 7 } },
	  { { 0, 7 },
	    { 1, 0 },
	    { 4, 1 },
	    { 5, FAKE_RAM_BYTES - 4 },
	    { 14, CODE + 12 },
	    { CPSR, 0x1d7 },
	    { PC, 0x10 } } },
	{ "misaligned accesses",
	  CODE_OF(code_misaligned),
	  false,
	  { { 6, DATA } },
	  { { 0, 0x01000010 }, { 1, 0x100 }, { 4, 0 }, { 14, CODE + 16 }, { PC, 0x10 } } },
};

static const struct run_how translate_hows[] = {
	{ 0, false }, { 0, true }, { 1, false }, { 2, true }
};

static uint32_t translate_read(const struct arm *arm, unsigned what)
{
	uint32_t word;

	if (what < 15)
		return arm->r[what];
	if (what == CPSR)
		return arm_cpsr_read(arm);
	if (what == PC)
		return arm->cpu.pc;
	memcpy(&word, &fake.ram[DATA + 4 * (what - WORD)], sizeof word);
	return word;
}

static struct arm *translate_begin(unsigned program)
{
	struct arm *arm = fake_arm("cortex-a7");
	const struct translate_value *set = programs[program].before;

	memcpy(&fake.ram[CODE], programs[program].code, programs[program].bytes);
	for (unsigned i = 0; i < DATA_WORDS; i++)
		fake_poke(DATA + 4 * i, 0x1000 + i);
	for (unsigned i = 0; i < VALUES && (set[i].what || set[i].value); i++) {
		if (set[i].what == CPSR)
			arm_cpsr_write(arm, set[i].value, ~0u);
		else
			arm->r[set[i].what] = set[i].value;
	}
	arm->cpu.pc = CODE | programs[program].thumb;
	return arm;
}

/* Where a program ends: at an exception's vector, or behind its last instruction. */
static gva translate_stop(unsigned program)
{
	const struct translate_value *expect = programs[program].after;

	for (unsigned i = 0; i < VALUES; i++)
		if (expect[i].what == PC)
			return expect[i].value;
	return (gva)(CODE + programs[program].bytes) |
	       (programs[program].thumb || programs[program].code == code_return);
}

static void translate_program(unsigned program)
{
	const struct translate_value *expect = programs[program].after;
	unsigned executed = 0;

	for (unsigned how = 0; how < sizeof translate_hows / sizeof translate_hows[0]; how++) {
		struct arm *arm = translate_begin(program);
		struct run_result r =
			run_code(arm, translate_hows[how], translate_stop(program), 1000);
		bool good = true;

		if (how == 0)
			executed = r.executed;
		if (r.wrong)
			diag("%s", r.wrong);
		good &= !r.wrong && arm->cpu.pc == translate_stop(program);
		for (unsigned i = 0; i < VALUES && (expect[i].what || expect[i].value); i++) {
			uint32_t value = translate_read(arm, expect[i].what);

			if (value != expect[i].value)
				diag("%u is %#x, not %#x", expect[i].what, value, expect[i].value);
			good &= value == expect[i].value;
		}
		ok(good, "%s, blocks of %u%s", programs[program].name, translate_hows[how].limit,
		   translate_hows[how].optimise ? ", optimised" : "");
		is(r.executed, executed, "the same number of instructions");
	}
}

/* The operations of an optimised block, without what was optimised away. */
static void translate_shape(const void *code, size_t bytes, bool thumb, const char *expected)
{
	struct arm *arm = fake_arm("cortex-a9");
	const struct ir_block *b;
	const char *wrong;
	char text[512] = "";
	size_t used = 0;

	memcpy(&fake.ram[CODE], code, bytes);
	b = run_translate(arm, CODE | thumb, guest_arm.modes(&arm->cpu),
			  (struct run_how){ (unsigned)bytes / (thumb ? 2 : 4), true }, &wrong);
	for (unsigned i = 0; i < b->count && used < sizeof text; i++)
		if (b->op[i].op != IR_NOP)
			used += (size_t)snprintf(text + used, sizeof text - used, "%s%s",
						 used ? " " : "", ir_info(b->op[i].op)->name);
	ok(!wrong, "well-formed");
	is_string(text, expected, "a minimum of operations");
}

static void translate_shapes(void)
{
	static const uint32_t add_loop[] = { 0xe2511001, 0x1afffffd }; /* subs r1, r1, #1; bne */
	static const uint32_t load[] = { 0xe4903004 };                 /* ldr r3, [r0], #4 */
	static const uint32_t pop[] = { 0xe8bd8010 };                  /* pop {r4, pc} */
	static const uint32_t ubfx[] = { 0xe7e63150, 0x03a04007 };     /* and moveq r4, #7 */
	static const uint16_t it[] = { 0x2803, 0xbf08, 0x2101 };       /* cmp; it eq; moveq */

	translate_shape(CODE_OF(add_loop), false,
			"insn const get sub set set cond set cond set set insn cond exit_if exit");
	translate_shape(CODE_OF(load), false, "insn get const add load set set exit");
	translate_shape(CODE_OF(pop), false,
			"insn get const add span hload hload set set exit_return");
	translate_shape(CODE_OF(ubfx), false,
			"insn get extract set insn get const setcc const get select set exit");
	translate_shape(CODE_OF(it), true,
			"insn const get sub set set cond set cond set insn insn cond const get "
			"select set exit");
}

/* Undefined instructions raise, wherever they are; random words never do worse. */
static void translate_random(uint64_t seed)
{
	struct arm *arm = fake_arm("cortex-a7");
	unsigned wrong_blocks = 0;
	const char *wrong;

	diag("seed %llu", (unsigned long long)seed);
	for (unsigned round = 0; round < 20000; round++) {
		bool thumb = round & 1;
		/* Any modes: IT in Thumb state too. */
		uint32_t modes = (uint32_t)(seed >> 20) & ~0u >> 8;

		for (unsigned i = 0; i < 64; i++) {
			seed = seed * 6364136223846793005ull + 1442695040888963407ull;
			fake.ram[CODE + i] = (uint8_t)(seed >> 56);
			if (!thumb && (i & 3) == 3 && (seed >> 40 & 3))
				fake.ram[CODE + i] = 0xe0 | (fake.ram[CODE + i] & 15);
		}
		if (!(round & 6))
			modes |= ARM_MODE_VFP;
		run_translate(arm, CODE | thumb, modes, (struct run_how){ 16, round & 8 }, &wrong);
		if (wrong && wrong_blocks++ < 5)
			diag("round %u: %s", round, wrong);
	}
	is(wrong_blocks, 0, "blocks of random words are well-formed");
}

int main(int argc, char **argv)
{
	for (unsigned i = 0; i < sizeof programs / sizeof programs[0]; i++)
		translate_program(i);
	translate_shapes();
	translate_random(argc > 1 ? strtoull(argv[1], NULL, 0) : 1);
	return done();
}
