/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random x86 instructions: those that 64-bit mode has not, or does differently, with 64-bit
 * code that does the same and faults at the same place; jumps, loops, calls; x87 and SSE
 * state in memory.
 *
 * Natively r8 is free, r13 is the top of a private stack, r14 and r15 point to the frame.
 * Sequences store before they move ESP, so that a fault finds it as it was.
 */
#include <string.h>

#include "guest/x86/flags.h"
#include "program.h"

#define A X86_ARITHMETIC

#define BYTES(...) (const uint8_t[]){ __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ })
#define BOTH(op, ...) op_both(op, BYTES(__VA_ARGS__))
#define GUEST(op, ...) op_guest(op, BYTES(__VA_ARGS__))
#define NATIVE(op, ...) op_native(op, BYTES(__VA_ARGS__))

static void guest32(struct op *op, uint32_t value)
{
	op_guest(op, &value, 4);
}

static void native32(struct op *op, uint32_t value)
{
	op_native(op, &value, 4);
}

void shape_load(struct program *p, unsigned reg, uint32_t value)
{
	struct op *op = program_op(p, 0);

	BOTH(op, (uint8_t)(0xb8 + reg));
	op_both(op, &value, 4);
}

/* mov dword [address], value */
static void put_store(struct op *op, uint32_t address, uint32_t value)
{
	GUEST(op, 0xc7, 0x05);
	NATIVE(op, 0x67, 0xc7, 0x04, 0x25);
	op_both(op, &address, 4);
	op_both(op, &value, 4);
}

void shape_store(struct program *p, uint32_t address, uint32_t value)
{
	put_store(program_op(p, 0), address, value);
}

static uint32_t some_address(struct dice *d)
{
	uint32_t at = dice_below(d, CASE_WINDOW_BYTES - 4);

	if (dice_one_in(d, 20))
		at = CASE_WINDOW_BYTES + dice_below(d, 0x1004);
	return CASE_WINDOW + at;
}

/* --- The stack ---------------------------------------------------------------------- */

/* lea esp, [esp + by] */
static void native_move_esp(struct op *op, int8_t by)
{
	NATIVE(op, 0x67, 0x8d, 0x64, 0x24, (uint8_t)by);
}

/* mov [esp - 4], r8d; lea esp, [esp - 4] */
static void native_push_r8(struct op *op)
{
	NATIVE(op, 0x67, 0x44, 0x89, 0x44, 0x24, 0xfc);
	native_move_esp(op, -4);
}

/* mov r8d, [esp] */
static void native_top(struct op *op)
{
	NATIVE(op, 0x67, 0x44, 0x8b, 0x04, 0x24);
}

static void push_register(struct op *op, struct dice *d)
{
	uint8_t r = (uint8_t)dice_below(d, 8);

	if (dice_one_in(d, 4)) {
		GUEST(op, 0x66, (uint8_t)(0x50 + r));
		NATIVE(op, 0x66, 0x67, 0x89, (uint8_t)(0x44 | r << 3), 0x24, 0xfe);
		native_move_esp(op, -2);
		return;
	}
	GUEST(op, (uint8_t)(0x50 + r));
	NATIVE(op, 0x67, 0x89, (uint8_t)(0x44 | r << 3), 0x24, 0xfc);
	native_move_esp(op, -4);
}

static void pop_register(struct op *op, struct dice *d)
{
	uint8_t r = (uint8_t)dice_below(d, 8);

	if (r == X86_EBP || (r == X86_ESP && !dice_one_in(d, 10)))
		r = X86_EAX;
	if (dice_one_in(d, 4)) {
		GUEST(op, 0x66, (uint8_t)(0x58 + r));
		/* mov r8w, [esp]; lea esp, [esp + 2]; mov r, r8w */
		NATIVE(op, 0x66, 0x67, 0x44, 0x8b, 0x04, 0x24);
		native_move_esp(op, 2);
		NATIVE(op, 0x66, 0x44, 0x89, (uint8_t)(0xc0 | r));
		return;
	}
	GUEST(op, (uint8_t)(0x58 + r));
	NATIVE(op, 0x67, 0x8b, (uint8_t)(0x04 | r << 3), 0x24);
	if (r != X86_ESP)
		native_move_esp(op, 4);
}

static void push_constant(struct op *op, struct dice *d)
{
	uint32_t value = dice_32(d);

	NATIVE(op, 0x67, 0xc7, 0x44, 0x24, 0xfc);
	if (dice_one_in(d, 2)) {
		GUEST(op, 0x6a, (uint8_t)value);
		value = (uint32_t)(int32_t)(int8_t)value;
	} else {
		GUEST(op, 0x68);
		guest32(op, value);
	}
	native32(op, value);
	native_move_esp(op, -4);
}

static void push_memory(struct op *op, struct dice *d)
{
	uint32_t address = some_address(d);

	GUEST(op, 0xff, 0x35);
	guest32(op, address);
	NATIVE(op, 0x67, 0x44, 0x8b, 0x04, 0x25);
	native32(op, address);
	native_push_r8(op);
}

/* An operand relative to ESP counts from the new one. */
static void pop_memory(struct op *op, struct dice *d)
{
	uint32_t address = some_address(d);
	uint8_t by = (uint8_t)(dice_below(d, 64) - 32);

	native_top(op);
	if (dice_one_in(d, 2)) {
		GUEST(op, 0x8f, 0x05);
		guest32(op, address);
		NATIVE(op, 0x67, 0x44, 0x89, 0x04, 0x25);
		native32(op, address);
	} else {
		GUEST(op, 0x8f, 0x44, 0x24, by);
		NATIVE(op, 0x67, 0x44, 0x89, 0x44, 0x24, (uint8_t)(by + 4));
	}
	native_move_esp(op, 4);
}

static void push_flags(struct op *op)
{
	op->reads = A;
	GUEST(op, 0x9c);
	/* xchg r13, rsp; pushfq; pop r8; xchg r13, rsp */
	NATIVE(op, 0x49, 0x87, 0xe5, 0x9c, 0x41, 0x58, 0x49, 0x87, 0xe5);
	native_push_r8(op);
}

/* The value is put there first: traps and alignment checks would be another test's. */
static void pop_flags(struct op *op, struct dice *d)
{
	uint32_t value = dice_32(d) & (A | X86_IF | X86_DF | X86_IOPL);

	op->keeps = CASE_C1 | CASE_EMPTY;
	GUEST(op, 0xc7, 0x04, 0x24);
	guest32(op, value);
	GUEST(op, 0x9d);
	NATIVE(op, 0x67, 0xc7, 0x04, 0x24);
	native32(op, value);
	native_top(op);
	/* xchg r13, rsp; push r8; popfq; xchg r13, rsp */
	NATIVE(op, 0x49, 0x87, 0xe5, 0x41, 0x50, 0x9d, 0x49, 0x87, 0xe5);
	native_move_esp(op, 4);
}

static void push_all(struct op *op)
{
	GUEST(op, 0x60);
	for (uint8_t r = 0; r < 8; r++)
		NATIVE(op, 0x67, 0x89, (uint8_t)(0x44 | r << 3), 0x24, (uint8_t)(-4 * (r + 1)));
	native_move_esp(op, -32);
}

static void pop_all(struct op *op)
{
	GUEST(op, 0x61);
	native_top(op);
	NATIVE(op, 0x67, 0x44, 0x8b, 0x44, 0x24, 28);
	for (uint8_t r = 0; r < 8; r++)
		if (r != X86_ESP)
			NATIVE(op, 0x67, 0x8b, (uint8_t)(0x44 | r << 3), 0x24,
			       (uint8_t)(28 - 4 * r));
	native_move_esp(op, 32);
}

/* Frames; EBP is a pointer again afterwards. */
static void make_frame(struct program *p, struct op *op, struct dice *d)
{
	uint32_t bytes = dice_below(d, 64);

	if (dice_one_in(d, 2)) {
		GUEST(op, 0xc8, (uint8_t)bytes, 0, 0);
		/* mov [esp - 4], ebp; where ESP will be must be writable:
		 * xchg [esp - 4 - bytes], r8d twice; lea ebp, [esp - 4]; lea esp, [ebp - bytes] */
		NATIVE(op, 0x67, 0x89, 0x6c, 0x24, 0xfc);
		for (unsigned n = 0; n < 2; n++) {
			NATIVE(op, 0x67, 0x44, 0x87, 0x84, 0x24);
			native32(op, -4 - bytes);
		}
		NATIVE(op, 0x67, 0x8d, 0x6c, 0x24, 0xfc, 0x67, 0x8d, 0xa5);
		native32(op, -bytes);
	} else {
		GUEST(op, 0xc9);
		/* mov r8d, [ebp]; lea esp, [ebp + 4]; mov ebp, r8d */
		NATIVE(op, 0x67, 0x44, 0x8b, 0x45, 0, 0x67, 0x8d, 0x65, 4, 0x44, 0x89, 0xc5);
	}
	shape_load(p, X86_EBP, CASE_WINDOW + CASE_WINDOW_BYTES / 2);
}

static void add_stack(struct program *p, struct dice *d)
{
	struct op *op = program_op(p, 0);

	switch (dice_below(d, 12)) {
	case 0:
	case 1:
		push_register(op, d);
		break;
	case 2:
	case 3:
		pop_register(op, d);
		break;
	case 4:
		push_constant(op, d);
		break;
	case 5:
		push_memory(op, d);
		break;
	case 6:
		pop_memory(op, d);
		break;
	case 7:
		push_flags(op);
		break;
	case 8:
		pop_flags(op, d);
		break;
	case 9:
		push_all(op);
		break;
	case 10:
		pop_all(op);
		break;
	default:
		make_frame(p, op, d);
		break;
	}
}

/* --- Jumps -------------------------------------------------------------------------- */

/* Over the next operation. */
static void add_skip(struct program *p, struct dice *d)
{
	struct op *op = program_op(p, 0);
	uint8_t n = (uint8_t)dice_below(d, 20);

	op->distance = 2;
	op->jump = JUMP_8;
	if (n < 16) {
		op->reads = rule_condition[n >> 1];
		if (dice_one_in(d, 4)) {
			op->jump = JUMP_32;
			BOTH(op, 0x0f, (uint8_t)(0x80 + n), 0, 0, 0, 0);
		} else {
			GUEST(op, (uint8_t)(0x70 + n), 0);
			NATIVE(op, 0x0f, (uint8_t)(0x80 + n), 0, 0, 0, 0);
		}
	} else if (n < 18) {
		uint8_t opcode = (uint8_t)(0xe0 + dice_below(d, 4));

		op->jump = JUMP_8_8;
		op->reads = opcode < 0xe2 ? X86_ZF : 0;
		GUEST(op, opcode, 0);
		NATIVE(op, 0x67, opcode, 0);
	} else {
		GUEST(op, 0xeb, 0);
		NATIVE(op, 0xe9, 0, 0, 0, 0);
	}
	program_plain(p, d);
}

/* The address is put into a register or memory first. */
static void add_indirect(struct program *p, struct dice *d)
{
	static const uint8_t registers[] = { X86_EAX, X86_ECX, X86_EDX, X86_EBX, X86_ESI, X86_EDI };
	uint8_t r = registers[dice_below(d, 6)], group = (uint8_t)++p->groups;
	uint32_t address = CASE_WINDOW + dice_below(d, CASE_WINDOW_BYTES - 4);
	struct op *first = program_op(p, group), *op = program_op(p, group);
	unsigned how = dice_below(d, 3);

	op->jump = JUMP_NATIVE;
	op->distance = how == 2 ? 1 : 2; /* JMP goes over the next one */
	first->distance = (int8_t)(op->distance + 1);
	if (how == 0) {
		put_store(first, address, 0);
		first->guest_target = 6;
		first->native_target = 8;
		GUEST(op, 0xff, 0x25);
		guest32(op, address);
	} else {
		BOTH(first, (uint8_t)(0xb8 + r), 0, 0, 0, 0);
		first->guest_target = first->native_target = 1;
		GUEST(op, 0xff, (uint8_t)((how == 1 ? 0xe0 : 0xd0) + r));
	}
	if (how == 2) {
		op->native_after = 5;
		NATIVE(op, 0x67, 0xc7, 0x44, 0x24, 0xfc, 0, 0, 0, 0);
		native_move_esp(op, -4);
	}
	NATIVE(op, 0xe9, 0, 0, 0, 0);
	program_plain(p, d);
}

/* call 2; 1: jmp 4; 2: an instruction; 3: ret; 4: */
static void add_call(struct program *p, struct dice *d)
{
	uint8_t group = (uint8_t)++p->groups, release = (uint8_t)(dice_below(d, 3) * 4);
	struct op *op = program_op(p, group);

	op->jump = JUMP_32;
	op->distance = 2;
	GUEST(op, 0xe8, 0, 0, 0, 0);
	op->native_after = 5;
	NATIVE(op, 0x67, 0xc7, 0x44, 0x24, 0xfc, 0, 0, 0, 0);
	native_move_esp(op, -4);
	NATIVE(op, 0xe9, 0, 0, 0, 0);
	op = program_op(p, group);
	op->jump = JUMP_8;
	op->distance = 3;
	GUEST(op, 0xeb, 0);
	NATIVE(op, 0xe9, 0, 0, 0, 0);
	op = program_op(p, group);
	op->keeps = CASE_C1 | CASE_EMPTY;
	BOTH(op, 0x83, (uint8_t)(0xc0 + dice_below(d, 4)), (uint8_t)dice_32(d)); /* add r, n */
	op = program_op(p, group);
	op->jump = JUMP_NATIVE;
	op->distance = -2;
	native_top(op);
	if (release) {
		GUEST(op, 0xc2, release, 0);
		native_move_esp(op, (int8_t)(4 + release));
	} else {
		GUEST(op, 0xc3);
		native_move_esp(op, 4);
	}
	NATIVE(op, 0xe9, 0, 0, 0, 0);
}

/* A loop whose count is in memory that nothing else changes. */
static void add_loop(struct program *p, struct dice *d)
{
	uint8_t group = (uint8_t)++p->groups;
	uint32_t counter = CASE_COUNTER;
	struct op *op = program_op(p, group);
	unsigned first = p->count;

	put_store(op, counter, 1 + dice_below(d, 20));
	for (unsigned n = 1 + dice_below(d, 2); n > 0; n--)
		program_plain(p, d);
	op = program_op(p, group);
	op->keeps = CASE_C1 | CASE_EMPTY;
	op->jump = JUMP_8;
	op->distance = (int8_t)((int)first - (int)p->count + 1);
	/* sub dword [counter], 1; jnz */
	GUEST(op, 0x83, 0x2d);
	NATIVE(op, 0x67, 0x83, 0x2c, 0x25);
	op_both(op, &counter, 4);
	BOTH(op, 1);
	GUEST(op, 0x75, 0);
	NATIVE(op, 0x0f, 0x85, 0, 0, 0, 0);
}

/* --- Others ------------------------------------------------------------------------- */

static void add_inc(struct program *p, struct dice *d)
{
	struct op *op = program_op(p, 0);
	uint8_t n = (uint8_t)dice_below(d, 16);

	if ((n & 7) == X86_EBP)
		n ^= X86_EBP;
	op->keeps = X86_CF | CASE_C1 | CASE_EMPTY;
	if (dice_one_in(d, 4))
		BOTH(op, 0x66);
	GUEST(op, (uint8_t)(0x40 + n));
	NATIVE(op, 0xff, (uint8_t)(0xc0 + n)); /* /0 INC, /1 DEC */
}

/* Accumulator and an address in the instruction. */
static void add_absolute(struct program *p, struct dice *d)
{
	struct op *op = program_op(p, 0);
	uint32_t address = some_address(d);

	NATIVE(op, 0x67);
	if (dice_one_in(d, 4))
		BOTH(op, 0x66);
	BOTH(op, (uint8_t)(0xa0 + dice_below(d, 4)));
	op_both(op, &address, 4);
}

/* What isn't allowed at CPL 3, or not at all. */
static void add_forbidden(struct program *p, struct dice *d)
{
	static const uint8_t code[][3] = {
		{ 1, 0xf4 },       { 1, 0xfa },       { 1, 0xec },       { 1, 0xee },
		{ 2, 0x0f, 0x06 }, { 2, 0x0f, 0x30 }, { 2, 0x0f, 0x0b }, { 2, 0xcd, 0x21 },
		{ 2, 0xcd, 0x0e }, { 2, 0xf0, 0x90 }, { 2, 0x0f, 0xaa },
	};
	const uint8_t *c = code[dice_below(d, sizeof code / sizeof *code)];

	op_both(program_op(p, 0), c + 1, c[0]);
}

void shape_add(struct program *p, struct dice *d)
{
	switch (dice_below(d, 16)) {
	case 0:
	case 1:
	case 2:
	case 3:
		add_skip(p, d);
		break;
	case 4:
		add_indirect(p, d);
		break;
	case 5:
		add_call(p, d);
		break;
	case 6:
	case 7:
		add_loop(p, d);
		break;
	case 8:
		add_inc(p, d);
		break;
	case 9:
		add_absolute(p, d);
		break;
	case 10:
		if (dice_one_in(d, 12))
			add_forbidden(p, d);
		break;
	default:
		add_stack(p, d);
		break;
	}
}

/* --- x87 and SSE state -------------------------------------------------------------- */

/* Pointers to the last instruction: code's address is another one natively, and not all CPUs
 * keep them, or selectors. */
static void clear_fields(struct op *op, uint32_t at, const uint8_t *field, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		put_store(op, at + field[i], 0);
}

/* FXSAVE writes more registers in 64-bit mode: to the frame, and what counts is copied. */
static void native_fxsave(struct op *op, uint32_t at)
{
	uint32_t scratch = CASE_SCRATCH;

	NATIVE(op, 0x41, 0x0f, 0xae, 0x86); /* fxsave [r14 + scratch] */
	native32(op, scratch);
	/* mov r10, rcx; mov ecx, 36; 1: mov r8, [r14 + rcx * 8 + scratch - 8];
	 * mov [rcx * 8 + at - 8], r8; loop 1; mov rcx, r10 */
	NATIVE(op, 0x49, 0x89, 0xca, 0xb9, 36, 0, 0, 0, 0x4d, 0x8b, 0x84, 0xce);
	native32(op, scratch - 8);
	NATIVE(op, 0x4c, 0x89, 0x04, 0xcd);
	native32(op, at - 8);
	NATIVE(op, 0xe2, 0xee, 0x4c, 0x89, 0xd1);
}

/* fnstenv, fldenv, fnsave, frstor [at] */
static void put_environment(struct op *op, unsigned n, uint32_t at)
{
	static const uint8_t code[4][2] = { { 0xd9, 6 }, { 0xd9, 4 }, { 0xdd, 6 }, { 0xdd, 4 } };
	static const uint8_t pointers[] = { 12, 16, 20, 24 };

	GUEST(op, code[n][0], (uint8_t)(0x05 | code[n][1] << 3));
	guest32(op, at);
	NATIVE(op, 0x67, code[n][0], (uint8_t)(0x04 | code[n][1] << 3), 0x25);
	native32(op, at);
	if (!(n & 1))
		clear_fields(op, at, pointers, sizeof pointers);
}

/* fxsave, fxrstor [at] */
static void put_fx(struct op *op, bool load, uint32_t at)
{
	static const uint8_t fields[] = { 6, 8, 12, 16, 20, 28 };

	GUEST(op, 0x0f, 0xae, load ? 0x0d : 0x05);
	guest32(op, at);
	if (load) {
		NATIVE(op, 0x67, 0x0f, 0xae, 0x0c, 0x25);
		native32(op, at);
	} else {
		native_fxsave(op, at);
		clear_fields(op, at, fields, sizeof fields);
	}
}

/* Sometimes with a bit that no CPU has; bit 17 is AMD's. */
uint32_t control_of_sse(struct dice *d)
{
	uint32_t value = dice_32(d) & 0xffff;

	if (!dice_one_in(d, 3))
		value |= 0x1f80;
	return dice_one_in(d, 10) ? value | 1u << (18 + dice_below(d, 14)) : value;
}

/* What is loaded is what has just been saved, or, where exceptions may be unmasked, anything. */
void shape_state(struct program *p, struct dice *d)
{
	uint32_t at = CASE_WINDOW + 0x200 + 0x200 * dice_below(d, 4);
	unsigned n = dice_below(d, 6);
	uint32_t control = 0x7f | (dice_32(d) & 0xf00);
	struct op *op;

	if (n == 5 && !p->compares)
		shape_store(p, at + 24, control_of_sse(d));
	op = program_op(p, 0);
	op->reads = n == 0 ? CASE_C1 : n == 1 ? CASE_EMPTY : n & 1 ? 0 : CASE_C1 | CASE_EMPTY;
	if (n == 3 || n == 5)
		op->keeps &= ~CASE_EMPTY;
	if (n & 1 && p->compares) {
		if (n == 1) {
			put_store(op, at, control);
			GUEST(op, 0xd9, 0x2d);
			guest32(op, at);
			NATIVE(op, 0x67, 0xd9, 0x2c, 0x25);
			native32(op, at);
			return;
		}
		if (n == 3)
			put_environment(op, 2, at);
		else
			put_fx(op, false, at);
		op->reads = CASE_C1 | CASE_EMPTY;
	}
	if (n < 4)
		put_environment(op, n, at);
	else
		put_fx(op, n & 1, at);
}
