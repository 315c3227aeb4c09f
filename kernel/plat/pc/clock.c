/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clock is the time stamp counter, calibrated against the 8254 together with
 * the local APIC's timer.
 *
 * Counters of several CPUs are compared when the CPUs start (smp.c).  Where that
 * found a difference, or the CPU doesn't promise a constant rate, no CPU tells a
 * time before the latest that any has told.
 */
#include "pc.h"
#include <arch/io.h>
#include <core/klib.h>

#define CALIBRATION_TICKS (PIT_HZ / 100)
#define CALIBRATION_TRIES 10
#define SAMPLE_TRIES 8
#define SPIN_LOOPS 2000 /* about 1 us; reading the 8254 takes longer */
#define SPIN_LIMIT 1000000
#define TIMER_MAX_TICKS 0xf0000000u

struct clock_sample {
	uint64_t tsc;
	uint32_t lapic;
	uint16_t pit;
};

static uint64_t clock_start;
static uint64_t clock_scale; /* us per TSC tick << 64 */
static uint64_t clock_last;  /* time told, in us; if the TSC isn't trusted */
static bool clock_clamped;
static uint32_t clock_tsc_khz, clock_bus_khz;

static void clock_spin(unsigned loops)
{
	while (loops--)
		__asm__ volatile("");
}

/* The counters at one instant: the closest together of a few readings. */
static struct clock_sample clock_read_sample(void)
{
	uint64_t best = UINT64_MAX;
	struct clock_sample sample = { 0 };

	for (unsigned i = 0; i < SAMPLE_TRIES; i++) {
		struct clock_sample s;
		uint64_t took;

		s.tsc = rdtsc();
		s.pit = pit_counter_read();
		s.lapic = pc.apic ? lapic_timer_left() : 0;
		took = rdtsc() - s.tsc;
		if (took < best) {
			best = took;
			sample = s;
		}
	}
	return sample;
}

/* Measures both frequencies over 10 ms. */
static void clock_measure(uint32_t *tsc_khz, uint32_t *bus_khz)
{
	struct clock_sample a = clock_read_sample(), b;
	uint16_t ticks;
	unsigned spins = 0;

	while ((uint16_t)(a.pit - pit_counter_read()) < CALIBRATION_TICKS) {
		clock_spin(SPIN_LOOPS);
		if (spins++ == SPIN_LIMIT)
			panic("the 8254 timer doesn't count");
	}
	b = clock_read_sample();
	ticks = (uint16_t)(a.pit - b.pit);
	*tsc_khz = (uint32_t)((b.tsc - a.tsc) * PIT_HZ / ticks / 1000);
	*bus_khz = pc.apic ? (uint32_t)((uint64_t)(a.lapic - b.lapic) * PIT_HZ / ticks / 1000) :
			     PIT_KHZ;
}

/* Two measurements must agree: under emulation, or by system management code, one
 * may be interrupted for longer than the 8254 can count. */
void plat_clock_init(void)
{
	uint32_t khz = 0, difference = UINT32_MAX;

	pit_counter_start();
	if (pc.apic)
		lapic_timer_start(UINT32_MAX);
	for (unsigned i = 0; i < CALIBRATION_TRIES && difference > khz / 1024; i++) {
		uint32_t last = khz;

		clock_measure(&khz, &clock_bus_khz);
		difference = khz > last ? khz - last : last - khz;
	}
	if (pc.apic)
		lapic_timer_start(0);
	clock_tsc_khz = khz;
	clock_scale = (1000ull << 54) / khz << 10;
	clock_start = rdtsc();
	if (pc.cpu_count > 1 &&
	    (cpuid(0x80000000, 0).eax < 0x80000007 || !(cpuid(0x80000007, 0).edx >> 8 & 1)))
		clock_clamped = true;
}

void clock_distrust_tsc(void)
{
	clock_clamped = true;
}

uint64_t plat_ticks_us(uint64_t ticks)
{
	return (uint64_t)((unsigned __int128)ticks * clock_scale >> 64);
}

uint64_t plat_clock_us(void)
{
	uint64_t now = plat_ticks_us(rdtsc() - clock_start);
	uint64_t last;

	if (!clock_clamped)
		return now;
	last = __atomic_load_n(&clock_last, __ATOMIC_RELAXED);
	while (last < now)
		if (__atomic_compare_exchange_n(&clock_last, &last, now, true, __ATOMIC_RELAXED,
						__ATOMIC_RELAXED))
			return now;
	return last;
}

void clock_delay_us(uint64_t us)
{
	uint64_t end = plat_clock_us() + us;

	while (plat_clock_us() <= end)
		clock_spin(SPIN_LOOPS / 4);
}

uint32_t plat_cpu_khz(void)
{
	return clock_tsc_khz;
}

uint32_t plat_bus_khz(void)
{
	return clock_bus_khz;
}

void plat_timer_set(uint64_t at_us)
{
	uint64_t now, us = 0, ticks;

	if (at_us == UINT64_MAX) {
		if (pc.apic)
			lapic_timer_start(0);
		else
			pit_timer_start(UINT64_MAX);
		return;
	}
	now = plat_clock_us();
	if (at_us > now)
		us = at_us - now;
	if (!pc.apic) {
		pit_timer_start(us);
		return;
	}
	ticks = TIMER_MAX_TICKS;
	if (us < ticks)
		ticks = us * clock_bus_khz / 1000 + 1;
	lapic_timer_start(ticks < TIMER_MAX_TICKS ? (uint32_t)ticks : TIMER_MAX_TICKS);
}
