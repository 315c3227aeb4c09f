/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Saving and loading of the FPU, see arch/fpu.h.  XSAVE where the CPU has it, in
 * the standard format, else FXSAVE.  A save area is one page.
 */
#include <arch/fpu.h>

#include <arch/cpu.h>
#include <arch/io.h>
#include <arch/paging.h>
#include <core/cpu.h>
#include <core/klib.h>
#include <core/kmem.h>
#include <core/sched.h>

#define CR4_OSFXSR (1ull << 9)
#define CR4_OSXMMEXCPT (1ull << 10)
#define CR4_OSXSAVE (1ull << 18)
#define XCR0_X87_SSE 0x3u
#define XCR0_AVX 0x4u
#define XCR0_AVX512 0xe0u
#define FCW_OFFSET 0
#define MXCSR_OFFSET 24
#define INITIAL_FCW 0x37f
#define INITIAL_MXCSR 0x1f80

static bool has_xsave;
static uint32_t xcr0;
static uint8_t initial[PAGE_SIZE] __attribute__((aligned(64)));

void fpu_init_cpu(void)
{
	uint64_t cr4;

	has_xsave = cpuid(1, 0).ecx >> 26 & 1;
	__asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
	cr4 |= CR4_OSFXSR | CR4_OSXMMEXCPT | (has_xsave ? CR4_OSXSAVE : 0);
	__asm__ volatile("mov %0, %%cr4" ::"r"(cr4));
	if (has_xsave) {
		uint32_t possible = cpuid(0xd, 0).eax;

		xcr0 = XCR0_X87_SSE | (possible & XCR0_AVX);
		if ((possible & XCR0_AVX512) == XCR0_AVX512 && xcr0 & XCR0_AVX)
			xcr0 |= XCR0_AVX512;
		__asm__ volatile("xsetbv" ::"a"(xcr0), "d"(0), "c"(0));
		assert(cpuid(0xd, 0).ebx <= PAGE_SIZE);
	}
	initial[FCW_OFFSET] = INITIAL_FCW & 0xff;
	initial[FCW_OFFSET + 1] = INITIAL_FCW >> 8;
	initial[MXCSR_OFFSET] = INITIAL_MXCSR & 0xff;
	initial[MXCSR_OFFSET + 1] = INITIAL_MXCSR >> 8;
}

void fpu_save(void *area)
{
	if (has_xsave)
		__asm__ volatile("xsave64 (%0)" ::"r"(area), "a"(xcr0), "d"(0) : "memory");
	else
		__asm__ volatile("fxsave64 (%0)" ::"r"(area) : "memory");
}

void fpu_load(const void *area)
{
	if (has_xsave)
		__asm__ volatile("xrstor64 (%0)" ::"r"(area), "a"(xcr0), "d"(0) : "memory");
	else
		__asm__ volatile("fxrstor64 (%0)" ::"r"(area) : "memory");
}

void fpu_clear(void)
{
	fpu_load(initial);
}

bool fpu_first_use(struct tcb *t)
{
	void *area;

	if (t->arch.fpu)
		return false;
	area = kmem_page(t->space);
	if (!area)
		return false;
	memcpy(area, initial, 512);
	t->arch.fpu = area;
	__asm__ volatile("clts");
	fpu_load(area);
	this_cpu()->fpu_dirty = true;
	thread_update_keys(t);
	return true;
}
