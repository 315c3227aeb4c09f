/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random ARM instructions, the subject: a virt machine whose CPU is set up by hand.
 *
 * Translation is on, with small pages: the code and the window for user mode, and the
 * vectors' page for privileged modes.  Each page is at the other's of a pair's physical
 * address, so that what crosses pages isn't in one piece.  Breakpoints at the vectors
 * end a case, and the user mode state is taken from the banks.
 */
#include "subject.h"

#include <emu/archive.h>
#include <emu/board.h>
#include <emu/machine.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/debug.h"
#include "guest/arm/system.h"

#define TABLES 0x44000000u /* first level, 16 KiB; then the second level */
#define VECTORS 0x44100000u
#define SECOND_LEVEL (TABLES + 0x4000)
#define VECTOR_OF_3 0x00020000u /* FPSCR.LEN */
#define WATCHDOG_NS 1000000000u /* no case takes that long unless it waits */
#define CASE_LIMIT 1000         /* instructions: a case that runs longer has gone wrong */

/* Small pages of normal memory.  Code is read-only: when a change of it takes effect is
 * up to the implementation. */
#define PAGE_WINDOW 0x03fu /* never executable */
#define PAGE_CODE 0x23eu
#define PAGE_VECTORS 0x21eu     /* not for user mode */
#define FULL_ACCESS 0x00f00000u /* CPACR: coprocessors 10 and 11 */

struct subject {
	struct machine *machine;
	struct arm *arm;
	struct bus *bus;
	uint8_t *window[2]; /* pages */
	uint32_t template[CASE_WINDOW_WORDS];
	struct arm_cp15 cp15;  /* as cases find it */
	struct alarm watchdog; /* ends a WFI */
};

static uint32_t physical(uint32_t address)
{
	return address ^ 0x1000;
}

static void map_page(struct subject *s, unsigned table, uint32_t address, uint32_t bits)
{
	uint32_t second = SECOND_LEVEL + table * 0x400;
	uint32_t first = second | 1, page = (physical(address) & 0xfffff000) | bits;

	bus_write(s->bus, TABLES + (address >> 20) * 4, &first, 4);
	bus_write(s->bus, second + (address >> 12 & 0xff) * 4, &page, 4);
}

static void map_pages(struct subject *s)
{
	for (uint32_t a = 0; a < CASE_CODE_BYTES; a += 0x1000)
		map_page(s, 0, CASE_CODE + a, PAGE_CODE);
	for (uint32_t a = 0; a < CASE_WINDOW_BYTES; a += 0x1000)
		map_page(s, 1, CASE_WINDOW + a, PAGE_WINDOW);
	map_page(s, 2, VECTORS, PAGE_VECTORS);
}

static void prepare_cpu(struct subject *s)
{
	struct arm *arm = s->arm;

	arm->c15.ttbr0 = TABLES;
	arm->c15.ttbcr = 0;
	arm->c15.dacr = 1;
	arm->c15.vbar = VECTORS;
	arm->c15.cpacr = FULL_ACCESS;
	arm->c15.sctlr |= SCTLR_M;
	arm->fpexc = 1u << 30;
	arm_mappings_changed(arm);
	for (uint32_t vector = 0; vector < 0x20; vector += 4)
		debug_break(s->machine, VECTORS + vector);
}

static uint8_t *memory_at(struct subject *s, uint32_t address)
{
	const struct region *r = bus_find(s->bus, physical(address));

	return r->memory + (physical(address) - r->base);
}

static void bite(void *context)
{
	struct subject *s = context;

	machine_stop(s->machine);
}

struct subject *subject_create(enum way way)
{
	static const uint8_t firmware[4] = { 0xfe, 0xff, 0xff, 0xea }; /* b . */
	const struct machine_config config = {
		.board = "virt",
		.cpu = "cortex-a15",
		.firmware = { firmware, sizeof firmware },
		.deterministic = true,
		.code_cache_bytes = way == WAY_SMALL ? 1 : 0,
		.max_block = way == WAY_SINGLE ? 1 : 0,
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
	s->arm = arm_of(machine_cpu(s->machine));
	s->bus = machine_bus(s->machine);
	s->window[0] = memory_at(s, CASE_WINDOW);
	s->window[1] = memory_at(s, CASE_WINDOW + 0x1000);
	case_window_fill(s->template);
	map_pages(s);
	prepare_cpu(s);
	s->cp15 = s->arm->c15;
	alarm_init(&s->watchdog, machine_clock(s->machine), bite, s);
	return s;
}

void subject_destroy(struct subject *s)
{
	if (s)
		machine_destroy(s->machine);
	free(s);
}

void subject_load(struct subject *s, unsigned slot, const struct random_case *c)
{
	uint32_t at = case_slot(slot), here = 0x1000 - (at & 0xfff);

	if (here > CASE_SLOT_BYTES)
		here = CASE_SLOT_BYTES;
	bus_write(s->bus, physical(at), c->code, here);
	bus_write(s->bus, physical(at + here), c->code + here, CASE_SLOT_BYTES - here);
}

/* Everything else that system instructions may have changed. */
static void set_system_state(struct subject *s, const struct random_case *c)
{
	struct arm *arm = s->arm;
	uint32_t window = CASE_WINDOW + CASE_WINDOW_BYTES / 2;

	arm->c15 = s->cp15;
	if (!(c->r[0] & 7))
		arm->c15.sctlr |= SCTLR_A;
	arm->fpexc = c->r[1] & 31 ? 1u << 30 : 0;
	memset(arm->tpidr, 0, sizeof arm->tpidr);
	arm_cpsr_write(arm, ARM_SYS, ~0u);
	for (unsigned i = 0; i < BANKS; i++)
		arm->bank[i] = (struct arm_banked){ .sp = window + 64 * i,
						    .lr = c->r[i] & ~3u,
						    .spsr = (c->r[14 - i] & 0xff0fffdf) | 0x10 };
	memcpy(arm->fiq_r, c->r, sizeof arm->fiq_r);
	memset(arm->usr_r, 0, sizeof arm->usr_r);
	memcpy(arm->r, c->r, sizeof arm->r);
	arm->r[13] = window;
	arm->r[14] = arm->spsr = arm->bank[BANK_USR].spsr = 0;
	arm->waiting_event = arm->cpu.halted = false;
	arm_cpsr_write(arm, c->cpsr & ~0x0600fe20u, ~0u);
}

static void set_state(struct subject *s, const struct random_case *c)
{
	struct arm *arm = s->arm;

	if (c->system)
		set_system_state(s, c);
	else
		arm_cpsr_write(arm, ARM_USR | (c->cpsr & CASE_CPSR_MASK), ~0u);
	arm->cpu.pc = c->pc;
	memcpy(arm->r, c->r, sizeof arm->r);
	memcpy(arm->v.d, c->d, sizeof arm->v.d);
	arm_fpscr_write(arm, c->fpscr | (c->system && !(c->r[2] & 31) ? VECTOR_OF_3 : 0));
	arm->exclusive_address = 1;
	arm->exclusive_low = arm->exclusive_high = 0;
}

static bool hash_state(void *context, void *bytes, size_t count)
{
	uint64_t *hash = context;
	const uint8_t *p = bytes;

	for (size_t i = 0; i < count; i++)
		*hash = (*hash ^ p[i]) * 0x100000001b3ull;
	return true;
}

/* What is in a mode's own registers now, and a hash of everything. */
static void get_system_state(struct arm *arm, struct random_result *result)
{
	struct archive *a;

	memcpy(result->r, arm->r, sizeof result->r);
	result->cpsr = arm_cpsr_read(arm);
	result->pc = arm->cpu.pc;
	result->fpscr = arm_fpscr_read(arm);
	memcpy(result->d, arm->v.d, sizeof result->d);
	result->end = END_OTHER;
	result->state = 0;
	a = archive_begin_save(hash_state, &result->state);
	if (!a)
		return;
	arm->cpu.guest->state(&arm->cpu, a);
	archive_end(a, NULL, 0);
}

static void get_state(struct arm *arm, struct random_result *result)
{
	uint32_t vector = arm->cpu.pc - VECTORS;
	static const struct {
		uint32_t vector;
		enum case_end end;
		uint8_t lr_arm, lr_thumb;
	} ends[] = { { 0x04, END_UNDEFINED, 4, 2 },
		     { 0x0c, END_PREFETCH_ABORT, 4, 4 },
		     { 0x10, END_DATA_ABORT, 8, 8 } };

	for (unsigned i = 0; i < 15; i++)
		result->r[i] = *arm_banked_register(arm, ARM_USR, i);
	result->cpsr = arm->spsr & CASE_CPSR_MASK;
	result->fpscr = arm_fpscr_read(arm);
	memcpy(result->d, arm->v.d, sizeof result->d);
	result->state = 0;
	result->end = END_OTHER;
	result->pc = arm->r[14];
	for (unsigned i = 0; i < sizeof ends / sizeof *ends; i++) {
		if (vector != ends[i].vector)
			continue;
		result->end = ends[i].end;
		result->pc -= arm->spsr & ARM_PSR_T ? ends[i].lr_thumb : ends[i].lr_arm;
	}
}

void subject_run(struct subject *s, const struct random_case *c, struct random_result *result)
{
	uint32_t window[CASE_WINDOW_WORDS];

	memcpy(s->window[0], s->template, 0x1000);
	memcpy(s->window[1], s->template + 0x400, 0x1000);
	set_state(s, c);
	alarm_set(&s->watchdog, clock_now(machine_clock(s->machine)) + WATCHDOG_NS);
	if (machine_run_for(s->machine, CASE_LIMIT) != MACHINE_DEBUG && !c->system)
		fprintf(stderr, "# a case didn't end\n");
	if (c->system)
		get_system_state(s->arm, result);
	else
		get_state(s->arm, result);
	memcpy(window, s->window[0], 0x1000);
	memcpy(window + 0x400, s->window[1], 0x1000);
	result->hash = case_window_hash(window);
}

uint64_t subject_executed(const struct subject *s)
{
	struct machine_stats stats;

	machine_stats(s->machine, &stats);
	return stats.instructions;
}
