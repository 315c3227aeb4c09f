/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The PC's PCI bus: configuration, base addresses, shadow RAM, power management; and the
 * firmware configuration device in ports.
 */
#include "rig.h"

#include "dev/misc/fw_cfg.h"
#include "dev/pci/i440fx.h"
#include "dev/pci/piix3.h"
#include "dev/pci/piix4_pm.h"

#define ADDRESS 0
#define DATA 4
#define PM_AT 0x600
#define EMPTY 0x200000
#define FIRMWARE 0x220000

static unsigned resets, offs;
static bool master, primary, secondary;

static void hear_reset(void *context)
{
	(void)context;
	resets++;
}

static void hear_off(void *context)
{
	(void)context;
	offs++;
}

static void hear_ide(void *context, bool m, bool first, bool second)
{
	(void)context;
	master = m;
	primary = first;
	secondary = second;
}

static void select_register(struct rig *r, unsigned device, unsigned function, unsigned offset)
{
	rig_write(r, ADDRESS, 1u << 31 | device << 11 | function << 8 | (offset & 0xfc));
}

static uint32_t config_read(struct rig *r, unsigned device, unsigned function, unsigned offset,
			    unsigned size)
{
	select_register(r, device, function, offset);
	return (uint32_t)rig_read_sized(r, DATA + (offset & 3), size);
}

static void config_write(struct rig *r, unsigned device, unsigned function, unsigned offset,
			 unsigned size, uint32_t value)
{
	select_register(r, device, function, offset);
	rig_write_sized(r, DATA + (offset & 3), size, value);
}

static uint64_t bytes_read(void *chip, gpa offset, unsigned size)
{
	(void)chip;
	(void)size;
	return 0x40 + offset;
}

static const struct chip_ops bytes_ops = { .name = "master", .read = bytes_read, .max_bytes = 1 };

/* Ports and memory share a bus here: ports are below 64 KiB, memory is above. */
static struct rig *build(hva *ram, hva *firmware)
{
	static uint8_t chip;
	struct rig *r = rig_open();
	struct pci *pci = pci_create(hear_reset, NULL);
	const struct i440fx_config north = {
		.pci = pci, .bus = r->bus, .empty = EMPTY, .firmware = FIRMWARE
	};
	const struct piix3_config south = {
		.pci = pci, .device = 1, .ports = r->bus, .master = &chip, .configured = hear_ide
	};
	const struct piix4_pm_config power = { .pci = pci,
					       .device = 1,
					       .function = 3,
					       .ports = r->bus,
					       .clock = r->clock,
					       .sci = rig_line(r, 0),
					       .off = hear_off };
	struct piix4_pm *pm = piix4_pm_create(&power);

	*ram = bus_add_ram(r->bus, 0xc0000, 0x40000, NULL);
	bus_add_rom(r->bus, EMPTY, 0x4000, NULL);
	*firmware = bus_add_rom(r->bus, FIRMWARE, 0x20000, NULL);
	rig_place(r, 0, PCI_PORTS, &pci_ops, pci);
	bus_add_chip(r->bus, 0xc000, 16, &bytes_ops, &chip);
	bus_add_chip(r->bus, PM_AT, PIIX4_PM_PORTS, &piix4_pm_ops, pm);
	bus_add_chip(r->bus, 0xb2, PIIX4_APM_PORTS, &piix4_apm_ops, pm);
	bus_attach(r->bus, "i440fx", &i440fx_ops, i440fx_create(&north));
	bus_attach(r->bus, "piix3", &piix3_ops, piix3_create(&south));
	bus_reset(r->bus);
	return r;
}

static uint64_t peek(struct rig *r, gpa address, unsigned size)
{
	bool found;

	return bus_io_read(r->bus, address, size, false, &found);
}

static void poke(struct rig *r, gpa address, unsigned size, uint64_t value)
{
	bool found;

	bus_io_write(r->bus, address, size, value, false, &found);
}

static void test_configuration(struct rig *r)
{
	is(config_read(r, 0, 0, 0, 4), 0x12378086, "the host bridge");
	is(config_read(r, 1, 0, 0, 4), 0x70008086, "the ISA bridge");
	is(config_read(r, 1, 0, 0x0e, 1), 0x80, "... has more functions");
	is(config_read(r, 1, 1, 8, 4), 0x01018000, "the IDE interface");
	is(config_read(r, 1, 3, 2, 2), 0x7113, "power management");
	is(config_read(r, 5, 0, 0, 4), 0xffffffff, "nothing");
	rig_write(r, ADDRESS, 0x0000);
	is(rig_read(r, DATA), 0xffffffff, "nothing while the enable bit is 0");
	rig_write(r, ADDRESS, ~0u);
	is(rig_read(r, ADDRESS), 0x80fffffc, "reserved address bits are 0");
	config_write(r, 0, 0, 0, 4, 0);
	is(config_read(r, 0, 0, 0, 4), 0x12378086, "the identity isn't writable");
	rig_write_sized(r, 1, 1, 2);
	rig_write_sized(r, 1, 1, 6);
	is(resets, 1, "CF9 resets");
	rig_write_sized(r, 1, 1, 6);
	is(resets, 1, "... at a rising edge");
}

static void test_bars(struct rig *r)
{
	config_write(r, 1, 1, 0x20, 4, ~0u);
	is(config_read(r, 1, 1, 0x20, 4), 0xfffffff1, "a range of 16 ports");
	config_write(r, 1, 1, 0x20, 4, 0xc040);
	is(bus_find(r->bus, 0xc040)->kind, REGION_NONE, "not decoded before the command says so");
	config_write(r, 1, 1, PCI_COMMAND, 2, PCI_COMMAND_PORTS | PCI_COMMAND_MASTER);
	is(peek(r, 0xc043, 1), 0x43, "now it is");
	ok(master && !primary && !secondary, "the bus master is told");
	config_write(r, 1, 1, 0x40, 4, 0x80008000);
	ok(primary && secondary, "so are the channels");
	config_write(r, 1, 1, PCI_COMMAND, 2, 0);
	ok(bus_find(r->bus, 0xc040)->kind == REGION_NONE && !master && !primary, "all off");
}

static void test_shadow(struct rig *r, hva ram, hva firmware)
{
	firmware[0x10000] = 0x11; /* F0000 */
	firmware[0x04000] = 0x22; /* E4000 */
	is(peek(r, 0xf0000, 1), 0x11, "firmware after reset");
	poke(r, 0xf0000, 1, 0x33);
	is(ram[0x30000], 0, "writes go nowhere");
	config_write(r, 0, 0, 0x59, 1, 0x20);
	poke(r, 0xf0000, 1, 0x33);
	ok(peek(r, 0xf0000, 1) == 0x11 && ram[0x30000] == 0x33, "write enable: to RAM");
	config_write(r, 0, 0, 0x59, 1, 0x10);
	poke(r, 0xf0000, 1, 0x44);
	is(peek(r, 0xf0000, 1), 0x33, "read enable: RAM, read only");
	config_write(r, 0, 0, 0x59, 1, 0x30);
	poke(r, 0xf0000, 1, 0x44);
	is(peek(r, 0xf0000, 1), 0x44, "both");
	is(peek(r, 0xe4000, 1), 0x22, "other segments stay");
	config_write(r, 0, 0, 0x5e, 1, 0x30);
	poke(r, 0xe4000, 1, 0x55);
	ok(peek(r, 0xe4000, 1) == 0x55 && peek(r, 0xe0000, 1) == 0, "PAM5's upper half: E4000");
	config_write(r, 0, 0, 0x5a, 1, 0x03);
	poke(r, 0xc0000, 1, 0x66);
	ok(peek(r, 0xc0000, 1) == 0x66 && ram[0] == 0x66, "PAM1: C0000");
	bus_reset(r->bus);
	is(peek(r, 0xf0000, 1), 0x11, "firmware after another reset");
}

static void test_power(struct rig *r)
{
	uint64_t before;

	is(bus_find(r->bus, PM_AT)->kind, REGION_NONE, "no ports after reset");
	config_write(r, 1, 3, 0x40, 4, PM_AT | 1);
	config_write(r, 1, 3, 0x80, 1, 1);
	before = peek(r, PM_AT + 8, 4);
	rig_pass(r, 1000000);
	is(peek(r, PM_AT + 8, 4) - before, 3579, "the timer: 3.58 MHz");
	poke(r, PM_AT + 2, 2, 1);
	poke(r, 0xb2, 1, 0xf1);
	is(peek(r, PM_AT + 4, 2), 1, "the command F1 switches ACPI on");
	rig_pass(r, 2400000000u);
	ok(r->line[0] && peek(r, PM_AT, 2) == 1, "the timer's bit 23 interrupts");
	poke(r, PM_AT, 2, 1);
	ok(!r->line[0] && peek(r, PM_AT, 2) == 0, "until it is acknowledged");
	poke(r, PM_AT + 5, 1, 0x20);
	is(offs, 1, "sleep type 0: off");
	poke(r, PM_AT + 4, 2, 0x2400);
	is(offs, 1, "another one: not");
}

static void test_state(struct rig *r)
{
	hva ram, firmware;
	struct rig *other = build(&ram, &firmware);

	config_write(r, 0, 0, 0x59, 1, 0x30);
	poke(r, 0xf0000, 1, 0x77);
	ok(rig_save(r) && rig_load(other, r), "saved and loaded");
	ok(peek(other, 0xf0000, 1) == 0x77 && bus_find(other->bus, PM_AT)->kind == REGION_CHIP,
	   "shadow RAM and ports are as they were");
	rig_close(other);
}

static void test_fw_cfg(void)
{
	struct rig *r = rig_open();
	struct fw_cfg *f = fw_cfg_create(r->bus);
	hva ram = bus_add_ram(r->bus, 0, 0x4000, NULL);
	static const uint8_t request[16] = { 0, 5, 0, 0x0a, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0x20, 0 };

	fw_cfg_add_number(f, FW_CFG_CPUS, 0x1234, 2);
	rig_place(r, 0, FW_CFG_PORTS, &fw_cfg_port_ops, f);
	rig_write_sized(r, 0, 2, FW_CFG_SIGNATURE);
	is(rig_read_sized(r, 1, 1), 'Q', "the signature");
	is(rig_read_sized(r, 1, 1), 'E', "... goes on");
	is(rig_read_sized(r, 4, 4), 0x554d4551, "the DMA signature, big-endian");
	memcpy(ram + 0x1000, request, sizeof request);
	rig_write_sized(r, 8, 4, __builtin_bswap32(0x1000));
	ok(ram[0x2000] == 0x34 && ram[0x2001] == 0x12 && ram[0x1003] == 0, "an item by DMA");
	rig_close(r);
}

int main(void)
{
	hva ram, firmware;
	struct rig *r = build(&ram, &firmware);

	test_configuration(r);
	test_bars(r);
	test_shadow(r, ram, firmware);
	test_power(r);
	test_state(r);
	rig_close(r);
	test_fw_cfg();
	return done();
}
