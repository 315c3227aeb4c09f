/* SPDX-License-Identifier: BSD-2-Clause
 *
 * vexpress-a9: ARM Versatile Express, motherboard V2M-P1 (ARM DUI 0447) with the
 * CoreTile Express A9x4 (ARM DUI 0448); wiring as the kernel's vexpress-v2p-ca9.dts
 * says.
 *
 *	0x00000000	the first 64 MiB of RAM again
 *	0x10000000	motherboard peripherals, 4 KiB each; see vexpress_motherboard
 *	0x10020000	tile: PL111; 0x100e0000 memory controllers, timers, watchdog
 *	0x1e000000	Cortex-A9 MPCore: SCU, timers, GIC; 0x1e00a000 PL310
 *	0x40000000	NOR flash, 64 MiB; 0x44000000 a second bank
 *	0x48000000	SRAM, 32 MiB
 *	0x4c000000	video memory, 8 MiB
 *	0x4e000000	nothing: LAN9118 Ethernet, ISP1761 USB
 *	0x60000000	RAM, up to 1 GiB
 *
 * Disk 0 is the compact flash card, disk 1 the SD card in the PL180.  Serial lines 0..3
 * are the UARTs.  Firmware goes to the first flash bank, which is read-only then, and is
 * started there.  One of the tile's four CPUs is modelled, the others are off.
 */
#include <emu/board.h>

#include <emu/port.h>

#include <stdio.h>

#include "arm_boot.h"
#include "dev/block/ata_cf.h"
#include "dev/block/pl18x.h"
#include "dev/char/pl011.h"
#include "dev/display/pl11x.h"
#include "dev/display/sii9022.h"
#include "dev/input/pl050.h"
#include "dev/intc/gic.h"
#include "dev/misc/absent.h"
#include "dev/misc/arm_sysreg.h"
#include "dev/misc/cfi_flash.h"
#include "dev/misc/pl041.h"
#include "dev/misc/pl310.h"
#include "dev/misc/sbcon_i2c.h"
#include "dev/misc/scu.h"
#include "dev/misc/sp810.h"
#include "dev/timer/mptimer.h"
#include "dev/timer/pl031.h"
#include "dev/timer/sp804.h"
#include "dev/timer/sp805.h"
#include "guest/guest.h"
#include "guest/arm/state.h"

#define VEXPRESS_RAM 0x60000000u
#define VEXPRESS_SRAM_BYTES 0x2000000u
#define VEXPRESS_VIDEO_BYTES 0x800000u
#define VEXPRESS_FLASH 0x40000000u
#define VEXPRESS_FLASH_BYTES 0x4000000u
#define VEXPRESS_MPCORE 0x1e000000u /* PERIPHBASE */
#define VEXPRESS_MACHINE_TYPE 2272
#define VEXPRESS_TRANSMITTER 0x39 /* on the DVI two-wire bus */

/* Interrupt IDs. */
#define IRQ_GLOBAL_TIMER (GIC_PPI + 11)
#define IRQ_PRIVATE_TIMER (GIC_PPI + 13)
#define IRQ_PRIVATE_WATCHDOG (GIC_PPI + 14)
#define IRQ_SPI(n) (GIC_SPI + (n))
#define VEXPRESS_IRQS 96

/* Clock rates in Hz. */
#define HZ_UART 24000000
#define HZ_TIMER 1000000
#define HZ_WATCHDOG 32768
#define HZ_TILE 66670000
#define HZ_PERIPHERAL 100000000 /* half of the CPU's */

/* A board is put together with these at hand. */
struct vexpress {
	struct machine *machine;
	struct bus *bus;
	struct clock *clock;
	struct gic *gic;
	struct arm_boot boot;
	bool good; /* so far everything could be had */
};

static void vexpress_place(struct vexpress *v, gpa base, uint64_t bytes, const struct chip_ops *ops,
			   void *chip)
{
	v->good = v->good && chip && bus_add_chip(v->bus, base, bytes, ops, chip);
}

static struct irq vexpress_spi(struct vexpress *v, unsigned n)
{
	return gic_input(v->gic, IRQ_SPI(n));
}

static void vexpress_reset_line(void *machine, unsigned input, bool level)
{
	(void)input;
	if (level)
		machine_request_reset(machine);
}

static void vexpress_off_line(void *machine, unsigned input, bool level)
{
	(void)input;
	if (level)
		machine_request_off(machine);
}

static struct irq vexpress_reset(struct vexpress *v)
{
	return (struct irq){ .set = vexpress_reset_line, .sink = v->machine };
}

/* Where buses answer though nothing is modelled; all else is put on top. */
static void vexpress_background(struct vexpress *v)
{
	vexpress_place(v, 0x10000000, 0x20000, &absent_ops, absent_create("motherboard", 0));
	vexpress_place(v, 0x100e0000, 0x10000, &absent_ops, absent_create("tile", 0));
	vexpress_place(v, 0x100e0000, 0x1000, &absent_ops, absent_create("pl341", 0x00041341));
	vexpress_place(v, 0x100e1000, 0x1000, &absent_ops, absent_create("pl354", 0x00041354));
	vexpress_place(v, 0x4e000000, 0x2000000, &absent_ops, absent_create("lan9118", 0));
	vexpress_place(v, 0xe0000000, 0x10000000, &absent_ops, absent_create("tile site 2", 0));
}

static void vexpress_memory(struct vexpress *v, const struct machine_config *c)
{
	uint64_t alias = c->memory_bytes < 0x4000000 ? c->memory_bytes : 0x4000000;
	uint64_t sram = c->side_bytes && c->side_bytes < VEXPRESS_SRAM_BYTES ?
				c->side_bytes & ~PAGE_MASK :
				VEXPRESS_SRAM_BYTES;
	struct blob firmware = c->firmware;

	v->good = v->good && bus_add_ram(v->bus, VEXPRESS_RAM, c->memory_bytes, NULL) &&
		  bus_add_alias(v->bus, 0, alias, VEXPRESS_RAM) &&
		  bus_add_ram(v->bus, 0x48000000, sram, NULL) &&
		  bus_add_ram(v->bus, 0x4c000000, VEXPRESS_VIDEO_BYTES, NULL);
	if (firmware.count)
		v->good = v->good &&
			  bus_add_rom(v->bus, VEXPRESS_FLASH, VEXPRESS_FLASH_BYTES, NULL) &&
			  bus_load(v->bus, VEXPRESS_FLASH, firmware.bytes, firmware.count);
	else
		vexpress_place(v, VEXPRESS_FLASH, VEXPRESS_FLASH_BYTES, &cfi_flash_ops,
			       cfi_flash_create(VEXPRESS_FLASH_BYTES, c->side_bytes));
	vexpress_place(v, VEXPRESS_FLASH + VEXPRESS_FLASH_BYTES, VEXPRESS_FLASH_BYTES,
		       &cfi_flash_ops, cfi_flash_create(VEXPRESS_FLASH_BYTES, c->side_bytes));
}

/* The Cortex-A9 MPCore's private peripherals and the level 2 cache. */
static void vexpress_mpcore(struct vexpress *v)
{
	const struct gic_config gic = { .version = 1,
					.lines = VEXPRESS_IRQS,
					.targets = true,
					.irq = machine_cpu_input(v->machine, ARM_INPUT_IRQ),
					.fiq = machine_cpu_input(v->machine, ARM_INPUT_FIQ) };
	struct mptimer_config timer = { .clock = v->clock, .hz = HZ_PERIPHERAL };
	struct mptimer_global_config global = { .clock = v->clock, .hz = HZ_PERIPHERAL };

	arm_of(machine_cpu(v->machine))->peripheral_base = VEXPRESS_MPCORE;
	v->gic = gic_create(&gic);
	v->good = v->good && v->gic;
	if (!v->good)
		return;
	timer.timer = gic_input(v->gic, IRQ_PRIVATE_TIMER);
	timer.watchdog = gic_input(v->gic, IRQ_PRIVATE_WATCHDOG);
	timer.reset = vexpress_reset(v);
	global.irq = gic_input(v->gic, IRQ_GLOBAL_TIMER);
	vexpress_place(v, VEXPRESS_MPCORE + 0x1000, GIC_DISTRIBUTOR_BYTES, &gic_ops, v->gic);
	vexpress_place(v, VEXPRESS_MPCORE + 0x100, GIC_CPU_V1_BYTES, &gic_cpu_ops,
		       gic_cpu_interface(v->gic));
	vexpress_place(v, VEXPRESS_MPCORE, SCU_BYTES, &scu_ops, scu_create());
	vexpress_place(v, VEXPRESS_MPCORE + 0x200, MPTIMER_GLOBAL_BYTES, &mptimer_global_ops,
		       mptimer_global_create(&global));
	vexpress_place(v, VEXPRESS_MPCORE + 0x600, MPTIMER_BYTES, &mptimer_ops,
		       mptimer_create(&timer));
	vexpress_place(v, 0x1e00a000, 0x1000, &pl310_ops, pl310_create());
}

static void vexpress_system_registers(struct vexpress *v, const struct machine_config *c)
{
	const struct arm_sysreg_config config = {
		.clock = v->clock,
		.id = 0x1190f500,
		.processor_id = 0x0c000191,
		.card = c->disk[1],
		.card_read_only = c->disk[1] && c->disk[1]->read_only,
		.site = { { .oscillator = { 50000000, 23750000, 24000000 },
			    .voltage = { 3300000 } },
			  { .oscillator = { 45000000, 23750000, 66670000 },
			    .voltage = { 1000000, 1000000, 1000000, 1800000, 900000, 3300000 },
			    .current = { 400000, 600000 } } },
		.reset = vexpress_reset(v),
		.off = { .set = vexpress_off_line, .sink = v->machine },
	};

	vexpress_place(v, 0x10000000, ARM_SYSREG_BYTES, &arm_sysreg_ops,
		       arm_sysreg_create(&config));
}

static void vexpress_dual_timer(struct vexpress *v, gpa base, uint32_t hz, struct irq combined)
{
	const struct sp804_config config = { .clock = v->clock,
					     .hz = { hz, hz },
					     .combined = combined };

	vexpress_place(v, base, 0x1000, &sp804_ops, sp804_create(&config));
}

static void vexpress_watchdog(struct vexpress *v, gpa base, uint32_t hz, unsigned spi)
{
	const struct sp805_config config = {
		.clock = v->clock, .hz = hz, .irq = vexpress_spi(v, spi), .reset = vexpress_reset(v)
	};

	vexpress_place(v, base, 0x1000, &sp805_ops, sp805_create(&config));
}

static void vexpress_timers(struct vexpress *v)
{
	const struct pl031_config rtc = { .clock = v->clock, .irq = vexpress_spi(v, 4) };

	vexpress_watchdog(v, 0x1000f000, HZ_WATCHDOG, 0);
	vexpress_dual_timer(v, 0x10011000, HZ_TIMER, vexpress_spi(v, 2));
	vexpress_dual_timer(v, 0x10012000, HZ_TIMER, vexpress_spi(v, 3));
	vexpress_place(v, 0x10017000, 0x1000, &pl031_ops, pl031_create(&rtc));
	vexpress_dual_timer(v, 0x100e4000, HZ_TILE, vexpress_spi(v, 48));
	vexpress_watchdog(v, 0x100e5000, HZ_TILE, 51);
}

static void vexpress_uarts(struct vexpress *v, const struct machine_config *c)
{
	for (unsigned i = 0; i < 4; i++) {
		const struct pl011_config uart = { .clock = v->clock,
						   .hz = HZ_UART,
						   .irq = vexpress_spi(v, 5 + i),
						   .line = c->serial[i] };

		vexpress_place(v, 0x10009000 + i * 0x1000, 0x1000, &pl011_ops, pl011_create(&uart));
	}
}

static void vexpress_disks(struct vexpress *v, const struct machine_config *c)
{
	const struct ata_cf_config flash_card = { .disk = c->disk[0] };
	const struct pl18x_config card = { .model = PL180,
					   .disk = c->disk[1],
					   .irq = { vexpress_spi(v, 9), vexpress_spi(v, 10) } };

	vexpress_place(v, 0x10005000, PL18X_BYTES, &pl180_ops, pl18x_create(&card));
	vexpress_place(v, 0x1001a000, ATA_CF_BYTES, &ata_cf_ops, ata_cf_create(&flash_card));
}

/* The tile's display controller drives the screen; the motherboard's drives nothing,
 * as the multiplexer stands. */
static void vexpress_screen_and_input(struct vexpress *v, const struct machine_config *c)
{
	struct pl050_config keyboard = { .device = PS2_KEYBOARD,
					 .input = c->input,
					 .irq = vexpress_spi(v, 12) };
	struct pl050_config mouse = { .device = PS2_MOUSE,
				      .input = c->input,
				      .irq = vexpress_spi(v, 13) };
	struct pl11x_config second = {
		.model = PL111, .bus = v->bus, .clock = v->clock, .irq = vexpress_spi(v, 14)
	};
	struct pl11x_config first = { .model = PL111,
				      .bus = v->bus,
				      .clock = v->clock,
				      .irq = vexpress_spi(v, 44),
				      .screen = c->screen };

	vexpress_place(v, 0x10006000, PL050_BYTES, &pl050_ops, pl050_create(&keyboard));
	vexpress_place(v, 0x10007000, PL050_BYTES, &pl050_ops, pl050_create(&mouse));
	vexpress_place(v, 0x1001f000, PL11X_BYTES, &pl111_ops, pl11x_create(&second));
	vexpress_place(v, 0x10020000, PL11X_BYTES, &pl111_ops, pl11x_create(&first));
}

static void vexpress_small_chips(struct vexpress *v)
{
	struct sbcon_i2c *transmitter_bus = sbcon_i2c_create();
	struct i2c_device transmitter = sii9022_create(VEXPRESS_TRANSMITTER, true);

	vexpress_place(v, 0x10001000, 0x1000, &sp810_ops, sp810_create());
	vexpress_place(v, 0x10002000, 0x1000, &sbcon_i2c_ops, sbcon_i2c_create());
	vexpress_place(v, 0x10004000, 0x1000, &pl041_ops, pl041_create());
	vexpress_place(v, 0x10016000, 0x1000, &sbcon_i2c_ops, transmitter_bus);
	v->good = v->good && sbcon_i2c_attach(transmitter_bus, &transmitter);
}

static bool vexpress_check(const struct machine_config *c, char *error, size_t room)
{
	if (!c->firmware.count && !c->kernel.count)
		snprintf(error, room, "vexpress-a9 needs a kernel or firmware to start");
	else if (c->firmware.count && c->kernel.count)
		snprintf(error, room,
			 "vexpress-a9 starts a kernel or firmware, which can't be handed a kernel");
	else if (c->firmware.count > VEXPRESS_FLASH_BYTES)
		snprintf(error, room, "the firmware is larger than the flash, 64 MiB");
	else
		return true;
	return false;
}

static bool vexpress_build(struct machine *m, const struct machine_config *config, char *error,
			   size_t room)
{
	struct vexpress *v;

	if (!vexpress_check(config, error, room))
		return false;
	snprintf(error, room, "not enough memory");
	v = port_allocate(sizeof *v, PORT_PLAIN);
	if (!v)
		return false;
	machine_set_board_data(m, v);
	v->machine = m;
	v->bus = machine_bus(m);
	v->clock = machine_clock(m);
	v->good = true;
	v->boot.ram = VEXPRESS_RAM;
	v->boot.ram_bytes = config->memory_bytes;
	v->boot.machine_type = VEXPRESS_MACHINE_TYPE;
	vexpress_background(v);
	vexpress_memory(v, config);
	vexpress_mpcore(v);
	if (!v->good)
		return false;
	vexpress_system_registers(v, config);
	vexpress_small_chips(v);
	vexpress_timers(v);
	vexpress_uarts(v, config);
	vexpress_disks(v, config);
	vexpress_screen_and_input(v, config);
	return v->good && arm_boot_prepare(&v->boot, v->bus, config, error, room);
}

static void vexpress_boot(struct machine *m)
{
	struct vexpress *v = machine_board_data(m);

	if (v->boot.kind != ARM_KERNEL_NONE)
		arm_boot_start(&v->boot, m);
	else
		machine_set_pc(m, VEXPRESS_FLASH);
}

static void vexpress_destroy(struct machine *m)
{
	struct vexpress *v = machine_board_data(m);

	arm_boot_finish(&v->boot);
	port_free(v, sizeof *v);
}

const struct board board_vexpress_a9 = {
	.about = { .name = "vexpress-a9",
		   .summary = "ARM Versatile Express with Cortex-A9",
		   .cpu = "cortex-a9",
		   .memory_video = VEXPRESS_VIDEO_BYTES,
		   .memory_default = 256u << 20,
		   .memory_min = 16u << 20,
		   .memory_max = 1024u << 20,
		   .cpus = "cortex-a9",
		   .chips = "GIC, Cortex-A9 private and global timers, PL310 cache controller\n"
			    "4 PL011 UARTs, 3 SP804 dual timers, SP805 watchdogs, PL031 clock\n"
			    "2 PL111 display controllers, PL050 keyboard and mouse\n"
			    "compact flash card (sda), PL180 with SD card (mmcblk0)\n"
			    "2 banks of NOR flash, 64 MiB each\n",
		   .disks = 2,
		   .serial_lines = 4 },
	.guest = &guest_arm,
	.build = vexpress_build,
	.boot = vexpress_boot,
	.destroy = vexpress_destroy,
};
