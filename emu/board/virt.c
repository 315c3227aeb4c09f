/* SPDX-License-Identifier: BSD-2-Clause
 *
 * virt: an ARM machine that exists nowhere, with the map of QEMU's machine of that name
 * (virt_tree.h has the addresses), one Cortex-A7 and the architected timer.
 *
 *	0x00000000	NOR flash, 64 MiB: firmware (then read-only); 0x04000000 another
 *	0x08000000	GICv2: distributor, CPU interface at 0x08010000
 *	0x09000000	PL011; 0x09010000 PL031; 0x09020000 fw_cfg; 0x09030000 PL061
 *	0x0a000000	32 virtio transports, 0x200 bytes each, version 2
 *	0x40000000	RAM, up to 3 GiB
 *
 * Disk n is the block device at transport n, serial line 1 a console at the transport
 * after the disks', serial line 0 the PL011.  Firmware is started at 0 and finds the
 * device tree at the start of RAM and a kernel, if one is given, through fw_cfg; without
 * firmware the kernel is started directly and PSCI answers HVC and SMC.  Not modelled:
 * PCI Express, GICv2m, the platform bus, secure memory.
 */
#include <emu/board.h>

#include <emu/port.h>

#include <stdio.h>
#include <string.h>

#include "arm_boot.h"
#include "dev/char/pl011.h"
#include "dev/intc/gic.h"
#include "dev/misc/cfi_flash.h"
#include "dev/misc/fw_cfg.h"
#include "dev/misc/pl061.h"
#include "dev/timer/pl031.h"
#include "dev/virtio/blk.h"
#include "dev/virtio/console.h"
#include "dev/virtio/mmio.h"
#include "guest/arm/gtimer.h"
#include "guest/arm/psci.h"
#include "guest/guest.h"
#include "virt_tree.h"

#define VIRT_IRQS 288
#define VIRT_TREE_BYTES 0x4000
#define VIRT_CONSOLE_COLUMNS 80
#define VIRT_CONSOLE_ROWS 25

struct virt {
	struct machine *machine;
	struct bus *bus;
	struct clock *clock;
	struct gic *gic;
	struct arm_boot boot;
	bool good; /* so far everything could be had */
	uint8_t tree[VIRT_TREE_BYTES] __attribute__((aligned(8)));
};

static void virt_place(struct virt *v, gpa base, uint64_t bytes, const struct chip_ops *ops,
		       void *chip)
{
	v->good = v->good && chip && bus_add_chip(v->bus, base, bytes, ops, chip);
}

static struct irq virt_spi(struct virt *v, unsigned n)
{
	return gic_input(v->gic, GIC_SPI + n);
}

static void virt_memory(struct virt *v, const struct machine_config *c)
{
	const struct blob *firmware = &c->firmware;

	v->good = v->good && bus_add_ram(v->bus, VIRT_RAM, c->memory_bytes, NULL);
	if (firmware->count)
		v->good = v->good && bus_add_rom(v->bus, VIRT_FLASH, VIRT_FLASH_BYTES, NULL) &&
			  bus_load(v->bus, VIRT_FLASH, firmware->bytes, firmware->count);
	else
		virt_place(v, VIRT_FLASH, VIRT_FLASH_BYTES, &cfi_flash_ops,
			   cfi_flash_create(VIRT_FLASH_BYTES, c->side_bytes));
	virt_place(v, VIRT_FLASH + VIRT_FLASH_BYTES, VIRT_FLASH_BYTES, &cfi_flash_ops,
		   cfi_flash_create(VIRT_FLASH_BYTES, c->side_bytes));
}

static void virt_interrupts(struct virt *v)
{
	const struct gic_config config = { .version = 2,
					   .lines = VIRT_IRQS,
					   .irq = machine_cpu_input(v->machine, ARM_INPUT_IRQ),
					   .fiq = machine_cpu_input(v->machine, ARM_INPUT_FIQ) };
	struct arm *arm = arm_of(machine_cpu(v->machine));

	arm->peripheral_base = VIRT_GIC_DISTRIBUTOR;
	v->gic = gic_create(&config);
	virt_place(v, VIRT_GIC_DISTRIBUTOR, GIC_DISTRIBUTOR_BYTES, &gic_ops, v->gic);
	if (!v->good)
		return;
	virt_place(v, VIRT_GIC_CPU, GIC_CPU_V2_BYTES, &gic_cpu_ops, gic_cpu_interface(v->gic));
	arm_timer_connect(arm, ARM_TIMER_VIRTUAL,
			  gic_input(v->gic, GIC_PPI + VIRT_PPI_VIRTUAL_TIMER));
	arm_timer_connect(arm, ARM_TIMER_PHYSICAL, gic_input(v->gic, GIC_PPI + VIRT_PPI_TIMER));
}

static void virt_primecells(struct virt *v, const struct machine_config *c)
{
	const struct pl011_config uart = { .clock = v->clock,
					   .hz = VIRT_CLOCK_HZ,
					   .irq = virt_spi(v, VIRT_SPI_UART),
					   .line = c->serial[0] };
	const struct pl031_config rtc = { .clock = v->clock, .irq = virt_spi(v, VIRT_SPI_RTC) };
	const struct pl061_config gpio = { .irq = virt_spi(v, VIRT_SPI_GPIO) };

	virt_place(v, VIRT_UART, 0x1000, &pl011_ops, pl011_create(&uart));
	virt_place(v, VIRT_RTC, 0x1000, &pl031_ops, pl031_create(&rtc));
	virt_place(v, VIRT_GPIO, 0x1000, &pl061_ops, pl061_create(&gpio));
}

/* A kernel and what belongs to it, for firmware that starts it. */
static bool virt_offer_kernel(struct fw_cfg *f, const struct machine_config *c)
{
	uint32_t line = c->append ? (uint32_t)strlen(c->append) + 1 : 0;

	return fw_cfg_add_number(f, FW_CFG_KERNEL_SIZE, c->kernel.count, 4) &&
	       fw_cfg_add(f, FW_CFG_KERNEL_DATA, c->kernel.bytes, (uint32_t)c->kernel.count) &&
	       fw_cfg_add_number(f, FW_CFG_INITRD_SIZE, c->initrd.count, 4) &&
	       fw_cfg_add(f, FW_CFG_INITRD_DATA, c->initrd.bytes, (uint32_t)c->initrd.count) &&
	       fw_cfg_add_number(f, FW_CFG_COMMAND_LINE_SIZE, line, 4) &&
	       fw_cfg_add(f, FW_CFG_COMMAND_LINE_DATA, c->append, line);
}

static void virt_firmware_configuration(struct virt *v, const struct machine_config *c)
{
	struct fw_cfg *f = fw_cfg_create(v->bus);

	virt_place(v, VIRT_FW_CFG, FW_CFG_BYTES, &fw_cfg_ops, f);
	if (v->good)
		v->good = fw_cfg_add_number(f, FW_CFG_RAM_SIZE, c->memory_bytes, 8) &&
			  fw_cfg_add_number(f, FW_CFG_CPUS, 1, 2);
	if (v->good && c->firmware.count && c->kernel.count)
		v->good = virt_offer_kernel(f, c);
}

/* The device at transport n; good is cleared if it can't be had. */
static struct virtio *virt_virtio_device(struct virt *v, const struct machine_config *c, unsigned n)
{
	struct virtio *device = NULL;

	if (n < MACHINE_DISKS && c->disk[n])
		device = virtio_blk_create(c->disk[n]);
	else if (n == MACHINE_DISKS && c->serial[1])
		device = virtio_console_create(c->serial[1], VIRT_CONSOLE_COLUMNS,
					       VIRT_CONSOLE_ROWS);
	else
		return NULL;
	v->good = v->good && device;
	return device;
}

static void virt_virtio(struct virt *v, const struct machine_config *c)
{
	for (unsigned n = 0; n < VIRT_VIRTIO_COUNT; n++) {
		const struct virtio_mmio_config config = {
			.bus = v->bus,
			.irq = virt_spi(v, VIRT_SPI_VIRTIO + n),
			.device = virt_virtio_device(v, c, n),
		};

		virt_place(v, VIRT_VIRTIO + n * VIRT_VIRTIO_STEP, VIRTIO_MMIO_BYTES,
			   &virtio_mmio_ops, virtio_mmio_create(&config));
	}
}

static bool virt_check(const struct machine_config *c, char *error, size_t room)
{
	if (!c->firmware.count && !c->kernel.count)
		snprintf(error, room, "virt needs a kernel or firmware to start");
	else if (c->firmware.count > VIRT_FLASH_BYTES)
		snprintf(error, room, "the firmware is larger than the flash, 64 MiB");
	else
		return true;
	return false;
}

static bool virt_prepare_boot(struct virt *v, const struct machine_config *c, char *error,
			      size_t room)
{
	v->boot.ram = VIRT_RAM;
	v->boot.ram_bytes = c->memory_bytes;
	v->boot.machine_type = ~0u;
	v->boot.tree = v->tree;
	v->boot.tree_bytes = sizeof v->tree;
	if (!virt_tree_make(v->tree, sizeof v->tree, c->cpu, c->firmware.count ? 1 : 2)) {
		snprintf(error, room, "the device tree of virt can't be made");
		return false;
	}
	return arm_boot_prepare(&v->boot, v->bus, c, error, room);
}

static bool virt_build(struct machine *m, const struct machine_config *config, char *error,
		       size_t room)
{
	struct virt *v;

	if (!virt_check(config, error, room))
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
	virt_memory(v, config);
	virt_interrupts(v);
	if (!v->good)
		return false;
	virt_primecells(v, config);
	virt_firmware_configuration(v, config);
	virt_virtio(v, config);
	arm_psci_connect(arm_of(machine_cpu(m)));
	return v->good && virt_prepare_boot(v, config, error, room);
}

static void virt_boot(struct machine *m)
{
	struct virt *v = machine_board_data(m);

	if (v->boot.kind != ARM_KERNEL_NONE) {
		arm_boot_start(&v->boot, m);
		return;
	}
	arm_boot_firmware(&v->boot, m);
	machine_set_pc(m, VIRT_FLASH);
}

static void virt_destroy(struct machine *m)
{
	struct virt *v = machine_board_data(m);

	arm_boot_finish(&v->boot);
	port_free(v, sizeof *v);
}

const struct board board_virt = {
	.about = { .name = "virt",
		   .summary = "ARM virtual machine with Cortex-A7 and virtio",
		   .cpu = "cortex-a7",
		   .memory_default = 256u << 20,
		   .memory_min = 16u << 20,
		   .memory_max = 3072ull << 20,
		   .cpus = "cortex-a7 cortex-a15 cortex-a9",
		   .chips = "GICv2, architected timer, PSCI\n"
			    "PL011 UART, PL031 clock, PL061 GPIO, fw_cfg\n"
			    "2 banks of NOR flash, 64 MiB each\n"
			    "virtio block (vda to vdd), virtio console\n",
		   .disks = 4,
		   .serial_lines = 2, /* with the virtio console */
		   .firmware_and_kernel = true },
	.guest = &guest_arm,
	.build = virt_build,
	.boot = virt_boot,
	.destroy = virt_destroy,
};
