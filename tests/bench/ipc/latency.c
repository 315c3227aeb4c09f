/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupt latency under long kernel operations.  Root, with the highest priority,
 * waits for interrupts of the first timer of the HPET (IA-PC HPET specification
 * 1.0a) at random moments, and notes how late it runs, while a disturber (disturb.c)
 * keeps the kernel busy.  Where instructions are counted, one is one nanosecond of
 * the timer, so the moment at which the interrupt is raised is known.
 *
 * The timer uses pin 2 of the I/O APIC, which is interrupt 0 of the PC.
 */
#include "disturb.h"
#include "loop.h"
#include <l4/thread.h>
#include <stdio.h>

#define HPET_ADDRESS 0xfed00000ull
#define HPET_PIN 2
#define HPET_IRQ 0
#define FEMTOSECONDS 1000000 /* in a nanosecond */

/* Registers, as indices of 32-bit words. */
enum hpet_register {
	HPET_ID = 0x000 / 4,
	HPET_PERIOD = 0x004 / 4, /* in femtoseconds */
	HPET_CONFIG = 0x010 / 4,
	HPET_COUNTER = 0x0f0 / 4,
	HPET_T0_CONFIG = 0x100 / 4,
	HPET_T0_PINS = 0x104 / 4,
	HPET_T0_COMPARE = 0x108 / 4,
	HPET_T0_COMPARE_HIGH = 0x10c / 4,
};

#define HPET_ENABLE 1u
#define HPET_T0_ENABLE (1u << 2)
#define HPET_T0_ROUTE(pin) ((pin) << 9)

#define EVENTS 500
#define GIVE_UP_EVENTS (200 * EVENTS)
#define MIN_DELAY 4000 /* root waits again before that */
#define DELAY_SPAN 16384
#define PATIENCE_US 1000000

static const char *const names[DISTURB_PHASES] = {
	[DISTURB_QUIET] = "latency.quiet",   [DISTURB_MAP] = "latency.map",
	[DISTURB_UNMAP] = "latency.unmap",   [DISTURB_DELETE] = "latency.delete",
	[DISTURB_DEEP] = "latency.deep",     [DISTURB_STRING] = "latency.string",
	[DISTURB_RANDOM] = "latency.random", [DISTURB_SPLIT] = "latency.split",
	[DISTURB_THREAD] = "latency.thread", [DISTURB_IO] = "latency.io",
};

static volatile uint32_t *hpet;
static uint64_t worst[DISTURB_PHASES];
static unsigned events[DISTURB_PHASES];

static bool hpet_open(void)
{
	struct l4_fpage page = l4_fpage(HPET_ADDRESS, L4_PAGE_BITS, L4_RIGHTS_RW);

	if (l4_fpage_is_nil(l4_sigma0_request(page, L4_MEMORY_UNCACHED)))
		return false;
	hpet = (volatile uint32_t *)HPET_ADDRESS;
	if (hpet[HPET_PERIOD] < FEMTOSECONDS || hpet[HPET_PERIOD] > 100 * FEMTOSECONDS ||
	    !(hpet[HPET_T0_PINS] >> HPET_PIN & 1))
		return false;
	/* One shot, edge triggered.  The low half of the counter lasts for 40 s. */
	hpet[HPET_CONFIG] = 0;
	hpet[HPET_COUNTER] = 0;
	hpet[HPET_COUNTER + 1] = 0;
	hpet[HPET_T0_CONFIG] = HPET_T0_ENABLE | HPET_T0_ROUTE(HPET_PIN);
	hpet[HPET_T0_COMPARE_HIGH] = 0;
	hpet[HPET_T0_COMPARE] = ~0u;
	hpet[HPET_CONFIG] = HPET_ENABLE;
	return true;
}

static void hpet_close(void)
{
	hpet[HPET_T0_CONFIG] = 0;
	hpet[HPET_CONFIG] = 0;
}

static bool attach(struct l4_thread_id handler)
{
	struct l4_thread_id irq = l4_interrupt(HPET_IRQ);

	return l4_thread_control(irq, irq, L4_NILTHREAD, handler, L4_UTCB_UNCHANGED);
}

/* Some instructions, from MIN_DELAY on. */
static uint64_t random_delay(void)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return MIN_DELAY + (state >> 33) % DELAY_SPAN;
}

/* From the moment of one interrupt to root's first instructions after it.  What comes
 * too early is from the 8254, which firmware may have left running: same pin. */
static uint64_t one_event(void)
{
	struct l4_thread_id irq = l4_interrupt(HPET_IRQ);
	uint32_t period_ns = hpet[HPET_PERIOD] / FEMTOSECONDS;
	uint32_t counts = (uint32_t)random_delay() / period_ns;
	struct l4_tag tag;
	uint64_t due = loop_tsc() + (uint64_t)counts * period_ns;

	uint64_t now;

	hpet[HPET_T0_COMPARE] = hpet[HPET_COUNTER] + counts;
	do {
		l4_set_tag(l4_tag(0, 0, 0));
		tag = l4_ipc(irq, irq, l4_timeouts(L4_NEVER, l4_period_us(PATIENCE_US)), NULL);
		now = loop_tsc();
		if (l4_tag_failed(tag))
			bench_fail("an interrupt of the HPET did not come");
	} while (now < due);
	return now - due;
}

static void measure(enum disturb_phase wanted)
{
	unsigned count = 0;

	disturb_start(wanted);
	while (events[wanted] < EVENTS) {
		uint64_t late = one_event();
		enum disturb_phase phase = disturb_phase;

		if (++count == GIVE_UP_EVENTS) {
			printf("%s: %u events\n", names[wanted], events[wanted]);
			bench_fail("a disturber does not come to the point");
		}
		events[phase]++;
		if (late > worst[phase])
			worst[phase] = late;
	}
	disturb_stop = true;
	l4_receive(bench_id(BENCH_DISTURBER));
	bench_delete(BENCH_DISTURBER);
}

void bench_run_latency(void)
{
	static const enum disturb_phase order[] = {
		DISTURB_QUIET,  DISTURB_UNMAP, DISTURB_DELETE, DISTURB_DEEP, DISTURB_STRING,
		DISTURB_RANDOM, DISTURB_SPLIT, DISTURB_THREAD, DISTURB_IO,
	};
	uint64_t quiet, max = 0;

	if (!hpet_open() || !attach(l4_myself())) {
		printf("No interrupt of an HPET on pin 2: latency is not measured\n");
		return;
	}
	disturb_set_up();
	for (unsigned i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		measure(order[i]);
	quiet = worst[DISTURB_QUIET];
	for (unsigned i = DISTURB_QUIET + 1; i < DISTURB_PHASES; i++) {
		uint64_t late = worst[i] > quiet ? worst[i] - quiet : 0;

		bench_report(names[i], late, 1);
		max = late > max ? late : max;
	}
	bench_report("latency.max", max, 1);
	attach(l4_interrupt(HPET_IRQ));
	hpet_close();
	bench_delete(BENCH_SPINNER);
}
