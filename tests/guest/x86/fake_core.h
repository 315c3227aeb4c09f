/* SPDX-License-Identifier: BSD-2-Clause
 *
 * In place of emu/core, for tests of the x86 guest's system part alone: a CPU whose
 * memory accesses walk the guest's page tables each time, and that notes what is asked of
 * it.  And a protected-mode system to test with: tables, stacks, and a handler for every
 * vector that nothing is executed of.
 */
#ifndef TESTS_GUEST_X86_FAKE_CORE_H
#define TESTS_GUEST_X86_FAKE_CORE_H

#include "guest/x86/protect.h"
#include "guest/x86/x86.h"

#define FAKE_RAM_BYTES (4u << 20) /* at 0 */

struct fake_core {
	uint8_t ram[FAKE_RAM_BYTES];
	uint64_t now_ns;
	unsigned drops, flushes, address_flushes, notices, resets, forgotten;
	gva flushed_address;
	/* Data breakpoints, and the last. */
	unsigned watches, watched_bytes, watched_accesses;
	gva watched_address;
	/* The last port access; what IN finds there. */
	uint32_t port, port_bytes, port_written, port_reads;
	bool port_empty;
	int vector; /* what the interrupt controller says */
};

extern struct fake_core fake;

/* A new CPU after reset, and everything noted forgotten. */
struct x86 *fake_x86(const char *model);

/* Calls a helper; whether it raised. */
bool fake_raises(struct x86 *x, ir_fn *helper, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
		 uint64_t *result);
/* An access as translated code makes it, in the space of CPL; whether it raised. */
bool fake_access_raises(struct x86 *x, uint32_t linear, unsigned log2, enum mem_access access);

void fake_poke(uint32_t address, uint32_t value);
void fake_poke16(uint32_t address, uint32_t value);
void fake_poke64(uint32_t address, uint64_t value);
uint32_t fake_peek(uint32_t address);
uint32_t fake_peek16(uint32_t address);

/* Saves the guest's state, or loads what was saved; false if a field didn't match or an
 * invariant is broken. */
bool fake_save(struct x86 *x);
bool fake_load(struct x86 *x);
uint8_t *fake_saved(size_t *count);

/* The system. */
#define GDT 0x1000u
#define IDT 0x2000u
#define TSS 0x3000u
#define TSS_B 0x3100u
#define TSS_16 0x3200u
#define LDT 0x3400u
#define STACK0 0x8000u
#define STACK1 0x9000u
#define STACK3 0xb000u
#define STACK_B 0xc000u
#define HANDLER(vector) (0x10000u + (vector)*16u)
#define CODE_AT 0x40000u /* where the "program" is */

/* Selectors. */
enum {
	CODE0 = 0x08,
	DATA0 = 0x10,
	CODE3 = 0x1b,
	DATA3 = 0x23,
	SEL_TSS = 0x28,
	SEL_TSS_B = 0x30,
	SEL_TSS_16 = 0x38,
	SEL_LDT = 0x40,
	CONFORMING = 0x48,
	CODE1 = 0x51,
	DATA1 = 0x59,
	GATE32 = 0x63, /* DPL 3, 2 parameters, to CODE0:0x5000 */
	GATE16 = 0x6b, /* DPL 3, 1 parameter, to CODE16:0x6000 */
	TASK_GATE = 0x73,
	ABSENT = 0x78,
	READ_ONLY = 0x80,
	DOWN = 0x88,   /* expand-down, 32 bits, valid from 0x1000 */
	SMALL = 0x90,  /* data, limit 0xff, base 0x50000 */
	CODE16 = 0x98, /* limit 0xffff */
	DATA16 = 0xa0, /* SS.B = 0, base 0x60000, limit 0xffff */
	EXECUTE_ONLY = 0xa8,
	ABSENT_CODE = 0xb0,
	LOW_GATE = 0xb8,  /* DPL 0 */
	GATE_SAME = 0xc3, /* DPL 3, to CODE3 */
	ABSENT_GATE = 0xcb,
	GATE_BAD = 0xd3, /* to DATA0 */
	GATE1 = 0xdb,    /* to CODE1 */
	GATE_CONFORMING = 0xe3,
	SMALL_CODE = 0xe8, /* limit 0xff */
	GDT_END = 0xf0,
	LDT_DATA = 0x0c | 3, /* in the LDT, DPL 3 */
};

uint64_t fake_descriptor(uint32_t base, uint32_t limit, unsigned access, unsigned flags);
uint64_t fake_gate(uint32_t selector, uint32_t offset, unsigned access);
void fake_set_gdt(uint32_t selector, uint64_t descriptor);

/* A CPU in protected mode, at CODE_AT, CPL 0, 1 or 3, LDT and TSS loaded, no paging. */
struct x86 *fake_protected(unsigned cpl);
/* In virtual-8086 mode at 0x2000:0x0100, with this IOPL. */
struct x86 *fake_v86(unsigned iopl);

/* The handler that was entered last, if CPL 0's 32-bit gates led there. */
struct fake_frame {
	int vector; /* -1: none */
	uint32_t code, eip, cs, eflags, esp, ss;
};
struct fake_frame fake_frame(const struct x86 *x);
/* "vector:code" of what the last call raised, in hexadecimal; "none"; for is_string. */
const char *fake_raised(struct x86 *x, ir_fn *helper, uint64_t a, uint64_t b, uint64_t c,
			uint64_t d);

void test_system(void);
void test_segments(void);
void test_far(void);
void test_events(void);
void test_v86(void);
void test_tasks(void);
void test_mmu(void);
void test_control(void);
void test_debug(void);
void test_random(uint64_t seed);

#endif
