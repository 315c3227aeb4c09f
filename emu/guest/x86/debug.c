/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Debug registers, breakpoints and single steps (SDM 3, 17.2 and 17.3).
 *
 * While DR7 enables data or I/O breakpoints, every instruction ends with x86_help_trap.  Data
 * breakpoints are watched pages of the core, which tells of accesses that hit one.
 */
#include "guest/x86/protect.h"

#define DR6_FIXED 0xffff0ff0u
#define DR6_WRITABLE 0xe00fu
#define DR7_FIXED 0x400u
#define DR7_WRITABLE 0xffff23ffu

void x86_debug_reset(struct x86 *x)
{
	for (unsigned i = 0; i < COUNT_OF(x->dr); i++)
		x->dr[i] = 0;
	x->dr[6] = DR6_FIXED;
	x->dr[7] = DR7_FIXED;
	x->debug_hits = 0;
	x->step = false;
	mem_guest_unwatch_all(x->cpu.mem);
}

static bool break_enabled(const struct x86 *x, unsigned n)
{
	return x->dr[7] >> (2 * n) & 3;
}

bool x86_break_is(const struct x86 *x, unsigned n, enum x86_break_kind kind)
{
	enum x86_break_kind is = (enum x86_break_kind)(x->dr[7] >> (16 + 4 * n) & 3);

	/* Without CR4.DE the kind is undefined: none. */
	if (is == X86_BREAK_IO && !(x->cr4 & X86_CR4_DE))
		return false;
	return break_enabled(x, n) && is == kind;
}

unsigned x86_break_bytes(const struct x86 *x, unsigned n)
{
	static const uint8_t bytes[] = { 1, 2, 8, 4 };

	return bytes[x->dr[7] >> (18 + 4 * n) & 3];
}

bool x86_breaks_code(const struct x86 *x)
{
	for (unsigned n = 0; n < 4; n++)
		if (x86_break_is(x, n, X86_BREAK_CODE))
			return true;
	return false;
}

bool x86_breaks_data(const struct x86 *x)
{
	for (unsigned n = 0; n < 4; n++)
		if (break_enabled(x, n) && !x86_break_is(x, n, X86_BREAK_CODE))
			return true;
	return false;
}

/* What kind of access hits a data breakpoint, enum mem_access; 0: it is none. */
static unsigned watched_accesses(const struct x86 *x, unsigned n)
{
	if (x86_break_is(x, n, X86_BREAK_WRITE))
		return MEM_WRITE;
	return x86_break_is(x, n, X86_BREAK_ACCESS) ? MEM_READ | MEM_WRITE : 0;
}

static uint32_t break_first(const struct x86 *x, unsigned n)
{
	return x->dr[n] & ~(x86_break_bytes(x, n) - 1);
}

void x86_watch(struct x86 *x)
{
	mem_guest_unwatch_all(x->cpu.mem);
	for (unsigned n = 0; n < 4; n++)
		if (watched_accesses(x, n))
			mem_guest_watch(x->cpu.mem, break_first(x, n), x86_break_bytes(x, n),
					watched_accesses(x, n));
}

void x86_watched(struct cpu *cpu, gva address, unsigned bytes, enum mem_access access)
{
	struct x86 *x = x86_of(cpu);

	for (unsigned n = 0; n < 4; n++) {
		uint32_t first = break_first(x, n);

		if (watched_accesses(x, n) & access &&
		    (address - first < x86_break_bytes(x, n) || first - address < bytes))
			x->debug_hits |= 1u << n;
	}
}

void x86_note_io(struct x86 *x, unsigned port, unsigned bytes)
{
	for (unsigned n = 0; n < 4; n++) {
		unsigned covers = x86_break_bytes(x, n);
		uint32_t first = break_first(x, n);

		if (x86_break_is(x, n, X86_BREAK_IO) && port < first + covers &&
		    first < port + bytes)
			x->debug_hits |= 1u << n;
	}
}

static _Noreturn void raise_debug(struct x86 *x, uint32_t why)
{
	x->dr[6] |= why;
	x86_raise(x, X86_DB);
}

uint64_t x86_help_break(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	uint32_t hits = 0;

	(void)a, (void)b, (void)c, (void)d;
	if (x->eflags & X86_RF) {
		x->eflags &= ~X86_RF;
		return 0;
	}
	for (unsigned n = 0; n < 4; n++)
		if (x86_break_is(x, n, X86_BREAK_CODE) && x->dr[n] == x->cpu.pc)
			hits |= 1u << n;
	if (hits)
		raise_debug(x, hits);
	return 0;
}

uint64_t x86_help_trap(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	uint32_t why = x->debug_hits | (x->step ? X86_DR6_BS : 0);

	(void)b, (void)c, (void)d;
	x->step = x->eflags & X86_TF;
	x->debug_hits = 0;
	if (!why)
		return 0;
	x->cpu.pc = (uint32_t)a;
	raise_debug(x, why);
}

/* DR4 and DR5 are DR6 and DR7, unless CR4.DE. */
static unsigned debug_register(struct x86 *x, uint64_t number)
{
	if (number != 4 && number != 5)
		return (unsigned)number;
	if (x->cr4 & X86_CR4_DE)
		x86_raise(x, X86_UD);
	return (unsigned)number + 2;
}

static unsigned check_debug_register(struct x86 *x, uint64_t number)
{
	unsigned n = debug_register(x, number);

	x86_require_cpl0(x);
	if (x->dr[7] & X86_DR7_GD)
		raise_debug(x, X86_DR6_BD);
	return n;
}

uint64_t x86_help_read_debug(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)b, (void)c, (void)d;
	return x->dr[check_debug_register(x, a)];
}

uint64_t x86_help_write_debug(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	unsigned n = check_debug_register(x, a);
	uint32_t value = (uint32_t)b;

	(void)c, (void)d;
	if (n == 6)
		value = DR6_FIXED | (value & DR6_WRITABLE);
	else if (n == 7)
		value = DR7_FIXED | (value & DR7_WRITABLE);
	x->dr[n] = value;
	if (n != 6)
		x86_watch(x);
	return 0;
}
