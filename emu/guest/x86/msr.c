/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Model-specific registers (SDM 3, 11.11 and 11.12; SDM 4) and the time-stamp counter,
 * which counts the machine's nanoseconds: 1 GHz.
 *
 * Memory types are kept and have no effect.  Not there: machine checks, performance
 * counters, branch records, APIC_BASE (#GP, as for all unknown ones).
 */
#include "guest/x86/protect.h"

#include <emu/log.h>

#define MSR_TSC 0x10
#define MSR_PLATFORM_ID 0x17
#define MSR_POWER_ON 0x2a
#define MSR_UPDATE_TRIGGER 0x79
#define MSR_UPDATE_SIGNATURE 0x8b
#define MSR_MTRR_CAP 0xfe
#define MSR_SYSENTER_CS 0x174
#define MSR_SYSENTER_ESP 0x175
#define MSR_SYSENTER_EIP 0x176
#define MSR_MTRR_VARIABLE 0x200
#define MSR_MTRR_VARIABLE_LAST 0x20f
#define MSR_MTRR_FIX64K 0x250
#define MSR_MTRR_FIX16K 0x258
#define MSR_MTRR_FIX4K 0x268
#define MSR_PAT 0x277
#define MSR_MTRR_DEFAULT 0x2ff
#define MSR_EFER 0xc0000080

#define EFER_NXE (1u << 11)
#define MTRR_CAP 0x508u /* 8 variable ranges, fixed ones, write-combining */
#define PHYSICAL 0xfffffffffull
#define PAT_RESET 0x0007040600070406ull

/* Where x->mtrr keeps them. */
#define MTRR_FIXED 16
#define MTRR_DEFAULT 27

void x86_msr_reset(struct x86 *x)
{
	for (unsigned i = 0; i < COUNT_OF(x->mtrr); i++)
		x->mtrr[i] = 0;
	x->pat = PAT_RESET;
	x->tsc_offset = 0 - clock_now(x->cpu.clock);
}

uint64_t x86_tsc(struct x86 *x)
{
	return clock_now(x->cpu.clock) + x->tsc_offset;
}

static bool has(const struct x86 *x, uint32_t feature)
{
	return x->model->features & feature;
}

/* The number in x->mtrr, or -1. */
static int mtrr_number(uint32_t msr)
{
	if (msr >= MSR_MTRR_VARIABLE && msr <= MSR_MTRR_VARIABLE_LAST)
		return (int)(msr - MSR_MTRR_VARIABLE);
	if (msr == MSR_MTRR_FIX64K)
		return MTRR_FIXED;
	if (msr == MSR_MTRR_FIX16K || msr == MSR_MTRR_FIX16K + 1)
		return (int)(msr - MSR_MTRR_FIX16K + MTRR_FIXED + 1);
	if (msr >= MSR_MTRR_FIX4K && msr <= MSR_MTRR_FIX4K + 7)
		return (int)(msr - MSR_MTRR_FIX4K + MTRR_FIXED + 3);
	return msr == MSR_MTRR_DEFAULT ? MTRR_DEFAULT : -1;
}

/* UC, WC, WT, WP, WB; in the PAT also UC-. */
static bool is_memory_type(unsigned type, bool pat)
{
	return type == 0 || type == 1 || (type >= 4 && type <= 6) || (pat && type == 7);
}

static bool are_memory_types(uint64_t value, bool pat)
{
	for (unsigned i = 0; i < 8; i++)
		if (!is_memory_type(value >> (8 * i) & 0xff, pat))
			return false;
	return true;
}

static bool mtrr_fits(unsigned n, uint64_t value)
{
	if (n == MTRR_DEFAULT)
		return !(value & ~0xcffull) && is_memory_type(value & 0xff, false);
	if (n >= MTRR_FIXED)
		return are_memory_types(value, false);
	if (n & 1)
		return !(value & ~(PHYSICAL & ~0x7ffull));
	return !(value & ~(PHYSICAL & ~0xf00ull)) && is_memory_type(value & 0xff, false);
}

static bool read_sysenter(const struct x86 *x, uint32_t msr, uint64_t *value)
{
	if (!has(x, X86_FEATURE_SEP))
		return false;
	*value = msr == MSR_SYSENTER_CS  ? x->sysenter_cs :
		 msr == MSR_SYSENTER_ESP ? x->sysenter_esp :
					   x->sysenter_eip;
	return true;
}

static bool read_msr(struct x86 *x, uint32_t msr, uint64_t *value)
{
	int n = mtrr_number(msr);

	*value = 0;
	if (n >= 0) {
		*value = x->mtrr[n];
		return has(x, X86_FEATURE_MTRR);
	}
	switch (msr) {
	case MSR_TSC:
		*value = x86_tsc(x);
		return has(x, X86_FEATURE_TSC);
	case MSR_PLATFORM_ID:
	case MSR_POWER_ON:
	case MSR_UPDATE_SIGNATURE:
		return x->model->family >= 6;
	case MSR_MTRR_CAP:
		*value = MTRR_CAP;
		return has(x, X86_FEATURE_MTRR);
	case MSR_SYSENTER_CS:
	case MSR_SYSENTER_ESP:
	case MSR_SYSENTER_EIP:
		return read_sysenter(x, msr, value);
	case MSR_PAT:
		*value = x->pat;
		return has(x, X86_FEATURE_PAT);
	case MSR_EFER:
		*value = x->efer;
		return x->model->nx;
	default:
		return false;
	}
}

static bool write_sysenter(struct x86 *x, uint32_t msr, uint32_t value)
{
	if (!has(x, X86_FEATURE_SEP))
		return false;
	if (msr == MSR_SYSENTER_CS)
		x->sysenter_cs = value;
	else if (msr == MSR_SYSENTER_ESP)
		x->sysenter_esp = value;
	else
		x->sysenter_eip = value;
	return true;
}

static bool write_efer(struct x86 *x, uint64_t value)
{
	if (!x->model->nx || value & ~(uint64_t)EFER_NXE)
		return false;
	if (x->efer != value)
		mem_drop(x->cpu.mem);
	x->efer = value;
	return true;
}

static bool write_mtrr(struct x86 *x, unsigned n, uint64_t value)
{
	if (!has(x, X86_FEATURE_MTRR) || !mtrr_fits(n, value))
		return false;
	x->mtrr[n] = value;
	return true;
}

static bool write_msr(struct x86 *x, uint32_t msr, uint64_t value)
{
	int n = mtrr_number(msr);

	if (n >= 0)
		return write_mtrr(x, (unsigned)n, value);
	switch (msr) {
	case MSR_TSC: /* P6: the high half becomes 0 */
		if (x->model->family == 6)
			value = (uint32_t)value;
		x->tsc_offset = value - clock_now(x->cpu.clock);
		return has(x, X86_FEATURE_TSC);
	case MSR_POWER_ON:
	case MSR_UPDATE_TRIGGER:
	case MSR_UPDATE_SIGNATURE: /* no microcode, no revision */
		return x->model->family >= 6;
	case MSR_SYSENTER_CS:
	case MSR_SYSENTER_ESP:
	case MSR_SYSENTER_EIP:
		return write_sysenter(x, msr, (uint32_t)value);
	case MSR_PAT:
		if (!has(x, X86_FEATURE_PAT) || !are_memory_types(value, true))
			return false;
		x->pat = value;
		return true;
	case MSR_EFER:
		return write_efer(x, value);
	default:
		return false;
	}
}

static uint64_t yield_pair(struct x86 *x, uint64_t value)
{
	x->r[X86_EAX] = (uint32_t)value;
	x->r[X86_EDX] = (uint32_t)(value >> 32);
	return value;
}

static void require_msr(struct x86 *x)
{
	if (!has(x, X86_FEATURE_MSR))
		x86_raise(x, X86_UD);
	x86_require_cpl0(x);
}

uint64_t x86_help_rdmsr(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	uint64_t value;

	(void)a, (void)b, (void)c, (void)d;
	require_msr(x);
	if (!read_msr(x, x->r[X86_ECX], &value)) {
		LOG(LOG_UNIMPLEMENTED, "x86: RDMSR of %#x at %#x", x->r[X86_ECX], x->cpu.pc);
		x86_raise_code(x, X86_GP, 0);
	}
	return yield_pair(x, value);
}

uint64_t x86_help_wrmsr(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	uint64_t value = (uint64_t)x->r[X86_EDX] << 32 | x->r[X86_EAX];

	(void)a, (void)b, (void)c, (void)d;
	require_msr(x);
	if (write_msr(x, x->r[X86_ECX], value))
		return 0;
	LOG(LOG_UNIMPLEMENTED, "x86: WRMSR of %#x to %#x at %#x", x->r[X86_EAX], x->r[X86_ECX],
	    x->cpu.pc);
	x86_raise_code(x, X86_GP, 0);
}

uint64_t x86_help_rdtsc(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)a, (void)b, (void)c, (void)d;
	if (!has(x, X86_FEATURE_TSC))
		x86_raise(x, X86_UD);
	if (x->cr4 & X86_CR4_TSD && x86_cpl(x) != 0)
		x86_raise_code(x, X86_GP, 0);
	return yield_pair(x, x86_tsc(x));
}

/* There are no counters. */
uint64_t x86_help_rdpmc(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)a, (void)b, (void)c, (void)d;
	if (x->model->family < 6)
		x86_raise(x, X86_UD);
	x86_raise_code(x, X86_GP, 0);
}
