/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Register scripts for SP804, SP805, PL031 and the Cortex-A9's timers.
 */
#include "rig.h"

#include "dev/timer/mptimer.h"
#include "dev/timer/pl031.h"
#include "dev/timer/sp804.h"
#include "dev/timer/sp805.h"

#define US 1000ull
#define MS 1000000ull
#define SECOND 1000000000ull

enum { LINE_FIRST, LINE_SECOND, LINE_COMBINED, LINE_RESET };

static struct rig *rig_with_sp804(void)
{
	struct rig *r = rig_open();
	const struct sp804_config config = { .clock = r->clock,
					     .hz = { 1000000, 1000000 },
					     .irq = { rig_line(r, LINE_FIRST),
						      rig_line(r, LINE_SECOND) },
					     .combined = rig_line(r, LINE_COMBINED) };

	rig_place(r, 0, 0x1000, &sp804_ops, sp804_create(&config));
	return r;
}

static void test_sp804_modes(void)
{
	struct rig *r = rig_with_sp804();

	ok(rig_is_primecell(r, 0x00141804), "sp804: identification");
	is(rig_read(r, 0x04), 0xffffffff, "sp804: value after reset");
	is(rig_read(r, 0x08), 0x20, "sp804: control after reset");

	rig_write(r, 0x00, 1000);
	rig_write(r, 0x08, 0xe2); /* enabled, periodic, interrupt, 32 bits */
	rig_pass(r, 400 * US);
	is(rig_read(r, 0x04), 600, "sp804: counts microseconds");
	ok(!r->line[LINE_FIRST], "sp804: no interrupt before its time");
	rig_pass(r, 599 * US + 999);
	ok(!r->line[LINE_FIRST], "sp804: not a nanosecond early");
	rig_pass(r, 1);
	ok(r->line[LINE_FIRST] && r->line[LINE_COMBINED], "sp804: interrupt on its own line too");
	is(rig_read(r, 0x14), 1, "sp804: masked status");
	rig_write(r, 0x0c, 0);
	ok(!r->line[LINE_FIRST] && !r->line[LINE_COMBINED], "sp804: cleared");
	for (unsigned i = 0; i < 10; i++) {
		rig_pass(r, MS);
		rig_write(r, 0x0c, 0);
	}
	is(r->rises[LINE_FIRST], 11, "sp804: one interrupt a period");

	rig_write(r, 0x18, 500);
	is(rig_read(r, 0x04), 1000, "sp804: background load doesn't restart");
	is(rig_read(r, 0x00), 500, "sp804: but is what the load register shows");
	rig_pass(r, 1300 * US);
	is(rig_read(r, 0x04), 200, "sp804: and counts from the next 0 on");
	rig_close(r);
}

static void test_sp804_once_and_wrap(void)
{
	struct rig *r = rig_with_sp804();

	rig_write(r, 0x20, 50);
	rig_write(r, 0x28, 0xa3); /* once, 32 bits */
	rig_pass(r, SECOND);
	is(rig_read(r, 0x24), 0, "sp804: a one-shot timer stays 0");
	is(r->rises[LINE_SECOND], 1, "sp804: after one interrupt");
	rig_write(r, 0x2c, 0);
	rig_pass(r, SECOND);
	is(r->rises[LINE_SECOND], 1, "sp804: and no more");

	rig_write(r, 0x28, 0);
	rig_write(r, 0x20, 0x10005);
	rig_write(r, 0x28, 0x80); /* free-running, 16 bits, no interrupt */
	rig_pass(r, 10 * US);
	is(rig_read(r, 0x24), 0xfffb, "sp804: 16 bits wrap through 0");
	is(rig_read(r, 0x30), 1, "sp804: raw status though masked");
	ok(!r->line[LINE_SECOND], "sp804: which drives nothing");

	rig_write(r, 0x28, 0);
	rig_write(r, 0x20, 100);
	rig_write(r, 0x28, 0x86); /* divided by 16 */
	rig_pass(r, 165 * US);
	is(rig_read(r, 0x24), 90, "sp804: prescaled by 16");
	rig_close(r);
}

/* Periods, values and interrupts against a counter that is stepped tick by tick. */
static void test_sp804_against_ticks(void)
{
	struct rig *r = rig_with_sp804();
	bool same = true;

	rig_write(r, 0x00, 7);
	rig_write(r, 0x08, 0xc2);
	for (unsigned tick = 0, value = 7; tick < 100; tick++) {
		same &= rig_read(r, 0x04) == value;
		value = value == 1 ? 7 : value - 1;
		rig_pass(r, US);
	}
	ok(same, "sp804: every value of a short period");
	rig_close(r);
}

static void test_sp804_saved(void)
{
	struct rig *r = rig_with_sp804(), *other = rig_with_sp804();

	rig_write(r, 0x00, 1000);
	rig_write(r, 0x08, 0xe2);
	rig_pass(r, 300 * US);
	ok(rig_save(r) && rig_load(other, r), "sp804: saved and loaded");
	is(rig_read(other, 0x04), 700, "sp804: counts on from where it was");
	rig_pass(other, 700 * US);
	ok(other->line[LINE_FIRST], "sp804: and interrupts in time");
	rig_close(r);
	rig_close(other);
}

static void test_sp805(void)
{
	struct rig *r = rig_open();
	const struct sp805_config config = { .clock = r->clock,
					     .hz = 1000,
					     .irq = rig_line(r, LINE_FIRST),
					     .reset = rig_line(r, LINE_RESET) };

	rig_place(r, 0, 0x1000, &sp805_ops, sp805_create(&config));
	ok(rig_is_primecell(r, 0x00141805), "sp805: identification");
	rig_write(r, 0xc00, 0);
	rig_write(r, 0x000, 5);
	is(rig_read(r, 0x000), 0xffffffff, "sp805: locked");
	is(rig_read(r, 0xc00), 1, "sp805: and says so");
	rig_write(r, 0xc00, 0x1acce551);
	rig_write(r, 0x000, 99);
	rig_write(r, 0x008, 3);
	rig_pass(r, 98 * MS);
	ok(!r->line[LINE_FIRST], "sp805: quiet before its time");
	rig_pass(r, 2 * MS);
	ok(r->line[LINE_FIRST] && !r->line[LINE_RESET], "sp805: warns first");
	rig_write(r, 0x00c, 1);
	ok(!r->line[LINE_FIRST], "sp805: cleared");
	is(rig_read(r, 0x004), 99, "sp805: which starts it anew");
	rig_pass(r, 150 * MS);
	ok(r->line[LINE_FIRST] && !r->line[LINE_RESET], "sp805: warns again");
	rig_pass(r, 100 * MS);
	ok(r->line[LINE_RESET], "sp805: resets when nobody cares");
	bus_reset(r->bus);
	ok(!r->line[LINE_RESET] && !r->line[LINE_FIRST], "sp805: reset itself");
	rig_close(r);
}

static void test_pl031(void)
{
	struct rig *r = rig_open();
	const struct pl031_config config = { .clock = r->clock, .irq = rig_line(r, LINE_FIRST) };
	uint32_t start;

	rig_place(r, 0, 0x1000, &pl031_ops, pl031_create(&config));
	ok(rig_is_primecell(r, 0x00041031), "pl031: identification");
	start = rig_read(r, 0x00);
	is(start, (uint32_t)clock_calendar(r->clock), "pl031: starts with the calendar");
	rig_pass(r, 10 * SECOND);
	is(rig_read(r, 0x00), start + 10, "pl031: counts seconds");
	rig_write(r, 0x08, 1000);
	is(rig_read(r, 0x00), 1000, "pl031: can be set");
	rig_write(r, 0x10, 1);
	rig_write(r, 0x04, 1005);
	rig_pass(r, 4 * SECOND);
	ok(!r->line[LINE_FIRST], "pl031: no alarm yet");
	rig_pass(r, SECOND);
	ok(r->line[LINE_FIRST], "pl031: alarm");
	rig_write(r, 0x1c, 1);
	ok(!r->line[LINE_FIRST], "pl031: cleared");
	bus_reset(r->bus);
	is(rig_read(r, 0x00), 1005, "pl031: time survives a reset");
	rig_close(r);
}

static struct rig *rig_with_mptimer(void)
{
	struct rig *r = rig_open();
	const struct mptimer_config config = { .clock = r->clock,
					       .hz = 100000000,
					       .timer = rig_line(r, LINE_FIRST),
					       .watchdog = rig_line(r, LINE_SECOND),
					       .reset = rig_line(r, LINE_RESET) };

	rig_place(r, 0, MPTIMER_BYTES, &mptimer_ops, mptimer_create(&config));
	return r;
}

static void test_private_timer(void)
{
	struct rig *r = rig_with_mptimer();

	rig_write(r, 0x00, 99);
	rig_write(r, 0x08, 0x0907); /* divided by 10, reload, interrupt */
	rig_pass(r, 5 * US);
	is(rig_read(r, 0x04), 49, "mptimer: counts 10 MHz");
	rig_pass(r, 4900);
	ok(r->line[LINE_FIRST], "mptimer: interrupt at 0");
	is(rig_read(r, 0x04), 0, "mptimer: where it stays for a tick");
	rig_pass(r, 100);
	is(rig_read(r, 0x04), 99, "mptimer: then reloads");
	rig_write(r, 0x0c, 1);
	ok(!r->line[LINE_FIRST], "mptimer: status cleared");
	rig_pass(r, 10 * US);
	is(r->rises[LINE_FIRST], 2, "mptimer: a period of load + 1");

	rig_write(r, 0x08, 0);
	rig_write(r, 0x0c, 1);
	rig_write(r, 0x00, 10);
	rig_write(r, 0x08, 5); /* once */
	rig_pass(r, MS);
	is(rig_read(r, 0x04), 0, "mptimer: one-shot stays 0");
	is(r->rises[LINE_FIRST], 3, "mptimer: with one interrupt");
	rig_close(r);
}

static void test_private_watchdog(void)
{
	struct rig *r = rig_with_mptimer();

	rig_write(r, 0x20, 999);
	rig_write(r, 0x28, 0x0d); /* watchdog, interrupt, enabled */
	rig_write(r, 0x28, 0x05);
	is(rig_read(r, 0x28) & 8, 8, "mptimer: watchdog mode can't just be left");
	rig_pass(r, 5 * US);
	rig_write(r, 0x20, 999);
	rig_pass(r, 9 * US);
	ok(!r->line[LINE_RESET], "mptimer: a watchdog that is fed is quiet");
	rig_pass(r, 2 * US);
	ok(r->line[LINE_RESET], "mptimer: one that isn't resets");
	is(rig_read(r, 0x30), 1, "mptimer: and remembers it");
	bus_reset(r->bus);
	is(rig_read(r, 0x30), 1, "mptimer: over the reset");
	ok(!r->line[LINE_RESET], "mptimer: which ends the line");
	rig_write(r, 0x28, 0x08);
	rig_write(r, 0x34, 0x12345678);
	rig_write(r, 0x34, 0x87654321);
	is(rig_read(r, 0x28) & 8, 0, "mptimer: the two words lead back to timer mode");
	rig_close(r);
}

static void test_global_timer(void)
{
	struct rig *r = rig_open();
	const struct mptimer_global_config config = { .clock = r->clock,
						      .hz = 100000000,
						      .irq = rig_line(r, LINE_FIRST) };

	rig_place(r, 0, MPTIMER_GLOBAL_BYTES, &mptimer_global_ops, mptimer_global_create(&config));
	rig_write(r, 0x00, 0xfffffff0);
	rig_write(r, 0x08, 1);
	rig_pass(r, 200);
	is(rig_read(r, 0x00), 4, "mptimer_global: counts");
	is(rig_read(r, 0x04), 1, "mptimer_global: with carry");
	rig_write(r, 0x00, 77);
	is(rig_read(r, 0x00), 4, "mptimer_global: can't be set while it runs");
	rig_write(r, 0x10, 1004);
	rig_write(r, 0x14, 1);
	rig_write(r, 0x18, 1000);
	rig_write(r, 0x08, 0x0f);
	rig_pass(r, 9990);
	ok(!r->line[LINE_FIRST], "mptimer_global: compare not reached");
	rig_pass(r, 10);
	ok(r->line[LINE_FIRST], "mptimer_global: compare reached");
	is(rig_read(r, 0x10), 2004, "mptimer_global: auto-increment");
	rig_write(r, 0x0c, 1);
	rig_pass(r, 10000);
	is(r->rises[LINE_FIRST], 2, "mptimer_global: again a thousand later");
	rig_close(r);
}

int main(void)
{
	test_sp804_modes();
	test_sp804_once_and_wrap();
	test_sp804_against_ticks();
	test_sp804_saved();
	test_sp805();
	test_pl031();
	test_private_timer();
	test_private_watchdog();
	test_global_timer();
	return done();
}
