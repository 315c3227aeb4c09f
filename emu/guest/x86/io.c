/* SPDX-License-Identifier: BSD-2-Clause
 *
 * IN and OUT: permission by IOPL and the TSS's bitmap (SDM 1, 16.5), and the port space.
 * Where nothing is, reads yield ones.
 */
#include "guest/x86/protect.h"

#include <emu/bus.h>

#define TSS_MAP_BASE 0x66u

static bool map_permits(struct x86 *x, uint32_t port, unsigned bytes)
{
	uint32_t base, bits;

	if (!(x->tr.access & X86_PRESENT) || !x86_is_tss32(x->tr.access) ||
	    x->tr.limit < TSS_MAP_BASE + 1)
		return false;
	base = x86_load(x, x->tr.base + TSS_MAP_BASE, 1) + port / 8;
	if (base + 1 > x->tr.limit)
		return false;
	bits = x86_load(x, x->tr.base + base, 1);
	return !(bits >> (port & 7) & ((1u << bytes) - 1));
}

static void check_port(struct x86 *x, uint32_t port, unsigned bytes)
{
	if (!(x->cr0 & X86_CR0_PE))
		return;
	if (!x86_v86(x) && x86_cpl(x) <= x86_iopl(x))
		return;
	if (!map_permits(x, port, bytes))
		x86_raise_code(x, X86_GP, 0);
}

uint64_t x86_help_io_check(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)c, (void)d;
	check_port(cpu, a & 0xffff, (unsigned)b);
	return 0;
}

static uint32_t all_ones(unsigned bytes)
{
	return bytes == 4 ? 0xffffffff : (1u << (8 * bytes)) - 1;
}

uint64_t x86_help_in(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	uint32_t port = a & 0xffff;
	unsigned bytes = (unsigned)b;
	bool found = false;
	uint64_t value = 0;

	(void)c, (void)d;
	check_port(x, port, bytes);
	if (x->dr[7] & 0xff)
		x86_note_io(x, port, bytes);
	if (x->io)
		value = bus_io_read(x->io, port, bytes, false, &found);
	return found ? value & all_ones(bytes) : all_ones(bytes);
}

uint64_t x86_help_out(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	uint32_t port = a & 0xffff;
	unsigned bytes = (unsigned)b;
	bool found;

	(void)d;
	check_port(x, port, bytes);
	if (x->dr[7] & 0xff)
		x86_note_io(x, port, bytes);
	if (x->io)
		bus_io_write(x->io, port, bytes, c & all_ones(bytes), false, &found);
	return 0;
}
