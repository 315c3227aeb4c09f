/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What all blocks share: the ways in and out, the slow path's and the calls' thunks,
 * the look-up of indirect targets, constants.  Then the functions of host.h around
 * them, and the host's floating-point environment: MXCSR (Intel SDM volume 1, 10.2.3)
 * is the guest's while translated code runs, also in functions that it calls.
 */
#include "emit.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <emu/port.h>

#include "ir/fp.h"

static const uint8_t pinned_order[GUEST_PINNED] = { RBX, RBP, R12, R13, R14, R8, R9, R10, R11 };
static const uint8_t callee_saved[6] = { RBX, RBP, R12, R13, R14, R15 };

#define CALLER_SAVED (REG_BIT(R8) | REG_BIT(R9) | REG_BIT(R10) | REG_BIT(R11))

/* --- Common code -------------------------------------------------------------------- */

static void store_pinned(struct host *h, uint32_t which)
{
	for (unsigned i = 0; i < GUEST_PINNED && h->slot[i]; i++)
		if (which >> pinned_order[i] & 1)
			enc_store(h, W32, place_slot(h, h->slot[i]), pinned_order[i]);
}

static void load_pinned(struct host *h, uint32_t which)
{
	for (unsigned i = 0; i < GUEST_PINNED && h->slot[i]; i++)
		if (which >> pinned_order[i] & 1)
			enc_load(h, W32, pinned_order[i], place_slot(h, h->slot[i]));
}

static void make_enter(struct host *h)
{
	h->enter = (unsigned (*)(struct cpu *, const void *))(uintptr_t)h->out;
	for (unsigned i = 0; i < COUNT_OF(callee_saved); i++) {
		if (callee_saved[i] >= R8)
			enc_byte(h, 0x41);
		enc_byte(h, 0x50 | (callee_saved[i] & 7)); /* push */
	}
	enc_alu_imm(h, ALU_SUB, W64, RSP, FRAME_BYTES + 8);
	load_pinned(h, UINT32_MAX);
	enc_load(h, W32, R15, place_field(h, CPU_FIELD(budget)));
	enc_rr(h, 0xff, W32, 4, RSI); /* jmp */
}

/* eax: what host_enter returns. */
static void make_leave(struct host *h)
{
	h->leave = h->out;
	store_pinned(h, UINT32_MAX);
	enc_store(h, W32, place_field(h, CPU_FIELD(budget)), R15);
	enc_alu_imm(h, ALU_ADD, W64, RSP, FRAME_BYTES + 8);
	for (unsigned i = COUNT_OF(callee_saved); i-- > 0;) {
		if (callee_saved[i] >= R8)
			enc_byte(h, 0x41);
		enc_byte(h, 0x58 | (callee_saved[i] & 7)); /* pop */
	}
	enc_byte(h, 0xc3);
}

/* Stubs call these with data after the call. */
static void make_leave_link(struct host *h)
{
	h->leave_link = h->out;
	enc_byte(h, 0x58 | RDX); /* pop */
	enc_load(h, W32, RAX, place_at(RDX, 0));
	enc_store(h, W32, place_field(h, CPU_FIELD(pc)), RAX);
	enc_load(h, W32, RAX, place_at(RDX, 4));
	enc_jmp_to(h, h->leave);
	h->leave_budget = h->out;
	enc_byte(h, 0x58 | RDX);
	enc_load(h, W32, RAX, place_at(RDX, 0));
	enc_store(h, W32, place_field(h, CPU_FIELD(pc)), RAX);
	enc_imm(h, RAX, HOST_BUDGET);
	enc_jmp_to(h, h->leave);
}

/* eax: pc.  Goes on at once if nothing but the modes may have changed. */
static void make_leave_run(struct host *h)
{
	uint32_t leave;

	h->leave_run = h->out;
	enc_store(h, W32, place_field(h, CPU_FIELD(pc)), RAX);
	store_pinned(h, UINT32_MAX);
	enc_store(h, W32, place_field(h, CPU_FIELD(budget)), R15);
	enc_imm(h, RDI, (uintptr_t)h->cpu);
	enc_call(h, (const void *)(uintptr_t)host_next);
	load_pinned(h, UINT32_MAX);
	enc_load(h, W32, R15, place_field(h, CPU_FIELD(budget)));
	enc_test(h, W64, RAX, RAX);
	leave = enc_jcc(h, IR_CC_Z);
	enc_rr(h, 0xff, W32, 4, RAX); /* jmp */
	enc_patch_here(h, leave);
	enc_imm(h, RAX, HOST_RUN);
	enc_jmp_to(h, h->leave);
}

/* eax: pc, edx: modes.  Goes to the block if the jump cache knows it. */
static void make_lookup(struct host *h)
{
	uint32_t miss[2];

	h->lookup = h->out;
	enc_mov(h, W32, RCX, RAX);
	enc_shift(h, SHIFT_SHR, W32, RCX, 9);
	enc_lea(h, W32, RSI, (struct place){ NO_REG, RAX, 3, 0 });
	enc_rr(h, 0x33, W32, RCX, RSI);
	enc_alu_imm(h, ALU_AND, W32, RCX, (int32_t)(CPU_JUMPS - 1) << 4);
	enc_rm(h, 0x03, W64, RCX, place_field(h, CPU_FIELD(jumps)));
	enc_rm(h, 0x39, W32, RAX, place_at(RCX, 0));
	miss[0] = enc_jcc(h, IR_CC_NZ);
	enc_rm(h, 0x39, W32, RDX, place_at(RCX, 4));
	miss[1] = enc_jcc(h, IR_CC_NZ);
	enc_rm(h, 0xff, W32, 4, place_at(RCX, 8)); /* jmp */
	enc_patch_here(h, miss[0]);
	enc_patch_here(h, miss[1]);
	h->lookup_miss = h->out;
	enc_store(h, W32, place_field(h, CPU_FIELD(pc)), RAX);
	enc_imm(h, RAX, HOST_LOOKUP);
	enc_jmp_to(h, h->leave);
}

static struct place saved_general(unsigned reg, int32_t pushed)
{
	return place_at(RSP, pushed + FRAME_SAVED + (int32_t)reg * 8);
}

static void move_vectors(struct host *h, bool save)
{
	int32_t base = FRAME_SAVED + (int32_t)offsetof(struct saved, vector);

	for (unsigned r = 0; r < 16; r++)
		enc_rm(h, save ? 0x0f29 : 0x0f28, W32, XMM0 + r,
		       place_at(RSP, base + (int32_t)r * 16));
}

/* Called with a struct site after the call.  All registers are kept but for what
 * host_slow changes in struct saved. */
static void make_slow(struct host *h, bool vectors)
{
	struct place resume = place_at(RSP, FRAME_SAVED + (int32_t)offsetof(struct saved, resume));

	for (unsigned r = 0; r < 15; r++)
		if (r != RSP)
			enc_store(h, W64, saved_general(r, 8), r);
	enc_byte(h, 0x58 | RSI); /* pop: the site; the stack is aligned again */
	if (vectors)
		move_vectors(h, true);
	store_pinned(h, UINT32_MAX);
	enc_store(h, W32, place_field(h, CPU_FIELD(budget)), R15);
	enc_imm(h, RDI, (uintptr_t)h->cpu);
	enc_lea(h, W64, RDX, place_at(RSP, FRAME_SAVED));
	enc_call(h, (const void *)(uintptr_t)host_slow);
	enc_store(h, W64, resume, RAX);
	if (vectors)
		move_vectors(h, false);
	enc_load(h, W32, R15, place_field(h, CPU_FIELD(budget)));
	for (unsigned r = 0; r < 15; r++)
		if (r != RSP)
			enc_load(h, W64, r, saved_general(r, 0));
	enc_rm(h, 0xff, W32, 4, resume); /* jmp */
}

/* rax: function, rsi rdx rcx rdi: arguments. */
static void make_call(struct host *h, unsigned kind)
{
	uint32_t reload = kind >= 2 ? UINT32_MAX : CALLER_SAVED;

	h->call[kind] = h->out;
	store_pinned(h, kind ? UINT32_MAX : CALLER_SAVED);
	if (kind == 3)
		enc_store(h, W32, place_field(h, CPU_FIELD(budget)), R15);
	enc_mov(h, W64, R8, RDI);
	enc_imm(h, RDI, (uintptr_t)h->cpu);
	enc_alu_imm(h, ALU_SUB, W64, RSP, 8);
	enc_rr(h, 0xff, W32, 2, RAX); /* call */
	enc_alu_imm(h, ALU_ADD, W64, RSP, 8);
	if (kind == 3)
		enc_load(h, W32, R15, place_field(h, CPU_FIELD(budget)));
	load_pinned(h, reload);
	enc_byte(h, 0xc3);
}

static void make_constants(struct host *h)
{
	static const uint64_t value[CONSTANTS][2] = {
		[CONST_ABS32] = { 0x7fffffff7fffffff, 0x7fffffff7fffffff },
		[CONST_ABS64] = { 0x7fffffffffffffff, 0x7fffffffffffffff },
		[CONST_SIGN32] = { 0x8000000080000000, 0x8000000080000000 },
		[CONST_SIGN64] = { 0x8000000000000000, 0x8000000000000000 },
		[CONST_MIN32] = { 0x00800000 },
		[CONST_MIN64] = { 0x0010000000000000 },
		[CONST_TWO32_F32] = { 0x4f800000 },
		[CONST_TWO32_F64] = { 0x41f0000000000000 },
	};

	while ((uintptr_t)h->out & 15)
		enc_byte(h, 0xcc);
	h->constants = h->out;
	memcpy(h->out, value, sizeof value);
	h->out += sizeof value;
}

#define COMMON_ROOM 4096

static void make_common(struct host *h, uint8_t *code)
{
	h->start = h->out = code;
	make_constants(h);
	make_enter(h);
	make_leave(h);
	make_leave_link(h);
	make_leave_run(h);
	make_lookup(h);
	h->slow = h->out;
	make_slow(h, false);
	h->slow_vectors = h->out;
	make_slow(h, true);
	for (unsigned kind = 0; kind < COUNT_OF(h->call); kind++)
		make_call(h, kind);
	assert(h->out <= code + COMMON_ROOM);
}

/* --- Creation ----------------------------------------------------------------------- */

static void cpuid(uint32_t leaf, uint32_t *b, uint32_t *c)
{
	uint32_t a = leaf, d;

	*c = 0;
	__asm__("cpuid" : "+a"(a), "=b"(*b), "+c"(*c), "=d"(d));
}

static void find_features(struct host *h)
{
	uint32_t most, b, c, unused;

	/* Leaf 0's eax is the highest leaf. */
	most = 0;
	unused = 0;
	__asm__("cpuid" : "+a"(most), "=b"(b), "+c"(unused), "=d"(c));
	cpuid(1, &b, &c);
	h->sse41 = c >> 19 & 1;
	h->sse42 = c >> 20 & 1;
	if (most >= 7) {
		cpuid(7, &b, &c);
		h->bmi1 = b >> 3 & 1;
		h->bmi2 = b >> 8 & 1;
	}
	cpuid(0x80000001, &b, &c);
	h->lzcnt = c >> 5 & 1;
	/* BMI's VEX forms need the system to have enabled AVX state. */
	cpuid(1, &b, &c);
	if (!(c >> 27 & 1))
		h->bmi1 = h->bmi2 = false;
}

static void choose_registers(struct host *h, const struct guest *guest)
{
	const uint16_t *pinned = guest->pinned;

	for (const uint16_t *slot = guest->booleans; slot && *slot; slot++)
		h->boolean[*slot / 4] = 1;
	memset(h->pinned, NO_REG, sizeof h->pinned);
	for (unsigned i = 0; i < GUEST_PINNED && pinned[i]; i++) {
		h->slot[i] = pinned[i];
		h->pinned[pinned_order[i]] = (uint8_t)i;
		h->pin[pinned[i] / 4] = pinned_order[i] + 1;
	}
}

struct host *host_create(struct cpu *cpu, uint8_t *code, size_t room, size_t *used)
{
	struct host *h;

	if (room < COMMON_ROOM)
		return NULL;
	h = port_allocate(whole_pages(sizeof *h), PORT_LOW);
	if (!h)
		return NULL;
	h->cpu = cpu;
	find_features(h);
	choose_registers(h, cpu->guest);
	make_common(h, code);
	*used = (size_t)(h->out - code);
	return h;
}

void host_destroy(struct host *h)
{
	if (h)
		port_free(h, whole_pages(sizeof *h));
}

/* --- Links -------------------------------------------------------------------------- */

/* `at` is a stub; its last word says how far before it the displacement is. */
static void point_link(uint8_t *at, const uint8_t *target)
{
	uint32_t back;
	int32_t distance;
	uint8_t *field;

	memcpy(&back, at + STUB_BACK, 4);
	field = at - back;
	distance = (int32_t)(target - (field + 4));
	memcpy(field, &distance, 4);
}

void host_link(uint8_t *at, const uint8_t *entry)
{
	point_link(at, entry);
}

void host_unlink(struct host *h, uint8_t *at)
{
	(void)h;
	point_link(at, at);
}

/* --- Running ------------------------------------------------------------------------ */

#define MXCSR_FLAGS 0x3du /* all sticky ones but DE */
#define MXCSR_ALL_FLAGS 0x3fu
#define MXCSR_MASKED 0x1f80u
#define MXCSR_ROUNDING 13
#define INSIDE 0x80000000u /* in guest_control: translated code is running */

static uint32_t mxcsr_read(void)
{
	uint32_t value;

	__asm__ volatile("stmxcsr %0" : "=m"(value));
	return value;
}

static void mxcsr_write(uint32_t value)
{
	__asm__ volatile("ldmxcsr %0" : : "m"(value));
}

/* Loading MXCSR is slow, and mostly it is right already. */
static void fp_enter(struct cpu *cpu)
{
	uint32_t wanted = MXCSR_MASKED | cpu->fp_rounding << MXCSR_ROUNDING;

	cpu->host_control = mxcsr_read();
	cpu->guest_control = wanted | INSIDE;
	if (cpu->host_control != wanted)
		mxcsr_write(wanted);
	x87_enter(cpu);
}

/* Before the next block, unless the rounding has changed. */
const void *host_next(struct cpu *cpu)
{
	uint32_t wanted = MXCSR_MASKED | cpu->fp_rounding << MXCSR_ROUNDING;

	return cpu->next && cpu->guest_control == (wanted | INSIDE) ? cpu->next(cpu) : NULL;
}

static void fp_leave(struct cpu *cpu)
{
	uint32_t now = mxcsr_read();

	cpu->fp_sticky |= now & (MXCSR_FLAGS | cpu->fp_denormal);
	cpu->guest_control = 0;
	if (now != cpu->host_control)
		mxcsr_write(cpu->host_control);
}

void fp_collect(struct cpu *cpu)
{
	uint32_t now;

	if (!(cpu->guest_control & INSIDE))
		return;
	now = mxcsr_read();
	cpu->fp_sticky |= now & (MXCSR_FLAGS | cpu->fp_denormal);
	if (now & MXCSR_ALL_FLAGS)
		mxcsr_write(now & ~MXCSR_ALL_FLAGS);
}

void fp_x87_changed(struct cpu *cpu)
{
	if (cpu->guest_control & INSIDE)
		x87_enter(cpu);
}

unsigned host_enter(struct host *h, struct cpu *cpu, const void *entry)
{
	unsigned result;

	fp_enter(cpu);
	result = h->enter(cpu, entry);
	fp_leave(cpu);
	return result;
}

void host_unwound(struct cpu *cpu)
{
	x87_leave(cpu);
	if (cpu->guest_control & INSIDE)
		fp_leave(cpu);
}

void host_print(const uint8_t *code, size_t bytes, void (*line)(const char *text))
{
	char text[80];

	for (size_t i = 0; i < bytes; i += 16) {
		size_t n = (size_t)snprintf(text, sizeof text, "%012llx ",
					    (unsigned long long)(uintptr_t)(code + i));

		for (size_t j = i; j < i + 16 && j < bytes; j++)
			n += (size_t)snprintf(text + n, sizeof text - n, " %02x", code[j]);
		line(text);
	}
}
