/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The pair of 8259A: register scripts.
 */
#include "rig.h"

#include "dev/intc/i8259.h"

/* Offsets in the rig. */
#define MASTER 0
#define SLAVE 4
#define ELCR 8

#define LINE_INT 0

static struct rig *rig;
static struct i8259 *pic;
static struct irq input[I8259_INPUTS];

static void put(gpa offset, uint8_t value)
{
	rig_write_sized(rig, offset, 1, value);
}

static uint8_t get(gpa offset)
{
	return (uint8_t)rig_read_sized(rig, offset, 1);
}

static void open_bare(void)
{
	struct i8259_config config;

	rig = rig_open();
	config.irq = rig_line(rig, LINE_INT);
	pic = i8259_create(&config);
	rig_place(rig, MASTER, 4, &i8259_master_ops, pic);
	rig_place(rig, SLAVE, 4, &i8259_slave_ops, pic);
	rig_place(rig, ELCR, 4, &i8259_elcr_ops, pic);
	for (unsigned i = 0; i < I8259_INPUTS; i++)
		input[i] = i8259_input(pic, i);
}

/* As a PC's firmware does, with these ICW4. */
static void set_up(uint8_t master_icw4, uint8_t slave_icw4)
{
	put(MASTER, 0x11);
	put(MASTER + 1, 0x20);
	put(MASTER + 1, 0x04);
	put(MASTER + 1, master_icw4);
	put(SLAVE, 0x11);
	put(SLAVE + 1, 0x70);
	put(SLAVE + 1, 0x02);
	put(SLAVE + 1, slave_icw4);
}

static void start(void)
{
	open_bare();
	set_up(1, 1);
}

static void raise(unsigned n)
{
	irq_set(&input[n], true);
}

static void lower(unsigned n)
{
	irq_set(&input[n], false);
}

static void pulse(unsigned n)
{
	lower(n);
	raise(n);
}

static bool asks(void)
{
	return rig->line[LINE_INT];
}

static uint8_t in_service(gpa block)
{
	uint8_t isr;

	put(block, 0x0b);
	isr = get(block);
	put(block, 0x0a);
	return isr;
}

static void test_edges(void)
{
	start();
	is(get(MASTER + 1), 0, "i8259: initialising unmasks");
	raise(3);
	ok(asks(), "i8259: an edge asks");
	is(get(MASTER), 0x08, "i8259: IRR");
	is(i8259_acknowledge(pic), 0x23, "i8259: vector");
	ok(!asks(), "i8259: INT falls");
	is(get(MASTER), 0, "i8259: out of IRR though the line is high");
	is(in_service(MASTER), 0x08, "i8259: into ISR");
	put(MASTER, 0x20);
	is(in_service(MASTER), 0, "i8259: EOI");
	ok(!asks(), "i8259: a line that stays high is one edge");
	pulse(3);
	ok(asks(), "i8259: the next edge");
	lower(3);
	ok(!asks(), "i8259: gone when the line falls before the acknowledge");
	is(i8259_acknowledge(pic), 0x27, "i8259: a spurious interrupt is IR7's");
	is(in_service(MASTER), 0, "i8259: and not in service");
	put(MASTER + 1, 0x08);
	raise(3);
	ok(!asks() && get(MASTER) == 0x08, "i8259: masked, but in IRR");
	is(get(MASTER + 1), 0x08, "i8259: IMR reads back");
	put(MASTER + 1, 0);
	ok(asks(), "i8259: unmasked");
	put(MASTER, 0x11);
	ok(!asks() && get(MASTER) == 0, "i8259: ICW1 forgets edges");
	rig_close(rig);
}

static void test_levels(void)
{
	start();
	put(ELCR, 0xff);
	put(ELCR + 1, 0xff);
	is(get(ELCR), 0xf8, "i8259: ELCR of the master, timer, keyboard, cascade fixed");
	is(get(ELCR + 1), 0xde, "i8259: of the slave, clock and FERR fixed");
	raise(5);
	is(i8259_acknowledge(pic), 0x25, "i8259: a level");
	ok(!asks(), "i8259: in service");
	put(MASTER, 0x20);
	ok(asks(), "i8259: asks again as long as the level is there");
	lower(5);
	ok(!asks(), "i8259: and no longer");
	raise(11);
	is(i8259_acknowledge(pic), 0x73, "i8259: a level of the slave");
	put(SLAVE, 0x20);
	put(MASTER, 0x20);
	is(i8259_acknowledge(pic), 0x73, "i8259: again");
	raise(0);
	put(ELCR, 0);
	ok(asks(), "i8259: input 0 stays edge-triggered");
	rig_close(rig);
}

static void test_priorities(void)
{
	start();
	raise(6);
	raise(4);
	is(i8259_acknowledge(pic), 0x24, "i8259: lower numbers first");
	ok(!asks(), "i8259: 6 waits for 4");
	raise(1);
	ok(asks(), "i8259: 1 doesn't");
	is(i8259_acknowledge(pic), 0x21, "i8259: nested");
	is(in_service(MASTER), 0x12, "i8259: both in service");
	put(MASTER, 0x20);
	is(in_service(MASTER), 0x10, "i8259: EOI ends the highest");
	put(MASTER, 0x64);
	is(i8259_acknowledge(pic), 0x26, "i8259: specific EOI lets 6 through");
	put(MASTER, 0xe6);
	pulse(6);
	pulse(7);
	pulse(1);
	is(i8259_acknowledge(pic), 0x27, "i8259: rotated on a specific EOI, 7 is highest");
	put(MASTER, 0xa0);
	is(i8259_acknowledge(pic), 0x21, "i8259: rotated on an EOI, 0 is highest");
	put(MASTER, 0x20);
	is(i8259_acknowledge(pic), 0x26, "i8259: 6 next");
	put(MASTER, 0x20);
	put(MASTER, 0xc3);
	pulse(3);
	pulse(4);
	is(i8259_acknowledge(pic), 0x24, "i8259: priority set, 4 is highest");
	rig_close(rig);
}

static void test_slave(void)
{
	start();
	raise(12);
	is(get(MASTER), 0x04, "i8259: the slave asks at IR2");
	is(i8259_acknowledge(pic), 0x74, "i8259: the slave's vector");
	is(in_service(MASTER) << 8 | in_service(SLAVE), 0x0410, "i8259: in service at both");
	raise(9);
	ok(!asks(), "i8259: a slave in service holds back its own higher levels");
	put(SLAVE, 0x20);
	put(MASTER, 0x20);
	is(i8259_acknowledge(pic), 0x71, "i8259: until EOI");
	put(SLAVE, 0x20);
	put(MASTER, 0x20);
	put(SLAVE + 1, 0xff);
	pulse(12);
	ok(!asks(), "i8259: masked at the slave");
	put(SLAVE + 1, 0);
	ok(asks(), "i8259: unmasked there");
	put(SLAVE, 0x11);
	ok(!asks(), "i8259: a slave that is initialised doesn't ask");
	rig_close(rig);

	start();
	raise(9);
	raise(10);
	is(i8259_acknowledge(pic), 0x71, "i8259: of two at the slave the first");
	put(SLAVE, 0x20);
	put(MASTER, 0x20);
	is(i8259_acknowledge(pic), 0x72, "i8259: then the second, as another edge");
	rig_close(rig);
}

static void test_special_fully_nested(void)
{
	open_bare();
	set_up(0x11, 1);
	raise(12);
	i8259_acknowledge(pic);
	raise(13);
	ok(!asks(), "i8259: SFNM: lower ones wait");
	raise(9);
	ok(asks(), "i8259: SFNM: a higher one of the slave's interrupts");
	is(i8259_acknowledge(pic), 0x71, "i8259: SFNM: its vector");
	put(SLAVE, 0x20);
	is(in_service(SLAVE), 0x10, "i8259: SFNM: the slave is busy yet");
	rig_close(rig);
}

static void test_spurious_slave(void)
{
	open_bare();
	put(MASTER, 0x11);
	put(MASTER + 1, 0x20);
	put(MASTER + 1, 0x24); /* as if slaves were at 2 and 5 */
	put(MASTER + 1, 0x01);
	put(SLAVE, 0x11);
	put(SLAVE + 1, 0x70);
	put(SLAVE + 1, 0x05); /* and this were the latter */
	put(SLAVE + 1, 0x01);
	raise(5);
	is(i8259_acknowledge(pic), 0x77, "i8259: a slave without request says 7");
	is(in_service(SLAVE) << 8 | in_service(MASTER), 0x20, "i8259: in service at the master");
	put(MASTER, 0x20);
	raise(8);
	is(i8259_acknowledge(pic), 0xff, "i8259: nobody has the slave's number");
	rig_close(rig);
}

static void test_special_mask(void)
{
	start();
	raise(2 + 1);
	i8259_acknowledge(pic);
	raise(6);
	ok(!asks(), "i8259: 6 waits for 3");
	put(MASTER + 1, 0x08);
	ok(!asks(), "i8259: also if 3 is masked");
	put(MASTER, 0x68);
	ok(asks(), "i8259: not in special mask mode");
	is(i8259_acknowledge(pic), 0x26, "i8259: which lets 6 through");
	put(MASTER, 0x20);
	is(in_service(MASTER), 0x08, "i8259: EOI doesn't end what is masked");
	put(MASTER, 0x20);
	is(in_service(MASTER), 0x08, "i8259: nor when nothing else is left");
	put(MASTER, 0x48);
	put(MASTER, 0x20);
	is(in_service(MASTER), 0, "i8259: after the mode it does");
	rig_close(rig);
}

static void test_poll(void)
{
	start();
	put(MASTER, 0x0c);
	is(get(MASTER), 0, "i8259: a poll without request");
	raise(4);
	raise(12);
	put(MASTER, 0x0c);
	is(get(MASTER), 0x82, "i8259: a poll: the slave's");
	put(SLAVE, 0x0c);
	is(get(SLAVE), 0x84, "i8259: there 4");
	is(get(SLAVE), 0, "i8259: a poll is one read");
	is(in_service(MASTER) << 8 | in_service(SLAVE), 0x0410, "i8259: a poll acknowledges");
	put(SLAVE, 0x20);
	put(MASTER, 0x20);
	put(MASTER, 0x0c);
	is(get(MASTER + 1), 0x84, "i8259: at either port");
	rig_close(rig);
}

static void test_automatic_eoi(void)
{
	open_bare();
	set_up(3, 3);
	raise(0);
	raise(1);
	raise(9);
	raise(10);
	is(i8259_acknowledge(pic), 0x20, "i8259: AEOI");
	is(in_service(MASTER), 0, "i8259: AEOI: not in service");
	is(i8259_acknowledge(pic), 0x21, "i8259: AEOI: the next at once");
	is(i8259_acknowledge(pic), 0x71, "i8259: AEOI: at the slave");
	is(i8259_acknowledge(pic), 0x72, "i8259: AEOI: again at the slave");
	ok(!asks(), "i8259: AEOI: all done");
	put(MASTER, 0x80);
	pulse(0);
	i8259_acknowledge(pic);
	pulse(0);
	pulse(7);
	is(i8259_acknowledge(pic), 0x27, "i8259: AEOI with rotation: 0 has become lowest");
	put(MASTER, 0x00);
	is(i8259_acknowledge(pic), 0x20, "i8259: then 0");
	pulse(0);
	pulse(1);
	is(i8259_acknowledge(pic), 0x20, "i8259: without rotation 0 stays where it is");
	rig_close(rig);
}

static void test_initialisation(void)
{
	open_bare();
	put(MASTER, 0x16); /* single, MCS-80, interval 4, no ICW4 */
	put(MASTER + 1, 0x12);
	put(MASTER + 1, 0xfe);
	is(get(MASTER + 1), 0xfe, "i8259: single without ICW4: the second word is OCW1");
	raise(0);
	is(i8259_acknowledge(pic), 0x00, "i8259: MCS-80: low byte of the address");
	put(MASTER, 0x13);
	put(MASTER + 1, 0x43);
	raise(4);
	ok(!asks(), "i8259: doesn't ask while it waits for ICW4");
	put(MASTER + 1, 0x01);
	ok(asks(), "i8259: does then");
	is(i8259_acknowledge(pic), 0x44, "i8259: low bits of ICW2 don't count");
	put(MASTER, 0x20);
	raise(12);
	put(SLAVE, 0x11);
	is(i8259_acknowledge(pic), 0x47, "i8259: a single one has no slave");
	bus_reset(rig->bus);
	ok(!asks() && get(MASTER) == 0, "i8259: reset");
	rig_close(rig);
}

static void test_saved(void)
{
	struct rig *first;

	start();
	raise(3);
	i8259_acknowledge(pic);
	raise(1);
	put(ELCR + 1, 0x08);
	raise(11);
	put(MASTER, 0x0b);
	ok(rig_save(rig), "i8259: saved");
	first = rig;
	open_bare();
	ok(rig_load(rig, first), "i8259: loaded");
	ok(asks(), "i8259: asks as before");
	is(get(MASTER), 0x08, "i8259: reads ISR as before");
	is(i8259_acknowledge(pic), 0x21, "i8259: goes on");
	put(MASTER, 0x20);
	is(i8259_acknowledge(pic), 0x73, "i8259: with the slave too");
	rig_close(rig);
	rig_close(first);
}

int main(void)
{
	test_edges();
	test_levels();
	test_priorities();
	test_slave();
	test_special_fully_nested();
	test_spurious_slave();
	test_special_mask();
	test_poll();
	test_automatic_eoi();
	test_initialisation();
	test_saved();
	return done();
}
