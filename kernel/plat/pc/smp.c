/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Starts the other CPUs (Intel SDM volume 3, section 8.4.4.2: INIT, start-up,
 * start-up) and compares their time stamp counters with the boot CPU's.
 *
 * Comparison: the boot CPU reads its counter before and after the other one has
 * read its own; so the difference lies between two bounds, which narrow with every
 * round.  If zero is not among the possible values, the other CPU's counter is
 * set forward or back.
 */
#include "pc.h"
#include <arch/io.h>
#include <arch/layout.h>
#include <core/klib.h>

#define TRAMPOLINE_PHYS 0x8000
#define TRAMPOLINE_MAX 64
#define START_TIMEOUT_US 1000000 /* an emulated CPU may take 100 ms to come */
#define TSC_ROUNDS 8

extern const char ap_trampoline[], ap_trampoline_end[];

/* Read by ap_boot.S. */
uint32_t ap_ticket;
uint32_t ap_cpu;
void *ap_stack;

/* The CPU being started: at even steps it is the boot CPU's turn. */
static unsigned ap_step;
static uint64_t ap_tsc;
static int64_t ap_tsc_adjust;

_Noreturn void ap_enter(unsigned cpu);

unsigned plat_cpu_count(void)
{
	return pc.cpu_count;
}

static void ap_wait_step(unsigned step)
{
	while (__atomic_load_n(&ap_step, __ATOMIC_ACQUIRE) != step)
		cpu_pause();
}

static void ap_next_step(void)
{
	__atomic_store_n(&ap_step, ap_step + 1, __ATOMIC_RELEASE);
}

static uint64_t read_tsc_in_order(void)
{
	__asm__ volatile("lfence" : : : "memory");
	return rdtsc();
}

/* First C code of the other CPUs; the odd steps are theirs. */
void ap_enter(unsigned cpu)
{
	for (unsigned i = 0; i < TSC_ROUNDS; i++) {
		ap_wait_step(2 * i + 1);
		ap_tsc = read_tsc_in_order();
		ap_next_step();
	}
	ap_wait_step(2 * TSC_ROUNDS + 1);
	if (ap_tsc_adjust)
		wrmsr(MSR_TSC, rdtsc() + (uint64_t)ap_tsc_adjust);
	ap_next_step();
	arch_ap_main(cpu);
}

static void compare_tsc(void)
{
	int64_t low = INT64_MIN, high = INT64_MAX;

	for (unsigned i = 0; i < TSC_ROUNDS; i++) {
		int64_t before = (int64_t)read_tsc_in_order(), after;

		ap_next_step();
		ap_wait_step(2 * i + 2);
		after = (int64_t)read_tsc_in_order();
		before -= (int64_t)ap_tsc;
		after -= (int64_t)ap_tsc;
		low = before > low ? before : low;
		high = after < high ? after : high;
	}
	ap_tsc_adjust = 0;
	if (low > 0 || high < 0) {
		ap_tsc_adjust = low + (high - low) / 2;
		clock_distrust_tsc();
	}
	ap_next_step();
	ap_wait_step(2 * TSC_ROUNDS + 2);
}

/* Waits until the CPU has taken the ticket. */
static bool ap_wait_taken(uint64_t us)
{
	uint64_t end = plat_clock_us() + us;

	while (__atomic_load_n(&ap_ticket, __ATOMIC_ACQUIRE)) {
		if (plat_clock_us() > end)
			return false;
		cpu_pause();
	}
	return true;
}

/* If the CPU comes just now, it either has the ticket, or halts and gets an INIT. */
static bool ap_start(uint32_t apic_id)
{
	lapic_send(apic_id, LAPIC_SEND_INIT);
	clock_delay_us(10000);
	for (unsigned i = 0; i < 2; i++) {
		lapic_send(apic_id, LAPIC_SEND_STARTUP | TRAMPOLINE_PHYS >> 12);
		if (ap_wait_taken(i ? START_TIMEOUT_US : 200))
			return true;
	}
	if (!__atomic_exchange_n(&ap_ticket, 0, __ATOMIC_SEQ_CST))
		return true;
	lapic_send(apic_id, LAPIC_SEND_INIT);
	return false;
}

bool plat_cpu_start(unsigned cpu)
{
	char *trampoline = (char *)(DIRECT_MAP + TRAMPOLINE_PHYS);
	size_t size = (size_t)(ap_trampoline_end - ap_trampoline);
	char saved[TRAMPOLINE_MAX];
	bool started;

	assert(size <= sizeof(saved));
	memcpy(saved, trampoline, size);
	memcpy(trampoline, ap_trampoline, size);
	ap_cpu = cpu;
	ap_stack = arch_cpu_stack(cpu);
	ap_step = 0;
	__atomic_store_n(&ap_ticket, 1, __ATOMIC_SEQ_CST);
	started = ap_start(pc.apic_id[cpu]);
	memcpy(trampoline, saved, size);
	if (started)
		compare_tsc();
	return started;
}
