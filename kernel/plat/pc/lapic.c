/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The local APIC (Intel SDM volume 3, chapter 10): its registers by memory, or by
 * MSRs where firmware has already switched it to x2APIC mode.  The timer is used
 * one-shot with the undivided bus clock; TSC-deadline mode is not used.
 */
#include "pc.h"
#include <arch/io.h>
#include <arch/kernel_map.h>
#include <core/boot_memory.h>

enum lapic_register {
	LAPIC_ID = 0x20,
	LAPIC_TPR = 0x80,
	LAPIC_EOI = 0xb0,
	LAPIC_SVR = 0xf0,
	LAPIC_ICR_LOW = 0x300,
	LAPIC_ICR_HIGH = 0x310,
	LAPIC_LVT_TIMER = 0x320,
	LAPIC_LVT_LINT0 = 0x350,
	LAPIC_LVT_LINT1 = 0x360,
	LAPIC_LVT_ERROR = 0x370,
	LAPIC_TIMER_INITIAL = 0x380,
	LAPIC_TIMER_CURRENT = 0x390,
	LAPIC_TIMER_DIVIDE = 0x3e0,
};

#define LAPIC_SIZE 0x400
#define BASE_X2APIC (1 << 10)
#define BASE_ENABLE (1 << 11)
#define BASE_ADDRESS 0x000ffffffffff000
#define X2APIC_MSR 0x800
#define SVR_ENABLE 0x100
#define LVT_MASKED 0x10000
#define LVT_NMI 0x400
#define ICR_PENDING 0x1000
#define DIVIDE_BY_1 0xb

static volatile uint32_t *lapic_base; /* NULL in x2APIC mode */

static uint32_t lapic_read(enum lapic_register r)
{
	if (lapic_base)
		return lapic_base[r / 4];
	return (uint32_t)rdmsr(X2APIC_MSR + (uint32_t)r / 16);
}

static void lapic_write(enum lapic_register r, uint32_t value)
{
	if (lapic_base)
		lapic_base[r / 4] = value;
	else
		wrmsr(X2APIC_MSR + (uint32_t)r / 16, value);
}

bool lapic_init(void)
{
	uint64_t base;

	if (!(cpuid(1, 0).edx >> 9 & 1))
		return false;
	base = rdmsr(MSR_APIC_BASE);
	if (!(base & BASE_ENABLE))
		return false;
	boot_memory_reserve(base & BASE_ADDRESS, (base & BASE_ADDRESS) + PAGE_SIZE);
	if (base & BASE_X2APIC)
		return true;
	lapic_base = arch_map_device(base & BASE_ADDRESS, LAPIC_SIZE);
	return lapic_base;
}

static uint32_t lint_mode(unsigned lint)
{
	return pc.nmi_lints >> lint & 1 ? LVT_NMI : LVT_MASKED;
}

void lapic_init_cpu(void)
{
	if (!lapic_base)
		wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | BASE_X2APIC);
	lapic_write(LAPIC_SVR, SVR_ENABLE | VECTOR_SPURIOUS);
	lapic_write(LAPIC_TPR, 0);
	lapic_write(LAPIC_LVT_LINT0, lint_mode(0));
	lapic_write(LAPIC_LVT_LINT1, lint_mode(1));
	lapic_write(LAPIC_LVT_ERROR, LVT_MASKED);
	lapic_write(LAPIC_TIMER_DIVIDE, DIVIDE_BY_1);
	lapic_write(LAPIC_LVT_TIMER, VECTOR_TIMER);
}

uint32_t lapic_id(void)
{
	uint32_t id = lapic_read(LAPIC_ID);

	return lapic_base ? id >> 24 : id;
}

void lapic_eoi(void)
{
	lapic_write(LAPIC_EOI, 0);
}

void lapic_send(uint32_t apic_id, uint32_t command)
{
	if (!lapic_base) {
		/* an MSR write doesn't wait for earlier stores to be seen */
		__asm__ volatile("mfence" : : : "memory");
		wrmsr(X2APIC_MSR + LAPIC_ICR_LOW / 16, (uint64_t)apic_id << 32 | command);
		return;
	}
	while (lapic_read(LAPIC_ICR_LOW) & ICR_PENDING)
		cpu_pause();
	lapic_write(LAPIC_ICR_HIGH, apic_id << 24);
	lapic_write(LAPIC_ICR_LOW, command);
}

void lapic_timer_start(uint32_t ticks)
{
	lapic_write(LAPIC_TIMER_INITIAL, ticks);
}

uint32_t lapic_timer_left(void)
{
	return lapic_read(LAPIC_TIMER_CURRENT);
}
