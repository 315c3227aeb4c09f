/* SPDX-License-Identifier: BSD-2-Clause
 *
 * pc: a PC with the 440FX chip set.
 *
 *	0		RAM, up to 3 GiB, but for
 *	0xA0000		VGA's window, 128 KiB
 *	0xC0000		shadow RAM or what the PCI bus has there, 256 KiB (i440fx.h)
 *	0xE0000000 on	where firmware puts PCI memory: VGA's frame buffer and registers
 *	4 GiB - 256 KiB	firmware; its last 128 KiB again at 0xE0000
 *
 * Ports are those of every PC since the AT, PCI's configuration at CF8, the
 * firmware configuration device at 510, debug output at 402 and E9.  A kernel given as a
 * file, Linux or multiboot, is started by an option ROM that takes it from the firmware
 * configuration device.
 *
 * Not modelled: more CPUs, local and I/O APICs, system management, HPET, USB, network, sound,
 * memory above 4 GiB.
 */
#include <emu/board.h>

#include <emu/port.h>

#include <stdio.h>
#include <string.h>

#include "dev/block/i82077.h"
#include "dev/block/ide.h"
#include "dev/block/ide_busmaster.h"
#include "dev/char/ns16550.h"
#include "dev/char/parallel.h"
#include "dev/display/vga.h"
#include "dev/input/i8042.h"
#include "dev/intc/i8259.h"
#include "dev/misc/debug_port.h"
#include "dev/misc/fw_cfg.h"
#include "dev/misc/i8237.h"
#include "dev/misc/port61.h"
#include "dev/misc/port92.h"
#include "dev/misc/portf0.h"
#include "dev/pci/i440fx.h"
#include "dev/pci/piix3.h"
#include "dev/pci/piix4_pm.h"
#include "dev/pci/vga_pci.h"
#include "dev/timer/i8254.h"
#include "dev/timer/mc146818.h"
#include "guest/guest.h"
#include "guest/x86/state.h"
#include "guest/x86/x86.h"
#include "pc_boot.h"
#include "pc_multiboot.h"

#define VIDEO_BYTES (8u << 20)
#define GIB4 0x100000000ull
#define FIRMWARE_MAX 0x40000u
#define LOW_FIRMWARE_BYTES 0x20000u
#define BOOT_ROM_MAX 0x20000u
#define RESET_VECTOR 0xfffffff0u

/* PCI memory before the guest has placed it, and what nothing yields; the CPU addresses 4 GiB
 * only. */
#define PARKED 0x10000000000ull
#define EMPTY (PARKED + 0x10000000)
#define EMPTY_BYTES 0x4000u

#define FLOPPY_CHANNEL 2
#define BOOT_ORDER "cda"

#define PCI_SOUTH 1 /* device numbers */
#define PCI_VGA 2

#define KIB 1024u
#define MIB (KIB * KIB)

/* CMOS memory (IBM PC/AT, and as SeaBIOS reads it). */
enum {
	CMOS_FLOPPIES = 0x10,
	CMOS_EQUIPMENT = 0x14,
	CMOS_BASE_KIB = 0x15,
	CMOS_EXTENDED_KIB = 0x17,
	CMOS_EXTENDED_KIB2 = 0x30,
	CMOS_CENTURY = 0x32,
	CMOS_ABOVE_16M = 0x34, /* in 64 KiB */
	CMOS_BOOT3 = 0x38,     /* third device, and whether floppies needn't be bootable */
	CMOS_BOOT12 = 0x3d,    /* second, first */
};

struct pc {
	struct machine *machine;
	const struct machine_config *config;
	struct bus *bus, *ports;
	struct clock *clock;
	struct i8259 *pic;
	struct ide *ide[2];
	struct ide_busmaster *master;
	struct mc146818 *rtc;
	struct pc_boot boot;
	hva video_rom; /* VGA_PCI_ROM_BYTES, or NULL */
	uint8_t e820[20];
	bool good; /* so far everything could be had */
};

static void place(struct pc *pc, gpa port, uint64_t count, const struct chip_ops *ops, void *chip)
{
	pc->good = pc->good && chip && bus_add_chip(pc->ports, port, count, ops, chip);
}

static struct irq isa_irq(struct pc *pc, unsigned n)
{
	return i8259_input(pc->pic, n);
}

static void ask_reset(void *context)
{
	machine_request_reset(((struct pc *)context)->machine);
}

static void ask_off(void *context)
{
	machine_request_off(((struct pc *)context)->machine);
}

/* Memory. */
static bool place_firmware(struct pc *pc)
{
	const struct blob *firmware = &pc->config->firmware;
	gpa at = GIB4 - firmware->count;

	return bus_add_rom(pc->bus, at, firmware->count, NULL) &&
	       bus_load(pc->bus, at, firmware->bytes, firmware->count);
}

static void place_memory(struct pc *pc)
{
	hva empty;

	pc->good = bus_add_ram(pc->bus, 0, pc->config->memory_bytes, NULL) && place_firmware(pc);
	empty = pc->good ? bus_add_rom(pc->bus, EMPTY, EMPTY_BYTES, NULL) : NULL;
	pc->good = pc->good && empty;
	if (empty)
		memset(empty, 0xff, EMPTY_BYTES);
}

/* PCI. */
static void ide_configured(void *context, bool master, bool primary, bool secondary)
{
	struct pc *pc = context;

	(void)primary; /* both channels always decode their ports */
	(void)secondary;
	ide_busmaster_enable(pc->master, master);
}

static hva place_video_rom(struct pc *pc)
{
	const struct blob *rom = &pc->config->video_bios;
	hva memory;

	if (!rom->count)
		return NULL;
	pc->video_rom = memory = port_allocate(VGA_PCI_ROM_BYTES, PORT_PLAIN);
	pc->good = pc->good && memory &&
		   bus_add_rom(pc->bus, PARKED + 0x8000000, VGA_PCI_ROM_BYTES, memory);
	if (pc->good)
		memcpy(memory, rom->bytes, rom->count);
	return memory;
}

static void place_vga(struct pc *pc, struct pci *pci)
{
	const struct vga_config config = { .clock = pc->clock,
					   .screen = pc->config->screen,
					   .memory_bytes = VIDEO_BYTES };
	struct vga *vga = vga_create(&config);
	struct vga_pci_config function = { .pci = pci, .device = PCI_VGA, .bus = pc->bus };
	uint64_t bytes;

	place(pc, 0x3b0, VGA_PORTS_BYTES, &vga_ops, vga);
	if (!pc->good)
		return;
	place(pc, 0x1ce, VGA_DISPI_BYTES, &vga_dispi_ops, vga_dispi(vga));
	function.memory = vga_memory(vga, &bytes);
	function.memory_bytes = (uint32_t)bytes;
	function.registers = vga_mmio(vga);
	function.rom = place_video_rom(pc);
	pc->good = pc->good &&
		   bus_add_chip(pc->bus, 0xa0000, VGA_WINDOW_BYTES, &vga_window_ops,
				vga_window(vga)) &&
		   bus_add_chip(pc->bus, PARKED, VGA_MMIO_BYTES, &vga_mmio_ops, vga_mmio(vga)) &&
		   bus_add_ram(pc->bus, PARKED + 0x1000000, bytes, function.memory) &&
		   bus_attach(pc->bus, "vga_pci", &vga_pci_ops, vga_pci_create(&function));
}

static void place_power(struct pc *pc, struct pci *pci)
{
	const struct piix4_pm_config config = { .pci = pci,
						.device = PCI_SOUTH,
						.function = 3,
						.ports = pc->ports,
						.clock = pc->clock,
						.sci = isa_irq(pc, 9),
						.off = ask_off,
						.context = pc };
	struct piix4_pm *pm = piix4_pm_create(&config);

	place(pc, 0xfc00, PIIX4_PM_PORTS, &piix4_pm_ops, pm);
	place(pc, 0xb2, PIIX4_APM_PORTS, &piix4_apm_ops, pm);
	place(pc, 0xafe0, PIIX4_GPE_PORTS, &piix4_gpe_ops, pm);
}

static void place_pci(struct pc *pc)
{
	struct pci *pci = pci_create(ask_reset, pc);
	const struct i440fx_config north = {
		.pci = pci, .bus = pc->bus, .empty = EMPTY, .firmware = GIB4 - LOW_FIRMWARE_BYTES
	};
	const struct piix3_config south = { .pci = pci,
					    .device = PCI_SOUTH,
					    .ports = pc->ports,
					    .master = pc->master,
					    .configured = ide_configured,
					    .context = pc };

	place(pc, 0xcf8, PCI_PORTS, &pci_ops, pci);
	if (!pc->good)
		return;
	place_vga(pc, pci);
	pc->good = pc->good && bus_attach(pc->bus, "i440fx", &i440fx_ops, i440fx_create(&north)) &&
		   bus_attach(pc->bus, "piix3", &piix3_ops, piix3_create(&south));
	place_power(pc, pci);
}

/* The AT's chips. */
static void place_interrupts(struct pc *pc)
{
	const struct i8259_config config = { .irq = machine_cpu_input(pc->machine,
								      X86_INPUT_INTR) };

	pc->pic = i8259_create(&config);
	place(pc, 0x20, I8259_PORTS, &i8259_master_ops, pc->pic);
	place(pc, 0xa0, I8259_PORTS, &i8259_slave_ops, pc->pic);
	place(pc, 0x4d0, I8259_PORTS, &i8259_elcr_ops, pc->pic);
}

static void place_timers(struct pc *pc)
{
	const struct i8254_config timer = { .clock = pc->clock, .output = { isa_irq(pc, 0) } };
	const struct mc146818_config rtc = { .clock = pc->clock,
					     .irq = isa_irq(pc, 8),
					     .century = CMOS_CENTURY };
	struct port61_config speaker = { .timer = i8254_create(&timer) };

	place(pc, 0x40, I8254_PORTS, &i8254_ops, speaker.timer);
	if (pc->good)
		place(pc, 0x61, 1, &port61_ops, port61_create(&speaker));
	pc->rtc = mc146818_create(&rtc);
	place(pc, 0x70, MC146818_PORTS, &mc146818_ops, pc->rtc);
}

static void place_controls(struct pc *pc)
{
	const struct port92_config fast = {
		.a20 = machine_cpu_input(pc->machine, X86_INPUT_A20),
		.reset = machine_cpu_input(pc->machine, X86_INPUT_INIT),
	};
	struct i8042_config keyboard = { .clock = pc->clock,
					 .input = pc->config->input,
					 .keyboard = isa_irq(pc, 1),
					 .mouse = isa_irq(pc, 12) };
	struct port92 *port92 = port92_create(&fast);
	struct i8042 *controller;

	place(pc, 0x92, 1, &port92_ops, port92);
	if (!pc->good)
		return;
	keyboard.a20 = port92_a20_input(port92);
	keyboard.reset = port92_reset_input(port92);
	controller = i8042_create(&keyboard);
	place(pc, 0x60, 1, &i8042_data_ops, controller);
	place(pc, 0x64, 1, &i8042_command_ops, controller);
}

static void place_serial(struct pc *pc)
{
	static const struct {
		uint16_t port;
		uint8_t irq;
	} lines[] = { { 0x3f8, 4 }, { 0x2f8, 3 } };

	for (unsigned i = 0; i < COUNT_OF(lines); i++) {
		const struct ns16550_config config = { .clock = pc->clock,
						       .hz = 1843200,
						       .out2_gates = true,
						       .irq = isa_irq(pc, lines[i].irq),
						       .line = pc->config->serial[i] };

		place(pc, lines[i].port, NS16550_BYTES, &ns16550_ops, ns16550_create(&config));
	}
	place(pc, 0x378, PARALLEL_BYTES, &parallel_ops, parallel_create());
}

/* Disks 0 and 1 are the first channel's; the CD-ROM drive is the second's first device, so
 * that there are at most three disks with one. */
static struct ide_drive drive_of(const struct machine_config *c, unsigned n)
{
	if (n == 2)
		return (struct ide_drive){ .cdrom = true, .disk = c->cdrom };
	return (struct ide_drive){ .disk = c->disk[n == 3 ? 2 : n] };
}

static void place_ide(struct pc *pc)
{
	static const uint16_t command[2] = { 0x1f0, 0x170 }, control[2] = { 0x3f6, 0x376 };
	struct ide_busmaster_config master = { .bus = pc->bus, .clock = pc->clock };

	for (unsigned i = 0; i < 2; i++) {
		const struct ide_config config = { .drive = { drive_of(pc->config, 2 * i),
							      drive_of(pc->config, 2 * i + 1) },
						   .dma = true,
						   .irq = isa_irq(pc, 14 + i) };

		master.channel[i] = pc->ide[i] = ide_create(&config);
		place(pc, command[i], IDE_COMMAND_BYTES, &ide_command_ops, pc->ide[i]);
		place(pc, control[i], IDE_CONTROL_BYTES, &ide_control_ops, pc->ide[i]);
	}
	if (!pc->good)
		return;
	pc->master = ide_busmaster_create(&master);
	place(pc, 0xfc80, IDE_BUSMASTER_BYTES, &ide_busmaster_ops, pc->master);
}

static unsigned floppy_transfer(void *dma, unsigned channel, void *bytes, unsigned count,
				bool to_memory, bool *terminal_count)
{
	return (unsigned)(to_memory ?
				  i8237_to_memory(dma, channel, bytes, count, terminal_count) :
				  i8237_from_memory(dma, channel, bytes, count, terminal_count));
}

/* Before IDE, which has a port among those of the floppy controller. */
static void place_floppies(struct pc *pc, struct i8237 *dma)
{
	struct i82077_config config = { .dma = { floppy_transfer, dma, FLOPPY_CHANNEL },
					.irq = isa_irq(pc, 6) };

	for (unsigned i = 0; i < I82077_DRIVES; i++)
		config.drive[i] = (struct i82077_drive){ i == 0 || pc->config->floppy[i],
							 pc->config->floppy[i] };
	place(pc, 0x3f0, I82077_BYTES, &i82077_ops, i82077_create(&config));
}

static void place_dma(struct pc *pc)
{
	const struct i8237_config config = { .bus = pc->bus };
	struct i8237 *dma = i8237_create(&config);

	place(pc, 0x00, I8237_LOW_PORTS, &i8237_low_ops, dma);
	place(pc, 0xc0, I8237_HIGH_PORTS, &i8237_high_ops, dma);
	place(pc, 0x80, I8237_PAGE_PORTS, &i8237_page_ops, dma);
	if (pc->good)
		place_floppies(pc, dma);
}

static void place_debug(struct pc *pc)
{
	const struct debug_port_config config = { .line = NULL };
	struct debug_port *port = debug_port_create(&config);

	place(pc, 0x402, 1, &debug_port_ops, port);
	place(pc, 0xe9, 1, &debug_port_ops, port);
}

/* Firmware's configuration. */
static void put_number(uint8_t *at, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static bool offer_kernel(struct pc *pc, struct fw_cfg *f, char *error, size_t room)
{
	static const char order[] = "/rom@genroms/boot.bin";
	const struct blob *rom = &pc->config->boot_rom, *kernel = &pc->config->kernel;
	bool multiboot = !pc_boot_is(kernel) && pc_multiboot_is(kernel);

	if (!kernel->count)
		return true;
	if (!rom->count) {
		snprintf(error, room, "a kernel needs the option ROM that starts it");
		return false;
	}
	return (multiboot ? pc_multiboot_prepare : pc_boot_prepare)(&pc->boot, pc->config, f, error,
								    room) &&
	       fw_cfg_add_file(f, "bootorder", order, sizeof order) &&
	       fw_cfg_add_file(f, "genroms/boot.bin", rom->bytes, (uint32_t)rom->count);
}

static bool configure_firmware(struct pc *pc, char *error, size_t room)
{
	struct fw_cfg *f = fw_cfg_create(pc->bus);
	bool menu = pc->config->boot && strchr(pc->config->boot, 'm');

	place(pc, 0x510, FW_CFG_PORTS, &fw_cfg_port_ops, f);
	if (!pc->good)
		return false;
	put_number(pc->e820 + 8, pc->config->memory_bytes, 8);
	put_number(pc->e820 + 16, 1, 4); /* RAM */
	return fw_cfg_add_number(f, FW_CFG_RAM_SIZE, pc->config->memory_bytes, 8) &&
	       fw_cfg_add_number(f, FW_CFG_CPUS, 1, 2) &&
	       fw_cfg_add_number(f, FW_CFG_CPUS_MAX, 1, 2) &&
	       fw_cfg_add_number(f, FW_CFG_BOOT_MENU, menu, 2) &&
	       fw_cfg_add_file(f, "etc/e820", pc->e820, sizeof pc->e820) &&
	       offer_kernel(pc, f, error, room);
}

static unsigned boot_device(char letter)
{
	return letter == 'a' ? 1 : letter == 'c' ? 2 : letter == 'd' ? 3 : 0;
}

static unsigned boot_devices(const char *order, unsigned device[3])
{
	unsigned n = 0;

	for (; *order && n < 3; order++)
		if (boot_device(*order))
			device[n++] = boot_device(*order);
	return n;
}

static void set_boot_order(struct pc *pc)
{
	unsigned device[3] = { 0 };

	if (!pc->config->boot || !boot_devices(pc->config->boot, device))
		boot_devices(BOOT_ORDER, device);
	mc146818_set(pc->rtc, CMOS_BOOT12, (uint8_t)(device[0] | device[1] << 4));
	mc146818_set(pc->rtc, CMOS_BOOT3, (uint8_t)(device[2] << 4 | 1));
}

static void set_size(struct pc *pc, unsigned index, uint64_t size)
{
	if (size > 0xffff)
		size = 0xffff;
	mc146818_set(pc->rtc, index, size & 0xff);
	mc146818_set(pc->rtc, index + 1, (uint8_t)(size >> 8));
}

static uint8_t floppy_types(const struct pc *pc)
{
	uint8_t second = pc->config->floppy[1] ? i82077_drive_type(pc->config->floppy[1]) : 0;

	return (uint8_t)(i82077_drive_type(pc->config->floppy[0]) << 4 | second);
}

static void set_cmos(struct pc *pc)
{
	uint64_t bytes = pc->config->memory_bytes;

	mc146818_set(pc->rtc, CMOS_FLOPPIES, floppy_types(pc));
	set_size(pc, CMOS_BASE_KIB, 640);
	set_size(pc, CMOS_EXTENDED_KIB, bytes / KIB - KIB);
	set_size(pc, CMOS_EXTENDED_KIB2, bytes / KIB - KIB);
	set_size(pc, CMOS_ABOVE_16M, bytes > 16 * MIB ? (bytes - 16 * MIB) >> 16 : 0);
	/* Floppy drives, FPU, mouse port, display of its own. */
	mc146818_set(pc->rtc, CMOS_EQUIPMENT, pc->config->floppy[1] ? 0x47 : 0x07);
	set_boot_order(pc);
}

/* 55 AA and its length in 512 bytes (PCI Local Bus Specification 2.2, 6.3.3.1). */
static bool is_option_rom(const struct blob *rom)
{
	return rom->count >= 3 && rom->bytes[0] == 0x55 && rom->bytes[1] == 0xaa && rom->bytes[2] &&
	       rom->bytes[2] * 512u <= rom->count;
}

static bool check(const struct machine_config *c, char *error, size_t room)
{
	const char *wrong = NULL;

	if (!c->firmware.count)
		wrong = "a PC doesn't start without firmware";
	else if (c->firmware.count > FIRMWARE_MAX || c->firmware.count < LOW_FIRMWARE_BYTES ||
		 c->firmware.count & PAGE_MASK)
		wrong = "the firmware must be 128 to 256 KiB, in pages";
	else if (c->dtb.count)
		wrong = "a PC takes no device tree";
	else if (c->video_bios.count > VGA_PCI_ROM_BYTES)
		wrong = "the video BIOS has more than 64 KiB";
	else if (c->boot_rom.count > BOOT_ROM_MAX)
		wrong = "the boot ROM has more than 128 KiB";
	else if (c->boot_rom.count && !is_option_rom(&c->boot_rom))
		wrong = "the boot ROM isn't an option ROM";
	if (wrong)
		snprintf(error, room, "%s", wrong);
	return !wrong;
}

static int acknowledge(void *pic)
{
	return i8259_acknowledge(pic);
}

static void connect_cpu(struct pc *pc)
{
	const struct portf0_config errors = {
		.irq = isa_irq(pc, 13),
		.ignne = machine_cpu_input(pc->machine, X86_INPUT_IGNNE),
	};
	struct cpu *cpu = machine_cpu(pc->machine);
	struct portf0 *portf0 = portf0_create(&errors);

	place(pc, 0xf0, 1, &portf0_ops, portf0);
	if (pc->good)
		x86_connect_ferr(cpu, portf0_ferr_input(portf0));
	x86_connect_io(cpu, pc->ports);
	x86_connect_pic(cpu, acknowledge, pc->pic);
}

static bool pc_build(struct machine *m, const struct machine_config *config, char *error,
		     size_t room)
{
	struct pc *pc;

	if (!check(config, error, room))
		return false;
	snprintf(error, room, "not enough memory");
	pc = port_allocate(sizeof *pc, PORT_PLAIN);
	if (!pc)
		return false;
	machine_set_board_data(m, pc);
	pc->machine = m;
	pc->config = config;
	pc->bus = machine_bus(m);
	pc->ports = machine_port_bus(m);
	pc->clock = machine_clock(m);
	if (!pc->ports)
		return false;
	bus_float(pc->bus);
	bus_float(pc->ports);
	place_memory(pc);
	place_interrupts(pc);
	if (!pc->good)
		return false;
	connect_cpu(pc);
	place_timers(pc);
	place_controls(pc);
	place_dma(pc);
	place_ide(pc);
	if (pc->good)
		place_pci(pc);
	place_serial(pc); /* the printer after the VGA, whose ports it has some of */
	place_debug(pc);
	if (!pc->good || !configure_firmware(pc, error, room))
		return false;
	set_cmos(pc);
	return true;
}

/* The CPU's own reset state is the boot protocol. */
static void pc_boot(struct machine *m)
{
	(void)m;
}

static void pc_destroy(struct machine *m)
{
	struct pc *pc = machine_board_data(m);

	if (pc->video_rom)
		port_free(pc->video_rom, VGA_PCI_ROM_BYTES);
	port_free(pc, sizeof *pc);
}

const struct board board_pc = {
	.about = { .name = "pc",
		   .summary = "PC with a Pentium III, IDE disks and VGA",
		   .cpu = "pentium3",
		   .memory_default = 128u << 20,
		   .memory_min = 8u << 20,
		   .memory_max = 3072ull << 20,
		   .cpus = "pentium3 pentium i486 i386",
		   .chips = "440FX host bridge, PIIX3, ACPI power management\n"
			    "8259 pair, 8254, MC146818, 8237 pair, 8042 with keyboard and mouse\n"
			    "2 16550 UARTs, IDE (hda, hdb, hdd) with bus master, CD-ROM (hdc)\n"
			    "2 floppy drives, VGA with Bochs's frame buffer, 8 MiB\n",
		   .disks = 3,
		   .floppies = MACHINE_FLOPPIES,
		   .serial_lines = 2,
		   .cdrom = true,
		   .firmware_and_kernel = true,
		   .firmware = "bios-256k.bin",
		   .video_bios = "vgabios-stdvga.bin",
		   .boot_rom = "linuxboot_dma.bin",
		   .boot = BOOT_ORDER,
		   .memory_video = VIDEO_BYTES },
	.guest = &guest_x86,
	.build = pc_build,
	.boot = pc_boot,
	.destroy = pc_destroy,
};
