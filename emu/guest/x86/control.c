/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Control registers and privileged instructions that have to do with them, caches, and
 * waiting (SDM 3, 2.5; SDM 2).  Caches aren't modelled: CD and NW are bits, WBINVD and
 * INVD check rights.
 */
#include "guest/x86/protect.h"

#define CR0_WRITABLE                                                                               \
	(X86_CR0_PE | X86_CR0_MP | X86_CR0_EM | X86_CR0_TS | X86_CR0_NE | X86_CR0_WP |             \
	 X86_CR0_AM | X86_CR0_NW | X86_CR0_CD | X86_CR0_PG)
#define CR0_OF_386 (X86_CR0_PE | X86_CR0_MP | X86_CR0_EM | X86_CR0_TS | X86_CR0_PG)
/* What page walks depend on; without PG they depend on nothing, so that going to protected
 * mode and back is free. */
#define CR0_PAGING (X86_CR0_PG | X86_CR0_WP)
#define CR4_PAGING (X86_CR4_PSE | X86_CR4_PAE | X86_CR4_PGE)
#define CR3_CACHE 0x18u /* PWT, PCD */

static bool uses_directory(uint32_t cr0, uint32_t cr4)
{
	return cr0 & X86_CR0_PG && cr4 & X86_CR4_PAE;
}

static void write_cr0(struct x86 *x, uint32_t value)
{
	uint32_t changed;

	if ((value & X86_CR0_PG && !(value & X86_CR0_PE)) ||
	    (value & X86_CR0_NW && !(value & X86_CR0_CD)))
		x86_raise_code(x, X86_GP, 0);
	value &= x->model->family >= 4 ? CR0_WRITABLE : CR0_OF_386;
	value |= X86_CR0_ET;
	changed = value ^ x->cr0;
	if (uses_directory(value, x->cr4) && changed & X86_CR0_PG && !x86_load_directory(x, x->cr3))
		x86_raise_code(x, X86_GP, 0);
	x->cr0 = value;
	if (changed & CR0_PAGING && (changed | value) & X86_CR0_PG)
		mem_drop(x->cpu.mem);
}

void x86_set_cr3(struct x86 *x, uint32_t value)
{
	if (uses_directory(x->cr0, x->cr4) && !x86_load_directory(x, value))
		x86_raise_code(x, X86_GP, 0);
	x->cr3 = value & (~0x1fu | CR3_CACHE); /* bits 5 to 11: PAE's, but they stay */
	mem_flush(x->cpu.mem);
}

static uint32_t cr4_of_model(const struct x86_model *m)
{
	uint32_t mask = 0;

	if (m->features & X86_FEATURE_TSC)
		mask |= X86_CR4_TSD;
	if (m->features & X86_FEATURE_DE)
		mask |= X86_CR4_DE;
	if (m->features & X86_FEATURE_PSE)
		mask |= X86_CR4_PSE;
	if (m->features & X86_FEATURE_PAE)
		mask |= X86_CR4_PAE;
	if (m->features & X86_FEATURE_PGE)
		mask |= X86_CR4_PGE;
	if (m->features & X86_FEATURE_FXSR)
		mask |= X86_CR4_OSFXSR;
	if (m->features & X86_FEATURE_SSE)
		mask |= X86_CR4_OSXMMEXCPT;
	return mask;
}

static void write_cr4(struct x86 *x, uint32_t value)
{
	uint32_t changed = value ^ x->cr4;

	if (value & ~cr4_of_model(x->model))
		x86_raise_code(x, X86_GP, 0);
	if (uses_directory(x->cr0, value) && changed & CR4_PAGING && !x86_load_directory(x, x->cr3))
		x86_raise_code(x, X86_GP, 0);
	x->cr4 = value;
	/* Turning PGE off and on is how systems flush global pages. */
	if (changed & (X86_CR4_PSE | X86_CR4_PAE))
		mem_drop(x->cpu.mem);
	else if (changed & CR4_PAGING)
		mem_flush(x->cpu.mem);
}

static void require_control(struct x86 *x, uint64_t number)
{
	bool exists =
		number == 0 || number == 2 || number == 3 || (number == 4 && x->model->family >= 5);

	if (!exists)
		x86_raise(x, X86_UD);
	x86_require_cpl0(x);
}

uint64_t x86_help_read_control(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)b, (void)c, (void)d;
	require_control(x, a);
	switch (a) {
	case 0:
		return x->cr0;
	case 2:
		return x->cr2;
	case 3:
		return x->cr3;
	default:
		return x->cr4;
	}
}

uint64_t x86_help_write_control(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)c, (void)d;
	require_control(x, a);
	switch (a) {
	case 0:
		write_cr0(x, (uint32_t)b);
		break;
	case 2:
		x->cr2 = (uint32_t)b;
		break;
	case 3:
		x86_set_cr3(x, (uint32_t)b);
		break;
	default:
		write_cr4(x, (uint32_t)b);
		break;
	}
	return 0;
}

uint64_t x86_help_clts(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)a, (void)b, (void)c, (void)d;
	x86_require_cpl0(x);
	x->cr0 &= ~X86_CR0_TS;
	return 0;
}

/* PE can be set, but not cleared. */
uint64_t x86_help_lmsw(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	const uint32_t low = X86_CR0_MP | X86_CR0_EM | X86_CR0_TS;
	struct x86 *x = cpu;

	(void)b, (void)c, (void)d;
	x86_require_cpl0(x);
	write_cr0(x, (x->cr0 & ~low) | ((uint32_t)a & (low | X86_CR0_PE)));
	return 0;
}

uint64_t x86_help_smsw(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	const struct x86 *x = cpu;

	(void)a, (void)b, (void)c, (void)d;
	return x->cr0;
}

uint64_t x86_help_invlpg(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)b, (void)c, (void)d;
	x86_require_cpl0(x);
	mem_flush_address(x->cpu.mem, (gva)a);
	return 0;
}

/* All there is to WBINVD and INVD. */
uint64_t x86_help_privileged(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	x86_require_cpl0(cpu);
	return 0;
}

/* Even if it is to be woken at once: what has come is delivered before anything else is
 * executed. */
uint64_t x86_help_hlt(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)b, (void)c, (void)d;
	x86_require_cpl0(x);
	x->shadow = 0;
	if (x86_wakes(&x->cpu))
		cpu_notice(&x->cpu);
	cpu_halt(&x->cpu);
	return x->segment[X86_CS].base + (uint32_t)a;
}
