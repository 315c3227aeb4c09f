/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Register scripts for the 16550 UART and the parallel port.
 */
#include "rig.h"

#include "dev/char/ns16550.h"
#include "dev/char/parallel.h"

#define CHARACTER_NS 86806 /* 10 bits at 115200 bit/s */

enum { LINE_UART };
enum { RBR = 0, IER = 1, IIR = 2, LCR = 3, MCR = 4, LSR = 5, MSR = 6, SCR = 7 };

struct terminal {
	char text[64];
	size_t count;
	unsigned readies;
};

static struct terminal terminal;
static struct serial_line line;

static void terminal_transmit(void *port, const uint8_t *bytes, size_t count)
{
	struct terminal *t = port;

	for (size_t i = 0; i < count && t->count < sizeof t->text - 1; i++)
		t->text[t->count++] = (char)bytes[i];
}

static void terminal_ready(void *port)
{
	((struct terminal *)port)->readies++;
}

static uint8_t get(struct rig *r, unsigned offset)
{
	return (uint8_t)rig_read_sized(r, offset, 1);
}

static void put(struct rig *r, unsigned offset, uint8_t value)
{
	rig_write_sized(r, offset, 1, value);
}

static struct rig *rig_with_uart(struct serial_line *connected)
{
	struct rig *r = rig_open();
	struct ns16550_config config = { .clock = r->clock,
					 .hz = 1843200,
					 .out2_gates = true,
					 .irq = rig_line(r, LINE_UART),
					 .line = connected };

	terminal = (struct terminal){ .count = 0 };
	line = (struct serial_line){ .port = &terminal,
				     .transmit = terminal_transmit,
				     .ready = terminal_ready };
	rig_place(r, 0, NS16550_BYTES, &ns16550_ops, ns16550_create(&config));
	return r;
}

/* 115200 bit/s, 8N1, FIFOs with a trigger level of 4, INTR connected. */
static struct rig *rig_set_up(void)
{
	struct rig *r = rig_with_uart(&line);

	put(r, LCR, 0x83);
	put(r, RBR, 1);
	put(r, IER, 0);
	put(r, LCR, 0x03);
	put(r, IIR, 0x41);
	put(r, MCR, 0x0B);
	return r;
}

static size_t type(const char *text)
{
	size_t count = strlen(text), room = line.room(line.chip);

	if (count > room)
		count = room;
	line.receive(line.chip, (const uint8_t *)text, count);
	return count;
}

static void test_reset_values(void)
{
	struct rig *r = rig_with_uart(&line);

	is(get(r, IER), 0, "reset: no interrupts");
	is(get(r, IIR), 0x01, "reset: none pending, no FIFOs");
	is(get(r, LCR) | get(r, MCR), 0, "reset: LCR and MCR");
	is(get(r, LSR), 0x60, "reset: transmitter empty");
	is(get(r, MSR), 0xB0, "somebody is at the other end");
	put(r, SCR, 0x5A);
	is(get(r, SCR), 0x5A, "scratch");
	rig_close(r);
	r = rig_with_uart(NULL);
	is(get(r, MSR), 0, "nobody is");
	put(r, RBR, 'x');
	is(terminal.count, 0, "and nothing is sent");
	rig_close(r);
}

/* What a driver does to tell the 16550A from its relatives. */
static void test_identification(void)
{
	struct rig *r = rig_with_uart(&line);

	put(r, IER, 0xFF);
	is(get(r, IER), 0x0F, "IER has four bits");
	put(r, IER, 0);
	put(r, MCR, 0xFF);
	is(get(r, MCR), 0x1F, "MCR has five");
	put(r, MCR, 0x1A);
	is(get(r, MSR) & 0xF0, 0x90, "loop-back: RTS is CTS, OUT2 is DCD");
	put(r, MCR, 0x15);
	is(get(r, MSR), 0x69 | 0x02, "loop-back: DTR is DSR, OUT1 is RI, and what changed");
	put(r, MCR, 0x10);
	is(get(r, MSR), 0x06, "the end of RI, and of DSR");
	put(r, MCR, 0x00);
	put(r, IIR, 0x00);
	is(get(r, IIR), 0x01, "no FIFOs");
	put(r, IIR, 0xE1);
	is(get(r, IIR), 0xC1, "FIFOs, but not of 64");
	put(r, LCR, 0xBF);
	put(r, IIR, 0x10);
	is(get(r, IIR), 0x01, "no enhanced registers");
	put(r, RBR, 0x34);
	put(r, IER, 0x12);
	is(get(r, RBR) | get(r, IER) << 8, 0x1234, "divisor latch");
	put(r, LCR, 0);
	is(get(r, IER), 0, "which isn't IER");
	rig_close(r);
}

static void test_transmit(void)
{
	struct rig *r = rig_set_up();
	unsigned rises;

	put(r, IER, 0x02);
	ok(r->line[LINE_UART], "enabling THRE interrupts at once");
	is(get(r, IIR), 0xC2, "and says so");
	is(get(r, IIR), 0xC1, "once");
	ok(!r->line[LINE_UART], "the line is down");
	put(r, IER, 0x00);
	put(r, IER, 0x02);
	is(get(r, IIR), 0xC2, "enabled again: again");
	rises = r->rises[LINE_UART];
	put(r, RBR, 'H');
	put(r, RBR, 'i');
	is_string(terminal.text, "Hi", "text is sent");
	is(r->rises[LINE_UART], rises + 2, "every character makes an edge");
	put(r, MCR, 0x03);
	ok(!r->line[LINE_UART], "OUT2 disconnects");
	put(r, MCR, 0x0B);
	ok(r->line[LINE_UART], "and connects");
	rig_close(r);
}

static void test_receive(void)
{
	struct rig *r = rig_set_up();

	put(r, IER, 0x01);
	is(type("abc"), 3, "three characters are taken");
	ok(!r->line[LINE_UART], "which is below the trigger level");
	rig_pass(r, 4 * CHARACTER_NS - 1000);
	ok(!r->line[LINE_UART], "not old yet");
	rig_pass(r, 2000);
	is(get(r, IIR), 0xCC, "character time-out");
	is(get(r, LSR), 0x61, "data ready");
	is(get(r, RBR), 'a', "first character");
	ok(!r->line[LINE_UART], "reading ends the time-out");
	rig_pass(r, 5 * CHARACTER_NS);
	ok(r->line[LINE_UART], "which comes again");
	is(get(r, RBR) << 8 | get(r, RBR), 'b' << 8 | 'c', "the others");
	is(get(r, IIR), 0xC1, "nothing left");
	is(get(r, LSR), 0x60, "no data");
	type("wxyz");
	is(get(r, IIR), 0xC4, "trigger level");
	get(r, RBR);
	is(get(r, IIR), 0xC1, "below it again");
	put(r, IIR, 0x43);
	is(get(r, LSR), 0x60, "the receiver is cleared");
	rig_pass(r, 9 * CHARACTER_NS);
	ok(!r->line[LINE_UART], "and doesn't time out");
	put(r, IIR, 0xC1);
	type("0123456789abc");
	is(get(r, IIR), 0xC1, "a trigger level of 14");
	type("d");
	is(get(r, IIR), 0xC4, "is reached");
	rig_close(r);
}

static void test_full(void)
{
	struct rig *r = rig_set_up();

	is(type("0123456789abcdefghij"), 16, "sixteen characters fit");
	is(line.room(line.chip), 0, "and no more");
	is(terminal.readies, 0, "not ready");
	is(get(r, RBR), '0', "one is read");
	is(terminal.readies, 1, "ready, told once");
	get(r, RBR);
	is(terminal.readies, 1, "not twice");
	put(r, IIR, 0);
	is(get(r, LSR), 0x60, "switching FIFOs off empties them");
	is(type("xy"), 1, "one character fits");
	line.receive(line.chip, (const uint8_t *)"z", 1);
	is(get(r, LSR), 0x63, "another overruns");
	is(get(r, LSR), 0x61, "which is told once");
	is(get(r, RBR), 'z', "and takes its place");
	rig_close(r);
}

static void test_break(void)
{
	struct rig *r = rig_set_up();

	put(r, IER, 0x05);
	type("a");
	line.receive_break(line.chip);
	is(get(r, LSR), 0xE1, "an error in the FIFO, not the first character's");
	ok(!r->line[LINE_UART], "no interrupt yet");
	get(r, RBR);
	is(get(r, IIR), 0xC6, "line status");
	is(get(r, LSR), 0xF1, "break");
	is(get(r, LSR), 0x61, "told once");
	is(get(r, RBR), 0, "its character");
	is(get(r, IIR), 0xC1, "and that was all");
	rig_close(r);
}

static void test_loopback(void)
{
	struct rig *r = rig_set_up();

	put(r, IER, 0x0F);
	get(r, IIR);
	put(r, MCR, 0x1B);
	ok(!r->line[LINE_UART], "loop-back: OUT2 is inactive");
	for (unsigned i = 0; i < 17; i++)
		put(r, RBR, (uint8_t)(0x80 + i));
	is(terminal.count, 0, "loop-back: nothing leaves");
	is(line.room(line.chip), 0, "loop-back: nothing comes");
	is(get(r, IIR), 0xC6, "loop-back: overrun has priority");
	is(get(r, LSR), 0x63, "loop-back: overrun");
	is(get(r, IIR), 0xC4, "loop-back: then data");
	put(r, LCR, 0x02);
	for (unsigned i = 0; i < 16; i++)
		is(get(r, RBR), 0x80 + i, "loop-back: character %u", i);
	is(get(r, IIR), 0xC2, "loop-back: then the transmitter");
	is(get(r, IIR), 0xC1, "loop-back: the modem lines are as before");
	put(r, RBR, 0xF3);
	is(get(r, RBR), 0x73, "loop-back: seven bits");
	put(r, LCR, 0x43);
	is(get(r, LSR) & 0x11, 0x11, "loop-back: break");
	get(r, RBR);
	put(r, MCR, 0x18);
	get(r, IIR);
	is(get(r, IIR), 0xC0, "loop-back: modem status");
	is(get(r, MSR), 0x83, "loop-back: CTS and DSR have changed");
	is(get(r, IIR), 0xC1, "loop-back: told once");
	rig_close(r);
}

static void test_saving(void)
{
	struct rig *r = rig_set_up(), *other;
	struct serial_line first = line;

	put(r, IER, 0x01);
	first.receive(first.chip, (const uint8_t *)"pq", 2);
	ok(rig_save(r), "saved");
	other = rig_with_uart(&line);
	ok(rig_load(other, r), "loaded");
	is(get(other, RBR), 'p', "first character");
	rig_pass(other, 5 * CHARACTER_NS);
	ok(other->line[LINE_UART], "time-out of the second");
	is(get(other, RBR), 'q', "second character");
	rig_close(other);
	rig_close(r);
}

static void test_parallel(void)
{
	struct rig *r = rig_open();

	rig_place(r, 0, 4, &parallel_ops, parallel_create());
	put(r, 0, 0xAA);
	is(get(r, 0), 0xAA, "LPT: data can be read back");
	put(r, 1, 0);
	is(get(r, 1), 0x7F, "LPT: no printer");
	put(r, 2, 0x0C);
	is(get(r, 2), 0xCC, "LPT: control");
	put(r, 2, 0x2C);
	is(get(r, 0), 0xFF, "LPT: as inputs the data lines float");
	put(r, 2, 0x0C);
	is(get(r, 0), 0xAA, "LPT: the latch is kept");
	rig_close(r);
}

int main(void)
{
	test_reset_values();
	test_identification();
	test_transmit();
	test_receive();
	test_full();
	test_break();
	test_loopback();
	test_saving();
	test_parallel();
	return done();
}
