/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random x86 instructions, the subject: a PC whose CPU is set up by hand.
 *
 * Paging is on.  User mode has the code, the window, a page after it that it can't write, and
 * the loops' counters; the supervisor has its tables, a stack and the handlers, which are a
 * HLT each with a breakpoint on it: what they find on their stack is the result.
 */
#include "subject.h"

#include <emu/board.h>
#include <emu/bus.h>
#include <emu/machine.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/debug.h"
#include "guest/x86/protect.h"
#include "guest/x86/x87.h"

/* Physical addresses, of the supervisor linear, too. */
#define TABLES 0x100000u /* directory, then page tables */
#define GDT 0x110000u
#define IDT 0x111000u
#define TSS 0x112000u
#define STACK_TOP 0x114000u
#define HANDLERS 0x115000u
#define CODE_AT 0x200000u
#define WINDOW_AT 0x300000u
#define COUNTER_AT 0x310000u

#define PAGE_USER 0x25u /* present, user, accessed */
#define PAGE_USER_WRITE 0x67u
#define PAGE_SUPERVISOR 0x63u
#define SEL_CODE0 0x10u
#define SEL_DATA0 0x18u
#define SEL_CODE3 0x23u
#define SEL_DATA3 0x2bu
#define SEL_TSS 0x40u
#define VECTORS 32u
#define CASE_LIMIT 20000 /* instructions: a case that runs longer has gone wrong */

struct subject {
	struct machine *machine;
	struct x86 *x;
	struct bus *bus;
	uint8_t *window;
};

static void put(struct subject *s, uint32_t address, uint64_t value, unsigned bytes)
{
	bus_write(s->bus, address, &value, bytes);
}

static uint32_t get(struct subject *s, uint32_t address)
{
	uint32_t value = 0;

	bus_read(s->bus, address, &value, 4);
	return value;
}

static void map_page(struct subject *s, uint32_t linear, uint32_t physical, uint32_t bits)
{
	uint32_t directory = TABLES + (linear >> 22) * 4;
	/* By the upper bits: there are three tables. */
	uint32_t table = TABLES + 0x1000 * (1 + (linear >> 22 ? 1 : 0));

	put(s, directory, table | 0x67, 4);
	put(s, table + (linear >> 12 & 1023) * 4, physical | bits, 4);
}

static void map_pages(struct subject *s)
{
	for (uint32_t a = TABLES; a < HANDLERS + 0x1000; a += 0x1000)
		map_page(s, a, a, PAGE_SUPERVISOR);
	for (uint32_t a = 0; a < CASE_CODE_BYTES; a += 0x1000)
		map_page(s, CASE_CODE + a, CODE_AT + a, PAGE_USER);
	for (uint32_t a = 0; a < CASE_WINDOW_BYTES; a += 0x1000)
		map_page(s, CASE_WINDOW + a, WINDOW_AT + a, PAGE_USER_WRITE);
	map_page(s, CASE_CONSTANT, WINDOW_AT + CASE_WINDOW_BYTES, PAGE_USER);
	map_page(s, CASE_COUNTER, COUNTER_AT, PAGE_USER_WRITE);
}

static void make_tables(struct subject *s)
{
	put(s, GDT + (SEL_CODE0 & ~3u), 0x00cf9b000000ffff, 8);
	put(s, GDT + (SEL_DATA0 & ~3u), 0x00cf93000000ffff, 8);
	put(s, GDT + (SEL_CODE3 & ~3u), 0x00cffb000000ffff, 8);
	put(s, GDT + (SEL_DATA3 & ~3u), 0x00cff3000000ffff, 8);
	/* Breakpoint and overflow may be asked for. */
	for (uint32_t v = 0; v < VECTORS; v++) {
		uint32_t at = HANDLERS + 16 * v;
		uint32_t access = v == 3 || v == 4 ? 0xee00 : 0x8e00;

		put(s, IDT + 8 * v, (at & 0xffff) | SEL_CODE0 << 16, 4);
		put(s, IDT + 8 * v + 4, (at & 0xffff0000) | access, 4);
		put(s, at, 0xf4, 1);
		debug_break(s->machine, at);
	}
	put(s, TSS + 4, STACK_TOP, 4);
	put(s, TSS + 8, SEL_DATA0, 4);
	put(s, TSS + 0x66, 0x68, 2);
}

static void prepare_cpu(struct subject *s)
{
	struct x86 *x = s->x;

	x->gdt_base = GDT;
	x->gdt_limit = 0x7f;
	x->idt_base = IDT;
	x->idt_limit = 8 * 256 - 1;
	x->tr = (struct x86_segment){ .base = TSS,
				      .limit = 0x67,
				      .access = X86_PRESENT | X86_TSS32_BUSY << 8,
				      .selector = SEL_TSS };
	x->cr0 = X86_CR0_PE | X86_CR0_PG | X86_CR0_WP | X86_CR0_NE | X86_CR0_ET | X86_CR0_MP;
	x->cr3 = TABLES;
	x->cr4 = X86_CR4_OSFXSR | X86_CR4_OSXMMEXCPT;
	x->a20 = true;
	mem_drop(x->cpu.mem);
}

static uint8_t *memory_at(struct subject *s, uint32_t address)
{
	const struct region *r = bus_find(s->bus, address);

	return r->memory + (address - r->base);
}

struct subject *subject_create(enum way way)
{
	static uint8_t firmware[128 << 10];
	const struct machine_config config = {
		.board = "pc",
		.memory_bytes = 8 << 20,
		.firmware = { firmware, sizeof firmware },
		.deterministic = true,
		.code_cache_bytes = way == WAY_PAIRS ? 1 : 0,
		.max_block = way == WAY_SINGLE ? 1 :
			     way == WAY_PAIRS  ? 2 :
						 0,
		.interpret = way == WAY_INTERPRET,
	};
	struct subject *s = calloc(1, sizeof *s);
	char error[128] = "out of memory";

	if (s)
		s->machine = machine_create(&config, error, sizeof error);
	if (!s || !s->machine) {
		fprintf(stderr, "%s\n", error);
		free(s);
		return NULL;
	}
	s->x = x86_of(machine_cpu(s->machine));
	s->bus = machine_bus(s->machine);
	s->window = memory_at(s, WINDOW_AT);
	map_pages(s);
	make_tables(s);
	prepare_cpu(s);
	return s;
}

void subject_destroy(struct subject *s)
{
	if (s)
		machine_destroy(s->machine);
	free(s);
}

void subject_constant(struct subject *s, const uint8_t page[4096])
{
	bus_write(s->bus, WINDOW_AT + CASE_WINDOW_BYTES, page, 4096);
}

void subject_load(struct subject *s, unsigned slot, const struct random_case *c)
{
	bus_write(s->bus, CODE_AT + case_slot(slot) - CASE_CODE, c->guest, sizeof c->guest);
}

static void set_fpu(struct x86 *x, const struct case_fpu *from)
{
	struct x86_fpu *f = &x->fpu;

	f->control = (from->control & X87_CONTROL_KEPT) | 0x40;
	f->status = from->status & ~(7u << 11);
	f->top = from->status >> 11 & 7;
	x87_summarise(f);
	f->distrusted = false;
	x87_host_follows(x);
	f->empty = (uint8_t)~from->valid;
	f->last = X86_FPU_LAST_KEPT;
	f->last_ip = f->last_data = 0;
	for (unsigned i = 0; i < 8; i++)
		x87_set(f, i, (struct x87_value){ from->st[i].significand, from->st[i].exponent });
	memcpy(x->xmm, from->xmm, sizeof x->xmm);
	x86_mxcsr_write(x, from->mxcsr);
}

static void get_fpu(struct x86 *x, struct case_fpu *to)
{
	struct x86_fpu *f = &x->fpu;

	*to = (struct case_fpu){ .control = (uint16_t)f->control,
				 .status = (uint16_t)x87_status(f),
				 .valid = (uint8_t)~f->empty,
				 .opcode = f->last & 0x7ff,
				 .ip = f->last_ip,
				 .data = f->last_data,
				 .mxcsr = x86_mxcsr_read(x) };
	for (unsigned i = 0; i < 8; i++) {
		struct x87_value v = x87_get(f, i);

		to->st[i].significand = v.significand;
		to->st[i].exponent = (uint16_t)v.exponent;
	}
	memcpy(to->xmm, x->xmm, sizeof x->xmm);
}

static void set_state(struct x86 *x, unsigned slot, const struct random_case *c)
{
	const uint32_t data = X86_PRESENT | X86_ORDINARY | X86_WRITABLE | X86_ACCESSED | X86_BIG |
			      X86_GRANULAR | 3u << 13;

	for (unsigned i = 0; i < X86_SEGMENTS; i++)
		if (i != X86_CS)
			x86_set_segment(x, i, SEL_DATA3, 0, ~0u, data);
	x86_set_segment(x, X86_CS, SEL_CODE3, 0, ~0u, data | X86_CODE);
	x->eflags = (c->eflags & ~X86_ARITHMETIC) | 2;
	x86_set_flags(x, c->eflags);
	memcpy(x->r, c->r, sizeof x->r);
	x->cr2 = 0;
	x->cpu.pc = case_slot(slot);
	x->cpu.halted = false;
	set_fpu(x, &c->fpu);
}

static bool has_code(uint32_t vector)
{
	return vector == 8 || (vector >= 10 && vector <= 14) || vector == 17;
}

static void get_state(struct subject *s, unsigned slot, const struct random_case *c,
		      struct random_result *result)
{
	struct x86 *x = s->x;
	uint32_t at = x->r[X86_ESP];

	result->vector = (x->cpu.pc - HANDLERS) / 16;
	result->error = 0;
	if (has_code(result->vector)) {
		result->error = get(s, at);
		at += 4;
	}
	result->address = result->vector == X86_PF_FAULT ? x->cr2 : 0;
	result->eip = get(s, at);
	result->eflags = get(s, at + 8);
	memcpy(result->r, x->r, sizeof result->r);
	result->r[X86_ESP] = get(s, at + 12);
	get_fpu(x, &result->fpu);
	if (result->vector == X86_BP && result->eip == case_slot(slot) + c->guest_at[c->ops] + 1) {
		result->vector = CASE_END;
		result->eip--;
	}
}

void subject_run(struct subject *s, unsigned slot, const struct random_case *c,
		 const uint8_t *window, struct random_result *result)
{
	memcpy(s->window, window, CASE_WINDOW_BYTES);
	set_state(s->x, slot, c);
	if (machine_run_for(s->machine, CASE_LIMIT) != MACHINE_DEBUG)
		fprintf(stderr, "# a case didn't end\n");
	get_state(s, slot, c, result);
	memcpy(result->window, s->window, CASE_WINDOW_BYTES);
}

uint64_t subject_executed(const struct subject *s)
{
	struct machine_stats stats;

	machine_stats(s->machine, &stats);
	return stats.instructions;
}
