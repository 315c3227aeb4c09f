/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The 8254 and port 61h: the data sheet's timing diagrams, tick by tick, and register
 * scripts.
 */
#include "rig.h"

#include "dev/misc/port61.h"
#include "dev/timer/downcount.h"
#include "dev/timer/i8254.h"

#define CONTROL 3
#define PORT61 4

static struct rig *rig;
static struct i8254 *pit;

static void put(gpa offset, uint8_t value)
{
	rig_write_sized(rig, offset, 1, value);
}

static uint8_t get(gpa offset)
{
	return (uint8_t)rig_read_sized(rig, offset, 1);
}

/* Low byte, then high byte of a counter. */
static uint16_t get_both(gpa counter)
{
	uint8_t low = get(counter);

	return (uint16_t)(low | get(counter) << 8);
}

static uint64_t tick(void)
{
	return ticks_now(rig->clock, I8254_HZ);
}

/* To the beginning of the n-th tick from now. */
static void pass(uint64_t n)
{
	rig_pass(rig, ticks_to_ns(tick() + n, I8254_HZ) - clock_now(rig->clock));
}

static struct rig *open_pc(struct i8254 **timer)
{
	struct rig *r = rig_open();
	struct i8254_config config = { .clock = r->clock };
	struct port61_config config61;

	config.output[0] = rig_line(r, 0);
	*timer = config61.timer = i8254_create(&config);
	rig_place(r, 0, I8254_PORTS, &i8254_ops, *timer);
	rig_place(r, PORT61, 4, &port61_ops, port61_create(&config61));
	return r;
}

static void start(void)
{
	rig = open_pc(&pit);
	pass(100);
	put(PORT61, 1);
}

static void program(uint8_t control, unsigned counter, uint8_t low)
{
	put(CONTROL, control);
	put(counter, low);
}

/* OUT and low byte of counter 2 at each of the next ticks, as the data sheet draws it. */
static const char *trace(unsigned ticks)
{
	static char text[256];
	size_t at = 0;

	text[0] = 0;
	for (unsigned i = 0; i < ticks; i++) {
		pass(1);
		put(CONTROL, 0x80);
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%c%X", i ? " " : "",
				       i8254_output(pit, 2) ? 'H' : 'L', get(2));
	}
	return text;
}

static void gate(bool level)
{
	i8254_set_gate(pit, 2, level);
}

static void test_mode0(void)
{
	start();
	program(0x90, 2, 4);
	is_string(trace(7), "L4 L3 L2 L1 H0 HFF HFE", "i8254: mode 0");
	program(0x90, 2, 3);
	is_string(trace(2), "L3 L2", "i8254: mode 0 again");
	gate(false);
	is_string(trace(2), "L2 L2", "i8254: mode 0: a low gate holds");
	gate(true);
	is_string(trace(3), "L1 H0 HFF", "i8254: mode 0: and lets go on");
	program(0x90, 2, 3);
	is_string(trace(2), "L3 L2", "i8254: mode 0 once more");
	put(2, 2);
	is_string(trace(3), "L2 L1 H0", "i8254: mode 0: a new count begins at once");
	put(CONTROL, 0xb0);
	put(2, 9);
	put(2, 0);
	pass(2);
	is(get_both(2), 8, "i8254: mode 0: two bytes");
	put(2, 5);
	ok(!i8254_output(pit, 2), "i8254: mode 0: the first byte of two stops it");
	pass(50);
	ok(!i8254_output(pit, 2), "i8254: mode 0: for good");
	put(2, 0);
	pass(5);
	ok(!i8254_output(pit, 2), "i8254: mode 0: the second starts it");
	pass(1);
	ok(i8254_output(pit, 2), "i8254: mode 0: N + 1 pulses after the write");
	rig_close(rig);
}

static void test_mode1(void)
{
	start();
	gate(false);
	program(0x92, 2, 3);
	pass(10);
	ok(i8254_output(pit, 2), "i8254: mode 1 waits for a trigger");
	gate(true);
	ok(i8254_output(pit, 2), "i8254: mode 1: OUT falls with the next pulse");
	is_string(trace(5), "L3 L2 L1 H0 HFF", "i8254: mode 1");
	gate(false);
	gate(true);
	is_string(trace(2), "L3 L2", "i8254: mode 1: the gate may fall");
	gate(false);
	gate(true);
	is_string(trace(4), "L3 L2 L1 H0", "i8254: mode 1: retriggered");
	gate(false);
	gate(true);
	is_string(trace(1), "L3", "i8254: mode 1 again");
	put(2, 5);
	is_string(trace(3), "L2 L1 H0", "i8254: mode 1: a new count waits");
	gate(false);
	gate(true);
	is_string(trace(2), "L5 L4", "i8254: mode 1: for the next trigger");
	rig_close(rig);
}

static void test_mode2(void)
{
	start();
	program(0x94, 2, 3);
	ok(i8254_output(pit, 2), "i8254: mode 2: high at first");
	is_string(trace(7), "H3 H2 L1 H3 H2 L1 H3", "i8254: mode 2");
	put(2, 5);
	is_string(trace(6), "H2 L1 H5 H4 H3 H2", "i8254: mode 2: a new count after the cycle");
	gate(false);
	is_string(trace(2), "H2 H2", "i8254: mode 2: a low gate holds");
	gate(true);
	is_string(trace(6), "H5 H4 H3 H2 L1 H5", "i8254: mode 2: a trigger begins anew");
	pass(4);
	ok(!i8254_output(pit, 2), "i8254: mode 2: low");
	gate(false);
	ok(i8254_output(pit, 2), "i8254: mode 2: the gate makes it high at once");
	rig_close(rig);
}

static void test_mode3(void)
{
	start();
	program(0x96, 2, 4);
	is_string(trace(8), "H4 H2 L4 L2 H4 H2 L4 L2", "i8254: mode 3, even");
	put(CONTROL, 0x96);
	put(2, 5);
	is_string(trace(11), "H4 H2 H0 L4 L2 H4 H2 H0 L4 L2 H4", "i8254: mode 3, odd");
	put(2, 4);
	is_string(trace(7), "H2 H0 L4 L2 H4 H2 L4", "i8254: mode 3: a new count after the half");
	gate(false);
	is_string(trace(2), "H4 H4", "i8254: mode 3: a low gate: high, held");
	gate(true);
	is_string(trace(4), "H4 H2 L4 L2", "i8254: mode 3: a trigger begins anew");
	program(0x9e, 2, 2);
	is_string(trace(4), "H2 L2 H2 L2", "i8254: mode 7 is mode 3");
	rig_close(rig);
}

static void test_mode4(void)
{
	start();
	program(0x98, 2, 3);
	is_string(trace(6), "H3 H2 H1 L0 HFF HFE", "i8254: mode 4");
	put(2, 3);
	is_string(trace(2), "H3 H2", "i8254: mode 4: a count is the trigger");
	gate(false);
	is_string(trace(2), "H2 H2", "i8254: mode 4: a low gate holds");
	gate(true);
	is_string(trace(3), "H1 L0 HFF", "i8254: mode 4: and lets go on");
	put(2, 3);
	is_string(trace(2), "H3 H2", "i8254: mode 4 again");
	put(2, 2);
	is_string(trace(4), "H2 H1 L0 HFF", "i8254: mode 4: retriggered");
	rig_close(rig);
}

static void test_mode5(void)
{
	start();
	gate(false);
	program(0x9a, 2, 3);
	pass(10);
	ok(i8254_output(pit, 2), "i8254: mode 5 waits for a trigger");
	gate(true);
	is_string(trace(6), "H3 H2 H1 L0 HFF HFE", "i8254: mode 5");
	gate(false);
	gate(true);
	is_string(trace(2), "H3 H2", "i8254: mode 5: triggered");
	gate(false);
	is_string(trace(1), "H1", "i8254: mode 5: counts with a low gate");
	gate(true);
	is_string(trace(5), "H3 H2 H1 L0 HFF", "i8254: mode 5: retriggered");
	rig_close(rig);
}

static void test_bcd(void)
{
	start();
	put(CONTROL, 0xb5); /* counter 2, both bytes, mode 2, BCD */
	put(2, 0x02);
	put(2, 0x10);
	pass(4);
	put(CONTROL, 0x80);
	is(get_both(2), 0x0999, "i8254: 1002 and three less");
	pass(999);
	put(CONTROL, 0x80);
	is(get_both(2), 0x1002, "i8254: a period of 1002");
	put(CONTROL, 0xb1);
	put(2, 0);
	put(2, 0);
	pass(2);
	put(CONTROL, 0x80);
	is(get_both(2), 0x9999, "i8254: 0 is 10000");
	pass(9998);
	ok(!i8254_output(pit, 2), "i8254: not yet at its end");
	pass(1);
	ok(i8254_output(pit, 2), "i8254: which is at the 10000th");
	pass(1);
	put(CONTROL, 0x80);
	is(get_both(2), 0x9999, "i8254: and on with 9999");
	put(CONTROL, 0xb0);
	put(2, 0);
	put(2, 0);
	pass(1);
	put(CONTROL, 0x80);
	is(get_both(2), 0, "i8254: binary: 65536 reads 0");
	pass(65535);
	ok(!i8254_output(pit, 2), "i8254: binary: not yet");
	pass(1);
	ok(i8254_output(pit, 2), "i8254: binary: at the 65536th");
	rig_close(rig);
}

static void test_reading(void)
{
	start();
	put(CONTROL, 0xb4);
	put(CONTROL, 0xe8);
	is(get(2), 0xf4, "i8254: status: OUT, no count yet, both bytes, mode 2");
	put(2, 0x34);
	put(2, 0x12);
	put(CONTROL, 0xe8);
	is(get(2), 0xf4, "i8254: status: the count isn't loaded yet");
	pass(1);
	put(CONTROL, 0xe8);
	is(get(2), 0xb4, "i8254: status: loaded");
	pass(4);
	put(CONTROL, 0xc8); /* status and count */
	pass(100);
	put(CONTROL, 0x80);
	put(CONTROL, 0xc8);
	is(get(2), 0xb4, "i8254: read-back: status first");
	is(get_both(2), 0x1230, "i8254: the first latched count stays");
	is(get(2), 0xcc, "i8254: then the counting element itself");
	is(get(2), 0x11, "i8254: its high byte");
	put(CONTROL, 0xa4); /* high byte alone */
	put(2, 0x40);
	pass(2);
	is(get(2), 0x3f, "i8254: high byte");
	put(CONTROL, 0xd8); /* counts 1 and 2 */
	is(get(2), 0x3f, "i8254: high byte latched");
	ok(get(1) <= 18, "i8254: counter 1 too");
	is(get(CONTROL), 0xff, "i8254: the control word can't be read");
	put(CONTROL, 0x80);
	put(CONTROL, 0x94);
	put(2, 7);
	pass(3);
	is(get(2), 5, "i8254: programming forgets the latch");
	rig_close(rig);
}

/* Counter 0's line: Linux's two ways, and how many edges there are. */
static void test_interrupts(void)
{
	unsigned rises;
	uint64_t from;

	start();
	put(CONTROL, 0x34);
	put(0, 0x9c); /* 11932: 100 Hz */
	put(0, 0x2e);
	rises = rig->rises[0];
	rig_pass(rig, NS_PER_SECOND);
	is(rig->rises[0] - rises, 99, "i8254: 1193182 / 11932 edges a second");
	put(CONTROL, 0x36);
	put(0, 0x9c);
	put(0, 0x2e);
	rises = rig->rises[0];
	rig_pass(rig, NS_PER_SECOND);
	is(rig->rises[0] - rises, 99, "i8254: as a square wave");
	put(CONTROL, 0x38);
	ok(rig->line[0], "i8254: strobe: high");
	rises = rig->rises[0];
	put(0, 0xe8);
	put(0, 0x03);
	from = tick();
	pass(1001);
	ok(!rig->line[0], "i8254: strobe: low after N + 1 pulses");
	is(clock_now(rig->clock), ticks_to_ns(from + 1001, I8254_HZ), "i8254: to the nanosecond");
	pass(1);
	ok(rig->line[0] && rig->rises[0] == rises + 1, "i8254: strobe: an edge");
	rig_pass(rig, NS_PER_SECOND);
	is(rig->rises[0], rises + 1, "i8254: strobe: one");

	/* A machine that was held up for many periods sees one edge, at once. */
	put(CONTROL, 0x34);
	put(0, 0x9c);
	put(0, 0x2e);
	rises = rig->rises[0];
	clock_skip_to(rig->clock, clock_now(rig->clock) + NS_PER_SECOND);
	clock_run_due(rig->clock);
	is(rig->rises[0], rises + 1, "i8254: edges that are late are one");
	ok(rig->line[0], "i8254: after which the line is high");

	/* The shortest period a guest can ask for. */
	put(CONTROL, 0x14);
	put(0, 2);
	rises = rig->rises[0];
	rig_pass(rig, NS_PER_SECOND / 1000);
	ok(rig->rises[0] - rises >= 595 && rig->rises[0] - rises <= 597,
	   "i8254: half of the pulses are edges");
	rig_close(rig);
}

static void test_port61(void)
{
	unsigned changes = 0;
	uint8_t last;

	start();
	put(PORT61, 0xfc);
	is(get(PORT61) & 0xcf, 0x0c, "port61: its lower half can be written");
	put(PORT61, 0x02);
	program(0x90, 2, 200);
	pass(300);
	is(get(PORT61) & 0x2f, 0x02, "port61: without the gate counter 2 stands");
	put(PORT61, 0x01);
	pass(199);
	is(get(PORT61) & 0x20, 0, "port61: with it, it counts");
	pass(1);
	is(get(PORT61) & 0x20, 0x20, "port61: and its output shows");
	last = get(PORT61) & 0x10;
	for (unsigned i = 0; i < 1800; i++) {
		uint8_t now;

		pass(1);
		now = get(PORT61) & 0x10;
		changes += now != last;
		last = now;
	}
	is(changes, 100, "port61: refresh toggles every 18 pulses");
	rig_close(rig);
}

static void test_saved(void)
{
	struct rig *first;
	struct i8254 *other;
	unsigned rises;

	start();
	put(CONTROL, 0x34);
	put(0, 0xe8);
	put(0, 0x03);
	put(CONTROL, 0xb6);
	put(2, 0x10);
	put(2, 0x00);
	pass(504);
	put(CONTROL, 0x80);
	get(2);
	ok(rig_save(rig), "i8254: saved");
	first = rig;
	rig = open_pc(&other);
	ok(rig_load(rig, first), "i8254: loaded");
	pit = other;
	is(get(2), 0, "i8254: the other byte of the latched count");
	is(get(PORT61) & 0x0f, 1, "port61: as it was");
	put(CONTROL, 0);
	is(get_both(0), 1000 - 503, "i8254: counts on");
	rises = rig->rises[0];
	pass(496);
	ok(!rig->line[0], "i8254: low at its time");
	pass(1);
	ok(rig->line[0] && rig->rises[0] == rises + 1, "i8254: and an edge");
	bus_reset(rig->bus);
	ok(!rig->line[0], "i8254: reset");
	is(get(PORT61) & 0x2f, 0, "port61: reset");
	rig_close(rig);
	rig_close(first);
}

int main(void)
{
	test_mode0();
	test_mode1();
	test_mode2();
	test_mode3();
	test_mode4();
	test_mode5();
	test_bcd();
	test_reading();
	test_interrupts();
	test_port61();
	test_saved();
	return done();
}
