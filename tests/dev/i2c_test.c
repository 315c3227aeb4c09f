/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The two-wire bus, moved wire by wire as a driver does, with the HDMI transmitter at
 * it; and random wires.
 */
#include "rig.h"

#include "dev/display/sii9022.h"
#include "dev/misc/sbcon_i2c.h"

#include <stdlib.h>

#define SET 0x0
#define CLEAR 0x4
#define CLOCK 1
#define DATA 2
#define TRANSMITTER 0x39

static struct rig *rig;

static void wire(unsigned which, bool high)
{
	rig_write(rig, high ? SET : CLEAR, which);
}

static bool data_wire(void)
{
	return rig_read(rig, SET) & DATA;
}

static void bus_start(void)
{
	wire(DATA, true);
	wire(CLOCK, true);
	wire(DATA, false);
	wire(CLOCK, false);
}

static void bus_stop(void)
{
	wire(DATA, false);
	wire(CLOCK, true);
	wire(DATA, true);
}

static bool bus_bit(bool out)
{
	bool in;

	wire(DATA, out);
	wire(CLOCK, true);
	in = data_wire();
	wire(CLOCK, false);
	return in;
}

/* Whether it was acknowledged. */
static bool bus_send(unsigned byte)
{
	for (int bit = 7; bit >= 0; bit--)
		bus_bit(byte >> bit & 1);
	return !bus_bit(true);
}

static unsigned bus_receive(bool more)
{
	unsigned byte = 0;

	for (int bit = 0; bit < 8; bit++)
		byte = byte << 1 | bus_bit(true);
	bus_bit(!more);
	return byte;
}

static bool set_register(unsigned number, unsigned value)
{
	bool good;

	bus_start();
	good = bus_send(TRANSMITTER << 1) && bus_send(number) && bus_send(value);
	bus_stop();
	return good;
}

static unsigned get_register(unsigned number)
{
	unsigned value;

	bus_start();
	bus_send(TRANSMITTER << 1);
	bus_send(number);
	bus_start(); /* again, without a stop */
	bus_send(TRANSMITTER << 1 | 1);
	value = bus_receive(false);
	bus_stop();
	return value;
}

static void open_bus(bool monitor)
{
	struct sbcon_i2c *bus = sbcon_i2c_create();
	struct i2c_device transmitter = sii9022_create(TRANSMITTER, monitor);

	rig = rig_open();
	ok(sbcon_i2c_attach(bus, &transmitter), "transmitter attached");
	rig_place(rig, 0, 0x1000, &sbcon_i2c_ops, bus);
}

static void test_addresses(void)
{
	open_bus(true);
	bus_start();
	ok(bus_send(TRANSMITTER << 1), "its address is acknowledged");
	bus_stop();
	bus_start();
	ok(!bus_send(0x50 << 1), "another isn't");
	ok(!bus_send(0x12), "nor what follows");
	bus_stop();
	is(rig_read(rig, SET), CLOCK | DATA, "both wires are free");
	rig_close(rig);
}

static void test_registers(void)
{
	open_bus(true);
	is(get_register(0x1b), 0xb0, "identification");
	ok(set_register(0x08, 0xa5), "a register is written");
	is(get_register(0x08), 0xa5, "and read");
	bus_start();
	bus_send(TRANSMITTER << 1);
	bus_send(0x07);
	bus_send(0x11);
	bus_send(0x22);
	bus_stop();
	is(get_register(0x07), 0x11, "numbers count on: the first");
	is(get_register(0x08), 0x22, "the second");
	bus_start();
	bus_send(TRANSMITTER << 1);
	bus_send(0x07);
	bus_start();
	bus_send(TRANSMITTER << 1 | 1);
	is(bus_receive(true), 0x11, "two are read");
	is(bus_receive(false), 0x22, "at once");
	ok(data_wire(), "then the wire is free");
	bus_stop();
	set_register(0x1a, 0x04);
	is(get_register(0x1a), 0x06, "the monitor's wires are granted");
	set_register(0x1a, 0);
	is(get_register(0x1a), 0, "and taken back");
	is(get_register(0x3d) & 0x0c, 0x0c, "a monitor is there");
	rig_close(rig);
	open_bus(false);
	is(get_register(0x3d) & 0x0c, 0, "or not");
	rig_close(rig);
}

/* In the middle of a byte. */
static void test_saving(void)
{
	struct rig *saved;

	open_bus(true);
	set_register(0x08, 0x5a);
	bus_start();
	bus_send(TRANSMITTER << 1);
	bus_send(0x08);
	bus_start();
	bus_send(TRANSMITTER << 1 | 1);
	for (int bit = 0; bit < 3; bit++)
		bus_bit(true);
	saved = rig;
	ok(rig_save(saved), "saved");
	open_bus(true);
	ok(rig_load(rig, saved), "restored");
	rig_close(saved);
	for (int bit = 4; bit >= 0; bit--)
		is(bus_bit(true), 0x5a >> bit & 1, "bit %d goes on from there", bit);
	bus_bit(true);
	bus_stop();
	is(get_register(0x08), 0x5a, "the register came along");
	rig_close(rig);
}

static void test_random_wires(void)
{
	unsigned seed = 20231107;

	open_bus(true);
	srand(seed);
	for (unsigned i = 0; i < 200000; i++)
		rig_write(rig, rand() & 4 ? SET : CLEAR, (unsigned)rand() & 3);
	bus_stop();
	is(get_register(0x1b), 0xb0, "alive after random wires, seed %u", seed);
	rig_close(rig);
}

int main(void)
{
	test_addresses();
	test_registers();
	test_saving();
	test_random_wires();
	return done();
}
