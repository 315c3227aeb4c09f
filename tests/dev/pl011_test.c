/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Register script for the PL011 UART.
 */
#include "rig.h"

#include "dev/char/pl011.h"

#define BIT_NS 8680 /* at 115200 bit/s */

enum { LINE_UART };

enum {
	DR = 0x00,
	RSR = 0x04,
	FR = 0x18,
	IBRD = 0x24,
	FBRD = 0x28,
	LCR = 0x2c,
	CR = 0x30,
	IFLS = 0x34,
	IMSC = 0x38,
	RIS = 0x3c,
	MIS = 0x40,
	ICR = 0x44
};

struct terminal {
	char text[64];
	size_t count;
	unsigned readies;
};

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

static struct terminal terminal;
static struct serial_line line;

static struct rig *rig_with_pl011(void)
{
	struct rig *r = rig_open();
	struct pl011_config config = {
		.clock = r->clock, .hz = 24000000, .irq = rig_line(r, LINE_UART), .line = &line
	};

	terminal = (struct terminal){ .count = 0 };
	line = (struct serial_line){ .port = &terminal,
				     .transmit = terminal_transmit,
				     .ready = terminal_ready };
	rig_place(r, 0, 0x1000, &pl011_ops, pl011_create(&config));
	/* 115200 bit/s, FIFOs, on. */
	rig_write_sized(r, IBRD, 2, 13);
	rig_write_sized(r, FBRD, 2, 1);
	rig_write_sized(r, LCR, 2, 0x70);
	rig_write_sized(r, CR, 2, 0x301);
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

static void test_transmit(void)
{
	struct rig *r = rig_with_pl011();

	ok(rig_is_primecell(r, 0x00141011), "identification");
	rig_write(r, IMSC, 0x20);
	ok(!r->line[LINE_UART], "no transmit interrupt before something was sent");
	rig_write_sized(r, DR, 1, 'H');
	rig_write_sized(r, DR, 2, 'i');
	is_string(terminal.text, "Hi", "text is sent");
	is(rig_read(r, FR) & 0xf8, 0x90, "both FIFOs empty, not busy");
	ok(r->line[LINE_UART], "transmit interrupt");
	rig_write(r, ICR, 0x20);
	ok(!r->line[LINE_UART], "cleared");
	rig_close(r);
}

static void test_receive(void)
{
	struct rig *r = rig_with_pl011();

	rig_write(r, IFLS, 0x08); /* a quarter */
	rig_write(r, IMSC, 0x50);
	is(type("abc"), 3, "three characters are taken");
	ok(!r->line[LINE_UART], "which is below the trigger level");
	rig_pass(r, 31 * BIT_NS);
	ok(!r->line[LINE_UART], "and not old yet");
	rig_pass(r, 2 * BIT_NS);
	is(rig_read(r, MIS), 0x40, "receive timeout");
	is(rig_read(r, DR), 'a', "first character");
	is(rig_read_sized(r, DR, 2), 'b', "second");
	is(rig_read_sized(r, DR, 1), 'c', "third");
	ok(!r->line[LINE_UART], "timeout ends with the last");
	is(rig_read(r, FR) & 0x50, 0x10, "empty");
	type("wxyz");
	is(rig_read(r, MIS), 0x10, "trigger level");
	rig_read(r, DR);
	ok(!r->line[LINE_UART], "and below it again");
	rig_close(r);
}

static void test_full(void)
{
	struct rig *r = rig_with_pl011();

	is(type("0123456789abcdefghij"), 16, "sixteen characters fit");
	is(line.room(line.chip), 0, "and no more");
	is(rig_read(r, FR) & 0x50, 0x40, "full");
	is(terminal.readies, 0, "not ready");
	is(rig_read(r, DR), '0', "one is read");
	is(terminal.readies, 1, "ready, told once");
	rig_read(r, DR);
	is(terminal.readies, 1, "not twice");
	rig_write(r, LCR, 0x60);
	is(rig_read(r, DR), '2', "without FIFOs one character is kept");
	is(rig_read(r, FR) & 0x10, 0x10, "the others are lost");
	is(type("xy"), 1, "and one fits");
	rig_close(r);
}

static void test_break(void)
{
	struct rig *r = rig_with_pl011();

	rig_write(r, IMSC, 0x200);
	line.receive_break(line.chip);
	ok(r->line[LINE_UART], "break interrupt");
	is(rig_read(r, DR), 0x500, "break with framing error");
	is(rig_read(r, RSR), 5, "status register");
	rig_write(r, RSR, 0);
	is(rig_read(r, RSR), 0, "cleared");
	rig_close(r);
}

static void test_loopback(void)
{
	struct rig *r = rig_with_pl011();

	rig_write(r, CR, 0x381 | 0xc00);
	for (unsigned i = 0; i < 17; i++)
		rig_write(r, DR, i);
	is(terminal.count, 0, "loop-back: nothing leaves");
	is(line.room(line.chip), 0, "loop-back: nothing comes");
	is(rig_read(r, RIS) & 0x400, 0x400, "loop-back: overrun");
	is(rig_read(r, FR) & 3, 3, "loop-back: RTS and DTR come back");
	rig_read(r, DR);
	rig_write(r, DR, 0x55);
	for (unsigned i = 1; i < 16; i++)
		rig_read(r, DR);
	is(rig_read(r, DR), 0x855, "loop-back: the overrun shows in the next character");
	rig_close(r);
}

int main(void)
{
	test_transmit();
	test_receive();
	test_full();
	test_break();
	test_loopback();
	return done();
}
