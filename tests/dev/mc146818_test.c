/* SPDX-License-Identifier: BSD-2-Clause
 *
 * MC146818: register scripts.  The rig's calendar begins on Sunday, 2023-01-01 00:00:00.
 */
#include "rig.h"

#include "dev/timer/mc146818.h"

#define MS 1000000ull
#define SECOND NS_PER_SECOND

enum { LINE_IRQ, LINE_NMI_MASK };

static struct rig *rig;
static struct mc146818 *rtc;

static void put(uint8_t index, uint8_t value)
{
	rig_write_sized(rig, 0, 1, index);
	rig_write_sized(rig, 1, 1, value);
}

static uint8_t get(uint8_t index)
{
	rig_write_sized(rig, 0, 1, index);
	return (uint8_t)rig_read_sized(rig, 1, 1);
}

static void start(uint8_t century)
{
	struct mc146818_config config = { .century = century };

	rig = rig_open();
	config.clock = rig->clock;
	config.irq = rig_line(rig, LINE_IRQ);
	config.nmi_mask = rig_line(rig, LINE_NMI_MASK);
	rtc = mc146818_create(&config);
	rig_place(rig, 0, 4, &mc146818_ops, rtc);
}

/* Century, year, month, day, weekday, hours, minutes, seconds as they read. */
static const char *date(void)
{
	static const uint8_t order[] = { 0x32, 9, 8, 7, 6, 4, 2, 0 };
	static char text[64];
	size_t at = 0;

	for (unsigned i = 0; i < sizeof order; i++)
		at += (size_t)snprintf(text + at, sizeof text - at, i ? " %02X" : "%02X",
				       get(order[i]));
	return text;
}

/* As programs set the clock: with SET. */
static void set_date(const uint8_t form[8])
{
	static const uint8_t order[] = { 0x32, 9, 8, 7, 6, 4, 2, 0 };

	put(11, get(11) | 0x80);
	for (unsigned i = 0; i < sizeof order; i++)
		put(order[i], form[i]);
	put(11, get(11) & 0x7f);
}

static void test_date(void)
{
	start(0x32);
	is_string(date(), "20 23 01 01 01 00 00 00", "mc146818: the machine's calendar");
	is(get(13), 0x80, "mc146818: its battery is good");
	is(get(10), 0x26, "mc146818: register A");
	is(get(11), 0x02, "mc146818: register B");
	rig_pass(rig, (58ull * 86400 + 23 * 3600 + 59 * 60 + 59) * SECOND);
	is_string(date(), "20 23 02 28 03 23 59 59", "mc146818: 58 days on");
	rig_pass(rig, SECOND);
	is_string(date(), "20 23 03 01 04 00 00 00", "mc146818: into March");
	set_date((const uint8_t[]){ 0x20, 0x24, 0x02, 0x28, 0x04, 0x23, 0x59, 0x58 });
	is_string(date(), "20 24 02 28 04 23 59 58", "mc146818: set");
	rig_pass(rig, 2 * SECOND);
	is_string(date(), "20 24 02 29 05 00 00 00", "mc146818: a leap day");
	set_date((const uint8_t[]){ 0x19, 0x99, 0x12, 0x31, 0x06, 0x23, 0x59, 0x59 });
	rig_pass(rig, SECOND);
	is_string(date(), "20 00 01 01 07 00 00 00", "mc146818: a new century");
	set_date((const uint8_t[]){ 0x19, 0x55, 0x11, 0x05, 0x07, 0x06, 0x15, 0x00 });
	is_string(date(), "19 55 11 05 07 06 15 00", "mc146818: before 1970");
	put(4, 0x21);
	put(2, 0x28);
	is_string(date(), "19 55 11 05 07 21 28 00", "mc146818: set while it runs");
	put(6, 0x02);
	rig_pass(rig, 3 * 3600 * SECOND);
	is_string(date(), "19 55 11 06 03 00 28 00", "mc146818: weekdays count from what was set");
	bus_reset(rig->bus);
	is_string(date(), "19 55 11 06 03 00 28 00", "mc146818: survives a reset");
	rig_close(rig);
}

static void test_forms(void)
{
	start(0x32);
	rig_pass(rig, (uint64_t)(13 * 3600 + 45 * 60 + 10) * SECOND);
	put(11, 0x06);
	is_string(date(), "14 17 01 01 01 0D 2D 0A", "mc146818: binary");
	put(11, 0x04);
	is(get(4), 0x81, "mc146818: 1 p.m., binary");
	put(11, 0x00);
	is(get(4), 0x81, "mc146818: 1 p.m., BCD");
	rig_pass(rig, 10ull * 3600 * SECOND);
	is(get(4), 0x91, "mc146818: 11 p.m.");
	rig_pass(rig, 3600 * SECOND);
	is(get(4), 0x12, "mc146818: midnight");
	put(4, 0x92);
	put(11, 0x02);
	is(get(4), 0x12, "mc146818: noon");
	rig_close(rig);

	start(0);
	is(get(0x32), 0, "mc146818: without century that is memory");
	put(9, 0x69);
	put(0x32, 0x55);
	rig_pass(rig, 365ull * 86400 * SECOND);
	is(get(9), 0x70, "mc146818: years roll on");
	is(get(0x32), 0x55, "mc146818: the memory stays");
	put(9, 0x99);
	rig_pass(rig, 365ull * 86400 * SECOND);
	is(get(9), 0x00, "mc146818: from 99 to 0");
	rig_close(rig);
}

static void test_memory(void)
{
	start(0x32);
	put(14, 0x12);
	put(127, 0x34);
	mc146818_set(rtc, 0x10, 0x40);
	is(get(14) << 16 | get(127) << 8 | get(0x10), 0x123440, "mc146818: memory");
	is(mc146818_get(rtc, 127), 0x34, "mc146818: as the board sees it");
	mc146818_set(rtc, 11, 0xff);
	is(get(11), 0x02, "mc146818: which can't set registers");
	ok(!rig->line[LINE_NMI_MASK], "mc146818: NMIs get through");
	is(get(0x80 | 14), 0x12, "mc146818: bit 7 isn't part of the index");
	ok(rig->line[LINE_NMI_MASK], "mc146818: it masks NMIs");
	is(rig_read_sized(rig, 0, 1), 0xff, "mc146818: the index can't be read");
	bus_reset(rig->bus);
	is(get(127), 0x34, "mc146818: memory survives a reset");
	rig_close(rig);
}

static void test_update(void)
{
	start(0x32);
	rig_pass(rig, SECOND - 2229000);
	is(get(10), 0x26, "mc146818: no update in progress");
	rig_pass(rig, 1000);
	is(get(10), 0xa6, "mc146818: 2228 us before the second it is");
	is(get(0), 0, "mc146818: the old time until then");
	get(12);
	rig_pass(rig, 2228000);
	is(get(10), 0x26, "mc146818: then not any more");
	is(get(0), 1, "mc146818: and it is the new time");
	is(get(12), 0x50, "mc146818: update-ended and periodic flags, nothing enabled");
	is(get(12), 0, "mc146818: reading clears them");
	put(11, 0x12);
	rig_pass(rig, SECOND - 1);
	ok(!rig->line[LINE_IRQ], "mc146818: update-ended interrupt: not early");
	rig_pass(rig, 1);
	ok(rig->line[LINE_IRQ], "mc146818: but in time");
	is(get(12), 0xd0, "mc146818: and is told");
	ok(!rig->line[LINE_IRQ], "mc146818: line low when read");
	for (unsigned i = 0; i < 5; i++) {
		rig_pass(rig, SECOND);
		get(12);
	}
	is(rig->rises[LINE_IRQ], 6, "mc146818: one a second");
	put(11, 0x92);
	is(get(11), 0x82, "mc146818: SET disables it");
	rig_pass(rig, SECOND - 1000);
	is(get(10) & 0x80, 0, "mc146818: no updates while SET");
	rig_pass(rig, 5 * SECOND);
	is(get(0), 0x07, "mc146818: time stands still");
	is(get(12) & 0x10, 0, "mc146818: no update has ended");
	put(11, 0x02);
	rig_pass(rig, 1000);
	is(get(0), 0x08, "mc146818: the divider has gone on");
	put(10, 0x76);
	get(12);
	rig_pass(rig, 5 * SECOND);
	is(get(0), 0x08, "mc146818: the divider held: no time");
	is(get(12) & 0x40, 0, "mc146818: nor periods");
	put(10, 0x26);
	rig_pass(rig, SECOND / 2 - 1);
	is(get(0), 0x08, "mc146818: half a second after it is let go");
	rig_pass(rig, 1);
	is(get(0), 0x09, "mc146818: is the first update");
	rig_close(rig);
}

static void test_periodic(void)
{
	static const uint32_t hz[16] = { 0,   256, 128, 8192, 4096, 2048, 1024, 512,
					 256, 128, 64,  32,   16,   8,    4,    2 };
	bool right = true;

	start(0x32);
	put(11, 0x42);
	for (uint8_t rate = 0; rate < 16; rate++) {
		unsigned rises;

		put(10, 0x20 | rate);
		get(12);
		rises = rig->rises[LINE_IRQ];
		for (unsigned i = 0; i < 10000; i++) {
			rig_pass(rig, SECOND / 10000);
			get(12);
		}
		if (rig->rises[LINE_IRQ] - rises != hz[rate]) {
			diag("rate %u: %u", rate, rig->rises[LINE_IRQ] - rises);
			right = false;
		}
	}
	ok(right, "mc146818: all rates");
	put(10, 0x26);
	get(12);
	rig_pass(rig, 976562);
	ok(!rig->line[LINE_IRQ], "mc146818: 1024 Hz: not early");
	rig_pass(rig, 1);
	ok(rig->line[LINE_IRQ], "mc146818: in time");
	rig_pass(rig, SECOND);
	is(get(12) & 0xe0, 0xc0, "mc146818: however late it is read");
	rig_close(rig);
}

/* Seconds until the alarm. */
static unsigned alarm_after(uint8_t hours, uint8_t minutes, uint8_t seconds)
{
	put(5, hours);
	put(3, minutes);
	put(1, seconds);
	get(12);
	for (unsigned i = 1; i <= 2 * 86400; i++) {
		rig_pass(rig, SECOND);
		if (rig->line[LINE_IRQ])
			return i;
	}
	return 0;
}

static void test_alarm(void)
{
	start(0x32);
	put(11, 0x22);
	is(alarm_after(0x00, 0x01, 0x00), 60, "mc146818: alarm after a minute");
	is(get(12) & 0xb0, 0xb0, "mc146818: with its flag");
	is(alarm_after(0xff, 0xff, 0xff), 1, "mc146818: every second");
	is(alarm_after(0xff, 0xff, 0x10), 9, "mc146818: every minute");
	is(alarm_after(0xff, 0xc0, 0x10), 60, "mc146818: a minute later");
	is(alarm_after(0xff, 0x05, 0xff), 170, "mc146818: in the fifth minute");
	is(alarm_after(0xff, 0x05, 0xff), 1, "mc146818: all of it");
	is(alarm_after(0x23, 0x59, 0x59), 86098, "mc146818: at the day's end");
	is(alarm_after(0x00, 0xff, 0x00), 1, "mc146818: over midnight");
	is(alarm_after(0x00, 0xff, 0x00), 60, "mc146818: in an hour");
	is(alarm_after(0x00, 0x00, 0x00), 86340, "mc146818: tomorrow");
	is(alarm_after(0x24, 0x00, 0x00), 0, "mc146818: never");
	put(11, 0x20);
	is(alarm_after(0x81, 0x00, 0x00), 13 * 3600, "mc146818: at 1 p.m.");
	put(11, 0x02);
	put(5, 0x13);
	put(3, 0x30);
	get(12);
	rig_pass(rig, 1800 * SECOND - 1);
	is(get(12) & 0x20, 0, "mc146818: not enabled: no flag before its time");
	rig_pass(rig, 1 + 4000 * SECOND);
	ok(!rig->line[LINE_IRQ], "mc146818: no interrupt");
	is(get(12) & 0xa0, 0x20, "mc146818: but the flag");
	rig_close(rig);
}

/* The seconds from 1970 to them are more or less than 0, and 64 bits hold only so many. */
static void test_far_dates(void)
{
	start(0x32);
	put(11, 0x22);
	set_date((const uint8_t[]){ 0x00, 0x00, 0x01, 0x01, 0x07, 0x00, 0x00, 0x00 });
	is(alarm_after(0x24, 0x00, 0x00), 0, "mc146818: in the year 0: never");
	set_date((const uint8_t[]){ 0x00, 0x00, 0x01, 0x01, 0x07, 0x00, 0x00, 0x00 });
	is(alarm_after(0x00, 0x01, 0x00), 60, "mc146818: in the year 0: after a minute");
	set_date((const uint8_t[]){ 0xff, 0xff, 0x12, 0x28, 0x07, 0x00, 0x00, 0x00 });
	is(alarm_after(0x24, 0x00, 0x00), 0, "mc146818: as late as can be: never");
	set_date((const uint8_t[]){ 0xff, 0xff, 0x12, 0x28, 0x07, 0x00, 0x00, 0x00 });
	is(alarm_after(0x00, 0x01, 0x00), 60, "mc146818: as late as can be: after a minute");
	rig_close(rig);
}

static void test_saved(void)
{
	struct rig *first;

	start(0x32);
	set_date((const uint8_t[]){ 0x20, 0x24, 0x02, 0x29, 0x05, 0x12, 0x00, 0x00 });
	put(0x40, 0x77);
	put(1, 0x05);
	put(3, 0xff);
	put(5, 0xff);
	put(10, 0x76);
	put(10, 0x26);
	put(11, 0x22);
	rig_pass(rig, 3 * SECOND);
	get(12);
	ok(rig_save(rig), "mc146818: saved");
	first = rig;
	start(0x32);
	ok(rig_load(rig, first), "mc146818: loaded");
	is_string(date(), "20 24 02 29 05 12 00 03", "mc146818: the time as it was");
	is(get(0x40), 0x77, "mc146818: memory");
	rig_pass(rig, 3 * SECOND / 2 - 1);
	ok(!rig->line[LINE_IRQ], "mc146818: the alarm isn't due");
	rig_pass(rig, 1);
	ok(rig->line[LINE_IRQ], "mc146818: but then, to the nanosecond");
	bus_reset(rig->bus);
	ok(!rig->line[LINE_IRQ] && get(11) == 0x02, "mc146818: reset disables interrupts");
	rig_close(rig);
	rig_close(first);
}

int main(void)
{
	test_date();
	test_forms();
	test_memory();
	test_update();
	test_periodic();
	test_alarm();
	test_far_dates();
	test_saved();
	return done();
}
